//! The module gives what the program gives, to the byte, of every log and every packing, and all of it
//! is true.
//!
//! The module runs in Node, whose engine is Chromium's. `script/test` builds it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{env, io};

use indicators::{ReadOptions, read_list};
use jiff::{SignedDuration, Timestamp, tz::Offset};
use lamsach_browser::{Log, NamesAsked, NamesFile, check, read_names};
use matching::{Index, IndexBuilder};
use serde_json::Value;
use simulation::{
    Fillers, LogKind, LogSettings, Targets, TrueSighting, Truth, write_capture, write_log,
};

const ZONE: &str = "Asia/Ho_Chi_Minh";
const WRITTEN: Duration = Duration::from_hours(498_288);

const CUT_ZSTD: &str = "cut.zst";

/// The module that `script/browser` built.
fn module() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let module = target.join("lamsach-browser.wasm");
    assert!(module.exists(), "{}: run script/browser", module.display());
    module
}

/// Lines of each log: enough for several blocks.
fn lines() -> u64 {
    if env::var_os("LAMSACH_FULL").is_some() { 100_000 } else { 6_000 }
}

fn settings() -> LogSettings {
    LogSettings {
        seed: 18,
        start: "2026-10-30T15:00:00Z".parse().unwrap(),
        span: SignedDuration::from_hours(24 * 5),
        offset: Offset::constant(7),
        devices: 2_000,
        infected_devices: 150,
        lines: lines(),
        planted_per_100k: 1_500,
    }
}

fn index(targets: &Targets) -> Index {
    let mut lists = [Vec::new(), Vec::new()];
    targets.write_csv(&mut lists[0]).unwrap();
    let fillers = Fillers { domains: 8_000, addresses: 4_000, networks: 100, v6: 100, urls: 100 };
    fillers.write_csv(&mut lists[1]).unwrap();
    let mut builder = IndexBuilder::default();
    for list in lists {
        read_list(&mut list.as_slice(), ReadOptions::default(), |indicator| {
            builder.push(&indicator, "list.csv").unwrap();
        });
    }
    builder.build()
}

/// A log in a folder, as a program left it at [`WRITTEN`].
fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    let mut file = File::create(&path).unwrap();
    file.write_all(bytes).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + WRITTEN).unwrap();
    path
}

/// What the module gives of each log.
fn by_module(index: &Path, logs: &[PathBuf]) -> Vec<Value> {
    by_module_with(index, &[], logs)
}

