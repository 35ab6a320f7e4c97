//! What was passed on.

use campaigns::{DeadlinePhrase, ReceiverRole, ReminderId, ToldId};
use jiff::civil::date;
use storage::directives::{self, DirectiveRecord, ReceiptRecord, ReminderRecord, ToldRecord};
use storage::users;
use test_support::on_both_databases;

use crate::world::{at, base, directive, id, is_taken, person, receipt, the_campaign, user};

#[tokio::test]
async fn directives_and_receipts_are_read_as_written() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let dated = DirectiveRecord {
            deadline_phrase: Some(DeadlinePhrase::AtLatest),
            deadline_on: Some(date(2026, 9, 1)),
            ..directive(2)
        };
        for record in [&directive(1), &dated] {
            directives::insert(&mut write, record).await.unwrap();
        }
        let all = directives::of_campaign(&mut write, the_campaign()).await.unwrap();
        assert_eq!(all, [directive(1), dated]);

        let later = ReceiptRecord {
            is_counting: false,
            role: ReceiverRole::Information,
            ..receipt(1, id(2), id(2))
        };
        let counting = receipt(2, id(1), id(2));
        for record in [&later, &counting] {
            directives::insert_receipt(&mut write, record).await.unwrap();
            let found = directives::find_receipt(&mut write, record.id).await.unwrap();
            assert_eq!(found.as_ref(), Some(record));
        }
        // The counting one first, then by time.
        let of_unit = directives::receipts_of_unit(&mut write, id(2)).await.unwrap();
        assert_eq!(of_unit, [counting.clone(), later.clone()]);
        let all = directives::receipts(&mut write, the_campaign()).await.unwrap();
        assert_eq!(all, [later, counting]);
        write.commit().await.unwrap();
        let mut write = database.write().await.unwrap();
        let again = receipt(3, id(1), id(2));
        let done = directives::insert_receipt(&mut write, &again).await;
        assert!(done.is_err(), "one a unit and directive");
    })
    .await;
}

#[tokio::test]
async fn the_first_moment_of_each_step_stays() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        directives::insert(&mut write, &directive(1)).await.unwrap();
        let fresh = receipt(1, id(1), id(2));
        directives::insert_receipt(&mut write, &fresh).await.unwrap();
        let opened = ReceiptRecord { opened_at: Some(at(5)), ..fresh.clone() };
        assert!(directives::fill_receipt(&mut write, &opened).await.unwrap());
        assert!(!directives::fill_receipt(&mut write, &opened).await.unwrap());
        let acknowledged = ReceiptRecord {
            opened_at: Some(at(6)),
            acknowledged_at: Some(at(6)),
            acknowledged_by: Some(person(1)),
            ..fresh.clone()
        };
        assert!(directives::fill_receipt(&mut write, &acknowledged).await.unwrap());
        let launched = ReceiptRecord {
            acknowledged_at: Some(at(7)),
            acknowledged_by: Some(person(2)),
            launched_at: Some(at(7)),
            ..fresh
        };
        assert!(directives::fill_receipt(&mut write, &launched).await.unwrap());
        let kept = directives::find_receipt(&mut write, id(1)).await.unwrap().unwrap();
        let expected =
            ReceiptRecord { opened_at: Some(at(5)), launched_at: Some(at(7)), ..acknowledged };
        assert_eq!(kept, expected);
        let names = users::names_of_acknowledgers(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), [(person(1), user(1).name)]);
    })
    .await;
}

#[tokio::test]
async fn who_owes_no_report_to_anybody_is_listed_once() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        for number in 1..=2 {
            directives::insert(&mut write, &directive(number)).await.unwrap();
        }
        let informed = |number, directive, unit| ReceiptRecord {
            is_counting: false,
            role: ReceiverRole::Information,
            ..receipt(number, id(directive), id(unit))
        };
        for record in
            [informed(1, 1, 2), informed(2, 2, 2), informed(3, 1, 3), receipt(4, id(2), id(3))]
        {
            directives::insert_receipt(&mut write, &record).await.unwrap();
        }
        let found =
            directives::receipts_without_report(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(found, [informed(1, 1, 2)]);
    })
    .await;
}

#[tokio::test]
async fn reminders_and_told_organisations_are_read_as_written() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        directives::insert(&mut write, &directive(1)).await.unwrap();
        directives::insert_receipt(&mut write, &receipt(1, id(1), id(2))).await.unwrap();
        let reminder = |number: u8| ReminderRecord {
            id: id::<ReminderId>(number),
            receipt_id: id(1),
            sent_by: person(1),
            sent_at: at(i64::from(number)),
            message: "Đề nghị báo cáo".to_owned(),
        };
        for number in 1..=2 {
            directives::insert_reminder(&mut write, &reminder(number)).await.unwrap();
        }
        let all = directives::reminders(&mut write, the_campaign()).await.unwrap();
        assert_eq!(all, [reminder(2), reminder(1)]);

        let told = |number: u8, is_enterprise| ToldRecord {
            id: id::<ToldId>(number),
            campaign_id: the_campaign(),
            unit_id: id(2),
            name: "Hợp tác xã".to_owned(),
            name_key: "hop tac xa".to_owned(),
            is_enterprise,
            has_launched: !is_enterprise,
            created_at: at(1),
        };
        directives::put_told(&mut write, &told(1, true)).await.unwrap();
        // The same name again changes what is said of it.
        directives::put_told(&mut write, &told(2, false)).await.unwrap();
        let all = directives::told(&mut write, the_campaign(), id(2)).await.unwrap();
        assert_eq!(all, [told(1, false)]);
        directives::delete_told(&mut write, the_campaign(), id(3), id(1)).await.unwrap();
        assert_eq!(directives::told(&mut write, the_campaign(), id(2)).await.unwrap().len(), 1);
        directives::delete_told(&mut write, id(9), id(2), id(1)).await.unwrap();
        assert_eq!(directives::told(&mut write, the_campaign(), id(2)).await.unwrap().len(), 1);
        directives::delete_told(&mut write, the_campaign(), id(2), id(1)).await.unwrap();
        assert!(directives::told(&mut write, the_campaign(), id(2)).await.unwrap().is_empty());
        assert!(!is_taken(&directives::put_told(&mut write, &told(1, true)).await));
    })
    .await;
}
