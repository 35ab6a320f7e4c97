//! The unit tree: entering units and finding them.

use std::collections::BTreeMap;

use ::campaigns::{Action, Membership, MembershipId, UnitCode, UnitId, UnitKind, UnitTree};
use language::search_key;
use storage::units::{self, MembershipRecord, UnitRecord};
use storage::{Read, StorageError, Write};

use crate::{Actor, Portal, PortalError, Problem, access};

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
    /// Line and name of each unit above it.
    pub parents: Vec<(String, String)>,
}

/// The units a person has a role over, by code.
pub async fn below(portal: &Portal, actor: &Actor) -> Result<Vec<UnitLine>, PortalError> {
    let known = by_id(portal).await?;
    let today = portal.today();
    let mut read = portal.database.read().await?;
    let mut ids = std::collections::BTreeSet::new();
    for grant in &actor.grants {
        ids.extend(units::unit_and_descendants(&mut read, grant.unit, today).await?);
    }
    let memberships = units::memberships(&mut read).await?;
    drop(read);
    let mut lines: Vec<UnitLine> = ids
        .into_iter()
        .filter_map(|id| {
            let unit = known.get(&id)?.clone();
            let parents = memberships
                .iter()
                .filter(|it| it.unit_id == id)
                .filter_map(|it| Some((it.line.clone(), known.get(&it.parent_id?)?.name.clone())))
                .collect();
            Some(UnitLine { unit, parents })
        })
        .collect();
    lines.sort_by(|a, b| a.unit.code.cmp(&b.unit.code));
    Ok(lines)
}
