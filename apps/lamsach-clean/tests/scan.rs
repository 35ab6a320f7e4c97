//! `lamsach-clean scan`, as a person or a script runs it. Every sample is harmless: a text that
//! only the rule of the test knows.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use sha2::{Digest as _, Sha256};

const MARK: &str = "lamsach-harmless-test-mark-7f3a";

fn scan(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lamsach-clean"))
        .arg("scan")
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env_remove("LAMSACH_LANGUAGE")
        .output()
        .unwrap()
}

fn objects(output: &Output) -> (Vec<serde_json::Value>, serde_json::Value) {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut lines: Vec<serde_json::Value> =
        text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let summary = lines.pop().unwrap()["summary"].clone();
    (lines, summary)
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A folder with rules and files, two of which hold the mark.
fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("files/thư mục")).unwrap();
    let rule = format!(
        "rule test_mark {{ meta: description = \"harmless\" strings: $a = \"{MARK}\" condition: $a }}"
    );
    fs::write(root.join("rules.yar"), rule).unwrap();
    fs::write(root.join("files/clean.txt"), "nothing").unwrap();
    fs::write(root.join("files/thư mục/mã.txt"), format!("… {MARK}")).unwrap();
    fs::write(root.join("files/packed.txt.gz"), gzipped(MARK.as_bytes())).unwrap();
    folder
}

