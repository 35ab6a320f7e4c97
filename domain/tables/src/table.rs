//! What a table is, and why one is not read.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

/// How much is read at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes of a workbook once unpacked.
    pub unpacked_bytes: u64,
    /// Rows that hold anything.
    pub rows: usize,
    /// Columns; what stands further right is not a table's.
    pub columns: usize,
    /// Characters kept of a cell; a longer one keeps one more, so that a reader sees it.
    pub cell_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 8 << 20,
            unpacked_bytes: 64 << 20,
            rows: 20_000,
            columns: 64,
            cell_chars: 1_000,
        }
    }
}

/// A table: the rows that hold anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Rows, top to bottom.
    pub rows: Vec<Row>,
    /// Name of the sheet that was read, in a workbook.
    pub sheet: Option<String>,
    /// Names of further visible sheets, which were not read.
    pub other_sheets: Vec<String>,
}

/// A row that holds anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// From 1, as the program a person made the table with shows it.
    pub number: usize,
    /// Cells, left to right; the empty ones at the end are left out.
    pub cells: Vec<Cell>,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, NFC, runs of white space as one space.
    Text(String),
    /// A number that the program which made the table took for one.
    Number(f64),
    /// A day.
    Day(Date),
    /// Covered by a merged cell that begins in another row or column.
    Merged,
    /// A formula as text, or one whose result is not in the file.
    Formula,
    /// The result of a formula that failed: `#REF!`.
    Failed,
}

impl Cell {
    /// Text as it is kept: NFC, trimmed, at the most one character more than `most`.
    pub(crate) fn of_text(text: &str, most: usize) -> Self {
        let mut kept = String::new();
        // White space and zero-width characters come with copying from web pages.
        let is_gap = |c: char| c.is_whitespace() || c.is_control();
        let is_unseen = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}');
        let mut chars = 0;
        for word in text.split(is_gap).filter(|word| !word.is_empty()) {
            if !kept.is_empty() {
                kept.push(' ');
                chars += 1;
            }
            for c in word.chars().filter(|c| !is_unseen(*c)).nfc() {
                if chars > most {
                    return Self::Text(kept);
                }
                kept.push(c);
                chars += 1;
            }
        }
        if kept.trim().is_empty() { Self::Empty } else { Self::Text(kept) }
    }
}

impl Row {
    /// The row without the empty cells at its end; `None` when nothing is left.
    pub(crate) fn trimmed(number: usize, mut cells: Vec<Cell>) -> Option<Self> {
        let is_blank = |cell: &Cell| matches!(cell, Cell::Empty | Cell::Merged);
        if cells.iter().all(is_blank) {
            return None;
        }
        while cells.last().is_some_and(|cell| *cell == Cell::Empty) {
            cells.pop();
        }
        Some(Self { number, cells })
    }
}

/// Why a table was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Nothing in it.
    #[error("the file holds no row")]
    Empty,
    /// More bytes than are taken.
    #[error("the file has more than {limit} bytes")]
    TooLarge {
        /// The most.
        limit: usize,
    },
    /// More unpacked bytes than are taken, or too many merged cells.
    #[error("the workbook is too large once unpacked")]
    TooLargeUnpacked,
    /// More rows than are taken.
    #[error("the table has more than {limit} rows")]
    TooManyRows {
        /// The most.
        limit: usize,
    },
    /// Text in another encoding than UTF-8 or UTF-16: Windows-1258, Latin-1, TCVN3.
    #[error("line {line} is not UTF-8")]
    NotUtf8 {
        /// The first line that is not.
        line: usize,
    },
    /// Neither text nor a workbook.
    #[error("the file is neither text nor a workbook")]
    Binary,
    /// A quotation mark is opened and never closed, so that rows run into each other.
    #[error("a quotation mark is not closed")]
    OpenQuote,
    /// A workbook of before 2007, or one with a password.
    #[error("the workbook is an old one or has a password")]
    OldWorkbook,
    /// A broken workbook, or another kind of ZIP file.
    #[error("the workbook cannot be read")]
    BrokenWorkbook,
    /// No visible sheet holds anything.
    #[error("no visible sheet holds anything")]
    NoSheet,
}
