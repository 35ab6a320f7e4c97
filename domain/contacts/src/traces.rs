//! Where in a text a name or an address may stand, 56 bytes at a time.
//!
//! What parsers take out of a line is a piece of it, so a line can only be about an indicator that is
//! written in it ([`Format::is_in_clear`](crate::Format::is_in_clear) tells formats of which this is not
//! so). To see where something may stand costs a fraction of taking the line apart, and almost no line
//! holds anything listed.
//!
//! What is told here is never too little, and often too much: a trace is a question to the index, and a line
//! with one that the index does not deny is read as ever.

use std::iter::successors;
use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

/// How many bytes are told of in one step.
const STRIDE: usize = 56;
/// How many are looked at for it: whether an address begins, the bytes behind tell.
const WINDOW: usize = 64;
/// Digits of a group of an IPv6 address.
const MOST_DIGITS: usize = 4;
/// So many colons to either side are looked at: more stand around no address.
const MOST_COLONS: usize = 24;
/// A bit for each byte that is told of.
const TOLD: u64 = (1 << STRIDE) - 1;

/// What 56 bytes hold, a bit for each, the lowest for the first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traces {
    /// Where the first of the bytes stands.
    pub at: usize,
    /// How many lines end in them.
    pub lines: u32,
    /// Line feeds.
    pub line_feeds: u64,
    /// First bytes behind what may be a name: two labels or more, the last one no number.
    pub name_ends: u64,
    /// First digits of what begins as an IPv4 address.
    pub v4_starts: u64,
    /// Bytes of lines that only their parser understands: `::` of an IPv6 address, NUL, a character that may stand for
    /// a dot of a name.
    unclear: u64,
    /// Bytes that may be the same: escapes, marks of formats that are not in clear, colons of an IPv6 address.
    doubtful: u64,
    labels: u64,
    labels_before: u64,
}

impl Traces {
    /// Bytes of labels before one of the bytes, the highest bit for the last of them. At least 56 are told.
    #[inline]
    pub fn labels_before(&self, end: u32) -> u64 {
        // Two steps, for a shift by 64 is none.
        let here = (self.labels << 1) << (63 - end);
        here | (self.labels_before << (WINDOW - STRIDE)) >> end
    }

    /// Bytes that only the line's parser understands, after a look at the text that is traced.
    #[inline]
    pub fn resolved(&self, text: &[u8]) -> u64 {
        if self.doubtful == 0 {
            self.unclear
        } else {
            self.unclear | resolve(text, self.at, self.doubtful)
        }
    }

    /// How many bytes before any byte [`labels_before`](Self::labels_before) tells of.
    pub const TOLD_BEFORE: u32 = 56;
}

/// Goes through a text.
#[derive(Debug)]
pub struct Tracer<'t> {
    text: &'t [u8],
    level: Level,
    at: usize,
    /// Bytes of labels of the step before.
    labels: u64,
    /// Whether the last label of the step before reaches into the next, and began behind a dot.
    goes_on: u64,
    /// The same for a number that did.
    number_goes_on: u64,
    /// Whether the last byte of the step before was a dot; a digit or a dot behind one; a colon.
    dot: u64,
    part: u64,
    colon: u64,
}

/// Which bytes of a window are what.
struct Kinds {
    labels: u64,
    digits: u64,
    dots: u64,
    line_feeds: u64,
    colons: u64,
    /// What begins an escape, or a mark of a format that is not in clear.
    escapes: u64,
    openings: u64,
    /// NUL, and the first bytes of all UTF-8 that is no letter of a European alphabet: among them are dots.
    strange: u64,
}

