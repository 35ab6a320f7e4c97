//! Where inputs hand in what they found, and get what they match against.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use files::FollowedTo;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use log_check::{Gain, Names};
use matching::Layers;

use crate::event::Note;
use crate::ledger::{Change, SourceKey};
use crate::tally::Tally;

/// Where inputs hand in what they found, and get what they match against.
pub struct Desk {
    layers: Mutex<Arc<Layers>>,
    names: Mutex<Arc<Names>>,
    pending: Mutex<Pending>,
    signal: Condvar,
    is_stopping: AtomicBool,
    running: AtomicU64,
    status: Counters,
    zone: TimeZone,
    clock: fn() -> Timestamp,
}

#[derive(Default)]
struct Counters {
    lines: AtomicU64,
    matched: AtomicU64,
    not_parsed: AtomicU64,
    dropped: AtomicU64,
    unsent: AtomicU64,
}

/// Figures of the whole watch so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Lines, packets and flows read.
    pub lines: u64,
    /// Of them those in which an indicator was found.
    pub matched: u64,
    /// Of them those that were not understood.
    pub not_parsed: u64,
    /// Those that came and were not read.
    pub dropped: u64,
    /// Inputs and days that wait for the portal.
    pub unsent: u64,
}

#[derive(Default)]
struct Pending {
    tallies: BTreeMap<SourceKey, Tally>,
    positions: BTreeMap<String, FollowedTo>,
    acknowledged: Vec<(SourceKey, u64)>,
    posted: Vec<(SourceKey, u64)>,
    notes: Vec<Note>,
    has_news: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(crate) fn new(layers: Layers, zone: TimeZone, clock: fn() -> Timestamp) -> Self {
        Self {
            layers: Mutex::new(Arc::new(layers)),
            names: Mutex::default(),
            pending: Mutex::default(),
            signal: Condvar::new(),
            is_stopping: AtomicBool::new(false),
            running: AtomicU64::new(0),
            status: Counters::default(),
            zone,
            clock,
        }
    }

    /// What to match the next piece against. Ask for each piece: lists change, and no piece is matched
    /// against half of a change.
    pub fn layers(&self) -> Arc<Layers> {
        Arc::clone(&locked(&self.layers))
    }

    pub(crate) fn set_layers(&self, layers: Layers) {
        // The last of the old ones is freed outside of the lock.
        let old = std::mem::replace(&mut *locked(&self.layers), Arc::new(layers));
        drop(old);
    }

    /// Which device an address was, as far as is known by now. Ask for each piece.
    pub fn names(&self) -> Arc<Names> {
        Arc::clone(&locked(&self.names))
    }

    pub(crate) fn set_names(&self, names: Names) {
        let old = std::mem::replace(&mut *locked(&self.names), Arc::new(names));
        drop(old);
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn today(&self) -> Date {
        self.now().to_zoned_datetime(self.zone.clone()).date()
    }

    /// Whether the input should end.
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.signal.notify_all();
    }

    /// Hands in what a piece gave.
    pub fn hand_in(&self, input: &str, gain: Gain) {
        let mut tally = Tally::default();
        tally.add_gain(gain);
        self.hand_in_read(input, tally, None);
    }

    /// Hands in what was read and how far the input was read with it: both are kept together or not at
    /// all.
    pub fn hand_in_read(&self, input: &str, tally: Tally, position: Option<FollowedTo>) {
        let add = |counter: &AtomicU64, count| {
            counter.fetch_add(count, Ordering::Relaxed);
        };
        add(&self.status.lines, tally.lines_read);
        add(&self.status.matched, tally.lines_matched);
        add(&self.status.not_parsed, tally.lines_not_parsed);
        add(&self.status.dropped, tally.dropped);
        let key = SourceKey { input: input.to_owned(), day: self.today() };
        let mut pending = locked(&self.pending);
        let has_news = !tally.sightings.is_empty();
        if tally.gaps > 0 {
            pending.notes.push(Note::Gap(input.to_owned()));
        }
        if !tally.is_empty() {
            pending.tallies.entry(key).or_default().add(tally);
        }
        if let Some(position) = position {
            pending.positions.insert(input.to_owned(), position);
        }
        if has_news && !pending.has_news {
            pending.has_news = true;
            self.signal.notify_all();
        }
    }

    /// Tells of something besides sightings.
    pub fn note(&self, note: Note) {
        locked(&self.pending).notes.push(note);
        self.signal.notify_all();
    }

    pub(crate) fn acknowledge(&self, key: SourceKey, revision: u64) {
        locked(&self.pending).acknowledged.push((key, revision));
    }

    pub(crate) fn posted(&self, key: SourceKey, revision: u64) {
        locked(&self.pending).posted.push((key, revision));
    }

    /// Waits until there is news, the watch ends, or so long; gives what is there.
    pub(crate) fn wait(&self, most: Duration) -> (Change, Vec<Note>) {
        let pending = locked(&self.pending);
        let is_quiet =
            |it: &mut Pending| !it.has_news && it.notes.is_empty() && !self.is_stopping();
        let waited = self.signal.wait_timeout_while(pending, most, is_quiet);
        let (mut pending, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let taken = std::mem::take(&mut *pending);
        drop(pending);
        let change = Change {
            tallies: taken.tallies.into_iter().collect(),
            positions: taken.positions,
            acknowledged: taken.acknowledged,
            posted: taken.posted,
            ..Change::default()
        };
        (change, taken.notes)
    }

    pub(crate) fn begin(&self) {
        self.running.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn end(&self) {
        self.running.fetch_sub(1, Ordering::SeqCst);
        self.signal.notify_all();
    }

    pub(crate) fn are_inputs_running(&self) -> bool {
        self.running.load(Ordering::SeqCst) > 0
    }

    pub(crate) fn set_unsent(&self, count: u64) {
        self.status.unsent.store(count, Ordering::Relaxed);
    }

    /// Figures so far.
    pub fn status(&self) -> Status {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Status {
            lines: of(&self.status.lines),
            matched: of(&self.status.matched),
            not_parsed: of(&self.status.not_parsed),
            dropped: of(&self.status.dropped),
            unsent: of(&self.status.unsent),
        }
    }
}
