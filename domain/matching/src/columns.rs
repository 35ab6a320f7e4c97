//! Sections as columns of numbers.

use std::marker::PhantomData;

/// A number as it lies in a section: little-endian, of a fixed width.
pub(crate) trait Number: Copy + Ord {
    /// In bytes.
    const WIDTH: usize;
    /// Reads exactly [`Self::WIDTH`] bytes.
    fn read(bytes: &[u8]) -> Option<Self>;
    /// Appends its bytes.
    fn write(self, to: &mut Vec<u8>);
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Number for $type {
            const WIDTH: usize = size_of::<$type>();
            #[inline]
            fn read(bytes: &[u8]) -> Option<Self> {
                Some(<$type>::from_le_bytes(bytes.try_into().ok()?))
            }
            fn write(self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

number!(u8, u16, u32, u64, u128);

impl<A: Number, B: Number> Number for (A, B) {
    const WIDTH: usize = A::WIDTH + B::WIDTH;
    #[inline]
    fn read(bytes: &[u8]) -> Option<Self> {
        let (left, right) = bytes.split_at_checked(A::WIDTH)?;
        Some((A::read(left)?, B::read(right)?))
    }
    fn write(self, to: &mut Vec<u8>) {
        self.0.write(to);
        self.1.write(to);
    }
}

impl<A: Number, B: Number, C: Number> Number for (A, B, C) {
    const WIDTH: usize = A::WIDTH + B::WIDTH + C::WIDTH;
    #[inline]
    fn read(bytes: &[u8]) -> Option<Self> {
        let (left, right) = bytes.split_at_checked(A::WIDTH)?;
        let (b, c) = <(B, C)>::read(right)?;
        Some((A::read(left)?, b, c))
    }
    fn write(self, to: &mut Vec<u8>) {
        self.0.write(to);
        (self.1, self.2).write(to);
    }
}

/// A section of numbers. Bytes that do not make a whole number are out of reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'i, N> {
    bytes: &'i [u8],
    number: PhantomData<N>,
}

impl<'i, N: Number> Column<'i, N> {
    pub(crate) fn new(bytes: &'i [u8]) -> Self {
        Self { bytes, number: PhantomData }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / N::WIDTH
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.len() < N::WIDTH
    }

    /// Whether the bytes make whole numbers.
    pub(crate) fn is_whole(&self) -> bool {
        self.bytes.len().is_multiple_of(N::WIDTH)
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<N> {
        let start = at.checked_mul(N::WIDTH)?;
        N::read(self.bytes.get(start..start.checked_add(N::WIDTH)?)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = N> + use<'i, N> {
        self.bytes.chunks_exact(N::WIDTH).filter_map(N::read)
    }

    /// How many numbers at the start are as asked for, which no later one may be.
    #[inline]
    pub(crate) fn partition_point(&self, is_before: impl Fn(N) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).is_some_and(&is_before) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Where a number is, in a sorted column.
    #[inline]
    pub(crate) fn find(&self, number: N) -> Option<u32> {
        let at = self.partition_point(|it| it < number);
        if self.get(at)? == number { u32::try_from(at).ok() } else { None }
    }

    /// Whether each number is greater than the one before.
    pub(crate) fn is_strictly_sorted(&self) -> bool {
        self.iter().zip(self.iter().skip(1)).all(|(left, right)| left < right)
    }
}

/// The labels beside a column, two or four bytes each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LabelColumn<'i> {
    bytes: &'i [u8],
    width: usize,
}

impl<'i> LabelColumn<'i> {
    pub(crate) fn new(bytes: &'i [u8], width: usize) -> Self {
        Self { bytes, width }
    }

    pub(crate) fn get(&self, at: u32) -> Option<u32> {
        let at = at as usize;
        if self.width == 2 {
            Column::<u16>::new(self.bytes).get(at).map(u32::from)
        } else {
            Column::<u32>::new(self.bytes).get(at)
        }
    }

    /// Whether there are so many, all of them below `labels`.
    pub(crate) fn is_right(&self, count: usize, labels: usize) -> bool {
        Some(self.bytes.len()) == count.checked_mul(self.width)
            && (0..count).all(|at| {
                let label = u32::try_from(at).ok().and_then(|at| self.get(at));
                label.is_some_and(|label| (label as usize) < labels)
            })
    }
}

/// Sorted keys, each with its label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'i, K> {
    pub(crate) keys: Column<'i, K>,
    pub(crate) labels: LabelColumn<'i>,
}

impl<K: Number> Table<'_, K> {
    /// Whether a key lies between two, both included.
    #[inline]
    pub(crate) fn holds_between(&self, first: K, last: K) -> bool {
        let at = self.keys.partition_point(|key| key < first);
        self.keys.get(at).is_some_and(|key| key <= last)
    }

    pub(crate) fn get(&self, entry: u32) -> Option<(K, u32)> {
        Some((self.keys.get(entry as usize)?, self.labels.get(entry)?))
    }

    pub(crate) fn is_right(&self, labels: usize) -> bool {
        self.keys.is_whole()
            && self.keys.is_strictly_sorted()
            && self.labels.is_right(self.keys.len(), labels)
    }
}

/// Sorts by key; the first label given to a key stays.
pub(crate) fn sort_entries<K: Ord + Copy>(entries: &mut Vec<(K, u32)>) {
    entries.sort_by_key(|entry| entry.0);
    entries.dedup_by_key(|entry| entry.0);
}

/// Appends a label in the index's width.
pub(crate) fn write_label(label: u32, width: usize, to: &mut Vec<u8>) {
    to.extend(label.to_le_bytes().into_iter().take(width));
}
