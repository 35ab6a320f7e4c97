//! A report is filled in, approved by another person, sent, and added up once.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "test helpers may panic, and a test may use the stack"
)]

mod world;

use std::collections::BTreeSet;

use campaigns::{ReceiverRole, UnitId};
use jiff::SignedDuration;
use portal::campaigns::CampaignForm;
use portal::exports::{self, Kind};
use portal::reports::{self as functions, RollUpView};
use portal::{
    PortalError, campaigns as campaign_functions, file_names, letter_text, letters, progress,
};
use reports::{ProblemKind, ReportState, ReportStep, Total};
use test_support::on_both_portals;
use world::{World, letter, problems};

const ACTION: ReceiverRole = ReceiverRole::Action;

/// Declared figures of the two rows of the letter's form.
fn declared(view: &RollUpView) -> [Option<i64>; 2] {
    [view.sums.rows[0].declared.value, view.sums.rows[1].declared.value]
}

/// Declared and measured figures of the letter's two rows.
fn figures(view: &functions::ReportView) -> [(Option<i64>, Option<i64>); 2] {
    ["informed", "launched"].map(|key| {
        let cell = view.report.content.cell(key);
        (cell.declared, cell.measured)
    })
}

#[tokio::test]
async fn the_measured_figure_is_filled_in_and_a_difference_needs_a_reason() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let sen = world.unit("sen");
        let officer = world.officer("sen").await;
        letters::launch(portal, &officer, id, sen).await.unwrap();
        for (name, is_enterprise, has_launched) in
            [("Công ty A", true, true), ("Hợp tác xã B", false, true), ("Hội C", false, false)]
        {
            letters::tell(portal, &officer, id, sen, name, is_enterprise, has_launched)
                .await
                .unwrap();
        }
        // The same name in another spelling is the same organisation.
        letters::tell(portal, &officer, id, sen, "  hội  C ", false, false).await.unwrap();

        // Row 1: itself and three told, one an enterprise. Row 2: itself and one told.
        let view = world.report(id, "sen").await;
        assert_eq!(figures(&view), [(Some(4), Some(4)), (Some(2), Some(2))]);

        let mut content = view.report.content.clone();
        "Đã phổ biến".clone_into(&mut content.assessment);
        content.cells.get_mut("informed").unwrap().declared = Some(5);
        // What the system measured is not the unit's to write.
        content.cells.get_mut("launched").unwrap().measured = Some(99);
        let saved = world.save(&view, "sen", content.clone()).await.unwrap();
        assert_eq!(figures(&saved), [(Some(5), Some(4)), (Some(2), Some(2))]);
        assert_eq!(saved.problems[0].kind, ProblemKind::ReasonMissing);
        let refused = world.approve_and_submit(&saved, "sen").await;
        assert_eq!(problems(refused), ["problem-report-not-whole"]);

        "Một cơ sở nhận bằng giấy"
            .clone_into(&mut content.cells.get_mut("informed").unwrap().reason);
        let saved = world.save(&saved, "sen", content).await.unwrap();
        assert_eq!(saved.problems, []);
        world.approve_and_submit(&saved, "sen").await.unwrap();
        let mut after = world.report(id, "sen").await;
        assert_eq!(after.report.state, ReportState::Submitted);
        // What was handed in stays as it was, whatever is measured later.
        letters::tell(portal, &officer, id, sen, "Hội D", false, false).await.unwrap();
        after = world.report(id, "sen").await;
        assert_eq!(figures(&after)[0], (Some(5), Some(4)));
    })
    .await;
}

