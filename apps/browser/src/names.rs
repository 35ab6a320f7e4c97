//! Files that tell which device an address was: read here like the logs, and sent nowhere.

use std::io::Cursor;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use log_check::{MOST_SHARED_NAMES_BYTES, Names, NamesInput, NamesReport, load_names};
use serde::{Deserialize, Serialize};

/// Refused lines of a file that are told one by one; all are counted.
const MOST_REFUSED_TOLD: usize = 10;

/// What is known of files of names before they are read.
#[derive(Clone, Debug, Deserialize)]
pub struct NamesAsked {
    /// Name of the zone of files that write local time.
    pub zone: String,
    /// The place whose addresses they are; empty where that is not known.
    pub site: String,
    /// The files, in the order of their bytes.
    pub files: Vec<NamesFile>,
}

/// One file of names.
#[derive(Clone, Debug, Deserialize)]
pub struct NamesFile {
    /// Its name, without folders.
    pub file: String,
    /// When it was last written, in milliseconds since 1970.
    pub modified_ms: Option<i64>,
}

/// What became of a file of names.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct NamesTold {
    /// Its name.
    pub file: String,
    /// Lines that tell which device is which.
    pub claims: u64,
    /// Rows of an inventory that are of another site.
    pub of_other_sites: u64,
    /// Lines that were refused.
    pub refused: u64,
    /// The first of them.
    pub refused_lines: Vec<RefusedLine>,
    /// Why the file was not read: then none is used.
    pub problem: Option<&'static str>,
}

/// A line that was refused.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct RefusedLine {
    /// From 1.
    pub line: u64,
    /// The code of the reason.
    pub reason: &'static str,
}

/// Reads files of names, each with its bytes. Where one has a problem the names are empty: nothing is to be
/// matched by what the others told.
pub fn read_names(asked: NamesAsked, bytes: Vec<Vec<u8>>) -> (Names, Vec<NamesTold>) {
    let zone = TimeZone::get(&asked.zone).unwrap_or(TimeZone::UTC);
    let site = asked.site.trim();
    let inputs = asked.files.into_iter().zip(bytes).map(|(it, bytes)| NamesInput {
        name: it.file,
        modified: it.modified_ms.and_then(|it| Timestamp::from_millisecond(it).ok()),
        bytes: Box::new(Cursor::new(bytes)),
    });
    let site = (!site.is_empty()).then_some(site);
    match load_names(inputs.collect(), &[], site, &zone, MOST_SHARED_NAMES_BYTES) {
        Ok((names, reports)) => {
            let told: Vec<_> = reports.into_iter().map(told).collect();
            let is_whole = told.iter().all(|it| it.problem.is_none());
            (if is_whole { names } else { Names::default() }, told)
        }
        Err(unread) => {
            let told = NamesTold {
                file: unread.name,
                problem: Some("unreadable"),
                ..NamesTold::default()
            };
            (Names::default(), vec![told])
        }
    }
}

fn told((file, report): (String, NamesReport)) -> NamesTold {
    let lines = report.refused.iter().take(MOST_REFUSED_TOLD);
    let lines = lines.map(|it| RefusedLine { line: it.line, reason: it.reason.code() });
    NamesTold {
        file,
        claims: report.claims,
        of_other_sites: report.of_other_sites,
        refused: report.refused_total(),
        refused_lines: lines.collect(),
        problem: report.problem.map(log_check::NamesProblem::code),
    }
}
