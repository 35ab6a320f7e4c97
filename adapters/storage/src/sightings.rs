//! What was seen: sources, coverage, sightings.

use std::collections::BTreeSet;

use ::campaigns::{
    CampaignId, CampaignState, CaseId, DeviceId, SightingId, SiteId, SourceId, TokenId, UnitId,
    UserId,
};
use jiff::{Timestamp, civil::Date};
use sqlx::{AnyConnection, any::AnyRow};

use crate::side_cars::{self, SideCarRecord};
use crate::{StorageError, columns::Columns};

/// One log that was matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRecord {
    /// Id.
    pub id: SourceId,
    /// In which campaign.
    pub campaign_id: CampaignId,
    /// Of which unit.
    pub unit_id: UnitId,
    /// Of which site.
    pub site_id: SiteId,
    /// SHA-256 of the log, in hex: the same log again replaces what it gave.
    pub sha256: String,
    /// Name of the log.
    pub name: String,
    /// Its format.
    pub format: Option<String>,
    /// Lines read.
    pub lines_read: i64,
    /// Lines in which an indicator was found.
    pub lines_matched: i64,
    /// Lines not understood.
    pub lines_not_parsed: i64,
    /// Whether all of it was read and understood.
    pub is_complete: bool,
    /// The summary, as JSON.
    pub summary: String,
    /// By whom.
    pub sent_by: Option<UserId>,
    /// Or by which program.
    pub sent_by_token: Option<TokenId>,
    /// When.
    pub created_at: Timestamp,
}

/// Contacts of one device with one indicator, from one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightingRecord {
    /// Id.
    pub id: SightingId,
    /// From which source.
    pub source_id: SourceId,
    /// In which campaign.
    pub campaign_id: CampaignId,
    /// Of which unit.
    pub unit_id: UnitId,
    /// Of which device.
    pub device_id: DeviceId,
    /// In which case; `None` when it is no finding.
    pub case_id: Option<CaseId>,
    /// The indicator in its normal form.
    pub indicator: String,
    /// Its kind.
    pub indicator_type: String,
    /// Malware family.
    pub family: Option<String>,
    /// List it came from.
    pub list: String,
    /// What was contacted.
    pub destination: String,
    /// Verdict code.
    pub verdict: String,
    /// Whether somebody must handle the device.
    pub is_finding: bool,
    /// How many contacts.
    pub contacts: i64,
    /// First contact.
    pub first_at: Option<Timestamp>,
    /// Last contact.
    pub last_at: Option<Timestamp>,
    /// The log.
    pub evidence_file: String,
    /// Where in it, in decompressed bytes.
    pub evidence_offset: i64,
    /// Line, from 1.
    pub evidence_line_number: i64,
    /// The line, for the unit's own eyes; `None` once it is gone.
    pub evidence_line: Option<String>,
    /// When the line is deleted.
    pub evidence_line_until: Option<Timestamp>,
    /// The warning list that names the indicator too.
    pub warning: Option<String>,
    /// Code of who says which device it is.
    pub name_source: Option<String>,
    /// Code of how sure that is.
    pub name_confidence: Option<String>,
    /// Code of what the device does in the place of others.
    pub intermediary: Option<String>,
    /// Code of who says so.
    pub intermediary_source: Option<String>,
}

/// The source with this content at this site.
pub async fn find_source(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    site_id: SiteId,
    sha256: &str,
) -> Result<Option<SourceRecord>, StorageError> {
    let row = sqlx::query(
        "SELECT * FROM sources WHERE campaign_id = $1 AND site_id = $2 AND sha256 = $3",
    )
    .bind(campaign_id.to_string())
    .bind(site_id.to_string())
    .bind(sha256)
    .fetch_optional(db)
    .await?;
    row.as_ref().map(source).transpose()
}

/// The first source of a unit with this content at a site of another name, in any campaign that is
/// running, and the name of that site.
pub async fn find_at_other_site(
    db: &mut AnyConnection,
    unit_id: UnitId,
    sha256: &str,
    site: &str,
) -> Result<Option<(SourceRecord, String)>, StorageError> {
    let row = sqlx::query(
        "SELECT sources.*, sites.name AS site_name
         FROM sources
         JOIN sites ON sites.id = sources.site_id
         JOIN campaigns ON campaigns.id = sources.campaign_id
         WHERE sources.unit_id = $1 AND sources.sha256 = $2 AND sites.name <> $3
           AND campaigns.state = $4
         ORDER BY sources.created_at, sources.id LIMIT 1",
    )
    .bind(unit_id.to_string())
    .bind(sha256)
    .bind(site)
    .bind(CampaignState::Launched.to_string())
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((source(&row)?, row.text("site_name")?))).transpose()
}

/// The source with this id.
pub async fn find_source_by_id(
    db: &mut AnyConnection,
    id: SourceId,
) -> Result<Option<SourceRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM sources WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(source).transpose()
}

