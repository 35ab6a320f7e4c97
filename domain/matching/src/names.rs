//! Domain indicators: found by the hash of a suffix, compared in full.
//!
//! Names lie one behind the other in the order of their hashes, four to a bucket on average; one
//! array of where each bucket begins is all that is needed to find a name. Endings that many names
//! share are written once.

use crate::columns::Column;
use crate::filter::{LAST_LABEL_BYTES, filter_bytes, mark_ending, mark_last_label, mark_name};
use crate::image::{Image, ImageWriter, Section};
use crate::index::IndexFull;
use crate::suffixes::{LowerName, Suffixes, hash_of};
use crate::tails::{Tails, choose_tails};
use crate::texts::{Texts, lay_out};

/// Names to a bucket, on average.
const NAMES_PER_BUCKET: usize = 4;
/// Set in a label when the name alone is meant.
const EXACT: u32 = 1 << 31;
const EMPTY: u32 = u32::MAX;

/// Names as they are collected.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameBuilder {
    /// Length byte, bytes and label of each name.
    arena: Vec<u8>,
    count: usize,
    /// Open addressing, a power of two, at most three quarters full; offsets into the arena.
    slots: Vec<u32>,
}

impl NameBuilder {
    /// Adds a name in normal form. The first to name it keeps it; the wider scope wins, and the
    /// list that asked for it is the one named.
    pub(crate) fn push(&mut self, name: &str, is_exact: bool, label: u32) -> Result<(), IndexFull> {
        let mut lower = LowerName::default();
        if !lower.read(name.as_bytes()) {
            return Ok(());
        }
        if (self.count + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let name = lower.as_bytes();
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = slot_of(hash_of(name), mask);
        while let Some(offset) = self.slots.get(slot).copied().filter(|it| *it != EMPTY) {
            let (known, known_label) = read_raw(&self.arena, offset as usize).unwrap_or_default();
            if known == name {
                if known_label & EXACT != 0 && !is_exact {
                    let at = offset as usize + 1 + known.len();
                    if let Some(place) = self.arena.get_mut(at..at + 4) {
                        place.copy_from_slice(&label.to_le_bytes());
                    }
                }
                return Ok(());
            }
            slot = (slot + 1) & mask;
        }
        let offset = u32::try_from(self.arena.len()).map_err(|_| IndexFull)?;
        let label = if is_exact { label | EXACT } else { label };
        self.arena.push(u8::try_from(name.len()).map_err(|_| IndexFull)?);
        self.arena.extend_from_slice(name);
        self.arena.extend_from_slice(&label.to_le_bytes());
        self.count += 1;
        if let Some(free) = self.slots.get_mut(slot) {
            *free = offset;
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Bytes that names and filter take at most.
    pub(crate) fn most_bytes(&self) -> usize {
        self.arena.len() + self.count * 4
    }

    /// Appends the sections. `hosts` are hashes of further names that the filter must know, with
    /// the hashes of their endings.
    pub(crate) fn write(mut self, writer: &mut ImageWriter, hosts: &[(u64, Mark)]) {
        self.slots = Vec::new();
        let mut keys = Vec::with_capacity(self.count);
        let mut deep = 0;
        for (offset, name, _) in each_raw(&self.arena) {
            let last = Suffixes::of(name).last();
            deep += last.map_or(0, |it| it.labels.saturating_sub(2));
            keys.push(last.map_or(0, |it| it.hash) << 32 | u64::from(offset));
        }
        keys.sort_unstable();
        let tails = choose_tails(|each| each_raw(&self.arena).for_each(|(_, name, _)| each(name)));
        let (tail_bytes, tail_ends) = lay_out(tails.texts());
        writer.section(Section::Tails, |to| to.extend_from_slice(&tail_bytes));
        writer.section(Section::TailEnds, |to| to.extend_from_slice(&tail_ends));

        let buckets = self.count.div_ceil(NAMES_PER_BUCKET);
        let mut starts: Vec<u32> = Vec::with_capacity(buckets + 1);
        writer.section(Section::Names, |to| {
            let begin = to.len();
            for key in &keys {
                let bucket = bucket_of(key >> 32, buckets);
                // A part of the arena, which an offset of 32 bits reaches.
                let here = u32::try_from(to.len() - begin).unwrap_or(u32::MAX);
                starts.resize(starts.len().max(bucket + 1), here);
                let offset = usize::try_from(key & u64::from(u32::MAX)).unwrap_or_default();
                let (name, label) = read_raw(&self.arena, offset).unwrap_or_default();
                write_entry(name, label, &tails, to);
            }
            starts.resize(buckets + 1, u32::try_from(to.len() - begin).unwrap_or(u32::MAX));
        });
        // The image has still to grow by its filter.
        drop((keys, tails));
        writer.section(Section::NameBuckets, |to| {
            to.extend(starts.iter().flat_map(|start| start.to_le_bytes()));
        });
        let count = |wanted: Mark| hosts.iter().filter(|(_, mark)| *mark == wanted).count();
        let length = filter_bytes(self.count + count(Mark::Name), deep + count(Mark::Ending));
        writer.section(Section::Filter, |to| to.resize(to.len() + length, 0));
        let filter = writer.written(Section::Filter);
        for (_, name, _) in each_raw(&self.arena) {
            each_mark(name, |hash, kind| mark(filter, hash, kind));
        }
        for (hash, kind) in hosts {
            mark(filter, *hash, *kind);
        }
        writer.section(Section::LastLabels, |to| to.resize(to.len() + LAST_LABEL_BYTES, 0));
        let last_labels = writer.written(Section::LastLabels);
        let mut mark_last = |hash, kind| {
            if kind == Mark::LastLabel {
                mark_last_label(last_labels, hash);
            }
        };
        for (_, name, _) in each_raw(&self.arena) {
            each_mark(name, &mut mark_last);
        }
        for (hash, kind) in hosts {
            mark_last(*hash, *kind);
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        let mut slots = vec![EMPTY; size];
        for (offset, name, _) in each_raw(&self.arena) {
            let mut slot = slot_of(hash_of(name), size - 1);
            while slots.get(slot).is_some_and(|it| *it != EMPTY) {
                slot = (slot + 1) & (size - 1);
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = offset;
            }
        }
        self.slots = slots;
    }
}

/// What is marked of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Its last label.
    LastLabel,
    /// Two labels or more at its end.
    Ending,
    /// All of it.
    Name,
}

fn mark(filter: &mut [u8], hash: u64, kind: Mark) {
    match kind {
        Mark::LastLabel => {}
        Mark::Ending => mark_ending(filter, hash),
        Mark::Name => mark_name(filter, hash),
    }
}

/// Calls `each` with the hash of every ending of a name, and of the name itself.
pub(crate) fn each_mark(name: &[u8], mut each: impl FnMut(u64, Mark)) {
    for suffix in Suffixes::of(name) {
        if suffix.labels == 1 {
            each(suffix.hash, Mark::LastLabel);
        }
        if suffix.start == 0 {
            each(suffix.hash, Mark::Name);
        } else if suffix.labels >= 2 {
            each(suffix.hash, Mark::Ending);
        }
    }
}

fn slot_of(hash: u64, mask: usize) -> usize {
    usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default() & mask
}

/// The bucket by the lower half of a hash.
#[inline]
fn bucket_of(low_half: u64, buckets: usize) -> usize {
    usize::try_from((low_half * buckets as u64) >> 32).unwrap_or_default()
}

fn read_raw(arena: &[u8], offset: usize) -> Option<(&[u8], u32)> {
    let middle = offset + 1 + usize::from(*arena.get(offset)?);
    let label = arena.get(middle..middle + 4)?.try_into().ok()?;
    Some((arena.get(offset + 1..middle)?, u32::from_le_bytes(label)))
}

fn each_raw(arena: &[u8]) -> impl Iterator<Item = (u32, &[u8], u32)> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let (name, label) = read_raw(arena, offset)?;
        let at = u32::try_from(offset).ok()?;
        offset += 1 + name.len() + 4;
        Some((at, name, label))
    })
}

