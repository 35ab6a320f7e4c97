//! A folder that nobody without an administrator's rights may write to.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStringExt as _;
use std::os::windows::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::os::windows::io::AsRawHandle as _;
use std::path::{Path, PathBuf};
use std::ptr;

use cleaning::HostError;
use windows_sys::Win32::Foundation::{CloseHandle, ERROR_ALREADY_EXISTS, HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetKernelObjectSecurity, GetSecurityDescriptorControl,
    GetSecurityDescriptorOwner, GetTokenInformation, IsWellKnownSid, OWNER_SECURITY_INFORMATION,
    PSID, SE_DACL_PROTECTED, SECURITY_ATTRIBUTES, TOKEN_ELEVATION, TOKEN_QUERY, TokenElevation,
    WinBuiltinAdministratorsSid, WinLocalSystemSid,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateDirectoryW, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_REPARSE_POINT, FILE_READ_ATTRIBUTES,
    READ_CONTROL,
};
use windows_sys::Win32::System::Com::CoTaskMemFree;
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};
use windows_sys::Win32::UI::Shell::{FOLDERID_ProgramData, SHGetKnownFolderPath};

use super::error;
use super::place::{AS_IT_IS, wide};

/// Of the administrators; everything to them and to the system, also of what is made in it, and
/// nothing to anybody else.
const ACCESS: &str = "O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";
const NAME: &str = "Lamsach";
/// Bytes of a descriptor, by the system's own limit.
const MAX_OWNER_BYTES: usize = 128 << 10;

/// The folder of administrators, made where it is not there; `None` without their rights. One that
/// somebody else made first is refused.
pub(crate) fn administrators_folder() -> Result<Option<PathBuf>, HostError> {
    if !is_elevated() {
        return Ok(None);
    }
    let folder = program_data().ok_or(HostError::Absent)?.join(NAME);
    make(&folder)?;
    let opened = OpenOptions::new()
        .access_mode(READ_CONTROL | FILE_READ_ATTRIBUTES)
        .custom_flags(AS_IT_IS)
        .open(&folder)
        .map_err(|it| error(&it))?;
    let attributes = opened.metadata().map_err(|it| error(&it))?.file_attributes();
    let is_folder = attributes & FILE_ATTRIBUTE_DIRECTORY != 0
        && attributes & FILE_ATTRIBUTE_REPARSE_POINT == 0;
    if is_folder && (is_administrators(&opened) || is_wine()) {
        Ok(Some(folder))
    } else {
        Err(HostError::Foreign)
    }
}

/// Wine has one kind of rights, those of the Linux user, who owns every file.
fn is_wine() -> bool {
    let library: Vec<u16> = "ntdll.dll".encode_utf16().chain([0]).collect();
    // SAFETY: both names end with a zero, and what is found is not called.
    unsafe {
        let library = GetModuleHandleW(library.as_ptr());
        !library.is_null() && GetProcAddress(library, c"wine_get_version".as_ptr().cast()).is_some()
    }
}

fn is_elevated() -> bool {
    let mut token: HANDLE = ptr::null_mut();
    let mut elevation = TOKEN_ELEVATION::default();
    let mut length = 0;
    let size = u32::try_from(size_of::<TOKEN_ELEVATION>()).unwrap_or_default();
    // SAFETY: the token is closed at the end; what is written fits where it is written to.
    unsafe {
        if OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) == 0 {
            return false;
        }
        let pointer = (&raw mut elevation).cast();
        let is_told =
            GetTokenInformation(token, TokenElevation, pointer, size, &raw mut length) != 0;
        CloseHandle(token);
        is_told && elevation.TokenIsElevated != 0
    }
}

/// By the system and not by the environment, which a program without rights can have changed.
fn program_data() -> Option<PathBuf> {
    let mut path: *mut u16 = ptr::null_mut();
    // SAFETY: the system writes a text that ends with a zero, which is copied and given back.
    unsafe {
        let status = SHGetKnownFolderPath(&FOLDERID_ProgramData, 0, ptr::null_mut(), &raw mut path);
        let mut found = None;
        if status >= 0 && !path.is_null() {
            let mut length = 0;
            while *path.add(length) != 0 {
                length += 1;
            }
            let units = std::slice::from_raw_parts(path, length);
            found = Some(PathBuf::from(OsString::from_wide(units)));
        }
        CoTaskMemFree(path.cast());
        found
    }
}

fn make(folder: &Path) -> Result<(), HostError> {
    let access: Vec<u16> = ACCESS.encode_utf16().chain([0]).collect();
    let folder = wide(folder);
    let mut descriptor = ptr::null_mut();
    // SAFETY: both texts end with a zero; the descriptor is given back when it was used.
    unsafe {
        let is_read = ConvertStringSecurityDescriptorToSecurityDescriptorW(
            access.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            ptr::null_mut(),
        );
        if is_read == 0 {
            return Err(error(&io::Error::last_os_error()));
        }
        let attributes = SECURITY_ATTRIBUTES {
            nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or_default(),
            lpSecurityDescriptor: descriptor,
            bInheritHandle: 0,
        };
        let is_made = CreateDirectoryW(folder.as_ptr(), &raw const attributes) != 0;
        let failure = io::Error::last_os_error();
        LocalFree(descriptor);
        let is_there = failure.raw_os_error().map(i32::cast_unsigned) == Some(ERROR_ALREADY_EXISTS);
        if is_made || is_there { Ok(()) } else { Err(error(&failure)) }
    }
}

/// Whether what is open belongs to the administrators or to the system, and takes no rights from the
/// folder above it, by which everybody may make files.
fn is_administrators(opened: &File) -> bool {
    let mut buffer = vec![0_u64; MAX_OWNER_BYTES / 8];
    let size = u32::try_from(MAX_OWNER_BYTES).unwrap_or_default();
    let descriptor = buffer.as_mut_ptr().cast();
    let (mut needed, mut owner, mut is_default): (u32, PSID, i32) = (0, ptr::null_mut(), 0);
    let (mut control, mut revision) = (0, 0);
    // SAFETY: the handle is open and the buffer as long as is said; the owner lies in the buffer.
    unsafe {
        GetKernelObjectSecurity(
            opened.as_raw_handle(),
            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
            descriptor,
            size,
            &raw mut needed,
        ) != 0
            && GetSecurityDescriptorControl(descriptor, &raw mut control, &raw mut revision) != 0
            && control & SE_DACL_PROTECTED != 0
            && GetSecurityDescriptorOwner(descriptor, &raw mut owner, &raw mut is_default) != 0
            && !owner.is_null()
            && [WinBuiltinAdministratorsSid, WinLocalSystemSid]
                .into_iter()
                .any(|known| IsWellKnownSid(owner, known) != 0)
    }
}
