//! The units of an invented province, into the database.

use std::collections::BTreeMap;

use ::campaigns::{MembershipId, UnitId, UnitKind};
use language::search_key;
use simulation::world::{Line, World, WorldUnitKind};
use storage::units::{MembershipRecord, UnitRecord};

use crate::units::TERRITORIAL;
use crate::{Portal, PortalError};

/// Enters every unit; gives their ids by code.
pub(super) async fn enter(
    portal: &Portal,
    world: &World,
) -> Result<BTreeMap<String, UnitId>, PortalError> {
    let mut ids: BTreeMap<String, UnitId> = BTreeMap::new();
    let mut write = portal.database.write().await?;
    for unit in &world.units {
        let id = portal.new_id::<UnitId>();
        let record = UnitRecord {
            id,
            code: unit.code.clone(),
            name: unit.name.clone(),
            name_key: search_key(&unit.name),
            kind: kind(unit.kind).to_string(),
            place: unit.place.clone(),
            headcount: Some(i64::from(unit.headcount)),
            valid_from: None,
            valid_to: None,
            created_at: portal.now(),
        };
        storage::units::insert(&mut write, &record).await?;
        let mut places: Vec<(&str, Option<UnitId>)> = unit
            .parents
            .iter()
            .filter_map(|(line, code)| Some((line_code(*line), Some(*ids.get(code)?))))
            .collect();
        if places.is_empty() {
            places.push((TERRITORIAL, None));
        }
        for (line, parent_id) in places {
            let membership = MembershipRecord {
                id: portal.new_id::<MembershipId>().to_string(),
                unit_id: id,
                line: line.to_owned(),
                parent_id,
                valid_from: None,
                valid_to: None,
            };
            storage::units::insert_membership(&mut write, &membership).await?;
        }
        ids.insert(unit.code.clone(), id);
    }
    write.commit().await?;
    Ok(ids)
}

/// The code of a line in the database.
pub(super) fn line_code(line: Line) -> &'static str {
    match line {
        Line::Territorial => TERRITORIAL,
        Line::Education => "education",
        Line::Health => "health",
    }
}

fn kind(kind: WorldUnitKind) -> UnitKind {
    match kind {
        WorldUnitKind::PeopleCommittee => UnitKind::PeopleCommittee,
        WorldUnitKind::Department => UnitKind::Department,
        WorldUnitKind::Commune => UnitKind::Commune,
        WorldUnitKind::School => UnitKind::School,
        WorldUnitKind::Health => UnitKind::Health,
        WorldUnitKind::Enterprise => UnitKind::Enterprise,
    }
}
