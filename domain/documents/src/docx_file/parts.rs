//! The parts of an official document: heading block, title, table, signature.

use docx_rs::{
    AlignmentType, BorderType, HeightRule, LineSpacing, Paragraph, ParagraphBorder,
    ParagraphBorderPosition, ParagraphBorders, Run, Table, TableCell, TableCellMargins,
    TableLayoutType, TableRow, VAlignType, WidthType,
};
use jiff::civil::Date;

use super::layout::{
    BODY, HEAD_HEIGHT, Sheet, TEXT_WIDTH, centred, italic_centred, lines, plain, tight,
};
use crate::text::one_line;

/// Width of the issuer's column in the heading block.
const LEFT_WIDTH: usize = 3_900;
/// Length of "Độc lập - Tự do - Hạnh phúc" in 13 pt bold: the rule below is as long.
const MOTTO_LENGTH: usize = 3_300;

/// What stands above the body of a document.
pub(super) struct HeadingBlock<'a> {
    pub(super) is_draft: bool,
    pub(super) governing_body: &'a str,
    pub(super) issuer: &'a str,
    pub(super) number: &'a str,
    /// "V/v …": a letter's subject stands below its number.
    pub(super) letter_subject: Option<&'a str>,
    pub(super) place_and_date: &'a str,
}

