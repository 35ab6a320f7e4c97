//! Which strings may occur in a file: one pass over its bytes for all strings of all rules.
//!
//! Each literal is known by its four least common bytes. The pass hashes every four bytes of the
//! file, without telling capital letters from small ones, and looks the hash up in a table of bits
//! that stays in the processor's cache; only where a bit is set are the literals themselves
//! compared.

use rustc_hash::FxHashMap;

use super::literals::{Literal, SHORTEST, rarest};
use super::need::StringId;

/// Makes small letters of capital ones, and does no harm to what is compared afterwards.
const FOLD: u32 = 0x2020_2020;
const MULTIPLIER: u32 = 0x9e37_79b1;
/// Bits of the table for each literal.
const BITS_A_LITERAL: usize = 32;

/// A literal of a string.
#[derive(Clone, Copy, Debug)]
struct Entry {
    string: StringId,
    /// Where the literal stands in the texts.
    start: u32,
    length: u8,
    /// Where in it the four bytes begin.
    window: u8,
    ignores_case: bool,
}

/// All literals of all strings.
#[derive(Debug, Default)]
pub(super) struct Prefilter {
    bits: Vec<u64>,
    shift: u32,
    /// By the four bytes, folded: the entries.
    windows: FxHashMap<u32, (u32, u32)>,
    entries: Vec<Entry>,
    texts: Vec<u8>,
    /// By string: the literals of those that are too short for the pass.
    short: Vec<Vec<Literal>>,
    strings: usize,
}

/// What one pass found; kept between files, so that nothing is allocated for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Occurring {
    /// The strings of this file.
    pub(super) strings: Vec<StringId>,
    is_in: Vec<bool>,
}

impl Occurring {
    pub(super) fn has(&self, string: StringId) -> bool {
        self.is_in.get(string as usize).copied().unwrap_or(false)
    }

    fn clear(&mut self, strings: usize) {
        for string in self.strings.drain(..) {
            if let Some(it) = self.is_in.get_mut(string as usize) {
                *it = false;
            }
        }
        self.is_in.resize(strings, false);
    }

    fn add(&mut self, string: StringId) {
        if let Some(it @ false) = self.is_in.get_mut(string as usize) {
            *it = true;
            self.strings.push(string);
        }
    }
}

impl Prefilter {
    /// Of strings by their numbers, each with the literals of which one must occur.
    pub(super) fn new(strings: &[Vec<Literal>]) -> Self {
        let mut keyed = Vec::new();
        let (mut texts, mut short) = (Vec::new(), Vec::new());
        for (string, literals) in (0u32..).zip(strings) {
            let is_short = literals.iter().any(|it| it.bytes.len() < SHORTEST);
            short.push(if is_short { literals.clone() } else { Vec::new() });
            for literal in literals.iter().filter(|_| !is_short) {
                let at = rarest(&literal.bytes);
                let Some(key) = literal.bytes.get(at..).and_then(folded) else { continue };
                let start = u32::try_from(texts.len()).unwrap_or(u32::MAX);
                texts.extend_from_slice(&literal.bytes);
                let entry = Entry {
                    string,
                    start,
                    length: u8::try_from(literal.bytes.len()).unwrap_or(u8::MAX),
                    window: u8::try_from(at).unwrap_or(0),
                    ignores_case: literal.ignores_case,
                };
                keyed.push((key, entry));
            }
        }
        keyed.sort_by_key(|(key, entry)| (*key, entry.string));
        let size = (keyed.len() * BITS_A_LITERAL).next_power_of_two().clamp(1 << 12, 1 << 24);
        let shift = 32 - size.trailing_zeros();
        let mut filter = Self {
            bits: vec![0; size / 64],
            shift,
            windows: FxHashMap::default(),
            entries: Vec::with_capacity(keyed.len()),
            texts,
            short,
            strings: strings.len(),
        };
        for (at, (key, entry)) in (0u32..).zip(keyed) {
            let place = key.wrapping_mul(MULTIPLIER) >> shift;
            if let Some(word) = filter.bits.get_mut((place >> 6) as usize) {
                *word |= 1 << (place & 63);
            }
            filter.windows.entry(key).or_insert((at, at)).1 = at + 1;
            filter.entries.push(entry);
        }
        filter
    }

    /// Which strings may occur in the bytes.
    pub(super) fn search(&self, bytes: &[u8], found: &mut Occurring) {
        found.clear(self.strings);
        let bits = self.bits.as_slice();
        let shift = self.shift;
        for (at, window) in bytes.windows(SHORTEST).enumerate() {
            let &[a, b, c, d] = window else { continue };
            let key = u32::from_le_bytes([a, b, c, d]) | FOLD;
            let place = key.wrapping_mul(MULTIPLIER) >> shift;
            let word = bits.get((place >> 6) as usize).copied().unwrap_or(0);
            if word >> (place & 63) & 1 != 0 {
                self.look_closer(bytes, at, key, found);
            }
        }
    }

    /// Whether a string occurs that is too short for the pass.
    pub(super) fn has_short(&self, string: StringId, bytes: &[u8]) -> bool {
        let literals = self.short.get(string as usize).map_or(&[][..], Vec::as_slice);
        literals.iter().any(|literal| occurs(literal, bytes))
    }

    #[inline(never)]
    fn look_closer(&self, bytes: &[u8], at: usize, key: u32, found: &mut Occurring) {
        let Some((first, last)) = self.windows.get(&key) else { return };
        let entries = self.entries.get(*first as usize..*last as usize).unwrap_or_default();
        for entry in entries {
            if !found.has(entry.string) && self.is_at(entry, bytes, at) {
                found.add(entry.string);
            }
        }
    }

    fn is_at(&self, entry: &Entry, bytes: &[u8], at: usize) -> bool {
        let length = usize::from(entry.length);
        let start = entry.start as usize;
        let Some(literal) = self.texts.get(start..start + length) else { return false };
        let Some(begin) = at.checked_sub(usize::from(entry.window)) else { return false };
        let Some(there) = bytes.get(begin..begin + length) else { return false };
        if entry.ignores_case { literal.eq_ignore_ascii_case(there) } else { literal == there }
    }
}

fn folded(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk::<4>().map(|it| u32::from_le_bytes(*it) | FOLD)
}

fn occurs(literal: &Literal, bytes: &[u8]) -> bool {
    if !literal.ignores_case {
        return memchr::memmem::find(bytes, &literal.bytes).is_some();
    }
    let Some(first) = literal.bytes.first() else { return true };
    let (small, capital) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(small, capital, bytes).any(|at| {
        bytes
            .get(at..at + literal.bytes.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(&literal.bytes))
    })
}
