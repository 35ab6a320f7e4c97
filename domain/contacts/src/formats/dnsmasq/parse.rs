//! One line of a dnsmasq log.

use std::sync::LazyLock;

use jiff::Timestamp;
use memchr::memmem;

use crate::fields::{before, is_address, split_once};
use crate::scan::find_text;
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome, Part};

/// Made once: setting a search up costs more than it does on a line this short.
static TAG_END: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"]: "));

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    // `Nov 24 08:00:01 dnsmasq[7]: …`; a syslog header puts the host's name before `dnsmasq`.
    let head = line.get(..120).unwrap_or(line);
    let Some(end) = TAG_END.find(head) else { return LineKind::NotParsed };
    let tag = head.get(..end).unwrap_or_default();
    let tag = memchr::memrchr(b' ', tag).map_or(tag, |at| tag.get(at + 1..).unwrap_or_default());
    if !tag.starts_with(b"dnsmasq[") {
        let is_sibling = tag.starts_with(b"dnsmasq-") || tag.starts_with(b"pihole-FTL");
        return if is_sibling { LineKind::Understood } else { LineKind::NotParsed };
    }
    let time = time::header_time(line);
    read_message(line.get(end + 3..).unwrap_or_default(), time, sink)
}

/// Reads what stands behind `dnsmasq[7]: `.
pub(crate) fn read_message<'l>(
    message: &'l [u8],
    time: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    let (client, message) = extra_client(message);
    if let Some(query) = message.strip_prefix(b"query[") {
        let Some((_, rest)) = split_once(query, b' ') else { return LineKind::NotParsed };
        // The name is written as the device sent it, spaces and all: the last `from` is dnsmasq's.
        let Some(at) = last_from(rest) else { return LineKind::NotParsed };
        let name = rest.get(..at).unwrap_or_default();
        let device = before(rest.get(at + 6..).unwrap_or_default(), b' ');
        // Where lines name the client, those about the answer do too.
        let part = if client.is_some() { Part::Question } else { Part::Whole };
        let outcome = Outcome::DnsQueried;
        sink(&Contact { device, name, time, outcome, part, ..Contact::default() });
        return LineKind::Understood;
    }
    if let (Some(device), Some((name, answers, is_local))) = (client, answer(message)) {
        let outcome = match is_address(answers) {
            _ if is_local => Outcome::DnsBlocked,
            true if leads_nowhere(answers) => Outcome::DnsBlocked,
            true => Outcome::DnsResolved,
            false => return LineKind::Understood,
        };
        let part = Part::Answer;
        sink(&Contact { device, name, answers, time, outcome, part, ..Contact::default() });
    }
    LineKind::Understood
}

/// Where the last ` from ` stands; nearly always an address alone follows it.
#[inline]
fn last_from(rest: &[u8]) -> Option<usize> {
    let mut end = rest.len();
    loop {
        let space = memchr::memrchr(b' ', rest.get(..end)?)?;
        if let Some(head) = rest.get(..space)?.strip_suffix(b" from") {
            return Some(head.len());
        }
        end = space;
    }
}

/// The client that `--log-queries=extra` puts before the message: `12 10.0.0.7/51511 query[A] …`.
fn extra_client(message: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let unchanged = (None, message);
    if !message.first().is_some_and(u8::is_ascii_digit) {
        return unchanged;
    }
    let Some((serial, rest)) = split_once(message, b' ') else { return unchanged };
    let Some((client, rest)) = split_once(rest, b' ') else { return unchanged };
    let Some((address, _port)) = split_once(client, b'/') else { return unchanged };
    if serial.iter().all(u8::is_ascii_digit) && is_address(address) {
        (Some(address), rest)
    } else {
        unchanged
    }
}

/// Name and answer of a `… NAME is ANSWER` line, and whether this machine made the answer up.
fn answer(message: &[u8]) -> Option<(&[u8], &[u8], bool)> {
    let at = find_text(message, b" is ")?;
    let (left, right) = message.split_at_checked(at)?;
    let answer = before(right.get(4..)?, b' ');
    let space = memchr::memrchr(b' ', left)?;
    let name = left.get(space + 1..)?;
    // `reply error is SERVFAIL` is about no name.
    if name == b"error" {
        return None;
    }
    let kind = before(left, b' ');
    let is_remote = matches!(kind, b"reply" | b"cached" | b"cached-stale" | b"validation");
    Some((name, answer, !is_remote))
}

/// `0.0.0.0`, `::` and this machine itself: the answer of a filter.
fn leads_nowhere(answer: &[u8]) -> bool {
    matches!(answer, b"0.0.0.0" | b"::" | b"::1") || answer.starts_with(b"127.")
}

pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    time::header_moment(text, reading)
}
