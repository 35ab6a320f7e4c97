//! DOCX by the rules of Decree 30/2020/NĐ-CP, appendix I. Lengths are twentieths of a point.

mod layout;
mod parts;

use docx_rs::{AlignmentType, Docx, Paragraph};

use crate::text::clean;
use crate::{DocumentError, Letter, Statement};
use layout::{centred, heading, numbered, paragraph, right, text_block};
use parts::{Column, grid};

/// A report or a roll-up as an official report (báo cáo).
pub fn to_docx(statement: &Statement) -> Result<Vec<u8>, DocumentError> {
    let mut docx = layout::document(statement.marking.as_deref());
    docx = parts::heading_block(
        docx,
        &statement.governing_body,
        &statement.issuer,
        "Số:          /BC-",
        None,
        &parts::place_and_date(&statement.place, statement.date),
    );
    docx = parts::title(docx, "BÁO CÁO", &statement.subject);
    docx = docx.add_paragraph(centred(&format!("Kính gửi: {}", statement.to), 28, false));
    if !statement.in_reply_to.is_empty() {
        let opening = format!(
            "Thực hiện {}, {} báo cáo kết quả như sau:",
            statement.in_reply_to, statement.issuer
        );
        docx = docx.add_paragraph(paragraph(&opening));
    }
    docx = section_one(docx, statement);
    docx = section_two(docx, statement);
    docx = parts::signature(docx, &statement.signer, &recipients(statement));
    if !statement.units.is_empty() || !statement.opinions.is_empty() {
        docx = appendix(docx, statement);
    }
    layout::pack(docx)
}

/// A letter (công văn).
pub fn letter_to_docx(letter: &Letter) -> Result<Vec<u8>, DocumentError> {
    let mut docx = layout::document(letter.marking.as_deref());
    docx = parts::heading_block(
        docx,
        &letter.governing_body,
        &letter.issuer,
        &format!("Số: {}", letter.number),
        Some(&letter.subject),
        &parts::place_and_date(&letter.place, letter.date),
    );
    match letter.to.as_slice() {
        [one] => docx = docx.add_paragraph(centred(&format!("Kính gửi: {one}"), 28, false)),
        many => {
            docx = docx.add_paragraph(centred("Kính gửi:", 28, false));
            for (index, addressee) in many.iter().enumerate() {
                let end = if index + 1 == many.len() { "." } else { ";" };
                docx = docx.add_paragraph(layout::indented(&format!("- {addressee}{end}"), 2_800));
            }
        }
    }
    for text in letter.opening.iter().flat_map(|it| it.lines()) {
        docx = docx.add_paragraph(paragraph(text));
    }
    for (number, task) in (1..).zip(&letter.tasks) {
        docx = docx.add_paragraph(numbered(number, task));
    }
    for text in letter.closing.iter().flat_map(|it| it.lines()) {
        docx = docx.add_paragraph(paragraph(text));
    }
    docx = parts::signature(docx, &letter.signer, &letter.recipients);
    layout::pack(docx)
}

fn section_one(mut docx: Docx, statement: &Statement) -> Docx {
    docx = docx.add_paragraph(heading("1. Thông tin chung"));
    docx = docx.add_paragraph(paragraph(&format!("- Tên đơn vị: {}", statement.issuer)));
    if statement.expected > 0 {
        let share =
            format!("- Số đơn vị đã gửi báo cáo: {}/{}.", statement.reported, statement.expected);
        docx = docx.add_paragraph(paragraph(&share));
        docx = names(docx, "- Đơn vị chưa gửi báo cáo:", &statement.missing);
        docx = names(docx, "- Đơn vị gửi báo cáo sau thời hạn:", &statement.late);
    }
    let assessment = "- Đánh giá kết quả thực hiện chiến dịch trong phạm vi triển khai:".to_owned();
    docx = text_block(docx, &assessment, &statement.assessment);
    text_block(docx, "- Đề xuất, kiến nghị (nếu có):", &statement.proposals)
}

fn names(docx: Docx, label: &str, names: &[String]) -> Docx {
    if names.is_empty() {
        return docx;
    }
    docx.add_paragraph(paragraph(&format!("{label} {}.", names.join("; "))))
}

