//! What is found by looking back is what matching with the list in hand would have found.

#![expect(clippy::unwrap_used, reason = "test helpers may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex};

use indicators::{ReadOptions, read_list};
use jiff::SignedDuration;
use jiff::tz::{Offset, TimeZone};
use log_check::{
    About, Archive, CheckReport, HuntError, ListInput, LogInput, Logs, Problem, Progress, Settings,
    SideCarBuilder, SideCarInput, Wanted, check_logs, hunt, load_lists,
};
use matching::{Index, Verdict};
use simulation::{
    EventFile, FlowFile, LogKind, LogSettings, Targets, Truth, write_capture, write_events,
    write_flows, write_log,
};

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Side-cars in memory.
#[derive(Debug, Default)]
struct Kept(Mutex<BTreeMap<String, Vec<u8>>>);

impl Archive for Kept {
    fn store(&self, name: &str, about: About, side_car: SideCarBuilder) -> io::Result<()> {
        self.0.lock().unwrap().insert(name.to_owned(), side_car.finish(&about));
        Ok(())
    }

    fn drop_shorter(&self, name: &str) -> io::Result<()> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

/// An archive whose disk is full.
#[derive(Debug)]
struct Full;

impl Archive for Full {
    fn store(&self, _: &str, _: About, _: SideCarBuilder) -> io::Result<()> {
        Err(io::Error::other("no space left"))
    }