#[tokio::test]
async fn a_typed_figure_stays_and_approval_takes_what_is_measured_by_then() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let sen = world.unit("sen");
        let officer = world.officer("sen").await;
        letters::launch(portal, &officer, id, sen).await.unwrap();
        let informed = |view: &functions::ReportView| {
            let cell = view.report.content.cell("informed");
            (cell.declared, cell.measured)
        };
        let view = world.report(id, "sen").await;
        let mut content = view.report.content.clone();
        "Đã phổ biến".clone_into(&mut content.assessment);
        let saved = world.save(&view, "sen", content.clone()).await.unwrap();
        assert_eq!(informed(&saved), (Some(1), Some(1)));

        // One more is told. What was only filled in follows; what is typed is the unit's word.
        letters::tell(portal, &officer, id, sen, "Hội A", false, false).await.unwrap();
        assert_eq!(informed(&world.report(id, "sen").await), (Some(2), Some(2)));
        let typed = world.save(&saved, "sen", content.clone()).await.unwrap();
        assert_eq!(informed(&typed), (Some(1), Some(2)));
        assert_eq!(typed.problems[0].kind, ProblemKind::ReasonMissing);

        // The leader approves the figures that the page shows at that moment.
        content.cells.get_mut("informed").unwrap().declared = Some(2);
        let saved = world.save(&typed, "sen", content).await.unwrap();
        letters::tell(portal, &officer, id, sen, "Hội B", false, false).await.unwrap();
        world.approve_and_submit(&saved, "sen").await.unwrap();
        assert_eq!(informed(&world.report(id, "sen").await), (Some(3), Some(3)));
    })
    .await;
}

#[tokio::test]
async fn a_figure_that_was_emptied_stays_blank_and_one_that_nobody_wrote_is_filled_in() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let officer = world.officer("sen").await;
        letters::launch(portal, &officer, id, world.unit("sen")).await.unwrap();
        let view = world.report(id, "sen").await;
        let mut content = view.report.content.clone();
        "Đã phổ biến".clone_into(&mut content.assessment);
        let emptied = ::reports::Cell { is_left_blank: true, ..::reports::Cell::default() };
        content.cells.insert("informed".to_owned(), emptied);
        // Nobody wrote this one.
        content.cells.remove("launched");
        let saved = world.save(&view, "sen", content.clone()).await.unwrap();
        assert_eq!(figures(&saved), [(None, Some(1)), (Some(1), Some(1))]);
        assert_eq!(saved.problems[0].kind, ProblemKind::Blank);
        // It stays so when more is measured, and when the leader approves.
        letters::tell(portal, &officer, id, world.unit("sen"), "Hội A", false, false)
            .await
            .unwrap();
        assert_eq!(figures(&world.report(id, "sen").await)[0], (None, Some(2)));
        "Chưa thống kê được".clone_into(&mut content.cells.get_mut("informed").unwrap().note);
        let saved = world.save(&saved, "sen", content.clone()).await.unwrap();
        assert_eq!(saved.problems, []);
        world.approve_and_submit(&saved, "sen").await.unwrap();
        assert_eq!(figures(&world.report(id, "sen").await)[0], (None, Some(2)));
    })
    .await;
}

#[tokio::test]
async fn blank_zero_and_absurd_figures_are_told_apart() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("department").await;
        let mut form = letter();
        "extended@1".clone_into(&mut form.form);
        let id = world.draft(&coordinator, form).await;
        let receivers = [(world.unit("sen"), ACTION)];
        let portal = &world.portal;
        campaign_functions::set_receivers(portal, &coordinator, id, &receivers).await.unwrap();
        campaign_functions::launch(portal, &coordinator, id).await.unwrap();
        let view = world.report(id, "sen").await;
        let mut content = view.report.content.clone();
        "Đánh giá".clone_into(&mut content.assessment);
        for (key, value) in [("users-informed", 25), ("devices-in-scope", 0), ("difficulties", 0)] {
            content.cells.entry(key.to_owned()).or_default().declared = Some(value);
        }
        // What the form does not have is not kept.
        content.cells.entry("cracked-software".to_owned()).or_default().declared = Some(1);
        let saved = world.save(&view, "sen", content.clone()).await.unwrap();
        assert!(!saved.report.content.cells.contains_key("cracked-software"));
        let wrong: Vec<_> = saved.problems.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(wrong, ["devices-checked"]);
        let note = &mut content.cells.entry("devices-checked".to_owned()).or_default().note;
        "Không áp dụng".clone_into(note);
        let saved = world.save(&saved, "sen", content.clone()).await.unwrap();
        assert_eq!(saved.problems, []);

        content.cells.get_mut("devices-in-scope").unwrap().declared = Some(i64::MAX);
        let refused = world.save(&saved, "sen", content).await;
        assert_eq!(problems(refused), ["problem-count-too-large"]);
        let kept = world.report(id, "sen").await.report.content;
        assert_eq!(kept.cell("devices-in-scope").declared, Some(0));
        assert_eq!(kept.cell("devices-checked").declared, None);
    })
    .await;
}

