//! Both directions of a connection, and what they prove.

use std::cmp::Ordering;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::Sink;
use super::record::{ACK, FIN, Flow, ICMP, ICMPV6, Opener, PSH, RST, SYN, TCP};
use crate::packets::recent::Recent;
use crate::{Outcome, WireContact};

/// The most connections with listed addresses that are held at a time.
const MOST_LINKS: usize = 1 << 16;
/// Records of one direction with no longer silence between them are of one connection.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_mins(5);
/// How far the two directions of a connection may lie apart.
const APART: SignedDuration = SignedDuration::from_secs(10);
/// From here on a system gives ports to those who open connections.
const CLIENT_PORTS: u16 = 32_768;

type End = (IpAddr, u16);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    low: End,
    high: End,
    protocol: u8,
}

/// Connections with listed addresses.
pub(crate) struct Links {
    recent: Recent<Key, Link>,
}

impl Default for Links {
    fn default() -> Self {
        Self { recent: Recent::new(MOST_LINKS) }
    }
}

/// One connection: the records of each direction, put together.
#[derive(Default)]
struct Link {
    /// Sent by the lower end.
    low: Option<Flow>,
    /// Sent by the higher end.
    high: Option<Flow>,
    /// The lower end is listed.
    is_low_listed: bool,
    /// What was told, and as of when.
    told: Option<(Outcome, Option<Timestamp>)>,
    /// It was there when the links were settled last.
    is_ripe: bool,
}

/// What the records of one direction say when they stand alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// The source opened the connection.
    Opens,
    /// The source answered.
    Answers,
    /// The source refused: nothing was sent.
    Refuses,
    /// The record does not tell.
    Unclear,
    /// It is about something else: an error message.
    Nothing,
}

/// What is to be told of a connection.
struct Told<'f> {
    /// The record that shows it.
    flow: &'f Flow,
    /// Its source opened the connection.
    is_by_source: bool,
    outcome: Outcome,
}

impl Links {
    /// Takes a record of a listed address.
    pub(crate) fn see(&mut self, flow: Flow, sink: &mut impl Sink) {
        if sign(&flow) == Sign::Nothing {
            return;
        }
        let (source, target) = ((flow.source, flow.source_port), (flow.target, flow.target_port));
        let is_low = source <= target;
        let (low, high) = if is_low { (source, target) } else { (target, source) };
        let key = Key { low, high, protocol: flow.protocol };
        if let Some(link) = self.recent.get_mut(&key) {
            if !link.goes_on(is_low, &flow) {
                // The same ports once more: another connection.
                link.tell(true, sink);
                *link = Link { is_low_listed: link.is_low_listed, ..Link::default() };
            }
            link.take(is_low, flow);
            return link.tell(false, sink);
        }
        let mut link = Link { is_low_listed: sink.is_listed(low.0), ..Link::default() };
        link.take(is_low, flow);
        link.tell(false, sink);
        let forgotten = self.recent.insert(key, link);
        tell_rest(forgotten.into_values(), sink);
    }

    /// Tells of connections that were there the last time and were not told of.
    pub(crate) fn settle(&mut self, sink: &mut impl Sink) {
        let mut ripe: Vec<&mut Link> = self.recent.values_mut().collect();
        ripe.sort_by_cached_key(|link| link.order());
        for link in ripe {
            if link.is_ripe {
                link.tell(true, sink);
            }
            link.is_ripe = true;
        }
    }

    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        let links: Vec<Link> = self.recent.drain().collect();
        tell_rest(links.into_iter(), sink);
    }
}

/// Tells of connections that are let go, in the order of their records.
fn tell_rest(links: impl Iterator<Item = Link>, sink: &mut impl Sink) {
    let mut links: Vec<Link> = links.collect();
    links.sort_by_cached_key(Link::order);
    for link in &mut links {
        link.tell(true, sink);
    }
}

impl Link {
    /// In the order of their records; those of one packet by what they say.
    fn order(&self) -> impl Ord + use<> {
        let order = |flow: &Flow| {
            let ends = (flow.source, flow.target, flow.target_port, flow.protocol);
            (flow.place.number, flow.start, flow.source_port, ends)
        };
        [&self.low, &self.high].into_iter().flatten().map(order).min()
    }

