//! Programs made by `AutoIt` 3: their script, and the files that it installs. Source of the format: what
//! its compilers of the kinds EA05 (to 3.2) and EA06 wrote; each file has a checksum, which tells
//! whether it was read rightly.

use super::bits::Bits;
use super::checksum::adler32;
use super::cut::Cut;
use super::mark::Mark;
use super::{Opening, PartReason};

const MARK_LENGTH: usize = 23;
/// Begins the data behind the program.
pub(super) const MARK: Mark<MARK_LENGTH> =
    Mark::of(b"\xa3\x48\x4b\xbe\x98\x6c\x4a\xa9\x99\x4c\x53\x0a\x86\xd6\x48\x7dAU3!EA0");
/// Bytes of a name; more were never written.
const LONGEST_NAME: usize = 4_096;

/// The numbers in which the two kinds differ.
struct Kind {
    is_new: bool,
    start_seed: u32,
    name: (u32, u32),
    path: (u32, u32),
    size: u32,
    checksum: u32,
    data_seed: u32,
}

const OLD: Kind = Kind {
    is_new: false,
    start_seed: 0x16fa,
    name: (0x29bc, 0xa25e),
    path: (0x29ac, 0xf25e),
    size: 0x45aa,
    checksum: 0xc3d2,
    data_seed: 0x22af,
};

const NEW: Kind = Kind {
    is_new: true,
    start_seed: 0x18ee,
    name: (0xadbc, 0xb33f),
    path: (0xf820, 0xf479),
    size: 0x87bc,
    checksum: 0xa685,
    data_seed: 0x2477,
};

/// The data from the mark on.
pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut cut = Cut::at(bytes, MARK_LENGTH);
    let kind = match cut.u8() {
        Some(b'5') => OLD,
        Some(b'6') => NEW,
        _ => return opening.refuse(PartReason::UnknownMethod("AutoIt".to_owned())),
    };
    let Some(password) = cut.array::<16>() else {
        return opening.refuse(PartReason::damaged("it is cut off"));
    };
    let password = password.iter().map(|it| u32::from(*it)).sum::<u32>();
    let data_seed = kind.data_seed.wrapping_add(if kind.is_new { 0 } else { password });
    let mut is_first = true;
    while !opening.is_over() {
        let mut start = cut.array::<4>().unwrap_or_default();
        kind.decipher(&mut start, kind.start_seed);
        if &start != b"FILE" {
            // With another key than the usual one nothing of it can be read.
            if is_first {
                opening.refuse(PartReason::UnknownMethod("AutoIt".to_owned()));
            }
            return;
        }
        is_first = false;
        let Some(file) = header(&kind, &mut cut) else {
            return opening.refuse(PartReason::damaged("a header is cut off"));
        };
        let is_cut_off = file.packed > cut.0.len();
        let mut data = cut.take(file.packed.min(cut.0.len())).unwrap_or_default().to_vec();
        kind.decipher(&mut data, data_seed);
        if is_cut_off {
            opening.refuse_part(&file.name, PartReason::damaged("it is cut off"));
        } else if adler32(&data) != file.checksum {
            opening.refuse_part(&file.name, PartReason::damaged("the checksum is another"));
        }
        if !file.is_packed {
            opening.part(&file.name, &data);
            continue;
        }
        let Some(size) = size(&data) else {
            opening.refuse_part(&file.name, PartReason::damaged("it is not packed as it says"));
            continue;
        };
        let Some(most) = opening.fair_size(&file.name, data.len(), size) else { continue };
        let unpacked = unpack(data.get(8..).unwrap_or_default(), most, kind.is_new);
        if unpacked.len() < most {
            opening.refuse_part(&file.name, PartReason::damaged("it is cut off"));
        }
        opening.part(&file.name, &unpacked);
    }
}

struct File {
    name: String,
    is_packed: bool,
    packed: usize,
    checksum: u32,
}

fn header(kind: &Kind, cut: &mut Cut<'_>) -> Option<File> {
    let name = kind.text(cut, kind.name)?;
    let path = kind.text(cut, kind.path)?;
    let is_packed = cut.u8()? == 1;
    let packed = usize::try_from(cut.u32()? ^ kind.size).ok()?;
    cut.u32()?;
    let checksum = cut.u32()? ^ kind.checksum;
    // When it was made and changed.
    cut.take(16)?;
    let name = if path.is_empty() { name } else { path };
    Some(File { name, is_packed, packed, checksum })
}

impl Kind {
    fn text(&self, cut: &mut Cut<'_>, (mask, seed): (u32, u32)) -> Option<String> {
        let length = cut.u32()? ^ mask;
        let bytes = usize::try_from(length).ok()?.checked_mul(if self.is_new { 2 } else { 1 })?;
        (bytes <= LONGEST_NAME).then_some(())?;
        let mut text = cut.take(bytes)?.to_vec();
        self.decipher(&mut text, seed.wrapping_add(length));
        Some(if self.is_new {
            let units: Vec<u16> =
                text.as_chunks::<2>().0.iter().map(|it| u16::from_le_bytes(*it)).collect();
            String::from_utf16_lossy(&units)
        } else {
            String::from_utf8_lossy(&text).into_owned()
        })
    }