#[tokio::test]
async fn a_report_as_a_file_names_both_sides_and_the_letter() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        world.pass_on(id, "sen", &["school"]).await.unwrap();
        let json = async |unit: &str| -> serde_json::Value {
            let view = world.report(id, unit).await;
            let json = exports::report(portal, &view, Kind::Json, language::Language::Vi).unwrap();
            serde_json::from_slice(&json).unwrap()
        };
        let draft = json("school").await;
        assert_eq!((&draft["IsDraft"], &draft["IssuedDate"]), (&true.into(), &().into()));
        test.clock.set("2026-09-21T23:30:00+07:00");
        world.hand_in(id, "school", &[]).await;
        let sent = json("school").await;
        let field = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(field("OrganId"), "H90.11.1");
        // The day in Vietnam, not in UTC.
        assert_eq!(
            (field("IssuedDate"), field("DueDate")),
            ("2026-09-21".into(), "2026-09-21".into())
        );
        assert_eq!(sent["To"][0]["OrganName"], "Đơn vị sen");
        assert_eq!(sent["SignerInfo"]["Position"], "HIỆU TRƯỞNG");
        // Nobody signs a draft; who approved it signs the report.
        assert_eq!(draft["SignerInfo"]["FullName"], "");
        assert_eq!(sent["SignerInfo"]["FullName"], "approver school");
        assert_eq!(
            field("InReplyTo"),
            "Công văn số 12/SKHCN-CĐS ngày 05 tháng 8 năm 2026 của Đơn vị department về việc triển \
             khai chiến dịch làm sạch mã độc"
        );
        assert_eq!(sent["IsDraft"], false);
        assert_eq!(sent["Marking"], serde_json::Value::Null, "not a demonstration");
        let view = campaign_functions::view(portal, &coordinator, id).await.unwrap();
        assert!(exports::letter(portal, &view).unwrap().starts_with(b"PK"));
        assert_eq!(letter_text::addressees(&view), ["Đơn vị sen"]);
        assert_eq!(letter_text::opening(&view).iter().filter(|it| it.ends_with(':')).count(), 1);
        assert_eq!(
            letter_text::deadline(&view).unwrap(),
            "Đề nghị các cơ quan, đơn vị thống kê, báo cáo kết quả thực hiện về Đơn vị department \
             trước ngày 22/9/2026."
        );
        let name = file_names::letter(portal, &view, language::Language::En);
        assert!(name.starts_with("Letter - Đơn vị department - "), "{name}");
        assert!(name.ends_with(" - 2026-08-05.docx"), "{name}");
        let view = world.report(id, "school").await;
        let name = file_names::report(portal, &view, Kind::Xlsx, language::Language::Vi);
        assert!(name.starts_with("Báo cáo - Đơn vị school - "), "{name}");
        assert!(name.ends_with(" - 2026-09-21.xlsx"), "{name}");
    })
    .await;
}

