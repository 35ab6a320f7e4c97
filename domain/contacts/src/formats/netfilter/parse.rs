//! One line of the kernel's packet log.

use jiff::Timestamp;

use crate::fields::{before, is_address, is_udp_answer, port, split_once};
use crate::scan::{Pieces, find_text};
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome};

/// Where `kernel: ` may begin at the latest: behind time and host.
const LATEST_PROGRAM: usize = 120;

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let Some((source, rest)) = find_text(line, b" SRC=").and_then(|at| packet(line, at)) else {
        let start = line.get(..LATEST_PROGRAM).unwrap_or(line);
        let is_kernel = find_text(start, b" kernel: ").is_some();
        return if is_kernel { LineKind::Understood } else { LineKind::NotParsed };
    };
    let Some(destination) = rest.strip_prefix(b"DST=").map(|rest| before(rest, b' ')) else {
        return LineKind::NotParsed;
    };
    if !is_address(source) || !is_address(destination) {
        return LineKind::NotParsed;
    }
    let found = Contact {
        device: source,
        address: destination,
        time: time::syslog_time(line),
        outcome: Outcome::Attempted,
        ..Contact::default()
    };
    let Some(at) = find_text(rest, b" PROTO=") else { return LineKind::NotParsed };
    let mut words = Pieces::new(rest.get(at + 7..).unwrap_or_default(), [b' ']);
    match words.next().unwrap_or_default() {
        b"TCP" | b"6" => {
            if let Some(port) = opening(words) {
                sink(&Contact { port, ..found });
            }
        }
        b"UDP" | b"UDPLITE" | b"17" | b"SCTP" | b"DCCP" => {
            let mut port_of =
                |key: &[u8]| port(words.find_map(|it| it.strip_prefix(key)).unwrap_or_default());
            let (from, to) = (port_of(b"SPT="), port_of(b"DPT="));
            if !is_udp_answer(from, to) {
                sink(&Contact { port: to, ..found });
            }
        }
        // An error quotes the packet it is about in brackets: that one is not it.
        b"ICMP" | b"ICMPv6" | b"1" | b"58" => {
            let kind = words.next().and_then(|word| word.strip_prefix(b"TYPE="));
            if matches!(kind, Some(b"8" | b"128")) {
                sink(&found);
            }
        }
        _ => sink(&found),
    }
    LineKind::Understood
}

/// The source, and what stands behind it, of a line with `IN=` and `OUT=`.
fn packet(line: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let (head, rest) = line.split_at_checked(at)?;
    let interfaces = head.get(find_text(head, b"IN=")?..)?;
    find_text(interfaces, b"OUT=")?;
    split_once(rest.get(b" SRC=".len()..)?, b' ')
}

/// The port that a TCP packet opens a connection to; `None` when it opens none.
fn opening<'l>(words: impl Iterator<Item = &'l [u8]>) -> Option<u16> {
    let (mut to, mut opens) = (0, false);
    for word in words {
        match word {
            b"SYN" => opens = true,
            b"ACK" | b"RST" | b"FIN" => return None,
            _ => {
                if let Some(named) = word.strip_prefix(b"DPT=") {
                    to = port(named);
                } else if word.starts_with(b"URGP=") {
                    break;
                }
            }
        }
    }
    opens.then_some(to)
}

pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    time::header_moment(text, reading)
}
