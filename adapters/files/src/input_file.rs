//! Files that a person names on the command line.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file to read, or a pipe.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// Where it is, as the person wrote it.
    pub path: PathBuf,
    /// Its size; `None` for a pipe.
    pub size_bytes: Option<u64>,
    /// When it was last written; `None` for a pipe.
    pub modified: Option<SystemTime>,
}

impl InputFile {
    /// The file at a path, when it can be opened. A folder is none.
    pub fn at(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            // Opening a pipe could wait for its writer, and would take it away from a later open.
            return Ok(Self { path: path.to_owned(), size_bytes: None, modified: None });
        }
        File::open(path)?;
        let modified = metadata.modified().ok();
        Ok(Self { path: path.to_owned(), size_bytes: Some(metadata.len()), modified })
    }

    /// Its bytes; it is opened when the first is read, so that thousands may stand in line.
    pub fn bytes(&self) -> impl Read + Send + use<> {
        LateFile { path: self.path.clone(), file: None }
    }
}

/// A file that is opened by its first read.
struct LateFile {
    path: PathBuf,
    file: Option<File>,
}

impl Read for LateFile {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(File::open(&self.path)?),
        };
        file.read(target)
    }
}

/// Every file below a folder, by name; what cannot be read stands there with its error. Links to
/// folders are not followed, because they may lead in circles.
pub fn files_below(folder: &Path) -> Vec<(PathBuf, io::Result<InputFile>)> {
    let mut found = Vec::new();
    collect(folder, &mut found);
    found
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, io::Result<InputFile>)>) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.push((folder.to_owned(), Err(error))),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&path, found),
            Ok(kind) if kind.is_symlink() && path.is_dir() => {
                let error = io::Error::other("a link to a folder is not followed");
                found.push((path, Err(error)));
            }
            Ok(_) => {
                let file = InputFile::at(&path);
                found.push((path, file));
            }
            Err(error) => found.push((path, Err(error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_by_name_and_says_what_it_leaves_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/c")).unwrap();
        for name in ["z.log", "a.log", "b/one.log", "b/c/two.log"] {
            fs::write(root.join(name), name).unwrap();
        }
        std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
        let found = files_below(root);
        let names: Vec<_> = found
            .iter()
            .map(|(path, file)| {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                (name, file.as_ref().ok().and_then(|it| it.size_bytes))
            })
            .collect();
        let expected = [
            ("a.log", Some(5)),
            ("b/c/two.log", Some(11)),
            ("b/one.log", Some(9)),
            ("loop", None),
            ("z.log", Some(5)),
        ];
        assert_eq!(names, expected.map(|(name, size)| (name.to_owned(), size)));
        let first = found[0].1.as_ref().unwrap();
        assert_eq!(io::read_to_string(first.bytes()).unwrap(), "a.log");
        assert_eq!(InputFile::at(root).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(InputFile::at(&root.join("no")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
