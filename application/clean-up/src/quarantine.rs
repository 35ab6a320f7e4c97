//! What is in quarantine: shown, put back, given out, deleted.

use std::collections::BTreeSet;
use std::io::{self, Read as _, Seek, Write};

use artifacts::native_spelling;
use cleaning::{Cleaner, HostError, Opener, Report, Run, Store as _, io_error};
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

/// What was deleted for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Names of files in quarantine.
    pub items: Vec<String>,
    /// Names of what stands in no list: copies of files whose lines were edited, and of files that a
    /// change copied that was not made then.
    pub copies: Vec<String>,
    /// Names of runs whose journals are gone.
    pub runs: Vec<String>,
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
        let source = self.store.item(item).map_err(|error| match error {
            HostError::Absent => CleanUpError::Item(HostError::Purged),
            error => CleanUpError::Item(error),
        })?;
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

    /// Deletes content for good: what it came from cannot be put back any more. Journals of all runs of
    /// which then nothing can be undone or gone on with go too, where nothing in the list of quarantine is
    /// left of them; those of registry entries and attributes stay.
    pub fn purge(&mut self, what: &Purge) -> Result<Purged, CleanUpError> {
        let there = self.store.items().map_err(CleanUpError::Folder)?;
        let runs = self.all_runs()?;
        let is_of = |item: &String, run: &Run| {
            item.rsplit_once('-').is_some_and(|(name, _)| name == run.name)
        };
        if let Purge::Items(items) = what
            && let Some(missing) = items.iter().find(|item| !there.contains(item))
        {
            return Err(CleanUpError::NoItem(missing.clone()));
        }
        let is_meant = |run: &Run| match what {
            Purge::All => true,
            Purge::Items(items) => items.iter().any(|item| is_of(item, run)),
            Purge::Before(moment) => run.at < *moment,
        };
        let meant: Vec<&Run> = runs.iter().filter(|run| is_meant(run)).collect();
        let listed: BTreeSet<String> =
            runs.iter().flat_map(|run| run.kept().map(|file| run.item(file.number))).collect();
        let (mut wanted, mut left) = (Vec::new(), Vec::new());
        for item in there {
            let is_wanted = match what {
                Purge::All => true,
                Purge::Items(items) => items.contains(&item),
                Purge::Before(_) => meant.iter().any(|run| is_of(&item, run)),
            };
            if is_wanted { wanted.push(item) } else { left.push(item) }
        }
        let mut over = Vec::new();
        for run in &runs {
            let has_listed = left.iter().any(|item| listed.contains(item) && is_of(item, run));
            if !has_listed && run.is_over(|item| left.iter().any(|it| it == item)) {
                // What a change copied that was not made then.
                wanted.extend(left.extract_if(.., |item| is_of(item, run)));
                over.push(run.name.clone());
            }
        }
        for item in &wanted {
            self.store.delete_item(item).map_err(CleanUpError::Folder)?;
        }
        for run in &over {
            self.store.delete_run(run).map_err(CleanUpError::Folder)?;
        }
        let (items, copies) = wanted.into_iter().partition(|item| listed.contains(item));
        Ok(Purged { items, copies, runs: over })
    }
}
