use crate::Format;
use crate::formats::testing::{contacts, read, read_whole};

/// The same questions, written with other settings. See `formats/README.md`.
const LOGS: [&[u8]; 5] = [
    include_bytes!("testdata/file.log"),
    include_bytes!("testdata/ascii-time.log"),
    include_bytes!("testdata/tagged.log"),
    include_bytes!("testdata/syslog.log"),
    include_bytes!("testdata/syslog-rfc3339.log"),
];

#[test]
fn the_log_of_a_real_unbound_is_read() {
    insta::assert_snapshot!(read(Format::Unbound, LOGS[0]).contacts.join("\n"));
}

#[test]
fn every_setting_gives_the_same_contacts() {
    let expected = read(Format::Unbound, LOGS[0]).contacts;
    for log in LOGS {
        let reading = read_whole(Format::Unbound, log);
        assert_eq!(reading.contacts, expected);
        for time in reading.times {
            assert!(time.starts_with("2026-11-24T1"), "{time}");
        }
    }
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Unbound, line), expected, "{line}");
    };
    check(
        "<30>Nov 24 08:00:01 unbound-1 unbound[7]: [7:a] info: 192.0.2.7 a.example. CLASS9 IN",
        &["DnsQueried 192.0.2.7 a.example."],
    );
    check("[1661212800] unbound[7:0] info: 192.0.2.7 is the address", &[]);
    check("[1661212800] unbound[7:0] info: rpz: applied [x] a.example. rpz-drop 192.0.2.7@1", &[]);
    check("[1661212800] unbound[7:0] warning: subnetcache: a@b c d. e", &[]);
    check("Nov 24 08:00:01 unbound dhclient[7]: 192.0.2.7 a.example. A IN", &[]);
}