#[expect(clippy::inline_always, reason = "compiled with the instructions of its caller")]
#[inline(always)]
fn kinds<S: Simd>(simd: S, window: &[u8; WINDOW]) -> Kinds {
    let bytes = u8x64::from_slice(simd, window);
    let all = |byte: u8| u8x64::splat(simd, byte);
    let equal = |byte: u8| bytes.simd_eq(all(byte));
    let digits = (bytes - all(b'0')).simd_le(all(9));
    let letters = ((bytes | all(0x20)) - all(b'a')).simd_le(all(25));
    let labels = digits | letters | equal(b'-') | equal(b'_') | bytes.simd_ge(all(0x80));
    Kinds {
        labels: labels.to_bitmask(),
        digits: digits.to_bitmask(),
        dots: equal(b'.').to_bitmask(),
        line_feeds: equal(b'\n').to_bitmask(),
        colons: equal(b':').to_bitmask(),
        escapes: (equal(b'%') | equal(b'Q')).to_bitmask(),
        openings: equal(b'(').to_bitmask(),
        strange: (bytes.simd_ge(all(0xe2)) | equal(0)).to_bitmask(),
    }
}

impl<'t> Tracer<'t> {
    /// Whether this processor has instructions that make it worth while.
    pub fn is_fast() -> bool {
        !Level::new().is_fallback()
    }

    /// A tracer at the start of a text, as of a line.
    pub fn new(text: &'t [u8]) -> Self {
        Self::at_level(text, Level::new())
    }

    fn at_level(text: &'t [u8], level: Level) -> Self {
        let (at, labels, goes_on, number_goes_on) = (0, 0, 0, 0);
        let (dot, part, colon) = (0, 0, 0);
        Self { text, level, at, labels, goes_on, number_goes_on, dot, part, colon }
    }

    /// Fills `steps` with the traces of the next bytes, and gives those that it filled: none when the text has no
    /// more. The last step reaches over the text's end by a byte at least: a name may end there.
    #[inline]
    pub fn next<'s>(&mut self, steps: &'s mut [Traces]) -> &'s [Traces] {
        let level = self.level;
        let count = dispatch!(level, simd => self.fill(simd, steps));
        steps.get(..count).unwrap_or_default()
    }

    #[expect(clippy::inline_always, reason = "compiled with the instructions of its caller")]
    #[inline(always)]
    fn fill<S: Simd>(&mut self, simd: S, steps: &mut [Traces]) -> usize {
        let mut count = 0;
        for step in steps {
            let Some(rest) = self.text.get(self.at..) else { break };
            *step = match rest.first_chunk() {
                Some(window) => self.step(simd, window),
                None => self.step(simd, &padded(rest)),
            };
            count += 1;
        }
        count
    }

    #[expect(clippy::inline_always, reason = "compiled with the instructions of its caller")]
    #[inline(always)]
    fn step<S: Simd>(&mut self, simd: S, window: &[u8; WINDOW]) -> Traces {
        let kinds = kinds(simd, window);
        let labels = kinds.labels & TOLD;
        let line_feeds = kinds.line_feeds & TOLD;
        let double_colons = kinds.colons & (kinds.colons << 1 | self.colon);
        self.colon = kinds.colons >> (STRIDE - 1) & 1;
        // Of six or seven colons in an address without `::`, five follow one another so. They stand in two
        // windows at most, three of them in one.
        let chained = kinds.colons
            & (kinds.colons >> 2 | kinds.colons >> 3 | kinds.colons >> 4 | kinds.colons >> 5);
        let chained = if chained.count_ones() >= 3 { chained } else { 0 };
        let traces = Traces {
            at: self.at,
            lines: line_feeds.count_ones(),
            line_feeds,
            name_ends: self.name_ends(&kinds),
            v4_starts: self.v4_starts(&kinds),
            unclear: (kinds.strange | double_colons) & TOLD,
            doubtful: (kinds.escapes | kinds.openings & kinds.digits >> 1 | chained) & TOLD,
            labels,
            labels_before: self.labels,
        };
        self.labels = labels;
        self.at += STRIDE;
        traces
    }

    /// A label behind a dot begins where a sum carries, and ends where the carry comes out.
    #[expect(clippy::inline_always, reason = "compiled with the instructions of its caller")]
    #[inline(always)]
    fn name_ends(&mut self, kinds: &Kinds) -> u64 {
        let Kinds { labels, digits, dots, .. } = *kinds;
        let starts = labels & (dots << 1 | self.dot);
        self.dot = dots >> (STRIDE - 1) & 1;
        let sum = (labels & TOLD) + (starts & TOLD) + self.goes_on;
        self.goes_on = sum >> STRIDE;
        let numbers = (digits & TOLD) + (starts & digits & TOLD) + self.number_goes_on;
        self.number_goes_on = numbers >> STRIDE;
        // A number ends where no other byte of a label follows it.
        let number_ends = numbers & !digits & !labels;
        let inner_dots = dots & labels >> 1;
        sum & !labels & !number_ends & !inner_dots & TOLD
    }

    /// A number behind no other number and its dot, and two dots, each behind three digits at most.
    #[expect(clippy::inline_always, reason = "compiled with the instructions of its caller")]
    #[inline(always)]
    fn v4_starts(&mut self, kinds: &Kinds) -> u64 {
        let Kinds { digits, dots, .. } = *kinds;
        // A dot that no digit stands before may be a sentence's.
        let parts = digits | dots & digits << 1;
        let first = digits & !(parts << 1 | self.part);
        self.part = parts >> (STRIDE - 1) & 1;
        let one = digits & dots >> 1;
        let two = digits & digits >> 1 & dots >> 2;
        let three = digits & digits >> 1 & digits >> 2 & dots >> 3;
        let any = one | two | three;
        first & (one & any >> 2 | two & any >> 3 | three & any >> 4) & TOLD
    }
}

