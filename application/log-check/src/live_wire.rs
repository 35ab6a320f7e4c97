//! Packets, flow records and questions as they come: the same engine, a piece at a time.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contacts::events::EventFileReader;
use contacts::flows::{At, FlowReader};
use contacts::packets::PacketReader;
use contacts::{Outcome, WireContact};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use matching::{Layers, Matcher, Place, StandingIn, Verdict};
use naming::Names;

use crate::captures::{Found, Reading, Shown};
use crate::{FileSummary, Gain};

/// What a piece belongs to.
#[derive(Debug)]
struct About {
    name: String,
    format: &'static str,
    zone: TimeZone,
    names: Mutex<Arc<Names>>,
    standing_in: Mutex<StandingIn>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl About {
    fn new(name: String, format: &'static str, zone: TimeZone) -> Self {
        let (names, standing_in) = (Mutex::default(), Mutex::default());
        Self { name, format, zone, names, standing_in }
    }

    fn set_names(&self, names: Arc<Names>) {
        *locked(&self.names) = names;
    }

    /// Reads a piece; `read` gives how many lines, packets or records that were.
    fn gain(
        &self,
        layers: &Layers,
        now: Timestamp,
        read: impl FnOnce(&mut Found<'_>) -> u64,
    ) -> Gain {
        let names = Arc::clone(&locked(&self.names));
        let reading = Reading {
            layers,
            log: 0,
            names: &names,
            zone: &self.zone,
            report: &|_| {},
            is_cancelled: &|| false,
        };
        let mut found = Found::new(&reading);
        let lines_read = read(&mut found);
        let mut summary = FileSummary::default();
        let gatherer = found.sum_up(&mut summary);
        let locate = |place: Place| (self.name.clone(), place.line);
        let known = &mut locked(&self.standing_in);
        let (mut sightings, questions) = gatherer.finish_knowing(known, layers, &names, locate);
        for sighting in &mut sightings {
            sighting.first_seen.get_or_insert(now);
            sighting.last_seen.get_or_insert(now);
        }
        Gain {
            format: Some(self.format.to_owned()),
            lines_read,
            lines_matched: summary.lines_matched,
            lines_not_parsed: summary.lines_not_parsed,
            days: summary.days.into_iter().collect(),
            sightings,
            questions,
            ..Gain::default()
        }
    }
}

/// Reads what exporters of flow records send, message by message.
pub struct LiveFlows {
    about: About,
    reader: FlowReader,
    offset: u64,
}

impl LiveFlows {
    /// A reader by its name, which stands in the evidence.
    pub fn new(name: String, zone: TimeZone) -> Self {
        let about = About::new(name, "netflow", zone);
        Self { about, reader: FlowReader::default(), offset: 0 }
    }

    /// Which device an address was, from now on.
    pub fn set_names(&self, names: Arc<Names>) {
        self.about.set_names(names);
    }

    /// Reads messages in the order in which they came at `now`.
    pub fn read<'m>(
        &mut self,
        layers: &Layers,
        messages: impl Iterator<Item = (SocketAddr, &'m [u8])>,
        now: Timestamp,
    ) -> Gain {
        let Self { about, reader, offset } = self;
        about.gain(layers, now, |found| {
            let before = reader.flows();
            for (exporter, message) in messages {
                reader.message(exporter, At::Stream(*offset), message, found);
                *offset += message.len() as u64;
            }
            reader.flows() - before
        })
    }

    /// Tells of connections of which only one direction was heard of since the last call: to be
    /// called every half a minute or so.
    pub fn settle(&mut self, layers: &Layers, now: Timestamp) -> Gain {
        let Self { about, reader, .. } = self;
        about.gain(layers, now, |found| {
            reader.settle(found);
            0
        })
    }

    /// Nothing comes any more.
    pub fn finish(mut self, layers: &Layers, now: Timestamp) -> Gain {
        let Self { about, reader, .. } = &mut self;
        about.gain(layers, now, |found| {
            reader.finish(found);
            0
        })
    }
}

/// A kind of file of events that grows.
pub use contacts::events::{CHUNK_BYTES, CHUNKS_AT, ChunkHead, EventFileKind};

/// Reads a file of events that grows, a piece at a time.
///
/// A question whose answer is not in its piece is told of at once, and the answer says more of it when it
/// comes: what is kept of a piece is all that it says.
pub struct LiveEvents {
    about: About,
    reader: EventFileReader,
    /// Questions that were told of lately, and when.
    told: VecDeque<(Timestamp, u64)>,
}

/// How long the answer to a question may take that another reader is to know of.
const LATE: SignedDuration = SignedDuration::from_mins(1);
/// So many questions that wait are remembered for another reader.
const MOST_TOLD: usize = 1_024;

impl LiveEvents {
    /// A reader by its name, which stands in the evidence.
    pub fn new(name: String, kind: EventFileKind, zone: TimeZone) -> Self {
        let about = About::new(name, kind.name(), zone);
        Self { about, reader: EventFileReader::new(kind), told: VecDeque::new() }
    }

    /// The questions of the last minute that were told of and wait for their answers: what an answer says
    /// more of when another reader goes on here.
    pub fn waiting(&self) -> Vec<u64> {
        let keys = self.told.iter().map(|(_, key)| *key);
        keys.filter(|key| self.reader.is_waiting(*key)).collect()
    }

    /// Goes on where another reader was.
    pub fn wait_for(&mut self, layers: &Layers, questions: &[u64], now: Timestamp) {
        let Self { about, reader, told } = self;
        about.gain(layers, now, |found| {
            for question in questions.iter().take(MOST_TOLD) {
                reader.wait_for(*question, found);
                told.push_back((now, *question));
            }
            0
        });
    }

    /// Which device an address was, from now on.
    pub fn set_names(&self, names: Arc<Names>) {
        self.about.set_names(names);
    }

    /// Reads whole frames that stand at `offset`. What cannot be told apart is a gap, once a piece.
    pub fn frames(&mut self, layers: &Layers, offset: u64, bytes: &[u8], now: Timestamp) -> Gain {
        let Self { about, reader, told } = self;
        let mut gaps = 0;
        let gain = about.gain(layers, now, |found| {
            let before = reader.events();
            reader.go_on_at(offset);
            reader.push(bytes, found);
            remember(told, reader.tell_questions(found), now);
            gaps = u64::from(reader.problem().is_some());
            reader.events() - before
        });
        Gain { gaps, ..gain }
    }

    /// Reads the events of a chunk at `offset` behind the one with the number `after`.
    pub fn chunk(
        &mut self,
        layers: &Layers,
        after: u64,
        (offset, chunk): (u64, &[u8]),
        now: Timestamp,
    ) -> Gain {
        let Self { about, reader, told } = self;
        about.gain(layers, now, |found| {
            let before = reader.events();
            reader.chunk_after(after, offset, chunk, found);
            remember(told, reader.tell_questions(found), now);
            reader.events() - before
        })
    }
}

fn remember(told: &mut VecDeque<(Timestamp, u64)>, questions: Vec<u64>, now: Timestamp) {
    told.extend(questions.into_iter().map(|it| (now, it)));
    let is_old = |(at, _): &(Timestamp, u64)| now.duration_since(*at) > LATE;
    while told.len() > MOST_TOLD || told.front().is_some_and(is_old) {
        told.pop_front();
    }
}

/// How long a question may wait for its answer before it is told of without one.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// How often flow records inside of packets are settled.
const SETTLE_FLOWS: SignedDuration = SignedDuration::from_secs(30);

/// Reads packets as they pass an interface.
pub struct LivePackets {
    about: About,
    reader: PacketReader,
    link_type: u16,
    flows_settled: Option<Timestamp>,
}

/// Takes the packets of a piece.
pub struct PacketPiece<'p, 'f> {
    reader: &'p mut PacketReader,
    found: &'p mut Found<'f>,
    link_type: u16,
}

impl PacketPiece<'_, '_> {
    /// Reads one packet, captured so many nanoseconds after the start of 1970.
    #[inline]
    pub fn packet(&mut self, frame: &[u8], nanos: u64) {
        self.reader.packet(self.link_type, frame, nanos, self.found);
    }
}

impl LivePackets {
    /// A reader by its name, which stands in the evidence; of frames of a link type, by tcpdump.org's
    /// registry.
    pub fn new(name: String, zone: TimeZone, link_type: u16) -> Self {
        let about = About::new(name, "packets", zone);
        Self { about, reader: PacketReader::default(), link_type, flows_settled: None }
    }

    /// Which device an address was, from now on.
    pub fn set_names(&self, names: Arc<Names>) {
        self.about.set_names(names);
    }

    /// Reads the packets that `each` hands in.
    pub fn read(
        &mut self,
        layers: &Layers,
        now: Timestamp,
        each: impl FnOnce(&mut PacketPiece<'_, '_>),
    ) -> Gain {
        let Self { about, reader, link_type, .. } = self;
        about.gain(layers, now, |found| {
            let before = reader.packets();
            each(&mut PacketPiece { reader, found, link_type: *link_type });
            reader.packets() - before
        })
    }

    /// Tells of what has waited long enough: to be called every few seconds.
    pub fn settle(&mut self, layers: &Layers, now: Timestamp) -> Gain {
        let is_due = self.flows_settled.is_none_or(|at| now.duration_since(at) >= SETTLE_FLOWS);
        if is_due {
            self.flows_settled = Some(now);
        }
        let Self { about, reader, .. } = self;
        about.gain(layers, now, |found| {
            reader.settle_questions(now.saturating_sub(PATIENCE).unwrap_or(now), found);
            if is_due {
                reader.settle_flows(found);
            }
            0
        })
    }

    /// Nothing comes any more.
    pub fn finish(mut self, layers: &Layers, now: Timestamp) -> Gain {
        let Self { about, reader, .. } = &mut self;
        about.gain(layers, now, |found| {
            reader.finish(found);
            0
        })
    }
}

/// Reads questions to a name server of ours as it answers them. May be used from several threads.
#[derive(Debug)]
pub struct LiveQuestions {
    about: About,
    questions: AtomicU64,
}

impl LiveQuestions {
    /// A reader by its name, which stands in the evidence.
    pub fn new(name: String, zone: TimeZone) -> Self {
        Self { about: About::new(name, "dns", zone), questions: AtomicU64::new(0) }
    }

    /// Which device an address was, from now on.
    pub fn set_names(&self, names: Arc<Names>) {
        self.about.set_names(names);
    }

    /// What a question gives when its name is listed; `None` when it is not.
    pub fn blocked(
        &self,
        layers: &Layers,
        client: IpAddr,
        name: &[u8],
        now: Timestamp,
    ) -> Option<Gain> {
        let contact = WireContact { name, outcome: Outcome::DnsBlocked, ..WireContact::by(client) };
        let hit = Matcher::over(layers).examine_wire(&contact)?;
        // A client that is listed itself asks for nothing worse than others do.
        (hit.verdict == Verdict::DnsBlocked).then(|| self.gain(layers, &contact, now))
    }

    /// What a question gives that was passed on and got these addresses: a listed one may be among them.
    pub fn passed_on(
        &self,
        layers: &Layers,
        client: IpAddr,
        name: &[u8],
        answers: &[IpAddr],
        now: Timestamp,
    ) -> Gain {
        let outcome = if answers.is_empty() { Outcome::DnsQueried } else { Outcome::DnsResolved };
        let contact = WireContact { name, answers, outcome, ..WireContact::by(client) };
        self.gain(layers, &contact, now)
    }

    fn gain(&self, layers: &Layers, contact: &WireContact<'_>, now: Timestamp) -> Gain {
        let number = self.questions.fetch_add(1, Ordering::Relaxed) + 1;
        self.about.gain(layers, now, |found| {
            found.see_day(now);
            if let Some(hit) = found.examine(contact).filter(|it| it.verdict.is_finding()) {
                let mut text = format!("{now:.3} {} DNS query ", contact.device);
                text.push_str(&String::from_utf8_lossy(contact.name));
                for (at, answer) in contact.answers.iter().enumerate() {
                    text.push_str(if at == 0 { " = " } else { ", " });
                    text.push_str(&answer.to_string());
                }
                let shown = Shown { offset: 0, number, time: Some(now), text };
                found.add(&hit, &shown, false);
                found.matched();
            }
            1
        })
    }
}

#[cfg(test)]
mod tests {
    use matching::IndexBuilder;

    use super::*;

    fn layers(address: &str) -> Layers {
        let mut builder = IndexBuilder::default();
        let indicator = indicators::Indicator {
            observable: address.parse().unwrap(),
            scope: indicators::Scope::Subdomains,
            family: None,
            valid_until: None,
        };
        builder.push(&indicator, "list.txt").unwrap();
        builder.build().into()
    }

    fn now() -> Timestamp {
        "2026-11-24T02:00:00Z".parse().unwrap()
    }

    /// A message of `NetFlow` 5 with one record.
    fn message(source: ([u8; 4], u16), target: ([u8; 4], u16), flags: u8) -> Vec<u8> {
        let mut message = vec![0, 5, 0, 1];
        message.resize(24, 0);
        message.extend(source.0);
        message.extend(target.0);
        message.resize(24 + 32, 0);
        message.extend(source.1.to_be_bytes());
        message.extend(target.1.to_be_bytes());
        message.extend([0, flags, 6]);
        message.resize(24 + 48, 0);
        message
    }

    #[test]
    fn what_comes_in_several_pieces_is_one_contact() {
        let layers = layers("192.0.2.7");
        let exporter: SocketAddr = "10.0.0.1:2055".parse().unwrap();
        let (device, other) = (([10, 0, 0, 7], 51_511), ([192, 0, 2, 7], 443));
        let mut flows = LiveFlows::new("netflow".to_owned(), TimeZone::UTC);
        let read = |flows: &mut LiveFlows, message: &[u8]| {
            flows.read(&layers, std::iter::once((exporter, message)), now())
        };
        let out = read(&mut flows, &message(device, other, 0x1b));
        let back = read(&mut flows, &message(other, device, 0x1b));
        let settled = [flows.settle(&layers, now()), flows.settle(&layers, now())];
        let end = flows.finish(&layers, now());
        let gains = [&out, &back, &settled[0], &settled[1], &end];
        assert_eq!(gains.map(|it| it.lines_read), [1, 1, 0, 0, 0]);
        let sightings: Vec<_> = gains.iter().flat_map(|it| &it.sightings).collect();
        let count: u64 = sightings.iter().map(|it| it.count).sum();
        let verdict = sightings.iter().map(|it| it.verdict).max();
        assert_eq!((count, verdict), (1, Some(Verdict::Connected)), "{sightings:?}");
        assert!(sightings.iter().all(|it| it.device == "10.0.0.7"));
        assert!(sightings.iter().all(|it| it.first_seen.is_some()));
    }

    #[test]
    fn one_direction_alone_is_told_when_it_has_waited() {
        let layers = layers("192.0.2.7");
        let exporter: SocketAddr = "10.0.0.1:2055".parse().unwrap();
        let mut flows = LiveFlows::new("netflow".to_owned(), TimeZone::UTC);
        let message = message(([10, 0, 0, 7], 51_511), ([192, 0, 2, 7], 443), 0x02);
        let read = flows.read(&layers, std::iter::once((exporter, &message[..])), now());
        let gains = [read, flows.settle(&layers, now()), flows.settle(&layers, now())];
        let told: Vec<_> = gains.iter().flat_map(|it| &it.sightings).collect();
        let found: Vec<_> = told.iter().map(|it| (it.count, it.verdict)).collect();
        assert_eq!(found, [(1, Verdict::Attempted)]);
    }

    #[test]
    fn questions_for_listed_names_are_blocked_and_answers_are_looked_at() {
        let (evil, client) = (layers("evil.example"), "10.0.0.7".parse().unwrap());
        let questions = LiveQuestions::new("dns".to_owned(), TimeZone::UTC);
        let gain = questions.blocked(&evil, client, b"A.Evil.example", now()).unwrap();
        let found = &gain.sightings[0];
        assert_eq!((found.verdict, &*found.device), (Verdict::DnsBlocked, "10.0.0.7"));
        assert_eq!(
            found.evidence.line,
            "2026-11-24T02:00:00.000Z 10.0.0.7 DNS query A.Evil.example"
        );
        assert_eq!((gain.lines_read, gain.lines_matched, gain.days.len()), (1, 1, 1));
        for name in [&b"notevil.example"[..], b"evil.example.good.example", b"example", b""] {
            assert_eq!(questions.blocked(&evil, client, name, now()), None);
        }
        let address = layers("192.0.2.7");
        let answers = ["198.51.100.5".parse().unwrap(), "192.0.2.7".parse().unwrap()];
        let gain = questions.passed_on(&address, client, b"good.example", &answers, now());
        assert_eq!(gain.sightings[0].verdict, Verdict::DnsResolved);
        let gain = questions.passed_on(&address, client, b"good.example", &answers[..1], now());
        assert_eq!((gain.lines_read, gain.sightings.len()), (1, 0));
        // Somebody who is listed may ask.
        let client = "192.0.2.7".parse().unwrap();
        assert_eq!(questions.blocked(&address, client, b"good.example", now()), None);
        assert!(
            questions.passed_on(&address, client, b"x.example", &[], now()).sightings.is_empty()
        );
    }

    /// A question or its answer in UDP over IPv4 over Ethernet.
    fn dns(is_answer: bool) -> Vec<u8> {
        let mut message =
            b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x04evil\x07example\0\0\x01\0\x01".to_vec();
        if is_answer {
            message[2] = 0x81;
            message[7] = 1;
            message.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc6\x33\x64\x05");
        }
        let (device, server) = ([10, 0, 0, 7], [10, 0, 0, 1]);
        let (from, to) = if is_answer { (server, device) } else { (device, server) };
        let (from_port, to_port): (u16, u16) = if is_answer { (53, 51_511) } else { (51_511, 53) };
        let length = u16::try_from(message.len()).unwrap();
        let mut frame = vec![0; 12];
        frame.extend(b"\x08\0\x45\0");
        frame.extend((length + 28).to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 17, 0, 0]);
        frame.extend([from, to].concat());
        for number in [from_port, to_port, length + 8, 0] {
            frame.extend(number.to_be_bytes());
        }
        frame.extend(message);
        frame
    }

    #[test]
    fn a_question_without_an_answer_is_told_when_it_has_waited() {
        let layers = layers("evil.example");
        let asked = u64::try_from(now().as_nanosecond()).unwrap();
        let read = |packets: &mut LivePackets, is_answer| {
            packets.read(&layers, now(), |piece| piece.packet(&dns(is_answer), asked))
        };
        let after = |seconds| now() + SignedDuration::from_secs(seconds);
        let told =
            |gain: Gain| gain.sightings.iter().map(|it| (it.count, it.verdict)).collect::<Vec<_>>();
        let mut packets = LivePackets::new("interface".to_owned(), TimeZone::UTC, 1);
        assert_eq!(told(read(&mut packets, false)), []);
        assert_eq!(told(packets.settle(&layers, after(9))), []);
        assert_eq!(told(packets.settle(&layers, after(11))), [(1, Verdict::DnsQueried)]);
        assert_eq!(told(packets.settle(&layers, after(30))), []);
        // The answer comes after all: it says more, and is no other contact.
        assert_eq!(told(read(&mut packets, true)), [(0, Verdict::DnsResolved)]);
        assert_eq!(told(packets.finish(&layers, after(31))), []);
        // In time.
        let mut packets = LivePackets::new("interface".to_owned(), TimeZone::UTC, 1);
        assert_eq!(told(read(&mut packets, false)), []);
        assert_eq!(told(read(&mut packets, true)), [(1, Verdict::DnsResolved)]);
        assert_eq!(told(packets.settle(&layers, after(60))), []);
    }

    #[test]
    fn what_is_no_message_is_counted() {
        let exporter: SocketAddr = "10.0.0.1:2055".parse().unwrap();
        let mut flows = LiveFlows::new("netflow".to_owned(), TimeZone::UTC);
        let messages = [&b"hello"[..], b"", &[0, 9]].map(|it| (exporter, it));
        let gain = flows.read(&layers("192.0.2.7"), messages.into_iter(), now());
        assert_eq!((gain.lines_read, gain.lines_not_parsed), (3, 3));
    }

    /// Counts by device and indicator, and what is proved at most, of what pieces gave.
    fn summed(gains: &[Gain]) -> Vec<(String, u64, Verdict)> {
        let mut sum = std::collections::BTreeMap::new();
        for it in gains.iter().flat_map(|it| &it.sightings) {
            let held = sum.entry(it.device.clone()).or_insert((0, it.verdict));
            *held = (held.0 + it.count, held.1.max(it.verdict));
        }
        sum.into_iter().map(|(device, (count, verdict))| (device, count, verdict)).collect()
    }

    #[test]
    fn frames_in_pieces_give_what_the_file_gives() {
        let file = include_bytes!("../../../domain/contacts/src/events/testdata/bind.fstrm");
        let mut ends = Vec::new();
        let mut at = 0;
        while at < file.len() {
            let length =
                |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
            at += if length(at) == 0 { 8 + length(at + 4) } else { 4 + length(at) };
            ends.push(at);
        }
        let layers = layers("c2.example");
        let read = |frames: usize| {
            let mut events =
                LiveEvents::new("dns.tap".to_owned(), EventFileKind::Dnstap, TimeZone::UTC);
            let mut from = 0;
            let pieces = ends.chunks(frames).map(|ends| *ends.last().unwrap());
            let gains: Vec<Gain> = pieces
                .map(|to| {
                    let bytes = &file[std::mem::replace(&mut from, to)..to];
                    events.frames(&layers, (to - bytes.len()) as u64, bytes, now())
                })
                .collect();
            let records: u64 = gains.iter().map(|it| it.lines_read).sum();
            assert!(gains.iter().all(|it| it.gaps == 0 && it.lines_not_parsed == 0));
            (summed(&gains), records)
        };
        // Another reader takes over after each piece.
        let killed = |frames: usize| {
            let (mut from, mut waiting) = (0, Vec::new());
            let gains: Vec<Gain> = ends
                .chunks(frames)
                .map(|ends| {
                    let to = *ends.last().unwrap();
                    let bytes = &file[std::mem::replace(&mut from, to)..to];
                    let mut events =
                        LiveEvents::new("dns.tap".to_owned(), EventFileKind::Dnstap, TimeZone::UTC);
                    events.wait_for(&layers, &waiting, now());
                    let gain = events.frames(&layers, (to - bytes.len()) as u64, bytes, now());
                    waiting = events.waiting();
                    gain
                })
                .collect();
            assert!(frames > 1 || waiting.is_empty(), "{waiting:?}");
            (summed(&gains), gains.iter().map(|it| it.lines_read).sum())
        };
        let whole = read(ends.len());
        assert!(whole.0.len() > 1 && whole.1 > 10, "{whole:?}");
        for frames in 1..9 {
            assert_eq!(read(frames), whole, "{frames}");
            assert_eq!(killed(frames), whole, "{frames}");
        }
    }

    #[test]
    fn frames_that_cannot_be_told_apart_are_a_gap() {
        let mut events =
            LiveEvents::new("dns.tap".to_owned(), EventFileKind::Dnstap, TimeZone::UTC);
        let gain = events.frames(&layers("c2.example"), 0, b"\x7f\xff\xff\xff and more", now());
        assert_eq!((gain.gaps, gain.lines_read), (1, 0));
    }

    #[test]
    fn events_of_a_chunk_are_read_behind_the_last_one() {
        let event = |id, name| simulation::LoggedEvent {
            id,
            computer: "may-01",
            time_us: 1_795_482_001_000_000,
            fields: name,
        };
        let answer: &[_] = &[("QueryName", "c2.example"), ("QueryResults", "0.0.0.0;")];
        let question: &[_] = &[("QueryName", "c2.example"), ("QueryOptions", "0")];
        let all = [event(3006, question), event(3008, answer), event(3006, question)];
        let log = |count: usize| {
            let provider = "Microsoft-Windows-DNS-Client";
            let log = simulation::event_log(provider, "Operational", &all[..count]);
            log[usize::try_from(CHUNKS_AT).unwrap()..].to_vec()
        };
        let new = || LiveEvents::new("dns.evtx".to_owned(), EventFileKind::Evtx, TimeZone::UTC);
        let layers = layers("c2.example");
        let read = |events: &mut LiveEvents, after: u64, count: usize| {
            let gain = events.chunk(&layers, after, (CHUNKS_AT, &log(count)), now());
            let found = &gain.sightings[0];
            (gain.lines_read, found.count, found.verdict, found.evidence.line_number)
        };
        let mut events = new();
        assert_eq!(read(&mut events, 0, 1), (1, 1, Verdict::DnsQueried, 1));
        // The answer of the question before, and Windows' own number.
        assert_eq!(read(&mut events, 1, 2), (1, 0, Verdict::DnsBlocked, 2));
        assert_eq!(read(&mut events, 2, 3), (1, 1, Verdict::DnsQueried, 3));
        assert_eq!(read(&mut new(), 0, 3), (3, 2, Verdict::DnsQueried, 3));
    }
}
