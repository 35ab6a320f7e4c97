//! A list that grows finds who contacted its new indicators before, in logs that nobody reads again.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "test helpers may panic, and a test may use the stack"
)]

mod world;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use campaigns::{CampaignId, ReceiverRole, Role};
use jiff::SignedDuration;
use jiff::civil::date;
use portal::cases::{self, CaseSummary};
use portal::checks::{self, CheckResult, FileSummary, LogInput, Seen};
use portal::looking_back::KEPT_DAYS;
use portal::tokens::Sender;
use portal::upkeep::{self, Upkeep};
use portal::{audit, campaigns as runs, sources};
use test_support::on_both_portals;
use world::{World, bind_log, listed_name};

const NEW: &str = "moi-biet.example";

async fn campaign(world: &World<'_>) -> CampaignId {
    let coordinator = world.coordinator("department").await;
    world.launched(&coordinator, &[("sen", ReceiverRole::Action)]).await
}

/// Adds a list, or a revision of it.
async fn add_list(world: &World<'_>, id: CampaignId, name: &str, lines: &str) {
    let coordinator = world.coordinator("department").await;
    runs::add_list(&world.portal, &coordinator, id, name, lines.to_owned()).await.unwrap();
}

/// How many logs were looked into.
async fn look_back(world: &World<'_>) -> u64 {
    world.test.clock.advance(SignedDuration::from_mins(2));
    let done = upkeep::run_due(&world.portal).await.unwrap();
    done.iter().find(|(kind, _)| *kind == Upkeep::LookBack).unwrap().1
}

async fn seen(world: &World<'_>, id: CampaignId) -> Seen {
    let officer = world.officer("sen").await;
    checks::seen(&world.portal, &officer, id, world.unit("sen")).await.unwrap()
}

async fn cases_of(world: &World<'_>, id: CampaignId) -> Vec<CaseSummary> {
    let officer = world.officer("sen").await;
    cases::list(&world.portal, &officer, id, world.unit("sen")).await.unwrap()
}

/// How many side-cars lie in the portal's folder.
fn side_cars(world: &World<'_>) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).into_iter().flatten().map(|it| it.unwrap().path());
        let counted = entries.map(|path| match fs::read(&path) {
            Ok(bytes) => usize::from(bytes.starts_with(b"LSBESIDE")),
            Err(_) => count(&path),
        });
        counted.sum()
    }
    count(world.portal.files.folder())
}

