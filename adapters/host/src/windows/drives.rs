//! Drives.

use std::path::PathBuf;

use windows_sys::Win32::Storage::FileSystem::{GetDriveTypeW, GetLogicalDrives};

/// Kinds of drives, by `winbase.h`.
const REMOVABLE: u32 = 2;
const FIXED: u32 = 3;

/// Disks of this computer, sticks among them; neither network drives nor discs.
pub fn disks() -> Vec<PathBuf> {
    of_kinds(&[FIXED, REMOVABLE])
}

/// Sticks that are plugged in.
pub fn sticks() -> Vec<PathBuf> {
    of_kinds(&[REMOVABLE])
}

/// Names of disks at the top of the running system.
pub(super) fn names() -> Vec<Vec<u8>> {
    let letters = disks()
        .into_iter()
        .filter_map(|it| it.to_str().and_then(|it| it.get(..2)).map(str::to_owned));
    letters.map(String::into_bytes).collect()
}

fn of_kinds(kinds: &[u32]) -> Vec<PathBuf> {
    super::rights::take();
    // SAFETY: the call takes nothing.
    let there = unsafe { GetLogicalDrives() };
    let letters = ('A'..='Z').enumerate().filter(|(bit, _)| there >> bit & 1 == 1);
    let drives = letters.map(|(_, letter)| format!("{letter}:\\"));
    let is_wanted = |drive: &String| {
        let wide: Vec<u16> = drive.encode_utf16().chain([0]).collect();
        // SAFETY: the text ends with a zero.
        kinds.contains(&unsafe { GetDriveTypeW(wide.as_ptr()) })
    };
    // A reader without a card in it is a drive too.
    drives.filter(is_wanted).map(PathBuf::from).filter(|drive| drive.exists()).collect()
}
