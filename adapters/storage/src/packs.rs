//! Packs of campaigns: what the tools of every unit look for.

use ::campaigns::{CampaignId, PackId, UserId};
use jiff::Timestamp;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, columns::Columns};

/// A pack that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackRecord {
    /// Id.
    pub id: PackId,
    /// Of which campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub name: String,
    /// Its serial.
    pub serial: i64,
    /// When it was made.
    pub issued_at: Timestamp,
    /// The last day on which it is current: `2026-12-31`.
    pub expires_on: String,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Its size.
    pub size_bytes: i64,
    /// The file of keys that it was checked with, which goes out beside it.
    pub keys: String,
    /// Who brought it.
    pub added_by: UserId,
    /// When.
    pub added_at: Timestamp,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
}

/// Adds a pack.
pub async fn insert(db: &mut AnyConnection, it: &PackRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO campaign_packs
           (id, campaign_id, name, serial, issued_at, expires_on, sha256, size_bytes, keys, added_by,
            added_at, withdrawn_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(&it.name)
    .bind(it.serial)
    .bind(it.issued_at.as_microsecond())
    .bind(&it.expires_on)
    .bind(&it.sha256)
    .bind(it.size_bytes)
    .bind(&it.keys)
    .bind(it.added_by.to_string())
    .bind(it.added_at.as_microsecond())
    .bind(it.withdrawn_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await?;
    Ok(())
}

/// Packs of a campaign, newest first, those that were taken back too.
pub async fn of_campaign(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<Vec<PackRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM campaign_packs WHERE campaign_id = $1 ORDER BY added_at DESC, id DESC",
    )
    .bind(campaign_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(pack).collect()
}

/// Takes a pack back.
pub async fn withdraw(
    db: &mut AnyConnection,
    id: PackId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE campaign_packs SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL",
    )
    .bind(id.to_string())
    .bind(at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

fn pack(row: &AnyRow) -> Result<PackRecord, StorageError> {
    Ok(PackRecord {
        id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        name: row.text("name")?,
        serial: row.number("serial")?,
        issued_at: row.moment("issued_at")?,
        expires_on: row.text("expires_on")?,
        sha256: row.text("sha256")?,
        size_bytes: row.number("size_bytes")?,
        keys: row.text("keys")?,
        added_by: row.parsed("added_by")?,
        added_at: row.moment("added_at")?,
        withdrawn_at: row.moment_opt("withdrawn_at")?,
    })
}
