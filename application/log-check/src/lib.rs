//! One run of indicators over logs: open, detect, match, gather, sum up.
//!
//! The command line and the portal's upload call [`check_logs`]; [`LiveLog`] reads a log that is still
//! being written, [`LivePackets`] what passes an interface, [`LiveFlows`] what exporters send,
//! [`LiveQuestions`] what a name server is asked, by the same engine.

mod archive;
mod blocks;
mod captures;
mod events;
mod everything;
mod evidence;
mod flows;
mod guarding;
mod hunt;
mod lists;
mod live;
mod live_wire;
mod members;
mod names;
mod problem;
mod records;
mod run;
mod text;
mod worker;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

pub use archive::Archive;
pub use contacts::events::Reason as EventReason;
pub use contacts::flows::{Reason as FlowReason, Refusal as FlowRefusal};
pub use contacts::packets::Reason as PacketReason;
pub use contacts::{Columns, ColumnsError, Format};
pub use guarding::{Guarding, LoadedGuard};
pub use hunt::{HuntError, Logs, SideCarInput, Wanted, hunt};
pub use hunting::{About, SideCar, SideCarBuilder};
pub use indicators::{ListProblem, ListReport, ReadOptions, Refused};
pub use lists::{
    COMPILED, IndicatorInput, ListInput, LoadedLists, check_list, compile_indicators, load_guarded,
    load_indicators, load_indicators_by, load_lists, load_wanted, load_wanted_guarded,
};
pub use live::{Gain, LiveLog};
pub use live_wire::{
    CHUNK_BYTES, CHUNKS_AT, ChunkHead, EventFileKind, LiveEvents, LiveFlows, LivePackets,
    LiveQuestions, PacketPiece,
};
pub use members::open_member;
pub use names::{MOST_NAMES_BYTES, MOST_SHARED_NAMES_BYTES, NamesInput, UnreadNames, load_names};
pub use naming::{
    Block, Confidence as NameConfidence, Intermediary, Names, NamesFormat, NamesProblem,
    NamesReport, Reason as NameRefused, Source as NameSource, ToldBy,
};
pub use problem::Problem;
pub use run::{check_logs, check_logs_one_by_one};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use matching::Sighting;
use serde::{Deserialize, Serialize};

/// One log to read: raw bytes as they lie on disk or arrive, possibly compressed. Every member of a
/// zip is a log of its own, called `NAME/MEMBER`.
pub struct LogInput {
    /// Name shown to people and kept in the evidence.
    pub name: String,
    /// When the file was last written: gives the year to formats that leave it out.
    pub modified: Option<Timestamp>,
    /// Raw size, when it is known, for progress.
    pub size_bytes: Option<u64>,
    /// The bytes, or why the log cannot be opened: such a log is reported, not skipped.
    pub bytes: std::io::Result<Box<dyn Read + Send>>,
}

/// How a run reads its logs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The format of every log; `None` detects it per file.
    pub format: Option<String>,
    /// Which column is what, for the formats `json` and `csv`.
    pub columns: Option<Arc<Columns>>,
    /// Zone of logs that write local time.
    pub zone: TimeZone,
    /// Threads; at least 1.
    pub threads: usize,
    /// Whether to give the SHA-256 of each log, which costs as much as matching does.
    pub hash_logs: bool,
    /// SHA-256 of the one log of a run in hex, where it is known already: given in place of its own.
    pub known_sha256: Option<String>,
    /// Name of the place the logs are from; kept in the archive.
    pub site: Option<String>,
    /// Takes a side-car of each log for looking back later; `None` keeps nothing.
    pub archive: Option<Arc<dyn Archive>>,
    /// Which device an address was when.
    pub names: Arc<Names>,
}

impl Settings {
    /// Any format, one thread, nothing hashed or kept: the start for a struct update.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            format: None,
            columns: None,
            zone,
            threads: 1,
            hash_logs: false,
            known_sha256: None,
            site: None,
            archive: None,
            names: Arc::default(),
        }
    }
}

