//! What is read: a disk, live or mounted, and a registry, live or in hives.

use std::fmt;

use crate::{Hive, RegistryValue};

/// A place on the disk that is looked at: absolute, `/` between names, no `.` or `..`.
///
/// Names are bytes, because Linux lets them be any. On a running Windows the first name is the drive
/// (`/C:/Users`), on a mounted disk paths begin at its top (`/Users`).
///
/// ```
/// use artifacts::DiskPath;
/// let path = DiskPath::parse(b"/etc/hosts").unwrap();
/// assert_eq!(path.to_string(), "/etc/hosts");
/// assert!(DiskPath::parse(b"/etc/../root").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiskPath(Vec<u8>);

/// Why bytes are no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the path is not absolute, is too long, or has an empty name, `.`, `..` or a zero in it")]
pub struct DiskPathError;

impl DiskPath {
    /// Bytes of a path that are taken.
    pub const MAX_BYTES: usize = 32 << 10;

    /// The top of the disk.
    pub fn top() -> Self {
        Self::default()
    }

    /// Reads an absolute path; `/` is the top.
    pub fn parse(bytes: &[u8]) -> Result<Self, DiskPathError> {
        let rest = bytes.strip_prefix(b"/").ok_or(DiskPathError)?;
        if rest.is_empty() {
            return Ok(Self::top());
        }
        rest.split(|byte| *byte == b'/').try_fold(Self::top(), |path, name| path.join(name))
    }

    /// The path of a name in this folder.
    pub fn join(&self, name: &[u8]) -> Result<Self, DiskPathError> {
        let is_name =
            !matches!(name, b"" | b"." | b"..") && !name.iter().any(|it| b"/\0".contains(it));
        if !is_name || self.0.len() + 1 + name.len() > Self::MAX_BYTES {
            return Err(DiskPathError);
        }
        let mut path = self.0.clone();
        path.push(b'/');
        path.extend(name);
        Ok(Self(path))
    }

    /// The folder it is in; `None` for the top.
    pub fn parent(&self) -> Option<Self> {
        let at = self.0.iter().rposition(|byte| *byte == b'/')?;
        Some(Self(self.0.get(..at)?.to_vec()))
    }

    /// Its last name; empty for the top.
    pub fn name(&self) -> &[u8] {
        self.0.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
    }

    /// Its names from the top.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'/').skip(1)
    }

    /// Its bytes; empty for the top.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is this folder or lies in it.
    pub fn is_within(&self, folder: &Self) -> bool {
        let rest = self.0.strip_prefix(folder.0.as_slice());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    }
}

impl fmt::Display for DiskPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { "" })?;
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// What a name in a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link to something else; never followed.
    Link,
    /// A device, a socket, a pipe.
    Other,
}

/// Why something was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiskError {
    /// It is not there.
    #[error("it is not there")]
    Absent,
    /// The rights do not suffice.
    #[error("the rights do not suffice")]
    Denied,
    /// It is larger than what is read.
    #[error("it is larger than what is read")]
    TooLarge,
    /// The system's own reason.
    #[error("{0}")]
    Other(String),
}

/// A disk to read.
pub trait Disk {
    /// Names in a folder.
    fn list(&mut self, folder: &DiskPath) -> Result<Vec<(Vec<u8>, EntryKind)>, DiskError>;

    /// A whole file of at most this many bytes. A link in the last place is followed only where it
    /// stays on the disk.
    fn read(&mut self, path: &DiskPath, max_bytes: usize) -> Result<Vec<u8>, DiskError>;
}

/// One hive, or a part of a live registry.
pub trait RegistryView {
    /// Values of a key and whether that is all; `None` when the key is not there.
    fn values(&self, key: &str) -> Option<(Vec<RegistryValue>, bool)>;

    /// Names of the subkeys of a key and whether that is all.
    fn subkeys(&self, key: &str) -> Option<(Vec<String>, bool)>;
}

impl RegistryView for Hive<'_> {
    fn values(&self, key: &str) -> Option<(Vec<RegistryValue>, bool)> {
        Some(self.key(key)?.values())
    }

    fn subkeys(&self, key: &str) -> Option<(Vec<String>, bool)> {
        let (keys, is_whole) = self.key(key)?.subkeys();
        Some((keys.into_iter().map(|key| key.name).collect(), is_whole))
    }
}
