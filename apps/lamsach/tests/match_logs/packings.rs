//! Generated logs of every format, plain and packed, against what was planted.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use flate2::write::GzEncoder;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use simulation::{LogKind, LogSettings, Targets, TrueSighting, Truth, write_log};

use super::{run, run_with};

/// 10 November 2026, 00:00 UTC.
const START: i64 = 1_794_268_800;

fn log(kind: LogKind, targets: &Targets, truth: &mut Truth) -> Vec<u8> {
    let settings = LogSettings {
        seed: 5,
        start: Timestamp::from_second(START).unwrap(),
        span: SignedDuration::from_hours(48),
        offset: Offset::constant(7),
        devices: 300,
        infected_devices: 20,
        lines: 1_500,
        planted_per_100k: 3_000,
    };
    let mut log = Vec::new();
    write_log(kind, &settings, targets, truth, &mut log).unwrap();
    log
}

/// Writes a log; the day it was last written gives the year to formats without one.
fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    let written = UNIX_EPOCH + Duration::from_hours(u64::try_from(START / 3_600).unwrap() + 48);
    File::options().append(true).open(path).unwrap().set_modified(written).unwrap();
}

/// Packs with the real program, or with the library where it is not installed.
fn pack(program: &str, bytes: &[u8]) -> Vec<u8> {
    let child = Command::new(program)
        .arg("-c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        if program == "zstd" {
            return zstd::encode_all(bytes, 3).unwrap();
        }
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        return encoder.finish().unwrap();
    };
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let feeding = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap().unwrap();
    output.stdout
}

fn found(out: &str) -> BTreeSet<TrueSighting> {
    let objects = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let sightings = objects.filter(|it| it.get("device").is_some());
    sightings.map(|it| serde_json::from_value(it).unwrap()).collect()
}

