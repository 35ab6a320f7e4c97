//! Archives of logs: each member is a log of its own, and what could not be read is told.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::io::{Cursor, Read, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::tz::TimeZone;
use log_check::{
    CheckReport, ListInput, LogInput, Problem, Progress, Settings, check_logs,
    check_logs_one_by_one, load_lists, open_member,
};
use matching::Index;
use zip_archives::CompressionMethod;
use zip_archives::write::{SimpleFileOptions, ZipWriter};

#[derive(Default)]
struct Counting {
    bytes: AtomicU64,
    stop_behind: Option<u64>,
}

impl Progress for Counting {
    fn advanced(&self, raw_bytes: u64, _: u64) {
        self.bytes.fetch_add(raw_bytes, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.stop_behind.is_some_and(|stop| self.bytes.load(Ordering::Relaxed) >= stop)
    }
}

fn index() -> Index {
    let bytes: Box<dyn Read + Send> = Box::new(&b"evil.example\n"[..]);
    let list = ListInput { name: "list".into(), bytes: Ok(bytes) };
    load_lists(vec![list], log_check::ReadOptions::default()).unwrap().index
}

fn settings() -> Settings {
    Settings { threads: 2, hash_logs: true, ..Settings::new(TimeZone::UTC) }
}

fn log(bytes: Vec<u8>) -> LogInput {
    let bytes: Box<dyn Read + Send> = Box::new(Cursor::new(bytes));
    LogInput { name: "all.zip".into(), modified: None, size_bytes: None, bytes: Ok(bytes) }
}

fn run(bytes: Vec<u8>) -> CheckReport {
    check_logs(&index(), vec![log(bytes)], &settings(), &Counting::default())
}

fn bind(device: u8, name: &str) -> String {
    format!(
        "24-Nov-2026 08:00:01.123 client @0x7f 10.0.0.{device}#51511 ({name}): query: {name} IN A +E(0)K (10.0.0.1)\n"
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Each log: name, lines, and its problem's code.
fn files(report: &CheckReport) -> Vec<(&str, u64, &str)> {
    let code = |problem: &Option<Problem>| problem.as_ref().map_or("-", Problem::code);
    report
        .summary
        .files
        .iter()
        .map(|it| (it.file.as_str(), it.lines_read, code(&it.problem)))
        .collect()
}

/// Each sighting: device, count, log and line of the evidence.
fn sightings(report: &CheckReport) -> Vec<(&str, u64, &str, u64)> {
    report
        .sightings
        .iter()
        .map(|it| {
            let evidence = &it.evidence;
            (it.device.as_str(), it.count, evidence.file.as_str(), evidence.line_number)
        })
        .collect()
}

#[test]
fn each_member_is_a_log_with_a_format_a_hash_and_evidence_of_its_own() {
    let first = bind(7, "a.evil.example") + &bind(8, "notevil.example");
    let fortigate = "date=2026-11-24 time=08:00:02 tz=\"+0700\" type=\"utm\" subtype=\"dns\" srcip=10.0.0.9 qname=\"evil.example\" ipaddr=\"203.0.113.9\" action=\"pass\"\n".repeat(3);
    let second = bind(8, "good.example") + &bind(7, "evil.example");
    let archive = zip(&[
        ("dns/one.log", first.as_bytes()),
        ("fw.log", fortigate.as_bytes()),
        ("dns/two.log.gz", &gzip(second.as_bytes())),
    ]);
    let report = run(archive.clone());
    assert_eq!(
        files(&report),
        [
            ("all.zip/dns/one.log", 2, "-"),
            ("all.zip/fw.log", 3, "-"),
            ("all.zip/dns/two.log.gz", 2, "-")
        ]
    );
    assert!(report.summary.complete);
    let told = &report.summary.files;
    assert!(told.iter().all(|it| it.archive.as_deref() == Some("all.zip")));
    let formats: Vec<_> = told.iter().map(|it| it.format.as_deref().unwrap()).collect();
    assert_eq!(formats, ["bind", "fortigate", "bind"]);
    assert_eq!(told[2].compression.as_deref(), Some("gzip"));
    // The hash of a log is the one it has outside of the archive, where it may have been sent before.
    let outside = |bytes: &[u8]| run(bytes.to_vec()).summary.files[0].sha256.clone().unwrap();
    assert_eq!(told[0].sha256.as_ref(), Some(&outside(first.as_bytes())));
    assert_eq!(told[2].sha256.as_ref(), Some(&outside(&gzip(second.as_bytes()))));
    assert_eq!(
        sightings(&report),
        [("10.0.0.9", 3, "all.zip/fw.log", 1), ("10.0.0.7", 2, "all.zip/dns/one.log", 1),]
    );

    let each = Mutex::new(Vec::new());
    let mut take = |file: &log_check::FileSummary, sightings: Vec<matching::Sighting>| {
        each.lock().unwrap().push((file.file.clone(), sightings.len()));
    };
    let (logs, progress) = (vec![log(archive.clone())], Counting::default());
    check_logs_one_by_one(&index(), logs, &settings(), &progress, &mut take);
    let each = each.into_inner().unwrap();
    let expected =
        [("all.zip/dns/one.log", 1), ("all.zip/fw.log", 1), ("all.zip/dns/two.log.gz", 1)];
    assert_eq!(each, expected.map(|(name, count)| (name.to_owned(), count)));
    assert_eq!(progress.bytes.into_inner(), archive.len() as u64, "raw bytes, for progress");

    let mut member = Vec::new();
    let opened = open_member(Cursor::new(archive.clone()), "fw.log");
    opened.unwrap().read_to_end(&mut member).unwrap();
    assert_eq!(member, fortigate.as_bytes());
    let missing = open_member(Cursor::new(archive), "dns").err().unwrap();
    assert_eq!(missing.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn a_year_that_lines_leave_out_is_that_of_the_member() {
    let line = "Nov 24 08:00:01 dnsmasq[509]: query[A] evil.example from 10.0.0.7\n".repeat(3);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let written = zip_archives::DateTime::from_date_and_time(2021, 12, 1, 0, 0, 0).unwrap();
    zip.start_file("a.log", SimpleFileOptions::default().last_modified_time(written)).unwrap();
    zip.write_all(line.as_bytes()).unwrap();
    let report = run(zip.finish().unwrap().into_inner());
    assert_eq!(report.sightings[0].last_seen.unwrap().to_string(), "2021-11-24T08:00:01Z");
}

#[test]
fn what_was_not_read_is_told_and_makes_the_result_incomplete() {
    let line = bind(7, "evil.example");
    let check = |bytes: Vec<u8>, expected: &[(&str, u64, &str)]| {
        let report = run(bytes);
        assert_eq!(files(&report), expected);
        let is_whole = expected.iter().all(|it| it.2 == "-");
        assert_eq!(report.summary.complete, is_whole);
        report
    };
    let whole = zip(&[("a.log", line.as_bytes()), ("b.log", line.as_bytes())]);
    check(whole.clone(), &[("all.zip/a.log", 1, "-"), ("all.zip/b.log", 1, "-")]);
    check(zip(&[]), &[("all.zip", 0, "empty")]);
    check(zip(&[("a.log", b"")]), &[("all.zip/a.log", 0, "empty")]);
    // One archive in another is not opened, nor one that is compressed once more.
    check(
        zip(&[("in.zip", &whole), ("b.log", line.as_bytes())]),
        &[("all.zip/in.zip", 0, "packed"), ("all.zip/b.log", 1, "-")],
    );
    check(gzip(&whole), &[("all.zip", 0, "packed")]);
    let cut = whole[..whole.len() - 30].to_vec();
    let expected =
        [("all.zip/a.log", 1, "-"), ("all.zip/b.log", 1, "-"), ("all.zip", 0, "truncated")];
    let report = check(cut, &expected);
    assert_eq!(report.summary.files[2].sha256, None, "an archive is no log to be sent");
    let mut damaged = whole.clone();
    damaged[45] ^= 0xff;
    let expected = [("all.zip/a.log", "damaged"), ("all.zip/b.log", "-")];
    let report = run(damaged);
    let told: Vec<_> = files(&report).into_iter().map(|it| (it.0, it.2)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_stopped_run_says_so_for_the_archive() {
    let text = bind(7, "good.example").repeat(20_000);
    let names: Vec<String> = (0..20).map(|at| format!("{at}.log")).collect();
    let members: Vec<_> = names.iter().map(|it| (it.as_str(), text.as_bytes())).collect();
    let progress = Counting { stop_behind: Some(10_000), ..Counting::default() };
    let report = check_logs(&index(), vec![log(zip(&members))], &settings(), &progress);
    assert!(!report.summary.complete && report.summary.files.len() < 20);
    assert_eq!(report.summary.files.last().unwrap().problem, Some(Problem::Cancelled));
}
