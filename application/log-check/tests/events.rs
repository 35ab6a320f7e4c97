//! Files of events among the logs: `domain/contacts/src/events/testdata`, and generated ones with known
//! truth.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::io;

use indicators::ReadOptions;
use jiff::SignedDuration;
use jiff::tz::{Offset, TimeZone};
use log_check::{
    CheckReport, ListInput, LogInput, Progress, Settings, Unit, check_logs, load_lists,
};
use simulation::{
    EventFile, Fillers, LogSettings, LoggedEvent, Targets, TrueSighting, Truth, write_events,
};

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

fn lines(report: &CheckReport) -> String {
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
    report.sightings.iter().map(line).collect::<Vec<_>>().join("\n")
}

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../../../domain/contacts/src/events/testdata/", $name)).as_slice()
    };
}

#[test]
fn what_real_name_servers_wrote_is_one_sighting_a_device_and_indicator() {
    let list: &[&[u8]] = &[b"c2.example\nbad.example\n"];
    let bind = check_against(list, data!("bind.fstrm"));
    let file = &bind.summary.files[0];
    assert_eq!((file.format.as_deref(), file.unit), (Some("dnstap"), Unit::Events));
    assert!(bind.summary.complete && file.sha256.is_some() && file.days.len() == 1, "{file:?}");
    insta::assert_snapshot!(lines(&bind));
    // Unbound's own questions to the server behind it are no devices'.
    let unbound = check_against(list, data!("unbound.fstrm"));
    assert!(unbound.summary.complete, "{:?}", unbound.summary);
    insta::assert_snapshot!(lines(&unbound));
}

/// What is planted into generated files, and everything else, is told apart exactly.
fn check_truth(file: EventFile) {
    let targets = Targets::new(3, 60);
    let settings = LogSettings {
        seed: 19,
        start: "2026-11-20T15:00:00Z".parse().unwrap(),
        span: SignedDuration::from_hours(48),
        offset: Offset::constant(7),
        devices: 400,
        infected_devices: 40,
        lines: 12_000,
        planted_per_100k: 4_000,
    };
    let (mut truth, mut bytes) = (Truth::default(), Vec::new());
    write_events(file, &settings, &targets, &mut truth, &mut bytes).unwrap();
    let mut lists = [Vec::new(), Vec::new()];
    targets.write_csv(&mut lists[0]).unwrap();
    let fillers = Fillers { domains: 3_000, addresses: 2_000, networks: 50, v6: 50, urls: 50 };
    fillers.write_csv(&mut lists[1]).unwrap();
    let report = check_against(&[&lists[0], &lists[1]], &bytes);
    assert!(report.summary.complete, "{:?}", report.summary.files);
    assert_eq!(report.summary.lines_read, truth.lines());
    let found = report.sightings.iter().map(|it| serde_json::to_value(it).unwrap());
    let mut found: Vec<TrueSighting> =
        found.map(|it| serde_json::from_value(it).unwrap()).collect();
    found.sort();
    let expected = truth.sightings();
    assert!(expected.len() > 100 && truth.near_misses() > 50);
    let missing: Vec<_> = expected.iter().filter(|it| !found.contains(it)).take(5).collect();
    let wrong: Vec<_> = found.iter().filter(|it| !expected.contains(it)).take(5).collect();
    assert!(missing.is_empty() && wrong.is_empty(), "{file:?}: {missing:?} {wrong:?}");
}

#[test]
fn everything_planted_in_dnstap_is_found_and_nothing_else() {
    check_truth(EventFile::Dnstap);
}

#[test]
fn everything_planted_in_an_event_log_is_found_and_nothing_else() {
    check_truth(EventFile::Evtx);
}

