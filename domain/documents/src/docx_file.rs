//! DOCX by the rules of Decree 30/2020/NĐ-CP, appendix I. Lengths are twentieths of a point.
//!
//! The words are Vietnamese whatever language a person reads the portal in: they are those of the
//! decree, of the letter and of its form.

mod layout;
mod parts;

use docx_rs::{AlignmentType, Paragraph};

use crate::text::one_line;
use crate::{
    BlankForm, DocumentError, Figure, Letter, Opinion, RollUpPart, Statement, StatementRow,
    UnitLine,
};
use layout::{Sheet, TEXT_WIDTH, WIDE_TEXT_WIDTH, at, centred, dashed, heading, paragraph};
use parts::{BLANK, Column, HeadingBlock, appendix_title, grid};

/// More names than these stand in an appendix of their own, one below the other.
const MOST_NAMES_IN_TEXT: usize = 40;
/// A letter to more than these names them in an appendix.
const MOST_ADDRESSEES: usize = 12;
/// More copies of a roll-up than these are not named one by one.
const MOST_COPIES: usize = 5;
/// More rows of a form than these go on in a table of their own.
const MOST_FIGURE_COLUMNS: usize = 12;

/// A report, with the form as its appendix; or a roll-up, with every unit's figures and words.
pub fn to_docx(statement: &Statement) -> Result<Vec<u8>, DocumentError> {
    let mut cover = Sheet::upright();
    let place_and_date = parts::place_and_date(&statement.place, statement.date);
    let block = HeadingBlock {
        is_draft: statement.is_draft,
        governing_body: &statement.governing_body,
        issuer: &statement.issuer,
        number: &format!("Số:{BLANK}/BC-{BLANK}"),
        letter_subject: None,
        place_and_date: &place_and_date,
    };
    parts::heading_block(&mut cover, &block);
    parts::title(&mut cover, "BÁO CÁO", &statement.subject);
    let to = if statement.to.is_empty() {
        "……………………………………"
    } else {
        &statement.to
    };
    cover.paragraph(centred(&format!("Kính gửi: {to}"), false));
    let mut sheets = match &statement.roll_up {
        None => {
            report_body(&mut cover, statement);
            vec![filled_form(statement)]
        }
        Some(part) => roll_up_body(&mut cover, statement, part),
    };
    let recipients = recipients(statement);
    parts::signature(&mut cover, &statement.signer, &statement.signer_name, &recipients);
    sheets.insert(0, cover);
    layout::pack(sheets, statement.marking.as_deref())
}

/// A letter (công văn), with the form to report on as its appendix.
pub fn letter_to_docx(letter: &Letter) -> Result<Vec<u8>, DocumentError> {
    let mut sheet = Sheet::upright();
    let number =
        if letter.number.is_empty() { format!("{BLANK}/{BLANK}") } else { letter.number.clone() };
    let place_and_date = parts::place_and_date(&letter.place, letter.date);
    let block = HeadingBlock {
        is_draft: letter.is_draft,
        governing_body: &letter.governing_body,
        issuer: &letter.issuer,
        number: &format!("Số: {number}"),
        letter_subject: (!letter.subject.is_empty()).then_some(letter.subject.as_str()),
        place_and_date: &place_and_date,
    };
    parts::heading_block(&mut sheet, &block);
    let list_number = if letter.form.is_some() { "II" } else { "" };
    if letter.to.len() > MOST_ADDRESSEES {
        let at = if list_number.is_empty() { String::new() } else { format!(" {list_number}") };
        let all = format!("Các cơ quan, đơn vị (theo danh sách tại Phụ lục{at} kèm theo)");
        addressees(&mut sheet, &[all]);
    } else {
        addressees(&mut sheet, &letter.to);
    }
    for text in letter.opening.iter().flat_map(|it| it.lines()) {
        sheet.paragraph(paragraph(text));
    }
    for (number, task) in (1..).zip(&letter.tasks) {
        for (line, text) in task.lines().enumerate() {
            let text = if line == 0 { format!("{number}. {text}") } else { text.to_owned() };
            sheet.paragraph(paragraph(&text));
        }
    }
    let closing: Vec<&str> = letter.closing.iter().flat_map(|it| it.lines()).collect();
    for (index, text) in closing.iter().enumerate() {
        if index + 1 == closing.len() {
            sheet.paragraph(last(&closed(text)));
        } else {
            sheet.paragraph(paragraph(text));
        }
    }
    parts::signature(&mut sheet, &letter.signer, &letter.signer_name, &letter.recipients);
    let mut sheets = vec![sheet];
    let day = letter.date.map(language::day_phrase);
    let day = day.unwrap_or_else(|| format!("ngày{BLANK}tháng{BLANK}năm{BLANK}"));
    let attached_to = format!("Công văn số {number} {day} của {}", letter.issuer);
    let has_list = letter.to.len() > MOST_ADDRESSEES;
    if let Some(form) = &letter.form {
        sheets.push(blank_form(form, if has_list { "I" } else { "" }, &attached_to));
    }
    if has_list {
        let mut list = Sheet::upright();
        appendix_title(
            &mut list,
            list_number,
            "Danh sách cơ quan, đơn vị nhận công văn",
            &attached_to,
        );
        name_list(&mut list, &letter.to);
        sheets.push(list);
    }
    layout::pack(sheets, letter.marking.as_deref())
}

