//! Side-cars of logs, written while the logs are matched.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::sync::{Mutex, PoisonError};

use hunting::{About, SideCarBuilder};
use sha2::{Digest, Sha256};

use crate::blocks::Block;
use crate::everything::Told;

/// How much of a log one side-car covers, in decompressed bytes: bounds what a builder holds.
const SEGMENT_BYTES: u64 = 256 << 20;
/// How many bytes at the start tell a log from another one and stay when it grows: enough for the
/// header lines of Zeek and IIS, which say when the log began.
const MARK_BYTES: usize = 512;

/// How many pairs of device and destination a side-car of records holds at most: a byte of flow
/// records holds more of them than a byte of text.
const MOST_PAIRS: usize = 2_000_000;

/// Where side-cars go.
pub trait Archive: Debug + Send + Sync {
    /// Keeps a side-car under a name, in place of one of the same name: that of a log which was
    /// read before and has grown since.
    fn store(&self, name: &str, about: About, side_car: SideCarBuilder) -> io::Result<()>;

    /// Drops the side-car of a name, if there is one: a log that was read when it was too short to be told
    /// apart by its start has grown, and is kept under another name.
    fn drop_shorter(&self, name: &str) -> io::Result<()>;
}

/// The side-cars of one log, in the making.
pub(crate) struct Segments<'r> {
    archive: &'r dyn Archive,
    about: About,
    mark: Mark,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: BTreeMap<u64, Segment>,
    /// The segment each thread is in.
    positions: Vec<u64>,
    failure: Option<io::Error>,
}

#[derive(Default)]
struct Segment {
    builder: SideCarBuilder,
    bytes: u64,
    lines: u64,
    lines_not_parsed: u64,
    is_cut: bool,
}

/// What one thread has seen of the segment it is in.
pub(crate) struct Part<'s> {
    segments: &'s Segments<'s>,
    thread: usize,
    number: u64,
    segment: Segment,
}

impl<'r> Segments<'r> {
    /// The side-cars of a log that begins with `first`.
    pub(crate) fn new(archive: &'r dyn Archive, about: About, first: &Block) -> Self {
        // The header of a table may be longer, and is the same every day: the first line behind it belongs to the mark.
        let header = first.bytes().split(|it| *it == b'\n').take_while(|it| it.starts_with(b"#"));
        let mut ends = memchr::memchr_iter(b'\n', first.bytes());
        let lines = ends.nth(header.count().max(1)).map_or(0, |end| end + 1);
        let start = first.bytes().get(..MARK_BYTES.max(lines)).unwrap_or(first.bytes());
        let mark = Mark::new(&about, start);
        Self { archive, about, mark, state: Mutex::default() }
    }

    /// The part of one more thread.
    pub(crate) fn part(&self) -> Part<'_> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.positions.push(0);
        let thread = state.positions.len() - 1;
        Part { segments: self, thread, number: 0, segment: Segment::default() }
    }

    /// What kept a side-car from being written.
    pub(crate) fn into_failure(self) -> Option<io::Error> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).failure
    }

    /// Takes over a part, and stores every segment that no thread is in any more.
    fn take(&self, thread: usize, (number, part): (u64, Segment), next: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(position) = state.positions.get_mut(thread) {
            *position = next;
        }
        let open = state.open.entry(number).or_default();
        open.bytes += part.bytes;
        open.lines += part.lines;
        open.lines_not_parsed += part.lines_not_parsed;
        open.is_cut |= part.is_cut;
        if open.builder.is_empty() {
            open.builder = part.builder;
        } else {
            open.builder.merge(&part.builder);
        }
        let behind = state.positions.iter().copied().min().unwrap_or(u64::MAX);
        while let Some(first) = state.open.first_entry()
            && *first.key() < behind
            && let (number, segment) = first.remove_entry()
        {
            if let Err(error) = self.store(number, segment) {
                state.failure.get_or_insert(error);
            }
        }
    }

    fn store(&self, number: u64, segment: Segment) -> io::Result<()> {
        let about = About { from: number * SEGMENT_BYTES, ..self.about.clone() };
        self.mark.store(self.archive, number, about, segment)
    }
}

/// Names the side-cars of a log by its first bytes.
struct Mark {
    site: String,
    start: Vec<u8>,
}

impl Mark {
    fn new(about: &About, start: &[u8]) -> Self {
        Self { site: about.site.clone().unwrap_or_default(), start: start.to_vec() }
    }

