//! Rows held against the tree that is there: what would be added, changed, left out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use serde::Serialize;

use super::places::{self, Edges, PlacePlan, PlaceWrite, Stored};
use super::rows::{Column, ReadRows, RowReason, RowRefused, UnitRow};
use crate::{UnitCode, UnitId, UnitKind};

/// Codes named of a long ring.
const MOST_RING_CODES: usize = 20;

/// The tree that is there, and what of it is the person's.
#[derive(Clone, Debug)]
pub struct Known {
    /// Every unit.
    pub units: Vec<KnownUnit>,
    /// Every place of every unit.
    pub places: Vec<KnownPlace>,
    /// Units that the person may change, and below which they may add.
    pub reach: BTreeSet<UnitId>,
    /// The day on which the change is made.
    pub today: Date,
}

/// A unit that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownUnit {
    /// Id.
    pub id: UnitId,
    /// Code.
    pub code: String,
    /// The rest.
    pub details: Details,
}

/// What can be changed about a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Details {
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// Place named in its documents.
    pub place: String,
    /// People who use computers there.
    pub headcount: Option<i64>,
}

/// Where a unit stands in one line, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPlace {
    /// Id of the stored place.
    pub id: String,
    /// The unit.
    pub unit: UnitId,
    /// The line.
    pub line: String,
    /// The unit above; `None` at the root.
    pub parent: Option<UnitId>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

/// What a table would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Units that are new.
    pub add: Vec<UnitPlan>,
    /// Units that are there and change.
    pub change: Vec<UnitPlan>,
    /// Units that are there and stay as they are.
    pub unchanged: Vec<Unchanged>,
    /// Rows that are left out, top to bottom.
    pub refused: Vec<RowRefused>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.change.is_empty()
    }
}

/// What a table would make of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitPlan {
    /// Id, when it is there.
    pub id: Option<UnitId>,
    /// Code.
    pub code: String,
    /// The details it will have.
    pub details: Details,
    /// What of them changes; nothing for a new unit.
    pub changes: Vec<DetailChange>,
    /// Where it will stand, one entry a row.
    pub places: Vec<PlacePlan>,
}

/// One detail that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DetailChange {
    /// Which.
    pub column: Column,
    /// As it is.
    pub before: String,
    /// As it will be.
    pub after: String,
}

/// A unit that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unchanged {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// One row on its way into the plan.
struct Candidate<'a> {
    row: &'a UnitRow,
    known: Option<&'a KnownUnit>,
    place: Option<PlacePlan>,
    fault: Option<(Option<Column>, RowReason)>,
}

impl Candidate<'_> {
    fn code(&self) -> &str {
        self.row.code.as_str()
    }

    fn refuse(&mut self, column: impl Into<Option<Column>>, reason: RowReason) {
        self.fault.get_or_insert((column.into(), reason));
    }
}

/// The tree by codes.
struct World<'a> {
    known: &'a Known,
    by_code: HashMap<&'a str, &'a KnownUnit>,
    places: HashMap<&'a str, Vec<Stored<'a>>>,
}

/// What the rows would change. The same rows over the same tree give the same plan.
pub fn plan(read: &ReadRows, known: &Known) -> Plan {
    let world = World::new(known);
    let mut candidates: Vec<Candidate<'_>> = Vec::with_capacity(read.rows.len());
    let mut first_rows: HashMap<&str, Vec<&UnitRow>> = HashMap::new();
    for row in &read.rows {
        let code = row.code.as_str();
        let mut candidate =
            Candidate { row, known: world.by_code.get(code).copied(), place: None, fault: None };
        let before = first_rows.entry(code).or_default();
        if let Some(first) = before.iter().find(|it| it.line == row.line) {
            candidate.refuse(Column::Code, RowReason::Repeated { first: first.number });
        } else if let Some((column, first)) = before.iter().find_map(|it| contradiction(it, row)) {
            candidate.refuse(column, RowReason::Contradicts { first });
        } else {
            match world.check(row, candidate.known) {
                Ok(place) => candidate.place = place,
                Err((column, reason)) => candidate.refuse(column, reason),
            }
        }
        if candidate.fault.is_none() {
            before.push(row);
        }
        candidates.push(candidate);
    }
    settle(&world, &mut candidates);
    assemble(read, &candidates)
}

impl<'a> World<'a> {
    fn new(known: &'a Known) -> Self {
        let by_id: HashMap<UnitId, &KnownUnit> =
            known.units.iter().map(|unit| (unit.id, unit)).collect();
        let mut places: HashMap<&str, Vec<Stored<'_>>> = HashMap::new();
        for place in &known.places {
            let Some(unit) = by_id.get(&place.unit) else { continue };
            let parent = place.parent.and_then(|id| by_id.get(&id)).map(|it| it.code.as_str());
            places.entry(&unit.code).or_default().push(Stored { place, parent });
        }
        let by_code = known.units.iter().map(|unit| (unit.code.as_str(), unit)).collect();
        Self { known, by_code, places }
    }

