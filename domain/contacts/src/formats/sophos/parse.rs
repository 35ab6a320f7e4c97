//! One line of a Sophos Firewall.

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::memrchr;

use crate::fields::{has_count, port, push_request, split_once, url_parts};
use crate::key_value::{self, Key};
use crate::layouts::Layouts;
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome};

/// The fields we read.
#[derive(Default)]
struct Fields<'l> {
    kind: &'l [u8],
    component: &'l [u8],
    subtype: &'l [u8],
    source: &'l [u8],
    source_name: &'l [u8],
    destination: &'l [u8],
    port: &'l [u8],
    url: &'l [u8],
    domain: &'l [u8],
    server_name: &'l [u8],
    received: Option<&'l [u8]>,
    log_id: &'l [u8],
    /// The value of `timestamp`, or from the value of `date` to the end of the value of `time`.
    time: &'l [u8],
}

pub(crate) fn read_line<'l>(
    layouts: &mut Layouts<Key<Field>>,
    line: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    let fields: Fields<'l> = key_value::read(layouts, line);
    let is_ours = !fields.kind.is_empty() && !fields.log_id.is_empty() && !fields.time.is_empty();
    if !is_ours {
        return LineKind::NotParsed;
    }
    let base = Contact {
        device: fields.source,
        device_name: fields.source_name,
        address: fields.destination,
        port: port(fields.port),
        time: fields.time,
        ..Contact::default()
    };
    let is_stopped = matches!(
        fields.subtype,
        b"Denied"
            | b"Deny"
            | b"Drop"
            | b"Dropped"
            | b"Reject"
            | b"Rejected"
            | b"Blocked"
            | b"Block"
    );
    // A session that got nothing back was an attempt, whatever ended it.
    let is_one_way = fields.received.is_some_and(|bytes| !has_count(bytes));
    let ending = |is_answered| if is_answered { Outcome::Connected } else { Outcome::Attempted };
    match fields.kind {
        b"Firewall" if !fields.source.is_empty() => {
            sink(&Contact { outcome: ending(!is_stopped && !is_one_way), ..base });
        }
        b"Content Filtering" => {
            let parts = url_parts(fields.url);
            let host = if parts.host.is_empty() { fields.domain } else { parts.host };
            let sent = Contact {
                path: parts.path,
                query: parts.query,
                outcome: ending(!is_stopped),
                ..base
            };
            push_request(host, parts.port, &sent, sink);
        }
        b"SSL" => {
            let name =
                if fields.server_name.is_empty() { fields.domain } else { fields.server_name };
            sink(&Contact { name, outcome: ending(!is_stopped && !is_one_way), ..base });
        }
        // The destination of a question is the name server, not the threat.
        b"ATP" if fields.component == b"DNS" => sink(&Contact {
            name: if fields.url.is_empty() { fields.domain } else { fields.url },
            address: b"",
            port: 0,
            outcome: if is_stopped { Outcome::DnsBlocked } else { Outcome::DnsQueried },
            ..base
        }),
        // The destination as the threat's list has it: an address or a name, or a URL.
        b"ATP" => {
            let parts = url_parts(if fields.url.is_empty() { fields.domain } else { fields.url });
            let (path, query) = (parts.path, parts.query);
            let sent = Contact { path, query, outcome: Outcome::Attempted, ..base };
            push_request(parts.host, parts.port, &sent, sink);
        }
        _ => {}
    }
    LineKind::Understood
}

/// A field of [`Fields`], `date` and `time` left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Kind,
    Component,
    Subtype,
    LogId,
    Source,
    SourceName,
    Destination,
    Port,
    Url,
    Domain,
    ServerName,
    Received,
    Time,
}

impl<'l> key_value::Fields<'l> for Fields<'l> {
    const HAS_ESCAPES: bool = false;
    type Field = Field;

    fn field(key: &[u8]) -> Option<Field> {
        Some(match key {
            b"log_type" => Field::Kind,
            b"log_component" => Field::Component,
            b"log_subtype" => Field::Subtype,
            b"log_id" => Field::LogId,
            b"src_ip" | b"sourceip" => Field::Source,
            b"src_host" | b"host_name" => Field::SourceName,
            b"dst_ip" | b"destinationip" => Field::Destination,
            b"dst_port" => Field::Port,
            b"url" => Field::Url,
            b"domain" | b"domainname" => Field::Domain,
            b"server_name" | b"sni" => Field::ServerName,
            b"recv_bytes" | b"bytes_received" => Field::Received,
            b"timestamp" => Field::Time,
            _ => return None,
        })
    }

    #[inline]
    fn set(&mut self, field: Field, value: &'l [u8]) {
        match field {
            Field::Kind => self.kind = value,
            Field::Component => self.component = value,
            Field::Subtype => self.subtype = value,
            Field::LogId => self.log_id = value,
            Field::Source => self.source = value,
            Field::SourceName => self.source_name = value,
            Field::Destination => self.destination = value,
            Field::Port => self.port = value,
            Field::Url => self.url = value,
            Field::Domain => self.domain = value,
            Field::ServerName => self.server_name = value,
            Field::Received => self.received = Some(value),
            Field::Time => self.time = value,
        }
    }

    #[inline]
    fn set_time(&mut self, value: &'l [u8]) {
        self.time = value;
    }
}

/// `2026-11-24T08:00:01+0700`, or `date` and `time` by the clock of the firewall.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let Some((date, clock)) = split_once(text, b' ') else {
        // With or without the colon in the offset; without an offset the time is local.
        let text = std::str::from_utf8(text).ok()?;
        return match text.parse::<Timestamp>() {
            Ok(moment) => Some(moment),
            Err(_) => reading.moment(text.parse().ok()?),
        };
    };
    let date = std::str::from_utf8(date).ok()?.trim_matches('"').parse::<Date>().ok()?;
    let clock = memrchr(b'=', clock).and_then(|it| clock.get(it + 1..))?;
    let clock = time::clock(clock.strip_prefix(b"\"").unwrap_or(clock).get(..8)?)?;
    reading.moment(date.to_datetime(clock))
}
