//! On a real file system: what is put back is the same, and nothing leads out of the disk.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]
#![allow(clippy::print_stderr, reason = "what is skipped is said")]

mod world;

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use artifacts::{Disk, DiskError, DiskPath, EntryKind};
use cleaning::{Cleaner, Host, HostError, Outcome, Report};
use host::{Computer, FolderStore};

fn at(text: &str) -> DiskPath {
    DiskPath::parse(text.as_bytes()).unwrap()
}

fn clean(folder: &Path, changes: Vec<cleaning::Change>) -> Report {
    let mut host = Computer::open(Some(&folder.join("disk"))).unwrap();
    let mut store = FolderStore::open(&folder.join("store")).unwrap();
    Cleaner::new(&mut host, &mut store).unwrap().apply("r", 1, None, changes).unwrap()
}

fn undo(folder: &Path) -> Report {
    let mut host = Computer::open(Some(&folder.join("disk"))).unwrap();
    let mut store = FolderStore::open(&folder.join("store")).unwrap();
    Cleaner::new(&mut host, &mut store).unwrap().undo("r", None).unwrap()
}

/// The same on the disk that holds temporary files, whatever its file system.
#[test]
fn cleaned_and_undone_is_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let changes = world::make(&disk);
    let before = world::seen(&disk);
    let report = clean(folder.path(), changes);
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
    let cleaned = world::seen(&disk);
    assert!(!cleaned.contains_key(Path::new("nhà/mã độc.bin")));
    assert_eq!(cleaned[Path::new("etc/hosts")].5, "127.0.0.1 localhost\n# của tôi".as_bytes());
    assert_eq!(cleaned[Path::new("nhà/thư.txt")].5, "thư của người dùng".as_bytes());
    let report = undo(folder.path());
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Undone), "{report:?}");
    assert_eq!(world::seen(&disk), before);
}

#[test]
fn a_link_on_the_way_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, outside) = (folder.path().join("disk"), folder.path().join("outside"));
    fs::create_dir_all(disk.join("a/b")).unwrap();
    fs::create_dir_all(outside.join("b")).unwrap();
    fs::write(disk.join("a/b/x"), "bad").unwrap();
    let report = clean(folder.path(), vec![world::quarantine("/a/b/x")]);
    assert_eq!(report.outcomes[0].2, Outcome::Done);
    // The folder is swapped for a link out of the disk before the file is put back.
    fs::remove_dir_all(disk.join("a")).unwrap();
    symlink(&outside, disk.join("a")).unwrap();
    let report = undo(folder.path());
    assert_eq!(report.outcomes[0].2, Outcome::Kept(HostError::LinkInPath));
    assert_eq!(fs::read_dir(outside.join("b")).unwrap().count(), 0);
    // What lies behind a link is neither read, changed nor removed through it.
    fs::write(outside.join("b/x"), "mine").unwrap();
    let mut host = Computer::open(Some(&disk)).unwrap();
    assert_eq!(host.node(&at("/a/b/x")), Err(HostError::LinkInPath));
    assert!(matches!(Host::read(&mut host, &at("/a/b/x")), Err(HostError::LinkInPath)));
    let report = clean_again(folder.path(), vec![world::quarantine("/a/b/x")]);
    assert_eq!(report.outcomes[0].2, Outcome::Skipped(HostError::LinkInPath));
    assert_eq!(fs::read(outside.join("b/x")).unwrap(), b"mine");
    // With the folder back in its place the file comes back.
    fs::remove_file(disk.join("a")).unwrap();
    fs::create_dir_all(disk.join("a/b")).unwrap();
    assert_eq!(undo(folder.path()).outcomes[0].2, Outcome::Undone);
    assert_eq!(fs::read(disk.join("a/b/x")).unwrap(), b"bad");
}

fn clean_again(folder: &Path, changes: Vec<cleaning::Change>) -> Report {
    let mut host = Computer::open(Some(&folder.join("disk"))).unwrap();
    let mut store = FolderStore::open(&folder.join("store")).unwrap();
    Cleaner::new(&mut host, &mut store).unwrap().apply("r2", 1, None, changes).unwrap()
}

#[test]
fn the_last_name_being_a_link_is_the_link() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    fs::write(folder.path().join("mine"), "mine").unwrap();
    symlink(folder.path().join("mine"), disk.join("x")).unwrap();
    let report = clean(folder.path(), vec![world::quarantine("/x")]);
    assert_eq!(report.outcomes[0].2, Outcome::Done);
    assert!(!disk.join("x").is_symlink());
    assert_eq!(fs::read(folder.path().join("mine")).unwrap(), b"mine");
    undo(folder.path());
    assert_eq!(fs::read_link(disk.join("x")).unwrap(), folder.path().join("mine"));
}

