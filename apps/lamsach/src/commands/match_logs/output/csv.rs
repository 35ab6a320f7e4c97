//! CSV with a byte order mark, so that spreadsheets read Vietnamese; `;` where they expect it.

use std::io::{self, Write};

use ::csv::WriterBuilder;
use language::Language;
use matching::Sighting;

use super::super::finished::Finished;
use super::super::words::{Words, printable, verdict_code};

const COLUMNS: [&str; 22] = [
    "device",
    "device_name",
    "indicator",
    "indicator_type",
    "family",
    "list",
    "destination",
    "verdict",
    "is_finding",
    "count",
    "first_seen",
    "last_seen",
    "evidence_file",
    "evidence_offset",
    "evidence_line_number",
    "evidence_line",
    "warning",
    "device_mac",
    "name_source",
    "name_confidence",
    "intermediary",
    "intermediary_source",
];

pub(super) fn write(out: &mut dyn Write, words: &Words, finished: &Finished) -> io::Result<()> {
    out.write_all(b"\xef\xbb\xbf")?;
    // Spreadsheets set to Vietnamese take the comma for the decimal sign.
    let separator = if words.language == Language::Vi { b';' } else { b',' };
    let mut writer = WriterBuilder::new().delimiter(separator).from_writer(out);
    writer.write_record(COLUMNS).map_err(unwrapped)?;
    for sighting in &finished.report.sightings {
        writer.write_record(record(sighting)).map_err(unwrapped)?;
    }
    writer.flush()
}

/// The failure of the output below: its kind tells whether the reader went away.
fn unwrapped(error: ::csv::Error) -> io::Error {
    if !error.is_io_error() {
        return error.into();
    }
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

fn record(sighting: &Sighting) -> [String; 22] {
    let time = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let evidence = &sighting.evidence;
    [
        safe(&sighting.device),
        safe(sighting.device_name.as_deref().unwrap_or_default()),
        safe(&sighting.indicator),
        safe(&sighting.indicator_type),
        safe(sighting.family.as_deref().unwrap_or_default()),
        safe(&sighting.list),
        safe(&sighting.destination),
        verdict_code(sighting.verdict).to_owned(),
        sighting.verdict.is_finding().to_string(),
        sighting.count.to_string(),
        time(sighting.first_seen),
        time(sighting.last_seen),
        safe(&evidence.file),
        evidence.offset.to_string(),
        Some(evidence.line_number)
            .filter(|it| *it > 0)
            .map(|it| it.to_string())
            .unwrap_or_default(),
        safe(&evidence.line),
        safe(sighting.warning.as_deref().unwrap_or_default()),
        sighting.device_mac.clone().unwrap_or_default(),
        sighting.name_source.map(|it| it.code().to_owned()).unwrap_or_default(),
        sighting.name_confidence.map(|it| it.code().to_owned()).unwrap_or_default(),
        sighting.intermediary.map(|it| it.code().to_owned()).unwrap_or_default(),
        sighting.intermediary_source.map(|it| it.code().to_owned()).unwrap_or_default(),
    ]
}

/// Text for a cell: what a spreadsheet would run as a formula is quoted with `'`.
fn safe(text: &str) -> String {
    let text = printable(text);
    // A lone dash is the name of no device, and no formula.
    let is_formula = text != "-" && text.trim_start().starts_with(['=', '+', '-', '@']);
    if is_formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_quoted() {
        let check = |text: &str, expected: &str| assert_eq!(safe(text), expected);
        check("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0");
        check("\t=1+1", "' =1+1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("+84", "'+84");
        check("-", "-");
        check("10.0.0.7", "10.0.0.7");
    }
}
