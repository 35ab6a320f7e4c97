//! A filter that says "certainly not" from one word of memory, for a name and for all below it.

use crate::columns::Column;

/// What the filter says of a suffix. `true` may be wrong, `false` never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claim {
    /// It is a name of the index itself.
    pub(crate) is_name: bool,
    /// Longer names of the index end in it.
    pub(crate) is_ending: bool,
}

/// Blocks of 64 bits: four bits for a name, three for an ending of one, in the block of its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'i> {
    blocks: Column<'i, u64>,
}

impl<'i> Filter<'i> {
    pub(crate) fn new(bytes: &'i [u8]) -> Self {
        Self { blocks: Column::new(bytes) }
    }

    #[inline]
    pub(crate) fn claim(&self, hash: u64) -> Claim {
        let block = self.blocks.get(block_of(hash, self.blocks.len())).unwrap_or_default();
        let (name, ending) = (name_bits(hash), ending_bits(hash));
        Claim { is_name: block & name == name, is_ending: block & ending == ending }
    }
}

/// Which last labels names have: a bit for each of so many hashes. Most texts with dots in them are no names, and end in
/// none of these.
pub(crate) const LAST_LABEL_BYTES: usize = 4 << 10;

/// The last labels of an index; one that was compiled before there were any has all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastLabels<'i>(&'i [u8]);

impl<'i> LastLabels<'i> {
    pub(crate) fn new(bytes: &'i [u8]) -> Self {
        Self(bytes)
    }

    #[inline]
    pub(crate) fn may_be(&self, hash: u64) -> bool {
        let (byte, bit) = last_label_place(hash);
        self.0.get(byte).is_none_or(|byte| byte & bit != 0)
    }
}

#[inline]
fn last_label_place(hash: u64) -> (usize, u8) {
    let place = usize::try_from(hash >> 49).unwrap_or_default();
    (place / 8, 1 << (place % 8))
}

/// Marks a last label in a map of [`LAST_LABEL_BYTES`].
pub(crate) fn mark_last_label(map: &mut [u8], hash: u64) {
    let (byte, bit) = last_label_place(hash);
    if let Some(byte) = map.get_mut(byte) {
        *byte |= bit;
    }
}

/// How many bytes hold so many names, whose endings beyond the first two labels are `endings`.
/// About 16 bits a name.
pub(crate) fn filter_bytes(names: usize, endings: usize) -> usize {
    (names.div_ceil(4) + endings / 16) * 8
}

/// Marks a name.
pub(crate) fn mark_name(filter: &mut [u8], hash: u64) {
    mark(filter, hash, name_bits(hash));
}

/// Marks an ending of a name.
pub(crate) fn mark_ending(filter: &mut [u8], hash: u64) {
    mark(filter, hash, ending_bits(hash));
}

fn mark(filter: &mut [u8], hash: u64, bits: u64) {
    let at = block_of(hash, filter.len() / 8) * 8;
    for (byte, bits) in filter.iter_mut().skip(at).zip(bits.to_le_bytes()) {
        *byte |= bits;
    }
}

#[inline]
fn block_of(hash: u64, blocks: usize) -> usize {
    usize::try_from(((hash >> 32) * blocks as u64) >> 32).unwrap_or_default()
}

#[inline]
fn name_bits(hash: u64) -> u64 {
    (1 << (hash & 63))
        | (1 << (hash >> 6 & 63))
        | (1 << (hash >> 12 & 63))
        | (1 << (hash >> 18 & 63))
}

#[inline]
fn ending_bits(hash: u64) -> u64 {
    (1 << (hash >> 24 & 63)) | (1 << (hash >> 30 & 63)) | (1 << (hash >> 36 & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_never_denied() {
        let hashes: Vec<u64> =
            (0..5_000_u64).map(|it| it.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let mut bytes = vec![0; filter_bytes(hashes.len(), 0)];
        for hash in &hashes {
            mark_name(&mut bytes, *hash);
        }
        let filter = Filter::new(&bytes);
        assert!(hashes.iter().all(|hash| filter.claim(*hash).is_name));
        let claimed = (0..50_000_u64).map(|it| it.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let wrong = claimed.filter(|hash| filter.claim(*hash).is_name).count();
        assert!(wrong < 1_000, "{wrong} of 50,000");
        let none = Claim { is_name: false, is_ending: false };
        assert_eq!(Filter::new(&[]).claim(7), none);
    }
}
