//! ARJ: stored, and its four methods of compression. Source of the format: TECHNOTE.TXT of ARJ 2.

use delharc::decode::{Decoder as _, Lh7Decoder};

use super::cut::{self, Cut};
use super::{Opening, PartReason};

const START: &[u8] = b"\x60\xea";
/// The longest that the basic header may be.
const LONGEST_HEADER: usize = 2_600;
/// Bytes of a header that every version writes.
const FIXED: usize = 30;

/// The two bytes are not telling, so the header has to be one, checksum and all.
pub(super) fn is_arj(bytes: &[u8]) -> bool {
    bytes.starts_with(START)
        && matches!(header(&mut Cut(bytes)), Some(Next::Header(first)) if first.kind == 2)
}

struct Header<'b> {
    kind: u8,
    method: u8,
    flags: u8,
    packed: usize,
    size: usize,
    crc: u32,
    name: &'b [u8],
}

enum Next<'b> {
    Header(Header<'b>),
    End,
}

/// The next header, when it is whole.
fn header<'b>(cut: &mut Cut<'b>) -> Option<Next<'b>> {
    (cut.take(2)? == START).then_some(())?;
    let length = usize::from(cut.u16()?);
    if length == 0 {
        return Some(Next::End);
    }
    (FIXED..=LONGEST_HEADER).contains(&length).then_some(())?;
    let basic = cut.take(length)?;
    (cut.u32()? == crc32fast::hash(basic)).then_some(())?;
    // Extended headers, each with a checksum behind it.
    while let extended @ 1.. = usize::from(cut.u16()?) {
        cut.take(extended + 4)?;
    }
    let at = |place: usize| basic.get(place).copied();
    let mut numbers = Cut::at(basic, 12);
    let (packed, size, crc) = (numbers.u32()?, numbers.u32()?, numbers.u32()?);
    let name = Cut::at(basic, usize::from(at(0)?)).until(0)?;
    Some(Next::Header(Header {
        kind: at(6)?,
        method: at(5)?,
        flags: at(4)?,
        packed: usize::try_from(packed).ok()?,
        size: usize::try_from(size).ok()?,
        crc,
        name,
    }))
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    const GARBLED: u8 = 1;
    const CONTINUED: u8 = 4;
    const FILES: [u8; 2] = [0, 1];
    let mut cut = Cut(bytes);
    header(&mut cut);
    while !opening.is_over() {
        let file = match header(&mut cut) {
            Some(Next::Header(file)) => file,
            Some(Next::End) => return,
            None => return opening.refuse(PartReason::damaged("a header is not whole")),
        };
        let name = cut::name(file.name);
        let is_cut_off = file.packed > cut.0.len();
        let packed = cut.take(file.packed.min(cut.0.len())).unwrap_or_default();
        if !FILES.contains(&file.kind) {
            continue;
        }
        if file.flags & GARBLED != 0 {
            opening.refuse_part(&name, PartReason::Encrypted);
            continue;
        }
        let Some(most) = opening.fair_size(&name, packed.len(), file.size) else { continue };
        let unpacked = match file.method {
            0 => packed.get(..most).unwrap_or(packed).to_vec(),
            1..=3 => huffman(packed, most),
            4 => fastest(packed, most),
            other => {
                opening.refuse_part(&name, PartReason::UnknownMethod(format!("ARJ {other}")));
                continue;
            }
        };
        if is_cut_off || unpacked.len() < most {
            opening.refuse_part(&name, PartReason::damaged("it is cut off"));
        } else if most == file.size && crc32fast::hash(&unpacked) != file.crc {
            opening.refuse_part(&name, PartReason::damaged("the checksum is another"));
        } else if file.flags & CONTINUED != 0 {
            opening.refuse_part(&name, PartReason::damaged("the rest is in the next volume"));
        }
        opening.part(&name, &unpacked);
    }
}

/// Methods 1 to 3 are what LHA calls `-lh6-` and `-lh7-`, with a smaller window.
fn huffman(packed: &[u8], size: usize) -> Vec<u8> {
    let mut unpacked = Vec::new();
    // The last bits are read by the whole byte.
    let padded = [packed, &[0; 8]].concat();
    let mut decoder = Lh7Decoder::new(padded.as_slice());
    while unpacked.len() < size {
        let mut piece = [0; 512];
        let wanted = piece.len().min(size - unpacked.len());
        let Some(piece) = piece.get_mut(..wanted) else { break };
        if decoder.fill_buffer(piece).is_err() {
            break;
        }
        unpacked.extend_from_slice(piece);
    }
    unpacked
}

/// Method 4: matches whose length and distance are written with a growing number of bits.
fn fastest(packed: &[u8], size: usize) -> Vec<u8> {
    let mut bits = super::bits::Bits::new(packed);
    let mut unpacked: Vec<u8> = Vec::new();
    let mut step = || -> Option<()> {
        while unpacked.len() < size {
            let length = growing(&mut bits, 0, 7)?;
            if length == 0 {
                unpacked.push(u8::try_from(bits.take(8)?).ok()?);
                continue;
            }
            let distance = usize::try_from(growing(&mut bits, 9, 13)?).ok()? + 1;
            let from = unpacked.len().checked_sub(distance)?;
            let end = from + usize::try_from(length).ok()? + 2;
            for at in from..end {
                let byte = *unpacked.get(at)?;
                unpacked.push(byte);
            }
        }
        Some(())
    };
    // What came out before the end is wanted either way.
    let _ = step();
    unpacked.truncate(size);
    unpacked
}

/// A number whose width is told by the ones in front of it, between two widths.
fn growing(bits: &mut super::bits::Bits<'_>, first: u32, last: u32) -> Option<u32> {
    let mut base = 0;
    let mut width = first;
    while width < last && bits.take(1)? == 1 {
        base += 1 << width;
        width += 1;
    }
    Some(base + bits.take(width)?)
}