    fn reaches(&self, unit: &KnownUnit) -> bool {
        self.known.reach.contains(&unit.id)
    }

    /// Everything about a row that does not depend on other rows.
    fn check(
        &self,
        row: &UnitRow,
        unit: Option<&KnownUnit>,
    ) -> Result<Option<PlacePlan>, (Option<Column>, RowReason)> {
        let parent = row.parent.as_ref().map(UnitCode::as_str);
        let at = |column: Column, reason| Err((Some(column), reason));
        let place = match unit {
            Some(unit) if !self.reaches(unit) => return at(Column::Code, RowReason::UnitOutside),
            Some(unit) => {
                let stored = self.places.get(unit.code.as_str());
                let stored = stored.into_iter().flatten().filter(|it| it.place.line == row.line);
                let stored: Vec<_> = stored.copied().collect();
                places::place_of(row, &stored, self.known.today).map_err(|it| (None, it))?
            }
            None if row.name.is_none() => return at(Column::Name, RowReason::NameMissing),
            None => match parent {
                None => return at(Column::Parent, RowReason::ParentMissing),
                Some(parent) => Some(PlacePlan {
                    row: row.number,
                    line: row.line.clone(),
                    parent: Some(parent.to_owned()),
                    before: None,
                    from: row.from,
                    to: row.to,
                    write: PlaceWrite::Add { ends: None },
                }),
            },
        };
        // Nobody adds to, takes from or dates what stands below a unit that is not theirs.
        if let Some(place) = place.as_ref().filter(|it| it.write != PlaceWrite::Keep) {
            for code in [&place.parent, &place.before].into_iter().flatten() {
                if self.by_code.get(code.as_str()).is_some_and(|unit| !self.reaches(unit)) {
                    let parent = code.clone();
                    return at(Column::Parent, RowReason::ParentOutside { parent });
                }
            }
        }
        Ok(place)
    }
}

/// What a later row says otherwise than an earlier one about the same unit.
fn contradiction(first: &UnitRow, row: &UnitRow) -> Option<(Column, usize)> {
    fn differs<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if a != b)
    }
    let columns = [
        (Column::Name, differs(first.name.as_ref(), row.name.as_ref())),
        (Column::Kind, differs(first.kind.as_ref(), row.kind.as_ref())),
        (Column::Place, differs(first.place.as_ref(), row.place.as_ref())),
        (Column::Headcount, differs(first.headcount.as_ref(), row.headcount.as_ref())),
    ];
    let column = columns.into_iter().find(|(_, is_different)| *is_different);
    column.map(|(column, _)| (column, first.number))
}

/// Leaves out rows until what is left hangs together: every parent is there, and no ring.
fn settle(world: &World<'_>, candidates: &mut [Candidate<'_>]) {
    loop {
        refuse_unconnected(world, candidates);
        let faults: Vec<(usize, RowReason)> = {
            let mut edges = Edges::default();
            for (code, stored) in &world.places {
                for it in stored {
                    edges.add_stored(code, it);
                }
            }
            let accepted = || {
                let accepted = candidates.iter().enumerate().filter(|(_, it)| it.fault.is_none());
                accepted.filter_map(|(at, it)| Some((at, it.code(), it.place.as_ref()?)))
            };
            for (_, code, place) in accepted() {
                edges.apply(code, place);
            }
            let changed = accepted().filter(|(_, _, place)| place.write != PlaceWrite::Keep);
            changed
                .filter_map(|(at, code, place)| Some((at, edges.check(code, place).err()?)))
                .collect()
        };
        if faults.is_empty() {
            return;
        }
        for (at, reason) in faults {
            if let Some(candidate) = candidates.get_mut(at) {
                candidate.refuse(Column::Parent, reason);
            }
        }
    }
}

