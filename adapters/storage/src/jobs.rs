//! Work that comes back: who does it now, and when it is due again.

use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::{StorageError, columns::Columns};

/// What is known of a kind of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRecord {
    /// Code of the work: `verify-cases`.
    pub kind: String,
    /// When it is due.
    pub due_at: Timestamp,
    /// Until when somebody has it.
    pub lease_until: Option<Timestamp>,
    /// When it was last finished.
    pub finished_at: Option<Timestamp>,
    /// What it gave then, as JSON.
    pub result: String,
}

/// Takes a kind of work until `lease_until`, if it is due and nobody has it; `false` otherwise.
/// Whoever took it and went away loses it when the lease ends.
pub async fn claim(
    db: &mut AnyConnection,
    kind: &str,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<bool, StorageError> {
    sqlx::query(
        "INSERT INTO jobs (kind, due_at, lease_until, finished_at, result)
         VALUES ($1, $2, NULL, NULL, '') ON CONFLICT (kind) DO NOTHING",
    )
    .bind(kind)
    .bind(now.as_microsecond())
    .execute(&mut *db)
    .await?;
    let done = sqlx::query(
        "UPDATE jobs SET lease_until = $3
         WHERE kind = $1 AND due_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)",
    )
    .bind(kind)
    .bind(now.as_microsecond())
    .bind(lease_until.as_microsecond())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives work back that was taken until `lease_until`, due again at `due_at`; `false` when the
/// lease ended meanwhile and somebody else has it.
pub async fn finish(
    db: &mut AnyConnection,
    kind: &str,
    lease_until: Timestamp,
    now: Timestamp,
    due_at: Timestamp,
    result: &str,
) -> Result<bool, StorageError> {
    let done = sqlx::query(
        "UPDATE jobs SET due_at = $4, lease_until = NULL, finished_at = $3, result = $5
         WHERE kind = $1 AND lease_until = $2",
    )
    .bind(kind)
    .bind(lease_until.as_microsecond())
    .bind(now.as_microsecond())
    .bind(due_at.as_microsecond())
    .bind(result)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Every kind of work that ever was due, by kind.
pub async fn list(db: &mut AnyConnection) -> Result<Vec<JobRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM jobs ORDER BY kind").fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            Ok(JobRecord {
                kind: row.text("kind")?,
                due_at: row.moment("due_at")?,
                lease_until: row.moment_opt("lease_until")?,
                finished_at: row.moment_opt("finished_at")?,
                result: row.text("result")?,
            })
        })
        .collect()
}
