//! `--netflow`: messages of softflowd, and of nfreplay.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::place::{Place, end, has_program, wait_until};

const CONTACTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../domain/contacts/src");

fn send(program: &str, arguments: &[&str]) {
    let sent = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(sent.success(), "{program} {arguments:?}");
}

/// What `lamsach match` finds in a file.
fn matched(place: &Place, file: &str) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_lamsach"))
        .args(["match", "-i", "list.txt", "--output", "json", file])
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let objects = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    objects.filter(|it| it["verdict"].is_string()).collect()
}

#[test]
fn softflowd_is_heard_in_every_version() {
    if !has_program("softflowd", "softflowd") {
        return;
    }
    let capture = format!("{CONTACTS}/packets/testdata/web.pcap");
    for version in ["5", "9", "10"] {
        let place = Place::new("192.0.2.7\n");
        let watch = place.watch(&["--netflow", "127.0.0.1:0"], "");
        let address: SocketAddr = place.address_of("netflow ");
        let to = address.to_string();
        let pid = place.path("pid");
        // Without a control socket it ends with the capture.
        let how = ["-d", "-a", "-c", "none", "-p", pid.to_str().unwrap(), "-v", version];
        send("softflowd", &[&how[..], &["-r", &capture, "-n", &to]].concat());
        wait_until("the device", || place.sightings().len() == 1);
        assert_eq!(end(watch), Some(0));
        assert_eq!(place.sightings(), ["10.0.0.7 connected 192.0.2.7"], "version {version}");
        let summary = place.told().pop().unwrap()["summary"].clone();
        assert_eq!(summary["lines_not_parsed"], 0, "{summary}");
        assert_eq!(summary["inputs"][0]["format"], "netflow");
    }
}

#[test]
fn what_nfreplay_sends_is_counted_as_in_the_file_it_sends() {
    if !has_program("nfreplay", "nfdump") {
        return;
    }
    let file = format!("{CONTACTS}/flows/testdata/nfcapd-v9.nfcapd");
    let place = Place::new("192.0.2.7\n");
    let watch = place.watch(&["--netflow", "127.0.0.1:0"], "");
    let port = place.address_of("netflow ").port().to_string();
    send("nfreplay", &["-H", "127.0.0.1", "-p", &port, "-v", "9", "-r", &file]);
    wait_until("the device", || place.sightings().len() == 1);
    assert_eq!(end(watch), Some(0));
    let expected = matched(&place, &file);
    assert_eq!(expected.len(), 1);
    assert_eq!(place.sightings(), ["10.0.0.7 connected 192.0.2.7"]);
    assert_eq!(place.count_told(), expected[0]["count"].as_u64().unwrap());
}

#[test]
fn an_address_without_a_port_is_refused() {
    let place = Place::new("192.0.2.7\n");
    assert_eq!(place.watch(&["--netflow", "127.0.0.1"], "").wait().unwrap().code(), Some(2));
    assert!(place.err().contains("is no address to listen at"), "{}", place.err());
}
