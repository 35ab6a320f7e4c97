//! What is in quarantine: shown, put back, given out, deleted.

use std::io::{self, Read as _, Seek, Write};

use artifacts::native_spelling;
use cleaning::{Cleaner, HostError, Opener, Report, Store as _, io_error};
use host::Computer;
use zip_archives::unstable::write::FileOptionsExt as _;
use zip_archives::write::SimpleFileOptions;
use zip_archives::{CompressionMethod, ZipWriter};

use crate::keeper::{CleanUpError, Keeper};

/// The password that those who study malware use for files they send one another, so that no
/// scanner on the way takes them out. It keeps nothing secret.
pub const EXPORT_PASSWORD: &str = "infected";

/// A file in quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name there.
    pub item: String,
    /// The run that took it away.
    pub run: String,
    /// When that began, in seconds since 1970.
    pub at: i64,
    /// The folder that the disk was mounted at; `None` is the running system.
    pub root: Option<String>,
    /// Where it was.
    pub path: String,
    /// Bytes of its content.
    pub size: u64,
    /// Of its content.
    pub sha256: String,
    /// Whether it was put back.
    pub is_restored: bool,
    /// Whether its content is still kept.
    pub is_there: bool,
}

/// What is deleted for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purge {
    /// These.
    Items(Vec<String>),
    /// Those of runs that began before a moment, in seconds since 1970.
    Before(i64),
    /// Everything.
    All,
}

impl Keeper {
    /// Files in quarantine, oldest first.
    pub fn kept(&mut self) -> Result<Vec<Kept>, CleanUpError> {
        let there = self.store.items().map_err(CleanUpError::Folder)?;
        let mut kept = Vec::new();
        for run in self.all_runs()? {
            for file in run.kept() {
                let item = run.item(file.number);
                kept.push(Kept {
                    is_there: there.contains(&item),
                    item,
                    run: run.name.clone(),
                    at: run.at,
                    root: run.root.clone(),
                    path: native_spelling(&file.path.0),
                    size: file.size,
                    sha256: file.sha256.to_owned(),
                    is_restored: file.is_undone,
                });
            }
        }
        Ok(kept)
    }

    /// One of them.
    pub fn kept_item(&mut self, item: &str) -> Result<Kept, CleanUpError> {
        let kept = self.kept()?.into_iter().find(|kept| kept.item == item);
        kept.ok_or_else(|| CleanUpError::NoItem(item.to_owned()))
    }

    /// Puts one file back where it was.
    pub fn restore(&mut self, computer: &mut Computer, item: &str) -> Result<Report, CleanUpError> {
        let kept = self.kept_item(item)?;
        let number = item.rsplit('-').next().and_then(|number| number.parse().ok());
        let number = number.ok_or_else(|| CleanUpError::NoItem(item.to_owned()))?;
        Ok(Cleaner::new(computer, &mut self.store)?.undo(&kept.run, Some(number))?)
    }

    /// Writes one file into a zip archive under [`EXPORT_PASSWORD`], named by its SHA-256. What was
    /// written is of use only when this ends well.
    pub fn export<W: Write + Seek>(&mut self, item: &str, out: W) -> Result<Kept, CleanUpError> {
        let kept = self.kept_item(item)?;
        let source = self.store.item(item).map_err(CleanUpError::Item)?;
        let refused = |error| CleanUpError::Item(io_error(error));
        let mut opener = Opener::new(&self.key, source).map_err(refused)?;
        let zip_error = |error: zip_archives::result::ZipError| refused(io::Error::from(error));
        let mut archive = ZipWriter::new(out);
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(kept.size >= u64::from(u32::MAX))
            .with_deprecated_encryption(EXPORT_PASSWORD.as_bytes())
            .map_err(zip_error)?;
        archive.start_file(format!("{}.bin", kept.sha256), options).map_err(zip_error)?;
        let mut block = vec![0; 64 << 10];
        loop {
            let length = opener.read(&mut block).map_err(refused)?;
            if length == 0 {
                break;
            }
            archive.write_all(block.get(..length).unwrap_or_default()).map_err(refused)?;
        }
        if opener.sha256() != Some(&kept.sha256) {
            return Err(CleanUpError::Item(HostError::Changed));
        }
        archive.finish().map_err(zip_error)?.flush().map_err(refused)?;
        Ok(kept)
    }

    /// Deletes content for good: what it came from cannot be put back any more. Gives the names of
    /// what was deleted, copies of edited files among them.
    pub fn purge(&mut self, what: &Purge) -> Result<Vec<String>, CleanUpError> {
        let there = self.store.items().map_err(CleanUpError::Folder)?;
        let wanted: Vec<String> = match what {
            Purge::All => there,
            Purge::Items(items) => {
                let missing = items.iter().find(|item| !there.contains(item));
                if let Some(missing) = missing {
                    return Err(CleanUpError::NoItem(missing.clone()));
                }
                items.clone()
            }
            Purge::Before(moment) => {
                let old = self.all_runs()?.into_iter().filter(|run| run.at < *moment);
                let runs: Vec<String> = old.map(|run| run.name).collect();
                let is_of = |item: &String| {
                    item.rsplit_once('-').is_some_and(|(run, _)| runs.iter().any(|it| it == run))
                };
                there.into_iter().filter(is_of).collect()
            }
        };
        for item in &wanted {
            self.store.delete_item(item).map_err(CleanUpError::Folder)?;
        }
        Ok(wanted)
    }
}
