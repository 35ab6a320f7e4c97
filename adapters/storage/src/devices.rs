//! Sites of a unit, its devices and their names.

use std::collections::BTreeMap;

use ::campaigns::{DeviceId, SiteId, UnitId};
use jiff::Timestamp;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{StorageError, columns::Columns};

/// A device of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRecord {
    /// Id.
    pub id: DeviceId,
    /// Of which unit.
    pub unit_id: UnitId,
    /// At which site.
    pub site_id: SiteId,
    /// What people call it.
    pub label: String,
    /// `computer`, `camera`, `unknown`, …
    pub kind: String,
    /// The device it is the same as, since somebody said so.
    pub merged_into: Option<DeviceId>,
    /// When it was first known.
    pub created_at: Timestamp,
    /// What a person says that it does in the place of others: `dns-forwarder`, `proxy`, `nat`, or
    /// `device` when it stands for itself.
    pub stands_as: Option<String>,
}

/// The site of this name, made when it is not there.
pub async fn site(
    db: &mut AnyConnection,
    new_id: SiteId,
    unit_id: UnitId,
    name: &str,
) -> Result<SiteId, StorageError> {
    sqlx::query(
        "INSERT INTO sites (id, unit_id, name) VALUES ($1, $2, $3)
         ON CONFLICT (unit_id, name) DO NOTHING",
    )
    .bind(new_id.to_string())
    .bind(unit_id.to_string())
    .bind(name)
    .execute(&mut *db)
    .await?;
    let row = sqlx::query("SELECT id FROM sites WHERE unit_id = $1 AND name = $2")
        .bind(unit_id.to_string())
        .bind(name)
        .fetch_one(db)
        .await?;
    row.parsed("id")
}

/// Names of a unit's sites.
pub async fn sites(
    db: &mut AnyConnection,
    unit_id: UnitId,
) -> Result<BTreeMap<SiteId, String>, StorageError> {
    let rows = sqlx::query("SELECT id, name FROM sites WHERE unit_id = $1")
        .bind(unit_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.text("name")?))).collect()
}

