//! `key=value key="value" …`, as several firewalls write their lines.

use memchr::{memchr, memchr2, memrchr2};

use crate::scan::{KeyEnds, KeyStyle, find_back, find_soon};

/// How far behind the value of `date` that of `time` may begin: `2026-11-24" time="`.
const DATE_TO_TIME: usize = 18;

/// The fields of a line that a format reads.
pub(crate) trait Fields<'l>: Default {
    /// Whether a backslash in a quoted value takes the byte behind it along.
    const HAS_ESCAPES: bool;

    /// Whether the key at the end of `head` may be one that is read: asked first, for most are not.
    #[inline]
    fn may_be_read(_head: &[u8]) -> bool {
        true
    }

    /// Takes a field in, its value without quotation marks. `time` comes with what stands from the
    /// value of `date` on, and not at all where `date` does not stand right before it.
    fn set(&mut self, key: &[u8], value: &'l [u8]);
}

/// Whether text ends in one of some three bytes. All of them are compared, without a branch: which keys
/// come is hard to foresee.
#[inline]
pub(crate) fn ends_in_one_of<const N: usize>(head: &[u8], ends: [[u8; 3]; N]) -> bool {
    let number = |[a, b, c]: [u8; 3]| u32::from_be_bytes([0, a, b, c]);
    let Some(end) = head.last_chunk().copied().map(number) else { return false };
    ends.iter().fold(0, |found, it| found | u32::from(number(*it) == end)) != 0
}

/// The fields of a line: by its key ends when all of it is plain, else value by value.
#[inline]
pub(crate) fn read<'l, F: Fields<'l>>(line: &'l [u8]) -> F {
    // Only quoted text holds backslashes, and few lines do.
    let is_plain = !F::HAS_ESCAPES || memchr(b'\\', line).is_none();
    let fields = if is_plain { by_key_ends(line) } else { None };
    fields.unwrap_or_else(|| by_walking(line))
}

/// `None` when a quotation mark stands where none belongs.
#[inline]
fn by_key_ends<'l, F: Fields<'l>>(line: &'l [u8]) -> Option<F> {
    let mut taking = Taking::new(line);
    let mut ends = KeyEnds::new(line, KeyStyle::Equals);
    let mut next = 0;
    for end in ends.by_ref() {
        let Some((head, rest)) = line.split_at_checked(end) else { break };
        // A key begins behind the `=` before it: nothing is looked at twice.
        let before = std::mem::replace(&mut next, end + 1);
        if !F::may_be_read(head) {
            continue;
        }
        let from = match find_back(head, [b' ', b'>']) {
            Some(at) if at >= before => at + 1,
            _ if before == 0 => 0,
            _ => continue,
        };
        // Only the priority of a syslog header ends in `>`; other such text is a value's.
        if from > 6 && head.get(from - 1) == Some(&b'>') {
            continue;
        }
        let value = rest.get(1..).unwrap_or_default();
        let (value, mark) = match value.strip_prefix(b"\"") {
            Some(quoted) => (quoted, b'"'),
            None => (value, b' '),
        };
        let value = find_soon(value, mark).and_then(|it| value.get(..it)).unwrap_or(value);
        taking.take(head.get(from..).unwrap_or_default(), value, end + 1);
    }
    ends.is_sound().then_some(taking.fields)
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
        taking.take(key, value, value_at);
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
    fn take(&mut self, key: &[u8], value: &'l [u8], at: usize) {
        match key {
            b"date" => self.date_at = Some(at),
            b"time" => {
                let is_near = |from: &usize| (*from..=from + DATE_TO_TIME).contains(&at);
                let Some(from) = self.date_at.filter(is_near) else { return };
                let marks = if self.line.get(at) == Some(&b'"') { 2 } else { 0 };
                let whole = self.line.get(from..at + value.len() + marks);
                self.fields.set(key, whole.unwrap_or_default());
            }
            _ => self.fields.set(key, value),
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

    /// Every field, as it came.
    #[derive(Debug, Default, PartialEq)]
    struct All(Vec<(Vec<u8>, Vec<u8>)>);

    impl<'l> Fields<'l> for All {
        const HAS_ESCAPES: bool = true;

        fn set(&mut self, key: &[u8], value: &'l [u8]) {
            self.0.push((key.to_vec(), value.to_vec()));
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
        fn both_ways_of_reading_give_the_same(line in line()) {
            let fast: Option<All> = by_key_ends(&line);
            prop_assert_eq!(fast, Some(by_walking::<All>(&line)));
        }

        #[test]
        fn any_bytes_are_read_to_their_end(line in prop::collection::vec(any::<u8>(), 0..80)) {
            read::<All>(&line);
        }
    }
}
