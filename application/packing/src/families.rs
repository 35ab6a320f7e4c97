//! The table of families: which detection and which remover a pack brings for each.

use std::collections::BTreeSet;

use detection::Known;
use packs::Family;
use tables::{Cell, Limits, read as read_table};

use crate::PackingError;

/// What takes a family away.
pub const REMOVERS: [&str; 5] = ["quarantine", "autostart", "hosts", "usb", "by-hand"];

/// A row of the table that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyRefused {
    /// Its row, as the program a person made it with shows it.
    pub row: usize,
    /// What is wrong.
    pub problem: FamilyProblem,
}

/// What is wrong with a row. Each has a message `pack-family-<code>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FamilyProblem {
    /// It names no family.
    NoName,
    /// The family stands there already.
    Twice(String),
    /// A way to find it that is none.
    Detection(String),
    /// A way to find it that the pack does not hold.
    NotInPack(String),
    /// A remover that is none.
    Remover(String),
}

impl FamilyProblem {
    /// Every code.
    pub const CODES: [&str; 5] = ["no-name", "twice", "detection", "not-in-pack", "remover"];

    /// The code of its message.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoName => "no-name",
            Self::Twice(_) => "twice",
            Self::Detection(_) => "detection",
            Self::NotInPack(_) => "not-in-pack",
            Self::Remover(_) => "remover",
        }
    }

    /// What it is about.
    pub fn what(&self) -> &str {
        match self {
            Self::NoName => "",
            Self::Twice(it) | Self::Detection(it) | Self::NotInPack(it) | Self::Remover(it) => it,
        }
    }
}

/// Which column is which.
#[derive(Default)]
struct Columns {
    family: Option<usize>,
    detection: Option<usize>,
    remover: Option<usize>,
    gap: Option<usize>,
}

/// Reads the table, and holds each row to what is in the pack.
pub(crate) fn read(
    bytes: &[u8],
    rules: &BTreeSet<String>,
    known: &Known,
    listed: &BTreeSet<&str>,
) -> Result<Vec<Family>, PackingError> {
    let table = read_table(bytes, &Limits::default())
        .map_err(|error| PackingError::Table(error.to_string()))?;
    let mut rows = table.rows.iter();
    let header = rows.next().map(|it| it.cells.as_slice()).unwrap_or_default();
    let columns = Columns::of(header);
    let Some(family_at) = columns.family else {
        return Err(PackingError::Table("no column `family`".to_owned()));
    };
    let labels: BTreeSet<&str> = known.labels().collect();
    let is_in_pack = |kind: &str, name: &str| match kind {
        "rule" => rules.contains(name),
        "hash" => labels.contains(name),
        "file-name" => known.name(name).is_some(),
        // Places are looked at by the tool itself.
        _ => true,
    };
    let (mut families, mut refused) = (Vec::<Family>::new(), Vec::new());
    for row in rows {
        let cell = |at: Option<usize>| text_of(at.and_then(|at| row.cells.get(at)));
        let mut refuse = |problem| refused.push(FamilyRefused { row: row.number, problem });
        let name = cell(Some(family_at));
        if name.is_empty() {
            refuse(FamilyProblem::NoName);
            continue;
        }
        if families.iter().any(|it| it.name == name) {
            refuse(FamilyProblem::Twice(name));
            continue;
        }
        let detections = words(&cell(columns.detection));
        for it in &detections {
            let (kind, what) = it.split_once(':').unwrap_or((it, ""));
            let is_way = match kind {
                "addresses" => what.is_empty(),
                "rule" | "hash" | "file-name" | "place" => !what.is_empty(),
                _ => false,
            };
            if !is_way {
                refuse(FamilyProblem::Detection(it.clone()));
            } else if !is_in_pack(kind, what)
                || (kind == "addresses" && !listed.contains(name.as_str()))
            {
                refuse(FamilyProblem::NotInPack(it.clone()));
            }
        }
        let removers = words(&cell(columns.remover));
        for it in removers.iter().filter(|it| !REMOVERS.contains(&it.as_str())) {
            refuse(FamilyProblem::Remover(it.clone()));
        }
        families.push(Family { name, detections, removers, gap: cell(columns.gap) });
    }
    if refused.is_empty() { Ok(families) } else { Err(PackingError::Families(refused)) }
}

impl Columns {
    fn of(header: &[Cell]) -> Self {
        let mut columns = Self::default();
        for (at, cell) in header.iter().enumerate() {
            let column = match text_of(Some(cell)).to_lowercase().as_str() {
                "family" | "họ" | "họ mã độc" => &mut columns.family,
                "detection" | "detections" | "phát hiện" => &mut columns.detection,
                "remover" | "removers" | "xử lý" => &mut columns.remover,
                "gap" | "còn thiếu" => &mut columns.gap,
                _ => continue,
            };
            *column = Some(at);
        }
        columns
    }
}

fn text_of(cell: Option<&Cell>) -> String {
    match cell {
        Some(Cell::Text(text)) => text.clone(),
        Some(Cell::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The words of a cell: by white space, commas, semicolons or bars.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|it: char| it.is_whitespace() || [',', ';', '|'].contains(&it));
    words.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}
