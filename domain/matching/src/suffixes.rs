//! The suffixes of a name, each with its hash, in one pass from the right.
//!
//! Eight bytes are lower-cased, searched for dots and hashed at a time, straight from the line of
//! the log: the pass ends where the filter knows no longer name, which for almost every name is
//! after two labels, and the rest of the name is not looked at.

use observables::DomainName;

/// The longest name in octets, dots included (RFC 1035 section 2.3.4).
pub(crate) const LONGEST_NAME: usize = 253;

pub(crate) const SEED: u64 = 0x2d35_8dcc_aa6c_78a5;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte: none of ASCII has it.
pub(crate) const HIGH: u64 = ONES << 7;
const LOW: u64 = !HIGH;

/// One suffix of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Suffix {
    /// Where it starts.
    pub(crate) start: usize,
    /// The hash of its lower-case form: the same for a suffix as for a name of its own.
    pub(crate) hash: u64,
    /// Its labels.
    pub(crate) labels: usize,
}

/// The suffixes of a text, shortest first, from one label to the whole.
pub(crate) struct Suffixes<'n> {
    text: &'n [u8],
    end: usize,
    is_done: bool,
    hash: u64,
    labels: usize,
    seen: u64,
}

impl<'n> Suffixes<'n> {
    #[inline]
    pub(crate) fn of(text: &'n [u8]) -> Self {
        Self { text, end: text.len(), is_done: false, hash: SEED, labels: 0, seen: 0 }
    }

    /// Whether a byte that is not ASCII was met in the labels passed.
    #[inline]
    pub(crate) fn has_met_unicode(&self) -> bool {
        self.seen & HIGH != 0
    }
}

impl Iterator for Suffixes<'_> {
    type Item = Suffix;

    /// A label is hashed in pieces of eight bytes from its right end, and a last piece of fewer,
    /// which may be none: no two labels give the same pieces.
    #[inline]
    fn next(&mut self) -> Option<Suffix> {
        if self.is_done {
            return None;
        }
        loop {
            let raw = word_before(self.text, self.end);
            self.seen |= raw;
            let word = lower_case(raw);
            let dots = dots_of(raw);
            if dots != 0 {
                let behind = dots.leading_zeros() & !7;
                // Two steps, for a shift by 64 is none.
                let piece = (word >> 1) >> (63 - behind);
                self.hash = fold(self.hash ^ piece);
                let start = self.end - (behind >> 3) as usize;
                self.end = start - 1;
                self.labels += 1;
                return Some(Suffix { start, hash: self.hash, labels: self.labels });
            }
            if self.end < 8 {
                let piece = (word >> 1) >> (63 - 8 * self.end);
                self.hash = fold(self.hash ^ piece);
                self.is_done = true;
                self.labels += 1;
                return Some(Suffix { start: 0, hash: self.hash, labels: self.labels });
            }
            self.hash = fold(self.hash ^ word);
            self.end -= 8;
        }
    }
}

/// Goes on from the hash of what stands behind a label, as [`Suffixes`] does, where the label's end and length are
/// known. Tells the label's bytes too, all of them or-ed into one word.
#[inline]
pub(crate) fn hash_label(
    mut hash: u64,
    text: &[u8],
    mut end: usize,
    mut length: usize,
) -> (u64, u64) {
    let mut seen = 0;
    while length >= 8 {
        let word = lower_case(word_before(text, end));
        seen |= word;
        hash = fold(hash ^ word);
        end -= 8;
        length -= 8;
    }
    let piece = (lower_case(word_before(text, end)) >> 1) >> (63 - 8 * length);
    (fold(hash ^ piece), seen | piece)
}

/// The eight bytes before `end`, the last of them in the highest place; zeroes before the start.
#[inline]
fn word_before(text: &[u8], end: usize) -> u64 {
    let word = |at: usize| {
        let word = text.get(at..at + 8).and_then(|it| <[u8; 8]>::try_from(it).ok());
        word.map(u64::from_le_bytes)
    };
    if let Some(start) = end.checked_sub(8) {
        return word(start).unwrap_or_default();
    }
    if end == 0 {
        return 0;
    }
    if let Some(first) = word(0) {
        return first << (64 - 8 * end);
    }
    let short = text.get(..end).unwrap_or_default();
    short.iter().fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56)
}

/// Every byte that is an upper-case letter in lower case, every other one as it is.
#[inline]
fn lower_case(word: u64) -> u64 {
    let low = word & LOW;
    let from_a = low + ONES * (0x80 - u64::from(b'A'));
    let behind_z = low + ONES * (0x7f - u64::from(b'Z'));
    let is_upper = (from_a ^ behind_z) & !word & HIGH;
    word | is_upper >> 2
}

