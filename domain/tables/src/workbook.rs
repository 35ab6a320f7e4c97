//! XLSX: the first visible sheet that holds anything.
//!
//! The archive is unpacked under a limit and packed anew without compression before the reader
//! sees it: what was measured is what is read, and a member that unpacks to gigabytes never does.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use jiff::civil::Date;
use zip::write::SimpleFileOptions;

use crate::{Cell, Limits, Row, Table, TableError};

/// Merged cells that are followed up; a table made by a person has a handful.
const MOST_MERGED_CELLS: usize = 200_000;
/// Members of an archive; a workbook has a few dozen.
const MOST_MEMBERS: usize = 2_000;

type Workbook = Xlsx<Cursor<Vec<u8>>>;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    let unpacked = repack(bytes, limits)?;
    let broken = |_| TableError::BrokenWorkbook;
    let mut workbook: Workbook = Xlsx::new(Cursor::new(unpacked)).map_err(broken)?;
    let visible: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|it| it.typ == SheetType::WorkSheet && it.visible == SheetVisible::Visible)
        .map(|it| it.name.clone())
        .collect();
    let mut table: Option<Table> = None;
    for name in visible {
        if let Some(table) = &mut table {
            table.other_sheets.push(name);
            continue;
        }
        let rows = sheet_rows(&mut workbook, &name, limits)?;
        if !rows.is_empty() {
            table = Some(Table { rows, sheet: Some(name), other_sheets: Vec::new() });
        }
    }
    table.ok_or(TableError::NoSheet)
}

fn sheet_rows(
    workbook: &mut Workbook,
    name: &str,
    limits: &Limits,
) -> Result<Vec<Row>, TableError> {
    let broken = |_| TableError::BrokenWorkbook;
    let merged = merged_cells(workbook, name, limits)?;
    let mut cells = workbook.worksheet_cells_reader(name).map_err(broken)?;
    let mut grid: BTreeMap<u32, BTreeMap<usize, Cell>> = BTreeMap::new();
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(broken)? {
        let (row, column) = record.pos;
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= limits.columns {
            continue;
        }
        let cell = cell_of(&record.value, record.formula.is_some(), limits);
        if cell == Cell::Empty {
            continue;
        }
        if grid.len() >= limits.rows && !grid.contains_key(&row) {
            return Err(TableError::TooManyRows { limit: limits.rows });
        }
        grid.entry(row).or_default().insert(column, cell);
    }
    let row_of = |(row, mut found): (u32, BTreeMap<usize, Cell>)| {
        let of_row = merged.range((row, 0)..=(row, usize::MAX)).map(|(_, column)| *column);
        for column in of_row {
            found.insert(column, Cell::Merged);
        }
        let width = found.last_key_value().map_or(0, |(column, _)| column + 1);
        let cells = (0..width).map(|column| found.remove(&column).unwrap_or_default()).collect();
        Row::trimmed(usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1), cells)
    };
    Ok(grid.into_iter().filter_map(row_of).collect())
}

/// Cells that a merged cell covers, but for the one that holds its value.
fn merged_cells(
    workbook: &mut Workbook,
    name: &str,
    limits: &Limits,
) -> Result<BTreeSet<(u32, usize)>, TableError> {
    let areas = workbook.merge_cells_by_sheet_name(name).map_err(|_| TableError::BrokenWorkbook)?;
    let mut covered = BTreeSet::new();
    let mut steps = 0;
    for area in areas {
        let (first_row, first_column) = area.start;
        let last_column = usize::try_from(area.end.1).unwrap_or(usize::MAX);
        for row in first_row..=area.end.0 {
            for column in usize::try_from(first_column).unwrap_or(usize::MAX)
                ..=last_column.min(limits.columns.saturating_sub(1))
            {
                steps += 1;
                if steps > MOST_MERGED_CELLS {
                    return Err(TableError::TooLargeUnpacked);
                }
                covered.insert((row, column));
            }
            // An area right of every column still costs a step a row.
            steps += 1;
        }
        covered.remove(&(first_row, usize::try_from(first_column).unwrap_or(usize::MAX)));
    }
    Ok(covered)
}

fn cell_of(value: &DataRef<'_>, is_formula: bool, limits: &Limits) -> Cell {
    let text = |text: &str| Cell::of_text(text, limits.cell_chars);
    match value {
        DataRef::Empty if is_formula => Cell::Formula,
        DataRef::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "Excel itself keeps 15 digits")]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(it) | DataRef::DurationIso(it) => text(it),
        DataRef::SharedString(it) => text(it),
        DataRef::Bool(is_true) => text(if *is_true { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let small = |n: u8| i8::try_from(n).ok();
            let date = i16::try_from(year).ok().zip(small(month)).zip(small(day));
            let date = date.and_then(|((year, month), day)| Date::new(year, month, day).ok());
            date.map_or(Cell::Failed, Cell::Day)
        }
        DataRef::DateTime(moment) => Cell::Number(moment.as_f64()),
        DataRef::DateTimeIso(it) => {
            it.get(..10).and_then(|day| day.parse().ok()).map_or_else(|| text(it), Cell::Day)
        }
        DataRef::Error(_) => Cell::Failed,
    }
}

