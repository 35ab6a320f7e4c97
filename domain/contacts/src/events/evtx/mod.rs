//! Event logs of Windows: network connections and DNS questions that Sysmon and Windows' own DNS client
//! note, with the process that made them.
//!
//! Sources: the layout of files and chunks as Joachim Metz documents it for libevtx, MS-EVEN6 for binary
//! XML, and the fields of Sysmon's and the DNS client's published manifests.

mod windows;
mod xml;

pub use windows::{WindowsEvent, WindowsEvents, read_windows_events};

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;

use super::{Asked, Before, Event, EventFileProblem, Reason, Sink, State, Step};
use crate::fields::answers_outcome;
use crate::{Contact, Outcome};

use xml::Fields;

/// Where the chunks of a file begin, in bytes.
pub const CHUNKS_AT: u64 = FILE_HEADER as u64;
/// How long a chunk is.
pub const CHUNK_BYTES: usize = CHUNK;

const FILE_HEADER: usize = 4096;
const CHUNK: usize = 65_536;
const CHUNK_HEADER: usize = 512;
const CHUNK_START: &[u8] = b"ElfChnk\0";
const RECORD_START: [u8; 4] = [0x2a, 0x2a, 0, 0];
const RECORD_HEADER: usize = 24;

/// Whether a file that begins like this is one.
pub(super) fn is_start(start: &[u8]) -> bool {
    start.starts_with(b"ElfFile\0")
}

/// Reads chunks.
#[derive(Default)]
pub(super) struct Evtx {
    is_begun: bool,
    /// Events up to this number were read before; places have Windows' numbers then.
    after: Option<u64>,
    fields: Fields,
    answers: String,
    /// Questions of the DNS client.
    pub(super) asked: Asked,
}

/// What the start of a chunk says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkHead {
    /// Windows' number of its first event.
    pub first: u64,
    /// And of its last.
    pub last: u64,
}

impl ChunkHead {
    /// More events than fit into the 64 KiB of a chunk, each with a head of 24 bytes.
    const MOST_EVENTS: u64 = (64 << 10) / 24;
    /// How many bytes of a chunk tell.
    pub const BYTES: usize = 40;

    /// What these first bytes of a chunk say; `None` where none stands, or an empty one.
    pub fn of(start: &[u8]) -> Option<Self> {
        let (first, last) = (le64(start, 24)?, le64(start, 32)?);
        let is_head = start.starts_with(CHUNK_START) && first > 0 && first <= last;
        // No more than fit into a chunk: else its head is damaged.
        let fit = last.saturating_sub(first) < Self::MOST_EVENTS;
        (is_head && fit && last < u64::MAX).then_some(Self { first, last })
    }

    /// Whether a chunk is written whole: its checksum is that of its events.
    pub fn is_whole(chunk: &[u8]) -> bool {
        is_whole(chunk)
    }

    /// When the event with a number was written, in Windows' units, where the chunk holds it.
    pub fn written(chunk: &[u8], number: u64) -> Option<u64> {
        let mut written = None;
        walk(chunk, |at, record| {
            if record.is_ok() && le64(chunk, at + 8) == Some(number) {
                written = le64(chunk, at + 16);
            }
        });
        written
    }
}

impl Evtx {
    /// Goes on in a file that grows.
    pub(super) fn go_on(&mut self, after: Option<u64>) {
        self.is_begun = true;
        self.after = after;
    }

    pub(super) fn step(&mut self, bytes: &[u8], state: &mut State, sink: &mut impl Sink) -> Step {
        if !self.is_begun {
            if bytes.len() < FILE_HEADER {
                return Step::Need(FILE_HEADER);
            }
            self.is_begun = true;
            return Step::Took(FILE_HEADER);
        }
        let Some(chunk) = bytes.get(..CHUNK) else { return Step::Need(CHUNK) };
        self.chunk(chunk, state, sink);
        Step::Took(CHUNK)
    }

    /// What there is of a last chunk is read as well.
    pub(super) fn finish(
        &mut self,
        held: &[u8],
        state: &mut State,
        sink: &mut impl Sink,
    ) -> Option<EventFileProblem> {
        if self.is_begun && held.iter().all(|byte| *byte == 0) {
            return None;
        }
        if self.is_begun && held.len() > CHUNK_HEADER {
            self.chunk(held, state, sink);
        }
        Some(EventFileProblem::CutOff)
    }

