//! Invented systems in memory: clean then undo is as before, wherever the computer stops.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::rc::Rc;

use artifacts::DiskPath;
use cleaning::{
    Bytes, Change, CleanError, Cleaner, HIDDEN, Host, HostError, ItemWriter, KeyTree, Node,
    NodeKind, NotVerified, Outcome, Path, Process, SYSTEM, Signature, Store, Times, Value,
};

type Seen = (Files, BTreeMap<(String, String), Value>, BTreeMap<String, KeyTree>);
type Files = BTreeMap<DiskPath, (Node, Vec<u8>)>;

/// What stays when the computer stops.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct World {
    files: Files,
    values: BTreeMap<(String, String), Value>,
    keys: BTreeMap<String, KeyTree>,
    clock: i64,
    next_id: u64,
    journals: BTreeMap<String, Vec<u8>>,
    items: BTreeMap<String, Vec<u8>>,
    signed: BTreeMap<DiskPath, Signature>,
    /// What was begun of a file is taken away again, and has touched the folder.
    is_full: bool,
}

/// Calls until the computer stops, and whether the last one still takes effect.
struct Power {
    left: usize,
    takes_effect: bool,
}

struct Fake {
    world: Rc<RefCell<World>>,
    power: Rc<RefCell<Power>>,
}

fn stopped() -> HostError {
    HostError::Other("stopped".to_owned())
}

impl Fake {
    fn pair(world: &Rc<RefCell<World>>, left: usize, takes_effect: bool) -> (Self, Self) {
        let power = Rc::new(RefCell::new(Power { left, takes_effect }));
        let one = |power: &Rc<_>| Self { world: Rc::clone(world), power: Rc::clone(power) };
        (one(&power), one(&power))
    }

    /// A call that changes something: `Err` before or after its effect when the power goes.
    fn change<T>(
        &self,
        act: impl FnOnce(&mut World) -> Result<T, HostError>,
    ) -> Result<T, HostError> {
        let mut power = self.power.borrow_mut();
        if power.left == 0 {
            return Err(stopped());
        }
        power.left -= 1;
        let is_last = power.left == 0;
        if is_last && !power.takes_effect {
            return Err(stopped());
        }
        let result = act(&mut self.world.borrow_mut());
        if is_last { Err(stopped()) } else { result }
    }

    fn look<T>(&self, act: impl FnOnce(&World) -> T) -> Result<T, HostError> {
        if self.power.borrow().left == 0 { Err(stopped()) } else { Ok(act(&self.world.borrow())) }
    }
}

impl World {
    fn touch(&mut self, path: &DiskPath) {
        self.clock += 1;
        let clock = self.clock;
        if let Some((node, _)) = path.parent().and_then(|folder| self.files.get_mut(&folder)) {
            node.times.modified = (clock, 0);
        }
    }

    fn put(&mut self, path: &str, kind: NodeKind, content: &[u8], attributes: u32) {
        self.next_id += 1;
        let node = Node {
            kind,
            mode: Some(0o640),
            owner: Some((7, 8)),
            attributes: Some(attributes),
            times: Times {
                accessed: (5, 6),
                modified: (self.next_id.cast_signed(), 4),
                created: None,
            },
            extended: vec![(Bytes(b"user.x".to_vec()), Bytes(b"y".to_vec()))],
            links: 1,
            id: (1, self.next_id),
        };
        self.files.insert(DiskPath::parse(path.as_bytes()).unwrap(), (node, content.to_vec()));
    }

    /// Everything but what nobody can put back: numbers of files and the clock.
    fn seen(&self) -> Seen {
        let mut files = self.files.clone();
        for (node, _) in files.values_mut() {
            node.id = (0, 0);
        }
        (files, self.values.clone(), self.keys.clone())
    }
}

impl Host for Fake {
    fn node(&mut self, path: &DiskPath) -> Result<Option<Node>, HostError> {
        self.look(|world| world.files.get(path).map(|(node, _)| node.clone()))
    }

