//! One event.

use jiff::Timestamp;

use crate::fields::{
    answers_outcome, before, has_count, host_and_port, is_address, path_and_query, port, url_parts,
};
use crate::time::{self, TimeReading};
use crate::{Between, Contact, LineKind, Outcome, json};

/// The two ends as an event names them.
#[derive(Clone, Copy, Default)]
struct Ends<'l> {
    source: &'l [u8],
    source_port: &'l [u8],
    target: &'l [u8],
    target_port: &'l [u8],
}

/// The members we read.
#[derive(Default)]
struct Event<'l> {
    time: &'l [u8],
    kind: &'l [u8],
    direction: &'l [u8],
    ends: Ends<'l>,
    flow_ends: Ends<'l>,
    dns: Dns<'l>,
    /// Of `tls` or `quic`.
    server_name: &'l [u8],
    host: &'l [u8],
    url: &'l [u8],
    /// Whom a proxy passed a request on for.
    forwarded: &'l [u8],
    status: &'l [u8],
    action: &'l [u8],
    packets_back: &'l [u8],
    tcp_flags_back: &'l [u8],
}

#[derive(Default)]
struct Dns<'l> {
    kind: &'l [u8],
    name: &'l [u8],
    /// One answer, as version 1 writes each.
    data: &'l [u8],
    /// The arrays, with their brackets.
    queries: &'l [u8],
    answers: &'l [u8],
    /// Addresses of all answers, as the log lists them.
    v4: &'l [u8],
    v6: &'l [u8],
}

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let mut event = Event::default();
    if read_event(line, &mut event).is_none() || event.kind.is_empty() || event.time.is_empty() {
        return LineKind::NotParsed;
    }
    push(&event, sink);
    LineKind::Understood
}

fn read_event<'l>(line: &'l [u8], event: &mut Event<'l>) -> Option<()> {
    json::object(line, |key, rest| {
        match key {
            b"dns" => return read_dns(rest, &mut event.dns, 0),
            b"tls" | b"quic" => {
                return json::object(rest, |key, rest| {
                    let (value, rest) = json::value(rest)?;
                    if key == b"sni" {
                        event.server_name = value;
                    }
                    Some(rest)
                });
            }
            b"http" => {
                return json::object(rest, |key, rest| {
                    let (value, rest) = json::value(rest)?;
                    match key {
                        b"hostname" => event.host = value,
                        b"url" => event.url = value,
                        b"xff" => event.forwarded = value,
                        b"status" => event.status = value,
                        _ => {}
                    }
                    Some(rest)
                });
            }
            b"flow" | b"netflow" => {
                return json::object(rest, |key, rest| {
                    let (value, rest) = json::value(rest)?;
                    match key {
                        b"pkts_toclient" => event.packets_back = value,
                        _ => event.flow_ends.set(key, value),
                    }
                    Some(rest)
                });
            }
            b"tcp" => {
                return json::object(rest, |key, rest| {
                    let (value, rest) = json::value(rest)?;
                    if key == b"tcp_flags_tc" {
                        event.tcp_flags_back = value;
                    }
                    Some(rest)
                });
            }
            b"alert" if rest.starts_with(b"{") => {
                return json::object(rest, |key, rest| {
                    let (value, rest) = json::value(rest)?;
                    if key == b"action" {
                        event.action = value;
                    }
                    Some(rest)
                });
            }
            _ => {}
        }
        let (value, rest) = json::value(rest)?;
        match key {
            b"timestamp" => event.time = value,
            b"event_type" => event.kind = value,
            b"direction" => event.direction = value,
            _ => event.ends.set(key, value),
        }
        Some(rest)
    })
    .map(|_| ())
}

/// How deep answers stand within arrays and objects at most; what goes deeper is not Suricata's.
const DEPTH: u32 = 4;

fn read_dns<'l>(rest: &'l [u8], dns: &mut Dns<'l>, depth: u32) -> Option<&'l [u8]> {
    if depth == DEPTH {
        return None;
    }
    // Some versions put an array of them, or the two directions, into an alert.
    if rest.starts_with(b"[") {
        return json::array(rest, |rest| read_dns(rest, dns, depth + 1));
    }
    json::object(rest, |key, rest| {
        match key {
            b"query" | b"answer" if rest.starts_with(b"[") || rest.starts_with(b"{") => {
                return read_dns(rest, dns, depth + 1);
            }
            b"grouped" => {
                return json::object(rest, |key, rest| {
                    let (value, rest) = json::value(rest)?;
                    match key {
                        b"A" => dns.v4 = value,
                        b"AAAA" => dns.v6 = value,
                        _ => {}
                    }
                    Some(rest)
                });
            }
            _ => {}
        }
        let (value, after) = json::value(rest)?;
        match key {
            b"type" => dns.kind = value,
            b"rrname" => dns.name = value,
            b"rdata" => dns.data = value,
            b"queries" => dns.queries = rest,
            b"answers" => dns.answers = rest,
            _ => {}
        }
        Some(after)
    })
}

impl<'l> Ends<'l> {
    #[inline]
    fn set(&mut self, key: &[u8], value: &'l [u8]) {
        match key {
            b"src_ip" => self.source = value,
            b"src_port" => self.source_port = value,
            b"dest_ip" => self.target = value,
            b"dest_port" => self.target_port = value,
            _ => {}
        }
    }

    fn turned(self) -> Self {
        Self {
            source: self.target,
            source_port: self.target_port,
            target: self.source,
            target_port: self.source_port,
        }
    }

