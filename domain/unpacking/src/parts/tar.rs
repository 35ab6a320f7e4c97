//! tar: POSIX.1-1988 (ustar), with the long names of GNU and pax. Source of the format: POSIX.1-2017,
//! "pax - portable archive interchange".

use super::{Opening, PartReason, cut};

const BLOCK: usize = 512;

/// Whether the first block is a header whose sum is right.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(..BLOCK).is_some_and(|header| {
        header.iter().any(|it| *it != 0) && number(header.get(148..156)) == Some(sum(header))
    })
}

/// Every byte of the header, its own sum taken for spaces.
fn sum(header: &[u8]) -> u64 {
    let outside = header.iter().enumerate().filter(|(at, _)| !(148..156).contains(at));
    outside.map(|(_, byte)| u64::from(*byte)).sum::<u64>() + 8 * u64::from(b' ')
}

/// Octal, or binary with the first bit set.
fn number(field: Option<&[u8]>) -> Option<u64> {
    let field = field?;
    if let [first, rest @ ..] = field
        && first & 0x80 != 0
    {
        let start = u64::from(first & 0x7f);
        return rest
            .iter()
            .try_fold(start, |all, byte| all.checked_mul(256).map(|it| it + u64::from(*byte)));
    }
    let digits: Vec<u8> = field
        .iter()
        .copied()
        .skip_while(|it| *it == b' ')
        .take_while(|it| (b'0'..=b'7').contains(it))
        .collect();
    digits
        .iter()
        .try_fold(0_u64, |all, digit| all.checked_mul(8).map(|it| it + u64::from(digit - b'0')))
}

pub(super) fn open(opening: &mut Opening<'_>, mut bytes: &[u8]) {
    let mut long_name = None;
    while !opening.is_over() {
        let Some((header, rest)) = bytes.split_at_checked(BLOCK) else {
            if !bytes.iter().all(|it| *it == 0) {
                opening.refuse(PartReason::damaged("it ends in a header"));
            }
            return;
        };
        // An empty block ends the archive.
        if header.iter().all(|it| *it == 0) {
            return;
        }
        if number(header.get(148..156)) != Some(sum(header)) {
            return opening.refuse(PartReason::damaged("a header has a wrong sum"));
        }
        let size = number(header.get(124..136)).and_then(|it| usize::try_from(it).ok());
        let Some(size) = size else {
            return opening.refuse(PartReason::damaged("a size is no number"));
        };
        let content = rest.get(..size);
        let is_whole = content.is_some();
        let content = content.unwrap_or(rest);
        let padded = size.div_ceil(BLOCK).saturating_mul(BLOCK);
        bytes = rest.get(padded..).unwrap_or_default();
        match header.get(156) {
            Some(b'L') => long_name = Some(cut::name(content)),
            Some(b'x') => long_name = pax_path(content).or(long_name.take()),
            Some(0 | b'0' | b'7') => {
                let name = long_name.take().unwrap_or_else(|| header_name(header));
                if !is_whole {
                    opening.refuse_part(&name, PartReason::damaged("it ends in this part"));
                }
                opening.part(&name, content);
            }
            _ => long_name = None,
        }
    }
}

fn header_name(header: &[u8]) -> String {
    let text = |range: std::ops::Range<usize>| {
        let field = header.get(range).unwrap_or_default();
        let end = field.iter().position(|it| *it == 0).unwrap_or(field.len());
        String::from_utf8_lossy(field.get(..end).unwrap_or_default()).into_owned()
    };
    let (name, prefix) = (text(0..100), text(345..500));
    let is_ustar = header.get(257..263) == Some(b"ustar\0");
    if is_ustar && !prefix.is_empty() {
        format!("{prefix}/{name}")
    } else {
        cut::name(name.as_bytes())
    }
}

/// The value of `path` among the records `LENGTH KEY=VALUE`.
fn pax_path(content: &[u8]) -> Option<String> {
    let text = content.split(|it| *it == b'\n');
    text.filter_map(|record| {
        let at = record.iter().position(|it| *it == b' ')?;
        record.get(at + 1..)?.strip_prefix(b"path=").map(cut::name)
    })
    .next_back()
}
