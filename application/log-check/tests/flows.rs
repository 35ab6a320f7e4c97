//! Files of flow records among the logs: `domain/contacts/src/flows/testdata`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use indicators::ReadOptions;
use jiff::SignedDuration;
use jiff::tz::{Offset, TimeZone};
use log_check::{
    CheckReport, ListInput, LogInput, Progress, Settings, Unit, check_logs, load_lists,
};
use simulation::{Fillers, FlowFile, LogSettings, Targets, TrueSighting, Truth, write_flows};

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

fn check_against(lists: &[&[u8]], bytes: &[u8]) -> CheckReport {
    let list = |list: &&[u8]| ListInput {
        name: "list".to_owned(),
        bytes: Ok(Box::new(io::Cursor::new(list.to_vec()))),
    };
    let lists = load_lists(lists.iter().map(list).collect(), ReadOptions::default()).unwrap();
    let bytes: Box<dyn io::Read + Send> = Box::new(io::Cursor::new(bytes.to_vec()));
    let log =
        LogInput { name: "log".to_owned(), modified: None, size_bytes: None, bytes: Ok(bytes) };
    let zone = TimeZone::fixed(Offset::constant(7));
    let settings = Settings { hash_logs: true, ..Settings::new(zone) };
    check_logs(&lists.index, vec![log], &settings, &Silent)
}

fn check(bytes: &[u8]) -> CheckReport {
    check_against(&[b"192.0.2.7\n2001:db8:6::7\n"], bytes)
}

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../../../domain/contacts/src/flows/testdata/", $name)).as_slice()
    };
}

fn lines(report: &CheckReport) -> Vec<String> {
    let line = |it: &matching::Sighting| {
        format!(
            "{:?} {} {} × {} at {}: {}",
            it.verdict,
            it.device,
            it.destination,
            it.count,
            it.evidence.line_number,
            it.evidence.line
        )
    };
    report.sightings.iter().map(line).collect()
}

#[test]
fn what_flow_records_prove_is_one_sighting_a_device_and_indicator() {
    let report = check(data!("nfcapd-v9.nfcapd"));
    let file = &report.summary.files[0];
    assert_eq!((file.format.as_deref(), file.unit), (Some("nfdump"), Unit::Flows));
    assert_eq!((file.lines_read, file.lines_not_parsed, report.summary.complete), (40, 0, true));
    assert!(file.sha256.is_some() && file.days.len() == 1, "{file:?}");
    insta::assert_snapshot!(lines(&report).join("\n"));
}

#[test]
fn compressed_blocks_and_compressed_files_give_the_same() {
    let expected = lines(&check(data!("nfcapd-v9.nfcapd")));
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(data!("nfcapd-v9.nfcapd")).unwrap();
    let packed = packed.finish().unwrap();
    for bytes in [
        data!("nfdump-lzo.nfcapd"),
        data!("nfdump-lz4.nfcapd"),
        data!("nfdump-bz2.nfcapd"),
        &packed,
    ] {
        let report = check(bytes);
        assert_eq!(lines(&report), expected);
        assert!(report.summary.complete, "{:?}", report.summary);
    }
}

#[test]
fn messages_in_a_capture_are_read_as_those_of_a_file() {
    let of_file = check(data!("messages.ipfix"));
    let of_capture = check(data!("softflowd-v10.pcap"));
    // A packet holds many records; the line of evidence says the same but in its place.
    assert_eq!(of_capture.summary.files[0].unit, Unit::Packets);
    assert!(of_capture.summary.complete, "{:?}", of_capture.summary);
    let told = |report: &CheckReport| {
        let told = report.sightings.iter().map(|it| (it.verdict, it.device.clone(), it.count));
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(&of_capture), told(&of_file));
    assert!(lines(&of_capture)[0].contains(" flow TCP "), "{:?}", lines(&of_capture));
    // Without its template, which is in the first datagram.
    let capture = data!("softflowd-v9.pcap");
    let first = u32::from_le_bytes(capture[24 + 8..24 + 12].try_into().unwrap()) as usize;
    let late = [&capture[..24], &capture[24 + 16 + first..]].concat();
    let report = check(&late);
    let reasons = &report.summary.files[0].not_parsed_reasons;
    assert!(reasons.contains_key("flow-template") && !report.summary.complete, "{reasons:?}");
    // Cut by the capture, and something else to the same port.
    let mut cut = capture.to_vec();
    let length = u32::try_from(first - 10).unwrap();
    cut[24 + 8..24 + 12].copy_from_slice(&length.to_le_bytes());
    cut.truncate(24 + 16 + first - 10);
    let report = check(&cut);
    assert_eq!(report.summary.files[0].not_parsed_reasons, BTreeMap::from([("cut".to_owned(), 1)]));
    cut[24 + 16 + 42] = 7;
    assert!(check(&cut).summary.complete);
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let check = |bytes: &[u8], code: &str| {
        let report = check(bytes);
        assert_eq!(report.summary.files[0].problem.as_ref().unwrap().code(), code);
        assert!(!report.summary.complete);
    };
    let file = data!("nfcapd-v9.nfcapd");
    check(&file[..file.len() - 1], "flows-cut-off");
    check(&[data!("messages.ipfix"), b"sixteen bytes more"].concat(), "flows-damaged");
    check(&[&file[..2], &[9], &file[3..]].concat(), "flows-refused");
    check(&file[..40], "empty");
}

#[test]
fn what_is_found_in_generated_flows_is_the_truth_whole() {
    let is_full = std::env::var_os("LAMSACH_FULL").is_some();
    let (seeds, flows) = if is_full { (8, 1_000_000) } else { (1, 60_000) };
    let targets = Targets::new(11, 200);
    let fillers = Fillers { domains: 2_000, addresses: 20_000, networks: 500, v6: 500, urls: 500 };
    let (mut list, mut filler_list) = (Vec::new(), Vec::new());
    targets.write_csv(&mut list).unwrap();
    fillers.write_csv(&mut filler_list).unwrap();
    for (seed, kind) in
        (0..seeds).flat_map(|seed| [(seed, FlowFile::Ipfix), (seed, FlowFile::Nfdump)])
    {
        let settings = LogSettings {
            seed,
            start: "2026-10-30T15:00:00Z".parse().unwrap(),
            span: SignedDuration::from_hours(24 * 5),
            offset: Offset::constant(7),
            devices: 2_000,
            infected_devices: 100,
            lines: flows,
            planted_per_100k: 1_500,
        };
        let (mut truth, mut file) = (Truth::default(), io::Cursor::new(Vec::new()));
        write_flows(kind, &settings, &targets, &mut truth, &mut file).unwrap();
        assert!(truth.contacts() > 300 && truth.near_misses() > 300, "{}", truth.contacts());
        let report = check_against(&[&list, &filler_list], &file.into_inner());
        let file = &report.summary.files[0];
        assert_eq!((file.lines_read, report.summary.complete), (truth.lines(), true), "{file:?}");
        let found: BTreeSet<TrueSighting> = report
            .sightings
            .iter()
            .map(|it| serde_json::from_value(serde_json::to_value(it).unwrap()).unwrap())
            .collect();
        let expected: BTreeSet<_> = truth.sightings().into_iter().collect();
        let differ: Vec<_> = found.symmetric_difference(&expected).take(6).collect();
        assert!(differ.is_empty(), "{kind:?} {differ:#?}");
        assert_eq!(file.days.len(), 6);
    }
}