/// An entry: length and bytes of the head, number of the tail or 0, label and scope.
fn write_entry(name: &[u8], label: u32, tails: &Tails, to: &mut Vec<u8>) {
    let (head, tail) = tails.split(name);
    to.push(u8::try_from(head.len()).unwrap_or_default());
    to.extend_from_slice(head);
    write_varint(tail, to);
    write_varint((label & !EXACT) << 1 | label >> 31, to);
}

fn write_varint(mut value: u32, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    to.push(value.to_le_bytes()[0]);
}

#[inline]
fn read_varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (mut value, mut shift) = (0_u32, 0);
    for (at, byte) in bytes.iter().enumerate() {
        let part = u32::from(byte & 0x7f);
        if shift > 28 || (shift == 28 && part > 0xf) {
            return None;
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
        shift += 7;
    }
    None
}

/// A name of an index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameEntry<'i> {
    head: &'i [u8],
    tail: &'i [u8],
    pub(crate) label: u32,
    pub(crate) is_exact: bool,
}

impl NameEntry<'_> {
    #[inline]
    fn is(&self, name: &[u8]) -> bool {
        name.split_at_checked(self.head.len())
            .is_some_and(|(head, tail)| head == self.head && tail == self.tail)
    }

    pub(crate) fn text(&self) -> Option<String> {
        String::from_utf8([self.head, self.tail].concat()).ok()
    }
}