#[tokio::test]
async fn a_new_indicator_opens_cases_of_devices_that_contacted_it_before() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let listed = listed_name();
        let (first, last) = (date(2026, 8, 1), date(2026, 8, 3));
        let log = bind_log(&[
            (first, "10.0.0.5", &format!("www.{NEW}")),
            (first, "10.0.0.6", &format!("khong{NEW}")),
            (first, "10.0.0.7", &listed),
            (last, "10.0.0.5", NEW),
        ]);
        world.check(id, "sen", "A", &log).await.unwrap();
        assert_eq!(cases_of(&world, id).await.len(), 1);
        assert_eq!(look_back(&world).await, 0, "no list grew");

        add_list(&world, id, "bo-sung.txt", &format!("{NEW}\n{listed}\n")).await;
        assert_eq!(look_back(&world).await, 1);
        let seen = seen(&world, id).await;
        let found: Vec<_> = seen.sightings.iter().filter(|it| it.indicator == NEW).collect();
        let [found] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(seen.devices.get(&found.device_id).unwrap().label, "10.0.0.5");
        assert_eq!((found.contacts, found.list.as_str()), (2, "bo-sung.txt"));
        assert_eq!((found.verdict.as_str(), found.is_finding), ("dns-queried", true));
        assert_eq!(found.evidence_offset, 0);
        assert_eq!(found.evidence_line, None, "the log was not kept");
        assert!(found.first_at < found.last_at);
        assert_eq!(seen.sightings.len(), 2, "what was known is not added again");
        assert_eq!(cases_of(&world, id).await.len(), 2);
        let auditor = world.person(Role::Auditor, "sen").await;
        let unit = world.unit("sen");
        let deeds = audit::deeds(&world.portal, &auditor, unit, None).await.unwrap().deeds;
        assert_eq!(deeds.iter().filter(|it| it.action == "log-look-back").count(), 1);

        assert_eq!(look_back(&world).await, 0, "once");
        // The same log again says what is known now.
        let again = world.check(id, "sen", "A", &log).await.unwrap();
        assert_eq!((again.is_repeat, again.findings, again.cases), (true, 2, 0));
        add_list(&world, id, "bo-sung.txt", &format!("khong{NEW}\n")).await;
        assert_eq!(look_back(&world).await, 1, "what was kept of it is still there");
        assert_eq!(cases_of(&world, id).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn where_only_the_log_can_tell_it_has_to_be_read_again() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let day = date(2026, 8, 1);
        world.check(id, "sen", "A", &bind_log(&[(day, "10.0.0.5", NEW)])).await.unwrap();
        world.check(id, "sen", "B", &bind_log(&[(day, "10.0.0.5", "x.example")])).await.unwrap();
        add_list(&world, id, "bo-sung.txt", &format!("http://{NEW}/tai/ve\n")).await;
        assert_eq!(look_back(&world).await, 2);
        let found = seen(&world, id).await;
        assert_eq!(found.sightings, [], "its host alone proves nothing");
        let unsure = found.sources.iter().filter(|it| found.unsure.contains(&it.id));
        let sites: Vec<_> = unsure.map(|it| found.sites[&it.site_id].as_str()).collect();
        assert_eq!(sites, ["A"]);
        // Read again, it is sure.
        world.check(id, "sen", "A", &bind_log(&[(day, "10.0.0.5", NEW)])).await.unwrap();
        assert!(seen(&world, id).await.unsure.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_log_that_is_sent_again_from_elsewhere_can_still_be_looked_back_into() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let log = bind_log(&[(date(2026, 8, 1), "10.0.0.5", NEW)]);
        let kept = world.check(id, "sen", "A", &log).await.unwrap().source;
        let sent = CheckResult {
            summary: FileSummary {
                file: "khác.log".to_owned(),
                sha256: Some(kept.sha256.clone()),
                lines_read: 9,
                ..FileSummary::default()
            },
            sightings: Vec::new(),
            is_whole: true,
            live: None,
            side_cars: None,
        };
        let sender = Sender::Person(world.officer("sen").await);
        let unit = world.unit("sen");
        let sent = checks::receive(&world.portal, &sender, id, unit, "A", vec![sent]).await;
        assert_ne!(sent.unwrap()[0].source.id, kept.id);
        add_list(&world, id, "bo-sung.txt", NEW).await;
        assert_eq!(look_back(&world).await, 1);
        assert_eq!(cases_of(&world, id).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_log_that_comes_again_under_another_name_is_kept_once() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let log = bind_log(&[(date(2026, 8, 1), "10.0.0.5", NEW)]);
        world.check(id, "sen", "A", &log).await.unwrap();
        let input = LogInput {
            name: "tên-khác.log".to_owned(),
            modified: Some(world.portal.now()),
            size_bytes: None,
            bytes: Ok(Box::new(std::io::Cursor::new(log))),
        };
        let (officer, unit) = (world.officer("sen").await, world.unit("sen"));
        let quiet = Arc::new(world::Quiet);
        let done = checks::check_log(&world.portal, &officer, id, unit, "A", input, quiet);
        let (checked, _) = done.await.unwrap();
        assert!(checked.is_unchanged);
        assert_eq!(side_cars(&world), 1);
        add_list(&world, id, "bo-sung.txt", NEW).await;
        assert_eq!(look_back(&world).await, 1);
        assert_eq!(cases_of(&world, id).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_kept_goes_with_its_log_its_time_or_its_campaign() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let officer = world.officer("sen").await;
        let day = date(2026, 8, 1);
        let log = bind_log(&[(day, "10.0.0.5", NEW)]);
        let first = world.check(id, "sen", "A", &log).await.unwrap().source;
        let kept = side_cars(&world);
        assert_eq!(kept, 1);
        sources::take_back(&world.portal, &officer, first.id).await.unwrap();
        assert_eq!(side_cars(&world), 0);

        world.check(id, "sen", "A", &log).await.unwrap();
        test.clock.advance(SignedDuration::from_hours(24 * KEPT_DAYS - 2));
        look_back(&world).await;
        assert_eq!(side_cars(&world), 1);
        test.clock.advance(SignedDuration::from_hours(2));
        look_back(&world).await;
        assert_eq!(side_cars(&world), 0);
        add_list(&world, id, "bo-sung.txt", NEW).await;
        assert_eq!(look_back(&world).await, 0);

        world.check(id, "sen", "A", &log).await.unwrap();
        assert_eq!(side_cars(&world), 1);
        let coordinator = world.coordinator("department").await;
        runs::close(&world.portal, &coordinator, id).await.unwrap();
        test.clock.advance(SignedDuration::from_hours(2));
        look_back(&world).await;
        assert_eq!(side_cars(&world), 0);
    })
    .await;
}

#[tokio::test]
async fn side_cars_that_no_log_names_are_swept_and_those_of_before_are_found() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let day = date(2026, 8, 1);
        world.check(id, "sen", "A", &bind_log(&[(day, "10.0.0.5", NEW)])).await.unwrap();
        let files = &world.portal.files;
        let shelf = files.part("side-cars");
        let lies = |store: &files::ContentStore, hash: &str| store.open(hash).is_ok();
        // What a program left behind that was killed before the row was written, and one that is at it.
        let (left, new) = ("a".repeat(64), "b".repeat(64));
        let hours = |count| jiff::SignedDuration::from_hours(count);
        let age = |hash: &str, hours: jiff::SignedDuration| {
            let at = world.portal.now() - hours;
            let since = std::time::Duration::from_secs(at.as_second().unsigned_abs());
            shelf.touch(hash, std::time::SystemTime::UNIX_EPOCH + since).unwrap();
        };
        for (hash, ago) in [(&left, hours(30)), (&new, hours(20))] {
            shelf.put(hash, b"LSBESIDE").unwrap();
            age(hash, ago);
        }
        // A side-car of a version that kept them among the other files; a list is not one.
        let hash = {
            let mut read = world.portal.database.read().await.unwrap();
            let all = storage::side_cars::all_files(&mut read).await.unwrap();
            all.into_iter().next().unwrap()
        };
        let count = side_cars(&world);
        files.put(&hash, &shelf.read(&hash).unwrap()).unwrap();
        shelf.remove(&hash).unwrap();
        test.clock.advance(hours(1));
        upkeep::run_due(&world.portal).await.unwrap();
        assert!(!lies(&shelf, &left) && lies(&shelf, &new));
        assert_eq!(side_cars(&world), count - 1);
        add_list(&world, id, "bo-sung.txt", &format!("{NEW}\n")).await;
        assert_eq!(look_back(&world).await, 1);
        assert_eq!(cases_of(&world, id).await.len(), 1);

        // With its log it goes, wherever it lies; the same log again brings it back.
        world.check(id, "sen", "A", &bind_log(&[(day, "10.0.0.5", NEW)])).await.unwrap();
        assert!(lies(&shelf, &hash));
        age(&hash, hours(1_000));
        test.clock.advance(hours(1));
        upkeep::run_due(&world.portal).await.unwrap();
        assert!(lies(&shelf, &hash), "a log has it");
    })
    .await;
}
