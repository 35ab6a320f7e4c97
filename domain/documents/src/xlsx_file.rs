//! XLSX: figures as numbers, text as text, ready to print on A4.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::text::clean;
use crate::{DocumentError, Statement};

/// The statement as a workbook: `Số liệu`; for a roll-up also `Đơn vị` and `Đánh giá, kiến nghị`.
pub fn to_xlsx(statement: &Statement) -> Result<Vec<u8>, DocumentError> {
    let mut workbook = Workbook::new();
    // Same input, same bytes: no moment of writing inside.
    let properties = rust_xlsxwriter::DocProperties::new()
        .set_title(clean(&statement.subject))
        .set_author(clean(&statement.issuer))
        .set_creation_datetime(&rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    figures(workbook.add_worksheet(), statement)?;
    if !statement.units.is_empty() || !statement.missing.is_empty() {
        units(workbook.add_worksheet(), statement)?;
    }
    if !statement.opinions.is_empty() {
        opinions(workbook.add_worksheet(), statement)?;
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

fn page(sheet: &mut Worksheet, statement: &Statement, name: &str) -> Result<u32, XlsxError> {
    sheet.set_name(name)?.set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_margins(1.2, 0.6, 0.8, 0.8, 0.3, 0.3);
    let styles = Styles::new();
    let mut row = 0;
    if let Some(marking) = &statement.marking {
        sheet.write_string_with_format(row, 0, clean(marking), &styles.title)?;
        row += 1;
    }
    sheet.write_string_with_format(row, 0, clean(&statement.issuer), &styles.title)?;
    sheet.write_string_with_format(row + 1, 0, clean(&statement.subject), &styles.title)?;
    if statement.expected > 0 {
        let share = format!("{}/{} đơn vị đã báo cáo", statement.reported, statement.expected);
        sheet.write_string(row + 2, 0, share)?;
    }
    Ok(row + 4)
}

fn head(sheet: &mut Worksheet, row: u32, names: &[String]) -> Result<(), XlsxError> {
    let styles = Styles::new();
    for (column, name) in (0_u16..).zip(names) {
        sheet.write_string_with_format(row, column, clean(name), &styles.head)?;
    }
    sheet.set_repeat_rows(row, row)?.set_freeze_panes(row + 1, 0)?;
    Ok(())
}

fn figures(sheet: &mut Worksheet, statement: &Statement) -> Result<(), XlsxError> {
    let styles = Styles::new();
    let first = page(sheet, statement, "Số liệu")?;
    let names = ["TT", "Nội dung", "Số lượng", "Hệ thống ghi nhận", "Ghi chú"];
    head(sheet, first, &names.map(str::to_owned))?;
    for (column, width) in (0_u16..).zip([6, 60, 14, 14, 34]) {
        sheet.set_column_width(column, width)?;
    }
    for (line, row) in (first + 1..).zip(&statement.rows) {
        sheet.write_string_with_format(line, 0, clean(&row.number), &styles.centre)?;
        sheet.write_string_with_format(line, 1, clean(&row.label), &styles.text)?;
        number(sheet, line, 2, row.declared, &styles)?;
        number(sheet, line, 3, row.measured, &styles)?;
        sheet.write_string_with_format(line, 4, clean(&row.note), &styles.text)?;
    }
    Ok(())
}

fn units(sheet: &mut Worksheet, statement: &Statement) -> Result<(), XlsxError> {
    let styles = Styles::new();
    let first = page(sheet, statement, "Đơn vị")?;
    sheet.set_landscape();
    let mut names = ["TT", "Mã đơn vị", "Đơn vị", "Trạng thái"].map(str::to_owned).to_vec();
    names.extend(statement.rows.iter().map(|row| format!("Hàng {}", row.number)));
    head(sheet, first, &names)?;
    for (column, width) in (0_u16..).zip([6, 16, 48, 22]) {
        sheet.set_column_width(column, width)?;
    }
    for (index, unit) in (1_u32..).zip(&statement.units) {
        let line = first + index;
        sheet.write_number_with_format(line, 0, index, &styles.centre)?;
        sheet.write_string_with_format(line, 1, clean(&unit.code), &styles.text)?;
        sheet.write_string_with_format(line, 2, clean(&unit.name), &styles.text)?;
        sheet.write_string_with_format(line, 3, clean(&unit.state), &styles.text)?;
        for (column, value) in (4_u16..).zip(&unit.declared) {
            number(sheet, line, column, *value, &styles)?;
        }
    }
    Ok(())
}

fn opinions(sheet: &mut Worksheet, statement: &Statement) -> Result<(), XlsxError> {
    let styles = Styles::new();
    let first = page(sheet, statement, "Đánh giá, kiến nghị")?;
    sheet.set_landscape();
    let names = ["Đơn vị", "Đánh giá kết quả", "Đề xuất, kiến nghị", "Trả lời"];
    head(sheet, first, &names.map(str::to_owned))?;
    for (column, width) in (0_u16..).zip([36, 50, 50, 36]) {
        sheet.set_column_width(column, width)?;
    }
    for (line, it) in (first + 1..).zip(&statement.opinions) {
        let cells = [&it.unit, &it.assessment, &it.proposals, &it.answer];
        for (column, text) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(line, column, clean(text), &styles.text)?;
        }
    }
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
