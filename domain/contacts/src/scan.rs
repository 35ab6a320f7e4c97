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

    /// A bit for each byte of the line.
    #[inline]
    fn line_bits(&self) -> u64 {
        self.valid >> self.overlap
    }

    /// Whether a byte of the line may equal `byte`; for few lines of which none does.
    #[inline]
    fn has(&self, byte: u8) -> bool {
        let wanted = u8x16::splat(byte);
        let [a, b, c, d] = self.chunks.map(|chunk| chunk.simd_eq(wanted));
        ((a | b) | (c | d)).to_bitmask() != 0
    }

    /// A bit for each byte of the line that is a colon, a brace or a bracket.
    #[inline]
    fn tree_marks(&self) -> u64 {
        let bits = |chunk: u8x16| {
            // That bit is all that tells a bracket from a brace.
            let brace = chunk | u8x16::splat(b'{' ^ b'[');
            let marks = brace.simd_eq(u8x16::splat(b'{')) | brace.simd_eq(u8x16::splat(b'}'));
            u64::from((marks | chunk.simd_eq(u8x16::splat(b':'))).to_bitmask())
        };
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

/// What holds a line together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `key=value key="value"`: each `=`.
    Equals,
    /// `"key":value,"key":"value"`: each `:` behind a closing quote.
    Colons,
    /// `{"key":{"key":[value]}}`: each `:`, brace and bracket.
    Tree,
    /// `value,"value",value`: each separator.
    Cells(u8),
}

/// The most marks of a line that are kept.
const MOST_MARKS: usize = 512;
/// So many marks are written at once, whether there are as many or not.
const AT_ONCE: usize = 8;

/// What holds a line together, outside of double quotes. Used again from line to line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    places: Vec<u32>,
    count: usize,
}

impl Marks {
    /// Where the marks found last stand, in order.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[u32] {
        self.places.get(..self.count).unwrap_or_default()
    }

    /// Finds the marks of a line. Only [`Style::Tree`] knows that a backslash takes the byte behind it
    /// along. `false` at what only a slower reading gets right: a quotation mark that is left open, one
    /// that does not begin or end a value (trees and colons apart), or more marks than almost all lines
    /// have.
    #[inline]
    pub(crate) fn find(&mut self, line: &[u8], style: Style) -> bool {
        self.places.resize(MOST_MARKS + AT_ONCE, 0);
        self.count = 0;
        // All bits set when a quoted value goes on into the next window.
        let mut inside = 0;
        // Whether the last byte of the window before was `=`, a separator, a closing quote, or a backslash
        // that counts.
        let mut carry = u64::from(matches!(style, Style::Cells(_)));
        let mut is_closed = 0;
        let mut start = 0;
        while start < line.len() {
            let window = Window::of(line, start);
            let mut quotes = window.equal_to(b'"');
            if style == Style::Tree && (carry != 0 || window.has(b'\\')) {
                quotes &= !escaped(window.equal_to(b'\\'), &mut carry);
            }
            // From an opening mark, itself included, up to its closing one, itself left out.
            let quoted = prefix_xor(quotes) ^ inside;
            let marks = match style {
                Style::Equals => {
                    let equals = window.equal_to(b'=') & !quoted;
                    if quotes & quoted & !(equals << 1 | carry) != 0 {
                        return false;
                    }
                    carry = equals >> 63;
                    equals
                }
                Style::Colons => {
                    let closing = quotes & !quoted;
                    let ends = window.equal_to(b':') & !quoted & (closing << 1 | carry);
                    carry = closing >> 63;
                    ends
                }
                Style::Tree => window.tree_marks() & !quoted,
                Style::Cells(separator) => {
                    let separators = window.equal_to(separator) & !quoted;
                    let closing = quotes & !quoted;
                    let behind = (closing << 1 | is_closed) & window.line_bits();
                    let opening = quotes & quoted;
                    if opening & !(separators << 1 | carry) | behind & !separators != 0 {
                        return false;
                    }
                    (carry, is_closed) = (separators >> 63, closing >> 63);
                    separators
                }
            };
            inside = 0_u64.wrapping_sub(quoted >> 63);
            if !self.push(start, marks) {
                return false;
            }
            start += STEP;
        }
        inside == 0
    }

    /// The value before a mark of [`Style::Cells`], or behind the last one, without its quotes.
    #[inline]
    pub(crate) fn cell<'l>(&self, line: &'l [u8], at: usize) -> &'l [u8] {
        let marks = self.as_slice();
        let mark = |at: usize| marks.get(at).map(|it| *it as usize);
        let from = at.checked_sub(1).map_or(Some(0), |before| mark(before).map(|it| it + 1));
        let cell = from.and_then(|from| line.get(from..mark(at).unwrap_or(line.len())));
        match cell.unwrap_or_default() {
            [b'"', inner @ .., b'"'] => inner,
            cell => cell,
        }
    }

    /// Adds the places of the bits of a window.
    #[inline]
    fn push(&mut self, start: usize, mut bits: u64) -> bool {
        let Ok(start) = u32::try_from(start) else { return false };
        let count = self.count + bits.count_ones() as usize;
        let mut from = self.count;
        self.count = count;
        if count > MOST_MARKS {
            return false;
        }
        // How many there are is hard to foresee: up to eight take the same way, without a branch.
        loop {
            let Some(places) = self.places.get_mut(from..from + AT_ONCE) else { return false };
            for place in places {
                // The highest bit is set for those that are too many, which the next ones overwrite.
                *place = start + (bits | 1 << 63).trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
            from += AT_ONCE;
            if from >= count {
                return true;
            }
        }
    }
}

