//! Generated sticks that worms of three kinds went through: everything of the user's comes back where
//! it was, byte for byte, the worm is in quarantine, and undoing gives the stick back as it was found.
//!
//! The worms are harmless texts; their links and files lie as published descriptions say.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]
#![allow(clippy::print_stderr, reason = "what is skipped is said")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use clean_up::{Computer, Keeper, Outcome, make_stick_plan};
use rustix::fs::XattrFlags;

const HIDDEN: u32 = 2;
const SYSTEM: u32 = 4;
const FOLDER: u32 = 0x10;
const ARCHIVE: u32 = 0x20;

struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % most
    }

    fn one_of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }
}

/// A stick in the making.
struct Stick {
    top: PathBuf,
    /// What is the user's: path from the top, content.
    mine: BTreeMap<PathBuf, Vec<u8>>,
    /// What is the worm's.
    worm: Vec<PathBuf>,
}

/// Samba's value of version 3, after its published layout: where attributes of Windows stand on a file
/// system without any of its own.
fn set_attributes(path: &Path, attributes: u32) {
    let mut value = vec![0, 0, 3, 0, 3, 0, 0, 0, 1, 0, 0, 0];
    value.extend(attributes.to_le_bytes());
    value.extend([0; 8]);
    rustix::fs::setxattr(path, "user.DOSATTRIB", &value, XattrFlags::empty()).unwrap();
}

fn attributes(path: &Path) -> u32 {
    let mut value = vec![0_u8; 64];
    match rustix::fs::getxattr(path, "user.DOSATTRIB", &mut *value) {
        Ok(length) if length >= 16 => u32::from_le_bytes(value[12..16].try_into().unwrap()),
        _ => 0,
    }
}

fn age(path: &Path, seconds: u64) {
    let moment = SystemTime::UNIX_EPOCH + Duration::new(1_500_000_000 + seconds, 987_654_300);
    fs::File::open(path).unwrap().set_modified(moment).unwrap();
}