    fn list(&mut self, path: &DiskPath) -> Result<Vec<Vec<u8>>, HostError> {
        self.look(|world| {
            let inside = world.files.keys().filter(|it| it.parent().as_ref() == Some(path));
            inside.map(|it| it.name().to_vec()).collect()
        })
    }

    fn read<'h>(&'h mut self, path: &DiskPath) -> Result<Box<dyn Read + 'h>, HostError> {
        let content =
            self.look(|world| world.files.get(path).map(|(_, content)| content.clone()))?;
        Ok(Box::new(io::Cursor::new(content.ok_or(HostError::Absent)?)))
    }

    fn signature(&mut self, path: &DiskPath, _: &Node) -> Result<Option<Signature>, HostError> {
        self.look(|world| world.signed.get(path).cloned())
    }

    fn remove(&mut self, path: &DiskPath, expected: &Node) -> Result<(), HostError> {
        self.change(|world| {
            let (node, _) = world.files.get(path).ok_or(HostError::Absent)?;
            if !expected.is_unchanged(node) {
                return Err(HostError::Changed);
            }
            if world.signed.get(path).is_some_and(Signature::protects) {
                return Err(HostError::VendorSigned);
            }
            world.files.remove(path);
            world.touch(path);
            Ok(())
        })
    }

    fn create(
        &mut self,
        path: &DiskPath,
        node: &Node,
        _: &str,
        content: &mut dyn Read,
    ) -> Result<(), HostError> {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).map_err(cleaning::io_error)?;
        self.change(|world| {
            if world.files.contains_key(path) {
                return Err(HostError::Exists);
            }
            if world.is_full {
                world.touch(path);
                return Err(HostError::Full);
            }
            world.next_id += 1;
            let node = Node { id: (1, world.next_id), ..node.clone() };
            world.files.insert(path.clone(), (node, bytes));
            world.touch(path);
            Ok(())
        })
    }

    fn replace(
        &mut self,
        path: &DiskPath,
        expected: &Node,
        node: &Node,
        _: &str,
        content: &[u8],
    ) -> Result<(), HostError> {
        self.change(|world| {
            let (now, _) = world.files.get(path).ok_or(HostError::Absent)?;
            if !expected.is_unchanged(now) {
                return Err(HostError::Changed);
            }
            if world.is_full {
                world.touch(path);
                return Err(HostError::Full);
            }
            world.next_id += 1;
            let node = Node { id: (1, world.next_id), ..node.clone() };
            world.files.insert(path.clone(), (node, content.to_vec()));
            world.touch(path);
            Ok(())
        })
    }

    fn rename(&mut self, from: &DiskPath, to: &DiskPath) -> Result<(), HostError> {
        self.change(|world| {
            if world.files.contains_key(to) {
                return Err(HostError::Exists);
            }
            let moved = world.files.remove(from).ok_or(HostError::Absent)?;
            world.files.insert(to.clone(), moved);
            world.touch(from);
            world.touch(to);
            Ok(())
        })
    }

    fn set_attributes(&mut self, path: &DiskPath, attributes: u32) -> Result<(), HostError> {
        self.change(|world| {
            world.files.get_mut(path).ok_or(HostError::Absent)?.0.attributes = Some(attributes);
            Ok(())
        })
    }

    fn set_times(&mut self, path: &DiskPath, times: &Times) -> Result<(), HostError> {
        self.change(|world| {
            world.files.get_mut(path).ok_or(HostError::Absent)?.0.times = *times;
            Ok(())
        })
    }

    fn remove_at_next_start(&mut self, _: &DiskPath) -> Result<(), HostError> {
        Err(HostError::Unsupported)
    }

    fn cancel_next_start(&mut self, _: &DiskPath) -> Result<(), HostError> {
        self.look(|_| ())?;
        Err(HostError::Unsupported)
    }

    fn value(&mut self, key: &str, name: &str) -> Result<Option<Value>, HostError> {
        self.look(|world| world.values.get(&(key.to_owned(), name.to_owned())).cloned())
    }

    fn set_value(&mut self, key: &str, name: &str, value: Option<&Value>) -> Result<(), HostError> {
        self.change(|world| {
            let at = (key.to_owned(), name.to_owned());
            match value {
                Some(value) => world.values.insert(at, value.clone()),
                None => world.values.remove(&at),
            };
            Ok(())
        })
    }

    fn key_tree(&mut self, key: &str) -> Result<Option<KeyTree>, HostError> {
        self.look(|world| world.keys.get(key).cloned())
    }

    fn create_key(&mut self, key: &str, tree: &KeyTree) -> Result<(), HostError> {
        self.change(|world| {
            world.keys.insert(key.to_owned(), tree.clone());
            Ok(())
        })
    }

    fn delete_key(&mut self, key: &str) -> Result<(), HostError> {
        self.change(|world| world.keys.remove(key).map(|_| ()).ok_or(HostError::Absent))
    }

    fn stop(&mut self, _: &Process) -> Result<(), HostError> {
        self.change(|_| Ok(()))
    }
}

