//! Files kept by their content: never by a name a user chose.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::write_whole;

/// A folder of files, each named by the SHA-256 of its content, in hex.
#[derive(Clone, Debug)]
pub struct ContentStore {
    folder: PathBuf,
}

impl ContentStore {
    /// A store in this folder, which is made when something is first kept.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Keeps bytes under the hash the caller computed; keeping the same twice changes nothing.
    /// The file is there whole or not at all.
    pub fn put(&self, sha256: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(sha256)?;
        if path.exists() {
            return Ok(());
        }
        write_whole(&path, bytes)
    }

    /// Opens what is kept under a hash.
    pub fn open(&self, sha256: &str) -> io::Result<File> {
        File::open(self.path(sha256)?)
    }

    /// Reads what is kept under a hash.
    pub fn read(&self, sha256: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(sha256)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Removes what is kept under a hash.
    pub fn remove(&self, sha256: &str) -> io::Result<()> {
        fs::remove_file(self.path(sha256)?)
    }

    /// A store of its own in this one's folder, for what is kept for a while only.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        Self::new(self.folder.join(name))
    }

    /// Notes when what is kept under a hash was last wanted, for [`Self::remove_older_than`].
    pub fn touch(&self, sha256: &str, at: SystemTime) -> io::Result<()> {
        File::options().write(true).open(self.path(sha256)?)?.set_modified(at)
    }

    /// Removes everything that was last wanted before a moment, what was never finished included.
    /// Gives how many files.
    pub fn remove_older_than(&self, before: SystemTime) -> io::Result<u64> {
        let mut removed = 0;
        for folder in entries(&self.folder)? {
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in entries(&folder.path())? {
                // Another program may have been first; its work is ours.
                let last = file.metadata().and_then(|it| it.modified());
                if last.is_ok_and(|last| last < before) && fs::remove_file(file.path()).is_ok() {
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    /// Everything that was last wanted before a moment, by its hash. What was never finished then is removed.
    pub fn older_than(&self, before: SystemTime) -> io::Result<Vec<String>> {
        let mut older = Vec::new();
        for folder in entries(&self.folder)? {
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in entries(&folder.path())? {
                let last = file.metadata().and_then(|it| it.modified());
                if !last.is_ok_and(|last| last < before) {
                    continue;
                }
                let name = file.file_name().to_string_lossy().into_owned();
                if self.path(&name).is_ok_and(|path| path == file.path()) {
                    older.push(name);
                } else {
                    // Another program may have been first.
                    fs::remove_file(file.path()).unwrap_or_default();
                }
            }
        }
        Ok(older)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Two levels, so that no folder grows large. Anything but a hash is refused: no path of a
    /// user's making reaches the disk.
    fn path(&self, sha256: &str) -> io::Result<PathBuf> {
        let is_hash = sha256.len() == 64
            && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let (Some(first), true) = (sha256.get(..2), is_hash) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a SHA-256 in hex"));
        };
        Ok(self.folder.join(first).join(sha256))
    }
}

/// What stands in a folder; nothing when there is none.
fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_what_was_not_wanted_for_long_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let whole = ContentStore::new(folder.path());
        let (kept, old, new) = ("c".repeat(64), "a".repeat(64), "b".repeat(64));
        let part = whole.part("previews");
        let at = |hours: u64| SystemTime::UNIX_EPOCH + Duration::from_hours(hours);
        assert_eq!(part.remove_older_than(at(9)).unwrap(), 0, "nothing was ever kept");
        whole.put(&kept, b"x").unwrap();
        whole.touch(&kept, at(0)).unwrap();
        for (hash, hours) in [(&old, 1), (&new, 9)] {
            part.put(hash, b"x").unwrap();
            part.touch(hash, at(hours)).unwrap();
        }
        assert_eq!(part.remove_older_than(at(9)).unwrap(), 1);
        assert!(part.read(&old).is_err());
        assert!(part.read(&new).is_ok() && whole.read(&kept).is_ok());
        assert!(part.touch(&old, at(1)).is_err());
    }

    #[test]
    fn what_is_old_is_told_and_what_was_never_finished_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = ContentStore::new(folder.path());
        let at = |hours: u64| SystemTime::UNIX_EPOCH + Duration::from_hours(hours);
        assert_eq!(store.older_than(at(9)).unwrap(), [""; 0]);
        let (old, new) = ("a".repeat(64), "b".repeat(64));
        for (hash, hours) in [(&old, 1), (&new, 9)] {
            store.put(hash, b"x").unwrap();
            store.touch(hash, at(hours)).unwrap();
        }
        let left = folder.path().join("aa").join(format!("{old}.7-0.part"));
        fs::write(&left, b"half").unwrap();
        File::options().write(true).open(&left).unwrap().set_modified(at(1)).unwrap();
        assert_eq!(store.older_than(at(9)).unwrap(), [old.as_str()]);
        assert!(!left.exists() && store.read(&old).is_ok() && store.read(&new).is_ok());
    }

    #[test]
    fn what_was_kept_is_read_and_no_path_escapes() {
        let folder = tempfile::tempdir().unwrap();
        let store = ContentStore::new(folder.path().join("files"));
        let hash = "a".repeat(64);
        store.put(&hash, b"xin").unwrap();
        store.put(&hash, b"xin").unwrap();
        assert_eq!(store.read(&hash).unwrap(), b"xin");
        store.remove(&hash).unwrap();
        assert!(store.read(&hash).is_err());
        assert!(store.read(&"b".repeat(64)).is_err());
        for evil in
            ["../../etc/passwd", "", "A", &"A".repeat(64), &format!("../{}", "a".repeat(61))]
        {
            assert!(store.put(evil, b"x").is_err(), "{evil}");
        }
    }
    #[test]
    fn many_may_keep_the_same_at_once_and_nothing_half_done_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = ContentStore::new(folder.path());
        let (hash, content) = ("c".repeat(64), vec![7; 1 << 20]);
        // What a program that died while writing left behind is in nobody's way.
        let shelf = folder.path().join("cc");
        fs::create_dir(&shelf).unwrap();
        let left = shelf.join(format!("{hash}.{}-0.part", std::process::id()));
        fs::write(&left, b"half").unwrap();
        std::thread::scope(|scope| {
            let puts: Vec<_> = (0..8).map(|_| scope.spawn(|| store.put(&hash, &content))).collect();
            assert!(puts.into_iter().all(|it| it.join().unwrap().is_ok()));
        });
        assert_eq!(store.read(&hash).unwrap(), content);
        fs::remove_file(&left).unwrap();
        assert_eq!(fs::read_dir(&shelf).unwrap().count(), 1);
    }
}
