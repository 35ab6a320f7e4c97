//! The parts of an official document: heading block, title, table, signature.

use docx_rs::{
    AlignmentType, BorderType, Docx, LineSpacing, Paragraph, ParagraphBorder,
    ParagraphBorderPosition, ParagraphBorders, Run, Table, TableCell, TableCellMargins,
    TableLayoutType, TableRow, VAlignType, WidthType,
};
use jiff::civil::Date;

use super::layout::{BODY, centred};
use super::plain;
use crate::text::clean;

/// Width of the text on A4 with the rules' margins.
const TEXT_WIDTH: usize = 9_354;
/// Width of the issuer's column in the heading block.
const LEFT_WIDTH: usize = 3_900;

/// Issuer and number at the left, national heading and date at the right.
pub(super) fn heading_block(
    docx: Docx,
    governing_body: &str,
    issuer: &str,
    number: &str,
    letter_subject: Option<&str>,
    place_and_date: &str,
) -> Docx {
    let mut left = TableCell::new().width(LEFT_WIDTH, WidthType::Dxa);
    if !governing_body.is_empty() {
        left = left.add_paragraph(tight(&governing_body.to_uppercase(), 24, false));
    }
    left = left.add_paragraph(tight(&issuer.to_uppercase(), 24, true));
    left = left.add_paragraph(rule(1_250, LEFT_WIDTH));
    left = left.add_paragraph(tight(number, 26, false));
    if let Some(subject) = letter_subject {
        left = left.add_paragraph(tight(&format!("V/v {subject}"), 24, false));
    }
    let right_width = TEXT_WIDTH - LEFT_WIDTH;
    let date = Run::new().add_text(clean(place_and_date)).size(BODY).italic();
    let right = TableCell::new()
        .width(right_width, WidthType::Dxa)
        .add_paragraph(tight("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 24, true))
        .add_paragraph(tight("Độc lập - Tự do - Hạnh phúc", 26, true))
        .add_paragraph(rule(3_050, right_width))
        .add_paragraph(Paragraph::new().add_run(date).align(AlignmentType::Center));
    docx.add_table(borderless(vec![TableRow::new(vec![left, right])], &[LEFT_WIDTH, right_width]))
}

/// Type and subject, with a short rule under them.
pub(super) fn title(docx: Docx, kind: &str, subject: &str) -> Docx {
    let kind = centred(kind, BODY, true).line_spacing(LineSpacing::new().before(360).after(0));
    docx.add_paragraph(kind)
        .add_paragraph(
            centred(subject, BODY, true).line_spacing(LineSpacing::new().before(0).after(0)),
        )
        .add_paragraph(rule(1_700, TEXT_WIDTH))
}

/// "Đông Lam, ngày 05 tháng 01 năm 2026"; without a date, room for one.
pub(super) fn place_and_date(place: &str, date: Option<Date>) -> String {
    let day = match date {
        Some(date) => language::day_phrase(date),
        None => "ngày      tháng      năm        ".to_owned(),
    };
    if place.is_empty() { day } else { format!("{place}, {day}") }
}

/// "Nơi nhận" at the left, who signs at the right; the name is left to the person.
pub(super) fn signature(docx: Docx, signer: &[String], recipients: &[String]) -> Docx {
    let half = TEXT_WIDTH / 2;
    let label = Run::new().add_text("Nơi nhận:").size(24).bold().italic();
    let mut left =
        TableCell::new().width(half, WidthType::Dxa).add_paragraph(Paragraph::new().add_run(label));
    for (index, recipient) in recipients.iter().enumerate() {
        let end = if index + 1 == recipients.len() { "." } else { ";" };
        left = left.add_paragraph(plain(&format!("- {recipient}{end}"), 22));
    }
    let mut right = TableCell::new().width(half, WidthType::Dxa);
    for line in signer {
        right = right.add_paragraph(tight(&line.to_uppercase(), BODY, true));
    }
    // Room to sign.
    for _ in 0..4 {
        right = right.add_paragraph(tight("", BODY, false));
    }
    let gap = Paragraph::new().line_spacing(LineSpacing::new().before(120).after(0));
    let row = TableRow::new(vec![left, right]).cant_split();
    docx.add_paragraph(gap).add_table(borderless(vec![row], &[half, half]))
}

/// A column of a table with lines.
pub(super) struct Column {
    name: String,
    width: usize,
    align: AlignmentType,
}

impl Column {
    pub(super) fn new(name: impl Into<String>, width: usize, align: AlignmentType) -> Self {
        Self { name: name.into(), width, align }
    }
}

/// A table with lines and a bold head; a row never breaks over two pages.
pub(super) fn grid(columns: &[Column], rows: Vec<Vec<String>>) -> Table {
    let cell = |text: &str, column: &Column, is_head: bool| {
        let run = Run::new().add_text(clean(text)).size(26);
        let run = if is_head { run.bold() } else { run };
        let align = if is_head { AlignmentType::Center } else { column.align };
        let paragraph = Paragraph::new()
            .add_run(run)
            .align(align)
            .line_spacing(LineSpacing::new().before(40).after(40));
        TableCell::new()
            .width(column.width, WidthType::Dxa)
            .vertical_align(if is_head { VAlignType::Center } else { VAlignType::Top })
            .add_paragraph(paragraph)
    };
    let line = |texts: &[String], is_head: bool| {
        let cells = columns.iter().zip(texts).map(|(column, text)| cell(text, column, is_head));
        TableRow::new(cells.collect()).cant_split()
    };
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut table_rows = vec![line(&names, true)];
    table_rows.extend(rows.into_iter().map(|row| line(&row, false)));
    let widths: Vec<usize> = columns.iter().map(|column| column.width).collect();
    Table::new(table_rows)
        .set_grid(widths)
        .layout(TableLayoutType::Fixed)
        .width(TEXT_WIDTH, WidthType::Dxa)
        .margins(TableCellMargins::new().margin(0, 90, 0, 90))
}

fn borderless(rows: Vec<TableRow>, widths: &[usize]) -> Table {
    Table::without_borders(rows)
        .set_grid(widths.to_vec())
        .layout(TableLayoutType::Fixed)
        .width(widths.iter().sum(), WidthType::Dxa)
        .margins(TableCellMargins::new().margin(0, 40, 0, 40))
}

/// A centred line without space around it.
fn tight(text: &str, size: usize, is_bold: bool) -> Paragraph {
    let run = Run::new().add_text(clean(text)).size(size);
    let run = if is_bold { run.bold() } else { run };
    Paragraph::new()
        .add_run(run)
        .align(AlignmentType::Center)
        .line_spacing(LineSpacing::new().before(0).after(0))
}

/// A real rule of this length in the middle of a width: a border, never underscores.
fn rule(length: usize, width: usize) -> Paragraph {
    let side = i32::try_from(width.saturating_sub(length) / 2).unwrap_or(0);
    let border = ParagraphBorder::new(ParagraphBorderPosition::Top)
        .val(BorderType::Single)
        .size(6)
        .space(1)
        .color("000000");
    let mut paragraph = Paragraph::new()
        .add_run(Run::new().add_text("").size(8))
        .size(8)
        .indent(Some(side), None, Some(side), None)
        .line_spacing(LineSpacing::new().before(20).after(40));
    paragraph.property = paragraph.property.set_borders(ParagraphBorders::with_empty().set(border));
    paragraph
}
