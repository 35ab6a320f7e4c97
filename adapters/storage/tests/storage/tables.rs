//! Whole tables, copied from engine to engine.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sqlx::Row;
use storage::{Database, StorageError, copies};
use test_support::{Engine, TestDatabase, on_both_databases};

use crate::world::{case, device, id, report, sighting, source, watched};

#[tokio::test]
async fn the_list_of_tables_is_the_database() {
    on_both_databases(async |database| {
        let statement = if database.is_sqlite() {
            "SELECT m.name AS t, p.name AS c FROM sqlite_master AS m
             JOIN pragma_table_info(m.name) AS p
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_%' ESCAPE '\\'"
        } else {
            "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c
             FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'"
        };
        let mut read = database.read().await.unwrap();
        let rows = sqlx::query(statement).fetch_all(&mut *read).await.unwrap();
        let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in rows {
            there.entry(row.get("t")).or_default().insert(row.get("c"));
        }
        let listed: BTreeMap<String, BTreeSet<String>> = copies::tables()
            .map(|table| {
                let columns = copies::columns(table).unwrap();
                (table.to_owned(), columns.into_iter().map(str::to_owned).collect())
            })
            .collect();
        assert_eq!(there, listed);
    })
    .await;
}

async fn all_rows(database: &Database) -> BTreeMap<&'static str, Vec<Vec<Value>>> {
    let mut snapshot = database.snapshot().await.unwrap();
    let mut all = BTreeMap::new();
    for table in copies::tables() {
        let mut rows = Vec::new();
        copies::read_table(&mut snapshot, table, |row| {
            rows.push(row);
            Ok::<(), StorageError>(())
        })
        .await
        .unwrap();
        all.insert(table, rows);
    }
    all
}

#[tokio::test]
async fn rows_go_from_engine_to_engine_and_an_emptied_database_holds_none() {
    for (from, to) in [(Engine::Sqlite, Engine::Postgres), (Engine::Postgres, Engine::Sqlite)] {
        let (from, to) = (TestDatabase::on(from).await, TestDatabase::on(to).await);
        let (mut write, site) = watched(&from.database).await;
        storage::sightings::insert_source(&mut write, &source(2, site)).await.unwrap();
        storage::sightings::insert_sighting(&mut write, &sighting(1, id(1), id(1))).await.unwrap();
        storage::cases::insert(&mut write, &case(1, id(1))).await.unwrap();
        storage::reports::insert(&mut write, &report(1, id(2))).await.unwrap();
        // A device that became another: its row refers to a row of its own table.
        storage::devices::insert_device(&mut write, &device(9, site)).await.unwrap();
        sqlx::query("UPDATE devices SET merged_into = $1 WHERE id = $2")
            .bind(device(9, site).id.to_string())
            .bind(device(1, site).id.to_string())
            .execute(&mut *write)
            .await
            .unwrap();
        // So does a case that another goes on for; here the later row is referred to.
        storage::cases::insert(&mut write, &case(2, device(9, site).id)).await.unwrap();
        let into = Some(case(2, id(1)).id);
        storage::cases::set_merged(&mut write, case(1, id(1)).id, into).await.unwrap();
        write.commit().await.unwrap();

        let rows = all_rows(&from.database).await;
        let mut write = to.database.write().await.unwrap();
        for table in copies::tables() {
            for row in &rows[table] {
                assert!(copies::insert_row(&mut write, table, row).await.unwrap(), "{table}");
            }
        }
        write.commit().await.unwrap();
        assert_eq!(all_rows(&to.database).await, rows);

        let mut write = to.database.write().await.unwrap();
        storage::erase_all(&mut write).await.unwrap();
        write.commit().await.unwrap();
        assert!(all_rows(&to.database).await.values().all(Vec::is_empty));
    }
}

#[tokio::test]
async fn values_that_are_no_row_are_refused() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        for (table, values) in [
            ("settings", vec![json!("name")]),
            ("settings", vec![json!("name"), json!(7)]),
            ("settings", vec![json!("name"), json!(["x"])]),
            ("sign_in_failures", vec![json!("login"), json!(1.5), json!(2)]),
            ("nothing", vec![]),
        ] {
            let done = copies::insert_row(&mut write, table, &values).await.unwrap();
            assert!(!done, "{table} {values:?}");
        }
    })
    .await;
}
