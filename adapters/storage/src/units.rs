//! Units and where they stand in the tree, by date.

use std::collections::BTreeSet;

use ::campaigns::UnitId;
use jiff::{Timestamp, civil::Date};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, Write, columns::Columns};

/// An organisation of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRecord {
    /// Id.
    pub id: UnitId,
    /// Official code, unique.
    pub code: String,
    /// Name, NFC.
    pub name: String,
    /// Name folded for searching.
    pub name_key: String,
    /// Code of the kind: `commune`, `school`.
    pub kind: String,
    /// Place named in its documents; empty when it has none of its own.
    pub place: String,
    /// People who use computers there.
    pub headcount: Option<i64>,
    /// First day it exists.
    pub valid_from: Option<Date>,
    /// Last day it exists.
    pub valid_to: Option<Date>,
    /// When it was entered.
    pub created_at: Timestamp,
}

/// Where a unit stands in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipRecord {
    /// Id, as text.
    pub id: String,
    /// The unit.
    pub unit_id: UnitId,
    /// `territorial`, or a sector's code.
    pub line: String,
    /// The unit above it in that line; `None` at the root.
    pub parent_id: Option<UnitId>,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
}

/// Adds a unit; [`StorageError::Taken`] when its code exists.
pub async fn insert(db: &mut AnyConnection, unit: &UnitRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO units
           (id, code, name, name_key, kind, place, headcount, valid_from, valid_to, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(unit.id.to_string())
    .bind(&unit.code)
    .bind(&unit.name)
    .bind(&unit.name_key)
    .bind(&unit.kind)
    .bind(&unit.place)
    .bind(unit.headcount)
    .bind(unit.valid_from.map(|day| day.to_string()))
    .bind(unit.valid_to.map(|day| day.to_string()))
    .bind(unit.created_at.as_microsecond())
    .execute(db)
    .await
    .map_err(StorageError::from_write)?;
    Ok(())
}

/// Keeps a second writer of the same unit's records waiting until this transaction ends.
pub async fn hold(write: &mut Write, id: UnitId) -> Result<(), StorageError> {
    if !write.is_sqlite() {
        // SQLite's writers already wait for each other when they begin.
        sqlx::query("SELECT id FROM units WHERE id = $1 FOR NO KEY UPDATE")
            .bind(id.to_string())
            .execute(&mut **write)
            .await?;
    }
    Ok(())
}

/// Changes everything of a unit but its id and code.
pub async fn update(db: &mut AnyConnection, unit: &UnitRecord) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE units SET name = $2, name_key = $3, kind = $4, place = $5, headcount = $6,
           valid_from = $7, valid_to = $8
         WHERE id = $1",
    )
    .bind(unit.id.to_string())
    .bind(&unit.name)
    .bind(&unit.name_key)
    .bind(&unit.kind)
    .bind(&unit.place)
    .bind(unit.headcount)
    .bind(unit.valid_from.map(|day| day.to_string()))
    .bind(unit.valid_to.map(|day| day.to_string()))
    .execute(db)
    .await?;
    Ok(())
}

/// The unit with this id.
pub async fn find(db: &mut AnyConnection, id: UnitId) -> Result<Option<UnitRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM units WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(unit).transpose()
}

/// The unit with this code.
pub async fn find_by_code(
    db: &mut AnyConnection,
    code: &str,
) -> Result<Option<UnitRecord>, StorageError> {
    let row =
        sqlx::query("SELECT * FROM units WHERE code = $1").bind(code).fetch_optional(db).await?;
    row.as_ref().map(unit).transpose()
}

/// Every unit, by code.
pub async fn list(db: &mut AnyConnection) -> Result<Vec<UnitRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM units ORDER BY code").fetch_all(db).await?;
    rows.iter().map(unit).collect()
}

/// Every membership, past and future too.
pub async fn memberships(db: &mut AnyConnection) -> Result<Vec<MembershipRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM memberships ORDER BY id").fetch_all(db).await?;
    rows.iter().map(membership).collect()
}

/// Adds a membership.
pub async fn insert_membership(
    db: &mut AnyConnection,
    membership: &MembershipRecord,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO memberships (id, unit_id, line, parent_id, valid_from, valid_to)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&membership.id)
    .bind(membership.unit_id.to_string())
    .bind(&membership.line)
    .bind(membership.parent_id.map(|id| id.to_string()))
    .bind(membership.valid_from.map(|day| day.to_string()))
    .bind(membership.valid_to.map(|day| day.to_string()))
    .execute(db)
    .await?;
    Ok(())
}