struct FakeItem<'s> {
    fake: &'s mut Fake,
    name: String,
    bytes: Vec<u8>,
}

impl Write for FakeItem<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ItemWriter for FakeItem<'_> {
    fn finish(self: Box<Self>) -> Result<(), HostError> {
        let Self { fake, name, bytes } = *self;
        fake.change(|world| {
            world.items.insert(name, bytes);
            Ok(())
        })
    }
}

impl Store for Fake {
    fn key(&mut self) -> Result<[u8; 32], HostError> {
        Ok([9; 32])
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), HostError> {
        self.change(|world| {
            world.next_id += 1;
            bytes[..8].copy_from_slice(&world.next_id.to_le_bytes());
            Ok(())
        })
    }

    fn runs(&mut self) -> Result<Vec<String>, HostError> {
        self.look(|world| world.journals.keys().cloned().collect())
    }

    fn delete_run(&mut self, run: &str) -> Result<(), HostError> {
        self.change(|world| world.journals.remove(run).map(|_| ()).ok_or(HostError::Absent))
    }

    fn journal(&mut self, run: &str) -> Result<Vec<u8>, HostError> {
        self.look(|world| world.journals.get(run).cloned().unwrap_or_default())
    }

    /// A stop in the middle leaves half of the line.
    fn append(&mut self, run: &str, length: u64, bytes: &[u8]) -> Result<(), HostError> {
        let is_torn = {
            let power = self.power.borrow();
            power.left == 1 && !power.takes_effect
        };
        if is_torn {
            let mut world = self.world.borrow_mut();
            let journal = world.journals.entry(run.to_owned()).or_default();
            journal.truncate(usize::try_from(length).unwrap());
            journal.extend(&bytes[..bytes.len() / 2]);
        }
        self.change(|world| {
            let journal = world.journals.entry(run.to_owned()).or_default();
            journal.truncate(usize::try_from(length).unwrap());
            journal.extend(bytes);
            Ok(())
        })
    }

    fn new_item<'s>(&'s mut self, item: &str) -> Result<Box<dyn ItemWriter + 's>, HostError> {
        Ok(Box::new(FakeItem { fake: self, name: item.to_owned(), bytes: Vec::new() }))
    }

    fn item<'s>(&'s mut self, item: &str) -> Result<Box<dyn Read + 's>, HostError> {
        let bytes = self.look(|world| world.items.get(item).cloned())?;
        Ok(Box::new(io::Cursor::new(bytes.ok_or(HostError::Absent)?)))
    }

    fn items(&mut self) -> Result<Vec<String>, HostError> {
        self.look(|world| world.items.keys().cloned().collect())
    }

    fn delete_item(&mut self, item: &str) -> Result<(), HostError> {
        self.change(|world| world.items.remove(item).map(|_| ()).ok_or(HostError::Absent))
    }
}

