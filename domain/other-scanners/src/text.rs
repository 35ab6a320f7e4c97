//! Bytes of a file of text, whatever it was saved as.

use std::borrow::Cow;

/// UTF-8, or UTF-16 by its mark or by its zeroes; bytes of another code become U+FFFD.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(rest);
    }
    let le =
        |rest: &'_ [u8]| units(rest.as_chunks::<2>().0.iter().map(|it| u16::from_le_bytes(*it)));
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return le(rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return units(rest.as_chunks::<2>().0.iter().map(|it| u16::from_be_bytes(*it)));
    }
    let head = bytes.get(..64).unwrap_or(bytes);
    let zeroes = head.iter().skip(1).step_by(2).filter(|byte| **byte == 0).count();
    if head.len() >= 4 && zeroes * 4 >= head.len() {
        return le(bytes);
    }
    String::from_utf8_lossy(bytes)
}

fn units(units: impl Iterator<Item = u16>) -> Cow<'static, str> {
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