/// What is left of a text, spaces behind it.
#[cold]
fn padded(rest: &[u8]) -> [u8; WINDOW] {
    let mut window = [b' '; WINDOW];
    for (to, from) in window.iter_mut().zip(rest) {
        *to = *from;
    }
    window
}

/// Of bytes that are doubtful, those of lines that only their parser understands.
fn resolve(text: &[u8], at: usize, mut bits: u64) -> u64 {
    let mut found = 0;
    while bits != 0 {
        let place = bits.trailing_zeros();
        bits &= bits - 1;
        let (before, rest) = text.split_at_checked(at + place as usize).unwrap_or_default();
        let is_unclear = match rest {
            // In a query string.
            [b'%', first, second, ..] => first.is_ascii_hexdigit() && second.is_ascii_hexdigit(),
            // Lengths of labels: Windows' DNS debug log.
            [b'(', b'1'..=b'9', b')', ..] | [b'(', b'1'..=b'9', b'0'..=b'9', b')', ..] => true,
            // A record of AdGuard Home, whose answers are packed.
            [b'Q', b'H', b'"', ..] => before.ends_with(b"\""),
            [b':', ..] => {
                let run = run_of_colons(text, at + place as usize);
                let passed = u32::try_from(run.end - at).ok();
                let behind = passed.and_then(|it| u64::MAX.checked_shl(it)).unwrap_or_default();
                // Its other colons are looked at with it. It may reach over the end of a line: all are marked.
                let is_colon = |place: &u32| text.get(at + *place as usize) == Some(&b':');
                let colons = ones(bits & !behind).filter(is_colon).fold(0, |all, it| all | 1 << it);
                bits &= !colons;
                let is_unclear = may_be_v6(text, run);
                found |= if is_unclear { colons } else { 0 };
                is_unclear
            }
            _ => false,
        };
        found |= u64::from(is_unclear) << place;
    }
    found
}

/// The places of the bits that are set, from the lowest.
#[inline]
pub fn ones(mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (bits != 0).then(|| bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
        place
    })
}

/// From the first to the last of the colons that stand so near to one another as those of an address, around one of
/// them.
fn run_of_colons(text: &[u8], at: usize) -> Range<usize> {
    // Where the groups have two digits, as those of a hardware address, the next colon is found at once.
    let next = |from: usize| {
        let near = text.get(from + 1..)?;
        let near = near.get(..MOST_DIGITS + 1).unwrap_or(near);
        let pair = near.get(2) == Some(&b':') && near.get(1) != Some(&b':');
        let distance = if pair { Some(2) } else { near.iter().position(|it| *it == b':') };
        distance.map(|it| from + 1 + it)
    };
    let previous = |from: usize| {
        let near = text.get(from.saturating_sub(MOST_DIGITS + 1)..from)?;
        let distance = near.iter().rev().position(|it| *it == b':');
        distance.map(|it| from - 1 - it)
    };
    let first = successors(Some(at), |it| previous(*it)).take(MOST_COLONS).last().unwrap_or(at);
    let last = successors(Some(at), |it| next(*it)).take(MOST_COLONS).last().unwrap_or(at);
    first..last + 1
}

