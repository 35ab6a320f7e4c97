use crate::Format;
use crate::formats::testing::{contacts, read};

/// The same questions, written by BIND with other settings of the channel, and when the first
/// came. See `formats/README.md`.
const LOGS: [(&str, &[u8], &str); 8] = [
    ("category, severity", include_bytes!("testdata/category-severity.log"), "2026-11-24T15:21"),
    ("time", include_bytes!("testdata/time.log"), "2026-11-24T15:21"),
    ("iso8601", include_bytes!("testdata/iso8601.log"), "2026-11-24T15:21"),
    ("iso8601-utc", include_bytes!("testdata/iso8601-utc.log"), "2026-11-24T15:21"),
    ("no time", include_bytes!("testdata/no-time.log"), "-"),
    ("view", include_bytes!("testdata/view.log"), "2026-11-24T15:21"),
    ("syslog", include_bytes!("testdata/syslog.log"), "2026-11-24T15:21"),
    ("syslog, RFC 3339", include_bytes!("testdata/syslog-rfc3339.log"), "2026-11-24T15:21"),
];

#[test]
fn the_log_of_a_real_bind_is_read() {
    let reading = read(Format::Bind, LOGS[0].1);
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn every_setting_of_the_channel_gives_the_same_contacts() {
    let expected = read(Format::Bind, LOGS[0].1).contacts;
    for (name, log, first_time) in LOGS {
        let reading = read(Format::Bind, log);
        assert_eq!(reading.detection.format, Some(Format::Bind), "{name}");
        assert_eq!(reading.contacts, expected, "{name}");
        for time in reading.times {
            assert!(time.starts_with(first_time), "{name}: {time}");
        }
        // Where the time is not BIND's own, other messages cannot be told from another program's:
        // they are counted as not parsed, and never a line about a client.
        assert!(reading.not_parsed.iter().all(|line| !line.contains("client")), "{name}");
        assert!(reading.not_parsed.len() <= 3, "{name}: {:?}", reading.not_parsed);
    }
}

#[test]
fn lines_of_other_versions_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Bind, line), expected, "{line}");
    };
    check(
        "24-Nov-2026 08:00:01.123 client 192.0.2.7#5151 (a.example): query: a.example IN A + (192.0.2.53)",
        &["DnsQueried 192.0.2.7 a.example"],
    );
    check(
        "24-Nov-2026 08:00:01.123 security: info: client 192.0.2.7#5151 (a.example): query (cache) 'a.example/A/IN' denied",
        &["DnsBlocked 192.0.2.7 a.example"],
    );
    check(
        "24-Nov-2026 08:00:01.123 rpz: info: client 192.0.2.7#5151 (a.example): disabled rpz QNAME NXDOMAIN rewrite a.example/A/IN via a.example.rpz",
        &["DnsQueried 192.0.2.7 a.example"],
    );
    check(
        "24-Nov-2026 08:00:01.123 security: info: client 192.0.2.7#5151 (a.example): zone transfer 'a.example/AXFR/IN' denied",
        &[],
    );
    check("client 192.0.2.7#5151 (a.example): query", &[]);
    check("client ", &[]);
}
