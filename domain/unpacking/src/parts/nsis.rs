//! NSIS, the installers of Nullsoft. Source of the format: `Source/exehead/fileform.h` of NSIS, and
//! what its compiler writes.

use std::io::Read;

use flate2::read::DeflateDecoder;
use lzma_rust2::LzmaReader;

use super::cut::Cut;
use super::mark::Mark;
use super::{Container, Opening, PartReason};

/// Stands four bytes behind the beginning of the first header.
pub(super) const MARK: Mark<16> = Mark::of(b"\xef\xbe\xad\xdeNullsoftInst");
pub(super) const BEFORE_MARK: usize = 4;
/// An installer looks for its first header at multiples of this.
pub(super) const ALIGNMENT: usize = 512;
const HEADER: usize = 28;
/// The dictionary that an installer may ask for.
const MOST_DICTIONARY: u32 = 160 << 20;
/// Says that a block is packed.
const PACKED: u32 = 1 << 31;
/// What stands behind the length that an installer tells.
const BEHIND: &str = "behind the installer's data";

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

/// An installer's data, from its first header on. What stands behind the length that it tells is looked at
/// too where it `is_of_program`, whose code may read it, and is not another program's.
pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8], is_of_program: bool) {
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
    let behind = if is_of_program { unsigned(bytes, end) } else { &[] };
    let is_stream = matches!(Method::of(data), Method::Lzma { .. } | Method::Bzip2);
    let is_in_blocks = !is_stream && (starts_block(data) || Cut(data).u32() == Some(header_length));
    if is_in_blocks {
        let mut number = 0;
        blocks(opening, data, &mut number);
        if starts_block(behind) {
            return blocks(opening, behind, &mut number);
        }
    } else {
        // The stream ends by itself.
        let data = if behind.is_empty() { Some(data) } else { bytes.get(HEADER..) };
        solid(opening, data.unwrap_or_default());
    }
    if behind.iter().any(|it| *it != 0) {
        opening.part(BEHIND, behind);
        if !Container::of(behind).is_some_and(Container::is_archive) {
            let told = format!("{} bytes behind the length that it tells", behind.len());
            opening.refuse_part(BEHIND, PartReason::Damaged(told));
        }
    }
}

/// Whether bytes begin with a packed block and its length.
fn starts_block(bytes: &[u8]) -> bool {
    Cut(bytes).u32().is_some_and(|first| {
        first & PACKED != 0 && usize::try_from(first & !PACKED).is_ok_and(|it| it < bytes.len())
    })
}

/// What stands behind a place and behind the program's signatures there, which Windows wants at the end of
/// a file: each with its length, version 2.0 and kind (`WIN_CERTIFICATE`), then signed data of PKCS #7.
fn unsigned(bytes: &[u8], mut end: usize) -> &[u8] {
    const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    loop {
        let rest = bytes.get(end..).unwrap_or_default();
        let start = end.next_multiple_of(8);
        let mut cut = Cut::at(bytes, start);
        let (Some(length), Some(0x0002_0200)) = (cut.u32(), cut.u32()) else { return rest };
        let (Some(b"\x30\x82"), Some(content)) = (cut.take(2), cut.array::<2>()) else {
            return rest;
        };
        let signed = usize::from(u16::from_be_bytes(content)) + 12;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        // Nothing but the rest to a multiple of eight is behind what is signed, or before it.
        let is_whole = signed <= length && length <= signed.next_multiple_of(8);
        let is_padded = bytes.get(end..start).is_some_and(|it| it.iter().all(|it| *it == 0));
        if !is_whole
            || !is_padded
            || !cut.0.starts_with(SIGNED_DATA)
            || start + length > bytes.len()
        {
            return rest;
        }
        end = start + length;
    }
}

/// Every file is packed by itself.
fn blocks(opening: &mut Opening<'_>, data: &[u8], number: &mut usize) {
    let mut cut = Cut(data);
    while !opening.is_over()
        && let Some(length) = cut.u32()
    {
        let name = named(*number);
        let is_packed = length & PACKED != 0;
        let Ok(length) = usize::try_from(length & !PACKED) else { return };
        let Some(packed) = cut.take(length) else {
            // The checksum behind the last block.
            if !cut.0.is_empty() {
                opening.refuse(PartReason::damaged("it is cut off"));
            }
            return;
        };
        *number += 1;
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
