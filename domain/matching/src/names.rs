//! Domain indicators: names in one arena, found by the hash of a suffix, compared in full.

use crate::bloom::Bloom;
use crate::index::IndexFull;
use crate::suffixes::LowerName;

/// Set in `labels` when the name alone is meant.
const EXACT: u32 = 1 << 31;
const EMPTY: u32 = u32::MAX;

/// Names with what is known of each. Arrays and offsets only, so that it can lie in a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameTable {
    /// Length byte and bytes of each name.
    arena: Vec<u8>,
    offsets: Vec<u32>,
    labels: Vec<u32>,
    /// Open addressing, a power of two, at most half full; entry numbers.
    slots: Vec<u32>,
    bloom: Bloom,
}

impl NameTable {
    /// Adds a name in normal form. The first to name it keeps it; the wider scope wins, and the
    /// list that asked for it is the one named.
    pub(crate) fn push(&mut self, name: &str, is_exact: bool, label: u32) -> Result<(), IndexFull> {
        let mut lower = LowerName::default();
        if !lower.read(name.as_bytes()) {
            return Ok(());
        }
        if (self.offsets.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = lower.hash();
        let slot = match self.probe(hash, lower.as_bytes()) {
            Probe::Found(entry) => {
                if let Some(known) = self.labels.get_mut(entry as usize)
                    && *known & EXACT != 0
                    && !is_exact
                {
                    *known = label;
                }
                return Ok(());
            }
            Probe::Free(slot) => slot,
        };
        let entry = u32::try_from(self.offsets.len()).map_err(|_| IndexFull)?;
        let offset = u32::try_from(self.arena.len()).map_err(|_| IndexFull)?;
        self.arena.push(u8::try_from(lower.as_bytes().len()).map_err(|_| IndexFull)?);
        self.arena.extend_from_slice(lower.as_bytes());
        self.offsets.push(offset);
        self.labels.push(if is_exact { label | EXACT } else { label });
        if let Some(free) = self.slots.get_mut(slot) {
            *free = entry;
        }
        Ok(())
    }

    /// Makes the filter and gives spare room back.
    pub(crate) fn finish(&mut self) {
        self.arena.shrink_to_fit();
        self.offsets.shrink_to_fit();
        self.labels.shrink_to_fit();
        let mut bloom = Bloom::new(self.offsets.len());
        self.each_hash(|_, hash| bloom.insert(hash));
        self.bloom = bloom;
    }

    /// The entry of the longest suffix of a name that an indicator covers.
    #[inline]
    pub(crate) fn find(&self, name: &LowerName) -> Option<u32> {
        let mut found = None;
        name.each_suffix(|start, hash| {
            if self.bloom.may_contain(hash)
                && let Some(suffix) = name.as_bytes().get(start..)
                && let Probe::Found(entry) = self.probe(hash, suffix)
                && (start == 0 || !self.is_exact(entry))
            {
                found = Some(entry);
            }
        });
        found
    }

    pub(crate) fn text(&self, entry: u32) -> Option<&str> {
        std::str::from_utf8(self.bytes(entry)?).ok()
    }

    pub(crate) fn label(&self, entry: u32) -> Option<u32> {
        self.labels.get(entry as usize).map(|label| label & !EXACT)
    }

    pub(crate) fn len(&self) -> usize {
        self.offsets.len()
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.arena.len() + (self.offsets.len() + self.labels.len() + self.slots.len()) * 4
    }

    fn is_exact(&self, entry: u32) -> bool {
        self.labels.get(entry as usize).is_some_and(|label| label & EXACT != 0)
    }

    fn bytes(&self, entry: u32) -> Option<&[u8]> {
        let start = *self.offsets.get(entry as usize)? as usize;
        let length = usize::from(*self.arena.get(start)?);
        self.arena.get(start + 1..start + 1 + length)
    }

    fn probe(&self, hash: u64, name: &[u8]) -> Probe {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default() & mask;
        loop {
            match self.slots.get(slot) {
                None | Some(&EMPTY) => return Probe::Free(slot),
                Some(&entry) if self.bytes(entry) == Some(name) => return Probe::Found(entry),
                Some(_) => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        let mut slots = vec![EMPTY; size];
        self.each_hash(|entry, hash| {
            let mut slot =
                usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default() & (size - 1);
            while slots.get(slot).is_some_and(|it| *it != EMPTY) {
                slot = (slot + 1) & (size - 1);
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = entry;
            }
        });
        self.slots = slots;
    }

    fn each_hash(&self, mut each: impl FnMut(u32, u64)) {
        let mut lower = LowerName::default();
        for entry in 0..u32::try_from(self.offsets.len()).unwrap_or(u32::MAX) {
            if let Some(name) = self.bytes(entry)
                && lower.read(name)
            {
                each(entry, lower.hash());
            }
        }
    }
}

enum Probe {
    Found(u32),
    Free(usize),
}
