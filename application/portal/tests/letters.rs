//! A campaign goes out, is received, passed on, and counted once.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    reason = "test helpers may panic, and a test may use the stack"
)]

mod world;

use campaigns::{ReceiptStage, ReceiverRole, UnitId};
use portal::campaigns::CampaignForm;
use portal::letters::{self, PassOn};
use portal::{PortalError, campaigns as campaign_functions, progress};
use storage::directives;
use test_support::on_both_portals;
use world::{World, letter, problems};

const ACTION: ReceiverRole = ReceiverRole::Action;

#[tokio::test]
async fn a_campaign_is_launched_only_when_it_is_whole() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let bare = CampaignForm {
            title: "Chiến dịch".to_owned(),
            form: letter().form,
            ..CampaignForm::default()
        };
        let id = world.draft(&coordinator, bare.clone()).await;
        let refused = problems(campaign_functions::launch(portal, &coordinator, id).await);
        assert_eq!(refused, ["problem-no-receivers", "problem-no-tasks", "problem-no-deadline"]);

        // Somebody who read an older version does not overwrite.
        campaign_functions::update(portal, &coordinator, id, &letter()).await.unwrap();
        let stale = campaign_functions::update(portal, &coordinator, id, &letter()).await;
        assert!(matches!(stale, Err(PortalError::Conflict)), "{stale:?}");

        let for_information = [(world.unit("sen"), ReceiverRole::Information)];
        let set = campaign_functions::set_receivers(portal, &coordinator, id, &for_information);
        set.await.unwrap();
        let refused = problems(campaign_functions::launch(portal, &coordinator, id).await);
        assert_eq!(refused, ["problem-no-receivers"]);

        let for_action = [(world.unit("sen"), ACTION)];
        campaign_functions::set_receivers(portal, &coordinator, id, &for_action).await.unwrap();
        campaign_functions::launch(portal, &coordinator, id).await.unwrap();
        let again = problems(campaign_functions::launch(portal, &coordinator, id).await);
        assert_eq!(again, ["problem-campaign-launched"]);
        let stranger = world.coordinator("sen").await;
        let denied = campaign_functions::close(portal, &stranger, id).await;
        assert!(matches!(denied, Err(PortalError::Denied)), "{denied:?}");
    })
    .await;
}

#[tokio::test]
async fn a_receipt_goes_from_delivered_to_launched_and_a_reader_above_leaves_no_mark() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let (department, sen) = (world.unit("department"), world.unit("sen"));
        let stage = async || {
            let board = progress::board(portal, &coordinator, id, department).await.unwrap();
            let line = &board.action[0];
            (line.stage, line.is_late, line.acknowledged_by.clone())
        };
        assert_eq!(stage().await, (ReceiptStage::Delivered, false, None));

        let above = world.officer("province").await;
        letters::open(portal, &above, id, sen).await.unwrap();
        assert_eq!(stage().await.0, ReceiptStage::Delivered, "read from above is not opened");

        let officer = world.officer("sen").await;
        letters::open(portal, &officer, id, sen).await.unwrap();
        assert_eq!(stage().await.0, ReceiptStage::Opened);
        letters::acknowledge(portal, &officer, id, sen).await.unwrap();
        assert_eq!(
            stage().await,
            (ReceiptStage::Acknowledged, false, Some("officer sen".to_owned()))
        );
        // A second person changes nothing of what stands.
        let other = world.approver("sen").await;
        letters::launch(portal, &other, id, sen).await.unwrap();
        let (reached, _, by) = stage().await;
        assert_eq!((reached, by), (ReceiptStage::Launched, Some("officer sen".to_owned())));

        // "trước ngày 22/9": late from 22/9 00:00 on, in Vietnam.
        test.clock.set("2026-09-21T23:59:59+07:00");
        assert!(!stage().await.1);
        test.clock.set("2026-09-22T00:00:00+07:00");
        assert!(stage().await.1);
    })
    .await;
}

#[tokio::test]
async fn two_people_at_once_leave_both_moments() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let sen = world.unit("sen");
        let mut read = portal.database.read().await.unwrap();
        let mut stale = directives::receipts_of_unit(&mut read, sen).await.unwrap().remove(0);
        drop(read);
        let officer = world.officer("sen").await;
        letters::launch(portal, &officer, id, sen).await.unwrap();
        // Somebody who read the receipt before that now writes that it was opened.
        stale.opened_at = Some(portal.now());
        let mut write = portal.database.write().await.unwrap();
        directives::fill_receipt(&mut write, &stale).await.unwrap();
        write.commit().await.unwrap();
        let mut read = portal.database.read().await.unwrap();
        let receipt = directives::receipts_of_unit(&mut read, sen).await.unwrap().remove(0);
        assert!(receipt.launched_at.is_some() && receipt.acknowledged_by == Some(officer.user_id));
    })
    .await;
}

