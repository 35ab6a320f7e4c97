//! What was seen, kept so that no end of the program loses it or counts it twice.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use files::{FolderLock, FollowedTo, Journal, write_whole};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::tally::Tally;

/// A journal longer than this is replaced by the state it leads to, in bytes.
const LONGEST_JOURNAL: u64 = 8 << 20;
/// How long a day is kept that was sent, in days.
const KEPT_DAYS: i64 = 2;

/// One input on one day: what a portal knows as one log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceKey {
    /// The input.
    pub input: String,
    /// The day on which it came, in the zone of the watch.
    pub day: Date,
}

/// What was seen of an input on a day, and what the portal knows of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Source {
    /// What was seen.
    pub tally: Tally,
    /// Grows with every change.
    pub revision: u64,
    /// The last revision that the portal has.
    pub acknowledged: u64,
    /// The last revision in which a sighting was new: it should not wait.
    #[serde(default)]
    pub urgent: u64,
    /// The last revision that the webhook has.
    #[serde(default)]
    pub posted: u64,
    /// The first and the last revision of each sighting.
    #[serde(default)]
    pub(crate) revisions: BTreeMap<String, (u64, u64)>,
}

impl Source {
    /// Whether the portal does not have all of it.
    pub fn is_unsent(&self) -> bool {
        self.revision > self.acknowledged
    }
}

/// Why a spool cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another program uses the folder.
    #[error("another program uses the spool `{0}`")]
    Taken(PathBuf),
    /// The system refuses.
    #[error("the spool `{path}` cannot be used")]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What stands in it was not written by this program.
    #[error("the spool `{0}` is damaged: move it away to begin anew")]
    Damaged(PathBuf),
}

/// Everything that is known, in memory and, with a spool, on disk.
#[derive(Debug)]
pub struct Ledger {
    state: State,
    spool: Option<Spool>,
    /// What could not be written yet.
    unwritten: Change,
}

#[derive(Debug)]
struct Spool {
    folder: PathBuf,
    journal: Journal,
    _lock: FolderLock,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// The last change in it.
    number: u64,
    sources: Vec<(SourceKey, Source)>,
    positions: BTreeMap<String, FollowedTo>,
    #[serde(skip)]
    by_key: BTreeMap<SourceKey, usize>,
}

/// What changes at once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Change {
    #[serde(default)]
    pub(crate) number: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tallies: Vec<(SourceKey, Tally)>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) positions: BTreeMap<String, FollowedTo>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) acknowledged: Vec<(SourceKey, u64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) posted: Vec<(SourceKey, u64)>,
}

impl Change {
    pub(crate) fn is_empty(&self) -> bool {
        self.tallies.is_empty()
            && self.positions.is_empty()
            && self.acknowledged.is_empty()
            && self.posted.is_empty()
    }

    fn add(&mut self, later: Self) {
        self.tallies.extend(later.tallies);
        self.positions.extend(later.positions);
        self.acknowledged.extend(later.acknowledged);
        self.posted.extend(later.posted);
    }
}

impl State {
    fn source(&mut self, key: &SourceKey) -> &mut Source {
        let next = self.sources.len();
        let at = *self.by_key.entry(key.clone()).or_insert(next);
        if at == next {
            self.sources.push((key.clone(), Source::default()));
        }
        #[expect(clippy::indexing_slicing, reason = "the map holds places in the vector")]
        &mut self.sources[at].1
    }

    /// Applies a change; gives the sightings that are new.
    fn apply(&mut self, change: Change) -> Vec<(SourceKey, String)> {
        let mut new = Vec::new();
        for (key, tally) in change.tallies {
            let source = self.source(&key);
            let known = &source.tally.sightings;
            let fresh: Vec<String> =
                tally.sightings.keys().filter(|it| !known.contains_key(*it)).cloned().collect();
            let names: Vec<String> = tally.sightings.keys().cloned().collect();
            source.tally.add_to_day(tally);
            source.revision += 1;
            // Those that there was no room for are none.
            for name in names.into_iter().filter(|it| source.tally.sightings.contains_key(it)) {
                let revisions = (source.revision, source.revision);
                source.revisions.entry(name).or_insert(revisions).1 = source.revision;
            }
            if !fresh.is_empty() {
                source.urgent = source.revision;
            }
            new.extend(fresh.into_iter().map(|it| (key.clone(), it)));
        }
        self.positions.extend(change.positions);
        for (key, revision) in change.acknowledged {
            let source = self.source(&key);
            source.acknowledged = source.acknowledged.max(revision);
        }
        for (key, revision) in change.posted {
            let source = self.source(&key);
            source.posted = source.posted.max(revision);
        }
        new
    }