/// The text with "./.", which ends the body of a document.
fn closed(text: &str) -> String {
    let text = one_line(text);
    let bare = text.trim_end_matches(['/', '.']);
    format!("{bare}./.")
}

/// The last paragraph of a body: the signature never stands on a page without it.
fn last(text: &str) -> Paragraph {
    paragraph(text).keep_next(true)
}

/// "Kính gửi": one addressee on the line, several below each other with the dashes below the
/// colon.
fn addressees(sheet: &mut Sheet, to: &[String]) {
    sheet.paragraph(centred("", false));
    match to {
        [] => {}
        [one] => sheet.paragraph(centred(&format!("Kính gửi: {one}"), false)),
        many => {
            sheet.paragraph(at("Kính gửi:", 1_700));
            for (index, addressee) in many.iter().enumerate() {
                let end = if index + 1 == many.len() { "." } else { ";" };
                sheet.paragraph(dashed(&format!("{}{end}", one_line(addressee)), 2_690));
            }
        }
    }
    sheet.paragraph(centred("", false));
}

fn report_body(sheet: &mut Sheet, statement: &Statement) {
    let issuer = one_line(&statement.issuer);
    let opening = format!(
        "{}{issuer} báo cáo kết quả triển khai theo mẫu thống kê, báo cáo tại Phụ lục kèm theo.",
        in_reply(statement)
    );
    sheet.paragraph(paragraph(&opening));
    let closing = if statement.to.is_empty() {
        format!("{issuer} báo cáo để cơ quan đầu mối tổng hợp./.")
    } else {
        format!("{issuer} báo cáo {} để tổng hợp./.", statement.to)
    };
    sheet.paragraph(last(&closing));
}

/// Title of the appendix of a report: what it holds, not what it was written into.
const FIGURES: &str = "Thông tin, số liệu về kết quả triển khai";

/// The form of the letter, filled in: the appendix of a report.
fn filled_form(statement: &Statement) -> Sheet {
    let mut sheet = Sheet::upright();
    appendix_title(&mut sheet, "", FIGURES, &attached_to(statement));
    let form = lower_first(&one_line(&statement.form_title));
    let form = match statement.form_letter.as_str() {
        "" => format!("Theo {form}"),
        letter => format!("Theo {form} kèm theo {}", one_line(letter)),
    };
    remark(&mut sheet, &form);
    remark(&mut sheet, &statement.form_remark);
    sheet.paragraph(heading("1. Thông tin chung"));
    sheet.labelled("- Tên đơn vị:", &statement.issuer, "");
    sheet.labelled(ASSESSMENT, &statement.assessment, "");
    sheet.labelled(PROPOSALS, &statement.proposals, "Không.");
    sheet.paragraph(heading("2. Thông tin số liệu"));
    sheet.paragraph(parts::gap());
    let rows = statement.rows.iter().map(|row| {
        // The letter's form has four columns; what the system counted stands in the note.
        let measured = row.measured.filter(|it| Some(*it) != row.declared);
        let measured = measured.map(|it| format!("Hệ thống ghi nhận: {}.", number(it)));
        vec![row.number.clone(), row.label.clone(), figure(row), remarks(row, measured)]
    });
    sheet.table(grid(&form_columns(), rows));
    sheet
}