/// Ends a membership after a day: the unit moved, split or merged.
pub async fn end_membership(
    db: &mut AnyConnection,
    id: &str,
    last_day: Date,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE memberships SET valid_to = $2 WHERE id = $1")
        .bind(id)
        .bind(last_day.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// Changes where and how long a place is held, but not whose it is or in which line.
pub async fn update_membership(
    db: &mut AnyConnection,
    id: &str,
    parent_id: Option<UnitId>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE memberships SET parent_id = $2, valid_from = $3, valid_to = $4 WHERE id = $1",
    )
    .bind(id)
    .bind(parent_id.map(|id| id.to_string()))
    .bind(valid_from.map(|day| day.to_string()))
    .bind(valid_to.map(|day| day.to_string()))
    .execute(db)
    .await?;
    Ok(())
}

/// A unit and every unit above it in any line that holds on a day.
///
/// `UNION` ends the walk should stored data ever hold a cycle.
pub async fn unit_and_ancestors(
    db: &mut AnyConnection,
    unit_id: UnitId,
    on: Date,
) -> Result<BTreeSet<UnitId>, StorageError> {
    let rows = sqlx::query(
        "WITH RECURSIVE above (id) AS (
           SELECT CAST($1 AS TEXT)
           UNION
           SELECT memberships.parent_id FROM memberships
           JOIN above ON memberships.unit_id = above.id
           WHERE memberships.parent_id IS NOT NULL
             AND (memberships.valid_from IS NULL OR memberships.valid_from <= $2)
             AND (memberships.valid_to IS NULL OR memberships.valid_to >= $2)
         )
         SELECT id FROM above",
    )
    .bind(unit_id.to_string())
    .bind(on.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

/// The unit right above a unit in a line on a day.
pub async fn parent(
    db: &mut AnyConnection,
    unit_id: UnitId,
    line: &str,
    on: Date,
) -> Result<Option<UnitRecord>, StorageError> {
    let row = sqlx::query(
        "SELECT units.* FROM units JOIN memberships ON memberships.parent_id = units.id
         WHERE memberships.unit_id = $1 AND memberships.line = $2
           AND (memberships.valid_from IS NULL OR memberships.valid_from <= $3)
           AND (memberships.valid_to IS NULL OR memberships.valid_to >= $3)
         ORDER BY memberships.id LIMIT 1",
    )
    .bind(unit_id.to_string())
    .bind(line)
    .bind(on.to_string())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(unit).transpose()
}

/// A unit and every unit below it in any line that holds on a day.
pub async fn unit_and_descendants(
    db: &mut AnyConnection,
    unit_id: UnitId,
    on: Date,
) -> Result<BTreeSet<UnitId>, StorageError> {
    let rows = sqlx::query(
        "WITH RECURSIVE below (id) AS (
           SELECT CAST($1 AS TEXT)
           UNION
           SELECT memberships.unit_id FROM memberships
           JOIN below ON memberships.parent_id = below.id
           WHERE (memberships.valid_from IS NULL OR memberships.valid_from <= $2)
             AND (memberships.valid_to IS NULL OR memberships.valid_to >= $2)
         )
         SELECT id FROM below",
    )
    .bind(unit_id.to_string())
    .bind(on.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

fn unit(row: &AnyRow) -> Result<UnitRecord, StorageError> {
    Ok(UnitRecord {
        id: row.parsed("id")?,
        code: row.text("code")?,
        name: row.text("name")?,
        name_key: row.text("name_key")?,
        kind: row.text("kind")?,
        place: row.text("place")?,
        headcount: row.number_opt("headcount")?,
        valid_from: row.day_opt("valid_from")?,
        valid_to: row.day_opt("valid_to")?,
        created_at: row.moment("created_at")?,
    })
}

fn membership(row: &AnyRow) -> Result<MembershipRecord, StorageError> {
    Ok(MembershipRecord {
        id: row.text("id")?,
        unit_id: row.parsed("unit_id")?,
        line: row.text("line")?,
        parent_id: row.parsed_opt("parent_id")?,
        valid_from: row.day_opt("valid_from")?,
        valid_to: row.day_opt("valid_to")?,
    })
}
