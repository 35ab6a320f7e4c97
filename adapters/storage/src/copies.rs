//! Whole tables, row by row, out of a database and into another of either kind.

use futures_util::TryStreamExt;
use serde_json::Value;
use sqlx::{AssertSqlSafe, any::AnyRow};

use crate::columns::Columns;
use crate::tables::{Kind, TABLES, Table};
use crate::{Snapshot, StorageError, Write};

/// Names of every table; one whose rows refer to another's comes after it.
pub fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name)
}

/// Names of a table's columns, in the order of the values of its rows.
pub fn columns(table: &str) -> Option<Vec<&'static str>> {
    Some(find(table)?.columns.iter().map(|(name, _)| *name).collect())
}

/// Gives every row of a table to `sink`, one at a time, as its values: text, whole numbers, nulls.
/// Gives how many; `sink` ends it early by an error of its own.
pub async fn read_table<Failure: From<StorageError>>(
    snapshot: &mut Snapshot,
    table: &str,
    mut sink: impl FnMut(Vec<Value>) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let Some(table) = find(table) else { return Ok(0) };
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    // A row that refers to another row of its own table comes after it.
    let own_reference =
        if names.contains(&"merged_into") { "merged_into IS NULL DESC, " } else { "" };
    let statement = format!(
        "SELECT {} FROM {} ORDER BY {own_reference}{}",
        names.join(", "),
        table.name,
        table.key.join(", ")
    );
    let mut rows = sqlx::query(AssertSqlSafe(statement)).fetch(&mut **snapshot);
    let mut count = 0;
    while let Some(row) = rows.try_next().await.map_err(StorageError::from)? {
        sink(values(table, &row)?)?;
        count += 1;
    }
    Ok(count)
}

/// Adds a row. `Ok(false)` when the values are not those of a row of this table.
pub async fn insert_row(
    write: &mut Write,
    table: &str,
    values: &[Value],
) -> Result<bool, StorageError> {
    let Some(table) = find(table).filter(|table| table.columns.len() == values.len()) else {
        return Ok(false);
    };
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
    let statement =
        format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), places.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for ((_, kind), value) in table.columns.iter().zip(values) {
        // PostgreSQL wants to know the type of a null too.
        query = match (kind, value) {
            (Kind::Text, Value::Null) => query.bind(None::<String>),
            (Kind::Text, Value::String(text)) => query.bind(text.clone()),
            (Kind::Number, Value::Null) => query.bind(None::<i64>),
            (Kind::Number, Value::Number(number)) => match number.as_i64() {
                Some(number) => query.bind(number),
                None => return Ok(false),
            },
            _ => return Ok(false),
        };
    }
    query.execute(&mut **write).await?;
    Ok(true)
}

/// SHA-256 of every file that rows refer to.
pub async fn files(snapshot: &mut Snapshot) -> Result<Vec<String>, StorageError> {
    let rows = sqlx::query(
        "SELECT sha256 FROM attachments UNION SELECT sha256 FROM indicator_lists
         UNION SELECT sha256 FROM side_cars UNION SELECT sha256 FROM campaign_packs ORDER BY sha256",
    )
    .fetch_all(&mut **snapshot)
    .await?;
    rows.iter().map(|row| row.text("sha256")).collect()
}

fn find(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

fn values(table: &Table, row: &AnyRow) -> Result<Vec<Value>, StorageError> {
    table
        .columns
        .iter()
        .map(|(name, kind)| {
            Ok(match kind {
                Kind::Text => row.text_opt(name)?.map_or(Value::Null, Value::from),
                Kind::Number => row.number_opt(name)?.map_or(Value::Null, Value::from),
            })
        })
        .collect()
}
