//! Long logs, of which only those lines are taken apart in which something listed may stand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fmt::Write as _;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use hunting::SideCarBuilder;
use indicators::ReadOptions;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use log_check::{
    About, Archive, CheckReport, FileSummary, ListInput, LogInput, Progress, Settings, check_logs,
    load_lists,
};
use matching::Index;

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Side-cars are made, and not kept.
#[derive(Debug)]
struct Nowhere;

impl Archive for Nowhere {
    fn store(&self, _: &str, _: About, _: SideCarBuilder) -> io::Result<()> {
        Ok(())
    }

    fn drop_shorter(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

fn index() -> Index {
    let bytes: Box<dyn Read + Send> = Box::new(&b"evil.example\n203.0.113.7\n"[..]);
    let list = ListInput { name: "list".into(), bytes: Ok(bytes) };
    load_lists(vec![list], ReadOptions::default()).unwrap().index
}

fn run(log: &str, settings: &Settings) -> CheckReport {
    let bytes: Box<dyn Read + Send> = Box::new(Cursor::new(log.to_owned().into_bytes()));
    let log = LogInput { name: "log".into(), modified: None, size_bytes: None, bytes: Ok(bytes) };
    check_logs(&index(), vec![log], settings, &Silent)
}

/// The log's own report, after it was held against one for which every line was taken apart: that is done
/// where side-cars are written.
fn as_if_all_were_read(log: &str) -> FileSummary {
    let settings = Settings::new(TimeZone::UTC);
    let all = Settings { archive: Some(Arc::new(Nowhere)), ..settings.clone() };
    let (sieved, all) = (run(log, &settings), run(log, &all));
    assert_eq!(all.summary.files[0].lines_ruled_out, 0);
    assert!(!all.sightings.is_empty());
    assert_eq!(
        serde_json::to_value(&sieved.sightings).unwrap(),
        serde_json::to_value(&all.sightings).unwrap()
    );
    let files = [sieved, all].map(|it| it.summary.files.into_iter().next().unwrap());
    let [file, in_full] = &files;
    assert_eq!(file.days, in_full.days);
    assert_eq!(
        (&file.format, file.lines_read, file.lines_matched),
        (&in_full.format, in_full.lines_read, in_full.lines_matched)
    );
    assert_eq!(in_full.lines_read, log.lines().count() as u64);
    files.into_iter().next().unwrap()
}

fn bind(time: Timestamp, name: &str) -> String {
    let time = time.strftime("%d-%b-%Y %H:%M:%S.000");
    format!("{time} client @0x7f 10.0.0.7#51511 ({name}): query: {name} IN A +E(0)K (10.0.0.1)\n")
}

/// A log of so many questions, one each so many seconds, every thousandth for what is listed.
fn questions(count: i64, seconds: i64) -> String {
    let start: Timestamp = "2026-10-01T00:00:00Z".parse().unwrap();
    let line = |it: i64| {
        let time = start + SignedDuration::from_secs(it * seconds);
        bind(time, if it % 1_000 == 500 { "a.evil.example" } else { "good.example" })
    };
    (0..count).map(line).collect()
}

#[test]
fn lines_without_anything_listed_are_ruled_out() {
    let file = as_if_all_were_read(&questions(40_000, 1));
    assert!(file.lines_ruled_out > 38_000, "{}", file.lines_ruled_out);
    assert_eq!((file.lines_matched, file.lines_not_parsed), (40, 0));
}

#[test]
fn no_day_is_lost_where_a_log_has_few_lines_a_day() {
    for hours in [5, 20, 49] {
        let file = as_if_all_were_read(&questions(9_000, hours * 3_600));
        assert!(file.lines_ruled_out > 8_000, "{}", file.lines_ruled_out);
        assert!(file.days.len() > 1_800, "{}", file.days.len());
    }
}

#[test]
fn a_header_in_the_middle_of_a_log_tells_how_the_lines_behind_it_are_read() {
    let mut log = String::new();
    for part in 0..4 {
        let is_device_first = part % 2 == 0;
        let fields = if is_device_first { "c-ip cs-host" } else { "cs-host c-ip" };
        writeln!(log, "#Software: x\n#Fields: date time {fields} cs-method cs-uri-stem sc-status")
            .unwrap();
        for line in 0..5_000 {
            let host = if line % 999 == 7 { "www.evil.example" } else { "www.good.example" };
            let device = format!("10.0.{part}.7");
            let (first, second) =
                if is_device_first { (device.as_str(), host) } else { (host, device.as_str()) };
            writeln!(log, "2026-11-24 08:00:01 {first} {second} GET /{line} 200").unwrap();
        }
    }
    let file = as_if_all_were_read(&log);
    assert_eq!((file.lines_matched, file.lines_not_parsed), (20, 0));
    assert!(file.days.len() == 1 && file.format.as_deref() == Some("w3c"));
}

#[test]
fn from_a_line_of_another_program_on_all_lines_are_told() {
    let mut log = questions(6_000, 1);
    for line in 0..2_000 {
        writeln!(log, "1700000000.123 5 10.0.0.9 TCP_MISS/200 9 GET http://good.example/{line} - HIER_DIRECT/192.0.2.1 text/html")
            .unwrap();
        writeln!(log, "???? {line}").unwrap();
    }
    let file = as_if_all_were_read(&log);
    assert!(file.other_formats["squid"] > 1_950, "{:?}", file.other_formats);
    assert!(file.lines_not_parsed > 1_950, "{}", file.lines_not_parsed);
    assert!(file.lines_ruled_out > 0);
}

#[test]
fn what_is_listed_is_found_in_lines_of_formats_that_are_not_in_clear() {
    let mut log = questions(9_000, 1);
    log.push_str("24/11/2026 08:00:01 0E70 PACKET  00000000033397A0 UDP Rcv 10.0.0.8     acbd   Q [0001   D   NOERROR] A      (3)www(4)evil(7)example(0)\n");
    log.push_str(r#"{"T":"2026-11-24T08:00:01+07:00","QH":"good.example","QT":"A","QC":"IN","CP":"","Answer":"AACBgAABAAEAAAAABGdvb2QHZXhhbXBsZQAAAQABwAwAAQABAAABLAAEywBxBw==","IP":"10.0.0.9","Result":{},"Elapsed":1}"#);
    log.push('\n');
    log.push_str(&questions(3_000, 1));
    let file = as_if_all_were_read(&log);
    assert_eq!(file.lines_matched, 12 + 2);
    assert_eq!(file.other_formats.values().sum::<u64>(), 2, "{:?}", file.other_formats);
    assert!(file.lines_ruled_out > 11_000);
}

#[test]
fn a_log_of_which_most_lines_hold_something_is_read_in_full() {
    let log: String = (0..9_000)
        .map(|line| bind("2026-10-01T00:00:00Z".parse().unwrap(), &format!("h{line}.evil.example")))
        .collect();
    let file = as_if_all_were_read(&log);
    assert_eq!((file.lines_ruled_out, file.lines_matched), (0, 9_000));
}

#[test]
fn headers_behind_a_syslog_header_are_read() {
    let wrap = "<13>Nov 24 08:00:01 web01 iis: ";
    let mut log = format!("{wrap}#Software: x\n{wrap}#Version: 1.0\n");
    writeln!(log, "{wrap}#Fields: date time c-ip cs-host cs-method sc-status").unwrap();
    for line in 0..20_000 {
        let host = if line % 1_000 == 7 { "www.evil.example" } else { "www.good.example" };
        writeln!(log, "{wrap}2026-11-24 08:00:01 10.0.0.7 {host} GET 200").unwrap();
    }
    let file = as_if_all_were_read(&log);
    assert_eq!((file.lines_matched, file.lines_not_parsed), (20, 0));
    assert!(file.lines_ruled_out > 4_000, "{}", file.lines_ruled_out);
}

#[test]
fn a_header_behind_a_byte_order_mark_counts_for_all_blocks() {
    let mut log = "\u{feff}#Fields: date time c-ip cs-host cs-method sc-status\n".to_owned();
    for line in 0..12_000 {
        let host = if line % 1_000 == 7 { "www.evil.example" } else { "www.good.example" };
        writeln!(log, "2026-11-24 08:00:01 10.0.0.7 {host} GET 200 {line}").unwrap();
    }
    let file = as_if_all_were_read(&log);
    assert_eq!((file.lines_matched, file.lines_not_parsed), (12, 0));
}

#[test]
fn lines_without_a_time_hide_no_day() {
    for every in [16, 61, 64] {
        let reload = "24-Nov-2026 08:00:01.000 general: info: reloading configuration\n";
        let log = questions(6_000, 12 * 3_600);
        let lines = log.lines().enumerate().map(|(at, line)| {
            if at % every == 0 && at % 1_000 != 500 {
                reload.to_owned()
            } else {
                format!("{line}\n")
            }
        });
        let file = as_if_all_were_read(&lines.collect::<String>());
        assert!(file.days.len() > 2_900, "{every}: {}", file.days.len());
    }
}
