//! One log counted once, taken back when it was a mistake; two devices that turn out to be one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "test helpers may panic, and a test may use the stack"
)]

mod world;

use std::sync::Arc;

use campaigns::{CampaignId, CaseState, CaseStep, ReceiverRole, Role, Verification};
use jiff::civil::{Date, date};
use portal::cases::{self, CaseSummary};
use portal::checks::{
    self, CheckResult, Evidence, FileSummary, Intermediary, Live, LogInput, LogProblem,
    NameConfidence, NameSource, RefusedSighting, Sighting, ToldBy, Verdict,
};
use portal::tokens::Sender;
use portal::{PortalError, audit, devices, sources};
use simulation::demo_list;
use test_support::on_both_portals;
use world::{World, bind_log, listed_name, problems};

fn day(day: i8) -> Date {
    date(2026, 8, day)
}

/// A campaign with the extended form that the commune of Sen takes part in.
async fn campaign(world: &World<'_>) -> CampaignId {
    let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
    let mut form = world::letter();
    "extended@1".clone_into(&mut form.form);
    let id = world.draft(&coordinator, form).await;
    portal::campaigns::add_list(portal, &coordinator, id, "ds.csv", demo_list(1)).await.unwrap();
    let receivers = [(world.unit("sen"), ReceiverRole::Action)];
    portal::campaigns::set_receivers(portal, &coordinator, id, &receivers).await.unwrap();
    portal::campaigns::launch(portal, &coordinator, id).await.unwrap();
    id
}

async fn seen(world: &World<'_>, id: CampaignId) -> checks::Seen {
    let officer = world.officer("sen").await;
    checks::seen(&world.portal, &officer, id, world.unit("sen")).await.unwrap()
}

async fn cases_of(world: &World<'_>, id: CampaignId) -> Vec<CaseSummary> {
    let officer = world.officer("sen").await;
    cases::list(&world.portal, &officer, id, world.unit("sen")).await.unwrap()
}

/// The case of the device with this label.
async fn case_of(world: &World<'_>, id: CampaignId, label: &str) -> CaseSummary {
    let all = cases_of(world, id).await;
    let labels: Vec<_> = all.iter().map(|it| it.device.label.clone()).collect();
    all.into_iter().find(|it| it.device.label == label).unwrap_or_else(|| panic!("{labels:?}"))
}

async fn step(world: &World<'_>, case: &CaseSummary, step: CaseStep, note: &str) {
    let officer = world.officer("sen").await;
    let (id, version) = (case.case.id, case.case.version);
    cases::step(&world.portal, &officer, id, step, note, version).await.unwrap();
}

/// A result as a unit's program sends it.
fn result(file: &str, sha256: char, sightings: Vec<Sighting>) -> CheckResult {
    let summary = FileSummary {
        file: file.to_owned(),
        format: Some("fortigate".to_owned()),
        sha256: Some(sha256.to_string().repeat(64)),
        lines_read: 10,
        days: vec![day(4)],
        ..FileSummary::default()
    };
    CheckResult { summary, sightings, is_whole: true, live: None, side_cars: None }
}

fn sighting(device: &str, name: Option<&str>, indicator: &str) -> Sighting {
    Sighting {
        device: device.to_owned(),
        device_name: name.map(str::to_owned),
        device_mac: None,
        name_source: None,
        name_confidence: None,
        intermediary: None,
        intermediary_source: None,
        indicator: indicator.to_owned(),
        indicator_type: "domain".to_owned(),
        family: None,
        list: "ds.csv".to_owned(),
        warning: None,
        destination: indicator.to_owned(),
        verdict: Verdict::DnsResolved,
        count: 1,
        first_seen: None,
        last_seen: Some("2026-08-04T01:00:00Z".parse().unwrap()),
        evidence: Evidence { file: String::new(), offset: 0, line_number: 1, line: String::new() },
    }
}

async fn send(
    world: &World<'_>,
    id: CampaignId,
    site: &str,
    results: Vec<CheckResult>,
) -> Result<Vec<checks::Checked>, PortalError> {
    let sender = Sender::Person(world.officer("sen").await);
    checks::receive(&world.portal, &sender, id, world.unit("sen"), site, results).await
}

