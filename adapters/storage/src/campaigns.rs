//! Campaigns while they are written and run: letter, receivers, attachments, indicator lists.

use ::campaigns::{
    AttachmentId, CampaignId, CampaignState, DeadlinePhrase, DirectiveId, ListId, ReceiverRole,
    UnitId, UserId,
};
use jiff::{Timestamp, civil::Date};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, columns::Columns};

/// A campaign with the words of its letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignRecord {
    /// Id.
    pub id: CampaignId,
    /// The unit that runs it.
    pub owner_id: UnitId,
    /// Last part of its public address.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Number and code of the letter; empty until it has them.
    pub letter_number: String,
    /// Date of the letter.
    pub letter_on: Option<Date>,
    /// Place named beside the date.
    pub letter_place: String,
    /// Legal basis: what the letter carries out.
    pub legal_basis: String,
    /// "V/v …".
    pub subject: String,
    /// What the campaign is for.
    pub aim: String,
    /// What each addressee is asked to do, one a line.
    pub tasks: Vec<String>,
    /// Whom to ask.
    pub contact_line: String,
    /// Signature block, one part a line.
    pub signer: String,
    /// First day of the campaign.
    pub period_from: Option<Date>,
    /// Last day of the campaign.
    pub period_to: Option<Date>,
    /// How the letter phrases its deadline.
    pub deadline_phrase: Option<DeadlinePhrase>,
    /// The day the deadline names.
    pub deadline_on: Option<Date>,
    /// Zone of days and deadlines.
    pub zone: String,
    /// Form of the reports.
    pub form_id: String,
    /// Its version.
    pub form_version: i64,
    /// Line along which the first directive goes.
    pub line: String,
    /// Where it stands.
    pub state: CampaignState,
    /// Whether it has a public page.
    pub is_public: bool,
    /// Who began it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was launched.
    pub launched_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Grows with each change, so that nobody overwrites another's.
    pub version: i64,
}

/// A file beside the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRecord {
    /// Id.
    pub id: AttachmentId,
    /// Of which campaign.
    pub campaign_id: CampaignId,
    /// Of which directive; `None` for the campaign's own letter.
    pub directive_id: Option<DirectiveId>,
    /// Name shown.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size.
    pub size_bytes: i64,
    /// SHA-256 of the content, in hex: where it is kept.
    pub sha256: String,
    /// When.
    pub created_at: Timestamp,
}

/// One revision of an indicator list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRecord {
    /// Id.
    pub id: ListId,
    /// Of which campaign.
    pub campaign_id: CampaignId,
    /// Name shown, and named in sightings.
    pub name: String,
    /// From 1.
    pub revision: i64,
    /// Format it came in.
    pub format: String,
    /// Who may see it: `clear`, `green`, `amber`.
    pub marking: String,
    /// SHA-256 of the content, in hex: where it is kept.
    pub sha256: String,
    /// Size.
    pub size_bytes: i64,
    /// Indicators taken.
    pub accepted: i64,
    /// Values refused.
    pub refused: i64,
    /// What was refused and why, as JSON.
    pub report: String,
    /// By whom.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
}

