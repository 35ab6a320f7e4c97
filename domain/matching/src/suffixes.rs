//! A name in lower case and the hash of each of its suffixes, in one pass from the right.

use observables::DomainName;

/// The longest name in octets, dots included (RFC 1035 section 2.3.4).
pub(crate) const LONGEST_NAME: usize = 253;
/// Room for the longest name and a whole word behind its last byte.
const ROOM: usize = LONGEST_NAME + 11;

const SEED: u64 = 0x2d35_8dcc_aa6c_78a5;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// A name in lower case, without its trailing dot; reused from contact to contact.
#[derive(Clone, Debug)]
pub(crate) struct LowerName {
    bytes: [u8; ROOM],
    length: usize,
}

impl Default for LowerName {
    fn default() -> Self {
        Self { bytes: [0; ROOM], length: 0 }
    }
}

impl LowerName {
    /// Takes a name as a log writes it: any case, trailing dot or not, A-labels or Unicode.
    /// `false` when it is empty or too long to be a name. Allocates for Unicode only.
    #[inline]
    pub(crate) fn read(&mut self, raw: &[u8]) -> bool {
        if !raw.is_ascii()
            && let Ok(name) = DomainName::parse(raw)
        {
            return self.fill(name.as_str().as_bytes());
        }
        self.fill(raw.strip_suffix(b".").unwrap_or(raw))
    }

    #[inline]
    fn fill(&mut self, raw: &[u8]) -> bool {
        self.length = 0;
        if raw.is_empty() || raw.len() > LONGEST_NAME {
            return false;
        }
        for (to, from) in self.bytes.iter_mut().zip(raw) {
            *to = from.to_ascii_lowercase();
        }
        self.length = raw.len();
        true
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Calls `each` with the start and hash of every suffix of two labels or more, shortest first.
    #[inline]
    pub(crate) fn each_suffix(&self, mut each: impl FnMut(usize, u64)) {
        let mut hash = SEED;
        let mut end = self.length;
        loop {
            let label = self.bytes.get(..end).unwrap_or_default();
            let start = label.iter().rposition(|b| *b == b'.').map_or(0, |dot| dot + 1);
            hash = self.mix(hash, start, end);
            if end != self.length {
                each(start, hash);
            }
            if start == 0 {
                return;
            }
            end = start - 1;
        }
    }

    /// The hash of the whole text, as [`Self::each_suffix`] gives it last.
    pub(crate) fn hash(&self) -> u64 {
        let mut last = None;
        self.each_suffix(|_, hash| last = Some(hash));
        last.unwrap_or_else(|| self.mix(SEED, 0, self.length))
    }

    #[inline]
    fn mix(&self, mut hash: u64, start: usize, end: usize) -> u64 {
        hash ^= (end - start) as u64;
        let mut at = start;
        while at < end {
            let word = self.bytes.get(at..at + 8).and_then(|it| <[u8; 8]>::try_from(it).ok());
            let mut word = u64::from_le_bytes(word.unwrap_or_default());
            let left = end - at;
            if left < 8 {
                word &= (1 << (left * 8)) - 1;
            }
            hash = fold(hash ^ word);
            at += 8;
        }
        hash
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
fn fold(value: u64) -> u64 {
    let product = u128::from(value ^ SEED) * u128::from(FACTOR);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suffixes(raw: &[u8]) -> Vec<String> {
        let mut name = LowerName::default();
        let mut found = Vec::new();
        if name.read(raw) {
            name.each_suffix(|start, hash| {
                let text = String::from_utf8(name.as_bytes()[start..].to_vec()).unwrap();
                let mut alone = LowerName::default();
                assert!(alone.read(text.as_bytes()));
                assert_eq!(alone.hash(), hash, "{text}");
                found.push(text);
            });
        }
        found
    }

    #[test]
    fn every_suffix_of_two_labels_is_hashed_as_the_name_it_is() {
        let check = |raw: &[u8], expected: &[&str]| assert_eq!(suffixes(raw), expected);
        check(b"A.Evil.Example.", &["evil.example", "a.evil.example"]);
        check(
            b"averyveryverylonglabel.evil.example",
            &["evil.example", "averyveryverylonglabel.evil.example"],
        );
        check("LÀMSẠCH.example".as_bytes(), &["xn--lmsch-rqa5344c.example"]);
        check(b"localhost", &[]);
        check(b"", &[]);
        check(b".", &[]);
        check(&[b'a'; 254], &[]);
    }
}