#[tokio::test]
async fn two_officers_in_one_draft_lose_nothing() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("department").await;
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let (first, second) = (world.report(id, "sen").await, world.report(id, "sen").await);
        assert_eq!(first.report.id, second.report.id);
        let with = |view: &functions::ReportView, text: &str| {
            let mut content = view.report.content.clone();
            text.clone_into(&mut content.assessment);
            content
        };
        let saved = world.save(&first, "sen", with(&first, "của người thứ nhất")).await.unwrap();
        let refused = world.save(&second, "sen", with(&second, "của người thứ hai")).await;
        assert!(matches!(refused, Err(PortalError::Conflict)), "{refused:?}");
        let kept = world.report(id, "sen").await;
        assert_eq!(kept.report.content.assessment, "của người thứ nhất");
        // Autosave goes on with the version it was given.
        let again = world.save(&saved, "sen", with(&saved, "tiếp tục")).await.unwrap();
        assert_eq!(again.report.content.assessment, "tiếp tục");
        assert_eq!(again.report.content_version, saved.report.content_version + 1);
    })
    .await;
}

#[tokio::test]
async fn of_many_who_save_one_version_at_once_exactly_one_is_first() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let coordinator = world.coordinator("department").await;
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let view = world.report(id, "sen").await;
        let save = async |text: &str| {
            let mut content = view.report.content.clone();
            text.clone_into(&mut content.assessment);
            world.save(&view, "sen", content).await.is_ok()
        };
        let (a, b, c, d) = tokio::join!(save("a"), save("b"), save("c"), save("d"));
        assert_eq!([a, b, c, d].iter().filter(|it| **it).count(), 1);
        let kept = world.report(id, "sen").await.report;
        let first = ["a", "b", "c", "d"].into_iter().zip([a, b, c, d]).find(|it| it.1).unwrap().0;
        assert_eq!((kept.content.assessment.as_str(), kept.content_version), (first, 2));
    })
    .await;
}

#[tokio::test]
async fn the_author_does_not_approve_and_an_edit_takes_the_approval_back() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let leader = world.approver("sen").await;
        let view = functions::open(portal, &leader, id, world.unit("sen")).await.unwrap();
        let mut content = view.report.content.clone();
        "Đánh giá".clone_into(&mut content.assessment);
        let (report, version) = (view.report.id, view.report.content_version);
        let saved = functions::save(portal, &leader, report, version, content).await.unwrap();
        assert!(!saved.steps.contains(&ReportStep::Approve));
        let own = functions::approve(portal, &leader, report, version + 1).await;
        assert_eq!(problems(own), ["problem-own-report"]);
        // An officer has no right to approve, and nobody submits what is not approved.
        let officer = world.officer("sen").await;
        let denied = functions::approve(portal, &officer, report, version + 1).await;
        assert!(matches!(denied, Err(PortalError::Denied)), "{denied:?}");
        let early = functions::submit(portal, &officer, report, version + 1, portal.now()).await;
        assert_eq!(problems(early), ["problem-report-step"]);

        let other = world.approver("sen").await;
        functions::approve(portal, &other, report, version + 1).await.unwrap();
        let approved = world.report(id, "sen").await;
        let edited = world.save(&approved, "sen", approved.report.content.clone()).await.unwrap();
        assert_eq!(edited.report.state, ReportState::Draft);
        assert_eq!(edited.report.approver_id, None);
        // The officer who edited is the author now, so the first leader may approve.
        world.approve_and_submit(&edited, "sen").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_last_second_is_in_time_and_the_next_is_late() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let check = async |phrase: &str, at: &str, expected: bool| {
            test.clock.set("2026-08-05T09:00:00+07:00");
            let form = CampaignForm { deadline_phrase: phrase.to_owned(), ..letter() };
            let id = world.draft(&coordinator, form).await;
            let receivers = [(world.unit("sen"), ACTION)];
            let set = campaign_functions::set_receivers(portal, &coordinator, id, &receivers);
            set.await.unwrap();
            campaign_functions::launch(portal, &coordinator, id).await.unwrap();
            test.clock.set(at);
            let view = world.hand_in(id, "sen", &[]).await;
            assert_eq!(view.report.is_late, expected, "{phrase} {at}");
            let department = world.unit("department");
            let board = progress::board(portal, &coordinator, id, department).await.unwrap();
            assert_eq!(board.late, usize::from(expected), "{phrase} {at}");
        };
        check("before", "2026-09-21T23:59:59.999999+07:00", false).await;
        check("before", "2026-09-22T00:00:00+07:00", true).await;
        check("at-latest", "2026-09-22T23:59:59.999999+07:00", false).await;
        check("at-latest", "2026-09-23T00:00:00+07:00", true).await;
    })
    .await;
}

