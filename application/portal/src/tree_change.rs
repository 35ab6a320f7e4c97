//! Changing the unit tree: one way in for the import of a table and for changes by hand.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::campaigns::tree_import::{
    Details, Known, KnownPlace, KnownUnit, PlaceWrite, Plan, RowReason, RowRefused, UnitPlan,
};
use ::campaigns::{Action, Grant, MembershipId, UnitId, UnitKind, may};
use jiff::civil::Date;
use language::search_key;
use storage::units::{self, MembershipRecord, UnitRecord};
use storage::{StorageError, Write};

use crate::{Actor, Portal, PortalError, Problem};

/// The tree as it is, and what of it this person may change.
pub(crate) fn known(
    records: Vec<UnitRecord>,
    memberships: Vec<MembershipRecord>,
    actor: &Actor,
    today: Date,
) -> Known {
    let reach = reach(&actor.grants, Action::ManageUnits, &memberships, today);
    let unit = |it: UnitRecord| KnownUnit { id: it.id, details: details(&it), code: it.code };
    let place = |it: MembershipRecord| KnownPlace {
        id: it.id,
        unit: it.unit_id,
        line: it.line,
        parent: it.parent_id,
        from: it.valid_from,
        to: it.valid_to,
    };
    Known {
        units: records.into_iter().map(unit).collect(),
        places: memberships.into_iter().map(place).collect(),
        reach,
        today,
    }
}

fn details(unit: &UnitRecord) -> Details {
    Details {
        name: unit.name.clone(),
        kind: unit.kind.parse().unwrap_or(UnitKind::Other),
        place: unit.place.clone(),
        headcount: unit.headcount,
    }
}

/// Units over which these grants allow an action: those granted and every one below, in any line,
/// today. The same answer as [`crate::access::allows`] for each of them, in one walk.
pub(crate) fn reach(
    grants: &[Grant],
    action: Action,
    memberships: &[MembershipRecord],
    today: Date,
) -> BTreeSet<UnitId> {
    let allows =
        |grant: &&Grant| may(&[**grant], action, grant.unit, &BTreeSet::from([grant.unit])).is_ok();
    let roots = grants.iter().filter(allows).map(|grant| grant.unit).collect();
    walk_down(roots, memberships, today)
}

/// A unit and every unit below it, in any line, today.
pub(crate) fn reach_below(
    unit: UnitId,
    memberships: &[MembershipRecord],
    today: Date,
) -> BTreeSet<UnitId> {
    walk_down(vec![unit], memberships, today)
}

fn walk_down(
    mut next: Vec<UnitId>,
    memberships: &[MembershipRecord],
    today: Date,
) -> BTreeSet<UnitId> {
    let mut children: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
    for it in memberships.iter().filter(|it| holds(it, today)) {
        if let Some(parent) = it.parent_id {
            children.entry(parent).or_default().push(it.unit_id);
        }
    }
    let mut reach = BTreeSet::new();
    while let Some(unit) = next.pop() {
        if reach.insert(unit) {
            next.extend(children.get(&unit).into_iter().flatten());
        }
    }
    reach
}

/// A unit and every unit above it on a day, in any line.
pub(crate) fn reach_above(
    unit: UnitId,
    memberships: &[MembershipRecord],
    today: Date,
) -> BTreeSet<UnitId> {
    let mut parents: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
    for it in memberships.iter().filter(|it| holds(it, today)) {
        parents.entry(it.unit_id).or_default().extend(it.parent_id);
    }
    let mut next = vec![unit];
    let mut reach = BTreeSet::new();
    while let Some(unit) = next.pop() {
        if reach.insert(unit) {
            next.extend(parents.get(&unit).into_iter().flatten());
        }
    }
    reach
}

/// Whether a place is held on a day.
pub(crate) fn holds(membership: &MembershipRecord, day: Date) -> bool {
    membership.valid_from.is_none_or(|from| from <= day)
        && membership.valid_to.is_none_or(|to| day <= to)
}

