//! OLE compound files: old Office documents, MSI packages, mails of Outlook. Each stream is a part;
//! what programs packed into a stream is one more. Source of the formats: [MS-CFB], [MS-OLEDS] section
//! 2.3.6, [MS-PPT] section 2.10.34, [MS-OVBA] section 2.4.1.

use std::io::Cursor;

use cfb::CompoundFile;
use flate2::read::ZlibDecoder;

use super::cut::{self, Cut};
use super::{Opening, PartReason};

pub(super) const START: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut file = match CompoundFile::open(Cursor::new(bytes)) {
        Ok(file) => file,
        Err(error) => return opening.refuse(PartReason::damaged(&error)),
    };
    let streams: Vec<_> =
        file.walk().filter(cfb::Entry::is_stream).map(|it| it.path().to_owned()).collect();
    for path in streams {
        if opening.is_over() {
            return;
        }
        let name = decoded_name(&path.display().to_string());
        let mut stream = match file.open_stream(&path) {
            Ok(stream) => stream,
            Err(error) => {
                opening.refuse_part(&name, PartReason::damaged(&error));
                continue;
            }
        };
        let mut content = Vec::new();
        // No stream is longer than the file.
        if let Err(error) = std::io::Read::read_to_end(&mut stream, &mut content) {
            opening.refuse_part(&name, PartReason::damaged(&error));
        }
        opening.part(&name, &content);
        if name.ends_with("Ole10Native") {
            package(opening, content.get(4..).unwrap_or_default());
        } else if name.ends_with("PowerPoint Document") {
            slides(opening, &content);
        } else if let Some(code) = macros(&content) {
            opening.part(&format!("{name} (VBA)"), &code);
        }
    }
}

/// A file that was dropped into a document.
pub(super) fn package(opening: &mut Opening<'_>, native: &[u8]) {
    let mut cut = Cut(native);
    let read = || -> Option<(String, &[u8])> {
        (cut.u16()? == 2).then_some(())?;
        let label = cut::name(cut.until(0)?);
        cut.until(0)?;
        cut.u32()?;
        let length = cut.u32()?;
        cut.take(usize::try_from(length).ok()?)?;
        let size = usize::try_from(cut.u32()?).ok()?;
        Some((label, cut.0.get(..size).unwrap_or(cut.0)))
    };
    let mut read = read;
    if let Some((label, data)) = read() {
        opening.part(&label, data);
    }
}

/// Objects in the slides: records of the type `ExOleObjStg`.
fn slides(opening: &mut Opening<'_>, stream: &[u8]) {
    let mut cut = Cut(stream);
    let mut number = 0;
    while !opening.is_over() {
        let (Some(version), Some(kind), Some(length)) = (cut.u16(), cut.u16(), cut.u32()) else {
            return;
        };
        // A container: its records follow.
        if version & 0xf == 0xf {
            continue;
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(cut.0.len());
        let Some(content) = cut.take(length) else { return };
        if kind != 0x1011 {
            continue;
        }
        number += 1;
        let name = format!("object {number}");
        if version >> 4 == 1 {
            let packed = content.get(4..).unwrap_or_default();
            opening.read_part(&name, packed.len() as u64, ZlibDecoder::new(packed));
        } else {
            opening.part(&name, content);
        }
    }
}

/// The source text of macros, wherever in a stream it begins.
fn macros(stream: &[u8]) -> Option<Vec<u8>> {
    // A compressed container begins with 1, its first chunk with a flag byte and `Attribut`.
    let at = memchr::memmem::find(stream, b"\0Attribut")?.checked_sub(3)?;
    let mut packed = stream.get(at..)?.strip_prefix(&[1])?;
    let mut text: Vec<u8> = Vec::new();
    while let Some((header, rest)) = packed.split_first_chunk::<2>() {
        let header = u16::from_le_bytes(*header);
        let length = usize::from(header & 0xfff) + 1;
        let chunk = rest.get(..length).unwrap_or(rest);
        packed = rest.get(length..).unwrap_or_default();
        let start = text.len();
        if header & 0x8000 == 0 {
            text.extend_from_slice(chunk);
            continue;
        }
        let mut chunk = Cut(chunk);
        'chunk: while let Some(flags) = chunk.u8() {
            for bit in 0..8 {
                if flags >> bit & 1 == 0 {
                    let Some(byte) = chunk.u8() else { break 'chunk };
                    text.push(byte);
                    continue;
                }
                let Some(token) = chunk.u16() else { break 'chunk };
                let done = text.len() - start;
                let bits = (usize::BITS - done.saturating_sub(1).leading_zeros()).clamp(4, 12);
                let length = usize::from(token & (0xffff >> bits)) + 3;
                let back = usize::from(token >> (16 - bits)) + 1;
                let Some(from) = text.len().checked_sub(back) else { break 'chunk };
                if done + length > 4096 {
                    break 'chunk;
                }
                for step in from..from + length {
                    let byte = text.get(step).copied().unwrap_or(0);
                    text.push(byte);
                }
            }
        }
    }
    Some(text)
}

/// Names of streams in MSI packages are written in a code of their own.
fn decoded_name(name: &str) -> String {
    const DIGITS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
    let mut decoded = String::new();
    let digit = |at: u32| DIGITS.get(at as usize).map_or('?', |it| char::from(*it));
    for c in name.chars() {
        match u32::from(c) {
            code @ 0x3800..=0x47ff => {
                let both = code - 0x3800;
                decoded.push(digit(both & 0x3f));
                decoded.push(digit(both >> 6));
            }
            code @ 0x4800..=0x483f => decoded.push(digit(code - 0x4800)),
            code if code < 0x20 => {}
            _ => decoded.push(c),
        }
    }
    decoded
}
