//! Results of scans become cases, and a clean re-scan is the evidence that "verified" asks for.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "test helpers may panic, and a test may use the stack"
)]

mod world;

use campaigns::{CampaignId, CaseState, CaseStep, ReceiverRole, Verification};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use portal::campaigns::CampaignForm;
use portal::{cases, scans};
use results::{Device, EnrolmentCode, FoundThing, PackUsed, ScanResult};
use test_support::on_both_portals;
use world::{World, bind_log, letter, listed_name, problems};

const ACTION: ReceiverRole = ReceiverRole::Action;

fn result(name: &str, mark: &str, made_at: Timestamp, found: &[&str]) -> ScanResult {
    let finding = |category: &&str| FoundThing {
        category: (*category).to_owned(),
        what: "rule".to_owned(),
        told_by: "test_mark".to_owned(),
        path: "*/*.exe".to_owned(),
        ..FoundThing::default()
    };
    let verdict = if found.contains(&"malware") {
        "infected"
    } else if found.contains(&"risk") {
        "risky"
    } else {
        "clean"
    };
    ScanResult {
        made_at,
        program: "test".to_owned(),
        system: "linux".to_owned(),
        device: Device { name: name.to_owned(), mark: mark.to_owned() },
        scope: "computer".to_owned(),
        verdict: verdict.to_owned(),
        complete: true,
        packs: vec![PackUsed { name: "mau-2026".to_owned(), serial: 7, expired: false }],
        findings: found.iter().map(finding).collect(),
        ..ScanResult::default()
    }
}

async fn code(world: &World<'_>, unit: &str) -> EnrolmentCode {
    let officer = world.officer(unit).await;
    let code = scans::make_code(&world.portal, &officer, world.unit(unit), "Máy văn phòng").await;
    EnrolmentCode::parse(&code.unwrap()).unwrap()
}

async fn send(world: &World<'_>, code: &EnrolmentCode, result: &ScanResult) -> scans::Received {
    scans::receive(&world.portal, code.sign(result).as_bytes()).await.unwrap()
}

async fn only_case(world: &World<'_>, id: CampaignId) -> cases::CaseSummary {
    let officer = world.officer("sen").await;
    let mut all = cases::list(&world.portal, &officer, id, world.unit("sen")).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

async fn declare(world: &World<'_>, id: CampaignId) {
    let case = only_case(world, id).await.case;
    let officer = world.officer("sen").await;
    let step = CaseStep::DeclareClean;
    cases::step(&world.portal, &officer, case.id, step, "đã cách ly", case.version).await.unwrap();
}

fn quiet_log(from: Date, days: usize) -> Vec<u8> {
    let days = from.series(jiff::Span::new().days(1)).take(days);
    let queries: Vec<_> = days.map(|day| (day, "10.0.0.99", "tot.example")).collect();
    bind_log(&queries)
}

#[tokio::test]
async fn a_finding_opens_one_case_and_the_same_result_counts_once() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("province").await;
        let portal = &world.portal;
        let form = "extended@1".to_owned();
        let id = world.draft(&coordinator, CampaignForm { form, ..letter() }).await;
        let (list, receivers) = (simulation::demo_list(1), [(world.unit("sen"), ACTION)]);
        portal::campaigns::add_list(portal, &coordinator, id, "ds.csv", list).await.unwrap();
        portal::campaigns::set_receivers(portal, &coordinator, id, &receivers).await.unwrap();
        portal::campaigns::launch(portal, &coordinator, id).await.unwrap();
        let code = code(&world, "sen").await;
        let found = result("PC-07", "aa", world.portal.now(), &["malware", "risk"]);
        let first = send(&world, &code, &found).await;
        assert_eq!((first.is_repeat, first.scan.findings, first.case), (false, 1, Some(1)));
        let again = send(&world, &code, &found).await;
        assert_eq!((again.is_repeat, again.scan.id, again.case), (true, first.scan.id, Some(1)));
        // Another scan of the same PC, renamed by now, is the same device.
        let later = world.portal.now() + SignedDuration::from_hours(1);
        send(&world, &code, &result("PC-07-MOI", "aa", later, &["malware"])).await;
        let case = only_case(&world, id).await;
        assert_eq!((case.case.state, case.device.label.as_str()), (CaseState::Opened, "PC-07"));
        assert!(!case.device.names.contains(&"aa".to_owned()), "{:?}", case.device.names);
        // Cracked software alone is nobody's work; another PC of that name is another device.
        send(&world, &code, &result("PC-08", "bb", later, &["risk"])).await;
        only_case(&world, id).await;
        send(&world, &code, &result("pc-07", "cc", later, &["malware"])).await;
        let officer = world.officer("sen").await;
        let sen = world.unit("sen");
        assert_eq!(cases::list(&world.portal, &officer, id, sen).await.unwrap().len(), 2);
        // The report counts infected devices, none of which a log has seen.
        let report = world.report(id, "sen").await;
        let measured = |row: &str| report.report.content.cell(row).measured;
        assert_eq!(measured("devices-infected"), Some(2));
        assert_eq!(measured("devices-seen"), Some(0));
    })
    .await;
}