/// Reading follows links, but none out of the disk.
#[test]
fn reading_follows_links_within_the_disk_only() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir_all(disk.join("usr/lib")).unwrap();
    fs::write(disk.join("usr/lib/x"), "inside").unwrap();
    fs::write(folder.path().join("secret"), "outside").unwrap();
    symlink("usr/lib", disk.join("lib")).unwrap();
    symlink("/usr/lib/x", disk.join("absolute")).unwrap();
    symlink("../../../../../../../../secret", disk.join("up")).unwrap();
    symlink(folder.path().join("secret"), disk.join("out")).unwrap();
    symlink("round", disk.join("round")).unwrap();
    let mut host = Computer::open(Some(&disk)).unwrap();
    let mut check = |path: &str, expected: Result<&str, DiskError>| {
        let read = Disk::read(&mut host, &at(path), 100);
        assert_eq!(read, expected.map(|it| it.as_bytes().to_vec()), "{path}");
    };
    check("/lib/x", Ok("inside"));
    check("/absolute", Ok("inside"));
    check("/up", Err(DiskError::Absent));
    check("/out", Err(DiskError::Absent));
    check("/round", Err(DiskError::Absent));
    check("/usr", Err(DiskError::Absent));
    assert_eq!(Disk::read(&mut host, &at("/lib/x"), 5), Err(DiskError::TooLarge));
    assert_eq!(host.resolved(&at("/lib/x")), Some(at("/usr/lib/x")));
    let mut names = Disk::list(&mut host, &DiskPath::top()).unwrap();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(names[0], (b"absolute".to_vec(), EntryKind::Link));
    assert_eq!(names[5], (b"usr".to_vec(), EntryKind::Folder));
}

#[test]
fn a_pipe_is_neither_waited_for_nor_touched() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, disk.join("pipe"), rustix::fs::FileType::Fifo, mode, 0)
        .unwrap();
    let mut host = Computer::open(Some(&disk)).unwrap();
    assert_eq!(Disk::read(&mut host, &at("/pipe"), 10), Err(DiskError::Absent));
    let report = clean(folder.path(), vec![world::quarantine("/pipe")]);
    assert_eq!(report.outcomes[0].2, Outcome::Skipped(HostError::Unsupported));
}

#[test]
fn what_grew_or_vanished_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    fs::write(disk.join("x"), "more than the scan saw").unwrap();
    let other = Some("00".repeat(32));
    let changed = cleaning::Change::Quarantine { path: world::path("/x"), sha256: other };
    let report = clean(folder.path(), vec![changed, world::quarantine("/gone")]);
    assert_eq!(report.outcomes[0].2, Outcome::Skipped(HostError::Changed));
    assert_eq!(report.outcomes[1].2, Outcome::Skipped(HostError::Absent));
    assert_eq!(fs::read_to_string(disk.join("x")).unwrap(), "more than the scan saw");
    // A file that is written between looking and changing is still there.
    let mut host = Computer::open(Some(&disk)).unwrap();
    let node = host.node(&at("/x")).unwrap().unwrap();
    fs::write(disk.join("x"), "written since").unwrap();
    assert_eq!(host.remove(&at("/x"), &node), Err(HostError::Changed));
    assert_eq!(host.replace(&at("/x"), &node, &node, "t", b"ours"), Err(HostError::Changed),);
    assert_eq!(fs::read_to_string(disk.join("x")).unwrap(), "written since");
    assert_eq!(fs::read_dir(&disk).unwrap().count(), 1, "something half made was left");
}

#[test]
fn what_a_crash_left_half_made_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir_all(disk.join(".lamsach-r-00000")).unwrap();
    fs::write(disk.join("x"), "bad").unwrap();
    assert_eq!(clean(folder.path(), vec![world::quarantine("/x")]).outcomes[0].2, Outcome::Done);
    assert_eq!(undo(folder.path()).outcomes[0].2, Outcome::Undone);
    let names: Vec<_> = fs::read_dir(&disk).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["x"]);
}