    /// Reads the events of a chunk, which stands alone: what it names twice it holds itself.
    pub(super) fn chunk(&mut self, chunk: &[u8], state: &mut State, sink: &mut impl Sink) {
        if !chunk.starts_with(CHUNK_START) {
            // Files are made larger than what is in them.
            if chunk.iter().any(|byte| *byte != 0) {
                sink.not_parsed(state.next(0), Reason::Chunk);
            }
            return;
        }
        // What stands before the first new event was told of when it was read.
        let mut is_new = self.after.is_none_or(|after| after == 0);
        walk(chunk, |at, record| match record {
            Ok(size) => is_new |= self.record(chunk, (at, size), state, sink),
            Err(reason) if is_new => sink.not_parsed(state.next(at), reason),
            Err(_) => {}
        });
    }

    /// Reads an event; tells whether it was not read before.
    fn record(
        &mut self,
        chunk: &[u8],
        (at, size): (usize, usize),
        state: &mut State,
        sink: &mut impl Sink,
    ) -> bool {
        let number = le64(chunk, at + 8).unwrap_or_default();
        if self.after.is_some_and(|after| number <= after) {
            return false;
        }
        let mut place = state.next(at);
        if self.after.is_some() {
            place.number = number;
        }
        if self.fields.read(chunk, at + RECORD_HEADER, at + size - 4).is_err() {
            sink.not_parsed(place, Reason::Event);
            return true;
        }
        let written = le64(chunk, at + 16).and_then(xml::file_time);
        let time = self.fields.time.or(written);
        state.see(time, sink);
        let fields = &self.fields;
        let Some(kind) = Kind::of(fields) else { return true };
        self.answers.clear();
        let mut contact = match kind {
            Kind::Connection => connection(fields),
            Kind::Answer | Kind::Question | Kind::Response => {
                list_answers(fields.get("QueryResults"), &mut self.answers);
                question(fields, &self.answers)
            }
        };
        let key = question_key(fields);
        let line = &Line { fields, kind, answers: &self.answers };
        let event = Event { place, time, is_more: false, line };
        if kind == Kind::Question {
            self.asked.hold(key, &contact, &event, sink);
            return true;
        }
        let before = if fields.is_sysmon() {
            Before::Nothing
        } else {
            self.asked.answered(key, kind == Kind::Answer)
        };
        contact.part = before.part();
        let is_found = sink.contact(&contact, &Event { is_more: before.is_told(), ..event });
        // A further server's answer to the same question is no further one.
        if is_found && kind == Kind::Response && before != Before::Answer {
            self.asked.told(key, sink);
        }
        true
    }
}

/// Where the events of a chunk end, by its header.
fn end_of(chunk: &[u8]) -> Option<usize> {
    let end = le32(chunk, 48)? as usize;
    (CHUNK_HEADER..=CHUNK).contains(&end).then_some(end)
}

fn is_whole(chunk: &[u8]) -> bool {
    let records = end_of(chunk).and_then(|end| chunk.get(CHUNK_HEADER..end));
    chunk.len() == CHUNK && records.is_some_and(|it| Some(crc32fast::hash(it)) == le32(chunk, 52))
}

/// Cuts a chunk into records: where each begins and how long it is, or what is not understood there.
fn walk(chunk: &[u8], mut on: impl FnMut(usize, Result<usize, Reason>)) {
    let is_complete = chunk.len() == CHUNK;
    let end = end_of(chunk).map_or(chunk.len(), |end| end.min(chunk.len()));
    if is_complete && !is_whole(chunk) {
        on(0, Err(Reason::Checksum));
    }
    let mut at = CHUNK_HEADER;
    while at + RECORD_HEADER < end {
        let size = le32(chunk, at + 4).map_or(0, |it| it as usize);
        let is_record = chunk.get(at..).is_some_and(|it| it.starts_with(&RECORD_START));
        if !is_record || size < RECORD_HEADER + 4 || at + size > chunk.len() {
            if !is_complete && at + size > chunk.len() {
                // The end of the file, which is told of.
                return;
            }
            on(at, Err(Reason::Event));
            // On to the next one that begins like one.
            let rest = chunk.get(at + 1..end).unwrap_or_default();
            match memchr::memmem::find(rest, &RECORD_START) {
                Some(next) => at += 1 + next,
                None => return,
            }
            continue;
        }
        on(at, Ok(size));
        at += size;
    }
}

