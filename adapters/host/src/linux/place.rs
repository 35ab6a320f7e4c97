//! The way from the top of a disk to a name, without a link on it.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use artifacts::{DiskPath, EntryKind};
use cleaning::HostError;
use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::error;

/// Links that are followed on one way, to read only.
const MOST_LINKS: usize = 40;

/// The top of a disk.
#[derive(Debug)]
pub(super) struct Top {
    folder: OwnedFd,
}

/// A name in an open folder.
pub(super) struct Place {
    pub(super) folder: OwnedFd,
    pub(super) name: Vec<u8>,
}

impl Top {
    pub(super) fn open(path: &Path) -> Result<Self, HostError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = fs::open(path.as_os_str().as_bytes(), flags, Mode::empty()).map_err(error)?;
        Ok(Self { folder })
    }

    /// Where a path is. Every folder on the way is entered from the one before, and none through a
    /// link: what is swapped behind our back leads nowhere else.
    pub(super) fn place(&self, path: &DiskPath) -> Result<Place, HostError> {
        let mut folder = self.again()?;
        let mut names = path.names().peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                return Ok(Place { folder, name: name.to_vec() });
            }
            folder = enter(&folder, name)?;
        }
        Ok(Place { folder, name: b".".to_vec() })
    }

    /// The folder that a path leads to when links are followed, which never leave the disk.
    pub(super) fn resolved(&self, path: &[u8]) -> Option<DiskPath> {
        let mut resolved = DiskPath::top();
        let names = path.split(|byte| *byte == b'/').map(<[u8]>::to_vec);
        let mut waiting: Vec<Vec<u8>> = names.rev().collect();
        let mut links = 0;
        while let Some(name) = waiting.pop() {
            match &*name {
                b"" | b"." => continue,
                b".." => {
                    resolved = resolved.parent().unwrap_or_default();
                    continue;
                }
                _ => {}
            }
            let next = resolved.join(&name).ok()?;
            let place = self.place(&next).ok()?;
            if FileType::from_raw_mode(place.stat().ok()??.st_mode) != FileType::Symlink {
                resolved = next;
                continue;
            }
            links += 1;
            if links > MOST_LINKS {
                return None;
            }
            let target = fs::readlinkat(&place.folder, &*place.name, Vec::new()).ok()?;
            let target = target.to_bytes();
            if target.starts_with(b"/") {
                resolved = DiskPath::top();
            }
            waiting.extend(target.split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec));
        }
        Some(resolved)
    }

    fn again(&self) -> Result<OwnedFd, HostError> {
        self.folder.try_clone().map_err(cleaning::io_error)
    }
}

/// Opens a folder in a folder.
fn enter(folder: &OwnedFd, name: &[u8]) -> Result<OwnedFd, HostError> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match fs::openat(folder, name, flags, Mode::empty()) {
        Ok(inner) => Ok(inner),
        // That is the answer for a file as well as for a link.
        Err(Errno::NOTDIR | Errno::LOOP) => {
            let is_link = fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
                .is_ok_and(|it| FileType::from_raw_mode(it.st_mode) == FileType::Symlink);
            Err(if is_link { HostError::LinkInPath } else { HostError::Absent })
        }
        Err(errno) => Err(error(errno)),
    }
}

impl Place {
    /// Another name in the same folder.
    pub(super) fn beside(&self, name: &str) -> Result<Self, HostError> {
        let folder = self.folder.try_clone().map_err(cleaning::io_error)?;
        Ok(Self { folder, name: name.into() })
    }

    /// What is there, a link itself and not where it leads.
    pub(super) fn stat(&self) -> Result<Option<Stat>, HostError> {
        match fs::statat(&self.folder, &*self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(error(errno)),
        }
    }

    /// Opens the file for reading, without a trace in its times where that is allowed.
    pub(super) fn open_file(&self) -> Result<File, HostError> {
        // A pipe would keep us waiting for a writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open = |flags| fs::openat(&self.folder, &*self.name, flags, Mode::empty());
        let opened = match open(flags | OFlags::NOATIME) {
            Err(Errno::PERM) => open(flags),
            opened => opened,
        };
        let file = opened.map_err(error)?;
        let stat = fs::fstat(&file).map_err(error)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(HostError::Unsupported);
        }
        Ok(File::from(file))
    }

    /// Names in the folder that this is.
    pub(super) fn names(&self) -> Result<Vec<(Vec<u8>, EntryKind)>, HostError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = fs::openat(&self.folder, &*self.name, flags, Mode::empty()).map_err(error)?;
        let inside = folder.try_clone().map_err(cleaning::io_error)?;
        let mut names = Vec::new();
        for entry in Dir::new(folder).map_err(error)? {
            let entry = entry.map_err(error)?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => {
                    let stat = fs::statat(&inside, name, AtFlags::SYMLINK_NOFOLLOW);
                    stat.map_or(FileType::Unknown, |it| FileType::from_raw_mode(it.st_mode))
                }
                kind => kind,
            };
            let kind = match kind {
                FileType::RegularFile => EntryKind::File,
                FileType::Directory => EntryKind::Folder,
                FileType::Symlink => EntryKind::Link,
                _ => EntryKind::Other,
            };
            names.push((name.to_vec(), kind));
        }
        Ok(names)
    }

    /// Removes what a crash left under this name.
    pub(super) fn remove_leftover(&self) -> Result<(), HostError> {
        let remove = |flags| match fs::unlinkat(&self.folder, &*self.name, flags) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(errno),
        };
        match remove(AtFlags::empty()) {
            Err(Errno::ISDIR | Errno::PERM) => remove(AtFlags::REMOVEDIR).map_err(error),
            other => other.map_err(error),
        }
    }

    /// Puts the names of the folder on the disk.
    pub(super) fn sync(&self) -> Result<(), HostError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match fs::openat(&self.folder, c".", flags, Mode::empty()) {
            // Some file systems cannot, and a folder that cannot be read cannot be opened for it.
            Ok(folder) => match fs::fsync(&folder) {
                Err(Errno::INVAL | Errno::ROFS) | Ok(()) => Ok(()),
                Err(errno) => Err(error(errno)),
            },
            Err(Errno::ACCESS) => Ok(()),
            Err(errno) => Err(error(errno)),
        }
    }
}
