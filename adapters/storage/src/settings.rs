//! Named values of this installation: what kind of portal it is, its secret keys.

use sqlx::AnyConnection;

use crate::{StorageError, columns::Columns};

/// The value of a setting.
pub async fn get(db: &mut AnyConnection, name: &str) -> Result<Option<String>, StorageError> {
    let row = sqlx::query("SELECT value FROM settings WHERE name = $1")
        .bind(name)
        .fetch_optional(db)
        .await?;
    row.map(|row| row.text("value")).transpose()
}

/// Sets a value, replacing the one before.
pub async fn put(db: &mut AnyConnection, name: &str, value: &str) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(db)
    .await?;
    Ok(())
}
