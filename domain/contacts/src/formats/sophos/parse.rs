//! One line of a Sophos Firewall.

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::{memchr, memrchr};

use crate::fields::{has_count, is_address, port, split_once, url_parts};
use crate::scan::{KeyEnds, KeyStyle, find_near};
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

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let fields = Fields::of(line);
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
            sink(&Contact {
                name: if is_address(host) { b"" } else { host },
                path: parts.path,
                query: parts.query,
                outcome: ending(!is_stopped),
                ..base
            });
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
            let name = if is_address(parts.host) { b"" } else { parts.host };
            let (path, query) = (parts.path, parts.query);
            sink(&Contact { name, path, query, outcome: Outcome::Attempted, ..base });
        }
        _ => {}
    }
    LineKind::Understood
}

impl<'l> Fields<'l> {
    /// The fields of a line: by its key ends when all of it is plain, else value by value.
    fn of(line: &'l [u8]) -> Self {
        Self::by_key_ends(line).unwrap_or_else(|| Self::by_walking(line))
    }

    /// `None` when a quotation mark stands where none belongs.
    #[inline]
    fn by_key_ends(line: &'l [u8]) -> Option<Self> {
        let mut fields = Self::default();
        let mut date_at = None;
        let mut ends = KeyEnds::new(line, KeyStyle::Equals);
        let mut next = 0;
        for end in ends.by_ref() {
            let Some((head, rest)) = line.split_at_checked(end) else { break };
            // A key begins behind the `=` before it: nothing is looked at twice.
            let before = std::mem::replace(&mut next, end + 1);
            let near = head.get(before..).unwrap_or_default();
            let from = match near.iter().rposition(|b| matches!(b, b' ' | b'>')) {
                Some(at) => before + at + 1,
                None if before == 0 => 0,
                None => continue,
            };
            let value = rest.get(1..).unwrap_or_default();
            let (value, mark) = match value.strip_prefix(b"\"") {
                Some(quoted) => (quoted, b'"'),
                None => (value, b' '),
            };
            let value = find_near(value, mark).and_then(|it| value.get(..it)).unwrap_or(value);
            fields.set(head.get(from..).unwrap_or_default(), value, line, end + 1, &mut date_at);
        }
        ends.is_sound().then_some(fields)
    }

    /// Walks through `key=value key="value" …` once.
    #[cold]
    fn by_walking(line: &'l [u8]) -> Self {
        let mut fields = Self::default();
        let mut at = 0;
        let mut date_at = None;
        while let Some(rest) = line.get(at..) {
            let Some(equals) = memchr(b'=', rest) else { break };
            let key = rest.get(..equals).unwrap_or_default();
            // A syslog header stands before the first key: the key is its last word.
            let key = memchr::memrchr2(b' ', b'>', key)
                .map_or(key, |space| key.get(space + 1..).unwrap_or_default());
            let value_at = at + equals + 1;
            let Some(value) = line.get(value_at..) else { break };
            let (value, end) = if let Some(quoted) = value.strip_prefix(b"\"") {
                let length = memchr(b'"', quoted).unwrap_or(quoted.len());
                (quoted.get(..length).unwrap_or(quoted), value_at + length + 2)
            } else {
                let length = memchr(b' ', value).unwrap_or(value.len());
                (value.get(..length).unwrap_or(value), value_at + length)
            };
            fields.set(key, value, line, value_at, &mut date_at);
            at = end + usize::from(line.get(end) == Some(&b' '));
        }
        fields
    }

    /// Takes a value in; `value_at` is where it stands in the line, its quote included.
    #[inline]
    fn set(
        &mut self,
        key: &[u8],
        value: &'l [u8],
        line: &'l [u8],
        value_at: usize,
        date_at: &mut Option<usize>,
    ) {
        match key {
            b"log_type" => self.kind = value,
            b"log_component" => self.component = value,
            b"log_subtype" => self.subtype = value,
            b"log_id" => self.log_id = value,
            b"src_ip" | b"sourceip" => self.source = value,
            b"src_host" | b"host_name" => self.source_name = value,
            b"dst_ip" | b"destinationip" => self.destination = value,
            b"dst_port" => self.port = value,
            b"url" => self.url = value,
            b"domain" | b"domainname" => self.domain = value,
            b"server_name" | b"sni" => self.server_name = value,
            b"recv_bytes" | b"bytes_received" => self.received = Some(value),
            b"timestamp" => self.time = value,
            b"date" => *date_at = Some(value_at),
            b"time" => {
                let quotes = if line.get(value_at) == Some(&b'"') { 2 } else { 0 };
                if let Some(from) = date_at.filter(|from| (*from..=from + 18).contains(&value_at)) {
                    let end = value_at + value.len() + quotes;
                    self.time = line.get(from..end).unwrap_or_default();
                }
            }
            _ => {}
        }
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