/// The archive's XML members in a new archive without compression.
fn repack(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, TableError> {
    let broken = |_| TableError::BrokenWorkbook;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST_MEMBERS {
        return Err(TableError::TooLargeUnpacked);
    }
    let mut left = limits.unpacked_bytes;
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(broken)?;
        let name = member.name().to_owned();
        // Pictures and printer settings say nothing about cells.
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if !matches!(extension.as_str(), "xml" | "rels") {
            continue;
        }
        let mut content = Vec::new();
        member.take(left + 1).read_to_end(&mut content).map_err(|_| TableError::BrokenWorkbook)?;
        let size = content.len() as u64;
        left = left.checked_sub(size).ok_or(TableError::TooLargeUnpacked)?;
        if name.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            check_shared_strings(&content)?;
        }
        packed.start_file(name, stored).map_err(broken)?;
        packed.write_all(&content).map_err(|_| TableError::BrokenWorkbook)?;
    }
    Ok(packed.finish().map_err(broken)?.into_inner())
}

/// The reader sets room aside for as many texts as the file claims to have: a claim of more than
/// the file could hold is refused here.
fn check_shared_strings(content: &[u8]) -> Result<(), TableError> {
    let text = std::str::from_utf8(content).map_err(|_| TableError::BrokenWorkbook)?;
    for (at, name) in text.match_indices("uniqueCount") {
        let rest = text.get(at + name.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "='\"".contains(c));
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let claimed = rest.get(..digits).unwrap_or_default().parse::<usize>();
        if digits > 0 && claimed.map_or(true, |claimed| claimed > content.len()) {
            return Err(TableError::BrokenWorkbook);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn show(bytes: &[u8]) -> String {
        let limits = Limits { cell_chars: 40, ..Limits::default() };
        let table = match crate::read(bytes, &limits) {
            Ok(table) => table,
            Err(error) => return error.to_string(),
        };
        let mut shown = format!("{:?}, not read: {:?}\n", table.sheet, table.other_sheets);
        for row in &table.rows {
            writeln!(shown, "{}: {:?}", row.number, row.cells).unwrap();
        }
        shown
    }

    #[test]
    fn workbooks_of_two_programs_are_read() {
        insta::assert_snapshot!("openpyxl", show(include_bytes!("../testdata/openpyxl.xlsx")));
        insta::assert_snapshot!(
            "libreoffice",
            show(include_bytes!("../testdata/libreoffice.xlsx"))
        );
    }

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            packed.start_file(*name, SimpleFileOptions::default()).unwrap();
            packed.write_all(content).unwrap();
        }
        packed.finish().unwrap().into_inner()
    }

    #[test]
    fn what_is_no_workbook_says_so() {
        let check = |bytes: &[u8], expected: TableError| {
            assert_eq!(crate::read(bytes, &Limits::default()), Err(expected));
        };
        check(&archive(&[("a.txt", b"x")]), TableError::BrokenWorkbook);
        check(b"PK\x03\x04 cut short", TableError::BrokenWorkbook);
        check(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1], TableError::OldWorkbook);
        let good = include_bytes!("../testdata/libreoffice.xlsx");
        check(&good[..good.len() / 2], TableError::BrokenWorkbook);
        // 100 MB of blanks in 100 KB.
        let bomb = archive(&[("xl/worksheets/sheet1.xml", &vec![b' '; 100 << 20])]);
        assert!(bomb.len() < 1 << 20);
        check(&bomb, TableError::TooLargeUnpacked);
        let claim = br#"<sst uniqueCount="99999999999999"/>"#;
        check(&archive(&[("xl/sharedStrings.xml", claim)]), TableError::BrokenWorkbook);
    }

    /// One byte broken at a time: an answer, never a panic.
    #[test]
    fn a_damaged_sheet_is_read_or_refused() {
        let good = repack(include_bytes!("../testdata/openpyxl.xlsx"), &Limits::default()).unwrap();
        for at in (0..good.len()).step_by(97) {
            let mut damaged = good.clone();
            if let Some(byte) = damaged.get_mut(at) {
                *byte = byte.wrapping_add(1);
            }
            if let Ok(table) = crate::read(&damaged, &Limits::default()) {
                assert!(!table.rows.is_empty());
            }
        }
    }
}
