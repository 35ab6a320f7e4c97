//! Reading a disk: links are followed here, and none of them leaves the disk.

use std::io::Read as _;

use artifacts::{Disk, DiskError, DiskPath, EntryKind};
use cleaning::HostError;

use super::Computer;

impl Disk for Computer {
    fn list(&mut self, folder: &DiskPath) -> Result<Vec<(Vec<u8>, EntryKind)>, DiskError> {
        let folder = self.top.resolved(folder.as_bytes()).ok_or(DiskError::Absent)?;
        let place = self.top.place(&folder).map_err(disk_error)?;
        place.names().map_err(disk_error)
    }

    fn read(&mut self, path: &DiskPath, max_bytes: usize) -> Result<Vec<u8>, DiskError> {
        let path = self.top.resolved(path.as_bytes()).ok_or(DiskError::Absent)?;
        let place = self.top.place(&path).map_err(disk_error)?;
        let file = place.open_file().map_err(disk_error)?;
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