/// Adds a source; [`StorageError::Taken`] when this log of this site is there.
pub async fn insert_source(db: &mut AnyConnection, it: &SourceRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO sources
           (id, campaign_id, unit_id, site_id, sha256, name, format, lines_read, lines_matched,
            lines_not_parsed, is_complete, summary, sent_by, sent_by_token, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(it.id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(it.unit_id.to_string())
    .bind(it.site_id.to_string())
    .bind(&it.sha256)
    .bind(&it.name)
    .bind(it.format.as_deref())
    .bind(it.lines_read)
    .bind(it.lines_matched)
    .bind(it.lines_not_parsed)
    .bind(i64::from(it.is_complete))
    .bind(&it.summary)
    .bind(it.sent_by.map(|id| id.to_string()))
    .bind(it.sent_by_token.map(|id| id.to_string()))
    .bind(it.created_at.as_microsecond())
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Takes away what a source gave: its sightings, its coverage, its side-cars, itself. Cases and
/// devices stay. Gives the side-cars.
pub async fn delete_source(
    db: &mut AnyConnection,
    id: SourceId,
) -> Result<Vec<SideCarRecord>, StorageError> {
    let gone = side_cars::of_source(db, id).await?;
    for statement in [
        "DELETE FROM sightings WHERE source_id = $1",
        "DELETE FROM coverage WHERE source_id = $1",
        "DELETE FROM side_cars WHERE source_id = $1",
        "DELETE FROM sources WHERE id = $1",
    ] {
        sqlx::query(statement).bind(id.to_string()).execute(&mut *db).await?;
    }
    Ok(gone)
}

/// Sources of a unit in a campaign, newest first.
pub async fn sources(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Vec<SourceRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM sources WHERE campaign_id = $1 AND unit_id = $2
         ORDER BY created_at DESC, id DESC",
    )
    .bind(campaign_id.to_string())
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(source).collect()
}

/// Notes the days of which a source has lines.
pub async fn insert_coverage(
    db: &mut AnyConnection,
    source_id: SourceId,
    site_id: SiteId,
    days: impl IntoIterator<Item = Date>,
) -> Result<(), StorageError> {
    for day in days {
        sqlx::query(
            "INSERT INTO coverage (source_id, site_id, covered_on) VALUES ($1, $2, $3)
             ON CONFLICT (source_id, covered_on) DO NOTHING",
        )
        .bind(source_id.to_string())
        .bind(site_id.to_string())
        .bind(day.to_string())
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Days of which a site's logs were read against the lists of a campaign: another campaign's lists
/// would not have shown what this one looks for.
pub async fn covered_days(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    site_id: SiteId,
) -> Result<BTreeSet<Date>, StorageError> {
    let rows = sqlx::query(
        "SELECT DISTINCT c.covered_on FROM coverage c JOIN sources s ON s.id = c.source_id
         WHERE c.site_id = $1 AND s.campaign_id = $2",
    )
    .bind(site_id.to_string())
    .bind(campaign_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.day("covered_on")).collect()
}

/// Adds a sighting.
pub async fn insert_sighting(
    db: &mut AnyConnection,
    it: &SightingRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO sightings
           (id, source_id, campaign_id, unit_id, device_id, case_id, indicator, indicator_type,
            family, list, destination, verdict, is_finding, contacts, first_at, last_at,
            evidence_file, evidence_offset, evidence_line_number, evidence_line,
            evidence_line_until, warning, name_source, name_confidence, intermediary,
            intermediary_source)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                 $19, $20, $21, $22, $23, $24, $25, $26)",
    )
    .bind(it.id.to_string())
    .bind(it.source_id.to_string())
    .bind(it.campaign_id.to_string())
    .bind(it.unit_id.to_string())
    .bind(it.device_id.to_string())
    .bind(it.case_id.map(|id| id.to_string()))
    .bind(&it.indicator)
    .bind(&it.indicator_type)
    .bind(it.family.as_deref())
    .bind(&it.list)
    .bind(&it.destination)
    .bind(&it.verdict)
    .bind(i64::from(it.is_finding))
    .bind(it.contacts)
    .bind(it.first_at.map(Timestamp::as_microsecond))
    .bind(it.last_at.map(Timestamp::as_microsecond))
    .bind(&it.evidence_file)
    .bind(it.evidence_offset)
    .bind(it.evidence_line_number)
    .bind(it.evidence_line.as_deref())
    .bind(it.evidence_line_until.map(Timestamp::as_microsecond))
    .bind(it.warning.as_deref())
    .bind(it.name_source.as_deref())
    .bind(it.name_confidence.as_deref())
    .bind(it.intermediary.as_deref())
    .bind(it.intermediary_source.as_deref())
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Sightings of a unit in a campaign, findings first, newest first.
pub async fn of_unit(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Vec<SightingRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM sightings WHERE campaign_id = $1 AND unit_id = $2
         ORDER BY is_finding DESC, last_at IS NULL, last_at DESC, id",
    )
    .bind(campaign_id.to_string())
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(sighting).collect()
}

/// Sightings that a source gave.
pub async fn of_source(
    db: &mut AnyConnection,
    source_id: SourceId,
) -> Result<Vec<SightingRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM sightings WHERE source_id = $1 ORDER BY id")
        .bind(source_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(sighting).collect()
}

/// Sightings of a case and of those it goes on for, newest first.
pub async fn of_case(
    db: &mut AnyConnection,
    case_id: CaseId,
) -> Result<Vec<SightingRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM sightings
         WHERE case_id = $1 OR case_id IN (SELECT id FROM cases WHERE merged_into = $1)
         ORDER BY last_at IS NULL, last_at DESC, id",
    )
    .bind(case_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(sighting).collect()
}

/// Puts the findings of a device in a campaign into a case; gives how many there are.
pub async fn move_findings(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    device_id: DeviceId,
    case_id: CaseId,
) -> Result<u64, StorageError> {
    let done = sqlx::query(
        "UPDATE sightings SET case_id = $3
         WHERE campaign_id = $1 AND device_id = $2 AND is_finding = 1",
    )
    .bind(campaign_id.to_string())
    .bind(device_id.to_string())
    .bind(case_id.to_string())
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// When a device was first seen, as far as any of its sightings says.
pub async fn first_seen(
    db: &mut AnyConnection,
    device_id: DeviceId,
) -> Result<Option<Timestamp>, StorageError> {
    let row = sqlx::query(
        "SELECT COALESCE(first_at, last_at) AS first_at FROM sightings
         WHERE device_id = $1 AND COALESCE(first_at, last_at) IS NOT NULL
         ORDER BY COALESCE(first_at, last_at) LIMIT 1",
    )
    .bind(device_id.to_string())
    .fetch_optional(db)
    .await?;
    row.as_ref().map_or(Ok(None), |row| row.moment_opt("first_at"))
}

/// How many findings of a device a campaign has.
pub async fn count_findings(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    device_id: DeviceId,
) -> Result<i64, StorageError> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS findings FROM sightings
         WHERE campaign_id = $1 AND device_id = $2 AND is_finding = 1",
    )
    .bind(campaign_id.to_string())
    .bind(device_id.to_string())
    .fetch_one(db)
    .await?;
    row.number("findings")
}

