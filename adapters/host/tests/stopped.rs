//! The program is killed at each of its calls to disk and store, before it and after it; then it goes
//! on, or goes back.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

mod world;

use std::cell::Cell;
use std::env;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use artifacts::DiskPath;
use cleaning::{
    CleanError, Cleaner, Host, HostError, ItemWriter, KeyTree, Node, Outcome, Process, Signature,
    Store, Times, Value,
};
use host::{Computer, FolderStore};

const FOLDER: &str = "LAMSACH_TEST_FOLDER";
const WORK: &str = "LAMSACH_TEST_WORK";
const CALLS: &str = "LAMSACH_TEST_CALLS";
const MOMENT: &str = "LAMSACH_TEST_MOMENT";

/// How many calls are left, and whether the last one takes effect.
#[derive(Clone)]
struct Life {
    left: Rc<Cell<usize>>,
    takes_effect: bool,
}

impl Life {
    /// Makes a call, or dies in it.
    fn call<T>(&self, call: impl FnOnce() -> T) -> T {
        self.left.set(self.left.get() - 1);
        let is_last = self.left.get() == 0;
        if is_last && !self.takes_effect {
            die();
        }
        let given = call();
        if is_last {
            die();
        }
        given
    }
}

fn die() -> ! {
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)
        .unwrap();
    unreachable!()
}

struct Dying<T> {
    inner: T,
    life: Life,
}

impl Host for Dying<Computer> {
    fn node(&mut self, path: &DiskPath) -> Result<Option<Node>, HostError> {
        self.life.call(|| self.inner.node(path))
    }
    fn list(&mut self, path: &DiskPath) -> Result<Vec<Vec<u8>>, HostError> {
        self.life.call(|| Host::list(&mut self.inner, path))
    }
    fn read<'h>(&'h mut self, path: &DiskPath) -> Result<Box<dyn Read + 'h>, HostError> {
        self.life.call(|| Host::read(&mut self.inner, path))
    }
    fn signature(
        &mut self,
        path: &DiskPath,
        expected: &Node,
    ) -> Result<Option<Signature>, HostError> {
        self.life.call(|| self.inner.signature(path, expected))
    }
    fn remove(&mut self, path: &DiskPath, expected: &Node) -> Result<(), HostError> {
        self.life.call(|| self.inner.remove(path, expected))
    }
    /// Also dies in the middle of the content.
    fn create(
        &mut self,
        path: &DiskPath,
        node: &Node,
        tag: &str,
        content: &mut dyn Read,
    ) -> Result<(), HostError> {
        let mut content = DyingReader { inner: content, life: self.life.clone() };
        let made = self.inner.create(path, node, tag, &mut content);
        self.life.call(|| made)
    }
    fn replace(
        &mut self,
        path: &DiskPath,
        expected: &Node,
        node: &Node,
        tag: &str,
        content: &[u8],
    ) -> Result<(), HostError> {
        self.life.call(|| self.inner.replace(path, expected, node, tag, content))
    }
    fn rename(&mut self, from: &DiskPath, to: &DiskPath) -> Result<(), HostError> {
        self.life.call(|| self.inner.rename(from, to))
    }
    fn set_attributes(&mut self, path: &DiskPath, attributes: u32) -> Result<(), HostError> {
        self.life.call(|| self.inner.set_attributes(path, attributes))
    }
    fn set_times(&mut self, path: &DiskPath, times: &Times) -> Result<(), HostError> {
        self.life.call(|| self.inner.set_times(path, times))
    }
    fn remove_at_next_start(&mut self, path: &DiskPath) -> Result<(), HostError> {
        self.inner.remove_at_next_start(path)
    }
    fn cancel_next_start(&mut self, path: &DiskPath) -> Result<(), HostError> {
        self.inner.cancel_next_start(path)
    }
    fn value(&mut self, key: &str, name: &str) -> Result<Option<Value>, HostError> {
        self.inner.value(key, name)
    }
    fn set_value(&mut self, key: &str, name: &str, value: Option<&Value>) -> Result<(), HostError> {
        self.inner.set_value(key, name, value)
    }
    fn key_tree(&mut self, key: &str) -> Result<Option<KeyTree>, HostError> {
        self.inner.key_tree(key)
    }
    fn create_key(&mut self, key: &str, tree: &KeyTree) -> Result<(), HostError> {
        self.inner.create_key(key, tree)
    }
    fn delete_key(&mut self, key: &str) -> Result<(), HostError> {
        self.inner.delete_key(key)
    }
    fn stop(&mut self, process: &Process) -> Result<(), HostError> {
        self.inner.stop(process)
    }
}

struct DyingReader<'r> {
    inner: &'r mut dyn Read,
    life: Life,
}

impl Read for DyingReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.life.call(|| self.inner.read(buffer))
    }
}

struct DyingItem<'s> {
    inner: Box<dyn ItemWriter + 's>,
    life: Life,
}

impl Write for DyingItem<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.life.call(|| self.inner.write(bytes))
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl ItemWriter for DyingItem<'_> {
    fn finish(self: Box<Self>) -> Result<(), HostError> {
        let Self { inner, life } = *self;
        life.call(|| inner.finish())
    }
}

