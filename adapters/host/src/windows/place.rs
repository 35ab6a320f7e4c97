//! The way from the top of a disk to a name, without a link on it.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::AsRawHandle as _;
use std::path::{Component, Path, PathBuf, Prefix};

use artifacts::DiskPath;
use cleaning::HostError;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, FILE_LIST_DIRECTORY,
    FILE_READ_ATTRIBUTES, FILE_SHARE_DELETE, FILE_SHARE_READ, FILE_SHARE_WRITE, FILE_TRAVERSE,
    GetFinalPathNameByHandleW, SYNCHRONIZE,
};

use super::error;

/// What every path begins with here: names are then taken as they are, however long the path.
const VERBATIM: &str = r"\\?\";
/// UTF-16 units of a path, by the kernel's own limit.
const MAX_PATH_UNITS: usize = 32_768;
/// Others may do everything while a file is looked at.
pub(super) const SHARE_ALL: u32 = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
/// A folder is opened like a file, and a link itself and not where it leads.
pub(super) const AS_IT_IS: u32 = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;

/// The top of a disk: a folder, or all drives of the running system.
#[derive(Debug)]
pub(super) struct Top {
    folder: Option<PathBuf>,
}

/// A name in a folder. While it is held, no folder on the way can be moved or replaced.
pub(super) struct Place {
    pub(super) path: PathBuf,
    _held: Vec<File>,
}

impl Top {
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, HostError> {
        let Some(folder) = folder else { return Ok(Self { folder: None }) };
        let real = real(folder).map_err(|it| error(&it))?;
        if !real.is_dir() {
            return Err(HostError::Absent);
        }
        Ok(Self { folder: Some(real) })
    }

    /// Whether a path is the top of the running system, where the drives are.
    pub(super) fn is_drives(&self, path: &DiskPath) -> bool {
        self.folder.is_none() && *path == DiskPath::top()
    }

    /// Where a path is. Every folder on the way is opened, found to be no link, and held so that
    /// nobody swaps it behind our back.
    pub(super) fn place(&self, path: &DiskPath) -> Result<Place, HostError> {
        let (mut at, names) = self.start(path)?;
        let mut held = Vec::new();
        if names.is_empty() {
            return Ok(Place { path: at, _held: held });
        }
        let last = names.len() - 1;
        for (index, name) in names.into_iter().enumerate() {
            // Drives and the top that the person named are no links by their nature or by choice.
            held.push(enter(&at, index == 0)?);
            at.push(name);
            if index == last {
                break;
            }
        }
        Ok(Place { path: at, _held: held })
    }

    /// The path as the system writes it, links not looked at.
    pub(super) fn spelled(&self, path: &DiskPath) -> Result<PathBuf, HostError> {
        let (mut at, names) = self.start(path)?;
        at.extend(names);
        Ok(at)
    }

    /// Where a path begins, and the names below.
    fn start(&self, path: &DiskPath) -> Result<(PathBuf, Vec<OsString>), HostError> {
        let mut names = path.names();
        let at = match &self.folder {
            Some(folder) => folder.clone(),
            None => drive(names.next().ok_or(HostError::Unsupported)?)?,
        };
        let names: Result<Vec<OsString>, HostError> = names.map(os_name).collect();
        Ok((at, names?))
    }

    /// The folder that a path leads to when links are followed; `None` where it leaves the disk.
    pub(super) fn resolved(&self, folder: &Path) -> Option<DiskPath> {
        self.below(&real(folder).ok()?)
    }

    /// A path as this system writes it, without links and with its last name as it is spelled on
    /// the disk.
    pub(super) fn disk_path(&self, path: &Path) -> Option<DiskPath> {
        // What ends a name here, dots and blanks, would be left out of a path that is made whole.
        let is_whole =
            path.is_absolute() && !path.components().any(|it| it == Component::ParentDir);
        let path = if is_whole { path.to_owned() } else { std::path::absolute(path).ok()? };
        match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => {
                let folder = real(folder).ok()?;
                let inside = self.below(&folder)?;
                inside.join(spelling(&folder, name).as_encoded_bytes()).ok()
            }
            _ => self.resolved(&path),
        }
    }

    /// A real path as one on this disk.
    fn below(&self, real: &Path) -> Option<DiskPath> {
        let mut found = DiskPath::top();
        let names: Vec<&Path> = match &self.folder {
            Some(folder) => vec![real.strip_prefix(folder).ok()?],
            None => {
                let mut parts = real.components();
                let Some(Component::Prefix(prefix)) = parts.next() else { return None };
                let (Prefix::VerbatimDisk(letter) | Prefix::Disk(letter)) = prefix.kind() else {
                    return None;
                };
                found = found.join(&[letter.to_ascii_uppercase(), b':']).ok()?;
                vec![parts.as_path()]
            }
        };
        for component in names.into_iter().flat_map(Path::components) {
            match component {
                Component::Normal(name) => found = found.join(name.as_encoded_bytes()).ok()?,
                Component::RootDir | Component::CurDir => {}
                Component::Prefix(_) | Component::ParentDir => return None,
            }
        }
        Some(found)
    }
}

