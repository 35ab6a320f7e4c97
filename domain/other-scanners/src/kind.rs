//! What a file is, told by its content, and the reader for it.

use jiff::tz::TimeZone;

use crate::text::decode;
use crate::{MOST_BYTES, ReadError, Report, clamav, defender, kvrt, table};

/// How much of a text is looked at to tell what it is, in lines.
const MOST_LOOKED_AT: usize = 2_000;

/// Reads the report of a scanner. Moments without a zone are of `zone`.
pub fn read(bytes: &[u8], zone: &TimeZone) -> Result<Report, ReadError> {
    if bytes.len() > MOST_BYTES {
        return Err(ReadError::TooLarge);
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ReadError::Empty);
    }
    let report = read_kind(bytes, zone)?;
    let has_finding = report.devices.iter().any(|it| !it.findings.is_empty());
    if has_finding || report.scan.is_some() { Ok(report) } else { Err(ReadError::Empty) }
}

fn read_kind(bytes: &[u8], zone: &TimeZone) -> Result<Report, ReadError> {
    if bytes.starts_with(b"ElfFile\0") {
        return Ok(defender::events::read_log(bytes));
    }
    if let Some(plain) = kvrt::deciphered(bytes) {
        return kvrt::read(&decode(&plain), zone);
    }
    // Workbooks, and what only a table's own reader can tell anything about.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return table::read(bytes, zone);
    }
    let text = decode(bytes);
    let start = text.trim_start();
    if start.starts_with('<') {
        return match root_of(start) {
            "Objs" => defender::read_clixml(&text, zone),
            "Event" | "Events" => defender::events::read_xml(&text),
            "Report" => kvrt::read(&text, zone),
            _ => Err(ReadError::Unknown),
        };
    }
    if start.starts_with(['{', '[']) {
        return defender::read_json(start, zone);
    }
    if let Some(rows) = defender::csv_of(start) {
        return defender::read_csv(rows, zone);
    }
    if text.lines().take(MOST_LOOKED_AT).any(clamav::is_telling) {
        return Ok(clamav::read(&text, zone));
    }
    table::read(bytes, zone)
}

/// The name of a document's first element.
fn root_of(text: &str) -> &str {
    let mut rest = text;
    loop {
        let Some((_, tag)) = rest.split_once('<') else { return "" };
        if !tag.starts_with(['?', '!']) {
            return tag.split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
        }
        rest = tag;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_no_scanner_writes_is_refused() {
        let check = |bytes: &[u8], expected| {
            assert_eq!(read(bytes, &TimeZone::UTC).map(|it| it.tool), Err(expected));
        };
        check(b"", ReadError::Empty);
        check(b" \r\n", ReadError::Empty);
        check(b"<html><body>x</body></html>", ReadError::Unknown);
        check(b"{\"a\":1}", ReadError::Unknown);
        check(b"name,age\nan,3\n", ReadError::Unknown);
        check(b"[]", ReadError::Empty);
        check(b"<Objs></Objs>", ReadError::Empty);
        check(
            b"thi\xe1\xba\xbft b\xe1\xbb\x8b;m\xc3\xa3 \xc4\x91\xe1\xbb\x99c\n",
            ReadError::Empty,
        );
        assert!(matches!(read(b"<Objs><Obj>", &TimeZone::UTC), Err(ReadError::Damaged(_))));
        assert!(matches!(read(b"[{\"ThreatID\":", &TimeZone::UTC), Err(ReadError::Damaged(_))));
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            drop(read(&bytes, &TimeZone::UTC));
            for start in ["ElfFile\0", "<Objs>", "<Events>", "<Report>", "[{\"ThreatID\":1,", "a: b FOUND\n",
                "\"DetectionID\",\"ThreatID\",\"Resources\"\n", "device;threat\n"] {
                drop(read(&[start.as_bytes(), &bytes].concat(), &TimeZone::UTC));
            }
        }
    }
}
