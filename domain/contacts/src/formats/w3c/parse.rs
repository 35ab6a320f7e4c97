//! One line of a W3C log.

use jiff::Timestamp;
use memchr::memchr;

use super::header::{Header, Role};
use crate::fields::{host_and_port, is_address, path_and_query, port, push_request, url_parts};
use crate::scan::{Marks, Pieces, Style, find_soon, find_text};
use crate::time;
use crate::{Between, Contact, LineKind, Outcome};

/// The fields of one request.
#[derive(Default)]
struct Request<'l> {
    date: &'l [u8],
    time: &'l [u8],
    epoch: &'l [u8],
    client: &'l [u8],
    server_address: &'l [u8],
    host: &'l [u8],
    port: &'l [u8],
    url: &'l [u8],
    path: &'l [u8],
    query: &'l [u8],
    referrer: &'l [u8],
    method: &'l [u8],
    status: &'l [u8],
    action: &'l [u8],
    filter: &'l [u8],
    remote_address: &'l [u8],
}

impl<'l> Request<'l> {
    /// Sets a field; `-` means that it has no value.
    #[inline]
    fn set(&mut self, role: Role, value: &'l [u8]) {
        let value = if value == b"-" { &b""[..] } else { value };
        match role {
            Role::Other => {}
            Role::Date => self.date = value,
            Role::Time => self.time = value,
            Role::Epoch => self.epoch = value,
            Role::Client => self.client = value,
            Role::ServerAddress => self.server_address = value,
            Role::Host => self.host = value,
            Role::Port => self.port = value,
            Role::Url => self.url = value,
            Role::Path => self.path = value,
            Role::Query => self.query = value.strip_prefix(b"?").unwrap_or(value),
            Role::Referrer => self.referrer = value,
            Role::Method => self.method = value,
            Role::Status => self.status = value,
            Role::Action => self.action = value,
            Role::Filter => self.filter = value,
            Role::RemoteAddress => self.remote_address = value,
        }
    }
}

pub(crate) fn read_line<'l>(
    header: &mut Header,
    marks: &mut Marks,
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
    let mut request = Request::default();
    let is_whole = if memchr(b'"', line).is_none() {
        // Without quotation marks every separator is one.
        let values = Pieces::new(line, [header.separator]);
        let mut columns = header.roles().iter();
        for (value, role) in values.zip(columns.by_ref()) {
            request.set(*role, value);
        }
        columns.next().is_none()
    } else if marks.find(line, Style::Cells(header.separator)) {
        for (at, role) in header.roles().iter().enumerate() {
            if *role != Role::Other {
                request.set(*role, marks.cell(line, at));
            }
        }
        marks.as_slice().len() + 1 >= header.roles().len()
    } else {
        by_walking(header, line, &mut request)
    };
    // A line cut short, as at the end of a file still being written.
    if !is_whole {
        return LineKind::NotParsed;
    }
    let is_dated = request.date.len() == 10 || !request.epoch.is_empty();
    if !is_dated && !request.date.is_empty() {
        return LineKind::NotParsed;
    }
    let time = if request.epoch.is_empty() {
        moment_text(line, request.date, request.time)
    } else {
        request.epoch
    };
    if header.is_proxy {
        push_proxied(&request, time, sink);
    } else {
        push_served(line, &request, time, sink);
    }
    LineKind::Understood
}

/// Takes the values of a line one after the other; whether there is one for each column.
fn by_walking<'l>(header: &Header, line: &'l [u8], request: &mut Request<'l>) -> bool {
    let mut rest = Some(line);
    for role in header.roles() {
        let Some(begin) = rest else { return false };
        let (value, length) = value(begin, header.separator);
        request.set(*role, value);
        rest = begin.get(length + 1..);
    }
    true
}

/// A value, its quotes removed, and how many bytes it takes.
#[inline]
fn value(rest: &[u8], separator: u8) -> (&[u8], usize) {
    if let Some(inner) = rest.strip_prefix(b"\"")
        && let Some(end) = memchr(b'"', inner)
        && matches!(inner.get(end + 1), None | Some(b' ' | b'\t'))
    {
        return (inner.get(..end).unwrap_or(inner), end + 2);
    }
    let end = find_soon(rest, separator).unwrap_or(rest.len());
    (rest.get(..end).unwrap_or(rest), end)
}