fn path(text: &str) -> Path {
    Path(DiskPath::parse(text.as_bytes()).unwrap())
}

/// An invented system and a plan for it, both from a number.
fn invent(seed: u64) -> (World, Vec<Change>) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) % below
    };
    let (mut world, mut changes) = (World::default(), Vec::new());
    for folder in ["/a", "/a/b", "/c"] {
        world.put(folder, NodeKind::Folder, b"", 0x10);
    }
    let folders = ["/a", "/a/b", "/c"];
    for number in 0..=random(8) {
        let folder = folders[usize::try_from(random(3)).unwrap()];
        let name = format!("{folder}/tệp {number}");
        match random(7) {
            0 => {
                world.put(&name, NodeKind::Link(Bytes(b"../x".to_vec())), b"", 0);
                changes.push(Change::Quarantine { path: path(&name), sha256: None });
            }
            1 => {
                let text = format!("127.0.0.1 localhost\r\n0.0.0.0 bad{number}\r\n# mine");
                world.put(&name, NodeKind::File(text.len() as u64), text.as_bytes(), 0x20);
                let line = format!("0.0.0.0 bad{number}\r\n").into_bytes();
                changes
                    .push(Change::RemoveLines { path: path(&name), lines: vec![(2, Bytes(line))] });
            }
            2 => {
                world.put(&name, NodeKind::File(1), b"x", 0x20 | HIDDEN | SYSTEM);
                changes.push(Change::SetAttributes { path: path(&name), clear: HIDDEN | SYSTEM });
            }
            3 => {
                world.put(&name, NodeKind::File(2), b"yz", 0);
                changes.push(Change::Move {
                    from: path(&name),
                    to: path(&format!("/c/moved {number}")),
                });
            }
            4 => {
                let value = Value { kind: 1, data: Bytes(vec![b'x', 0]) };
                let (key, value_name) = ("HKCU\\Run".to_owned(), format!("v{number}"));
                world.values.insert((key.clone(), value_name.clone()), value.clone());
                let was = (number % 2 == 0).then_some(value);
                changes.push(Change::SetValue { key, name: value_name, value: None, was });
            }
            5 => {
                let value = Value { kind: 4, data: Bytes(vec![1, 0, 0, 0]) };
                let tree = KeyTree { values: vec![("v".to_owned(), value)], keys: Vec::new() };
                let key = format!("HKLM\\k{number}");
                world.keys.insert(key.clone(), tree);
                changes.push(Change::DeleteKey { key });
            }
            _ => {
                let content = vec![b'm'; usize::try_from(random(200_000)).unwrap()];
                world.put(&name, NodeKind::File(content.len() as u64), &content, 0);
                changes.push(Change::Quarantine { path: path(&name), sha256: None });
            }
        }
    }
    (world, changes)
}

fn rounds(short: u64, full: u64) -> u64 {
    if std::env::var_os("LAMSACH_FULL").is_some() { full } else { short }
}

#[test]
fn clean_then_undo_is_as_before() {
    for seed in 0..rounds(100, 10_000) {
        let (world, changes) = invent(seed);
        let before = world.seen();
        let world = Rc::new(RefCell::new(world));
        let (mut host, mut store) = Fake::pair(&world, usize::MAX, true);
        let mut cleaner = Cleaner::new(&mut host, &mut store).unwrap();
        let report = cleaner.apply("r", 1, None, changes).unwrap();
        assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{seed}: {report:?}");
        assert_ne!(world.borrow().seen(), before, "{seed}");
        let (mut host, mut store) = Fake::pair(&world, usize::MAX, true);
        let report = Cleaner::new(&mut host, &mut store).unwrap().undo("r", None).unwrap();
        assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Undone), "{seed}: {report:?}");
        assert_eq!(world.borrow().seen(), before, "{seed}");
    }
}