/// The form of the letter, to be filled in.
fn blank_form(form: &BlankForm, number: &str, attached_to: &str) -> Sheet {
    let mut sheet = Sheet::upright();
    appendix_title(&mut sheet, number, &form.title, attached_to);
    remark(&mut sheet, &form.remark);
    sheet.paragraph(heading("1. Thông tin chung"));
    sheet.paragraph(paragraph("- Tên đơn vị: …………………………"));
    for label in [ASSESSMENT, PROPOSALS] {
        sheet.paragraph(paragraph(label));
        sheet.paragraph(paragraph("………………………………………………"));
    }
    sheet.paragraph(heading("2. Thông tin số liệu"));
    sheet.paragraph(parts::gap());
    let rows = form
        .rows
        .iter()
        .map(|(number, label)| vec![number.clone(), label.clone(), String::new(), String::new()]);
    sheet.table(grid(&form_columns(), rows));
    sheet
}

const ASSESSMENT: &str = "- Đánh giá kết quả thực hiện chiến dịch trong phạm vi triển khai:";
const PROPOSALS: &str = "- Đề xuất, kiến nghị (nếu có):";

fn form_columns() -> [Column; 4] {
    [
        Column::new("TT", 700, AlignmentType::Center),
        Column::new("Nội dung", 4_354, AlignmentType::Left),
        Column::new("Số lượng", 1_400, AlignmentType::Right),
        Column::new("Ghi chú", 2_900, AlignmentType::Left),
    ]
}

const UNITS: &str = "Số liệu của từng đơn vị";

/// The body of a roll-up; gives its appendices.
fn roll_up_body(sheet: &mut Sheet, statement: &Statement, part: &RollUpPart) -> Vec<Sheet> {
    let mut appendices = Appendices::of(statement);
    let issuer = one_line(&statement.issuer);
    let basis = match statement.in_reply_to.as_str() {
        "" => "Trên cơ sở báo cáo của các cơ quan, đơn vị, ".to_owned(),
        // Nobody carries out their own letter.
        letter if part.is_of_own_letter => {
            format!("Trên cơ sở báo cáo của các cơ quan, đơn vị theo {}, ", one_line(letter))
        }
        _ => in_reply(statement),
    };
    sheet.paragraph(paragraph(&format!("{basis}{issuer} tổng hợp, báo cáo kết quả như sau:")));
    sheet.paragraph(heading("1. Tình hình gửi báo cáo"));
    let mut share =
        format!("{}/{} đơn vị đã báo cáo", number_of(part.reported), number_of(part.expected));
    if part.not_noted > 0 {
        let count = number_of(part.not_noted);
        share = format!("{share}, trong đó {count} báo cáo chưa được tiếp nhận");
    }
    let missing = match part.missing.as_slice() {
        [] => format!("{share}."),
        names if names.len() <= MOST_NAMES_IN_TEXT => {
            format!("{share}; còn thiếu: {}.", joined(names))
        }
        names => {
            let number =
                appendices.add(Sheet::upright(), "Đơn vị chưa gửi báo cáo", |sheet| {
                    name_list(sheet, names);
                });
            let count = number_of(names.len());
            format!("{share}; còn thiếu {count} đơn vị, có tên tại Phụ lục {number}.")
        }
    };
    sheet.paragraph(paragraph(&missing));
    match part.late.as_slice() {
        [] => {}
        names if names.len() <= MOST_NAMES_IN_TEXT => {
            let late = format!("Đơn vị gửi báo cáo sau thời hạn: {}.", joined(names));
            sheet.paragraph(paragraph(&late));
        }
        names => {
            let number = appendices.add(
                Sheet::upright(),
                "Đơn vị gửi báo cáo sau thời hạn",
                |sheet| name_list(sheet, names),
            );
            let count = number_of(names.len());
            let late =
                format!("{count} đơn vị gửi báo cáo sau thời hạn, có tên tại Phụ lục {number}.");
            sheet.paragraph(paragraph(&late));
        }
    }
    sheet.paragraph(heading("2. Số liệu tổng hợp"));
    remark(sheet, &statement.form_remark);
    sheet.paragraph(parts::gap());
    let columns = [
        Column::new("TT", 700, AlignmentType::Center),
        Column::new("Nội dung", 3_554, AlignmentType::Left),
        Column::new("Số lượng (đơn vị báo cáo)", 1_400, AlignmentType::Right),
        Column::new("Hệ thống ghi nhận", 1_400, AlignmentType::Right),
        Column::new("Ghi chú", 2_300, AlignmentType::Left),
    ];
    let rows = statement.rows.iter().map(|row| {
        let measured = row.measured.map(number).unwrap_or_default();
        let note = remarks(row, None);
        vec![row.number.clone(), row.label.clone(), figure(row), measured, note]
    });
    sheet.table(grid(&columns, rows));
    if !part.informed_beside.is_empty() {
        let text = format!(
            "Ngoài số liệu trên, có {} cơ quan, tổ chức nhận công văn để phối hợp, để biết đã tiếp \
             nhận: {}.",
            number_of(part.informed_beside.len()),
            joined(&part.informed_beside)
        );
        sheet.paragraph(paragraph(&text));
    }
    if !part.units.is_empty() {
        let number = if statement.rows.len() <= 2 {
            appendices.add(Sheet::upright(), UNITS, |sheet| {
                units_table(sheet, TEXT_WIDTH, &statement.rows, &part.units);
            })
        } else {
            appendices.add(Sheet::lying(), UNITS, |sheet| {
                units_table(sheet, WIDE_TEXT_WIDTH, &statement.rows, &part.units);
            })
        };
        let text = format!("Số liệu của từng đơn vị tại Phụ lục {number} kèm theo.");
        sheet.paragraph(paragraph(&text));
    }
    sheet.paragraph(heading("3. Đánh giá, đề xuất, kiến nghị"));
    if !statement.assessment.is_empty() {
        sheet.labelled(ASSESSMENT, &statement.assessment, "");
    }
    if !statement.proposals.is_empty() {
        sheet.labelled(PROPOSALS, &statement.proposals, "");
    }
    if part.opinions.is_empty() {
        sheet.paragraph(paragraph("Các đơn vị không có đánh giá, đề xuất, kiến nghị riêng."));
    } else {
        let number = appendices.add(
            Sheet::lying(),
            "Đánh giá, đề xuất, kiến nghị của các đơn vị",
            |sheet| opinions_table(sheet, &part.opinions),
        );
        let text = format!(
            "Đánh giá, đề xuất, kiến nghị của từng đơn vị và trả lời tại Phụ lục {number} kèm theo."
        );
        sheet.paragraph(paragraph(&text));
    }
    sheet.paragraph(last(&closing(statement, part)));
    appendices.sheets
}

