//! Generated logs are read to the last line, and what is found in them is the truth, whole.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::HashSet;

use contacts::{Detection, Format, LineKind, Parser, TimeReading, detect};
use indicators::{ReadOptions, read_list};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use matching::{Gatherer, Index, IndexBuilder, Layers, Matcher, Place, Sieve};
use naming::Names;
use simulation::{
    Fillers, LogKind, LogSettings, PlantKind, Targets, TrueSighting, Truth, write_log,
};

fn settings(seed: u64, lines: u64) -> LogSettings {
    LogSettings {
        seed,
        start: "2026-10-30T15:00:00Z".parse().unwrap(),
        span: SignedDuration::from_hours(24 * 5),
        offset: Offset::constant(7),
        devices: 3000,
        infected_devices: 200,
        lines,
        planted_per_100k: 1500,
    }
}

fn index(lists: &[&[u8]]) -> Index {
    let mut builder = IndexBuilder::default();
    for list in lists {
        let report = read_list(&mut &list[..], ReadOptions::default(), |indicator| {
            builder.push(&indicator, "list.csv").unwrap();
        });
        assert_eq!(report.refused, [], "{:?}", report.problem);
    }
    builder.build()
}

fn format(kind: LogKind) -> Format {
    kind.format().parse().unwrap()
}

/// Reads a log the plain way, line by line.
fn gather(index: &Index, number: u32, kind: LogKind, log: &[u8], gatherer: &mut Gatherer) {
    let Detection { format: detected, .. } = detect(&log[..log.len().min(1 << 16)]);
    assert_eq!(detected, Some(format(kind)).filter(|it| it.is_detected()), "{kind:?}");
    let zone = TimeZone::fixed(Offset::constant(7));
    let written: Option<Timestamp> = "2026-11-05T00:00:00Z".parse().ok();
    let reading = TimeReading { zone, written };
    let (mut parser, mut matcher) = (Parser::new(format(kind)), Matcher::new(index));
    let times = Parser::new(format(kind));
    let layers = Layers::from(index.clone());
    let chosen = chosen_lines(&layers, log);
    let mut offset = 0;
    for (at, line) in log.split(|byte| *byte == b'\n').enumerate() {
        let place = Place { log: number, offset, line: at as u64 + 1 };
        let is_read = parser.read_line(line, &mut |contact| {
            if let Some(hit) = matcher.examine(contact) {
                let text = String::from_utf8_lossy(line);
                assert!(chosen.contains(&(at as u64 + 1)), "{kind:?} left out: {text}");
                let time = times.timestamp(contact, &reading);
                gatherer.add(&hit, hit.holder(&Names::default(), time), time, place, line);
            }
        });
        let text = String::from_utf8_lossy(line);
        assert!(is_read == LineKind::Understood || line.is_empty(), "{kind:?}: {text}");
        offset += line.len() as u64 + 1;
    }
}

/// Numbers of the lines that have to be read.
fn chosen_lines(index: &Layers, log: &[u8]) -> HashSet<u64> {
    let mut chosen = Vec::new();
    let sieve = Sieve::over(index).expect("a processor with vectors");
    let all = log.split(|it| *it == b'\n').count() as u64 - 1;
    let Some(lines) = sieve.choose(log, u64::MAX, &mut chosen) else {
        return (1..=all).collect();
    };
    assert_eq!(lines, all);
    for it in &chosen {
        let start = it.start.checked_sub(1).map(|it| log[it]);
        assert!(start.is_none_or(|it| it == b'\n') && log[it.end] == b'\n');
    }
    chosen.into_iter().map(|it| it.number).collect()
}

/// What was found, in the truth's words, with the line that proves it.
fn found(index: &Index, gatherer: Gatherer) -> Vec<(TrueSighting, String)> {
    let locate = |place: Place| (place.log.to_string(), place.line);
    let sightings = gatherer.finish(index, &Names::default(), locate);
    let in_truths_words = |it: matching::Sighting| {
        let verdict = serde_json::to_value(it.verdict).unwrap();
        let sighting = TrueSighting {
            verdict: serde_json::from_value(verdict).unwrap(),
            device: it.device,
            indicator: it.indicator,
            count: it.count,
            first_seen: it.first_seen.unwrap(),
            last_seen: it.last_seen.unwrap(),
        };
        (sighting, it.evidence.line)
    };
    let mut found: Vec<_> = sightings.into_iter().map(in_truths_words).collect();
    found.sort();
    found
}

