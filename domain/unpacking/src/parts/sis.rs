//! SIS, the packages of Symbian: deflated streams behind one another, found by how they begin.

use flate2::read::ZlibDecoder;

use super::{Opening, PartReason};

/// Places that begin like a stream; more are not tried.
const MOST_TRIES: usize = 10_000;

/// The third number of the header says that it is a package.
pub(super) fn is_sis(bytes: &[u8]) -> bool {
    bytes.get(8..12) == Some(&[0x19, 0x04, 0x00, 0x10])
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut number = 0;
    for (tries, at) in memchr::memchr_iter(0x78, bytes).enumerate() {
        if opening.is_over() {
            return;
        }
        if tries == MOST_TRIES {
            return opening.refuse(PartReason::TooManyParts);
        }
        let packed = bytes.get(at..).unwrap_or_default();
        if !matches!(packed.get(1), Some(0x01 | 0x5e | 0x9c | 0xda)) {
            continue;
        }
        let mut first = [0; 1];
        let begins = std::io::Read::read(&mut ZlibDecoder::new(packed), &mut first);
        if matches!(begins, Ok(1)) {
            number += 1;
            opening.read_part(
                &format!("file {number}"),
                packed.len() as u64,
                ZlibDecoder::new(packed),
            );
        }
    }
}