/// Leaves out rows whose parent is neither there nor added by a row that hangs together.
fn refuse_unconnected(world: &World<'_>, candidates: &mut [Candidate<'_>]) {
    let mut parents: HashMap<String, String> = HashMap::new();
    let mut waiting: HashMap<String, Vec<String>> = HashMap::new();
    let mut added: HashSet<String> = HashSet::new();
    let mut next: Vec<String> = Vec::new();
    for candidate in candidates.iter().filter(|it| it.fault.is_none() && it.known.is_none()) {
        let Some(parent) = candidate.row.parent.as_ref() else { continue };
        let (code, parent) = (candidate.code().to_owned(), parent.to_string());
        if world.by_code.contains_key(parent.as_str()) {
            next.push(code);
        } else {
            parents.entry(code.clone()).or_insert_with(|| parent.clone());
            waiting.entry(parent).or_default().push(code);
        }
    }
    while let Some(code) = next.pop() {
        if added.insert(code.clone()) {
            next.extend(waiting.remove(&code).unwrap_or_default());
        }
    }
    let in_table: HashSet<String> = candidates.iter().map(|it| it.code().to_owned()).collect();
    for candidate in candidates.iter_mut().filter(|it| it.fault.is_none()) {
        let Some(parent) = candidate.row.parent.as_ref().map(ToString::to_string) else { continue };
        if world.by_code.contains_key(parent.as_str()) || added.contains(&parent) {
            continue;
        }
        let reason = if in_table.contains(&parent) {
            let ring = ring_through(candidate.code(), &parents);
            ring.map_or(RowReason::ParentRefused { parent }, |ring| RowReason::Ring { ring })
        } else {
            RowReason::ParentUnknown { parent }
        };
        candidate.refuse(Column::Parent, reason);
    }
}

/// The ring of new units that a unit is part of.
fn ring_through(code: &str, parents: &HashMap<String, String>) -> Option<Vec<String>> {
    let mut ring = vec![code.to_owned()];
    let mut at = code;
    while let Some(parent) = parents.get(at) {
        ring.push(parent.clone());
        if parent == code {
            return Some(ring);
        }
        if ring.len() > MOST_RING_CODES {
            return None;
        }
        at = parent;
    }
    None
}

fn assemble(read: &ReadRows, candidates: &[Candidate<'_>]) -> Plan {
    let mut plan = Plan { refused: read.refused.clone(), ..Plan::default() };
    let mut units: BTreeMap<&str, (usize, Vec<&Candidate<'_>>)> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if let Some((column, reason)) = &candidate.fault {
            plan.refused.push(RowRefused {
                number: candidate.row.number,
                code: candidate.code().to_owned(),
                column: *column,
                reason: reason.clone(),
            });
        } else {
            units.entry(candidate.code()).or_insert_with(|| (at, Vec::new())).1.push(candidate);
        }
    }
    plan.refused.sort_by_key(|it| it.number);
    let mut in_order: Vec<_> = units.into_values().collect();
    in_order.sort_by_key(|(at, _)| *at);
    for (_, rows) in in_order {
        let Some(first) = rows.first() else { continue };
        let details = details_of(first.known, &rows);
        let changes = first.known.map(|it| changes(&it.details, &details)).unwrap_or_default();
        let places: Vec<_> = rows.iter().filter_map(|it| it.place.clone()).collect();
        let is_kept = places.iter().all(|it| it.write == PlaceWrite::Keep) && changes.is_empty();
        let code = first.code().to_owned();
        match first.known {
            Some(_) if is_kept => {
                plan.unchanged.push(Unchanged { code, name: details.name });
            }
            Some(known) => {
                plan.change.push(UnitPlan { id: Some(known.id), code, details, changes, places });
            }
            None => plan.add.push(UnitPlan { id: None, code, details, changes, places }),
        }
    }
    plan
}

/// What the rows say, and where they say nothing, what is there already.
fn details_of(known: Option<&KnownUnit>, rows: &[&Candidate<'_>]) -> Details {
    let rows = || rows.iter().map(|it| it.row);
    let known = known.map(|it| &it.details);
    let name = rows().find_map(|it| it.name.clone()).or_else(|| known.map(|it| it.name.clone()));
    let place = rows().find_map(|it| it.place.clone()).or_else(|| known.map(|it| it.place.clone()));
    Details {
        name: name.unwrap_or_default(),
        kind: rows()
            .find_map(|it| it.kind)
            .or_else(|| known.map(|it| it.kind))
            .unwrap_or(UnitKind::Other),
        place: place.unwrap_or_default(),
        headcount: rows().find_map(|it| it.headcount).or_else(|| known.and_then(|it| it.headcount)),
    }
}

fn changes(before: &Details, after: &Details) -> Vec<DetailChange> {
    let count = |it: Option<i64>| it.map(|it| it.to_string()).unwrap_or_default();
    let all = [
        (Column::Name, before.name.clone(), after.name.clone()),
        (Column::Kind, before.kind.to_string(), after.kind.to_string()),
        (Column::Place, before.place.clone(), after.place.clone()),
        (Column::Headcount, count(before.headcount), count(after.headcount)),
    ];
    all.into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(column, before, after)| DetailChange { column, before, after })
        .collect()
}
