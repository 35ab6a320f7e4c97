//! `plan`, `apply`, `undo`, `quarantine` and `usb`, as a person or a script runs them on a mounted
//! disk. Every sample is a harmless text.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

const MARK: &str = "lamsach-harmless-test-mark-7f3a";
const RISK: &str = "lamsach-harmless-risk-mark-7f3a";
const ODD: &str = "lamsach-harmless-odd-mark-7f3a";

struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// A disk of Linux with one planted file, started from four places, and things that must stay.
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        let rules = format!(
            "rule bad {{ strings: $a = \"{MARK}\" condition: $a }}
             rule crack {{ meta: category = \"risk\" strings: $a = \"{RISK}\" condition: $a }}
             rule odd {{ meta: score = 40 strings: $a = \"{ODD}\" condition: $a }}"
        );
        fs::write(world.folder.path().join("rules.yar"), rules).unwrap();
        world.put("etc/passwd", "an:x:1000:1000::/home/an:/bin/sh\n");
        world.put("home/an/.x/mã độc", &format!("#!/bin/sh\n# {MARK}\n"));
        world.put(
            "home/an/.config/autostart/x.desktop",
            "[Desktop Entry]\nExec='/home/an/.x/mã độc' -q\n",
        );
        world.put(
            "etc/cron.d/x",
            "0 1 * * * root /usr/bin/true\n* * * * * root '/home/an/.x/mã độc'\n",
        );
        world.put("etc/ld.so.preload", "/home/an/.x/lib.so\n");
        world.put("home/an/.x/lib.so", &format!("ELF {MARK}"));
        world.put("etc/systemd/system/x.service", "[Service]\nExecStart=/home/an/.x/lib.so\n");
        fs::create_dir_all(world.disk().join("etc/systemd/system/multi-user.target.wants"))
            .unwrap();
        symlink(
            "../x.service",
            world.disk().join("etc/systemd/system/multi-user.target.wants/x.service"),
        )
        .unwrap();
        world.put("etc/hosts", "127.0.0.1 localhost\n0.0.0.0 update.microsoft.com\n192.0.2.1 máy-chủ\n127.0.0.1 activate.adobe.com\n");
        world.put("home/an/keygen.exe", RISK);
        world.put("home/an/lạ", ODD);
        world.put("usr/bin/tool", MARK);
        world.put("usr/bin/changed", MARK);
        world.put("var/lib/dpkg/info/tool.list", "/.\n/usr/bin/tool\n/usr/bin/changed\n");
        // The MD5 of the first is right, that of the second is not.
        let sum = md5(MARK);
        world.put(
            "var/lib/dpkg/info/tool.md5sums",
            &format!("{sum}  usr/bin/tool\n{}  usr/bin/changed\n", "0".repeat(32)),
        );
        fs::set_permissions(
            world.disk().join("home/an/.x/mã độc"),
            fs::Permissions::from_mode(0o750),
        )
        .unwrap();
        let attribute = rustix::fs::XattrFlags::empty();
        // Where the file system keeps none, there is none to lose.
        let marked = world.disk().join("home/an/.x/mã độc");
        rustix::fs::setxattr(marked, "user.mark", b"x", attribute).unwrap_or_default();
        for folder in [
            "",
            "home/an",
            "home/an/.x",
            "home/an/.x/mã độc",
            "etc",
            "etc/hosts",
            "etc/cron.d/x",
            "etc/systemd/system/multi-user.target.wants",
        ] {
            let moment = SystemTime::UNIX_EPOCH + Duration::new(1_400_000_000, 123_456_789);
            fs::File::open(world.disk().join(folder)).unwrap().set_modified(moment).unwrap();
        }
        world
    }

    fn disk(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn put(&self, path: &str, content: &str) {
        let path = self.disk().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lamsach-clean"));
        command
            .args(["--language", "en"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            .env_remove("LAMSACH_LANGUAGE")
            .env("TZ", "Asia/Ho_Chi_Minh")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must end with a status; what it printed.
    fn says(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{text}\n{err}");
        format!("{text}{err}")
    }

    fn plan(&self) -> String {
        self.says(
            1,
            &["plan", "--rules", "rules.yar", "--no-memory", "--root", "disk", "-o", "plan.json"],
        )
    }

    fn seen(&self) -> BTreeMap<PathBuf, (u32, i64, i64, Vec<u8>)> {
        let mut seen = BTreeMap::new();
        let mut waiting = vec![self.disk()];
        while let Some(path) = waiting.pop() {
            let data = fs::symlink_metadata(&path).unwrap();
            let mut content = if data.is_symlink() {
                fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else if data.is_dir() {
                waiting.extend(fs::read_dir(&path).unwrap().map(|it| it.unwrap().path()));
                Vec::new()
            } else {
                fs::read(&path).unwrap()
            };
            let mut value = vec![0_u8; 64];
            let length = rustix::fs::lgetxattr(&path, "user.mark", &mut *value).unwrap_or(0);
            content.extend(&value[..length]);
            seen.insert(path, (data.mode(), data.mtime(), data.mtime_nsec(), content));
        }
        seen
    }
}

fn md5(text: &str) -> String {
    let output =
        Command::new("sh").args(["-c", "printf %s \"$1\" | md5sum", "sh", text]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn planned_applied_undone_is_as_before() {
    let world = World::new();
    let before = world.seen();
    let plan = world.plan();
    assert_eq!(world.seen(), before, "planning changed something");
    for line in [
        "Quarantine /home/an/.x/mã độc",
        "Quarantine /home/an/.x/lib.so",
        "Quarantine /home/an/.config/autostart/x.desktop",
        "Quarantine /etc/systemd/system/x.service",
        "Quarantine /etc/systemd/system/multi-user.target.wants/x.service",
        "Take lines out of /etc/ld.so.preload: 1",
        "- 2: * * * * * root '/home/an/.x/mã độc'",
        "- 2: 0.0.0.0 update.microsoft.com",
    ] {
        assert!(plan.contains(line), "{line}\n{plan}");
    }
    let stays = plan.split("Left as it is:").nth(1).unwrap();
    for (path, why) in [
        ("/home/an/keygen.exe", "never removes"),
        ("/home/an/lạ", "Suspicious"),
        ("/usr/bin/tool", "never removed"),
        ("/usr/bin/changed", "install its package again"),
        ("/etc/hosts:4", "never removes"),
    ] {
        let mut lines = stays.lines().skip_while(|line| !line.contains(path));
        assert!(lines.nth(1).unwrap_or_default().contains(why), "{path}\n{plan}");
    }
    let done = world.says(0, &["apply", "--yes", "plan.json"]);
    assert!(done.contains("lamsach-clean undo"), "{done}");
    let disk = world.disk();
    assert!(!disk.join("home/an/.x/mã độc").exists() && !disk.join("home/an/.x/lib.so").exists());
    assert_eq!(fs::read_to_string(disk.join("etc/ld.so.preload")).unwrap(), "");
    assert_eq!(
        fs::read_to_string(disk.join("etc/hosts")).unwrap(),
        "127.0.0.1 localhost\n192.0.2.1 máy-chủ\n127.0.0.1 activate.adobe.com\n"
    );
    for kept in ["home/an/keygen.exe", "home/an/lạ", "usr/bin/tool", "usr/bin/changed"] {
        assert!(disk.join(kept).exists(), "{kept}");
    }
    // Nothing of the malware lies open in the quarantine.
    for entry in fs::read_dir(world.folder.path().join("state/lamsach/clean/items")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(MARK.len()).any(|it| it == MARK.as_bytes()));
    }
    world.says(0, &["undo", "--yes"]);
    assert_eq!(world.seen(), before);
    assert!(world.says(2, &["undo", "--yes"]).contains("no run to undo"));
}

#[test]
fn findings_travel_in_a_file_and_suspicious_ones_go_when_asked() {
    let world = World::new();
    let output =
        world.run(&["scan", "--rules", "rules.yar", "--no-memory", "--root", "disk", "--json"]);
    fs::write(world.folder.path().join("found.jsonl"), &output.stdout).unwrap();
    let arguments =
        ["plan", "--findings", "found.jsonl", "--root", "disk", "--suspicious", "--json"];
    let plan = world.says(1, &arguments);
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let steps = plan["steps"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["path"] == "/home/an/lạ"), "{plan}");
    assert!(steps.iter().all(|step| step["path"] != "/home/an/keygen.exe"), "{plan}");
    // A file that is cut says so.
    let text = String::from_utf8(output.stdout).unwrap();
    let cut: Vec<&str> = text.lines().take(1).collect();
    fs::write(world.folder.path().join("cut.jsonl"), cut[0]).unwrap();
    let plan = world.says(1, &["plan", "--findings", "cut.jsonl", "--root", "disk"]);
    assert!(plan.contains("no summary") && plan.contains("Not everything"), "{plan}");
    fs::write(world.folder.path().join("none.jsonl"), "x\n").unwrap();
    world.says(2, &["plan", "--findings", "none.jsonl", "--root", "disk"]);
    world.says(2, &["plan", "--findings", "found.jsonl", "--rules", "rules.yar"]);
    world.says(2, &["plan", "--root", "disk"]);
}

#[test]
fn nothing_is_done_without_a_yes_or_against_the_system() {
    let world = World::new();
    world.plan();
    let before = world.seen();
    assert!(world.says(2, &["apply", "plan.json"]).contains("--yes"));
    assert_eq!(world.seen(), before);
    // A plan that somebody wrote a file of the system into.
    let path = world.folder.path().join("plan.json");
    let text = fs::read_to_string(&path).unwrap();
    let mut plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    plan["steps"][0] = serde_json::json!(
        { "reason": "found", "what": "x", "change": "quarantine", "path": "/usr/bin/tool", "sha256": null });
    fs::write(&path, plan.to_string()).unwrap();
    let said = world.says(2, &["apply", "--yes", "plan.json"]);
    assert!(said.contains("/usr/bin/tool"), "{said}");
    // Ways up and other versions are no plan.
    fs::write(&path, text.replace("/home/an/.x/lib.so", "/home/../../x")).unwrap();
    world.says(2, &["apply", "--yes", "plan.json"]);
    fs::write(&path, text.replace("\"lamsach_plan\": 1", "\"lamsach_plan\": 9")).unwrap();
    assert!(world.says(2, &["apply", "--yes", "plan.json"]).contains("version 9"));
    world.says(2, &["apply", "--yes", "none.json"]);
    assert_eq!(world.seen(), before);
}

#[test]
fn what_changed_since_the_plan_stays() {
    let world = World::new();
    world.plan();
    let disk = world.disk();
    // One grew, one is gone, the folder of the third is now a link out of the disk.
    fs::write(disk.join("home/an/.x/lib.so"), "my own by now").unwrap();
    fs::remove_file(disk.join("home/an/.config/autostart/x.desktop")).unwrap();
    let outside = world.folder.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("x"), fs::read(disk.join("etc/cron.d/x")).unwrap()).unwrap();
    fs::remove_dir_all(disk.join("etc/cron.d")).unwrap();
    symlink(&outside, disk.join("etc/cron.d")).unwrap();
    let said = world.says(3, &["apply", "--yes", "plan.json"]);
    for (path, why) in [
        ("/home/an/.x/lib.so", "changed since the scan"),
        ("x.desktop", "no longer there"),
        ("/etc/cron.d/x", "a link stands in the way"),
    ] {
        let line = said.lines().position(|it| it.contains("NOT done") && it.contains(path));
        let line = line.unwrap_or_else(|| panic!("{path}\n{said}"));
        assert!(said.lines().nth(line + 1).unwrap().contains(why), "{path}\n{said}");
    }
    assert_eq!(fs::read(disk.join("home/an/.x/lib.so")).unwrap(), b"my own by now");
    assert!(fs::read_to_string(outside.join("x")).unwrap().contains("mã độc"));
    // What was put in the place of a file in the meantime is not overwritten by undoing.
    fs::write(disk.join("home/an/.x/mã độc"), "mine").unwrap();
    let said = world.says(3, &["undo", "--yes"]);
    assert!(
        said.contains("NOT undone, still in quarantine: Quarantine /home/an/.x/mã độc"),
        "{said}"
    );
    assert_eq!(fs::read(disk.join("home/an/.x/mã độc")).unwrap(), b"mine");
    fs::remove_file(disk.join("home/an/.x/mã độc")).unwrap();
    world.says(0, &["undo", "--yes"]);
    assert!(fs::read_to_string(disk.join("home/an/.x/mã độc")).unwrap().contains(MARK));
}

#[test]
fn quarantine_is_listed_restored_exported_and_purged() {
    let world = World::new();
    world.plan();
    world.says(0, &["apply", "--yes", "plan.json"]);
    let list = world.says(0, &["quarantine", "list", "--json"]);
    let items: Vec<serde_json::Value> =
        list.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let item = items.iter().find(|it| it["path"] == "/home/an/.x/mã độc").unwrap();
    let name = item["item"].as_str().unwrap();
    assert_eq!((&item["restored"], &item["deleted"]), (&false.into(), &false.into()));

    world.says(0, &["quarantine", "export", name, "-o", "sample.zip"]);
    let archive = fs::File::open(world.folder.path().join("sample.zip")).unwrap();
    let mut archive = zip_archives::ZipArchive::new(archive).unwrap();
    let mut content = String::new();
    archive.by_index_decrypt(0, b"infected").unwrap().read_to_string(&mut content).unwrap();
    assert_eq!(content, format!("#!/bin/sh\n# {MARK}\n"));
    // A file that is there is not overwritten.
    world.says(2, &["quarantine", "export", name, "-o", "plan.json"]);
    world.says(2, &["quarantine", "export", "none-00001", "-o", "other.zip"]);
    assert!(!world.folder.path().join("other.zip").exists());

    world.says(2, &["quarantine", "restore", name]);
    world.says(0, &["quarantine", "restore", "--yes", name]);
    let restored = world.disk().join("home/an/.x/mã độc");
    assert_eq!(fs::metadata(&restored).unwrap().mode() & 0o7777, 0o750);
    assert!(world.says(0, &["quarantine", "list"]).contains("put back"));

    world.says(2, &["quarantine", "purge", "--yes"]);
    world.says(2, &["quarantine", "purge", "--yes", "../key"]);
    assert!(world.says(0, &["quarantine", "purge", "--yes", "--older-than", "1"]).contains(": 0"));
    world.says(0, &["quarantine", "purge", "--yes", "--all"]);
    // What is gone for good is said, and the rest is undone.
    let said = world.says(3, &["undo", "--yes"]);
    let gone = "NOT undone: Quarantine /home/an/.x/lib.so\n    deleted for good";
    assert!(said.contains(gone) && said.contains("Undone"), "{said}");
    assert!(!said.contains("still in quarantine"), "{said}");
    assert!(world.says(2, &["undo", "--yes"]).contains("no run to undo"));
}

#[test]
fn a_damaged_store_is_said() {
    let world = World::new();
    world.plan();
    world.says(0, &["apply", "--yes", "plan.json"]);
    let folder = world.folder.path().join("state/lamsach/clean");
    let journal = fs::read_dir(folder.join("journals")).unwrap().next().unwrap().unwrap().path();
    // A quarantined file that somebody changed does not come back.
    let list = world.says(0, &["quarantine", "list", "--json"]);
    let item: serde_json::Value = serde_json::from_str(list.lines().next().unwrap()).unwrap();
    let file = folder.join(format!("items/{}.lsq", item["item"].as_str().unwrap()));
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let said = world.says(3, &["undo", "--yes"]);
    assert_eq!(said.matches("NOT undone").count(), 1, "{said}");
    // Neither does anything follow a line of the journal that somebody changed.
    let mut bytes = fs::read(&journal).unwrap();
    bytes[70] ^= 1;
    fs::write(&journal, bytes).unwrap();
    world.says(2, &["undo", "--yes", journal.file_stem().unwrap().to_str().unwrap()]);
    assert!(world.says(3, &["quarantine", "list"]).contains("cannot be read"));
    world.says(2, &["undo", "--yes", "../../plan"]);
}

#[test]
fn a_stick_is_shown_cleaned_and_given_back() {
    let world = World::new();
    let stick = world.folder.path().join("stick");
    fs::create_dir_all(stick.join("RECYCLER")).unwrap();
    fs::create_dir_all(stick.join("Tài liệu")).unwrap();
    fs::write(stick.join("Tài liệu/thư.docx"), "của tôi").unwrap();
    fs::write(stick.join("RECYCLER/x.exe"), "harmless").unwrap();
    fs::write(stick.join("Tài liệu/mã.bin"), MARK).unwrap();
    fs::write(stick.join("AutoRun.inf"), "[autorun]\r\nopen=RECYCLER\\x.exe\r\n").unwrap();
    let path = stick.to_str().unwrap();
    let said = world.says(1, &["usb", path]);
    assert!(
        said.contains("Quarantine /RECYCLER/x.exe") && said.contains("Quarantine /AutoRun.inf"),
        "{said}"
    );
    assert!(!said.contains("mã.bin"), "{said}");
    assert!(stick.join("AutoRun.inf").exists());
    world.says(2, &["usb", path, "--clean"]);
    world.says(2, &["usb", path, "--yes"]);
    world.says(2, &["usb", "none"]);
    world.says(0, &["usb", path, "--rules", "rules.yar", "--clean", "--yes"]);
    let names = |folder: &str| fs::read_dir(stick.join(folder)).unwrap().count();
    assert_eq!((names(""), names("Tài liệu")), (1, 1));
    world.says(0, &["usb", path, "--rules", "rules.yar"]);
    // It is undone where the stick is plugged in today.
    let elsewhere = world.folder.path().join("elsewhere");
    fs::rename(&stick, &elsewhere).unwrap();
    world.says(2, &["undo", "--yes"]);
    world.says(0, &["undo", "--yes", "--root", "elsewhere"]);
    assert_eq!(fs::read(elsewhere.join("Tài liệu/mã.bin")).unwrap(), MARK.as_bytes());
    assert!(elsewhere.join("RECYCLER/x.exe").exists() && elsewhere.join("AutoRun.inf").exists());
}

/// Worms of sticks hide what was there in a folder whose name shows nothing.
#[test]
fn a_folder_without_a_visible_name_is_told_in_words() {
    let world = World::new();
    let stick = world.folder.path().join("stick");
    fs::create_dir_all(stick.join("\u{a0}")).unwrap();
    fs::write(stick.join("\u{a0}/autorun.inf"), "").unwrap();
    fs::write(stick.join("\u{a0}/mã.txt"), MARK).unwrap();
    let arguments = ["usb", stick.to_str().unwrap(), "--rules", "rules.yar"];
    let said = world.says(1, &arguments);
    assert!(said.contains("Quarantine /[folder without a name]/mã.txt"), "{said}");
}

/// Names of Linux may be no text.
#[test]
fn a_name_that_is_no_text_is_cleaned_too() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::new();
    let name = std::ffi::OsStr::from_bytes(b"home/an/x\xff\xfe");
    fs::write(world.disk().join(name), MARK).unwrap();
    let before = world.seen();
    world.plan();
    world.says(0, &["apply", "--yes", "plan.json"]);
    assert!(!world.disk().join(name).exists());
    world.says(0, &["undo", "--yes"]);
    assert_eq!(world.seen(), before);
}

/// Mails, mailboxes and archives hold more than what was found in them; a program does not.
#[test]
fn what_holds_other_things_stays_and_is_told_once() {
    let world = World::new();
    let mail = format!(
        "From: an@example.net\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Disposition: attachment; filename=x.exe\n\nMZ {MARK}\n--b--\n"
    );
    world.put("home/an/thư.eml", &mail);
    world.put("home/an/Inbox", &format!("From - Sat Jan  3 01:05:34 2026\nX: y\n\n{MARK}\n"));
    world.put("home/an/x.exe", &format!("MZ {MARK}"));
    let output = world.run(&["plan", "--rules", "rules.yar", "--root", "disk", "--json"]);
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |it: &serde_json::Value| it.as_str().unwrap_or_default().to_owned();
    let gone: Vec<String> =
        plan["steps"].as_array().unwrap().iter().map(|it| text(&it["path"])).collect();
    let stays: Vec<(String, String)> = plan["stays"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (text(&it["at"]), text(&it["why"])))
        .filter(|it| it.1 == "in-archive")
        .collect();
    assert!(gone.contains(&"/home/an/x.exe".to_owned()), "{plan}");
    let expected = ["/home/an/Inbox", "/home/an/thư.eml"];
    assert_eq!(stays.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), expected, "{plan}");
    assert!(!expected.iter().any(|it| gone.iter().any(|gone| gone == it)), "{plan}");
}

fn findings(world: &World, arguments: &[&str]) -> Vec<serde_json::Value> {
    let all = [&["scan", "--rules", "rules.yar", "--no-memory", "--json"], arguments].concat();
    let text = world.says(1, &all);
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

fn find<'f>(findings: &'f [serde_json::Value], path: &str) -> &'f serde_json::Value {
    let found = findings.iter().find(|it| it["path"] == path);
    found.unwrap_or_else(|| panic!("{path} is not in {findings:#?}"))
}

#[test]
fn a_scan_of_a_disk_tells_what_starts_a_found_file() {
    let world = World::new();
    let found = findings(&world, &["--root", "disk"]);
    let cron = find(&found, "/etc/cron.d/x:2");
    assert_eq!((&cron["what"], &cron["category"]), (&"autostart".into(), &"malware".into()));
    assert_eq!(cron["place"]["place"], "cron-d");
    assert_eq!(cron["place"]["technique"], "T1053.003");
    assert_eq!(cron["indicator"], "bad: /home/an/.x/mã độc");
    for path in ["/home/an/.config/autostart/x.desktop:2", "/etc/ld.so.preload:1"] {
        assert_eq!(find(&found, path)["what"], "autostart", "{path}");
    }
    let hosts = find(&found, "/etc/hosts:2");
    assert_eq!((&hosts["what"], &hosts["category"]), (&"hosts".into(), &"suspicious".into()));
    let licence = find(&found, "/etc/hosts:4");
    assert_eq!((&licence["what"], &licence["category"]), (&"risk".into(), &"risk".into()));
    let paths: Vec<_> = found.iter().map(|it| it["path"].as_str().unwrap_or_default()).collect();
    assert!(!paths.contains(&"/etc/hosts:3") && !paths.contains(&"/etc/cron.d/x:1"), "{paths:?}");
    let summary = &found.last().unwrap()["summary"];
    assert!(summary["places"].as_u64().unwrap() >= 5, "{summary}");
    // A folder alone is looked at as files.
    let found = findings(&world, &["--root", "disk", "/home"]);
    assert!(found.iter().all(|it| it.get("place").is_none()), "{found:?}");
    // The quick check finds what starts by itself without reading the rest.
    let quick = findings(&world, &["--root", "disk", "--quick"]);
    find(&quick, "/home/an/.x/mã độc");
    find(&quick, "/etc/cron.d/x:2");
    assert!(quick.iter().all(|it| it["path"] != "/home/an/keygen.exe"), "{quick:?}");
    world.says(2, &["scan", "--rules", "rules.yar", "--quick", "disk"]);
}

/// Hives are those of the artifacts' tests, which have an entry in every place.
#[test]
fn a_disk_of_windows_is_read_with_its_registry() {
    let world = World::new();
    let disk = world.folder.path().join("windows");
    let put = |path: &str, content: &[u8]| {
        let path = disk.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    let hives = concat!(env!("CARGO_MANIFEST_DIR"), "/../../domain/artifacts/testdata/hives");
    for (hive, path) in [
        ("software", "Windows/System32/config/SOFTWARE"),
        ("system", "Windows/System32/config/SYSTEM"),
        ("user", "Users/An/NTUSER.DAT"),
    ] {
        put(path, &fs::read(format!("{hives}/{hive}.hive")).unwrap());
    }
    put("planted/run-machine.exe", MARK.as_bytes());
    put("planted/service-image.exe", MARK.as_bytes());
    put("Planted/RUN-USER.exe", MARK.as_bytes());
    put(
        "WINDOWS/System32/drivers/etc/hosts",
        b"0.0.0.0 update.microsoft.com\r\n127.0.0.1 activate.adobe.com\r\n",
    );
    let task = "<Task xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><Actions><Exec>\
        <Command>C:\\Program Files\\KMSpico\\AutoPico.exe</Command></Exec></Actions></Task>";
    put("Windows/System32/Tasks/AutoPico Daily Restart", task.as_bytes());
    fs::create_dir_all(disk.join("Windows/System32/drivers/etc")).unwrap();
    let found = findings(&world, &["--root", "windows"]);
    let run = find(&found, "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Planted");
    assert_eq!(
        (&run["what"], &run["place"]["place"]),
        (&"autostart".into(), &"run-machine".into())
    );
    assert_eq!(run["place"]["technique"], "T1547.001");
    let services = found.iter().filter(|it| it["place"]["place"] == "service-image").count();
    assert_eq!(services, 1, "{found:#?}");
    let task = find(&found, "/Windows/System32/Tasks/AutoPico Daily Restart");
    assert_eq!((&task["what"], &task["category"]), (&"risk".into(), &"risk".into()));
    assert_eq!(task["indicator"], "kms-task");
    // The registry of a mounted disk stays, and says so.
    let plan = world.says(1, &["plan", "--rules", "rules.yar", "--no-memory", "--root", "windows"]);
    assert!(plan.contains("Quarantine /planted/run-machine.exe"), "{plan}");
    assert!(plan.contains("the registry") || plan.contains("The registry"), "{plan}");
}

#[test]
fn the_page_tells_what_was_found_and_what_was_done() {
    let world = World::new();
    world.says(2, &["report"]);
    world.put("home/an/<b>lạ</b>.txt", MARK);
    let arguments = ["scan", "--rules", "rules.yar", "--no-memory", "--root", "disk", "--json"];
    let found = world.says(1, &arguments);
    fs::write(world.folder.path().join("found.jsonl"), found).unwrap();
    let page = world.says(0, &["report", "--findings", "found.jsonl"]);
    assert!(page.contains("Verdict: infected.") && page.contains("lamsach-clean plan"), "{page}");
    world.plan();
    fs::write(world.disk().join("home/an/.x/lib.so"), "changed").unwrap();
    world.says(3, &["apply", "--yes", "plan.json"]);
    let arguments = ["report", "--findings", "found.jsonl", "--name", "PC <7>", "-o", "page.html"];
    world.says(0, &arguments);
    let page = fs::read_to_string(world.folder.path().join("page.html")).unwrap();
    for part in [
        "PC &#60;7&#62;",
        "/home/an/&#60;b&#62;lạ&#60;/b&#62;.txt",
        "Quarantine /home/an/.x/mã độc",
        "it changed since the scan",
        "NOT done",
        "A risk is cracked software",
        "lamsach-clean undo 2",
        // Two of the system's own, and what changed.
        "did not touch: 3.",
        "still on the computer",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert_eq!(page.matches("Not dealt with").count(), 3);
    // By the clock of the computer.
    let now = jiff::Timestamp::now();
    let zone = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let minutes = [0, 60, 120].map(|ago| now - jiff::SignedDuration::from_secs(ago));
    let shown =
        |at: jiff::Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%H:%M").to_string();
    assert!(minutes.into_iter().any(|at| page.contains(&shown(at))), "{page}");
    for loaded in ["<script", "src=", "href=", "url(", "<b>"] {
        assert!(!page.contains(loaded), "{loaded}");
    }
    world.says(0, &["undo", "--yes"]);
    let page = world.says(0, &["report"]);
    assert!(page.contains("This run was undone"), "{page}");
    world.says(2, &["report", "none"]);
}

/// A plan by hand, so that the test changes nothing else of the computer it runs on.
#[test]
fn the_running_system_is_cleaned_and_put_back_as_itself() {
    let world = World::new();
    let file = fs::canonicalize(world.folder.path()).unwrap().join("mã độc");
    fs::write(&file, MARK).unwrap();
    let step = serde_json::json!({ "reason": "found", "what": "x", "change": "quarantine",
        "path": file.to_str().unwrap(), "sha256": null });
    let plan = serde_json::json!({ "lamsach_plan": 1, "made_at": "2026-11-27T00:00:00Z",
        "root": null, "is_complete": true, "steps": [step], "stays": [] });
    fs::write(world.folder.path().join("plan.json"), plan.to_string()).unwrap();
    world.says(0, &["apply", "--yes", "plan.json"]);
    assert!(!file.exists());
    assert!(world.says(2, &["undo", "--yes", "--root", "disk"]).contains("--root"));
    world.says(0, &["undo", "--yes"]);
    assert_eq!(fs::read(&file).unwrap(), MARK.as_bytes());
}

#[test]
fn undo_keeps_the_lines_that_a_person_wrote_since() {
    let world = World::new();
    world.plan();
    world.run(&["apply", "--yes", "plan.json"]);
    let hosts = world.disk().join("etc/hosts");
    let left = fs::read_to_string(&hosts).unwrap();
    assert!(!left.contains("update.microsoft.com"));
    fs::write(&hosts, format!("{left}192.0.2.7 of-mine\n")).unwrap();
    fs::write(world.disk().join("etc/ld.so.preload"), b"UTF-16\0\n\0").unwrap();
    let said = world.says(3, &["undo", "--yes"]);
    assert_eq!(
        fs::read_to_string(&hosts).unwrap(),
        "127.0.0.1 localhost\n0.0.0.0 update.microsoft.com\n192.0.2.1 máy-chủ\n127.0.0.1 activate.adobe.com\n192.0.2.7 of-mine\n"
    );
    // Where it cannot be told what a line is, the lines are shown.
    let by_hand = "NOT undone: Take lines out of /etc/ld.so.preload: 1\n    it was changed after the clean-up, \
                   so it was left alone\n    If the removed lines are still needed, add them by hand:\n     - 1: /home/an/.x/lib.so";
    assert!(said.contains(by_hand), "{said}");
}

#[test]
fn an_export_and_a_restore_of_what_is_gone_for_good_say_so() {
    let world = World::new();
    world.plan();
    world.run(&["apply", "--yes", "plan.json"]);
    let list = world.says(0, &["quarantine", "list", "--json"]);
    let item: serde_json::Value = serde_json::from_str(list.lines().next().unwrap()).unwrap();
    let name = item["item"].as_str().unwrap();
    let purged = world.says(0, &["quarantine", "purge", "--yes", name]);
    assert!(purged.contains(": 1\n") && !purged.contains("ournal"), "{purged}");
    for arguments in [
        ["quarantine", "export", name, "-o", "x.zip"],
        ["quarantine", "restore", name, "--yes", "--"],
    ] {
        let arguments = &arguments[..if arguments[1] == "restore" { 4 } else { 5 }];
        let output = world.run(arguments);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(said.contains("deleted for good"), "{said}");
    }
}

/// A plan for many files of a disk, with the journals of the world's own store.
fn many(world: &World, root: &str, count: usize) {
    let mut steps = Vec::new();
    for number in 0..count {
        world.put(&format!("many/{number}"), "x");
        steps.push(format!(
            r#"{{ "reason": "found", "what": "x", "change": "quarantine", "path": "/many/{number}", "sha256": null }}"#
        ));
    }
    let plan = format!(
        r#"{{ "lamsach_plan": 1, "made_at": "2026-11-27T00:00:00Z", "root": "{root}", "is_complete": true,
            "stays": [], "steps": [{}] }}"#,
        steps.join(",")
    );
    fs::write(world.folder.path().join("many.json"), plan).unwrap();
}

/// Runs a command and sends it a signal once its journal has grown by some lines.
fn interrupted(world: &World, signal: &str, arguments: &[&str]) -> Vec<serde_json::Value> {
    let journals = world.folder.path().join("state/lamsach/clean/journals");
    let lines = || {
        let entries = fs::read_dir(&journals).into_iter().flatten();
        let read = |it: fs::DirEntry| fs::read(it.path()).unwrap_or_default();
        entries.flat_map(|it| read(it.unwrap())).filter(|it| *it == b'\n').count()
    };
    let before = lines();
    let child =
        world.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while lines() < before + 20 {
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_run_that_is_interrupted_says_what_was_done_and_goes_on() {
    const COUNT: usize = 300;
    let world = World::new();
    many(&world, "disk", COUNT);
    let left = || fs::read_dir(world.disk().join("many")).unwrap().count();
    let mut told = interrupted(&world, "-INT", &["apply", "--yes", "--json", "many.json"]);
    let summary = told.pop().unwrap();
    assert_eq!(summary["summary"]["stopped"], true, "{summary}");
    assert!((1..COUNT).contains(&told.len()) && told.iter().all(|it| it["outcome"] == "done"));
    assert_eq!(left(), COUNT - told.len());
    let said = world.says(0, &["apply", "--yes", "many.json"]);
    assert_eq!((said.matches("Done: ").count(), left()), (COUNT, 0));
    let mut told = interrupted(&world, "-TERM", &["undo", "--yes", "--json"]);
    assert_eq!(told.pop().unwrap()["summary"]["stopped"], true);
    assert!((1..COUNT).contains(&told.len()));
    assert_eq!(left(), told.len());
    world.says(0, &["undo", "--yes"]);
    assert_eq!(left(), COUNT);
}

#[test]
fn a_stick_that_is_not_there_is_asked_for() {
    let world = World::new();
    many(&world, "stick", 1);
    let stick = world.folder.path().join("stick");
    // Another file system than the one of the folder that waits for it, where there is one.
    let other = tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap());
    fs::create_dir(other.path().join("many")).unwrap();
    fs::write(other.path().join("many/0"), "x").unwrap();
    symlink(other.path(), &stick).unwrap();
    world.says(0, &["apply", "--yes", "many.json"]);
    fs::remove_file(&stick).unwrap();
    assert!(world.says(2, &["undo", "--yes"]).contains("Plug the stick in"));
    let device = |path: &std::path::Path| fs::metadata(path).unwrap().dev();
    fs::create_dir(&stick).unwrap();
    if device(&stick) != device(other.path()) {
        assert!(world.says(2, &["undo", "--yes"]).contains("Plug the stick in"));
        assert_eq!(fs::read_dir(&stick).unwrap().count(), 0);
    }
    // Something else is there: the folder is not made anew.
    fs::write(stick.join("other"), "").unwrap();
    let said = world.says(3, &["undo", "--yes"]);
    assert!(said.contains("the folder that it was in is gone"), "{said}");
    world.says(0, &["undo", "--yes", "--root", other.path().to_str().unwrap()]);
    assert_eq!(fs::read(other.path().join("many/0")).unwrap(), b"x");
    let name =
        fs::read_dir(world.folder.path().join("state/lamsach/clean/journals")).unwrap().next();
    let name = name.unwrap().unwrap().file_name().into_string().unwrap().replace(".journal", "");
    let root = ["undo", "--yes", "--root", other.path().to_str().unwrap(), &name];
    assert!(world.says(0, &root).contains("was undone before"));
}

#[test]
fn the_page_after_an_undo_in_part_says_how_much_is_undone_and_why_not_all() {
    let world = World::new();
    many(&world, "disk", 4);
    world.says(0, &["apply", "--yes", "many.json"]);
    world.put("many/2", "of mine");
    world.says(3, &["undo", "--yes"]);
    let page = world.says(0, &["report"]);
    assert!(page.contains("Undone: 3 of 4 changes; the rest is NOT undone."), "{page}");
    assert!(page.contains("something else is there already"), "{page}");
    assert!(page.contains("lamsach-clean undo 2") && !page.contains("scan again"), "{page}");
}
