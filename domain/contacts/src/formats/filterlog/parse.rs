//! One line of filterlog.

use jiff::Timestamp;
use memchr::memchr;

use crate::fields::{is_address, is_udp_answer, port};
use crate::scan::{Pieces, find_text};
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome};

/// Where the program's name may begin at the latest: behind time and host.
const LATEST_PROGRAM: usize = 200;
const NAME: &[u8] = b"filterlog";

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let Some((head, record)) = record(line) else { return LineKind::NotParsed };
    match contact(record) {
        Some(contact) => {
            if !contact.device.is_empty() {
                sink(&Contact { time: time::syslog_time(head), ..contact });
            }
            LineKind::Understood
        }
        None => LineKind::NotParsed,
    }
}

/// What stands before the program's name, and the comma-separated record: `filterlog[7]: 5,,,…`,
/// `filterlog: 5,,,…`, or `filterlog 7 - [meta sequenceId="1"] 5,,,…`.
fn record(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = line.get(..LATEST_PROGRAM).unwrap_or(line);
    let Some(at) = find_text(start, NAME) else {
        // Somebody cut the header off.
        let first = line.get(..memchr(b',', line)?)?;
        return first.iter().all(u8::is_ascii_digit).then_some((b"", line));
    };
    let (head, rest) = line.split_at_checked(at)?;
    let comma = memchr(b',', rest)?;
    let begin = rest.get(..comma).and_then(|it| memchr::memrchr(b' ', it))?;
    Some((head, rest.get(begin + 1..)?))
}

/// The contact of a record; with an empty device when the packet opens nothing.
fn contact(record: &[u8]) -> Option<Contact<'_>> {
    let mut fields = Pieces::new(record, [b',']);
    // Rule, sub-rule, anchor, tracker and interface come first.
    let _reason = fields.nth(5)?;
    let action = fields.next()?;
    let direction = fields.next()?;
    let is_rule = action.iter().all(u8::is_ascii_lowercase) && matches!(direction, b"in" | b"out");
    if !is_rule || action.is_empty() {
        return None;
    }
    let protocol = match fields.next()? {
        // ToS, ECN, TTL, id, offset, flags, protocol number, name, length.
        b"4" => {
            let protocol = fields.nth(7)?;
            fields.next()?;
            protocol
        }
        // Class, flow label, hop limit, name, protocol number, length.
        b"6" => {
            let protocol = fields.nth(3)?;
            fields.nth(1)?;
            protocol
        }
        _ => return None,
    };
    let (device, address) = (fields.next()?, fields.next()?);
    if !is_address(device) || !is_address(address) {
        return None;
    }
    let nobody = Contact::default();
    let found = Contact { device, address, outcome: Outcome::Attempted, ..nobody };
    let is = |name: &[u8]| protocol.eq_ignore_ascii_case(name);
    if is(b"tcp") {
        let port = port(fields.nth(1)?);
        // Data length, then the flags.
        let flags = fields.nth(1)?;
        let opens = flags.contains(&b'S') && !flags.contains(&b'A');
        return Some(if opens { Contact { port, ..found } } else { nobody });
    }
    if is(b"udp") {
        let (from, to) = (port(fields.next()?), port(fields.next()?));
        return Some(if is_udp_answer(from, to) { nobody } else { Contact { port: to, ..found } });
    }
    if is(b"icmp") || is(b"icmp6") || is(b"ipv6-icmp") || is(b"icmpv6") {
        // OPNsense and IPv6 records may leave the kind out.
        let is_request = fields.next().is_some_and(|kind| kind == b"request");
        return Some(if is_request { found } else { nobody });
    }
    // Tunnels and the like have no ports and open nothing.
    Some(found)
}

pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    time::header_moment(text, reading)
}
