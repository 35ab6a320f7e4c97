//! Files of records that are no lines: Windows' event logs and what name servers write as dnstap.
//!
//! [`EventFileReader`] takes the bytes of a file in any pieces and tells a [`Sink`] what its records
//! prove. Memory is bounded by one chunk of 64 KiB or one frame.
//!
//! [`read_windows_events`] gives the events of other providers by their fields.
//!
//! What it deliberately does not do: render an event as Windows does. Where reading starts: `evtx/mod.rs` cuts chunks into records, `evtx/xml.rs` reads what stands
//! in one; `dnstap.rs` reads frames.

mod dnstap;
mod evtx;
#[cfg(test)]
mod tests;

pub use evtx::{WindowsEvent, WindowsEvents, read_windows_events};

use std::fmt;

use jiff::Timestamp;

use crate::packets::recent::Recent;
use crate::{Contact, Outcome};

/// How many questions in which an indicator was found are remembered until their answers come.
const MOST_ASKED: usize = 8_192;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventFileKind {
    /// An event log of Windows Vista and later.
    Evtx,
    /// Questions and answers of a name server, in Frame Streams.
    Dnstap,
}

impl EventFileKind {
    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Evtx => "evtx",
            Self::Dnstap => "dnstap",
        }
    }

    /// What a file is that begins like this; `None` when it is neither. 64 bytes tell.
    pub fn of(start: &[u8]) -> Option<Self> {
        if evtx::is_start(start) {
            Some(Self::Evtx)
        } else if dnstap::is_start(start) {
            Some(Self::Dnstap)
        } else {
            None
        }
    }
}

/// What ended the reading of a file before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFileProblem {
    /// It ends inside of something, or without its end: it is still written, or the copy broke off.
    CutOff,
    /// A length or a mark is not what it must be; what follows cannot be told apart.
    Damaged,
}

/// Why a record was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Where a chunk of an event log should stand is something else. Its records are lost.
    Chunk,
    /// The checksum of a chunk is not that of its records, which were read all the same.
    Checksum,
    /// An event contradicts itself.
    Event,
    /// A frame holds no message of dnstap.
    Frame,
    /// A message holds no message of DNS, or one that contradicts itself.
    Dns,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::Chunk, Self::Checksum, Self::Event, Self::Frame, Self::Dns];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Chunk => "event-chunk",
            Self::Checksum => "event-checksum",
            Self::Event => "event-malformed",
            Self::Frame => "dnstap-frame",
            Self::Dns => "dnstap-dns",
        }
    }
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Offset of its first byte in the file.
    pub offset: u64,
    /// Its number in the file, from 1.
    pub number: u64,
}

/// A record that proved something.
#[derive(Clone, Copy)]
pub struct Event<'e> {
    /// Where it stands.
    pub place: Place,
    /// When it happened; `None` when it does not say.
    pub time: Option<Timestamp>,
    /// It says more about a contact that an earlier record told of, in which an indicator was found.
    pub is_more: bool,
    /// One line of evidence.
    pub line: &'e dyn fmt::Display,
}

/// Takes what records prove.
pub trait Sink {
    /// Whether an indicator is found in a contact; nothing is noted.
    fn finds(&mut self, contact: &Contact<'_>) -> bool;

    /// Takes a contact, whose time stands in the event; tells whether an indicator was found in it.
    fn contact(&mut self, contact: &Contact<'_>, event: &Event<'_>) -> bool;

    /// Takes a record that was not understood.
    fn not_parsed(&mut self, place: Place, reason: Reason);

    /// The records from here on are of another hour than those before.
    fn hour(&mut self, time: Timestamp);
}

/// What the next bytes of a file are.
enum Step {
    /// So many bytes are needed to tell.
    Need(usize),
    /// Something that was read, and how long it is.
    Took(usize),
    /// Nothing can be told from here on.
    Stop(EventFileProblem),
}

/// Reads one file of records: bytes in, in any pieces; what they prove out.
pub struct EventFileReader {
    reader: Reader,
    state: State,
    /// The start of something whose end has not arrived.
    held: Vec<u8>,
    /// How much of it is needed.
    needed: usize,
    problem: Option<EventFileProblem>,
}

enum Reader {
    Evtx(Box<evtx::Evtx>),
    Dnstap(Box<dnstap::Dnstap>),
}

/// What both kinds count.
#[derive(Default)]
struct State {
    offset: u64,
    events: u64,
    hour: Option<i64>,
}

impl State {
    /// The place of the next record, so far behind what was read.
    fn next(&mut self, behind: usize) -> Place {
        self.events += 1;
        Place { offset: self.offset + behind as u64, number: self.events }
    }