#[test]
fn a_stop_at_any_moment_leaves_a_way_forth_and_back() {
    for seed in 0..rounds(4, 200) {
        let (start, changes) = invent(seed);
        let cleaned = Rc::new(RefCell::new(start.clone()));
        let (mut host, mut store) = Fake::pair(&cleaned, usize::MAX, true);
        Cleaner::new(&mut host, &mut store).unwrap().apply("r", 1, None, changes.clone()).unwrap();
        for (calls, takes_effect) in (1..).flat_map(|calls| [(calls, false), (calls, true)]) {
            let world = Rc::new(RefCell::new(start.clone()));
            let (mut host, mut store) = Fake::pair(&world, calls, takes_effect);
            let result =
                Cleaner::new(&mut host, &mut store).unwrap().apply("r", 1, None, changes.clone());
            if result.is_ok() {
                break;
            }
            let at = format!("seed {seed}, stopped at call {calls}, {takes_effect}");
            // Forth.
            let forth = Rc::new(RefCell::new(world.borrow().clone()));
            let (mut host, mut store) = Fake::pair(&forth, usize::MAX, true);
            let mut cleaner = Cleaner::new(&mut host, &mut store).unwrap();
            match cleaner.resume("r") {
                Ok(_) => {}
                Err(CleanError::NoRun(_)) => {
                    cleaner.apply("r", 1, None, changes.clone()).unwrap();
                }
                Err(error) => panic!("{at}: {error}"),
            }
            assert_eq!(forth.borrow().seen(), cleaned.borrow().seen(), "forth: {at}");
            // Back, stopped once more on the way.
            for again in [1, 2, 3, 5, 8] {
                let back = Rc::new(RefCell::new(world.borrow().clone()));
                let (mut host, mut store) = Fake::pair(&back, again, takes_effect);
                drop(Cleaner::new(&mut host, &mut store).unwrap().undo("r", None));
                let (mut host, mut store) = Fake::pair(&back, usize::MAX, true);
                match Cleaner::new(&mut host, &mut store).unwrap().undo("r", None) {
                    Ok(_) | Err(CleanError::NoRun(_)) => {}
                    Err(error) => panic!("{at}: {error}"),
                }
                assert_eq!(back.borrow().seen(), start.seen(), "back: {at}, again at {again}");
            }
        }
    }
}

#[test]
fn what_is_there_is_never_overwritten() {
    let mut start = World::default();
    start.put("/a", NodeKind::Folder, b"", 0);
    start.put("/a/x", NodeKind::File(3), b"bad", 0);
    let world = Rc::new(RefCell::new(start));
    let (mut host, mut store) = Fake::pair(&world, usize::MAX, true);
    let mut cleaner = Cleaner::new(&mut host, &mut store).unwrap();
    let wrong = Change::Quarantine { path: path("/a/x"), sha256: Some("00".repeat(32)) };
    let right = Change::Quarantine { path: path("/a/x"), sha256: None };
    let report = cleaner.apply("r", 1, None, vec![wrong, right]).unwrap();
    assert_eq!(report.outcomes[0].2, Outcome::Skipped(HostError::Changed));
    assert_eq!(report.outcomes[1].2, Outcome::Done);
    world.borrow_mut().put("/a/x", NodeKind::File(4), b"mine", 0);
    let report = cleaner.undo("r", None).unwrap();
    assert_eq!(report.outcomes[0].2, Outcome::Kept(HostError::Exists));
    assert_eq!(world.borrow().files[&path("/a/x").0].1, b"mine");
}

