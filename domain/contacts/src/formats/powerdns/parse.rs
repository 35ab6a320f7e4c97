//! One line of a PowerDNS log.

use jiff::Timestamp;
use memchr::{memchr, memchr2, memmem};

use crate::fields::{before, host_and_port, is_address, split_once};
use crate::scan::find_text;
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome, Part};

/// Where the question may begin at the latest: behind time, host and program.
const LATEST_START: usize = 200;

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let contact = recursor_or_server(line).or_else(|| dnsdist(line));
    match contact {
        Some(contact) if is_address(contact.device) => {
            sink(&contact);
            LineKind::Understood
        }
        _ => other_message(line),
    }
}

/// `… question for 'NAME|TYPE' from ADDRESS:PORT`, `msg="Question" … qname="NAME" …
/// remote="ADDRESS:PORT"`, or `… Remote ADDRESS wants 'NAME|TYPE', …`.
fn recursor_or_server(line: &[u8]) -> Option<Contact<'_>> {
    let quote = memchr2(b'\'', b'"', line.get(..LATEST_START).unwrap_or(line))?;
    let (head, rest) = line.split_at_checked(quote)?;
    let contact = |device, name, time| {
        let (device, _) = host_and_port(device);
        Some(Contact { device, name, time, outcome: Outcome::DnsQueried, ..Contact::default() })
    };
    if let Some(start) = head.strip_suffix(b"question for ") {
        let (name, rest) = question(rest)?;
        return contact(before(rest.strip_prefix(b" from ")?, b' '), name, time_of(start));
    }
    if let Some(start) = head.strip_suffix(b" wants ") {
        let at = memmem::rfind(start, b"Remote ")?;
        let client = start.get(at + b"Remote ".len()..)?;
        // Behind the address may stand the one it asks for (`<-`).
        let client =
            memchr2(b'<', b'(', client).and_then(|end| client.get(..end)).unwrap_or(client);
        return contact(client, question(rest)?.0, time_of(start));
    }
    if head.ends_with(b"msg=") && rest.starts_with(b"\"Question\" ") {
        let time = value(rest, b" ts=\"").unwrap_or_else(|| time_of(head));
        return contact(value(rest, b" remote=\"")?, value(rest, b" qname=\"")?, time);
    }
    None
}

/// `[TIME] Packet from ADDRESS:PORT for NAME. TYPE with id 7`, or `[TIME] Answer to … (CODE) …`.
fn dnsdist(line: &[u8]) -> Option<Contact<'_>> {
    let start = line.get(..LATEST_START).unwrap_or(line);
    let (at, mark, part): (_, &[u8], _) = match find_text(start, b"Packet from ") {
        Some(at) => (at, b"Packet from ", Part::Question),
        None => (find_text(start, b"Answer to ")?, b"Answer to ", Part::Answer),
    };
    let (head, rest) = line.split_at_checked(at)?;
    let (client, rest) = split_once(rest.get(mark.len()..)?, b' ')?;
    let (name, rest) = split_once(rest.strip_prefix(b"for ")?, b' ')?;
    let at = find_text(rest, b" with id ")?;
    let is_refused = rest.get(..at)?.ends_with(b"(Query Refused)");
    Some(Contact {
        device: host_and_port(client).0,
        name,
        time: time_of(head),
        outcome: if is_refused { Outcome::DnsBlocked } else { Outcome::DnsQueried },
        part,
        ..Contact::default()
    })
}

/// The name in `'NAME|TYPE'`, and what stands behind it.
fn question(quoted: &[u8]) -> Option<(&[u8], &[u8])> {
    // A name may hold anything but the bar, which PowerDNS escapes.
    let (name, rest) = split_once(quoted.get(1..)?, b'|')?;
    let (_kind, rest) = split_once(rest, b'\'')?;
    Some((name, rest))
}

/// The text between ` key="` and the next quote.
fn value<'l>(line: &'l [u8], key: &[u8]) -> Option<&'l [u8]> {
    let rest = line.get(find_text(line, key)? + key.len()..)?;
    rest.get(..memchr(b'"', rest)?)
}

fn time_of(head: &[u8]) -> &[u8] {
    match head.strip_prefix(b"[") {
        Some(seconds) => before(seconds, b']'),
        None => time::syslog_time(head),
    }
}

/// A line of the Recursor, the server or dnsdist about something else is understood.
fn other_message(line: &[u8]) -> LineKind {
    let start = line.get(..LATEST_START).unwrap_or(line);
    let marks: [&[u8]; 6] = [
        b" answer to question '",
        b" answer to non-rd question '",
        b" subsystem=\"",
        b" pdns_recursor[",
        b" pdns_server[",
        b" dnsdist[",
    ];
    let is_ours = marks.iter().any(|mark| find_text(start, mark).is_some());
    if is_ours { LineKind::Understood } else { LineKind::NotParsed }
}

pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    time::epoch(text).or_else(|| time::header_moment(text, reading))
}
