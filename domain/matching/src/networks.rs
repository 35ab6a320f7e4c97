//! Networks cut into segments that do not overlap: each address belongs to the narrowest network
//! around it.

use crate::columns::{Column, LabelColumn, Number, Table};

/// A network: its first address and prefix length.
pub(crate) type Block<A> = (A, u8);
/// Addresses from the first to the last, both included, and the number of their network.
pub(crate) type Segment<A> = (A, A, u32);

/// The numbers of an address family.
pub(crate) trait Address: Number {
    const BITS: u8;
    fn next(self) -> Option<Self>;
    fn before(self) -> Self;
    /// The last address of a network.
    fn last_of(self, prefix_length: u8) -> Self;
    /// Whether a network of this prefix length begins here.
    fn is_first(self, prefix_length: u8) -> bool;
}

macro_rules! address {
    ($type:ty, $bits:literal) => {
        impl Address for $type {
            const BITS: u8 = $bits;
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn before(self) -> Self {
                self.saturating_sub(1)
            }
            fn last_of(self, prefix_length: u8) -> Self {
                self | Self::MAX.checked_shr(prefix_length.into()).unwrap_or(0)
            }
            fn is_first(self, prefix_length: u8) -> bool {
                self & Self::MAX.checked_shr(prefix_length.into()).unwrap_or(0) == 0
            }
        }
    };
}

address!(u32, 32);
address!(u128, 128);

/// The networks of one family.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Networks<'i, A> {
    pub(crate) blocks: Table<'i, Block<A>>,
    pub(crate) segments: Column<'i, Segment<A>>,
}

impl<'i, A: Address> Networks<'i, A> {
    pub(crate) fn new(blocks: &'i [u8], labels: LabelColumn<'i>, segments: &'i [u8]) -> Self {
        Self {
            blocks: Table { keys: Column::new(blocks), labels },
            segments: Column::new(segments),
        }
    }

    /// The narrowest network around an address.
    #[inline]
    pub(crate) fn find(&self, address: A) -> Option<u32> {
        let at = self.segments.partition_point(|(first, ..)| first <= address).checked_sub(1)?;
        let (_, last, owner) = self.segments.get(at)?;
        (address <= last).then_some(owner)
    }

    pub(crate) fn is_right(&self, labels: usize) -> bool {
        let blocks: Vec<Block<A>> = self.blocks.keys.iter().collect();
        let is_network = |(first, length): &Block<A>| *length <= A::BITS && first.is_first(*length);
        self.blocks.is_right(labels)
            && self.segments.is_whole()
            && blocks.iter().all(is_network)
            && self.segments.iter().eq(cut(&blocks))
    }
}

/// The segments of networks in sorted order. Networks nest or are apart, so a stack of the open
/// ones is enough.
pub(crate) fn cut<A: Address>(blocks: &[Block<A>]) -> Vec<Segment<A>> {
    let mut segments = Vec::new();
    // By first address, the wider one first.
    let mut open: Vec<(A, u32)> = Vec::new();
    // Where the next segment begins; `None` behind the last address.
    let mut cursor: Option<A> = None;
    for ((first, length), number) in blocks.iter().zip(0_u32..) {
        while let Some((last, owner)) = open.last().copied()
            && last < *first
        {
            close(&mut segments, &mut cursor, last, owner);
            open.pop();
        }
        if let (Some((_, owner)), Some(start)) = (open.last().copied(), cursor)
            && start < *first
        {
            segments.push((start, first.before(), owner));
        }
        cursor = Some(*first);
        open.push((first.last_of(*length), number));
    }
    while let Some((last, owner)) = open.pop() {
        close(&mut segments, &mut cursor, last, owner);
    }
    segments
}

fn close<A: Address>(segments: &mut Vec<Segment<A>>, cursor: &mut Option<A>, last: A, owner: u32) {
    if let Some(start) = *cursor
        && start <= last
    {
        segments.push((start, last, owner));
        *cursor = last.next();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_narrowest_network_wins(
            blocks in prop::collection::btree_set((any::<u8>(), 0_u8..=8), 0..12),
        ) {
            // A world of 256 addresses: the top byte of IPv4.
            let blocks: std::collections::BTreeSet<Block<u32>> = blocks.iter()
                .map(|(top, length)| {
                    let mask = u32::MAX.checked_shl(32 - u32::from(*length)).unwrap_or(0);
                    ((u32::from(*top) << 24) & mask, *length)
                })
                .collect();
            let sorted: Vec<Block<u32>> = blocks.iter().copied().collect();
            let segments = cut(&sorted);
            for top in 0..=255_u32 {
                let address = top << 24 | 0x01_0203;
                let around = |(first, length): &&Block<u32>| {
                    *first <= address && address <= first.last_of(*length)
                };
                let slow = sorted.iter().filter(around).map(|it| it.1).max();
                let owners: Vec<u32> = segments.iter()
                    .filter(|it| it.0 <= address && address <= it.1)
                    .map(|it| it.2)
                    .collect();
                prop_assert!(owners.len() <= 1);
                prop_assert_eq!(owners.first().map(|it| sorted[*it as usize].1), slow);
            }
            prop_assert!(segments.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }
}
