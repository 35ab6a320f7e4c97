//! CSV: UTF-8 with a byte order mark and `;`, which Vietnamese spreadsheets open without asking.

use csv::WriterBuilder;

use crate::Statement;
use crate::text::csv_safe;

/// The figures as CSV: a row of the form each; for a roll-up each unit's figures behind them.
///
/// Numbers are plain digits. Text that a spreadsheet would run as a formula is quoted.
pub fn to_csv(statement: &Statement) -> Vec<u8> {
    let mut writer = WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
    let number = |value: Option<i64>| value.map(|it| it.to_string()).unwrap_or_default();
    let mut records: Vec<Vec<String>> = Vec::new();
    if let Some(marking) = &statement.marking {
        records.push(vec![csv_safe(marking)]);
    }
    let head = ["TT", "Nội dung", "Số lượng", "Hệ thống ghi nhận", "Ghi chú"];
    records.push(head.map(str::to_owned).to_vec());
    for row in &statement.rows {
        records.push(vec![
            csv_safe(&row.number),
            csv_safe(&row.label),
            number(row.declared),
            number(row.measured),
            csv_safe(&row.note),
        ]);
    }
    if !statement.units.is_empty() {
        let mut head = vec!["Mã đơn vị".to_owned(), "Đơn vị".to_owned(), "Trạng thái".to_owned()];
        head.extend(statement.rows.iter().map(|row| csv_safe(&row.number)));
        records.push(Vec::new());
        records.push(head);
        for unit in &statement.units {
            let mut record =
                vec![csv_safe(&unit.code), csv_safe(&unit.name), csv_safe(&unit.state)];
            record.extend(unit.declared.iter().map(|it| number(*it)));
            records.push(record);
        }
    }
    for record in records {
        let record = if record.is_empty() { vec![String::new()] } else { record };
        // Writing to memory does not fail.
        drop(writer.write_record(record));
    }
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(writer.into_inner().unwrap_or_default());
    bytes
}