/// `C:` as the top of that drive.
fn drive(name: &[u8]) -> Result<PathBuf, HostError> {
    match name {
        [letter, b':'] if letter.is_ascii_alphabetic() => {
            Ok(PathBuf::from(format!(r"{VERBATIM}{}:\", char::from(letter.to_ascii_uppercase()))))
        }
        _ => Err(HostError::Absent),
    }
}

/// A name, which leads nowhere else: no `\`, and no `:`, behind which another stream is named.
fn os_name(name: &[u8]) -> Result<OsString, HostError> {
    if name.iter().any(|byte| matches!(byte, b'\\' | b':' | b'/')) {
        return Err(HostError::Absent);
    }
    match str::from_utf8(name) {
        Ok(text) => Ok(OsString::from(text)),
        Err(_) => Ok(OsString::from_wide(&units(name).ok_or(HostError::Absent)?)),
    }
}

/// UTF-16 of a name that is no text because a surrogate stands alone in it: WTF-8, as Rust keeps
/// names of Windows.
fn units(name: &[u8]) -> Option<Vec<u16>> {
    let mut units = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let valid = match str::from_utf8(rest) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let (text, behind) = rest.split_at_checked(valid)?;
        units.extend(str::from_utf8(text).ok()?.encode_utf16());
        rest = behind;
        if let [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, behind @ ..] = rest {
            units.push(0xd000 | u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f));
            rest = behind;
        } else if !rest.is_empty() {
            return None;
        }
    }
    Some(units)
}

/// Opens a folder and holds it: others may use what is in it, and not move or remove it.
fn enter(folder: &Path, is_top: bool) -> Result<File, HostError> {
    let open = |access: u32| {
        OpenOptions::new()
            .access_mode(access | FILE_READ_ATTRIBUTES | SYNCHRONIZE)
            .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE)
            .custom_flags(AS_IT_IS)
            .open(folder)
    };
    let opened = match open(FILE_LIST_DIRECTORY) {
        // It can be passed through and not looked into.
        Err(why) if why.kind() == io::ErrorKind::PermissionDenied => open(FILE_TRAVERSE),
        opened => opened,
    };
    let file = opened.map_err(|it| error(&it))?;
    let metadata = file.metadata().map_err(|it| error(&it))?;
    if metadata.is_symlink() && !is_top {
        return Err(HostError::LinkInPath);
    }
    if metadata.is_dir() || metadata.is_symlink() { Ok(file) } else { Err(HostError::Absent) }
}

/// The path that a path stands for when every link is followed.
pub(super) fn real(path: &Path) -> io::Result<PathBuf> {
    let file = OpenOptions::new()
        .access_mode(FILE_READ_ATTRIBUTES)
        .share_mode(SHARE_ALL)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS)
        .open(files::as_named(path))?;
    let mut buffer = vec![0_u16; MAX_PATH_UNITS];
    // SAFETY: the handle is open, and the buffer is as long as is said.
    let length = unsafe {
        GetFinalPathNameByHandleW(
            file.as_raw_handle(),
            buffer.as_mut_ptr(),
            u32::try_from(buffer.len()).unwrap_or(0),
            0,
        )
    };
    match buffer.get(..usize::try_from(length).unwrap_or(0)) {
        Some(found) if !found.is_empty() => Ok(PathBuf::from(OsString::from_wide(found))),
        _ => Err(io::Error::last_os_error()),
    }
}

/// A name as it is spelled in its folder; as it is given where there is none.
fn spelling(folder: &Path, name: &std::ffi::OsStr) -> OsString {
    let lower = name.to_string_lossy().to_lowercase();
    let Ok(entries) = std::fs::read_dir(files::as_named(folder)) else { return name.to_owned() };
    let mut close = None;
    for found in entries.flatten().map(|entry| entry.file_name()) {
        if found == name {
            return found;
        }
        if found.to_string_lossy().to_lowercase() == lower {
            close = Some(found);
        }
    }
    close.unwrap_or_else(|| name.to_owned())
}

impl Place {
    /// Another name in the same folder. The folders on the way are held by this one.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }

    /// Opens what is there, a link itself and not where it leads.
    pub(super) fn open(&self, access: u32) -> Result<File, HostError> {
        open(&self.path, access)
    }
}

/// Opens what is at a path, a link itself and not where it leads.
pub(super) fn open(path: &Path, access: u32) -> Result<File, HostError> {
    let opened = OpenOptions::new()
        .access_mode(access)
        .share_mode(SHARE_ALL)
        .custom_flags(AS_IT_IS)
        .open(path);
    opened.map_err(|it| error(&it))
}

/// Whether something leads elsewhere: a link, or a folder under another name.
pub(super) fn is_link(metadata: &Metadata) -> bool {
    metadata.is_symlink()
}

/// A path for a call of Windows.
pub(super) fn wide(path: &Path) -> Vec<u16> {
    path.as_os_str().encode_wide().chain([0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for name in [&b"a\\b"[..], b"a:b", b"C:", b"\xff", b"\xed\xa0"] {
            assert_eq!(os_name(name), Err(HostError::Absent), "{name:?}");
        }
        assert_eq!(os_name("mã độc.exe".as_bytes()).unwrap(), "mã độc.exe");
        let lone = OsString::from_wide(&[u16::from(b'a'), 0xd800, u16::from(b'b')]);
        assert_eq!(os_name(lone.as_encoded_bytes()).unwrap(), lone);
    }
}
