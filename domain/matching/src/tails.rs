//! Endings that many names share, such as `.com.vn`.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use crate::suffixes::Suffixes;

/// Labels of the longest ending looked for.
const MOST_LABELS: usize = 3;
/// An ending of fewer names is not worth its place.
const FEWEST_NAMES: u32 = 8;
/// So many endings have a number.
const MOST_TAILS: usize = 65_535;
/// Counters of the first, rough count: a power of two.
const COUNTERS: usize = 1 << 18;

/// Endings with their numbers, from 1, the most frequent first.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    texts: Vec<String>,
    numbers: FxHashMap<u64, u32>,
}

/// Chooses the endings; `each_name` goes through all names, twice.
pub(crate) fn choose_tails<'n>(each_name: impl Fn(&mut dyn FnMut(&'n [u8]))) -> Tails {
    // Rough counts first: most endings are those of one name, and need no place of their own.
    let mut rough = vec![0_u16; COUNTERS];
    each_name(&mut |name| {
        for tail in tails_of(name) {
            if let Some(count) = rough.get_mut(counter_of(tail.0)) {
                *count = count.saturating_add(1);
            }
        }
    });
    let mut exact: FxHashMap<u64, (u32, &'n [u8])> = FxHashMap::default();
    each_name(&mut |name| {
        for (hash, text) in tails_of(name) {
            let count = rough.get(counter_of(hash)).copied().unwrap_or_default();
            if u32::from(count) >= FEWEST_NAMES {
                exact.entry(hash).or_insert((0, text)).0 += 1;
            }
        }
    });
    drop(rough);
    let mut chosen: Vec<(u64, u32, &[u8])> = exact
        .into_iter()
        .filter(|(_, (count, _))| *count >= FEWEST_NAMES)
        .map(|(hash, (count, text))| (hash, count, text))
        .collect();
    // By the bytes they save, then by text: the same names give the same endings.
    let saved = |count: u32, text: &[u8]| u64::from(count) * (text.len() as u64).saturating_sub(2);
    chosen.sort_unstable_by_key(|(_, count, text)| (Reverse(saved(*count, text)), *text));
    chosen.truncate(MOST_TAILS);
    chosen.sort_unstable_by_key(|(_, count, text)| (Reverse(*count), *text));
    let mut tails = Tails::default();
    for ((hash, _, text), number) in chosen.into_iter().zip(1..) {
        tails.texts.push(String::from_utf8_lossy(text).into_owned());
        tails.numbers.insert(hash, number);
    }
    tails
}

impl Tails {
    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// A name as the part before its longest ending with a number, and that number; 0 for none.
    pub(crate) fn split<'n>(&self, name: &'n [u8]) -> (&'n [u8], u32) {
        let mut best = (name, 0);
        for (hash, text) in tails_of(name) {
            if let Some(number) = self.numbers.get(&hash)
                // Two endings of one hash: the other one is meant.
                && self.texts.get(*number as usize - 1).is_some_and(|it| it.as_bytes() == text)
            {
                best = (name.strip_suffix(text).unwrap_or(name), *number);
            }
        }
        best
    }
}

/// Hash and text of each ending of a name, its dot included, shortest first.
fn tails_of(name: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    Suffixes::of(name).take(MOST_LABELS).filter_map(|suffix| {
        let text = name.get(suffix.start.checked_sub(1)?..)?;
        Some((suffix.hash, text))
    })
}

fn counter_of(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or_default() & (COUNTERS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_endings_get_the_small_numbers() {
        let names: Vec<String> = (0..40_u8)
            .map(|it| match it % 4 {
                0 => format!("n{it}.duckdns.org"),
                _ => format!("n{it}.com"),
            })
            .collect();
        let tails = choose_tails(|each| names.iter().for_each(|it| each(it.as_bytes())));
        assert_eq!(tails.texts(), [".com", ".duckdns.org", ".org"]);
        assert_eq!(tails.split(b"a.b.com"), (&b"a.b"[..], 1));
        assert_eq!(tails.split(b"a.duckdns.org"), (&b"a"[..], 2));
        assert_eq!(tails.split(b"duckdns.org"), (&b"duckdns"[..], 3));
        assert_eq!(tails.split(b"a.example"), (&b"a.example"[..], 0));
    }
}
