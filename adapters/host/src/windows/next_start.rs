//! Files that are removed at the next start, before programs run: Windows keeps a list of them.

use std::io;
use std::path::Path;

use cleaning::{Bytes, HostError, Value};
use windows_sys::Win32::Storage::FileSystem::{MOVEFILE_DELAY_UNTIL_REBOOT, MoveFileExW};

use super::place::wide;
use super::{error, registry};

const KEY: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager";
const NAME: &str = "PendingFileRenameOperations";

/// Has a file removed at the next start.
pub(super) fn remove(path: &Path) -> Result<(), HostError> {
    let path = wide(path);
    // SAFETY: the path ends with a zero, and without a second one the file is removed.
    let done = unsafe { MoveFileExW(path.as_ptr(), std::ptr::null(), MOVEFILE_DELAY_UNTIL_REBOOT) };
    if done == 0 { Err(error(&io::Error::last_os_error())) } else { Ok(()) }
}

/// Takes that back; a file that is not on the list needs nothing.
pub(super) fn cancel(path: &Path) -> Result<(), HostError> {
    let Some(value) = registry::value(KEY, NAME)? else { return Ok(()) };
    // The list has paths as the kernel knows them.
    let path = path.to_string_lossy().replacen(r"\\?\", r"\??\", 1);
    let Some(data) = without(&value.data.0, &path) else { return Ok(()) };
    // One zero is the end of an empty list.
    let value = (data.len() > 2).then(|| Value { kind: value.kind, data: Bytes(data) });
    registry::set_value(KEY, NAME, value.as_ref())
}

/// The list without the pair that removes a file; `None` when there is none. A pair is two texts,
/// each with a zero behind it, the second empty where the first is to be removed. A last zero ends
/// the list.
fn without(data: &[u8], path: &str) -> Option<Vec<u8>> {
    let units: Vec<u16> =
        data.as_chunks::<2>().0.iter().map(|it| u16::from_le_bytes(*it)).collect();
    let mut texts: Vec<&[u16]> = units.split(|unit| *unit == 0).collect();
    // Behind the last zero is nothing.
    texts.pop();
    let mut kept: Vec<u16> = Vec::new();
    let mut is_found = false;
    for pair in texts.chunks(2) {
        let (from, to) = match pair {
            [from, to] => (*from, *to),
            // The zero that ends the list.
            [from] => (*from, &[][..]),
            _ => continue,
        };
        if from.is_empty() {
            continue;
        }
        if to.is_empty() && String::from_utf16_lossy(from).eq_ignore_ascii_case(path) {
            is_found = true;
            continue;
        }
        kept.extend(from.iter().chain(&[0]).chain(to).chain(&[0]));
    }
    kept.push(0);
    is_found.then(|| kept.into_iter().flat_map(u16::to_le_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pair_goes_and_the_others_stay() {
        let data =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let list = data("\\??\\C:\\a\0\0\\??\\C:\\b\0!\\??\\C:\\c\0\\??\\C:\\Bỏ.exe\0\0\0");
        let left = data("\\??\\C:\\a\0\0\\??\\C:\\b\0!\\??\\C:\\c\0\0");
        assert_eq!(without(&list, r"\??\C:\Bỏ.exe"), Some(left));
        assert_eq!(without(&list, r"\??\C:\b"), None);
        assert_eq!(without(&data("\\??\\C:\\a\0\0\0"), r"\??\C:\a"), Some(vec![0, 0]));
        assert_eq!(without(&[], "x"), None);
    }
}
