//! The work on devices.

use ::campaigns::{CampaignId, CaseEventId, CaseId, CaseState, DeviceId, UnitId, UserId};
use jiff::Timestamp;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, columns::Columns};

/// The work on one device in one campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRecord {
    /// Id.
    pub id: CaseId,
    /// Number within the unit, from 1.
    pub number: i64,
    /// In which campaign.
    pub campaign_id: CampaignId,
    /// Of which unit.
    pub unit_id: UnitId,
    /// On which device.
    pub device_id: DeviceId,
    /// Where it stands.
    pub state: CaseState,
    /// Since when.
    pub opened_at: Timestamp,
    /// Last change of state.
    pub changed_at: Timestamp,
    /// When the device was last declared clean.
    pub declared_at: Option<Timestamp>,
    /// When it was verified.
    pub verified_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// What was done to the device.
    pub remedy: String,
    /// How often it was seen again after it was declared clean.
    pub reinfections: i64,
    /// The case that goes on for both since their devices were merged.
    pub merged_into: Option<CaseId>,
    /// Grows with each change.
    pub version: i64,
}

/// A step of that work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEventRecord {
    /// Id.
    pub id: CaseEventId,
    /// Of which case.
    pub case_id: CaseId,
    /// When.
    pub at: Timestamp,
    /// By whom; `None` for the program itself.
    pub user_id: Option<UserId>,
    /// What: `opened`, a step's code, `seen-again`, `verified`.
    pub kind: String,
    /// From which state.
    pub from_state: Option<CaseState>,
    /// To which state.
    pub to_state: Option<CaseState>,
    /// Words.
    pub note: String,
}

/// Adds a case; [`StorageError::Taken`] when the device has one in the campaign.
pub async fn insert(db: &mut AnyConnection, it: &CaseRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO cases
           (id, number, campaign_id, unit_id, device_id, state, opened_at, changed_at, declared_at,
            verified_at, closed_at, remedy, reinfections, merged_into, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(it.id.to_string())
    .bind(it.number)
    .bind(it.campaign_id.to_string())
    .bind(it.unit_id.to_string())
    .bind(it.device_id.to_string())
    .bind(it.state.to_string())
    .bind(it.opened_at.as_microsecond())
    .bind(it.changed_at.as_microsecond())
    .bind(it.declared_at.map(Timestamp::as_microsecond))
    .bind(it.verified_at.map(Timestamp::as_microsecond))
    .bind(it.closed_at.map(Timestamp::as_microsecond))
    .bind(&it.remedy)
    .bind(it.reinfections)
    .bind(it.merged_into.map(|id| id.to_string()))
    .bind(it.version)
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Changes a case if it still has the version read; `false` when somebody was first.
pub async fn update(db: &mut AnyConnection, it: &CaseRecord) -> Result<bool, StorageError> {
    let done = sqlx::query(
        "UPDATE cases SET state = $3, changed_at = $4, declared_at = $5, verified_at = $6,
           closed_at = $7, remedy = $8, reinfections = $9, version = version + 1
         WHERE id = $1 AND version = $2",
    )
    .bind(it.id.to_string())
    .bind(it.version)
    .bind(it.state.to_string())
    .bind(it.changed_at.as_microsecond())
    .bind(it.declared_at.map(Timestamp::as_microsecond))
    .bind(it.verified_at.map(Timestamp::as_microsecond))
    .bind(it.closed_at.map(Timestamp::as_microsecond))
    .bind(&it.remedy)
    .bind(it.reinfections)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The case with this id.
pub async fn find(db: &mut AnyConnection, id: CaseId) -> Result<Option<CaseRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM cases WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(case).transpose()
}

/// The case that goes on in a campaign for a device and for those merged into it.
pub async fn find_by_device(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    device_id: DeviceId,
) -> Result<Option<CaseRecord>, StorageError> {
    let row = sqlx::query(
        "SELECT cases.* FROM cases JOIN devices ON devices.id = cases.device_id
         WHERE cases.campaign_id = $1 AND cases.merged_into IS NULL
           AND (devices.id = $2 OR devices.merged_into = $2)
         ORDER BY cases.number LIMIT 1",
    )
    .bind(campaign_id.to_string())
    .bind(device_id.to_string())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(case).transpose()
}

/// Every case of a device and of those merged into it, in every campaign, by number.
pub async fn of_group(
    db: &mut AnyConnection,
    device_id: DeviceId,
) -> Result<Vec<CaseRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT cases.* FROM cases JOIN devices ON devices.id = cases.device_id
         WHERE devices.id = $1 OR devices.merged_into = $1 ORDER BY cases.number",
    )
    .bind(device_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(case).collect()
}

/// Says which case goes on for this one; `None` when it goes on itself. Forms that were opened on
/// it before no longer hold.
pub async fn set_merged(
    db: &mut AnyConnection,
    id: CaseId,
    into: Option<CaseId>,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE cases SET merged_into = $2, version = version + 1 WHERE id = $1")
        .bind(id.to_string())
        .bind(into.map(|it| it.to_string()))
        .execute(db)
        .await?;
    Ok(())
}

/// Takes a case away with its steps. Its sightings must be gone.
pub async fn delete(db: &mut AnyConnection, id: CaseId) -> Result<(), StorageError> {
    for statement in
        ["DELETE FROM case_events WHERE case_id = $1", "DELETE FROM cases WHERE id = $1"]
    {
        sqlx::query(statement).bind(id.to_string()).execute(&mut *db).await?;
    }
    Ok(())
}

/// Cases of a unit in a campaign, by number; those that another goes on for are left out.
pub async fn of_unit(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Vec<CaseRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM cases WHERE campaign_id = $1 AND unit_id = $2 AND merged_into IS NULL
         ORDER BY number",
    )
    .bind(campaign_id.to_string())
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(case).collect()
}