    /// Whether a record belongs to this connection and not to a later one between the same ports.
    fn goes_on(&self, is_low: bool, flow: &Flow) -> bool {
        let (own, other) = if is_low { (self.low, self.high) } else { (self.high, self.low) };
        let Some((known, longest)) =
            own.map(|it| (it, LONGEST_SILENCE)).or(other.map(|it| (it, APART)))
        else {
            return true;
        };
        let (Some((start, end)), Some((known_start, known_end))) = (span(flow), span(&known))
        else {
            return true;
        };
        let is_opened = own.is_some() && flow.protocol == TCP && has(flow, SYN);
        if is_opened && start > known_end {
            return false;
        }
        let is_later = start > known_end && start.duration_since(known_end) > longest;
        let is_earlier = known_start > end && known_start.duration_since(end) > longest;
        !is_later && !is_earlier
    }

    /// Takes a record: each direction of it that has packets. The source of a record of both need not
    /// be who opened the connection.
    fn take(&mut self, is_low: bool, flow: Flow) {
        let back = flow.back.unwrap_or_default();
        let has_back = back.packets > 0 || back.bytes > 0;
        if flow.packets > 0 || flow.bytes > 0 || !has_back {
            self.add(is_low, flow);
        }
        if has_back {
            self.add(!is_low, flow.turned());
        }
    }

    fn add(&mut self, is_low: bool, flow: Flow) {
        let way = if is_low { &mut self.low } else { &mut self.high };
        let Some(known) = way else {
            *way = Some(flow);
            return;
        };
        // The record that came first is the one that is shown.
        known.tcp_flags = match (known.tcp_flags, flow.tcp_flags) {
            (Some(known), Some(more)) => Some(known | more),
            (known, more) => known.or(more),
        };
        known.packets = known.packets.saturating_add(flow.packets);
        known.bytes = known.bytes.saturating_add(flow.bytes);
        known.start = known.start.min(flow.start).or(known.start).or(flow.start);
        known.end = known.end.max(flow.end);
        known.is_denied |= flow.is_denied;
    }

    /// Tells what is known by now; `is_last` when nothing more is waited for.
    fn tell(&mut self, is_last: bool, sink: &mut impl Sink) {
        let Some(Told { flow, is_by_source, outcome }) = self.told(is_last) else { return };
        // An earlier record that comes later says since when.
        let says_more = |(told, since): (Outcome, Option<Timestamp>)| {
            outcome > told || outcome == told && flow.start.is_some() && flow.start < since
        };
        if self.told.is_some_and(|told| !says_more(told)) {
            return;
        }
        let (device, address, port) = if is_by_source {
            (flow.source, flow.target, flow.target_port)
        } else {
            (flow.target, flow.source, flow.source_port)
        };
        let contact = WireContact {
            time: flow.start,
            outcome,
            ..WireContact::between(device, address, port)
        };
        let flow = *flow;
        let is_more = self.told.replace((outcome, flow.start)).is_some();
        sink.contact(&contact, &flow, is_more);
    }

    fn told(&self, is_last: bool) -> Option<Told<'_>> {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => of_both(low, high, self.is_low_listed),
            (Some(way), None) | (None, Some(way)) => of_one(way, is_last),
            (None, None) => None,
        }
    }
}

/// First and last moment of a record, as far as it says either.
fn span(flow: &Flow) -> Option<(Timestamp, Timestamp)> {
    let start = flow.start.or(flow.end)?;
    Some((start, flow.end.unwrap_or(start).max(start)))
}

fn has(flow: &Flow, flags: u8) -> bool {
    flow.tcp_flags.is_some_and(|it| it & flags == flags)
}

fn sign(flow: &Flow) -> Sign {
    match (flow.protocol, flow.icmp_type) {
        (ICMP, Some(8)) | (ICMPV6, Some(128)) => return Sign::Opens,
        (ICMPV6, Some(129)) => return Sign::Answers,
        (ICMP | ICMPV6, Some(_)) => return Sign::Nothing,
        // An echo reply, or an exporter that does not say.
        (ICMP | ICMPV6, None) => return Sign::Unclear,
        _ => {}
    }
    let Some(flags) = flow.tcp_flags else { return Sign::Unclear };
    if is_opening(flags) {
        // An answer is acknowledged by whoever goes on.
        Sign::Opens
    } else if is_refusal(flags) {
        Sign::Refuses
    } else {
        Sign::Unclear
    }
}

/// Whether flags are those of a refusal and nothing else.
pub(crate) fn is_refusal(flags: u8) -> bool {
    flags & RST != 0 && flags & (SYN | PSH | FIN) == 0
}

/// Whether flags are those of openings that nobody could acknowledge.
pub(crate) fn is_opening(flags: u8) -> bool {
    flags & SYN != 0 && flags & ACK == 0
}