/// The site of a unit's newest source.
pub async fn last_site(
    db: &mut AnyConnection,
    unit_id: UnitId,
) -> Result<Option<SiteId>, StorageError> {
    let row = sqlx::query(
        "SELECT site_id FROM sources WHERE unit_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind(unit_id.to_string())
    .fetch_optional(db)
    .await?;
    row.map(|row| row.parsed("site_id")).transpose()
}

/// The device that holds a name at a site at a moment; a merged one keeps its names.
pub async fn device_by_name(
    db: &mut AnyConnection,
    site_id: SiteId,
    kind: &str,
    value: &str,
    at: Timestamp,
) -> Result<Option<DeviceId>, StorageError> {
    let row = sqlx::query(
        "SELECT device_id AS id FROM device_names
         WHERE site_id = $1 AND kind = $2 AND value = $3
           AND (valid_from IS NULL OR valid_from <= $4)
           AND (valid_to IS NULL OR valid_to >= $4)
         ORDER BY valid_from IS NULL, valid_from DESC, id DESC LIMIT 1",
    )
    .bind(site_id.to_string())
    .bind(kind)
    .bind(value)
    .bind(at.as_microsecond())
    .fetch_optional(db)
    .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// The device of a unit that has a name at any of its sites, the one that got it last; a merged one
/// keeps its names.
pub async fn device_of_unit_by_name(
    db: &mut AnyConnection,
    unit_id: UnitId,
    kind: &str,
    value: &str,
) -> Result<Option<DeviceId>, StorageError> {
    let row = sqlx::query(
        "SELECT n.device_id AS id FROM device_names n
         JOIN devices d ON d.id = n.device_id
         WHERE d.unit_id = $1 AND n.kind = $2 AND n.value = $3 AND n.valid_to IS NULL
         ORDER BY n.id DESC LIMIT 1",
    )
    .bind(unit_id.to_string())
    .bind(kind)
    .bind(value)
    .fetch_optional(db)
    .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// Host names of a unit's devices that are this one, or begin with it and a dot; the one that was given last
/// first. Merged devices keep their names.
pub async fn hosts_of_unit(
    db: &mut AnyConnection,
    unit_id: UnitId,
    host: &str,
) -> Result<Vec<(DeviceId, String)>, StorageError> {
    let mut pattern = String::with_capacity(host.len() + 2);
    for it in host.chars() {
        if matches!(it, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(it);
    }
    let rows = sqlx::query(
        "SELECT n.device_id AS id, n.value AS value FROM device_names n
         JOIN devices d ON d.id = n.device_id
         WHERE d.unit_id = $1 AND n.kind = 'host' AND n.valid_to IS NULL
           AND (n.value = $2 OR n.value LIKE $3 ESCAPE '!')
         ORDER BY n.id DESC",
    )
    .bind(unit_id.to_string())
    .bind(host)
    .bind(pattern + ".%")
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.text("value")?))).collect()
}

/// Whether a device has a name of this kind at all.
pub async fn has_kind(
    db: &mut AnyConnection,
    id: DeviceId,
    kind: &str,
) -> Result<bool, StorageError> {
    let row = sqlx::query("SELECT id FROM device_names WHERE device_id = $1 AND kind = $2 LIMIT 1")
        .bind(id.to_string())
        .bind(kind)
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

/// Adds a device.
pub async fn insert_device(db: &mut AnyConnection, it: &DeviceRecord) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO devices (id, unit_id, site_id, label, kind, merged_into, created_at, stands_as)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(it.id.to_string())
    .bind(it.unit_id.to_string())
    .bind(it.site_id.to_string())
    .bind(&it.label)
    .bind(&it.kind)
    .bind(it.merged_into.map(|id| id.to_string()))
    .bind(it.created_at.as_microsecond())
    .bind(it.stands_as.as_deref())
    .execute(db)
    .await?;
    Ok(())
}

/// Gives a device a name that holds until further notice, from a moment on or as long as anybody knows.
pub async fn insert_device_name(
    db: &mut AnyConnection,
    id: ::campaigns::DeviceNameId,
    device: &DeviceRecord,
    (kind, value): (&str, &str),
    valid_from: Option<Timestamp>,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO device_names (id, device_id, site_id, kind, value, valid_from, valid_to)
         VALUES ($1, $2, $3, $4, $5, $6, NULL)",
    )
    .bind(id.to_string())
    .bind(device.id.to_string())
    .bind(device.site_id.to_string())
    .bind(kind)
    .bind(value)
    .bind(valid_from.map(Timestamp::as_microsecond))
    .execute(db)
    .await?;
    Ok(())
}

/// Lets a name that a device always held hold from a moment on only.
pub async fn date_name(
    db: &mut AnyConnection,
    id: DeviceId,
    kind: &str,
    value: &str,
    valid_from: Timestamp,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE device_names SET valid_from = $4
         WHERE device_id = $1 AND kind = $2 AND value = $3 AND valid_from IS NULL",
    )
    .bind(id.to_string())
    .bind(kind)
    .bind(value)
    .bind(valid_from.as_microsecond())
    .execute(db)
    .await?;
    Ok(())
}

/// Devices that ever held a name at a site, who held it last first.
pub async fn holders(
    db: &mut AnyConnection,
    site_id: SiteId,
    kind: &str,
    value: &str,
) -> Result<Vec<DeviceId>, StorageError> {
    let rows = sqlx::query(
        "SELECT device_id AS id FROM device_names WHERE site_id = $1 AND kind = $2 AND value = $3
         ORDER BY valid_from IS NULL, valid_from DESC, id DESC",
    )
    .bind(site_id.to_string())
    .bind(kind)
    .bind(value)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

/// Names of a kind that a device ever held.
pub async fn names_of(
    db: &mut AnyConnection,
    id: DeviceId,
    kind: &str,
) -> Result<Vec<String>, StorageError> {
    let rows = sqlx::query("SELECT value FROM device_names WHERE device_id = $1 AND kind = $2")
        .bind(id.to_string())
        .bind(kind)
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| row.text("value")).collect()
}

/// Says what a device does in the place of others; `None` leaves it to the logs.
pub async fn set_stands_as(
    db: &mut AnyConnection,
    id: DeviceId,
    stands_as: Option<&str>,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE devices SET stands_as = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(stands_as)
        .execute(db)
        .await?;
    Ok(())
}

