//! One JSON record. Values are read as slices of the line; only their ends are looked for.

use memchr::memchr2;

use crate::formats::zeek_tsv::{Record, Role, push};
use crate::json;
use crate::scan::{KeyEnds, KeyStyle, find_soon};
use crate::{Contact, LineKind};

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    if let Some(record) = by_key_ends(line) {
        return push(&record, sink);
    }
    let mut record = Record::default();
    let is_whole = json::object(line, |key, rest| {
        let (value, rest) = json::value(rest)?;
        record.set(Role::of(key), value);
        Some(rest)
    });
    if is_whole.is_some() { push(&record, sink) } else { LineKind::NotParsed }
}

/// A record on one line as Zeek writes it: no escapes, no object in it, no space before a colon.
/// `None` when it is anything else; [`json::object`] then tells.
#[inline]
fn by_key_ends(line: &[u8]) -> Option<Record<'_>> {
    let members = line.strip_prefix(b"{")?.strip_suffix(b"}")?;
    if memchr2(b'\\', b'{', members).is_some() {
        return None;
    }
    let mut record = Record::default();
    let mut ends = KeyEnds::new(members, KeyStyle::Json);
    let mut value_end = 0;
    while let Some(end) = ends.next() {
        // A key within a value, or no comma behind one.
        if end < value_end {
            return None;
        }
        let role = Role::of(ends.json_key(end));
        if role == Role::Other {
            continue;
        }
        let value = members.get(end + 1..)?;
        let value = match value.first()? {
            b'"' => {
                let inner = value.get(1..)?;
                inner.get(..find_soon(inner, b'"')?)?
            }
            b'[' => json::value(value)?.0,
            b' ' => return None,
            _ => {
                let plain = find_soon(value, b',').and_then(|end| value.get(..end));
                plain.unwrap_or(value).trim_ascii_end()
            }
        };
        value_end = end + 1 + value.len();
        record.set(role, value);
    }
    (ends.is_sound() && record.has_time()).then_some(record)
}
