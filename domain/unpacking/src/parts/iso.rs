//! ISO 9660 images: ECMA-119, sections 8.4 and 9.1.

use super::cut::{self, Cut};
use super::{Opening, PartReason};

const SECTOR: usize = 2048;
/// Folders in folders.
const DEEPEST: usize = 32;
/// Folders of an image; more are not looked at.
const MOST_FOLDERS: usize = 10_000;

pub(super) fn is_iso(bytes: &[u8]) -> bool {
    bytes.get(16 * SECTOR..16 * SECTOR + 6) == Some(b"\x01CD001")
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let root = Cut::at(bytes, 16 * SECTOR + 156).0;
    let Some((place, size)) = extent(root) else {
        return opening.refuse(PartReason::damaged("no root folder"));
    };
    let mut waiting = vec![(String::new(), place, size, 0)];
    let mut folders = 0;
    while let Some((path, place, size, depth)) = waiting.pop() {
        folders += 1;
        if depth > DEEPEST || folders > MOST_FOLDERS {
            return opening.refuse(PartReason::TooManyParts);
        }
        let Some(folder) = place.checked_add(size).and_then(|end| bytes.get(place..end)) else {
            opening.refuse(PartReason::damaged("a folder lies outside of the image"));
            continue;
        };
        // No record crosses a sector; zeroes fill it up.
        for sector in folder.chunks(SECTOR) {
            let mut rest = sector;
            while let Some(length) = rest.first().map(|it| usize::from(*it)).filter(|it| *it > 33) {
                if opening.is_over() {
                    return;
                }
                let Some((record, behind)) = rest.split_at_checked(length) else { break };
                rest = behind;
                let name_length = record.get(32).map_or(0, |it| usize::from(*it));
                let name = record.get(33..33 + name_length).unwrap_or_default();
                let Some((place, size)) = extent(record) else { continue };
                // The folder itself, and the one above it.
                if matches!(name, [0 | 1]) {
                    continue;
                }
                let name = cut::name(name);
                let name = name.split(';').next().unwrap_or_default();
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
                if record.get(25).is_some_and(|flags| flags & 2 != 0) {
                    waiting.push((path, place, size, depth + 1));
                    continue;
                }
                match place.checked_add(size).and_then(|end| bytes.get(place..end)) {
                    Some(content) => opening.part(&path, content),
                    None => opening.refuse_part(&path, PartReason::damaged("outside of the image")),
                }
            }
        }
    }
}

/// Where a record's content begins, and its size.
fn extent(record: &[u8]) -> Option<(usize, usize)> {
    let mut cut = Cut::at(record, 2);
    let place = usize::try_from(cut.u32()?).ok()?.checked_mul(SECTOR)?;
    cut.u32()?;
    Some((place, usize::try_from(cut.u32()?).ok()?))
}