    fn reckon(&mut self) {
        let keys = self.sources.iter().enumerate();
        self.by_key = keys.map(|(at, (key, _))| (key.clone(), at)).collect();
    }
}

impl Ledger {
    /// A ledger in memory alone.
    pub fn in_memory() -> Self {
        Self { state: State::default(), spool: None, unwritten: Change::default() }
    }

    /// The ledger in a folder, as it was when the last program that used it ended, in whatever way.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        let failed = |source| LedgerError::Io { path: folder.to_owned(), source };
        let damaged = || LedgerError::Damaged(folder.to_owned());
        let lock = FolderLock::take(folder).map_err(failed)?;
        let lock = lock.ok_or_else(|| LedgerError::Taken(folder.to_owned()))?;
        let mut state = match std::fs::read(folder.join("state.json")) {
            Ok(bytes) => serde_json::from_slice::<State>(&bytes).map_err(|_| damaged())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => State::default(),
            Err(error) => return Err(failed(error)),
        };
        state.reckon();
        let (journal, records) = Journal::open(&folder.join("journal")).map_err(failed)?;
        for record in records {
            let change: Change = serde_json::from_slice(&record).map_err(|_| damaged())?;
            // What the state holds already was written to the journal before.
            if change.number > state.number {
                state.number = change.number;
                state.apply(change);
            }
        }
        let spool = Spool { folder: folder.to_owned(), journal, _lock: lock };
        Ok(Self { state, spool: Some(spool), unwritten: Change::default() })
    }

    /// Takes a change: on disk first, then in memory. Gives the sightings that are new, and what kept it
    /// from being written; it is then written with the next one.
    pub(crate) fn take(&mut self, change: Change) -> (Vec<(SourceKey, String)>, Option<io::Error>) {
        self.state.number += 1;
        let mut failure = None;
        if let Some(spool) = &mut self.spool {
            let mut record = std::mem::take(&mut self.unwritten);
            record.add(change.clone());
            record.number = self.state.number;
            let bytes = serde_json::to_vec(&record).map_err(io::Error::other);
            if let Err(error) = bytes.and_then(|bytes| spool.journal.append(&bytes)) {
                failure = Some(error);
                self.unwritten = record;
            }
        }
        (self.state.apply(change), failure)
    }

    /// Replaces a long journal by the state it leads to, and forgets days that are over and sent. Without
    /// a portal, all that are over.
    pub(crate) fn tidy(&mut self, today: Date, has_portal: bool, is_end: bool) -> io::Result<()> {
        let is_kept = |(key, source): &(SourceKey, Source)| {
            let is_young =
                key.day.until(today).is_ok_and(|it| i64::from(it.get_days()) <= KEPT_DAYS);
            is_young || (has_portal && source.is_unsent())
        };
        let before = self.state.sources.len();
        self.state.sources.retain(is_kept);
        if self.state.sources.len() < before {
            self.state.reckon();
        }
        let Some(spool) = &mut self.spool else { return Ok(()) };
        let is_long = spool.journal.size_bytes() > LONGEST_JOURNAL;
        let is_due = is_long || (is_end && spool.journal.size_bytes() > 0);
        if !is_due {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&self.state).map_err(io::Error::other)?;
        write_whole(&spool.folder.join("state.json"), &bytes)?;
        self.unwritten = Change::default();
        spool.journal.clear()
    }

    /// How far an input was read.
    pub fn position(&self, input: &str) -> Option<&FollowedTo> {
        self.state.positions.get(input)
    }

    /// Every input and day.
    pub fn sources(&self) -> impl Iterator<Item = (&SourceKey, &Source)> {
        self.state.sources.iter().map(|(key, source)| (key, source))
    }

    /// One input and day.
    pub fn source(&self, key: &SourceKey) -> Option<&Source> {
        Some(&self.state.sources.get(*self.state.by_key.get(key)?)?.1)
    }

    /// Whether it outlives the program.
    pub fn is_kept(&self) -> bool {
        self.spool.is_some()
    }

    /// Inputs of which anything is known.
    pub fn inputs(&self) -> BTreeSet<&str> {
        self.sources().map(|(key, _)| key.input.as_str()).collect()
    }
}