/// The last sentence of a roll-up: what it was, and for what it goes up.
fn closing(statement: &Statement, part: &RollUpPart) -> String {
    let issuer = one_line(&statement.issuer);
    let to = one_line(&statement.to);
    let purpose = if part.is_of_own_letter { "xem xét, chỉ đạo" } else { "tổng hợp" };
    let report = format!("Trên đây là kết quả tổng hợp, {issuer}");
    if to.is_empty() {
        format!("{report} trân trọng báo cáo./.")
    } else {
        format!("{report} báo cáo {to} để {purpose}./.")
    }
}

/// What the appendices of a report belong to.
fn attached_to(statement: &Statement) -> String {
    let day = statement.date.map(language::day_phrase);
    let day = day.unwrap_or_else(|| format!("ngày{BLANK}tháng{BLANK}năm{BLANK}"));
    format!("Báo cáo số{BLANK}/BC-{BLANK}{day} của {}", one_line(&statement.issuer))
}

/// The appendices of a roll-up, numbered in the order in which the text names them.
struct Appendices {
    attached_to: String,
    sheets: Vec<Sheet>,
}

impl Appendices {
    fn of(statement: &Statement) -> Self {
        Self { attached_to: attached_to(statement), sheets: Vec::new() }
    }

    /// Adds one behind the others; gives its number.
    fn add(
        &mut self,
        mut sheet: Sheet,
        title: &str,
        fill: impl FnOnce(&mut Sheet),
    ) -> &'static str {
        // As many as a roll-up can have.
        let number = ["I", "II", "III", "IV"].get(self.sheets.len()).copied().unwrap_or_default();
        appendix_title(&mut sheet, number, title, &self.attached_to);
        fill(&mut sheet);
        self.sheets.push(sheet);
        number
    }
}

fn name_list(sheet: &mut Sheet, names: &[String]) {
    let columns = [
        Column::new("TT", 900, AlignmentType::Center),
        Column::new("Đơn vị", TEXT_WIDTH - 900, AlignmentType::Left),
    ];
    let rows = (1_usize..).zip(names).map(|(index, name)| vec![number_of(index), name.clone()]);
    sheet.table(grid(&columns, rows));
}

