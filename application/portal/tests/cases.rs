//! Logs of a unit become devices and cases, and a case is verified by silence that was listened to.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "test helpers may panic, and a test may use the stack"
)]

mod world;

use std::collections::BTreeSet;

use campaigns::{CampaignId, CaseState, CaseStep, ReceiverRole, Verification};
use jiff::civil::{Date, date};
use portal::cases::{self, CaseSummary};
use portal::work::{self, Waiting};
use portal::{PortalError, letters, public, sources};
use simulation::{DemoUnit, LogKind, Truth, demo_list, demo_log};
use test_support::on_both_portals;
use world::{World, bind_log, listed_name, problems};

const ACTION: ReceiverRole = ReceiverRole::Action;

/// A log without anything in it, of these days of August and September 2026.
fn quiet_log(from: Date, days: usize) -> Vec<u8> {
    let days = from.series(jiff::Span::new().days(1)).take(days);
    let queries: Vec<_> = days.map(|day| (day, "10.0.0.99", "tot.example")).collect();
    bind_log(&queries)
}

async fn cases_of(world: &World<'_>, id: CampaignId, unit: &str) -> Vec<CaseSummary> {
    let officer = world.officer(unit).await;
    cases::list(&world.portal, &officer, id, world.unit(unit)).await.unwrap()
}

async fn step(
    world: &World<'_>,
    case: &CaseSummary,
    step: CaseStep,
    note: &str,
) -> Result<(), PortalError> {
    let officer = world.officer("sen").await;
    let (id, version) = (case.case.id, case.case.version);
    cases::step(&world.portal, &officer, id, step, note, version).await
}

#[tokio::test]
async fn a_real_log_gives_exactly_the_planted_devices_and_twice_gives_nothing_more() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("department").await;
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let mut planted = BTreeSet::new();
        for kind in [LogKind::Bind, LogKind::Fortigate] {
            let mut truth = Truth::default();
            let unit = DemoUnit {
                seed: 7,
                start: "2026-08-03T00:00:00+07:00".parse().unwrap(),
                days: 2,
                devices: 30,
                infected_devices: 4,
            };
            let log = demo_log(kind, 1, &unit, &mut truth);
            let first = world.check(id, "sen", "Trụ sở", &log).await.unwrap();
            let findings = truth.sightings().into_iter().filter(|it| it.verdict.is_finding());
            let devices: BTreeSet<_> = findings.map(|it| it.device).collect();
            assert!(!devices.is_empty() && !first.is_repeat);
            planted.extend(devices);
            let cases = cases_of(&world, id, "sen").await.len();
            assert_eq!(cases, planted.len(), "{kind:?}: one case a device, over both logs");
            let again = world.check(id, "sen", "Trụ sở", &log).await.unwrap();
            assert!(again.is_repeat);
            assert_eq!((again.findings, again.cases), (first.findings, 0));
            assert_eq!(cases_of(&world, id, "sen").await.len(), cases);
        }
        let known = cases_of(&world, id, "sen").await;
        let names: BTreeSet<_> = known
            .iter()
            .flat_map(|it| &it.device.names)
            .filter(|it| planted.contains(*it))
            .collect();
        assert_eq!(names, planted.iter().collect(), "the address beside the name");
        assert!(known.iter().all(|it| !planted.contains(&it.device.label)), "named by FortiGate");
        let report = world.report(id, "sen").await;
        assert!(
            report.report.content.cell("devices-infected").measured.is_none(),
            "not on this form"
        );
    })
    .await;
}

