//! The bytes of an index: a header, a table of sections, the sections. `docs/formats.md` describes
//! them. The same bytes lie in memory and on disk.

use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// Nine bits, a line end and an end-of-file mark: what damages text damages this.
const MAGIC: [u8; 8] = *b"\x89LSIDX\r\n";
/// The version of index files that this program writes and reads.
pub const INDEX_VERSION: u32 = 1;
/// Length of the header without the table of sections.
const HEADER: usize = 72;
const DIGEST: Range<usize> = 24..56;
/// Length of a row of the table.
const ROW: usize = 24;
/// No file has so many sections.
const MOST_SECTIONS: usize = 64;
/// Sections begin at multiples of it.
const ALIGNMENT: usize = 64;

/// Whether bytes begin as an index does.
pub(crate) fn is_index(start: &[u8]) -> bool {
    start.starts_with(&MAGIC)
}

/// Where the bytes of an index are: in memory, or a mapped file.
pub type Storage = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Why bytes are not an index that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// The bytes begin otherwise.
    #[error("not a compiled index")]
    NotAnIndex,
    /// A later program wrote it.
    #[error("the index has version {found}, this program reads version {INDEX_VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
    /// It is shorter or longer than it says.
    #[error("the index has {found} bytes, its header says {expected}")]
    Length {
        /// What the header says.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// A part of it is not as it was written, or was never right.
    #[error("the index is damaged: {part}")]
    Damaged {
        /// Which part, as `docs/formats.md` calls it.
        part: &'static str,
    },
}

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $text:literal;)*) => {
        /// A section of an index.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Section { $($(#[$doc])* $name = $kind),* }

        impl Section {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in messages and in `docs/formats.md`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

sections! {
    /// What was compiled, JSON.
    About = 0, "about";
    /// Families, lists and warnings, one behind the other.
    Texts = 1, "texts";
    /// Where each text ends.
    TextEnds = 2, "text-ends";
    /// Family, list and warning of each label.
    Labels = 3, "labels";
    /// Endings that many names share.
    Tails = 4, "tails";
    TailEnds = 5, "tail-ends";
    /// Where each bucket of names begins, and where the last one ends.
    NameBuckets = 6, "name-buckets";
    Names = 7, "names";
    /// Which names and suffixes of names there are.
    Filter = 8, "filter";
    /// Which /16 blocks of IPv4 hold anything.
    Slash16s = 9, "v4-slash-16s";
    /// How many of them come before each 64.
    Slash16Ranks = 10, "v4-slash-16-ranks";
    /// Which /24 blocks of each of them.
    Slash24s = 11, "v4-slash-24s";
    V4 = 12, "v4";
    V4Labels = 13, "v4-labels";
    V6 = 14, "v6";
    V6Labels = 15, "v6-labels";
    V4Endpoints = 16, "v4-endpoints";
    V4EndpointLabels = 17, "v4-endpoint-labels";
    V6Endpoints = 18, "v6-endpoints";
    V6EndpointLabels = 19, "v6-endpoint-labels";
    V4Networks = 20, "v4-networks";
    V4NetworkLabels = 21, "v4-network-labels";
    V4Segments = 22, "v4-segments";
    V6Networks = 23, "v6-networks";
    V6NetworkLabels = 24, "v6-network-labels";
    V6Segments = 25, "v6-segments";
    Urls = 26, "urls";
    UrlTexts = 27, "url-texts";
    /// Which last labels names have.
    LastLabels = 28, "last-labels";
}

const SECTIONS: usize = Section::ALL.len();

/// Bytes whose header and section bounds are right; what the sections hold is not known yet.
#[derive(Clone)]
pub(crate) struct Image {
    storage: Storage,
    ranges: Arc<[Range<usize>; SECTIONS]>,
    pub(crate) names: u64,
    /// Bytes of a label's number: 2 or 4.
    pub(crate) label_width: usize,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Image").field("bytes", &self.bytes().len()).finish_non_exhaustive()
    }
}

impl Image {
    pub(crate) fn open(storage: Storage) -> Result<Self, IndexError> {
        let bytes = (*storage).as_ref();
        if !is_index(bytes) {
            return Err(IndexError::NotAnIndex);
        }
        let damaged = IndexError::Damaged { part: "header" };
        let found = u32_at(bytes, 8).ok_or(damaged)?;
        if found != INDEX_VERSION {
            return Err(if found == 0 { damaged } else { IndexError::Version { found } });
        }
        let expected = u64_at(bytes, 16).ok_or(damaged)?;
        if expected != bytes.len() as u64 {
            return Err(IndexError::Length { expected, found: bytes.len() as u64 });
        }
        let names = u64_at(bytes, 56).ok_or(damaged)?;
        let label_width = match u32_at(bytes, 64).ok_or(damaged)? {
            2 => 2,
            4 => 4,
            _ => return Err(damaged),
        };
        let rows = u32_at(bytes, 12).ok_or(damaged)? as usize;
        if rows > MOST_SECTIONS {
            return Err(damaged);
        }
        let mut ranges = [const { 0..0 }; SECTIONS];
        for row in 0..rows {
            let at = HEADER + row * ROW;
            let kind = u32_at(bytes, at).ok_or(damaged)?;
            let range = section_range(bytes, at, rows).ok_or(damaged)?;
            // A section this program does not know is none of its business.
            if let Some(known) = ranges.get_mut(kind as usize) {
                if *known != (0..0) {
                    return Err(damaged);
                }
                *known = range;
            }
        }
        Ok(Self { storage, ranges: Arc::new(ranges), names, label_width })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        (*self.storage).as_ref()
    }

    /// The bytes of a section; empty where the index has none.
    pub(crate) fn section(&self, section: Section) -> &[u8] {
        let range = self.ranges.get(section as usize).cloned().unwrap_or_default();
        self.bytes().get(range).unwrap_or_default()
    }

    /// Whether the bytes are those that were written.
    pub(crate) fn is_intact(&self) -> bool {
        let bytes = self.bytes();
        bytes.get(DIGEST).is_some_and(|written| written == digest(bytes).as_slice())
    }
}

/// The bounds of a section, when they lie behind the table and within the bytes.
fn section_range(bytes: &[u8], row: usize, rows: usize) -> Option<Range<usize>> {
    let offset = usize::try_from(u64_at(bytes, row + 8)?).ok()?;
    let length = usize::try_from(u64_at(bytes, row + 16)?).ok()?;
    let end = offset.checked_add(length)?;
    let is_right =
        offset >= HEADER + rows * ROW && end <= bytes.len() && offset.is_multiple_of(ALIGNMENT);
    is_right.then_some(offset..end)
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(bytes.get(..DIGEST.start).unwrap_or_default());
    digest.update(bytes.get(DIGEST.end..).unwrap_or_default());
    digest.finalize().into()
}

/// Puts sections one behind the other.
pub(crate) struct ImageWriter {
    bytes: Vec<u8>,
    rows: Vec<(Section, usize, usize)>,
}

impl ImageWriter {
    pub(crate) fn new(capacity: usize) -> Self {
        let start = (HEADER + SECTIONS * ROW).next_multiple_of(ALIGNMENT);
        let mut bytes = Vec::with_capacity(start + capacity);
        bytes.resize(start, 0);
        Self { bytes, rows: Vec::new() }
    }

    /// Adds a section: `write` appends its bytes.
    pub(crate) fn section(&mut self, section: Section, write: impl FnOnce(&mut Vec<u8>)) {
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGNMENT), 0);
        let offset = self.bytes.len();
        write(&mut self.bytes);
        self.rows.push((section, offset, self.bytes.len() - offset));
    }

    /// What a section holds so far, to be changed in place.
    pub(crate) fn written(&mut self, section: Section) -> &mut [u8] {
        let row = self.rows.iter().find(|row| row.0 == section);
        let (offset, length) = row.map_or((0, 0), |row| (row.1, row.2));
        self.bytes.get_mut(offset..offset + length).unwrap_or_default()
    }

    /// Sets header and digest.
    pub(crate) fn finish(mut self, names: u64, label_width: usize) -> Image {
        let mut header = Vec::with_capacity(HEADER + SECTIONS * ROW);
        header.extend_from_slice(&MAGIC);
        header.extend_from_slice(&INDEX_VERSION.to_le_bytes());
        header.extend_from_slice(&u32::try_from(self.rows.len()).unwrap_or_default().to_le_bytes());
        header.extend_from_slice(&(self.bytes.len() as u64).to_le_bytes());
        header.resize(DIGEST.end, 0);
        header.extend_from_slice(&names.to_le_bytes());
        header.extend_from_slice(&u32::try_from(label_width).unwrap_or_default().to_le_bytes());
        header.resize(HEADER, 0);
        for (section, offset, length) in &self.rows {
            header.extend_from_slice(&(*section as u32).to_le_bytes());
            header.extend_from_slice(&[0; 4]);
            header.extend_from_slice(&(*offset as u64).to_le_bytes());
            header.extend_from_slice(&(*length as u64).to_le_bytes());
        }
        for (to, from) in self.bytes.iter_mut().zip(header) {
            *to = from;
        }
        let digest = digest(&self.bytes);
        if let Some(place) = self.bytes.get_mut(DIGEST) {
            place.copy_from_slice(&digest);
        }
        self.bytes.shrink_to_fit();
        let mut ranges = [const { 0..0 }; SECTIONS];
        for (section, offset, length) in &self.rows {
            if let Some(range) = ranges.get_mut(*section as usize) {
                *range = *offset..offset + length;
            }
        }
        Image { storage: Arc::new(self.bytes), ranges: Arc::new(ranges), names, label_width }
    }
}

#[inline]
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[inline]
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}