fn section_two(mut docx: Docx, statement: &Statement) -> Docx {
    docx = docx.add_paragraph(heading("2. Thông tin số liệu"));
    if !statement.form_remark.is_empty() {
        docx = docx.add_paragraph(paragraph(&format!("({})", statement.form_remark)));
    }
    let columns = [
        Column::new("TT", 700, AlignmentType::Center),
        Column::new("Nội dung", 4_554, AlignmentType::Left),
        Column::new("Số lượng", 1_200, AlignmentType::Right),
        Column::new("Ghi chú", 2_900, AlignmentType::Left),
    ];
    let rows = statement.rows.iter().map(|row| {
        let mut note = row.note.clone();
        // The letter's form has four columns; what the system counted stands in the note.
        if let Some(measured) = row.measured.filter(|it| Some(*it) != row.declared) {
            let measured = language::number(language::Language::Vi, measured);
            let remark = format!("Hệ thống ghi nhận: {measured}.");
            note = if note.is_empty() { remark } else { format!("{remark} {note}") };
        }
        vec![row.number.clone(), row.label.clone(), figure(row.declared), note]
    });
    docx.add_table(grid(&columns, rows.collect()))
}

fn appendix(mut docx: Docx, statement: &Statement) -> Docx {
    docx = docx.add_paragraph(centred("Phụ lục", 28, true).page_break_before(true).keep_next(true));
    docx = docx.add_paragraph(centred("TỔNG HỢP BÁO CÁO CỦA CÁC ĐƠN VỊ", 28, true));
    let attached = "(Kèm theo Báo cáo số          /BC-          ngày      tháng      năm        )";
    docx = docx.add_paragraph(layout::italic_centred(attached));
    if !statement.units.is_empty() {
        let count = statement.rows.len().max(1);
        let each = (3_000 / count).clamp(400, 1_100);
        let name = 9_354 - 650 - 2_000 - each * count;
        let mut columns = vec![
            Column::new("TT", 650, AlignmentType::Center),
            Column::new("Đơn vị", name, AlignmentType::Left),
            Column::new("Trạng thái", 2_000, AlignmentType::Left),
        ];
        columns.extend(
            statement
                .rows
                .iter()
                .map(|row| Column::new(format!("Hàng {}", row.number), each, AlignmentType::Right)),
        );
        let rows = (1_usize..).zip(&statement.units).map(|(index, unit)| {
            let mut cells = vec![index.to_string(), unit.name.clone(), unit.state.clone()];
            cells.extend(unit.declared.iter().map(|it| figure(*it)));
            cells
        });
        docx = docx.add_table(grid(&columns, rows.collect()));
    }
    if !statement.opinions.is_empty() {
        docx = docx.add_paragraph(heading("Đánh giá, đề xuất, kiến nghị của các đơn vị"));
        let columns = [
            Column::new("Đơn vị", 2_354, AlignmentType::Left),
            Column::new("Đánh giá kết quả", 3_500, AlignmentType::Left),
            Column::new("Đề xuất, kiến nghị và trả lời", 3_500, AlignmentType::Left),
        ];
        let rows = statement.opinions.iter().map(|it| {
            let answer = if it.answer.is_empty() {
                it.proposals.clone()
            } else {
                format!("{} – Trả lời: {}", it.proposals, it.answer)
            };
            vec![it.unit.clone(), it.assessment.clone(), answer]
        });
        docx = docx.add_table(grid(&columns, rows.collect()));
    }
    docx.add_paragraph(right(""))
}

fn recipients(statement: &Statement) -> Vec<String> {
    let mut recipients = Vec::new();
    if !statement.to.is_empty() {
        recipients.push("Như trên".to_owned());
    }
    recipients.push("Lưu: VT".to_owned());
    recipients
}

/// A figure as Vietnamese documents write it; blank stays blank.
fn figure(value: Option<i64>) -> String {
    value.map(|it| language::number(language::Language::Vi, it)).unwrap_or_default()
}

/// A paragraph of nothing but cleaned text, for the parts.
fn plain(text: &str, size: usize) -> Paragraph {
    Paragraph::new().add_run(docx_rs::Run::new().add_text(clean(text)).size(size))
}
