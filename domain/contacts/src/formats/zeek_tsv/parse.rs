//! One line of a Zeek log, and what a record of either writer means.

use jiff::Timestamp;

use super::header::{Header, Role};
use crate::fields::{
    answers_outcome, before, has_count, host_and_port, path_and_query, port, push_request,
    url_parts,
};
use crate::scan::{Pieces, find_text};
use crate::time;
use crate::{Between, Contact, LineKind, Outcome};

/// The fields of one record, whichever log it is of.
#[derive(Default)]
pub(crate) struct Record<'l> {
    time: &'l [u8],
    device: &'l [u8],
    address: &'l [u8],
    port: &'l [u8],
    conn_state: &'l [u8],
    received_bytes: &'l [u8],
    query: Option<&'l [u8]>,
    answers: &'l [u8],
    server_name: &'l [u8],
    established: Option<&'l [u8]>,
    host: &'l [u8],
    uri: Option<&'l [u8]>,
    status: &'l [u8],
    sender: &'l [u8],
    receiver: &'l [u8],
    is_originator: &'l [u8],
    /// Of a file: the log that has it is `files`.
    seen_bytes: &'l [u8],
    /// Of a request: the headers that proxies add.
    proxied: &'l [u8],
}

impl<'l> Record<'l> {
    /// Whether it has a time, by its looks: every record of Zeek has. Few are needed, and read then.
    #[inline]
    pub(crate) fn has_time(&self) -> bool {
        self.time.len() >= 10 && self.time.first().is_some_and(u8::is_ascii_digit)
    }

    /// Sets a field; `-` and `(empty)` mean that it has no value.
    #[inline]
    pub(crate) fn set(&mut self, role: Role, value: &'l [u8]) {
        let value = if matches!(value, b"-" | b"(empty)") { &b""[..] } else { value };
        match role {
            Role::Other => {}
            Role::Time => self.time = value,
            Role::Device => self.device = value,
            Role::Address => self.address = value,
            Role::Port => self.port = value,
            Role::ConnState => self.conn_state = value,
            Role::ReceivedBytes => self.received_bytes = value,
            Role::Query => self.query = Some(value),
            Role::Answers => self.answers = value,
            Role::ServerName => self.server_name = value,
            Role::Established => self.established = Some(value),
            Role::Host => self.host = value,
            Role::Uri => self.uri = Some(value),
            Role::Status => self.status = value,
            Role::Sender => self.sender = value,
            Role::Receiver => self.receiver = value,
            Role::IsOriginator => self.is_originator = value,
            Role::SeenBytes => self.seen_bytes = value,
            Role::Proxied => self.proxied = value,
        }
    }
}

pub(crate) fn read_line<'l>(
    header: &mut Header,
    line: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    if line.first() == Some(&b'#') {
        header.take(line);
        return LineKind::Understood;
    }
    if !header.is_known() {
        return LineKind::NotParsed;
    }
    let mut record = Record::default();
    let mut columns = Pieces::new(line, [b'\t']);
    for role in header.roles() {
        // A record cut short, as at the end of a file still being written.
        let Some(value) = columns.next() else { return LineKind::NotParsed };
        if *role != Role::Other {
            record.set(*role, value);
        }
    }
    push(&record, sink)
}

/// Pushes the contact of a record; which log it is of shows in the fields it has.
#[inline]
pub(crate) fn push<'l>(record: &Record<'l>, sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    if !record.has_time() {
        return LineKind::NotParsed;
    }
    let base = Contact { device: record.device, time: record.time, ..Contact::default() };
    let connection = Contact { address: record.address, port: port(record.port), ..base };
    if let Some(query) = record.query {
        sink(&Contact {
            name: query,
            answers: record.answers,
            outcome: answers_outcome(record.answers),
            between: asked(record.address),
            ..base
        });
    } else if let Some(uri) = record.uri {
        let mut between = forwarded(record.proxied);
        let (host, port, path, query) = if uri.starts_with(b"/") || uri.is_empty() {
            let (host, port) = host_and_port(record.host);
            let (path, query) = path_and_query(uri);
            (host, port, path, query)
        } else {
            // Only proxies are asked for a whole URL.
            between = asked(record.address);
            let parts = url_parts(uri);
            (parts.host, parts.port, parts.path, parts.query)
        };
        let sent = Contact {
            path,
            query,
            outcome: if record.status.is_empty() { Outcome::Attempted } else { Outcome::Connected },
            between,
            ..connection
        };
        push_request(host, port, &sent, sink);
    } else if let Some(established) = record.established {
        let is_established = matches!(established, b"T" | b"true");
        sink(&Contact {
            name: record.server_name,
            outcome: if is_established { Outcome::Connected } else { Outcome::Attempted },
            ..connection
        });
    } else if !record.conn_state.is_empty() {
        sink(&Contact { outcome: conn_outcome(record), ..connection });
    } else if !record.seen_bytes.is_empty() {
        push_file(record, connection, sink);
    }
    LineKind::Understood
}

fn asked(server: &[u8]) -> Between<&[u8]> {
    if server.is_empty() { Between::Nobody } else { Between::Asked(server) }
}

/// `VIA -> 1.1 proxy,X-FORWARDED-FOR -> 192.0.2.7`: for whom a proxy passed a request on.
#[inline]
fn forwarded(headers: &[u8]) -> Between<&[u8]> {
    const MARK: &[u8] = b"FORWARDED-FOR -> ";
    if headers.is_empty() {
        return Between::Nobody;
    }
    let behind = find_text(headers, MARK).and_then(|at| headers.get(at + MARK.len()..));
    behind.map_or(Between::Nobody, |it| Between::For(first_of(before(it, b'"'))))
}

/// A file went from one end to the other. Versions before 5.1 name sender and receiver instead of
/// the connection's ends: the originator, which is the device, is the sender when `is_orig`.
#[cold]
fn push_file<'l>(
    record: &Record<'l>,
    connection: Contact<'l>,
    sink: &mut impl FnMut(&Contact<'l>),
) {
    let outcome =
        if has_count(record.seen_bytes) { Outcome::Connected } else { Outcome::Attempted };
    if !connection.device.is_empty() {
        return sink(&Contact { outcome, ..connection });
    }
    let (sender, receiver) = (first_of(record.sender), first_of(record.receiver));
    let is_sent = matches!(record.is_originator, b"T" | b"true");
    let (device, address) = if is_sent { (sender, receiver) } else { (receiver, sender) };
    sink(&Contact { device, address, outcome, ..connection });
}

/// The first of a set, as either writer lists it.
fn first_of(set: &[u8]) -> &[u8] {
    let first = before(set, b',').trim_ascii();
    first.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(first)
}

/// Zeek's connection states: those in which the responder answered the opening stand.
fn conn_outcome(record: &Record<'_>) -> Outcome {
    match record.conn_state {
        b"SF" | b"S1" | b"S2" | b"S3" | b"RSTO" | b"RSTR" => Outcome::Connected,
        // Seen from the middle on: bytes from the responder decide.
        b"OTH" if has_count(record.received_bytes) => Outcome::Connected,
        _ => Outcome::Attempted,
    }
}

/// Seconds since 1970, or ISO 8601 where the log was set so.
pub(crate) fn timestamp(text: &[u8]) -> Option<Timestamp> {
    time::epoch(text).or_else(|| std::str::from_utf8(text).ok()?.parse().ok())
}
