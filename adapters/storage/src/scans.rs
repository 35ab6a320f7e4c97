//! Enrolment codes of units, and results of scans that were signed with them.

use std::collections::BTreeSet;

use ::campaigns::{CampaignId, DeviceId, EnrolmentId, ScanId, UnitId, UserId};
use jiff::Timestamp;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, columns::Columns};

/// A code that the tools of a unit sign with; its public half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentRecord {
    /// Id.
    pub id: EnrolmentId,
    /// For which unit it speaks.
    pub unit_id: UnitId,
    /// The public half, in hex.
    pub public_key: String,
    /// What it is used for, in people's words.
    pub label: String,
    /// By whom it was made.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// When the last result came.
    pub used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// The result of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanRecord {
    /// Id.
    pub id: ScanId,
    /// The campaign it counts in.
    pub campaign_id: CampaignId,
    /// The unit.
    pub unit_id: UnitId,
    /// The PC.
    pub device_id: DeviceId,
    /// The code it was signed with; none where another tool wrote it.
    pub enrolment_id: Option<EnrolmentId>,
    /// Which tool it is from: ours, or the code of another.
    pub source: String,
    /// SHA-256 of what was signed or of the file and the device, in hex.
    pub sha256: String,
    /// What it amounts to.
    pub verdict: String,
    /// Whether it proves that the PC is clean.
    pub is_clean_bill: bool,
    /// Findings that are somebody's work.
    pub findings: i64,
    /// The result as JSON.
    pub content: String,
    /// When the scan ended, by the PC's clock.
    pub made_at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// Who brought it on a stick.
    pub imported_by: Option<UserId>,
}