/// The other name of a file would keep its old content.
#[test]
fn a_file_with_two_names_is_not_edited() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    fs::write(disk.join("hosts"), "0.0.0.0 bad.example\n").unwrap();
    fs::hard_link(disk.join("hosts"), disk.join("other")).unwrap();
    let lines = vec![(1, cleaning::Bytes(b"0.0.0.0 bad.example\n".to_vec()))];
    let change = cleaning::Change::RemoveLines { path: world::path("/hosts"), lines };
    let report = clean(folder.path(), vec![change]);
    assert_eq!(report.outcomes[0].2, Outcome::Skipped(HostError::Unsupported));
}

/// A store on a disk that is full: the file stays, and nothing half written takes up room.
#[test]
fn a_full_disk_stops_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, store) = (folder.path().join("disk"), folder.path().join("store"));
    fs::create_dir(&disk).unwrap();
    fs::create_dir(&store).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
        .arg(&store)
        .status()
        .is_ok_and(|it| it.success());
    if !mounted {
        // Only the administrator may mount a disk that is small enough.
        eprintln!("skipped: no right to mount a small disk");
        return;
    }
    let _mounted = Mounted(store.clone());
    fs::write(disk.join("large"), vec![b'm'; 2 << 20]).unwrap();
    fs::write(disk.join("small"), "bad").unwrap();
    let before = world::seen(&disk);
    let changes = vec![world::quarantine("/large"), world::quarantine("/small")];
    let report = clean(folder.path(), changes);
    assert_eq!(report.outcomes[0].2, Outcome::Skipped(HostError::Full));
    assert_eq!(report.outcomes[1].2, Outcome::Done);
    assert_eq!(fs::read_dir(store.join("items")).unwrap().count(), 1);
    assert_eq!(undo(folder.path()).outcomes[0].2, Outcome::Undone);
    assert_eq!(world::seen(&disk), before);
    // Without room for a line of the journal the run stops, before it changes anything.
    let filler = vec![0; 4 << 20];
    fs::write(store.join("filler"), filler).unwrap_err();
    let mut host = Computer::open(Some(&disk)).unwrap();
    let mut kept = FolderStore::open(&store).unwrap();
    let mut cleaner = Cleaner::new(&mut host, &mut kept).unwrap();
    let stopped = cleaner.apply("full", 1, None, vec![world::quarantine("/small"); 200]);
    assert_eq!(stopped, Err(cleaning::CleanError::Store(HostError::Full)));
    assert_eq!(world::seen(&disk), before);
}

struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        Command::new("umount").arg(&self.0).status().unwrap();
    }
}

/// A program, its child and its grandchild end; another one of the same file does not.
#[test]
fn a_program_is_ended_with_those_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("chương trình");
    fs::copy("/bin/sh", &program).unwrap();
    let script = "sh -c 'sleep 300; true' & sleep 300; true";
    let mut started = Command::new(&program).args(["-c", script]).spawn().unwrap();
    let mut other = Command::new(&program)
        .args(["-c", "read x"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut computer = Computer::open(None).unwrap();
    // Until the shell has started its own.
    let descendants = |pid: u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        text.split_whitespace().map(|it| it.parse().unwrap()).collect::<Vec<u32>>()
    };
    let grandchild = loop {
        let children = descendants(started.id());
        if let [first, _] = children[..]
            && let [grandchild] = descendants(first)[..]
        {
            break grandchild;
        }
        std::thread::yield_now();
    };
    let real = fs::canonicalize(&program).unwrap();
    let found = computer.processes();
    let process = found.iter().find(|it| it.pid == started.id()).unwrap();
    assert_eq!(process.path.0, at(real.to_str().unwrap()));
    // One that started at another moment is another one.
    let later = cleaning::Process { started: process.started + 1, ..process.clone() };
    assert_eq!(computer.stop(&later), Err(HostError::Absent));
    computer.stop(process).unwrap();
    started.wait().unwrap();
    let has_ended = |pid: u32| {
        fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|text| !text.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
    };
    assert!(!has_ended(grandchild), "the grandchild still runs");
    assert!(other.try_wait().unwrap().is_none(), "another program was ended");
    drop(other.stdin.take());
    other.wait().unwrap();
    // Gone by itself is what was wanted; this program and the system's first are left alone.
    assert_eq!(computer.stop(process), Err(HostError::Absent));
    let first = cleaning::Process { pid: 1, started: 0, path: world::path("/sbin/init") };
    assert_eq!(computer.stop(&first), Err(HostError::Denied));
    let own = found.iter().find(|it| it.pid == std::process::id()).unwrap();
    assert_eq!(computer.stop(own), Err(HostError::Denied));
}

