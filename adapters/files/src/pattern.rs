//! Files by a pattern of their paths.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use glob::{MatchOptions, Pattern};

use crate::{InputFile, files_below};

/// Names that begin with a dot are meant only where a pattern begins with one, as in a shell.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Why a pattern is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{part}` is not a pattern")]
pub struct PatternError {
    /// The part of the path that is wrong.
    pub part: String,
}

/// Whether a path is meant as a pattern: it holds `*`, `?` or `[`.
pub fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// Every file whose path a pattern describes, by path, and every file in the folders it describes;
/// what cannot be read stands there with its error.
///
/// `*` and `?` stand for parts of one name, `[a-z]` for one of some letters, `**` for any folders.
/// Below `**`, links to folders are not followed, because they may lead in circles.
pub fn files_matching(
    pattern: &str,
) -> Result<Vec<(PathBuf, io::Result<InputFile>)>, PatternError> {
    let base = if pattern.starts_with('/') { "/" } else { "" };
    let parts = pattern.split('/').filter(|part| !part.is_empty());
    let parts: Vec<Part> = parts.map(Part::new).collect::<Result<_, _>>()?;
    let mut found = BTreeMap::new();
    collect(Path::new(base), &parts, &mut found);
    Ok(found.into_iter().collect())
}

/// One name of a path.
enum Part {
    Name(String),
    Names(Pattern),
    AnyFolders,
}

impl Part {
    fn new(part: &str) -> Result<Self, PatternError> {
        if part == "**" {
            return Ok(Self::AnyFolders);
        }
        if !is_pattern(part) {
            return Ok(Self::Name(part.to_owned()));
        }
        Pattern::new(part).map(Self::Names).map_err(|_| PatternError { part: part.to_owned() })
    }
}

/// Files and errors by their paths: several ways may lead to one.
type Found = BTreeMap<PathBuf, io::Result<InputFile>>;

fn collect(base: &Path, parts: &[Part], found: &mut Found) {
    match parts.split_first() {
        None if base.is_dir() => found.extend(files_below(base)),
        None => {
            found.insert(base.to_owned(), InputFile::at(base));
        }
        Some((Part::Name(name), rest)) => {
            let path = base.join(name);
            if path.exists() {
                collect(&path, rest, found);
            }
        }
        Some((Part::Names(pattern), rest)) => {
            for entry in entries(base, found) {
                let is_meant = entry
                    .file_name()
                    .to_str()
                    .is_some_and(|name| pattern.matches_with(name, OPTIONS));
                let path = base.join(entry.file_name());
                if is_meant && (rest.is_empty() || path.is_dir()) {
                    collect(&path, rest, found);
                }
            }
        }
        Some((Part::AnyFolders, [])) => found.extend(files_below(if_empty(base))),
        Some((Part::AnyFolders, rest)) => {
            collect(base, rest, found);
            for entry in entries(base, found) {
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    collect(&base.join(entry.file_name()), parts, found);
                }
            }
        }
    }
}

/// What a folder holds; one that cannot be read is found with its error.
fn entries(folder: &Path, found: &mut Found) -> Vec<fs::DirEntry> {
    let read = fs::read_dir(if_empty(folder)).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    match read {
        Ok(entries) => entries,
        Err(error) => {
            found.insert(folder.to_owned(), Err(error));
            Vec::new()
        }
    }
}

fn if_empty(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_gives_the_files_it_describes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/c")).unwrap();
        for name in
            ["a.log", "b/one.log", "b/c/two.log", "b/c/three.txt", ".hidden.log", "x[1].log"]
        {
            fs::write(root.join(name), name).unwrap();
        }
        std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
        let check = |pattern: &str, expected: &[&str]| {
            let found = files_matching(&format!("{}/{pattern}", root.display())).unwrap();
            let name = |path: &Path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let names: Vec<_> = found.iter().map(|(path, _)| name(path)).collect();
            assert_eq!(names, expected, "{pattern}");
            assert!(found.iter().all(|(path, file)| file.is_ok() || path.ends_with("loop")));
        };
        check("*.log", &["a.log", "x[1].log"]);
        check("?.log", &["a.log"]);
        check("x[[]1].log", &["x[1].log"]);
        check(".h*", &[".hidden.log"]);
        check("*/*.log", &["b/one.log", "loop/a.log", "loop/x[1].log"]);
        check("b*", &["b/c/three.txt", "b/c/two.log", "b/one.log"]);
        check("**/*.log", &["a.log", "b/c/two.log", "b/one.log", "x[1].log"]);
        check("**/c/t*", &["b/c/three.txt", "b/c/two.log"]);
        check("b/**", &["b/c/three.txt", "b/c/two.log", "b/one.log"]);
        check("**/**/two.log", &["b/c/two.log"]);
        check("*.csv", &[]);
        check("no/*.log", &[]);
        assert_eq!(
            files_matching("a[.log").unwrap_err(),
            PatternError { part: "a[.log".to_owned() }
        );
    }
}
