//! Captures of packets among the logs: `domain/contacts/src/packets/testdata`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use indicators::ReadOptions;
use jiff::SignedDuration;
use jiff::tz::{Offset, TimeZone};
use log_check::{
    CheckReport, ListInput, LogInput, Progress, Settings, Unit, check_logs, load_lists,
};

use simulation::{Fillers, LogSettings, Targets, TrueSighting, Truth, write_capture};

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

const LIST: &str = "evil.example\n192.0.2.7\n2001:db8:6::7\n192.0.2.7/drop\n";

fn check(bytes: Box<dyn Read + Send>) -> CheckReport {
    check_against(&[LIST.as_bytes()], bytes)
}

fn check_against(lists: &[&[u8]], bytes: Box<dyn Read + Send>) -> CheckReport {
    let list = |list: &&[u8]| ListInput {
        name: "list".to_owned(),
        bytes: Ok(Box::new(io::Cursor::new(list.to_vec()))),
    };
    let lists = load_lists(lists.iter().map(list).collect(), ReadOptions::default()).unwrap();
    let log =
        LogInput { name: "log".to_owned(), modified: None, size_bytes: None, bytes: Ok(bytes) };
    let zone = TimeZone::fixed(Offset::constant(7));
    // A format that is asked for is meant for the lines: what a capture is, it says itself.
    let settings = Settings {
        format: Some("bind".to_owned()),
        threads: 2,
        hash_logs: true,
        ..Settings::new(zone)
    };
    check_logs(&lists.index, vec![log], &settings, &Silent)
}

macro_rules! capture {
    ($name:literal) => {
        include_bytes!(concat!("../../../domain/contacts/src/packets/testdata/", $name)).as_slice()
    };
}

fn lines(report: &CheckReport) -> Vec<String> {
    let line = |it: &matching::Sighting| {
        format!(
            "{:?} {} {} by {} × {} at {}+{}: {}",
            it.verdict,
            it.device,
            it.destination,
            it.indicator,
            it.count,
            it.evidence.line_number,
            it.evidence.offset,
            it.evidence.line
        )
    };
    report.sightings.iter().map(line).collect()
}

#[test]
fn what_packets_prove_is_one_sighting_a_device_and_indicator() {
    let mut text = Vec::new();
    for (name, capture) in [
        ("dns_udp", capture!("dns_udp.pcap")),
        ("dns_udp as pcapng", capture!("dns_udp.pcapng")),
        ("dns_tcp", capture!("dns_tcp.pcap")),
        ("web", capture!("web.pcap")),
        ("tls", capture!("tls.pcap")),
        ("quic", capture!("quic.pcap")),
        ("refused", capture!("refused.pcap")),
        ("inbound", capture!("inbound.pcap")),
        ("frag", capture!("frag.pcap")),
    ] {
        let report = check(Box::new(capture));
        let file = &report.summary.files[0];
        assert_eq!(file.unit, Unit::Packets, "{name}");
        assert!(report.summary.complete, "{name}");
        text.push(format!(
            "== {name}: {} packets, {} matched, {:?}",
            file.lines_read, file.lines_matched, file.days
        ));
        text.extend(lines(&report));
    }
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn a_packed_capture_is_read_as_the_capture_is() {
    let capture = capture!("web.pcap");
    let plain = check(Box::new(capture));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(capture).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(capture, 3).unwrap();
    for (name, packed) in [("gzip", gzip), ("zstd", zstd)] {
        let report = check(Box::new(io::Cursor::new(packed)));
        assert_eq!(lines(&report), lines(&plain));
        let file = &report.summary.files[0];
        assert_eq!(file.compression.as_deref(), Some(name));
        assert_eq!(file.format.as_deref(), Some("pcap"));
    }
}

#[test]
fn what_was_not_read_is_counted_with_its_reason_and_place() {
    let report = check(Box::new(capture!("snap.pcap")));
    let file = &report.summary.files[0];
    assert!(!report.summary.complete);
    assert_eq!(file.lines_not_parsed, 4);
    assert_eq!(file.not_parsed_reasons, BTreeMap::from([("cut".to_owned(), 4)]));
    let sample = &file.not_parsed_samples[0];
    assert_eq!((sample.line_number, sample.reason.as_deref()), (4, Some("cut")));
    assert!(sample.text.contains("10.0.0.1:53 > 10.0.0.7:"), "{}", sample.text);

    let report = check(Box::new(capture!("cut.pcap")));
    let problem = report.summary.files[0].problem.clone().unwrap();
    assert_eq!(problem.code(), "capture-cut-off");
    assert!(report.summary.files[0].sha256.is_some());
    assert_eq!(report.sightings.len(), 1);

    let report = check(Box::new(&capture!("web.pcap")[..24]));
    assert_eq!(report.summary.files[0].problem.as_ref().unwrap().code(), "empty");

    let mut damaged = capture!("web.pcap").to_vec();
    damaged[24 + 8 + 3] = 0xff;
    let report = check(Box::new(io::Cursor::new(damaged)));
    let file = &report.summary.files[0];
    assert_eq!(file.problem.as_ref().unwrap().code(), "capture-damaged");
    assert_eq!((file.lines_read, report.summary.complete), (0, false));
}

#[test]
fn what_is_found_in_a_generated_capture_is_the_truth_whole() {
    let is_full = std::env::var_os("LAMSACH_FULL").is_some();
    let (seeds, packets) = if is_full { (8, 400_000) } else { (1, 60_000) };
    let targets = Targets::new(11, 200);
    let fillers = Fillers { domains: 20_000, addresses: 20_000, networks: 500, v6: 500, urls: 500 };
    let (mut list, mut filler_list) = (Vec::new(), Vec::new());
    targets.write_csv(&mut list).unwrap();
    fillers.write_csv(&mut filler_list).unwrap();
    for seed in 0..seeds {
        let settings = LogSettings {
            seed,
            start: "2026-10-30T15:00:00Z".parse().unwrap(),
            span: SignedDuration::from_hours(24 * 5),
            offset: Offset::constant(7),
            devices: 2_000,
            infected_devices: 100,
            lines: packets,
            planted_per_100k: 1_000,
        };
        let (mut truth, mut capture) = (Truth::default(), Vec::new());
        write_capture(&settings, &targets, &mut truth, &mut capture).unwrap();
        assert!(truth.contacts() > 300 && truth.near_misses() > 300, "{}", truth.contacts());
        let report = check_against(&[&list, &filler_list], Box::new(io::Cursor::new(capture)));
        let file = &report.summary.files[0];
        assert_eq!((file.lines_read, report.summary.complete), (truth.lines(), true), "{file:?}");
        let found: BTreeSet<TrueSighting> = report
            .sightings
            .iter()
            .map(|it| serde_json::from_value(serde_json::to_value(it).unwrap()).unwrap())
            .collect();
        let expected: BTreeSet<_> = truth.sightings().into_iter().collect();
        let differ: Vec<_> = found.symmetric_difference(&expected).take(6).collect();
        assert!(differ.is_empty(), "{differ:#?}");
        assert_eq!(file.days.len(), 6);
    }
}
