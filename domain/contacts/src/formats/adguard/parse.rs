//! One line of an AdGuard Home query log.

use jiff::Timestamp;

use super::answer::addresses;
use crate::fields::answers_outcome;
use crate::scan::find_text;
use crate::{Contact, LineKind, Outcome, json};

/// The fields we read.
#[derive(Default)]
struct Fields<'l> {
    time: &'l [u8],
    name: &'l [u8],
    client: &'l [u8],
    client_id: &'l [u8],
    answer: &'l [u8],
    result: &'l [u8],
}

pub(crate) fn read_line(
    room: &mut Vec<u8>,
    line: &[u8],
    sink: &mut impl FnMut(&Contact<'_>),
) -> LineKind {
    let mut fields = Fields::default();
    let walked = json::object(line, |key, rest| {
        let (value, rest) = json::value(rest)?;
        match key {
            b"T" => fields.time = value,
            b"QH" => fields.name = value,
            b"IP" => fields.client = value,
            b"CID" => fields.client_id = value,
            b"Answer" => fields.answer = value,
            b"Result" => fields.result = value,
            _ => {}
        }
        Some(rest)
    });
    let is_ours = !fields.time.is_empty() && !fields.name.is_empty() && !fields.client.is_empty();
    if walked.is_none() || !is_ours {
        return LineKind::NotParsed;
    }
    let base = Contact {
        device: fields.client,
        device_name: fields.client_id,
        name: fields.name,
        time: fields.time,
        ..Contact::default()
    };
    if is_withheld(fields.result) {
        sink(&Contact { outcome: Outcome::DnsBlocked, ..base });
    } else {
        let answers = addresses(fields.answer, room);
        sink(&Contact { answers, outcome: answers_outcome(answers), ..base });
    }
    LineKind::Understood
}

/// Whether a filter or a rewrite answered in the destination's place. Reasons 0 to 2 let the question
/// through, 3 to 8 filter it, 9 to 11 rewrite it.
fn is_withheld(result: &[u8]) -> bool {
    if find_text(result, b"\"IsFiltered\":true").is_some() {
        return true;
    }
    let at = find_text(result, b"\"Reason\":").map(|at| at + b"\"Reason\":".len());
    match at.and_then(|at| result.get(at..)) {
        Some([b'3'..=b'9', ..] | [b'1', b'0' | b'1', ..]) => true,
        Some(_) | None => false,
    }
}

/// RFC 3339.
pub(crate) fn timestamp(text: &[u8]) -> Option<Timestamp> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
