//! dnstap: Frame Streams around messages of `dnstap.proto`.
//!
//! Sources: the protocol's own definition at dnstap.info, and the Frame Streams specification of the
//! fstrm library. Of the protobuf encoding only what these messages use is read: four wire types.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;

use super::{Asked, Before, Event, EventFileProblem, Reason, Sink, State, Step};
use crate::packets::bytes::be32;
use crate::packets::dns::Message as DnsMessage;
use crate::{Contact, Outcome};

const CONTENT_TYPE: &[u8] = b"protobuf:dnstap.Dnstap";
/// The longest control frame, by the specification.
const LONGEST_CONTROL: usize = 512;
/// The longest data frame: two messages of DNS and what is said of them.
const LONGEST_FRAME: usize = 256 << 10;
const START: u32 = 2;
const STOP: u32 = 3;

/// Whether a file that begins like this is one: a control frame that says what follows.
pub(super) fn is_start(start: &[u8]) -> bool {
    let field = |at| be32(start, at);
    let is_control = field(0) == Some(0) && field(8) == Some(START);
    let length = field(4).unwrap_or_default() as usize;
    let content = start.get(12..(8 + length.min(LONGEST_CONTROL)).min(start.len()));
    is_control && content.is_some_and(|it| memchr::memmem::find(it, CONTENT_TYPE).is_some())
}

/// Reads frames.
#[derive(Default)]
pub(super) struct Dnstap {
    is_stopped: bool,
    message: DnsMessage,
    pub(super) asked: Asked,
    device: String,
    answers: String,
}

/// What of a message matters here.
#[derive(Clone, Copy, Debug, Default)]
struct Message<'m> {
    kind: u64,
    query_address: Option<IpAddr>,
    response_address: Option<IpAddr>,
    query_port: u16,
    query_time: (u64, u32),
    response_time: (u64, u32),
    query: Option<&'m [u8]>,
    response: Option<&'m [u8]>,
    /// What a policy did, by its number.
    policy: Option<u64>,
}

/// Bytes that are no message.
struct NotProtobuf;

/// One field of a message.
enum Field<'m> {
    Number(u64),
    Bytes(&'m [u8]),
}

impl Dnstap {
    pub(super) fn step(&mut self, bytes: &[u8], state: &mut State, sink: &mut impl Sink) -> Step {
        let Some(length) = be32(bytes, 0) else { return Step::Need(4) };
        if length == 0 {
            let Some(length) = be32(bytes, 4) else { return Step::Need(8) };
            let length = length as usize;
            if !(4..=LONGEST_CONTROL).contains(&length) {
                return Step::Stop(EventFileProblem::Damaged);
            }
            if bytes.len() < 8 + length {
                return Step::Need(8 + length);
            }
            self.is_stopped = be32(bytes, 8) == Some(STOP);
            return Step::Took(8 + length);
        }
        let length = length as usize;
        if length > LONGEST_FRAME {
            return Step::Stop(EventFileProblem::Damaged);
        }
        let Some(frame) = bytes.get(4..4 + length) else { return Step::Need(4 + length) };
        self.is_stopped = false;
        self.frame(frame, state, sink);
        Step::Took(4 + length)
    }

    /// A writer ends its file with a frame that says so.
    pub(super) fn finish(&self, held: &[u8]) -> Option<EventFileProblem> {
        (!held.is_empty() || !self.is_stopped).then_some(EventFileProblem::CutOff)
    }

    fn frame(&mut self, frame: &[u8], state: &mut State, sink: &mut impl Sink) {
        let place = state.next(0);
        let message = match message_of(frame) {
            Ok(Some(message)) => message,
            // Another kind of dnstap than a message: none is defined yet.
            Ok(None) => return,
            Err(NotProtobuf) => return sink.not_parsed(place, Reason::Frame),
        };
        let time = message.time();
        state.see(time, sink);
        let Some(wire) = message.response.or(message.query) else {
            return sink.not_parsed(place, Reason::Dns);
        };
        if self.message.read(wire).is_err() {
            return sink.not_parsed(place, Reason::Dns);
        }
        self.device.clear();
        self.answers.clear();
        // A resolver that asks from any of its addresses names none.
        if let Some(address) = message.query_address.filter(|it| !it.is_unspecified()) {
            push(&mut self.device, &address);
        }
        for answer in &self.message.answers {
            if !self.answers.is_empty() {
                self.answers.push(',');
            }
            push(&mut self.answers, answer);
        }
        let outcome = message.outcome(&self.message);
        for name in self.message.names() {
            let key = message.key(self.message.id, name);
            let is_answer = message.response.is_some();
            let before = if is_answer { self.asked.answered(key, true) } else { Before::Nothing };
            let contact = Contact {
                device: self.device.as_bytes(),
                name,
                answers: self.answers.as_bytes(),
                outcome,
                part: before.part(),
                ..Contact::default()
            };
            let line = &Line { message: &message, name, answers: &self.answers, time };
            let event = Event { place, time, is_more: before.is_told(), line };
            if is_answer {
                sink.contact(&contact, &event);
            } else {
                self.asked.hold(key, &contact, &event, sink);
            }
        }
    }
}

