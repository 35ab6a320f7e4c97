//! Secrets that programs sign in with.

use ::campaigns::{TokenId, UnitId, UserId};
use jiff::Timestamp;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, columns::Columns};

/// A secret that a program of a unit signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Id.
    pub id: TokenId,
    /// SHA-256 of the secret, in hex.
    pub token_hash: String,
    /// For which unit it speaks.
    pub unit_id: UnitId,
    /// What it is used for, in people's words.
    pub label: String,
    /// What it may do: `sightings:write`.
    pub scope: String,
    /// By whom it was made.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// Last use.
    pub used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// Adds a token.
pub async fn insert(db: &mut AnyConnection, it: &TokenRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO api_tokens
           (id, token_hash, unit_id, label, scope, created_by, created_at, expires_at, used_at,
            revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(it.id.to_string())
    .bind(&it.token_hash)
    .bind(it.unit_id.to_string())
    .bind(&it.label)
    .bind(&it.scope)
    .bind(it.created_by.to_string())
    .bind(it.created_at.as_microsecond())
    .bind(it.expires_at.as_microsecond())
    .bind(it.used_at.map(Timestamp::as_microsecond))
    .bind(it.revoked_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await?;
    Ok(())
}

/// The token behind a hash, expired or revoked or not.
pub async fn find(
    db: &mut AnyConnection,
    token_hash: &str,
) -> Result<Option<TokenRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM api_tokens WHERE token_hash = $1")
        .bind(token_hash)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(token).transpose()
}

/// Tokens of a unit, newest first.
pub async fn of_unit(
    db: &mut AnyConnection,
    unit_id: UnitId,
) -> Result<Vec<TokenRecord>, StorageError> {
    let rows =
        sqlx::query("SELECT * FROM api_tokens WHERE unit_id = $1 ORDER BY created_at DESC, id")
            .bind(unit_id.to_string())
            .fetch_all(db)
            .await?;
    rows.iter().map(token).collect()
}

/// Notes that a token was used.
pub async fn touch(db: &mut AnyConnection, id: TokenId, at: Timestamp) -> Result<(), StorageError> {
    sqlx::query("UPDATE api_tokens SET used_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(at.as_microsecond())
        .execute(db)
        .await?;
    Ok(())
}

/// Takes a token of a unit back.
pub async fn revoke(
    db: &mut AnyConnection,
    unit_id: UnitId,
    id: TokenId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE api_tokens SET revoked_at = $3
         WHERE id = $1 AND unit_id = $2 AND revoked_at IS NULL",
    )
    .bind(id.to_string())
    .bind(unit_id.to_string())
    .bind(at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

fn token(row: &AnyRow) -> Result<TokenRecord, StorageError> {
    Ok(TokenRecord {
        id: row.parsed("id")?,
        token_hash: row.text("token_hash")?,
        unit_id: row.parsed("unit_id")?,
        label: row.text("label")?,
        scope: row.text("scope")?,
        created_by: row.parsed("created_by")?,
        created_at: row.moment("created_at")?,
        expires_at: row.moment("expires_at")?,
        used_at: row.moment_opt("used_at")?,
        revoked_at: row.moment_opt("revoked_at")?,
    })
}
