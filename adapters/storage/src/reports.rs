//! Reports, their revisions and what was done to them.

use ::campaigns::{CampaignId, ReportEventId, ReportId, UnitId, UserId};
use ::reports::{Content, ReportState};
use jiff::Timestamp;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, columns::Columns};

/// A unit's report in a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRecord {
    /// Id.
    pub id: ReportId,
    /// In which campaign.
    pub campaign_id: CampaignId,
    /// Of which unit.
    pub unit_id: UnitId,
    /// Form.
    pub form_id: String,
    /// Its version.
    pub form_version: i64,
    /// Where it stands.
    pub state: ReportState,
    /// Revision being written or last submitted, from 1.
    pub revision: i64,
    /// What is written.
    pub content: Content,
    /// Grows with each change of the content, so that nobody overwrites another's.
    pub content_version: i64,
    /// Who last wrote.
    pub author_id: Option<UserId>,
    /// Who approved.
    pub approver_id: Option<UserId>,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// When it was submitted.
    pub submitted_at: Option<Timestamp>,
    /// Whether the first submission came after the deadline.
    pub is_late: bool,
    /// When note was taken of it.
    pub noted_at: Option<Timestamp>,
    /// By whom.
    pub noted_by: Option<UserId>,
    /// When it was locked.
    pub locked_at: Option<Timestamp>,
}

/// How far a report is, without what is written in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportStanding {
    /// Id.
    pub id: ReportId,
    /// Of which unit.
    pub unit_id: UnitId,
    /// Where it stands.
    pub state: ReportState,
    /// Revision being written or last submitted, from 1.
    pub revision: i64,
    /// When it was submitted.
    pub submitted_at: Option<Timestamp>,
    /// Whether the first submission came after the deadline.
    pub is_late: bool,
}

/// What was submitted, frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRecord {
    /// Of which report.
    pub report_id: ReportId,
    /// From 1.
    pub revision: i64,
    /// What was submitted.
    pub content: Content,
    /// Who wrote it.
    pub author_id: Option<UserId>,
    /// Who approved it.
    pub approver_id: Option<UserId>,
    /// When.
    pub submitted_at: Timestamp,
}

/// Something that was done to a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportEventRecord {
    /// Id.
    pub id: ReportEventId,
    /// To which report.
    pub report_id: ReportId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub user_id: Option<UserId>,
    /// A step's code.
    pub kind: String,
    /// Words.
    pub comment: String,
}

/// The answer to a report's proposals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalAnswerRecord {
    /// To which report's proposals.
    pub report_id: ReportId,
    /// Who sees to it.
    pub owner: String,
    /// The answer.
    pub answer: String,
    /// By whom.
    pub answered_by: Option<UserId>,
    /// When.
    pub answered_at: Option<Timestamp>,
}