/// Told about progress, and asked whether to go on.
pub trait Progress: Sync {
    /// Raw bytes and lines read since the last call.
    fn advanced(&self, raw_bytes: u64, lines: u64);
    /// Whether to stop soon; the report then says it is incomplete.
    fn is_cancelled(&self) -> bool;
}

/// What a run found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckReport {
    /// One per device and indicator, strongest verdict first, then by device and indicator.
    pub sightings: Vec<Sighting>,
    /// What was read and what was not.
    pub summary: Summary,
}

/// What was read and what was not.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Lines of all logs, packets of captures and flow records among them.
    pub lines_read: u64,
    /// Lines in which an indicator was found, findings or not.
    pub lines_matched: u64,
    /// Lines that no parser understood.
    pub lines_not_parsed: u64,
    /// Each log.
    pub files: Vec<FileSummary>,
    /// There were more sightings than a run holds, [`matching::MOST_SIGHTINGS`]; the rest is not
    /// in the report.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub too_many_sightings: bool,
    /// Whether every line of every log was read, and understood where something listed may stand in it, and no limit
    /// was hit.
    pub complete: bool,
}

/// One log.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FileSummary {
    /// As in [`LogInput::name`]; a member's behind its archive's.
    pub file: String,
    /// The archive it is a member of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
    /// The format used; `None` when none fits.
    pub format: Option<String>,
    /// Lines that are not of that format but of another one, by its name: several programs wrote
    /// the log. They are read all the same, unless a format was asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_formats: BTreeMap<String, u64>,
    /// `gzip`, `zstd`, `xz`, `bzip2` or `None`.
    pub compression: Option<String>,
    /// `utf-16le`, `utf-16be`, or `None` for UTF-8 and everything that is read as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// SHA-256 of the raw bytes read, in hex; `None` when not asked for, or when something outside
    /// of the file ended the reading.
    pub sha256: Option<String>,
    /// What is counted as a line.
    #[serde(default, skip_serializing_if = "Unit::is_lines")]
    pub unit: Unit,
    /// Lines read.
    pub lines_read: u64,
    /// Lines in which an indicator was found.
    pub lines_matched: u64,
    /// Lines in which nothing listed is written, whatever they mean: they were not taken apart. One in 61 is all the
    /// same, and from one that is not of the log's format on, all lines are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lines_ruled_out: u64,
    /// Of the others, those that were not understood.
    pub lines_not_parsed: u64,
    /// How many of them for which reason, by its code; empty for lines.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_parsed_reasons: BTreeMap<String, u64>,
    /// The first few of them, with their places.
    pub not_parsed_samples: Vec<NotParsed>,
    /// Days, in the zone of the run, of which the log has contacts: the monitoring that demonstrably
    /// ran. In long logs the first and last contact of every block of half a megabyte and one line in 16 are
    /// looked at (one in 61 where lines are ruled out), and all between two that are more than a day apart: none is
    /// made up.
    pub days: Vec<Date>,
    /// What stopped the reading before the end, or kept it from beginning.
    pub problem: Option<Problem>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What a log consists of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Lines of text.
    #[default]
    Lines,
    /// Captured packets.
    Packets,
    /// Flow records.
    Flows,
    /// Events of an event log, or messages of dnstap.
    Events,
}

impl Unit {
    /// What a file of a format consists of.
    fn of_format(name: &str) -> Self {
        records::RecordKind::named(name).map_or(Self::Lines, records::RecordKind::unit)
    }

    /// Whether it is lines.
    pub fn is_lines(&self) -> bool {
        *self == Self::Lines
    }
}

/// A line that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotParsed {
    /// From 1.
    pub line_number: u64,
    /// Of its first byte, in decompressed bytes.
    pub offset: u64,
    /// Its first 200 bytes, unreadable ones replaced; of a packet, when it came from where.
    pub text: String,
    /// The code of the reason, for packets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