#[tokio::test]
async fn one_device_in_two_logs_is_one_device_and_one_at_another_site_is_another() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("department").await;
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let bad = listed_name();
        let day = |d| date(2026, 8, d);
        let monday = bind_log(&[(day(3), "10.0.0.5", &bad)]);
        let tuesday = bind_log(&[(day(4), "10.0.0.5", &bad), (day(4), "10.0.0.6", "tot.example")]);
        assert_eq!(world.check(id, "sen", "Trụ sở", &monday).await.unwrap().cases, 1);
        assert_eq!(world.check(id, "sen", "Trụ sở", &tuesday).await.unwrap().cases, 0);
        let cases = cases_of(&world, id, "sen").await;
        assert_eq!((cases.len(), cases[0].sightings.len()), (1, 2));
        assert_eq!(cases[0].indicators(), [bad.as_str()], "once, however many logs show it");
        // Another site may use the same private address for another device.
        let there = bind_log(&[(day(4), "10.0.0.5", &bad)]);
        assert_eq!(world.check(id, "sen", "Nhà văn hóa", &there).await.unwrap().cases, 1);
        assert_eq!(cases_of(&world, id, "sen").await.len(), 2);
        // The first page of its officer says so.
        let (officer, unit) = (world.officer("sen").await, world.unit("sen"));
        let received = letters::received(&world.portal, &officer, unit).await.unwrap();
        let tasks = work::of_unit(&world.portal, &officer, unit, &received, &[]).await.unwrap();
        assert!(tasks.iter().any(|it| it.waiting == Waiting::Cases { devices: 2 }), "{tasks:?}");
        // Only its own people read the lines of evidence.
        let province = world.coordinator("province").await;
        let above = cases::list(&world.portal, &province, id, world.unit("sen")).await.unwrap();
        assert!(above.iter().flat_map(|it| &it.sightings).all(|it| it.evidence_line.is_none()));
        assert!(cases[0].sightings.iter().all(|it| it.evidence_line.is_some()));
    })
    .await;
}

