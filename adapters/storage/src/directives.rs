//! What was passed on: directives, receipts, reminders, organisations told.

use ::campaigns::{
    CampaignId, DeadlinePhrase, DirectiveId, ReceiptId, ReceiverRole, ReminderId, ToldId, UnitId,
    UserId,
};
use jiff::{Timestamp, civil::Date};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, columns::Columns};

/// The letter as one level passes it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectiveRecord {
    /// Id.
    pub id: DirectiveId,
    /// Of which campaign.
    pub campaign_id: CampaignId,
    /// Who passes it on.
    pub from_unit_id: UnitId,
    /// Number of that level's own letter.
    pub letter_number: String,
    /// That level's own words before the campaign's letter.
    pub cover_text: String,
    /// How that level phrases its own deadline.
    pub deadline_phrase: Option<DeadlinePhrase>,
    /// The day of that level's own deadline.
    pub deadline_on: Option<Date>,
    /// By whom.
    pub sent_by: UserId,
    /// When.
    pub sent_at: Timestamp,
}

/// What a unit did with a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRecord {
    /// Id.
    pub id: ReceiptId,
    /// Of which campaign.
    pub campaign_id: CampaignId,
    /// Of which directive.
    pub directive_id: DirectiveId,
    /// The unit.
    pub unit_id: UnitId,
    /// The unit it reports to along this directive.
    pub parent_id: UnitId,
    /// Why it was sent.
    pub role: ReceiverRole,
    /// Whether the unit's report counts along this directive: true for one of them.
    pub is_counting: bool,
    /// When it was put there.
    pub delivered_at: Timestamp,
    /// When somebody of the unit first opened it.
    pub opened_at: Option<Timestamp>,
    /// When a named person acknowledged it.
    pub acknowledged_at: Option<Timestamp>,
    /// Who.
    pub acknowledged_by: Option<UserId>,
    /// When the unit launched the campaign at its place.
    pub launched_at: Option<Timestamp>,
}

/// A reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderRecord {
    /// Id.
    pub id: ReminderId,
    /// To which receipt.
    pub receipt_id: ReceiptId,
    /// By whom.
    pub sent_by: UserId,
    /// When.
    pub sent_at: Timestamp,
    /// Words.
    pub message: String,
}

/// An organisation outside the system that a unit told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldRecord {
    /// Id.
    pub id: ToldId,
    /// In which campaign.
    pub campaign_id: CampaignId,
    /// By which unit.
    pub unit_id: UnitId,
    /// Name.
    pub name: String,
    /// Name folded, so that it stands once.
    pub name_key: String,
    /// Whether it is an enterprise.
    pub is_enterprise: bool,
    /// Whether it carries out the campaign.
    pub has_launched: bool,
    /// When it was listed.
    pub created_at: Timestamp,
}