#[tokio::test]
async fn the_same_log_under_another_site_is_refused_and_names_the_first() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let log = bind_log(&[(day(4), "10.0.0.5", &listed_name())]);
        let first = world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        assert_eq!((first.findings, first.devices), (1, 1));
        let Err(PortalError::Invalid(said)) = world.check(id, "sen", "Nhà văn hóa", &log).await
        else {
            panic!("taken twice");
        };
        let value = |name| said[0].values.iter().find(|it| it.0 == name).unwrap().1.as_str();
        assert_eq!(said[0].message, "problem-log-other-site");
        assert_eq!([value("site"), value("given")], ["Trụ sở", "Nhà văn hóa"]);
        assert_eq!([value("earlier"), value("day")], ["nhật-ký.log", "05/8/2026"]);
        // A program gets the same answer before anything of its message is kept.
        let mut again = result("y.log", 'b', Vec::new());
        again.summary.sha256 = Some(first.source.sha256.clone());
        let results = vec![result("x.log", 'a', Vec::new()), again];
        let Err(PortalError::Invalid(said)) = send(&world, id, "Nhà văn hóa", results).await
        else {
            panic!("taken twice");
        };
        assert_eq!(said[0].field, "results[1].log.sha256");
        let now = seen(&world, id).await;
        assert_eq!((now.sources.len(), cases_of(&world, id).await.len()), (1, 1));
        assert_eq!(now.sites.len(), 1, "nothing half done");
        // Under its own site, however it is written, it is the same log again.
        assert!(world.check(id, "sen", "  Trụ  sở ", &log).await.unwrap().is_unchanged);
        // Another unit has its own logs.
        world.pass_on(id, "sen", &["school"]).await.unwrap();
        assert!(world.check(id, "school", "Trường", &log).await.is_ok());
        // The next log most likely comes from where the last one came.
        assert_eq!(now.likely_site(), Some("Trụ sở"));
        test.clock.set("2026-08-06T09:00:00+07:00");
        let there = bind_log(&[(day(5), "10.0.0.9", "tot.example")]);
        world.check(id, "sen", "Nhà văn hóa", &there).await.unwrap();
        assert_eq!(seen(&world, id).await.likely_site(), Some("Nhà văn hóa"));
    })
    .await;
}

#[tokio::test]
async fn an_empty_log_is_no_clean_log_and_covers_no_day() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let checked = world.check(id, "sen", "Trụ sở", b"").await.unwrap();
        assert!(!checked.source.is_complete);
        assert_eq!(checks::problem_of(&checked.source), Some(LogProblem::Empty));
        // Every empty file is the same file: that says nothing about its site.
        assert!(world.check(id, "sen", "Nhà văn hóa", b"").await.is_ok());
        // A program that says "no line, but of these days" is not believed.
        let mut sent = result("x.log", 'a', Vec::new());
        sent.summary.lines_read = 0;
        let kept = send(&world, id, "Trụ sở", vec![sent]).await.unwrap();
        assert_eq!(checks::problem_of(&kept[0].source), Some(LogProblem::Empty));
        let mut read = world.portal.database.read().await.unwrap();
        for site in seen(&world, id).await.sites.keys() {
            let days = storage::sightings::covered_days(&mut read, id, *site).await.unwrap();
            assert!(days.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn a_log_is_taken_back_with_what_rests_on_it_alone_and_nobody_worked_on() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (id, bad) = (campaign(&world).await, listed_name());
        let both = bind_log(&[(day(4), "10.0.0.5", &bad), (day(4), "10.0.0.6", &bad)]);
        let more = bind_log(&[(day(4), "10.0.0.6", &bad), (day(5), "10.0.0.7", &bad)]);
        let first = world.check(id, "sen", "Trụ sở", &both).await.unwrap().source;
        let second = world.check(id, "sen", "Trụ sở", &more).await.unwrap().source;
        let worked = case_of(&world, id, "10.0.0.7").await;
        step(&world, &worked, CaseStep::Notify, "").await;
        let (portal, officer) = (&world.portal, world.officer("sen").await);

        // Only those who may check the unit's logs may.
        let stranger = world.officer("lau").await;
        let coordinator = world.coordinator("department").await;
        for other in [&stranger, &coordinator] {
            let refused = sources::take_back(portal, other, first.id).await;
            assert!(matches!(refused, Err(PortalError::Denied)), "{refused:?}");
        }
        let preview = sources::preview(portal, &officer, first.id).await.unwrap();
        assert_eq!((preview.sightings, preview.site.as_str()), (2, "Trụ sở"));
        assert_eq!(seen(&world, id).await.sources.len(), 2, "a preview changes nothing");

        // 10.0.0.5 stands in this log alone; 10.0.0.6 in the other one too.
        let gone = sources::take_back(portal, &officer, first.id).await.unwrap();
        assert_eq!((gone.cases_gone.len(), gone.cases_kept.len()), (1, 0));
        let labels: Vec<_> =
            cases_of(&world, id).await.into_iter().map(|it| it.device.label).collect();
        assert_eq!(labels, ["10.0.0.6", "10.0.0.7"]);
        let now = seen(&world, id).await;
        assert_eq!((now.sources.len(), now.devices.all().count()), (1, 2));
        let again = sources::take_back(portal, &officer, first.id).await;
        assert!(matches!(again, Err(PortalError::NotFound)), "{again:?}");

        // The case that somebody has worked on stays and says why it has no evidence.
        let gone = sources::take_back(portal, &officer, second.id).await.unwrap();
        assert_eq!((gone.cases_gone.len(), gone.cases_kept.len()), (1, 1));
        let left = cases_of(&world, id).await;
        assert_eq!((left.len(), left[0].case.state), (1, CaseState::Notified));
        let view = cases::view(portal, &officer, left[0].case.id).await.unwrap();
        // Everything here happens at one moment, so steps have no order.
        let noted = view.events.iter().find(|(event, _)| event.kind == "log-taken-back");
        let (event, who) = noted.unwrap();
        assert_eq!(event.note, "nhật-ký.log");
        assert!(who.is_some() && view.summary.sightings.is_empty());
        let mut read = portal.database.read().await.unwrap();
        let days = storage::sightings::covered_days(&mut read, id, first.site_id).await.unwrap();
        assert!(days.is_empty());
        let auditor = world.person(Role::Auditor, "sen").await;
        let deeds = audit::deeds(portal, &auditor, world.unit("sen"), None).await.unwrap().deeds;
        assert_eq!(deeds.iter().filter(|it| it.action == "log-take-back").count(), 2);
        // Sent again, now under the right site, it is new.
        assert_eq!(world.check(id, "sen", "Nhà văn hóa", &both).await.unwrap().cases, 2);
    })
    .await;
}

