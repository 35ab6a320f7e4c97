//! A demonstration shows every state there is, and can be begun again when it was interrupted.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::Arc;

use campaigns::{CaseState, ReceiptStage};
use portal::accounts::FirstRun;
use portal::checks::{LogInput, Progress};
use portal::demo::{self, DemoState, DemoWorld, PASSWORD};
use portal::{Actor, Portal, PortalError, accounts, checks, letters, progress, sign_in};
use reports::ReportState;
use storage::{cases, directives, settings};
use test_support::TestPortal;

struct Unwatched;

impl Progress for Unwatched {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// The portal as it is served: marked, and on the clock of its world.
async fn served(test: &TestPortal) -> Portal {
    let offset = demo::clock_offset(&test.portal).await.unwrap();
    test.clock.advance(offset);
    Portal { is_demo: true, ..test.portal.clone() }
}

async fn enter(portal: &Portal, login: &str) -> Actor {
    let session = sign_in::sign_in(portal, login, PASSWORD.to_owned()).await.unwrap();
    sign_in::actor_of(portal, &session.secret).await.unwrap()
}

/// What a demonstration leaves that was killed while it was being made.
async fn interrupt(portal: &Portal, world: DemoWorld) {
    let given = FirstRun {
        unit_name: "Dở dang".to_owned(),
        unit_code: "H90".to_owned(),
        name: "Dở Dang".to_owned(),
        login: "quantri".to_owned(),
        password: PASSWORD.to_owned(),
    };
    accounts::first_run(portal, given).await.unwrap();
    let mut write = portal.database.write().await.unwrap();
    settings::put(&mut write, "demo", &format!("{world} unfinished")).await.unwrap();
    write.commit().await.unwrap();
}

async fn check(world: DemoWorld, test: TestPortal) {
    interrupt(&test.portal, world).await;
    assert_eq!(demo::state(&test.portal).await.unwrap(), DemoState::Unfinished(world));
    demo::seed(&test.portal, world, &|_, _| {}).await.unwrap();
    assert_eq!(demo::state(&test.portal).await.unwrap(), DemoState::Ready(world));
    let portal = served(&test).await;

    let mut read = portal.database.read().await.unwrap();
    let all = storage::campaigns::list(&mut read).await.unwrap();
    let current = all.first().unwrap();
    assert_eq!(all.len(), 2);
    let states: BTreeSet<_> = cases::counts(&mut read, current.id)
        .await
        .unwrap()
        .into_iter()
        .map(|(_, state, _)| state)
        .collect();
    assert_eq!(states, CaseState::ALL.into_iter().collect(), "cases");
    let mut states = BTreeSet::new();
    for campaign in &all {
        let reports = storage::reports::of_campaign(&mut read, campaign.id).await.unwrap();
        states.extend(reports.into_iter().map(|it| it.state));
    }
    assert_eq!(states, ReportState::ALL.into_iter().collect(), "reports");
    let receipts = directives::receipts(&mut read, current.id).await.unwrap();
    let parents: BTreeSet<_> = receipts.iter().map(|it| it.parent_id).collect();
    drop(read);

    let (unit, sign_ins) = demo::sign_ins(&portal, world).await.unwrap();
    assert!(!unit.is_empty());
    assert_eq!(sign_ins.len(), 12, "{sign_ins:?}");
    let coordinator = enter(&portal, "dieuphoi").await;
    let mut stages = BTreeSet::new();
    let mut late = 0;
    for parent in parents {
        let board = progress::board(&portal, &coordinator, current.id, parent).await.unwrap();
        stages.extend(board.action.iter().map(|it| it.stage));
        late += board.late;
    }
    assert_eq!(stages, ReceiptStage::ALL.into_iter().collect(), "receipts");
    assert!(late > 0);

    // The newcomer drops both logs in and sees exactly the planted devices.
    let officer = enter(&portal, "xa.canbo").await;
    let unit = officer.home_unit().unwrap();
    let letter = letters::open(&portal, &officer, current.id, unit).await.unwrap();
    assert!(!letter.is_late, "a newcomer is in time");
    for log in demo::logs(&portal, world).await.unwrap() {
        assert_eq!(log.infected_devices.len(), 3, "{}", log.name);
        let input = LogInput {
            name: log.name,
            modified: Some(portal.now()),
            size_bytes: None,
            bytes: Ok(Box::new(Cursor::new(log.bytes))),
        };
        checks::check_log(&portal, &officer, current.id, unit, "", input, Arc::new(Unwatched))
            .await
            .unwrap();
    }
    let found = portal::cases::list(&portal, &officer, current.id, unit).await.unwrap();
    assert_eq!(found.len(), 3);
}

#[tokio::test]
async fn the_province_of_2026_shows_every_state() {
    check(DemoWorld::Province2026, TestPortal::sqlite().await).await;
}

#[tokio::test]
async fn the_province_of_2022_shows_every_state() {
    check(DemoWorld::Province2022, TestPortal::postgres().await).await;
}

#[tokio::test]
async fn a_real_portal_is_left_alone() {
    let test = TestPortal::sqlite().await;
    let given = FirstRun {
        unit_name: "Sở Khoa học và Công nghệ".to_owned(),
        unit_code: "H90".to_owned(),
        name: "Trần Mai".to_owned(),
        login: "quantri".to_owned(),
        password: "một câu dài dễ nhớ".to_owned(),
    };
    accounts::first_run(&test.portal, given).await.unwrap();
    let done = demo::seed(&test.portal, DemoWorld::Province2026, &|_, _| {}).await;
    assert!(matches!(done, Err(PortalError::Denied)));
    assert_eq!(demo::state(&test.portal).await.unwrap(), DemoState::None);
}
