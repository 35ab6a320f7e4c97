//! Catalogs: signed lists of the digests of files that carry no signature of their own.

use std::fs::File;
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;
use std::ptr;

use cleaning::Signature;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::Cryptography::Catalog::CATALOG_INFO;
use windows_sys::Win32::Security::WinTrust::{
    DRIVER_ACTION_VERIFY, WINTRUST_CATALOG_INFO, WINTRUST_DATA_0, WTD_CHOICE_CATALOG,
};
use windows_sys::core::w;

use super::calls::Calls;
use super::{NOTHING, member_tag, size_of_u32, verified};
use crate::windows::place::wide;

/// Bytes of the longest digest.
const MAX_DIGEST_BYTES: usize = 64;
/// Catalogs that are asked about one file.
const MOST_CATALOGS: usize = 64;

/// What the catalogs say of a file: that the vendor signed one that names it, else what the first one
/// that names it is worth; `None` where none does.
pub(super) fn signature(calls: &Calls, file: &File, path: &Path) -> Option<Signature> {
    let mut first = None;
    for is_newer in [true, false] {
        let Some(catalogs) = Catalogs::open(calls, is_newer) else { continue };
        let Some(digest) = catalogs.digest(file) else { continue };
        for catalog in catalogs.naming(&digest) {
            let signature = catalogs.verified(&catalog, file, path, &digest);
            if matches!(signature, Signature::Vendor { .. }) {
                return Some(signature);
            }
            first.get_or_insert(signature);
        }
    }
    first
}

/// The catalogs of this computer, by digests of one kind.
struct Catalogs<'c> {
    calls: &'c Calls,
    handle: isize,
    is_newer: bool,
}

impl<'c> Catalogs<'c> {
    /// By SHA-256 where Windows knows it, or by SHA-1.
    fn open(calls: &'c Calls, is_newer: bool) -> Option<Self> {
        let (mut handle, drivers) = (0, DRIVER_ACTION_VERIFY);
        let subsystem = &raw const drivers;
        let is_open = match (is_newer, &calls.by_algorithm) {
            (true, None) => false,
            // SAFETY: what is written to lives, and the text ends with zero.
            (true, Some((open, _))) => unsafe {
                open(&raw mut handle, subsystem, w!("SHA256"), NOTHING, 0) != 0
            },
            // SAFETY: the same.
            (false, _) => unsafe { (calls.open_catalogs)(&raw mut handle, subsystem, 0) != 0 },
        };
        (is_open && handle != 0).then_some(Self { calls, handle, is_newer })
    }

    /// The digest by which catalogs name a file: of a program without its signatures.
    fn digest(&self, file: &File) -> Option<Vec<u8>> {
        let mut digest = vec![0; MAX_DIGEST_BYTES];
        let mut length = u32::try_from(digest.len()).unwrap_or(0);
        let (file, room): (HANDLE, _) = (file.as_raw_handle(), digest.as_mut_ptr());
        let is_told = match (self.is_newer, &self.calls.by_algorithm) {
            (true, None) => false,
            // SAFETY: both handles are open, and the buffer is as long as is said.
            (true, Some((_, digest))) => unsafe {
                digest(self.handle, file, &raw mut length, room, 0) != 0
            },
            // SAFETY: the same.
            (false, _) => unsafe { (self.calls.digest)(file, &raw mut length, room, 0) != 0 },
        };
        let length = usize::try_from(length).ok().filter(|_| is_told)?;
        digest.truncate(length);
        (!digest.is_empty() && digest.len() == length).then_some(digest)
    }

    /// Files of the catalogs that name a digest.
    fn naming(&self, digest: &[u8]) -> Vec<Vec<u16>> {
        let mut found = Vec::new();
        let mut at = Catalog { catalogs: self, handle: 0 };
        while found.len() < MOST_CATALOGS {
            at.go_on(digest);
            match at.file() {
                Some(file) => found.push(file),
                None => break,
            }
        }
        found
    }

    /// Whether a catalog that names a file is what it says.
    fn verified(&self, catalog: &[u16], file: &File, path: &Path, digest: &[u8]) -> Signature {
        let (path, tag) = (wide(path), member_tag(digest));
        let mut digest = digest.to_vec();
        let mut subject = WINTRUST_CATALOG_INFO {
            cbStruct: size_of_u32::<WINTRUST_CATALOG_INFO>(),
            pcwszCatalogFilePath: catalog.as_ptr(),
            pcwszMemberTag: tag.as_ptr(),
            pcwszMemberFilePath: path.as_ptr(),
            hMemberFile: file.as_raw_handle(),
            pbCalculatedFileHash: digest.as_mut_ptr(),
            cbCalculatedFileHash: u32::try_from(digest.len()).unwrap_or(0),
            hCatAdmin: self.handle,
            ..WINTRUST_CATALOG_INFO::default()
        };
        let subject = WINTRUST_DATA_0 { pCatalog: &raw mut subject };
        // SAFETY: the subject is a catalog's, as is said; its texts end with zero, and all of it
        // outlives the call.
        unsafe { verified(self.calls, WTD_CHOICE_CATALOG, subject) }
    }
}

impl Drop for Catalogs<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and nothing of it is used any more.
        unsafe { (self.calls.leave_catalogs)(self.handle, 0) };
    }
}

/// Where a search stands: at a catalog, or at none.
struct Catalog<'c> {
    catalogs: &'c Catalogs<'c>,
    handle: isize,
}

impl Catalog<'_> {
    /// To the next one. The call gives the one before back.
    fn go_on(&mut self, digest: &[u8]) {
        let length = u32::try_from(digest.len()).unwrap_or(0);
        let before = if self.handle == 0 { ptr::null_mut() } else { &raw mut self.handle };
        let (calls, all) = (self.catalogs.calls, self.catalogs.handle);
        // SAFETY: the digest is as long as is said, and the one before, if any, is open.
        self.handle = unsafe { (calls.find_catalog)(all, digest.as_ptr(), length, 0, before) };
    }

    /// Its file, with the zero at the end.
    fn file(&self) -> Option<Vec<u16>> {
        if self.handle == 0 {
            return None;
        }
        let mut facts =
            CATALOG_INFO { cbStruct: size_of_u32::<CATALOG_INFO>(), ..CATALOG_INFO::default() };
        // SAFETY: the catalog is open, and the structure is as large as it says.
        let is_told =
            unsafe { (self.catalogs.calls.catalog_facts)(self.handle, &raw mut facts, 0) } != 0;
        let end = facts.wszCatalogFile.iter().position(|unit| *unit == 0)?;
        facts.wszCatalogFile.get(..=end).filter(|_| is_told && end > 0).map(<[u16]>::to_vec)
    }
}

impl Drop for Catalog<'_> {
    fn drop(&mut self) {
        if self.handle != 0 {
            // SAFETY: the catalog is open, and nothing of it is used any more.
            unsafe { (self.catalogs.calls.leave_catalog)(self.catalogs.handle, self.handle, 0) };
        }
    }
}