#[tokio::test]
async fn a_device_known_by_its_address_gets_the_name_a_later_log_gives_it() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (id, bad) = (campaign(&world).await, listed_name());
        let log = bind_log(&[(day(4), "10.0.0.5", &bad), (day(4), "10.0.0.6", &bad)]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        // Somebody has named the second one already.
        let (portal, officer) = (&world.portal, world.officer("sen").await);
        let named = case_of(&world, id, "10.0.0.6").await.case.id;
        cases::describe_device(portal, &officer, named, "Máy một cửa", "computer", None)
            .await
            .unwrap();
        let later = vec![
            sighting("10.0.0.5", Some("PC-KeToan"), &bad),
            sighting("10.0.0.6", Some("PC-MotCua"), &bad),
        ];
        send(&world, id, "Trụ sở", vec![result("fgt.log", 'a', later)]).await.unwrap();
        let first = case_of(&world, id, "PC-KeToan").await.device;
        assert_eq!(
            (first.names.as_slice(), first.sites.as_slice()),
            (["10.0.0.5".to_owned()].as_slice(), ["Trụ sở".to_owned()].as_slice(),)
        );
        let second = case_of(&world, id, "Máy một cửa").await.device;
        assert_eq!(second.names, ["10.0.0.6", "pc-motcua"]);
        // A log that knows it by name alone means the same device, in whatever letters; the same
        // log may call it by both.
        let by_name =
            vec![sighting("PC-KETOAN", None, &bad), sighting("10.0.0.5", Some("pc-ketoan"), &bad)];
        send(&world, id, "Trụ sở", vec![result("dns.log", 'b', by_name)]).await.unwrap();
        assert_eq!(cases_of(&world, id).await.len(), 2);
        let now = seen(&world, id).await;
        assert_eq!(now.devices_found(None), 2);
    })
    .await;
}