/// Adds a report; [`StorageError::Taken`] when the unit has one in the campaign.
pub async fn insert(db: &mut AnyConnection, it: &ReportRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO reports
           (id, campaign_id, unit_id, form_id, form_version, state, revision, content,
            content_version, author_id, approver_id, updated_at, approved_at, submitted_at,
            is_late, noted_at, noted_by, locked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(it.unit_id.to_string())
    .bind(&it.form_id)
    .bind(it.form_version)
    .bind(it.state.to_string())
    .bind(it.revision)
    .bind(to_json(&it.content)?)
    .bind(it.content_version)
    .bind(it.author_id.map(|id| id.to_string()))
    .bind(it.approver_id.map(|id| id.to_string()))
    .bind(it.updated_at.as_microsecond())
    .bind(it.approved_at.map(Timestamp::as_microsecond))
    .bind(it.submitted_at.map(Timestamp::as_microsecond))
    .bind(i64::from(it.is_late))
    .bind(it.noted_at.map(Timestamp::as_microsecond))
    .bind(it.noted_by.map(|id| id.to_string()))
    .bind(it.locked_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Changes a report if its content still has the version read; `false` when somebody was first.
pub async fn update(db: &mut AnyConnection, it: &ReportRecord) -> Result<bool, StorageError> {
    let done = sqlx::query(
        "UPDATE reports SET state = $3, revision = $4, content = $5, author_id = $6,
           approver_id = $7, updated_at = $8, approved_at = $9, submitted_at = $10, is_late = $11,
           noted_at = $12, noted_by = $13, locked_at = $14, form_id = $15, form_version = $16,
           content_version = content_version + 1
         WHERE id = $1 AND content_version = $2",
    )
    .bind(it.id.to_string())
    .bind(it.content_version)
    .bind(it.state.to_string())
    .bind(it.revision)
    .bind(to_json(&it.content)?)
    .bind(it.author_id.map(|id| id.to_string()))
    .bind(it.approver_id.map(|id| id.to_string()))
    .bind(it.updated_at.as_microsecond())
    .bind(it.approved_at.map(Timestamp::as_microsecond))
    .bind(it.submitted_at.map(Timestamp::as_microsecond))
    .bind(i64::from(it.is_late))
    .bind(it.noted_at.map(Timestamp::as_microsecond))
    .bind(it.noted_by.map(|id| id.to_string()))
    .bind(it.locked_at.map(Timestamp::as_microsecond))
    .bind(&it.form_id)
    .bind(it.form_version)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The report with this id.
pub async fn find(
    db: &mut AnyConnection,
    id: ReportId,
) -> Result<Option<ReportRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM reports WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(report).transpose()
}

/// The report of a unit in a campaign.
pub async fn find_of_unit(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Option<ReportRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM reports WHERE campaign_id = $1 AND unit_id = $2")
        .bind(campaign_id.to_string())
        .bind(unit_id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(report).transpose()
}

/// Every report of a campaign.
pub async fn of_campaign(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<Vec<ReportRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM reports WHERE campaign_id = $1 ORDER BY id")
        .bind(campaign_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(report).collect()
}

/// How far every report of a campaign is.
pub async fn standings(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<Vec<ReportStanding>, StorageError> {
    let rows = sqlx::query(
        "SELECT id, unit_id, state, revision, submitted_at, is_late FROM reports
         WHERE campaign_id = $1 ORDER BY id",
    )
    .bind(campaign_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ReportStanding {
                id: row.parsed("id")?,
                unit_id: row.parsed("unit_id")?,
                state: row.parsed("state")?,
                revision: row.number("revision")?,
                submitted_at: row.moment_opt("submitted_at")?,
                is_late: row.flag("is_late")?,
            })
        })
        .collect()
}

/// How many units that report to a unit have sent a report that nobody took note of yet.
pub async fn count_submitted_to(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    parent: UnitId,
) -> Result<i64, StorageError> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS submitted FROM receipts
         JOIN reports ON reports.campaign_id = receipts.campaign_id
           AND reports.unit_id = receipts.unit_id
         WHERE receipts.campaign_id = $1 AND receipts.parent_id = $2
           AND receipts.is_counting = 1 AND reports.state = $3",
    )
    .bind(campaign_id.to_string())
    .bind(parent.to_string())
    .bind(ReportState::Submitted.to_string())
    .fetch_one(db)
    .await?;
    row.number("submitted")
}

/// Freezes what was submitted.
pub async fn insert_revision(
    db: &mut AnyConnection,
    it: &RevisionRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO report_revisions
           (report_id, revision, content, author_id, approver_id, submitted_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(it.report_id.to_string())
    .bind(it.revision)
    .bind(to_json(&it.content)?)
    .bind(it.author_id.map(|id| id.to_string()))
    .bind(it.approver_id.map(|id| id.to_string()))
    .bind(it.submitted_at.as_microsecond())
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// The newest submitted revision of every report of a campaign.
pub async fn newest_revisions(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<Vec<RevisionRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT report_revisions.* FROM report_revisions
         JOIN reports ON reports.id = report_revisions.report_id
         WHERE reports.campaign_id = $1 AND report_revisions.revision =
           (SELECT MAX(newest.revision) FROM report_revisions AS newest
            WHERE newest.report_id = report_revisions.report_id)",
    )
    .bind(campaign_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(RevisionRecord {
                report_id: row.parsed("report_id")?,
                revision: row.number("revision")?,
                content: from_json(row)?,
                author_id: row.parsed_opt("author_id")?,
                approver_id: row.parsed_opt("approver_id")?,
                submitted_at: row.moment("submitted_at")?,
            })
        })
        .collect()
}

/// Adds what was done.
pub async fn insert_event(
    db: &mut AnyConnection,
    it: &ReportEventRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO report_events (id, report_id, at, user_id, kind, comment)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(it.id.to_string())
    .bind(it.report_id.to_string())
    .bind(it.at.as_microsecond())
    .bind(it.user_id.map(|id| id.to_string()))
    .bind(&it.kind)
    .bind(&it.comment)
    .execute(db)
    .await?;
    Ok(())
}

/// What was done to a report, oldest first.
pub async fn events(
    db: &mut AnyConnection,
    id: ReportId,
) -> Result<Vec<ReportEventRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM report_events WHERE report_id = $1 ORDER BY at, id")
        .bind(id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ReportEventRecord {
                id: row.parsed("id")?,
                report_id: row.parsed("report_id")?,
                at: row.moment("at")?,
                user_id: row.parsed_opt("user_id")?,
                kind: row.text("kind")?,
                comment: row.text("comment")?,
            })
        })
        .collect()
}

