//! Syslog headers: RFC 3164 as it is really sent, RFC 5424, and the lines that syslog daemons write
//! to files, with both kinds of time.

use memchr::memchr;

use crate::fields::{before, split_once};
use crate::time;

/// The longest word that is taken for the name of a program, in bytes (RFC 5424 section 6.2.5).
const LONGEST_TAG: usize = 48 + 2 + 10;

/// A line behind a syslog header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrapped<'l> {
    /// As the header has it; empty where it has none.
    pub(crate) time: &'l [u8],
    /// The machine that wrote the message, or passed it on; empty where the header has none.
    pub(crate) host: &'l [u8],
    /// Name of the program, without its process.
    pub(crate) program: &'l [u8],
    pub(crate) message: &'l [u8],
}

/// A line without the `<PRI>` before it.
#[inline]
pub(crate) fn without_priority(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"<").and_then(priority).unwrap_or(line)
}

/// Time and message of a line behind a syslog header; `None` when the line has no such header.
///
/// The host that the header names is the one that wrote or passed the line on, never the device
/// the line is about.
pub(crate) fn split(line: &[u8]) -> Option<Wrapped<'_>> {
    let rest = match line.strip_prefix(b"<") {
        Some(rest) => priority(rest)?,
        None => line,
    };
    match rest {
        // RFC 5424 section 6.2.2: the version.
        [b'1', b' ', rest @ ..] if line.len() > rest.len() + 2 => structured(rest),
        _ => plain(rest),
    }
}

/// What stands behind `PRI>`.
fn priority(rest: &[u8]) -> Option<&[u8]> {
    let (number, rest) = split_once(rest.get(..4).unwrap_or(rest), b'>')
        .map(|(number, _)| (number, rest.get(number.len() + 1..).unwrap_or_default()))?;
    let is_priority = (1..=3).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    is_priority.then_some(rest)
}

/// The machine that a syslog header names: the one that wrote the message, for all a receiver knows.
/// `None` without a header, and where it names nothing.
pub fn host(line: &[u8]) -> Option<&[u8]> {
    split(line).map(|it| it.host).filter(|it| !matches!(*it, b"" | b"-" | b"localhost"))
}

/// `TIME HOST APP PROCID MSGID SD MSG` (RFC 5424 section 6).
fn structured(rest: &[u8]) -> Option<Wrapped<'_>> {
    let (time, rest) = split_once(rest, b' ')?;
    let is_time = time == b"-" || (time.get(10) == Some(&b'T') && is_digit(time.first()));
    let (host, rest) = split_once(rest, b' ')?;
    let (program, rest) = split_once(rest, b' ')?;
    let (_process, rest) = split_once(rest, b' ')?;
    let (_message_id, rest) = split_once(rest, b' ')?;
    let rest = match rest.strip_prefix(b"-") {
        Some(rest) => rest,
        None => structured_data(rest)?,
    };
    let message = rest.strip_prefix(b" ").unwrap_or(rest);
    let message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
    let time = if time == b"-" { b"" } else { time };
    is_time.then_some(Wrapped { time, host, program, message })
}

/// What stands behind `[id name="value" …][…]`; `\"`, `\\` and `\]` do not end a value.
fn structured_data(mut rest: &[u8]) -> Option<&[u8]> {
    while rest.first() == Some(&b'[') {
        let mut is_quoted = false;
        let mut at = 1;
        loop {
            match rest.get(at)? {
                b'\\' if is_quoted => at += 1,
                b'"' => is_quoted = !is_quoted,
                b']' if !is_quoted => break,
                _ => {}
            }
            at += 1;
        }
        rest = rest.get(at + 1..)?;
    }
    (rest.is_empty() || rest.starts_with(b" ")).then_some(rest)
}

/// `TIME HOST TAG: MSG`, the tag left out by some.
fn plain(rest: &[u8]) -> Option<Wrapped<'_>> {
    let time = time::header_time(rest);
    let is_stamp = match time {
        [_, _, _, b' ', _, d2, b' ', _, _, b':', _, _, b':', _, _] => {
            d2.is_ascii_digit() && time::month(time.get(..3)?).is_some()
        }
        _ => time.len() >= 19 && time.get(10) == Some(&b'T') && time.get(13) == Some(&b':'),
    };
    if !is_stamp {
        return None;
    }
    let rest = rest.get(time.len()..)?.strip_prefix(b" ")?;
    // BSD and Cisco leave the host out or put a colon behind it.
    let (host, after) = split_once(rest, b' ')?;
    let (host, message) = if host.ends_with(b":") { (&b""[..], rest) } else { (host, after) };
    let (program, message) = behind_tag(message);
    Some(Wrapped { time, host, program, message })
}