    fn see(&mut self, time: Option<Timestamp>, sink: &mut impl Sink) {
        let Some(time) = time else { return };
        let hour = time.as_second().div_euclid(3_600);
        if self.hour.replace(hour) != Some(hour) {
            sink.hour(time);
        }
    }
}

/// Questions in which an indicator was found. An answer says more than its question, and it may say
/// that the question was blocked: so a question is told of when its answer came, or does not come.
struct Asked(Recent<u64, Option<Held>>);

/// A question until its answer comes; nothing where an answer was told of, and another may follow.
struct Held {
    device: Vec<u8>,
    device_name: Vec<u8>,
    name: Vec<u8>,
    outcome: Outcome,
    place: Place,
    time: Option<Timestamp>,
    line: String,
}

impl Default for Asked {
    fn default() -> Self {
        Self(Recent::new(MOST_ASKED))
    }
}

impl Asked {
    /// Holds a question in which an indicator is found.
    fn hold(&mut self, key: u64, contact: &Contact<'_>, event: &Event<'_>, sink: &mut impl Sink) {
        if !sink.finds(contact) {
            return;
        }
        let held = Held {
            device: contact.device.to_vec(),
            device_name: contact.device_name.to_vec(),
            name: contact.name.to_vec(),
            outcome: contact.outcome,
            place: event.place,
            time: event.time,
            line: event.line.to_string(),
        };
        if let Some(before) = self.0.remove(&key).flatten() {
            before.tell(sink);
        }
        self.insert(key, Some(held), sink);
    }

    /// Notes that an answer was told of, and another may say more.
    fn told(&mut self, key: u64, sink: &mut impl Sink) {
        self.insert(key, None, sink);
    }

    fn insert(&mut self, key: u64, held: Option<Held>, sink: &mut impl Sink) {
        let forgotten = self.0.insert(key, held).into_values().flatten();
        Held::tell_all(forgotten.collect(), sink);
    }

    /// Takes a question out whose answer is here; tells whether an answer was told of already.
    fn answered(&mut self, key: u64) -> bool {
        matches!(self.0.remove(&key), Some(None))
    }

    /// No answer comes any more.
    fn finish(&mut self, sink: &mut impl Sink) {
        let held = self.0.drain().flatten().collect();
        Held::tell_all(held, sink);
    }
}

impl Held {
    fn tell(&self, sink: &mut impl Sink) {
        let contact = Contact {
            device: &self.device,
            device_name: &self.device_name,
            name: &self.name,
            outcome: self.outcome,
            ..Contact::default()
        };
        let Self { place, time, .. } = *self;
        sink.contact(&contact, &Event { place, time, is_more: false, line: &self.line });
    }

    fn tell_all(mut all: Vec<Self>, sink: &mut impl Sink) {
        all.sort_by_key(|it| it.place);
        for held in all {
            held.tell(sink);
        }
    }
}

impl EventFileReader {
    /// A reader at the start of a file.
    pub fn new(kind: EventFileKind) -> Self {
        let reader = match kind {
            EventFileKind::Evtx => Reader::Evtx(Box::default()),
            EventFileKind::Dnstap => Reader::Dnstap(Box::default()),
        };
        Self { reader, state: State::default(), held: Vec::new(), needed: 0, problem: None }
    }

    /// Reads the bytes that come next; how they are cut does not matter.
    pub fn push(&mut self, mut bytes: &[u8], sink: &mut impl Sink) {
        while self.problem.is_none() && !bytes.is_empty() {
            if self.held.is_empty() {
                match self.reader.step(bytes, &mut self.state, sink) {
                    Step::Took(length) => {
                        self.state.offset += length as u64;
                        bytes = bytes.get(length..).unwrap_or_default();
                    }
                    Step::Need(length) => {
                        self.needed = length;
                        self.held.extend_from_slice(bytes);
                        return;
                    }
                    Step::Stop(problem) => self.problem = Some(problem),
                }
                continue;
            }
            let missing = self.needed.saturating_sub(self.held.len());
            let (taken, left) = bytes.split_at_checked(missing).unwrap_or((bytes, b""));
            self.held.extend_from_slice(taken);
            bytes = left;
            if self.held.len() < self.needed {
                return;
            }
            match self.reader.step(&self.held, &mut self.state, sink) {
                Step::Took(length) => {
                    self.state.offset += length as u64;
                    self.held.drain(..length.min(self.held.len()));
                }
                Step::Need(length) => self.needed = length,
                Step::Stop(problem) => self.problem = Some(problem),
            }
        }
    }

    /// Nothing comes any more: reads what there is of the last chunk, and gives what kept the file from
    /// being read whole.
    pub fn finish(&mut self, sink: &mut impl Sink) -> Option<EventFileProblem> {
        if self.problem.is_none() {
            self.problem = match &mut self.reader {
                Reader::Evtx(evtx) => evtx.finish(&self.held, &mut self.state, sink),
                Reader::Dnstap(dnstap) => dnstap.finish(&self.held),
            };
        }
        match &mut self.reader {
            Reader::Evtx(evtx) => evtx.asked.finish(sink),
            Reader::Dnstap(dnstap) => dnstap.asked.finish(sink),
        }
        self.problem
    }

    /// Records read, those that were not understood among them.
    pub fn events(&self) -> u64 {
        self.state.events
    }

    /// Bytes read, up to the end of the last whole chunk or frame.
    pub fn offset(&self) -> u64 {
        self.state.offset
    }
}

impl Reader {
    fn step(&mut self, bytes: &[u8], state: &mut State, sink: &mut impl Sink) -> Step {
        match self {
            Self::Evtx(evtx) => evtx.step(bytes, state, sink),
            Self::Dnstap(dnstap) => dnstap.step(bytes, state, sink),
        }
    }
}