/// The bytes behind a backslash that counts: one behind such a backslash does not. `carry` is whether the
/// first byte is one of them, and then whether the first byte of the next window is.
#[inline]
fn escaped(backslashes: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let backslashes = backslashes & !*carry;
    let follows = backslashes << 1 | *carry;
    // A run that starts at an odd place and ends behind an even one carries over into the sum.
    let odd_starts = backslashes & !EVEN & !follows;
    let (sum, has_overflown) = odd_starts.overflowing_add(backslashes);
    *carry = u64::from(has_overflown);
    (EVEN ^ sum << 1) & follows
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
    if bytes.len() < STEP {
        // A word or two.
        loop {
            at += find_near(bytes.get(at..)?, first)?;
            if bytes.get(at..)?.starts_with(text) {
                return Some(at);
            }
            at += 1;
        }
    }
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

    /// The marks of a line, one byte after the other.
    fn slow_marks(line: &[u8], style: Style) -> Vec<usize> {
        let mut inside = false;
        let mut is_escaped = false;
        let mut ends = Vec::new();
        for (at, byte) in line.iter().enumerate() {
            let was_escaped = std::mem::take(&mut is_escaped);
            match byte {
                b'"' if was_escaped => {}
                b'\\' => is_escaped = style == Style::Tree && !was_escaped,
                b':' | b'{' | b'}' | b'[' | b']' if style == Style::Tree && !inside => {
                    ends.push(at);
                }
                b'"' => inside = !inside,
                b'=' if style == Style::Equals && !inside => ends.push(at),
                // A closing mark stands before it.
                byte if Style::Cells(*byte) == style && !inside => ends.push(at),
                b':' if style == Style::Colons
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

    fn places(marks: &Marks) -> Vec<usize> {
        marks.as_slice().iter().map(|at| *at as usize).collect()
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
        fn cells_are_what_stands_between_separators(
            cells in prop::collection::vec(("[a\"]{0,9}", any::<bool>(), any::<bool>()), 1..60),
        ) {
            let mut is_sound = true;
            let mut values = Vec::new();
            let mut line = String::new();
            for (text, is_long, is_quoted) in cells {
                // A mark within a value is what the slower readings are for.
                let text = if is_long { text.replace('"', ",").repeat(9) } else { text };
                is_sound &= !text.contains('"');
                let value = if is_quoted { text } else { text.replace(',', ";") };
                let mark = if is_quoted { "\"" } else { "" };
                line = format!("{line}{}{mark}{value}{mark}", if values.is_empty() { "" } else { "," });
                values.push(value);
            }
            let mut marks = Marks::default();
            if is_sound {
                prop_assert!(marks.find(line.as_bytes(), Style::Cells(b',')));
                for (at, value) in values.iter().enumerate() {
                    prop_assert_eq!(marks.cell(line.as_bytes(), at), value.as_bytes());
                }
                prop_assert_eq!(marks.as_slice().len() + 1, values.len());
            }
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
        fn marks_stand_outside_of_quotes(
            line in line(),
            nested in prop::collection::vec(prop::sample::select(b"a{}[]\":,\\".to_vec()), 0..300),
        ) {
            let mut marks = Marks::default();
            let pieces = line.split(|b| *b == b'"').count();
            prop_assert_eq!(marks.find(&line, Style::Colons), pieces % 2 == 1);
            prop_assert_eq!(places(&marks), slow_marks(&line, Style::Colons));
            if marks.find(&line, Style::Equals) {
                prop_assert_eq!(places(&marks), slow_marks(&line, Style::Equals));
            }
            if marks.find(&line, Style::Cells(b',')) {
                prop_assert_eq!(places(&marks), slow_marks(&line, Style::Cells(b',')));
            }
            marks.find(&nested, Style::Tree);
            prop_assert_eq!(places(&marks), slow_marks(&nested, Style::Tree));
        }
    }
}