#[tokio::test]
async fn a_supplement_is_a_second_revision_and_closing_locks_it() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let receivers = [("sen", ACTION), ("lau", ACTION), ("education", ACTION)];
        let id = world.launched(&coordinator, &receivers).await;
        let department = world.unit("department");
        let first = world.hand_in(id, "sen", &[("informed", 7), ("launched", 3)]).await;
        let report = first.report.id;

        let stranger = world.coordinator("lau").await;
        let denied = functions::note(portal, &stranger, report, "").await;
        assert!(matches!(denied, Err(PortalError::Denied)), "{denied:?}");
        let silent = functions::ask_supplement(portal, &coordinator, report, " ").await;
        assert_eq!(problems(silent), ["problem-comment-needed"]);
        functions::ask_supplement(portal, &coordinator, report, "Thiếu thôn 3").await.unwrap();

        // It is still handed in, with the figures of the first revision, and not late.
        test.clock.set("2026-10-01T09:00:00+07:00");
        let between = functions::rolled_up(portal, &coordinator, id, department).await.unwrap();
        assert_eq!(declared(&between), [Some(7), Some(3)]);
        let second = world.hand_in(id, "sen", &[("informed", 8)]).await;
        assert_eq!((second.report.revision, second.report.is_late), (2, false));
        let comments: Vec<_> = second.events.iter().map(|(it, _)| it.comment.as_str()).collect();
        assert!(comments.contains(&"Thiếu thôn 3"));
        let after = functions::rolled_up(portal, &coordinator, id, department).await.unwrap();
        assert_eq!(declared(&after), [Some(8), Some(3)]);

        functions::note(portal, &coordinator, report, "Đủ").await.unwrap();
        functions::answer(portal, &coordinator, report, "Phòng CĐS", "Sẽ hỗ trợ").await.unwrap();
        // One report is approved and not sent when the campaign closes; one is a draft.
        let lau = world.report(id, "lau").await;
        let mut content = lau.report.content.clone();
        "Đánh giá".clone_into(&mut content.assessment);
        let lau = world.save(&lau, "lau", content).await.unwrap();
        let (lau_id, version) = (lau.report.id, lau.report.content_version);
        functions::approve(portal, &world.approver("lau").await, lau_id, version).await.unwrap();
        campaign_functions::close(portal, &coordinator, id).await.unwrap();
        let locked = world.report(id, "sen").await;
        assert_eq!(locked.report.state, ReportState::Locked);
        assert!(locked.steps.is_empty());
        let officer = world.officer("lau").await;
        let behind = functions::submit(portal, &officer, lau_id, version + 1, portal.now()).await;
        assert_eq!(problems(behind), ["problem-campaign-closed"]);
        let reopened = functions::ask_supplement(portal, &coordinator, report, "nữa").await;
        assert_eq!(problems(reopened), ["problem-campaign-closed"]);
        let end = functions::rolled_up(portal, &coordinator, id, department).await.unwrap();
        assert_eq!(declared(&end), [Some(8), Some(3)]);
        assert_eq!(end.sums.missing, BTreeSet::from([world.unit("lau"), world.unit("education")]));
    })
    .await;
}

