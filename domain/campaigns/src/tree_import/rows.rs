//! Cells into rows about units.

use std::collections::BTreeMap;

use jiff::civil::Date;
use language::{CountError, parse_count, search_key};
use serde::Serialize;
use tables::{Cell, Row, Table};

use crate::{UnitCode, UnitKind};

/// The line every unit stands in unless a row names another.
pub const TERRITORIAL: &str = "territorial";
/// The longest name of a unit, in characters.
pub const MOST_NAME_CHARS: usize = 300;
/// The longest place, in characters.
pub const MOST_PLACE_CHARS: usize = 100;
/// The longest code of a line, in characters.
const MOST_LINE_CHARS: usize = 40;
/// More people than any unit has: a column was mixed up.
const MOST_HEADCOUNT: i64 = 10_000_000;
/// Titles and notes may stand above the header, but not more rows than this.
const MOST_ROWS_ABOVE_HEADER: usize = 20;

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    /// Mã.
    Code,
    /// Tên đơn vị.
    Name,
    /// Loại.
    Kind,
    /// Mã đơn vị cấp trên.
    Parent,
    /// Tuyến.
    Line,
    /// Địa danh.
    Place,
    /// Số người dùng.
    Headcount,
    /// Từ ngày.
    ValidFrom,
    /// Đến ngày.
    ValidTo,
}

impl Column {
    /// Every column, in the order of the template.
    pub const ALL: [Self; 9] = [
        Self::Code,
        Self::Name,
        Self::Kind,
        Self::Parent,
        Self::Line,
        Self::Place,
        Self::Headcount,
        Self::ValidFrom,
        Self::ValidTo,
    ];

    /// The code in message keys (`units-column-…`).
    pub fn code(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Kind => "kind",
            Self::Parent => "parent",
            Self::Line => "line",
            Self::Place => "place",
            Self::Headcount => "headcount",
            Self::ValidFrom => "valid-from",
            Self::ValidTo => "valid-to",
        }
    }

    /// Whether a table without it is refused.
    pub fn is_required(self) -> bool {
        matches!(self, Self::Code | Self::Name | Self::Parent)
    }

    /// Headers as [`header_key`] folds them.
    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["code", "unit code", "ma", "ma don vi", "ma dinh danh", "ma co quan"],
            Self::Name => &["name", "unit name", "ten", "ten don vi", "ten co quan", "don vi"],
            Self::Kind => &["kind", "type", "loai", "loai don vi", "loai hinh"],
            Self::Parent => &[
                "parent",
                "parent code",
                "cap tren",
                "ma cap tren",
                "don vi cap tren",
                "ma don vi cap tren",
            ],
            Self::Line => &["line", "reporting line", "tuyen", "tuyen bao cao"],
            Self::Place => &["place", "dia danh"],
            Self::Headcount => &["headcount", "users", "so nguoi", "so nguoi dung", "nguoi dung"],
            Self::ValidFrom => &["valid from", "from", "tu ngay", "hieu luc tu", "ngay bat dau"],
            Self::ValidTo => &["valid to", "to", "den ngay", "hieu luc den", "ngay ket thuc"],
        }
    }

    /// The column that a header names.
    pub(super) fn of_header(text: &str) -> Option<Self> {
        let key = header_key(text);
        Self::ALL.into_iter().find(|column| column.headers().contains(&key.as_str()))
    }
}

/// Lower case, no marks, words of letters and digits only: `Mã (*)` and `valid_from` are known.
fn header_key(text: &str) -> String {
    let folded = search_key(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// What one row says about one unit; `None` where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// Number of the row as its maker sees it.
    pub number: usize,
    /// The unit's code.
    pub code: UnitCode,
    /// Name.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<UnitKind>,
    /// Code of the unit above it in `line`.
    pub parent: Option<UnitCode>,
    /// The line, [`TERRITORIAL`] unless named.
    pub line: String,
    /// Place named in its documents.
    pub place: Option<String>,
    /// People who use computers there.
    pub headcount: Option<i64>,
    /// First day it stands there.
    pub from: Option<Date>,
    /// Last day it stands there.
    pub to: Option<Date>,
}

/// A row that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowRefused {
    /// Number of the row as its maker sees it.
    pub number: usize,
    /// What stands in its code column.
    pub code: String,
    /// The column at fault, when it is one.
    pub column: Option<Column>,
    /// Why.
    pub reason: RowReason,
}