/// A shell link with a target beside it and arguments, in UTF-16.
fn link(target: &str, arguments: &str) -> Vec<u8> {
    let mut bytes = vec![0x4c, 0, 0, 0, 1, 0x14, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    bytes.extend((0x8_u32 | 0x20 | 0x80).to_le_bytes());
    bytes.resize(0x4c, 0);
    for text in [target, arguments] {
        let wide: Vec<u16> = text.encode_utf16().collect();
        bytes.extend(u16::try_from(wide.len()).unwrap().to_le_bytes());
        bytes.extend(wide.into_iter().flat_map(u16::to_le_bytes));
    }
    bytes.extend([0; 4]);
    bytes
}

impl Stick {
    fn put(&mut self, path: &str, content: &[u8], attributes: u32) -> PathBuf {
        let whole = self.top.join(path);
        fs::create_dir_all(whole.parent().unwrap()).unwrap();
        fs::write(&whole, content).unwrap();
        set_attributes(&whole, attributes);
        age(&whole, content.len() as u64);
        PathBuf::from(path)
    }

    fn infect(&mut self, path: &str, content: &[u8], attributes: u32) {
        let path = self.put(path, content, attributes);
        self.worm.push(path);
    }

    /// Names in the top folder, folders first told.
    fn top_names(&self) -> Vec<(String, bool)> {
        let mut names: Vec<(String, bool)> = fs::read_dir(&self.top)
            .unwrap()
            .map(|it| it.unwrap())
            .map(|it| (it.file_name().into_string().unwrap(), it.path().is_dir()))
            .collect();
        names.sort();
        names
    }

    fn hide(&self, name: &str) {
        let path = self.top.join(name);
        let kind = if path.is_dir() { FOLDER } else { ARCHIVE };
        set_attributes(&path, kind | HIDDEN | SYSTEM);
    }
}

/// What a person has on a stick.
fn fill(stick: &mut Stick, random: &mut Random) {
    let long = "tên rất dài ".repeat(12);
    // "Ảnh" in decomposed form, as a Mac writes it.
    let decomposed = "A\u{309}nh";
    let folders = ["Tài liệu", "Báo cáo 2026", decomposed, "x y", "Nhạc & phim", "[cũ]", &long];
    let files = ["thư.docx", "bảng tính.xlsx", "ghi chú", "a.b.c.pdf", "IMG_0001.JPG", "100%.txt"];
    for number in 0..=random.below(5) {
        let folder = random.one_of(&folders).trim().to_owned();
        let inner = if random.below(2) == 0 { "/con" } else { "" };
        let name = format!("{folder}{inner}/{number} {}", random.one_of(&files));
        let content = vec![b'd'; usize::try_from(random.below(5_000)).unwrap()];
        let path = stick.put(&name, &content, ARCHIVE);
        stick.mine.insert(path, content);
    }
    for number in 0..random.below(4) {
        let name = format!("{number} {}", random.one_of(&files));
        let content = vec![b'e'; usize::try_from(random.below(5_000)).unwrap()];
        let path = stick.put(&name, &content, ARCHIVE);
        stick.mine.insert(path, content);
    }
    // A link and a program of the person's own, which stand for nothing hidden.
    if random.below(2) == 0 {
        let own = link("..\\..\\Program Files\\Máy tính\\calc.exe", "");
        let path = stick.put("của tôi.lnk", &own, ARCHIVE);
        stick.mine.insert(path, own);
        let path = stick.put("cài đặt.exe", b"MZ mine", ARCHIVE);
        stick.mine.insert(path, b"MZ mine".to_vec());
    }
    for (name, is_folder) in stick.top_names() {
        if is_folder {
            set_attributes(&stick.top.join(&name), FOLDER);
        }
    }
}

/// Hides what is there and puts links in its place.
fn links_worm(stick: &mut Stick, random: &mut Random) {
    let launcher = random.one_of(&["helper.vbs", "sys\\run.js", "x\\y\\z.exe", "Thumbs.vbe"]);
    let cmd = "..\\..\\Windows\\System32\\cmd.exe";
    for (name, is_folder) in stick.top_names() {
        let takes_files = random.below(2) == 0;
        let is_own = ["của tôi.lnk", "cài đặt.exe"].contains(&name.as_str());
        if is_own || !is_folder && !takes_files {
            continue;
        }
        stick.hide(&name);
        let arguments = format!("/c start {launcher}&start explorer \"{name}\"&exit");
        stick.infect(&format!("{name}.lnk"), &link(cmd, &arguments), ARCHIVE);
    }
    let path = launcher.replace('\\', "/");
    stick.infect(&path, b"harmless", ARCHIVE | HIDDEN | SYSTEM);
    if let Some((folder, _)) = path.split_once('/') {
        stick.hide(folder);
    }
}

/// Moves everything into a folder whose name shows nothing.
fn swallowing_worm(stick: &mut Stick, random: &mut Random) {
    let blank = random.one_of(&["\u{a0}", "\u{3000}", "\u{2003}\u{2003}", "_"]);
    let names = stick.top_names();
    fs::create_dir(stick.top.join(blank)).unwrap();
    for (name, _) in names {
        fs::rename(stick.top.join(&name), stick.top.join(blank).join(&name)).unwrap();
        if random.below(3) == 0 {
            stick.hide(&format!("{blank}/{name}"));
        }
    }
    stick.hide(blank);
    let rundll = "..\\..\\Windows\\System32\\rundll32.exe";
    stick.infect("Removable Disk (8GB).lnk", &link(rundll, "~$WJ.FAT32,crys"), ARCHIVE);
    stick.infect("~$WJ.FAT32", b"harmless", ARCHIVE | HIDDEN | SYSTEM);
    stick.worm.push(PathBuf::from(blank));
}

/// Hides folders and puts programs of their name in their place.
fn programs_worm(stick: &mut Stick) {
    for (name, is_folder) in stick.top_names() {
        if is_folder {
            stick.hide(&name);
            stick.infect(&format!("{name}.exe"), b"MZ harmless", ARCHIVE);
        }
    }
}

fn autorun_worm(stick: &mut Stick, random: &mut Random) {
    let junk = "; kq\r\nasdf\r\n".repeat(usize::try_from(random.below(40)).unwrap());
    let text = format!(
        "{junk}[AutoRun]\r\nopen=RECYCLER\\S-1-5\\x.exe\r\nshell\\open\\command=RECYCLER\\S-1-5\\x.exe\r\n"
    );
    let name = random.one_of(&["autorun.inf", "AUTORUN.INF", "AutoRun.inf"]);
    stick.infect(name, text.as_bytes(), ARCHIVE | HIDDEN | SYSTEM);
    stick.infect("RECYCLER/S-1-5/x.exe", b"MZ harmless", ARCHIVE | HIDDEN | SYSTEM);
    stick.hide("RECYCLER");
}

type Seen = BTreeMap<PathBuf, (u32, i64, i64, u32, Vec<u8>)>;

/// Everything on a stick; of folders the times too.
fn seen(top: &Path) -> Seen {
    let mut seen = Seen::new();
    let mut waiting = vec![top.to_owned()];
    while let Some(path) = waiting.pop() {
        let data = fs::symlink_metadata(&path).unwrap();
        let content = if data.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|it| it.unwrap().path()));
            Vec::new()
        } else {
            fs::read(&path).unwrap()
        };
        let at = path.strip_prefix(top).unwrap().to_owned();
        let facts = (data.mode(), data.mtime(), data.mtime_nsec(), attributes(&path), content);
        seen.insert(at, facts);
    }
    seen
}

