//! Messages as they travel: `docs/openapi.json`, schemas `Sent` and `Kept`.

use serde::{Deserialize, Serialize};

/// One log with what was seen in it.
#[derive(Clone, Debug, Serialize)]
pub struct LogResult {
    /// The log.
    pub log: Log,
    /// What was seen in it.
    pub sightings: Vec<Sighting>,
}

/// A log that was read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Log {
    /// Name of the log.
    pub file: String,
    /// SHA-256 of its raw bytes, in lower-case hex; empty for a live source, which has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// What it is known by, when it is not finished yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
    /// Its format.
    pub format: Option<String>,
    /// `gzip`, `zstd`, `xz`, `bzip2`.
    pub compression: Option<String>,
    /// Lines read.
    pub lines_read: u64,
    /// Lines in which an indicator was found.
    pub lines_matched: u64,
    /// Lines not understood.
    pub lines_not_parsed: u64,
    /// Whether it was whole; `false` for one that ends in the middle.
    pub is_whole: bool,
    /// Days of which it has lines, in the campaign's zone, `YYYY-MM-DD`.
    pub days: Vec<String>,
}

/// One day of an input that is watched: what is known of it takes the place of what was sent before.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Live {
    /// Who watches.
    pub sensor: String,
    /// The day on which it came, `YYYY-MM-DD`.
    pub day: String,
    /// Grows with every change.
    pub revision: u64,
    /// Lines or packets that came and were not read.
    pub dropped: u64,
}

/// Contacts of one device with one indicator. It has no place for a log line.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Sighting {
    /// Address or name of the device.
    pub device: String,
    /// What the log itself calls it.
    pub device_name: Option<String>,
    /// Its hardware address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_mac: Option<String>,
    /// Code of who says which device it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_source: Option<String>,
    /// Code of how sure that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_confidence: Option<String>,
    /// Code of what it does in the place of others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intermediary: Option<String>,
    /// Code of who says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intermediary_source: Option<String>,
    /// The indicator.
    pub indicator: String,
    /// `domain`, `ip`, `ip-port`, `network` or `url`.
    pub indicator_type: String,
    /// Malware family.
    pub family: Option<String>,
    /// List it came from.
    pub list: String,
    /// The warning list that names the indicator too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What was contacted.
    pub destination: String,
    /// Verdict code.
    pub verdict: String,
    /// How many contacts.
    pub count: u64,
    /// First contact, RFC 3339.
    pub first_seen: Option<String>,
    /// Last contact, RFC 3339.
    pub last_seen: Option<String>,
    /// Where the line stands in the unit's log.
    pub evidence: Evidence,
}

/// Where the line stands in the unit's log.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Evidence {
    /// In decompressed bytes.
    pub offset: u64,
    /// From 1.
    pub line_number: u64,
}

/// A message.
#[derive(Serialize)]
pub(crate) struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) campaign: Option<&'a str>,
    pub(crate) site: &'a str,
    pub(crate) results: &'a [LogResult],
}

/// What the portal answers.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub(crate) results: Vec<Kept>,
}

#[derive(Deserialize)]
pub(crate) struct Kept {
    pub(crate) status: Status,
    pub(crate) findings: u64,
    pub(crate) others: u64,
    pub(crate) cases: u64,
    /// Left out by a portal that does not check indicators.
    #[serde(default)]
    pub(crate) refused: Vec<Unlisted>,
}

#[derive(Deserialize)]
pub(crate) struct Unlisted {
    pub(crate) indicator: String,
}

/// What became of a log that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLog {
    /// Name of the log.
    pub file: String,
    /// Whether it was new.
    pub status: Status,
    /// Sightings that are findings.
    pub findings: u64,
    /// Sightings that are not.
    pub others: u64,
    /// Cases opened or opened again.
    pub cases: u64,
    /// Indicators of sightings that were not taken, one for each: they are in none of the campaign's
    /// lists.
    pub unlisted: Vec<String>,
}

/// Whether a log was new to the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It had not come before.
    New,
    /// It had come before and now says something else.
    Replaced,
    /// It had come before and says the same: nothing was changed.
    Unchanged,
}

impl Status {
    /// The code, as it stands in message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A problem as RFC 9457 writes it; members that an older or newer portal leaves out are empty.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) problems: Vec<FieldProblem>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct FieldProblem {
    pub(crate) field: String,
    pub(crate) message: String,
}
