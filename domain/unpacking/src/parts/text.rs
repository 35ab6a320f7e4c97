//! Bytes written as text: base64, quoted-printable, uuencode, `BinHex` 4.0.

/// Decodes base64 and passes over everything that is none, up to its padding.
pub(super) fn base64(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                (bits, held) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            decoded.push((bits >> held & 0xff) as u8);
        }
    }
    decoded
}

/// Decodes quoted-printable: RFC 2045 section 6.7.
pub(super) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'=' {
            decoded.push(*first);
            continue;
        }
        match behind {
            [b'\r', b'\n', behind @ ..] | [b'\n', behind @ ..] => rest = behind,
            [high, low, behind @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    decoded.push(high << 4 | low);
                    rest = behind;
                }
                _ => decoded.push(b'='),
            },
            _ => decoded.push(b'='),
        }
    }
    decoded
}

/// The value of a hexadecimal digit.
pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok())
}

/// Every file in a text between `begin MODE NAME` and `end`.
pub(super) fn uuencoded(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut is_within = false;
    for line in text.split(|it| *it == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !is_within {
            if let Some(rest) = line.strip_prefix(b"begin ")
                && let [mode @ .., _] = rest.split(|it| *it == b' ').collect::<Vec<_>>().as_slice()
                && let Some(mode) = mode.first()
                && (3..=4).contains(&mode.len())
                && mode.iter().all(u8::is_ascii_digit)
            {
                let name = rest.get(mode.len() + 1..).unwrap_or_default();
                files.push((super::cut::name(name), Vec::new()));
                is_within = true;
            }
            continue;
        }
        if line == b"end" {
            is_within = false;
            continue;
        }
        let Some((_, decoded)) = files.last_mut() else { continue };
        let Some((length, coded)) = line.split_first() else { continue };
        let length = usize::from(length.wrapping_sub(b' ') & 0x3f);
        let first = decoded.len();
        for four in coded.chunks(4) {
            let value = four.iter().chain(&[b' '; 4]).take(4);
            let value =
                value.fold(0_u32, |all, byte| all << 6 | u32::from(byte.wrapping_sub(b' ') & 0x3f));
            decoded.extend_from_slice(value.to_be_bytes().get(1..).unwrap_or_default());
        }
        decoded.truncate(first + length.min(decoded.len() - first));
    }
    files
}

const BINHEX: &[u8; 64] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

/// The data fork of a `BinHex` text, with its name: RFC 1741 section 4.
pub(super) fn binhex(text: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = text.iter().position(|it| *it == b':')?;
    let mut packed = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.get(colon + 1..)? {
        if *byte == b':' {
            break;
        }
        let Some(value) = BINHEX.iter().position(|it| it == byte) else { continue };
        bits = bits << 6 | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            packed.push((bits >> held & 0xff) as u8);
        }
    }
    let mut bytes: Vec<u8> = Vec::new();
    let mut rest = packed.iter();
    while let Some(byte) = rest.next() {
        match (byte, *byte == 0x90) {
            (_, true) => match rest.next() {
                Some(0) => bytes.push(0x90),
                Some(times) => {
                    let last = *bytes.last()?;
                    bytes.extend(std::iter::repeat_n(last, usize::from(*times) - 1));
                }
                None => break,
            },
            (byte, false) => bytes.push(*byte),
        }
    }
    let mut cut = super::cut::Cut(&bytes);
    let length = cut.u8()?;
    let name = super::cut::name(cut.take(usize::from(length))?);
    cut.take(1 + 4 + 4 + 2)?;
    let size = usize::try_from(u32::from_be_bytes(cut.array()?)).ok()?;
    cut.take(4 + 2)?;
    let data = cut.0.get(..size).unwrap_or(cut.0);
    Some((name, data.to_vec()))
}