impl Message<'_> {
    fn time(&self) -> Option<Timestamp> {
        let (seconds, nanoseconds) =
            if self.response_time.0 > 0 { self.response_time } else { self.query_time };
        let seconds = i64::try_from(seconds).ok().filter(|it| *it > 0)?;
        let nanoseconds = i32::try_from(nanoseconds).ok().filter(|it| *it < 1_000_000_000)?;
        Timestamp::new(seconds, nanoseconds).ok()
    }

    /// The asker is a resolver or a forwarder that passes on what somebody else asked it.
    fn is_passed_on(&self) -> bool {
        matches!(self.kind, 3 | 4 | 7 | 8)
    }

    fn outcome(&self, message: &DnsMessage) -> Outcome {
        /// The policy that lets a question through.
        const PASS: u64 = 3;
        if self.is_passed_on() {
            Outcome::Mentioned
        } else if self.policy.is_some_and(|it| it != PASS) {
            Outcome::DnsBlocked
        } else {
            message.outcome()
        }
    }

    /// The same for a question and its answer.
    fn key(&self, id: u16, name: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        let kind = self.kind.div_ceil(2);
        (kind, self.query_address, self.query_port, id).hash(&mut hasher);
        name.to_ascii_lowercase().hash(&mut hasher);
        hasher.finish()
    }

    fn kind_name(&self) -> &'static str {
        const NAMES: [&str; 15] = [
            "dnstap",
            "AUTH_QUERY",
            "AUTH_RESPONSE",
            "RESOLVER_QUERY",
            "RESOLVER_RESPONSE",
            "CLIENT_QUERY",
            "CLIENT_RESPONSE",
            "FORWARDER_QUERY",
            "FORWARDER_RESPONSE",
            "STUB_QUERY",
            "STUB_RESPONSE",
            "TOOL_QUERY",
            "TOOL_RESPONSE",
            "UPDATE_QUERY",
            "UPDATE_RESPONSE",
        ];
        let at = usize::try_from(self.kind).unwrap_or_default();
        NAMES.get(at).copied().unwrap_or("dnstap")
    }
}

/// One line of evidence.
struct Line<'l> {
    message: &'l Message<'l>,
    name: &'l [u8],
    answers: &'l str,
    time: Option<Timestamp>,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(time) = self.time {
            write!(f, "{time:.6} ")?;
        }
        f.write_str(self.message.kind_name())?;
        if let Some(address) = self.message.query_address {
            let socket = std::net::SocketAddr::new(address, self.message.query_port);
            write!(f, " {socket}")?;
        }
        if let Some(address) = self.message.response_address {
            write!(f, " > {address}")?;
        }
        write!(f, " {}", String::from_utf8_lossy(self.name))?;
        if !self.answers.is_empty() {
            write!(f, " = {}", self.answers.replace(',', ", "))?;
        }
        Ok(())
    }
}

fn push(text: &mut String, address: &IpAddr) {
    use fmt::Write as _;
    // Writing into a string does not fail.
    write!(text, "{address}").unwrap_or_default();
}

/// The message in a frame.
fn message_of(frame: &[u8]) -> Result<Option<Message<'_>>, NotProtobuf> {
    let (mut kind, mut inner) = (0, None);
    each_field(frame, &mut |number, field| match (number, field) {
        (15, Field::Number(it)) => kind = it,
        (14, Field::Bytes(bytes)) => inner = Some(bytes),
        _ => {}
    })?;
    let Some(inner) = inner else { return if kind == 0 { Err(NotProtobuf) } else { Ok(None) } };
    let mut message = Message::default();
    let mut policy = None;
    each_field(inner, &mut |number, field| match (number, field) {
        (1, Field::Number(it)) => message.kind = it,
        (4, Field::Bytes(it)) => message.query_address = address(it),
        (5, Field::Bytes(it)) => message.response_address = address(it),
        (6, Field::Number(it)) => message.query_port = u16::try_from(it).unwrap_or_default(),
        (8, Field::Number(it)) => message.query_time.0 = it,
        (9, Field::Number(it)) => message.query_time.1 = u32::try_from(it).unwrap_or(u32::MAX),
        (10, Field::Bytes(it)) => message.query = Some(it),
        (12, Field::Number(it)) => message.response_time.0 = it,
        (13, Field::Number(it)) => message.response_time.1 = u32::try_from(it).unwrap_or(u32::MAX),
        (14, Field::Bytes(it)) => message.response = Some(it),
        (15, Field::Bytes(it)) => policy = Some(it),
        _ => {}
    })?;
    if let Some(policy) = policy {
        each_field(policy, &mut |number, field| {
            if let (3, Field::Number(action)) = (number, field) {
                message.policy = Some(action);
            }
        })?;
    }
    Ok(Some(message))
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Some(four) = bytes.as_array::<4>() {
        return Some(Ipv4Addr::from(*four).into());
    }
    bytes.as_array::<16>().map(|it| Ipv6Addr::from(*it).to_canonical())
}

/// Calls `take` with every field of a message.
fn each_field<'m>(
    mut bytes: &'m [u8],
    take: &mut dyn FnMut(u64, Field<'m>),
) -> Result<(), NotProtobuf> {
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let field = match key & 7 {
            0 => Field::Number(varint(&mut bytes)?),
            1 => Field::Number(u64::from_le_bytes(fixed(&mut bytes)?)),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).map_err(|_| NotProtobuf)?;
                let (field, rest) = bytes.split_at_checked(length).ok_or(NotProtobuf)?;
                bytes = rest;
                Field::Bytes(field)
            }
            5 => Field::Number(u32::from_le_bytes(fixed(&mut bytes)?).into()),
            _ => return Err(NotProtobuf),
        };
        take(key >> 3, field);
    }
    Ok(())
}

fn varint(bytes: &mut &[u8]) -> Result<u64, NotProtobuf> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(NotProtobuf)?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(NotProtobuf)
}

fn fixed<const LENGTH: usize>(bytes: &mut &[u8]) -> Result<[u8; LENGTH], NotProtobuf> {
    let (fixed, rest) = bytes.split_first_chunk().ok_or(NotProtobuf)?;
    *bytes = rest;
    Ok(*fixed)
}
