//! What leaves the machine: the message that `docs/openapi.json` calls `SentResult`.
//!
//! A list of what goes, not of what stays: a field that the engine learns to give is not sent until
//! it stands here.

use log_check::{FileSummary, Problem};
use matching::{Intermediary, NameConfidence, NameSource, Sighting, ToldBy, Verdict};
use serde::Serialize;

/// One log with what was seen in it; no line of it.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    /// The log.
    pub log: SentLog,
    /// What was seen in it.
    pub sightings: Vec<SentSighting>,
}

/// A log that was read.
#[derive(Clone, Debug, Serialize)]
pub struct SentLog {
    /// Its name.
    pub file: String,
    /// SHA-256 of its raw bytes; `None` when something outside of it ended the reading.
    pub sha256: Option<String>,
    /// Its format.
    pub format: Option<String>,
    /// How it is compressed.
    pub compression: Option<String>,
    /// Lines read.
    pub lines_read: u64,
    /// Lines in which an indicator was found.
    pub lines_matched: u64,
    /// Lines not understood.
    pub lines_not_parsed: u64,
    /// Whether nothing ended the reading before the end.
    pub is_whole: bool,
    /// Days of which it has contacts, `YYYY-MM-DD`.
    pub days: Vec<String>,
    /// What ended the reading, if anything did.
    pub problem: Option<Problem>,
}

/// Contacts of one device with one indicator.
#[derive(Clone, Debug, Serialize)]
pub struct SentSighting {
    /// Address or name of the device.
    pub device: String,
    /// What the log itself calls it.
    pub device_name: Option<String>,
    /// Who says which device it is.
    pub name_source: Option<NameSource>,
    /// How sure that is.
    pub name_confidence: Option<NameConfidence>,
    /// What it does in the place of others.
    pub intermediary: Option<Intermediary>,
    /// Who says so.
    pub intermediary_source: Option<ToldBy>,
    /// The indicator.
    pub indicator: String,
    /// Its kind.
    pub indicator_type: String,
    /// Malware family.
    pub family: Option<String>,
    /// List it came from.
    pub list: String,
    /// The warning list that names it too.
    pub warning: Option<String>,
    /// What was contacted.
    pub destination: String,
    /// Strongest verdict.
    pub verdict: Verdict,
    /// How many contacts.
    pub count: u64,
    /// First contact, RFC 3339.
    pub first_seen: Option<String>,
    /// Last contact, RFC 3339.
    pub last_seen: Option<String>,
    /// Where the line stands.
    pub evidence: SentPlace,
}

/// Where the line that proves a sighting stands in the log.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SentPlace {
    /// In decompressed bytes.
    pub offset: u64,
    /// From 1.
    pub line_number: u64,
}

impl Sent {
    /// What is sent of a log and its sightings.
    pub(crate) fn new(file: FileSummary, sightings: Vec<Sighting>) -> Self {
        let log = SentLog {
            file: file.file,
            sha256: file.sha256,
            format: file.format,
            compression: file.compression,
            lines_read: file.lines_read,
            lines_matched: file.lines_matched,
            lines_not_parsed: file.lines_not_parsed,
            is_whole: file.problem.is_none(),
            days: file.days.iter().map(ToString::to_string).collect(),
            problem: file.problem,
        };
        Self { log, sightings: sightings.into_iter().map(SentSighting::from).collect() }
    }
}

impl From<Sighting> for SentSighting {
    fn from(it: Sighting) -> Self {
        Self {
            device: it.device,
            device_name: it.device_name,
            name_source: it.name_source,
            name_confidence: it.name_confidence,
            intermediary: it.intermediary,
            intermediary_source: it.intermediary_source,
            indicator: it.indicator,
            indicator_type: it.indicator_type,
            family: it.family,
            list: it.list,
            warning: it.warning,
            destination: it.destination,
            verdict: it.verdict,
            count: it.count,
            first_seen: it.first_seen.map(|at| at.to_string()),
            last_seen: it.last_seen.map(|at| at.to_string()),
            evidence: SentPlace {
                offset: it.evidence.offset,
                line_number: it.evidence.line_number,
            },
        }
    }
}
