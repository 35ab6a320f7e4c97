//! One line of a BIND log.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::{memchr, memmem, memrchr};

use crate::fields::{before, split_once};
use crate::scan::find_text;
use crate::time::{self, TimeReading};
use crate::{Between, Contact, LineKind, Outcome, Part};

/// Made once: setting a search up costs more than it does on a line this short.
static CLIENT: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::Finder::new(b"client "));

/// Where `client ` may begin at the latest: behind time, syslog header, category and severity.
const LATEST_CLIENT: usize = 200;

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let start = line.get(..LATEST_CLIENT).unwrap_or(line);
    let Some(at) = CLIENT.find(start) else { return other_message(line) };
    let (head, rest) = line.split_at_checked(at).unwrap_or((line, b""));
    let rest = rest.get(b"client ".len()..).unwrap_or_default();
    let rest = match rest.strip_prefix(b"@") {
        Some(object) => split_once(object, b' ').map_or(rest, |(_, rest)| rest),
        None => rest,
    };
    let Some((device, rest)) = split_once(rest, b'#') else { return other_message(line) };
    // `51511 (name): query: …`, or `51511/key name (name): view internal: query: …`.
    let Some(close) = close_of(rest) else { return other_message(line) };
    let mut message = rest.get(close + 3..).unwrap_or_default();
    if message.starts_with(b"view ")
        && let Some(at) = find_text(message, b": ")
    {
        message = message.get(at + 2..).unwrap_or_default();
    }
    let (mut between, mut part) = (Between::Nobody, Part::Answer);
    let (name, outcome) = if let Some(query) = message.strip_prefix(b"query: ") {
        (between, part) = (server(query), Part::Question);
        (before(query, b' '), Outcome::DnsQueried)
    } else if message.starts_with(b"rpz ") || message.starts_with(b"disabled rpz ") {
        let Some(at) = find_text(message, b"rewrite ") else { return LineKind::Understood };
        let name = before(message.get(at + 8..).unwrap_or_default(), b'/');
        let is_rewritten = !message.starts_with(b"disabled") && !is_passed(message);
        (name, if is_rewritten { Outcome::DnsBlocked } else { Outcome::DnsQueried })
    } else if let Some(name) = denied(message) {
        (name, Outcome::DnsBlocked)
    } else {
        return LineKind::Understood;
    };
    let time = time_of(head);
    sink(&Contact { device, name, time, outcome, between, part, ..Contact::default() });
    LineKind::Understood
}

/// The address at which the server was asked, in brackets at the end.
#[inline]
fn server(query: &[u8]) -> Between<&[u8]> {
    let inner = query.strip_suffix(b")").unwrap_or_default();
    let open = memrchr(b'(', inner).and_then(|at| inner.get(at + 1..));
    open.map_or(Between::Nobody, Between::Asked)
}

/// Where `): ` stands; names hold no such thing, for BIND escapes the bracket.
#[inline]
fn close_of(rest: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr(b')', rest.get(from..)?)?;
        if rest.get(at + 1..at + 3) == Some(b": ") {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The name in `query (cache) 'NAME/A/IN' denied`; newer versions add which list said so.
fn denied(message: &[u8]) -> Option<&[u8]> {
    let (_, quoted) = split_once(message.strip_prefix(b"query (")?, b'\'')?;
    let (quoted, rest) = quoted.split_at_checked(memmem::rfind(quoted, b"' denied")?)?;
    let is_whole = rest == b"' denied" || rest.starts_with(b"' denied (");
    is_whole.then(|| before(quoted, b'/'))
}

/// `rpz QNAME PASSTHRU rewrite …` lets the answer through.
fn is_passed(message: &[u8]) -> bool {
    find_text(message.get(..40).unwrap_or(message), b"PASSTHRU").is_some()
}

/// A line of `named` about something else is understood; a line of another program is not.
fn other_message(line: &[u8]) -> LineKind {
    let is_ours = bind_date(line).is_some()
        || find_text(line.get(..LATEST_CLIENT).unwrap_or(line), b" named[").is_some();
    if is_ours { LineKind::Understood } else { LineKind::NotParsed }
}

/// The time at the start of a line, up to the category or the syslog host.
fn time_of(head: &[u8]) -> &[u8] {
    match head.first() {
        // `24-Nov-2026 08:00:01.123`.
        Some(b'0'..=b'9') if head.get(10) != Some(&b'T') => head.get(..24).unwrap_or_default(),
        // ISO 8601 `2026-11-24T08:00:01.123Z`, or `Nov 24 08:00:01 host named[7]: `.
        _ => time::header_time(head),
    }
}

/// `24-Nov-2026 `.
fn bind_date(text: &[u8]) -> Option<Date> {
    let (day, rest) = split_once(text.get(..11)?, b'-')?;
    let (month, year) = split_once(rest, b'-')?;
    let year = i16::try_from(time::number(year)?).ok()?;
    Date::new(year, time::month(month)?, i8::try_from(time::number(day)?).ok()?).ok()
}

pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    if let Some(date) = bind_date(text) {
        let clock = time::clock(text.get(12..)?)?;
        return reading.moment(date.to_datetime(clock));
    }
    time::header_moment(text, reading)
}