/// The highest bit of every byte that is a dot.
#[inline]
fn dots_of(word: u64) -> u64 {
    let other = word ^ (ONES * u64::from(b'.'));
    !(((other & LOW) + LOW) | other | LOW)
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
fn fold(value: u64) -> u64 {
    let product = u128::from(value ^ SEED) * u128::from(FACTOR);
    (product as u64) ^ ((product >> 64) as u64)
}

/// The hash of a whole text, as [`Suffixes`] gives it last.
pub(crate) fn hash_of(text: &[u8]) -> u64 {
    Suffixes::of(text).last().map_or(SEED, |it| it.hash)
}

/// What is asked of a name before it is looked at closely: it may be a name at all, and its
/// trailing dot is gone.
#[inline]
pub(crate) fn bare(raw: &[u8]) -> Option<&[u8]> {
    let text = raw.strip_suffix(b".").unwrap_or(raw);
    (!text.is_empty() && text.len() <= LONGEST_NAME).then_some(text)
}

/// A name in lower case, without its trailing dot; reused from contact to contact.
#[derive(Clone, Debug)]
pub(crate) struct LowerName {
    bytes: [u8; LONGEST_NAME],
    length: usize,
}

impl Default for LowerName {
    fn default() -> Self {
        Self { bytes: [0; LONGEST_NAME], length: 0 }
    }
}

impl LowerName {
    /// Takes a name as a log writes it: any case, trailing dot or not, A-labels or Unicode.
    /// `false` when it is empty or too long to be a name. Allocates for Unicode only.
    pub(crate) fn read(&mut self, raw: &[u8]) -> bool {
        if !raw.is_ascii()
            && let Ok(name) = DomainName::parse(raw)
        {
            return self.fill(name.as_str().as_bytes());
        }
        bare(raw).is_some_and(|text| self.fill(text))
    }

    fn fill(&mut self, text: &[u8]) -> bool {
        self.length = 0;
        let Some(place) = self.bytes.get_mut(..text.len()) else { return false };
        for (to, from) in place.iter_mut().zip(text) {
            *to = from.to_ascii_lowercase();
        }
        self.length = text.len();
        !text.is_empty()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn suffixes(raw: &[u8]) -> Vec<String> {
        let mut name = LowerName::default();
        let mut found = Vec::new();
        if name.read(raw) {
            for suffix in Suffixes::of(name.as_bytes()) {
                let text = &name.as_bytes()[suffix.start..];
                assert_eq!(hash_of(text), suffix.hash);
                found.push(String::from_utf8(text.to_vec()).unwrap());
            }
        }
        found
    }

    #[test]
    fn every_suffix_is_hashed_as_the_name_it_is() {
        let check = |raw: &[u8], expected: &[&str]| assert_eq!(suffixes(raw), expected);
        check(b"A.Evil.Example.", &["example", "evil.example", "a.evil.example"]);
        check(b"eight678.example", &["example", "eight678.example"]);
        check(
            b"averyveryverylonglabel.evil.vn",
            &["vn", "evil.vn", "averyveryverylonglabel.evil.vn"],
        );
        check("LÀMSẠCH.example".as_bytes(), &["example", "xn--lmsch-rqa5344c.example"]);
        check(b"localhost", &["localhost"]);
        check(b".a..b", &["b", ".b", "a..b", ".a..b"]);
        check(b"", &[]);
        check(b".", &[]);
        check(&[b'a'; 254], &[]);
    }

    #[test]
    fn the_hash_is_that_of_the_file_format() {
        // docs/formats.md: who changes these figures changes the version of the file.
        let check = |text: &str, expected: u64| assert_eq!(hash_of(text.as_bytes()), expected);
        check("example", 0x9898_bfff_fee9_5b36);
        check("evil.example", 0xaa9f_4611_ef7e_69e8);
    }

    proptest! {
        #[test]
        fn words_agree_with_bytes(raw in "[a-zA-Z@\\[`{.\u{e9}-]{0,30}") {
            let text = raw.as_bytes();
            let lower = raw.to_ascii_lowercase();
            let expected: Vec<usize> = (0..=text.len())
                .rev()
                .filter(|at| *at == 0 || text[at - 1] == b'.')
                .collect();
            let of_raw: Vec<Suffix> = Suffixes::of(text).collect();
            prop_assert_eq!(of_raw.iter().map(|it| it.start).collect::<Vec<_>>(), expected);
            prop_assert_eq!(of_raw.clone(), Suffixes::of(lower.as_bytes()).collect::<Vec<_>>());
            let mut walk = Suffixes::of(text);
            walk.by_ref().for_each(drop);
            prop_assert_eq!(walk.has_met_unicode(), !raw.is_ascii());
            for it in of_raw {
                prop_assert_eq!(it.hash, hash_of(&lower.as_bytes()[it.start..]));
            }
        }

        #[test]
        fn different_names_have_different_hashes(left in "[a-c.]{1,24}", right in "[a-c.]{1,24}") {
            prop_assert_eq!(hash_of(left.as_bytes()) == hash_of(right.as_bytes()), left == right);
        }
    }
}
