//! Attributes of Windows, by which worms hide files: of FAT and exFAT as the kernel tells them, of
//! NTFS as its drivers do, and of shared folders as Samba keeps them.

use std::os::fd::OwnedFd;

use cleaning::{HostError, NodeKind};
use rustix::fs::{self, Mode, OFlags, XattrFlags};
use rustix::io::Errno;
use rustix::ioctl::{self, Getter, Setter};

use super::place::Place;
use super::{error, path_in};

/// `FAT_IOCTL_GET_ATTRIBUTES` and `FAT_IOCTL_SET_ATTRIBUTES` of `linux/msdos_fs.h`.
const FAT_GET: ioctl::Opcode = ioctl::opcode::read::<u32>(b'r', 0x10);
const FAT_SET: ioctl::Opcode = ioctl::opcode::write::<u32>(b'r', 0x11);
/// File systems that answer to these, by `linux/magic.h`.
const FAT_TYPES: [u64; 2] = [0x4d44, 0x2011_bab0];
/// Where NTFS-3G and the kernel's driver show them, lowest byte first on every PC.
const NTFS: &[u8] = b"system.ntfs_attrib";
const SAMBA: &[u8] = b"user.DOSATTRIB";
/// Attributes that the kernel lets one set on FAT; folder and label are what they are.
const FAT_SETTABLE: u32 = 0x27;

/// Attributes, where the file system has any.
pub(super) fn get(place: &Place, kind: &NodeKind) -> Result<Option<u32>, HostError> {
    if !matches!(kind, NodeKind::File(_) | NodeKind::Folder) {
        return Ok(None);
    }
    if is_fat(place)? {
        return match open(place) {
            Ok(file) => Ok(fat(&file)),
            Err(HostError::Denied) => Ok(None),
            Err(error) => Err(error),
        };
    }
    if let Some(value) = extended(place, NTFS)?
        && let Ok(bytes) = value.try_into()
    {
        return Ok(Some(u32::from_ne_bytes(bytes)));
    }
    Ok(extended(place, SAMBA)?.and_then(|value| samba(&value)))
}

/// Sets attributes where there are some.
pub(super) fn set(place: &Place, attributes: u32) -> Result<(), HostError> {
    if is_fat(place)? {
        let file = open(place)?;
        let kept = fat(&file).ok_or(HostError::Unsupported)? & !FAT_SETTABLE;
        let value = kept | attributes & FAT_SETTABLE;
        // SAFETY: the call reads one `u32`, and the file is on a file system that knows it.
        let set = unsafe { ioctl::ioctl(&file, Setter::<FAT_SET, u32>::new(value)) };
        return set.map_err(error);
    }
    let at = path_in(&place.folder, &place.name);
    if extended(place, NTFS)?.is_some() {
        let value = attributes.to_ne_bytes();
        return fs::lsetxattr(&*at, NTFS, &value, XattrFlags::REPLACE).map_err(error);
    }
    let value = extended(place, SAMBA)?.ok_or(HostError::Unsupported)?;
    let value = samba_with(value, attributes).ok_or(HostError::Unsupported)?;
    fs::lsetxattr(&*at, SAMBA, &value, XattrFlags::REPLACE).map_err(error)
}

#[allow(
    clippy::unnecessary_cast,
    clippy::cast_sign_loss,
    reason = "the field differs from processor to processor"
)]
fn is_fat(place: &Place) -> Result<bool, HostError> {
    let system = fs::fstatfs(&place.folder).map_err(error)?;
    Ok(FAT_TYPES.contains(&(system.f_type as u64)))
}

fn open(place: &Place) -> Result<OwnedFd, HostError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    fs::openat(&place.folder, &*place.name, flags, Mode::empty()).map_err(error)
}

fn fat(file: &OwnedFd) -> Option<u32> {
    // SAFETY: the call writes one `u32`, and the file is on a file system that knows it.
    unsafe { ioctl::ioctl(file, Getter::<FAT_GET, u32>::new()) }.ok()
}

fn extended(place: &Place, name: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
    let mut value = vec![0_u8; 256];
    match fs::lgetxattr(&*path_in(&place.folder, &place.name), name, &mut *value) {
        Ok(length) => {
            value.truncate(length);
            Ok(Some(value))
        }
        Err(Errno::NODATA | Errno::OPNOTSUPP | Errno::RANGE | Errno::ACCESS | Errno::PERM) => {
            Ok(None)
        }
        Err(errno) => Err(error(errno)),
    }
}

/// Where the number stands in a value of Samba from version 3 on: an empty text, the version twice,
/// which fields count, the attributes.
const SAMBA_AT: std::ops::Range<usize> = 12..16;
const SAMBA_HAS_ATTRIBUTES: u8 = 0x01;

/// Attributes in Samba's `user.DOSATTRIB`: as text (`0x22`) before version 3, as a number since.
fn samba(value: &[u8]) -> Option<u32> {
    if let Some(text) = value.strip_prefix(b"0x") {
        let text = str::from_utf8(text.strip_suffix(b"\0").unwrap_or(text)).ok()?;
        return u32::from_str_radix(text, 16).ok();
    }
    is_samba_number(value).then(|| value.get(SAMBA_AT)?.try_into().ok().map(u32::from_le_bytes))?
}

fn is_samba_number(value: &[u8]) -> bool {
    let version = value.get(2).copied().unwrap_or_default();
    value.starts_with(&[0, 0])
        && (3..=5).contains(&version)
        && value.get(4) == Some(&version)
        && value.get(8).is_some_and(|fields| fields & SAMBA_HAS_ATTRIBUTES != 0)
}

/// The same value with other attributes; `None` where they do not fit into it.
fn samba_with(mut value: Vec<u8>, attributes: u32) -> Option<Vec<u8>> {
    if value.starts_with(b"0x") {
        let end: &[u8] = if value.ends_with(b"\0") { b"\0" } else { b"" };
        return Some([format!("0x{attributes:x}").as_bytes(), end].concat());
    }
    if !is_samba_number(&value) {
        return None;
    }
    value.get_mut(SAMBA_AT)?.copy_from_slice(&attributes.to_le_bytes());
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value of version 3 as Samba's documentation of its attribute shows one.
    const VERSION_3: [u8; 24] = [
        0, 0, 3, 0, 3, 0, 0, 0, 0x11, 0, 0, 0, 0x20, 0, 0, 0, 0x60, 0x20, 0xe0, 0x35, 0xc8, 0x3b,
        0xd6, 0x01,
    ];

    #[test]
    fn samba_keeps_them_as_text_or_number() {
        assert_eq!(samba(b"0x22\0"), Some(0x22));
        assert_eq!(samba(b"0x22"), Some(0x22));
        assert_eq!(samba(&VERSION_3), Some(0x20));
        for bad in [
            &b""[..],
            b"0x",
            b"0xzz\0",
            b"\0\0\x09\0\x09\0\0\0\x11\0\0\0\x20\0\0\0",
            &VERSION_3[..14],
        ] {
            assert_eq!(samba(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn there_and_back_is_the_same_value() {
        for value in [b"0x22\0".to_vec(), b"0x6".to_vec(), VERSION_3.to_vec()] {
            let before = samba(&value).unwrap();
            let changed = samba_with(value.clone(), before & !6).unwrap();
            assert_eq!(samba(&changed), Some(before & !6));
            assert_eq!(samba_with(changed, before).unwrap(), value);
        }
    }
}