#[tokio::test]
async fn merged_devices_count_once_and_split_they_are_what_they_were() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (id, bad) = (campaign(&world).await, listed_name());
        let log = bind_log(&[
            (day(3), "10.0.0.5", &bad),
            (day(3), "10.0.0.6", &bad),
            (day(3), "10.0.0.7", &bad),
        ]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let (portal, officer) = (&world.portal, world.officer("sen").await);
        let counted = async || {
            let view = world.report(id, "sen").await;
            ["devices-seen", "devices-seen-handled"]
                .map(|key| view.report.content.cell(key).measured.unwrap())
        };
        let (five, six, seven) = (
            case_of(&world, id, "10.0.0.5").await,
            case_of(&world, id, "10.0.0.6").await,
            case_of(&world, id, "10.0.0.7").await,
        );
        step(&world, &five, CaseStep::DeclareClean, "Cài lại máy").await;
        assert_eq!(counted().await, [3, 1]);

        // 10.0.0.5 is declared clean, 10.0.0.6 is not: the device is no cleaner than its worse half.
        devices::merge(portal, &officer, five.case.id, six.device.id).await.unwrap();
        assert_eq!(counted().await, [2, 0]);
        let merged = case_of(&world, id, "10.0.0.5").await;
        assert_eq!((merged.case.id, merged.case.state), (six.case.id, CaseState::Opened));
        assert_eq!((merged.sightings.len(), merged.device.names.len()), (2, 1));
        let ended = cases::view(portal, &officer, five.case.id).await.unwrap();
        assert_eq!(ended.goes_on_as.map(|it| it.id), Some(six.case.id));
        assert!(ended.steps.is_empty());
        let (on, version) = (five.case.id, ended.summary.case.version);
        let refused = cases::step(portal, &officer, on, CaseStep::Reopen, "x", version).await;
        assert_eq!(problems(refused), ["problem-case-merged"]);

        // A third one, by whichever case; the same one twice or into itself is refused.
        devices::merge(portal, &officer, merged.case.id, seven.device.id).await.unwrap();
        assert_eq!(counted().await, [1, 0]);
        for other in [seven.device.id, merged.device.id] {
            let refused = devices::merge(portal, &officer, merged.case.id, other).await;
            assert_eq!(problems(refused), ["problem-device-merge"]);
        }
        // What comes later under any of the names belongs to the case that goes on.
        let later = bind_log(&[(day(4), "10.0.0.5", &bad), (day(4), "10.0.0.7", &bad)]);
        assert_eq!(world.check(id, "sen", "Trụ sở", &later).await.unwrap().devices, 1);
        let whole = cases_of(&world, id).await;
        assert_eq!((whole.len(), whole[0].sightings.len()), (1, 5));

        // Split, each has its own case as it stood and every sighting of its names.
        devices::split(portal, &officer, whole[0].case.id, six.device.id).await.unwrap();
        let (rest, alone) =
            (case_of(&world, id, "10.0.0.5").await, case_of(&world, id, "10.0.0.6").await);
        assert_eq!((alone.case.id, alone.sightings.len()), (six.case.id, 1));
        // Of the two that stay together the one with more work left goes on.
        assert_eq!((rest.case.id, rest.case.state), (seven.case.id, CaseState::Opened));
        assert_eq!((rest.sightings.len(), cases_of(&world, id).await.len()), (4, 2));
        devices::split(portal, &officer, rest.case.id, seven.device.id).await.unwrap();
        assert_eq!(counted().await, [3, 1]);
        for (label, case, sightings) in
            [("10.0.0.5", &five, 2), ("10.0.0.6", &six, 1), ("10.0.0.7", &seven, 2)]
        {
            let now = case_of(&world, id, label).await;
            assert_eq!((now.case.id, now.sightings.len()), (case.case.id, sightings), "{label}");
        }
        let twice = devices::split(portal, &officer, rest.case.id, seven.device.id).await;
        assert_eq!(problems(twice), ["problem-device-split"]);
        let auditor = world.person(Role::Auditor, "sen").await;
        let deeds = audit::deeds(portal, &auditor, world.unit("sen"), None).await.unwrap().deeds;
        let done = |action: &str| deeds.iter().filter(|it| it.action == action).count();
        assert_eq!((done("device-merge"), done("device-split")), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn a_device_without_a_case_takes_over_and_gives_back_the_case_of_another() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (id, bad) = (campaign(&world).await, listed_name());
        let log = bind_log(&[(day(3), "10.0.0.5", &bad)]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let mut scanned = sighting("10.0.0.9", Some("MAY-CHU"), &bad);
        scanned.verdict = Verdict::InboundScan;
        send(&world, id, "Nhà văn hóa", vec![result("a.log", 'a', vec![scanned])]).await.unwrap();
        let (portal, officer) = (&world.portal, world.officer("sen").await);
        let case = case_of(&world, id, "10.0.0.5").await;
        let view = cases::view(portal, &officer, case.case.id).await.unwrap();
        let server = view.others.iter().find(|it| it.label == "MAY-CHU").unwrap().id;
        devices::merge(portal, &officer, case.case.id, server).await.unwrap();
        let later = vec![sighting("10.0.0.9", None, &bad)];
        send(&world, id, "Nhà văn hóa", vec![result("b.log", 'b', later)]).await.unwrap();
        let merged = case_of(&world, id, "10.0.0.5").await;
        assert_eq!((merged.case.id, merged.sightings.len()), (case.case.id, 2));
        assert_eq!(merged.device.sites, ["Nhà văn hóa", "Trụ sở"]);

        // It was at two sites: silence at one of them proves nothing.
        step(&world, &merged, CaseStep::DeclareClean, "Cài lại máy").await;
        test.clock.set("2026-09-01T09:00:00+07:00");
        let quiet = |device| {
            let days = day(6).series(jiff::Span::new().days(1)).take(20);
            let queries: Vec<_> = days.map(|day| (day, device, "tot.example")).collect();
            bind_log(&queries)
        };
        let waits = async |days| {
            let view = cases::view(portal, &officer, merged.case.id).await.unwrap();
            let waiting =
                Verification::Waiting { quiet_days: days, needed: 14, lacks_evidence: false };
            assert_eq!(view.verification, Some(waiting));
        };
        world.check(id, "sen", "Trụ sở", &quiet("10.0.0.98")).await.unwrap();
        waits(0).await;
        world.check(id, "sen", "Nhà văn hóa", &quiet("10.0.0.99")).await.unwrap();
        assert_eq!(cases::verify_all(portal).await.unwrap(), 1);

        // Taken out again, the server has findings of its own by now: it gets a case for them.
        devices::split(portal, &officer, merged.case.id, server).await.unwrap();
        let (own, first) =
            (case_of(&world, id, "MAY-CHU").await, case_of(&world, id, "10.0.0.5").await);
        assert_eq!((own.case.state, own.sightings.len()), (CaseState::Opened, 1));
        assert_eq!((first.case.id, first.sightings.len()), (case.case.id, 1));
    })
    .await;
}