impl Store for Dying<FolderStore> {
    fn key(&mut self) -> Result<[u8; 32], HostError> {
        self.life.call(|| self.inner.key())
    }
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), HostError> {
        self.inner.random(bytes)
    }
    fn runs(&mut self) -> Result<Vec<String>, HostError> {
        self.inner.runs()
    }
    fn journal(&mut self, run: &str) -> Result<Vec<u8>, HostError> {
        self.inner.journal(run)
    }
    /// Dies with half of the line on the disk, too.
    fn append(&mut self, run: &str, length: u64, bytes: &[u8]) -> Result<(), HostError> {
        if self.life.left.get() == 1 && !self.life.takes_effect {
            self.inner.append(run, length, &bytes[..bytes.len() / 2]).unwrap();
        }
        self.life.call(|| self.inner.append(run, length, bytes))
    }
    fn new_item<'s>(&'s mut self, item: &str) -> Result<Box<dyn ItemWriter + 's>, HostError> {
        let life = self.life.clone();
        let inner = self.inner.new_item(item)?;
        Ok(Box::new(DyingItem { inner, life }))
    }
    fn item<'s>(&'s mut self, item: &str) -> Result<Box<dyn Read + 's>, HostError> {
        self.inner.item(item)
    }
    fn items(&mut self) -> Result<Vec<String>, HostError> {
        self.inner.items()
    }
    fn delete_run(&mut self, run: &str) -> Result<(), HostError> {
        self.inner.delete_run(run)
    }
    fn delete_item(&mut self, item: &str) -> Result<(), HostError> {
        self.inner.delete_item(item)
    }
}

/// What the child does until it dies.
#[test]
fn child() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else { return };
    let number = |name| env::var(name).unwrap().parse::<usize>().unwrap();
    let life = Life { left: Rc::new(Cell::new(number(CALLS))), takes_effect: number(MOMENT) == 1 };
    let computer = Computer::open(Some(&folder.join("disk"))).unwrap();
    let mut host = Dying { inner: computer, life: life.clone() };
    let mut store = Dying { inner: FolderStore::open(&folder.join("store")).unwrap(), life };
    let mut cleaner = Cleaner::new(&mut host, &mut store).unwrap();
    let changes = serde_changes(&folder);
    let report = match env::var(WORK).unwrap().as_str() {
        "apply" => cleaner.apply("r", 1, None, changes),
        _ => cleaner.undo("r", None),
    };
    report.unwrap();
}

/// The changes travel to the child in a file.
fn serde_changes(folder: &Path) -> Vec<cleaning::Change> {
    serde_json::from_slice(&std::fs::read(folder.join("changes")).unwrap()).unwrap()
}

/// Does some work in a child; whether it was killed at its call of this number.
fn is_killed(folder: &Path, work: &str, calls: usize, takes_effect: bool) -> bool {
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", "child", "--quiet"])
        .env(FOLDER, folder)
        .env(WORK, work)
        .env(CALLS, calls.to_string())
        .env(MOMENT, usize::from(takes_effect).to_string())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}

struct Place {
    folder: tempfile::TempDir,
    before: world::Seen,
}

impl Place {
    fn new() -> Self {
        let folder = world::folder();
        let disk = folder.path().join("disk");
        std::fs::create_dir(&disk).unwrap();
        let changes = world::make(&disk);
        let json = serde_json::to_vec(&changes).unwrap();
        std::fs::write(folder.path().join("changes"), json).unwrap();
        let before = world::seen(&disk);
        Self { folder, before }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Cleaner<'_>) -> T) -> T {
        let mut host = Computer::open(Some(&self.disk())).unwrap();
        let mut store = FolderStore::open(&self.folder.path().join("store")).unwrap();
        work(&mut Cleaner::new(&mut host, &mut store).unwrap())
    }

    fn disk(&self) -> PathBuf {
        self.folder.path().join("disk")
    }
}

#[test]
fn a_kill_at_any_call_leaves_a_way_forth_and_back() {
    let cleaned = {
        let place = Place::new();
        let changes = serde_changes(place.folder.path());
        let report = place.with(|cleaner| cleaner.apply("r", 1, None, changes)).unwrap();
        assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
        let cleaned = world::seen(&place.disk());
        assert_ne!(cleaned, place.before);
        let report = place.with(|cleaner| cleaner.undo("r", None)).unwrap();
        assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Undone), "{report:?}");
        assert_eq!(world::seen(&place.disk()), place.before);
        cleaned
    };
    let mut kills = 0;
    let is_full = env::var_os("LAMSACH_FULL").is_some();
    for calls in 1.. {
        let mut was_killed = false;
        // By turns before and after, or both.
        let moments: &[bool] = match (is_full, calls % 2) {
            (true, _) => &[false, true],
            (false, 0) => &[false],
            (false, _) => &[true],
        };
        for takes_effect in moments.iter().copied() {
            let at = format!("killed at call {calls}, {takes_effect}");
            // Forth.
            let place = Place::new();
            let changes = serde_changes(place.folder.path());
            was_killed = is_killed(place.folder.path(), "apply", calls, takes_effect);
            match place.with(|cleaner| cleaner.resume("r")) {
                Ok(_) => {}
                Err(CleanError::NoRun(_)) => {
                    place.with(|cleaner| cleaner.apply("r", 1, None, changes)).unwrap();
                }
                Err(error) => panic!("{at}: {error}"),
            }
            assert_eq!(world::seen(&place.disk()), cleaned, "forth: {at}");
            // Back, killed once more on the way.
            let place = Place::new();
            is_killed(place.folder.path(), "apply", calls, takes_effect);
            is_killed(place.folder.path(), "undo", calls % 40 + 1, takes_effect);
            match place.with(|cleaner| cleaner.undo("r", None)) {
                Ok(_) | Err(CleanError::NoRun(_)) => {}
                Err(error) => panic!("{at}: {error}"),
            }
            assert_eq!(world::seen(&place.disk()), place.before, "back: {at}");
            kills += usize::from(was_killed);
        }
        if !was_killed {
            break;
        }
    }
    assert!(kills > 50, "killed {kills} times only");
}
