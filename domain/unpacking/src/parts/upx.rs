//! Programs packed by UPX, as they are in memory once they have unpacked themselves; calls stay as
//! UPX turned them. Source of the format: the documentation of UPX and of UCL, the library of its
//! methods; both ends are proved by checksums.

use std::io::Read as _;

use lzma_rust2::LzmaReader;

use super::cut::Cut;

const MAGIC: &[u8] = b"UPX!";
/// Where the header of the packing may stand: between those of the program and its sections.
const SEARCHED: usize = 8 << 10;

/// How a program was packed.
pub(super) struct Packing<'b> {
    method: Method,
    packed: &'b [u8],
    /// Bytes once it is unpacked.
    pub(super) size: usize,
    checksum: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Nrv2b,
    Nrv2d,
    Nrv2e,
    Lzma,
}

impl<'b> Packing<'b> {
    /// Of a program whose packed section begins at a place; nothing where it was not packed by UPX, or
    /// was changed afterwards.
    pub(super) fn of(bytes: &'b [u8], section_at: usize) -> Option<Self> {
        let head = bytes.get(..SEARCHED.min(bytes.len()))?;
        let mut cut = Cut::at(bytes, memchr::memmem::find(head, MAGIC)? + MAGIC.len());
        let _version = cut.u8()?;
        let _format = cut.u8()?;
        let method = match cut.u8()? {
            2 => Method::Nrv2b,
            5 => Method::Nrv2d,
            8 => Method::Nrv2e,
            14 => Method::Lzma,
            _ => return None,
        };
        let _level = cut.u8()?;
        let (checksum, packed_checksum) = (cut.u32()?, cut.u32()?);
        let size = usize::try_from(cut.u32()?).ok()?;
        let length = usize::try_from(cut.u32()?).ok()?;
        let packed = bytes.get(section_at..section_at.checked_add(length)?)?;
        (super::checksum::adler32(packed) == packed_checksum).then_some(())?;
        Some(Self { method, packed, size, checksum })
    }

    /// The program as it is in memory, when it comes out whole.
    pub(super) fn unpack(&self) -> Option<Vec<u8>> {
        let mut unpacked = Vec::new();
        if self.method == Method::Lzma {
            let mut cut = Cut(self.packed);
            let (positions, literals) = (u32::from(cut.u8()? & 7), cut.u8()?);
            let (lp, lc) = (u32::from(literals >> 4), u32::from(literals & 15));
            let (size, dictionary) = (self.size as u64, u32::try_from(self.size).ok()?);
            let reader = LzmaReader::new(cut.0, size, lc, lp, positions, dictionary, None).ok()?;
            reader.take(size).read_to_end(&mut unpacked).ok()?;
        } else {
            nrv(self.packed, self.size, self.method, &mut unpacked)?;
        }
        let is_whole =
            unpacked.len() == self.size && super::checksum::adler32(&unpacked) == self.checksum;
        is_whole.then_some(unpacked)
    }
}

/// Bits out of words of 32, the highest first, with bytes between the words.
struct Words<'b> {
    cut: Cut<'b>,
    word: u32,
    count: u32,
}

impl Words<'_> {
    fn bit(&mut self) -> Option<u32> {
        if self.count == 0 {
            self.word = self.cut.u32()?;
            self.count = 32;
        }
        self.count -= 1;
        Some(self.word >> self.count & 1)
    }

    fn shifted(&mut self, value: u32) -> Option<u32> {
        Some(value.checked_mul(2)? | self.bit()?)
    }
}

/// The three methods differ in how they write distances and lengths.
fn nrv(packed: &[u8], size: usize, method: Method, unpacked: &mut Vec<u8>) -> Option<()> {
    let mut words = Words { cut: Cut(packed), word: 0, count: 0 };
    let is_2b = method == Method::Nrv2b;
    let mut last_distance = 1;
    loop {
        while words.bit()? == 1 {
            (unpacked.len() < size).then_some(())?;
            unpacked.push(words.cut.u8()?);
        }
        let mut distance = 1_u32;
        loop {
            distance = words.shifted(distance)?;
            if words.bit()? == 1 {
                break;
            }
            if !is_2b {
                distance = words.shifted(distance - 1)?;
            }
        }
        let mut length;
        if distance == 2 {
            distance = last_distance;
            length = words.bit()?;
        } else {
            let high = distance.checked_sub(3).filter(|it| *it < 1 << 24)?;
            let coded = high << 8 | u32::from(words.cut.u8()?);
            if coded == u32::MAX {
                return Some(());
            }
            if is_2b {
                distance = coded + 1;
                length = words.bit()?;
            } else {
                length = !coded & 1;
                distance = (coded >> 1) + 1;
            }
            last_distance = distance;
        }
        length = if method == Method::Nrv2e {
            if length == 1 {
                1 + words.bit()?
            } else if words.bit()? == 1 {
                3 + words.bit()?
            } else {
                long(&mut words)?.checked_add(3)?
            }
        } else {
            match words.shifted(length)? {
                0 => long(&mut words)?.checked_add(2)?,
                length => length,
            }
        };
        length = length.checked_add(1 + u32::from(distance > if is_2b { 0xd00 } else { 0x500 }))?;
        let from = unpacked.len().checked_sub(usize::try_from(distance).ok()?)?;
        let length = usize::try_from(length).ok()?;
        (unpacked.len() + length <= size).then_some(())?;
        for at in from..from + length {
            let byte = *unpacked.get(at)?;
            unpacked.push(byte);
        }
    }
}

fn long(words: &mut Words<'_>) -> Option<u32> {
    let mut length = 1;
    loop {
        length = words.shifted(length)?;
        if words.bit()? == 1 {
            return Some(length);
        }
    }
}
