//! A run over files, by several threads.

use std::collections::VecDeque;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::SystemTime;

use files::{Walk, Walked, as_named};
use sha2::{Digest as _, Sha256};

use crate::cache::{self, Key, Remembered};
use crate::detector::{Detector, Examined};
use crate::gentle::Pace;
use crate::{
    Category, Detection, Finding, MOST_LISTED, NotScanned, Settings, Summary, Verdict, Watcher,
    path_hex, shown_path,
};

/// Files that are larger are not scanned.
const LARGEST: u64 = 512 << 20;
/// Of files that are larger, one is in memory at a time: a thread that meets another one puts it aside.
const LARGE: u64 = 4 << 20;
/// How many large files a thread puts aside before it waits.
const MOST_ASIDE: usize = 256;
/// Files waiting for a thread.
const WAITING: usize = 256;

/// Looks for everything in every file at or below some places. What goes wrong stands in the
/// summary; where the memory cannot be opened, or another run holds it, all is scanned.
pub fn check_files(
    places: &[PathBuf],
    detection: &Detection,
    settings: &Settings,
    watcher: &dyn Watcher,
) -> Summary {
    let memory = settings
        .memory
        .as_ref()
        .and_then(|path| Remembered::open(path, digest(detection, settings)).ok());
    let run = Run {
        detection,
        settings,
        watcher,
        memory,
        now: SystemTime::now(),
        large: Mutex::new(()),
        gathered: Mutex::new(Gathered::default()),
        was_cancelled: AtomicBool::new(false),
    };
    let threads = if settings.is_gentle { 1 } else { settings.threads.max(1) };
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let receiver = Mutex::new(receiver);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| run.work(&receiver));
        }
        run.walk(places, sender);
    });
    run.finish()
}

/// What the findings of a run depend on.
fn digest(detection: &Detection, settings: &Settings) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(detection.rules.digest());
    hash.update(detection.known.digest());
    hash.update(Sha256::digest(detection.good.concat()));
    hash.update(format!("{:?}{:?}", settings.parts, settings.root));
    hash.finalize().into()
}

struct Run<'r> {
    detection: &'r Detection,
    settings: &'r Settings,
    watcher: &'r dyn Watcher,
    memory: Option<Remembered>,
    now: SystemTime,
    /// Held by whoever has a large file in memory.
    large: Mutex<()>,
    gathered: Mutex<Gathered>,
    was_cancelled: AtomicBool,
}

/// A file that the walk met.
struct Met {
    path: PathBuf,
    metadata: Metadata,
    /// By which it is remembered, where anything is.
    key: Option<Key>,
}

#[derive(Default)]
struct Gathered {
    summary: Summary,
    worst: Option<Category>,
}

