//! Results of scans as files: what is in them, and what is not. Every sample is harmless.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use clean_up::{EnrolmentCode, ScanResult};

const MARK: &str = "lamsach-harmless-test-mark-7f3a";
const CODE: &str = "ABCDE-FGH01-23456-789XY";

fn scan(program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(["scan", "--rules", "rules.yar", "--json"])
        .args(arguments)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("LAMSACH_LANGUAGE", "en")
        .env_remove("LAMSACH_CODE")
        .output()
        .unwrap()
}

fn tool() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_lamsach-clean"))
}

fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("disk/home/nguyenvana/Ảnh cưới")).unwrap();
    fs::create_dir_all(root.join("disk/etc")).unwrap();
    let mark = format!("{{ strings: $a = \"{MARK}\" condition: $a }}");
    let risk =
        "{ meta: category = \"risk\" strings: $a = \"lamsach-harmless-crack\" condition: $a }";
    fs::write(root.join("rules.yar"), format!("rule mark {mark}\nrule crack {risk}")).unwrap();
    fs::write(root.join("disk/home/nguyenvana/Ảnh cưới/x.exe"), format!("… {MARK}")).unwrap();
    fs::write(root.join("disk/home/nguyenvana/crack.txt"), "lamsach-harmless-crack").unwrap();
    fs::write(root.join("disk/etc/machine-id"), "00112233445566778899aabbccddeeff\n").unwrap();
    folder
}

fn read(path: &Path) -> (String, ScanResult) {
    let text = fs::read_to_string(path).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let result = serde_json::from_str(file["result"].as_str().unwrap()).unwrap();
    (text, result)
}

#[test]
fn a_result_names_the_pc_and_no_person() {
    let world = world();
    let arguments = ["--root", "disk", "--device", "PC-07", "--code", CODE, "--result", "r.json"];
    let output = scan(tool(), world.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let (text, result) = read(&world.path().join("r.json"));
    assert_eq!((result.device.name.as_str(), result.scope.as_str()), ("PC-07", "computer"));
    assert_eq!(result.verdict, "infected");
    let paths: Vec<_> = result.findings.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["/home/*/*.exe"], "and no cracked software");
    for private in ["nguyenvana", "Ảnh", "crack", "00112233445566778899aabbccddeeff", "ABCDE"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    let code = EnrolmentCode::parse(CODE).unwrap();
    assert_eq!(result.device.mark, code.mark_of(b"00112233445566778899aabbccddeeff"));
    assert!(text.contains(&code.public().to_string()));
    // Only when somebody asks for it.
    let more = [&arguments[..], &["--full-paths", "--with-risks"]].concat();
    scan(tool(), world.path(), &more);
    let (text, result) = read(&world.path().join("r.json"));
    assert_eq!(result.findings.len(), 2);
    assert!(text.contains("/home/nguyenvana/Ảnh cưới/x.exe"));
}

#[test]
fn a_clean_pc_takes_less_than_20_kilobytes() {
    let world = world();
    let files = world.path().join("disk/etc/many");
    fs::create_dir(&files).unwrap();
    for number in 0..300 {
        fs::write(files.join(format!("tệp-{number}")), "nothing").unwrap();
    }
    let arguments = ["--device", "PC-07", "--code", CODE, "--result", "r.json", "disk/etc"];
    let output = scan(tool(), world.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let (text, result) = read(&world.path().join("r.json"));
    assert_eq!((result.verdict.as_str(), result.scope.as_str()), ("clean", "places"));
    assert!(text.len() < 20_000 && !text.contains("tệp-"), "{}", text.len());
}

#[test]
fn the_code_stands_in_the_name_of_the_program() {
    let world = world();
    let named = world.path().join(format!("lamsach-clean-{CODE}"));
    fs::copy(tool(), &named).unwrap();
    let arguments = ["--device", "PC-07", "--result", "r.json", "disk/etc"];
    assert_eq!(scan(&named, world.path(), &arguments).status.code(), Some(0));
    let (text, _) = read(&world.path().join("r.json"));
    assert!(text.contains(&EnrolmentCode::parse(CODE).unwrap().public().to_string()));
    // Without one, nothing is scanned for nothing.
    let output = scan(tool(), world.path(), &arguments);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(output.stdout.is_empty() && err.contains("enrolment code is missing"), "{err}");
    let wrong = [&arguments[..], &["--code", "ABCDE"]].concat();
    assert_eq!(scan(tool(), world.path(), &wrong).status.code(), Some(2));
    let nameless = ["--root", "disk", "--code", CODE, "--result", "r.json"];
    let output = scan(tool(), world.path(), &nameless);
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("--device"), "{err}");
}

#[test]
fn a_portal_that_is_not_there_is_said_after_the_result_was_kept() {
    let world = world();
    let arguments = [
        "--device",
        "PC-07",
        "--code",
        CODE,
        "--result",
        "r.json",
        "--send",
        "http://127.0.0.1:1",
        "disk/etc",
    ];
    let output = scan(tool(), world.path(), &arguments);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("Try again later"), "{err}");
    assert!(world.path().join("r.json").exists() && !output.stdout.is_empty());
    let output =
        scan(tool(), world.path(), &["--code", CODE, "--send", "http://192.0.2.1", "disk/etc"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("https"));
}
