//! A filter that says "certainly not here" for nearly every name and address.

/// About 16 bits a hash, five of them set, all in one block of 64 bits: one key in two hundred passes
/// that is not there. Each that passes in vain unpacks a block.
const BITS_A_KEY: usize = 16;

/// The filter of some keys, as bytes.
pub(crate) fn filter_of(hashes: &[u64]) -> Vec<u8> {
    let blocks = (hashes.len() * BITS_A_KEY).div_ceil(64).max(1);
    let mut filter = vec![0_u64; blocks];
    for hash in hashes {
        if let Some(block) = filter.get_mut(block_of(*hash, blocks)) {
            *block |= bits_of(*hash);
        }
    }
    filter.into_iter().flat_map(u64::to_le_bytes).collect()
}

/// Whether a key may be among those a filter was made of.
#[inline]
pub(crate) fn may_hold(filter: &[u8], hash: u64) -> bool {
    let at = block_of(hash, filter.len() / 8) * 8;
    let block = filter.get(at..at + 8).and_then(|it| it.try_into().ok()).map(u64::from_le_bytes);
    let bits = bits_of(hash);
    block.is_some_and(|block| block & bits == bits)
}

/// The upper half of the hash, scaled to the number of blocks.
#[inline]
fn block_of(hash: u64, blocks: usize) -> usize {
    let scaled = (u128::from(hash) * blocks as u128) >> 64;
    usize::try_from(scaled).unwrap_or_default()
}

#[inline]
fn bits_of(hash: u64) -> u64 {
    (1 << (hash & 63))
        | (1 << (hash >> 6 & 63))
        | (1 << (hash >> 12 & 63))
        | (1 << (hash >> 18 & 63))
        | (1 << (hash >> 24 & 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::hash_of;

    #[test]
    fn what_was_put_in_is_never_denied_and_little_else_passes() {
        let hash = |number: u32| hash_of(&number.to_le_bytes());
        let hashes: Vec<u64> = (0..20_000).map(hash).collect();
        let filter = filter_of(&hashes);
        assert!(hashes.iter().all(|it| may_hold(&filter, *it)));
        let passed = (20_000..40_000).filter(|it| may_hold(&filter, hash(*it))).count();
        assert!(passed < 140, "{passed} of 20,000");
        assert!(!may_hold(&[], 7));
    }
}