    /// Client first, by the ports: a server's is the lower one. Without ports as they stand.
    fn by_ports(self) -> Self {
        let (source, target) = (port(self.source_port), port(self.target_port));
        if source != 0 && source < target { self.turned() } else { self }
    }
}

/// Client first.
fn ends<'l>(event: &Event<'l>) -> Ends<'l> {
    let is_of_packet = matches!(event.kind, b"alert" | b"drop" | b"fileinfo" | b"dns" | b"netflow");
    if !is_of_packet {
        return event.ends;
    }
    if !event.flow_ends.source.is_empty() {
        return event.flow_ends;
    }
    match event.direction {
        // A file has the sender of it first.
        b"to_client" => event.ends.turned(),
        b"to_server" => event.ends,
        _ => event.ends.by_ports(),
    }
}

fn push<'l>(event: &Event<'l>, sink: &mut impl FnMut(&Contact<'l>)) {
    let ends = ends(event);
    let base = Contact { device: ends.source, time: event.time, ..Contact::default() };
    let connection = Contact { address: ends.target, port: port(ends.target_port), ..base };
    let question = Contact { between: Between::Asked(ends.target), ..base };
    let outcome = match event.kind {
        b"dns" => return push_dns(&event.dns, question, sink),
        b"tls" | b"quic" | b"fileinfo" => Outcome::Connected,
        b"http" => connected_if(!event.status.is_empty()),
        b"flow" => connected_if(is_answered(event)),
        // One direction of a flow each. The way back is told by the ports alone, and may as well be
        // a scan from a low port: it proves nothing.
        b"netflow" if ends.source != event.ends.source => return,
        b"alert" => {
            let is_seen = has_count(event.packets_back) || !event.status.is_empty();
            connected_if(is_seen && event.action != b"blocked")
        }
        b"netflow" | b"drop" => Outcome::Attempted,
        _ => return,
    };
    if !event.dns.name.is_empty() || !event.dns.queries.is_empty() {
        return push_dns(&event.dns, question, sink);
    }
    let (name, path, query) = web_target(event);
    let between = match before(event.forwarded, b',') {
        b"" => Between::Nobody,
        address => Between::For(address),
    };
    sink(&Contact { name, path, query, outcome, between, ..connection });
}

/// Name, path and query of a request, or the name of a TLS handshake.
fn web_target<'l>(event: &Event<'l>) -> (&'l [u8], &'l [u8], &'l [u8]) {
    let host = host_and_port(event.host).0;
    let (name, path, query) = if event.url.starts_with(b"/") || event.url.is_empty() {
        let (path, query) = path_and_query(event.url);
        (host, path, query)
    } else {
        let parts = url_parts(event.url);
        (if host.is_empty() { parts.host } else { host }, parts.path, parts.query)
    };
    let name = if name.is_empty() { event.server_name } else { name };
    (if is_address(name) { b"" } else { name }, path, query)
}

/// A TCP opening was refused when nothing but a reset came back; anything else stood when any
/// packet came back.
fn is_answered(event: &Event<'_>) -> bool {
    const FIN_SYN_PSH: u8 = 0x01 | 0x02 | 0x08;
    const RST: u8 = 0x04;
    let flags = std::str::from_utf8(event.tcp_flags_back).ok();
    match flags.and_then(|flags| u8::from_str_radix(flags, 16).ok()) {
        Some(flags) => flags & FIN_SYN_PSH != 0 || (flags != 0 && flags & RST == 0),
        None => has_count(event.packets_back),
    }
}

fn connected_if(is_connected: bool) -> Outcome {
    if is_connected { Outcome::Connected } else { Outcome::Attempted }
}

fn push_dns<'l>(dns: &Dns<'l>, base: Contact<'l>, sink: &mut impl FnMut(&Contact<'l>)) {
    let mut names = [dns.name, b"", b"", b""];
    if !dns.queries.is_empty() {
        let mut count = 0;
        json::array(dns.queries, |rest| {
            json::object(rest, |key, rest| {
                let (value, rest) = json::value(rest)?;
                if key == b"rrname"
                    && let Some(name) = names.get_mut(count)
                {
                    *name = value;
                    count += 1;
                }
                Some(rest)
            })
        });
    }
    let is_answer = matches!(dns.kind, b"answer" | b"response");
    // Of the answers all but the first stand alone where the log has no list of addresses.
    let (mut answers, mut more) = (&b""[..], &b""[..]);
    if is_answer {
        if !dns.v4.is_empty() {
            answers = dns.v4;
        } else if !dns.v6.is_empty() {
            answers = dns.v6;
        } else if is_address(dns.data) {
            answers = dns.data;
        } else {
            more = dns.answers;
        }
    }
    let mut is_first = true;
    if !more.is_empty() {
        each_answer(more, |data| {
            if std::mem::take(&mut is_first) {
                answers = data;
            } else {
                let outcome = answers_outcome(data);
                sink(&Contact { answers: data, outcome, ..base });
            }
        });
    }
    let outcome = answers_outcome(answers);
    for (at, name) in names.into_iter().enumerate() {
        if !name.is_empty() {
            let answers = if at == 0 { answers } else { b"" };
            sink(&Contact { name, answers, outcome, ..base });
        }
    }
}

/// The addresses in an array of answers.
fn each_answer<'l>(answers: &'l [u8], mut address: impl FnMut(&'l [u8])) {
    json::array(answers, |rest| {
        json::object(rest, |key, rest| {
            let (value, rest) = json::value(rest)?;
            if key == b"rdata" && is_address(value) {
                address(value);
            }
            Some(rest)
        })
    });
}

/// ISO 8601, the offset without a colon.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    time::iso_moment(text, reading)
}
