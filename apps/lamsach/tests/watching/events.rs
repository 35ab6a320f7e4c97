//! `--follow` of files of events: dnstap of real name servers, and event logs of Windows.

use std::fs::{self, File};
use std::io::Write as _;

use simulation::LoggedEvent;

use crate::place::{Place, end, signal, wait_until};

const BIND: &[u8] =
    include_bytes!("../../../../domain/contacts/src/events/testdata/bind.fstrm").as_slice();

fn append(place: &Place, name: &str, bytes: &[u8]) {
    let mut file = File::options().create(true).append(true).open(place.path(name)).unwrap();
    file.write_all(bytes).unwrap();
}

/// What was told last of each device and indicator, as device, verdict, count.
fn told(place: &Place) -> Vec<String> {
    let mut last = std::collections::BTreeMap::new();
    for event in place.told().iter().filter(|it| it["event"].is_string()) {
        if event["verdict"] != "mention-only" {
            let text = format!("{} {} {}", event["device"], event["verdict"], event["count"]);
            last.insert((event["device"].to_string(), event["indicator"].to_string()), text);
        }
    }
    last.into_values().map(|it| it.replace('"', "")).collect()
}

#[test]
fn dnstap_that_grows_and_moves_away_is_read_once_through_kills() {
    let place = Place::new("c2.example\nbad.example\n");
    let follow = ["--follow", "dns.tap"];
    // Nothing is there yet, then less than tells what it is, then half a frame.
    let mut watch = place.watch(&follow, "");
    wait_until("the start", || place.err().contains("Watching"));
    append(&place, "dns.tap", &BIND[..30]);
    append(&place, "dns.tap", &BIND[30..2_000]);
    wait_until("the first sighting", || !told(&place).is_empty());
    signal(&watch, "-KILL");
    watch.wait().unwrap();
    append(&place, "dns.tap", &BIND[2_000..]);
    fs::rename(place.path("dns.tap"), place.path("dns.tap.1")).unwrap();
    let watch = place.watch(&follow, "");
    let expected = [
        "192.0.2.53 dns-blocked 1",
        "192.0.2.53 dns-resolved 2",
        "192.0.2.8 dns-blocked 1",
        "192.0.2.8 dns-resolved 1",
        "192.0.2.7 dns-resolved 1",
        "2001:db8::7 dns-resolved 1",
    ];
    let is_all = || expected.iter().all(|it| told(&place).iter().any(|told| told == it));
    wait_until("all of the first file", is_all);
    // A new file, begun anew.
    append(&place, "dns.tap", BIND);
    wait_until("the new file", || told(&place).iter().any(|it| it == "192.0.2.53 dns-resolved 4"));
    assert_eq!(end(watch), Some(0));
    let summary = &place.told().pop().unwrap()["summary"];
    let input = &summary["inputs"][0];
    assert_eq!((&input["format"], &input["gaps"]), (&"dnstap".into(), &0.into()), "{summary}");
    assert_eq!(input["complete"], true, "{summary}");
    assert_eq!(told(&place).len(), 6, "{:?}", told(&place));
    assert!(told(&place).iter().any(|it| it == "192.0.2.7 dns-resolved 2"));
}

#[test]
fn an_event_log_that_is_copied_again_and_again_is_read_once_through_kills() {
    let place = Place::new("198.51.100.7\n");
    let connection = |to: &'static str| {
        let to = ("DestinationIp", to);
        [("Initiated", "true"), ("Protocol", "tcp"), to, ("DestinationPort", "443")]
    };
    let fields = [connection("192.0.2.7"), connection("198.51.100.7")];
    let log = |count: i64| {
        let event = |at: i64| LoggedEvent {
            id: 3,
            computer: "may-01",
            time_us: (1_795_482_001 + at) * 1_000_000,
            fields: &fields[usize::from(at % 10 == 0)],
        };
        let events: Vec<_> = (1..=count).map(event).collect();
        simulation::event_log("Microsoft-Windows-Sysmon", "Operational", &events)
    };
    let write = |count: i64| {
        fs::write(place.path("new"), log(count)).unwrap();
        fs::rename(place.path("new"), place.path("sysmon.evtx")).unwrap();
    };
    write(100);
    let follow = ["--follow", "sysmon.evtx"];
    let mut watch = place.watch(&follow, "");
    wait_until("the first", || told(&place) == ["may-01 connected 10"]);
    write(155);
    wait_until("what was added", || told(&place) == ["may-01 connected 15"]);
    signal(&watch, "-KILL");
    watch.wait().unwrap();
    write(2_000);
    let watch = place.watch(&follow, "");
    wait_until("the rest", || told(&place) == ["may-01 connected 200"]);
    assert_eq!(end(watch), Some(0));
    let summary = &place.told().pop().unwrap()["summary"];
    assert_eq!(summary["inputs"][0]["format"], "evtx", "{summary}");
    assert_eq!(summary["inputs"][0]["lines_read"], 2_000, "{summary}");
    assert_eq!(summary["inputs"][0]["complete"], true, "{summary}");
}
