//! One packet into what it proves.

use jiff::Timestamp;

use super::bytes::{be16, be32, byte, window};
use super::capture::Record;
use super::dns::Message;
use super::exports::{self, Exports};
use super::flows::{Flows, Sign};
use super::fragments::{Fragments, Joined};
use super::http::{self, Head};
use super::ip::{self, Datagram};
use super::link::{self, Carried};
use super::quic::{self, Initials};
use super::recent::Recent;
use super::streams::{self, Kind, Stream, Streams};
use super::tls::{self, Hello};
use super::{Count, Packet, Reason, Sink, Sockets, What};
use crate::{Between, Outcome, WireContact};

/// The most contacts that are watched for what comes of them.
const MOST_WATCHED: usize = 1 << 14;
/// IP in IP that is followed.
const MOST_TUNNELS: u8 = 2;

const DNS_PORT: u16 = 53;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// What is remembered from packet to packet.
pub(crate) struct Dissector {
    fragments: Fragments,
    flows: Flows,
    exports: Exports,
    streams: Streams,
    initials: Initials,
    /// Questions for names that an indicator was found in.
    questions: Recent<Question, Asked>,
    /// Where a name was found in a TCP segment: the same segment is not counted again.
    watched: Recent<(Sockets, u32), ()>,
    /// Names of QUIC connections that nobody has answered yet.
    unanswered: Recent<Sockets, Box<[u8]>>,
    /// Sequence number and length of the last message of several segments that was read whole:
    /// what is sent once more of it begins nothing.
    finished: Recent<Sockets, (u32, u32)>,
    message: Message,
    joined_records: Vec<u8>,
}

/// A question of this client: its id, and its name by a hash.
type Question = (Sockets, u16, u64);

/// What became of a question.
enum Asked {
    /// It waits for its answer, which may say that the name was withheld.
    Open { packet: Packet, client: Sockets, name: Box<[u8]> },
    /// It was told of.
    Told,
}

impl Default for Dissector {
    fn default() -> Self {
        Self {
            fragments: Fragments::default(),
            flows: Flows::default(),
            exports: Exports::default(),
            streams: Streams::default(),
            initials: Initials::default(),
            questions: Recent::new(MOST_WATCHED),
            watched: Recent::new(MOST_WATCHED),
            unanswered: Recent::new(MOST_WATCHED),
            finished: Recent::new(MOST_WATCHED),
            message: Message::default(),
            joined_records: Vec::new(),
        }
    }
}

/// A packet as far as it was read.
#[derive(Clone, Copy)]
struct At<'b> {
    record: &'b Record<'b>,
    number: u64,
}

impl At<'_> {
    fn packet(&self, sockets: Option<Sockets>, what: What) -> Packet {
        let Record { offset, time, .. } = *self.record;
        Packet { offset, number: self.number, time: time.timestamp(), sockets, what }
    }
}

fn named(what: &'static str) -> What {
    What::Named(what)
}

impl Dissector {
    /// Tells the sink what a packet proves.
    #[inline]
    pub(crate) fn read(&mut self, record: &Record<'_>, number: u64, sink: &mut impl Sink) {
        let at = At { record, number };
        let refused = |reason| (at.packet(None, What::Frame(record.link_type)), reason);
        let result = match link::carried(record.link_type, record.frame) {
            Ok(Carried::Ip(bytes)) => match Datagram::parse(bytes) {
                Ok(datagram) => self.datagram(at, &datagram, 0, sink),
                Err(reason) => Err(refused(reason)),
            },
            Ok(Carried::Other) => Ok(()),
            Err(reason) => Err(refused(reason)),
        };
        if let Err((packet, reason)) = result {
            sink.not_parsed(&packet, reason);
        }
    }

    /// Tells of questions that were asked before this moment and got no answer.
    pub(crate) fn settle_questions(&mut self, before: Timestamp, sink: &mut impl Sink) {
        let is_due = |asked: &Asked| match asked {
            Asked::Open { packet, .. } => packet.time.is_none_or(|time| time < before),
            Asked::Told => false,
        };
        let due = self.questions.values_mut().filter(|it| is_due(it));
        let due: Vec<_> = due.map(|it| std::mem::replace(it, Asked::Told)).collect();
        tell_unanswered(due, sink);
    }