impl Run<'_> {
    #[expect(clippy::needless_pass_by_value, reason = "dropped here, which ends the threads")]
    fn walk(&self, places: &[PathBuf], sender: mpsc::SyncSender<(PathBuf, Metadata)>) {
        for place in places {
            for walked in Walk::of(place) {
                if self.is_cancelled() {
                    return;
                }
                match walked {
                    Walked::File(path, metadata) => {
                        if sender.send((path, metadata)).is_err() {
                            return;
                        }
                    }
                    Walked::NoFile(_) | Walked::NotOnDisk(_) => {
                        self.gathered().summary.no_files += 1;
                    }
                    Walked::Failed(path, error) => {
                        let not_scanned = self.unreadable(&path, &error);
                        let mut gathered = self.gathered();
                        gathered.summary.seen += 1;
                        gathered.leave(not_scanned);
                    }
                }
            }
        }
    }

    fn work(&self, receiver: &Mutex<mpsc::Receiver<(PathBuf, Metadata)>>) {
        let mut detector = Detector::new(self.detection, self.settings.parts);
        let mut pace = Pace::new(self.settings.is_gentle);
        let mut buffer = Vec::new();
        let mut aside = VecDeque::new();
        let mut file = |next: Met, pace: &mut Pace| {
            // Those that wait are taken out all the same, or the walk would wait for ever.
            if !self.is_cancelled() {
                self.file(&next, &mut detector, &mut buffer);
                pace.rest();
            }
        };
        loop {
            if !aside.is_empty()
                && let Ok(_held) = self.large.try_lock()
                && let Some(next) = aside.pop_front()
            {
                file(next, &mut pace);
                continue;
            }
            let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((path, metadata)) = next else { break };
            let key = self.memory.as_ref().and_then(|_| cache::key(&path, &metadata, self.now));
            if key.is_some_and(|key| self.is_remembered(&key, metadata.len())) {
                pace.rest();
                continue;
            }
            let next = Met { path, metadata, key };
            // What is too large is not read at all.
            if !(LARGE + 1..=LARGEST).contains(&next.metadata.len()) {
                file(next, &mut pace);
            } else if aside.len() < MOST_ASIDE {
                aside.push_back(next);
            } else {
                let _held = self.hold_large();
                file(next, &mut pace);
            }
        }
        for next in aside {
            let _held = self.hold_large();
            file(next, &mut pace);
        }
    }

    fn hold_large(&self) -> MutexGuard<'_, ()> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing was found in a file before and it has not changed since: then it is counted.
    fn is_remembered(&self, key: &Key, size: u64) -> bool {
        let is_remembered = self.memory.as_ref().is_some_and(|memory| memory.has(key));
        if is_remembered && !self.is_cancelled() {
            let mut gathered = self.gathered();
            let summary = &mut gathered.summary;
            summary.seen += 1;
            summary.scanned += 1;
            summary.remembered += 1;
            summary.bytes += size;
            drop(gathered);
            self.watcher.advanced(1, size);
        }
        is_remembered
    }

    fn file(&self, met: &Met, detector: &mut Detector<'_>, buffer: &mut Vec<u8>) {
        let Met { path, metadata, key } = met;
        let size = metadata.len();
        let shown = shown_path(path, self.settings.root.as_deref());
        let examined = if size > LARGEST {
            Err(self.not_scanned(&shown, "too-large", None))
        } else {
            let examined = match read(path, buffer) {
                Ok(()) => Ok(detector.examine(&shown, buffer, &|| !self.is_cancelled())),
                Err(error) => Err(self.unreadable(path, &error)),
            };
            if buffer.capacity() as u64 > LARGE {
                *buffer = Vec::new();
            }
            examined
        };
        let mut gathered = self.gathered();
        gathered.summary.seen += 1;
        match examined {
            Err(not_scanned) => gathered.leave(not_scanned),
            Ok(Examined { mut findings, not_scanned, parts, good }) => {
                let is_clean = findings.is_empty() && not_scanned.is_empty();
                gathered.summary.scanned += 1;
                gathered.summary.bytes += size;
                gathered.summary.parts += parts;
                gathered.summary.good += good;
                gathered.summary.findings += findings.len() as u64;
                for it in not_scanned {
                    gathered.leave(it);
                }
                let worst = findings.iter().map(|it| it.category).max();
                gathered.worst = gathered.worst.max(worst);
                drop(gathered);
                findings.sort();
                let path_hex = path_hex(path, self.settings.root.as_deref());
                for finding in findings {
                    self.found(Finding { path_hex: path_hex.clone(), ..finding });
                }
                if let (true, Some(key), Some(memory)) = (is_clean, key, &self.memory)
                    && is_unchanged(path, metadata)
                {
                    memory.add(key);
                }
            }
        }
        self.watcher.advanced(1, size);
    }

    fn found(&self, finding: Finding) {
        self.watcher.found(finding);
    }

    fn is_cancelled(&self) -> bool {
        let is_cancelled = self.watcher.is_cancelled();
        if is_cancelled {
            self.was_cancelled.store(true, Ordering::Relaxed);
        }
        is_cancelled
    }

    fn unreadable(&self, path: &Path, error: &io::Error) -> NotScanned {
        let shown = shown_path(path, self.settings.root.as_deref());
        self.not_scanned(&shown, "unreadable", Some(error.to_string()))
    }

    #[expect(clippy::unused_self, reason = "reads as the others do")]
    fn not_scanned(&self, shown: &str, reason: &str, detail: Option<String>) -> NotScanned {
        let (path, reason) = (shown.to_owned(), reason.to_owned());
        NotScanned { path, inside: Vec::new(), reason, detail }
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(self) -> Summary {
        let was_cancelled = self.was_cancelled.into_inner();
        if let Some(memory) = &self.memory {
            memory.end(!was_cancelled);
        }
        let gathered = self.gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Gathered { mut summary, worst } = gathered;
        if was_cancelled {
            // At least the rest of the places.
            *summary.not_scanned.entry("cancelled".to_owned()).or_default() += 1;
        }
        summary.not_scanned_listed.sort();
        summary.complete = summary.not_scanned.is_empty();
        summary.verdict = Some(Verdict::of(worst, summary.complete));
        summary
    }
}