#[test]
fn what_the_vendor_signed_is_not_even_copied() {
    let unknown = |has_vendors_root| Signature::NotVerified {
        by: None,
        why: NotVerified::UnknownIssuer,
        has_vendors_root,
    };
    let check = |signature: Option<Signature>, expected: Outcome| {
        let mut start = World::default();
        start.put("/a", NodeKind::Folder, b"", 0);
        start.put("/a/x", NodeKind::File(3), b"bad", 0);
        start.signed.extend(signature.map(|it| (path("/a/x").0, it)));
        let before = start.seen();
        let world = Rc::new(RefCell::new(start));
        let (mut host, mut store) = Fake::pair(&world, usize::MAX, true);
        let mut cleaner = Cleaner::new(&mut host, &mut store).unwrap();
        let changes = vec![Change::Quarantine { path: path("/a/x"), sha256: None }];
        let report = cleaner.apply("r", 1, None, changes).unwrap();
        assert_eq!(report.outcomes[0].2, expected);
        let is_left = expected != Outcome::Done;
        assert_eq!(world.borrow().seen() == before, is_left);
        assert_eq!(world.borrow().items.is_empty(), is_left);
        cleaner.undo("r", None).unwrap();
        assert_eq!(world.borrow().seen(), before);
    };
    let left = || Outcome::Skipped(HostError::VendorSigned);
    check(Some(Signature::Vendor { by: None }), left());
    check(Some(unknown(true)), left());
    check(Some(unknown(false)), Outcome::Done);
    check(Some(Signature::Other { by: None }), Outcome::Done);
    check(Some(Signature::Altered { by: None }), Outcome::Done);
    check(Some(Signature::Unsigned), Outcome::Done);
    check(None, Outcome::Done);
}

/// A run on a world, and its undoing, whatever comes between.
fn undone(world: &Rc<RefCell<World>>) -> cleaning::Report {
    let (mut host, mut store) = Fake::pair(world, usize::MAX, true);
    Cleaner::new(&mut host, &mut store).unwrap().undo("r", None).unwrap()
}

fn applied(world: &Rc<RefCell<World>>, changes: Vec<Change>) -> cleaning::Report {
    let (mut host, mut store) = Fake::pair(world, usize::MAX, true);
    Cleaner::new(&mut host, &mut store).unwrap().apply("r", 1, None, changes).unwrap()
}

fn run(world: &Rc<RefCell<World>>) -> cleaning::Run {
    let (_, mut store) = Fake::pair(world, usize::MAX, true);
    cleaning::load(&mut store, &[9; 32], "r").unwrap()
}

#[test]
fn an_undo_that_failed_at_first_leaves_the_same_as_one_that_did_not() {
    for seed in 0..rounds(40, 10_000) {
        let (world, changes) = invent(seed);
        let before = world.seen();
        let world = Rc::new(RefCell::new(world));
        // A full disk leaves no trace of a change that it did not take, either.
        world.borrow_mut().is_full = true;
        let edits: Vec<Change> =
            changes.iter().filter(|it| matches!(it, Change::RemoveLines { .. })).cloned().collect();
        let report = applied(&world, edits);
        let full = Outcome::Skipped(HostError::Full);
        assert!(report.outcomes.iter().all(|it| it.2 == full), "{seed}: {report:?}");
        assert_eq!(world.borrow().seen(), before, "{seed}");
        world.borrow_mut().journals.clear();
        world.borrow_mut().is_full = false;

        applied(&world, changes);
        let cleaned = world.borrow().clone();
        for (is_full, is_elsewhere) in [(true, false), (false, true), (true, true)] {
            *world.borrow_mut() = cleaned.clone();
            world.borrow_mut().is_full = is_full;
            if is_full {
                undone(&world);
            }
            if is_elsewhere {
                // Another disk at that place, whose folders have times of their own.
                let mut other = World::default();
                other.put("/a", NodeKind::Folder, b"", 0);
                let other = Rc::new(RefCell::new(other));
                let ((mut host, _), (_, mut store)) =
                    (Fake::pair(&other, usize::MAX, true), Fake::pair(&world, usize::MAX, true));
                other.borrow_mut().is_full = true;
                Cleaner::new(&mut host, &mut store).unwrap().undo("r", None).unwrap();
            }
            world.borrow_mut().is_full = false;
            undone(&world);
            let mut now = world.borrow().seen();
            if is_elsewhere {
                // The registry of that world was empty: what is as it was there is not set again.
                (now.1, now.2) = (before.1.clone(), before.2.clone());
            }
            assert!(now == before, "{seed}, {is_full}, {is_elsewhere}");
        }
    }
}

