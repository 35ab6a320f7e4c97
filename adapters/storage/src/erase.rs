//! Emptying a database.

use sqlx::AssertSqlSafe;

use crate::{StorageError, Write, tables::TABLES};

/// Deletes every row of every table. For a database that holds nothing worth keeping: a
/// demonstration that was interrupted.
pub async fn erase_all(write: &mut Write) -> Result<(), StorageError> {
    for table in TABLES.iter().rev() {
        let statement = format!("DELETE FROM {}", table.name);
        sqlx::query(AssertSqlSafe(statement)).execute(&mut **write).await?;
    }
    Ok(())
}
