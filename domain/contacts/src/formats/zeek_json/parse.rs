//! One JSON record. Values are read as slices of the line; only their ends are looked for.

use memchr::memchr2;

use crate::formats::zeek_tsv::{Record, Role, push};
use crate::json;
use crate::layouts::Layouts;
use crate::scan::{Style, find_soon};
use crate::{Contact, LineKind};

pub(crate) fn read_line<'l>(
    layouts: &mut Layouts<Role>,
    line: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    if let Some(record) = by_key_ends(layouts, line) {
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
fn by_key_ends<'l>(layouts: &mut Layouts<Role>, line: &'l [u8]) -> Option<Record<'l>> {
    let members = line.strip_prefix(b"{")?.strip_suffix(b"}")?;
    if memchr2(b'\\', b'{', members).is_some() {
        return None;
    }
    let mut record = Record::default();
    let role = |key: &[u8]| Some(Role::of(key)).filter(|it| *it != Role::Other);
    let mut value_end = 0;
    for (role, end, _) in layouts.keys(members, Style::Colons, role)? {
        // A key within a value, or no comma behind one.
        if end < value_end {
            return None;
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
    record.has_time().then_some(record)
}
