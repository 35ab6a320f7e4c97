//! Page, fonts and paragraphs.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, Docx, FieldCharType, Header, InstrPAGE, InstrText, LineSpacing, PageMargin,
    Paragraph, Run, RunFonts, SpecialIndentType,
};

use crate::DocumentError;
use crate::text::clean;

/// Half-points: 14 pt, the size of the body.
pub(super) const BODY: usize = 28;
/// The first line of a paragraph: 1.27 cm.
const FIRST_LINE: i32 = 720;

/// An empty A4 document: margins 20/20/30/15 mm, Times New Roman 14, the page number in the top
/// margin from the second page on, the mark on every page.
pub(super) fn document(marking: Option<&str>) -> Docx {
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
                let run = Run::new().add_text(clean(marking)).size(20).bold().color("A3231F");
                Paragraph::new().add_run(run).align(AlignmentType::Center)
            };
            first = first.add_paragraph(mark());
            later = later.add_paragraph(mark());
        }
        None => first = first.add_paragraph(Paragraph::new()),
    }
    Docx::new()
        .page_size(11_906, 16_838)
        .page_margin(
            PageMargin::new()
                .top(1_134)
                .bottom(1_134)
                .left(1_701)
                .right(851)
                .header(500)
                .footer(500),
        )
        .default_fonts(fonts)
        .default_size(BODY)
        .title_pg()
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

/// The finished bytes.
pub(super) fn pack(docx: Docx) -> Result<Vec<u8>, DocumentError> {
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).map_err(|error| DocumentError::Docx(error.to_string()))?;
    Ok(bytes.into_inner())
}

/// 6 pt before, single to 1.15 lines.
fn spacing() -> LineSpacing {
    LineSpacing::new().before(120).after(0).line(264)
}

/// A paragraph of the body.
pub(super) fn paragraph(text: &str) -> Paragraph {
    super::plain(text, BODY)
        .align(AlignmentType::Both)
        .indent(None, Some(SpecialIndentType::FirstLine(FIRST_LINE)), None, None)
        .line_spacing(spacing())
}

/// A numbered task.
pub(super) fn numbered(number: usize, text: &str) -> Paragraph {
    paragraph(&format!("{number}. {text}"))
}

/// A paragraph that stands further right.
pub(super) fn indented(text: &str, left: i32) -> Paragraph {
    super::plain(text, BODY).indent(Some(left), None, None, None).line_spacing(spacing())
}

/// A heading of a section.
pub(super) fn heading(text: &str) -> Paragraph {
    let run = Run::new().add_text(clean(text)).size(BODY).bold();
    Paragraph::new()
        .add_run(run)
        .indent(None, Some(SpecialIndentType::FirstLine(FIRST_LINE)), None, None)
        .line_spacing(spacing())
        .keep_next(true)
}

/// A centred line.
pub(super) fn centred(text: &str, size: usize, is_bold: bool) -> Paragraph {
    let run = Run::new().add_text(clean(text)).size(size);
    let run = if is_bold { run.bold() } else { run };
    Paragraph::new().add_run(run).align(AlignmentType::Center).line_spacing(spacing())
}

/// A centred line in italics.
pub(super) fn italic_centred(text: &str) -> Paragraph {
    let run = Run::new().add_text(clean(text)).size(BODY).italic();
    Paragraph::new()
        .add_run(run)
        .align(AlignmentType::Center)
        .line_spacing(LineSpacing::new().before(60).after(160))
}

/// A line at the right.
pub(super) fn right(text: &str) -> Paragraph {
    super::plain(text, BODY).align(AlignmentType::Right)
}

/// A label with a text behind it; further lines are paragraphs of their own.
pub(super) fn text_block(mut docx: Docx, label: &str, text: &str) -> Docx {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or("không.");
    docx = docx.add_paragraph(paragraph(&format!("{label} {first}")));
    for line in lines {
        docx = docx.add_paragraph(paragraph(line));
    }
    docx
}