#[tokio::test]
async fn a_device_that_a_log_named_is_the_one_that_was_scanned() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("province").await;
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let log = bind_log(&[(date(2026, 8, 4), "may-tinh-7", &listed_name())]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let code = code(&world, "sen").await;
        send(&world, &code, &result("MAY-TINH-7", "", world.portal.now(), &["malware"])).await;
        assert_eq!(only_case(&world, id).await.sightings.len(), 1);
    })
    .await;
}

/// Sends results under these names, each with a mark or none, and gives the number of each one's device
/// in the order in which devices came up.
async fn devices_of(world: &World<'_>, names: &[(&str, &str)]) -> Vec<usize> {
    let code = code(world, "sen").await;
    let mut devices = Vec::new();
    let mut numbers = Vec::new();
    for (index, (name, mark)) in names.iter().enumerate() {
        let made_at =
            world.portal.now() - SignedDuration::from_mins(60 - i64::try_from(index).unwrap());
        let received = send(world, &code, &result(name, mark, made_at, &["malware"])).await;
        let device = received.scan.device_id;
        let known = devices.iter().position(|it| *it == device);
        numbers.push(known.unwrap_or_else(|| {
            devices.push(device);
            devices.len() - 1
        }));
    }
    numbers
}

#[tokio::test]
async fn a_pc_with_and_without_its_domain_is_one_and_two_of_two_domains_are_two() {
    let check = async |names: &[(&str, &str)], expected: &[usize]| {
        on_both_portals(async |test| {
            let world = World::new(test).await;
            let coordinator = world.coordinator("province").await;
            world.launched(&coordinator, &[("sen", ACTION)]).await;
            assert_eq!(devices_of(&world, names).await, expected, "{names:?}");
        })
        .await;
    };
    let all = |names: &[&'static str]| names.iter().map(|it| (*it, "")).collect::<Vec<_>>();
    check(&all(&["PC01", "pc01.a.example", "PC01.a.example.", "pc01"]), &[0, 0, 0, 0]).await;
    check(&all(&["pc01.a.example", "PC01", "pc01.a.example"]), &[0, 0, 0]).await;
    // A name of another length, and signs that a database takes for any.
    check(&all(&["pc_1", "pcx1.a.example", "pc", "pc1.a.example", "pc%"]), &[0, 1, 2, 3, 4]).await;
    // Two domains: their short name is nobody's, and once it was one PC's it is so no longer.
    let two = all(&["pc01.a.example", "pc01.b.example", "pc01", "pc01", "pc01.b.example"]);
    check(&two, &[0, 1, 2, 2, 1]).await;
    let late = all(&["pc01", "pc01.a.example", "pc01.b.example", "pc01", "pc01.a.example"]);
    check(&late, &[0, 0, 1, 2, 0]).await;
    // A dot makes no domain.
    check(&all(&["10", "10.0.0.5", "máy 1", "máy 1.2"]), &[0, 1, 2, 3]).await;
    // Marks tell more than names.
    let marked = [("pc01", "m1"), ("pc01.a.example", "m2"), ("pc01.a.example", "m1")];
    check(&marked, &[0, 1, 0]).await;
    check(&[("pc01.a.example", ""), ("pc01", "m1"), ("other", "m1")], &[0, 0, 0]).await;
}

#[tokio::test]
async fn who_stands_for_others_is_to_be_cleaned_where_a_scan_found_malware_on_it() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("province").await;
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let log = bind_log(&[(date(2026, 8, 4), "may-tinh-7", &listed_name())]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let (case, officer) = (only_case(&world, id).await.case.id, world.officer("sen").await);
        let proxy = Some("proxy");
        cases::describe_device(&world.portal, &officer, case, "may-tinh-7", "server", proxy)
            .await
            .unwrap();
        let state = async || {
            let mut read = world.portal.database.read().await.unwrap();
            let sen = world.unit("sen");
            let counted = storage::cases::counts_of_unit(&mut read, id, sen).await.unwrap();
            let seen = storage::cases::counts_of_seen(&mut read, id, sen).await.unwrap();
            let shown = only_case(&world, id).await.intermediary.is_none();
            (counted.len(), seen.len(), shown)
        };
        assert_eq!(state().await, (0, 0, false));
        let code = code(&world, "sen").await;
        send(&world, &code, &result("MAY-TINH-7", "", world.portal.now(), &["malware"])).await;
        assert_eq!(state().await, (1, 0, true), "counted, shown as such, and seen in no log");
    })
    .await;
}