fn assert_is_truth(expected: &[TrueSighting], found: &[(TrueSighting, String)]) {
    let mut expected = expected.to_vec();
    expected.sort();
    for (sighting, line) in found {
        assert!(expected.contains(sighting), "not in the truth: {sighting:#?}\n{line}");
    }
    for sighting in &expected {
        assert!(found.iter().any(|it| it.0 == *sighting), "not found: {sighting:#?}");
    }
    assert_eq!(expected.len(), found.len());
}

#[test]
fn what_is_found_is_the_truth_in_every_log() {
    let is_full = std::env::var_os("LAMSACH_FULL").is_some();
    // About 200,000 lines, or 20 million, a seed a part so that no log is held as a whole.
    let (parts, lines) = if is_full { (12, 140_000) } else { (1, 17_000) };
    let targets = Targets::new(11, 300);
    let fillers = Fillers { domains: 20_000, addresses: 20_000, networks: 500, v6: 500, urls: 500 };
    let (mut list, mut filler_list) = (Vec::new(), Vec::new());
    let mut indicators = targets.write_csv(&mut list).unwrap();
    indicators += fillers.write_csv(&mut filler_list).unwrap();
    let index = index(&[&list, &filler_list]);
    assert_eq!(index.len() as u64, indicators, "two indicators are the same");

    for part in 0..parts {
        for kind in LogKind::ALL.into_iter().chain([LogKind::Unknown]) {
            let (mut truth, mut gatherer, mut log) =
                (Truth::default(), Gatherer::default(), Vec::new());
            write_log(kind, &settings(part, lines), &targets, &mut truth, &mut log).unwrap();
            gather(&index, 0, kind, &log, &mut gatherer);
            let chosen = chosen_lines(&Layers::from(index.clone()), &log).len() as u64;
            assert!(chosen < lines / 4 || !format(kind).is_in_clear(), "{kind:?}: {chosen}");
            assert_is_truth(&truth.sightings(), &found(&index, gatherer));
            assert!(truth.contacts() > lines / 200, "{kind:?}: {}", truth.contacts());
            assert!(truth.near_misses() > lines / 200, "{kind:?}: {}", truth.near_misses());
        }
    }
}

#[test]
fn every_kind_of_contact_and_near_miss_has_a_log_it_stands_in() {
    for plant in PlantKind::FOUND.into_iter().chain(PlantKind::NEAR_MISSES) {
        assert!(LogKind::ALL.into_iter().any(|kind| plant.stands_in(kind)), "{plant:?}");
    }
}

#[test]
fn one_truth_covers_many_logs() {
    let targets = Targets::demo(5);
    let mut list = Vec::new();
    targets.write_csv(&mut list).unwrap();
    let index = index(&[&list]);
    let few = LogSettings { devices: 60, infected_devices: 4, ..settings(5, 3000) };
    let (mut truth, mut gatherer) = (Truth::default(), Gatherer::default());
    for (number, kind) in (0..).zip([LogKind::Bind, LogKind::Fortigate, LogKind::Squid]) {
        let mut log = Vec::new();
        write_log(kind, &few, &targets, &mut truth, &mut log).unwrap();
        gather(&index, number, kind, &log, &mut gatherer);
    }
    let found = found(&index, gatherer);
    assert_is_truth(&truth.sightings(), &found);
    let findings = found.iter().filter(|(it, _)| it.verdict.is_finding());
    let devices: std::collections::BTreeSet<_> = findings.map(|(it, _)| &it.device).collect();
    assert_eq!(devices.len(), 4, "{devices:?}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let targets = Targets::new(3, 20);
    for kind in LogKind::ALL {
        let written = |seed| {
            let (mut truth, mut log) = (Truth::default(), Vec::new());
            write_log(kind, &settings(seed, 2000), &targets, &mut truth, &mut log).unwrap();
            (truth.sightings(), log)
        };
        assert!(written(1) == written(1), "{kind:?}");
        assert!(written(1).1 != written(2).1, "{kind:?}");
    }
}

#[test]
fn a_demonstration_points_at_nobody() {
    let mut list = Vec::new();
    Targets::demo(1).write_csv(&mut list).unwrap();
    let mut observables = Vec::new();
    read_list(&mut &list[..], ReadOptions::default(), |it| observables.push(it.observable));
    assert!(observables.len() > 30);
    for observable in observables {
        let text = observable.to_string();
        let host = text.split('/').next().unwrap();
        let is_documentation =
            ["192.0.2.", "198.51.100.", "203.0.113."].iter().any(|it| text.starts_with(it));
        assert!(host.ends_with(".example") || is_documentation, "{text}");
    }
}
