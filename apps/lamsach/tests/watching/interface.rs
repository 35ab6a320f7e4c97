//! `--interface`: packets on a pair of virtual interfaces, in a network of the test's own.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::chown;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::place::{Place, end, has_program, signal, skip, wait_until};

const CAPTURES: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../domain/contacts/src/packets/testdata");
/// A user without any rights, on every system.
const NOBODY: (&str, u32) = ("nobody", 65_534);

/// A network with two ends of a cable, `near` and `far`; goes away with its value.
struct Network {
    name: String,
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    let quiet = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    quiet.stderr(Stdio::null()).status().is_ok_and(|it| it.success())
}

impl Network {
    /// `None` where this needs root, which is said.
    fn new(test: &str) -> Option<Self> {
        if !has_program("ip", "iproute2") || !has_program("tcpreplay", "tcpreplay") {
            return None;
        }
        let name = format!("lamsach-{test}-{}", std::process::id());
        if !succeeds("ip", &["netns", "add", &name]) {
            skip("packets of an interface need root and a network of their own");
            return None;
        }
        let network = Self { name };
        network.ip(&["link", "add", "near", "type", "veth", "peer", "name", "far"]);
        for end in ["near", "far"] {
            network.ip(&["link", "set", end, "up"]);
        }
        Some(network)
    }

    fn ip(&self, arguments: &[&str]) {
        assert!(succeeds("ip", &[&["-n", &self.name], arguments].concat()), "ip {arguments:?}");
    }

    /// The program inside of it.
    fn watch(&self, place: &Place, arguments: &[&str]) -> Child {
        place.command(&["ip", "netns", "exec", &self.name], arguments).spawn().unwrap()
    }

    fn replay(&self, capture: &str) {
        let file = format!("{CAPTURES}/{capture}");
        let inside = ["netns", "exec", &self.name, "tcpreplay", "-i", "near", "--topspeed", &file];
        assert!(succeeds("ip", &inside), "tcpreplay {capture}");
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        succeeds("ip", &["netns", "del", &self.name]);
    }
}

/// Counts and verdicts by device and indicator.
type Found = BTreeMap<(String, String), (u64, String)>;

fn found(sightings: &[Value]) -> Found {
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let pair = |it: &Value| {
        let key = (text(&it["device"]), text(&it["indicator"]));
        (key, (it["count"].as_u64().unwrap(), text(&it["verdict"])))
    };
    sightings.iter().filter(|it| it["verdict"].is_string()).map(pair).collect()
}

/// What `lamsach match` finds in captures, read one by one as they are replayed.
fn matched(place: &Place, captures: &[&str]) -> Found {
    let mut all = Found::new();
    for capture in captures {
        let output = Command::new(env!("CARGO_BIN_EXE_lamsach"))
            .args(["match", "-i", "list.txt", "--output", "json"])
            .arg(format!("{CAPTURES}/{capture}"))
            .current_dir(place.path(""))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let objects: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (key, (count, verdict)) in found(&objects) {
            let held = all.entry(key).or_default();
            held.0 += count;
            // By rank, and these are in the order of the alphabet as well but for one.
            if held.1.is_empty() || verdict == "connected" || held.1 == "attempted" {
                held.1 = verdict;
            }
        }
    }
    all
}

#[test]
fn packets_of_an_interface_give_what_the_capture_gives_without_any_rights() {
    let Some(network) = Network::new("packets") else { return };
    let place = Place::new("192.0.2.7\n2001:db8:6::7\nc2.example\nevil.example\n");
    let captures = ["web.pcap", "tls.pcap", "dns_tcp.pcap", "quic.pcap", "refused.pcap"];
    let expected = matched(&place, &captures);
    assert!(expected.len() >= 2, "{expected:?}");
    chown(place.path(""), Some(NOBODY.1), None).unwrap();
    let arguments = ["--interface", "far", "--user", NOBODY.0, "--no-guard"];
    let mut watch = network.watch(&place, &arguments);
    wait_until("the start", || place.err().contains("Watching interface far"));

    let status = fs::read_to_string(format!("/proc/{}/status", watch.id())).unwrap();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_start_matches(':').split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(field("Uid"), "65534 65534 65534 65534");
    assert_ne!(field("Gid"), "0 0 0 0");
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert_eq!(field(set), "0000000000000000", "{set}");
    }
    assert_eq!(field("NoNewPrivs"), "1");

    for capture in captures {
        network.replay(capture);
    }
    let told = || {
        // The last that was told of each.
        let last: BTreeMap<String, Value> = place
            .told()
            .into_iter()
            .filter_map(|it| Some((it["id"].as_str()?.to_owned(), it)))
            .collect();
        found(&last.into_values().collect::<Vec<_>>())
    };
    wait_until("all that the captures hold", || told() == expected);
    // What was told outlives a kill, and what comes then is added.
    signal(&watch, "-KILL");
    watch.wait().unwrap();
    fs::remove_file(place.path("err")).unwrap();
    let watch = network.watch(&place, &arguments);
    wait_until("the start", || place.err().contains("Watching interface far"));
    network.replay("web.pcap");
    let more = matched(&place, &["web.pcap"]);
    let count = |of: &Found| of.values().map(|it| it.0).sum::<u64>();
    wait_until("both", || count(&told()) == count(&expected) + count(&more));
    // An interface that goes down and up is still read.
    network.ip(&["link", "set", "far", "down"]);
    wait_until("the note", || place.err().contains("cannot be read"));
    network.ip(&["link", "set", "far", "up"]);
    // The same packets once more would say nothing new of connections that are known.
    wait_until("what comes then", || {
        for capture in captures {
            network.replay(capture);
        }
        count(&told()) > count(&expected) + count(&more)
    });
    assert_eq!(end(watch), Some(0));
    let summary = place.told().pop().unwrap()["summary"].clone();
    assert_eq!(summary["dropped"], 0, "{summary}");
}

#[test]
fn an_interface_that_goes_away_ends_the_watch() {
    let Some(network) = Network::new("gone") else { return };
    let place = Place::new("192.0.2.7\n");
    let mut watch = network.watch(&place, &["--interface", "far"]);
    wait_until("the start", || place.err().contains("Watching interface far"));
    network.ip(&["link", "del", "near"]);
    assert_eq!(watch.wait().unwrap().code(), Some(2));
    assert!(place.err().contains("interface far: cannot be read"), "{}", place.err());
}

#[test]
fn interfaces_and_users_that_are_not_there_are_said() {
    let place = Place::new("192.0.2.7\n");
    let check = |arguments: &[&str], expected: &str| {
        fs::write(place.path("err"), "").unwrap();
        assert_eq!(place.watch(arguments, "").wait().unwrap().code(), Some(2));
        assert!(place.err().contains(expected), "{}", place.err());
    };
    check(&["--interface", "no-such-one"], "The interface no-such-one cannot be opened");
    let socket = ["--syslog", "udp://127.0.0.1:0", "--user", "no-such-one"];
    check(&socket, "There is no user “no-such-one”");
}
