//! The unit tree: entering units and finding them.

use campaigns::{MembershipId, UnitCode, UnitId, UnitKind};
use language::search_key;
use storage::units::{self, MembershipRecord, UnitRecord};
use storage::{StorageError, Write};

use crate::{Portal, PortalError, Problem};

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
