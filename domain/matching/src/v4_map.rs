//! Which blocks of IPv4 hold any indicator: one bit a /16, and one a /24 within the marked ones.

use rustc_hash::FxHashMap;

use crate::columns::Column;
use crate::image::{Image, ImageWriter, Section};

/// One bit for each of 65,536.
const SLASH_16_BYTES: usize = 8 << 10;
/// One bit for each of 256.
const SLASH_24_BYTES: usize = 32;

/// The map of an index. The /16s stay in the nearest cache and answer for almost every address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct V4Map<'i> {
    slash_16s: &'i [u8],
    ranks: Column<'i, u32>,
    slash_24s: &'i [u8],
}

impl<'i> V4Map<'i> {
    pub(crate) fn of(image: &'i Image) -> Self {
        Self {
            slash_16s: image.section(Section::Slash16s),
            ranks: Column::new(image.section(Section::Slash16Ranks)),
            slash_24s: image.section(Section::Slash24s),
        }
    }

    /// Whether a /16, by its first two octets, holds an indicator.
    #[inline]
    pub(crate) fn holds_slash_16(&self, octets: u16) -> bool {
        let byte = self.slash_16s.get(usize::from(octets >> 3)).copied().unwrap_or_default();
        byte >> (octets & 7) & 1 != 0
    }

    /// Whether the /24 around an address holds an indicator.
    #[inline]
    pub(crate) fn holds(&self, address: u32) -> bool {
        let [a, b, c, _] = address.to_be_bytes();
        let octets = u16::from_be_bytes([a, b]);
        self.holds_slash_16(octets) && self.holds_slash_24(octets, c)
    }

    fn holds_slash_24(&self, octets: u16, third: u8) -> bool {
        let Some(rank) = self.rank(octets) else { return false };
        let at = rank * SLASH_24_BYTES + usize::from(third >> 3);
        self.slash_24s.get(at).is_some_and(|byte| byte >> (third & 7) & 1 != 0)
    }

    /// How many marked /16s come before this one.
    fn rank(&self, octets: u16) -> Option<usize> {
        let word = usize::from(octets >> 6);
        let bits = self.slash_16s.get(word * 8..word * 8 + 8)?.try_into().ok()?;
        let before = u64::from_le_bytes(bits) & ((1 << (octets & 63)) - 1);
        Some(self.ranks.get(word)? as usize + before.count_ones() as usize)
    }

    /// Whether the sections fit one another.
    pub(crate) fn is_right(&self) -> bool {
        if self.slash_16s.is_empty() {
            return self.ranks.is_empty() && self.slash_24s.is_empty();
        }
        let words = Column::<u64>::new(self.slash_16s);
        let mut before = 0;
        let are_ranks_right = self.ranks.is_whole()
            && words.iter().map(u64::count_ones).eq(words.iter().zip(self.ranks.iter()).map(
                |(word, rank)| {
                    let is_right = rank == before;
                    before += word.count_ones();
                    if is_right { word.count_ones() } else { u32::MAX }
                },
            ));
        self.slash_16s.len() == SLASH_16_BYTES
            && are_ranks_right
            && self.slash_24s.len() == before as usize * SLASH_24_BYTES
    }
}

/// Blocks as they are marked: the /24s of each /16 that has any.
#[derive(Default)]
pub(crate) struct V4Marks(FxHashMap<u16, [u8; SLASH_24_BYTES]>);

impl V4Marks {
    /// Marks the addresses from the first to the last, both included.
    pub(crate) fn mark(&mut self, first: u32, last: u32) {
        let octets = |address: u32| {
            let [a, b, c, _] = address.to_be_bytes();
            (u16::from_be_bytes([a, b]), c)
        };
        let ((first, first_third), (last, last_third)) = (octets(first), octets(last));
        for slash_16 in first..=last {
            let from = if slash_16 == first { first_third } else { 0 };
            let to = if slash_16 == last { last_third } else { u8::MAX };
            let marks = self.0.entry(slash_16).or_default();
            for third in from..=to {
                if let Some(byte) = marks.get_mut(usize::from(third >> 3)) {
                    *byte |= 1 << (third & 7);
                }
            }
        }
    }

    /// Appends the sections.
    pub(crate) fn write(&self, writer: &mut ImageWriter) {
        if self.0.is_empty() {
            return;
        }
        let mut marked: Vec<(u16, &[u8; SLASH_24_BYTES])> =
            self.0.iter().map(|(slash_16, marks)| (*slash_16, marks)).collect();
        marked.sort_unstable();
        let mut bits = vec![0_u64; SLASH_16_BYTES / 8];
        for (slash_16, _) in &marked {
            if let Some(word) = bits.get_mut(usize::from(slash_16 >> 6)) {
                *word |= 1 << (slash_16 & 63);
            }
        }
        writer.section(Section::Slash16s, |to| {
            to.extend(bits.iter().flat_map(|word| word.to_le_bytes()));
        });
        writer.section(Section::Slash16Ranks, |to| {
            let mut rank = 0_u32;
            for word in &bits {
                to.extend(rank.to_le_bytes());
                rank += word.count_ones();
            }
        });
        writer.section(Section::Slash24s, |to| {
            to.extend(marked.iter().flat_map(|(_, marks)| marks.iter()));
        });
    }
}
