//! One line of a FortiGate log.

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::{memchr, memchr2};

use crate::fields::{has_count, is_address, path_and_query, port, split_once, url_parts};
use crate::scan::{KeyEnds, KeyStyle, find_near};
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
    let fields = Fields::of(line);
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

impl<'l> Fields<'l> {
    /// The fields of a line: by its key ends when all of it is plain, else value by value.
    fn of(line: &'l [u8]) -> Self {
        // Only quoted text holds backslashes, and few lines do.
        if memchr(b'\\', line).is_none()
            && let Some(fields) = Self::by_key_ends(line)
        {
            return fields;
        }
        Self::by_walking(line)
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
            // Three bytes tell nearly all of the fifty fields that are not read.
            if !head.last_chunk().is_some_and(|last| may_be_read(*last)) {
                continue;
            }
            let near = head.get(before..).unwrap_or_default();
            let from = match near.iter().rposition(|b| matches!(b, b' ' | b'>')) {
                Some(at) => before + at + 1,
                None if before == 0 => 0,
                None => continue,
            };
            // Only the priority of a syslog header ends in `>`; other such text is a value's.
            if from > 6 && head.get(from - 1) == Some(&b'>') {
                continue;
            }
            let value = rest.get(1..).unwrap_or_default();
            let value = match value.strip_prefix(b"\"") {
                Some(quoted) => before_near(quoted, b'"'),
                None => before_near(value, b' '),
            };
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
                let length = quoted_length(quoted);
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

    /// Sets a field whose value begins at `value_at`, its quotation mark included.
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
            b"type" => self.kind = value,
            b"subtype" => self.subtype = value,
            b"srcip" => self.srcip = value,
            b"srcname" => self.srcname = value,
            b"dstip" => self.dstip = value,
            b"dstport" => self.dstport = value,
            b"hostname" => self.hostname = value,
            b"url" => self.url = value,
            b"qname" => self.qname = value,
            b"ipaddr" => self.ipaddr = value,
            b"action" => self.action = value,
            b"rcvdbyte" => self.rcvdbyte = Some(value),
            b"eventtime" => self.eventtime = value,
            b"date" => *date_at = Some(value_at),
            b"time" => {
                let is_quoted = usize::from(line.get(value_at) == Some(&b'"'));
                let end = value_at + value.len() + 2 * is_quoted;
                // `time=` follows `date=` at once.
                if let Some(from) =
                    date_at.filter(|from| value_at >= *from && value_at - from <= 18)
                {
                    self.local_time = line.get(from..end).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
}

/// Whether a key that ends so may be one of those read.
#[inline]
fn may_be_read([a, b, c]: [u8; 3]) -> bool {
    const fn number(end: [u8; 3]) -> u32 {
        u32::from_be_bytes([0, end[0], end[1], end[2]])
    }
    const READ: [u32; 11] = [
        number(*b"cip"),
        number(*b"tip"),
        number(*b"ort"),
        number(*b"ame"),
        number(*b"url"),
        number(*b"ype"),
        number(*b"ion"),
        number(*b"yte"),
        number(*b"ime"),
        number(*b"ate"),
        number(*b"ddr"),
    ];
    let end = number([a, b, c]);
    // All of them, without a branch: which keys come is hard to foresee.
    READ.iter().fold(0, |found, read| found | u32::from(end == *read)) != 0
}

/// What stands before the next `byte`, which is expected to be near, or all.
#[inline]
fn before_near(bytes: &[u8], byte: u8) -> &[u8] {
    find_near(bytes, byte).and_then(|end| bytes.get(..end)).unwrap_or(bytes)
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
