//! One line of a Windows DNS debug log.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use memchr::{memchr, memrchr};

use super::names::decode;
use crate::fields::{is_address, split_once};
use crate::scan::{find_soon, find_text};
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome, Part};

/// Where `PACKET` may begin at the latest: behind date, time and thread.
const LATEST_PACKET: usize = 60;

pub(crate) fn read_line(
    room: &mut Vec<u8>,
    line: &[u8],
    sink: &mut impl FnMut(&Contact<'_>),
) -> LineKind {
    let start = line.get(..LATEST_PACKET).unwrap_or(line);
    let Some(at) = find_text(start, b" PACKET ") else { return other_message(line) };
    let (head, rest) = line.split_at_checked(at).unwrap_or((line, b""));
    // `24/11/2026 08:00:01 0E70`: the thread stands last.
    let time = memrchr(b' ', head).and_then(|space| head.get(..space)).unwrap_or_default();
    if date_of(time).is_none() {
        return LineKind::NotParsed;
    }
    match packet(rest.get(b" PACKET ".len()..).unwrap_or_default()) {
        None => LineKind::NotParsed,
        Some(Packet { is_question: false, .. }) => LineKind::Understood,
        Some(packet) => {
            if decode(packet.name, room).is_none() {
                return LineKind::NotParsed;
            }
            // Received questions and sent answers are the clients'; the others are this server's own.
            if packet.is_received != packet.is_answer {
                let is_refused = packet.is_answer && packet.code == b"REFUSED";
                sink(&Contact {
                    device: packet.address,
                    name: room.as_slice(),
                    time,
                    outcome: if is_refused { Outcome::DnsBlocked } else { Outcome::DnsQueried },
                    part: if packet.is_answer { Part::Answer } else { Part::Question },
                    ..Contact::default()
                });
            }
            LineKind::Understood
        }
    }
}

struct Packet<'l> {
    is_received: bool,
    address: &'l [u8],
    is_answer: bool,
    /// A standard question or the answer to one: no notification, no update.
    is_question: bool,
    code: &'l [u8],
    name: &'l [u8],
}

/// `00000000033397A0 UDP Rcv 192.0.2.7 acbd R Q [8081 DR NOERROR] A (3)www(7)example(0)`; older
/// servers leave the first number out.
fn packet(text: &[u8]) -> Option<Packet<'_>> {
    let (mut word, mut rest) = next_word(text);
    if !matches!(word, b"UDP" | b"TCP") {
        (word, rest) = next_word(rest);
    }
    let (direction, rest) = next_word(rest);
    let (address, rest) = next_word(rest);
    let is_received = direction == b"Rcv";
    if !matches!(word, b"UDP" | b"TCP")
        || !(is_received || direction == b"Snd")
        || !is_address(address)
    {
        return None;
    }
    let (_id, rest) = next_word(rest);
    let open = memchr(b'[', rest)?;
    let (kind, rest) = rest.split_at_checked(open)?;
    let (flags, rest) = split_once(rest.get(1..)?, b']')?;
    let code = flags.trim_ascii_end();
    let code = memrchr(b' ', code).and_then(|space| code.get(space + 1..)).unwrap_or(code);
    let (_question_type, rest) = next_word(rest);
    let (is_answer, operation) = match kind.trim_ascii() {
        [b'R', operation @ ..] => (true, operation.trim_ascii_start()),
        operation => (false, operation),
    };
    let is_question = operation == b"Q";
    Some(Packet { is_received, address, is_answer, is_question, code, name: rest.trim_ascii() })
}

/// The first word and what stands behind it.
fn next_word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let end = find_soon(text, b' ').unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, b""))
}

/// Begins of lines at the head of a log.
const HEAD: [&[u8]; 3] =
    [b"DNS Server log file creation", b"Log file wrap", b"Message logging key"];

/// Begins, behind a tab, of the lines of the key at the head.
const KEY: [&[u8]; 11] = [
    b"Field #",
    b"-------",
    b"1",
    b"blank = Query",
    b"N = Notify",
    b"U = Update",
    b"? = Unknown",
    b"A = Authoritative",
    b"T = Truncated",
    b"D = Recursion",
    b"R = Recursion",
];