    /// Tells of connections in flow records that have waited for their other direction.
    pub(crate) fn settle_flows(&mut self, sink: &mut impl Sink) {
        self.exports.settle(sink);
    }

    /// Nothing comes any more.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        self.exports.finish(sink);
        let open: Vec<_> = self.questions.drain().collect();
        tell_unanswered(open, sink);
        let (fragment, unfinished) = (Reason::Fragment, Reason::Unfinished);
        self.fragments.finish(&mut |packet| sink.not_parsed(packet, fragment));
        self.streams.finish(&mut |packet| sink.not_parsed(packet, unfinished));
        self.initials.finish(&mut |packet| sink.not_parsed(packet, unfinished));
    }

    #[inline]
    fn datagram(
        &mut self,
        at: At<'_>,
        datagram: &Datagram<'_>,
        depth: u8,
        sink: &mut impl Sink,
    ) -> Result<(), (Packet, Reason)> {
        if datagram.fragment.is_some() {
            return self.fragment(at, datagram, depth, sink);
        }
        match datagram.protocol {
            ip::TCP => self.tcp(at, datagram, sink),
            ip::UDP => self.udp(at, datagram, sink),
            ip::IP_IN_IP | ip::IPV6_IN_IP if depth < MOST_TUNNELS => {
                self.follow(at, datagram, named("IP in IP"), Sign::Sends, sink);
                let inner = Datagram::parse(datagram.payload)
                    .map_err(|reason| (refused(at, datagram), reason))?;
                self.datagram(at, &inner, depth + 1, sink)
            }
            ip::ICMP | ip::ICMPV6 => {
                let kind = byte(datagram.payload, 0);
                let kind = kind.ok_or((refused(at, datagram), datagram.shortage()))?;
                match (datagram.protocol, kind) {
                    (ip::ICMP, 8) | (ip::ICMPV6, 128) => {
                        self.follow(at, datagram, named("ICMP echo request"), Sign::Sends, sink);
                    }
                    (ip::ICMP, 0) | (ip::ICMPV6, 129) => {
                        self.follow(at, datagram, named("ICMP echo reply"), Sign::Answers, sink);
                    }
                    // Errors quote a packet of the other side: nobody opened anything.
                    _ => {}
                }
                Ok(())
            }
            protocol => {
                self.follow(at, datagram, What::Ip(protocol), Sign::Sends, sink);
                Ok(())
            }
        }
    }

    #[cold]
    fn fragment(
        &mut self,
        at: At<'_>,
        datagram: &Datagram<'_>,
        depth: u8,
        sink: &mut impl Sink,
    ) -> Result<(), (Packet, Reason)> {
        let packet = at.packet(Some(sockets(datagram, 0, 0)), named("IP fragment"));
        if datagram.is_cut {
            return Err((packet, Reason::Cut));
        }
        let mut lost = |packet: &Packet| sink.not_parsed(packet, Reason::Fragment);
        match self.fragments.add(datagram, packet, &mut lost) {
            Joined::Waiting => Ok(()),
            Joined::Refused => Err((packet, Reason::Malformed)),
            Joined::Whole(protocol, payload) => {
                let whole = datagram.whole(protocol, &payload);
                let whole = whole.map_err(|reason| (packet, reason))?;
                // A fragment inside a fragment is made by nobody.
                if whole.fragment.is_some() {
                    return Err((packet, Reason::Malformed));
                }
                self.datagram(at, &whole, depth, sink)
            }
        }
    }

    /// Follows a connection that has no ports, when one of its addresses is listed.
    #[inline]
    fn follow(
        &mut self,
        at: At<'_>,
        datagram: &Datagram<'_>,
        what: What,
        sign: Sign,
        sink: &mut impl Sink,
    ) {
        let sockets = sockets(datagram, 0, 0);
        if is_listed(sockets, sink) {
            self.see(at, sockets, datagram.protocol, what, sign, sink);
        }
    }

    /// Tells what a packet of a listed address says about its connection.
    fn see(
        &mut self,
        at: At<'_>,
        sockets: Sockets,
        protocol: u8,
        what: What,
        sign: Sign,
        sink: &mut impl Sink,
    ) {
        let Some(told) = self.flows.see(sockets, protocol, sign) else { return };
        let by = if told.is_by_source { sockets } else { sockets.turned() };
        let packet = at.packet(Some(sockets), what);
        let contact = WireContact {
            time: packet.time,
            outcome: told.outcome,
            ..WireContact::between(by.source, by.target, by.target_port)
        };
        sink.contact(&contact, &packet, if told.is_known { Count::More } else { Count::New });
    }

    #[inline]
    fn udp(
        &mut self,
        at: At<'_>,
        datagram: &Datagram<'_>,
        sink: &mut impl Sink,
    ) -> Result<(), (Packet, Reason)> {
        let Some(header) = datagram.payload.first_chunk::<8>() else {
            return Err((refused(at, datagram), datagram.shortage()));
        };
        let port = |at| be16(header, at).unwrap_or_default();
        let sockets = sockets(datagram, port(0), port(2));
        let length = usize::from(port(4));
        // 0 stands for a length that needs more than 16 bits.
        let length = if length == 0 { usize::MAX } else { length };
        let Some(length) = length.checked_sub(8) else {
            return Err((at.packet(Some(sockets), named("UDP")), Reason::Malformed));
        };
        let payload = window(datagram.payload, 8, length);
        if is_listed(sockets, sink) {
            self.see(at, sockets, ip::UDP, named("UDP"), Sign::Sends, sink);
        }
        if sockets.source_port == DNS_PORT || sockets.target_port == DNS_PORT {
            if self.message.read(payload).is_err() {
                let reason = if datagram.is_cut { Reason::Cut } else { Reason::Dns };
                return Err((at.packet(Some(sockets), named("UDP DNS")), reason));
            }
            self.tell_message(at, sockets, sink);
            return Ok(());
        }
        if exports::PORTS.contains(&sockets.target_port) {
            let packet = at.packet(Some(sockets), named("NetFlow"));
            if datagram.is_cut && exports::may_be_message(payload) {
                return Err((packet, Reason::Cut));
            }
            if self.exports.read(&packet, payload, sink) {
                return Ok(());
            }
        }
        if !self.unanswered.is_empty()
            && let Some(name) = self.unanswered.remove(&sockets.turned())
        {
            let packet = at.packet(Some(sockets), named("QUIC answer"));
            let contact = WireContact {
                name: &name,
                port: sockets.source_port,
                time: packet.time,
                outcome: Outcome::Connected,
                ..WireContact::by(sockets.target)
            };
            sink.contact(&contact, &packet, Count::More);
        }
        if quic::may_be_initial(payload) {
            return self.quic(at, datagram, sockets, payload, sink);
        }
        Ok(())
    }

    #[cold]
    fn quic(
        &mut self,
        at: At<'_>,
        datagram: &Datagram<'_>,
        sockets: Sockets,
        payload: &[u8],
        sink: &mut impl Sink,
    ) -> Result<(), (Packet, Reason)> {
        let packet = at.packet(Some(sockets), named("QUIC Initial"));
        if datagram.is_cut {
            // Servers send them too, which hold no name.
            let is_to_server = sockets.target_port < sockets.source_port;
            return if is_to_server { Err((packet, Reason::Cut)) } else { Ok(()) };
        }
        let mut lost = |packet: &Packet| sink.not_parsed(packet, Reason::Unfinished);
        let Some(name) = self.initials.name(sockets, payload, packet, &mut lost) else {
            return Ok(());
        };
        let contact = WireContact {
            name,
            port: sockets.target_port,
            time: packet.time,
            outcome: Outcome::Attempted,
            ..WireContact::by(sockets.source)
        };
        // A hello that is sent once more, as after a Retry, is the same connection.
        let is_known = self.unanswered.get_mut(&sockets).is_some_and(|it| **it == *name);
        let count = if is_known { Count::More } else { Count::New };
        if sink.contact(&contact, &packet, count) && !is_known {
            self.unanswered.insert(sockets, name.into());
        }
        Ok(())
    }

    /// Tells what the DNS message read last proves. A question is held until its answer comes.
    fn tell_message(&mut self, at: At<'_>, sockets: Sockets, sink: &mut impl Sink) {
        let is_response = self.message.is_response;
        let client = if is_response { sockets.turned() } else { sockets };
        let what = named(if is_response { "DNS answer" } else { "DNS query" });
        let packet = at.packet(Some(sockets), what);
        let mut forgotten = Vec::new();
        for name in self.message.names() {
            let contact = WireContact {
                name,
                answers: &self.message.answers,
                time: packet.time,
                outcome: self.message.outcome(),
                between: Between::Asked(client.target),
                ..WireContact::by(client.source)
            };
            let question = || (client, self.message.id, hash_of(name));
            if !is_response {
                if sink.finds(&contact) && self.questions.get_mut(&question()).is_none() {
                    let asked = Asked::Open { packet, client, name: name.into() };
                    forgotten.extend(self.questions.insert(question(), asked).into_values());
                }
                continue;
            }
            let asked =
                if self.questions.is_empty() { None } else { self.questions.get_mut(&question()) };
            let is_told = matches!(asked, Some(Asked::Told));
            let count = if is_told { Count::More } else { Count::New };
            if sink.contact(&contact, &packet, count) {
                if let Some(asked) = asked {
                    *asked = Asked::Told;
                } else {
                    let dropped = self.questions.insert(question(), Asked::Told);
                    forgotten.extend(dropped.into_values());
                }
            }
        }
        if !forgotten.is_empty() {
            tell_unanswered(forgotten, sink);
        }
    }

    #[inline]
    fn tcp(
        &mut self,
        at: At<'_>,
        datagram: &Datagram<'_>,
        sink: &mut impl Sink,
    ) -> Result<(), (Packet, Reason)> {
        let Some(header) = datagram.payload.first_chunk::<20>() else {
            return Err((refused(at, datagram), datagram.shortage()));
        };
        let port = |at| be16(header, at).unwrap_or_default();
        let sockets = sockets(datagram, port(0), port(2));
        let header_length = usize::from(header[12] >> 4) * 4;
        let flags = header[13];
        let sequence = be32(header, 4).unwrap_or_default();
        if header_length < 20 {
            return Err((at.packet(Some(sockets), named("TCP")), Reason::Malformed));
        }
        if is_listed(sockets, sink) {
            let (sign, what) = if flags & RST != 0 {
                (Sign::Refuses, "TCP RST")
            } else if flags & SYN == 0 {
                (Sign::Sends, "TCP")
            } else if flags & ACK == 0 {
                (Sign::Opens(sequence), "TCP SYN")
            } else {
                (Sign::Answers, "TCP SYN+ACK")
            };
            self.see(at, sockets, ip::TCP, named(what), sign, sink);
        }
        let payload = datagram.payload.get(header_length..).unwrap_or_default();
        let segment = Segment { sockets, sequence, payload, is_cut: datagram.is_cut };
        if flags & (SYN | FIN | RST) != 0 {
            return self.edge(at, &segment, flags, sink);
        }
        if payload.is_empty() { Ok(()) } else { self.segment(at, &segment, sink) }
    }

    /// A segment that begins or ends a connection: what waited in that direction ends with it.
    fn edge(
        &mut self,
        at: At<'_>,
        segment: &Segment<'_>,
        flags: u8,
        sink: &mut impl Sink,
    ) -> Result<(), (Packet, Reason)> {
        let result = if segment.payload.is_empty() || flags & SYN != 0 {
            Ok(())
        } else {
            self.segment(at, segment, sink)
        };
        if let Some(stream) = self.streams.take(&segment.sockets) {
            sink.not_parsed(&stream.since, Reason::Unfinished);
        }
        result
    }

    #[inline]
    fn segment(
        &mut self,
        at: At<'_>,
        segment: &Segment<'_>,
        sink: &mut impl Sink,
    ) -> Result<(), (Packet, Reason)> {
        let Segment { sockets, sequence, payload, .. } = *segment;
        if let Some(stream) = self.streams.take(&sockets) {
            return self.further(at, segment, stream, sink);
        }
        let kind = if sockets.target_port == DNS_PORT || sockets.source_port == DNS_PORT {
            Kind::Dns
        } else if tls::may_be_hello(payload) {
            Kind::Tls
        } else if http::may_be_request(payload) {
            Kind::Http
        } else {
            return Ok(());
        };
        if self.is_finished(&sockets, sequence) {
            return Ok(());
        }
        let message = Part { kind, sockets, sequence, bytes: payload };
        let (passed, next) = self.read_part(at, &message, sink);
        let packet = || at.packet(Some(sockets), named(kind.name()));
        match next {
            Next::Done => Ok(()),
            Next::Refused => Err((packet(), Reason::Dns)),
            Next::Wait if segment.is_cut => Err((packet(), Reason::Cut)),
            Next::Wait => {
                let rest = payload.get(passed..).unwrap_or_default();
                let sequence = sequence.wrapping_add(u32::try_from(passed).unwrap_or_default());
                let stream = Stream::new(kind, packet(), sequence, rest);
                self.wait(sockets, stream, sink);
                Ok(())
            }
        }
    }

    /// A segment that follows one whose message has no end yet.
    #[cold]
    fn further(
        &mut self,
        at: At<'_>,
        segment: &Segment<'_>,
        mut stream: Stream,
        sink: &mut impl Sink,
    ) -> Result<(), (Packet, Reason)> {
        let sockets = segment.sockets;
        let unfinished = stream.since;
        if !stream.add(segment.sequence, segment.payload) {
            self.wait(sockets, stream, sink);
            return Ok(());
        }
        let part =
            Part { kind: stream.kind, sockets, sequence: stream.sequence, bytes: &stream.bytes };
        let (passed, next) = self.read_part(at, &part, sink);
        match next {
            Next::Done => {
                let length = u32::try_from(stream.bytes.len()).unwrap_or_default();
                self.finished.insert(sockets, (stream.sequence, length));
                Ok(())
            }
            Next::Refused => Err((unfinished, Reason::Dns)),
            Next::Wait if segment.is_cut => Err((unfinished, Reason::Cut)),
            Next::Wait if stream.bytes.len() - passed >= streams::LONGEST => {
                Err((unfinished, Reason::Unfinished))
            }
            Next::Wait => {
                if passed > 0 {
                    stream.since = at.packet(Some(sockets), named(stream.kind.name()));
                }
                stream.pass(passed);
                self.wait(sockets, stream, sink);
                Ok(())
            }
        }
    }

    fn is_finished(&mut self, sockets: &Sockets, sequence: u32) -> bool {
        !self.finished.is_empty()
            && self
                .finished
                .get_mut(sockets)
                .is_some_and(|(start, length)| sequence.wrapping_sub(*start) < *length)
    }

    fn wait(&mut self, sockets: Sockets, stream: Stream, sink: &mut impl Sink) {
        let mut lost = |packet: &Packet| sink.not_parsed(packet, Reason::Unfinished);
        self.streams.put(sockets, stream, &mut lost);
    }

    /// Reads the messages at the start of some bytes; gives how many bytes are done with.
    fn read_part(&mut self, at: At<'_>, part: &Part<'_>, sink: &mut impl Sink) -> (usize, Next) {
        match part.kind {
            Kind::Dns => self.read_dns(at, part, sink),
            Kind::Tls => (0, self.read_tls(at, part, sink)),
            Kind::Http => self.read_http(at, part, sink),
        }
    }

    /// RFC 1035 section 4.2.2: a length before every message.
    fn read_dns(&mut self, at: At<'_>, part: &Part<'_>, sink: &mut impl Sink) -> (usize, Next) {
        let mut passed = 0;
        loop {
            let rest = part.bytes.get(passed..).unwrap_or_default();
            if rest.is_empty() {
                return (passed, Next::Done);
            }
            let Some(length) = be16(rest, 0).map(usize::from) else { return (passed, Next::Wait) };
            let Some(message) = rest.get(2..2 + length) else { return (passed, Next::Wait) };
            if self.message.read(message).is_err() {
                return (passed, Next::Refused);
            }
            self.tell_message(at, part.sockets, sink);
            passed += 2 + length;
        }
    }

    fn read_tls(&mut self, at: At<'_>, part: &Part<'_>, sink: &mut impl Sink) -> Next {
        match tls::server_name(part.bytes, &mut self.joined_records) {
            Hello::Short => return Next::Wait,
            Hello::NoName | Hello::None => {}
            Hello::Name(name) => {
                let packet = at.packet(Some(part.sockets), named("TLS ClientHello"));
                // The address is told of by its connection.
                let contact = WireContact {
                    name,
                    port: part.sockets.target_port,
                    time: packet.time,
                    outcome: Outcome::Connected,
                    ..WireContact::by(part.sockets.source)
                };
                let segment = (part.sockets, part.sequence);
                tell_once(&mut self.watched, segment, &contact, &packet, Count::New, sink);
            }
        }
        Next::Done
    }

    fn read_http(&mut self, at: At<'_>, part: &Part<'_>, sink: &mut impl Sink) -> (usize, Next) {
        let mut passed = 0;
        loop {
            let rest = part.bytes.get(passed..).unwrap_or_default();
            if !http::may_be_request(rest) {
                return (passed, Next::Done);
            }
            let request = match http::request(rest) {
                Head::Request(request) => request,
                Head::Short => return (passed, Next::Wait),
                Head::None => return (passed, Next::Done),
            };
            let packet = at.packet(Some(part.sockets), named("HTTP request"));
            let target = part.sockets.target;
            let outcome = if request.is_proxied { Outcome::Attempted } else { Outcome::Connected };
            let port = match request.port {
                0 if request.is_proxied => 0,
                0 => part.sockets.target_port,
                port => port,
            };
            let contact = WireContact {
                name: request.host,
                // A path belongs to the host that is named.
                address: request.host.is_empty().then_some(target),
                port,
                path: request.path,
                query: request.query,
                time: packet.time,
                outcome,
                between: match request.forwarded_for {
                    _ if request.is_proxied => Between::Asked(target),
                    Some(address) => Between::For(address),
                    None => Between::Nobody,
                },
                ..WireContact::by(part.sockets.source)
            };
            let offset = u32::try_from(passed).unwrap_or_default();
            let segment = (part.sockets, part.sequence.wrapping_add(offset));
            let count =
                if is_named(request.host, target) { Count::NewUnlessAddress } else { Count::New };
            tell_once(&mut self.watched, segment, &contact, &packet, count, sink);
            passed += request.length;
        }
    }
}