/// The same with files of names; what became of them stands first.
fn by_module_with(index: &Path, names: &[PathBuf], logs: &[PathBuf]) -> Vec<Value> {
    let runner = concat!(env!("CARGO_MANIFEST_DIR"), "/check.mjs");
    let mut node = Command::new("node");
    node.arg(runner).arg(module()).arg(index).arg(ZONE);
    node.args(names.iter().map(|it| format!("--names={}", it.display()))).args(logs);
    let output = node.output().expect("node is installed (script/setup installs it)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    let mut values: Vec<Value> = values.map(Result::unwrap).collect();
    let end = values.pop().unwrap();
    assert!(end["cpu_seconds"].is_number(), "{end}");
    values
}

fn by_program(index: &Index, path: &Path) -> Vec<Value> {
    let log = Log {
        file: path.file_name().unwrap().to_str().unwrap().to_owned(),
        modified_ms: i64::try_from(WRITTEN.as_millis()).ok(),
        zone: ZONE.to_owned(),
        sha256: None,
    };
    let bytes = Box::new(File::open(path).unwrap());
    let checked = check(index, log, Arc::default(), bytes, &|_, _| {});
    checked.into_iter().map(|it| serde_json::to_value(it).unwrap()).collect()
}

/// Compares both on every log in every file; gives what the module gave.
fn compare(index: &Index, folder: &Path, logs: &[PathBuf]) -> Vec<Value> {
    let image = folder.join("index.lamsach");
    fs::write(&image, index.as_bytes()).unwrap();
    let found = by_module(&image, logs);
    let expected: Vec<(&PathBuf, Value)> = logs
        .iter()
        .flat_map(|log| by_program(index, log).into_iter().map(move |it| (log, it)))
        .collect();
    assert_eq!(found.len(), expected.len());
    for ((log, mut expected), found) in expected.into_iter().zip(&found) {
        let mut found = found.clone();
        if log.ends_with(CUT_ZSTD) {
            // The decompressor in Rust gives a frame's last window when the frame ends, and not
            // when it breaks off: less is read before the same fault.
            let code = |it: &Value| it["sent"]["log"]["problem"]["code"].clone();
            (expected, found) = (code(&expected), code(&found));
        }
        assert!(found == expected, "{}: {found} instead of {expected}", log.display());
    }
    found
}

/// A zip with one log, as a program that streams writes it.
fn zipped(log: &[u8]) -> Vec<u8> {
    let mut zip = zip_archives::ZipWriter::new_stream(Vec::new());
    zip.start_file("logs/one.log", zip_archives::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(log).unwrap();
    zip.finish().unwrap().into_inner()
}

fn sightings(checked: &Value) -> Vec<TrueSighting> {
    let sightings = checked["sent"]["sightings"].as_array().unwrap();
    let mut all: Vec<TrueSighting> =
        sightings.iter().map(|it| serde_json::from_value(it.clone()).unwrap()).collect();
    all.sort();
    all
}

#[test]
fn every_log_gives_the_truth_in_the_browser_as_it_does_outside() {
    let folder = tempfile::tempdir().unwrap();
    let targets = Targets::new(1, 60);
    let index = index(&targets);
    let (mut logs, mut truths) = (Vec::new(), Vec::new());
    let kinds = LogKind::ALL.into_iter().map(Some).chain([None]);
    for kind in kinds {
        let (mut truth, mut log) = (Truth::default(), Vec::new());
        let name = if let Some(kind) = kind {
            write_log(kind, &settings(), &targets, &mut truth, &mut log).unwrap();
            kind.file_name()
        } else {
            write_capture(&settings(), &targets, &mut truth, &mut log).unwrap();
            "capture.pcap".to_owned()
        };
        logs.push(put(folder.path(), &name, &log));
        truths.push(truth.sightings());
    }
    let found = compare(&index, folder.path(), &logs);
    for ((log, truth), found) in logs.iter().zip(truths).zip(&found) {
        assert!(!truth.is_empty());
        assert_eq!(sightings(found), truth, "{}", log.display());
        assert_eq!(found["sent"]["log"]["problem"], Value::Null, "{}", log.display());
    }
}

#[test]
fn every_packing_and_every_fault_is_told_alike() {
    let folder = tempfile::tempdir().unwrap();
    let targets = Targets::new(1, 60);
    let index = index(&targets);
    let mut truth = Truth::default();
    let mut log = Vec::new();
    write_log(LogKind::Bind, &settings(), &targets, &mut truth, &mut log).unwrap();
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&log).unwrap();
        encoder.finish().unwrap()
    };
    let bzip2 = {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(&log).unwrap();
        encoder.finish().unwrap()
    };
    let xz = {
        let options = lzma_rust2::XzOptions::with_preset(1);
        let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
        writer.write_all(&log).unwrap();
        writer.finish().unwrap()
    };
    let zstd = zstd::encode_all(log.as_slice(), 3).unwrap();
    let text = String::from_utf8(log.clone()).unwrap();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let whole = [
        ("log.gz", gzip.clone()),
        ("log.bz2", bzip2),
        ("log.xz", xz),
        ("log.zst", zstd.clone()),
        ("log.utf16", [&b"\xff\xfe"[..], &utf16].concat()),
        ("one.zip", zipped(&log)),
        ("two.gz", [gzip.as_slice(), &gzip].concat()),
    ];
    let faulty = [
        ("cut.gz", gzip[..gzip.len() / 2].to_vec()),
        (CUT_ZSTD, zstd[..zstd.len() / 2].to_vec()),
        ("followed.zst", [&zstd[..], b"something else"].concat()),
        ("empty.log", Vec::new()),
        ("words.log", "nothing that any program writes\n".repeat(50).into_bytes()),
        ("binary.log", (0..200_u8).cycle().take(50_000).collect()),
        ("archive.zip", b"PK\x03\x04 and more".to_vec()),
        ("archive.7z", b"7z\xbc\xaf\x27\x1c and more".to_vec()),
        ("long-line.log", [&log[..], &vec![b'a'; 3 << 20], b"\n", &log].concat()),
    ];
    let put = |(name, bytes): &(&str, Vec<u8>)| put(folder.path(), name, bytes);
    let logs: Vec<PathBuf> = whole.iter().chain(&faulty).map(put).collect();
    let found = compare(&index, folder.path(), &logs);
    for (log, found) in logs.iter().zip(&found).take(whole.len() - 1) {
        assert_eq!(sightings(found), truth.sightings(), "{}", log.display());
    }
    let told: Vec<_> =
        found[whole.len()..].iter().map(|it| &it["sent"]["log"]["problem"]).collect();
    let codes: Vec<_> = told.iter().map(|it| it["code"].as_str().unwrap_or("-")).collect();
    let expected = [
        "truncated",
        "truncated",
        "trailing-bytes",
        "empty",
        "no-format",
        "binary",
        "truncated",
        "packed",
        "-",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn files_of_names_tell_the_devices_in_the_browser_as_they_do_outside() {
    let folder = tempfile::tempdir().unwrap();
    let targets = Targets::new(1, 60);
    let index = index(&targets);
    let image = folder.path().join("index.lamsach");
    fs::write(&image, index.as_bytes()).unwrap();
    let (mut truth, mut log) = (Truth::default(), Vec::new());
    write_log(LogKind::Bind, &settings(), &targets, &mut truth, &mut log).unwrap();
    let log = put(folder.path(), "query.log", &log);
    // Every second device of the truth has a name.
    let mut devices: Vec<String> = truth.sightings().into_iter().map(|it| it.device).collect();
    devices.dedup();
    let rows = devices.iter().enumerate().step_by(2);
    let rows: Vec<String> = rows.map(|(number, it)| format!("{it},may-{number}\n")).collect();
    let table = format!("ip,name\nnot-an-address,x\n{}", rows.concat());
    let inventory = put(folder.path(), "danh-muc.csv", table.as_bytes());
    let mut found = by_module_with(&image, &[inventory], std::slice::from_ref(&log));
    let told = found.remove(0);
    assert_eq!(told[0]["claims"], devices.len().div_ceil(2));
    assert_eq!(told[0]["refused_lines"], serde_json::json!([{"line": 2, "reason": "bad-address"}]));

    let asked = NamesAsked {
        zone: ZONE.to_owned(),
        site: String::new(),
        files: vec![NamesFile { file: "danh-muc.csv".to_owned(), modified_ms: None }],
    };
    let (names, _) = read_names(asked, vec![table.into_bytes()]);
    let of = Log {
        file: "query.log".to_owned(),
        modified_ms: i64::try_from(WRITTEN.as_millis()).ok(),
        zone: ZONE.to_owned(),
        sha256: None,
    };
    let bytes = Box::new(File::open(&log).unwrap());
    let expected = check(&index, of, Arc::new(names), bytes, &|_, _| {}).remove(0);
    assert_eq!(found, [serde_json::to_value(&expected).unwrap()]);
    let has_name = |it: &&lamsach_browser::SentSighting| {
        it.device_name.as_deref().is_some_and(|name| name.starts_with("may-"))
    };
    let named = expected.sent.sightings.iter().filter(has_name).count();
    assert!(named > 0 && named < expected.sent.sightings.len(), "{named}");

    // One that is none is told, and no log is matched by what others said.
    let story = put(folder.path(), "story.txt", "chuyện bên lề\n".repeat(30).as_bytes());
    let told = by_module_with(&image, &[story], &[]).remove(0);
    assert_eq!(told[0]["problem"], "unknown-format");
}

#[test]
fn no_line_of_the_log_is_in_what_is_sent() {
    let targets = Targets::new(1, 60);
    let index = index(&targets);
    let (mut truth, mut log) = (Truth::default(), Vec::new());
    write_log(LogKind::Fortigate, &settings(), &targets, &mut truth, &mut log).unwrap();
    // One of what is listed is in it: otherwise a long log may leave it out.
    let mut list = Vec::new();
    targets.write_csv(&mut list).unwrap();
    let list = String::from_utf8(list).unwrap();
    let listed =
        list.lines().filter_map(|line| line.split(',').next()).find(|it| it.contains(".example"));
    log.extend_from_slice(format!("what nobody understands: {}\n", listed.unwrap()).as_bytes());
    let of =
        Log { file: "f.log".to_owned(), modified_ms: None, zone: ZONE.to_owned(), sha256: None };
    let bytes: Box<dyn io::Read + Send> = Box::new(io::Cursor::new(log.clone()));
    let checked = check(&index, of, Arc::default(), bytes, &|_, _| {}).remove(0);
    assert_eq!(checked.lines.len(), checked.sent.sightings.len());
    assert_eq!(checked.not_parsed.len(), 1);
    let sent = serde_json::to_string(&checked.sent).unwrap();
    for line in String::from_utf8(log).unwrap().lines() {
        assert!(!sent.contains(line));
        // Fields that FortiGate writes into every line, and that no sighting has.
        assert!(!sent.contains("devname"));
    }
    let place = &checked.sent.sightings[0];
    assert!(checked.lines[0].contains(&place.device), "the line is there, for this machine");
    let _: Option<Timestamp> = place.first_seen.as_deref().map(|it| it.parse().unwrap());
}