#[tokio::test]
async fn only_the_units_officer_merges_and_only_devices_of_the_unit() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (id, bad) = (campaign(&world).await, listed_name());
        world.pass_on(id, "sen", &["school"]).await.unwrap();
        let log = bind_log(&[(day(3), "10.0.0.5", &bad), (day(3), "10.0.0.6", &bad)]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        world.check(id, "school", "Trường", &log).await.unwrap();
        let (portal, officer) = (&world.portal, world.officer("sen").await);
        let schools = world.officer("school").await;
        let theirs = cases::list(portal, &schools, id, world.unit("school")).await.unwrap();
        let mine = cases_of(&world, id).await;
        let across = devices::merge(portal, &officer, mine[0].case.id, theirs[0].device.id).await;
        assert_eq!(problems(across), ["problem-device-merge"]);
        let stranger = world.officer("lau").await;
        for done in [
            devices::merge(portal, &stranger, mine[0].case.id, mine[1].device.id).await,
            devices::split(portal, &stranger, mine[0].case.id, mine[1].device.id).await,
        ] {
            assert!(matches!(done, Err(PortalError::Denied)), "{done:?}");
        }
        assert_eq!(cases_of(&world, id).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_seen_of_an_indicator_in_no_list_is_refused_and_listed() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (id, bad) = (campaign(&world).await, listed_name());
        // A name below a listed one is covered by it and is not itself listed.
        let below = format!("khac.{bad}");
        let sightings = vec![
            sighting("10.0.0.5", None, &bad),
            sighting("10.0.0.6", None, "khong-co.example"),
            sighting("10.0.0.7", None, &below),
            sighting("10.0.0.8", None, "không phải địa chỉ"),
        ];
        let results = vec![result("a.log", 'a', Vec::new()), result("b.log", 'b', sightings)];
        let kept = send(&world, id, "Trụ sở", results).await.unwrap();
        assert!(kept[0].refused.is_empty());
        let refused = |device: &str, indicator: &str| RefusedSighting {
            device: device.to_owned(),
            indicator: indicator.to_owned(),
        };
        let expected = [
            refused("10.0.0.6", "khong-co.example"),
            refused("10.0.0.7", &below),
            refused("10.0.0.8", "không phải địa chỉ"),
        ];
        assert_eq!(kept[1].refused, expected);
        assert_eq!((kept[1].findings, cases_of(&world, id).await.len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_watched_source_is_replaced_and_never_added_up() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let send_live = async |revision, count, is_whole| {
            let seen = Sighting { count, ..sighting("10.0.0.5", None, &listed_name()) };
            let mut live = result("named/query.log", 'x', vec![seen]);
            live.summary.sha256 = None;
            live.is_whole = is_whole;
            live.live = Some(Live { sensor: "fw-1".to_owned(), day: day(4), revision, dropped: 0 });
            send(&world, id, "Trụ sở", vec![live]).await.unwrap().remove(0)
        };
        let state = async || {
            let seen = seen(&world, id).await;
            assert_eq!(seen.sources.len(), 1);
            let source = &seen.sources[0];
            assert!(checks::live_of(source).is_some());
            let contacts: i64 = seen.sightings.iter().map(|it| it.contacts).sum();
            let mut read = world.portal.database.read().await.unwrap();
            let days = storage::sightings::covered_days(&mut read, id, source.site_id).await;
            (source.id, contacts, days.unwrap().contains(&day(4)))
        };
        let first = send_live(1, 2, true).await;
        assert_eq!((first.is_repeat, first.cases), (false, 1));
        let (source, contacts, is_covered) = state().await;
        assert_eq!((contacts, is_covered), (2, true));
        assert!(send_live(1, 2, true).await.is_unchanged, "the same again changes nothing");
        let later = send_live(7, 5, true).await;
        assert_eq!((later.is_repeat, later.is_unchanged, later.cases), (true, false, 0));
        assert_eq!(state().await, (source, 5, true), "one source all day long");
        assert!(send_live(3, 4, true).await.is_unchanged, "what was overtaken changes nothing");
        assert_eq!(state().await, (source, 5, true));
        send_live(8, 5, false).await;
        assert_eq!(state().await, (source, 5, false), "a day with a gap is not watched");
        let mut unnamed = result("x", 'x', Vec::new());
        unnamed.live = Some(Live { sensor: " ".to_owned(), day: day(4), revision: 1, dropped: 0 });
        let refused = send(&world, id, "Trụ sở", vec![unnamed]).await;
        assert_eq!(problems(refused), ["problem-sighting-empty"]);
    })
    .await;
}

/// A sighting of a device that a DHCP server names.
fn leased(device: &str, mac: &str, name: &str, at: &str) -> Sighting {
    let at = Some(at.parse().unwrap());
    Sighting {
        device_mac: Some(mac.to_owned()),
        name_source: Some(NameSource::DhcpLease),
        name_confidence: Some(NameConfidence::High),
        warning: Some("Tranco".to_owned()),
        first_seen: at,
        last_seen: at,
        ..sighting(device, Some(name), &listed_name())
    }
}

#[tokio::test]
async fn an_address_that_moved_is_two_devices_and_a_device_that_moved_is_one() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let (first, second) = ("02:00:5e:10:00:a1", "02:00:5e:10:00:a2");
        let bare = |at: &str| {
            let at = Some(at.parse().unwrap());
            let name = None;
            Sighting { first_seen: at, last_seen: at, ..sighting("10.0.0.5", name, &listed_name()) }
        };
        let given = [
            leased("10.0.0.5", first, "may-ke-toan", "2026-08-04T03:00:00Z"),
            leased("10.0.0.5", second, "may-van-thu", "2026-08-04T05:00:00Z"),
            leased("10.0.0.9", first, "may-ke-toan", "2026-08-04T06:00:00Z"),
            bare("2026-08-04T04:00:00Z"),
            bare("2026-08-04T07:00:00Z"),
        ];
        // Whatever comes first.
        for order in [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 1, 0, 4, 3]] {
            let site = format!("Trụ sở {order:?}");
            let logs: Vec<char> = "abcde".chars().collect();
            for at in order {
                let mut one = result("x.log", logs[at], vec![given[at].clone()]);
                let sha = one.summary.sha256.as_mut().unwrap();
                sha.replace_range(0..3, &format!("{}{}{}", order[0], order[1], order[2]));
                send(&world, id, &site, vec![one]).await.unwrap();
            }
            let now = seen(&world, id).await;
            let of = |label: &str| {
                let all = now.devices.all().filter(|it| it.sites == [site.clone()]);
                let found: Vec<_> = all.filter(|it| it.label == label).collect();
                assert_eq!(found.len(), 1, "{label} {order:?}");
                let seen = now.sightings.iter().filter(|it| it.device_id == found[0].id);
                let mut hours: Vec<i64> =
                    seen.map(|it| it.last_at.unwrap().as_second() / 3_600 % 24).collect();
                hours.sort_unstable();
                (found[0].names.clone(), hours)
            };
            let count = now.devices.all().filter(|it| it.sites == [site.clone()]).count();
            assert_eq!(count, 2, "{order:?}");
            let (names, hours) = of("may-ke-toan");
            assert_eq!(names, ["10.0.0.5", "10.0.0.9", first], "{order:?}");
            assert_eq!(hours, [3, 4, 6], "{order:?}");
            assert_eq!(of("may-van-thu").1, [5, 7], "{order:?}");
        }
        let now = seen(&world, id).await;
        let named = now.sightings.iter().find(|it| it.name_source.is_some()).unwrap();
        assert_eq!(named.name_source.as_deref(), Some("dhcp-lease"));
        assert_eq!(named.name_confidence.as_deref(), Some("high"));
        assert_eq!(named.warning.as_deref(), Some("Tranco"));
        // The same again says nothing new.
        let again = result("x.log", 'f', vec![given[1].clone()]);
        let site = "Trụ sở [0, 1, 2, 3, 4]";
        assert!(!send(&world, id, site, vec![again.clone()]).await.unwrap()[0].is_unchanged);
        assert!(send(&world, id, site, vec![again]).await.unwrap()[0].is_unchanged);
    })
    .await;
}

