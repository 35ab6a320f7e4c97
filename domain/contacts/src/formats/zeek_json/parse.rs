//! One JSON record. Values are read as slices of the line; only their ends are looked for.

use memchr::{memchr, memchr2};

use crate::formats::zeek_tsv::{Record, Role, push};
use crate::scan::{KeyEnds, KeyStyle, find_near};
use crate::{Contact, LineKind};

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    if let Some(record) = by_key_ends(line) {
        return push(&record, sink);
    }
    let mut record = Record::default();
    match walk(line, &mut record) {
        Some(()) => push(&record, sink),
        None => LineKind::NotParsed,
    }
}

/// A record on one line as Zeek writes it: no escapes, no object in it, no space before a colon.
/// `None` when it is anything else; [`walk`] then tells.
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
                inner.get(..find_near(inner, b'"')?)?
            }
            b'[' => value.get(1..nested_length(value)? - 1)?,
            b' ' => return None,
            _ => {
                let plain = find_near(value, b',').and_then(|end| value.get(..end));
                plain.unwrap_or(value).trim_ascii_end()
            }
        };
        value_end = end + 1 + value.len();
        record.set(role, value);
    }
    (ends.is_sound() && record.has_time()).then_some(record)
}

/// Walks through the members of one object; `None` when it is not a whole object.
fn walk<'l>(line: &'l [u8], record: &mut Record<'l>) -> Option<()> {
    let mut rest = line.trim_ascii().strip_prefix(b"{")?;
    loop {
        rest = rest.trim_ascii_start();
        if rest.first() == Some(&b'}') {
            return Some(());
        }
        rest = rest.strip_prefix(b"\"")?;
        let end = string_end(rest)?;
        let key = rest.get(..end)?;
        rest = rest.get(end + 1..)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let (value, length) = value(rest)?;
        record.set(Role::of(key), value);
        rest = rest.get(length..)?.trim_ascii_start();
        match rest.split_first()? {
            (b',', after) => rest = after,
            (b'}', _) => return Some(()),
            _ => return None,
        }
    }
}

/// A value without its quotes or brackets, and how many bytes it takes.
fn value(rest: &[u8]) -> Option<(&[u8], usize)> {
    match rest.first()? {
        b'"' => {
            let inner = rest.get(1..)?;
            let end = string_end(inner)?;
            Some((inner.get(..end)?, end + 2))
        }
        b'[' | b'{' => {
            let length = nested_length(rest)?;
            Some((rest.get(1..length - 1)?, length))
        }
        _ => {
            let end = memchr2(b',', b'}', rest)?;
            Some((rest.get(..end)?.trim_ascii_end(), end))
        }
    }
}

/// Where a string's closing quote stands; a backslash takes the byte behind it along.
fn string_end(inner: &[u8]) -> Option<usize> {
    let quote = memchr(b'"', inner)?;
    if memchr(b'\\', inner.get(..quote)?).is_none() {
        return Some(quote);
    }
    let mut at = 0;
    loop {
        let found = at + memchr2(b'"', b'\\', inner.get(at..)?)?;
        if inner.get(found) == Some(&b'"') {
            return Some(found);
        }
        at = found + 2;
    }
}

/// Length of an array or object with everything in it.
fn nested_length(rest: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'"' => at += string_end(rest.get(at + 1..)?)? + 1,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}