/// Adds a campaign; [`StorageError::Taken`] when its slug exists.
pub async fn insert(db: &mut AnyConnection, it: &CampaignRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO campaigns
           (id, owner_id, slug, title, letter_number, letter_on, letter_place, legal_basis,
            subject, aim, tasks, contact_line, signer, period_from, period_to, deadline_phrase,
            deadline_on, zone, form_id, form_version, line, state, is_public, created_by,
            created_at, launched_at, closed_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                 $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)",
    )
    .bind(it.id.to_string())
    .bind(it.owner_id.to_string())
    .bind(&it.slug)
    .bind(&it.title)
    .bind(&it.letter_number)
    .bind(it.letter_on.map(|day| day.to_string()))
    .bind(&it.letter_place)
    .bind(&it.legal_basis)
    .bind(&it.subject)
    .bind(&it.aim)
    .bind(it.tasks.join("\n"))
    .bind(&it.contact_line)
    .bind(&it.signer)
    .bind(it.period_from.map(|day| day.to_string()))
    .bind(it.period_to.map(|day| day.to_string()))
    .bind(it.deadline_phrase.map(|phrase| phrase.to_string()))
    .bind(it.deadline_on.map(|day| day.to_string()))
    .bind(&it.zone)
    .bind(&it.form_id)
    .bind(it.form_version)
    .bind(&it.line)
    .bind(it.state.to_string())
    .bind(i64::from(it.is_public))
    .bind(it.created_by.to_string())
    .bind(it.created_at.as_microsecond())
    .bind(it.launched_at.map(Timestamp::as_microsecond))
    .bind(it.closed_at.map(Timestamp::as_microsecond))
    .bind(it.version)
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Changes a campaign if it still has the version read; `false` when somebody was first.
pub async fn update(db: &mut AnyConnection, it: &CampaignRecord) -> Result<bool, StorageError> {
    let done = sqlx::query(
        "UPDATE campaigns SET title = $3, letter_number = $4, letter_on = $5, letter_place = $6,
           legal_basis = $7, subject = $8, aim = $9, tasks = $10, contact_line = $11, signer = $12,
           period_from = $13, period_to = $14, deadline_phrase = $15, deadline_on = $16,
           form_id = $17, form_version = $18, line = $19, state = $20, is_public = $21,
           launched_at = $22, closed_at = $23, version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind(it.id.to_string())
    .bind(it.version)
    .bind(&it.title)
    .bind(&it.letter_number)
    .bind(it.letter_on.map(|day| day.to_string()))
    .bind(&it.letter_place)
    .bind(&it.legal_basis)
    .bind(&it.subject)
    .bind(&it.aim)
    .bind(it.tasks.join("\n"))
    .bind(&it.contact_line)
    .bind(&it.signer)
    .bind(it.period_from.map(|day| day.to_string()))
    .bind(it.period_to.map(|day| day.to_string()))
    .bind(it.deadline_phrase.map(|phrase| phrase.to_string()))
    .bind(it.deadline_on.map(|day| day.to_string()))
    .bind(&it.form_id)
    .bind(it.form_version)
    .bind(&it.line)
    .bind(it.state.to_string())
    .bind(i64::from(it.is_public))
    .bind(it.launched_at.map(Timestamp::as_microsecond))
    .bind(it.closed_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps a campaign from being launched or closed until the transaction ends; `false` when it is
/// not running.
pub async fn hold_running(db: &mut AnyConnection, id: CampaignId) -> Result<bool, StorageError> {
    let done = sqlx::query("UPDATE campaigns SET version = version WHERE id = $1 AND state = $2")
        .bind(id.to_string())
        .bind(CampaignState::Launched.to_string())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The campaign with this id.
pub async fn find(
    db: &mut AnyConnection,
    id: CampaignId,
) -> Result<Option<CampaignRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM campaigns WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(campaign).transpose()
}

/// The campaign with this public address.
pub async fn find_by_slug(
    db: &mut AnyConnection,
    slug: &str,
) -> Result<Option<CampaignRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM campaigns WHERE slug = $1")
        .bind(slug)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(campaign).transpose()
}

/// Every campaign, newest first.
pub async fn list(db: &mut AnyConnection) -> Result<Vec<CampaignRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM campaigns ORDER BY created_at DESC, id DESC")
        .fetch_all(db)
        .await?;
    rows.iter().map(campaign).collect()
}

/// Sets whom the first directive goes to.
pub async fn set_receivers(
    db: &mut AnyConnection,
    id: CampaignId,
    receivers: &[(UnitId, ReceiverRole)],
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM campaign_receivers WHERE campaign_id = $1")
        .bind(id.to_string())
        .execute(&mut *db)
        .await?;
    for (unit_id, role) in receivers {
        sqlx::query(
            "INSERT INTO campaign_receivers (campaign_id, unit_id, role) VALUES ($1, $2, $3)",
        )
        .bind(id.to_string())
        .bind(unit_id.to_string())
        .bind(role.to_string())
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Whom the first directive goes to.
pub async fn receivers(
    db: &mut AnyConnection,
    id: CampaignId,
) -> Result<Vec<(UnitId, ReceiverRole)>, StorageError> {
    let rows = sqlx::query(
        "SELECT unit_id, role FROM campaign_receivers WHERE campaign_id = $1 ORDER BY unit_id",
    )
    .bind(id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok((row.parsed("unit_id")?, row.parsed("role")?))).collect()
}

/// Adds an attachment.
pub async fn insert_attachment(
    db: &mut AnyConnection,
    it: &AttachmentRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO attachments
           (id, campaign_id, directive_id, name, media_type, size_bytes, sha256, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(it.directive_id.map(|id| id.to_string()))
    .bind(&it.name)
    .bind(&it.media_type)
    .bind(it.size_bytes)
    .bind(&it.sha256)
    .bind(it.created_at.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Every attachment of a campaign, oldest first.
pub async fn attachments(
    db: &mut AnyConnection,
    id: CampaignId,
) -> Result<Vec<AttachmentRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM attachments WHERE campaign_id = $1 ORDER BY id")
        .bind(id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(AttachmentRecord {
                id: row.parsed("id")?,
                campaign_id: row.parsed("campaign_id")?,
                directive_id: row.parsed_opt("directive_id")?,
                name: row.text("name")?,
                media_type: row.text("media_type")?,
                size_bytes: row.number("size_bytes")?,
                sha256: row.text("sha256")?,
                created_at: row.moment("created_at")?,
            })
        })
        .collect()
}

/// Adds a revision of a list.
pub async fn insert_list(db: &mut AnyConnection, it: &ListRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO indicator_lists
           (id, campaign_id, name, revision, format, marking, sha256, size_bytes, accepted,
            refused, report, created_by, created_at, withdrawn_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(&it.name)
    .bind(it.revision)
    .bind(&it.format)
    .bind(&it.marking)
    .bind(&it.sha256)
    .bind(it.size_bytes)
    .bind(it.accepted)
    .bind(it.refused)
    .bind(&it.report)
    .bind(it.created_by.to_string())
    .bind(it.created_at.as_microsecond())
    .bind(it.withdrawn_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Every revision of every list of a campaign, by name, newest revision first.
pub async fn lists(
    db: &mut AnyConnection,
    id: CampaignId,
) -> Result<Vec<ListRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM indicator_lists WHERE campaign_id = $1 ORDER BY name, revision DESC",
    )
    .bind(id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(list_record).collect()
}

/// Takes a list back: its newest revision matches no more.
pub async fn withdraw_list(
    db: &mut AnyConnection,
    id: ListId,
    at: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE indicator_lists SET withdrawn_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(at.as_microsecond())
        .execute(db)
        .await?;
    Ok(())
}

fn campaign(row: &AnyRow) -> Result<CampaignRecord, StorageError> {
    Ok(CampaignRecord {
        id: row.parsed("id")?,
        owner_id: row.parsed("owner_id")?,
        slug: row.text("slug")?,
        title: row.text("title")?,
        letter_number: row.text("letter_number")?,
        letter_on: row.day_opt("letter_on")?,
        letter_place: row.text("letter_place")?,
        legal_basis: row.text("legal_basis")?,
        subject: row.text("subject")?,
        aim: row.text("aim")?,
        tasks: row.text("tasks")?.lines().map(str::to_owned).collect(),
        contact_line: row.text("contact_line")?,
        signer: row.text("signer")?,
        period_from: row.day_opt("period_from")?,
        period_to: row.day_opt("period_to")?,
        deadline_phrase: row.parsed_opt("deadline_phrase")?,
        deadline_on: row.day_opt("deadline_on")?,
        zone: row.text("zone")?,
        form_id: row.text("form_id")?,
        form_version: row.number("form_version")?,
        line: row.text("line")?,
        state: row.parsed("state")?,
        is_public: row.flag("is_public")?,
        created_by: row.parsed("created_by")?,
        created_at: row.moment("created_at")?,
        launched_at: row.moment_opt("launched_at")?,
        closed_at: row.moment_opt("closed_at")?,
        version: row.number("version")?,
    })
}

fn list_record(row: &AnyRow) -> Result<ListRecord, StorageError> {
    Ok(ListRecord {
        id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        name: row.text("name")?,
        revision: row.number("revision")?,
        format: row.text("format")?,
        marking: row.text("marking")?,
        sha256: row.text("sha256")?,
        size_bytes: row.number("size_bytes")?,
        accepted: row.number("accepted")?,
        refused: row.number("refused")?,
        report: row.text("report")?,
        created_by: row.parsed("created_by")?,
        created_at: row.moment("created_at")?,
        withdrawn_at: row.moment_opt("withdrawn_at")?,
    })
}
