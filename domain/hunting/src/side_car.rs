//! The file: header, about, devices, filter, index, blocks of keys with their pairs.
//!
//! ```text
//! header   magic (8), version u32, 0 u32, base i64 (seconds), five section lengths u64
//! about    JSON
//! devices  for each: length, text, length, name            (numbers of 7 bits a byte)
//! filter   blocks of 64 bits
//! index    u64 for each block: where in the blocks it begins
//! blocks   length of its first key, that key, records in raw deflate (RFC 1951)
//! records  for each key: bytes shared with the key before, at first with the block's,
//!          length, bytes, length of the pairs, pairs
//! pairs    how many; for each: device less the one before, count × 8 + outcome,
//!          first − base + 1 (0 = unknown), last − first, offset
//! ```
//!
//! All numbers of fixed width have the lowest byte first.

use std::io::Write as _;

use contacts::Outcome;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use unpacking::Inflater;

use crate::builder::Pair;
use crate::bytes::{Reader, put_number};
use crate::filter::filter_of;
use crate::key::each_hash;

const MAGIC: &[u8; 8] = b"LSBESIDE";
const VERSION: u32 = 2;
const HEADER: usize = 64;
/// The most keys of a block.
const KEYS_A_BLOCK: usize = 64;
/// A block of so many bytes takes no more keys: what one indicator wants is unpacked with all of it.
const FULL_BLOCK: usize = 3 << 10;
/// No block unpacks to more: it would be larger than the part of a log that a side-car covers.
const MOST_UNPACKED: usize = 256 << 20;
/// Longer than any key: a name of 253 octets and its mark.
const LONGEST_KEY: usize = 300;

const OUTCOMES: [Outcome; 5] = [
    Outcome::DnsBlocked,
    Outcome::DnsQueried,
    Outcome::DnsResolved,
    Outcome::Attempted,
    Outcome::Connected,
];

/// What a side-car is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The log, as the one who looks for it can open it.
    pub log: String,
    /// Name of the place the log is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Format of the log, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// First byte of the part it covers, in decompressed bytes.
    #[serde(default)]
    pub from: u64,
    /// Bytes of the log it covers.
    #[serde(default)]
    pub bytes: u64,
    /// Lines or records of the log it covers.
    #[serde(default)]
    pub lines: u64,
    /// How many of them were not understood.
    #[serde(default)]
    pub lines_not_parsed: u64,
    /// The reading of the log ended before the log did: what stands behind is not known.
    #[serde(default)]
    pub is_cut: bool,
}

/// Why bytes are no side-car that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SideCarError {
    /// Something else.
    #[error("not a side-car of this program")]
    Foreign,
    /// Written by a newer program.
    #[error("a side-car of version {0}, newer than this program")]
    Newer(u32),
    /// Written by an older program.
    #[error("a side-car of version {0}, older than this program reads: match the log again")]
    Older(u32),
    /// Cut short or changed.
    #[error("a damaged side-car")]
    Damaged,
}

/// A side-car, read from its bytes as questions come.
#[derive(Clone, Debug)]
pub struct SideCar<B> {
    bytes: B,
    base: i64,
    /// Where each section begins and ends.
    sections: [(usize, usize); 5],
    about: About,
}

/// The block that was read last: indicators in order often want the same one.
#[derive(Debug, Default)]
pub(crate) struct OpenedBlock {
    inflater: Inflater,
    number: Option<usize>,
    records: Vec<u8>,
}

impl OpenedBlock {
    /// The records of a block.
    fn records(&mut self, number: usize, packed: &[u8]) -> Result<&[u8], SideCarError> {
        if self.number != Some(number) {
            self.number = None;
            let unpacked = self.inflater.unpack(packed, MOST_UNPACKED, &mut self.records);
            unpacked.map_err(|_| SideCarError::Damaged)?;
            self.number = Some(number);
        }
        Ok(&self.records)
    }
}

/// What a key's record holds.
pub(crate) struct Record<'b> {
    /// Its place among all keys.
    pub(crate) ordinal: u64,
    pub(crate) pairs: &'b [u8],
}