/// Bytes of one direction in which a message begins.
struct Part<'p> {
    kind: Kind,
    sockets: Sockets,
    sequence: u32,
    bytes: &'p [u8],
}

struct Segment<'p> {
    sockets: Sockets,
    sequence: u32,
    payload: &'p [u8],
    is_cut: bool,
}

/// What to do behind the messages that were read.
enum Next {
    /// Nothing more is of interest.
    Done,
    /// A message goes on in the next segment.
    Wait,
    /// It is not what its port says.
    Refused,
}

/// Tells of questions that got no answer.
#[cold]
fn tell_unanswered(asked: Vec<Asked>, sink: &mut impl Sink) {
    let open = asked.into_iter().filter_map(|asked| match asked {
        Asked::Open { packet, client, name } => Some((packet, client, name)),
        Asked::Told => None,
    });
    let mut open: Vec<_> = open.collect();
    open.sort_unstable_by_key(|(packet, ..)| packet.number);
    for (packet, client, name) in open {
        let contact = WireContact {
            name: &name,
            time: packet.time,
            outcome: Outcome::DnsQueried,
            between: Between::Asked(client.target),
            ..WireContact::by(client.source)
        };
        sink.contact(&contact, &packet, Count::New);
    }
}

/// Whether a request names no host, or names the address it goes to.
fn is_named(host: &[u8], target: std::net::IpAddr) -> bool {
    if host.is_empty() {
        return true;
    }
    let address = std::str::from_utf8(host).ok().and_then(|it| it.parse().ok());
    address == Some(target)
}