/// Why a row is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowReason {
    /// The code column is empty.
    CodeMissing,
    /// Not a code.
    CodeWrong,
    /// More characters than the column takes.
    TooLong {
        /// The most.
        most: usize,
    },
    /// No kind of unit.
    KindUnknown,
    /// Not the code of a line.
    LineWrong,
    /// Not a whole number, 0 or more, or far too large.
    CountWrong,
    /// Not a day.
    DayWrong,
    /// The last day is before the first.
    DaysReversed,
    /// Covered by a merged cell.
    Merged,
    /// A formula instead of a value, or one that failed.
    Formula,
    /// The same unit and line again.
    Repeated {
        /// The row that counts.
        first: usize,
    },
    /// Another row says something else about the same unit.
    Contradicts {
        /// The row that counts.
        first: usize,
    },
    /// A new unit without a name.
    NameMissing,
    /// A new unit without one above it.
    ParentMissing,
    /// The unit above is neither there nor in the table.
    ParentUnknown {
        /// Its code.
        parent: String,
    },
    /// The unit above is in the table, but its row is left out.
    ParentRefused {
        /// Its code.
        parent: String,
    },
    /// The units would stand above one another in a ring.
    Ring {
        /// Codes, each below the next, the first again at the end.
        ring: Vec<String>,
    },
    /// More levels than a tree has.
    TooDeep,
    /// The unit is outside the person's own.
    UnitOutside,
    /// The unit above is outside the person's own, now or after the change.
    ParentOutside {
        /// Its code.
        parent: String,
    },
    /// It would stand in two places of one line on one day.
    Overlaps,
}

/// The rows of a table, and those that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadRows {
    /// Rows, top to bottom.
    pub rows: Vec<UnitRow>,
    /// Rows that cannot be read.
    pub refused: Vec<RowRefused>,
    /// Headers that name no column of ours; what stands below them is not read.
    pub ignored: Vec<String>,
}

/// Why no row of a table was read: its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRefused {
    /// Columns that are missing.
    pub missing: Vec<Column>,
    /// Columns that are there twice.
    pub repeated: Vec<Column>,
    /// What stands in the row that looks most like a header.
    pub found: Vec<String>,
}

/// Reads the rows of a table. The header may stand below a title.
pub fn read_rows(table: &Table) -> Result<ReadRows, HeaderRefused> {
    let header_at = find_header(table)?;
    let mut columns: BTreeMap<Column, usize> = BTreeMap::new();
    let mut read = ReadRows::default();
    let header = table.rows.get(header_at).map(|row| row.cells.as_slice()).unwrap_or_default();
    for (at, cell) in header.iter().enumerate() {
        let Cell::Text(text) = cell else { continue };
        match Column::of_header(text) {
            Some(column) => {
                columns.insert(column, at);
            }
            None => read.ignored.push(text.clone()),
        }
    }
    for row in table.rows.iter().skip(header_at + 1) {
        match read_row(row, &columns) {
            Ok(unit) => read.rows.push(unit),
            Err((column, reason)) => {
                let code = columns.get(&Column::Code).and_then(|at| row.cells.get(*at));
                let code = code.and_then(|cell| text_of(cell).ok().flatten()).unwrap_or_default();
                let code = code.chars().take(40).collect();
                read.refused.push(RowRefused { number: row.number, code, column, reason });
            }
        }
    }
    Ok(read)
}

/// The first row with every required column.
fn find_header(table: &Table) -> Result<usize, HeaderRefused> {
    let mut best: Option<(usize, HeaderRefused)> = None;
    for (at, row) in table.rows.iter().take(MOST_ROWS_ABOVE_HEADER).enumerate() {
        let texts = row.cells.iter().filter_map(|cell| match cell {
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        });
        let found: Vec<String> = texts.collect();
        let known: Vec<Column> = found.iter().filter_map(|text| Column::of_header(text)).collect();
        let count = |column: Column| known.iter().filter(|it| **it == column).count();
        let is_missing = |it: &Column| it.is_required() && count(*it) == 0;
        let missing: Vec<_> = Column::ALL.into_iter().filter(is_missing).collect();
        let repeated: Vec<_> = Column::ALL.into_iter().filter(|it| count(*it) > 1).collect();
        if missing.is_empty() && repeated.is_empty() {
            return Ok(at);
        }
        if best.as_ref().is_none_or(|(most, _)| known.len() > *most) {
            best = Some((known.len(), HeaderRefused { missing, repeated, found }));
        }
    }
    let none = HeaderRefused { missing: Vec::new(), repeated: Vec::new(), found: Vec::new() };
    Err(best.map_or(none, |(_, refused)| refused))
}

type Fault = (Option<Column>, RowReason);