/// Cases of a unit in a campaign that others go on for, each with that other.
pub async fn merged_of_unit(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Vec<(CaseId, CaseId)>, StorageError> {
    let rows = sqlx::query(
        "SELECT id, merged_into FROM cases
         WHERE campaign_id = $1 AND unit_id = $2 AND merged_into IS NOT NULL",
    )
    .bind(campaign_id.to_string())
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.parsed("merged_into")?))).collect()
}

/// Whether a case is of a device that contacted something itself, or of one that no log shows. One with
/// findings of which none is the device's own, because it stands for others, is not:
/// docs/decisions/0034-cases-of-who-stands-for-others.md.
/// `portal::devices::intermediary_of` says the same of what is loaded.
const IS_OF_DEVICE_ITSELF: &str = "(
    NOT EXISTS (
        SELECT 1 FROM sightings s WHERE s.is_finding = 1 AND (s.case_id = cases.id
            OR s.case_id IN (SELECT m.id FROM cases m WHERE m.merged_into = cases.id)))
    OR EXISTS (
        SELECT 1 FROM sightings s, devices d, devices r
        WHERE s.is_finding = 1 AND (s.case_id = cases.id
            OR s.case_id IN (SELECT m.id FROM cases m WHERE m.merged_into = cases.id))
          AND d.id = cases.device_id AND r.id = COALESCE(d.merged_into, d.id)
          AND (r.stands_as = 'device'
            OR (r.stands_as IS NULL AND s.intermediary IS NULL)
            OR (r.stands_as = 'dns-forwarder' AND s.verdict IN ('attempted', 'connected')))))";

/// Whether a scan found malware on the device of a case, whatever it stands for.
const IS_SCANNED_INFECTED: &str = "EXISTS (
    SELECT 1 FROM scans n, devices g, devices d
    WHERE n.campaign_id = cases.campaign_id AND n.findings > 0 AND g.id = n.device_id
      AND d.id = cases.device_id
      AND COALESCE(g.merged_into, g.id) = COALESCE(d.merged_into, d.id))";

