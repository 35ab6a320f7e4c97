//! A small random generator whose numbers never change: seed in, the same world out.

/// `SplitMix64` by Steele, Lea and Flood (2014). Good enough for invented logs, not for secrets.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator at its start.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for a named part, so that one part's size does not change another.
    pub fn for_part(seed: u64, part: &str) -> Self {
        // FNV-1a.
        let name = part.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(mix(seed ^ name))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `bound`; 0 when the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// True in so many of 1,000 cases.
    pub fn per_mille(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// One of some values; `None` when there are none.
    pub fn pick<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        let at = self.below(values.len() as u64);
        values.get(usize::try_from(at).ok()?)
    }

    /// One of some words; empty when there are none.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).copied().unwrap_or_default()
    }

    /// A rank below `count`, popular ones first: each doubling of the rank is as likely as the one
    /// before, which is Zipf's law with exponent 1 in whole numbers.
    pub fn rank(&mut self, count: u64) -> u64 {
        let doublings = u64::from(count.max(1).ilog2()) + 1;
        loop {
            let low = 1 << self.below(doublings);
            let rank = low - 1 + self.below(low);
            if rank < count.max(1) {
                return rank;
            }
        }
    }
}

/// The finishing step of `SplitMix64`: every bit of the input moves every bit of the output.
pub(crate) fn mix(bits: u64) -> u64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_published_generator() {
        let mut random = Random::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| random.bits()).collect();
        let published =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(first, published);
    }

    #[test]
    fn low_ranks_are_popular_and_all_ranks_occur() {
        let mut random = Random::new(7);
        let mut counts = [0_u32; 100];
        for _ in 0..100_000 {
            counts[usize::try_from(random.rank(100)).unwrap()] += 1;
        }
        assert!(counts[0] > 8 * counts[20], "{counts:?}");
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    }
}