/// Changes what people call a device and what it is.
pub async fn update_device(
    db: &mut AnyConnection,
    id: DeviceId,
    label: &str,
    kind: &str,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE devices SET label = $2, kind = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(label)
        .bind(kind)
        .execute(db)
        .await?;
    Ok(())
}

/// The device with this id.
pub async fn find_device(
    db: &mut AnyConnection,
    id: DeviceId,
) -> Result<Option<DeviceRecord>, StorageError> {
    let row = sqlx::query("SELECT * FROM devices WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(device).transpose()
}

/// Devices of a unit, by id.
pub async fn of_unit(
    db: &mut AnyConnection,
    unit_id: UnitId,
) -> Result<BTreeMap<DeviceId, DeviceRecord>, StorageError> {
    let rows = sqlx::query("SELECT * FROM devices WHERE unit_id = $1")
        .bind(unit_id.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| device(row).map(|it| (it.id, it))).collect()
}

/// Every name of a unit's devices: device, kind, name.
pub async fn names_of_unit(
    db: &mut AnyConnection,
    unit_id: UnitId,
) -> Result<Vec<(DeviceId, String, String)>, StorageError> {
    let rows = sqlx::query(
        "SELECT device_names.device_id, device_names.kind, device_names.value
         FROM device_names JOIN devices ON devices.id = device_names.device_id
         WHERE devices.unit_id = $1 ORDER BY device_names.id",
    )
    .bind(unit_id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| Ok((row.parsed("device_id")?, row.text("kind")?, row.text("value")?)))
        .collect()
}

/// Whether a device ever held a name.
pub async fn has_name(
    db: &mut AnyConnection,
    id: DeviceId,
    kind: &str,
    value: &str,
) -> Result<bool, StorageError> {
    let row = sqlx::query(
        "SELECT id FROM device_names WHERE device_id = $1 AND kind = $2 AND value = $3 LIMIT 1",
    )
    .bind(id.to_string())
    .bind(kind)
    .bind(value)
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// A device and those merged into it, the device itself first.
pub async fn group(
    db: &mut AnyConnection,
    id: DeviceId,
) -> Result<Vec<DeviceRecord>, StorageError> {
    let rows = sqlx::query(
        "SELECT * FROM devices WHERE id = $1 OR merged_into = $1
         ORDER BY merged_into IS NULL DESC, id",
    )
    .bind(id.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(device).collect()
}

/// Makes a device, and those merged into it, the same as another; `None` makes it one of its own.
pub async fn set_merged(
    db: &mut AnyConnection,
    id: DeviceId,
    into: Option<DeviceId>,
) -> Result<(), StorageError> {
    let into = into.map(|it| it.to_string());
    sqlx::query("UPDATE devices SET merged_into = $2 WHERE id = $1 OR merged_into = $1")
        .bind(id.to_string())
        .bind(into)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether anything rests on a device: sightings, cases, or a merger.
pub async fn is_used(db: &mut AnyConnection, id: DeviceId) -> Result<bool, StorageError> {
    for statement in [
        "SELECT id FROM sightings WHERE device_id = $1 LIMIT 1",
        "SELECT id FROM cases WHERE device_id = $1 LIMIT 1",
        "SELECT id FROM scans WHERE device_id = $1 LIMIT 1",
        "SELECT id FROM devices
         WHERE merged_into = $1 OR (id = $1 AND merged_into IS NOT NULL) LIMIT 1",
    ] {
        let row = sqlx::query(statement).bind(id.to_string()).fetch_optional(&mut *db).await?;
        if row.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes a device away with its names. Nothing may rest on it.
pub async fn delete_device(db: &mut AnyConnection, id: DeviceId) -> Result<(), StorageError> {
    for statement in
        ["DELETE FROM device_names WHERE device_id = $1", "DELETE FROM devices WHERE id = $1"]
    {
        sqlx::query(statement).bind(id.to_string()).execute(&mut *db).await?;
    }
    Ok(())
}

fn device(row: &AnyRow) -> Result<DeviceRecord, StorageError> {
    Ok(DeviceRecord {
        id: row.parsed("id")?,
        unit_id: row.parsed("unit_id")?,
        site_id: row.parsed("site_id")?,
        label: row.text("label")?,
        kind: row.text("kind")?,
        merged_into: row.parsed_opt("merged_into")?,
        created_at: row.moment("created_at")?,
        stands_as: row.text_opt("stands_as")?,
    })
}