    fn drop_shorter(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// Logs in memory.
struct InMemory(BTreeMap<String, Vec<u8>>);

impl Logs for InMemory {
    fn open(&self, log: &About) -> LogInput {
        input(&log.log, self.0.get(&log.log).cloned())
    }
}

fn input(name: &str, bytes: Option<Vec<u8>>) -> LogInput {
    let bytes = bytes.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
    LogInput {
        name: name.to_owned(),
        modified: "2026-11-05T00:00:00Z".parse().ok(),
        size_bytes: None,
        bytes: bytes.map(|it| Box::new(Cursor::new(it)) as _),
    }
}

fn settings(threads: usize, archive: Option<Arc<dyn Archive>>) -> Settings {
    let zone = TimeZone::fixed(Offset::constant(7));
    Settings { threads, archive, ..Settings::new(zone) }
}

fn side_cars(kept: &Kept) -> Vec<SideCarInput> {
    let kept = kept.0.lock().unwrap();
    let side_car = |(name, bytes): (&String, &Vec<u8>)| SideCarInput {
        name: name.clone(),
        bytes: Ok(Box::new(bytes.clone())),
    };
    kept.iter().map(side_car).collect()
}

fn wanted(csv: &[u8]) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    let report = read_list(&mut &csv[..], ReadOptions::default(), |indicator| {
        wanted.push(Wanted { indicator, list: "list".to_owned(), warning: None });
    });
    assert_eq!(report.problem, None);
    wanted
}

const LIST_NAME: &str = "list";

/// What was found: the strongest verdict and the count of a device and an indicator.
type Words = BTreeMap<(String, String), (Verdict, u64)>;

fn words(report: &CheckReport) -> Words {
    let findings = report.sightings.iter().filter(|it| it.verdict.is_finding());
    findings.map(|it| ((it.device.clone(), it.indicator.clone()), (it.verdict, it.count))).collect()
}

fn index(csv: &[u8]) -> Index {
    let bytes: Box<dyn Read + Send> = Box::new(Cursor::new(csv.to_vec()));
    let list = ListInput { name: LIST_NAME.to_owned(), bytes: Ok(bytes) };
    load_lists(vec![list], ReadOptions::default()).unwrap().index
}

/// Matches logs with the list in hand, and looks back in side-cars that were made without it. What was
/// found is the same; gives what matching and looking back say.
fn look_back(logs: &BTreeMap<String, Vec<u8>>, csv: &[u8]) -> (CheckReport, CheckReport) {
    let inputs = || logs.iter().map(|(name, log)| input(name, Some(log.clone()))).collect();
    let none = index(b"none.invalid\n");
    let kept = Arc::new(Kept::default());
    check_logs(&none, inputs(), &settings(3, Some(kept.clone())), &Silent);
    // One thread gives the same bytes.
    let again = Arc::new(Kept::default());
    check_logs(&none, inputs(), &settings(1, Some(again.clone())), &Silent);
    assert_eq!(*kept.0.lock().unwrap(), *again.0.lock().unwrap());

    let matched = check_logs(&index(csv), inputs(), &settings(1, None), &Silent);
    let (files, wanted) = (InMemory(logs.clone()), wanted(csv));
    let found =
        hunt(&wanted, side_cars(&kept).into_iter(), &files, &settings(1, None), &Silent).unwrap();
    assert!(found.summary.complete, "{:?}", found.summary.files);
    assert_eq!(found.summary.files.len(), logs.len());
    let units = |it: &CheckReport| -> Vec<_> {
        it.summary.files.iter().map(|it| (it.unit, it.lines_read)).collect()
    };
    assert_eq!(units(&found), units(&matched));

    let pairs = |words: Words| -> BTreeSet<_> {
        words.into_iter().map(|(key, (verdict, _))| (key, verdict)).collect()
    };
    let (looked, expected) = (pairs(words(&found)), pairs(words(&matched)));
    let missed: Vec<_> = expected.difference(&looked).take(9).collect();
    let made_up: Vec<_> = looked.difference(&expected).take(9).collect();
    assert!(missed.is_empty() && made_up.is_empty(), "missed {missed:#?}, made up {made_up:#?}");
    assert!(found.sightings.iter().all(|it| it.evidence.line_number > 0));
    // The line shown is that of the contact: it names the device, unless it writes an address in
    // another way.
    let shown = found.sightings.iter().map(|it| (&it.evidence.line, &it.device));
    let naming = shown.filter(|(line, device)| line.to_lowercase().contains(*device)).count();
    assert!(naming * 10 > found.sightings.len() * 9, "{naming} of {}", found.sightings.len());
    (matched, found)
}

fn generated(devices: u32, lines: u64) -> LogSettings {
    LogSettings {
        seed: 11,
        start: "2026-10-30T15:00:00Z".parse().unwrap(),
        span: SignedDuration::from_hours(24),
        offset: Offset::constant(7),
        devices,
        infected_devices: 40,
        lines,
        planted_per_100k: 4_000,
    }
}

#[test]
fn looking_back_finds_what_matching_would_have_found() {
    let targets = Targets::new(7, 40);
    let mut csv = Vec::new();
    targets.write_csv(&mut csv).unwrap();
    let mut logs = BTreeMap::new();
    for kind in LogKind::ALL {
        let mut log = Vec::new();
        let settings = generated(300, 4_000);
        write_log(kind, &settings, &targets, &mut Truth::default(), &mut log).unwrap();
        logs.insert(kind.file_name(), log);
    }
    let (matched, found) = look_back(&logs, &csv);
    let (matched, looked_back) = (words(&matched), words(&found));
    assert!(matched.len() > 300, "{}", matched.len());
    // Mentions of an indicator count in a sighting too, and are not kept for looking back.
    let fewer = looked_back.iter().filter(|(key, (_, count))| *count < matched[*key].1).count();
    let more = looked_back.iter().filter(|(key, (_, count))| *count > matched[*key].1).count();
    assert!(fewer * 4 < matched.len() && more == 0, "{fewer} fewer, {more} more");
}

#[test]
fn looking_back_in_packets_flows_and_events_finds_what_matching_would_have_found() {
    let targets = Targets::new(7, 40);
    let mut csv = Vec::new();
    targets.write_csv(&mut csv).unwrap();
    let (settings, mut logs) = (generated(300, 20_000), BTreeMap::new());
    let mut keep = |name: &str, log: Vec<u8>| logs.insert(name.to_owned(), log);
    let mut log = Vec::new();
    write_capture(&settings, &targets, &mut Truth::default(), &mut log).unwrap();
    keep("capture.pcap", log);
    for (name, kind) in [("flows.ipfix", FlowFile::Ipfix), ("nfcapd.flows", FlowFile::Nfdump)] {
        let mut log = Cursor::new(Vec::new());
        write_flows(kind, &settings, &targets, &mut Truth::default(), &mut log).unwrap();
        keep(name, log.into_inner());
    }
    for (name, kind) in [("dns.dnstap", EventFile::Dnstap), ("sysmon.evtx", EventFile::Evtx)] {
        let mut log = Vec::new();
        write_events(kind, &settings, &targets, &mut Truth::default(), &mut log).unwrap();
        keep(name, log);
    }
    let (matched, found) = look_back(&logs, &csv);
    let (matched, looked_back) = (words(&matched), words(&found));
    assert!(matched.len() > 100, "{}", matched.len());
    let other = matched.iter().filter(|(key, it)| looked_back[*key].1 != it.1).count();
    assert!(other * 4 < matched.len(), "{other} of {} counts differ", matched.len());
}

#[test]
fn a_log_that_grows_is_kept_once_however_short_it_was() {
    let line = |at: usize, name: &str| {
        format!(
            "24-Nov-2026 08:00:{at:02}.123 client @0x7f 10.0.0.7#51511 ({name}): query: {name} IN A +E(0)K (10.0.0.1)\n"
        )
    };
    let none = index(b"none.invalid\n");
    let wanted = wanted(b"evil.example\n");
    // Another log is not taken for it, though it has the same device.
    let other = line(59, "other.evil.example");
    for names in [["evil.example"; 12], ["a-long-name-of-many-letters-indeed.evil.example"; 12]] {
        let kept = Arc::new(Kept::default());
        let archive = settings(2, Some(kept.clone()));
        check_logs(&none, vec![input("b", Some(other.clone().into_bytes()))], &archive, &Silent);
        for count in 0..names.len() {
            let lines: String = (0..=count).map(|at| line(at, names[at])).collect();
            // Looked at in the middle of its last line, too.
            for end in [lines.len() - 20, lines.len()] {
                let log = lines.as_bytes()[..end].to_vec();
                check_logs(&none, vec![input("a", Some(log))], &archive, &Silent);
            }
            let logs = InMemory(BTreeMap::from([("a".to_owned(), lines.into_bytes())]));
            let side_cars = side_cars(&kept).into_iter();
            let found = hunt(&wanted, side_cars, &logs, &settings(1, None), &Silent).unwrap();
            assert_eq!(found.sightings[0].count, count as u64 + 2, "{count}");
        }
        assert_eq!(kept.0.lock().unwrap().len(), 2);
    }
}

/// Requests for an address that went through a proxy with another one.
const ASKED_BY_ADDRESS: &[(&str, &str)] = &[
    (
        "squid",
        "1795482002.123 120 10.1.3.2 TCP_TUNNEL/200 5400 CONNECT 203.0.113.66:443 - FIRSTUP_PARENT/10.0.0.9 -\n",
    ),
    (
        "suricata",
        r#"{"timestamp":"2026-11-24T08:00:01.000000+0700","event_type":"http","src_ip":"10.1.3.2","src_port":50000,"dest_ip":"10.0.0.9","dest_port":3128,"proto":"TCP","http":{"hostname":"203.0.113.66","url":"http://203.0.113.66:8443/x","http_method":"GET","status":200}}
"#,
    ),
    (
        "zeek-json",
        r#"{"_path":"http","ts":1795482001.5,"uid":"C1","id.orig_h":"10.1.3.2","id.orig_p":50000,"id.resp_h":"10.0.0.9","id.resp_p":3128,"trans_depth":1,"method":"GET","host":"203.0.113.66","uri":"/x","status_code":200}
"#,
    ),
    (
        "fortigate",
        "date=2026-11-24 time=08:00:04 devname=\"FG-EXAMPLE\" eventtime=1795482004 tz=\"+0700\" type=\"utm\" subtype=\"webfilter\" srcip=10.1.3.2 srcport=51514 dstip=10.0.0.9 dstport=3128 hostname=\"203.0.113.66\" action=\"passthrough\" url=\"http://203.0.113.66/x\" sentbyte=250 rcvdbyte=900\n",
    ),
    (
        "w3c",
        "#Software: SGOS 7.3\n#Version: 1.0\n#Fields: date time c-ip sc-status s-action cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path r-ip sc-filter-result\n2026-11-24 01:00:01 10.1.3.2 200 TCP_NC_MISS GET http 203.0.113.66 80 /x 10.0.0.9 OBSERVED\n",
    ),
    (
        "cisco-asa",
        "<165>Nov 24 2026 08:01:18 fw-example : %ASA-5-304001: 10.1.3.2 Accessed URL 10.0.0.9:http://203.0.113.66/x\n",
    ),
    (
        "sophos",
        "date=2026-11-24 time=08:00:01 timezone=\"+07\" device_name=\"SFW\" log_id=1 log_type=\"Content Filtering\" log_component=\"HTTP\" log_subtype=\"Allowed\" src_ip=10.1.3.2 dst_ip=10.0.0.9 dst_port=3128 url=\"http://203.0.113.66/x\" domain=203.0.113.66\n",
    ),
    (
        "paloalto",
        "1,2026/11/24 08:00:07,007900000000001,THREAT,url,2561,2026/11/24 08:00:07,10.1.3.2,10.0.0.9,198.51.100.1,10.0.0.9,rule,user,,web-browsing,vsys1,trust,untrust,ethernet1/2,ethernet1/1,SIEM,2026/11/24 08:00:07,33007,1,51516,80,51516,80,0x403000,tcp,alert,\"203.0.113.66/x\",(9999),unknown,informational,client-to-server,70000007,0x0,Reserved,Reserved,0,text/html,0,,,1,,,,,,,,0\n",
    ),
];

#[test]
fn what_a_request_names_is_looked_for_beside_what_it_went_to() {
    for (format, line) in ASKED_BY_ADDRESS {
        let logs = InMemory(BTreeMap::from([((*format).to_owned(), line.as_bytes().to_vec())]));
        for indicator in ["203.0.113.66", "203.0.113.64/28", "10.0.0.9"] {
            let kept = Arc::new(Kept::default());
            let archive = settings(1, Some(kept.clone()));
            let list = format!("{indicator}\n");
            let log = vec![input(format, logs.0.get(*format).cloned())];
            let matched = check_logs(&index(list.as_bytes()), log, &archive, &Silent);
            let file = matched.summary.files.first().unwrap();
            assert_eq!(file.format.as_deref(), Some(*format));
            let wanted = wanted(list.as_bytes());
            let side_cars = side_cars(&kept).into_iter();
            let found = hunt(&wanted, side_cars, &logs, &settings(1, None), &Silent).unwrap();
            for report in [&matched, &found] {
                let [sighting] = report.sightings.as_slice() else {
                    panic!("{format} {indicator}: {:?}", report.sightings)
                };
                assert_eq!((sighting.device.as_str(), sighting.count), ("10.1.3.2", 1), "{format}");
                assert_eq!(sighting.verdict, Verdict::Connected, "{format} {indicator}");
            }
        }
        let found = |indicator: &str| {
            let log = vec![input(format, logs.0.get(*format).cloned())];
            let list = index(format!("{indicator}\n").as_bytes());
            check_logs(&list, log, &settings(1, None), &Silent).sightings.len()
        };
        // A URL belongs to either; the port of the proxy to the proxy alone, where the log tells both.
        let port = if *format == "suricata" { ":8443" } else { "" };
        let url = format!("http://203.0.113.66{port}/x");
        assert_eq!(found(&url), usize::from(!line.contains("CONNECT")), "{format}");
        if line.contains("3128") && line.contains("http://") {
            assert_eq!(found("10.0.0.9:3128"), 1, "{format}");
            assert_eq!(found("203.0.113.66:3128"), 0, "{format}");
        }
    }
}

#[test]
fn logs_with_one_long_header_are_kept_apart() {
    let log = |day: u8| {
        let fields = "x-field-of-many-letters ".repeat(30);
        format!(
            "#Software: SGOS 7.3\n#Version: 1.0\n#Fields: date time c-ip sc-status s-action cs-method cs-host {fields}\n\
             2026-11-{day} 01:00:01 10.1.3.2 200 TCP_NC_MISS GET evil.example {}\n",
            "- ".repeat(30)
        )
        .into_bytes()
    };
    let kept = Arc::new(Kept::default());
    let archive = settings(1, Some(kept.clone()));
    let none = index(b"none.invalid\n");
    for day in [24, 25] {
        check_logs(&none, vec![input("a.log", Some(log(day)))], &archive, &Silent);
    }
    assert_eq!(kept.0.lock().unwrap().len(), 2);
    // The header alone, before there was a line behind it.
    let header = log(24).into_iter().take(700).collect();
    check_logs(&none, vec![input("a.log", Some(header))], &archive, &Silent);
    check_logs(&none, vec![input("a.log", Some(log(24)))], &archive, &Silent);
    assert_eq!(kept.0.lock().unwrap().len(), 2);
}

#[test]
fn a_site_of_which_nothing_is_kept_is_told() {
    let line = b"24-Nov-2026 08:00:01.123 client @0x7f 10.0.0.7#51511 (evil.example): \
                 query: evil.example IN A +E(0)K (10.0.0.1)\n";
    let kept = Arc::new(Kept::default());
    let of_site =
        |site: &str| Settings { site: Some(site.to_owned()), ..settings(1, Some(kept.clone())) };
    let none = index(b"none.invalid\n");
    check_logs(&none, vec![input("a", Some(line.to_vec()))], &of_site("Trụ sở"), &Silent);
    let wanted = wanted(b"evil.example\n");
    let logs = InMemory(BTreeMap::new());
    let look = |site| hunt(&wanted, side_cars(&kept).into_iter(), &logs, &of_site(site), &Silent);
    assert_eq!(look("Trụ sở").unwrap().sightings.len(), 1);
    let others = vec!["Trụ sở".to_owned()];
    assert_eq!(look("Tru so").unwrap_err(), HuntError::NoSuchSite(others));
}

#[test]
fn what_is_gone_or_damaged_is_named() {
    let log = b"24-Nov-2026 08:00:01.123 client @0x7f 10.0.0.7#51511 (a.evil.example): \
                query: a.evil.example IN A +E(0)K (10.0.0.1)\n"
        .to_vec();
    let none = ListInput { name: "none".into(), bytes: Ok(Box::new(&b"none.invalid\n"[..])) };
    let none = load_lists(vec![none], ReadOptions::default()).unwrap().index;

    let full = settings(2, Some(Arc::new(Full)));
    let report = check_logs(&none, vec![input("a.log", Some(log.clone()))], &full, &Silent);
    let problem = report.summary.files.first().unwrap().problem.clone();
    assert_eq!(problem, Some(Problem::NotArchived { detail: "no space left".to_owned() }));
    assert!(!report.summary.complete);

    let kept = Arc::new(Kept::default());
    let archive = settings(2, Some(kept.clone()));
    check_logs(&none, vec![input("a.log", Some(log))], &archive, &Silent);
    let mut side_cars = side_cars(&kept);
    side_cars.push(SideCarInput { name: "b".to_owned(), bytes: Ok(Box::new(b"no side-car")) });
    let missing = io::Error::from(io::ErrorKind::PermissionDenied);
    side_cars.push(SideCarInput { name: "c".to_owned(), bytes: Err(missing) });
    let wanted = wanted(b"evil.example\nhttp://a.evil.example/x\n");
    let nowhere = InMemory(BTreeMap::new());
    let found =
        hunt(&wanted, side_cars.into_iter(), &nowhere, &settings(1, None), &Silent).unwrap();
    assert!(!found.summary.complete);
    let problems: Vec<_> = found
        .summary
        .files
        .iter()
        .map(|it| (it.file.as_str(), it.problem.as_ref().map(Problem::code)))
        .collect();
    // The log is gone, so whether the URL was fetched cannot be told.
    assert_eq!(
        problems,
        [("a.log", Some("unreadable")), ("b", Some("side-car")), ("c", Some("unreadable"))]
    );
    let sighting = found.sightings.first().unwrap();
    assert_eq!((sighting.device.as_str(), sighting.evidence.line.as_str()), ("10.0.0.7", ""));
}

#[test]
fn what_was_not_read_then_is_not_called_read_now() {
    let line = "24-Nov-2026 08:00:01.123 client @0x7f 10.0.0.7#51511 (good.example): \
                query: good.example IN A +E(0)K (10.0.0.1)\n";
    let none = ListInput { name: "none".into(), bytes: Ok(Box::new(&b"none.invalid\n"[..])) };
    let none = load_lists(vec![none], ReadOptions::default()).unwrap().index;
    let looked_back = |input: LogInput, format: Option<&str>| {
        let kept = Arc::new(Kept::default());
        let format = format.map(str::to_owned);
        let archiving = Settings { format, ..settings(2, Some(kept.clone())) };
        check_logs(&none, vec![input], &archiving, &Silent);
        let (wanted, nowhere) = (wanted(b"evil.example\n"), InMemory(BTreeMap::new()));
        let side_cars = side_cars(&kept).into_iter();
        hunt(&wanted, side_cars, &nowhere, &settings(1, None), &Silent).unwrap().summary
    };
    let whole = looked_back(input("a", Some(line.repeat(3).into_bytes())), None);
    assert_eq!((whole.complete, whole.lines_read, whole.lines_not_parsed), (true, 3, 0));

    let mixed = format!("{}no line of BIND\n", line.repeat(3));
    let mixed = looked_back(input("a", Some(mixed.into_bytes())), Some("bind"));
    assert_eq!((mixed.complete, mixed.lines_read, mixed.lines_not_parsed), (false, 4, 1));

    let cut = Cursor::new(line.repeat(3).into_bytes()).chain(Failing);
    let cut = LogInput { bytes: Ok(Box::new(cut)), ..input("a", None) };
    let cut = looked_back(cut, None);
    assert_eq!(cut.files.first().unwrap().problem, Some(Problem::SideCarCut));
    assert!(!cut.complete);

    // A scan knows names and nobody who contacted them: nothing is kept of it.
    let scanned = looked_back(input("a", Some(line.repeat(3).into_bytes())), Some("generic"));
    assert!(scanned.files.is_empty());
}

/// A disk that fails.
struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk failed"))
    }
}