/// What records of one direction prove.
fn of_one(flow: &Flow, is_last: bool) -> Option<Told<'_>> {
    let told = |is_by_source, outcome| Some(Told { flow, is_by_source, outcome });
    if flow.is_denied {
        return told(flow.opener != Opener::Target, Outcome::Attempted);
    }
    match sign(flow) {
        Sign::Opens => return told(true, Outcome::Attempted),
        Sign::Answers | Sign::Refuses | Sign::Nothing => return None,
        Sign::Unclear => {}
    }
    // Who opened and acknowledges has got an answer.
    let is_acknowledged = has(flow, SYN | ACK);
    let outcome = if is_acknowledged { Outcome::Connected } else { Outcome::Attempted };
    if flow.opener == Opener::Source {
        return told(true, outcome);
    }
    if !is_last || matches!(flow.protocol, ICMP | ICMPV6) {
        return None;
    }
    if flow.opener == Opener::Unknown && opened_by_source(flow) {
        return told(true, outcome);
    }
    // A way back alone: others can be made to answer by a forged sender, but not to send data. A
    // server has a low port and its client a high one; anything else may be a scan from a low port.
    let is_sent = is_acknowledged && (has(flow, PSH) || has(flow, FIN));
    let is_server = flow.source_port < 1024 && flow.target_port >= CLIENT_PORTS;
    if is_sent && is_server { told(false, Outcome::Connected) } else { None }
}

/// What records of both directions prove.
fn of_both<'f>(low: &'f Flow, high: &'f Flow, is_low_listed: bool) -> Option<Told<'f>> {
    let by = |flow, outcome| Some(Told { flow, is_by_source: true, outcome });
    if low.is_denied || high.is_denied {
        return by(if low.is_denied { low } else { high }, Outcome::Attempted);
    }
    let (first, second) = match (sign(low), sign(high)) {
        (Sign::Refuses | Sign::Answers, Sign::Refuses | Sign::Answers) => return None,
        (_, Sign::Refuses) => return by(low, Outcome::Attempted),
        (Sign::Refuses, _) => return by(high, Outcome::Attempted),
        (_, Sign::Answers) | (Sign::Opens, Sign::Unclear) => (low, high),
        (Sign::Answers, _) | (Sign::Unclear, Sign::Opens) => (high, low),
        _ if is_opened_by_low(low, high, is_low_listed) => (low, high),
        _ => (high, low),
    };
    // Who never acknowledged got no answer, or one that nobody knows not to be a refusal.
    let is_unknown =
        first.protocol == TCP && sign(first) == Sign::Opens && second.tcp_flags.is_none();
    let is_refused = is_unknown || low.is_refused || high.is_refused;
    by(first, if is_refused { Outcome::Attempted } else { Outcome::Connected })
}

/// Which of the two directions opened the connection. Where nothing tells, the listed side: what may
/// have been a knock at a server of ours is no finding.
fn is_opened_by_low(low: &Flow, high: &Flow, is_low_listed: bool) -> bool {
    match (low.opener, high.opener) {
        (Opener::Source, _) | (_, Opener::Target) => return true,
        (Opener::Target, _) | (_, Opener::Source) => return false,
        _ => {}
    }
    let by_time = match (low.start, high.start) {
        (Some(first), Some(second)) if first != second => Some(first < second),
        _ => None,
    };
    // The lower one is the server's.
    let by_ports = match low.source_port.cmp(&low.target_port) {
        Ordering::Less => Some(false),
        Ordering::Greater => Some(true),
        Ordering::Equal => None,
    };
    let by_time_then_ports = by_time.or(by_ports).unwrap_or(is_low_listed);
    if low.protocol == TCP {
        // Both were seen from their first packet on.
        let is_whole = has(low, SYN) && has(high, SYN);
        let by_ports = by_ports.or(by_time).unwrap_or(is_low_listed);
        return if is_whole { by_time_then_ports } else { by_ports };
    }
    if is_server(low.source_port) != is_server(low.target_port) {
        return is_server(low.target_port);
    }
    by_time_then_ports
}

fn is_server(port: u16) -> bool {
    port != 0 && port < 1024
}

/// Who opened a connection of which one direction was seen, by its ports: servers have low ones.
fn opened_by_source(flow: &Flow) -> bool {
    match (is_server(flow.source_port), is_server(flow.target_port)) {
        (true, false) => false,
        (false, true) => true,
        // Without an order of ports, whoever was seen.
        _ if flow.protocol != TCP => true,
        _ => flow.source_port >= flow.target_port,
    }
}
