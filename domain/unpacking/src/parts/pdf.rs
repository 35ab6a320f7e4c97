//! PDF: its streams, deflated or written in hexadecimal or base 85. Source of the format: ISO
//! 32000-1, sections 7.3.8 and 7.4.

use flate2::read::ZlibDecoder;
use memchr::memmem;

use super::{Opening, PartReason, text};

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    if memmem::find(bytes, b"/Encrypt").is_some() {
        opening.refuse(PartReason::Encrypted);
    }
    let mut at = 0;
    let mut number = 0;
    while let Some(found) = bytes.get(at..).and_then(|it| memmem::find(it, b"stream")) {
        if opening.is_over() {
            return;
        }
        let word = at + found;
        at = word + 6;
        let Some(behind) = bytes.get(at..) else { return };
        let ([b'\r', b'\n', behind @ ..] | [b'\n' | b'\r', behind @ ..]) = behind else {
            continue;
        };
        let head = bytes.get(word.saturating_sub(1_000)..word).unwrap_or_default();
        let head = head.get(memmem::rfind(head, b" obj").unwrap_or(0)..).unwrap_or_default();
        let length = memmem::find(behind, b"endstream").unwrap_or(behind.len());
        // A line may end between the content and the word; only the length tells it from content.
        let content = behind.get(..said_length(head).filter(|it| *it <= length).unwrap_or(length));
        let content = content.unwrap_or_default();
        at = bytes.len() - behind.len() + length + 9;
        number += 1;
        let name = format!("stream {number}");
        let has = |filter: &[u8]| memmem::find(head, filter).is_some();
        let plain = if has(b"/ASCIIHexDecode") || has(b"/AHx") {
            Some(hexadecimal(content))
        } else if has(b"/ASCII85Decode") || has(b"/A85") {
            Some(base85(content))
        } else {
            None
        };
        let content = plain.as_deref().unwrap_or(content);
        if has(b"/FlateDecode") || has(b"/Fl ") || has(b"/Fl]") {
            opening.read_part(&name, content.len() as u64, ZlibDecoder::new(content));
        } else {
            opening.part(&name, content);
        }
    }
}

/// The length that the dictionary says, when it says it itself.
fn said_length(head: &[u8]) -> Option<usize> {
    let at = memmem::rfind(head, b"/Length ")? + 8;
    let text = std::str::from_utf8(head.get(at..)?.get(..12)?.trim_ascii_start()).ok()?;
    let (digits, rest) = text.split_at(text.find(|it: char| !it.is_ascii_digit())?);
    let is_elsewhere = rest.trim_start().starts_with(|it: char| it.is_ascii_digit());
    if is_elsewhere { None } else { digits.parse().ok() }
}

fn hexadecimal(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        text.iter().take_while(|it| **it != b'>').filter_map(|it| text::hex(*it)).collect();
    digits.chunks(2).map(|it| it.iter().fold(0, |all, digit| all << 4 | digit)).collect()
}

fn base85(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len() / 5 * 4);
    let mut group: Vec<u32> = Vec::with_capacity(5);
    for byte in text.iter().take_while(|it| **it != b'~') {
        match byte {
            b'z' if group.is_empty() => decoded.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => continue,
        }
        if group.len() == 5 {
            decoded.extend(of_group(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        decoded.extend(of_group(&group).get(..kept).unwrap_or_default());
    }
    decoded
}

fn of_group(group: &[u32]) -> [u8; 4] {
    group.iter().fold(0_u32, |all, it| all.wrapping_mul(85).wrapping_add(*it)).to_be_bytes()
}
