//! The unit tree from a table: shown first, written only when confirmed and still true.

use std::io::ErrorKind;
use std::time::{Duration, SystemTime};

use ::campaigns::tree_import::{HeaderRefused, Plan, ReadRows, plan, read_rows};
use ::campaigns::{Action, UnitId};
use files::ContentStore;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use language::{Language, text};
use serde_json::json;
use storage::units;
use tables::{Limits, Table, TableError};

use crate::exports::Kind;
use crate::tree_change::{self, holds};
use crate::{Actor, Portal, PortalError, Problem, access, audit, secrets};

/// The largest table that is taken, in bytes.
pub const LARGEST_TABLE_BYTES: usize = 8 << 20;
/// The most rows of a table.
pub const MOST_ROWS: usize = 20_000;
/// How long a table is kept after it was last looked at.
const TABLE_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// What a table would change, for a person to look at.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Content hash under which the table is kept until it is confirmed.
    pub file: String,
    /// Fingerprint of the plan: confirming it later confirms just this.
    pub fingerprint: String,
    /// Sheet that was read, in a workbook.
    pub sheet: Option<String>,
    /// Visible sheets that were not read.
    pub other_sheets: Vec<String>,
    /// Headers that name no column of ours.
    pub ignored: Vec<String>,
    /// What would be added, changed, left out.
    pub plan: Plan,
    /// Why each row of `plan.refused` is left out.
    pub problems: Vec<Problem>,
}

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Units that are new.
    pub added: usize,
    /// Units that were changed.
    pub changed: usize,
}

/// How a confirmation ended.
#[derive(Clone, Debug)]
pub enum Confirmed {
    /// What was shown is done.
    Done(Imported),
    /// The tree has changed since; nothing was written, and this is what it would be now.
    Changed(Box<Preview>),
}

/// Units under which a person may add others: those of their grants.
pub async fn own_roots(portal: &Portal, actor: &Actor) -> Result<Vec<UnitId>, PortalError> {
    let mut roots = Vec::new();
    for grant in &actor.grants {
        let may = access::allows(portal, actor, Action::ManageUnits, grant.unit).await?;
        if may && !roots.contains(&grant.unit) {
            roots.push(grant.unit);
        }
    }
    Ok(roots)
}

async fn require_any(portal: &Portal, actor: &Actor) -> Result<UnitId, PortalError> {
    own_roots(portal, actor).await?.first().copied().ok_or(PortalError::Denied)
}

/// Reads a table and shows what it would change. Writes nothing to the tree.
///
/// # Errors
/// [`PortalError::Denied`] when the person may change no unit; [`PortalError::Invalid`] when the
/// file is no table or lacks a column. Faults of rows are no error: they stand in the preview.
pub async fn preview(
    portal: &Portal,
    actor: &Actor,
    bytes: Vec<u8>,
) -> Result<Preview, PortalError> {
    require_any(portal, actor).await?;
    let file = secrets::sha256_hex(&bytes);
    let (bytes, table) = read_table(bytes).await?;
    let rows = read_rows(&table).map_err(|it| header_problems(&it))?;
    let tables = previewed(portal);
    tables.put(&file, &bytes)?;
    tables.touch(&file, moment(portal.now()))?;
    let mut write = portal.database.write().await?;
    let (_, shown) = shown(&mut write, portal, actor, file, &table, &rows).await?;
    Ok(shown)
}