/// Program and message of `program[7]: message`; no program when no such word stands there.
fn behind_tag(message: &[u8]) -> (&[u8], &[u8]) {
    let message = message.strip_prefix(b" ").unwrap_or(message);
    let head = message.get(..LONGEST_TAG).unwrap_or(message);
    let Some(end) = memchr(b' ', head) else { return (b"", message) };
    let (word, rest) = message.split_at_checked(end).unwrap_or((message, b""));
    let Some(tag) = word.strip_suffix(b":") else { return (b"", message) };
    let is_tag = !tag.is_empty() && !tag.iter().any(|b| matches!(b, b':' | b'=' | b'"'));
    if is_tag { (before(tag, b'['), rest.get(1..).unwrap_or_default()) } else { (b"", message) }
}

fn is_digit(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_cut_off() {
        let check = |line: &str, time: &str, message: &str| {
            let wrapped = split(line.as_bytes()).unwrap();
            assert_eq!(
                (wrapped.time, wrapped.message),
                (time.as_bytes(), message.as_bytes()),
                "{line}"
            );
        };
        check("<190>Nov 24 08:00:01 fw nginx: 192.0.2.7 - -", "Nov 24 08:00:01", "192.0.2.7 - -");
        check("Nov  4 08:00:01 may-1 suricata[77]: {}", "Nov  4 08:00:01", "{}");
        check("Nov  4 08:00:01 may-1 1795482001.123 7 x", "Nov  4 08:00:01", "1795482001.123 7 x");
        check("Nov  4 08:00:01 may-1 2001:db8::7 - -", "Nov  4 08:00:01", "2001:db8::7 - -");
        check("Nov  4 08:00:01 squid[7]: x", "Nov  4 08:00:01", "x");
        check(
            "2026-11-24T08:00:01.123456+07:00 may-1 httpd[7]: x y",
            "2026-11-24T08:00:01.123456+07:00",
            "x y",
        );
        check("<34>1 2026-11-24T08:00:01Z may-1 app 7 ID47 - x", "2026-11-24T08:00:01Z", "x");
        check("<34>1 - - - - - - \u{feff}x", "", "x");
        check(
            r#"<165>1 2026-11-24T08:00:01.003Z may-1 app - ID47 [a@1 k="]\"x" l="\]"][b@2] m n"#,
            "2026-11-24T08:00:01.003Z",
            "m n",
        );
        check("<34>1 2026-11-24T08:00:01Z may-1 app 7 ID47 -", "2026-11-24T08:00:01Z", "");
    }

    #[test]
    fn the_machine_of_a_header_is_named() {
        let check = |line: &str, expected: Option<&str>| {
            assert_eq!(host(line.as_bytes()), expected.map(str::as_bytes), "{line}");
        };
        check("<190>Nov 24 08:00:01 fw nginx: 192.0.2.7 - -", Some("fw"));
        check("<34>1 2026-11-24T08:00:01Z may-1 app 7 ID47 - x", Some("may-1"));
        check("<34>1 - - - - - - x", None);
        check("Nov  4 08:00:01 squid[7]: x", None);
        check("<13>Nov  4 08:00:01 localhost squid[7]: x", None);
        check("<13>no header", None);
    }

    #[test]
    fn what_has_no_header_is_left_alone() {
        for line in [
            "",
            "<",
            "<34>",
            "<9999>Nov 24 08:00:01 h t: m",
            "<34>1 yesterday h a p m - x",
            "<34>1 2026-11-24T08:00:01Z h a p m [a x",
            "<34>1 2026-11-24T08:00:01Z h a p m [a]x",
            "1795482001.123 120 192.0.2.7 TCP_MISS/200",
            "192.0.2.7 - - [24/Nov/2026:08:00:01 +0700] \"GET / HTTP/1.1\" 200 1",
            "{\"timestamp\":\"2026-11-24T08:00:01Z\"}",
            "2026-11-24 08:00:01 W3SVC1 192.0.2.1 GET /",
            "Nov 24 08:00:01",
            "Xyz 24 08:00:01 h t: m",
        ] {
            assert_eq!(split(line.as_bytes()), None, "{line}");
        }
    }
}