#[test]
fn everything_of_the_user_comes_back() {
    let is_full = std::env::var_os("LAMSACH_FULL").is_some();
    let rounds: u64 = if is_full { 2_000 } else { 250 };
    let fast = tempfile::tempdir_in("/dev/shm");
    let folder = fast.unwrap_or_else(|_| tempfile::tempdir().unwrap());
    let probe = rustix::fs::setxattr(folder.path(), "user.x", b"1", XattrFlags::empty());
    if probe.is_err() {
        eprintln!("skipped: the file system keeps no attributes");
        return;
    }
    for seed in 0..rounds {
        let top = folder.path().join(format!("stick {seed}"));
        fs::create_dir(&top).unwrap();
        let mut stick = Stick { top: top.clone(), mine: BTreeMap::new(), worm: Vec::new() };
        let mut random = Random((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.below(9);
        fill(&mut stick, &mut random);
        let clean = seen(&top);
        match random.below(3) {
            0 => links_worm(&mut stick, &mut random),
            1 => swallowing_worm(&mut stick, &mut random),
            _ => programs_worm(&mut stick),
        }
        if random.below(2) == 0 {
            autorun_worm(&mut stick, &mut random);
        }
        for (seconds, name) in ["RECYCLER/S-1-5", "RECYCLER", ""].iter().enumerate() {
            if top.join(name).exists() {
                age(&top.join(name), seconds as u64);
            }
        }
        let infected = seen(&top);

        let mut computer = Computer::open(Some(&top)).unwrap();
        let mut keeper = Keeper::open(&folder.path().join(format!("store {seed}"))).unwrap();
        let plan = make_stick_plan(&mut computer, top.display().to_string(), 1);
        let report = keeper.apply(&mut computer, &plan, 1).unwrap();
        let not_done: Vec<_> = report.outcomes.iter().filter(|it| it.2 != Outcome::Done).collect();
        assert!(not_done.is_empty(), "{seed}: {not_done:?}");
        let cleaned = seen(&top);
        for (path, content) in &stick.mine {
            let found =
                cleaned.get(path).unwrap_or_else(|| panic!("{seed}: {} is gone", path.display()));
            assert_eq!(found.4, *content, "{seed}: {}", path.display());
            assert_eq!(
                (found.1, found.2),
                (clean[path].1, clean[path].2),
                "{seed}: {}",
                path.display()
            );
            for part in path.ancestors().filter(|it| !it.as_os_str().is_empty()) {
                let hidden = cleaned[part].3 & (HIDDEN | SYSTEM);
                assert_eq!(hidden, 0, "{seed}: {} is still hidden", part.display());
            }
        }
        for path in &stick.worm {
            assert!(!cleaned.contains_key(path), "{seed}: {} is still there", path.display());
        }
        // Nothing else is there but folders that the worm made.
        for (path, facts) in &cleaned {
            let is_known = clean.contains_key(path);
            let is_folder = facts.0 & 0o170_000 == 0o040_000;
            assert!(is_known || is_folder, "{seed}: {} came from nowhere", path.display());
        }
        let again = make_stick_plan(&mut computer, top.display().to_string(), 2);
        assert_eq!(again.steps, [], "{seed}: the stick is not clean");

        let report = keeper.undo(&mut computer, &report.run).unwrap();
        assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Undone), "{seed}: {report:?}");
        assert!(seen(&top) == infected, "{seed}: undone, but not as before");
        fs::remove_dir_all(&top).unwrap();
    }
}

