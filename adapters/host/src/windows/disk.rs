//! Reading a disk: links are followed here, and none of them leaves the disk.

use std::fs;
use std::io::Read as _;

use artifacts::{Disk, DiskError, DiskPath, EntryKind};
use cleaning::HostError;

use super::{Computer, drives, error, open_file};

impl Disk for Computer {
    fn list(&mut self, folder: &DiskPath) -> Result<Vec<(Vec<u8>, EntryKind)>, DiskError> {
        if self.top.is_drives(folder) {
            return Ok(drives::names().into_iter().map(|it| (it, EntryKind::Folder)).collect());
        }
        let folder = self.top.spelled(folder).map_err(disk_error)?;
        let inside = self.top.resolved(&folder).ok_or(DiskError::Absent)?;
        let folder = self.top.spelled(&inside).map_err(disk_error)?;
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(|it| disk_error(error(&it)))? {
            let entry = entry.map_err(|it| disk_error(error(&it)))?;
            let kind = match entry.file_type() {
                Ok(kind) if kind.is_symlink() => EntryKind::Link,
                Ok(kind) if kind.is_dir() => EntryKind::Folder,
                Ok(kind) if kind.is_file() => EntryKind::File,
                _ => EntryKind::Other,
            };
            names.push((entry.file_name().as_encoded_bytes().to_vec(), kind));
        }
        Ok(names)
    }

    fn read(&mut self, path: &DiskPath, max_bytes: usize) -> Result<Vec<u8>, DiskError> {
        let path = self.top.spelled(path).map_err(disk_error)?;
        let path = self.top.resolved(&path).ok_or(DiskError::Absent)?;
        let place = self.top.place(&path).map_err(disk_error)?;
        let file = open_file(&place).map_err(disk_error)?;
        let mut bytes = Vec::new();
        let read = file.take(max_bytes as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| disk_error(cleaning::io_error(error)))?;
        if bytes.len() > max_bytes { Err(DiskError::TooLarge) } else { Ok(bytes) }
    }
}

fn disk_error(error: HostError) -> DiskError {
    match error {
        // A folder or device in the place of a file holds no entry.
        HostError::Absent | HostError::Unsupported => DiskError::Absent,
        HostError::Denied => DiskError::Denied,
        other => DiskError::Other(other.to_string()),
    }
}
