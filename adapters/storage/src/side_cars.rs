//! Side-cars of logs: what looking back is done in.

use std::collections::BTreeSet;

use ::campaigns::{CampaignId, CampaignState, SourceId};
use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::{StorageError, columns::Columns};

/// One side-car: a part of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideCarRecord {
    /// Of which log.
    pub source_id: SourceId,
    /// Which part of it, from 0.
    pub number: i64,
    /// SHA-256 of the side-car, under which it is kept.
    pub sha256: String,
    /// Ids of the lists it was held against, as JSON.
    pub lists: String,
    /// Whether only the log itself can tell about an indicator of these lists.
    pub is_unsure: bool,
    /// When it is deleted.
    pub kept_until: Timestamp,
}

/// Adds a side-car.
pub async fn insert(db: &mut AnyConnection, it: &SideCarRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO side_cars (source_id, number, sha256, lists, is_unsure, kept_until)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(it.source_id.to_string())
    .bind(it.number)
    .bind(&it.sha256)
    .bind(&it.lists)
    .bind(i64::from(it.is_unsure))
    .bind(it.kept_until.as_microsecond())
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Side-cars of a log, in its order.
pub async fn of_source(
    db: &mut AnyConnection,
    source_id: SourceId,
) -> Result<Vec<SideCarRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM side_cars WHERE source_id = $1 ORDER BY number")
        .bind(source_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SideCarRecord {
                source_id: row.parsed("source_id")?,
                number: row.number("number")?,
                sha256: row.text("sha256")?,
                lists: row.text("lists")?,
                is_unsure: row.flag("is_unsure")?,
                kept_until: row.moment("kept_until")?,
            })
        })
        .collect()
}

/// Logs of a campaign whose side-cars were held against other lists than these, oldest first.
pub async fn behind(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    lists: &str,
) -> Result<Vec<SourceId>, StorageError> {
    let rows = sqlx::query(
        "SELECT id FROM sources
         WHERE campaign_id = $1
           AND id IN (SELECT source_id FROM side_cars WHERE lists <> $2)
         ORDER BY created_at, id",
    )
    .bind(campaign_id.to_string())
    .bind(lists)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

/// Logs of a campaign of which only the log itself can tell about an indicator.
pub async fn unsure(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<BTreeSet<SourceId>, StorageError> {
    let rows = sqlx::query(
        "SELECT DISTINCT source_id FROM side_cars
         WHERE is_unsure = 1
           AND source_id IN (SELECT id FROM sources WHERE campaign_id = $1)",
    )
    .bind(campaign_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.parsed("source_id")).collect()
}

/// Notes which lists the side-cars of a log were held against; that one is unsure stays so.
pub async fn held_against(
    db: &mut AnyConnection,
    source_id: SourceId,
    lists: &str,
    is_unsure: bool,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE side_cars SET lists = $2,
           is_unsure = CASE WHEN is_unsure = 1 OR $3 = 1 THEN 1 ELSE 0 END
         WHERE source_id = $1",
    )
    .bind(source_id.to_string())
    .bind(lists)
    .bind(i64::from(is_unsure))
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes the side-cars of a log; gives the SHA-256 of each.
pub async fn delete_of_source(
    db: &mut AnyConnection,
    source_id: SourceId,
) -> Result<Vec<String>, StorageError> {
    let rows = sqlx::query("DELETE FROM side_cars WHERE source_id = $1 RETURNING sha256")
        .bind(source_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| row.text("sha256")).collect()
}

/// Deletes the side-cars whose time has come and those of campaigns that do not run any more; gives
/// the SHA-256 of each.
pub async fn delete_outlived(
    db: &mut AnyConnection,
    now: Timestamp,
) -> Result<Vec<String>, StorageError> {
    let rows = sqlx::query(
        "DELETE FROM side_cars
         WHERE kept_until <= $1
            OR source_id IN (SELECT sources.id FROM sources
                             JOIN campaigns ON campaigns.id = sources.campaign_id
                             WHERE campaigns.state <> $2)
         RETURNING sha256",
    )
    .bind(now.as_microsecond())
    .bind(CampaignState::Launched.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.text("sha256")).collect()
}

/// The SHA-256 of every side-car that is kept.
pub async fn all_files(db: &mut AnyConnection) -> Result<BTreeSet<String>, StorageError> {
    let rows = sqlx::query("SELECT DISTINCT sha256 FROM side_cars").fetch_all(db).await?;
    rows.iter().map(|row| row.text("sha256")).collect()
}

/// Whether a side-car with this content is kept for any log.
pub async fn is_kept(db: &mut AnyConnection, sha256: &str) -> Result<bool, StorageError> {
    let row = sqlx::query("SELECT sha256 FROM side_cars WHERE sha256 = $1 LIMIT 1")
        .bind(sha256)
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}