#[test]
fn content_is_read_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    fs::write(&file, "x").unwrap();
    world::age(&file, 0);
    let before = fs::metadata(&file).unwrap().accessed().unwrap();
    let mut computer = Computer::open(Some(folder.path())).unwrap();
    let mut text = String::new();
    Host::read(&mut computer, &at("/x")).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "x");
    assert_eq!(fs::metadata(&file).unwrap().accessed().unwrap(), before);
}

/// Takes the mark off whatever happens, or the folder could not be removed.
struct Unmarked(std::path::PathBuf);

impl Drop for Unmarked {
    fn drop(&mut self) {
        let Ok(file) = fs::File::open(&self.0) else { return };
        let ours = rustix::fs::IFlags::IMMUTABLE | rustix::fs::IFlags::APPEND;
        if let Ok(flags) = rustix::fs::ioctl_getflags(&file) {
            let flags = rustix::fs::IFlags::from_bits_retain(flags.bits() & !ours.bits());
            rustix::fs::ioctl_setflags(&file, flags).unwrap_or_default();
        }
    }
}

/// Malware marks its files as never to be changed.
#[test]
fn a_file_marked_as_never_to_be_changed_is_cleaned_and_marked_again() {
    use rustix::fs::IFlags;
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    fs::write(disk.join("x"), "bad").unwrap();
    fs::write(disk.join("cron"), "0 1 * * * mine\n* * * * * bad\n").unwrap();
    let marked = |name: &str| rustix::fs::ioctl_getflags(fs::File::open(disk.join(name)).unwrap());
    let mark = |name: &str, flags: IFlags| {
        let file = fs::File::open(disk.join(name)).unwrap();
        rustix::fs::ioctl_setflags(&file, marked(name)? | flags)
    };
    if mark("x", IFlags::IMMUTABLE).and(mark("cron", IFlags::APPEND)).is_err() {
        eprintln!("skipped: no right to mark files, or a file system without marks");
        return;
    }
    let _unmarked = (Unmarked(disk.join("x")), Unmarked(disk.join("cron")));
    assert!(fs::remove_file(disk.join("x")).is_err());
    let before = world::seen(&disk);
    let flags = (marked("x").unwrap(), marked("cron").unwrap());
    let lines = vec![(2, cleaning::Bytes(b"* * * * * bad\n".to_vec()))];
    let change = cleaning::Change::RemoveLines { path: world::path("/cron"), lines };
    let report = clean(folder.path(), vec![world::quarantine("/x"), change]);
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
    assert!(!disk.join("x").exists());
    assert_eq!(fs::read_to_string(disk.join("cron")).unwrap(), "0 1 * * * mine\n");
    assert!(marked("cron").unwrap().contains(IFlags::APPEND));
    let report = undo(folder.path());
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Undone), "{report:?}");
    assert_eq!(world::seen(&disk), before);
    assert_eq!((marked("x").unwrap(), marked("cron").unwrap()), flags);
}

#[test]
fn a_script_is_told_from_its_interpreter() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("tập lệnh");
    fs::write(&script, "read x").unwrap();
    let piped = std::process::Stdio::piped;
    let start = |arguments: &[&std::ffi::OsStr]| {
        let mut command = Command::new("sh");
        command.args(arguments).current_dir(folder.path()).stdin(piped()).spawn().unwrap()
    };
    let mut whole = start(&[script.as_os_str()]);
    let mut near = start(&["-e".as_ref(), "tập lệnh".as_ref()]);
    // By a file that it holds open, whose number is another file of ours.
    let mut held = start(&["-c".as_ref(), "exec sh /dev/fd/3 3<'tập lệnh'".as_ref()]);
    let mut other = start(&["-c".as_ref(), "read x".as_ref()]);
    let mut computer = Computer::open(None).unwrap();
    let expected = at(fs::canonicalize(&script).unwrap().to_str().unwrap());
    let found = loop {
        // A program has its own name only once it has begun.
        let all = computer.scripts();
        let found: Vec<_> = all.into_iter().filter(|it| it.1 == expected).map(|it| it.0).collect();
        if found.len() == 3 {
            break found;
        }
        std::thread::yield_now();
    };
    let mut pids: Vec<u32> = found.iter().map(|it| it.pid).collect();
    pids.sort_unstable();
    let mut started = [whole.id(), near.id(), held.id()];
    started.sort_unstable();
    assert_eq!(pids, started);
    for process in &found {
        computer.stop(process).unwrap();
    }
    whole.wait().unwrap();
    near.wait().unwrap();
    held.wait().unwrap();
    assert!(other.try_wait().unwrap().is_none());
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(Computer::open(Some(folder.path())).unwrap().scripts().is_empty());
}
