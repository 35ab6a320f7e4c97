//! Units and the tree.

use std::collections::BTreeSet;

use campaigns::UnitId;
use jiff::civil::{Date, date};
use storage::units::{self, MembershipRecord, UnitRecord};
use test_support::on_both_databases;

use crate::world::{id, is_taken, unit};

fn below(
    number: u8,
    unit: u8,
    parent: Option<u8>,
    line: &str,
    days: (Option<Date>, Option<Date>),
) -> MembershipRecord {
    MembershipRecord {
        id: format!("{number}"),
        unit_id: id(unit),
        line: line.to_owned(),
        parent_id: parent.map(id),
        valid_from: days.0,
        valid_to: days.1,
    }
}

#[tokio::test]
async fn a_unit_is_read_as_it_was_written() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        let bare = unit(1);
        let full = UnitRecord {
            place: "Đông Lam".to_owned(),
            headcount: Some(0),
            valid_from: Some(date(2025, 7, 1)),
            valid_to: Some(date(9999, 12, 31)),
            ..unit(2)
        };
        for record in [&bare, &full] {
            units::insert(&mut write, record).await.unwrap();
            assert_eq!(units::find(&mut write, record.id).await.unwrap().as_ref(), Some(record));
            let by_code = units::find_by_code(&mut write, &record.code).await.unwrap();
            assert_eq!(by_code.as_ref(), Some(record));
        }
        assert_eq!(units::list(&mut write).await.unwrap(), [bare.clone(), full.clone()]);
        let renamed = UnitRecord { name: "Tên mới".to_owned(), headcount: None, ..full };
        units::update(&mut write, &renamed).await.unwrap();
        assert_eq!(units::find(&mut write, renamed.id).await.unwrap(), Some(renamed));
        assert_eq!(units::find(&mut write, id(9)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_there_once() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        units::insert(&mut write, &unit(1)).await.unwrap();
        let same_code = UnitRecord { id: id(2), ..unit(1) };
        assert!(is_taken(&units::insert(&mut write, &same_code).await));
    })
    .await;
}

#[tokio::test]
async fn the_tree_is_walked_in_every_line_and_ends_in_a_cycle() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        for number in 1..=6 {
            units::insert(&mut write, &unit(number)).await.unwrap();
        }
        let always = (None, None);
        let july = date(2026, 7, 1);
        for membership in [
            below(1, 1, None, "territorial", always),
            below(2, 2, Some(1), "territorial", always),
            below(3, 3, Some(2), "territorial", (None, Some(july))),
            below(4, 3, Some(4), "territorial", (Some(july.tomorrow().unwrap()), None)),
            below(5, 3, Some(5), "education", always),
            below(6, 4, Some(1), "territorial", always),
            // A cycle, as damaged data may hold it.
            below(7, 5, Some(6), "education", always),
            below(8, 6, Some(5), "education", always),
        ] {
            units::insert_membership(&mut write, &membership).await.unwrap();
        }
        let set = |numbers: &[u8]| numbers.iter().map(|it| id(*it)).collect::<BTreeSet<UnitId>>();
        for (on, above) in
            [(july, set(&[3, 2, 1, 5, 6])), (july.tomorrow().unwrap(), set(&[3, 4, 1, 5, 6]))]
        {
            assert_eq!(units::unit_and_ancestors(&mut write, id(3), on).await.unwrap(), above);
        }
        let down = units::unit_and_descendants(&mut write, id(1), july).await.unwrap();
        assert_eq!(down, set(&[1, 2, 3, 4]));
        let down = units::unit_and_descendants(&mut write, id(6), july).await.unwrap();
        assert_eq!(down, set(&[3, 5, 6]));
        let parent = units::parent(&mut write, id(3), "education", july).await.unwrap();
        assert_eq!(parent.map(|it| it.id), Some(id(5)));

        units::end_membership(&mut write, "5", date(2026, 1, 1)).await.unwrap();
        let above = units::unit_and_ancestors(&mut write, id(3), july).await.unwrap();
        assert_eq!(above, set(&[3, 2, 1]));
        units::update_membership(&mut write, "3", None, None, None).await.unwrap();
        let above = units::unit_and_ancestors(&mut write, id(3), july).await.unwrap();
        assert_eq!(above, set(&[3]));
        assert_eq!(units::memberships(&mut write).await.unwrap().len(), 8);
    })
    .await;
}
