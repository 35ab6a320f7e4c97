//! Found, cleaned, checked clean, undone, checked the same: bytes, attributes, times, owners, types
//! and bytes of registry values.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use windows_tests::Wine;

/// What stands in every planted file, and harms nobody.
const MARK: &str = "LAMSACH-HARMLESS-TEST-FILE";
const TASK_ID: &str = "{7A3C0000-0000-4000-8000-00000000C0DE}";
const CACHE: &str =
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache";

/// Keys that are looked at before and afterwards.
fn keys() -> Vec<String> {
    let nt = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    [
        r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run".to_owned(),
        r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run".to_owned(),
        format!(r"{nt}\Image File Execution Options"),
        format!(r"{nt}\Winlogon"),
        format!(r"{nt}\Windows"),
        r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Dịch vụ thử".to_owned(),
        r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa".to_owned(),
        r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Monitors".to_owned(),
        format!(r"{CACHE}\Tree"),
        format!(r"{CACHE}\Tasks"),
        format!(r"{CACHE}\Plain"),
    ]
    .to_vec()
}

/// Entries that start the planted files, each of another remover; `HOME` is the user's folder.
const ENTRIES: &str = r#"
[HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run]
"Cập nhật"=hex(2):EXPANDED
"Của tôi"="C:\\Tốt\\tôi.exe"
"Số"=dword:0000002a

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run]
"May in"="\"HOME\\Downloads\\mã độc.exe\" -s"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\notepad.exe]
"Debugger"="HOME\\Downloads\\mã độc.exe"
"GlobalFlag"=dword:00000200

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon]
"Shell"="explorer.exe, HOME\\Downloads\\mã độc.exe"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows]
"AppInit_DLLs"="C:\\Tốt\\a.dll \"HOME\\Downloads\\mã độc.dll\" C:\\Tốt\\b.dll"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Dịch vụ thử]
"ImagePath"="HOME\\Downloads\\mã độc.exe"
"Start"=dword:00000003
"Type"=dword:00000010

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa]
"Notification Packages"=hex(7):PACKAGES

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Monitors\Máy in thử]
"Driver"="HOME\\Downloads\\mã độc.dll"
"Trống"=hex:
"Không có số không"=hex(1):61,00
"Lạ"=hex(123):00,ff,10

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Monitors\Máy in thử\Ports\COM1:]
"Nhiều"=hex(7):61,00,00,00,62,00,00,00,00,00
@="mặc định"
"#;

