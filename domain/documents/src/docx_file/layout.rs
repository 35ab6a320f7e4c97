//! Sheets, fonts and paragraphs.

use std::io::{self, Cursor};

use docx_rs::{
    AlignmentType, BreakType, Docx, FieldCharType, Header, InstrPAGE, InstrText, LineSpacing,
    LineSpacingType, PageMargin, PageNumType, PageOrientationType, PageSize, Paragraph, Run,
    RunFonts, SectionProperty, SpecialIndentType, Table,
};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::DocumentError;
use crate::text::{clean, one_line};

/// Half-points: 14 pt, the size of the body.
pub(super) const BODY: usize = 28;
/// The first line of a paragraph: 1.27 cm.
const FIRST_LINE: i32 = 720;
/// A4 in twentieths of a point.
const SHORT_SIDE: u32 = 11_906;
const LONG_SIDE: u32 = 16_838;
/// Margins: 20 mm above and below, 30 mm left, 15 mm right.
const TOP: i32 = 1_134;
const LEFT: i32 = 1_701;
const RIGHT: i32 = 851;
/// Width of the text on an upright sheet.
pub(super) const TEXT_WIDTH: usize = 9_354;
/// Width of the text on a sheet that lies.
pub(super) const WIDE_TEXT_WIDTH: usize = 14_286;

/// The document itself or one appendix: its pages are numbered on their own.
pub(super) struct Sheet {
    blocks: Vec<Block>,
    is_landscape: bool,
}

enum Block {
    Paragraph(Box<Paragraph>),
    Table(Box<Table>),
}

impl Sheet {
    pub(super) fn upright() -> Self {
        Self { blocks: Vec::new(), is_landscape: false }
    }

    pub(super) fn lying() -> Self {
        Self { blocks: Vec::new(), is_landscape: true }
    }

    pub(super) fn paragraph(&mut self, paragraph: Paragraph) {
        self.blocks.push(Block::Paragraph(Box::new(paragraph)));
    }

    pub(super) fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(Box::new(table)));
    }

    /// A label with a text behind it; further lines are paragraphs of their own.
    pub(super) fn labelled(&mut self, label: &str, text: &str, when_empty: &str) {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let first = lines.next().unwrap_or(when_empty);
        self.paragraph(paragraph(&format!("{label} {first}")));
        for line in lines {
            self.paragraph(paragraph(line));
        }
    }
}

/// The finished bytes: each sheet a section that begins with page 1. The page number stands in
/// the top margin from the second page on, the mark on every page.
pub(super) fn pack(sheets: Vec<Sheet>, marking: Option<&str>) -> Result<Vec<u8>, DocumentError> {
    let mut docx = empty(marking);
    let count = sheets.len();
    for (index, sheet) in sheets.into_iter().enumerate() {
        for block in sheet.blocks {
            docx = match block {
                Block::Paragraph(it) => docx.add_paragraph(*it),
                Block::Table(it) => docx.add_table(*it),
            };
        }
        let property = section(sheet.is_landscape);
        if index + 1 < count {
            docx = docx.add_paragraph(last_line().section_property(property));
        } else {
            docx = docx.add_paragraph(last_line());
            let known = &mut docx.document.section_property;
            known.page_size = property.page_size;
            known.page_margin = property.page_margin;
            known.page_num_type = property.page_num_type;
        }
    }
    let mut parts = docx.build();
    parts.document = repeat_heads(&parts.document);
    let mut bytes = Cursor::new(Vec::new());
    parts.pack(&mut bytes).and_then(|()| compressed(bytes)).map_err(docx_error)
}

/// The same archive, its members compressed: the writer stores them as they are, and a table of
/// 3,000 units is 13 MB then instead of some hundred KB.
fn compressed(archive: Cursor<Vec<u8>>) -> ZipResult<Vec<u8>> {
    let mut from = ZipArchive::new(archive)?;
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // Same input, same bytes: no moment of writing inside.
        .last_modified_time(DateTime::default());
    for index in 0..from.len() {
        let mut member = from.by_index(index)?;
        to.start_file(member.name(), options)?;
        io::copy(&mut member, &mut to)?;
    }
    Ok(to.finish()?.into_inner())
}

fn docx_error(error: impl std::fmt::Display) -> DocumentError {
    DocumentError::Docx(error.to_string())
}

/// A line that takes no room: it ends a section, and follows a table that ends one.
fn last_line() -> Paragraph {
    let spacing = LineSpacing::new().before(0).after(0).line(20).line_rule(LineSpacingType::Exact);
    Paragraph::new().add_run(Run::new().size(2)).size(2).line_spacing(spacing)
}

fn section(is_landscape: bool) -> SectionProperty {
    let size = if is_landscape {
        PageSize::new().size(LONG_SIDE, SHORT_SIDE).orient(PageOrientationType::Landscape)
    } else {
        PageSize::new().size(SHORT_SIDE, LONG_SIDE)
    };
    let margin = PageMargin::new().top(TOP).bottom(TOP).left(LEFT).right(RIGHT);
    let mut property = SectionProperty::new()
        .page_size(size)
        .page_margin(margin.header(500).footer(500))
        .page_num_type(PageNumType::new().start(1))
        // The headers of the document, by the ids it gives them in this order.
        .first_header(Header::new(), "rIdHeader1")
        .header(Header::new(), "rIdHeader2");
    property.first_header = None;
    property.header = None;
    property
}