    fn decipher(&self, bytes: &mut [u8], seed: u32) {
        if self.is_new {
            let mut stream = Lagged::new(seed);
            for byte in bytes {
                *byte ^= stream.next();
            }
        } else {
            let mut stream = Twister::new(seed);
            for byte in bytes {
                *byte ^= stream.next();
            }
        }
    }
}

/// The size that stands in front of packed data, behind the kind of packing.
fn size(data: &[u8]) -> Option<usize> {
    let mut cut = Cut(data);
    matches!(cut.take(4)?, b"EA05" | b"EA06").then_some(())?;
    usize::try_from(u32::from_be_bytes(cut.array()?)).ok()
}

/// Literals and matches of up to 32 KiB back; the two kinds mark them the other way round.
fn unpack(packed: &[u8], size: usize, is_new: bool) -> Vec<u8> {
    let mut unpacked: Vec<u8> = Vec::new();
    let mut bits = Bits::new(packed);
    let mut step = || -> Option<()> {
        while unpacked.len() < size {
            if (bits.take(1)? == 1) == is_new {
                unpacked.push(u8::try_from(bits.take(8)?).ok()?);
                continue;
            }
            let distance = usize::try_from(bits.take(15)?).ok()?;
            let length = usize::try_from(match_length(&mut bits)?).ok()?;
            let from = unpacked.len().checked_sub(distance).filter(|_| distance > 0)?;
            for at in from..from + length.min(size - unpacked.len()) {
                let byte = *unpacked.get(at)?;
                unpacked.push(byte);
            }
        }
        Some(())
    };
    // What came out before the end is wanted either way.
    let _ = step();
    unpacked
}

fn match_length(bits: &mut Bits<'_>) -> Option<u32> {
    let mut base = 3;
    for (width, behind) in [(2, 3), (3, 7), (5, 31)] {
        let value = bits.take(width)?;
        if value < behind {
            return Some(base + value);
        }
        base += behind;
    }
    loop {
        let value = bits.take(8)?;
        base = base.checked_add(value)?;
        if value < 255 {
            return Some(base);
        }
    }
}

/// MT19937, the generator of EA05.
struct Twister {
    state: [u32; Self::LENGTH],
    at: usize,
}

impl Twister {
    const LENGTH: usize = 624;
    const AHEAD: usize = 397;

    fn new(seed: u32) -> Self {
        let mut state = [0; Self::LENGTH];
        let mut last = seed;
        for (place, number) in state.iter_mut().zip(0_u32..) {
            if number > 0 {
                last = (last ^ last >> 30).wrapping_mul(1_812_433_253).wrapping_add(number);
            }
            *place = last;
        }
        Self { state, at: Self::LENGTH }
    }

    fn state(&self, at: usize) -> u32 {
        self.state.get(at % Self::LENGTH).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        if self.at == Self::LENGTH {
            for at in 0..Self::LENGTH {
                let both = self.state(at) & 0x8000_0000 | self.state(at + 1) & 0x7fff_ffff;
                let odd = if both & 1 == 1 { 0x9908_b0df } else { 0 };
                let next = self.state(at + Self::AHEAD) ^ both >> 1 ^ odd;
                if let Some(place) = self.state.get_mut(at) {
                    *place = next;
                }
            }
            self.at = 0;
        }
        let mut value = self.state(self.at);
        self.at += 1;
        value ^= value >> 11;
        value ^= value << 7 & 0x9d2c_5680;
        value ^= value << 15 & 0xefc6_0000;
        value ^= value >> 18;
        (value >> 1 & 0xff) as u8
    }
}

/// The generator of EA06: two places of seventeen numbers, added and rotated.
struct Lagged {
    state: [u32; Self::LENGTH],
    first: usize,
    second: usize,
}

impl Lagged {
    const LENGTH: usize = 17;

    fn new(seed: u32) -> Self {
        let mut state = [0; Self::LENGTH];
        let mut last = seed;
        for place in &mut state {
            last = 1_u32.wrapping_sub(last.wrapping_mul(0x53a9_b4fb));
            *place = last;
        }
        let mut generator = Self { state, first: 0, second: 10 };
        for _ in 0..9 {
            generator.number();
        }
        generator
    }

    fn state(&self, at: usize) -> u32 {
        self.state.get(at).copied().unwrap_or(0)
    }

    fn number(&mut self) -> u32 {
        let next = self
            .state(self.first)
            .rotate_left(9)
            .wrapping_add(self.state(self.second).rotate_left(13));
        if let Some(place) = self.state.get_mut(self.first) {
            *place = next;
        }
        self.first = self.first.checked_sub(1).unwrap_or(Self::LENGTH - 1);
        self.second = self.second.checked_sub(1).unwrap_or(Self::LENGTH - 1);
        next
    }

    /// The highest bits of every second number: as a fraction of one, times 256.
    fn next(&mut self) -> u8 {
        self.number();
        (self.number() >> 24 & 0xff) as u8
    }
}
