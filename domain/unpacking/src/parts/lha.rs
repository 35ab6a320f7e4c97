//! LHA and LZH: `-lh0-` to `-lh7-`, `-lz4-` and `-lz5-`.

use delharc::LhaDecodeReader;
use delharc::stub_io::Read as _;

use super::{Opening, PartReason};

/// The name of a method between hyphens, and a level of header that was ever written.
pub(super) fn is_lha(bytes: &[u8]) -> bool {
    let method = bytes.get(2..7).unwrap_or_default();
    matches!(method, [b'-', b'l', b'h' | b'z', b'0'..=b'9' | b'd' | b's' | b'x', b'-'])
        && bytes.get(20).is_some_and(|level| *level <= 3)
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut archive = match LhaDecodeReader::new(bytes) {
        Ok(archive) => archive,
        Err(error) => return opening.refuse(PartReason::damaged(&error.to_string())),
    };
    loop {
        if opening.is_over() {
            return;
        }
        let header = archive.header();
        let name = header.parse_pathname_to_str();
        let packed = usize::try_from(header.compressed_size).unwrap_or(usize::MAX);
        let size = usize::try_from(header.original_size).unwrap_or(usize::MAX);
        if !header.is_directory() {
            if archive.is_decoder_supported() {
                file(opening, &name, packed.min(bytes.len()), size, &mut archive);
            } else {
                let method = String::from_utf8_lossy(&header.compression).into_owned();
                opening.refuse_part(&name, PartReason::UnknownMethod(method));
            }
        }
        match archive.next_file() {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return opening.refuse(PartReason::damaged(&error.to_string())),
        }
    }
}

fn file(
    opening: &mut Opening<'_>,
    name: &str,
    packed: usize,
    size: usize,
    archive: &mut LhaDecodeReader<&[u8]>,
) {
    let Some(most) = opening.fair_size(name, packed, size) else { return };
    let mut unpacked = Vec::new();
    while unpacked.len() < most {
        let mut piece = [0; 4096];
        let wanted = piece.len().min(most - unpacked.len());
        let Some(piece) = piece.get_mut(..wanted) else { break };
        match archive.read_all(piece) {
            Ok(read @ 1..) => unpacked.extend_from_slice(piece.get(..read).unwrap_or_default()),
            Ok(0) => {
                opening.refuse_part(name, PartReason::damaged("it is cut off"));
                break;
            }
            Err(error) => {
                opening.refuse_part(name, PartReason::damaged(&error.to_string()));
                break;
            }
        }
    }
    if unpacked.len() == size && !archive.crc_is_ok() {
        opening.refuse_part(name, PartReason::damaged("the checksum is another"));
    }
    opening.part(name, &unpacked);
}
