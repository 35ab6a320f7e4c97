//! Frames over a pair of virtual interfaces, in a network of the test's own.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::process::Command;
use std::time::{Duration, Instant};

use capture::{Capture, Injector, Sender};

/// Set for the test when it runs in that network.
const INSIDE: &str = "LAMSACH_TEST_NETWORK";
const NETWORK: &str = "mount -t sysfs sysfs /sys
    ip link add near type veth peer name far
    ip link set near up mtu 3400
    ip link set far up mtu 3400
    exec \"$0\" --exact frames_that_are_sent_are_read_in_their_order --nocapture";

#[test]
#[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
fn frames_that_are_sent_are_read_in_their_order() {
    if std::env::var_os(INSIDE).is_some() {
        return send_and_read();
    }
    let has_rights = Command::new("unshare").args(["-n", "-m", "ip", "link"]).output();
    if !has_rights.is_ok_and(|it| it.status.success()) {
        return eprintln!("skipped: needs root, `unshare` and `ip`");
    }
    let mut inside = Command::new("unshare");
    inside.args(["-n", "-m", "sh", "-ec", NETWORK]).arg(std::env::current_exe().unwrap());
    let ended = inside.env(INSIDE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{ended:?}");
}

#[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
fn send_and_read() {
    // Of a kind that nobody else sends, each with its number and a length of its own.
    let frames: Vec<Vec<u8>> = (0..1_000_u32)
        .map(|number| {
            let head = [&[2; 12], &b"\x88\xb5"[..], &number.to_be_bytes()].concat();
            [head, vec![7; 42 + number as usize * 3]].concat()
        })
        .collect();
    let mut capture = Capture::open("far").unwrap();
    let sender = Sender::open("near").unwrap();
    let all: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let mut left = all.as_slice();
    while !left.is_empty() {
        let sent = sender.send(left).unwrap();
        assert!(sent > 0);
        left = &left[sent..];
    }
    assert_eq!(sender.send(&[]).unwrap(), 0);
    assert!(read(&mut capture, frames.len()) == frames);

    // The other way takes none that is longer than half a page or so, and begins anew behind the last.
    let short = &all[..600];
    let injector = match Injector::new("near", "far", short) {
        Ok(injector) => injector,
        Err(error) => return eprintln!("skipped: this system runs no such program: {error}"),
    };
    injector.send(400).unwrap();
    injector.send(500).unwrap();
    let twice = [short, &short[..300]].concat();
    assert!(read(&mut capture, twice.len()) == twice);
    let is_refused = |frame: &[u8]| Injector::new("near", "far", &[frame]).is_err();
    assert!(is_refused(&[2; 3_001]) && is_refused(&[2; 13]));
    assert_eq!(capture.counts().unwrap().dropped, 0);
}

/// So many frames of the test's kind.
fn read(capture: &mut Capture, count: usize) -> Vec<Vec<u8>> {
    let mut read: Vec<Vec<u8>> = Vec::new();
    let begun = Instant::now();
    while read.len() < count {
        assert!(begun.elapsed() < Duration::from_mins(1), "{} came", read.len());
        if capture.wait(Duration::from_millis(100)).unwrap() {
            let packets = capture.take().unwrap();
            packets.for_each(|frame, _| {
                if frame[12..14] == *b"\x88\xb5" {
                    read.push(frame.to_vec());
                }
            });
        }
    }
    read
}