/// The names of an index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'i> {
    buckets: Column<'i, u32>,
    entries: &'i [u8],
    tails: Texts<'i>,
}

impl<'i> Names<'i> {
    pub(crate) fn of(image: &'i Image) -> Self {
        Self {
            buckets: Column::new(image.section(Section::NameBuckets)),
            entries: image.section(Section::Names),
            tails: Texts::new(image.section(Section::Tails), image.section(Section::TailEnds)),
        }
    }

    /// The offset of a lower-case name and its entry. Looks at one bucket and nothing else.
    pub(crate) fn find(&self, hash: u64, name: &[u8]) -> Option<(u32, NameEntry<'i>)> {
        let buckets = self.buckets.len().checked_sub(1)?;
        let bucket = bucket_of(hash & u64::from(u32::MAX), buckets);
        let start = self.buckets.get(bucket)?;
        let end = self.buckets.get(bucket + 1)? as usize;
        let mut rest = self.entries.get(start as usize..end)?;
        while !rest.is_empty() {
            let (entry, after) = self.decode(rest)?;
            if entry.is(name) {
                return Some((u32::try_from(end - rest.len()).ok()?, entry));
            }
            rest = after;
        }
        None
    }

    /// The name at an offset.
    pub(crate) fn get(&self, offset: u32) -> Option<NameEntry<'i>> {
        Some(self.decode(self.entries.get(offset as usize..)?)?.0)
    }

    fn decode(&self, bytes: &'i [u8]) -> Option<(NameEntry<'i>, &'i [u8])> {
        let (length, rest) = bytes.split_first()?;
        let (head, rest) = rest.split_at_checked(usize::from(*length))?;
        let (tail, rest) = read_varint(rest)?;
        let (label, rest) = read_varint(rest)?;
        let tail = match (tail as usize).checked_sub(1) {
            Some(at) => self.tails.get(at)?,
            None => b"",
        };
        Some((NameEntry { head, tail, label: label >> 1, is_exact: label & 1 != 0 }, rest))
    }

    /// Calls `each` with every name of every bucket; `false` where the buckets do not cover the
    /// names one by one, an entry cannot be decoded, a name does not belong into its bucket, or
    /// `each` says so.
    pub(crate) fn check(&self, mut each: impl FnMut(u32, &str, &NameEntry<'i>) -> bool) -> bool {
        if !self.buckets.is_whole() || !self.tails.is_right() {
            return false;
        }
        let buckets = self.buckets.len().saturating_sub(1);
        let is_covered = match buckets {
            0 => self.entries.is_empty(),
            _ => {
                self.buckets.get(0) == Some(0)
                    && self.buckets.get(buckets).map(|it| it as usize) == Some(self.entries.len())
            }
        };
        is_covered
            && self.buckets.iter().zip(self.buckets.iter().skip(1)).zip(0_usize..).all(
                |((start, end), bucket)| {
                    let range = start as usize..end as usize;
                    let Some(mut rest) = self.entries.get(range) else { return false };
                    while !rest.is_empty() {
                        let offset = end - u32::try_from(rest.len()).unwrap_or(end);
                        let Some((entry, after)) = self.decode(rest) else { return false };
                        let Some(name) = entry.text() else { return false };
                        let hash = hash_of(name.as_bytes()) & u64::from(u32::MAX);
                        if bucket_of(hash, buckets) != bucket || !each(offset, &name, &entry) {
                            return false;
                        }
                        rest = after;
                    }
                    true
                },
            )
    }

    /// Every name with its offset, as far as they can be decoded.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, NameEntry<'i>)> + use<'i> {
        let names = *self;
        let mut rest = names.entries;
        std::iter::from_fn(move || {
            let offset = u32::try_from(names.entries.len() - rest.len()).ok()?;
            let (entry, after) = names.decode(rest)?;
            rest = after;
            Some((offset, entry))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_variable_length_are_read_as_written() {
        for value in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u32::MAX] {
            let mut bytes = Vec::new();
            write_varint(value, &mut bytes);
            bytes.push(7);
            assert_eq!(read_varint(&bytes), Some((value, &[7_u8][..])));
        }
        assert_eq!(read_varint(&[0x80]), None);
        assert_eq!(read_varint(&[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
    }
}
