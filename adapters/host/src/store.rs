//! A folder with the journals of runs, the files in quarantine, and the key to both.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use cleaning::{HostError, ItemWriter, MAX_JOURNAL_BYTES, Store, io_error};

const KEY_BYTES: usize = 32;
const JOURNALS: &str = "journals";
const ITEMS: &str = "items";
const JOURNAL_ENDING: &str = ".journal";
const ITEM_ENDING: &str = ".lsq";
/// What a crash left of an item that was being written; written over or removed.
const UNFINISHED_ENDING: &str = ".part";

/// Journals and quarantined files in a folder that only its owner may look into.
#[derive(Debug)]
pub struct FolderStore {
    folder: PathBuf,
}

impl FolderStore {
    /// Opens the folder, made when it is not there.
    pub fn open(folder: &Path) -> Result<Self, HostError> {
        for part in [folder.to_owned(), folder.join(JOURNALS), folder.join(ITEMS)] {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&part).map_err(io_error)?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    fn journal_path(&self, run: &str) -> Result<PathBuf, HostError> {
        Ok(self.folder.join(JOURNALS).join(format!("{}{JOURNAL_ENDING}", checked(run)?)))
    }

    fn item_path(&self, item: &str) -> Result<PathBuf, HostError> {
        Ok(self.folder.join(ITEMS).join(format!("{}{ITEM_ENDING}", checked(item)?)))
    }

    /// Names in one of the folders that have an ending, without it, in order.
    fn names(&self, folder: &str, ending: &str) -> Result<Vec<String>, HostError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.folder.join(folder)).map_err(io_error)? {
            let name = entry.map_err(io_error)?.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(ending));
            names.extend(name.filter(|name| checked(name).is_ok()).map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }
}

/// A name that leads nowhere else.
fn checked(name: &str) -> Result<&str, HostError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_name = !name.is_empty() && name.len() <= 100 && name.chars().all(is_plain);
    if is_name { Ok(name) } else { Err(HostError::Absent) }
}

fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "elsewhere folders hand their rights down"))]
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Puts the names in a folder on the disk. Windows does so by itself.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

impl Store for FolderStore {
    fn key(&mut self) -> Result<[u8; KEY_BYTES], HostError> {
        let path = self.folder.join("key");
        match fs::read(&path) {
            Ok(bytes) => return bytes.try_into().map_err(|_| HostError::Changed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io_error(error)),
        }
        // With a new key nothing that is here could be read any more.
        if !self.runs()?.is_empty() {
            return Err(HostError::Changed);
        }
        let mut key = [0; KEY_BYTES];
        self.random(&mut key)?;
        let unfinished = self.folder.join(format!("key{UNFINISHED_ENDING}"));
        let write = || {
            let mut file = private().write(true).create(true).truncate(true).open(&unfinished)?;
            file.write_all(&key)?;
            file.sync_all()?;
            drop(file);
            fs::rename(&unfinished, &path)?;
            sync_folder(&path)
        };
        write().map_err(io_error)?;
        Ok(key)
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), HostError> {
        getrandom::fill(bytes).map_err(|error| HostError::Other(error.to_string()))
    }

    fn runs(&mut self) -> Result<Vec<String>, HostError> {
        self.names(JOURNALS, JOURNAL_ENDING)
    }

    fn delete_run(&mut self, run: &str) -> Result<(), HostError> {
        let path = self.journal_path(run)?;
        fs::remove_file(&path).and_then(|()| sync_folder(&path)).map_err(io_error)
    }

