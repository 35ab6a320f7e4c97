//! `key=value key="value" …`, as several firewalls write their lines.

use memchr::{memchr, memchr2, memrchr2};

use crate::layouts::Layouts;
use crate::scan::{Style, find_soon};

/// How far behind the value of `date` that of `time` may begin: `2026-11-24" time="`.
const DATE_TO_TIME: usize = 18;

/// The fields of a line that a format reads.
pub(crate) trait Fields<'l>: Default {
    /// Whether a backslash in a quoted value takes the byte behind it along.
    const HAS_ESCAPES: bool;
    /// One of them, `date` and `time` left out.
    type Field: Copy;

    /// The field of a key; `None` for what is not read.
    fn field(key: &[u8]) -> Option<Self::Field>;

    /// Takes a field in, its value without quotation marks.
    fn set(&mut self, field: Self::Field, value: &'l [u8]);

    /// Takes in what stands from the value of `date` to that of `time`. Not called where `date` does not
    /// stand right before `time`.
    fn set_time(&mut self, value: &'l [u8]);
}

/// A field that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key<F> {
    Date,
    Time,
    Own(F),
}

impl<F: Copy> Key<F> {
    #[inline]
    fn of<'l, Of: Fields<'l, Field = F>>(key: &[u8]) -> Option<Self> {
        match key {
            b"date" => Some(Self::Date),
            b"time" => Some(Self::Time),
            _ => Of::field(key).map(Self::Own),
        }
    }
}

/// The fields of a line: by its key ends when all of it is plain, else value by value.
#[inline]
pub(crate) fn read<'l, F: Fields<'l>>(layouts: &mut Layouts<Key<F::Field>>, line: &'l [u8]) -> F {
    // Only quoted text holds backslashes, and few lines do.
    let is_plain = !F::HAS_ESCAPES || memchr(b'\\', line).is_none();
    let fields = if is_plain { by_key_ends(layouts, line) } else { None };
    fields.unwrap_or_else(|| by_walking(line))
}

/// `None` when a quotation mark stands where none belongs.
#[inline]
fn by_key_ends<'l, F: Fields<'l>>(
    layouts: &mut Layouts<Key<F::Field>>,
    line: &'l [u8],
) -> Option<F> {
    let mut taking = Taking::<F>::new(line);
    for (key, end, _) in layouts.keys(line, Style::Equals, |key| Key::of::<F>(key))? {
        let value = line.get(end + 1..).unwrap_or_default();
        let (value, mark) = match value.strip_prefix(b"\"") {
            Some(quoted) => (quoted, b'"'),
            None => (value, b' '),
        };
        let value = find_soon(value, mark).and_then(|it| value.get(..it)).unwrap_or(value);
        taking.take(key, value, end + 1);
    }
    Some(taking.fields)
}

/// Walks through the line once, from value to value.
#[cold]
fn by_walking<'l, F: Fields<'l>>(line: &'l [u8]) -> F {
    let mut taking = Taking::<F>::new(line);
    let mut at = 0;
    while let Some(rest) = line.get(at..) {
        let Some(equals) = memchr(b'=', rest) else { break };
        let key = rest.get(..equals).unwrap_or_default();
        // A syslog header stands before the first key: the key is its last word.
        let key =
            memrchr2(b' ', b'>', key).map_or(key, |space| key.get(space + 1..).unwrap_or_default());
        let value_at = at + equals + 1;
        let Some(value) = line.get(value_at..) else { break };
        let (value, end) = if let Some(quoted) = value.strip_prefix(b"\"") {
            let length = quoted_length(quoted, F::HAS_ESCAPES);
            (quoted.get(..length).unwrap_or(quoted), value_at + length + 2)
        } else {
            let length = memchr(b' ', value).unwrap_or(value.len());
            (value.get(..length).unwrap_or(value), value_at + length)
        };
        if let Some(key) = Key::of::<F>(key) {
            taking.take(key, value, value_at);
        }
        at = end + usize::from(line.get(end) == Some(&b' '));
    }
    taking.fields
}

/// The fields so far, and where the date stands.
struct Taking<'l, F> {
    line: &'l [u8],
    fields: F,
    date_at: Option<usize>,
}

impl<'l, F: Fields<'l>> Taking<'l, F> {
    fn new(line: &'l [u8]) -> Self {
        Self { line, fields: F::default(), date_at: None }
    }

    /// Takes a value in that begins at `at`, its quotation mark included.
    #[inline]
    fn take(&mut self, key: Key<F::Field>, value: &'l [u8], at: usize) {
        match key {
            Key::Date => self.date_at = Some(at),
            Key::Time => {
                let is_near = |from: &usize| (*from..=from + DATE_TO_TIME).contains(&at);
                let Some(from) = self.date_at.filter(is_near) else { return };
                let marks = if self.line.get(at) == Some(&b'"') { 2 } else { 0 };
                let whole = self.line.get(from..at + value.len() + marks);
                self.fields.set_time(whole.unwrap_or_default());
            }
            Key::Own(field) => self.fields.set(field, value),
        }
    }
}

/// Length of a quoted value up to its closing quote.
fn quoted_length(quoted: &[u8], has_escapes: bool) -> usize {
    if !has_escapes {
        return memchr(b'"', quoted).unwrap_or(quoted.len());
    }
    let mut at = 0;
    while let Some(rest) = quoted.get(at..) {
        match memchr2(b'"', b'\\', rest) {
            None => return quoted.len(),
            Some(found) if rest.get(found) == Some(&b'"') => return at + found,
            Some(found) => at += found + 2,
        }
    }
    quoted.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every field that does not begin with `a`, as it came.
    #[derive(Debug, Default, PartialEq)]
    struct Most(Vec<([u8; 5], Vec<u8>)>);

    impl<'l> Fields<'l> for Most {
        const HAS_ESCAPES: bool = true;
        type Field = [u8; 5];

        fn field(key: &[u8]) -> Option<[u8; 5]> {
            let mut field = [0; 5];
            field.get_mut(..key.len())?.copy_from_slice(key);
            (field[0] != b'a').then_some(field)
        }

        fn set(&mut self, field: [u8; 5], value: &'l [u8]) {
            self.0.push((field, value.to_vec()));
        }

        fn set_time(&mut self, value: &'l [u8]) {
            self.0.push((*b"time ", value.to_vec()));
        }
    }

    /// Lines as a firewall writes them, quoted values with anything in them.
    fn line() -> impl Strategy<Value = Vec<u8>> {
        let plain = "[a-z0-9.]{0,6}".prop_map(|it: String| it);
        let quoted = "\"[a-z= >]{0,9}\"".prop_map(|it: String| it);
        let pair = ("[a-z]{1,5}", prop_oneof![plain, quoted]);
        prop::collection::vec(pair, 0..20).prop_map(|pairs| {
            let pairs: Vec<String> =
                pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
            pairs.join(" ").into_bytes()
        })
    }

    proptest! {
        #[test]
        fn both_ways_of_reading_give_the_same(lines in prop::collection::vec(line(), 1..5)) {
            // The second time around, every line is built as one before it.
            let mut layouts = Layouts::default();
            for line in lines.iter().chain(&lines) {
                let fast: Option<Most> = by_key_ends(&mut layouts, line);
                prop_assert_eq!(fast, Some(by_walking::<Most>(line)));
            }
        }

        #[test]
        fn any_bytes_are_read_to_their_end(line in prop::collection::vec(any::<u8>(), 0..80)) {
            read::<Most>(&mut Layouts::default(), &line);
        }
    }
}
