//! cpio, in its four forms. Source of the formats: the manual page cpio(5) of FreeBSD.

use super::cut::{self, Cut};
use super::{Opening, PartReason};

/// How the headers are written.
#[derive(Clone, Copy)]
enum Form {
    /// 16-bit words, the lower byte first or last.
    Binary { is_little: bool },
    /// Octal digits.
    Odc,
    /// Hexadecimal digits, padded to four bytes.
    Newc,
}

fn form(bytes: &[u8]) -> Option<Form> {
    match bytes {
        [0xc7, 0x71, ..] => Some(Form::Binary { is_little: true }),
        [0x71, 0xc7, ..] => Some(Form::Binary { is_little: false }),
        _ if bytes.starts_with(b"070707") => Some(Form::Odc),
        _ if bytes.starts_with(b"070701") || bytes.starts_with(b"070702") => Some(Form::Newc),
        _ => None,
    }
}

pub(super) fn is_cpio(bytes: &[u8]) -> bool {
    // Two bytes say little: the first entry must be one as well.
    form(bytes).is_some() && entry(&mut Cut(bytes), 0).is_some()
}

struct Entry<'b> {
    name: &'b [u8],
    mode: u64,
    content: &'b [u8],
}

fn digits(cut: &mut Cut<'_>, length: usize, radix: u32) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(cut.take(length)?).ok()?, radix).ok()
}

fn entry<'b>(cut: &mut Cut<'b>, at: usize) -> Option<Entry<'b>> {
    let start = cut.0.len();
    let (mode, name_length, size, padding) = match form(cut.0)? {
        Form::Binary { is_little } => {
            let mut word = || {
                let two = cut.array()?;
                Some(u64::from(if is_little {
                    u16::from_le_bytes(two)
                } else {
                    u16::from_be_bytes(two)
                }))
            };
            let mut fields = [0; 13];
            for field in &mut fields {
                *field = word()?;
            }
            let [_, _, _, mode, _, _, _, _, _, _, name_length, high, low] = fields;
            (mode, name_length, high << 16 | low, 2)
        }
        Form::Odc => {
            cut.take(18)?;
            let mode = digits(cut, 6, 8)?;
            cut.take(35)?;
            let name_length = digits(cut, 6, 8)?;
            (mode, name_length, digits(cut, 11, 8)?, 1)
        }
        Form::Newc => {
            cut.take(14)?;
            let mode = digits(cut, 8, 16)?;
            cut.take(32)?;
            let size = digits(cut, 8, 16)?;
            cut.take(32)?;
            let name_length = digits(cut, 8, 16)?;
            cut.take(8)?;
            (mode, name_length, size, 4)
        }
    };
    let name = cut.take(usize::try_from(name_length).ok()?)?;
    let pad = |cut: &mut Cut<'b>| {
        let place = at + start - cut.0.len();
        let missing = place.next_multiple_of(padding) - place;
        cut.take(missing.min(cut.0.len()));
    };
    pad(cut);
    let content = cut.take(usize::try_from(size).ok()?)?;
    pad(cut);
    Some(Entry { name, mode, content })
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut cut = Cut(bytes);
    while !opening.is_over() && !cut.0.iter().all(|it| *it == 0) {
        let at = bytes.len() - cut.0.len();
        let Some(entry) = entry(&mut cut, at) else {
            return opening.refuse(PartReason::damaged("an entry is cut off"));
        };
        if entry.name.starts_with(b"TRAILER!!!\0") {
            return;
        }
        // Regular files alone hold bytes of their own.
        if entry.mode & 0o170_000 == 0o100_000 {
            opening.part(&cut::name(entry.name), entry.content);
        }
    }
}