/// Deletes log lines whose time has come; gives how many.
pub async fn delete_old_lines(db: &mut AnyConnection, now: Timestamp) -> Result<u64, StorageError> {
    let done = sqlx::query(
        "UPDATE sightings SET evidence_line = NULL, evidence_line_until = NULL
         WHERE evidence_line_until IS NOT NULL AND evidence_line_until <= $1",
    )
    .bind(now.as_microsecond())
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

fn source(row: &AnyRow) -> Result<SourceRecord, StorageError> {
    Ok(SourceRecord {
        id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        unit_id: row.parsed("unit_id")?,
        site_id: row.parsed("site_id")?,
        sha256: row.text("sha256")?,
        name: row.text("name")?,
        format: row.text_opt("format")?,
        lines_read: row.number("lines_read")?,
        lines_matched: row.number("lines_matched")?,
        lines_not_parsed: row.number("lines_not_parsed")?,
        is_complete: row.flag("is_complete")?,
        summary: row.text("summary")?,
        sent_by: row.parsed_opt("sent_by")?,
        sent_by_token: row.parsed_opt("sent_by_token")?,
        created_at: row.moment("created_at")?,
    })
}

fn sighting(row: &AnyRow) -> Result<SightingRecord, StorageError> {
    Ok(SightingRecord {
        id: row.parsed("id")?,
        source_id: row.parsed("source_id")?,
        campaign_id: row.parsed("campaign_id")?,
        unit_id: row.parsed("unit_id")?,
        device_id: row.parsed("device_id")?,
        case_id: row.parsed_opt("case_id")?,
        indicator: row.text("indicator")?,
        indicator_type: row.text("indicator_type")?,
        family: row.text_opt("family")?,
        list: row.text("list")?,
        destination: row.text("destination")?,
        verdict: row.text("verdict")?,
        is_finding: row.flag("is_finding")?,
        contacts: row.number("contacts")?,
        first_at: row.moment_opt("first_at")?,
        last_at: row.moment_opt("last_at")?,
        evidence_file: row.text("evidence_file")?,
        evidence_offset: row.number("evidence_offset")?,
        evidence_line_number: row.number("evidence_line_number")?,
        evidence_line: row.text_opt("evidence_line")?,
        evidence_line_until: row.moment_opt("evidence_line_until")?,
        warning: row.text_opt("warning")?,
        name_source: row.text_opt("name_source")?,
        name_confidence: row.text_opt("name_confidence")?,
        intermediary: row.text_opt("intermediary")?,
        intermediary_source: row.text_opt("intermediary_source")?,
    })
}