/// Issuer and number at the left, national heading and date at the right; number and date on one
/// line, however long the issuer's name is.
pub(super) fn heading_block(sheet: &mut Sheet, block: &HeadingBlock) {
    if block.is_draft {
        let draft = Run::new().add_text("DỰ THẢO").size(26).bold();
        sheet.paragraph(Paragraph::new().add_run(draft).line_spacing(no_space()));
    }
    let cell = |width| TableCell::new().width(width, WidthType::Dxa);
    let right_width = TEXT_WIDTH - LEFT_WIDTH;
    let mut issuer = cell(LEFT_WIDTH);
    for line in name_lines(block.governing_body) {
        issuer = issuer.add_paragraph(tight(&line, 24, false));
    }
    let issuer_lines = name_lines(&without_place(block.issuer, block.governing_body));
    for line in &issuer_lines {
        issuer = issuer.add_paragraph(tight(line, 24, true));
    }
    let last = issuer_lines.last().map_or(0, |line| line.chars().count());
    issuer = issuer.add_paragraph(rule(half_of(last, 175, LEFT_WIDTH), LEFT_WIDTH));
    let nation = cell(right_width)
        .add_paragraph(tight("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 24, true))
        .add_paragraph(tight("Độc lập - Tự do - Hạnh phúc", 26, true))
        .add_paragraph(rule(MOTTO_LENGTH, right_width));
    let mut number = cell(LEFT_WIDTH).add_paragraph(tight(block.number, 26, false));
    if let Some(subject) = block.letter_subject {
        let subject = tight(&format!("V/v {subject}"), 24, false);
        number = number.add_paragraph(subject.line_spacing(LineSpacing::new().before(120)));
    }
    let date = Run::new().add_text(one_line(block.place_and_date)).size(BODY).italic();
    let date = Paragraph::new().add_run(date).align(AlignmentType::Center).line_spacing(no_space());
    let rows = vec![
        TableRow::new(vec![issuer, nation]).cant_split(),
        TableRow::new(vec![number, cell(right_width).add_paragraph(date)]).cant_split(),
    ];
    sheet.table(borderless(rows, &[LEFT_WIDTH, right_width]));
}

/// Type and subject, with a short rule under them.
pub(super) fn title(sheet: &mut Sheet, kind: &str, subject: &str) {
    let before = LineSpacing::new().before(360).after(0);
    sheet.paragraph(centred(kind, true).line_spacing(before));
    let subject_lines = centred(subject, true).line_spacing(no_space());
    // Two lines of about one length rather than a full one and a word.
    sheet.paragraph(subject_lines.indent(Some(900), None, Some(900), None));
    let length = half_of(one_line(subject).chars().count(), 140, TEXT_WIDTH / 2);
    sheet.paragraph(rule(length, TEXT_WIDTH));
}

/// Which appendix it is, its title, and what it belongs to.
pub(super) fn appendix_title(sheet: &mut Sheet, number: &str, title: &str, attached_to: &str) {
    let name =
        if number.is_empty() { "Phụ lục".to_owned() } else { format!("Phụ lục {number}") };
    sheet.paragraph(centred(&name, true).line_spacing(no_space()).keep_next(true));
    let title = one_line(title).to_uppercase();
    sheet.paragraph(centred(&title, true).line_spacing(no_space()).keep_next(true));
    sheet.paragraph(italic_centred(&format!("(Kèm theo {attached_to})")));
}

/// "Đông Lam, ngày 05 tháng 01 năm 2026"; without a date, room for one.
pub(super) fn place_and_date(place: &str, date: Option<Date>) -> String {
    let day = match date {
        Some(date) => language::day_phrase(date),
        None => format!("ngày{BLANK}tháng{BLANK}năm{BLANK}"),
    };
    if place.is_empty() { day } else { format!("{place}, {day}") }
}

/// Room to write a number by hand: it does not shrink to one space.
pub(super) const BLANK: &str = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}";

/// "Nơi nhận" at the left, who signs at the right, with room for the signature.
pub(super) fn signature(sheet: &mut Sheet, signer: &[String], name: &str, recipients: &[String]) {
    let half = TEXT_WIDTH / 2;
    let label = Run::new().add_text("Nơi nhận:").size(24).bold().italic();
    let label = Paragraph::new().add_run(label).line_spacing(no_space());
    let mut left = TableCell::new().width(half, WidthType::Dxa).add_paragraph(label);
    for (index, recipient) in recipients.iter().enumerate() {
        let end = if index + 1 == recipients.len() { "." } else { ";" };
        let line = plain(&format!("- {recipient}{end}"), 22).line_spacing(no_space());
        left = left.add_paragraph(line);
    }
    let mut right = TableCell::new().width(half, WidthType::Dxa);
    for line in signer {
        right = right.add_paragraph(tight(&line.to_uppercase(), BODY, true));
    }
    // Room to sign.
    for _ in 0..4 {
        right = right.add_paragraph(tight("", BODY, false));
    }
    right = right.add_paragraph(tight(name, BODY, true));
    sheet.paragraph(gap());
    let row = TableRow::new(vec![left, right]).cant_split();
    sheet.table(borderless(vec![row], &[half, half]));
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

/// Width of a character of 13 pt, on average.
const CHARACTER_WIDTH: usize = 125;
/// A row of more lines than these goes on on the next page: kept together it would leave most of a
/// page empty, or not fit on one at all. Some 26 lines stand on a sheet that lies.
const MOST_LINES_TOGETHER: usize = 18;

/// About how many lines a row has.
fn lines_of(columns: &[Column], texts: &[String]) -> usize {
    let lines = |(column, text): (&Column, &String)| -> usize {
        let a_line = (column.width.saturating_sub(180) / CHARACTER_WIDTH).max(1);
        text.lines().map(|line| line.chars().count().div_ceil(a_line)).sum()
    };
    columns.iter().zip(texts).map(lines).max().unwrap_or(0)
}

/// A table with lines and a bold head that stands on every page; rows do not break over pages,
/// unless they are very long.
pub(super) fn grid(columns: &[Column], rows: impl Iterator<Item = Vec<String>>) -> Table {
    let cell = |text: &str, column: &Column, is_head: bool| {
        let run = lines(text, 26);
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
        TableRow::new(cells.collect())
    };
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let head = line(&names, true).cant_split();
    let mut table_rows = vec![head.row_height(HEAD_HEIGHT).height_rule(HeightRule::AtLeast)];
    table_rows.extend(rows.map(|texts| {
        let row = line(&texts, false);
        if lines_of(columns, &texts) > MOST_LINES_TOGETHER { row } else { row.cant_split() }
    }));
    let widths: Vec<usize> = columns.iter().map(|column| column.width).collect();
    Table::new(table_rows)
        .width(widths.iter().sum(), WidthType::Dxa)
        .set_grid(widths)
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(0, 90, 0, 90))
}

fn borderless(rows: Vec<TableRow>, widths: &[usize]) -> Table {
    Table::without_borders(rows)
        .set_grid(widths.to_vec())
        .layout(TableLayoutType::Fixed)
        .width(widths.iter().sum(), WidthType::Dxa)
        .margins(TableCellMargins::new().margin(0, 40, 0, 40))
}

/// A name in capitals, as it stands in the heading: "ỦY BAN NHÂN DÂN" has a line of its own.
fn name_lines(name: &str) -> Vec<String> {
    const COMMITTEE: &str = "ỦY BAN NHÂN DÂN";
    let name = one_line(name).to_uppercase();
    match name.strip_prefix(COMMITTEE).map(str::trim) {
        Some(place) if !place.is_empty() => vec![COMMITTEE.to_owned(), place.to_owned()],
        _ if name.is_empty() => Vec::new(),
        _ => vec![name],
    }
}

/// The issuer's name without the place that the body above it has named: below "ỦY BAN NHÂN DÂN
/// TỈNH ĐÔNG LAM" stands "SỞ Y TẾ". A school keeps its place, which is part of its name.
fn without_place(issuer: &str, governing_body: &str) -> String {
    let issuer = one_line(issuer);
    let capitals = issuer.to_uppercase();
    let place = name_lines(governing_body).get(1).cloned().unwrap_or_default();
    let bare = place.split_once(' ').map(|(_, name)| name.to_owned()).filter(|_| {
        // Only a department's name is whole without the name of the province.
        capitals.starts_with("SỞ ")
    });
    let rest = [Some(place), bare]
        .into_iter()
        .flatten()
        .filter(|it| !it.is_empty())
        .find_map(|it| capitals.strip_suffix(it.as_str()).filter(|rest| rest.ends_with(' ')));
    match rest {
        Some(rest) if !capitals.starts_with("TRƯỜNG ") => rest.trim_end().to_owned(),
        _ => issuer,
    }
}

/// Somewhat less than half the length of a line of so many characters, each this wide.
fn half_of(characters: usize, width: usize, longest: usize) -> usize {
    (characters * width).min(longest) * 2 / 5
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

/// Some room above a table.
pub(super) fn gap() -> Paragraph {
    tight("", 12, false).size(12).keep_next(true)
}

fn no_space() -> LineSpacing {
    LineSpacing::new().before(0).after(0)
}