/// Six colons before an IPv4 address, or seven. One or two may stand before it, as of `outside:`. Hardware addresses
/// have five, or more and always two digits between them.
fn may_be_v6(text: &[u8], run: Range<usize>) -> bool {
    let run = text.get(run).unwrap_or_default();
    let colons = memchr::memchr_iter(b':', run).count();
    let is_part = |it: &u8| it.is_ascii_hexdigit() || *it == b':';
    let are_pairs = || {
        let are_apart = run.iter().step_by(3).all(|it| *it == b':') && run.len() == 3 * colons - 2;
        are_apart && run.iter().all(is_part)
    };
    colons >= 6 && !(colons > 9 && are_pairs())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// What is found in a text, by place.
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Found {
        line_feeds: BTreeSet<usize>,
        name_ends: BTreeSet<usize>,
        v4_starts: BTreeSet<usize>,
    }

    fn is_label(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte >= 0x80
    }

    /// The same, byte by byte.
    fn slowly(text: &[u8]) -> Found {
        let at = |place: Option<usize>| place.and_then(|it| text.get(it)).copied();
        let mut found = Found::default();
        for place in 0..=text.len() {
            let (before, here) = (at(place.checked_sub(1)), at(Some(place)));
            if here == Some(b'\n') {
                found.line_feeds.insert(place);
            }
            let is_inner_dot = here == Some(b'.') && at(Some(place + 1)).is_some_and(is_label);
            if before.is_some_and(is_label) && !here.is_some_and(is_label) && !is_inner_dot {
                let start = text[..place].iter().rposition(|it| !is_label(*it));
                let last = &text[start.map_or(0, |it| it + 1)..place];
                let is_number = last.iter().all(u8::is_ascii_digit);
                if at(start) == Some(b'.') && !is_number {
                    found.name_ends.insert(place);
                }
            }
            // What stands before the bytes of a step is not known of a dot that is their first.
            let earlier = place.checked_sub(2).and_then(|it| text.get(it)).copied();
            let is_behind_number = match before {
                Some(b'.') if place % STRIDE != 1 => earlier.is_some_and(|it| it.is_ascii_digit()),
                before => before.is_some_and(|it| it.is_ascii_digit()),
            };
            let mut groups = text[place..].split(|it| *it == b'.');
            let mut is_octet = || {
                let group = groups.next().unwrap_or_default();
                (1..=3).contains(&group.len()) && group.iter().all(u8::is_ascii_digit)
            };
            if !is_behind_number && is_octet() && is_octet() && groups.next().is_some() {
                found.v4_starts.insert(place);
            }
        }
        found
    }

    /// All steps of a text, a few at a time.
    fn steps(text: &[u8], level: Level) -> Vec<Traces> {
        let mut tracer = Tracer::at_level(text, level);
        let mut room = [Traces::default(); 3];
        let mut steps = Vec::new();
        loop {
            match tracer.next(&mut room) {
                [] => return steps,
                some => steps.extend_from_slice(some),
            }
        }
    }

    fn places(steps: &[Traces], bits: impl Fn(&Traces) -> u64) -> BTreeSet<usize> {
        let of_step = |it: &Traces| {
            let (at, bits) = (it.at, bits(it));
            (0..64).filter(move |bit| bits >> bit & 1 != 0).map(move |bit| at + bit)
        };
        steps.iter().flat_map(of_step).collect()
    }

    fn unclear(text: &str) -> bool {
        let mut padded = vec![b'x'; 40];
        // Wherever the steps cut it.
        let all: BTreeSet<bool> = (0..64)
            .map(|_| {
                padded.insert(0, b' ');
                let text = [&padded[..], b" ", text.as_bytes()].concat();
                let places = places(&steps(&text, Level::new()), |it| it.resolved(&text));
                !places.is_empty()
            })
            .collect();
        assert_eq!(all.len(), 1, "{text}");
        all.contains(&true)
    }

    #[test]
    fn lines_that_only_a_parser_understands_are_told() {
        for text in [
            "2001:db8::1",
            "::ffff:192.0.2.7",
            "2001:0db8:0000:0000:0000:0000:0000:0001",
            "2001:db8:0:0:0:0:0:1",
            "outside:2001:db8:0:0:0:0:0:1/443",
            "0:0:0:0:0:ffff:192.0.2.7",
            "20:01:0d:b8:00:00:00:01",
            "20:01:22:33:4444:5:6:7",
            "?u=http%3A%2F%2Fevil.example",
            "(3)www(4)evil(7)example(0)",
            "(12)abcdefghijkl(0)",
            r#"{"T":"2026","QH":"evil.example""#,
            "evil\u{3002}example",
            "evil\u{ff0e}example",
            "evil\0example",
        ] {
            assert!(unclear(text), "{text}");
        }
    }

    #[test]
    fn what_is_common_in_logs_is_not_unclear() {
        for text in [
            "2026-11-24T08:00:01.123+07:00 08:00:01 +07:00",
            "MAC=02:00:00:00:00:01:02:00:00:00:00:07:08:00 SRC=10.0.0.7",
            "src-mac 02:00:00:00:00:07, proto TCP",
            "%ASA-6-302013: Built outbound TCP connection",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) (KHTML, like Gecko)",
            "IN A +E(0)K (10.0.0.1)",
            r#"{"ts":1,"id.orig_h":"10.0.0.7","a":1,"b":2,"c":3}"#,
            "Tường lửa cho phép: được, ghi lại",
            "QUERY: Q=1 100%",
        ] {
            assert!(!unclear(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn traces_are_those_found_byte_by_byte(
            pieces in prop::collection::vec(
                prop_oneof![
                    "[a-c0-9.]{1,9}",
                    "[a-cA-C_-]{1,70}",
                    "[0-9]{1,3}\\.[0-9]{1,4}\\.[0-9]{1,3}\\.[0-9]{1,3}",
                    "[ \n:%()\"/.\u{e9}]{1,4}",
                    "\\.{1,3}",
                ],
                0..40,
            ),
        ) {
            let text = pieces.concat();
            let text = text.as_bytes();
            let expected = slowly(text);
            for level in [Level::new(), Level::baseline()] {
                let steps = steps(text, level);
                let found = Found {
                    line_feeds: places(&steps, |it| it.line_feeds),
                    name_ends: places(&steps, |it| it.name_ends),
                    v4_starts: places(&steps, |it| it.v4_starts),
                };
                prop_assert_eq!(&found, &expected);
                for step in &steps {
                    prop_assert_eq!(step.lines, step.line_feeds.count_ones());
                    for (end, _) in (0..).zip(0..STRIDE) {
                        let history = step.labels_before(end);
                        for back in 1..=Traces::TOLD_BEFORE as usize {
                            let place = (step.at + end as usize).checked_sub(back);
                            let is_told = history << (back - 1) >> 63 != 0;
                            let byte = place.and_then(|it| text.get(it)).copied();
                            prop_assert_eq!(is_told, byte.is_some_and(is_label));
                        }
                    }
                }
            }
        }

        #[test]
        fn every_address_of_version_6_is_unclear(address: u128, before in "[ -~]{0,70}") {
            let address = std::net::Ipv6Addr::from(address);
            let groups = address.segments();
            let full = groups.map(|it| format!("{it:04x}")).join(":");
            let short = groups.map(|it| format!("{it:x}")).join(":");
            for text in [address.to_string(), full, short] {
                let text = format!("{before} {text} ");
                let steps = steps(text.as_bytes(), Level::new());
                prop_assert!(!places(&steps, |it| it.resolved(text.as_bytes())).is_empty());
            }
        }
    }
}
