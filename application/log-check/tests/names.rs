//! Which device an address was, contact by contact.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use log_check::{
    ListInput, LogInput, MOST_NAMES_BYTES, NamesInput, Progress, ReadOptions, Settings, check_logs,
    load_lists, load_names,
};
use matching::Sighting;
use proptest::prelude::*;

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _raw_bytes: u64, _lines: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Count, first and last time of contacts.
type Row = (u64, Timestamp, Timestamp);

fn check(log: &str, names: &[(&str, &str)], threads: usize) -> Vec<Sighting> {
    let list = ListInput {
        name: "list.txt".to_owned(),
        bytes: Ok(Box::new(Cursor::new(b"evil.example\nworse.example\n"))),
    };
    let index = load_lists(vec![list], ReadOptions::default()).unwrap().index;
    let inputs = names.iter().map(|(name, text)| NamesInput {
        name: (*name).to_owned(),
        modified: "2026-11-24T00:00:00Z".parse().ok(),
        bytes: Box::new(Cursor::new(text.as_bytes().to_vec())),
    });
    let (names, reports) =
        load_names(inputs.collect(), &[], None, &TimeZone::UTC, MOST_NAMES_BYTES).unwrap();
    assert!(reports.iter().all(|(_, it)| it.problem.is_none() && it.refused_total() == 0));
    let log = LogInput {
        name: "log".to_owned(),
        modified: None,
        size_bytes: None,
        bytes: Ok(Box::new(Cursor::new(log.as_bytes().to_vec()))),
    };
    let settings = Settings { threads, names: Arc::new(names), ..Settings::new(TimeZone::UTC) };
    let report = check_logs(&index, vec![log], &settings, &Silent);
    assert!(report.summary.complete, "{:?}", report.summary);
    report.sightings
}

const KEA: &str =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n";

fn seconds(at: i64) -> Timestamp {
    Timestamp::from_second(1_795_478_400 + at).unwrap()
}

fn bind_line(at: i64, device: &str, name: &str) -> String {
    let time =
        seconds(at).to_zoned_datetime(TimeZone::UTC).strftime("%d-%b-%Y %H:%M:%S").to_string();
    format!(
        "{time}.000 client @0x7f {device}#51511 ({name}): query: {name} IN A +E(0)K (10.0.0.1)\n"
    )
}

fn lease(address: &str, device: usize, from: i64, until: i64) -> String {
    let expire = seconds(until).as_second();
    format!(
        "{address},02:00:00:00:00:{device:02x},,{},{expire},1,0,0,may-{device},0\n",
        until - from
    )
}

#[test]
fn an_address_that_moved_is_two_devices_each_with_its_own_figures() {
    let log = [
        bind_line(10, "10.0.0.7", "a.evil.example"),
        bind_line(20, "10.0.0.7", "evil.example"),
        bind_line(110, "10.0.0.7", "evil.example"),
        bind_line(205, "10.0.0.7", "evil.example"),
        // The neighbour in the address plan is another device.
        bind_line(15, "10.0.0.70", "evil.example"),
    ]
    .concat();
    let leases =
        [KEA.to_owned(), lease("10.0.0.7", 1, 0, 100), lease("10.0.0.7", 2, 100, 200)].concat();
    let found = check(&log, &[("leases", &leases)], 1);
    let rows: Vec<_> = found
        .iter()
        .map(|it| {
            let name = it.device_name.clone().unwrap_or_default();
            let second = |at: Option<Timestamp>| at.unwrap().duration_since(seconds(0)).as_secs();
            let line = it.evidence.line_number;
            (it.device.as_str(), name, it.count, second(it.first_seen), second(it.last_seen), line)
        })
        .collect();
    let expected = [
        ("10.0.0.7", "may-1".to_owned(), 2, 10, 20, 1),
        ("10.0.0.7", "may-2".to_owned(), 1, 110, 110, 3),
        ("10.0.0.7", String::new(), 1, 205, 205, 4),
        ("10.0.0.70", String::new(), 1, 15, 15, 5),
    ];
    assert_eq!(rows, expected);
    assert_eq!(found[0].device_mac.as_deref(), Some("02:00:00:00:00:01"));
}