/// A stick with NTFS, whose driver keeps the attributes themselves.
struct Ntfs(tempfile::TempDir);

impl Ntfs {
    /// `None` without the driver or the right to mount.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (image, top) = (folder.path().join("image"), folder.path().join("stick"));
        fs::File::create(&image).unwrap().set_len(16 << 20).unwrap();
        fs::create_dir(&top).unwrap();
        let is_done = |command: &mut Command| {
            let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
            quiet.status().is_ok_and(|it| it.success())
        };
        let is_made = is_done(Command::new("mkntfs").args(["-q", "-F"]).arg(&image));
        (is_made && is_done(Command::new("ntfs-3g").args([&image, &top]))).then_some(Self(folder))
    }

    fn top(&self) -> PathBuf {
        self.0.path().join("stick")
    }
}

impl Drop for Ntfs {
    fn drop(&mut self) {
        Command::new("umount").arg(self.top()).status().unwrap();
    }
}

#[test]
fn a_stick_of_ntfs_comes_back() {
    let Some(stick) = Ntfs::new() else {
        eprintln!("skipped: no ntfs-3g, or no right to mount");
        return;
    };
    let top = stick.top();
    let attribute = "system.ntfs_attrib";
    let set = |name: &str, value: u32| {
        let value = value.to_le_bytes();
        rustix::fs::setxattr(top.join(name), attribute, &value, XattrFlags::empty()).unwrap();
    };
    fs::create_dir_all(top.join("Tài liệu")).unwrap();
    fs::write(top.join("Tài liệu/thư.docx"), "của tôi").unwrap();
    let cmd = "..\\..\\Windows\\System32\\cmd.exe";
    let command = "/c start sâu.vbs&start explorer \"Tài liệu\"&exit";
    fs::write(top.join("Tài liệu.lnk"), link(cmd, command)).unwrap();
    fs::write(top.join("sâu.vbs"), "harmless").unwrap();
    set("sâu.vbs", ARCHIVE | HIDDEN | SYSTEM);
    set("Tài liệu", FOLDER | HIDDEN | SYSTEM);
    age(&top.join("Tài liệu/thư.docx"), 7);
    age(&top.join("sâu.vbs"), 8);
    let attributes = |name: &str| {
        let mut value = [0_u8; 4];
        rustix::fs::getxattr(top.join(name), attribute, &mut value[..]).unwrap();
        u32::from_le_bytes(value)
    };
    let infected = seen(&top);
    let store = tempfile::tempdir().unwrap();
    let mut computer = Computer::open(Some(&top)).unwrap();
    let mut keeper = Keeper::open(&store.path().join("store")).unwrap();
    let plan = make_stick_plan(&mut computer, top.display().to_string(), 1);
    let report = keeper.apply(&mut computer, &plan, 1).unwrap();
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
    let names: Vec<PathBuf> = seen(&top).into_keys().collect();
    assert_eq!(names, ["", "Tài liệu", "Tài liệu/thư.docx"].map(PathBuf::from));
    assert_eq!(attributes("Tài liệu"), FOLDER);
    let report = keeper.undo(&mut computer, &report.run).unwrap();
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Undone), "{report:?}");
    assert!(seen(&top) == infected);
    assert_eq!(attributes("sâu.vbs"), ARCHIVE | HIDDEN | SYSTEM);
    assert_eq!(attributes("Tài liệu"), FOLDER | HIDDEN | SYSTEM);
    // The stick is let go of before it is taken away.
    drop(computer);
}
