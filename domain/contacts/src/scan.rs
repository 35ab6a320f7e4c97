//! Separators of a line, 64 bytes at a time: where formats are held together by a single byte,
//! finding all of them at once costs less than a search for each.

use memchr::{memchr, memrchr2};
use wide::u8x16;

/// Bytes looked at in one step.
pub(crate) const STEP: usize = 64;

/// 64 bytes of a line. Behind the line's end no byte equals anything that is asked for.
pub(crate) struct Window {
    chunks: [u8x16; 4],
    /// How many bytes at the front belong to the window before.
    overlap: u32,
    /// Bits of the bytes that belong to the line.
    valid: u64,
}

impl Window {
    /// The bytes from `at` on; `at` is within the line.
    #[inline]
    pub(crate) fn of(line: &[u8], at: usize) -> Self {
        if let Some(bytes) = line.get(at..at + STEP) {
            return Self { chunks: chunks(bytes), overlap: 0, valid: u64::MAX };
        }
        let left = line.len() - at;
        // The last bytes of a line, those of the window before included: nothing is copied.
        if let Some(bytes) = line.len().checked_sub(STEP).and_then(|from| line.get(from..)) {
            let overlap = u32::try_from(STEP - left).unwrap_or(0);
            return Self { chunks: chunks(bytes), overlap, valid: u64::MAX };
        }
        let mut bytes = [0; STEP];
        if let (Some(to), Some(from)) = (bytes.get_mut(..left), line.get(at..)) {
            to.copy_from_slice(from);
        }
        Self { chunks: chunks(&bytes), overlap: 0, valid: (1 << left) - 1 }
    }

    /// A bit for each byte of the line that equals `byte`, the lowest for the first.
    #[inline]
    pub(crate) fn equal_to(&self, byte: u8) -> u64 {
        let wanted = u8x16::splat(byte);
        let bits = |chunk: u8x16| u64::from(chunk.simd_eq(wanted).to_bitmask());
        let [a, b, c, d] = self.chunks;
        let all = bits(a) | bits(b) << 16 | bits(c) << 32 | bits(d) << 48;
        (all & self.valid) >> self.overlap
    }

    /// A bit for each byte of the line that a name may be written with, as [`equal_to`](Self::equal_to).
    #[inline]
    pub(crate) fn name_bytes(&self) -> u64 {
        let within = |byte: u8x16, from: u8, last: u8| {
            let over = byte - u8x16::splat(from);
            over.simd_eq(over.min(u8x16::splat(last - from)))
        };
        let bits = |byte: u8x16| {
            let letters = within(byte | u8x16::splat(0x20), b'a', b'z');
            let digits = within(byte, b'0', b'9');
            let marks = within(byte, b'-', b'.') | byte.simd_eq(u8x16::splat(b'_'));
            // The mask takes the highest bit of each byte: bytes that are not ASCII have it.
            u64::from((letters | digits | marks | byte).to_bitmask())
        };
        let [a, b, c, d] = self.chunks;
        let all = bits(a) | bits(b) << 16 | bits(c) << 32 | bits(d) << 48;
        (all & self.valid) >> self.overlap
    }
}

#[inline]
fn chunks(bytes: &[u8]) -> [u8x16; 4] {
    let chunk = |at: usize| {
        let bytes = bytes.get(at..at + 16).and_then(|it| <[u8; 16]>::try_from(it).ok());
        u8x16::new(bytes.unwrap_or_default())
    };
    [chunk(0), chunk(16), chunk(32), chunk(48)]
}

/// Where any of some bytes stands in a line, in order.
struct Positions<'l, const N: usize> {
    line: &'l [u8],
    bytes: [u8; N],
    start: usize,
    next: usize,
    bits: u64,
}

impl<const N: usize> Iterator for Positions<'_, N> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if self.next >= self.line.len() {
                return None;
            }
            self.start = self.next;
            let window = Window::of(self.line, self.start);
            self.bits = self.bytes.iter().fold(0, |bits, byte| bits | window.equal_to(*byte));
            self.next += STEP;
        }
        let at = self.start + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }
}

