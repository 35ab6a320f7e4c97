//! The unit tree: entering units and finding them.

use std::collections::BTreeMap;

use ::campaigns::tree_import::{Column, ReadRows, UnitRow, parse_day, plan, read_rows};
use ::campaigns::{Action, Membership, MembershipId, UnitCode, UnitId, UnitKind, UnitTree};
use language::search_key;
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::units::{self, MembershipRecord, UnitRecord};
use storage::{Read, StorageError, Write};
use tables::{Cell, Row, Table};
use unicode_normalization::UnicodeNormalization;

use crate::tree_change::{self, holds, problem, reach, reach_below};
use crate::{Actor, Portal, PortalError, Problem, access, audit};

/// The line every unit stands in unless another is named.
pub const TERRITORIAL: &str = "territorial";

/// A unit without one above it, checked but not kept yet.
pub(crate) fn new_root(
    portal: &Portal,
    code: &str,
    name: &str,
) -> Result<UnitRecord, Vec<Problem>> {
    let mut problems = Vec::new();
    let code = code.parse::<UnitCode>();
    if code.is_err() {
        problems.push(Problem::new("unit_code", "problem-unit-code"));
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 300 {
        problems.push(Problem::new("unit_name", "problem-unit-name"));
    }
    match code {
        Ok(code) if problems.is_empty() => Ok(UnitRecord {
            id: portal.new_id::<UnitId>(),
            code: code.to_string(),
            name_key: search_key(&name),
            name,
            kind: UnitKind::Department.to_string(),
            place: String::new(),
            headcount: None,
            valid_from: None,
            valid_to: None,
            created_at: portal.now(),
        }),
        _ => Err(problems),
    }
}

/// Keeps a new root unit with its membership in the territorial line.
pub(crate) async fn insert(
    write: &mut Write,
    portal: &Portal,
    unit: &UnitRecord,
) -> Result<(), PortalError> {
    match units::insert(write, unit).await {
        Err(StorageError::Taken(_)) => {
            return Err(Problem::new("unit_code", "problem-unit-code-taken").into());
        }
        done => done?,
    }
    let membership = MembershipRecord {
        id: portal.new_id::<MembershipId>().to_string(),
        unit_id: unit.id,
        line: TERRITORIAL.to_owned(),
        parent_id: None,
        valid_from: None,
        valid_to: None,
    };
    Ok(units::insert_membership(write, &membership).await?)
}

/// Every unit by id.
pub(crate) async fn by_id(portal: &Portal) -> Result<BTreeMap<UnitId, UnitRecord>, PortalError> {
    let mut read = portal.database.read().await?;
    Ok(units::list(&mut read).await?.into_iter().map(|unit| (unit.id, unit)).collect())
}

/// The tree of one line as it stands today.
pub(crate) async fn tree(portal: &Portal, line: &str) -> Result<UnitTree, PortalError> {
    let mut read = portal.database.read().await?;
    let memberships: Vec<Membership> = units::memberships(&mut read)
        .await?
        .into_iter()
        .map(|it| Membership {
            unit: it.unit_id,
            line: it.line,
            parent: it.parent_id,
            from: it.valid_from,
            to: it.valid_to,
        })
        .collect();
    Ok(UnitTree::on(&memberships, line, portal.today()).0)
}

/// The body that stands above a unit in the heading of its documents, by the territorial line;
/// empty where there is none. A people's committee names none (Decree 30/2020/NĐ-CP, appendix I,
/// element 2), and what stands above an enterprise does not govern it.
pub(crate) async fn governing_body(
    portal: &Portal,
    read: &mut Read,
    unit: &UnitRecord,
) -> Result<String, PortalError> {
    let names_one = unit.kind.parse::<UnitKind>().is_ok_and(|kind| match kind {
        UnitKind::Department | UnitKind::School | UnitKind::Health | UnitKind::Other => true,
        UnitKind::PeopleCommittee | UnitKind::Commune | UnitKind::Enterprise => false,
    });
    if !names_one {
        return Ok(String::new());
    }
    let above = units::parent(read, unit.id, TERRITORIAL, portal.today()).await?;
    Ok(above.map(|it| it.name).unwrap_or_default())
}

/// A unit the person may see.
pub async fn find(portal: &Portal, actor: &Actor, id: UnitId) -> Result<UnitRecord, PortalError> {
    access::require(portal, actor, Action::SeeProgress, id).await?;
    let mut read = portal.database.read().await?;
    units::find(&mut read, id).await?.ok_or(PortalError::NotFound)
}

/// Codes of every line but one.
pub(crate) async fn other_lines(portal: &Portal, line: &str) -> Result<Vec<String>, PortalError> {
    let mut read = portal.database.read().await?;
    let mut lines: Vec<String> = units::memberships(&mut read)
        .await?
        .into_iter()
        .map(|it| it.line)
        .filter(|it| it != line)
        .collect();
    lines.sort();
    lines.dedup();
    Ok(lines)
}

/// A unit in a list, with the units above it.
#[derive(Clone, Debug)]
pub struct UnitLine {
    /// The unit.
    pub unit: UnitRecord,
    /// Line and name of each unit above it, today.
    pub parents: Vec<(String, String)>,
}

/// One page of a list of units.
#[derive(Clone, Debug)]
pub struct UnitPage {
    /// The units of this page.
    pub units: Vec<UnitLine>,
    /// How many there are on all pages.
    pub total: usize,
    /// This page, from 1.
    pub page: usize,
    /// The last page.
    pub pages: usize,
}

/// Units a page shows.
pub const UNITS_A_PAGE: usize = 50;

/// The units a person has a role over whose name or code holds every word typed, by code. Marks
/// and case do not matter; nothing typed finds all.
pub async fn search(
    portal: &Portal,
    actor: &Actor,
    typed: &str,
    page: usize,
) -> Result<UnitPage, PortalError> {
    let today = portal.today();
    let mut read = portal.database.read().await?;
    let records = units::list(&mut read).await?;
    let memberships = units::memberships(&mut read).await?;
    drop(read);
    let reach = reach(&actor.grants, Action::SeeProgress, &memberships, today);
    let key = search_key(typed);
    let found: Vec<&UnitRecord> =
        records.iter().filter(|unit| reach.contains(&unit.id) && fits(unit, &key)).collect();
    let pages = found.len().div_ceil(UNITS_A_PAGE).max(1);
    let page = page.clamp(1, pages);
    let shown = found.iter().skip((page - 1) * UNITS_A_PAGE).take(UNITS_A_PAGE);
    let names: BTreeMap<UnitId, &str> =
        records.iter().map(|unit| (unit.id, unit.name.as_str())).collect();
    let line = |unit: &&UnitRecord| {
        let parents = memberships
            .iter()
            .filter(|it| it.unit_id == unit.id && holds(it, today))
            .filter_map(|it| Some((it.line.clone(), (*names.get(&it.parent_id?)?).to_owned())))
            .collect();
        UnitLine { unit: (*unit).clone(), parents }
    };
    Ok(UnitPage { units: shown.map(line).collect(), total: found.len(), page, pages })
}

/// The units a person has a role over, by code.
pub async fn below(portal: &Portal, actor: &Actor) -> Result<Vec<UnitRecord>, PortalError> {
    let mut read = portal.database.read().await?;
    let mut records = units::list(&mut read).await?;
    let memberships = units::memberships(&mut read).await?;
    drop(read);
    let reach = reach(&actor.grants, Action::SeeProgress, &memberships, portal.today());
    records.retain(|unit| reach.contains(&unit.id));
    Ok(records)
}

fn fits(unit: &UnitRecord, key: &str) -> bool {
    let code = unit.code.to_lowercase();
    key.split(' ').all(|word| unit.name_key.contains(word) || code.contains(word))
}

/// A unit with what stands around it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four rights that do not depend on each other")]
pub struct UnitView {
    /// The unit.
    pub unit: UnitRecord,
    /// Where it stands and stood, newest first.
    pub places: Vec<PlaceLine>,
    /// The units right below it today, by code, with the line.
    pub children: Vec<ChildLine>,
    /// How many units stand below it today, at any depth.
    pub below: usize,
    /// Whether this person may change it and add units below it.
    pub may_manage: bool,
    /// Whether this person may also move and end it: the units above it are theirs too.
    pub may_move: bool,
    /// Whether this person may make accounts here.
    pub may_manage_users: bool,
    /// Whether this person may read the log of what was done.
    pub may_see_audit: bool,
}

/// Where a unit stands in one line.
#[derive(Clone, Debug)]
pub struct PlaceLine {
    /// The line.
    pub line: String,
    /// The unit above.
    pub parent: Option<UnitRecord>,
    /// Whether this person may open the page of the unit above.
    pub may_open: bool,
    /// First day.
    pub from: Option<jiff::civil::Date>,
    /// Last day.
    pub to: Option<jiff::civil::Date>,
    /// Whether it stands there today.
    pub is_current: bool,
}

/// A unit right below another.
#[derive(Clone, Debug)]
pub struct ChildLine {
    /// The unit.
    pub unit: UnitRecord,
    /// In which line.
    pub line: String,
    /// How many units stand right below it in turn.
    pub children: usize,
}

/// A unit with what stands around it.
pub async fn view(portal: &Portal, actor: &Actor, id: UnitId) -> Result<UnitView, PortalError> {
    access::require(portal, actor, Action::SeeProgress, id).await?;
    let today = portal.today();
    let mut read = portal.database.read().await?;
    let records: BTreeMap<UnitId, UnitRecord> =
        units::list(&mut read).await?.into_iter().map(|unit| (unit.id, unit)).collect();
    let memberships = units::memberships(&mut read).await?;
    drop(read);
    let unit = records.get(&id).cloned().ok_or(PortalError::NotFound)?;
    let sees = reach(&actor.grants, Action::SeeProgress, &memberships, today);
    let manages = reach(&actor.grants, Action::ManageUnits, &memberships, today);
    let mut children_of: BTreeMap<UnitId, Vec<&MembershipRecord>> = BTreeMap::new();
    for it in memberships.iter().filter(|it| holds(it, today)) {
        if let Some(parent) = it.parent_id {
            children_of.entry(parent).or_default().push(it);
        }
    }
    let mut children: Vec<ChildLine> = children_of
        .get(&id)
        .into_iter()
        .flatten()
        .filter_map(|it| {
            Some(ChildLine {
                unit: records.get(&it.unit_id)?.clone(),
                line: it.line.clone(),
                children: children_of.get(&it.unit_id).map_or(0, Vec::len),
            })
        })
        .collect();
    children.sort_by(|a, b| (&a.line, &a.unit.code).cmp(&(&b.line, &b.unit.code)));
    let mut places: Vec<PlaceLine> = memberships
        .iter()
        .filter(|it| it.unit_id == id)
        .map(|it| PlaceLine {
            line: it.line.clone(),
            parent: it.parent_id.and_then(|parent| records.get(&parent)).cloned(),
            may_open: it.parent_id.is_some_and(|parent| sees.contains(&parent)),
            from: it.valid_from,
            to: it.valid_to,
            is_current: holds(it, today),
        })
        .collect();
    places.sort_by_cached_key(|it| {
        let is_sector = it.line != TERRITORIAL;
        (!it.is_current, is_sector, it.line.clone(), std::cmp::Reverse(it.from))
    });
    let all_above_are_own = memberships
        .iter()
        .filter(|it| it.unit_id == id && holds(it, today))
        .all(|it| it.parent_id.is_some_and(|parent| manages.contains(&parent)));
    let below = reach_below(id, &memberships, today).len() - 1;
    Ok(UnitView {
        unit,
        places,
        children,
        below,
        may_manage: manages.contains(&id),
        may_move: manages.contains(&id) && all_above_are_own,
        may_manage_users: access::allows(portal, actor, Action::ManageUsers, id).await?,
        may_see_audit: access::allows(portal, actor, Action::SeeAudit, id).await?,
    })
}

/// What a person types about a unit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitForm {
    /// Code; only of a new unit.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the kind.
    pub kind: String,
    /// Place named in its documents.
    pub place: String,
    /// People who use computers there.
    pub headcount: String,
    /// Line in which a new unit stands below.
    pub line: String,
    /// Code of the unit above, for a move.
    pub parent: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

impl From<&UnitRecord> for UnitForm {
    fn from(unit: &UnitRecord) -> Self {
        Self {
            code: unit.code.clone(),
            name: unit.name.clone(),
            kind: unit.kind.clone(),
            place: unit.place.clone(),
            headcount: unit.headcount.map(|it| it.to_string()).unwrap_or_default(),
            ..Self::default()
        }
    }
}

impl UnitForm {
    /// The form as a row of an import: the same checks for both.
    fn row(&self, code: &str, parent: &str) -> Result<UnitRow, PortalError> {
        let cells = [
            code,
            &self.name,
            &self.kind,
            parent,
            &self.line,
            &self.place,
            &self.headcount,
            &self.from,
            &self.to,
        ];
        let header = Column::ALL.map(|it| Cell::Text(it.code().to_owned()));
        let table = Table {
            rows: vec![
                Row { number: 1, cells: header.to_vec() },
                Row { number: 2, cells: cells.map(cell).to_vec() },
            ],
            ..Table::default()
        };
        let read = read_rows(&table)
            .map_err(|it| PortalError::Internal(format!("form as a table: {it:?}")))?;
        match (read.rows.into_iter().next(), read.refused.first()) {
            (Some(row), _) => Ok(row),
            (None, Some(refused)) => Err(problem(refused, true).into()),
            (None, None) => Err(Problem::new("code", "problem-row-code-missing").into()),
        }
    }
}

fn cell(text: &str) -> Cell {
    let text = text.nfc().collect::<String>();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// Adds a unit below another.
pub async fn add(
    portal: &Portal,
    actor: &Actor,
    parent: UnitId,
    form: &UnitForm,
) -> Result<UnitId, PortalError> {
    access::require(portal, actor, Action::ManageUnits, parent).await?;
    let mut write = portal.database.write().await?;
    let above = units::find(&mut write, parent).await?.ok_or(PortalError::NotFound)?;
    let row = form.row(&form.code, &above.code)?;
    let code = row.code.to_string();
    if units::find_by_code(&mut write, &code).await?.is_some() {
        return Err(Problem::new("code", "problem-unit-code-taken").into());
    }
    carry_out(&mut write, portal, actor, vec![row]).await?;
    let unit = units::find_by_code(&mut write, &code).await?.ok_or(PortalError::NotFound)?;
    let detail = json!({ "code": code, "parent": above.code });
    audit::record(portal, &mut write, Some(actor), Some(parent), "unit.add", unit.id, detail)
        .await?;
    write.commit().await?;
    Ok(unit.id)
}

/// Changes name, kind, place and headcount of a unit.
pub async fn edit(
    portal: &Portal,
    actor: &Actor,
    id: UnitId,
    form: &UnitForm,
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::ManageUnits, id).await?;
    let mut write = portal.database.write().await?;
    let before = units::find(&mut write, id).await?.ok_or(PortalError::NotFound)?;
    let form =
        UnitForm { line: String::new(), from: String::new(), to: String::new(), ..form.clone() };
    let row = form.row(&before.code, "")?;
    let Some(name) = row.name else {
        return Err(Problem::new("name", "problem-unit-name").into());
    };
    let after = UnitRecord {
        name_key: search_key(&name),
        name,
        kind: row.kind.map_or_else(|| before.kind.clone(), |kind| kind.to_string()),
        // In a form an emptied field says so, where in a table it says nothing.
        place: row.place.unwrap_or_default(),
        headcount: row.headcount,
        ..before.clone()
    };
    if after == before {
        return Ok(());
    }
    units::update(&mut write, &after).await?;
    let detail = json!({
        "name": after.name != before.name,
        "kind": after.kind,
        "headcount": after.headcount,
    });
    audit::record(portal, &mut write, Some(actor), Some(id), "unit.edit", id, detail).await?;
    Ok(write.commit().await?)
}

/// Puts a unit below another in a line, from a day on. It must be the person's own, and so must
/// both units above it, before and after.
pub async fn move_below(
    portal: &Portal,
    actor: &Actor,
    id: UnitId,
    form: &UnitForm,
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::ManageUnits, id).await?;
    let mut write = portal.database.write().await?;
    let unit = units::find(&mut write, id).await?.ok_or(PortalError::NotFound)?;
    if form.parent.trim().is_empty() {
        return Err(Problem::new("parent", "problem-row-parent-missing").into());
    }
    let form = UnitForm {
        line: form.line.clone(),
        from: form.from.clone(),
        ..UnitForm { parent: form.parent.clone(), ..UnitForm::default() }
    };
    let row = form.row(&unit.code, &form.parent)?;
    let detail = json!({ "parent": row.parent, "line": row.line, "from": row.from });
    carry_out(&mut write, portal, actor, vec![row]).await?;
    audit::record(portal, &mut write, Some(actor), Some(id), "unit.move", id, detail).await?;
    Ok(write.commit().await?)
}