/// Does what a preview showed, if it is still what the table would change.
///
/// # Errors
/// [`PortalError::Invalid`] when it was looked at too long ago and is not kept any more.
pub async fn confirm(
    portal: &Portal,
    actor: &Actor,
    file: &str,
    fingerprint: &str,
) -> Result<Confirmed, PortalError> {
    let root = require_any(portal, actor).await?;
    let bytes = previewed(portal).read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Problem::new("table", "problem-table-gone").into(),
        _ => PortalError::NotFound,
    })?;
    let (_, table) = read_table(bytes).await?;
    let rows = read_rows(&table).map_err(|it| header_problems(&it))?;
    let mut write = portal.database.write().await?;
    let (known, shown) = shown(&mut write, portal, actor, file.to_owned(), &table, &rows).await?;
    if shown.fingerprint != fingerprint {
        return Ok(Confirmed::Changed(Box::new(shown)));
    }
    let plan = &shown.plan;
    tree_change::apply(&mut write, portal, &known, plan).await?;
    let done = Imported { added: plan.add.len(), changed: plan.change.len() };
    let detail =
        json!({ "added": done.added, "changed": done.changed, "refused": plan.refused.len() });
    audit::record(portal, &mut write, Some(actor), Some(root), "units.import", file, detail)
        .await?;
    write.commit().await?;
    Ok(Confirmed::Done(done))
}

/// Tables that were looked at: kept apart, for a while.
fn previewed(portal: &Portal) -> ContentStore {
    portal.files.part("previews")
}

