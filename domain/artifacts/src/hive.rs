//! Registry hives (`regf` files), read only and under limits.
//!
//! Layout: a 4 KiB base block, then bins of cells; offsets count from the end of the base block.
//! Read after the published descriptions of the format and checked on hives that hivex wrote.

use std::collections::HashSet;

use crate::bytes::{slice, u16_at, u32_at, u64_at};
use crate::text::utf16_le;

/// Where the bins begin.
const BASE: usize = 0x1000;
/// Subkeys and values of one key that are read.
const MAX_ENTRIES: usize = 65_536;
/// Levels of subkey lists; Windows writes two.
const MAX_LIST_DEPTH: u8 = 4;
/// Bytes of a value that are read.
const MAX_DATA_BYTES: usize = 1 << 20;
/// Bytes of data that a segment of a big value holds.
const SEGMENT_BYTES: usize = 16_344;

/// Why bytes are no hive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HiveError {
    /// They do not begin like one.
    #[error("the bytes do not begin like a registry hive")]
    NotAHive,
    /// The root key is not there.
    #[error("the registry hive has no root key")]
    NoRoot,
}

/// A registry hive in memory.
#[derive(Clone, Copy, Debug)]
pub struct Hive<'a> {
    bytes: &'a [u8],
    root: u32,
    is_clean: bool,
}

/// A key of a hive.
#[derive(Clone, Debug)]
pub struct HiveKey<'a> {
    hive: Hive<'a>,
    /// Its cell, behind the size.
    cell: &'a [u8],
    /// Name as stored.
    pub name: String,
}

/// A value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryValue {
    /// Name; empty for the default value.
    pub name: String,
    /// Type: 1 `REG_SZ`, 2 `REG_EXPAND_SZ`, 3 `REG_BINARY`, 4 `REG_DWORD`, 7 `REG_MULTI_SZ`, …
    pub kind: u32,
    /// Data as stored.
    pub data: Vec<u8>,
}

impl RegistryValue {
    /// Strings in it: one for a string, each of a list, none for numbers and binary data.
    pub fn texts(&self) -> Vec<String> {
        match self.kind {
            1 | 2 | 6 => {
                let text = utf16_le(&self.data);
                vec![text.split('\0').next().unwrap_or_default().to_owned()]
            }
            7 => {
                let text = utf16_le(&self.data);
                text.split('\0').filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The number in it.
    pub fn number(&self) -> Option<u64> {
        match self.kind {
            4 => u32_at(&self.data, 0).map(u64::from),
            11 => u64_at(&self.data, 0),
            _ => None,
        }
    }
}

impl<'a> Hive<'a> {
    /// Opens a hive; reads its base block and finds the root.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, HiveError> {
        if !bytes.starts_with(b"regf") || bytes.len() < BASE {
            return Err(HiveError::NotAHive);
        }
        let field = |at| u32_at(bytes, at).unwrap_or(0);
        // Two counters differ while changes wait in the log files beside the hive.
        let hive = Self { bytes, root: field(0x24), is_clean: field(4) == field(8) };
        hive.key_at(hive.root).map(|_| hive).ok_or(HiveError::NoRoot)
    }

    /// Whether everything was written: otherwise the newest changes stand in the hive's log files
    /// (`.LOG1`, `.LOG2`), which are not read.
    pub fn is_clean(&self) -> bool {
        self.is_clean
    }

    /// The root key.
    pub fn root(&self) -> Option<HiveKey<'a>> {
        self.key_at(self.root)
    }

    /// The key at a path below the root, whatever the case of its letters; `\` between names.
    pub fn key(&self, path: &str) -> Option<HiveKey<'a>> {
        let names = path.split('\\').filter(|name| !name.is_empty());
        names.take(512).try_fold(self.root()?, |key, name| key.subkey(name))
    }