fn read_row(row: &Row, columns: &BTreeMap<Column, usize>) -> Result<UnitRow, Fault> {
    let cell = |column| {
        let at = columns.get(&column);
        at.and_then(|at| row.cells.get(*at)).unwrap_or(&Cell::Empty)
    };
    let text = |column: Column| text_of(cell(column)).map_err(|reason| (Some(column), reason));
    let code_of = |column: Column| -> Result<Option<UnitCode>, Fault> {
        let Some(text) = text(column)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| (Some(column), RowReason::CodeWrong))
    };
    let bounded = |column: Column, most: usize| -> Result<Option<String>, Fault> {
        let text = text(column)?;
        let is_long = text.as_ref().is_some_and(|it| it.chars().count() > most);
        if is_long { Err((Some(column), RowReason::TooLong { most })) } else { Ok(text) }
    };
    let day = |column: Column| -> Result<Option<Date>, Fault> {
        match cell(column) {
            Cell::Day(day) => Ok(Some(*day)),
            _ => match text(column)? {
                None => Ok(None),
                Some(text) => parse_day(&text).map(Some).ok_or((Some(column), RowReason::DayWrong)),
            },
        }
    };
    let code = code_of(Column::Code)?.ok_or((Some(Column::Code), RowReason::CodeMissing))?;
    let kind = match text(Column::Kind)? {
        None => None,
        Some(text) => Some(kind_of(&text).ok_or((Some(Column::Kind), RowReason::KindUnknown))?),
    };
    let line = match text(Column::Line)? {
        None => TERRITORIAL.to_owned(),
        Some(text) => line_of(&text).ok_or((Some(Column::Line), RowReason::LineWrong))?,
    };
    let unit = UnitRow {
        number: row.number,
        code,
        name: bounded(Column::Name, MOST_NAME_CHARS)?,
        kind,
        parent: code_of(Column::Parent)?,
        line,
        place: bounded(Column::Place, MOST_PLACE_CHARS)?,
        headcount: headcount_of(cell(Column::Headcount))
            .map_err(|reason| (Some(Column::Headcount), reason))?,
        from: day(Column::ValidFrom)?,
        to: day(Column::ValidTo)?,
    };
    if let (Some(from), Some(to)) = (unit.from, unit.to)
        && to < from
    {
        return Err((Some(Column::ValidTo), RowReason::DaysReversed));
    }
    Ok(unit)
}

/// The text of a cell. Codes are often typed as numbers: a whole number is its digits.
fn text_of(cell: &Cell) -> Result<Option<String>, RowReason> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) => Ok(Some(text.clone())),
        Cell::Number(number) => Ok(Some(number.to_string())),
        Cell::Day(day) => Ok(Some(day.to_string())),
        Cell::Merged => Err(RowReason::Merged),
        Cell::Formula | Cell::Failed => Err(RowReason::Formula),
    }
}

/// A number cell is the number itself; in a text, separators group by three.
fn headcount_of(cell: &Cell) -> Result<Option<i64>, RowReason> {
    let count = match cell {
        #[expect(clippy::cast_possible_truncation, reason = "whole and bounded before")]
        Cell::Number(number) => {
            let bound = 1e9;
            let is_whole = number.fract() == 0.0 && (0.0..bound).contains(number);
            Some(if is_whole { *number as i64 } else { return Err(RowReason::CountWrong) })
        }
        _ => match text_of(cell)? {
            None => None,
            Some(text) => parse_count(&text).map_err(|_: CountError| RowReason::CountWrong)?,
        },
    };
    if count.is_some_and(|it| it > MOST_HEADCOUNT) {
        return Err(RowReason::CountWrong);
    }
    Ok(count)
}

/// A day as people type it: `1/7/2025`, `01-07-2025`, `2025-07-01`.
pub fn parse_day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.trim().split(['/', '-', '.']).map(str::trim).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if year.len() != 4 || [day, month].iter().any(|it| it.is_empty() || it.len() > 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The kind of unit that a word names, in either language.
pub fn kind_of(text: &str) -> Option<UnitKind> {
    if let Ok(kind) = text.trim().to_ascii_lowercase().parse() {
        return Some(kind);
    }
    let key = header_key(text);
    let starts = |words: &[&str]| {
        words.iter().any(|word| key == *word || key.starts_with(&format!("{word} ")))
    };
    let has = |word: &str| format!(" {key} ").contains(&format!(" {word} "));
    if starts(&["xa", "phuong", "thi tran", "dac khu", "commune", "ward"])
        || (starts(&["uy ban nhan dan", "ubnd"]) && (has("xa") || has("phuong")))
    {
        return Some(UnitKind::Commune);
    }
    if starts(&["uy ban nhan dan", "ubnd", "people s committee", "people committee"]) {
        return Some(UnitKind::PeopleCommittee);
    }
    if starts(&["truong", "co so giao duc", "school", "education"]) {
        return Some(UnitKind::School);
    }
    if starts(&[
        "y te",
        "co so y te",
        "benh vien",
        "trung tam y te",
        "tram y te",
        "health",
        "hospital",
    ]) {
        return Some(UnitKind::Health);
    }
    if starts(&["doanh nghiep", "cong ty", "enterprise", "company"]) {
        return Some(UnitKind::Enterprise);
    }
    if starts(&["so", "ban", "nganh", "phong", "bo", "cuc", "department"]) {
        return Some(UnitKind::Department);
    }
    starts(&["khac", "loai khac", "co quan", "to chuc", "other"]).then_some(UnitKind::Other)
}

/// The code of the line that a word names: small letters, digits and hyphens.
pub fn line_of(text: &str) -> Option<String> {
    let key = header_key(text);
    let key = ["theo ", "nganh ", "by "]
        .iter()
        .fold(key.as_str(), |key, word| key.strip_prefix(word).unwrap_or(key));
    let key = key.strip_suffix(" line").unwrap_or(key);
    let code = match key {
        "territorial" | "dia ban" | "lanh tho" => TERRITORIAL.to_owned(),
        "education" | "giao duc" => "education".to_owned(),
        "health" | "y te" => "health".to_owned(),
        _ => key.replace(' ', "-"),
    };
    let is_code = !code.is_empty()
        && code.len() <= MOST_LINE_CHARS
        && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_code.then_some(code)
}