#[test]
fn a_file_that_breaks_off_gives_what_was_there_and_says_so() {
    let whole = data!("bind.fstrm");
    let list: &[&[u8]] = &[b"c2.example\n"];
    let expected = check_against(list, whole).sightings.len();
    for length in [whole.len() - 1, whole.len() - 12, whole.len() - 400] {
        let report = check_against(list, &whole[..length]);
        let problem = report.summary.files[0].problem.as_ref().unwrap();
        assert_eq!(problem.code(), "events-cut-off", "{length}");
        assert_eq!(report.sightings.len(), expected);
    }
    let damaged = [&whole[..200], b"\xff\xff\xff\xff", &whole[200..]].concat();
    let report = check_against(list, &damaged);
    assert!(!report.summary.complete);
}

/// An event log of the DNS client by its published fields: a letter each for a question (3006), a server's
/// response (3020) and what came of it (3008); capitals are those of another name.
fn dns_client(events: &str, answer: &str) -> Vec<u8> {
    let name = |it: char| if it.is_ascii_uppercase() { "b.evil.example" } else { "a.evil.example" };
    let fields: Vec<Vec<(&str, &str)>> = events
        .chars()
        .map(|it| {
            let mut fields = vec![("QueryName", name(it)), ("QueryType", "1")];
            fields.extend(match it.to_ascii_lowercase() {
                'q' => [("QueryOptions", "140737488355328"), ("IsNetworkQuery", "0")],
                'r' => [("Status", "0"), ("QueryResults", answer)],
                _ => [("QueryStatus", "0"), ("QueryResults", answer)],
            });
            fields
        })
        .collect();
    let number = |it: char| match it.to_ascii_lowercase() {
        'q' => 3006,
        'r' => 3020,
        _ => 3008,
    };
    let events: Vec<_> = (0..)
        .zip(events.chars().zip(&fields))
        .map(|(at, (event, fields))| LoggedEvent {
            id: number(event),
            computer: "may-01",
            time_us: 1_795_482_001_000_000 + at * 1_000,
            fields,
        })
        .collect();
    let channel = "Microsoft-Windows-DNS-Client/Operational";
    simulation::event_log("Microsoft-Windows-DNS-Client", channel, &events)
}

#[test]
fn each_question_of_the_dns_client_counts_once_however_its_events_are_mixed() {
    let check = |events: &str, expected: u64| {
        let answer = "type:  5 cdn.good.example;::ffff:198.51.100.7;";
        let report = check_against(&[b"evil.example\n"], &dns_client(events, answer));
        assert!(report.summary.complete, "{events}: {:?}", report.summary);
        assert_eq!(report.summary.lines_read, events.len() as u64);
        assert_eq!(report.sightings.len(), 1, "{events}");
        let found = &report.sightings[0];
        assert_eq!((&*found.device, found.count), ("may-01", expected), "{events}");
        let is_resolved = events.to_ascii_lowercase().contains(['r', 'a']);
        assert_eq!(found.verdict == matching::Verdict::DnsResolved, is_resolved, "{events}");
    };
    check("q", 1);
    check("qa", 1);
    check("qra", 1);
    check("a", 1);
    check("ra", 1);
    // Two servers answered.
    check("qrra", 1);
    // Asked again before the answer, which each of them gets, or one.
    check("qqaa", 2);
    check("qqrraa", 2);
    check("qqrara", 2);
    check("qrqara", 2);
    check("qraqra", 2);
    check("qqa", 2);
    check("qqqqaaaa", 4);
    check("qQaA", 2);
    check("qQRrAa", 2);
    // More at once than are held for their answers.
    check(&("q".repeat(40) + "aaa"), 40);
}

#[test]
fn the_dns_client_names_the_process_and_what_came_of_a_question() {
    let list: &[&[u8]] = &[b"evil.example\n"];
    let of = |events: &str, answer: &str| lines(&check_against(list, &dns_client(events, answer)));
    let shown = [
        of("q", ""),
        of("qa", "198.51.100.7;2001:db8::7;"),
        of("qra", "type:  5 cdn.good.example;::ffff:198.51.100.7;"),
        of("qa", "0.0.0.0;"),
        of("qa", ""),
    ];
    insta::assert_snapshot!(shown.join("\n"));
}
