//! Files that need not be scanned again: clean in an earlier run with the same rules, and unchanged
//! since.
//!
//! The file that holds this is written while a run goes on, so that it also serves to go on after a
//! crash: what it has is skipped. It begins with 16 bytes that name its form, 32 that name rules
//! and settings, and 8 that say when it was begun; each further 16 bytes stand for one clean file. With other rules it is begun anew.
//!
//! Windows lets everybody set all times of a file, so that there only a run that was cut off goes on
//! with what it remembers, within a day: a run that ends forgets.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use rustc_hash::FxHashSet;
use sha2::{Digest as _, Sha256};

const MAGIC: &[u8; 16] = b"LSSCANNED\0\0\0\0\0\0\x02";
const HEADER: usize = 56;
/// How much work a crash may lose at most.
const FLUSH_AFTER: Duration = Duration::from_secs(2);
/// A file written so shortly before it was scanned could be written again without its times
/// showing it.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// How long what is remembered is of use, counted from the beginning of the first run; `None` without an end.
const KEPT_FOR: Option<Duration> = if cfg!(unix) { None } else { Some(Duration::from_hours(24)) };

pub(crate) type Key = [u8; 16];

/// What is remembered of earlier runs.
#[derive(Debug)]
pub struct Remembered {
    known: FxHashSet<Key>,
    writing: Mutex<Writing>,
}

#[derive(Debug)]
struct Writing {
    file: File,
    pending: Vec<u8>,
    flushed: Instant,
}

impl Remembered {
    /// Opens the memory for what a run looks for, told by its digest; makes it where there is none.
    pub fn open(path: &Path, digest: [u8; 32]) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        // Two runs at once would write over one another.
        file.try_lock()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let now = SystemTime::now();
        let begun = bytes.get(48..HEADER).and_then(|it| it.first_chunk());
        let is_ours = bytes.get(..16) == Some(MAGIC)
            && bytes.get(16..48) == Some(&digest)
            && begun.is_some_and(|it| is_kept(u64::from_le_bytes(*it), now, KEPT_FOR));
        let mut known = FxHashSet::default();
        if is_ours {
            let records = bytes.get(HEADER..).unwrap_or_default();
            known.extend(records.as_chunks::<16>().0);
            // A record that a crash cut off is written over.
            let whole = HEADER + records.len() / 16 * 16;
            file.seek(SeekFrom::Start(whole as u64))?;
            file.set_len(whole as u64)?;
        } else {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(MAGIC)?;
            file.write_all(&digest)?;
            file.write_all(&seconds(now).to_le_bytes())?;
        }
        let writing = Writing { file, pending: Vec::new(), flushed: Instant::now() };
        Ok(Self { known, writing: Mutex::new(writing) })
    }

    /// Whether a file of this key was clean.
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.known.contains(key)
    }

    /// Notes a clean file. What cannot be written is only scanned again next time.
    pub(crate) fn add(&self, key: &Key) {
        let Ok(mut writing) = self.writing.lock() else { return };
        writing.pending.extend_from_slice(key);
        if writing.flushed.elapsed() >= FLUSH_AFTER {
            writing.flush();
            // A power cut takes away what only the system knows of.
            writing.file.sync_data().unwrap_or_default();
        }
    }

    /// Ends a run: what it remembers is written, for the run that goes on, or for all that follow. A
    /// whole run forgets where it is kept for one that goes on only.
    pub(crate) fn end(&self, is_whole: bool) {
        let Ok(mut writing) = self.writing.lock() else { return };
        if is_whole && KEPT_FOR.is_some() {
            writing.pending.clear();
            writing.file.set_len(0).unwrap_or_default();
        } else {
            writing.flush();
        }
    }
}

/// Whether what was begun then is not too old.
fn is_kept(begun: u64, now: SystemTime, kept_for: Option<Duration>) -> bool {
    let Some(kept_for) = kept_for else { return true };
    // What was begun in the future, by a clock that was set back, is of no use either.
    seconds(now).checked_sub(begun).is_some_and(|age| age < kept_for.as_secs())
}

/// Seconds since 1970.
fn seconds(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl Writing {
    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        // A full disk costs a second scan, nothing else.
        self.file.write_all(&pending).unwrap_or_default();
        self.flushed = Instant::now();
    }
}

/// What tells that a file is the same as before: device, number, size, both times, and its path,
/// which rules may ask about. `None` where the system cannot tell.
#[cfg(unix)]
pub(crate) fn key(path: &Path, metadata: &fs::Metadata, now: SystemTime) -> Option<Key> {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::MetadataExt as _;
    let changed = SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(u64::try_from(metadata.ctime()).ok()?))?;
    if now.duration_since(changed).ok()? < SETTLED_AFTER {
        return None;
    }
    let mut hash = Sha256::new();
    hash.update(metadata.dev().to_le_bytes());
    hash.update(metadata.ino().to_le_bytes());
    hash.update(metadata.size().to_le_bytes());
    for time in [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()] {
        hash.update(time.to_le_bytes());
    }
    hash.update(path.as_os_str().as_bytes());
    key_of(hash)
}

/// What tells it as far as the walk was told: size, times and path.
#[cfg(not(unix))]
pub(crate) fn key(path: &Path, metadata: &fs::Metadata, now: SystemTime) -> Option<Key> {
    let written = metadata.modified().ok()?;
    if now.duration_since(written).ok()? < SETTLED_AFTER {
        return None;
    }
    let mut hash = Sha256::new();
    hash.update(metadata.len().to_le_bytes());
    for time in [written, metadata.created().ok()?] {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        hash.update(since.as_nanos().to_le_bytes());
    }
    hash.update(path.as_os_str().as_encoded_bytes());
    key_of(hash)
}

fn key_of(hash: Sha256) -> Option<Key> {
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk::<16>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_known_with_the_same_rules_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/scanned");
        let first = Remembered::open(&path, [1; 32]).unwrap();
        first.add(&[7; 16]);
        first.end(false);
        assert!(Remembered::open(&path, [1; 32]).is_err(), "another run holds it");
        drop(first);
        assert!(Remembered::open(&path, [1; 32]).unwrap().has(&[7; 16]));
        assert!(!Remembered::open(&path, [2; 32]).unwrap().has(&[7; 16]));
        assert!(!Remembered::open(&path, [1; 32]).unwrap().has(&[7; 16]));
    }

    #[test]
    fn what_is_older_than_it_may_be_or_from_the_future_is_of_no_use() {
        let (hour, day) = (Duration::from_hours(1), Duration::from_hours(24));
        let now = SystemTime::now();
        for (begun, expected) in
            [(now - hour, true), (now - day - hour, false), (now + hour, false)]
        {
            assert_eq!(is_kept(seconds(begun), now, Some(day)), expected);
            assert!(is_kept(seconds(begun), now, None));
        }
    }

    #[test]
    fn a_record_that_a_crash_cut_off_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scanned");
        let memory = Remembered::open(&path, [1; 32]).unwrap();
        memory.add(&[7; 16]);
        memory.end(false);
        drop(memory);
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let memory = Remembered::open(&path, [1; 32]).unwrap();
            assert!(!memory.has(&[7; 16]), "{cut}");
            memory.add(&[8; 16]);
            memory.end(false);
            drop(memory);
            assert!(Remembered::open(&path, [1; 32]).unwrap().has(&[8; 16]), "{cut}");
        }
    }
}