#[test]
fn a_renewed_lease_is_one_device() {
    let log = [5, 15, 25].map(|at| bind_line(at, "10.0.0.7", "evil.example")).concat();
    let leases =
        [KEA.to_owned(), lease("10.0.0.7", 1, 0, 20), lease("10.0.0.7", 1, 10, 30)].concat();
    let found = check(&log, &[("leases", &leases)], 1);
    assert_eq!((found.len(), found[0].count), (1, 3));
}

#[test]
fn the_logs_own_names_part_an_address_and_lines_without_one_do_not() {
    let line = |name: &str, second: u32| {
        format!(
            "date=2026-11-24 time=08:00:{second:02} tz=\"+0000\" type=\"traffic\" subtype=\"forward\" srcip=10.0.9.2{name} dstip=192.0.2.1 dstport=80 hostname=\"evil.example\" action=\"close\" rcvdbyte=100\n"
        )
    };
    let named = |name: &str| format!(" srcname=\"{name}\"");
    let log = [line(&named("PC-01"), 1), line("", 2), line(&named("pc-01"), 3)].concat();
    let found = check(&log, &[], 1);
    assert_eq!((found.len(), found[0].count), (1, 3));
    assert_eq!(found[0].device_name.as_deref(), Some("PC-01"));

    let log = [line(&named("PC-01"), 1), line("", 2), line(&named("PC-02"), 3)].concat();
    let found = check(&log, &[], 1);
    let names: Vec<_> = found.iter().map(|it| (it.device_name.as_deref(), it.count)).collect();
    assert_eq!(names, [(Some("PC-01"), 1), (None, 1), (Some("PC-02"), 1)]);

    // A lease without a name has the hardware address of the device that the log names.
    let leases = [KEA.to_owned(), lease("10.0.9.2", 1, 0, 90_000).replace("may-1", "")].concat();
    let log = [line(&named("PC-01"), 1), line("", 2)].concat();
    let found = check(&log, &[("leases", &leases)], 1);
    assert_eq!((found.len(), found[0].count), (1, 2));
    assert_eq!(found[0].device_name.as_deref(), Some("PC-01"));
    assert_eq!(found[0].device_mac.as_deref(), Some("02:00:00:00:00:01"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the leases and the contacts: each device gets count, first and last of the contacts
    /// within its own leases, as a slow loop over both tells.
    #[test]
    fn sightings_are_split_exactly_where_leases_move(
        lengths in prop::collection::vec((0_usize..3, 1_i64..40, 0_i64..10), 0..8),
        contacts in prop::collection::vec((0_i64..300, any::<bool>()), 1..40),
        threads in 1_usize..4,
    ) {
        let (mut now, mut leases, mut held) = (0, KEA.to_owned(), Vec::new());
        for (device, length, gap) in lengths {
            now += gap;
            leases.push_str(&lease("10.0.0.7", device, now, now + length));
            held.push((device, now, now + length));
            now += length;
        }
        let name = |is_worse: &bool| if *is_worse { "x.worse.example" } else { "evil.example" };
        let log: String =
            contacts.iter().map(|(at, worse)| bind_line(*at, "10.0.0.7", name(worse))).collect();
        let mut slow: BTreeMap<(Option<String>, bool), Row> = BTreeMap::new();
        for (at, worse) in &contacts {
            let device = held.iter().find(|(_, from, until)| from <= at && at < until);
            let key = (device.map(|(device, _, _)| format!("may-{device}")), *worse);
            let at = seconds(*at);
            let row = slow.entry(key).or_insert((0, at, at));
            *row = (row.0 + 1, row.1.min(at), row.2.max(at));
        }
        let found = check(&log, &[("leases", &leases)], threads);
        let fast: BTreeMap<(Option<String>, bool), Row> = found
            .iter()
            .map(|it| {
                let key = (it.device_name.clone(), it.indicator == "worse.example");
                (key, (it.count, it.first_seen.unwrap(), it.last_seen.unwrap()))
            })
            .collect();
        prop_assert_eq!(found.len(), fast.len());
        prop_assert_eq!(fast, slow);
    }
}