#[tokio::test]
async fn names_that_phones_share_make_no_device_of_two_addresses() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let named = |device: &str, name: &str| Sighting {
            name_source: Some(NameSource::Log),
            name_confidence: Some(NameConfidence::High),
            ..sighting(device, Some(name), &listed_name())
        };
        let sightings = vec![
            named("10.0.0.5", "iPhone"),
            named("10.0.0.6", "iPhone"),
            named("10.0.0.7", "PC-01"),
            named("10.0.0.7", "PC-02"),
        ];
        send(&world, id, "Trụ sở", vec![result("x.log", 'a', sightings)]).await.unwrap();
        let later = vec![named("10.0.0.7", "pc-01.xa.example"), named("10.0.0.7", "PC-02")];
        send(&world, id, "Trụ sở", vec![result("y.log", 'b', later)]).await.unwrap();
        let mut labels: Vec<_> =
            cases_of(&world, id).await.into_iter().map(|it| it.device.label).collect();
        labels.sort();
        assert_eq!(labels, ["PC-01", "PC-02", "iPhone", "iPhone"]);
    })
    .await;
}

#[tokio::test]
async fn who_stands_for_others_has_a_case_and_is_no_device_to_clean() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let (portal, officer) = (&world.portal, world.officer("sen").await);
        let forwards = |indicator: &str| Sighting {
            intermediary: Some(Intermediary::DnsForwarder),
            intermediary_source: Some(ToldBy::Log),
            ..sighting("10.0.0.53", None, indicator)
        };
        let plain = sighting("10.0.0.7", None, &listed_name());
        let one = result("x.log", 'a', vec![forwards(&listed_name()), plain]);
        send(&world, id, "Trụ sở", vec![one]).await.unwrap();
        // Devices in the report, and by the rule that the pages have.
        let counted = async || {
            let report = world.report(id, "sen").await;
            let measured = report.report.content.cell("devices-seen").measured.unwrap();
            let all = cases_of(&world, id).await;
            let shown = all.iter().filter(|it| it.intermediary.is_none()).count();
            assert_eq!(measured, i64::try_from(shown).unwrap());
            shown
        };
        assert_eq!(counted().await, 1);
        let case = case_of(&world, id, "10.0.0.53").await;
        assert_eq!(case.intermediary, Some(Intermediary::DnsForwarder));
        assert_eq!(case.case.state, CaseState::Opened);
        let say = async |stands_as: &str| {
            let (case, label) = (case.case.id, "10.0.0.53");
            cases::describe_device(portal, &officer, case, label, "server", Some(stands_as))
                .await
                .unwrap();
            counted().await
        };
        // A person knows better.
        assert_eq!(say("device").await, 2);
        assert_eq!(say("proxy").await, 1);
        assert_eq!(say("dns-forwarder").await, 1);
        assert_eq!(say("").await, 1);
        let wrong = cases::describe_device(
            portal,
            &officer,
            case.case.id,
            "10.0.0.53",
            "server",
            Some("router"),
        );
        assert!(wrong.await.is_err());
        // It connects itself: that is its own.
        let own =
            Sighting { verdict: Verdict::Connected, ..sighting("10.0.0.53", None, &listed_name()) };
        send(&world, id, "Trụ sở", vec![result("y.log", 'b', vec![own])]).await.unwrap();
        assert_eq!(counted().await, 2);
        assert_eq!(say("dns-forwarder").await, 2);
        assert_eq!(say("nat").await, 1);
        // Found to be one with the other device: the role of the one that goes on counts.
        let plain = case_of(&world, id, "10.0.0.7").await;
        devices::merge(portal, &officer, plain.case.id, case.device.id).await.unwrap();
        assert_eq!(counted().await, 1);
    })
    .await;
}