#[test]
fn findings_are_told_with_the_way_to_them() {
    let world = world();
    let output = scan(world.path(), &["--rules", "rules.yar", "--json", "files"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let (findings, summary) = objects(&output);
    assert_eq!(findings.len(), 2);
    assert_eq!(findings[0]["path"], "files/packed.txt.gz");
    assert_eq!(findings[0]["inside"][0], "packed.txt");
    assert_eq!(findings[0]["rule"], "test_mark");
    assert_eq!(findings[0]["category"], "malware");
    assert_eq!(findings[0]["sha256"], hex(MARK.as_bytes()));
    assert_eq!(findings[1]["path"], "files/thư mục/mã.txt");
    assert!(findings[1].get("inside").is_none());
    assert_eq!((&summary["seen"], &summary["scanned"]), (&3.into(), &3.into()));
    assert_eq!(summary["verdict"], "infected");
    assert_eq!(summary["complete"], true);
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().flat_map(|it| [it >> 4, it & 0xf]).map(digit).collect()
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap()
}

#[test]
fn hashes_find_files_and_parts() {
    let world = world();
    let list = format!("# test\n{};Test.Mark\n", hex(MARK.as_bytes()));
    fs::write(world.path().join("hashes.csv"), list).unwrap();
    let output = scan(world.path(), &["--hashes", "hashes.csv", "--json", "files"]);
    let (findings, _) = objects(&output);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["what"], "hash");
    assert_eq!(findings[0]["indicator"], hex(MARK.as_bytes()).as_str());
    assert_eq!(findings[0]["description"], "Test.Mark");
}

#[test]
fn the_exit_status_says_what_came_of_it() {
    let world = world();
    let root = world.path();
    let check = |arguments: &[&str], expected: i32| {
        let output = scan(root, arguments);
        assert_eq!(output.status.code(), Some(expected), "{arguments:?} {output:?}");
        output
    };
    check(&["--rules", "rules.yar", "files/clean.txt"], 0);
    check(&["--rules", "rules.yar", "files"], 1);
    check(&["files"], 2);
    check(&["--rules", "none.yar", "files"], 2);
    fs::write(root.join("bad.yar"), "rule a { condition: $b }").unwrap();
    check(&["--rules", "bad.yar", "files"], 2);
    // One file of rules that cannot be used, among others, is said and makes the run incomplete.
    let output = check(&["--rules", "rules.yar", "--rules", "bad.yar", "files/clean.txt"], 3);
    assert!(String::from_utf8(output.stderr).unwrap().contains("bad.yar"));
    check(&["--rules", "rules.yar", "files/none"], 3);
    check(&["--rules", "rules.yar", "--no-unpack", "files/packed.txt.gz"], 3);
    fs::write(root.join("files/cut.gz"), &gzipped(b"some longer text")[..22]).unwrap();
    check(&["--rules", "rules.yar", "files/cut.gz"], 3);
}

#[test]
fn people_read_vietnamese_unless_they_ask_for_english() {
    let world = world();
    let output = scan(world.path(), &["--rules", "rules.yar", "files"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("MÃ ĐỘC: files/packed.txt.gz → packed.txt"), "{text}");
    assert!(text.contains("Kết luận: có mã độc."), "{text}");
    let output = scan(world.path(), &["--language", "en", "--rules", "rules.yar", "files"]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("Verdict: infected."));
}

#[test]
fn a_root_is_told_as_its_own_system_knows_it() {
    let world = world();
    let output =
        scan(world.path(), &["--rules", "rules.yar", "--root", "files", "--json", "/thư mục"]);
    let (findings, _) = objects(&output);
    assert_eq!(findings[0]["path"], "/thư mục/mã.txt");
}

#[cfg(unix)]
#[test]
fn a_second_scan_reads_only_what_changed() {
    let world = world();
    let root = world.path();
    let settled = std::time::SystemTime::now() - std::time::Duration::from_hours(1);
    let run = || {
        let output = scan(root, &["--rules", "rules.yar", "--memory", "memory", "--json", "files"]);
        let (findings, summary) = objects(&output);
        assert_eq!(findings.len(), 2);
        summary["remembered"].as_u64().unwrap()
    };
    assert_eq!(run(), 0);
    // A file is remembered once it has rested; its time of change cannot be set back by a test.
    fs::File::open(root.join("files/clean.txt")).unwrap().set_modified(settled).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while run() == 0 {
        assert!(std::time::Instant::now() < deadline, "never remembered");
    }
    fs::write(root.join("files/clean.txt"), "changed").unwrap();
    assert_eq!(run(), 0);
    // Other rules remember nothing of these.
    fs::write(root.join("other.yar"), "rule other { condition: false }").unwrap();
    let output = scan(root, &["--rules", "other.yar", "--memory", "memory", "--json", "files"]);
    assert_eq!(objects(&output).1["remembered"], 0);
}

/// A scan that is in the middle of many files, with the marked one behind them, once it has written down
/// what it is done with.
#[cfg(unix)]
fn in_the_middle(root: &Path) -> std::process::Child {
    fs::create_dir(root.join("many")).unwrap();
    let text = "nothing to be found in here. ".repeat(700);
    for number in 0..6_000 {
        fs::write(root.join(format!("many/{number:04}.txt")), format!("{number} {text}")).unwrap();
    }
    // What was written just now is not remembered.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let mut child = Command::new(env!("CARGO_BIN_EXE_lamsach-clean"))
        .args(["scan", "--rules", "rules.yar", "--memory", "memory", "--gentle", "--json"])
        .args(["many", "files"])
        .current_dir(root)
        .env("XDG_STATE_HOME", root.join("state"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while remembered(root) == 0 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before it wrote anything down");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child
}

/// How many files the memory has.
#[cfg(unix)]
fn remembered(root: &Path) -> u64 {
    fs::metadata(root.join("memory")).map_or(0, |it| it.len().saturating_sub(56) / 16)
}

/// A whole scan of the same places afterwards: what it found, and what it did not have to read.
#[cfg(unix)]
fn gone_on_with(root: &Path) -> (Vec<serde_json::Value>, u64) {
    let arguments = ["--rules", "rules.yar", "--memory", "memory", "--json", "many", "files"];
    let output = scan(root, &arguments);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let (findings, summary) = objects(&output);
    assert_eq!((&summary["seen"], &summary["complete"]), (&6_003.into(), &true.into()));
    (findings, summary["remembered"].as_u64().unwrap())
}

#[cfg(unix)]
#[test]
fn a_scan_that_was_killed_goes_on_where_it_was() {
    let world = world();
    let root = world.path();
    let mut child = in_the_middle(root);
    child.kill().unwrap();
    child.wait().unwrap();
    let done = remembered(root);
    let (findings, skipped) = gone_on_with(root);
    assert_eq!(findings.len(), 2);
    assert_eq!(skipped, done);
    assert!((1..6_000).contains(&done), "{done}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_scan_that_says_what_it_found_and_loses_nothing() {
    let world = world();
    let root = world.path();
    let child = in_the_middle(root);
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let (_, summary) = objects(&output);
    assert_eq!((&summary["complete"], &summary["verdict"]), (&false.into(), &"incomplete".into()));
    assert_eq!(summary["not_scanned"]["cancelled"], 1);
    let scanned = summary["scanned"].as_u64().unwrap();
    let (findings, skipped) = gone_on_with(root);
    assert_eq!((findings.len(), skipped), (2, scanned));
}

#[test]
fn nothing_to_look_at_is_not_clean() {
    let world = world();
    fs::create_dir(world.path().join("empty")).unwrap();
    let all = [
        &["empty"][..],
        &["--root", "empty"],
        &["--quick", "--root", "empty"],
        &["rules.yar", "empty"],
    ];
    for arguments in all {
        let arguments = [&["--rules", "rules.yar", "--json"], arguments].concat();
        let output = scan(world.path(), &arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?} {output:?}");
        let (_, summary) = objects(&output);
        assert_eq!(summary["verdict"], "incomplete");
        assert_eq!(summary["not_scanned"]["nothing-there"], 1);
    }
}

/// Rules hold what they look for.
#[test]
fn the_rules_of_a_scan_are_no_finding_wherever_they_lie() {
    let world = world();
    let root = world.path();
    fs::create_dir(root.join("rules")).unwrap();
    fs::rename(root.join("rules.yar"), root.join("rules/rules.yar")).unwrap();
    fs::copy(root.join("rules/rules.yar"), root.join("files/bản sao.yar")).unwrap();
    let output = scan(root, &["--rules", "rules", "--json", "."]);
    let (findings, summary) = objects(&output);
    let found: Vec<_> = findings.iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(found, ["./files/packed.txt.gz", "./files/thư mục/mã.txt"]);
    assert_eq!(summary["good"], 2);
    // What is no rules is found among them, and what a list names whatever it is.
    fs::write(root.join("rules/x.yar"), format!("MZ {MARK}")).unwrap();
    let hash = hex(&fs::read(root.join("rules/rules.yar")).unwrap());
    fs::write(root.join("hashes.csv"), format!("{hash};known")).unwrap();
    let output = scan(root, &["--rules", "rules", "--hashes", "hashes.csv", "--json", "rules"]);
    let (findings, _) = objects(&output);
    let found: Vec<_> =
        findings.iter().map(|it| (it["path"].as_str().unwrap(), &it["what"])).collect();
    assert_eq!(found, [("rules/rules.yar", &"hash".into()), ("rules/x.yar", &"rule".into())]);
}
