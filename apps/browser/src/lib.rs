//! The matcher as a module that a page runs in the officer's own browser.
//!
//! It is the engine of `lamsach match`, [`log_check::check_logs`], compiled to WebAssembly: a file is
//! read by slices inside of the browser, and what comes out is one [`Checked`] for each log in it, whose
//! [`Sent`] is all that leaves the machine. `adapters/web/assets/match-worker.js` runs it, `script/browser` builds it, and
//! docs/decisions/0018-logs-matched-in-the-browser.md says why it is made like this.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamsach_browser::{Log, check};
//! use matching::{Index, IndexBuilder};
//!
//! let index = IndexBuilder::default().build();
//! let log = Log { file: "query.log".into(), modified_ms: None, zone: "Asia/Ho_Chi_Minh".into(), sha256: None };
//! let checked = check(&index, log, Arc::default(), Box::new(&b"nothing to see\n"[..]), &|_, _| {});
//! assert!(checked[0].sent.sightings.is_empty());
//! ```
//!
//! What it deliberately does not do: open a connection, ask for the time, read anything but the log
//! it is given. Its only ways out are the functions of `module`.

#[cfg(target_family = "wasm")]
mod module;
mod names;
mod sent;

use std::io::Read;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use log_check::{
    FileSummary, LogInput, Names, NotParsed, Progress, Settings, check_logs_one_by_one,
};
use matching::{Index, Sighting};
use serde::{Deserialize, Serialize};

pub use names::{NamesAsked, NamesFile, NamesTold, RefusedLine, read_names};
pub use sent::{Sent, SentLog, SentPlace, SentSighting};

/// What is known of a log before it is read.
#[derive(Clone, Debug, Deserialize)]
pub struct Log {
    /// Its name, without folders.
    pub file: String,
    /// When it was last written, in milliseconds since 1970.
    pub modified_ms: Option<i64>,
    /// Name of the zone of logs that write local time.
    pub zone: String,
    /// SHA-256 of all its bytes in hex, where whoever hands it over knows it already; else it is
    /// computed here, at the cost of as much again as matching.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// What became of a log.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// What is sent of it.
    pub sent: Sent,
    /// The line of each sighting, in their order: for the officer, on this machine only.
    pub lines: Vec<String>,
    /// The first few lines that were not understood: on this machine only.
    pub not_parsed: Vec<NotParsed>,
}

/// Matches one file on the calling thread, and gives each log in it: a zip holds several. `names` tell which device
/// an address was. `advanced` is told the raw bytes and lines read since the last call.
pub fn check(
    index: &Index,
    log: Log,
    names: Arc<Names>,
    bytes: Box<dyn Read + Send>,
    advanced: &(dyn Fn(u64, u64) + Sync),
) -> Vec<Checked> {
    let zone = TimeZone::get(&log.zone).unwrap_or(TimeZone::UTC);
    let settings = Settings {
        hash_logs: log.sha256.is_none(),
        known_sha256: log.sha256,
        names,
        ..Settings::new(zone)
    };
    let modified = log.modified_ms.and_then(|it| Timestamp::from_millisecond(it).ok());
    let input = LogInput { name: log.file, modified, size_bytes: None, bytes: Ok(bytes) };
    let mut all = Vec::new();
    let mut each = |file: &_, mut sightings: Vec<Sighting>| {
        let lines = sightings.iter_mut().map(|it| std::mem::take(&mut it.evidence.line)).collect();
        let mut file = FileSummary::clone(file);
        let not_parsed = std::mem::take(&mut file.not_parsed_samples);
        all.push(Checked { sent: Sent::new(file, sightings), lines, not_parsed });
    };
    check_logs_one_by_one(index, vec![input], &settings, &Told(advanced), &mut each);
    all
}

/// Progress for whoever started the module, who stops it by ending it.
struct Told<'t>(&'t (dyn Fn(u64, u64) + Sync));

impl Progress for Told<'_> {
    fn advanced(&self, raw_bytes: u64, lines: u64) {
        (self.0)(raw_bytes, lines);
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}