/// How many devices to clean of each state of their cases a unit has in a campaign.
pub async fn counts_of_unit(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Vec<(CaseState, i64)>, StorageError> {
    let statement = format!(
        "SELECT state, CAST(COUNT(*) AS BIGINT) AS cases FROM cases
         WHERE campaign_id = $1 AND unit_id = $2 AND merged_into IS NULL 
           AND ({IS_OF_DEVICE_ITSELF} OR {IS_SCANNED_INFECTED})
         GROUP BY state"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(campaign_id.to_string())
        .bind(unit_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| Ok((row.parsed("state")?, row.number("cases")?))).collect()
}

/// As [`counts_of_unit`], of cases whose device contacted a published address.
pub async fn counts_of_seen(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<Vec<(CaseState, i64)>, StorageError> {
    let statement = format!(
        "SELECT state, CAST(COUNT(*) AS BIGINT) AS cases FROM cases
         WHERE campaign_id = $1 AND unit_id = $2 AND merged_into IS NULL
           AND EXISTS (
             SELECT 1 FROM sightings s JOIN cases b ON b.id = s.case_id
             WHERE s.is_finding = 1 AND (b.id = cases.id OR b.merged_into = cases.id))
           AND {IS_OF_DEVICE_ITSELF}
         GROUP BY state"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(campaign_id.to_string())
        .bind(unit_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| Ok((row.parsed("state")?, row.number("cases")?))).collect()
}

/// How many devices to clean of each unit and state of their cases a campaign has.
pub async fn device_counts(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<Vec<(UnitId, CaseState, i64)>, StorageError> {
    let statement = format!(
        "SELECT unit_id, state, CAST(COUNT(*) AS BIGINT) AS cases FROM cases
         WHERE campaign_id = $1 AND merged_into IS NULL 
           AND ({IS_OF_DEVICE_ITSELF} OR {IS_SCANNED_INFECTED})
         GROUP BY unit_id, state"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(campaign_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| Ok((row.parsed("unit_id")?, row.parsed("state")?, row.number("cases")?)))
        .collect()
}

/// How many cases of each unit and state a campaign has.
pub async fn counts(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
) -> Result<Vec<(UnitId, CaseState, i64)>, StorageError> {
    let rows = sqlx::query(
        "SELECT unit_id, state, CAST(COUNT(*) AS BIGINT) AS cases FROM cases
         WHERE campaign_id = $1 AND merged_into IS NULL GROUP BY unit_id, state",
    )
    .bind(campaign_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| Ok((row.parsed("unit_id")?, row.parsed("state")?, row.number("cases")?)))
        .collect()
}

/// The next free number of a unit in a campaign.
pub async fn next_number(
    db: &mut AnyConnection,
    campaign_id: CampaignId,
    unit_id: UnitId,
) -> Result<i64, StorageError> {
    let row = sqlx::query(
        "SELECT CAST(COALESCE(MAX(number), 0) + 1 AS BIGINT) AS number FROM cases
         WHERE campaign_id = $1 AND unit_id = $2",
    )
    .bind(campaign_id.to_string())
    .bind(unit_id.to_string())
    .fetch_one(db)
    .await?;
    row.number("number")
}

/// Adds a step.
pub async fn insert_event(
    db: &mut AnyConnection,
    it: &CaseEventRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO case_events (id, case_id, at, user_id, kind, from_state, to_state, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(it.id.to_string())
    .bind(it.case_id.to_string())
    .bind(it.at.as_microsecond())
    .bind(it.user_id.map(|id| id.to_string()))
    .bind(&it.kind)
    .bind(it.from_state.map(|state| state.to_string()))
    .bind(it.to_state.map(|state| state.to_string()))
    .bind(&it.note)
    .execute(db)
    .await?;
    Ok(())
}

/// Steps of a case, oldest first.
pub async fn events(
    db: &mut AnyConnection,
    id: CaseId,
) -> Result<Vec<CaseEventRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM case_events WHERE case_id = $1 ORDER BY at, id")
        .bind(id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(CaseEventRecord {
                id: row.parsed("id")?,
                case_id: row.parsed("case_id")?,
                at: row.moment("at")?,
                user_id: row.parsed_opt("user_id")?,
                kind: row.text("kind")?,
                from_state: row.parsed_opt("from_state")?,
                to_state: row.parsed_opt("to_state")?,
                note: row.text("note")?,
            })
        })
        .collect()
}

fn case(row: &AnyRow) -> Result<CaseRecord, StorageError> {
    Ok(CaseRecord {
        id: row.parsed("id")?,
        number: row.number("number")?,
        campaign_id: row.parsed("campaign_id")?,
        unit_id: row.parsed("unit_id")?,
        device_id: row.parsed("device_id")?,
        state: row.parsed("state")?,
        opened_at: row.moment("opened_at")?,
        changed_at: row.moment("changed_at")?,
        declared_at: row.moment_opt("declared_at")?,
        verified_at: row.moment_opt("verified_at")?,
        closed_at: row.moment_opt("closed_at")?,
        remedy: row.text("remedy")?,
        reinfections: row.number("reinfections")?,
        merged_into: row.parsed_opt("merged_into")?,
        version: row.number("version")?,
    })
}
