//! A small disk with everything that cleaning changes, and how it looks afterwards.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use artifacts::DiskPath;
use cleaning::{Bytes, Change, HIDDEN, SYSTEM};
use rustix::fs::XattrFlags;

/// Samba's value for a hidden file of the system, version 3, after its published layout.
pub(crate) const HIDDEN_AND_SYSTEM: [u8; 24] = [
    0, 0, 3, 0, 3, 0, 0, 0, 0x11, 0, 0, 0, 0x26, 0, 0, 0, 0x60, 0x20, 0xe0, 0x35, 0xc8, 0x3b, 0xd6,
    1,
];

/// A folder on a fast disk; the file system of the system's temporary files where there is none.
pub(crate) fn folder() -> tempfile::TempDir {
    let fast = Path::new("/dev/shm");
    tempfile::tempdir_in(fast).unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Whether the file system keeps attributes for anybody; the kernel's own in memory does since 6.6.
pub(crate) fn keeps_attributes(folder: &Path) -> bool {
    let probe = folder.join("probe");
    fs::write(&probe, "").unwrap();
    let keeps = rustix::fs::setxattr(&probe, "user.probe", b"1", XattrFlags::empty()).is_ok();
    fs::remove_file(&probe).unwrap();
    keeps
}

pub(crate) fn set_attribute(path: &Path, name: &str, value: &[u8]) {
    rustix::fs::setxattr(path, name, value, XattrFlags::empty()).unwrap();
}

/// Gives a path a time of writing with nanoseconds, long ago.
pub(crate) fn age(path: &Path, seconds: u64) {
    let moment = SystemTime::UNIX_EPOCH + Duration::new(1_400_000_000 + seconds, 123_456_789);
    let times = fs::FileTimes::new().set_modified(moment).set_accessed(moment);
    fs::File::open(path).unwrap().set_times(times).unwrap();
}

/// Everything about a tree that must be the same after cleaning and undoing: kind, mode, owner,
/// nanoseconds of writing, content or target, extended attributes.
pub(crate) type Seen =
    BTreeMap<PathBuf, (u32, u32, u32, i64, i64, Vec<u8>, Vec<(String, Vec<u8>)>)>;

pub(crate) fn seen(top: &Path) -> Seen {
    let mut seen = Seen::new();
    let mut waiting = vec![top.to_owned()];
    while let Some(path) = waiting.pop() {
        let data = fs::symlink_metadata(&path).unwrap();
        let content = if data.is_symlink() {
            fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
        } else if data.is_dir() {
            for entry in fs::read_dir(&path).unwrap() {
                waiting.push(entry.unwrap().path());
            }
            Vec::new()
        } else {
            fs::read(&path).unwrap()
        };
        let mut names = vec![0_u8; 4096];
        let length = rustix::fs::llistxattr(&path, &mut *names).unwrap_or(0);
        let mut attributes: Vec<(String, Vec<u8>)> = names[..length]
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty())
            .map(|name| {
                let mut value = vec![0_u8; 4096];
                let length = rustix::fs::lgetxattr(&path, name, &mut *value).unwrap();
                (String::from_utf8_lossy(name).into_owned(), value[..length].to_vec())
            })
            .collect();
        attributes.sort();
        let at = path.strip_prefix(top).unwrap().to_owned();
        let (mode, user, group) = (data.mode(), data.uid(), data.gid());
        seen.insert(at, (mode, user, group, data.mtime(), data.mtime_nsec(), content, attributes));
    }
    seen
}

pub(crate) fn path(text: &str) -> cleaning::Path {
    cleaning::Path(DiskPath::parse(text.as_bytes()).unwrap())
}

pub(crate) fn quarantine(text: &str) -> Change {
    Change::Quarantine { path: path(text), sha256: None }
}

/// Makes a disk; gives the changes for it, one of each kind that a mounted disk takes.
pub(crate) fn make(top: &Path) -> Vec<Change> {
    let keeps_attributes = keeps_attributes(top);
    fs::create_dir_all(top.join("nhà/ẩn")).unwrap();
    fs::create_dir_all(top.join("etc")).unwrap();
    fs::create_dir_all(top.join("nhà/rỗng")).unwrap();
    let bad = top.join("nhà/mã độc.bin");
    fs::write(&bad, vec![b'm'; 150_000]).unwrap();
    fs::write(top.join("nhà/trống"), "").unwrap();
    let hosts = "127.0.0.1 localhost\n0.0.0.0 bad.example\n# của tôi";
    fs::write(top.join("etc/hosts"), hosts).unwrap();
    fs::write(top.join("nhà/ẩn/thư.txt"), "thư của người dùng").unwrap();
    fs::set_permissions(&bad, fs::Permissions::from_mode(0o4751)).unwrap();
    fs::set_permissions(top.join("nhà/rỗng"), fs::Permissions::from_mode(0o1770)).unwrap();
    fs::set_permissions(top.join("etc/hosts"), fs::Permissions::from_mode(0o444)).unwrap();
    symlink("../../etc/passwd", top.join("nhà/liên kết")).unwrap();
    if rustix::process::geteuid().is_root() {
        let owner = (Some(12_345), Some(23_456));
        std::os::unix::fs::chown(&bad, owner.0, owner.1).unwrap();
        fs::set_permissions(&bad, fs::Permissions::from_mode(0o4751)).unwrap();
        std::os::unix::fs::lchown(top.join("nhà/liên kết"), owner.0, owner.1).unwrap();
    }
    let mut changes = vec![
        quarantine("/nhà/mã độc.bin"),
        quarantine("/nhà/trống"),
        quarantine("/nhà/liên kết"),
        quarantine("/nhà/rỗng"),
        Change::RemoveLines {
            path: path("/etc/hosts"),
            lines: vec![(2, Bytes(b"0.0.0.0 bad.example\n".to_vec()))],
        },
        Change::Move { from: path("/nhà/ẩn/thư.txt"), to: path("/nhà/thư.txt") },
    ];
    if keeps_attributes {
        set_attribute(&bad, "user.mark", b"\x00\xff");
        set_attribute(&top.join("nhà/ẩn"), "user.DOSATTRIB", &HIDDEN_AND_SYSTEM);
        changes.push(Change::SetAttributes { path: path("/nhà/ẩn"), clear: HIDDEN | SYSTEM });
    }
    changes.push(quarantine("/nhà/ẩn"));
    for (seconds, name) in [
        "nhà/mã độc.bin",
        "nhà/trống",
        "nhà/rỗng",
        "etc/hosts",
        "nhà/ẩn/thư.txt",
        "nhà/ẩn",
        "nhà",
        "etc",
        "",
    ]
    .iter()
    .enumerate()
    {
        age(&top.join(name), seconds as u64);
    }
    changes
}