/// What changes and what stands there afterwards, where a value stays.
const AFTERWARDS: [(&str, &str); 5] = [
    (r#""Shell"="explorer.exe""#, "Winlogon"),
    (r#""AppInit_DLLs"="C:\\Tốt\\a.dll C:\\Tốt\\b.dll""#, "Windows"),
    (r#""Start"=dword:00000004"#, "Dịch vụ thử"),
    (r#""GlobalFlag"=dword:00000200"#, "Image File Execution Options"),
    (r#""Của tôi"="C:\\Tốt\\tôi.exe""#, "Run"),
];

fn hex_list(text: &str) -> String {
    let bytes: Vec<String> =
        text.encode_utf16().flat_map(u16::to_le_bytes).map(|it| format!("{it:02x}")).collect();
    bytes.join(",")
}

fn utf_16(text: &str) -> Vec<u8> {
    let text = text.replace('\n', "\r\n");
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn of_utf_16(bytes: &[u8]) -> String {
    let units: Vec<u16> =
        bytes.as_chunks::<2>().0.iter().map(|it| u16::from_le_bytes(*it)).collect();
    String::from_utf16(&units).unwrap()
}

/// A Windows in which something was planted.
struct Planted {
    wine: Wine,
    /// The user's folder as Windows spells it.
    user: String,
    downloads: PathBuf,
}

/// Every planted file and the folders around, as Windows spells them.
type Seen = BTreeMap<String, String>;

impl Planted {
    fn new() -> Option<Self> {
        let wine = Wine::start()?;
        let (user, here) = wine.user();
        fs::write(
            wine.drive().join("rules.yar"),
            format!("rule planted {{ strings: $a = \"{MARK}\" condition: $a }}"),
        )
        .unwrap();
        Some(Self { wine, user, downloads: here.join("Downloads") })
    }

    /// A name of forty letters six times below one another: longer than Windows once allowed.
    fn deep() -> String {
        ["Thư mục có tên rất dài của đơn vị cơ sở"; 6].join("/")
    }

    /// Files by their path below the downloads.
    fn plant_files(&self) {
        let deep = format!("{}/mã độc.scr", Self::deep());
        for (name, attributes) in [
            ("mã độc.exe", "27"),
            ("mã độc.dll", "20"),
            ("kết thúc bằng chấm.", "22"),
            (&deep, "1"),
        ] {
            let path = self.downloads.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("MZ {MARK} {name}")).unwrap();
            let path = format!(r"\\?\{}\Downloads\{}", self.user, name.replace('/', "\\"));
            assert!(self.wine.run("C:\\probe.exe", &["dress", attributes, &path]).status.success());
        }
        fs::write(self.downloads.join("thư.txt"), "thư của người dùng").unwrap();
        let etc = self.wine.drive().join("windows/system32/drivers/etc");
        let hosts =
            "127.0.0.1 localhost\r\n0.0.0.0 update.microsoft.com\r\n10.0.0.9 máy-in # của tôi\r\n";
        fs::write(etc.join("hosts"), hosts).unwrap();
    }

    fn plant_entries(&self) {
        let expanded = hex_list("%USERPROFILE%\\Downloads\\mã độc.exe -s\0");
        let packages = hex_list(&format!("scecli\0{}\\Downloads\\mã độc.dll\0\0", self.user));
        let task = format!("{CACHE}\\Tree\\Đơn vị\\Cập nhật");
        let entries = ENTRIES
            .replace("HOME", &self.user.replace('\\', "\\\\"))
            .replace("EXPANDED", &expanded)
            .replace("PACKAGES", &packages);
        let cache = format!(
            "[{task}]\n\"Id\"=\"{TASK_ID}\"\n\"Index\"=dword:00000003\n\"SD\"=hex:01,00,04,80\n\n\
             [{CACHE}\\Tasks\\{TASK_ID}]\n\"Path\"=\"\\\\Đơn vị\\\\Cập nhật\"\n\"Hash\"=hex:00,01,02\n\n\
             [{CACHE}\\Plain\\{TASK_ID}]\n"
        );
        let text = format!("Windows Registry Editor Version 5.00\n{entries}\n{cache}\n");
        fs::write(self.wine.drive().join("plant.reg"), utf_16(&text)).unwrap();
        let planted = self.wine.run("regedit", &["/S", "C:\\plant.reg"]);
        assert!(planted.status.success());
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<Task version=\"1.2\" \
             xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><Actions><Exec>\
             <Command>{}\\Downloads\\mã độc.exe</Command></Exec></Actions></Task>",
            self.user
        );
        let tasks = self.wine.drive().join("windows/system32/Tasks/Đơn vị");
        fs::create_dir_all(&tasks).unwrap();
        fs::write(tasks.join("Cập nhật"), utf_16(&xml)).unwrap();
    }

    /// Files with what Windows tells of them and their content, and the keys as text.
    fn seen(&self) -> Seen {
        let mut seen = Seen::new();
        let drive = self.wine.drive();
        let tops = [
            self.downloads.clone(),
            drive.join("windows/system32/drivers/etc"),
            drive.join("windows/system32/Tasks"),
        ];
        let mut paths = Vec::new();
        for top in tops {
            walk(&top, &mut paths);
        }
        let spelled: Vec<String> = paths.iter().map(|path| self.spelled(path)).collect();
        let mut arguments = vec!["look"];
        arguments.extend(spelled.iter().map(String::as_str));
        let looked = self.wine.run("C:\\probe.exe", &arguments);
        let looked = String::from_utf8(looked.stdout).unwrap();
        let lines: Vec<&str> = looked.lines().collect();
        assert_eq!(lines.len(), paths.len());
        for ((path, spelled), line) in paths.iter().zip(spelled).zip(lines) {
            let content = if path.is_file() { fs::read(path).unwrap() } else { Vec::new() };
            seen.insert(spelled, format!("{line} {}", content.escape_ascii()));
        }
        for (number, key) in keys().into_iter().enumerate() {
            let file = format!("C:\\seen-{number}.reg");
            self.wine.run("regedit", &["/E", &file, &key]);
            let file = drive.join(format!("seen-{number}.reg"));
            let text = fs::read(&file).map(|it| of_utf_16(&it)).unwrap_or_default();
            drop(fs::remove_file(file));
            seen.insert(key, text);
        }
        seen
    }

    fn spelled(&self, path: &Path) -> String {
        let below = path.strip_prefix(self.wine.drive()).unwrap().to_str().unwrap();
        format!(r"\\?\C:\{}", below.replace('/', "\\"))
    }

    /// Runs the program; its status and what it wrote.
    fn clean(&self, expected: i32, arguments: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.wine.clean(arguments);
        let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert_eq!(status.code(), Some(expected), "{arguments:?}\n{out}\n{err}");
        out
    }

    fn scan(&self, expected: i32) -> String {
        let rules = ["scan", "--rules", "C:\\rules.yar", "--no-memory", "--quick", "--json"];
        self.clean(expected, &rules)
    }

    fn apply_plan(&self, expected: i32) -> String {
        let found = self.scan(1);
        fs::write(self.wine.drive().join("found.jsonl"), &found).unwrap();
        self.clean(1, &["plan", "--findings", "C:\\found.jsonl", "-o", "C:\\plan.json"]);
        self.clean(expected, &["apply", "C:\\plan.json", "--yes", "--json"])
    }
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    paths.push(folder.to_owned());
    let mut inside: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    inside.sort();
    for path in inside {
        if path.is_dir() { walk(&path, paths) } else { paths.push(path) }
    }
}

#[test]
fn what_starts_a_found_file_goes_with_it_and_comes_back_the_same() {
    let Some(planted) = Planted::new() else { return };
    planted.plant_files();
    planted.plant_entries();
    let before = planted.seen();
    let found = planted.scan(1);
    for what in
        ["mã độc.exe", "mã độc.scr", "kết thúc bằng chấm.", "Dịch vụ thử", "update.microsoft.com"]
    {
        assert!(found.contains(what), "{what}: {found}");
    }
    // One file and one entry of a list may be told twice, a change is made once.
    let applied = planted.apply_plan(0);
    assert!(!applied.contains("skipped"), "{applied}");
    let cleaned = planted.seen();
    assert_eq!(cleaned.keys().filter(|path| path.contains("mã độc")).count(), 0, "{cleaned:#?}");
    let gone: Vec<&String> =
        cleaned.iter().filter(|(_, text)| text.contains("mã độc")).map(|it| it.0).collect();
    // The service stays listed and is never started.
    assert_eq!(gone.len(), 1, "{gone:?}");
    for (text, key) in AFTERWARDS {
        let is_there = |(name, all): (&String, &String)| name.ends_with(key) && all.contains(text);
        assert!(cleaned.iter().any(is_there), "{text}: {cleaned:#?}");
    }
    assert!(!cleaned.values().any(|text| text.contains(TASK_ID) || text.contains("Máy in thử")));
    let clean = planted.scan(0);
    assert!(clean.contains("\"verdict\":\"clean\""), "{clean}");
    // The same plan again finds nothing to change, and makes no run that undoing would choose.
    let again = planted.clean(3, &["apply", "--yes", "--json", "C:\\plan.json"]);
    assert!(!again.contains("\"outcome\":\"done\""), "{again}");
    assert!(
        again.contains("\"why\":\"as-wanted\"") && !again.contains("\"why\":\"changed\""),
        "{again}"
    );
    planted.clean(0, &["undo", "--yes"]);
    let after = planted.seen();
    for (name, text) in &before {
        assert_eq!(after.get(name), Some(text), "{name}");
    }
    assert_eq!(after.len(), before.len());
    // What else runs meanwhile is counted in the summary.
    let findings = |text: &str| -> Vec<String> {
        text.lines().filter(|it| !it.starts_with("{\"summary\"")).map(str::to_owned).collect()
    };
    assert_eq!(findings(&planted.scan(1)), findings(&found));
}

/// A program that waits until it is let go.
struct Running(Child);

impl Running {
    /// Starts it; what it says first.
    fn start(planted: &Planted, program: &str, arguments: &[&str]) -> (Self, String) {
        let mut command = planted.wine.program(program, arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        (Self(child), line)
    }

    fn has_ended(&mut self) -> bool {
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            if self.0.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Whether each of the programs of these numbers still runs.
fn still_run(planted: &Planted, pids: &str) -> Vec<String> {
    let mut arguments = vec!["runs"];
    arguments.extend(pids.split_whitespace());
    let said = planted.wine.run("C:\\probe.exe", &arguments);
    String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_running_program_is_ended_and_a_file_in_use_goes_at_the_next_start() {
    let Some(planted) = Planted::new() else { return };
    let (running, held) = (planted.downloads.join("chạy.exe"), planted.downloads.join("dùng.dll"));
    let mut program = fs::read(planted.wine.drive().join("probe.exe")).unwrap();
    program.extend(MARK.as_bytes());
    fs::write(&running, program).unwrap();
    fs::write(&held, format!("MZ {MARK}")).unwrap();
    let spelled = |name: &str| format!("{}\\Downloads\\{name}", planted.user);
    let (mut ended, pids) = Running::start(&planted, &spelled("chạy.exe"), &["run"]);
    let (holder, said) = Running::start(&planted, "C:\\probe.exe", &["hold", &spelled("dùng.dll")]);
    assert_eq!(said.trim(), "ready");

    assert_eq!(still_run(&planted, &pids), ["yes", "yes"]);
    let applied = planted.apply_plan(3);
    assert!(applied.contains("\"outcome\":\"at-next-start\""), "{applied}");
    assert!(applied.contains("\"change\":\"stop-process\"") && !applied.contains("skipped"));
    assert!(ended.has_ended());
    // The one that it started ended as well.
    assert_eq!(still_run(&planted, &pids), ["no", "no"]);
    assert!(!running.exists() && held.exists());
    let list = |planted: &Planted| {
        let key = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager";
        let shown = planted.wine.run("reg", &["query", key, "/v", "PendingFileRenameOperations"]);
        String::from_utf8_lossy(&shown.stdout).contains("Downloads")
    };
    assert!(list(&planted));
    // A program that was ended is not started again: that is said, so not everything is undone.
    let undone = planted.clean(3, &["undo", "--yes", "--json"]);
    assert!(undone.contains("\"outcome\":\"final\"") && !undone.contains("\"outcome\":\"kept\""));
    assert!(!list(&planted));
    assert!(running.exists() && held.exists());
    drop(holder);
}

#[test]
fn a_value_that_changed_since_the_plan_stays() {
    let Some(planted) = Planted::new() else { return };
    planted.plant_files();
    planted.plant_entries();
    let found = planted.scan(1);
    fs::write(planted.wine.drive().join("found.jsonl"), found).unwrap();
    planted.clean(1, &["plan", "--findings", "C:\\found.jsonl", "-o", "C:\\plan.json"]);
    let key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
    let added = planted.wine.run("reg", &["add", key, "/v", "Cập nhật", "/d", "mới", "/f"]);
    assert!(added.status.success());
    let applied = planted.clean(3, &["apply", "C:\\plan.json", "--yes", "--json"]);
    let skipped: Vec<&str> = applied.lines().filter(|line| line.contains("skipped")).collect();
    assert_eq!(skipped.len(), 1, "{applied}");
    assert!(skipped[0].contains("\"why\":\"changed\"") && skipped[0].contains("Cập nhật"));
}

/// A program without rights could make a key of its own a link to one that it may not write to, and
/// have it written by one that may.
#[test]
fn no_link_leads_a_change_to_another_key() {
    let Some(planted) = Planted::new() else { return };
    planted.plant_files();
    let other = r"HKLM\SOFTWARE\Của người khác";
    let program = format!("{}\\Downloads\\mã độc.exe", planted.user);
    let added = planted.wine.run("reg", &["add", other, "/v", "Chạy", "/d", &program, "/f"]);
    assert!(added.status.success());
    let key = r"Software\Microsoft\Windows\CurrentVersion\RunOnce";
    drop(planted.wine.run("reg", &["delete", &format!("HKCU\\{key}"), "/f"]));
    let target = r"\Registry\Machine\SOFTWARE\Của người khác";
    assert!(planted.wine.run("C:\\probe.exe", &["link", key, target]).status.success());
    // What starts by the link is seen, and named as what stays; what is behind it stays as it is.
    let found = planted.scan(1);
    assert!(found.contains("RunOnce") && found.contains("Chạy"), "{found}");
    let applied = planted.apply_plan(0);
    assert!(!applied.contains("RunOnce") && !applied.contains("skipped"), "{applied}");
    let plan = fs::read_to_string(planted.wine.drive().join("plan.json")).unwrap();
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let told = |list: &str| plan[list].to_string().contains("RunOnce");
    assert!(told("stays") && !told("steps"), "{plan}");
    let shown = planted.wine.run("reg", &["query", other]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("exe"));
    // What an administrator's run keeps lies where no program without those rights writes.
    assert!(planted.wine.drive().join("ProgramData/Lamsach/clean/journals").is_dir());
}

#[test]
fn a_stick_shows_its_folders_again_and_comes_back_the_same() {
    let Some(planted) = Planted::new() else { return };
    let stick = planted.wine.drive().join("stick");
    fs::create_dir_all(stick.join("Tài liệu")).unwrap();
    fs::write(stick.join("Tài liệu/thư.txt"), "thư của người dùng").unwrap();
    fs::write(stick.join("Tài liệu.exe"), "MZ").unwrap();
    fs::write(stick.join("autorun.inf"), "[autorun]\r\nopen=x.exe\r\n").unwrap();
    for (attributes, name) in [("6", "Tài liệu"), ("7", "autorun.inf")] {
        let path = format!("C:\\stick\\{name}");
        assert!(planted.wine.run("C:\\probe.exe", &["dress", attributes, &path]).status.success());
    }
    let look = || {
        let names = ["", "Tài liệu", "Tài liệu.exe", "autorun.inf"];
        let paths = names.map(|name| format!("C:\\stick\\{name}"));
        let mut arguments = vec!["look"];
        arguments.extend(paths.iter().map(String::as_str));
        let looked = planted.wine.run("C:\\probe.exe", &arguments);
        String::from_utf8(looked.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let before = look();
    planted.clean(0, &["usb", "C:\\stick", "--clean", "--yes"]);
    let after = look();
    // Attributes of a folder alone; the decoy and the launcher are not there.
    assert!(after[1].starts_with("00000010 "), "{after:?}");
    assert!(after[2].starts_with('-') && after[3].starts_with('-'), "{after:?}");
    planted.clean(0, &["undo", "--yes"]);
    assert_eq!(look(), before);
}