/// Adds a code.
pub async fn insert_enrolment(
    db: &mut AnyConnection,
    it: &EnrolmentRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO enrolments
           (id, unit_id, public_key, label, created_by, created_at, expires_at, used_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(it.id.to_string())
    .bind(it.unit_id.to_string())
    .bind(&it.public_key)
    .bind(&it.label)
    .bind(it.created_by.to_string())
    .bind(it.created_at.as_microsecond())
    .bind(it.expires_at.as_microsecond())
    .bind(it.used_at.map(Timestamp::as_microsecond))
    .bind(it.revoked_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await?;
    Ok(())
}

/// The code behind a public key, expired or revoked or not.
pub async fn find_enrolment(
    db: &mut AnyConnection,
    public_key: &str,
) -> Result<Option<EnrolmentRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM enrolments WHERE public_key = $1")
        .bind(public_key)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(enrolment).transpose()
}

/// Codes of a unit, newest first.
pub async fn enrolments_of_unit(
    db: &mut AnyConnection,
    unit_id: UnitId,
) -> Result<Vec<EnrolmentRecord>, StorageError> {
    let rows =
        sqlx::query("SELECT * FROM enrolments WHERE unit_id = $1 ORDER BY created_at DESC, id")
            .bind(unit_id.to_string())
            .fetch_all(db)
            .await?;
    rows.iter().map(enrolment).collect()
}

/// Notes that a result came.
pub async fn touch_enrolment(
    db: &mut AnyConnection,
    id: EnrolmentId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE enrolments SET used_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(at.as_microsecond())
        .execute(db)
        .await?;
    Ok(())
}

/// Takes a code of a unit back.
pub async fn revoke_enrolment(
    db: &mut AnyConnection,
    unit_id: UnitId,
    id: EnrolmentId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE enrolments SET revoked_at = $3
         WHERE id = $1 AND unit_id = $2 AND revoked_at IS NULL",
    )
    .bind(id.to_string())
    .bind(unit_id.to_string())
    .bind(at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Adds a result.
pub async fn insert(db: &mut AnyConnection, it: &ScanRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO scans
           (id, campaign_id, unit_id, device_id, enrolment_id, source, sha256, verdict,
            is_clean_bill, findings, content, made_at, received_at, imported_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(it.unit_id.to_string())
    .bind(it.device_id.to_string())
    .bind(it.enrolment_id.map(|id| id.to_string()))
    .bind(&it.source)
    .bind(&it.sha256)
    .bind(&it.verdict)
    .bind(i64::from(it.is_clean_bill))
    .bind(it.findings)
    .bind(&it.content)
    .bind(it.made_at.as_microsecond())
    .bind(it.received_at.as_microsecond())
    .bind(it.imported_by.map(|id| id.to_string()))
    .execute(db)
    .await?;
    Ok(())
}

/// The result with this content, when it came before.
pub async fn find(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
    sha256: &str,
) -> Result<Option<ScanRecord>, StorageError> {
    let row =
        sqlx::query("SELECT * FROM scans WHERE campaign_id = $1 AND unit_id = $2 AND sha256 = $3")
            .bind(campaign_id.to_string())
            .bind(unit_id.to_string())
            .bind(sha256)
            .fetch_optional(db)
            .await?;
    row.as_ref().map(scan).transpose()
}

/// Results of a unit in a campaign, newest first.
pub async fn of_unit(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Vec<ScanRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM scans WHERE campaign_id = $1 AND unit_id = $2
         ORDER BY made_at DESC, id DESC",
    )
    .bind(campaign_id.to_string())
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(scan).collect()
}

/// Results of a device in a campaign with findings that are somebody's work.
pub async fn with_findings(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    device_id: DeviceId,
) -> Result<Vec<ScanRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM scans WHERE campaign_id = $1 AND device_id = $2 AND findings > 0",
    )
    .bind(campaign_id.to_string())
    .bind(device_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(scan).collect()
}

/// Devices of a unit on which a scan found malware, each as the one that it is now.
pub async fn found_on(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<BTreeSet<DeviceId>, StorageError> {
    let rows = sqlx::query(
        "SELECT DISTINCT COALESCE(d.merged_into, d.id) AS device_id
         FROM scans n JOIN devices d ON d.id = n.device_id
         WHERE n.campaign_id = $1 AND n.unit_id = $2 AND n.findings > 0",
    )
    .bind(campaign_id.to_string())
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.parsed("device_id")).collect()
}

/// The last result of a device in a campaign that tells whether it is clean: one with findings, or a
/// clean bill.
pub async fn last_telling(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    device_id: DeviceId,
) -> Result<Option<ScanRecord>, StorageError> {
    let row = sqlx::query(
        "SELECT * FROM scans
         WHERE campaign_id = $1 AND device_id = $2 AND (findings > 0 OR is_clean_bill = 1)
         ORDER BY made_at DESC, is_clean_bill, id DESC LIMIT 1",
    )
    .bind(campaign_id.to_string())
    .bind(device_id.to_string())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(scan).transpose()
}

fn enrolment(row: &AnyRow) -> Result<EnrolmentRecord, StorageError> {
    Ok(EnrolmentRecord {
        id: row.parsed("id")?,
        unit_id: row.parsed("unit_id")?,
        public_key: row.text("public_key")?,
        label: row.text("label")?,
        created_by: row.parsed("created_by")?,
        created_at: row.moment("created_at")?,
        expires_at: row.moment("expires_at")?,
        used_at: row.moment_opt("used_at")?,
        revoked_at: row.moment_opt("revoked_at")?,
    })
}

fn scan(row: &AnyRow) -> Result<ScanRecord, StorageError> {
    Ok(ScanRecord {
        id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        unit_id: row.parsed("unit_id")?,
        device_id: row.parsed("device_id")?,
        enrolment_id: row.parsed_opt("enrolment_id")?,
        source: row.text("source")?,
        sha256: row.text("sha256")?,
        verdict: row.text("verdict")?,
        is_clean_bill: row.number("is_clean_bill")? != 0,
        findings: row.number("findings")?,
        content: row.text("content")?,
        made_at: row.moment("made_at")?,
        received_at: row.moment("received_at")?,
        imported_by: row.parsed_opt("imported_by")?,
    })
}
