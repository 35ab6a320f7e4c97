//! Functions of libraries that the program does not import.

use std::{io, ptr};

use windows_sys::Win32::Foundation::{FARPROC, HMODULE};
use windows_sys::Win32::System::LibraryLoader::{
    GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW,
};

/// A function of a library of the system. Loaded by itself, from the system's own folder: what the
/// program imports is looked for beside the program first, where anybody may have put another.
pub(super) fn function(
    library: *const u16,
    name: *const u8,
) -> io::Result<unsafe extern "system" fn() -> isize> {
    // SAFETY: both texts end with zero, and the library stays loaded.
    let found: FARPROC = unsafe {
        let library: HMODULE =
            LoadLibraryExW(library, ptr::null_mut(), LOAD_LIBRARY_SEARCH_SYSTEM32);
        if library.is_null() { None } else { GetProcAddress(library, name) }
    };
    found.ok_or_else(io::Error::last_os_error)
}