/// The pieces of a line between separators; one more than there are separators.
pub(crate) struct Pieces<'l, const N: usize> {
    separators: Positions<'l, N>,
    from: Option<usize>,
}

impl<'l, const N: usize> Pieces<'l, N> {
    #[inline]
    pub(crate) fn new(line: &'l [u8], separators: [u8; N]) -> Self {
        let separators = Positions { line, bytes: separators, start: 0, next: 0, bits: 0 };
        Self { separators, from: Some(0) }
    }
}

impl<'l, const N: usize> Iterator for Pieces<'l, N> {
    type Item = &'l [u8];

    #[inline]
    fn next(&mut self) -> Option<&'l [u8]> {
        let from = self.from?;
        let end = self.separators.next();
        self.from = end.map(|end| end + 1);
        let line = self.separators.line;
        line.get(from..end.unwrap_or(line.len()))
    }
}

/// Where keys end in a line whose values may be in double quotes.
///
/// Ends early, with `is_sound` unset, at what only a slower reading gets right; the line is then to
/// be read anew by that.
pub(crate) struct KeyEnds<'l> {
    line: &'l [u8],
    style: KeyStyle,
    start: usize,
    next: usize,
    bits: u64,
    /// All bits set when a quoted value goes on into the next window.
    inside: u64,
    /// The last byte of the window before: `=`, or a closing quote.
    carry: u64,
    /// Quotation marks that open something, in this window and the last one before it.
    opening: u64,
    opened_before: usize,
    is_sound: bool,
}

/// How a key ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyStyle {
    /// `key=value key="value"`.
    Equals,
    /// `"key":value,"key":"value"`.
    Json,
}

impl<'l> KeyEnds<'l> {
    /// The ends of the keys of a line without a backslash.
    #[inline]
    pub(crate) fn new(line: &'l [u8], style: KeyStyle) -> Self {
        Self {
            line,
            style,
            start: 0,
            next: 0,
            bits: 0,
            inside: 0,
            carry: 0,
            opening: 0,
            opened_before: 0,
            is_sound: true,
        }
    }

    /// The text of the JSON key whose end was given last.
    #[inline]
    pub(crate) fn json_key(&self, end: usize) -> &'l [u8] {
        let below = u64::MAX >> 1 >> (63 - (end - self.start) % STEP);
        let opening = self.opening & below;
        let opened = match opening.leading_zeros() {
            64 => self.opened_before,
            zeroes => self.start + 63 - zeroes as usize,
        };
        self.line.get(opened + 1..end - 1).unwrap_or_default()
    }

    /// Whether what came is right: every quotation mark opened behind `=` or closed what was open,
    /// and none is left open.
    #[inline]
    pub(crate) fn is_sound(&self) -> bool {
        self.is_sound && self.inside == 0
    }

    #[inline]
    fn step(&mut self) {
        if self.opening != 0 {
            self.opened_before = self.start + 63 - self.opening.leading_zeros() as usize;
        }
        self.start = self.next;
        self.next += STEP;
        let window = Window::of(self.line, self.start);
        let quotes = window.equal_to(b'"');
        // From an opening mark, itself included, up to its closing one, itself left out.
        let inside = prefix_xor(quotes) ^ self.inside;
        let closing = quotes & !inside;
        self.opening = quotes & inside;
        self.bits = match self.style {
            KeyStyle::Equals => {
                let equals = window.equal_to(b'=') & !inside;
                self.is_sound &= self.opening & !(equals << 1 | self.carry) == 0;
                self.carry = equals >> 63;
                equals
            }
            KeyStyle::Json => {
                let ends = window.equal_to(b':') & !inside & (closing << 1 | self.carry);
                self.carry = closing >> 63;
                ends
            }
        };
        self.inside = 0_u64.wrapping_sub(inside >> 63);
    }
}

impl Iterator for KeyEnds<'_> {
    type Item = usize;

    /// The position of `=`, or of the `:` behind a key's closing quote.
    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if self.next >= self.line.len() || !self.is_sound {
                return None;
            }
            self.step();
        }
        let at = self.start + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }
}