#[tokio::test]
async fn a_clean_scan_of_before_the_device_was_seen_verifies_nothing() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("province").await;
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let log = bind_log(&[(date(2026, 8, 4), "may-tinh-7", &listed_name())]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let code = code(&world, "sen").await;
        let before: Timestamp = "2026-08-03T02:00:00Z".parse().unwrap();
        send(&world, &code, &result("MAY-TINH-7", "", before, &[])).await;
        declare(&world, id).await;
        world.test.clock.advance(SignedDuration::from_hours(24 * 20));
        world.check(id, "sen", "Trụ sở", &quiet_log(date(2026, 8, 5), 16)).await.unwrap();
        let verified = async || cases::verify_all(&world.portal).await.unwrap();
        assert_eq!(verified().await, 0);
        send(&world, &code, &result("MAY-TINH-7", "", world.portal.now(), &[])).await;
        assert_eq!(verified().await, 1);
    })
    .await;
}

#[tokio::test]
async fn where_the_tool_ran_only_a_clean_scan_verifies() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("province").await;
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        // The site of the unit, whose logs are read.
        world.check(id, "sen", "Trụ sở", &quiet_log(date(2026, 8, 1), 4)).await.unwrap();
        let code = code(&world, "sen").await;
        send(&world, &code, &result("PC-07", "aa", world.portal.now(), &["malware"])).await;
        declare(&world, id).await;
        world.test.clock.advance(SignedDuration::from_hours(24 * 20));
        world.check(id, "sen", "Trụ sở", &quiet_log(date(2026, 8, 6), 16)).await.unwrap();
        let verified = async || cases::verify_all(&world.portal).await.unwrap();
        assert_eq!(verified().await, 0, "a remedy on paper, and a tool that could look");
        let officer = world.officer("sen").await;
        let case = only_case(&world, id).await.case.id;
        let view = cases::view(&world.portal, &officer, case).await.unwrap();
        let lacks = Verification::Waiting { quiet_days: 16, needed: 14, lacks_evidence: true };
        assert_eq!(view.verification, Some(lacks));
        // A quick check, and a scan that is not whole, prove nothing.
        let now = world.portal.now();
        let quick = ScanResult { scope: "quick".to_owned(), ..result("PC-07", "aa", now, &[]) };
        send(&world, &code, &quick).await;
        assert_eq!(verified().await, 0);
        send(&world, &code, &result("PC-07", "aa", now, &[])).await;
        assert_eq!(verified().await, 1);
        assert_eq!(only_case(&world, id).await.case.state, CaseState::VerifiedClean);
        // Found again later: it comes back.
        let later = now + SignedDuration::from_hours(1);
        send(&world, &code, &result("PC-07", "aa", later, &["malware"])).await;
        assert_eq!(only_case(&world, id).await.case.state, CaseState::Reinfected);
    })
    .await;
}

#[tokio::test]
async fn only_codes_that_hold_are_taken_and_only_those_of_the_unit_are_brought_in() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("province").await;
        let id = world.launched(&coordinator, &[("sen", ACTION), ("lau", ACTION)]).await;
        let officer = world.officer("sen").await;
        let sen = world.unit("sen");
        let (mine, others) = (code(&world, "sen").await, code(&world, "lau").await);
        let found = result("PC-07", "aa", world.portal.now(), &["malware"]);
        let receive = async |file: String| scans::receive(&world.portal, file.as_bytes()).await;
        let stranger = EnrolmentCode::from_random([9; 20]);
        assert_eq!(problems(receive(stranger.sign(&found)).await), ["problem-scan-code"]);
        let forged = mine.sign(&found).replace("PC-07", "PC-09");
        assert_eq!(problems(receive(forged).await), ["problem-scan-unreadable"]);
        let future = world.portal.now() + SignedDuration::from_hours(48);
        let early = ScanResult { made_at: future, ..found.clone() };
        assert_eq!(problems(receive(mine.sign(&early)).await), ["problem-scan-future"]);
        let import = async |file: String| {
            scans::import(&world.portal, &officer, id, sen, file.as_bytes()).await
        };
        assert_eq!(problems(import(others.sign(&found)).await), ["problem-scan-other-unit"]);
        let brought = import(mine.sign(&found)).await.unwrap();
        assert_eq!(brought.scan.imported_by, Some(officer.user_id));
        assert!(receive(mine.sign(&found)).await.unwrap().is_repeat, "sent after it was brought");
        let codes = scans::codes(&world.portal, &officer, sen).await.unwrap();
        assert!(codes[0].used_at.is_some());
        scans::revoke_code(&world.portal, &officer, sen, codes[0].id).await.unwrap();
        assert_eq!(problems(receive(mine.sign(&found)).await), ["problem-scan-code"]);
        let seen = scans::list(&world.portal, &officer, id, sen).await.unwrap();
        assert_eq!((seen.len(), seen[0].device.label.as_str()), (1, "PC-07"));
    })
    .await;
}
