//! Whole runs over small logs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::type_complexity,
    reason = "test helpers may panic"
)]

use std::io::{self, Cursor, Read};

use indicators::ReadOptions;
use jiff::tz::TimeZone;
use log_check::{
    CheckReport, ListInput, LogInput, Problem, Progress, Settings, check_logs,
    check_logs_one_by_one, load_lists,
};
use matching::Index;

struct Silent(bool);

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        self.0
    }
}

fn index() -> Index {
    let bytes: Box<dyn Read + Send> = Box::new(&b"evil.example\n192.0.2.7\n"[..]);
    let list = ListInput { name: "list".into(), bytes: Ok(bytes) };
    load_lists(vec![list], ReadOptions::default()).unwrap().index
}

fn log(name: &str, bytes: impl Read + Send + 'static) -> LogInput {
    LogInput { name: name.into(), modified: None, size_bytes: None, bytes: Ok(Box::new(bytes)) }
}

fn run(inputs: Vec<LogInput>, threads: usize) -> CheckReport {
    let settings = Settings { threads, hash_logs: true, ..Settings::new(TimeZone::UTC) };
    check_logs(&index(), inputs, &settings, &Silent(false))
}

fn bind(device: usize, name: &str) -> String {
    format!(
        "24-Nov-2026 08:00:01.123 client @0x7f 10.0.{}.{}#51511 ({name}): query: {name} IN A +E(0)K (10.0.0.1)\n",
        device / 250,
        device % 250
    )
}

/// 8 MB of lines with hits at known places.
fn long_log() -> (String, Vec<(usize, u64, u64)>) {
    let (mut text, mut planted) = (String::new(), Vec::new());
    for line in 0..80_000_usize {
        if line % 7_919 == 5 {
            planted.push((line, text.len() as u64, line as u64 + 1));
            text += &bind(line, "a.evil.example");
        } else {
            text += &bind(line, "good.example");
        }
    }
    (text, planted)
}

#[test]
fn every_planted_line_is_found_at_its_place_by_any_number_of_threads() {
    let (text, planted) = long_log();
    let bytes = text.into_bytes();
    let one = run(vec![log("a.log", Cursor::new(bytes.clone()))], 1);
    let mut places: Vec<_> =
        one.sightings.iter().map(|it| (it.evidence.offset, it.evidence.line_number)).collect();
    places.sort_unstable();
    let expected: Vec<_> = planted.iter().map(|(_, offset, line)| (*offset, *line)).collect();
    assert_eq!(places, expected);
    assert_eq!((one.summary.lines_read, one.summary.complete), (80_000, true));
    let three = run(vec![log("a.log", Cursor::new(bytes))], 3);
    let json = |report: &CheckReport| serde_json::to_string(report).unwrap();
    assert_eq!(json(&one), json(&three));
}

#[test]
fn what_cannot_be_read_is_said() {
    let check = |bytes: &[u8], problem: Option<&str>, complete: bool| {
        let report = run(vec![log("x", Cursor::new(bytes.to_vec()))], 2);
        let found = report.summary.files[0].problem.as_ref().map(Problem::code);
        assert_eq!((found, report.summary.complete), (problem, complete));
    };
    check(b"", Some("empty"), false);
    check(bind(1, "good.example").as_bytes(), None, true);
    check(bind(1, "good.example").trim_end().as_bytes(), None, true);
    check(bind(1, "good.example").replace('\n', "\r\n").as_bytes(), None, true);
    check(b"no log at all\nreally\n", Some("no-format"), false);
    check(b"\xff\xfea\0b\0\n\0", Some("no-format"), false);
    check(&[1; 100], Some("binary"), false);
    let failed = LogInput { bytes: Err(io::Error::other("gone")), ..log("x", io::empty()) };
    let report = run(vec![failed, log("y", Cursor::new(bind(3, "evil.example")))], 1);
    assert_eq!(
        report.summary.files[0].problem,
        Some(Problem::Unreadable { detail: "gone".into() })
    );
    assert_eq!((report.sightings.len(), report.summary.complete), (1, false));
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("torn"))
    }
}

#[test]
fn what_was_read_before_a_failure_counts() {
    let start = Cursor::new(bind(1, "evil.example"));
    let report = run(vec![log("x", start.chain(Broken))], 2);
    let file = &report.summary.files[0];
    assert_eq!(report.sightings.len(), 1);
    assert!(matches!(&file.problem, Some(Problem::Interrupted { detail, .. }) if detail == "torn"));
    assert_eq!(file.sha256, None);
}

#[test]
fn a_line_without_end_is_skipped_and_the_next_is_read() {
    let start = Cursor::new(bind(1, "good.example"));
    let long = io::repeat(b'x').take(64 << 20);
    let end = Cursor::new(format!("\n{}", bind(2, "evil.example")));
    let report = run(vec![log("x", start.chain(long).chain(end))], 2);
    assert_eq!(report.summary.lines_not_parsed, 1);
    assert_eq!(report.sightings[0].evidence.line_number, 3);
    let first = bind(1, "good.example").len() as u64;
    assert_eq!(report.sightings[0].evidence.offset, first + (64 << 20) + 1);
    assert!(!report.summary.complete);
}

#[test]
fn days_are_those_of_contacts_in_the_zone_of_the_run() {
    let log_of = |lines: &str| LogInput {
        modified: "2026-11-24T10:00:00Z".parse().ok(),
        ..log("dnsmasq.log", Cursor::new(lines.to_owned()))
    };
    // A reply without a client is no contact, and is the last line more often than not.
    let lines = "Nov 19 00:30:00 dnsmasq[7]: query[A] good.example from 10.0.0.7\n\
                 Nov 19 00:30:00 dnsmasq[7]: reply good.example is 203.0.113.9\n\
                 Nov 21 23:30:00 dnsmasq[7]: query[A] good.example from 10.0.0.7\n\
                 Nov 21 23:30:00 dnsmasq[7]: reply good.example is 203.0.113.9\n";
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let settings = Settings::new(zone);
    let report = check_logs(&index(), vec![log_of(lines)], &settings, &Silent(false));
    let days: Vec<_> = report.summary.files[0].days.iter().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-11-19", "2026-11-21"], "a day without a line proves nothing");
}

#[test]
fn one_by_one_gives_each_log_its_own_sightings_and_the_report_sums_them_up() {
    let first = bind(1, "good.example") + &bind(7, "evil.example");
    let second = bind(7, "evil.example") + &bind(7, "evil.example");
    let logs = || vec![log("a", Cursor::new(first.clone())), log("b", Cursor::new(second.clone()))];
    let settings = Settings { threads: 2, hash_logs: true, ..Settings::new(TimeZone::UTC) };
    let mut each = Vec::new();
    let report =
        check_logs_one_by_one(&index(), logs(), &settings, &Silent(false), &mut |file, seen| {
            let seen = seen.iter().map(|it| {
                (it.evidence.file.clone(), it.count, it.evidence.line_number, it.evidence.offset)
            });
            each.push((file.file.clone(), file.sha256.is_some(), seen.collect::<Vec<_>>()));
        });
    let offset = bind(1, "good.example").len() as u64;
    assert_eq!(
        each,
        [
            ("a".to_owned(), true, vec![("a".to_owned(), 1, 2, offset)]),
            ("b".to_owned(), true, vec![("b".to_owned(), 2, 1, 0)]),
        ]
    );
    assert_eq!(report.sightings, run(logs(), 1).sightings);
    assert_eq!(report.sightings[0].count, 3);
}