/// A moment as the file system keeps it.
pub(crate) fn moment(at: Timestamp) -> SystemTime {
    let micros = u64::try_from(at.as_microsecond()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
}

/// Deletes tables that nobody looked at for a day, confirmed or not: what they changed stands in
/// the tree and in the log. Gives how many.
pub(crate) fn delete_old_tables(portal: &Portal) -> Result<u64, PortalError> {
    Ok(previewed(portal).remove_older_than(moment(portal.now() - TABLE_LASTS))?)
}

async fn shown(
    write: &mut storage::Write,
    portal: &Portal,
    actor: &Actor,
    file: String,
    table: &Table,
    rows: &ReadRows,
) -> Result<(::campaigns::tree_import::Known, Preview), PortalError> {
    let records = units::list(write).await?;
    let memberships = units::memberships(write).await?;
    let known = tree_change::known(records, memberships, actor, portal.today());
    let plan = plan(rows, &known);
    let fingerprint = serde_json::to_vec(&plan)
        .map(|bytes| secrets::sha256_hex(&bytes))
        .map_err(|error| PortalError::Internal(format!("plan: {error}")))?;
    let problems = plan.refused.iter().map(|it| tree_change::problem(it, false)).collect();
    let preview = Preview {
        file,
        fingerprint,
        sheet: table.sheet.clone(),
        other_sheets: table.other_sheets.clone(),
        ignored: rows.ignored.clone(),
        plan,
        problems,
    };
    Ok((known, preview))
}

/// Reads a table in a thread of its own; a reader that fails for good is a broken file.
async fn read_table(bytes: Vec<u8>) -> Result<(Vec<u8>, Table), PortalError> {
    let limits = Limits { bytes: LARGEST_TABLE_BYTES, rows: MOST_ROWS + 20, ..Limits::default() };
    let read = tokio::task::spawn_blocking(move || {
        let table = tables::read(&bytes, &limits);
        (bytes, table)
    });
    match read.await {
        Ok((bytes, Ok(table))) => Ok((bytes, table)),
        Ok((_, Err(error))) => Err(table_problem(&error).into()),
        Err(_) => Err(table_problem(&TableError::BrokenWorkbook).into()),
    }
}

pub(crate) fn table_problem(error: &TableError) -> Problem {
    match error {
        TableError::Empty | TableError::NoSheet => Problem::new("table", "problem-table-empty"),
        TableError::TooLarge { .. } | TableError::TooLargeUnpacked => {
            Problem::new("table", "problem-table-too-large")
                .with("most", (LARGEST_TABLE_BYTES >> 20).to_string())
        }
        TableError::TooManyRows { .. } => {
            Problem::new("table", "problem-table-too-many-rows").with("most", MOST_ROWS.to_string())
        }
        TableError::NotUtf8 { line } => {
            Problem::new("table", "problem-table-not-utf8").with("line", line.to_string())
        }
        TableError::Binary => Problem::new("table", "problem-table-binary"),
        TableError::OpenQuote => Problem::new("table", "problem-table-open-quote"),
        TableError::OldWorkbook => Problem::new("table", "problem-table-old-workbook"),
        TableError::BrokenWorkbook => Problem::new("table", "problem-table-broken-workbook"),
    }
}

/// Names the columns in both languages: either header is taken.
fn header_problems(refused: &HeaderRefused) -> PortalError {
    let names = |columns: &[::campaigns::tree_import::Column]| {
        let name = |it: &::campaigns::tree_import::Column| {
            Language::ALL.map(|language| text(language, &column_key(*it))).join(" / ")
        };
        columns.iter().map(name).collect::<Vec<_>>().join("; ")
    };
    let found: String = refused.found.join(", ").chars().take(300).collect();
    let problem = if refused.missing.is_empty() && !refused.repeated.is_empty() {
        Problem::new("table", "problem-table-columns-twice")
            .with("columns", names(&refused.repeated))
    } else {
        let missing = if refused.missing.is_empty() {
            use ::campaigns::tree_import::Column::{Code, Name, Parent};
            names(&[Code, Name, Parent])
        } else {
            names(&refused.missing)
        };
        Problem::new("table", "problem-table-columns-missing")
            .with("columns", missing)
            .with("found", found)
    };
    problem.into()
}

/// Message key of a column's name.
pub fn column_key(column: ::campaigns::tree_import::Column) -> String {
    format!("units-column-{}", column.code())
}

/// The table to fill in: the columns, and the units of the person's own as they stand today.
/// Read back unchanged, it changes nothing.
pub async fn template(
    portal: &Portal,
    actor: &Actor,
    language: Language,
) -> Result<documents::Sheet, PortalError> {
    require_any(portal, actor).await?;
    let mut read = portal.database.read().await?;
    let records = units::list(&mut read).await?;
    let memberships = units::memberships(&mut read).await?;
    drop(read);
    let today = portal.today();
    let reach = tree_change::reach(&actor.grants, Action::ManageUnits, &memberships, today);
    let by_id: std::collections::HashMap<UnitId, _> =
        records.iter().map(|unit| (unit.id, unit)).collect();
    let day = |day: Option<Date>| day.map(|it| it.strftime("%d/%m/%Y").to_string());
    let mut rows = Vec::new();
    for it in memberships.iter().filter(|it| holds(it, today)) {
        let Some(unit) = by_id.get(&it.unit_id).filter(|unit| reach.contains(&unit.id)) else {
            continue;
        };
        let parent = it.parent_id.and_then(|id| by_id.get(&id));
        rows.push(vec![
            unit.code.clone(),
            unit.name.clone(),
            text(language, &format!("unit-kind-{}", unit.kind)),
            parent.map(|it| it.code.clone()).unwrap_or_default(),
            line_name(language, &it.line),
            unit.place.clone(),
            unit.headcount.map(|it| it.to_string()).unwrap_or_default(),
            day(it.valid_from).unwrap_or_default(),
            day(it.valid_to).unwrap_or_default(),
        ]);
    }
    rows.sort();
    let columns = ::campaigns::tree_import::Column::ALL;
    let header = columns.map(|column| text(language, &column_key(column)));
    Ok(documents::Sheet { name: text(language, "units-title"), header: header.to_vec(), rows })
}

/// What a line is called: its message, or its code when it is a line of the portal's own.
pub fn line_name(language: Language, line: &str) -> String {
    match line {
        "territorial" | "education" | "health" => text(language, &format!("line-{line}")),
        other => other.to_owned(),
    }
}

/// A sheet as CSV or XLSX.
pub fn sheet_as(sheet: &documents::Sheet, kind: Kind) -> Result<Vec<u8>, PortalError> {
    match kind {
        Kind::Csv => Ok(sheet.to_csv()),
        Kind::Xlsx => {
            sheet.to_xlsx().map_err(|error| PortalError::Internal(format!("xlsx: {error}")))
        }
        _ => Err(PortalError::NotFound),
    }
}
