//! Files that are there whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes a file and the folders above it, replacing what was there; a reader sees the old
/// content or the new one, never a part. When it fails, a full disk for one, nothing half done
/// stays; what a program leaves that is killed while it writes ends in `.part`.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let (unfinished, mut file) = unfinished(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let kept = written.and_then(|()| fs::rename(&unfinished, path));
    if kept.is_err() {
        // That it could not be removed changes nothing about why.
        drop(fs::remove_file(&unfinished));
    }
    kept
}

/// Makes a folder where there is none, and an error of one in which no file can be made.
pub fn require_writable(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let (path, file) = unfinished(&folder.join("test"))?;
    drop(file);
    fs::remove_file(path)
}

/// A new file beside the one to come, of a name that nobody else writes to: not another thread, not
/// another program on the same folder, not one that died here before.
fn unfinished(path: &Path) -> io::Result<(PathBuf, File)> {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().unwrap_or(OsStr::new("file"));
    loop {
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let mut unfinished = name.to_owned();
        unfinished.push(format!(".{}-{number}.part", std::process::id()));
        let unfinished = path.with_file_name(unfinished);
        match File::options().write(true).create_new(true).open(&unfinished) {
            Ok(file) => return Ok((unfinished, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.log");
        for content in ["một", "hai"] {
            write_whole(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_half_done_stays_behind_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("a");
        fs::create_dir_all(taken.join("b")).unwrap();
        // A folder that is not empty cannot be replaced by a file.
        assert!(write_whole(&taken, b"x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
