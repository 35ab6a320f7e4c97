//! One line of an AdGuard Home query log.

use jiff::Timestamp;

use super::answer::addresses;
use crate::fields::answers_outcome;
use crate::layouts::Layouts;
use crate::scan::find_text;
use crate::tree::{self, Member};
use crate::{Contact, LineKind, Outcome};

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

/// A member that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Time,
    Name,
    Client,
    ClientId,
    Answer,
    Result,
}

/// What is read of a record: nothing but its own members.
struct Members;

impl tree::Table for Members {
    type Place = ();
    type Field = Field;

    const TOP: () = ();

    fn member((): (), key: &[u8], _opening: u8) -> Member<(), Field> {
        Member::Value(match key {
            b"T" => Field::Time,
            b"QH" => Field::Name,
            b"IP" => Field::Client,
            b"CID" => Field::ClientId,
            b"Answer" => Field::Answer,
            b"Result" => Field::Result,
            _ => return Member::Other,
        })
    }
}

pub(crate) fn read_line(
    layouts: &mut Layouts<Field>,
    room: &mut Vec<u8>,
    line: &[u8],
    sink: &mut impl FnMut(&Contact<'_>),
) -> LineKind {
    let mut fields = Fields::default();
    let is_whole = tree::read::<Members>(layouts, line, |field, value| match field {
        Field::Time => fields.time = value,
        Field::Name => fields.name = value,
        Field::Client => fields.client = value,
        Field::ClientId => fields.client_id = value,
        Field::Answer => fields.answer = value,
        Field::Result => fields.result = value,
    });
    let is_ours = !fields.time.is_empty() && !fields.name.is_empty() && !fields.client.is_empty();
    if !is_whole || !is_ours {
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