impl<B: AsRef<[u8]>> SideCar<B> {
    /// Checks the header and reads what the side-car is of.
    pub fn open(bytes: B) -> Result<Self, SideCarError> {
        let all = bytes.as_ref();
        if all.get(..8) != Some(MAGIC) {
            return Err(SideCarError::Foreign);
        }
        let version = u64_at(all, 8).ok_or(SideCarError::Damaged)? & u64::from(u32::MAX);
        let version = u32::try_from(version).unwrap_or(u32::MAX);
        if version > VERSION {
            return Err(SideCarError::Newer(version));
        }
        if version < VERSION {
            return Err(SideCarError::Older(version));
        }
        let base = u64_at(all, 16).ok_or(SideCarError::Damaged)?.cast_signed();
        let mut sections = [(0, 0); 5];
        let mut from = HEADER;
        for (at, section) in (24..).step_by(8).zip(&mut sections) {
            let length = u64_at(all, at).and_then(|it| usize::try_from(it).ok());
            let end = length.and_then(|it| from.checked_add(it)).filter(|it| *it <= all.len());
            *section = (from, end.ok_or(SideCarError::Damaged)?);
            from = section.1;
        }
        let (about_from, about_end) = sections[0];
        let about = all.get(about_from..about_end).and_then(|it| serde_json::from_slice(it).ok());
        let about = about.ok_or(SideCarError::Damaged)?;
        Ok(Self { bytes, base, sections, about })
    }

    /// What it is of.
    pub fn about(&self) -> &About {
        &self.about
    }

    pub(crate) fn filter(&self) -> &[u8] {
        self.section(2)
    }

    /// The devices by number: address or name, and what the log calls them.
    pub(crate) fn devices(&self) -> Option<Vec<(&[u8], &[u8])>> {
        let mut reader = Reader::new(self.section(1));
        let mut devices = Vec::new();
        while !reader.is_empty() {
            let length = reader.size()?;
            let text = reader.take(length)?;
            let length = reader.size()?;
            devices.push((text, reader.take(length)?));
        }
        Some(devices)
    }

