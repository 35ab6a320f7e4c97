//! Logs as they really arrive: compressed, cut off, saved again by another program, mixed, empty.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]
#![allow(clippy::format_collect, reason = "a test's text need not be made fast")]

use std::io::{self, Cursor, Read, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::write::GzEncoder;
use jiff::tz::TimeZone;
use log_check::{
    CheckReport, FileSummary, ListInput, ListProblem, LogInput, Problem, Progress, ReadOptions,
    Settings, check_logs, load_lists,
};
use matching::Index;

#[derive(Default)]
struct Counting {
    bytes: AtomicU64,
    lines: AtomicU64,
    /// Bytes behind which the run is stopped.
    stop_behind: Option<u64>,
}

impl Progress for Counting {
    fn advanced(&self, raw_bytes: u64, lines: u64) {
        self.bytes.fetch_add(raw_bytes, Ordering::Relaxed);
        self.lines.fetch_add(lines, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.stop_behind.is_some_and(|stop| self.bytes.load(Ordering::Relaxed) >= stop)
    }
}

fn index() -> Index {
    let bytes: Box<dyn Read + Send> = Box::new(&b"evil.example\n192.0.2.7\n"[..]);
    let list = ListInput { name: "list".into(), bytes: Ok(bytes) };
    load_lists(vec![list], ReadOptions::default()).unwrap().index
}

fn settings(format: Option<&str>) -> Settings {
    let format = format.map(str::to_owned);
    Settings { format, threads: 2, hash_logs: true, ..Settings::new(TimeZone::UTC) }
}

fn log(bytes: impl Read + Send + 'static) -> LogInput {
    let bytes: Box<dyn Read + Send> = Box::new(bytes);
    LogInput { name: "x".into(), modified: None, size_bytes: None, bytes: Ok(bytes) }
}

fn run_stream(bytes: impl Read + Send + 'static) -> CheckReport {
    check_logs(&index(), vec![log(bytes)], &settings(None), &Counting::default())
}

fn run(bytes: &[u8]) -> CheckReport {
    run_stream(Cursor::new(bytes.to_vec()))
}

fn only_file(report: &CheckReport) -> &FileSummary {
    &report.summary.files[0]
}

fn bind(device: usize, name: &str) -> String {
    let (third, fourth) = (device / 250, device % 250);
    format!(
        "24-Nov-2026 08:00:01.123 client @0x7f 10.0.{third}.{fourth}#51511 ({name}): query: {name} IN A +E(0)K (10.0.0.1)\n"
    )
}

fn fortigate(device: u8) -> String {
    format!(
        "date=2026-11-24 time=08:00:02 type=\"traffic\" subtype=\"forward\" srcip=10.0.9.{device} dstip=192.0.2.7 dstport=443 action=\"close\" rcvdbyte=100\n"
    )
}

/// About 3 MB with one hit near the end.
fn long_text() -> String {
    let mut text: String = (0..30_000).map(|at| bind(at, "good.example")).collect();
    text += &bind(77, "a.evil.example");
    text + &bind(78, "good.example")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

#[test]
fn compressed_logs_give_what_the_plain_one_gives_and_raw_bytes_are_counted() {
    let text = long_text();
    let plain = run(text.as_bytes());
    assert_eq!(only_file(&plain).compression, None);
    let offset = text.find(&bind(77, "a.evil.example")).unwrap() as u64;
    assert_eq!(plain.sightings[0].evidence.offset, offset);
    let (start, end) = text.as_bytes().split_at(1_000_000);
    for (packed, name) in [
        (gzip(text.as_bytes()), "gzip"),
        (zstd(text.as_bytes()), "zstd"),
        ([gzip(start), gzip(end)].concat(), "gzip"),
        ([zstd(start), zstd(end)].concat(), "zstd"),
    ] {
        let progress = Counting::default();
        let logs = vec![log(Cursor::new(packed.clone()))];
        let report = check_logs(&index(), logs, &settings(None), &progress);
        assert_eq!(report.sightings, plain.sightings);
        let file = only_file(&report);
        assert_eq!(file.compression.as_deref(), Some(name));
        assert_eq!((file.lines_read, report.summary.complete), (30_002, true));
        assert_ne!(file.sha256, only_file(&plain).sha256);
        assert_eq!(file.sha256.as_ref().map(String::len), Some(64));
        assert_eq!(progress.bytes.load(Ordering::Relaxed), packed.len() as u64);
        assert_eq!(progress.lines.load(Ordering::Relaxed), 30_002);
    }
}

#[test]
fn a_compressed_log_cut_off_gives_what_was_there_and_says_so() {
    let text = bind(1, "evil.example") + &long_text();
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        let report = run(&packed[..packed.len() - 20]);
        assert_eq!(report.sightings[0].device, "10.0.0.1");
        assert!(matches!(only_file(&report).problem, Some(Problem::Truncated { bytes: 1.. })));
        // It can be kept and sent again: the file would end there again.
        assert!(only_file(&report).sha256.is_some() && !report.summary.complete);
        assert!(only_file(&report).lines_read > 100);
    }
    let report = run(&gzip(text.as_bytes())[..12]);
    assert_eq!(only_file(&report).problem, Some(Problem::Truncated { bytes: 0 }));
}

#[test]
fn damage_and_bytes_behind_the_data_are_said() {
    let check = |packed: &[u8], code: &str| {
        let report = run(packed);
        assert_eq!(only_file(&report).problem.as_ref().map(Problem::code), Some(code));
        // A checksum is wrong only behind the text: what stood there counts.
        assert_eq!(report.sightings.len(), 1);
        assert!(!report.summary.complete);
    };
    let text = bind(1, "evil.example");
    let mut damaged = gzip(text.as_bytes());
    let checksum = damaged.len() - 8;
    damaged[checksum] ^= 0xff;
    check(&damaged, "damaged");
    check(&[gzip(text.as_bytes()), b"more text\n".to_vec()].concat(), "trailing-bytes");
    check(&[zstd(text.as_bytes()), b"more text\n".to_vec()].concat(), "trailing-bytes");
}

#[test]
fn a_bomb_is_stopped_and_what_stood_before_it_counts() {
    let mut bomb = gzip((bind(1, "evil.example") + "\n").as_bytes());
    // Few lines, so that they are read fast without optimisation.
    let mut lines = vec![b'x'; 16 << 20];
    for line in lines.chunks_mut(500_000) {
        line[0] = b'\n';
    }
    let lines = gzip(&lines);
    for _ in 0..20 {
        bomb.extend(&lines);
    }
    let report = run(&bomb);
    assert_eq!(report.sightings.len(), 1);
    assert!(matches!(only_file(&report).problem, Some(Problem::Bomb { .. })));
    assert!(!report.summary.complete);
}

#[test]
fn archives_are_named_and_other_bytes_are_binary() {
    let check = |bytes: &[u8], problem: Problem| {
        let report = run(bytes);
        assert_eq!(only_file(&report).problem, Some(problem));
        assert!(!report.summary.complete);
    };
    let mut tar = vec![0; 1024];
    tar.splice(257..262, *b"ustar");
    check(b"PK\x03\x04\x14\0\0\0\x08\0", Problem::Truncated { bytes: 0 });
    check(&gzip(b"PK\x03\x04\x14\0\0\0\x08\0"), Problem::Packed { kind: "zip".into() });
    check(&gzip(&tar), Problem::Packed { kind: "tar".into() });
    check(&[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0], Problem::Binary);
    check(&[0; 5_000], Problem::Binary);
    check(&gzip(&gzip(b"text inside of two\n")), Problem::Binary);
}

#[test]
fn utf16_is_read_and_its_evidence_stands_where_the_file_has_it() {
    let text = format!("{}{}{}", bind(1, "good.example"), bind(2, "evil.example"), fortigate(3));
    let text = text.replace('\n', "\r\n").replace("srcip=", "note=\"Xã Bến Sen 😀\" srcip=");
    let plain = run(text.as_bytes());
    assert_eq!(plain.sightings.len(), 2);
    for (mark, to_bytes, name) in [
        (&b"\xff\xfe"[..], u16::to_le_bytes as fn(u16) -> [u8; 2], "utf-16le"),
        (b"\xfe\xff", u16::to_be_bytes, "utf-16be"),
        (b"", u16::to_le_bytes, "utf-16le"),
    ] {
        let raw: Vec<u8> =
            mark.iter().copied().chain(text.encode_utf16().flat_map(to_bytes)).collect();
        for packed in [raw.clone(), gzip(&raw)] {
            let report = run(&packed);
            assert_eq!(only_file(&report).encoding.as_deref(), Some(name));
            assert_eq!((report.summary.lines_read, report.summary.complete), (3, true));
            let lines = |report: &CheckReport| -> Vec<String> {
                report.sightings.iter().map(|it| it.evidence.line.clone()).collect()
            };
            assert_eq!(lines(&report), lines(&plain));
            for sighting in &report.sightings {
                let at = usize::try_from(sighting.evidence.offset).unwrap();
                let line = String::from_utf16_lossy(
                    &raw[at..]
                        .chunks_exact(2)
                        .map(|pair| {
                            let pair = [pair[0], pair[1]];
                            if name == "utf-16le" {
                                u16::from_le_bytes(pair)
                            } else {
                                u16::from_be_bytes(pair)
                            }
                        })
                        .collect::<Vec<_>>(),
                );
                assert!(line.starts_with(&sighting.evidence.line), "{line}");
            }
        }
    }
}

#[test]
fn a_long_utf16_log_has_the_right_places_in_every_block() {
    let text = format!("{}{}", "Bến Sen\n".repeat(100_000), bind(9, "evil.example"));
    let mut text = long_text() + &text;
    text += &bind(10, "evil.example");
    let raw: Vec<u8> =
        b"\xff\xfe".iter().copied().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let report = run(&raw);
    let last = report.sightings.iter().find(|it| it.device == "10.0.0.10").unwrap();
    let units = bind(10, "evil.example").encode_utf16().count() as u64;
    assert_eq!(last.evidence.offset, raw.len() as u64 - 2 * units);
    assert_eq!(last.evidence.line_number, report.summary.lines_read);
}

#[test]
fn latin_1_nul_and_crlf_break_nothing() {
    let mut bytes = b"caf\xe9 \xff is not a log line\r\n".to_vec();
    bytes.extend(bind(1, "evil.example").replace('\n', "\r\n").bytes());
    bytes.extend(fortigate(2).replace("srcip=", "user=\"Tr\u{fffd}n\" srcip=").bytes());
    bytes.extend(b"date=2026-11-24 time=08:00:02 user=\"Tr\xcan \xa7\xd8c\" type=\"traffic\" srcip=10.0.9.3 dstip=192.0.2.7 rcvdbyte=1\n");
    bytes.extend(b"\0\0\0\n");
    bytes.extend((4..80).flat_map(|at| bind(at, "good.example").into_bytes()));
    bytes.extend(bind(99, "evil.example").bytes());
    let report = run(&bytes);
    let devices: Vec<_> = report.sightings.iter().map(|it| it.device.as_str()).collect();
    assert_eq!(devices, ["10.0.9.2", "10.0.9.3", "10.0.0.1", "10.0.0.99"]);
    assert!(report.sightings[1].evidence.line.contains("Tr\u{fffd}n \u{fffd}\u{fffd}c"));
    assert!(!report.sightings[2].evidence.line.ends_with('\r'));
    let texts: Vec<_> =
        only_file(&report).not_parsed_samples.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["caf\u{fffd} \u{fffd} is not a log line", "\0\0\0"]);
}

#[test]
fn mixed_formats_are_all_read_and_counted_apart() {
    let squid = "1795827601.123    120 10.0.8.4 TCP_MISS/200 512 GET http://evil.example/x - HIER_DIRECT/198.51.100.9 text/html\n";
    let mut text = String::new();
    for at in 1..=40 {
        text += &bind(at, "good.example");
        if at % 4 == 0 {
            text += &fortigate(u8::try_from(at).unwrap());
        }
    }
    text += squid;
    text += "kernel: eth0 link up\n";
    let report = run(text.as_bytes());
    let file = only_file(&report);
    assert_eq!(file.format.as_deref(), Some("bind"));
    let others: Vec<_> = file.other_formats.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(others, [("fortigate", 10), ("squid", 1)]);
    assert_eq!((report.sightings.len(), file.lines_not_parsed, file.lines_read), (11, 1, 52));
    assert!(report.sightings.iter().all(|it| it.first_seen.is_some()));

    // No format has half of the lines, all together have nearly all.
    let text: String = (1..40_u8)
        .map(|at| bind(usize::from(at), "good.example") + &fortigate(at) + squid)
        .collect();
    let report = run(text.as_bytes());
    assert!(only_file(&report).format.is_some() && report.summary.complete);
    assert_eq!(report.sightings.len(), 40);

    // Who asks for a format gets that one.
    let forced = check_logs(
        &index(),
        vec![log(Cursor::new(text))],
        &settings(Some("bind")),
        &Counting::default(),
    );
    assert_eq!((forced.sightings.len(), forced.summary.lines_not_parsed), (0, 78));
}

#[test]
fn a_log_that_begins_with_blank_lines_is_read_behind_them() {
    let blank = "\r\n".repeat(1_500_000);
    let report = run((blank.clone() + &bind(1, "evil.example")).as_bytes());
    assert_eq!(report.sightings[0].evidence.line_number, 1_500_001);
    assert_eq!(report.sightings[0].evidence.offset, blank.len() as u64);
    assert!(report.summary.complete);
    let report = run(blank.as_bytes());
    assert_eq!((report.summary.lines_read, report.summary.complete), (1_500_000, false));
    assert_eq!(only_file(&report).problem, Some(Problem::Empty));
    assert!(only_file(&report).sha256.is_some());
}

#[test]
fn a_log_with_nothing_in_it_is_empty_and_not_clean() {
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"").unwrap();
    for bytes in [b"".to_vec(), b"\n".to_vec(), packed.finish().unwrap()] {
        let report = run(&bytes);
        let file = only_file(&report);
        assert_eq!(file.problem, Some(Problem::Empty));
        assert!(file.sha256.is_some() && file.days.is_empty());
        assert!(!report.summary.complete);
    }
}