/// Runs of bytes that names are written with, in order: those that have a dot in them, each from where it starts to where
/// it ends. What stands around them is no part of a name.
pub struct NameRuns<'l> {
    text: &'l [u8],
    /// Where the window that is looked at starts.
    base: usize,
    /// Of the bytes of that window, those of names.
    part: u64,
    /// Of them, dots of runs that are still to come.
    dots: u64,
    /// Where the run started that reaches into the window.
    carried: usize,
}

impl<'l> NameRuns<'l> {
    /// The runs of a text.
    #[inline]
    pub fn of(text: &'l [u8]) -> Self {
        let mut runs = Self { text, base: 0, part: 0, dots: 0, carried: 0 };
        runs.look();
        runs
    }

    /// Looks at the window at `base`.
    #[inline]
    fn look(&mut self) {
        if self.base >= self.text.len() {
            (self.part, self.dots) = (0, 0);
            return;
        }
        let window = Window::of(self.text, self.base);
        self.dots = window.equal_to(b'.');
        // Without a dot it matters only what reaches into the window behind it.
        self.part = window.name_bytes();
    }

    /// Goes on to the next window; `false` where there is none.
    #[inline]
    fn advance(&mut self) -> bool {
        let others = !self.part;
        if others != 0 {
            self.carried = self.base + STEP - others.leading_zeros() as usize;
        }
        self.base += STEP;
        self.look();
        self.base < self.text.len()
    }
}

impl Iterator for NameRuns<'_> {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<(usize, usize)> {
        while self.dots == 0 {
            if !self.advance() {
                return None;
            }
        }
        let dot = self.dots.trailing_zeros();
        let before = !self.part & ((1 << dot) - 1);
        let start = match before {
            0 => self.carried,
            _ => self.base + STEP - before.leading_zeros() as usize,
        };
        let mut behind = !self.part & (u64::MAX << dot);
        while behind == 0 {
            if !self.advance() {
                return Some((start, self.text.len()));
            }
            behind = !self.part;
        }
        let end = behind.trailing_zeros();
        self.dots &= u64::MAX << end;
        Some((start, self.base + end as usize))
    }
}

/// Each bit: whether the number of bits set up to it, itself included, is odd.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ bits << 32
}