fn other_message(line: &[u8]) -> LineKind {
    let is_key = || {
        let text = line.strip_prefix(b"\t").map(<[u8]>::trim_ascii).unwrap_or_default();
        let is_field = matches!(text, [b'2'..=b'9', b' ', ..]);
        is_field || KEY.iter().any(|begin| text.starts_with(begin))
    };
    let is_ours = HEAD.iter().any(|begin| line.starts_with(begin)) || is_event(line) || is_key();
    if is_ours { LineKind::Understood } else { LineKind::NotParsed }
}

/// `24/11/2026 08:00:01 0E70 EVENT   The DNS server has started.`
fn is_event(line: &[u8]) -> bool {
    let start = line.get(..LATEST_PACKET).unwrap_or(line);
    let kinds: [&[u8]; 6] =
        [b" EVENT ", b" Note: ", b" DSPOLL ", b" INIT ", b" LOOKUP ", b" RECURSE "];
    let at = kinds.iter().find_map(|kind| find_text(start, kind));
    let head = at.and_then(|at| line.get(..at));
    let time = head.and_then(|head| head.get(..memrchr(b' ', head)?));
    time.is_some_and(|time| date_of(time).is_some())
}

/// The three numbers of a date as they stand, and what separates them; and the rest.
fn date_of(text: &[u8]) -> Option<([i64; 3], u8, &[u8])> {
    let (date, rest) = split_once(text, b' ')?;
    if date.len() == 8 && date.iter().all(u8::is_ascii_digit) {
        let part = |from: usize, to: usize| time::number(date.get(from..to)?);
        return Some(([part(0, 4)?, part(4, 6)?, part(6, 8)?], b'-', rest));
    }
    let separator = *date.iter().find(|b| !b.is_ascii_digit())?;
    if !matches!(separator, b'/' | b'-' | b'.') {
        return None;
    }
    let mut parts = date.split(|b| *b == separator).map(time::number);
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    let is_whole = parts.next().is_none() || date.ends_with(b".");
    is_whole.then_some((numbers, separator, rest))
}

/// The moment of a date in any region's order.
///
/// Year first is told by its length, dots mean day first, and a number beyond 12 is a day. Where
/// both orders give a date, it is the later one that is not after the day the log was last written;
/// without that day, `AM` and `PM` mean month first, and everything else day first.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let ([first, second, third], separator, rest) = date_of(text)?;
    let (clock, half) = split_once(rest, b' ').unwrap_or((rest, b""));
    let clock = clock_of(clock, half.trim_ascii())?;
    let moment = |year: i64, month: i64, day: i64| {
        let year = i16::try_from(if year < 100 { year + 2000 } else { year }).ok()?;
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        reading.moment(date.to_datetime(clock))
    };
    if first > 31 {
        return moment(first, second, third);
    }
    let day_first = moment(third, second, first);
    let month_first = moment(third, first, second);
    let (Some(by_day), Some(by_month)) = (day_first, month_first) else {
        return day_first.or(month_first);
    };
    if separator == b'.' {
        return day_first;
    }
    let Some(written) = reading.written else {
        return if matches!(half, b"AM" | b"PM") { month_first } else { day_first };
    };
    // A day of clock difference is allowed.
    let latest = written.checked_add(jiff::SignedDuration::from_hours(24)).ok()?;
    match (by_day <= latest, by_month <= latest) {
        (true, false) => day_first,
        (false, true) => month_first,
        _ => Some(by_day.max(by_month)),
    }
}

/// `8:00:01` with its half of the day: English, or Vietnamese (`SA`, `CH`).
fn clock_of(text: &[u8], half: &[u8]) -> Option<Time> {
    let (hour, rest) = split_once(text, b':')?;
    let hour = time::number(hour)?;
    let hour = match half {
        b"" => hour,
        b"AM" | b"am" | b"SA" => hour % 12,
        _ => hour % 12 + 12,
    };
    let (minute, second) = split_once(rest, b':')?;
    let part = |value: i64| i8::try_from(value).ok();
    let second = part(time::number(second)?)?.min(59);
    Time::new(part(hour)?, part(time::number(minute)?)?, second, 0).ok()
}