/// Sets the answer to a report's proposals.
pub async fn put_answer(
    db: &mut AnyConnection,
    it: &ProposalAnswerRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO proposal_answers (report_id, owner, answer, answered_by, answered_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (report_id) DO UPDATE
         SET owner = excluded.owner, answer = excluded.answer,
             answered_by = excluded.answered_by, answered_at = excluded.answered_at",
    )
    .bind(it.report_id.to_string())
    .bind(&it.owner)
    .bind(&it.answer)
    .bind(it.answered_by.map(|id| id.to_string()))
    .bind(it.answered_at.map(Timestamp::as_microsecond))
    .execute(db)
    .await?;
    Ok(())
}

/// Every answer to proposals of a campaign.
pub async fn answers(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<Vec<ProposalAnswerRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT proposal_answers.* FROM proposal_answers
         JOIN reports ON reports.id = proposal_answers.report_id
         WHERE reports.campaign_id = $1",
    )
    .bind(campaign_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ProposalAnswerRecord {
                report_id: row.parsed("report_id")?,
                owner: row.text("owner")?,
                answer: row.text("answer")?,
                answered_by: row.parsed_opt("answered_by")?,
                answered_at: row.moment_opt("answered_at")?,
            })
        })
        .collect()
}

fn to_json(content: &Content) -> Result<String, StorageError> {
    serde_json::to_string(content)
        .map_err(|error| StorageError::Column { column: "content", value: error.to_string() })
}

fn from_json(row: &AnyRow) -> Result<Content, StorageError> {
    let json = row.text("content")?;
    serde_json::from_str(&json).map_err(|_| StorageError::Column { column: "content", value: json })
}

fn report(row: &AnyRow) -> Result<ReportRecord, StorageError> {
    Ok(ReportRecord {
        id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        unit_id: row.parsed("unit_id")?,
        form_id: row.text("form_id")?,
        form_version: row.number("form_version")?,
        state: row.parsed("state")?,
        revision: row.number("revision")?,
        content: from_json(row)?,
        content_version: row.number("content_version")?,
        author_id: row.parsed_opt("author_id")?,
        approver_id: row.parsed_opt("approver_id")?,
        updated_at: row.moment("updated_at")?,
        approved_at: row.moment_opt("approved_at")?,
        submitted_at: row.moment_opt("submitted_at")?,
        is_late: row.flag("is_late")?,
        noted_at: row.moment_opt("noted_at")?,
        noted_by: row.parsed_opt("noted_by")?,
        locked_at: row.moment_opt("locked_at")?,
    })
}