/// The first `byte`; for texts of a few bytes, where setting up a wider search costs more.
#[inline]
pub(crate) fn find_near(bytes: &[u8], byte: u8) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let pattern = ONES * u64::from(byte);
    let mut at = 0;
    while let Some(word) = word_at(bytes, at) {
        let differences = word ^ pattern;
        let zeroes = differences.wrapping_sub(ONES) & !differences & HIGHS;
        if zeroes != 0 {
            // Only the lowest mark is sure, and it is the one wanted.
            return Some(at + (zeroes.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|it| *it == byte).map(|found| at + found)
}

/// The first `byte`, which most likely is among the next sixteen; the call of a wider search is left
/// to where it is not.
#[inline]
pub(crate) fn find_soon(bytes: &[u8], byte: u8) -> Option<usize> {
    let Some((first, rest)) = bytes.split_first_chunk::<16>() else {
        return find_near(bytes, byte);
    };
    let bits = u8x16::new(*first).simd_eq(u8x16::splat(byte)).to_bitmask();
    if bits != 0 {
        return Some(bits.trailing_zeros() as usize);
    }
    memchr(byte, rest).map(|at| at + 16)
}

/// The last of two bytes, which most likely is among the last sixteen.
#[inline]
pub(crate) fn find_back(bytes: &[u8], wanted: [u8; 2]) -> Option<usize> {
    let Some((rest, last)) = bytes.split_last_chunk::<16>() else {
        return bytes.iter().rposition(|it| wanted.contains(it));
    };
    let (last, [first, second]) = (u8x16::new(*last), wanted.map(u8x16::splat));
    let bits = (last.simd_eq(first) | last.simd_eq(second)).to_bitmask();
    if bits != 0 {
        return Some(rest.len() + 31 - bits.leading_zeros() as usize);
    }
    memrchr2(wanted[0], wanted[1], rest)
}

/// The first place of a text, which is not empty. For lines and texts of a few words, where preparing a
/// search costs more than it finds.
#[inline]
pub(crate) fn find_text(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let (first, last) = (*text.first()?, *text.last()?);
    let mut at = 0;
    while at + text.len() <= bytes.len() {
        let behind = Window::of(bytes, at + text.len() - 1).equal_to(last);
        let mut bits = behind & Window::of(bytes, at).equal_to(first);
        while bits != 0 {
            let found = at + bits.trailing_zeros() as usize;
            if bytes.get(found..found + text.len()) == Some(text) {
                return Some(found);
            }
            bits &= bits - 1;
        }
        at += STEP;
    }
    None
}

/// Eight bytes as a number, the first the lowest.
#[inline]
pub(crate) fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..at + 8)?;
    word.try_into().ok().map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::is_name_byte;

    /// The ends of keys, one byte after the other.
    fn slow_ends(line: &[u8], style: KeyStyle) -> Vec<usize> {
        let mut inside = false;
        let mut ends = Vec::new();
        for (at, byte) in line.iter().enumerate() {
            match byte {
                b'"' => inside = !inside,
                b'=' if style == KeyStyle::Equals && !inside => ends.push(at),
                // A closing mark stands before it.
                b':' if style == KeyStyle::Json
                    && !inside
                    && at > 0
                    && line.get(at - 1) == Some(&b'"') =>
                {
                    ends.push(at);
                }
                _ => {}
            }
        }
        ends
    }

    fn line() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(b"ab=\":, \t".to_vec()), 0..300)
    }

    proptest! {
        #[test]
        fn pieces_are_what_splitting_gives(line in line()) {
            let fast: Vec<&[u8]> = Pieces::new(&line, [b'\t', b'=']).collect();
            let slow: Vec<&[u8]> = line.split(|b| matches!(b, b'\t' | b'=')).collect();
            prop_assert_eq!(fast, slow);
        }

        #[test]
        fn a_near_byte_is_found_where_it_is(line in line()) {
            let slow = line.iter().position(|b| *b == b'=');
            prop_assert_eq!(find_near(&line, b'='), slow);
            prop_assert_eq!(find_soon(&line, b'='), slow);
            let slow = line.iter().rposition(|b| matches!(b, b':' | b'"'));
            prop_assert_eq!(find_back(&line, [b':', b'"']), slow);
        }

        #[test]
        fn runs_with_a_dot_are_what_splitting_gives(
            text in prop::collection::vec(
                prop::sample::select(b"aZ09.-_ /%:@[`{\x7f\x80\xff".to_vec()),
                0..300,
            ),
        ) {
            // Runs of every length, across windows.
            for text in [text.clone(), text.iter().flat_map(|byte| [*byte; 20]).collect()] {
                let mut start = 0;
                let mut slow = Vec::new();
                for run in text.split(|byte| !is_name_byte(*byte)) {
                    if run.contains(&b'.') {
                        slow.push((start, start + run.len()));
                    }
                    start += run.len() + 1;
                }
                prop_assert_eq!(NameRuns::of(&text).collect::<Vec<_>>(), slow);
            }
        }

        #[test]
        fn a_text_is_found_where_it_is(line in line(), text in "[ab=]{1,3}") {
            let slow = line.windows(text.len()).position(|it| it == text.as_bytes());
            prop_assert_eq!(find_text(&line, text.as_bytes()), slow);
        }

        #[test]
        fn keys_end_outside_of_quotes(line in line()) {
            let mut json = KeyEnds::new(&line, KeyStyle::Json);
            let mut ends = Vec::new();
            while let Some(end) = json.next() {
                ends.push(end);
                let opened = line.iter().take(end - 1).rposition(|b| *b == b'"').unwrap();
                prop_assert_eq!(json.json_key(end), &line[opened + 1..end - 1]);
            }
            prop_assert_eq!(ends, slow_ends(&line, KeyStyle::Json));
            let pieces = line.split(|b| *b == b'"').count();
            prop_assert_eq!(json.is_sound(), pieces % 2 == 1);

            let mut equals = KeyEnds::new(&line, KeyStyle::Equals);
            let ends: Vec<usize> = equals.by_ref().collect();
            if equals.is_sound() {
                prop_assert_eq!(ends, slow_ends(&line, KeyStyle::Equals));
            }
        }
    }
}
