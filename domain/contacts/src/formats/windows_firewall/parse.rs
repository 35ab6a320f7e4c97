//! One line of a Windows Firewall log.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::fields::{is_address, is_udp_answer, port, split_once};
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome};

/// Fields in the order in which they are read.
const ORDER: &[u8] =
    b"#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags ";

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    if line.first() == Some(&b'#') {
        return header(line);
    }
    let mut words = line.split(|b| *b == b' ');
    let mut next = || words.next().unwrap_or_default();
    let (date, clock, action, protocol) = (next(), next(), next(), next());
    let is_ours = matches!(date, [_, _, _, _, b'-', _, _, b'-', _, _])
        && matches!(clock, [_, _, b':', _, _, b':', _, _])
        && action.iter().all(|b| b.is_ascii_uppercase() || *b == b'-')
        && !action.is_empty();
    if !is_ours {
        return LineKind::NotParsed;
    }
    if action == b"INFO-EVENTS-LOST" {
        return LineKind::Understood;
    }
    let (source, destination, from, to) = (next(), next(), next(), next());
    if !is_address(source) || !is_address(destination) {
        return LineKind::NotParsed;
    }
    let (_size, flags, _syn, _ack) = (next(), next(), next(), next());
    let (_window, icmp_type) = (next(), next());
    let is_opening = match protocol {
        b"TCP" | b"6" => flags == b"-" || (flags.contains(&b'S') && !flags.contains(&b'A')),
        b"ICMP" | b"1" | b"58" => matches!(icmp_type, b"8" | b"128"),
        // Let through are flows, by the side that opened; dropped are packets.
        b"UDP" | b"17" => action != b"DROP" || !is_udp_answer(port(from), port(to)),
        _ => true,
    };
    // `CLOSE` is the end of what `OPEN` began.
    if is_opening && action != b"CLOSE" {
        sink(&Contact {
            device: source,
            address: destination,
            port: port(to),
            time: line.get(..19).unwrap_or_default(),
            outcome: Outcome::Attempted,
            ..Contact::default()
        });
    }
    LineKind::Understood
}

fn header(line: &[u8]) -> LineKind {
    let begins: [&[u8]; 4] =
        [b"#Version: ", b"#Software: Microsoft Windows Firewall", b"#Time Format: ", ORDER];
    let is_ours = begins.iter().any(|begin| line.starts_with(begin));
    if is_ours { LineKind::Understood } else { LineKind::NotParsed }
}

/// `2026-11-24 08:00:01` by the clock of the computer.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let (date, clock) = split_once(text, b' ')?;
    let date = std::str::from_utf8(date).ok()?.parse::<Date>().ok()?;
    reading.moment(date.to_datetime(time::clock(clock)?))
}