impl Gathered {
    fn leave(&mut self, not_scanned: NotScanned) {
        *self.summary.not_scanned.entry(not_scanned.reason.clone()).or_default() += 1;
        if self.summary.not_scanned_listed.len() < MOST_LISTED {
            self.summary.not_scanned_listed.push(not_scanned);
        }
    }
}

/// Reads a file whole; one that grew beyond what is scanned is an error.
fn read(path: &Path, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    let read = File::open(as_named(path))?.take(LARGEST + 1).read_to_end(buffer)?;
    if read as u64 > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(())
}

/// Whether a file is still what it was when the walk met it: only then is it remembered.
fn is_unchanged(path: &Path, before: &Metadata) -> bool {
    std::fs::symlink_metadata(as_named(path)).is_ok_and(|now| {
        let same = now.len() == before.len() && now.modified().ok() == before.modified().ok();
        #[cfg(unix)]
        let same = {
            use std::os::unix::fs::MetadataExt as _;
            same && (now.ctime(), now.ctime_nsec()) == (before.ctime(), before.ctime_nsec())
        };
        same
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicU64);

    impl Watcher for Counting {
        fn advanced(&self, files: u64, _: u64) {
            self.0.fetch_add(files, Ordering::Relaxed);
        }
        fn found(&self, _: Finding) {}
        fn is_cancelled(&self) -> bool {
            false
        }
    }

    #[cfg(unix)]
    #[test]
    fn large_files_that_are_remembered_are_counted_without_being_read() {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        std::fs::create_dir(&tree).unwrap();
        for number in 0..4 {
            let file = File::create(tree.join(number.to_string())).unwrap();
            file.set_len(LARGE + 1).unwrap();
        }
        let settings = Settings {
            threads: 2,
            is_gentle: false,
            root: None,
            parts: unpacking::PartLimits::default(),
            memory: Some(folder.path().join("memory")),
        };
        // Files that were written just now are not remembered.
        std::thread::sleep(std::time::Duration::from_millis(2_100));
        let scan = || {
            let watcher = Counting::default();
            let places = [tree.clone()];
            let summary = check_files(&places, &Detection::default(), &settings, &watcher);
            assert_eq!((summary.seen, summary.bytes), (4, 4 * (LARGE + 1)));
            assert_eq!(watcher.0.into_inner(), 4);
            summary.remembered
        };
        assert_eq!((scan(), scan()), (0, 4));
    }

    #[test]
    fn large_files_that_were_put_aside_are_scanned_too() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..12 {
            let size = if number % 2 == 0 { LARGE + 1 } else { 7 };
            let file = File::create(folder.path().join(number.to_string())).unwrap();
            file.set_len(size).unwrap();
        }
        for threads in [1, 3] {
            let settings = Settings {
                threads,
                is_gentle: false,
                root: None,
                parts: unpacking::PartLimits::default(),
                memory: None,
            };
            let watcher = Counting::default();
            let places = [folder.path().to_owned()];
            let summary = check_files(&places, &Detection::default(), &settings, &watcher);
            assert_eq!((summary.seen, summary.scanned), (12, 12), "{threads}");
            assert_eq!(summary.bytes, 6 * (LARGE + 1) + 6 * 7);
            assert_eq!(watcher.0.into_inner(), 12);
        }
    }
}
