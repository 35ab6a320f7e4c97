//! NSIS, the installers of Nullsoft. Source of the format: `Source/exehead/fileform.h` of NSIS, and
//! what its compiler writes.

use std::io::Read;

use flate2::read::DeflateDecoder;
use lzma_rust2::LzmaReader;

use super::cut::Cut;
use super::{Opening, PartReason};

/// Stands four bytes behind the beginning of the first header.
pub(super) const MARK: &[u8] = b"\xef\xbe\xad\xdeNullsoftInst";
const HEADER: usize = 28;
/// The dictionary that an installer may ask for.
const MOST_DICTIONARY: u32 = 160 << 20;
/// Says that a block is packed.
const PACKED: u32 = 1 << 31;

#[derive(Clone, Copy)]
enum Method {
    Deflate,
    Lzma { with_filter_byte: bool },
    Bzip2,
}

impl Method {
    fn of(packed: &[u8]) -> Self {
        let is_lzma = |bytes: &[u8]| matches!(bytes, [0x5d, 0, 0, _, _, 0, ..]);
        match packed {
            bytes if is_lzma(bytes) => Self::Lzma { with_filter_byte: false },
            [0 | 1, rest @ ..] if is_lzma(rest) => Self::Lzma { with_filter_byte: true },
            [0x31, 0..14, ..] => Self::Bzip2,
            _ => Self::Deflate,
        }
    }

    /// Unpacks one stream.
    fn reader<'b>(self, packed: &'b [u8]) -> Result<Box<dyn Read + 'b>, PartReason> {
        match self {
            Self::Deflate => Ok(Box::new(DeflateDecoder::new(packed))),
            Self::Lzma { with_filter_byte } => {
                let (filter, packed) = match packed {
                    [filter, rest @ ..] if with_filter_byte => (*filter, rest),
                    _ => (0, packed),
                };
                let mut cut = Cut(packed);
                let (Some(properties), Some(dictionary)) = (cut.u8(), cut.u32()) else {
                    return Err(PartReason::damaged("it is cut off"));
                };
                if dictionary > MOST_DICTIONARY {
                    return Err(PartReason::UnknownMethod(format!("NSIS, LZMA {dictionary}")));
                }
                let unpacked =
                    LzmaReader::new_with_props(cut.0, u64::MAX, properties, dictionary, None)
                        .map_err(|error| PartReason::damaged(&error))?;
                if filter == 1 {
                    Ok(Box::new(lzma_rust2::filter::bcj::BcjReader::new_x86(unpacked, 0)))
                } else {
                    Ok(Box::new(unpacked))
                }
            }
            Self::Bzip2 => Err(PartReason::UnknownMethod("NSIS, bzip2".to_owned())),
        }
    }
}

/// An installer's data, from its first header on.
pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut lengths = Cut::at(bytes, 20);
    let (Some(header_length), Some(following)) = (lengths.u32(), lengths.u32()) else {
        return opening.refuse(PartReason::damaged("the header is cut off"));
    };
    let following = usize::try_from(following).unwrap_or(usize::MAX);
    if following > bytes.len() {
        opening.refuse(PartReason::damaged("it is cut off"));
    }
    // An installer that does not check itself runs whatever this length says.
    let end = if following < HEADER + 4 {
        opening.refuse(PartReason::damaged("the length is too small"));
        bytes.len()
    } else {
        following.min(bytes.len())
    };
    let data = bytes.get(HEADER..end).unwrap_or_default();
    let is_stream = matches!(Method::of(data), Method::Lzma { .. } | Method::Bzip2);
    let is_in_blocks = !is_stream
        && Cut(data).u32().is_some_and(|first| {
            first & PACKED != 0 && usize::try_from(first & !PACKED).is_ok_and(|it| it < data.len())
                || first == header_length
        });
    if is_in_blocks { blocks(opening, data) } else { solid(opening, data) }
}

/// Every file is packed by itself.
fn blocks(opening: &mut Opening<'_>, data: &[u8]) {
    let mut cut = Cut(data);
    let mut number = 0;
    while !opening.is_over()
        && let Some(length) = cut.u32()
    {
        let name = named(number);
        let is_packed = length & PACKED != 0;
        let Ok(length) = usize::try_from(length & !PACKED) else { return };
        let Some(packed) = cut.take(length) else {
            // The checksum behind the last block.
            if !cut.0.is_empty() {
                opening.refuse(PartReason::damaged("it is cut off"));
            }
            return;
        };
        number += 1;
        if !is_packed {
            opening.part(&name, packed);
            continue;
        }
        match Method::of(packed).reader(packed) {
            Ok(reader) => opening.read_part(&name, packed.len() as u64, reader),
            Err(reason) => opening.refuse_part(&name, reason),
        }
    }
}

/// All files behind one another in one stream.
fn solid(opening: &mut Opening<'_>, data: &[u8]) {
    let mut stream = match Method::of(data).reader(data) {
        Ok(stream) => stream,
        Err(reason) => return opening.refuse(reason),
    };
    let mut number = 0;
    while !opening.is_over() {
        let mut length = [0; 4];
        match read_whole(&mut stream, &mut length) {
            Ok(4) => {}
            // What stands behind the last file is no part of the stream.
            Ok(0) | Err(_) if number > 0 => return,
            Ok(_) => return opening.refuse(PartReason::damaged("it is cut off")),
            Err(error) => return opening.refuse(PartReason::damaged(&error)),
        }
        let length = u64::from(u32::from_le_bytes(length) & !PACKED);
        let mut file = stream.by_ref().take(length);
        opening.read_part(&named(number), data.len() as u64, &mut file);
        let rest = file.limit();
        number += 1;
        if rest > 0 && !opening.is_over() {
            // Either it ended, or it was larger than is looked at: the next begins behind it.
            let passed = std::io::copy(&mut file, &mut std::io::sink());
            match passed {
                Ok(passed) if passed == rest => {}
                Ok(_) => return opening.refuse(PartReason::damaged("it is cut off")),
                Err(_) => return,
            }
        }
    }
}

fn named(number: usize) -> String {
    if number == 0 { "installer's script".to_owned() } else { format!("file {number}") }
}

fn read_whole(reader: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..)
        && !rest.is_empty()
    {
        match reader.read(rest)? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}