/// Tells of a contact; what is sent once more counts once.
fn tell_once(
    watched: &mut Recent<(Sockets, u32), ()>,
    segment: (Sockets, u32),
    contact: &WireContact<'_>,
    packet: &Packet,
    count: Count,
    sink: &mut impl Sink,
) {
    let is_known = !watched.is_empty() && watched.get_mut(&segment).is_some();
    let count = if is_known { Count::More } else { count };
    if sink.contact(contact, packet, count) && !is_known {
        watched.insert(segment, ());
    }
}

#[inline]
fn is_listed(sockets: Sockets, sink: &mut impl Sink) -> bool {
    sink.is_listed(sockets.target) || sink.is_listed(sockets.source)
}

#[inline]
fn sockets(datagram: &Datagram<'_>, source_port: u16, target_port: u16) -> Sockets {
    let Datagram { source, target, .. } = *datagram;
    Sockets { source, target, source_port, target_port }
}

/// A packet whose transport cannot be read.
fn refused(at: At<'_>, datagram: &Datagram<'_>) -> Packet {
    at.packet(Some(sockets(datagram, 0, 0)), What::Ip(datagram.protocol))
}

/// Of a name in any case.
fn hash_of(name: &[u8]) -> u64 {
    // FNV-1a: a collision would leave one contact uncounted, never unseen.
    name.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}
