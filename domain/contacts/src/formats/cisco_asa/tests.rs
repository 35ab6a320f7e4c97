use crate::Format;
use crate::formats::testing::{contacts, read, read_whole};

#[test]
fn messages_of_connections_are_read() {
    let reading = read_whole(Format::CiscoAsa, include_bytes!("testdata/device-time.log"));
    assert!(
        reading.times.iter().all(|time| time.starts_with("2026-11-24T01:0")),
        "{:?}",
        reading.times
    );
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn other_headers_and_products_give_the_same_contacts() {
    let expected = read(Format::CiscoAsa, include_bytes!("testdata/device-time.log")).contacts;
    for log in [&include_bytes!("testdata/syslog.log")[..], include_bytes!("testdata/rfc5424.log")]
    {
        let reading = read_whole(Format::CiscoAsa, log);
        assert_eq!(reading.contacts, expected);
        assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T01:0")));
    }
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::CiscoAsa, line), expected, "{line}");
    };
    let teardown = |foreign: u16, local: u16| {
        format!(
            "%ASA-6-302014: Teardown TCP connection 7 for outside:203.0.113.9/{foreign} to inside:192.0.2.7/{local} duration 0:00:30 bytes 5400 TCP FINs"
        )
    };
    check(&teardown(443, 51_511), &["Connected 192.0.2.7 203.0.113.9 port 443"]);
    // A scan from a low port, and one between two high ports: nobody's finding.
    check(&teardown(80, 3389), &["Connected 203.0.113.9 192.0.2.7 port 3389"]);
    check(&teardown(50_001, 51_511), &["Connected 203.0.113.9 192.0.2.7 port 51511"]);
    check(
        "Nov 24 08:00:01: %ASA-session-6-302013: Built outbound TCP connection 7 for outside:2001:db8:20::1/443 (x) to inside:2001:db8::7/5151 (x)",
        &["Attempted 2001:db8::7 2001:db8:20::1 port 443"],
    );
    check("%ASA-6-302013: Built outbound TCP connection", &[]);
    check("100% of %ASA", &[]);
    check("%ASA-6-302013", &[]);
}