/// Every unit with its figures: upright for a few rows, lying for many.
fn units_table(sheet: &mut Sheet, width: usize, rows: &[StatementRow], units: &[UnitLine]) {
    for row in rows {
        sheet.paragraph(paragraph(&format!("({}) {}.", row.number, row.label)));
    }
    let has_difference = units
        .iter()
        .flat_map(|it| &it.figures)
        .any(|it| it.measured.is_some_and(|m| Some(m) != it.declared));
    if has_difference {
        sheet
            .paragraph(paragraph("Số trong ngoặc: hệ thống ghi nhận, nơi khác số đơn vị báo cáo."));
    }
    // A form of many rows goes on in further tables, so that columns stay wide enough to read.
    let indexes: Vec<usize> = (0..rows.len()).collect();
    for part in indexes.chunks(MOST_FIGURE_COLUMNS) {
        sheet.paragraph(parts::gap());
        let each = ((width - 6_000) / part.len()).min(1_200);
        let mut columns = vec![
            Column::new("TT", 750, AlignmentType::Center),
            Column::new("Đơn vị", width - 2_750 - each * part.len(), AlignmentType::Left),
            Column::new("Trạng thái", 2_000, AlignmentType::Left),
        ];
        let numbers = part.iter().filter_map(|index| rows.get(*index)).map(|row| &row.number);
        columns
            .extend(numbers.map(|it| Column::new(format!("({it})"), each, AlignmentType::Right)));
        let lines = (1_usize..).zip(units).map(|(index, unit)| {
            let mut cells = vec![number_of(index), unit.name.clone(), unit.state.clone()];
            let figure = |index: &usize| unit.figures.get(*index).copied().unwrap_or_default();
            cells.extend(part.iter().map(|index| beside(figure(index))));
            cells
        });
        sheet.table(grid(&columns, lines));
    }
}

/// `5`, or `5 (4)` where the system counted something else.
fn beside(figure: Figure) -> String {
    let declared = figure.declared.map(number).unwrap_or_default();
    match figure.measured.filter(|measured| Some(*measured) != figure.declared) {
        Some(measured) => format!("{declared} ({})", number(measured)).trim().to_owned(),
        None => declared,
    }
}

fn opinions_table(sheet: &mut Sheet, opinions: &[Opinion]) {
    let columns = [
        Column::new("TT", 750, AlignmentType::Center),
        Column::new("Đơn vị", 2_800, AlignmentType::Left),
        Column::new("Đánh giá kết quả", 4_000, AlignmentType::Left),
        Column::new("Đề xuất, kiến nghị", 3_600, AlignmentType::Left),
        Column::new("Trả lời", WIDE_TEXT_WIDTH - 11_150, AlignmentType::Left),
    ];
    let rows = (1_usize..).zip(opinions).map(|(index, it)| {
        let words = [&it.unit, &it.assessment, &it.proposals, &it.answer].map(Clone::clone);
        [vec![number_of(index)], words.to_vec()].concat()
    });
    sheet.table(grid(&columns, rows));
}

fn in_reply(statement: &Statement) -> String {
    if statement.in_reply_to.is_empty() {
        return String::new();
    }
    format!("Thực hiện {}, ", one_line(&statement.in_reply_to))
}

fn remark(sheet: &mut Sheet, remark: &str) {
    if !remark.is_empty() {
        sheet.paragraph(layout::italic_centred(&format!("({remark})")));
    }
}

fn recipients(statement: &Statement) -> Vec<String> {
    let mut recipients = vec!["Như trên".to_owned()];
    // Who takes part without reporting gets to know what came of it.
    let beside = statement.roll_up.iter().flat_map(|it| &it.informed_beside);
    let beside: Vec<_> = beside.filter(|name| **name != statement.to).collect();
    if beside.len() > MOST_COPIES {
        recipients.push("Các cơ quan, đơn vị phối hợp".to_owned());
    } else {
        recipients.extend(beside.into_iter().map(|name| one_line(name)));
    }
    recipients.push("Lưu: VT".to_owned());
    recipients
}

/// What stands in the column Ghi chú.
fn remarks(row: &StatementRow, measured: Option<String>) -> String {
    let reason = (!row.reason.is_empty()).then(|| format!("Lý do chênh lệch: {}", row.reason));
    let note = (!row.note.is_empty()).then(|| row.note.clone());
    [note, measured, reason].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// A declared figure as Vietnamese documents write it, `25/32` where it is a part of something;
/// blank stays blank.
fn figure(row: &StatementRow) -> String {
    match (row.declared, row.of) {
        (Some(declared), Some(of)) => format!("{}/{}", number(declared), number(of)),
        (Some(declared), None) => number(declared),
        (None, _) => String::new(),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn number(value: i64) -> String {
    language::number(language::Language::Vi, value)
}

fn number_of(count: usize) -> String {
    number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn joined(names: &[String]) -> String {
    names.iter().map(|name| one_line(name)).collect::<Vec<_>>().join("; ")
}