#[tokio::test]
async fn a_lower_deadline_may_be_earlier_and_not_later() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION)]).await;
        let (sen, school) = (world.unit("sen"), world.unit("school"));
        let officer = world.officer("sen").await;
        let pass = async |phrase: &str, on: &str, units: Vec<UnitId>| {
            let given = PassOn {
                deadline_phrase: phrase.to_owned(),
                deadline_on: on.to_owned(),
                units,
                ..PassOn::default()
            };
            letters::pass_on(portal, &officer, id, sen, &given).await
        };
        // The upper one ends with 21/9.
        assert_eq!(
            problems(pass("at-latest", "2026-09-22", vec![school]).await),
            ["problem-deadline-later"]
        );
        assert_eq!(problems(pass("before", "2026-02-31", vec![school]).await), ["problem-date"]);
        assert_eq!(problems(pass("before", "2026-09-15", vec![]).await), ["problem-no-units"]);
        // A unit that does not stand below is not passed on to.
        let lau = world.unit("lau");
        assert_eq!(problems(pass("before", "2026-09-15", vec![lau]).await), ["problem-no-units"]);
        assert_eq!(pass("before", "2026-09-15", vec![school]).await.unwrap(), 1);
        let letter =
            letters::open(portal, &world.officer("school").await, id, school).await.unwrap();
        assert_eq!(letter.deadline.unwrap().last_day().to_string(), "2026-09-14");
        // Twice to the same unit is once.
        assert_eq!(problems(pass("", "", vec![school]).await), ["problem-no-units"]);
    })
    .await;
}

#[tokio::test]
async fn a_unit_of_two_lines_counts_along_the_first_that_reached_it() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION), ("education", ACTION)]).await;
        assert_eq!(world.pass_on(id, "education", &["school"]).await.unwrap(), 1);
        assert_eq!(world.pass_on(id, "sen", &["school", "library"]).await.unwrap(), 2);
        let mut read = portal.database.read().await.unwrap();
        let receipts = directives::receipts_of_unit(&mut read, world.unit("school")).await.unwrap();
        drop(read);
        let school = world.unit("school");
        let lines: Vec<_> =
            receipts.iter().map(|it| (it.parent_id, it.role, it.is_counting)).collect();
        let (education, sen) = (world.unit("education"), world.unit("sen"));
        assert_eq!(lines, [(education, ACTION, true), (sen, ReceiverRole::Information, false)]);

        // Who passes it on is told so, before and after; so is the school.
        let officer = world.officer("sen").await;
        let letter = letters::open(portal, &officer, id, sen).await.unwrap();
        let told: Vec<_> = letter
            .passed_to
            .iter()
            .map(|it| (it.unit.id, it.acts_for.as_ref().map(|from| from.id)))
            .collect();
        assert_eq!(told, [(school, Some(education)), (world.unit("library"), None)]);
        let officer = world.officer("school").await;
        let letter = letters::open(portal, &officer, id, school).await.unwrap();
        assert_eq!(letter.collector.unwrap().id, education);
        let again: Vec<_> = letter.once_more.iter().map(|it| (it.from.id, it.deadline)).collect();
        assert_eq!(again, [(sen, None)], "both gave the campaign's own deadline");

        // The school reports to education; sen sees that it got the letter and counts nothing.
        let sens = world.coordinator("sen").await;
        let board = progress::board(portal, &sens, id, sen).await.unwrap();
        let names = |lines: &[progress::UnitProgress]| -> Vec<UnitId> {
            lines.iter().map(|it| it.unit.id).collect()
        };
        assert_eq!(names(&board.action), [world.unit("library")]);
        assert_eq!(names(&board.others), [world.unit("school")]);
        let top =
            progress::board(portal, &coordinator, id, world.unit("department")).await.unwrap();
        let below: Vec<_> = top.action.iter().map(|it| (it.unit.code.as_str(), it.below)).collect();
        assert_eq!(below, [("H90.11", 1), ("H90.2", 1)]);
    })
    .await;
}

#[tokio::test]
async fn two_officers_who_pass_on_at_once_give_a_unit_one_receipt_that_counts() {
    on_both_portals(async |test| {
        let world = World::new(test).await;
        let (portal, coordinator) = (&world.portal, world.coordinator("department").await);
        let id = world.launched(&coordinator, &[("sen", ACTION), ("education", ACTION)]).await;
        let (first, second, beside) = tokio::join!(
            world.pass_on(id, "sen", &["school"]),
            world.pass_on(id, "sen", &["school"]),
            world.pass_on(id, "education", &["school"]),
        );
        assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
        beside.unwrap();
        let mut read = portal.database.read().await.unwrap();
        let receipts = directives::receipts_of_unit(&mut read, world.unit("school")).await.unwrap();
        assert_eq!(receipts.len(), 2);
        assert_eq!(receipts.iter().filter(|it| it.is_counting).count(), 1);
    })
    .await;
}