#[tokio::test]
async fn a_roll_up_counts_each_unit_once_and_names_who_is_missing() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let receivers = [("sen", ACTION), ("lau", ACTION), ("education", ACTION)];
        let id = world.launched(&coordinator, &receivers).await;
        world.pass_on(id, "education", &["school"]).await.unwrap();
        world.pass_on(id, "sen", &["school", "library", "company"]).await.unwrap();
        world.hand_in(id, "sen", &[("informed", 100), ("launched", 50)]).await;
        world.hand_in(id, "school", &[("informed", 10), ("launched", 5)]).await;
        world.hand_in(id, "company", &[("informed", 1), ("launched", 0)]).await;
        let roll_up = async |node: &str| {
            let node = world.unit(node);
            functions::rolled_up(portal, &coordinator, id, node).await.unwrap()
        };
        let units = |names: &[&str]| -> BTreeSet<UnitId> {
            names.iter().map(|it| world.unit(it)).collect()
        };
        // The focal unit sends with 3 of 6, and says who is missing.
        let whole = roll_up("department").await;
        assert_eq!(declared(&whole), [Some(111), Some(55)]);
        assert_eq!((whole.sums.reported.len(), whole.sums.expected.len()), (3, 6));
        assert_eq!(whole.sums.missing, units(&["lau", "education", "library"]));
        // The school counts below education, where it reports, and not below sen.
        let (sen, education) = (roll_up("sen").await, roll_up("education").await);
        assert_eq!(declared(&sen), [Some(101), Some(50)]);
        assert_eq!(declared(&education), [Some(10), Some(5)]);
        assert_eq!(sen.sums.missing, units(&["library"]));
        let lau = roll_up("lau").await;
        assert_eq!(lau.sums.rows[0].declared, Total { value: None, units: 0 });

        let csv = exports::roll_up(portal, &whole, Kind::Csv, language::Language::Vi).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        assert!(csv.contains(";111;"), "{csv}");
        assert!(csv.contains("H90.12;Đơn vị lau;Chưa báo cáo;;;;"), "{csv}");
        for kind in [Kind::Docx, Kind::Xlsx, Kind::Json] {
            assert!(
                !exports::roll_up(portal, &whole, kind, language::Language::Vi).unwrap().is_empty()
            );
        }
        // A unit beside does not see the figures of others.
        let beside = world.coordinator("lau").await;
        let denied = functions::rolled_up(portal, &beside, id, world.unit("sen")).await;
        assert!(matches!(denied, Err(PortalError::Denied)));
    })
    .await;
}

#[tokio::test]
async fn no_report_is_begun_when_the_campaign_is_over() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION), ("lau", ACTION)]).await;
        let (sen, lau) = (world.unit("sen"), world.unit("lau"));
        world.report(id, "sen").await;
        campaign_functions::close(portal, &coordinator, id).await.unwrap();
        let late = functions::open(portal, &world.officer("lau").await, id, lau).await;
        assert_eq!(problems(late), ["problem-report-too-late"]);
        assert!(!functions::can_open(portal, id, lau).await.unwrap());
        let mut read = portal.database.read().await.unwrap();
        let found = storage::reports::find_of_unit(&mut read, id, lau).await.unwrap();
        assert_eq!(found, None);
        // What was begun before is still read.
        assert!(functions::can_open(portal, id, sen).await.unwrap());
        assert_eq!(world.report(id, "sen").await.report.state, ReportState::Draft);
    })
    .await;
}

#[tokio::test]
async fn who_is_told_by_two_units_counts_in_both_and_is_named() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let receivers = [("sen", ACTION), ("lau", ACTION), ("education", ACTION)];
        let id = world.launched(&coordinator, &receivers).await;
        for (unit, names) in [
            ("sen", ["Hợp tác xã Hòa Bình", "Công ty A"]),
            ("lau", ["hợp tác xã Hoà  Bình", "Công ty B"]),
            // Not handed in: in no sum.
            ("education", ["Công ty A", "Công ty B"]),
        ] {
            test.clock.advance(SignedDuration::from_secs(1));
            let (officer, unit_id) = (world.officer(unit).await, world.unit(unit));
            letters::launch(portal, &officer, id, unit_id).await.unwrap();
            for name in names {
                letters::tell(portal, &officer, id, unit_id, name, false, true).await.unwrap();
            }
        }
        world.hand_in(id, "sen", &[]).await;
        world.hand_in(id, "lau", &[]).await;
        let whole = async |node: &str| {
            functions::rolled_up(portal, &coordinator, id, world.unit(node)).await.unwrap()
        };
        let department = whole("department").await;
        // Each unit itself and two told.
        assert_eq!(declared(&department), [Some(6), Some(6)]);
        let both = BTreeSet::from([world.unit("sen"), world.unit("lau")]);
        assert_eq!(department.told_by_several, [("Hợp tác xã Hòa Bình".to_owned(), both)]);
        assert_eq!(whole("sen").await.told_by_several, []);
    })
    .await;
}

