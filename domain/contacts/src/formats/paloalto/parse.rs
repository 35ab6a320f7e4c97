//! One line of a Palo Alto log.

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::{memchr, memrchr};

use crate::fields::{has_count, is_address, port, push_request, url_parts};
use crate::scan::{Marks, Style};
use crate::time::{self, TimeReading};
use crate::{Between, Contact, LineKind, Outcome};

/// Fields up to the last one that is read.
const FIELDS: usize = 34;

// Places of fields, counted from 0.
const RECEIVED: usize = 1;
const TYPE: usize = 3;
const SUBTYPE: usize = 4;
const GENERATED: usize = 6;
const SOURCE: usize = 7;
const DESTINATION: usize = 8;
/// What the source address becomes further on.
const TRANSLATED_SOURCE: usize = 9;
const APPLICATION: usize = 14;
const DESTINATION_PORT: usize = 25;
const ACTION: usize = 30;
/// THREAT: URL, file name, or the name that was asked for.
const URL: usize = 31;
/// THREAT: name and number of the threat.
const THREAT: usize = 32;
/// TRAFFIC.
const BYTES_RECEIVED: usize = 33;

/// All that are read.
const READ: [usize; 13] = [
    RECEIVED,
    TYPE,
    SUBTYPE,
    GENERATED,
    SOURCE,
    DESTINATION,
    TRANSLATED_SOURCE,
    APPLICATION,
    DESTINATION_PORT,
    ACTION,
    URL,
    THREAT,
    BYTES_RECEIVED,
];

pub(crate) fn read_line<'l>(
    marks: &mut Marks,
    line: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    let mut fields: [&[u8]; FIELDS] = [b""; FIELDS];
    let count = split(marks, line, &mut fields);
    let field = |at: usize| fields.get(at).copied().unwrap_or_default();
    if !is_date_time(field(RECEIVED)) {
        let is_head = field(1) == b"Receive Time" && field(TYPE) == b"Type";
        return if is_head { LineKind::Understood } else { LineKind::NotParsed };
    }
    let is_whole = |fields: usize| count > fields && is_address(field(SOURCE));
    let generated = field(GENERATED);
    let base = Contact {
        device: field(SOURCE),
        address: field(DESTINATION),
        port: port(field(DESTINATION_PORT)),
        time: if is_date_time(generated) { generated } else { field(RECEIVED) },
        between: match field(TRANSLATED_SOURCE) {
            b"" | b"0.0.0.0" | b"::" => Between::Nobody,
            address => Between::Translated(address),
        },
        ..Contact::default()
    };
    match (field(TYPE), field(SUBTYPE)) {
        (b"TRAFFIC", _) if is_whole(BYTES_RECEIVED) => {
            // What came back was a refusal, or nothing after the handshake.
            let is_incomplete = field(APPLICATION) == b"incomplete";
            let is_answered =
                is_let_through(field(ACTION)) && has_count(field(BYTES_RECEIVED)) && !is_incomplete;
            sink(&Contact { outcome: connection_outcome(is_answered), ..base });
        }
        (b"THREAT", b"url") if is_whole(URL) => {
            let parts = url_parts(field(URL));
            let sent = Contact {
                path: parts.path,
                query: parts.query,
                outcome: connection_outcome(is_let_through(field(ACTION))),
                ..base
            };
            push_request(parts.host, parts.port, &sent, sink);
        }
        (b"THREAT", _) if is_whole(THREAT) => {
            // The destination of a question is the name server, not the threat.
            let asked = if matches!(field(APPLICATION), b"dns" | b"dns-base") {
                asked_name(field(URL), field(THREAT))
            } else {
                None
            };
            match asked {
                Some(name) => sink(&Contact {
                    name,
                    address: b"",
                    port: 0,
                    outcome: dns_outcome(field(ACTION)),
                    between: Between::Asked(field(DESTINATION)),
                    ..base
                }),
                None => sink(&Contact {
                    outcome: connection_outcome(is_let_through(field(ACTION))),
                    ..base
                }),
            }
        }
        (b"TRAFFIC" | b"THREAT", _) => return LineKind::NotParsed,
        (kind, _) if !kind.is_empty() && kind.iter().all(|b| is_type_byte(*b)) => {}
        _ => return LineKind::NotParsed,
    }
    LineKind::Understood
}

