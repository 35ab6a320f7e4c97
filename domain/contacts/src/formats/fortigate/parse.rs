//! One line of a FortiGate log.

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::{memchr, memchr2};

use crate::fields::{has_count, is_address, path_and_query, port, split_once, url_parts};
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome};

/// The fields we read.
#[derive(Default)]
struct Fields<'l> {
    kind: &'l [u8],
    subtype: &'l [u8],
    srcip: &'l [u8],
    srcname: &'l [u8],
    dstip: &'l [u8],
    dstport: &'l [u8],
    hostname: &'l [u8],
    url: &'l [u8],
    qname: &'l [u8],
    ipaddr: &'l [u8],
    action: &'l [u8],
    rcvdbyte: Option<&'l [u8]>,
    eventtime: &'l [u8],
    /// From the value of `date` to the end of the value of `time`.
    local_time: &'l [u8],
}

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let fields = fields(line);
    let is_ours =
        !fields.kind.is_empty() && (!fields.eventtime.is_empty() || !fields.local_time.is_empty());
    if !is_ours {
        return LineKind::NotParsed;
    }
    let base = Contact {
        device: fields.srcip,
        device_name: fields.srcname,
        time: if fields.eventtime.is_empty() { fields.local_time } else { fields.eventtime },
        ..Contact::default()
    };
    match (fields.kind, fields.subtype) {
        (b"utm" | b"dns", b"dns" | b"dns-query" | b"dns-response") => sink(&Contact {
            name: fields.qname,
            answers: fields.ipaddr,
            outcome: dns_outcome(&fields),
            ..base
        }),
        (b"traffic" | b"utm", _) => {
            let url = url_of(&fields);
            sink(&Contact {
                name: if is_address(url.0) { b"" } else { url.0 },
                path: url.1,
                query: url.2,
                address: fields.dstip,
                port: port(fields.dstport),
                outcome: connection_outcome(&fields),
                ..base
            });
        }
        _ => {}
    }
    LineKind::Understood
}

/// Host, path and query: `url` is a path beside `hostname`, or a whole URL.
fn url_of<'l>(fields: &Fields<'l>) -> (&'l [u8], &'l [u8], &'l [u8]) {
    if fields.url.starts_with(b"/") || fields.url.is_empty() {
        let (path, query) = path_and_query(fields.url);
        return (fields.hostname, path, query);
    }
    let parts = url_parts(fields.url);
    let host = if fields.hostname.is_empty() { parts.host } else { fields.hostname };
    (host, parts.path, parts.query)
}

fn connection_outcome(fields: &Fields<'_>) -> Outcome {
    let is_stopped = matches!(
        fields.action,
        b"deny" | b"denied" | b"block" | b"blocked" | b"dropped" | b"reset" | b"ip-conn"
    );
    // A session that got nothing back was an attempt, whatever closed it.
    let is_one_way = fields.rcvdbyte.is_some_and(|bytes| !has_count(bytes));
    if is_stopped || is_one_way { Outcome::Attempted } else { Outcome::Connected }
}

fn dns_outcome(fields: &Fields<'_>) -> Outcome {
    if matches!(fields.action, b"block" | b"blocked" | b"redirect") {
        Outcome::DnsBlocked
    } else if !fields.ipaddr.is_empty() {
        Outcome::DnsResolved
    } else {
        Outcome::DnsQueried
    }
}

/// Walks through `key=value key="value" …` once.
fn fields(line: &[u8]) -> Fields<'_> {
    let mut fields = Fields::default();
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
            let length = quoted_length(quoted);
            (quoted.get(..length).unwrap_or(quoted), value_at + length + 2)
        } else {
            let length = memchr(b' ', value).unwrap_or(value.len());
            (value.get(..length).unwrap_or(value), value_at + length)
        };
        match key {
            b"type" => fields.kind = value,
            b"subtype" => fields.subtype = value,
            b"srcip" => fields.srcip = value,
            b"srcname" => fields.srcname = value,
            b"dstip" => fields.dstip = value,
            b"dstport" => fields.dstport = value,
            b"hostname" => fields.hostname = value,
            b"url" => fields.url = value,
            b"qname" => fields.qname = value,
            b"ipaddr" => fields.ipaddr = value,
            b"action" => fields.action = value,
            b"rcvdbyte" => fields.rcvdbyte = Some(value),
            b"eventtime" => fields.eventtime = value,
            b"date" => date_at = Some(value_at),
            b"time" => {
                if let Some(from) = date_at.filter(|from| at >= *from && at - from <= 13) {
                    fields.local_time = line.get(from..end).unwrap_or_default();
                }
            }
            _ => {}
        }
        at = end + usize::from(line.get(end) == Some(&b' '));
    }
    fields
}

/// Length of a quoted value up to its closing quote; `\"` does not close it.
fn quoted_length(quoted: &[u8]) -> usize {
    let mut at = 0;
    while let Some(rest) = quoted.get(at..) {
        match memchr2(b'"', b'\\', rest) {
            None => return quoted.len(),
            Some(found) if rest.get(found) == Some(&b'"') => return at + found,
            Some(found) => at += found + 2,
        }
    }
    quoted.len()
}

/// `eventtime` in seconds, milli-, micro- or nanoseconds by its length; else `date` and `time`.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    if let Some(number) = epoch_number(text) {
        return match text.len() {
            ..=11 => Timestamp::from_second(number).ok(),
            12..=14 => Timestamp::from_millisecond(number).ok(),
            15..=17 => Timestamp::from_microsecond(number).ok(),
            _ => Timestamp::from_nanosecond(i128::from(number)).ok(),
        };
    }
    let (date, rest) = split_once(text, b' ')?;
    let clock = rest.strip_prefix(b"time=")?;
    let date = std::str::from_utf8(date).ok()?.trim_matches('"').parse::<Date>().ok()?;
    let clock = time::clock(clock.strip_prefix(b"\"").unwrap_or(clock).get(..8)?)?;
    reading.moment(date.to_datetime(clock))
}

/// Up to 19 digits: nanoseconds since 1970 have 19.
fn epoch_number(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 19 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}
