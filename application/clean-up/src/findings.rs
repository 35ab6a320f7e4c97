//! Findings that a scan wrote as JSON lines.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _};

use file_check::Finding;
use serde::Deserialize;

/// Bytes of a line that are read.
const MAX_LINE_BYTES: u64 = 1 << 20;
/// Findings that are taken.
const MAX_FINDINGS: usize = 1_000_000;

/// What was read.
#[derive(Debug, Default)]
pub struct FindingsRead {
    /// Findings, in the order of the file.
    pub findings: Vec<Finding>,
    /// Lines that are no finding, with the reason, from 1.
    pub refused: Vec<(u64, String)>,
    /// Whether the scan says that it was whole; `None` when its summary is not there.
    pub is_complete: Option<bool>,
    /// What the scan says that it amounts to, as a code.
    pub verdict: Option<String>,
    /// Files that it met, and those it scanned.
    pub seen: Option<u64>,
    /// Of these, scanned.
    pub scanned: Option<u64>,
    /// How much was not scanned, by reason.
    pub not_scanned: BTreeMap<String, u64>,
    /// The packs that it looked for.
    pub packs: Vec<PackRead>,
}

/// A pack that a scan used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PackRead {
    /// Its name.
    pub pack: String,
    /// Its serial.
    pub serial: u64,
    /// The last day on which it is current.
    pub expires: String,
    /// Whether that day was over.
    #[serde(default)]
    pub expired: bool,
}

#[derive(Deserialize)]
struct SummaryLine {
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    complete: bool,
    verdict: Option<String>,
    seen: Option<u64>,
    scanned: Option<u64>,
    #[serde(default)]
    not_scanned: BTreeMap<String, u64>,
    #[serde(default)]
    packs: Vec<PackRead>,
}

/// Reads what `scan --json` wrote.
pub fn read_findings(mut lines: impl BufRead) -> io::Result<FindingsRead> {
    let mut read = FindingsRead::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = lines.by_ref().take(MAX_LINE_BYTES + 1).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        if length as u64 > MAX_LINE_BYTES || read.findings.len() >= MAX_FINDINGS {
            // What follows would begin in the middle of a line.
            read.refused.push((number, "too long".to_owned()));
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Finding>(&line) {
            Ok(finding) => read.findings.push(finding),
            Err(error) => match serde_json::from_slice::<SummaryLine>(&line) {
                Ok(SummaryLine { summary }) => {
                    read.is_complete = Some(summary.complete);
                    read.verdict = summary.verdict;
                    (read.seen, read.scanned) = (summary.seen, summary.scanned);
                    read.not_scanned = summary.not_scanned;
                    read.packs = summary.packs;
                }
                Err(_) => read.refused.push((number, error.to_string())),
            },
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_and_summary_are_told_apart_and_the_rest_is_refused() {
        let text = r#"{"path":"/a","what":"rule","rule":"r","category":"malware","sha256":"00"}
{"path":"/b","inside":["c"],"what":"hash","indicator":"11","category":"risk","sha256":"11"}

not json
{"path":"/c"}
{"summary":{"complete":false,"verdict":"infected"}}"#;
        let read = read_findings(text.as_bytes()).unwrap();
        let paths: Vec<_> = read.findings.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["/a", "/b"]);
        assert_eq!(read.findings[1].inside, ["c"]);
        assert_eq!(read.refused.iter().map(|it| it.0).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(read.is_complete, Some(false));
        let long = "x".repeat(2 << 20);
        assert_eq!(read_findings(long.as_bytes()).unwrap().refused.len(), 1);
    }
}
