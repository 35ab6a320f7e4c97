//! CSV: UTF-8 with a byte order mark and `;`, which Vietnamese spreadsheets open without asking.

use csv::WriterBuilder;
use language::{text, text_with};

use crate::Statement;
use crate::text::csv_safe;

/// The figures as CSV: a row of the form each; for a roll-up, behind a blank line, each expected
/// unit with its figures.
///
/// Numbers are plain digits, blank is no number. Text that a spreadsheet would run as a formula
/// gets a `'` before it.
pub fn to_csv(statement: &Statement) -> Vec<u8> {
    let mut writer = WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
    let number = |value: Option<i64>| value.map(|it| it.to_string()).unwrap_or_default();
    let words = |keys: &[&str]| -> Vec<String> {
        keys.iter().map(|key| text(statement.language, key)).collect()
    };
    let mut records: Vec<Vec<String>> = Vec::new();
    if let Some(marking) = &statement.marking {
        records.push(vec![csv_safe(marking)]);
    }
    records.push(words(&[
        "documents-number",
        "documents-content",
        "documents-declared",
        "documents-of",
        "documents-measured",
        "documents-note",
        "documents-reason",
    ]));
    for row in &statement.rows {
        records.push(vec![
            csv_safe(&row.number),
            csv_safe(&row.label),
            number(row.declared),
            number(row.of),
            number(row.measured),
            csv_safe(&row.note),
            csv_safe(&row.reason),
        ]);
    }
    if let Some(part) = &statement.roll_up {
        records.push(vec![String::new()]);
        let mut head = words(&["documents-code", "documents-unit", "documents-state"]);
        for row in &statement.rows {
            let values = [("number", row.number.as_str().into())];
            head.push(text_with(statement.language, "documents-row", &values));
            head.push(text_with(statement.language, "documents-row-measured", &values));
        }
        records.push(head);
        for unit in &part.units {
            let mut record =
                vec![csv_safe(&unit.code), csv_safe(&unit.name), csv_safe(&unit.state)];
            for figure in &unit.figures {
                record.extend([number(figure.declared), number(figure.measured)]);
            }
            records.push(record);
        }
    }
    for record in records {
        // Writing to memory does not fail.
        drop(writer.write_record(record));
    }
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(writer.into_inner().unwrap_or_default());
    bytes
}
