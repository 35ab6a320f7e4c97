//! Sticks that are plugged in.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// Where desktops mount what is plugged in.
const FOLDERS: [&str; 2] = ["/media", "/run/media"];

/// Where sticks are mounted: disks that can be taken out, and what the desktop mounted.
pub fn sticks() -> Vec<PathBuf> {
    let table = fs::read("/proc/self/mountinfo").unwrap_or_default();
    mounted(&table)
        .into_iter()
        .filter(|(folder, device)| {
            FOLDERS.iter().any(|it| folder.starts_with(it)) || is_removable(device)
        })
        .map(|(folder, _)| folder)
        .collect()
}

/// Folders with the disk's number, of the lines of proc(5) that are of a disk.
fn mounted(table: &[u8]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for line in table.split(|byte| *byte == b'\n') {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        // Optional fields end with a dash; type and source follow.
        let dash = fields.iter().position(|field| *field == b"-");
        let source = dash.and_then(|dash| fields.get(dash + 2));
        let (Some(number), Some(folder), Some(source)) = (fields.get(2), fields.get(4), source)
        else {
            continue;
        };
        if source.starts_with(b"/dev/") {
            let folder = PathBuf::from(OsString::from_vec(unescaped(folder)));
            found.push((folder, String::from_utf8_lossy(number).into_owned()));
        }
    }
    found
}

/// Blanks and the like stand as three octal digits.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = field;
    while let Some((byte, behind)) = rest.split_first() {
        let digits = behind.get(..3).and_then(|it| str::from_utf8(it).ok());
        let escaped = digits.and_then(|it| u8::from_str_radix(it, 8).ok());
        if let (b'\\', Some(escaped)) = (byte, escaped) {
            bytes.push(escaped);
            rest = behind.get(3..).unwrap_or_default();
        } else {
            bytes.push(*byte);
            rest = behind;
        }
    }
    bytes
}

/// Whether a disk, or the one that it is a part of, can be taken out.
fn is_removable(device: &str) -> bool {
    let folder = Path::new("/sys/dev/block").join(device);
    let says = |path: PathBuf| fs::read(path).is_ok_and(|text| text.trim_ascii() == b"1");
    says(folder.join("removable")) || says(folder.join("../removable"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_are_told_from_the_rest() {
        let table = b"25 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
            26 25 0:5 / /proc rw shared:12 - proc proc rw\n\
            90 25 8:17 / /media/an/\xe1\xbb\x95\\040c\xe1\xbb\xa9ng rw,nosuid shared:3 master:1 - vfat /dev/sdb1 rw\n\
            broken";
        let expected = [
            (PathBuf::from("/"), "254:0".to_owned()),
            (PathBuf::from("/media/an/ổ cứng"), "8:17".to_owned()),
        ];
        assert_eq!(mounted(table), expected);
    }
}
