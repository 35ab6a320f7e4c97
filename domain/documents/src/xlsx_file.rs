//! XLSX: figures as numbers, text as text, ready to print on A4.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use language::{text, text_with};

use crate::text::clean;
use crate::{DocumentError, RollUpPart, Statement};

/// The statement as a workbook: `Số liệu`; for a roll-up also `Đơn vị` and `Đánh giá, kiến nghị`.
/// Numbers are numbers, blank is blank.
pub fn to_xlsx(statement: &Statement) -> Result<Vec<u8>, DocumentError> {
    let mut workbook = Workbook::new();
    // Same input, same bytes: no moment of writing inside.
    let properties = rust_xlsxwriter::DocProperties::new()
        .set_title(clean(&statement.subject))
        .set_author(clean(&statement.issuer))
        .set_creation_datetime(&rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    figures(workbook.add_worksheet(), statement)?;
    if let Some(part) = &statement.roll_up {
        units(workbook.add_worksheet(), statement, part)?;
        opinions(workbook.add_worksheet(), statement, part)?;
    }
    Ok(workbook.save_to_buffer()?)
}

struct Styles {
    title: Format,
    head: Format,
    text: Format,
    centre: Format,
    number: Format,
}

impl Styles {
    fn new() -> Self {
        let base = || Format::new().set_font_name("Times New Roman").set_font_size(12);
        let cell =
            || base().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
        Self {
            title: base().set_bold().set_font_size(14),
            head: cell().set_bold().set_align(FormatAlign::Center),
            text: cell(),
            centre: cell().set_align(FormatAlign::Center),
            number: cell().set_num_format("#,##0").set_align(FormatAlign::Right),
        }
    }
}

/// Sets the sheet up and writes what stands above its table; gives the table's first row.
fn page(sheet: &mut Worksheet, statement: &Statement, name: &str) -> Result<u32, XlsxError> {
    sheet.set_name(text(statement.language, name))?.set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_landscape();
    sheet.set_margins(1.2, 0.6, 0.8, 0.8, 0.3, 0.3);
    let styles = Styles::new();
    let mut row = 0;
    if let Some(marking) = &statement.marking {
        sheet.write_string_with_format(row, 0, clean(marking), &styles.title)?;
        row += 1;
    }
    sheet.write_string_with_format(row, 0, clean(&statement.issuer), &styles.title)?;
    sheet.write_string_with_format(row + 1, 0, clean(&statement.subject), &styles.title)?;
    row += 2;
    if let Some(part) = &statement.roll_up {
        let values = [("reported", part.reported.into()), ("expected", part.expected.into())];
        sheet.write_string(row, 0, text_with(statement.language, "documents-share", &values))?;
        row += 1;
    } else if !statement.state.is_empty() {
        sheet.write_string(row, 0, clean(&statement.state))?;
        row += 1;
    }
    Ok(row + 1)
}

/// Writes the head of a table and sets the widths of its columns, in characters.
fn head(
    sheet: &mut Worksheet,
    row: u32,
    names: &[String],
    widths: &[u16],
) -> Result<(), XlsxError> {
    let styles = Styles::new();
    for (column, width) in (0_u16..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    let texts: Vec<_> = names.iter().map(String::as_str).zip(widths.iter().copied()).collect();
    fit(sheet, row, &texts)?;
    for (column, name) in (0_u16..).zip(names) {
        sheet.write_string_with_format(row, column, clean(name), &styles.head)?;
    }
    sheet.set_repeat_rows(row, row)?.set_freeze_panes(row + 1, 0)?;
    Ok(())
}

fn figures(sheet: &mut Worksheet, statement: &Statement) -> Result<(), XlsxError> {
    let styles = Styles::new();
    let first = page(sheet, statement, "documents-sheet-figures")?;
    let columns = [
        ("documents-number", 6),
        ("documents-content", 56),
        ("documents-declared", 14),
        ("documents-of", 12),
        ("documents-measured", 14),
        ("documents-note", 28),
        ("documents-reason", 28),
    ];
    let names = columns.map(|(key, _)| text(statement.language, key));
    head(sheet, first, &names, &columns.map(|(_, width)| width))?;
    for (line, row) in (first + 1..).zip(&statement.rows) {
        sheet.write_string_with_format(line, 0, clean(&row.number), &styles.centre)?;
        sheet.write_string_with_format(line, 1, clean(&row.label), &styles.text)?;
        number(sheet, line, 2, row.declared, &styles)?;
        number(sheet, line, 3, row.of, &styles)?;
        number(sheet, line, 4, row.measured, &styles)?;
        sheet.write_string_with_format(line, 5, clean(&row.note), &styles.text)?;
        sheet.write_string_with_format(line, 6, clean(&row.reason), &styles.text)?;
        fit(sheet, line, &[(&row.label, 56), (&row.note, 28), (&row.reason, 28)])?;
    }
    Ok(())
}

fn units(sheet: &mut Worksheet, statement: &Statement, part: &RollUpPart) -> Result<(), XlsxError> {
    let styles = Styles::new();
    let first = page(sheet, statement, "documents-sheet-units")?;
    let keys = ["documents-number", "documents-code", "documents-unit", "documents-state"];
    let mut names = keys.map(|key| text(statement.language, key)).to_vec();
    for row in &statement.rows {
        let values = [("number", row.number.as_str().into())];
        names.push(text_with(statement.language, "documents-row", &values));
        names.push(text_with(statement.language, "documents-row-measured", &values));
    }
    let mut widths = vec![6, 16, 48, 22];
    widths.resize(names.len(), 12);
    head(sheet, first, &names, &widths)?;
    for (index, unit) in (1_u32..).zip(&part.units) {
        let line = first + index;
        sheet.write_number_with_format(line, 0, index, &styles.centre)?;
        sheet.write_string_with_format(line, 1, clean(&unit.code), &styles.text)?;
        sheet.write_string_with_format(line, 2, clean(&unit.name), &styles.text)?;
        sheet.write_string_with_format(line, 3, clean(&unit.state), &styles.text)?;
        let figures = unit.figures.iter().flat_map(|it| [it.declared, it.measured]);
        for (column, value) in (4_u16..).zip(figures) {
            number(sheet, line, column, value, &styles)?;
        }
        fit(sheet, line, &[(&unit.name, 48), (&unit.state, 22)])?;
    }
    Ok(())
}

fn opinions(
    sheet: &mut Worksheet,
    statement: &Statement,
    part: &RollUpPart,
) -> Result<(), XlsxError> {
    let styles = Styles::new();
    let first = page(sheet, statement, "documents-sheet-opinions")?;
    let columns = [
        ("documents-unit", 36),
        ("documents-assessment", 50),
        ("documents-proposals", 50),
        ("documents-answer", 36),
    ];
    let names = columns.map(|(key, _)| text(statement.language, key));
    head(sheet, first, &names, &columns.map(|(_, width)| width))?;
    for (line, it) in (first + 1..).zip(&part.opinions) {
        let cells = [&it.unit, &it.assessment, &it.proposals, &it.answer];
        for (column, text) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(line, column, clean(text), &styles.text)?;
        }
        let texts =
            [(&*it.unit, 36), (&*it.assessment, 50), (&*it.proposals, 50), (&*it.answer, 36)];
        fit(sheet, line, &texts)?;
    }
    Ok(())
}

/// Makes a row as high as its longest text needs: not every program does so by itself.
fn fit(sheet: &mut Worksheet, row: u32, texts: &[(&str, u16)]) -> Result<(), XlsxError> {
    let lines_of = |text: &str, width: u16| -> usize {
        // Capitals and tone marks run wider than the digit by which a column is measured.
        let room = usize::from(width.saturating_sub(1).max(1)) * 9 / 10;
        text.lines().map(|line| line.chars().count().div_ceil(room.max(1)).max(1)).sum()
    };
    let lines = texts.iter().map(|(text, width)| lines_of(text, *width)).max().unwrap_or(1);
    // Excel takes 409 points at the most.
    let height = u16::try_from(lines.clamp(1, 25) * 16 + 2).unwrap_or(409);
    sheet.set_row_height(row, height)?;
    Ok(())
}

/// A figure, or a blank cell: blank and 0 are not the same.
fn number(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: Option<i64>,
    styles: &Styles,
) -> Result<(), XlsxError> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        Some(value) => {
            sheet.write_number_with_format(row, column, value as f64, &styles.number)?;
        }
        None => {
            sheet.write_blank(row, column, &styles.number)?;
        }
    }
    Ok(())
}