/// Ends a unit after a day: it was merged, split or dissolved. Its past stays.
///
/// # Errors
/// [`PortalError::Invalid`] while units stand below it after that day.
pub async fn end(
    portal: &Portal,
    actor: &Actor,
    id: UnitId,
    form: &UnitForm,
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::ManageUnits, id).await?;
    let last_day = parse_day(&form.to)
        .ok_or_else(|| Problem::new("to", "problem-date").with("value", form.to.trim()))?;
    let mut write = portal.database.write().await?;
    let mut unit = units::find(&mut write, id).await?.ok_or(PortalError::NotFound)?;
    let memberships = units::memberships(&mut write).await?;
    let lasts = |it: &&MembershipRecord| it.valid_to.is_none_or(|to| to > last_day);
    let below = memberships.iter().filter(lasts).filter(|it| it.parent_id == Some(id)).count();
    if below > 0 {
        return Err(Problem::new("to", "problem-unit-has-below")
            .with("count", below.to_string())
            .into());
    }
    let rows = memberships.iter().filter(lasts).filter(|it| it.unit_id == id).map(|it| {
        let form =
            UnitForm { line: it.line.clone(), to: last_day.to_string(), ..UnitForm::default() };
        form.row(&unit.code, "")
    });
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    if memberships
        .iter()
        .any(|it| it.unit_id == id && it.parent_id.is_none() && holds(it, portal.today()))
    {
        return Err(Problem::new("to", "problem-unit-is-root").into());
    }
    carry_out(&mut write, portal, actor, rows).await?;
    unit.valid_to = Some(last_day);
    units::update(&mut write, &unit).await?;
    let detail = json!({ "to": last_day });
    audit::record(portal, &mut write, Some(actor), Some(id), "unit.end", id, detail).await?;
    Ok(write.commit().await?)
}

/// Applies rows of a form, all or none.
async fn carry_out(
    write: &mut Write,
    portal: &Portal,
    actor: &Actor,
    rows: Vec<UnitRow>,
) -> Result<(), PortalError> {
    let records = units::list(write).await?;
    let memberships = units::memberships(write).await?;
    let known = tree_change::known(records, memberships, actor, portal.today());
    let plan = plan(&ReadRows { rows, ..ReadRows::default() }, &known);
    if !plan.refused.is_empty() {
        let problems = plan.refused.iter().map(|it| problem(it, true)).collect();
        return Err(PortalError::Invalid(problems));
    }
    tree_change::apply(write, portal, &known, &plan).await
}
