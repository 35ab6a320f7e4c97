//! SZDD, of COMPRESS.EXE: LZSS with a window of 4 KiB. Source of the format: its description in
//! libmspack's documentation.

use super::{Opening, PartReason};

pub(super) const START: &[u8] = b"SZDD\x88\xf0\x27\x33A";
const WINDOW: usize = 4096;

pub(super) fn open(opening: &mut Opening<'_>, name: &str, bytes: &[u8]) {
    let size = bytes.get(10..).and_then(|it| it.first_chunk::<4>());
    let Some(size) = size.and_then(|it| usize::try_from(u32::from_le_bytes(*it)).ok()) else {
        return opening.refuse(PartReason::damaged("the header is cut off"));
    };
    let packed = bytes.get(14..).unwrap_or_default();
    // Two bytes give 18 at most: a larger size is a lie.
    let mut unpacked = Vec::with_capacity(size.min(packed.len().saturating_mul(9)));
    let mut window = [b' '; WINDOW];
    let mut at = WINDOW - 16;
    let mut put = |byte: u8, window: &mut [u8; WINDOW], unpacked: &mut Vec<u8>| {
        if let Some(place) = window.get_mut(at) {
            *place = byte;
        }
        at = (at + 1) % WINDOW;
        unpacked.push(byte);
    };
    let mut rest = packed.iter().copied();
    'all: while let Some(flags) = rest.next() {
        for bit in 0..8 {
            if flags >> bit & 1 == 1 {
                let Some(byte) = rest.next() else { break 'all };
                put(byte, &mut window, &mut unpacked);
                continue;
            }
            let (Some(low), Some(high)) = (rest.next(), rest.next()) else { break 'all };
            let from = usize::from(low) | usize::from(high & 0xf0) << 4;
            for step in 0..usize::from(high & 0xf) + 3 {
                let byte = window.get((from + step) % WINDOW).copied().unwrap_or(0);
                put(byte, &mut window, &mut unpacked);
            }
        }
    }
    unpacked.truncate(size);
    if unpacked.len() < size {
        opening.refuse(PartReason::damaged("it is cut off"));
    }
    opening.part(name, &unpacked);
}
