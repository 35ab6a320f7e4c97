//! Work that nobody asks for: done once however many portals run, again when it is due, and on
//! record where something was deleted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers may panic")]

use jiff::SignedDuration;
use portal::accounts::{self, FirstRun};
use portal::upkeep::{self, Upkeep};
use portal::{PortalError, demo, sign_in, tree_import};
use storage::{audit, jobs, sightings};
use test_support::{TestPortal, on_both_portals};

async fn first_session(test: &TestPortal) -> String {
    let given = FirstRun {
        unit_name: "Sở Khoa học và Công nghệ".to_owned(),
        unit_code: "H90".to_owned(),
        name: "Trần Mai".to_owned(),
        login: "quantri".to_owned(),
        password: "một câu dài dễ nhớ".to_owned(),
    };
    accounts::first_run(&test.portal, given).await.unwrap().secret
}

#[tokio::test]
async fn old_sessions_are_deleted_once_and_again_when_due() {
    on_both_portals(async |test| {
        let secret = first_session(test).await;
        let kinds = |done: Vec<(Upkeep, u64)>| done.into_iter().collect::<Vec<_>>();
        let nothing_old: Vec<_> = Upkeep::ALL.into_iter().map(|kind| (kind, 0)).collect();
        assert_eq!(kinds(upkeep::run_due(&test.portal).await.unwrap()), nothing_old);
        // Not due again at once.
        assert_eq!(upkeep::run_due(&test.portal).await.unwrap(), []);
        assert!(sign_in::actor_of(&test.portal, &secret).await.is_ok());

        test.clock.advance(SignedDuration::from_hours(24 * 8));
        let done = upkeep::run_due(&test.portal).await.unwrap();
        assert!(done.contains(&(Upkeep::DeleteOldSessions, 1)), "{done:?}");
        let gone = sign_in::actor_of(&test.portal, &secret).await;
        assert!(matches!(gone, Err(PortalError::SignedOut)));
    })
    .await;
}

#[tokio::test]
async fn a_table_that_was_previewed_goes_after_a_day_and_says_so() {
    on_both_portals(async |test| {
        let (portal, secret) = (&test.portal, first_session(test).await);
        let actor = sign_in::actor_of(portal, &secret).await.unwrap();
        let csv = "mã,tên,cấp trên\nH90.7,Xã Bảy,H90\n".as_bytes();
        let first = tree_import::preview(portal, &actor, csv.to_vec()).await.unwrap();
        test.clock.advance(SignedDuration::from_hours(20));
        // Looking at it again keeps it for another day.
        tree_import::preview(portal, &actor, csv.to_vec()).await.unwrap();
        test.clock.advance(SignedDuration::from_hours(20));
        let done = upkeep::run_due(portal).await.unwrap();
        assert!(done.contains(&(Upkeep::DeleteOldTables, 0)), "{done:?}");
        test.clock.advance(SignedDuration::from_hours(5));
        let done = upkeep::run_due(portal).await.unwrap();
        assert!(done.contains(&(Upkeep::DeleteOldTables, 1)), "{done:?}");
        let late = tree_import::confirm(portal, &actor, &first.file, &first.fingerprint).await;
        let Err(PortalError::Invalid(problems)) = late else { panic!("{late:?}") };
        assert_eq!(problems.first().unwrap().message, "problem-table-gone");
    })
    .await;
}

#[tokio::test]
async fn work_that_another_portal_has_is_left_to_it_until_it_goes_away() {
    on_both_portals(async |test| {
        let now = test.portal.now();
        let mut write = test.portal.database.write().await.unwrap();
        for kind in Upkeep::ALL {
            let until = now + SignedDuration::from_mins(10);
            assert!(jobs::claim(&mut write, kind.code(), now, until).await.unwrap());
        }
        write.commit().await.unwrap();
        assert_eq!(upkeep::run_due(&test.portal).await.unwrap(), []);
        test.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(upkeep::run_due(&test.portal).await.unwrap().len(), Upkeep::ALL.len());
    })
    .await;
}

#[tokio::test]
async fn lines_of_evidence_end_after_90_days_and_that_is_on_record() {
    let test = TestPortal::sqlite().await;
    demo::seed(&test.portal, demo::DemoWorld::Province2026, &|_, _| {}).await.unwrap();
    let portal = &test.portal;
    let campaign = {
        let mut read = portal.database.read().await.unwrap();
        storage::campaigns::list(&mut read).await.unwrap().remove(0)
    };
    let lines = async || {
        let mut read = portal.database.read().await.unwrap();
        let mut lines = 0;
        for unit in storage::units::list(&mut read).await.unwrap() {
            let seen = sightings::of_unit(&mut read, campaign.id, unit.id).await.unwrap();
            lines += seen.iter().filter(|it| it.evidence_line.is_some()).count();
        }
        lines
    };
    let before = lines().await;
    assert!(before > 0);
    // The first logs of the demonstration were checked 18 days before it was made.
    test.clock.advance(SignedDuration::from_hours(24 * 60));
    upkeep::run_due(portal).await.unwrap();
    assert_eq!(lines().await, before);
    test.clock.advance(SignedDuration::from_hours(24 * 31));
    upkeep::run_due(portal).await.unwrap();
    assert_eq!(lines().await, 0);
    let mut read = portal.database.read().await.unwrap();
    let log = audit::list(&mut read, 0, 100_000).await.unwrap();
    let deleted = log.iter().filter(|it| it.action == "evidence.delete-old");
    let details: Vec<_> = deleted.map(|it| it.detail.clone()).collect();
    assert_eq!(details, [format!("{{\"lines\":{before}}}")]);
}
