//! Every file below a folder, one after the other, however many there are.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// What stands below a folder.
#[derive(Debug)]
pub enum Walked {
    /// A file, with what the system says of it.
    File(PathBuf, Metadata),
    /// A link to somewhere else, a device, a pipe or a socket: nothing that holds bytes of its own.
    NoFile(PathBuf),
    /// A folder of the system's own making (`/proc`, `/sys`), which lies on no disk.
    NotOnDisk(PathBuf),
    /// It cannot be looked at.
    Failed(PathBuf, io::Error),
}

/// Walks through folders. Links are not followed, and no folder is entered twice, so that there is
/// an end even where folders are mounted into one another.
#[derive(Debug)]
pub struct Walk {
    waiting: Vec<PathBuf>,
    open: Option<fs::ReadDir>,
    folder: PathBuf,
    #[cfg(unix)]
    entered: HashSet<(u64, u64)>,
    #[cfg(not(unix))]
    entered: HashSet<PathBuf>,
    not_on_disk: Vec<Identity>,
}

#[cfg(unix)]
type Identity = u64;
#[cfg(not(unix))]
type Identity = ();

impl Walk {
    /// Begins at a file or folder, which may be a link itself.
    pub fn of(start: &Path) -> Self {
        Self {
            waiting: vec![start.to_owned()],
            open: None,
            folder: PathBuf::new(),
            entered: HashSet::new(),
            not_on_disk: not_on_disk(),
        }
    }

    /// Whether a folder is met for the first time.
    #[cfg(unix)]
    fn enters(&mut self, _path: &Path, metadata: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        self.entered.insert((metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn enters(&mut self, path: &Path, _metadata: &Metadata) -> bool {
        self.entered.insert(path.to_owned())
    }

    fn start(&mut self, path: PathBuf) -> Option<Walked> {
        let is_start = self.entered.is_empty();
        let named = as_named(&path);
        let metadata = if is_start { fs::metadata(&named) } else { fs::symlink_metadata(&named) };
        let metadata = match metadata {
            Ok(metadata) => metadata,
            Err(error) => return Some(Walked::Failed(path, error)),
        };
        if metadata.is_file() {
            return Some(Walked::File(path, metadata));
        }
        if !metadata.is_dir() {
            return Some(Walked::NoFile(path));
        }
        if !is_start && self.is_not_on_disk(&metadata) {
            return Some(Walked::NotOnDisk(path));
        }
        if !self.enters(&path, &metadata) {
            return Some(Walked::NoFile(path));
        }
        match fs::read_dir(&named) {
            Ok(entries) => {
                self.open = Some(entries);
                self.folder = path;
                None
            }
            Err(error) => Some(Walked::Failed(path, error)),
        }
    }

    #[cfg(unix)]
    fn is_not_on_disk(&self, metadata: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        self.not_on_disk.contains(&metadata.dev())
    }

    #[cfg(not(unix))]
    fn is_not_on_disk(&self, _metadata: &Metadata) -> bool {
        !self.not_on_disk.is_empty()
    }
}

#[cfg(unix)]
fn not_on_disk() -> Vec<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let root = fs::metadata("/").map(|it| it.dev()).ok();
    ["/proc", "/sys"]
        .iter()
        .filter_map(|it| fs::metadata(it).ok())
        .map(|it| it.dev())
        .filter(|it| Some(*it) != root)
        .collect()
}

#[cfg(not(unix))]
fn not_on_disk() -> Vec<Identity> {
    Vec::new()
}

/// A path under which Windows takes each name as it is: by itself it leaves out dots and blanks at the
/// end of a name, by which malware hides, and takes no long ones. Elsewhere the same path.
#[cfg(windows)]
pub fn as_named(path: &Path) -> std::borrow::Cow<'_, Path> {
    use std::path::{Component, Prefix};
    let mut components = path.components();
    let is_plain = match components.next() {
        Some(Component::Prefix(prefix)) => matches!(prefix.kind(), Prefix::Disk(_)),
        _ => false,
    };
    if !is_plain || !path.is_absolute() || components.any(|it| it == Component::ParentDir) {
        return path.into();
    }
    // Put together anew, because `/` would be a letter of a name there.
    let mut named = std::ffi::OsString::from(r"\\?\");
    named.push(path.components().collect::<PathBuf>());
    PathBuf::from(named).into()
}

/// A path under which the system takes each name as it is: here the same.
#[cfg(not(windows))]
pub fn as_named(path: &Path) -> std::borrow::Cow<'_, Path> {
    path.into()
}

impl Iterator for Walk {
    type Item = Walked;

    fn next(&mut self) -> Option<Walked> {
        loop {
            if let Some(open) = &mut self.open {
                let Some(entry) = open.next() else {
                    self.open = None;
                    continue;
                };
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => return Some(Walked::Failed(self.folder.clone(), error)),
                };
                let path = self.folder.join(entry.file_name());
                return Some(match entry.file_type() {
                    Err(error) => Walked::Failed(path, error),
                    Ok(kind) if kind.is_symlink() => Walked::NoFile(path),
                    Ok(kind) if kind.is_dir() => {
                        self.waiting.push(path);
                        continue;
                    }
                    Ok(kind) if kind.is_file() => match entry.metadata() {
                        Ok(metadata) => Walked::File(path, metadata),
                        Err(error) => Walked::Failed(path, error),
                    },
                    Ok(_) => Walked::NoFile(path),
                });
            }
            let path = self.waiting.pop()?;
            if let Some(walked) = self.start(path) {
                return Some(walked);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_are_told_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/c")).unwrap();
        fs::write(root.join("b/c/two"), "2").unwrap();
        fs::write(root.join("one"), "1").unwrap();
        std::os::unix::fs::symlink(root, root.join("b/loop")).unwrap();
        std::os::unix::fs::symlink("one", root.join("link")).unwrap();
        let mut found: Vec<String> = Walk::of(root)
            .map(|it| match it {
                Walked::File(path, data) => format!("{} {}", path.display(), data.len()),
                Walked::NoFile(path) => format!("{} no file", path.display()),
                other => panic!("{other:?}"),
            })
            .map(|it| it.replace(&format!("{}/", root.display()), ""))
            .collect();
        found.sort();
        assert_eq!(found, ["b/c/two 1", "b/loop no file", "link no file", "one 1"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none");
        assert!(matches!(Walk::of(&missing).next(), Some(Walked::Failed(..))));
        fs::write(&missing, "x").unwrap();
        let found: Vec<_> = Walk::of(&missing).collect();
        assert!(matches!(found.as_slice(), [Walked::File(..)]));
    }
}
