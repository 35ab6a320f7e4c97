//! What other malware scanners wrote down, as findings of devices: Microsoft Defender, KVRT, `ClamAV`, and
//! a table a person made.
//!
//! [`read`] tells the kind of a file by its content. Findings keep what the other tool did about them;
//! what was not understood is listed.
//!
//! ```
//! use other_scanners::{Action, Category, Tool, read};
//!
//! let log = b"/home/an/a.exe: Win.Trojan.Mau-1 FOUND\n/home/an/a.exe: Removed.\n";
//! let report = read(log, &jiff::tz::TimeZone::UTC)?;
//! let finding = &report.devices[0].findings[0];
//! assert_eq!((report.tool, finding.action), (Tool::ClamAv, Action::Removed));
//! assert_eq!((finding.threat.as_str(), finding.category), ("Win.Trojan.Mau-1", Category::Malware));
//! # Ok::<(), other_scanners::ReadError>(())
//! ```
//!
//! What it deliberately does not do: decide what a finding means for a device, shorten paths, or say
//! that a device is clean. The kinds of files with their sources: `docs/formats.md`, "Reports of other
//! scanners". Where reading starts: `kind.rs`.

mod category;
mod clamav;
mod defender;
mod gather;
mod kind;
mod kvrt;
mod moments;
mod table;
mod text;
mod xml;

use jiff::Timestamp;
pub use kind::read;
use tables::TableError;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 32 << 20;
/// Devices in one file.
pub const MOST_DEVICES: usize = 2_000;
/// Findings kept of one device; the rest is counted.
pub const MOST_FINDINGS: usize = 500;
/// Findings kept of one file.
const MOST_IN_FILE: usize = 20_000;
/// Refused places that are listed; all are counted.
pub const MOST_LISTED: usize = 100;
/// Characters kept of a name, a path or a threat.
const LONGEST_TEXT: usize = 1_000;

/// What wrote a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// Microsoft Defender Antivirus.
    Defender,
    /// Kaspersky Virus Removal Tool, or Kaspersky Rescue Disk, which writes the same.
    Kvrt,
    /// `clamscan`, `clamdscan` or `clamd`.
    ClamAv,
    /// A person, by hand or with whatever tool.
    Table,
}

impl Tool {
    /// Every tool.
    pub const ALL: [Self; 4] = [Self::Defender, Self::Kvrt, Self::ClamAv, Self::Table];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Defender => "defender",
            Self::Kvrt => "kvrt",
            Self::ClamAv => "clamav",
            Self::Table => "table",
        }
    }
}

/// What the other tool did about a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// The file does not say.
    #[default]
    Unknown,
    /// The malware was taken out of the file, which stays.
    Cleaned,
    /// Put away where it does no harm.
    Quarantined,
    /// Deleted.
    Removed,
    /// Kept from starting.
    Blocked,
    /// Somebody decided to leave it.
    Allowed,
    /// Something was tried, and failed.
    Failed,
    /// It was found, and nothing was done.
    Left,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::Cleaned,
        Self::Quarantined,
        Self::Removed,
        Self::Blocked,
        Self::Allowed,
        Self::Failed,
        Self::Left,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Cleaned => "cleaned",
            Self::Quarantined => "quarantined",
            Self::Removed => "removed",
            Self::Blocked => "blocked",
            Self::Allowed => "allowed",
            Self::Failed => "failed",
            Self::Left => "left",
        }
    }

    /// Whether the other tool says that nothing is left to do. What was only blocked is still there.
    pub fn is_cleaned(self) -> bool {
        matches!(self, Self::Cleaned | Self::Quarantined | Self::Removed)
    }
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Malware.
    #[default]
    Malware,
    /// A heuristic's guess.
    Suspicious,
    /// Cracks, activators, unwanted programs: advice, never somebody's work.
    Risk,
}

impl Category {
    /// The stable code, as in results of our own scans.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malware => "malware",
            Self::Suspicious => "suspicious",
            Self::Risk => "risk",
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// What the other tool calls it.
    pub threat: String,
    /// Where; empty when the file does not say.
    pub path: String,
    /// How deep inside of archives.
    pub inside: usize,
    /// When, if the file says so.
    pub at: Option<Timestamp>,
    /// What was done about it.
    pub action: Action,
    /// What kind of thing it is.
    pub category: Category,
}

/// What a file says of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceReport {
    /// What it is called; `None` when the file does not name it.
    pub name: Option<String>,
    /// What was found on it, each thing once, with the last that was done about it.
    pub findings: Vec<Finding>,
    /// Findings beyond [`MOST_FINDINGS`].
    pub more_findings: u64,
    /// Whether one of those beyond was not cleaned.
    pub more_is_left: bool,
    /// Names of the accounts of persons that stand in the file: no path may tell them.
    pub accounts: Vec<String>,
}

/// How far a scan went, where a file tells of a whole scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanRun {
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Files that were scanned.
    pub scanned: u64,
    /// Things that were not scanned, or not whole.
    pub not_scanned: u64,
}

/// What a file held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What wrote it.
    pub tool: Tool,
    /// Version of what wrote it; empty when it does not say.
    pub version: String,
    /// The system of the devices: `windows`, or empty when it does not say.
    pub system: &'static str,
    /// Devices with what was found on them. One without findings only where a whole scan is told of.
    pub devices: Vec<DeviceReport>,
    /// The scan, where the file tells of one as a whole.
    pub scan: Option<ScanRun>,
    /// Places that were not understood: the first [`MOST_LISTED`].
    pub refused: Vec<Refused>,
    /// All of them.
    pub refused_count: u64,
}

/// A place that was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Line, row or event, from 1; 0 for the file as a whole.
    pub place: u64,
    /// Why.
    pub reason: Reason,
}

/// Why a place was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is nothing that this tool writes.
    NotUnderstood,
    /// It does not say what was found.
    NoThreat,
    /// Its moment cannot be read; the finding was taken without it.
    BadTime,
    /// Beyond the most devices or findings of a file.
    TooMany,
    /// The file is damaged or breaks off there.
    Damaged,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::NotUnderstood, Self::NoThreat, Self::BadTime, Self::TooMany, Self::Damaged];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotUnderstood => "not-understood",
            Self::NoThreat => "no-threat",
            Self::BadTime => "bad-time",
            Self::TooMany => "too-many",
            Self::Damaged => "damaged",
        }
    }
}

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More bytes than are taken.
    #[error("the file has more than {MOST_BYTES} bytes")]
    TooLarge,
    /// Nothing that any of these tools writes.
    #[error("the file is no report of a scanner that is known")]
    Unknown,
    /// It tells neither of a finding nor of a scan.
    #[error("the file tells neither of a finding nor of a scan")]
    Empty,
    /// XML or JSON that cannot be read on.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// A table that cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
}