    /// The name of a side-car, of the log when it began and ended with so many bytes.
    fn name(&self, bytes: usize, number: u64) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.site);
        hash.update([0]);
        hash.update(self.start.get(..bytes).unwrap_or(&self.start));
        let mark: String = hex::encode(hash.finalize()).chars().take(24).collect();
        format!("{mark}-{number:05}")
    }

    fn store(
        &self,
        archive: &dyn Archive,
        number: u64,
        about: About,
        segment: Segment,
    ) -> io::Result<()> {
        let Segment { builder, bytes, lines, lines_not_parsed, is_cut } = segment;
        let about = About { bytes, lines, lines_not_parsed, is_cut, ..about };
        archive.store(&self.name(self.start.len(), number), about, builder)?;
        if number == 0 {
            // It may have ended within them when it was read before.
            for shorter in 1..self.start.len().min(MARK_BYTES + 1) {
                archive.drop_shorter(&self.name(shorter, 0))?;
            }
        }
        Ok(())
    }
}

impl Part<'_> {
    /// The builder for the contacts of a block.
    pub(crate) fn of_block(&mut self, block: &Block) -> &mut SideCarBuilder {
        let number = block.offset / SEGMENT_BYTES;
        if number != self.number {
            self.hand_over(number);
        }
        self.segment.bytes += block.bytes().len() as u64;
        &mut self.segment.builder
    }

    /// Counts the lines of the block asked for last, and those of them not understood.
    pub(crate) fn count(&mut self, lines: u64, not_parsed: u64) {
        self.segment.lines += lines;
        self.segment.lines_not_parsed += not_parsed;
    }

    /// Ends the part; without this, as in a run that was stopped, what is open is not kept, so that
    /// it takes no whole side-car's place.
    ///
    /// `is_cut` says that reading failed behind the last block.
    pub(crate) fn finish(mut self, is_cut: bool) {
        self.segment.is_cut = is_cut;
        self.hand_over(u64::MAX);
    }

    fn hand_over(&mut self, next: u64) {
        let segment = std::mem::take(&mut self.segment);
        self.segments.take(self.thread, (self.number, segment), next);
        self.number = next;
    }
}

/// The side-cars of a file of records, in the making: one thread reads it.
pub(crate) struct RecordSegments<'r> {
    archive: &'r dyn Archive,
    about: About,
    mark: Mark,
    /// Number of the open one.
    number: u64,
    /// Where it begins, in bytes and records, and how far it goes by now.
    from: (u64, u64),
    reached: (u64, u64),
    segment: Segment,
    failure: Option<io::Error>,
}

impl<'r> RecordSegments<'r> {
    /// The side-cars of a file of which `own` are the first bytes that no other one shares.
    pub(crate) fn new(archive: &'r dyn Archive, about: About, own: &[u8]) -> Self {
        let mark = Mark::new(&about, own.get(..MARK_BYTES).unwrap_or(own));
        let (from, reached, number) = ((0, 0), (0, 0), 0);
        let (segment, failure) = (Segment::default(), None);
        Self { archive, about, mark, number, from, reached, segment, failure }
    }

    pub(crate) fn take(&mut self, told: &Told<'_>) {
        match told {
            Told::NotUnderstood => self.segment.lines_not_parsed += 1,
            Told::Contact(proof) => {
                // What is told late stood further up.
                let place = (proof.offset, proof.number.saturating_sub(1));
                self.reached = self.reached.max(place);
                let is_long = self.reached.0 - self.from.0 >= SEGMENT_BYTES;
                if is_long || self.segment.builder.len() >= MOST_PAIRS {
                    self.store(self.reached);
                }
                proof.add_to(&mut self.segment.builder);
            }
        }
    }

    /// The file ends here, in bytes and records; `is_cut` says that it should not.
    ///
    /// Without this, as in a run that was stopped, what is open is not kept.
    pub(crate) fn finish(&mut self, end: (u64, u64), is_cut: bool) {
        self.segment.is_cut = is_cut;
        self.store(end);
    }

    /// What kept a side-car from being written.
    pub(crate) fn into_failure(self) -> Option<io::Error> {
        self.failure
    }

    /// Stores the open one, which ends here.
    fn store(&mut self, end: (u64, u64)) {
        let segment = std::mem::take(&mut self.segment);
        let (bytes, lines) = (end.0.saturating_sub(self.from.0), end.1.saturating_sub(self.from.1));
        let segment = Segment { bytes, lines, ..segment };
        let about = About { from: self.from.0, ..self.about.clone() };
        if let Err(error) = self.mark.store(self.archive, self.number, about, segment) {
            self.failure.get_or_insert(error);
        }
        (self.number, self.from) = (self.number + 1, end);
    }
}
