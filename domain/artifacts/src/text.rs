//! Bytes of a text file, whatever it was saved as.

/// The text of a small file: UTF-16 by its mark or by its zero bytes, UTF-8, or else one character a
/// byte, so that nothing is lost to a wrong guess.
///
/// ```
/// assert_eq!(artifacts::decode_text(b"\xff\xfeH\0i\0"), "Hi");
/// assert_eq!(artifacts::decode_text("Tệp".as_bytes()), "Tệp");
/// ```
pub fn decode_text(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(rest).into_owned();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16_le(rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let units = rest.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair));
        return char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
    }
    // Text in a Latin script saved as UTF-16 without a mark: every other byte is zero.
    let head = bytes.get(..64).unwrap_or(bytes);
    let zeros = head.iter().skip(1).step_by(2).filter(|byte| **byte == 0).count();
    if head.len() >= 4 && zeros * 4 >= head.len() {
        return utf16_le(bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// UTF-16, little-endian; half of a pair becomes U+FFFD.
pub(crate) fn utf16_le(bytes: &[u8]) -> String {
    let units = bytes.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair));
    char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
}

/// UTF-16, little-endian, up to the first zero.
pub(crate) fn utf16_le_until_zero(bytes: &[u8]) -> String {
    let end =
        bytes.chunks_exact(2).position(|pair| pair == [0, 0]).map_or(bytes.len(), |at| at * 2);
    utf16_le(bytes.get(..end).unwrap_or(bytes))
}

/// One character a byte, up to the first zero.
pub(crate) fn narrow_until_zero(bytes: &[u8]) -> String {
    bytes.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::decode_text;

    #[test]
    fn every_way_to_save_a_text_is_read() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(decode_text(bytes), expected);
        check(b"", "");
        check(b"[autorun]", "[autorun]");
        check(b"\xef\xbb\xbfx", "x");
        check(b"\xff\xfea\0\xa1\x1e", "a\u{1ea1}");
        check(b"\xfe\xff\0a", "a");
        check(b"<\0T\0a\0s\0k\0", "<Task");
        check(b"caf\xe9", "caf\u{e9}");
        check(b"\xff\xfe\x00\xd8", "\u{fffd}");
    }
}
