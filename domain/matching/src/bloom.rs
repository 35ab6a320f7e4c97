//! A filter that says "certainly not" from one cache line.

/// One 64-bit block a key, four bits set in it, about 16 bits a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bloom {
    /// A power of two of them; none means nothing is in.
    blocks: Vec<u64>,
}

impl Bloom {
    pub(crate) fn new(keys: usize) -> Self {
        let blocks = if keys == 0 { 0 } else { keys.div_ceil(4).next_power_of_two() };
        Self { blocks: vec![0; blocks] }
    }

    pub(crate) fn insert(&mut self, hash: u64) {
        let at = self.block_of(hash);
        if let Some(block) = self.blocks.get_mut(at) {
            *block |= bits_of(hash);
        }
    }

    #[inline]
    pub(crate) fn may_contain(&self, hash: u64) -> bool {
        let bits = bits_of(hash);
        self.blocks.get(self.block_of(hash)).is_some_and(|block| block & bits == bits)
    }

    #[inline]
    fn block_of(&self, hash: u64) -> usize {
        usize::try_from(hash >> 32).unwrap_or_default() & self.blocks.len().wrapping_sub(1)
    }
}

#[inline]
fn bits_of(hash: u64) -> u64 {
    (1 << (hash & 63))
        | (1 << (hash >> 6 & 63))
        | (1 << (hash >> 12 & 63))
        | (1 << (hash >> 18 & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_never_denied() {
        let hashes: Vec<u64> =
            (0..5_000_u64).map(|it| it.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let mut bloom = Bloom::new(hashes.len());
        for hash in &hashes {
            bloom.insert(*hash);
        }
        assert!(hashes.iter().all(|hash| bloom.may_contain(*hash)));
        assert!(!Bloom::new(0).may_contain(7));
    }
}