#[test]
fn every_format_gives_exactly_what_was_planted_plain_and_packed() {
    let folder = tempfile::tempdir().unwrap();
    let targets = Targets::new(5, 40);
    let mut list = Vec::new();
    targets.write_csv(&mut list).unwrap();
    fs::write(folder.path().join("list.csv"), list).unwrap();
    let mut truth = Truth::default();
    let logs: Vec<(LogKind, Vec<u8>)> =
        LogKind::ALL.into_iter().map(|kind| (kind, log(kind, &targets, &mut truth))).collect();
    let expected: BTreeSet<_> = truth.sightings().into_iter().collect();
    assert!(expected.len() > 200 && truth.near_misses() > 200);
    let formats = LogKind::ALL.map(LogKind::format);
    let packings = [
        (None, ""),
        (Some("gzip"), ".gz"),
        (Some("zstd"), ".zst"),
        (Some("xz"), ".xz"),
        (Some("bzip2"), ".bz2"),
    ];
    // The streams of these two are tested in `domain/unpacking` wherever the programs are not.
    let is_here = |it: &(Option<&str>, _)| !matches!(it.0, Some(program @ ("xz" | "bzip2")) if Command::new(program).arg("-h").output().is_err());
    for (packing, ending) in packings.into_iter().filter(is_here) {
        let mut arguments = vec!["-i".to_owned(), "list.csv".to_owned()];
        arguments.extend(["--output", "json", "--threads", "2"].map(str::to_owned));
        for (kind, bytes) in &logs {
            let name = format!("{}{ending}", kind.file_name());
            let bytes = packing.map_or_else(|| bytes.clone(), |program| pack(program, bytes));
            write(&folder.path().join(&name), &bytes);
            arguments.push(name);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = run(folder.path(), &arguments);
        assert_eq!((ran.status, ran.err.as_str()), (Some(1), ""));
        let found = found(&ran.out);
        let differ: Vec<_> = found.symmetric_difference(&expected).collect();
        assert!(differ.is_empty(), "{packing:?}: {differ:?}");
        let last: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
        let summary = &last["summary"];
        assert_eq!(
            (&summary["lines_read"], &summary["complete"]),
            (&truth.lines().into(), &true.into())
        );
        for (file, format) in summary["files"].as_array().unwrap().iter().zip(formats) {
            assert_eq!(file["format"], format, "{file}");
            assert_eq!(file["compression"].as_str(), packing);
        }
    }
}

/// Packs files of a folder into one, with the real program.
fn zip(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let zip = Command::new("zip").current_dir(folder).args(["-q", "-"]).args(arguments).output();
    zip.expect("zip is installed (script/setup installs it)").stdout
}

#[test]
fn a_zip_of_logs_gives_exactly_what_was_planted_from_a_file_and_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let targets = Targets::new(5, 40);
    let mut list = Vec::new();
    targets.write_csv(&mut list).unwrap();
    fs::write(folder.path().join("list.csv"), list).unwrap();
    let mut truth = Truth::default();
    fs::create_dir(folder.path().join("logs")).unwrap();
    for kind in LogKind::ALL {
        let log = log(kind, &targets, &mut truth);
        write(&folder.path().join("logs").join(kind.file_name()), &log);
    }
    let expected: BTreeSet<_> = truth.sightings().into_iter().collect();
    let archive = zip(folder.path(), &["-r", "logs"]);
    write(&folder.path().join("logs.zip"), &archive);
    let from_file = run(folder.path(), &["-i", "list.csv", "--output", "json", "logs.zip"]);
    let from_pipe = run_with(folder.path(), &["-i", "list.csv", "--output", "json", "-"], &archive);
    for (ran, name) in [(from_file, "logs.zip"), (from_pipe, "-")] {
        assert_eq!((ran.status, ran.err.as_str()), (Some(1), ""));
        assert_eq!(found(&ran.out), expected);
        let last: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
        let summary = &last["summary"];
        assert_eq!(
            (&summary["lines_read"], &summary["complete"]),
            (&truth.lines().into(), &true.into())
        );
        let mut told: Vec<&str> = summary["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["file"].as_str().unwrap())
            .collect();
        told.sort_unstable();
        let mut files: Vec<String> =
            LogKind::ALL.map(|it| format!("{name}/logs/{}", it.file_name())).into();
        files.sort();
        assert_eq!(told, files);
    }
}

#[test]
fn a_log_behind_a_password_is_named_and_the_others_are_read() {
    let folder = super::folder();
    fs::write(folder.path().join("a.log"), super::CLEAN_LINE).unwrap();
    fs::write(folder.path().join("b.log"), super::CLEAN_LINE.repeat(3)).unwrap();
    let whole = zip(folder.path(), &["a.log", "b.log"]);
    fs::write(folder.path().join("all.zip"), whole).unwrap();
    assert_eq!(run(folder.path(), &["-i", "list.txt", "all.zip"]).status, Some(0));
    let locked = zip(folder.path(), &["-P", "secret", "a.log"]);
    fs::write(folder.path().join("locked.zip"), locked).unwrap();
    let ran = run(folder.path(), &["-i", "list.txt", "locked.zip", "all.zip"]);
    assert_eq!(ran.status, Some(3));
    assert!(
        ran.out.contains("! locked.zip/a.log: Nhật ký trong tệp nén được đặt mật khẩu"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("all.zip/b.log"), "{}", ran.out);
}

#[test]
fn a_packed_log_may_come_through_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let targets = Targets::new(5, 40);
    let mut list = Vec::new();
    targets.write_csv(&mut list).unwrap();
    fs::write(folder.path().join("list.csv"), list).unwrap();
    let mut truth = Truth::default();
    let log = log(LogKind::Bind, &targets, &mut truth);
    for bytes in [log.clone(), pack("gzip", &log), pack("zstd", &log)] {
        let ran = run_with(folder.path(), &["-i", "list.csv", "--output", "json", "-"], &bytes);
        assert_eq!(found(&ran.out), truth.sightings().into_iter().collect());
    }
}

#[test]
fn a_broken_archive_gives_what_was_there_and_status_1_or_3() {
    let folder = super::folder();
    let text = super::EVIL_LINES.to_owned() + &super::CLEAN_LINE.repeat(20_000);
    let whole = pack("gzip", text.as_bytes());
    fs::write(folder.path().join("cut.gz"), &whole[..whole.len() / 2]).unwrap();
    let ran = run(folder.path(), &["-i", "list.txt", "cut.gz"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.out.contains("! cut.gz: Tệp nén bị thiếu phần cuối"), "{}", ran.out);
    assert!(ran.out.contains("CHƯA ĐỌC HẾT"), "{}", ran.out);
    let whole = pack("gzip", super::CLEAN_LINE.repeat(20_000).as_bytes());
    fs::write(folder.path().join("cut.gz"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(run(folder.path(), &["-i", "list.txt", "cut.gz"]).status, Some(3));
}