#[test]
fn what_is_as_it_should_become_is_no_change() {
    let value = |data: &[u8]| Value { kind: 1, data: Bytes(data.to_vec()) };
    let change = |key: &str, value: Option<Value>, was: Option<Value>| Change::SetValue {
        key: key.to_owned(),
        name: "v".to_owned(),
        value,
        was,
    };
    let mut start = World::default();
    start.put("/a", NodeKind::Folder, b"", 0x10);
    start.values.insert(("set".to_owned(), "v".to_owned()), value(b"good"));
    let before = start.seen();
    let world = Rc::new(RefCell::new(start));
    let changes = vec![
        change("gone", None, Some(value(b"bad"))),
        change("gone", None, None),
        change("set", Some(value(b"good")), Some(value(b"bad"))),
        Change::SetAttributes { path: path("/a"), clear: HIDDEN | SYSTEM },
    ];
    let report = applied(&world, changes);
    let outcomes: Vec<&Outcome> = report.outcomes.iter().map(|it| &it.2).collect();
    let (absent, as_wanted) =
        (Outcome::Skipped(HostError::Absent), Outcome::Skipped(HostError::AsWanted));
    assert_eq!(outcomes, [&absent, &absent, &as_wanted, &as_wanted]);
    assert_eq!(world.borrow().seen(), before);
    let run = run(&world);
    assert_eq!((run.changed().count(), run.can_undo(|_| true)), (0, false));
    assert!(run.is_over(|_| true) && !run.is_undone());
}

#[test]
fn a_value_that_went_with_another_key_is_made_and_undone() {
    // The second key is another name of the first: here the value is only under the first.
    let bad = Value { kind: 1, data: Bytes(b"bad".to_vec()) };
    let mut start = World::default();
    start.values.insert(("a".to_owned(), "v".to_owned()), bad.clone());
    let before = start.seen();
    let world = Rc::new(RefCell::new(start));
    let change = |key: &str| Change::SetValue {
        key: key.to_owned(),
        name: "v".to_owned(),
        value: None,
        was: Some(bad.clone()),
    };
    let report = applied(&world, vec![change("a"), change("b")]);
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
    assert!(run(&world).can_undo(|_| true));
    let report = undone(&world);
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Undone), "{report:?}");
    assert_eq!(world.borrow().seen(), before);
    assert!(run(&world).is_undone() && !run(&world).can_undo(|_| true));
}

#[test]
fn lines_come_back_into_a_file_that_was_changed_since() {
    let mut start = World::default();
    start.put("/a", NodeKind::Folder, b"", 0x10);
    start.put("/a/hosts", NodeKind::File(9), b"a\nbad\nb\n!", 0);
    let before = start.files[&path("/a").0].0.times;
    let world = Rc::new(RefCell::new(start));
    let lines = vec![(2, Bytes(b"bad\n".to_vec()))];
    applied(&world, vec![Change::RemoveLines { path: path("/a/hosts"), lines }]);
    let hosts = || world.borrow().files[&path("/a/hosts").0].1.clone();
    assert_eq!(hosts(), b"a\nb\n!");
    world.borrow_mut().put("/a/hosts", NodeKind::File(11), b"a\nb\n!\nmine\n", 0);
    // The same again finds nothing to remove; a line that has moved is another matter.
    let again = |number: u32, line: &[u8]| {
        let lines = vec![(number, Bytes(line.to_vec()))];
        let change = Change::RemoveLines { path: path("/a/hosts"), lines };
        let (mut host, mut store) = Fake::pair(&world, usize::MAX, true);
        let mut cleaner = Cleaner::new(&mut host, &mut store).unwrap();
        let name = format!("again-{number}-{}", line.escape_ascii());
        cleaner.apply(&name, 1, None, vec![change]).unwrap().outcomes.remove(0).2
    };
    assert_eq!(again(2, b"bad\n"), Outcome::Skipped(HostError::Absent));
    assert_eq!(again(9, b"mine\n"), Outcome::Skipped(HostError::Changed));
    // It is still there, only ended otherwise.
    for line in [&b"mine\r\n"[..], b"mine"] {
        assert_eq!(again(9, line), Outcome::Skipped(HostError::Changed));
    }
    let owned = |world: &Rc<RefCell<World>>| {
        let (node, _) = world.borrow().files[&path("/a/hosts").0].clone();
        (node.times, node.mode)
    };
    let mine = owned(&world);
    assert_eq!(undone(&world).outcomes[0].2, Outcome::Undone);
    assert_eq!(hosts(), b"a\nbad\nb\n!\nmine\n");
    assert_eq!(owned(&world), mine);
    assert_eq!(world.borrow().files[&path("/a").0].0.times, before);
    assert!(undone(&world).outcomes.is_empty());
}

