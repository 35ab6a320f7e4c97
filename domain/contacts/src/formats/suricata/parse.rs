//! One event.

use jiff::Timestamp;

use crate::fields::{
    answers_outcome, before, has_count, host_and_port, is_address, path_and_query, port,
    push_request, url_parts,
};
use crate::layouts::Layouts;
use crate::time::{self, TimeReading};
use crate::tree::{self, Member};
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
    /// What stands in the arrays.
    queries: &'l [u8],
    answers: &'l [u8],
    /// Addresses of all answers, as the log lists them.
    v4: &'l [u8],
    v6: &'l [u8],
}

/// A member that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Time,
    Kind,
    Direction,
    End(End),
    FlowEnd(End),
    PacketsBack,
    TcpFlagsBack,
    DnsKind,
    DnsName,
    DnsData,
    DnsQueries,
    DnsAnswers,
    DnsV4,
    DnsV6,
    ServerName,
    Host,
    Url,
    Forwarded,
    Status,
    Action,
}

/// One of [`Ends`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Source,
    SourcePort,
    Target,
    TargetPort,
}

/// The objects of an event that are walked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Event,
    Dns,
    Grouped,
    Handshake,
    Http,
    Flow,
    Tcp,
    Alert,
}

/// What is read of an event.
struct Members;

impl tree::Table for Members {
    type Place = Place;
    type Field = Field;

    const TOP: Place = Place::Event;

    fn member(place: Place, key: &[u8], opening: u8) -> Member<Place, Field> {
        let field = match (place, key) {
            (Place::Event, b"dns") => return Member::Objects(Place::Dns),
            (Place::Event, b"tls" | b"quic") => return Member::Object(Place::Handshake),
            (Place::Event, b"http") => return Member::Object(Place::Http),
            (Place::Event, b"flow" | b"netflow") => return Member::Object(Place::Flow),
            (Place::Event, b"tcp") => return Member::Object(Place::Tcp),
            (Place::Event, b"alert") if opening == b'{' => return Member::Object(Place::Alert),
            // Some versions put an array of them, or the two directions, into an alert.
            (Place::Dns, b"query" | b"answer") if opening != 0 => {
                return Member::Objects(Place::Dns);
            }
            (Place::Dns, b"grouped") => return Member::Object(Place::Grouped),
            (Place::Event, b"timestamp") => Field::Time,
            (Place::Event, b"event_type") => Field::Kind,
            (Place::Event, b"direction") => Field::Direction,
            (Place::Event, _) => {
                return End::of(key).map_or(Member::Other, |end| Member::Value(Field::End(end)));
            }
            (Place::Dns, b"type") => Field::DnsKind,
            (Place::Dns, b"rrname") => Field::DnsName,
            (Place::Dns, b"rdata") => Field::DnsData,
            (Place::Dns, b"queries") if opening == b'[' => Field::DnsQueries,
            (Place::Dns, b"answers") if opening == b'[' => Field::DnsAnswers,
            (Place::Grouped, b"A") => Field::DnsV4,
            (Place::Grouped, b"AAAA") => Field::DnsV6,
            (Place::Handshake, b"sni") => Field::ServerName,
            (Place::Http, b"hostname") => Field::Host,
            (Place::Http, b"url") => Field::Url,
            (Place::Http, b"xff") => Field::Forwarded,
            (Place::Http, b"status") => Field::Status,
            (Place::Flow, b"pkts_toclient") => Field::PacketsBack,
            (Place::Flow, _) => {
                return End::of(key)
                    .map_or(Member::Other, |end| Member::Value(Field::FlowEnd(end)));
            }
            (Place::Tcp, b"tcp_flags_tc") => Field::TcpFlagsBack,
            (Place::Alert, b"action") => Field::Action,
            _ => return Member::Other,
        };
        Member::Value(field)
    }
}

impl End {
    fn of(key: &[u8]) -> Option<Self> {
        Some(match key {
            b"src_ip" => Self::Source,
            b"src_port" => Self::SourcePort,
            b"dest_ip" => Self::Target,
            b"dest_port" => Self::TargetPort,
            _ => return None,
        })
    }
}

impl<'l> Event<'l> {
    #[inline]
    fn set(&mut self, field: Field, value: &'l [u8]) {
        let place = match field {
            Field::Time => &mut self.time,
            Field::Kind => &mut self.kind,
            Field::Direction => &mut self.direction,
            Field::End(end) => self.ends.place(end),
            Field::FlowEnd(end) => self.flow_ends.place(end),
            Field::PacketsBack => &mut self.packets_back,
            Field::TcpFlagsBack => &mut self.tcp_flags_back,
            Field::DnsKind => &mut self.dns.kind,
            Field::DnsName => &mut self.dns.name,
            Field::DnsData => &mut self.dns.data,
            Field::DnsQueries => &mut self.dns.queries,
            Field::DnsAnswers => &mut self.dns.answers,
            Field::DnsV4 => &mut self.dns.v4,
            Field::DnsV6 => &mut self.dns.v6,
            Field::ServerName => &mut self.server_name,
            Field::Host => &mut self.host,
            Field::Url => &mut self.url,
            Field::Forwarded => &mut self.forwarded,
            Field::Status => &mut self.status,
            Field::Action => &mut self.action,
        };
        *place = value;
    }
}

pub(crate) fn read_line<'l>(
    layouts: &mut Layouts<Field>,
    line: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    let mut event = Event::default();
    let is_whole = tree::read::<Members>(layouts, line, |field, value| event.set(field, value));
    if !is_whole || event.kind.is_empty() || event.time.is_empty() {
        return LineKind::NotParsed;
    }
    push(&event, sink);
    LineKind::Understood
}

impl<'l> Ends<'l> {
    #[inline]
    fn place(&mut self, end: End) -> &mut &'l [u8] {
        match end {
            End::Source => &mut self.source,
            End::SourcePort => &mut self.source_port,
            End::Target => &mut self.target,
            End::TargetPort => &mut self.target_port,
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
    let (host, host_port, path, query) = web_target(event);
    let between = match before(event.forwarded, b',') {
        b"" => Between::Nobody,
        address => Between::For(address),
    };
    let sent = Contact { path, query, outcome, between, ..connection };
    push_request(host, host_port, &sent, sink);
}

/// Host, port, path and query of a request, or the name of a TLS handshake.
fn web_target<'l>(event: &Event<'l>) -> (&'l [u8], u16, &'l [u8], &'l [u8]) {
    let (host, port) = host_and_port(event.host);
    let (host, port, path, query) = if event.url.starts_with(b"/") || event.url.is_empty() {
        let (path, query) = path_and_query(event.url);
        (host, port, path, query)
    } else {
        let parts = url_parts(event.url);
        let port = if parts.port == 0 { port } else { parts.port };
        (if host.is_empty() { parts.host } else { host }, port, parts.path, parts.query)
    };
    let host = if host.is_empty() { event.server_name } else { host };
    (host, port, path, query)
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
        json::elements(dns.queries, |rest| {
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
    json::elements(answers, |rest| {
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