    fn cell(&self, offset: u32) -> Option<&'a [u8]> {
        let at = BASE.checked_add(usize::try_from(offset).ok()?)?;
        // A used cell has a negative size.
        let size = u32_at(self.bytes, at)?.cast_signed();
        let size = usize::try_from(size.unsigned_abs()).ok().filter(|_| size < 0)?;
        slice(self.bytes, at + 4, size.checked_sub(4)?)
    }

    fn key_at(&self, offset: u32) -> Option<HiveKey<'a>> {
        let cell = self.cell(offset)?;
        if !cell.starts_with(b"nk") {
            return None;
        }
        let length = usize::from(u16_at(cell, 0x48)?);
        let raw = slice(cell, 0x4c, length)?;
        let name = name(raw, u16_at(cell, 2)? & 0x20 != 0);
        Some(HiveKey { hive: *self, cell, name })
    }

    /// Offsets of the keys in a list, through lists of lists.
    fn subkey_offsets(&self, offset: u32, depth: u8, offsets: &mut Vec<u32>) -> Option<()> {
        let list = self.cell(offset)?;
        let count = usize::from(u16_at(list, 2)?);
        let (step, is_list_of_lists) = match list.get(..2)? {
            b"lf" | b"lh" => (8, false),
            b"li" => (4, false),
            b"ri" => (4, true),
            _ => return None,
        };
        for index in 0..count {
            if offsets.len() >= MAX_ENTRIES {
                return None;
            }
            let entry = u32_at(list, 4 + index * step)?;
            if !is_list_of_lists {
                offsets.push(entry);
            } else if depth < MAX_LIST_DEPTH {
                self.subkey_offsets(entry, depth + 1, offsets)?;
            }
        }
        Some(())
    }

    fn value_at(&self, offset: u32) -> Option<RegistryValue> {
        let cell = self.cell(offset)?;
        if !cell.starts_with(b"vk") {
            return None;
        }
        let name_length = usize::from(u16_at(cell, 2)?);
        let size = u32_at(cell, 4)?;
        let kind = u32_at(cell, 0xc)?;
        let is_narrow = u16_at(cell, 0x10)? & 1 != 0;
        let name = name(slice(cell, 0x14, name_length)?, is_narrow);
        let length = usize::try_from(size & 0x7fff_ffff).ok()?;
        // Up to four bytes stand in the place of the offset.
        let data = if size & 0x8000_0000 != 0 {
            slice(cell, 8, length.min(4))?.to_vec()
        } else {
            self.data(u32_at(cell, 8)?, length.min(MAX_DATA_BYTES))?
        };
        Some(RegistryValue { name, kind, data })
    }

    fn data(&self, offset: u32, length: usize) -> Option<Vec<u8>> {
        if length == 0 {
            return Some(Vec::new());
        }
        let cell = self.cell(offset)?;
        if length <= SEGMENT_BYTES || !cell.starts_with(b"db") {
            return Some(cell.get(..length)?.to_vec());
        }
        let segments = self.cell(u32_at(cell, 4)?)?;
        let mut data = Vec::new();
        for index in 0..usize::from(u16_at(cell, 2)?) {
            let room = (length - data.len()).min(SEGMENT_BYTES);
            let segment = self.cell(u32_at(segments, index * 4)?)?;
            data.extend(segment.get(..room)?);
        }
        (data.len() == length).then_some(data)
    }
}

impl<'a> HiveKey<'a> {
    /// A subkey by name, whatever the case of its letters.
    pub fn subkey(&self, wanted: &str) -> Option<Self> {
        let wanted = wanted.to_lowercase();
        let (offsets, _) = self.offsets();
        let mut keys = offsets.into_iter().filter_map(|offset| self.hive.key_at(offset));
        keys.find(|key| key.name.to_lowercase() == wanted)
    }

    /// Subkeys, and whether that is all of them.
    pub fn subkeys(&self) -> (Vec<HiveKey<'a>>, bool) {
        let (offsets, mut is_whole) = self.offsets();
        let mut keys = Vec::new();
        for offset in offsets {
            match self.hive.key_at(offset) {
                Some(key) => keys.push(key),
                None => is_whole = false,
            }
        }
        (keys, is_whole)
    }

    fn offsets(&self) -> (Vec<u32>, bool) {
        let mut offsets = Vec::new();
        let count = u32_at(self.cell, 0x14).unwrap_or(0);
        let list = u32_at(self.cell, 0x1c);
        if count == 0 {
            return (offsets, true);
        }
        let is_whole =
            list.is_some_and(|list| self.hive.subkey_offsets(list, 0, &mut offsets).is_some());
        // A damaged hive can name a key twice, or a key above as its own subkey.
        let mut seen = HashSet::new();
        offsets.retain(|offset| seen.insert(*offset));
        (offsets, is_whole)
    }

    /// Values, and whether that is all of them.
    pub fn values(&self) -> (Vec<RegistryValue>, bool) {
        let count = u32_at(self.cell, 0x24).and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
        if count == 0 {
            return (Vec::new(), true);
        }
        let list = u32_at(self.cell, 0x28).and_then(|offset| self.hive.cell(offset));
        let Some(list) = list else { return (Vec::new(), false) };
        let mut values = Vec::new();
        let mut is_whole = count <= MAX_ENTRIES;
        let mut read_bytes = 0;
        for index in 0..count.min(MAX_ENTRIES) {
            let value = u32_at(list, index * 4).and_then(|offset| self.hive.value_at(offset));
            let Some(value) = value else {
                is_whole = false;
                continue;
            };
            // Many values of a damaged hive can share one cell of data.
            read_bytes += value.data.len();
            if read_bytes > self.hive.bytes.len() {
                return (values, false);
            }
            values.push(value);
        }
        (values, is_whole)
    }

    /// When it was last written, as FILETIME.
    pub fn written(&self) -> u64 {
        u64_at(self.cell, 4).unwrap_or(0)
    }
}

fn name(raw: &[u8], is_narrow: bool) -> String {
    if is_narrow { raw.iter().map(|byte| char::from(*byte)).collect() } else { utf16_le(raw) }
}