    fn journal(&mut self, run: &str) -> Result<Vec<u8>, HostError> {
        let file = match File::open(self.journal_path(run)?) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error(error)),
        };
        let mut bytes = Vec::new();
        file.take(MAX_JOURNAL_BYTES as u64).read_to_end(&mut bytes).map_err(io_error)?;
        Ok(bytes)
    }

    fn append(&mut self, run: &str, length: u64, bytes: &[u8]) -> Result<(), HostError> {
        let path = self.journal_path(run)?;
        let is_new = length == 0;
        let write = || {
            let mut file = private().write(true).create(true).truncate(false).open(&path)?;
            file.set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
            file.write_all(bytes)?;
            file.sync_all()?;
            if is_new { sync_folder(&path) } else { Ok(()) }
        };
        write().map_err(io_error)
    }

    fn new_item<'s>(&'s mut self, item: &str) -> Result<Box<dyn ItemWriter + 's>, HostError> {
        let path = self.item_path(item)?;
        let mut unfinished = path.clone().into_os_string();
        unfinished.push(UNFINISHED_ENDING);
        let unfinished = PathBuf::from(unfinished);
        let file = private().write(true).create(true).truncate(true).open(&unfinished);
        let file = file.map_err(io_error)?;
        Ok(Box::new(Item { file: Some(file), unfinished, path }))
    }

    fn item<'s>(&'s mut self, item: &str) -> Result<Box<dyn Read + 's>, HostError> {
        let file = File::open(self.item_path(item)?).map_err(io_error)?;
        Ok(Box::new(io::BufReader::with_capacity(128 << 10, file)))
    }

    fn items(&mut self) -> Result<Vec<String>, HostError> {
        self.names(ITEMS, ITEM_ENDING)
    }

    fn delete_item(&mut self, item: &str) -> Result<(), HostError> {
        let path = self.item_path(item)?;
        fs::remove_file(&path).and_then(|()| sync_folder(&path)).map_err(io_error)
    }
}

/// An item that is being written beside its place.
struct Item {
    file: Option<File>,
    unfinished: PathBuf,
    path: PathBuf,
}

impl Write for Item {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ItemWriter for Item {
    fn finish(mut self: Box<Self>) -> Result<(), HostError> {
        let mut finish = || {
            if let Some(file) = self.file.take() {
                file.sync_all()?;
            }
            fs::rename(&self.unfinished, &self.path)?;
            sync_folder(&self.path)
        };
        finish().map_err(io_error)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        // After `finish` it is not there any more.
        drop(self.file.take());
        drop(fs::remove_file(&self.unfinished));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_grows_from_where_it_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FolderStore::open(&folder.path().join("new")).unwrap();
        assert_eq!(store.journal("r").unwrap(), b"");
        store.append("r", 0, b"one torn").unwrap();
        store.append("r", 4, b"two").unwrap();
        assert_eq!(store.journal("r").unwrap(), b"one two");
        assert_eq!(store.runs().unwrap(), ["r"]);
    }

    #[test]
    fn an_item_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FolderStore::open(folder.path()).unwrap();
        store.new_item("r-00000").unwrap().write_all(b"half").unwrap();
        assert_eq!(store.items().unwrap(), Vec::<String>::new());
        assert_eq!(fs::read_dir(folder.path().join(ITEMS)).unwrap().count(), 0);
        let mut item = store.new_item("r-00000").unwrap();
        item.write_all(b"whole").unwrap();
        item.finish().unwrap();
        assert_eq!(store.items().unwrap(), ["r-00000"]);
        let mut content = String::new();
        store.item("r-00000").unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "whole");
        store.delete_item("r-00000").unwrap();
        assert!(store.items().unwrap().is_empty());
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FolderStore::open(&folder.path().join("store")).unwrap();
        for name in ["../key", "a/b", "", ".", "..", "a\\b", "a.b"] {
            assert_eq!(store.journal(name), Err(HostError::Absent), "{name}");
            assert!(store.append(name, 0, b"x").is_err() && store.new_item(name).is_err());
            assert!(store.item(name).is_err() && store.delete_item(name).is_err());
        }
    }

    #[test]
    fn the_key_is_made_once_and_not_again_when_it_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FolderStore::open(folder.path()).unwrap();
        let key = store.key().unwrap();
        assert_ne!(key, [0; 32]);
        assert_eq!(FolderStore::open(folder.path()).unwrap().key(), Ok(key));
        store.append("r", 0, b"x").unwrap();
        fs::remove_file(folder.path().join("key")).unwrap();
        assert_eq!(store.key(), Err(HostError::Changed));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_looks_into_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("store");
        let mut store = FolderStore::open(&folder).unwrap();
        store.key().unwrap();
        store.append("r", 0, b"x").unwrap();
        for (name, mode) in
            [("", 0o700), ("items", 0o700), ("key", 0o600), ("journals/r.journal", 0o600)]
        {
            let found = fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{name}");
        }
    }
}
