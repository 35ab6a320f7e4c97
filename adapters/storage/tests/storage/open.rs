//! Opening, reading, writing.

use storage::{Database, settings};
use test_support::{Engine, TestDatabase, on_both_databases};

use crate::world::{unit, user};

#[tokio::test]
async fn what_is_not_committed_is_undone() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        storage::units::insert(&mut write, &unit(1)).await.unwrap();
        drop(write);
        let mut read = database.read().await.unwrap();
        assert!(storage::units::list(&mut read).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn opening_again_keeps_everything() {
    for engine in Engine::BOTH {
        let test = TestDatabase::on(engine).await;
        let mut write = test.database.write().await.unwrap();
        storage::users::insert(&mut write, &user(1)).await.unwrap();
        write.commit().await.unwrap();
        let again = Database::open(test.location()).await.unwrap();
        let mut read = again.read().await.unwrap();
        assert!(storage::users::any_exists(&mut read).await.unwrap());
    }
}

#[tokio::test]
async fn a_row_that_refers_to_nothing_is_refused() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        let done = storage::campaigns::insert(&mut write, &crate::world::campaign(1)).await;
        assert!(done.is_err(), "its unit and its author are not there");
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_does_not_see_what_is_written_meanwhile() {
    on_both_databases(async |database| {
        let mut snapshot = database.snapshot().await.unwrap();
        let mut write = database.write().await.unwrap();
        settings::put(&mut write, "name", "sau").await.unwrap();
        write.commit().await.unwrap();
        let mut rows = 0;
        storage::copies::read_table(&mut snapshot, "settings", |_| {
            rows += 1;
            Ok::<(), storage::StorageError>(())
        })
        .await
        .unwrap();
        assert_eq!(rows, 0);
    })
    .await;
}

#[tokio::test]
async fn settings_are_replaced() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        for value in ["một", "hai ' \" \\ \n 𝄞"] {
            settings::put(&mut write, "name", value).await.unwrap();
            assert_eq!(settings::get(&mut write, "name").await.unwrap().as_deref(), Some(value));
        }
        assert_eq!(settings::get(&mut write, "other").await.unwrap(), None);
    })
    .await;
}