#[test]
fn a_run_is_stopped_within_a_line_without_end() {
    let progress = Counting { stop_behind: Some(1), ..Counting::default() };
    let start = Cursor::new(long_text());
    let bytes = start.chain(io::repeat(b'x'));
    let logs = vec![log(bytes), log(Cursor::new(bind(5, "evil.example")))];
    let report = check_logs(&index(), logs, &settings(None), &progress);
    assert!(!report.summary.complete);
    for file in &report.summary.files {
        assert_eq!(file.problem, Some(Problem::Cancelled));
    }
}

#[test]
fn lists_may_be_compressed() {
    let check = |bytes: Vec<u8>, accepted: u64, problem: Option<ListProblem>| {
        let bytes: Box<dyn Read + Send> = Box::new(Cursor::new(bytes));
        let list = ListInput { name: "list".into(), bytes: Ok(bytes) };
        let loaded = load_lists(vec![list], ReadOptions::default()).unwrap();
        let report = &loaded.reports[0].1;
        assert_eq!((report.accepted_total(), &report.problem), (accepted, &problem));
    };
    check(gzip(b"evil.example\n192.0.2.7\n"), 2, None);
    check(zstd(b"evil.example\n192.0.2.7\n"), 2, None);
    let cut = gzip(b"evil.example\n");
    let why = "the gzip data ends before it is complete".to_owned();
    check(cut[..cut.len() - 2].to_vec(), 0, Some(ListProblem::Read(why)));
}

/// A gigabyte with `LAMSACH_FULL=1`, which `script/test --full` sets; else less.
#[test]
fn a_gigabyte_in_one_line_is_one_line_not_parsed() {
    let length = if std::env::var_os("LAMSACH_FULL").is_some() { 1 << 30 } else { 32 << 20 };
    let start = Cursor::new(bind(1, "good.example"));
    let end = Cursor::new(format!("\n{}", bind(2, "evil.example")));
    let report = run_stream(start.chain(io::repeat(b'x').take(length)).chain(end));
    assert_eq!((report.summary.lines_read, report.summary.lines_not_parsed), (3, 1));
    assert_eq!(report.sightings[0].evidence.line_number, 3);
    assert_eq!(only_file(&report).not_parsed_samples[0].text.len(), 200);
}
