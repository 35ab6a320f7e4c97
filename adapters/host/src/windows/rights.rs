//! Whose a file is and who may do what with it, and what this program may do.

use std::fs::File;
use std::io;
use std::os::windows::io::AsRawHandle as _;
use std::ptr;

use cleaning::{Bytes, HostError, Node};
use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, LUID};
use windows_sys::Win32::Security::{
    AdjustTokenPrivileges, DACL_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION,
    GetKernelObjectSecurity, GetSecurityDescriptorLength, IsValidSecurityDescriptor,
    LUID_AND_ATTRIBUTES, LookupPrivilegeValueW, OWNER_SECURITY_INFORMATION, SE_PRIVILEGE_ENABLED,
    SetKernelObjectSecurity, TOKEN_ADJUST_PRIVILEGES, TOKEN_PRIVILEGES, TOKEN_QUERY,
};
use windows_sys::Win32::System::Diagnostics::Debug::{
    SEM_FAILCRITICALERRORS, SEM_NOOPENFILEERRORBOX, SetErrorMode,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::error;

/// How they stand among the extended attributes: a security descriptor as the system gives it.
const NAME: &[u8] = b"windows.security";
const PARTS: u32 =
    OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
/// Bytes of a descriptor, by the system's own limit.
const MAX_BYTES: usize = 128 << 10;
/// Rights of an administrator that have to be taken up before they count: to read and put back what
/// is others', and to end their programs.
const PRIVILEGES: [&str; 3] = ["SeBackupPrivilege", "SeRestorePrivilege", "SeDebugPrivilege"];

/// Owner, group and access list of an open file; `None` where they are not told.
pub(super) fn get(file: &File) -> Option<(Bytes, Bytes)> {
    let descriptor = descriptor(file)?;
    Some((Bytes(NAME.to_vec()), Bytes(descriptor)))
}

/// Gives an open file the owner, group and access list of a node. What is as it should be is not
/// touched: not everybody may set an owner.
pub(super) fn set(file: &File, node: &Node) -> Result<(), HostError> {
    let wanted = node.extended.iter().find(|(name, _)| name.0 == NAME);
    let Some((_, wanted)) = wanted else { return Ok(()) };
    if descriptor(file).is_some_and(|now| now == wanted.0) {
        return Ok(());
    }
    let mut wanted = wanted.0.clone();
    let pointer = wanted.as_mut_ptr().cast();
    // SAFETY: the descriptor lies in memory of its own; its length is looked at before it is used,
    // for a journal could have been made by another hand. The handle is open.
    let is_set = unsafe {
        wanted.len() >= 20
            && IsValidSecurityDescriptor(pointer) != 0
            && GetSecurityDescriptorLength(pointer) as usize <= wanted.len()
            && SetKernelObjectSecurity(file.as_raw_handle(), PARTS, pointer) != 0
    };
    if is_set { Ok(()) } else { Err(error(&io::Error::last_os_error())) }
}

fn descriptor(file: &File) -> Option<Vec<u8>> {
    let mut buffer = vec![0_u8; MAX_BYTES];
    let size = u32::try_from(MAX_BYTES).ok()?;
    let mut needed = 0;
    let pointer = buffer.as_mut_ptr().cast();
    // SAFETY: the handle is open, and the buffer is as long as is said.
    let length = unsafe {
        if GetKernelObjectSecurity(file.as_raw_handle(), PARTS, pointer, size, &raw mut needed) == 0
        {
            return None;
        }
        GetSecurityDescriptorLength(pointer)
    };
    buffer.truncate(usize::try_from(length).ok()?);
    Some(buffer)
}

/// Takes up what an administrator may do, and asks Windows not to put up a window when a drive is
/// empty. Who has no such rights works with those there are.
pub(super) fn take() {
    // SAFETY: these calls take no memory but what stands here, and the token is closed at the end.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
        let mut token: HANDLE = ptr::null_mut();
        let access = TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY;
        if OpenProcessToken(GetCurrentProcess(), access, &raw mut token) == 0 {
            return;
        }
        for name in PRIVILEGES {
            let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
            let mut id = LUID::default();
            if LookupPrivilegeValueW(ptr::null(), name.as_ptr(), &raw mut id) == 0 {
                continue;
            }
            let wanted = TOKEN_PRIVILEGES {
                PrivilegeCount: 1,
                Privileges: [LUID_AND_ATTRIBUTES { Luid: id, Attributes: SE_PRIVILEGE_ENABLED }],
            };
            AdjustTokenPrivileges(token, 0, &raw const wanted, 0, ptr::null_mut(), ptr::null_mut());
        }
        CloseHandle(token);
    }
}