/// From the date to the time, where the one follows the other.
fn moment_text<'l>(line: &'l [u8], date: &'l [u8], time: &'l [u8]) -> &'l [u8] {
    if date.is_empty() || time.is_empty() {
        return b"";
    }
    let begin = date.as_ptr().addr() - line.as_ptr().addr();
    let end = time.as_ptr().addr() - line.as_ptr().addr() + time.len();
    match line.get(begin..end) {
        Some(text) if text.len() <= date.len() + time.len() + 3 => text,
        _ => b"",
    }
}

fn push_proxied<'l>(request: &Request<'l>, time: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) {
    let parts = url_parts(request.url);
    let (host, host_port) = host_and_port(request.host);
    let (host, path, query) = if request.url.is_empty() {
        let (path, inner_query) = path_and_query(request.path);
        (host, path, if request.query.is_empty() { inner_query } else { request.query })
    } else {
        let host = if host.is_empty() { parts.host } else { host };
        (host, parts.path, if request.query.is_empty() { parts.query } else { request.query })
    };
    if host.is_empty() && request.remote_address.is_empty() {
        return;
    }
    let named_port = match port(request.port) {
        0 if host_port != 0 => host_port,
        0 => parts.port,
        port => port,
    };
    let (device, device_name) = by_address(request.client);
    let sent = Contact {
        device,
        device_name,
        path,
        query,
        address: if is_address(request.remote_address) { request.remote_address } else { b"" },
        port: named_port,
        time,
        outcome: proxy_outcome(request),
        between: match request.server_address {
            b"" => Between::Nobody,
            proxy => Between::Asked(proxy),
        },
        ..Contact::default()
    };
    push_request(host, 0, &sent, sink);
}

fn push_served<'l>(
    line: &'l [u8],
    request: &Request<'l>,
    time: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) {
    let (device, device_name) = by_address(request.client);
    let query = match (request.query, request.referrer) {
        (query, b"") => query,
        (b"", referrer) => referrer,
        (query, referrer) => {
            // Both, and what stands between them, whichever comes first.
            let at = |part: &[u8]| part.as_ptr().addr() - line.as_ptr().addr();
            let begin = at(query).min(at(referrer));
            let end = (at(query) + query.len()).max(at(referrer) + referrer.len());
            line.get(begin..end).unwrap_or(query)
        }
    };
    sink(&Contact {
        device,
        device_name,
        address: request.server_address,
        name: host_and_port(request.host).0,
        query,
        time,
        outcome: Outcome::Inbound,
        ..Contact::default()
    });
}

fn by_address(client: &[u8]) -> (&[u8], &[u8]) {
    if is_address(client) { (client, b"") } else { (b"", client) }
}

fn proxy_outcome(request: &Request<'_>) -> Outcome {
    let has = |text: &[u8], word: &[u8]| find_text(text, word).is_some();
    let is_stopped = match (request.action, request.filter) {
        (b"", b"") => matches!(request.status, b"403" | b"407"),
        (action, filter) => {
            has(action, b"DENIED") || has(filter, b"DENIED") || has(filter, b"Denied")
        }
    };
    let has_failed = matches!(request.status, b"0" | b"502" | b"503" | b"504")
        || has(request.action, b"FAILED")
        || request.status.len() == 5;
    if is_stopped || has_failed { Outcome::Attempted } else { Outcome::Connected }
}

/// Date and time in UTC, as the draft says and IIS and `ProxySG` write them; or seconds since 1970.
pub(crate) fn timestamp(text: &[u8]) -> Option<Timestamp> {
    let Some((date, rest)) = text.split_at_checked(10).filter(|(date, _)| date.contains(&b'-'))
    else {
        return time::epoch(text);
    };
    let date: jiff::civil::Date = std::str::from_utf8(date).ok()?.parse().ok()?;
    let clock = rest.trim_ascii_start();
    let clock = time::clock(clock.strip_prefix(b"\"").unwrap_or(clock))?;
    jiff::tz::Offset::UTC.to_timestamp(date.to_datetime(clock)).ok()
}