#[tokio::test]
async fn a_campaign_is_not_there_for_a_unit_it_did_not_reach() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let lau = world.unit("lau");
        let own = world.coordinator("lau").await;
        let board = progress::board(portal, &own, id, lau).await;
        assert!(matches!(board, Err(PortalError::NotFound)), "{board:?}");
        let roll_up = functions::rolled_up(portal, &own, id, lau).await;
        assert!(matches!(roll_up, Err(PortalError::NotFound)), "{roll_up:?}");
        let cases = portal::cases::list(portal, &own, id, lau).await;
        assert!(matches!(cases, Err(PortalError::NotFound)), "{cases:?}");
        // A draft is there for those who write it alone.
        let draft = world.draft(&coordinator, letter()).await;
        let department = world.unit("department");
        assert!(progress::board(portal, &coordinator, draft, department).await.is_ok());
        let officer = world.officer("department").await;
        let unseen = progress::board(portal, &officer, draft, department).await;
        assert!(matches!(unseen, Err(PortalError::NotFound)), "{unseen:?}");
    })
    .await;
}

#[tokio::test]
async fn a_unit_without_a_report_is_counted_by_who_sent_it_the_letter_or_named() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let department = world.unit("department");
        let acknowledge = async |id, unit: &str| {
            let officer = world.officer(unit).await;
            letters::launch(portal, &officer, id, world.unit(unit)).await.unwrap();
        };
        // The campaign's unit writes no report: the centre is in no figure, and named.
        let receivers = [("sen", ACTION), ("centre", ReceiverRole::Coordination)];
        let id = world.launched(&coordinator, &receivers).await;
        let centre = world.officer("centre").await;
        let owes = functions::open(portal, &centre, id, world.unit("centre")).await;
        assert_eq!(problems(owes), ["problem-no-report-owed"]);
        let roll_up = functions::rolled_up(portal, &coordinator, id, department).await.unwrap();
        assert_eq!(roll_up.informed_beside, BTreeSet::new(), "it has not acknowledged yet");
        acknowledge(id, "centre").await;
        world.hand_in(id, "sen", &[]).await;
        let roll_up = functions::rolled_up(portal, &coordinator, id, department).await.unwrap();
        assert_eq!(roll_up.informed_beside, BTreeSet::from([world.unit("centre")]));
        assert_eq!(roll_up.sums.expected, BTreeSet::from([world.unit("sen")]));

        // It writes one: it counts itself and the centre, and the roll-up counts both once.
        let receivers =
            [("department", ACTION), ("sen", ACTION), ("centre", ReceiverRole::Coordination)];
        let id = world.launched(&coordinator, &receivers).await;
        acknowledge(id, "centre").await;
        acknowledge(id, "department").await;
        acknowledge(id, "sen").await;
        let own = world.report(id, "department").await;
        assert_eq!(own.report.content.cell("informed").measured, Some(2));
        assert_eq!(own.report.content.cell("launched").measured, Some(2));
        assert_eq!(world.report(id, "sen").await.report.content.cell("informed").measured, Some(1));
        world.hand_in(id, "department", &[]).await;
        world.hand_in(id, "sen", &[]).await;
        let roll_up = functions::rolled_up(portal, &coordinator, id, department).await.unwrap();
        assert_eq!(declared(&roll_up), [Some(3), Some(3)]);
        assert_eq!(roll_up.informed_beside, BTreeSet::new());
        assert_eq!(roll_up.sums.expected.len(), 2);
    })
    .await;
}