/// Writes what a plan says. The plan must have been made in the same transaction.
pub(crate) async fn apply(
    write: &mut Write,
    portal: &Portal,
    known: &Known,
    plan: &Plan,
) -> Result<(), PortalError> {
    let mut ids: BTreeMap<&str, UnitId> =
        known.units.iter().map(|it| (it.code.as_str(), it.id)).collect();
    for unit in &plan.add {
        let id = portal.new_id::<UnitId>();
        ids.insert(&unit.code, id);
        let record = UnitRecord {
            valid_from: first_day(unit),
            valid_to: last_day(unit),
            ..record(id, unit, portal)
        };
        match units::insert(write, &record).await {
            Err(StorageError::Taken(_)) => return Err(PortalError::Conflict),
            done => done?,
        }
    }
    for unit in plan.change.iter().filter(|it| !it.changes.is_empty()) {
        let Some(before) = units::find(write, id_of(&ids, &unit.code)?).await? else {
            return Err(PortalError::Conflict);
        };
        let days = (before.valid_from, before.valid_to);
        let after = record(before.id, unit, portal);
        units::update(write, &UnitRecord { valid_from: days.0, valid_to: days.1, ..after }).await?;
    }
    // Every unit is there before the first place below one of them.
    for unit in plan.add.iter().chain(&plan.change) {
        let unit_id = id_of(&ids, &unit.code)?;
        for place in &unit.places {
            let parent_id = match &place.parent {
                Some(code) => Some(id_of(&ids, code)?),
                None => None,
            };
            match &place.write {
                PlaceWrite::Keep => {}
                PlaceWrite::Adjust { id } => {
                    units::update_membership(write, id, parent_id, place.from, place.to).await?;
                }
                PlaceWrite::Add { ends } => {
                    if let Some((id, last_day)) = ends {
                        units::end_membership(write, id, *last_day).await?;
                    }
                    let membership = MembershipRecord {
                        id: portal.new_id::<MembershipId>().to_string(),
                        unit_id,
                        line: place.line.clone(),
                        parent_id,
                        valid_from: place.from,
                        valid_to: place.to,
                    };
                    units::insert_membership(write, &membership).await?;
                }
            }
        }
    }
    Ok(())
}

fn id_of(ids: &BTreeMap<&str, UnitId>, code: &str) -> Result<UnitId, PortalError> {
    ids.get(code).copied().ok_or_else(|| PortalError::Internal(format!("no unit {code}")))
}

fn record(id: UnitId, unit: &UnitPlan, portal: &Portal) -> UnitRecord {
    UnitRecord {
        id,
        code: unit.code.clone(),
        name: unit.details.name.clone(),
        name_key: search_key(&unit.details.name),
        kind: unit.details.kind.to_string(),
        place: unit.details.place.clone(),
        headcount: unit.details.headcount,
        valid_from: None,
        valid_to: None,
        created_at: portal.now(),
    }
}

/// The first day a new unit stands anywhere; `None` when one of its places holds since ever.
fn first_day(unit: &UnitPlan) -> Option<Date> {
    let days: Option<Vec<Date>> = unit.places.iter().map(|it| it.from).collect();
    days.and_then(|days| days.into_iter().min())
}

fn last_day(unit: &UnitPlan) -> Option<Date> {
    let days: Option<Vec<Date>> = unit.places.iter().map(|it| it.to).collect();
    days.and_then(|days| days.into_iter().max())
}

/// A refused row as a problem: its field is the number of the row, or the column for a form.
pub(crate) fn problem(refused: &RowRefused, is_form: bool) -> Problem {
    let field = if is_form {
        refused.column.map(|column| column.code().to_owned()).unwrap_or_default()
    } else {
        refused.number.to_string()
    };
    let problem = Problem::new(field, reason_key(&refused.reason));
    match &refused.reason {
        RowReason::TooLong { most } => problem.with("most", most.to_string()),
        RowReason::Repeated { first } | RowReason::Contradicts { first } => {
            problem.with("first", first.to_string())
        }
        RowReason::ParentUnknown { parent }
        | RowReason::ParentRefused { parent }
        | RowReason::ParentOutside { parent } => problem.with("parent", parent),
        RowReason::Ring { ring } => problem.with("ring", ring.join(" → ")),
        _ => problem,
    }
}

fn reason_key(reason: &RowReason) -> &'static str {
    match reason {
        RowReason::CodeMissing => "problem-row-code-missing",
        RowReason::CodeWrong => "problem-unit-code",
        RowReason::TooLong { .. } => "problem-row-too-long",
        RowReason::KindUnknown => "problem-row-kind-unknown",
        RowReason::LineWrong => "problem-row-line-wrong",
        RowReason::CountWrong => "problem-row-count-wrong",
        RowReason::DayWrong => "problem-row-day-wrong",
        RowReason::DaysReversed => "problem-row-days-reversed",
        RowReason::Merged => "problem-row-merged",
        RowReason::Formula => "problem-row-formula",
        RowReason::Repeated { .. } => "problem-row-repeated",
        RowReason::Contradicts { .. } => "problem-row-contradicts",
        RowReason::NameMissing => "problem-unit-name",
        RowReason::ParentMissing => "problem-row-parent-missing",
        RowReason::ParentUnknown { .. } => "problem-row-parent-unknown",
        RowReason::ParentRefused { .. } => "problem-row-parent-refused",
        RowReason::Ring { .. } => "problem-row-ring",
        RowReason::TooDeep => "problem-row-too-deep",
        RowReason::UnitOutside => "problem-row-unit-outside",
        RowReason::ParentOutside { .. } => "problem-row-parent-outside",
        RowReason::Overlaps => "problem-row-overlaps",
    }
}
