//! What was done: append-only, each row's hash covers the row before it.
//!
//! The hash is computed by the caller from the values and the previous row's hash, so that this
//! crate stays free of rules.

use ::campaigns::{UnitId, UserId};
use jiff::Timestamp;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, Write, columns::Columns};

/// One thing somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// From 1, without gaps.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the program itself.
    pub user_id: Option<UserId>,
    /// For which unit.
    pub unit_id: Option<UnitId>,
    /// What, as a code: `campaign.launch`.
    pub action: String,
    /// To what: an id.
    pub subject: String,
    /// Further values, as JSON; no personal data.
    pub detail: String,
    /// Hash of entry `number - 1`; empty for the first.
    pub previous_hash: String,
    /// Hash of this entry.
    pub hash: String,
}

/// The newest entry, kept newest until this transaction ends: a second writer waits here.
pub async fn last_for_append(write: &mut Write) -> Result<Option<AuditEntry>, StorageError> {
    if !write.is_sqlite() {
        // SQLite's writers already wait for each other when they begin.
        sqlx::query("SELECT pg_advisory_xact_lock(7021)").execute(&mut **write).await?;
    }
    let row = sqlx::query("SELECT * FROM audit_log ORDER BY number DESC LIMIT 1")
        .fetch_optional(&mut **write)
        .await?;
    row.as_ref().map(entry).transpose()
}

/// Adds an entry; [`StorageError::Taken`] when somebody else added that number first.
pub async fn append(db: &mut AnyConnection, entry: &AuditEntry) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO audit_log
           (number, at, user_id, unit_id, action, subject, detail, previous_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(entry.number)
    .bind(entry.at.as_microsecond())
    .bind(entry.user_id.map(|id| id.to_string()))
    .bind(entry.unit_id.map(|id| id.to_string()))
    .bind(&entry.action)
    .bind(&entry.subject)
    .bind(&entry.detail)
    .bind(&entry.previous_hash)
    .bind(&entry.hash)
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Entries from `after` on, oldest first.
pub async fn list(
    db: &mut AnyConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, StorageError> {
    let rows = sqlx::query("SELECT * FROM audit_log WHERE number > $1 ORDER BY number LIMIT $2")
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await?;
    rows.iter().map(entry).collect()
}

/// Entries about a unit or one that ever stood below it, before `before`, newest first.
pub async fn of_subtree(
    db: &mut AnyConnection,
    unit_id: UnitId,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, StorageError> {
    let rows = sqlx::query(
        "WITH RECURSIVE below (id) AS (
           SELECT CAST($1 AS TEXT)
           UNION
           SELECT memberships.unit_id FROM memberships
           JOIN below ON memberships.parent_id = below.id
         )
         SELECT audit_log.* FROM audit_log
         WHERE number < $2 AND unit_id IN (SELECT id FROM below)
         ORDER BY number DESC LIMIT $3",
    )
    .bind(unit_id.to_string())
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &AnyRow) -> Result<AuditEntry, StorageError> {
    Ok(AuditEntry {
        number: row.number("number")?,
        at: row.moment("at")?,
        user_id: row.parsed_opt("user_id")?,
        unit_id: row.parsed_opt("unit_id")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.text("detail")?,
        previous_hash: row.text("previous_hash")?,
        hash: row.text("hash")?,
    })
}
