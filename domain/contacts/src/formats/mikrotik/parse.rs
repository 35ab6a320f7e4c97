//! One line of a RouterOS log.

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::memchr;

use crate::fields::{before, host_and_port, is_address, is_udp_answer, split_once};
use crate::scan::{find_soon, find_text};
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome};

/// Where the topics may begin at the latest: behind time and host.
const LATEST_TOPICS: usize = 120;

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let Some((head, topics, message)) = parts(line) else { return LineKind::NotParsed };
    let contact = match before(topics, b',') {
        b"firewall" => packet(message),
        b"dns" => question(message),
        _ => return LineKind::Understood,
    };
    if let Some(contact) = contact {
        sink(&Contact { time: head, ..contact });
    }
    LineKind::Understood
}

/// What stands before the topics (`firewall,info`), they, and the message.
fn parts(line: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let start = line.get(..LATEST_TOPICS).unwrap_or(line);
    let mut at = 0;
    loop {
        let rest = line.get(at..)?;
        let end = find_soon(start.get(at..)?, b' ')?;
        let word = rest.get(..end)?;
        if is_topics(word) {
            return Some((line.get(..at)?, word, rest.get(end + 1..)?));
        }
        at += end + 1;
    }
}

/// Topics in lower case, a severity or `account` among them; questions come as `dns` alone.
fn is_topics(word: &[u8]) -> bool {
    if word == b"dns" {
        return true;
    }
    let is_topic = |topic: &[u8]| {
        !topic.is_empty() && topic.iter().all(|b| b.is_ascii_lowercase() || *b == b'-')
    };
    let is_severity = |topic: &[u8]| {
        matches!(
            topic,
            b"info" | b"warning" | b"error" | b"critical" | b"debug" | b"account" | b"packet"
        )
    };
    memchr(b',', word).is_some()
        && word.split(|b| *b == b',').all(is_topic)
        && word.split(|b| *b == b',').any(is_severity)
}

/// `PREFIX forward: in:bridge1 out:ether1, connection-state:new src-mac …, proto TCP (SYN),
/// 192.0.2.7:51511->203.0.113.9:443, NAT (…)->…, len 60`.
fn packet(message: &[u8]) -> Option<Contact<'_>> {
    let at = find_text(message, b" proto ")?;
    let (head, rest) = message.split_at_checked(at)?;
    let rest = rest.get(b" proto ".len()..)?;
    // The part with flags or types may hold a comma: `(SYN,ACK)`, `(type 8, code 0)`.
    let (protocol, detail, rest) = match split_once(rest, b'(') {
        Some((protocol, inner)) if memchr(b',', protocol).is_none() => {
            let (detail, rest) = split_once(inner, b')')?;
            (protocol.trim_ascii(), detail, rest.strip_prefix(b", ")?)
        }
        _ => {
            let (protocol, rest) = split_once(rest, b',')?;
            (protocol, &b""[..], rest.strip_prefix(b" ")?)
        }
    };
    let state = find_text(head, b"connection-state:");
    let state = state.and_then(|at| head.get(at + b"connection-state:".len()..));
    let opens = match protocol {
        b"TCP" => detail.starts_with(b"SYN") && find_text(detail, b"ACK").is_none(),
        b"ICMP" | b"ICMPv6" => detail.starts_with(b"type 8,") || detail.starts_with(b"type 128,"),
        _ => state.is_none_or(|state| state.starts_with(b"new")),
    };
    let is_stateless_udp = protocol == b"UDP" && state.is_none();
    let pair = before(rest, b',');
    let arrow = find_text(pair, b"->")?;
    let (source, destination) = pair.split_at_checked(arrow)?;
    let (address, port) = host_and_port(destination.get(2..)?);
    let (device, from) = host_and_port(source);
    let opens = opens && !(is_stateless_udp && is_udp_answer(from, port));
    let is_whole = opens && is_address(device) && is_address(address);
    is_whole.then_some(Contact {
        device,
        address,
        port,
        outcome: Outcome::Attempted,
        ..Contact::default()
    })
}

/// `query from 192.0.2.7: #7 www.example. A`.
fn question(message: &[u8]) -> Option<Contact<'_>> {
    let rest = message.get(find_text(message, b"query from ")? + b"query from ".len()..)?;
    let at = find_text(rest, b": #")?;
    let (device, rest) = rest.split_at_checked(at)?;
    let (_number, rest) = split_once(rest.get(3..)?, b' ')?;
    let name = before(rest, b' ');
    let (device, _) = if is_address(device) { (device, 0) } else { host_and_port(device) };
    Some(Contact { device, name, outcome: Outcome::DnsQueried, ..Contact::default() })
}

/// A syslog header; or the router's own: `nov/24/2026 08:00:01`, `2026-11-24 08:00:01`. The clock
/// alone, as on the terminal, gives no moment.
pub(crate) fn timestamp(head: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    own_moment(head, reading).or_else(|| time::header_moment(time::syslog_time(head), reading))
}

fn own_moment(head: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let (date, rest) = split_once(head, b' ')?;
    let small = |text: &[u8]| i8::try_from(time::number(text)?).ok();
    let year = |text: &[u8]| i16::try_from(time::number(text)?).ok();
    let date = match date {
        [m1, m2, m3, b'/', d1, d2, b'/', years @ ..] => {
            Date::new(year(years)?, time::month(&[*m1, *m2, *m3])?, small(&[*d1, *d2])?).ok()?
        }
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
            Date::new(year(&[*y1, *y2, *y3, *y4])?, small(&[*m1, *m2])?, small(&[*d1, *d2])?)
                .ok()?
        }
        _ => return None,
    };
    reading.moment(date.to_datetime(time::clock(rest.get(..8)?)?))
}
