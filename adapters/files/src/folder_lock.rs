//! One program at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// Keeps other programs that ask for the same folder out, until dropped or the program ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, made when it is not there; `None` when another program has it.
    ///
    /// # Errors
    /// When the folder or the lock file in it cannot be made.
    pub fn take(folder: &Path) -> io::Result<Option<Self>> {
        make_private(folder)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lamsach.lock"))?;
        // The operating system gives the lock up with the process, however that ends.
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Makes a folder that only its owner may look into; one that is there keeps its rights.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_its_owner_looks_into_a_new_folder() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        FolderLock::take(&folder).unwrap();
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_folder_is_taken_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        let first = FolderLock::take(&folder).unwrap();
        assert!(first.is_some());
        assert!(FolderLock::take(&folder).unwrap().is_none());
        drop(first);
        assert!(FolderLock::take(&folder).unwrap().is_some());
    }
}
