//! The clean-up tool's programs, which the server's administrator put into a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

/// The largest program that is offered, in bytes: one built for debugging is larger.
const MOST_BYTES: u64 = 64 << 20;
/// Downloads by people who are not signed in, at the same time.
const MOST_DOWNLOADS: usize = 64;
/// How long one of them keeps its place.
const LONGEST_DOWNLOAD: Duration = Duration::from_mins(15);

/// For which system a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum System {
    Windows,
    Linux,
}

impl System {
    pub(crate) const ALL: [Self; 2] = [Self::Windows, Self::Linux];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Linux => "linux",
        }
    }

    /// What the program's file is called, with a unit's code in it when there is one: the tool reads it
    /// from there.
    pub(crate) fn file_name(self, code: Option<&str>) -> String {
        let code = code.map(|it| format!("-{it}")).unwrap_or_default();
        let ending = if self == Self::Windows { ".exe" } else { "" };
        format!("lamsach-clean{code}{ending}")
    }

    fn magic(self) -> &'static [u8] {
        match self {
            Self::Windows => b"MZ",
            Self::Linux => b"\x7fELF",
        }
    }
}

/// A program as it is given out.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) system: System,
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) sha256: Arc<str>,
}

/// Leave for one download, which ends with it.
#[derive(Debug)]
pub(crate) struct Leave {
    _ended: oneshot::Sender<()>,
}

/// A program that was read, and the length and time of its file.
type HeldProgram = (u64, SystemTime, Program);

/// Folders with programs; cheap to clone. A file that changes is read again.
#[derive(Clone, Debug)]
pub struct Tools {
    folders: Arc<[PathBuf]>,
    held: Arc<Mutex<BTreeMap<PathBuf, HeldProgram>>>,
    downloads: Arc<Semaphore>,
}

impl Default for Tools {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl Tools {
    /// Programs in these folders; of each system the first that is found.
    pub fn of(folders: Vec<PathBuf>) -> Self {
        Self {
            folders: folders.into(),
            held: Arc::default(),
            downloads: Arc::new(Semaphore::new(MOST_DOWNLOADS)),
        }
    }

    /// Names of the programs that are there, with their sizes in bytes.
    pub fn found(&self) -> Vec<(String, usize)> {
        let found = System::ALL.into_iter().filter_map(|it| self.read(it));
        found.map(|it| (it.system.file_name(None), it.bytes.len())).collect()
    }

    /// The programs that are there.
    pub(crate) async fn all(&self) -> Vec<Program> {
        let mut all = Vec::new();
        for system in System::ALL {
            all.extend(self.program(system).await);
        }
        all
    }

    pub(crate) async fn program(&self, system: System) -> Option<Program> {
        let tools = self.clone();
        // A file that cannot be read is not offered.
        tokio::task::spawn_blocking(move || tools.read(system)).await.unwrap_or_default()
    }

    /// Leave for one download by somebody who is not signed in; `None` when too many go on.
    pub(crate) fn download(&self) -> Option<Leave> {
        let permit = Arc::clone(&self.downloads).try_acquire_owned().ok()?;
        let (leave, ended) = oneshot::channel();
        tokio::spawn(async move {
            // Somebody who does not read on keeps a connection, and not the place of others.
            drop(timeout(LONGEST_DOWNLOAD, ended).await);
            drop(permit);
        });
        Some(Leave { _ended: leave })
    }

    fn read(&self, system: System) -> Option<Program> {
        let name = system.file_name(None);
        self.folders.iter().find_map(|it| self.read_file(system, &it.join(&name)))
    }

    fn read_file(&self, system: System, path: &Path) -> Option<Program> {
        let about = fs::metadata(path).ok().filter(|it| it.is_file() && it.len() <= MOST_BYTES)?;
        let mark = (about.len(), about.modified().ok()?);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((length, modified, program)) = held.get(path)
            && (*length, *modified) == mark
        {
            return Some(program.clone());
        }
        let mut bytes = Vec::new();
        fs::File::open(path).ok()?.take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
        // Another kind of file, or one that is being written.
        if !bytes.starts_with(system.magic()) || bytes.len() as u64 != mark.0 {
            return None;
        }
        let sha256 = hex::encode(Sha256::digest(&bytes)).into();
        let program = Program { system, bytes: bytes.into(), sha256 };
        held.insert(path.to_owned(), (mark.0, mark.1, program.clone()));
        Some(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_what_its_name_says() {
        let folder = tempfile::tempdir().unwrap();
        let tools = Tools::of(vec![folder.path().join("none"), folder.path().to_owned()]);
        assert!(tools.found().is_empty());
        fs::write(folder.path().join("lamsach-clean.exe"), b"MZ program").unwrap();
        fs::write(folder.path().join("lamsach-clean"), b"#!/bin/sh").unwrap();
        assert_eq!(tools.found(), [("lamsach-clean.exe".to_owned(), 10)]);
        fs::write(folder.path().join("lamsach-clean"), b"\x7fELF longer").unwrap();
        assert_eq!(tools.found().len(), 2);
        // Another file in its place.
        fs::write(folder.path().join("lamsach-clean.exe"), b"MZ another program").unwrap();
        assert_eq!(tools.found().first().map(|it| it.1), Some(18));
    }
}