#[test]
fn undoing_tells_what_is_gone_for_good_and_what_lacks_its_folder() {
    let mut start = World::default();
    for folder in ["/a", "/b"] {
        start.put(folder, NodeKind::Folder, b"", 0x10);
    }
    for file in ["/a/1", "/a/2", "/b/3"] {
        start.put(file, NodeKind::File(3), b"bad", 0);
    }
    let world = Rc::new(RefCell::new(start));
    let take = |at: &str| Change::Quarantine { path: path(at), sha256: None };
    let back = Change::Move { from: path("/a/2"), to: path("/b/2") };
    applied(&world, vec![take("/a/1"), back, take("/b/3")]);
    world.borrow_mut().files.remove(&path("/a").0);
    world.borrow_mut().items.remove("r-00002");
    let why = |report: cleaning::Report| {
        report.outcomes.into_iter().map(|it| it.2).collect::<Vec<Outcome>>()
    };
    let (purged, no_folder) =
        (Outcome::Kept(HostError::Purged), Outcome::Kept(HostError::NoFolder));
    assert_eq!(why(undone(&world)), [purged, no_folder.clone(), no_folder]);
    // The journal tells it later, too.
    let told = |number: usize| run(&world).outcomes()[number].2.clone();
    assert_eq!(told(0), Some(Outcome::Kept(HostError::Other("no-folder".to_owned()))));
    assert!(run(&world).can_undo(|item| world.borrow().items.contains_key(item)));
    world.borrow_mut().put("/a", NodeKind::Folder, b"", 0x10);
    undone(&world);
    assert_eq!(told(0), Some(Outcome::Undone));
    let run = run(&world);
    assert_eq!((run.changed().count(), run.undone(), run.is_undone()), (3, 2, false));
    assert!(!run.can_undo(|item| world.borrow().items.contains_key(item)));
}

#[test]
fn a_wish_to_stop_is_heard_between_changes() {
    let (start, changes) = (0..100).map(invent).find(|it| it.1.len() > 3).unwrap();
    let before = start.seen();
    let world = Rc::new(RefCell::new(start));
    let count = changes.len();
    let stop = std::sync::atomic::AtomicBool::new(true);
    let (mut host, mut store) = Fake::pair(&world, usize::MAX, true);
    let mut cleaner = Cleaner::new(&mut host, &mut store).unwrap().until(&stop);
    let report = cleaner.apply("r", 1, None, changes).unwrap();
    assert_eq!((report.outcomes.len(), report.is_stopped), (0, true));
    assert_eq!(world.borrow().seen(), before);
    stop.store(false, std::sync::atomic::Ordering::Relaxed);
    let report = cleaner.resume("r").unwrap();
    assert_eq!((report.outcomes.len(), report.is_stopped), (count, false));
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let report = cleaner.undo("r", None).unwrap();
    assert_eq!((report.outcomes.len(), report.is_stopped), (0, true));
    assert!(!undone(&world).is_stopped);
    assert_eq!(world.borrow().seen(), before);
}
