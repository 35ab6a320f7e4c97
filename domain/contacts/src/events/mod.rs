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

pub use evtx::{
    CHUNK_BYTES, CHUNKS_AT, ChunkHead, WindowsEvent, WindowsEvents, read_windows_events,
};

use std::collections::VecDeque;
use std::fmt;

use jiff::Timestamp;

use crate::packets::recent::Recent;
use crate::{Contact, Outcome, Part};

/// How many questions in which an indicator was found are remembered until their answers come.
const MOST_ASKED: usize = 8_192;

/// How many questions that are as each other wait for their answers.
const MOST_ALIKE: usize = 16;

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
struct Asked(Recent<u64, Waiting>);

/// Questions that are as each other: asked by the same for the same, some of them before the first answer.
#[derive(Default)]
struct Waiting {
    /// The oldest first; nothing for one that was told of without waiting any longer.
    questions: VecDeque<Option<Held>>,
    /// Answers that were told of, and of which another event may say more.
    answers: u32,
}

/// What an answer says more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Nothing that was told of.
    Nothing,
    /// A question that was told of.
    Question,
    /// An answer that was told of.
    Answer,
}

impl Before {
    fn is_told(self) -> bool {
        self != Self::Nothing
    }

    /// What of question and answer an event is about that comes after it.
    fn part(self) -> Part {
        if self == Self::Question { Part::Answer } else { Part::Whole }
    }
}

/// A question until its answer comes.
#[derive(PartialEq, Eq)]
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
        let waiting = self.waiting(key, sink);
        waiting.questions.push_back(Some(held));
        if waiting.questions.len() > MOST_ALIKE
            && let Some(oldest) = waiting.questions.pop_front().flatten()
        {
            oldest.tell(Part::Whole, sink);
        }
    }

    /// Notes that an answer was told of, and another event may say more.
    fn told(&mut self, key: u64, sink: &mut impl Sink) {
        let waiting = self.waiting(key, sink);
        waiting.answers = waiting.answers.saturating_add(1);
    }

    fn waiting(&mut self, key: u64, sink: &mut impl Sink) -> &mut Waiting {
        if self.0.get_mut(&key).is_none() {
            let forgotten = self.0.insert(key, Waiting::default()).into_values();
            Held::tell_all(forgotten.flat_map(Waiting::left).collect(), Part::Whole, sink);
        }
        self.0.get_or_insert(key)
    }

    /// Takes the oldest question out whose answer is here. `is_last` when nothing more is said of it; an answer
    /// that was told of comes before another question then.
    fn answered(&mut self, key: u64, is_last: bool) -> Before {
        let Some(waiting) = self.0.get_mut(&key) else { return Before::Nothing };
        let before = if is_last && waiting.answers > 0 {
            waiting.answers -= 1;
            Before::Answer
        } else {
            match waiting.questions.pop_front() {
                Some(None) => Before::Question,
                None if waiting.answers > 0 => Before::Answer,
                Some(Some(_)) | None => Before::Nothing,
            }
        };
        if waiting.questions.is_empty() && waiting.answers == 0 {
            self.0.remove(&key);
        }
        before
    }

    /// Tells of the questions that wait. Their answers, when they come, say more of them. Gives their keys.
    fn tell(&mut self, sink: &mut impl Sink) -> Vec<u64> {
        let (mut keys, mut held) = (Vec::new(), Vec::new());
        for (key, waiting) in self.0.iter_mut() {
            for question in waiting.questions.iter_mut().filter_map(Option::take) {
                keys.push(*key);
                held.push(question);
            }
        }
        Held::tell_all(held, Part::Question, sink);
        keys
    }

    /// Whether a question that was told of waits for its answer.
    fn is_waiting(&self, key: u64) -> bool {
        self.0.peek(&key).is_some_and(|it| it.questions.contains(&None))
    }

    /// A question was told of before, by another reader.
    fn wait_for(&mut self, key: u64, sink: &mut impl Sink) {
        self.waiting(key, sink).questions.push_back(None);
    }

    /// No answer comes any more.
    fn finish(&mut self, sink: &mut impl Sink) {
        let held = self.0.drain().flat_map(Waiting::left).collect();
        Held::tell_all(held, Part::Whole, sink);
    }
}

impl Waiting {
    /// Questions that were not told of.
    fn left(self) -> impl Iterator<Item = Held> {
        self.questions.into_iter().flatten()
    }
}

impl Held {
    fn tell(&self, part: Part, sink: &mut impl Sink) {
        let contact = Contact {
            device: &self.device,
            device_name: &self.device_name,
            name: &self.name,
            outcome: self.outcome,
            part,
            ..Contact::default()
        };
        let Self { place, time, .. } = *self;
        sink.contact(&contact, &Event { place, time, is_more: false, line: &self.line });
    }

    fn tell_all(mut all: Vec<Self>, part: Part, sink: &mut impl Sink) {
        all.sort_by_key(|it| it.place);
        for held in all {
            held.tell(part, sink);
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
        self.reader.asked_mut().finish(sink);
        self.problem
    }

    /// Goes on in a file that grows, at the beginning of a frame or chunk: the next bytes are those at
    /// `offset`, and what was pushed of an unfinished one before is forgotten.
    pub fn go_on_at(&mut self, offset: u64) {
        self.held.clear();
        self.problem = None;
        self.state.offset = offset;
        if let Reader::Evtx(evtx) = &mut self.reader {
            evtx.go_on(None);
        }
    }

    /// Of an event log that grows, the chunk at `offset`, or what there is of it: its events behind the one
    /// with the number `after`. Their places have Windows' own numbers.
    pub fn chunk_after(&mut self, after: u64, offset: u64, chunk: &[u8], sink: &mut impl Sink) {
        let Reader::Evtx(evtx) = &mut self.reader else { return };
        self.state.offset = offset;
        evtx.go_on(Some(after));
        evtx.chunk(chunk, &mut self.state, sink);
    }

    /// Tells of the questions that wait for their answers, because who asked will not wait any longer.
    /// Answers that come later say more of them. Gives a number for each.
    pub fn tell_questions(&mut self, sink: &mut impl Sink) -> Vec<u64> {
        self.reader.asked_mut().tell(sink)
    }

    /// Whether a question that was told of, by its number, has no answer yet.
    pub fn is_waiting(&self, question: u64) -> bool {
        self.reader.asked().is_waiting(question)
    }

    /// Takes over a question that another reader of the same file has told of.
    pub fn wait_for(&mut self, question: u64, sink: &mut impl Sink) {
        self.reader.asked_mut().wait_for(question, sink);
    }

    /// What keeps the rest from being read.
    pub fn problem(&self) -> Option<EventFileProblem> {
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
    fn asked(&self) -> &Asked {
        match self {
            Self::Evtx(evtx) => &evtx.asked,
            Self::Dnstap(dnstap) => &dnstap.asked,
        }
    }

    fn asked_mut(&mut self) -> &mut Asked {
        match self {
            Self::Evtx(evtx) => &mut evtx.asked,
            Self::Dnstap(dnstap) => &mut dnstap.asked,
        }
    }

    fn step(&mut self, bytes: &[u8], state: &mut State, sink: &mut impl Sink) -> Step {
        match self {
            Self::Evtx(evtx) => evtx.step(bytes, state, sink),
            Self::Dnstap(dnstap) => dnstap.step(bytes, state, sink),
        }
    }
}
