//! A table that a person made, CSV or XLSX, with a header in Vietnamese or English: device, time, path,
//! threat, action.

#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use tables::{Cell, Limits, Row};

use crate::category::category_of;
use crate::gather::Gather;
use crate::moments::Moments;
use crate::{Action, Finding, ReadError, Reason, Report, Tool};

/// Rows above the header that a title may take.
const MOST_ABOVE: usize = 10;

/// What each column may be called, in small letters.
const DEVICE: [&str; 15] = [
    "thiết bị",
    "tên thiết bị",
    "máy",
    "tên máy",
    "máy tính",
    "tên máy tính",
    "thiet bi",
    "ten may",
    "may tinh",
    "device",
    "device name",
    "computer",
    "computer name",
    "host",
    "hostname",
];
const TIME: [&str; 13] = [
    "thời gian",
    "thời điểm",
    "ngày",
    "lúc",
    "ngày phát hiện",
    "thời gian phát hiện",
    "thoi gian",
    "time",
    "date",
    "when",
    "detected at",
    "detection time",
    "timestamp",
];
const PATH: [&str; 13] = [
    "đường dẫn",
    "tệp",
    "tập tin",
    "tên tệp",
    "vị trí",
    "đối tượng",
    "duong dan",
    "path",
    "file",
    "file path",
    "location",
    "object",
    "resource",
];
const THREAT: [&str; 14] = [
    "mã độc",
    "tên mã độc",
    "mối đe dọa",
    "mối đe doạ",
    "virus",
    "vi rút",
    "tên virus",
    "ma doc",
    "threat",
    "threat name",
    "malware",
    "detection",
    "signature",
    "name of threat",
];
const ACTION: [&str; 14] = [
    "xử lý",
    "hành động",
    "kết quả",
    "kết quả xử lý",
    "tình trạng",
    "trạng thái",
    "biện pháp",
    "xu ly",
    "ket qua",
    "action",
    "action taken",
    "status",
    "result",
    "outcome",
];

/// Where the columns of a table are.
struct Columns {
    device: Option<usize>,
    time: Option<usize>,
    path: Option<usize>,
    threat: usize,
    action: Option<usize>,
}

impl Columns {
    fn of(row: &Row) -> Option<Self> {
        let names: Vec<String> = row.cells.iter().map(|it| text_of(it).to_lowercase()).collect();
        let find = |list: &[&str]| names.iter().position(|it| list.contains(&it.as_str()));
        let columns = Self {
            device: find(&DEVICE),
            time: find(&TIME),
            path: find(&PATH),
            threat: find(&THREAT)?,
            action: find(&ACTION),
        };
        let others = [columns.device, columns.time, columns.path, columns.action];
        others.iter().any(Option::is_some).then_some(columns)
    }
}

pub(crate) fn read(bytes: &[u8], zone: &TimeZone) -> Result<Report, ReadError> {
    let table = tables::read(bytes, &Limits::default())?;
    let mut header = table.rows.iter().take(MOST_ABOVE).enumerate();
    let header = header.find_map(|(index, row)| Some((index, Columns::of(row)?)));
    let Some((index, columns)) = header else { return Err(ReadError::Unknown) };
    let rows = table.rows.get(index + 1..).unwrap_or_default();
    let cell = |row: &Row, column: Option<usize>| {
        column.and_then(|it| row.cells.get(it)).map(text_of).unwrap_or_default()
    };
    let times: Vec<String> = rows.iter().map(|row| cell(row, columns.time)).collect();
    let moments = Moments::of(zone, times.iter().map(String::as_str));
    let mut gather = Gather::default();
    for (row, time) in rows.iter().zip(&times) {
        let place = u64::try_from(row.number).unwrap_or_default();
        let threat = cell(row, Some(columns.threat));
        if threat.is_empty() {
            gather.refuse(place, Reason::NoThreat);
            continue;
        }
        let finding = Finding {
            path: cell(row, columns.path),
            inside: 0,
            at: gather.moment(&moments, time, place),
            action: action_of(&cell(row, columns.action)),
            category: category_of(&threat),
            threat,
        };
        gather.finding(&cell(row, columns.device), finding, place);
    }
    Ok(gather.finish((Tool::Table, String::new(), ""), None))
}

/// What a person's words say was done, with marks or without. What was not done, is only wanted, or was
/// taken back is looked for first: a case is not to be closed by half a word.
fn action_of(words: &str) -> Action {
    let words = language::without_marks(words).to_lowercase();
    let has = |list: &[&str]| list.iter().any(|it| words.contains(it));
    if words.is_empty() {
        Action::Unknown
    } else if has(&["chua", "no action", "none", "pending", "can ", "de nghi", "to be ", "should"])
    {
        Action::Left
    } else if has(&["khong", "that bai", "loi", "fail", "error", "not ", "un"]) && !has(&["undo"]) {
        Action::Failed
    } else if has(&["khoi phuc", "restor", "undo"]) {
        Action::Left
    } else if has(&["cho phep", "bo qua", "allow", "ignor", "skip"]) {
        Action::Allowed
    } else if has(&["cach ly", "quarantin"]) {
        Action::Quarantined
    } else if has(&["xoa", "go bo", "da go", "delet", "remov"]) {
        Action::Removed
    } else if has(&["lam sach", "diet", "da khu", "khu doc", "clean", "disinfect", "cure"]) {
        Action::Cleaned
    } else if has(&["chan", "block"]) {
        Action::Blocked
    } else if has(&["phat hien", "detect", "found"]) {
        Action::Left
    } else {
        Action::Unknown
    }
}

fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Empty | Cell::Merged | Cell::Formula | Cell::Failed => String::new(),
    }
}

#[cfg(test)]
mod words {
    use super::*;

    #[test]
    fn what_was_not_done_is_never_taken_for_done() {
        for words in [
            "chưa xóa",
            "chua xoa",
            "khong xoa duoc",
            "xoa that bai",
            "Chưa cách ly",
            "cần xóa",
            "đề nghị xóa",
            "to be deleted",
            "delete skipped",
            "restored from quarantine",
            "lỗi khi xóa",
            "not removed",
            "bỏ qua",
            "cho phép",
        ] {
            assert!(!action_of(words).is_cleaned(), "{words}: {:?}", action_of(words));
        }
        for words in
            ["đã xóa", "da xoa", "Đã cách ly", "quarantined", "removed", "làm sạch", "gỡ bỏ"]
        {
            assert!(action_of(words).is_cleaned(), "{words}: {:?}", action_of(words));
        }
    }
}