#[tokio::test]
async fn a_case_is_verified_by_a_remedy_and_fourteen_days_that_were_listened_to() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let bad = listed_name();
        let log = bind_log(&[(date(2026, 8, 4), "10.0.0.5", &bad)]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let state = async || cases_of(&world, id, "sen").await.remove(0);

        step(&world, &state().await, CaseStep::StartCleaning, "").await.unwrap();
        let silent = step(&world, &state().await, CaseStep::DeclareClean, "  ").await;
        assert_eq!(problems(silent), ["problem-note-needed"]);
        let stale = state().await;
        step(&world, &stale, CaseStep::DeclareClean, "Cài lại máy").await.unwrap();
        let twice = step(&world, &stale, CaseStep::MarkFalsePositive, "Nhầm").await;
        assert!(matches!(twice, Err(PortalError::Conflict)), "{twice:?}");
        assert_eq!(state().await.case.state, CaseState::DeclaredClean);
        // Nobody verifies by hand.
        let by_hand = step(&world, &state().await, CaseStep::Close, "").await;
        assert_eq!(problems(by_hand), ["problem-case-step"]);

        // Days without logs prove nothing, however many go by.
        test.clock.set("2026-09-01T09:00:00+07:00");
        assert_eq!(cases::verify_all(portal).await.unwrap(), 0);
        let quiet = quiet_log(date(2026, 8, 6), 13);
        world.check(id, "sen", "Trụ sở", &quiet).await.unwrap();
        // Another site's days do not count for this device.
        world.check(id, "sen", "Nhà văn hóa", &quiet_log(date(2026, 8, 6), 20)).await.unwrap();
        assert_eq!(cases::verify_all(portal).await.unwrap(), 0);
        let officer = world.officer("sen").await;
        let view = cases::view(portal, &officer, state().await.case.id).await.unwrap();
        let waiting = Verification::Waiting { quiet_days: 13, needed: 14, lacks_evidence: false };
        assert_eq!(view.verification, Some(waiting));
        let last_day = quiet_log(date(2026, 8, 19), 1);
        let last_day = world.check(id, "sen", "Trụ sở", &last_day).await.unwrap().source.id;
        assert_eq!(cases::verify_all(portal).await.unwrap(), 1);
        assert_eq!(state().await.case.state, CaseState::VerifiedClean);
        step(&world, &state().await, CaseStep::Close, "").await.unwrap();

        // Seen again, it is infected again, with its history.
        let later = bind_log(&[(date(2026, 8, 30), "10.0.0.5", &bad)]);
        let later = world.check(id, "sen", "Trụ sở", &later).await.unwrap();
        assert_eq!(later.cases, 1);
        let again = state().await;
        assert_eq!((again.case.state, again.case.reinfections), (CaseState::Reinfected, 1));
        assert_eq!(cases_of(&world, id, "sen").await.len(), 1);

        // The log that showed it was a mistake: the case is declared clean again, and verified by
        // the days that are left.
        sources::take_back(portal, &officer, later.source.id).await.unwrap();
        let again = state().await;
        assert_eq!((again.case.state, again.case.reinfections), (CaseState::DeclaredClean, 0));
        assert_eq!(cases::verify_all(portal).await.unwrap(), 1);
        // Without the last day they are too few, whoever closed the case.
        step(&world, &state().await, CaseStep::Close, "").await.unwrap();
        sources::take_back(portal, &officer, last_day).await.unwrap();
        let view = cases::view(portal, &officer, state().await.case.id).await.unwrap();
        assert_eq!(view.summary.case.state, CaseState::DeclaredClean);
        assert_eq!(view.verification, Some(waiting));
        let kinds: BTreeSet<_> = view.events.iter().map(|(it, _)| it.kind.as_str()).collect();
        assert!(kinds.is_superset(&["verification-withdrawn", "seen-again-withdrawn"].into()));
        assert_eq!(cases::verify_all(portal).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_false_positive_is_in_no_figure_and_stays_one_when_seen_again() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("department").await;
        let mut form = world::letter();
        "extended@1".clone_into(&mut form.form);
        let id = world.draft(&coordinator, form).await;
        let portal = &world.portal;
        let (list, sen) = (demo_list(1), world.unit("sen"));
        portal::campaigns::add_list(portal, &coordinator, id, "ds.csv", list).await.unwrap();
        let receivers = [(sen, ACTION)];
        portal::campaigns::set_receivers(portal, &coordinator, id, &receivers).await.unwrap();
        portal::campaigns::launch(portal, &coordinator, id).await.unwrap();
        let bad = listed_name();
        let day = date(2026, 8, 4);
        let log = bind_log(&[(day, "10.0.0.5", &bad), (day, "10.0.0.6", &bad)]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let measured = async || {
            let view = world.report(id, "sen").await;
            let keys = [
                "devices-infected",
                "devices-seen",
                "devices-seen-handled",
                "devices-cleaned-declared",
            ];
            keys.map(|key| view.report.content.cell(key).measured.unwrap())
        };
        assert_eq!(measured().await, [2, 2, 0, 0]);
        let cases = cases_of(&world, id, "sen").await;
        let silent = step(&world, &cases[0], CaseStep::MarkFalsePositive, "").await;
        assert_eq!(problems(silent), ["problem-note-needed"]);
        step(&world, &cases[0], CaseStep::MarkFalsePositive, "Máy kiểm thử").await.unwrap();
        step(&world, &cases[1], CaseStep::DeclareClean, "Quét sạch").await.unwrap();
        assert_eq!(measured().await, [1, 1, 1, 1]);
        let since = async || {
            let cases = cases_of(&world, id, "sen").await;
            let view = cases::view(portal, &world.officer("sen").await, cases[0].case.id).await;
            assert_eq!(view.unwrap().summary.since_false_positive, cases[0].since_false_positive);
            assert_eq!(cases[1].since_false_positive, None, "declared clean");
            cases[0].since_false_positive
        };
        assert_eq!(since().await, None);
        // What comes after the decision is told, and changes nothing by itself.
        test.clock.set("2026-08-06T09:00:00+07:00");
        let later = bind_log(&[(date(2026, 8, 4), "10.0.0.5", &bad), (day, "10.0.0.9", "a.vn")]);
        world.check(id, "sen", "Trụ sở", &later).await.unwrap();
        assert_eq!(measured().await, [1, 1, 1, 1]);
        let told = since().await.unwrap();
        assert_eq!((told.sightings, told.last_at.is_some()), (1, true));
        // Whoever looks and decides again knows of it.
        test.clock.set("2026-08-07T09:00:00+07:00");
        let again = cases_of(&world, id, "sen").await.remove(0);
        step(&world, &again, CaseStep::Reopen, "Xem lại").await.unwrap();
        let again = cases_of(&world, id, "sen").await.remove(0);
        step(&world, &again, CaseStep::MarkFalsePositive, "Vẫn là nhầm").await.unwrap();
        assert_eq!(since().await, None);
    })
    .await;
}