/// The events that tell of contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Sysmon 3.
    Connection,
    /// DNS client 3006: a name is asked for.
    Question,
    /// DNS client 3020: a server's answer.
    Response,
    /// Sysmon 22, DNS client 3008: what came of a question.
    Answer,
}

impl Kind {
    fn of(fields: &Fields) -> Option<Self> {
        let is_client = fields.provider == "Microsoft-Windows-DNS-Client";
        match fields.id.as_str() {
            "3" if fields.is_sysmon() => Some(Self::Connection),
            "22" if fields.is_sysmon() => Some(Self::Answer),
            "3006" if is_client => Some(Self::Question),
            "3008" if is_client => Some(Self::Answer),
            "3020" if is_client => Some(Self::Response),
            _ => None,
        }
    }
}

/// Who opened it stands on the left. What was opened from this computer is the computer's; its name
/// stands for it, as it does in all of its events.
fn connection(fields: &Fields) -> Contact<'_> {
    let is_own = fields.get("Initiated").eq_ignore_ascii_case("true");
    let is_tcp = fields.get("Protocol").eq_ignore_ascii_case("tcp");
    let (device, device_name) =
        if is_own { ("", fields.computer.as_str()) } else { (fields.get("SourceIp"), "") };
    Contact {
        device: device.as_bytes(),
        device_name: device_name.as_bytes(),
        address: fields.get("DestinationIp").as_bytes(),
        port: fields.get("DestinationPort").parse().unwrap_or_default(),
        // Noted when TCP's connection stands, and when a first datagram is sent.
        outcome: if is_tcp { Outcome::Connected } else { Outcome::Attempted },
        ..Contact::default()
    }
}

fn question<'f>(fields: &'f Fields, answers: &'f str) -> Contact<'f> {
    Contact {
        device_name: fields.computer.as_bytes(),
        name: fields.get("QueryName").as_bytes(),
        answers: answers.as_bytes(),
        outcome: answers_outcome(answers.as_bytes()),
        ..Contact::default()
    }
}

/// The addresses in `type:  5 name;::ffff:192.0.2.7;`.
fn list_answers(results: &str, answers: &mut String) {
    use fmt::Write as _;
    for piece in results.split(';') {
        let Ok(address) = piece.trim().parse::<IpAddr>() else { continue };
        let comma = if answers.is_empty() { "" } else { "," };
        // Writing into a string does not fail.
        write!(answers, "{comma}{}", address.to_canonical()).unwrap_or_default();
    }
}

fn question_key(fields: &Fields) -> u64 {
    let mut hasher = DefaultHasher::new();
    for text in [&fields.computer, &fields.process] {
        text.hash(&mut hasher);
    }
    fields.get("QueryName").to_ascii_lowercase().hash(&mut hasher);
    fields.get("QueryType").hash(&mut hasher);
    hasher.finish()
}

/// One line of evidence: what noted it, on which computer, for which process, and what it was.
struct Line<'l> {
    fields: &'l Fields,
    kind: Kind,
    answers: &'l str,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.fields;
        if let Some(time) = fields.time {
            write!(f, "{time:.3} ")?;
        }
        let noted_by = if fields.is_sysmon() { "Sysmon" } else { "DNS-Client" };
        write!(f, "{noted_by} {} {} ", fields.id, fields.computer)?;
        let image = fields.get("Image");
        if fields.is_sysmon() {
            write!(f, "{image} (pid {}) ", fields.get("ProcessId"))?;
        } else {
            write!(f, "pid {} ", fields.process)?;
        }
        if self.kind == Kind::Connection {
            let ends = ["SourceIp", "SourcePort", "DestinationIp", "DestinationPort", "Protocol"];
            let [from, from_port, to, to_port, protocol] = ends.map(|it| fields.get(it));
            return write!(f, "{from} {from_port} > {to} {to_port} {protocol}");
        }
        f.write_str(fields.get("QueryName"))?;
        if !self.answers.is_empty() {
            write!(f, " = {}", self.answers.replace(',', ", "))?;
        }
        Ok(())
    }
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|it| u32::from_le_bytes(*it))
}

fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|it| u64::from_le_bytes(*it))
}
