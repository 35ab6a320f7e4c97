//! The work on devices.

use campaigns::{CaseEventId, CaseState};
use storage::cases::{self, CaseEventRecord, CaseRecord};
use test_support::on_both_databases;

use crate::world::{at, case, id, person, the_campaign, watched};

#[tokio::test]
async fn a_case_is_read_as_written_and_numbered_within_its_unit() {
    on_both_databases(async |database| {
        let (mut write, _) = watched(&database).await;
        assert_eq!(cases::next_number(&mut write, the_campaign(), id(1)).await.unwrap(), 1);
        let full = CaseRecord {
            state: CaseState::Closed,
            declared_at: Some(at(1)),
            verified_at: Some(at(2)),
            closed_at: Some(at(3)),
            remedy: "Cài lại".to_owned(),
            reinfections: 2,
            ..case(2, id(2))
        };
        for record in [&case(1, id(1)), &full] {
            cases::insert(&mut write, record).await.unwrap();
            assert_eq!(cases::find(&mut write, record.id).await.unwrap().as_ref(), Some(record));
            let of_device =
                cases::find_by_device(&mut write, the_campaign(), record.device_id).await.unwrap();
            assert_eq!(of_device.as_ref(), Some(record));
        }
        assert_eq!(cases::next_number(&mut write, the_campaign(), id(1)).await.unwrap(), 3);
        assert_eq!(cases::next_number(&mut write, the_campaign(), id(2)).await.unwrap(), 1);
        let of_unit = cases::of_unit(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(of_unit, [case(1, id(1)), full]);
        let mut counts = cases::counts(&mut write, the_campaign()).await.unwrap();
        counts.sort();
        assert_eq!(counts, [(id(1), CaseState::Opened, 1), (id(1), CaseState::Closed, 1)]);
        let mut counts = cases::counts_of_unit(&mut write, the_campaign(), id(1)).await.unwrap();
        counts.sort();
        assert_eq!(counts, [(CaseState::Opened, 1), (CaseState::Closed, 1)]);
        write.commit().await.unwrap();
        let mut write = database.write().await.unwrap();
        let second = CaseRecord { number: 9, ..case(3, id(1)) };
        assert!(cases::insert(&mut write, &second).await.is_err(), "one a device");
    })
    .await;
}

#[tokio::test]
async fn who_read_an_older_version_changes_nothing() {
    on_both_databases(async |database| {
        let (mut write, _) = watched(&database).await;
        cases::insert(&mut write, &case(1, id(1))).await.unwrap();
        let notified = CaseRecord { state: CaseState::Notified, ..case(1, id(1)) };
        assert!(cases::update(&mut write, &notified).await.unwrap());
        let stale = CaseRecord { state: CaseState::FalsePositive, ..case(1, id(1)) };
        assert!(!cases::update(&mut write, &stale).await.unwrap());
        let now = cases::find(&mut write, id(1)).await.unwrap();
        assert_eq!(now, Some(CaseRecord { version: 2, ..notified }));
    })
    .await;
}

#[tokio::test]
async fn steps_are_kept_in_order() {
    on_both_databases(async |database| {
        let (mut write, _) = watched(&database).await;
        cases::insert(&mut write, &case(1, id(1))).await.unwrap();
        let opened = CaseEventRecord {
            id: id::<CaseEventId>(2),
            case_id: id(1),
            at: at(0),
            user_id: None,
            kind: "opened".to_owned(),
            from_state: None,
            to_state: Some(CaseState::Opened),
            note: String::new(),
        };
        let notified = CaseEventRecord {
            id: id::<CaseEventId>(1),
            at: at(1),
            user_id: Some(person(1)),
            from_state: Some(CaseState::Opened),
            to_state: Some(CaseState::Notified),
            note: "đã báo".to_owned(),
            ..opened.clone()
        };
        for record in [&notified, &opened] {
            cases::insert_event(&mut write, record).await.unwrap();
        }
        assert_eq!(cases::events(&mut write, id(1)).await.unwrap(), [opened, notified]);
    })
    .await;
}