/// A document without content: Times New Roman 14, its two headers.
fn empty(marking: Option<&str>) -> Docx {
    let fonts = RunFonts::new()
        .ascii("Times New Roman")
        .hi_ansi("Times New Roman")
        .cs("Times New Roman")
        .east_asia("Times New Roman");
    let mut first = Header::new();
    let mut later = Header::new().add_paragraph(page_number());
    match marking {
        Some(marking) => {
            let mark = || {
                let run = Run::new().add_text(one_line(marking)).size(20).bold().color("A3231F");
                Paragraph::new().add_run(run).align(AlignmentType::Center)
            };
            first = first.add_paragraph(mark());
            later = later.add_paragraph(mark());
        }
        None => first = first.add_paragraph(Paragraph::new()),
    }
    Docx::new()
        .default_fonts(fonts)
        .default_size(BODY)
        .first_header(first)
        .header(later)
        // Same input, same bytes: no moment of writing inside.
        .created_at("2000-01-01T00:00:00Z")
        .updated_at("2000-01-01T00:00:00Z")
}

fn page_number() -> Paragraph {
    let run = Run::new()
        .size(26)
        .add_field_char(FieldCharType::Begin, false)
        .add_instr_text(InstrText::PAGE(InstrPAGE::new()))
        .add_field_char(FieldCharType::Separate, false)
        .add_text("2")
        .add_field_char(FieldCharType::End, false);
    Paragraph::new().add_run(run).align(AlignmentType::Center)
}

/// The height that head rows of tables have, and no other row: it is how they are found again.
pub(super) const HEAD_HEIGHT: f32 = 397.0;

/// Lets the head of a table stand on each page it goes on to. The writer has no word for that
/// (`w:tblHeader`, ECMA-376 part 1, 17.4.78), so it is set into the finished text, where only
/// the writer's own elements have this form: text of people is escaped.
fn repeat_heads(document: &[u8]) -> Vec<u8> {
    let height = format!("<w:trHeight w:val=\"{HEAD_HEIGHT}\"");
    let text = String::from_utf8_lossy(document);
    text.replace(&height, &format!("<w:tblHeader />{height}")).into_bytes()
}

/// 6 pt before, 1.1 lines.
fn spacing() -> LineSpacing {
    LineSpacing::new().before(120).after(0).line(264).line_rule(LineSpacingType::Auto)
}

/// A paragraph of the body.
pub(super) fn paragraph(text: &str) -> Paragraph {
    plain(text, BODY)
        .align(AlignmentType::Both)
        .indent(None, Some(SpecialIndentType::FirstLine(FIRST_LINE)), None, None)
        .line_spacing(spacing())
}

/// A paragraph whose second and later lines stand below the first word behind the dash.
pub(super) fn dashed(text: &str, left: i32) -> Paragraph {
    plain(&format!("- {text}"), BODY)
        .indent(Some(left + 160), Some(SpecialIndentType::Hanging(160)), None, None)
        .line_spacing(spacing().before(0))
}

/// A paragraph that begins at this distance from the left.
pub(super) fn at(text: &str, left: i32) -> Paragraph {
    plain(text, BODY).indent(Some(left), None, None, None).line_spacing(spacing()).keep_next(true)
}

/// A heading of a section.
pub(super) fn heading(text: &str) -> Paragraph {
    let run = Run::new().add_text(one_line(text)).size(BODY).bold();
    Paragraph::new()
        .add_run(run)
        .indent(None, Some(SpecialIndentType::FirstLine(FIRST_LINE)), None, None)
        .line_spacing(spacing())
        .keep_next(true)
}

/// A centred line of 14 pt.
pub(super) fn centred(text: &str, is_bold: bool) -> Paragraph {
    tight(text, BODY, is_bold).line_spacing(spacing())
}

/// A centred line in italics.
pub(super) fn italic_centred(text: &str) -> Paragraph {
    let run = Run::new().add_text(one_line(text)).size(BODY).italic();
    Paragraph::new()
        .add_run(run)
        .align(AlignmentType::Center)
        .line_spacing(LineSpacing::new().before(0).after(120))
}

/// A centred line without space around it.
pub(super) fn tight(text: &str, size: usize, is_bold: bool) -> Paragraph {
    let run = Run::new().add_text(one_line(text)).size(size);
    let run = if is_bold { run.bold() } else { run };
    Paragraph::new()
        .add_run(run)
        .align(AlignmentType::Center)
        .line_spacing(LineSpacing::new().before(0).after(0))
}

/// A paragraph of nothing but the text.
pub(super) fn plain(text: &str, size: usize) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(one_line(text)).size(size))
}

/// A run that keeps the lines of its text.
pub(super) fn lines(text: &str, size: usize) -> Run {
    let text = clean(text);
    let mut run = Run::new().size(size);
    for (index, line) in text.lines().filter(|it| !it.trim().is_empty()).enumerate() {
        if index > 0 {
            run = run.add_break(BreakType::TextWrapping);
        }
        run = run.add_text(line.trim());
    }
    run
}