#[tokio::test]
async fn what_changed_of_a_device_is_what_its_case_says() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let log = bind_log(&[(date(2026, 8, 4), "10.0.0.5", &listed_name())]);
        world.check(id, "sen", "Trụ sở", &log).await.unwrap();
        let case = cases_of(&world, id, "sen").await.remove(0).case.id;
        let officer = world.officer("sen").await;
        let mut known = BTreeSet::new();
        let mut described = async |label: &str, kind: &str, stands_as: &str| {
            cases::describe_device(portal, &officer, case, label, kind, Some(stands_as))
                .await
                .unwrap();
            let view = cases::view(portal, &officer, case).await.unwrap();
            let new = view.events.into_iter().filter(|(it, _)| known.insert(it.id));
            new.filter(|(it, _)| it.kind != "opened")
                .map(|(it, _)| (it.kind, it.note))
                .collect::<BTreeSet<_>>()
        };
        let events = |all: &[(&str, &str)]| {
            let all = all.iter().map(|(kind, note)| ((*kind).to_owned(), (*note).to_owned()));
            all.collect::<BTreeSet<_>>()
        };
        assert_eq!(described("10.0.0.5", "unknown", "").await, events(&[]), "nothing changed");
        assert_eq!(
            described("10.0.0.5", "camera", "").await,
            events(&[("kind-changed", "camera")])
        );
        assert_eq!(
            described("Camera cổng", "camera", "").await,
            events(&[("described", "Camera cổng")])
        );
        assert_eq!(
            described("Camera", "router", "nat").await,
            events(&[
                ("described", "Camera"),
                ("kind-changed", "router"),
                ("stands-as-changed", "nat")
            ])
        );
        assert_eq!(described("Camera", "router", "").await, events(&[("stands-as-changed", "")]));
    })
    .await;
}

#[tokio::test]
async fn public_counters_show_no_count_from_one_to_four() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let receivers = [("sen", ACTION), ("lau", ACTION), ("education", ACTION)];
        let id = world.launched(&coordinator, &receivers).await;
        world.pass_on(id, "sen", &["school", "library", "company"]).await.unwrap();
        let slug = public::list(portal).await.unwrap()[0].slug.clone();
        let counted = async || {
            let page = public::page(portal, &slug).await.unwrap();
            (page.acknowledged, page.launched, page.reported, page.handled)
        };
        assert_eq!(counted().await, (Some(0), Some(0), Some(0), Some(0)));
        let units = ["sen", "lau", "education", "school", "library"];
        for (number, unit) in (1..).zip(units) {
            let officer = world.officer(unit).await;
            letters::acknowledge(portal, &officer, id, world.unit(unit)).await.unwrap();
            let expected = (number == 5).then_some(5);
            assert_eq!(counted().await.0, expected, "{number}");
        }
        let officer = world.officer("sen").await;
        letters::launch(portal, &officer, id, world.unit("sen")).await.unwrap();
        assert_eq!(counted().await, (Some(5), None, Some(0), Some(0)));
    })
    .await;
}
