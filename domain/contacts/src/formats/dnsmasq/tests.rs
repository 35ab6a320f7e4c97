use crate::Format;
use crate::formats::testing::{contacts, read, read_whole};

#[test]
fn the_log_of_a_real_dnsmasq_names_who_asked() {
    let reading = read_whole(Format::Dnsmasq, include_bytes!("testdata/file.log"));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn the_extra_log_of_a_real_dnsmasq_names_the_answers_too() {
    let reading = read_whole(Format::Dnsmasq, include_bytes!("testdata/extra.log"));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn behind_a_syslog_header_and_among_dhcp_it_is_the_same() {
    let traditional = read(Format::Dnsmasq, include_bytes!("testdata/syslog-dhcp.log"));
    let rfc3339 = read(Format::Dnsmasq, include_bytes!("testdata/syslog-rfc3339.log"));
    for reading in [&traditional, &rfc3339] {
        assert_eq!(reading.detection.format, Some(Format::Dnsmasq));
        assert!(reading.not_parsed.is_empty(), "{:?}", reading.not_parsed);
        for time in &reading.times {
            assert!(time.starts_with("2026-11-24T15:21"), "{time}");
        }
    }
    assert_eq!(traditional.contacts, rfc3339.contacts);
    assert!(
        traditional
            .contacts
            .contains(&"DnsBlocked 192.0.2.7 blocked.bad.example = NXDOMAIN".into())
    );
}

#[test]
fn lines_of_pi_hole_and_odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Dnsmasq, line), expected, "{line}");
    };
    check(
        "Nov 24 08:00:01 dnsmasq[7]: 12 192.0.2.7/5151 gravity blocked a.example is 0.0.0.0",
        &["DnsBlocked 192.0.2.7 a.example = 0.0.0.0"],
    );
    check(
        "Nov 24 08:00:01 dnsmasq[7]: 12 192.0.2.7/5151 cached a.example is 203.0.113.9",
        &["DnsResolved 192.0.2.7 a.example = 203.0.113.9"],
    );
    check(
        "Nov 24 08:00:01 dnsmasq[7]: query[type=65] a.example from 192.0.2.7",
        &["DnsQueried 192.0.2.7 a.example"],
    );
    // A name may hold anything: what it says of itself is not believed.
    check(
        "Nov 24 08:00:01 dnsmasq[7]: query[A] a.example from 192.0.2.99 from 192.0.2.7",
        &["DnsQueried 192.0.2.7 a.example from 192.0.2.99"],
    );
    check("Nov 24 08:00:01 dnsmasq[7]: cached a.example is 203.0.113.9", &[]);
    check("Nov 24 08:00:01 dnsmasq[7]: query[A]", &[]);
    check("dnsmasq[7]: ", &[]);
}