/// Adds a directive.
pub async fn insert(db: &mut AnyConnection, it: &DirectiveRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO directives
           (id, campaign_id, from_unit_id, letter_number, cover_text, deadline_phrase,
            deadline_on, sent_by, sent_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(it.from_unit_id.to_string())
    .bind(&it.letter_number)
    .bind(&it.cover_text)
    .bind(it.deadline_phrase.map(|phrase| phrase.to_string()))
    .bind(it.deadline_on.map(|day| day.to_string()))
    .bind(it.sent_by.to_string())
    .bind(it.sent_at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Every directive of a campaign, oldest first.
pub async fn of_campaign(
    db: &mut AnyConnection,
    id: CampaignId,
) -> Result<Vec<DirectiveRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM directives WHERE campaign_id = $1 ORDER BY sent_at, id")
        .bind(id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(DirectiveRecord {
                id: row.parsed("id")?,
                campaign_id: row.parsed("campaign_id")?,
                from_unit_id: row.parsed("from_unit_id")?,
                letter_number: row.text("letter_number")?,
                cover_text: row.text("cover_text")?,
                deadline_phrase: row.parsed_opt("deadline_phrase")?,
                deadline_on: row.day_opt("deadline_on")?,
                sent_by: row.parsed("sent_by")?,
                sent_at: row.moment("sent_at")?,
            })
        })
        .collect()
}

/// Adds a receipt; [`StorageError::Taken`] when the unit has one of this directive.
pub async fn insert_receipt(
    db: &mut AnyConnection,
    it: &ReceiptRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO receipts
           (id, campaign_id, directive_id, unit_id, parent_id, role, is_counting, delivered_at,
            opened_at, acknowledged_at, acknowledged_by, launched_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(it.directive_id.to_string())
    .bind(it.unit_id.to_string())
    .bind(it.parent_id.to_string())
    .bind(it.role.to_string())
    .bind(i64::from(it.is_counting))
    .bind(it.delivered_at.as_microsecond())
    .bind(it.opened_at.map(Timestamp::as_microsecond))
    .bind(it.acknowledged_at.map(Timestamp::as_microsecond))
    .bind(it.acknowledged_by.map(|id| id.to_string()))
    .bind(it.launched_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Fills in the moments of a receipt that are not there yet: what stands stays, whoever else
/// writes at the same time. `false` when there was nothing to fill in.
pub async fn fill_receipt(
    db: &mut AnyConnection,
    it: &ReceiptRecord,
) -> Result<bool, StorageError> {
    let done = sqlx::query(
        "UPDATE receipts SET
           opened_at = COALESCE(opened_at, $2),
           acknowledged_by = CASE WHEN acknowledged_at IS NULL THEN $4 ELSE acknowledged_by END,
           acknowledged_at = COALESCE(acknowledged_at, $3),
           launched_at = COALESCE(launched_at, $5)
         WHERE id = $1 AND ((opened_at IS NULL AND $2 IS NOT NULL)
           OR (acknowledged_at IS NULL AND $3 IS NOT NULL)
           OR (launched_at IS NULL AND $5 IS NOT NULL))",
    )
    .bind(it.id.to_string())
    .bind(it.opened_at.map(Timestamp::as_microsecond))
    .bind(it.acknowledged_at.map(Timestamp::as_microsecond))
    .bind(it.acknowledged_by.map(|id| id.to_string()))
    .bind(it.launched_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The receipt with this id.
pub async fn find_receipt(
    db: &mut AnyConnection,
    id: ReceiptId,
) -> Result<Option<ReceiptRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM receipts WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(receipt).transpose()
}

/// Every receipt of a campaign.
pub async fn receipts(
    db: &mut AnyConnection,
    id: CampaignId,
) -> Result<Vec<ReceiptRecord>, StorageError> {
    let rows =
        sqlx::query("SELECT * FROM receipts WHERE campaign_id = $1 ORDER BY delivered_at, id")
            .bind(id.to_string())
            .fetch_all(db)
            .await?;
    rows.iter().map(receipt).collect()
}

/// Every receipt of a unit, the counting one of each campaign first.
pub async fn receipts_of_unit(
    db: &mut AnyConnection,
    unit_id: UnitId,
) -> Result<Vec<ReceiptRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM receipts WHERE unit_id = $1 ORDER BY is_counting DESC, delivered_at, id",
    )
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(receipt).collect()
}

/// Receipts of the units that `sender` sent the letter to and that report nowhere in the campaign:
/// none of their receipts counts, and the one from `sender` is their first.
pub async fn receipts_without_report(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    sender: UnitId,
) -> Result<Vec<ReceiptRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM receipts AS mine
         WHERE mine.campaign_id = $1 AND mine.parent_id = $2 AND mine.is_counting = 0
           AND NOT EXISTS (
             SELECT 1 FROM receipts AS other
             WHERE other.campaign_id = mine.campaign_id AND other.unit_id = mine.unit_id
               AND (other.is_counting = 1 OR other.delivered_at < mine.delivered_at
                 OR (other.delivered_at = mine.delivered_at AND other.id < mine.id)))
         ORDER BY mine.delivered_at, mine.id",
    )
    .bind(campaign_id.to_string())
    .bind(sender.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(receipt).collect()
}

/// Adds a reminder.
pub async fn insert_reminder(
    db: &mut AnyConnection,
    it: &ReminderRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO reminders (id, receipt_id, sent_by, sent_at, message)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(it.id.to_string())
    .bind(it.receipt_id.to_string())
    .bind(it.sent_by.to_string())
    .bind(it.sent_at.as_microsecond())
    .bind(&it.message)
    .execute(db)
    .await?;
    Ok(())
}

/// Every reminder of a campaign, newest first.
pub async fn reminders(
    db: &mut AnyConnection,
    id: CampaignId,
) -> Result<Vec<ReminderRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT reminders.* FROM reminders
         JOIN receipts ON receipts.id = reminders.receipt_id
         WHERE receipts.campaign_id = $1 ORDER BY reminders.sent_at DESC, reminders.id DESC",
    )
    .bind(id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ReminderRecord {
                id: row.parsed("id")?,
                receipt_id: row.parsed("receipt_id")?,
                sent_by: row.parsed("sent_by")?,
                sent_at: row.moment("sent_at")?,
                message: row.text("message")?,
            })
        })
        .collect()
}

