//! Both engines give an empty database of its own, and nothing of it stays.

use storage::{Database, Location, settings};
use test_support::{TestDatabase, on_both_databases, on_both_portals};

#[tokio::test]
async fn each_test_has_an_empty_database_of_its_own() {
    for _ in 0..2 {
        on_both_databases(async |database| {
            let mut write = database.write().await.unwrap();
            assert_eq!(settings::get(&mut write, "name").await.unwrap(), None);
            settings::put(&mut write, "name", "tỉnh").await.unwrap();
            write.commit().await.unwrap();
            let mut read = database.read().await.unwrap();
            assert_eq!(settings::get(&mut read, "name").await.unwrap().as_deref(), Some("tỉnh"));
        })
        .await;
    }
}

#[tokio::test]
async fn nothing_stays_of_a_dropped_database() {
    for test in [TestDatabase::sqlite().await, TestDatabase::postgres().await] {
        let location = test.location().clone();
        drop(test);
        match location {
            Location::Folder(folder) => assert!(!folder.exists()),
            location @ Location::Postgres(_) => assert!(Database::open(&location).await.is_err()),
        }
    }
}

#[tokio::test]
async fn a_portal_follows_the_clock_of_the_test() {
    on_both_portals(async |test| {
        assert_eq!(test.portal.today().to_string(), "2026-08-05");
        test.clock.set("2026-09-21T23:59:59+07:00");
        assert_eq!(test.portal.today().to_string(), "2026-09-21");
    })
    .await;
}