/// Splits at commas outside quotes and says how many fields there are, up to [`FIELDS`] at least. Those of
/// [`READ`] are filled.
fn split<'l>(marks: &mut Marks, line: &'l [u8], fields: &mut [&'l [u8]; FIELDS]) -> usize {
    if !marks.find(line, Style::Cells(b',')) {
        return split_quoted(line, fields);
    }
    for at in READ {
        if let Some(field) = fields.get_mut(at) {
            *field = marks.cell(line, at);
        }
    }
    marks.as_slice().len() + 1
}

fn split_quoted<'l>(line: &'l [u8], fields: &mut [&'l [u8]; FIELDS]) -> usize {
    let mut rest = line;
    for (at, field) in fields.iter_mut().enumerate() {
        let end = if let Some(inner) = rest.strip_prefix(b"\"") {
            let length = quoted_length(inner);
            *field = inner.get(..length).unwrap_or(inner);
            // What stands behind the closing quote is no part of any value.
            let behind = inner.get(length + 1..).unwrap_or_default();
            length + 2 + memchr(b',', behind).unwrap_or(behind.len())
        } else {
            let length = memchr(b',', rest).unwrap_or(rest.len());
            *field = rest.get(..length).unwrap_or(rest);
            length
        };
        rest = match rest.get(end..) {
            Some([_, after @ ..]) => after,
            _ => return at + 1,
        };
    }
    FIELDS
}

/// Length up to the closing quote; two quotes are one of the text.
fn quoted_length(inner: &[u8]) -> usize {
    let mut at = 0;
    while let Some(quote) = inner.get(at..).and_then(|rest| memchr(b'"', rest)) {
        if inner.get(at + quote + 1) != Some(&b'"') {
            return at + quote;
        }
        at += quote + 2;
    }
    inner.len()
}

/// `2026/11/24 08:00:01`.
fn is_date_time(text: &[u8]) -> bool {
    matches!(text, [_, _, _, _, b'/', _, _, b'/', _, _, b' ', _, _, b':', _, _, b':', _, _])
}

/// `SYSTEM`, `HIP-MATCH`, `GLOBALPROTECT` …
fn is_type_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_')
}

/// Everything else drops, resets, blocks or answers in the server's place.
fn is_let_through(action: &[u8]) -> bool {
    matches!(action, b"allow" | b"alert" | b"continue" | b"override" | b"syncookie-sent")
}

fn connection_outcome(is_answered: bool) -> Outcome {
    if is_answered { Outcome::Connected } else { Outcome::Attempted }
}

fn dns_outcome(action: &[u8]) -> Outcome {
    if is_let_through(action) { Outcome::DnsQueried } else { Outcome::DnsBlocked }
}

/// The name in the URL field, or in `Suspicious DNS Query (generic:evil.example)(4000000)` or
/// `Malware:evil.example(109000001)`.
fn asked_name<'l>(url: &'l [u8], threat: &'l [u8]) -> Option<&'l [u8]> {
    let is_name = |text: &[u8]| {
        text.contains(&b'.')
            && !text.iter().any(|b| matches!(b, b' ' | b'/' | b':' | b'(' | b')'))
            && !is_address(text)
    };
    if is_name(url) {
        return Some(url);
    }
    // The number stands in the last parentheses.
    let text = memrchr(b'(', threat).and_then(|open| threat.get(..open)).unwrap_or(threat);
    let text = text.strip_suffix(b")").unwrap_or(text);
    let colon = memrchr(b':', text)?;
    text.get(colon + 1..).filter(|name| is_name(name))
}

/// `2026/11/24 08:00:01` by the clock of the firewall.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let number = |from: usize, to: usize| time::number(text.get(from..to)?);
    let small = |from: usize, to: usize| i8::try_from(number(from, to)?).ok();
    let date = Date::new(i16::try_from(number(0, 4)?).ok()?, small(5, 7)?, small(8, 10)?).ok()?;
    reading.moment(date.to_datetime(time::clock(text.get(11..)?)?))
}