#[tokio::test]
async fn lists_are_guarded_and_a_compiled_one_is_too() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.draft(&coordinator, world::letter()).await;
        let list = "8.8.8.8\n192.168.1.1\ncom.vn\nevil.example\nbit.ly\n";
        let add = async |name: &str, bytes: Vec<u8>| {
            portal::campaigns::add_list(portal, &coordinator, id, name, bytes).await
        };
        let kept = add("ds.csv", list.as_bytes().to_vec()).await.unwrap();
        assert_eq!((kept.accepted, kept.refused), (2, 3));
        let reasons: Vec<_> = portal::campaigns::refused_lines(&kept)
            .into_iter()
            .map(|it| format!("{} {} {}", it.line, it.text, it.reason))
            .collect();
        let expected =
            ["1 8.8.8.8 public-dns", "2 192.168.1.1 private-address", "3 com.vn public-suffix"];
        assert_eq!(reasons, expected);
        assert_eq!(portal::campaigns::warned_of(&kept).values().sum::<u64>(), 1);
        // Compiled by somebody without a guard.
        let mut builder = matching::IndexBuilder::default();
        for text in ["8.8.4.4", "worse.example", "tinyurl.com"] {
            let indicator = indicators::Indicator {
                observable: text.parse().unwrap(),
                scope: indicators::Scope::Subdomains,
                family: None,
                valid_until: None,
            };
            builder.push(&indicator, "cua-tinh.txt").unwrap();
        }
        let index = builder.build().as_bytes().to_vec();
        let kept = add("tinh.lsx", index.clone()).await.unwrap();
        assert_eq!((kept.accepted, kept.refused, kept.format.as_str()), (2, 1, "index"));
        let mut damaged = index;
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        assert_eq!(problems(add("hong.lsx", damaged).await), ["problem-damaged-index"]);

        let receivers = [(world.unit("sen"), ReceiverRole::Action)];
        portal::campaigns::set_receivers(portal, &coordinator, id, &receivers).await.unwrap();
        portal::campaigns::launch(portal, &coordinator, id).await.unwrap();
        let asked = ["dns.google", "8.8.8.8", "a.evil.example", "bit.ly", "worse.example"];
        let queries: Vec<_> = asked.iter().map(|name| (day(4), "10.0.0.5", *name)).collect();
        world.check(id, "sen", "Trụ sở", &bind_log(&queries)).await.unwrap();
        let now = seen(&world, id).await;
        let mut found: Vec<_> = now
            .sightings
            .iter()
            .map(|it| (it.indicator.as_str(), it.list.as_str(), it.warning.is_some()))
            .collect();
        found.sort_unstable();
        let expected = [
            ("bit.ly", "ds.csv", true),
            ("evil.example", "ds.csv", false),
            ("worse.example", "cua-tinh.txt", false),
        ];
        assert_eq!(found, expected);
        // What is sent of an indicator that a warning list names carries it, whoever matched.
        let sent =
            vec![sighting("10.0.0.6", None, "bit.ly"), sighting("10.0.0.6", None, "8.8.8.8")];
        let kept = send(&world, id, "Trụ sở", vec![result("x.log", 'a', sent)]).await.unwrap();
        assert_eq!(kept[0].refused.len(), 1);
        let now = seen(&world, id).await;
        assert!(
            now.sightings
                .iter()
                .filter(|it| it.indicator == "bit.ly")
                .all(|it| it.warning.is_some())
        );
        // All of it as one file, for whoever may read the letter.
        let officer = world.officer("sen").await;
        let image = portal::local_checks::campaign_index(portal, &officer, id).await.unwrap();
        let index = matching::Index::from_bytes(image.as_ref().to_vec()).unwrap();
        index.verify().unwrap();
        assert_eq!(index.len(), 4);
        let stranger = world.officer("lau").await;
        assert!(portal::local_checks::campaign_index(portal, &stranger, id).await.is_err());
    })
    .await;
}