/// Lists an organisation as told; listing it again updates what is known of it.
pub async fn put_told(db: &mut AnyConnection, it: &ToldRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO told_organisations
           (id, campaign_id, unit_id, name, name_key, is_enterprise, has_launched, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (campaign_id, unit_id, name_key) DO UPDATE
         SET name = excluded.name, is_enterprise = excluded.is_enterprise,
             has_launched = excluded.has_launched",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(it.unit_id.to_string())
    .bind(&it.name)
    .bind(&it.name_key)
    .bind(i64::from(it.is_enterprise))
    .bind(i64::from(it.has_launched))
    .bind(it.created_at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Takes an organisation off the list.
pub async fn delete_told(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
    id: ToldId,
) -> Result<(), StorageError> {
    sqlx::query(
        "DELETE FROM told_organisations WHERE id = $1 AND unit_id = $2 AND campaign_id = $3",
    )
    .bind(id.to_string())
    .bind(unit_id.to_string())
    .bind(campaign_id.to_string())
    .execute(db)
    .await?;
    Ok(())
}

/// Organisations that a unit listed as told, by name.
pub async fn told(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Vec<ToldRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM told_organisations WHERE campaign_id = $1 AND unit_id = $2
         ORDER BY name_key, id",
    )
    .bind(campaign_id.to_string())
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ToldRecord {
                id: row.parsed("id")?,
                campaign_id: row.parsed("campaign_id")?,
                unit_id: row.parsed("unit_id")?,
                name: row.text("name")?,
                name_key: row.text("name_key")?,
                is_enterprise: row.flag("is_enterprise")?,
                has_launched: row.flag("has_launched")?,
                created_at: row.moment("created_at")?,
            })
        })
        .collect()
}

/// Names that several units listed as told, folded and as written, with the unit: neighbours in
/// the list are of one name.
pub async fn told_by_several(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<Vec<(String, String, UnitId)>, StorageError> {
    let rows = sqlx::query(
        "SELECT name_key, name, unit_id FROM told_organisations
         WHERE campaign_id = $1 AND name_key IN (
           SELECT name_key FROM told_organisations WHERE campaign_id = $1
           GROUP BY name_key HAVING COUNT(*) > 1)
         ORDER BY name_key, created_at, id",
    )
    .bind(campaign_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| Ok((row.text("name_key")?, row.text("name")?, row.parsed("unit_id")?)))
        .collect()
}

fn receipt(row: &AnyRow) -> Result<ReceiptRecord, StorageError> {
    Ok(ReceiptRecord {
        id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        directive_id: row.parsed("directive_id")?,
        unit_id: row.parsed("unit_id")?,
        parent_id: row.parsed("parent_id")?,
        role: row.parsed("role")?,
        is_counting: row.flag("is_counting")?,
        delivered_at: row.moment("delivered_at")?,
        opened_at: row.moment_opt("opened_at")?,
        acknowledged_at: row.moment_opt("acknowledged_at")?,
        acknowledged_by: row.parsed_opt("acknowledged_by")?,
        launched_at: row.moment_opt("launched_at")?,
    })
}