    /// Calls `each` with every key from `from` on, until it gives `false`.
    pub(crate) fn scan(
        &self,
        opened: &mut OpenedBlock,
        from: &[u8],
        mut each: impl FnMut(&[u8], Record<'_>) -> bool,
    ) -> Result<(), SideCarError> {
        let blocks = self.section(3).len() / 8;
        let first_key = |block: usize| self.block(block).map(|it| it.0);
        // The last block whose first key is not behind the one wanted.
        let (mut low, mut high) = (0, blocks);
        while low < high {
            let middle = low.midpoint(high);
            if first_key(middle).ok_or(SideCarError::Damaged)? <= from {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut key = Vec::new();
        for block in low.saturating_sub(1)..blocks {
            let (first, packed) = self.block(block).ok_or(SideCarError::Damaged)?;
            key.clear();
            key.extend_from_slice(first.get(..LONGEST_KEY).unwrap_or(first));
            let mut reader = Reader::new(opened.records(block, packed)?);
            let mut ordinal = (block * KEYS_A_BLOCK) as u64;
            while !reader.is_empty() {
                let pairs = next_record(&mut reader, &mut key).ok_or(SideCarError::Damaged)?;
                if key.as_slice() >= from && !each(&key, Record { ordinal, pairs }) {
                    return Ok(());
                }
                ordinal += 1;
            }
        }
        Ok(())
    }

    /// The pairs of a record, each with its device's number.
    pub(crate) fn pairs(&self, record: &[u8]) -> Option<Vec<(usize, Pair)>> {
        let mut reader = Reader::new(record);
        let count = reader.number()?;
        let mut pairs = Vec::new();
        let mut device = 0_usize;
        for _ in 0..count {
            device = device.checked_add(reader.size()?)?;
            let meta = reader.number()?;
            let outcome = *OUTCOMES.get(usize::try_from(meta & 7).ok()?)?;
            let first = reader.number()?;
            let first = match first {
                0 => None,
                after => Some(self.base.checked_add_unsigned(after - 1)?),
            };
            let span = reader.number()?;
            let last = first.and_then(|first| first.checked_add_unsigned(span));
            let offset = reader.number()?;
            let mut pair = Pair::new(meta >> 3, outcome, first, offset);
            pair.last = last;
            pairs.push((device, pair));
        }
        Some(pairs)
    }

    /// The first key of a block, and its records as they are packed.
    fn block(&self, number: usize) -> Option<(&[u8], &[u8])> {
        let index = self.section(3);
        let blocks = self.section(4);
        let from = usize::try_from(u64_at(index, number * 8)?).ok()?;
        let end = match u64_at(index, number * 8 + 8) {
            Some(end) => usize::try_from(end).ok()?,
            None => blocks.len(),
        };
        let mut reader = Reader::new(blocks.get(from..end)?);
        let length = reader.size()?;
        Some((reader.take(length)?, reader.rest()))
    }

    fn section(&self, number: usize) -> &[u8] {
        let (from, end) = self.sections.get(number).copied().unwrap_or_default();
        self.bytes.as_ref().get(from..end).unwrap_or_default()
    }
}

fn next_record<'b>(reader: &mut Reader<'b>, key: &mut Vec<u8>) -> Option<&'b [u8]> {
    let shared = reader.size().filter(|it| *it <= key.len())?;
    let length = reader.size().filter(|it| *it <= LONGEST_KEY - shared.min(LONGEST_KEY))?;
    key.truncate(shared);
    key.extend_from_slice(reader.take(length)?);
    let length = reader.size()?;
    reader.take(length)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// The file of pairs sorted by key and device.
pub(crate) fn write(
    about: &About,
    devices: &[(&[u8], &[u8])],
    pairs: &[(&[u8], u32, Pair)],
) -> Vec<u8> {
    let base = pairs.iter().filter_map(|(_, _, pair)| pair.first).min().unwrap_or_default();
    let mut device_bytes = Vec::new();
    for (text, name) in devices {
        for part in [text, name] {
            put_number(&mut device_bytes, part.len() as u64);
            device_bytes.extend_from_slice(part);
        }
    }
    let (mut hashes, mut index, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
    let (mut records, mut record) = (Vec::new(), Vec::new());
    let (mut before, mut keys): (&[u8], usize) = (b"", 0);
    for pairs in pairs.chunk_by(|left, right| left.0 == right.0) {
        let key = pairs.first().map_or(&b""[..], |it| it.0);
        each_hash(key, |hash| hashes.push(hash));
        if keys == KEYS_A_BLOCK || records.len() > FULL_BLOCK {
            pack(&records, &mut blocks);
            records.clear();
            keys = 0;
        }
        if keys == 0 {
            index.extend((blocks.len() as u64).to_le_bytes());
            put_number(&mut blocks, key.len() as u64);
            blocks.extend_from_slice(key);
            before = key;
        }
        keys += 1;
        let shared = before.iter().zip(key).take_while(|(left, right)| left == right).count();
        put_number(&mut records, shared as u64);
        put_number(&mut records, (key.len() - shared) as u64);
        records.extend_from_slice(key.get(shared..).unwrap_or_default());
        before = key;
        record.clear();
        put_pairs(&mut record, base, pairs);
        put_number(&mut records, record.len() as u64);
        records.extend_from_slice(&record);
    }
    if keys > 0 {
        pack(&records, &mut blocks);
    }
    hashes.sort_unstable();
    hashes.dedup();
    let filter = filter_of(&hashes);
    let about = serde_json::to_vec(about).unwrap_or_default();
    let sections = [about, device_bytes, filter, index, blocks];
    let mut bytes = Vec::with_capacity(HEADER + sections.iter().map(Vec::len).sum::<usize>());
    bytes.extend(MAGIC);
    bytes.extend(u64::from(VERSION).to_le_bytes());
    bytes.extend(base.to_le_bytes());
    for section in &sections {
        bytes.extend((section.len() as u64).to_le_bytes());
    }
    for section in sections {
        bytes.extend(section);
    }
    bytes
}

/// Puts bytes, packed, behind what `packed` holds.
fn pack(bytes: &[u8], packed: &mut Vec<u8>) {
    let mut encoder = DeflateEncoder::new(packed, Compression::best());
    // Writing into memory cannot fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish().map(drop)).unwrap_or_default();
}

fn put_pairs(record: &mut Vec<u8>, base: i64, pairs: &[(&[u8], u32, Pair)]) {
    put_number(record, pairs.len() as u64);
    let mut before = 0;
    for (_, device, pair) in pairs {
        put_number(record, u64::from(device - before));
        before = *device;
        let outcome = OUTCOMES.iter().position(|it| *it == pair.outcome).unwrap_or_default();
        put_number(record, pair.count.min(u64::MAX >> 3) << 3 | outcome as u64);
        let first = pair.first.and_then(|first| u64::try_from(first - base).ok());
        put_number(record, first.map_or(0, |it| it + 1));
        let span =
            pair.last.zip(pair.first).and_then(|(last, first)| u64::try_from(last - first).ok());
        put_number(record, span.unwrap_or_default());
        put_number(record, pair.offset);
    }
}

/// Seconds since 1970 as a moment.
pub(crate) fn moment(seconds: Option<i64>) -> Option<Timestamp> {
    Timestamp::from_second(seconds?).ok()
}