/// Bytes behind which others come when somebody says so.
struct Gated {
    first: std::io::Cursor<Vec<u8>>,
    rest: std::io::Cursor<Vec<u8>>,
    is_open: Arc<std::sync::atomic::AtomicBool>,
}

impl std::io::Read for Gated {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.first.read(buffer)?;
        if read > 0 {
            return Ok(read);
        }
        let begun = std::time::Instant::now();
        while !self.is_open.load(std::sync::atomic::Ordering::SeqCst) {
            assert!(begun.elapsed() < std::time::Duration::from_mins(1), "nobody kept the first");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        self.rest.read(buffer)
    }
}

/// A zip of stored members; where the last of them begins.
fn zip(members: &[(&str, Vec<u8>)]) -> (Vec<u8>, usize) {
    let (mut zip, mut last) = (Vec::new(), 0);
    for (name, bytes) in members {
        last = zip.len();
        let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        zip.extend(b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0");
        zip.extend(crc32fast::hash(bytes).to_le_bytes());
        zip.extend([length, length].concat());
        zip.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        zip.extend([0, 0]);
        zip.extend(name.bytes());
        zip.extend(bytes);
    }
    zip.extend(b"PK\x05\x06");
    zip.extend([0; 18]);
    (zip, last)
}

#[tokio::test]
async fn what_a_member_of_an_archive_gave_is_kept_before_the_last_one_is_read() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let id = campaign(&world).await;
        let officer = world.officer("sen").await;
        let member = |at: i8| bind_log(&[(date(2026, 8, at), "10.0.0.5", &listed_name())]);
        let members: Vec<_> =
            ["1.log", "2.log", "3.log", "4.log"].into_iter().zip((1..).map(member)).collect();
        let (bytes, last) = zip(&members);
        let is_open = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let gated = Gated {
            first: std::io::Cursor::new(bytes[..last].to_vec()),
            rest: std::io::Cursor::new(bytes[last..].to_vec()),
            is_open: is_open.clone(),
        };
        let log = LogInput {
            name: "logs.zip".to_owned(),
            modified: None,
            size_bytes: None,
            bytes: Ok(Box::new(gated)),
        };
        let unit = world.unit("sen");
        let origin = checks::Origin { campaign: id, unit, site: "A", names: Arc::default() };
        let check =
            checks::check_file(&world.portal, &officer, &origin, log, Arc::new(world::Quiet));
        let kept = async {
            while checks::seen(&world.portal, &officer, id, unit).await.unwrap().sources.is_empty()
            {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            is_open.store(true, std::sync::atomic::Ordering::SeqCst);
        };
        let (checked, ()) = tokio::join!(check, kept);
        let checked = checked.unwrap();
        assert_eq!(checked.len(), 4);
        assert!(checked.iter().all(|it| it.outcome.as_ref().unwrap().0.findings == 1));
    })
    .await;
}
