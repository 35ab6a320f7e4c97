use crate::Format;
use crate::formats::testing::{contacts, read, read_whole};

#[test]
fn the_logs_of_real_recursors_name_who_asked() {
    let plain = read(Format::Powerdns, include_bytes!("testdata/recursor.log"));
    let structured = read(Format::Powerdns, include_bytes!("testdata/structured.log"));
    for reading in [&plain, &structured] {
        assert_eq!(reading.detection.format, Some(Format::Powerdns));
        // Without syslog's name of the program, this could be anybody's.
        assert!(reading.not_parsed.iter().all(|line| line.contains(" stats: ")));
        assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T1")));
    }
    // The structured writer escapes the escape once more.
    let unescaped: Vec<_> = structured.contacts.iter().map(|it| it.replace(r"\\", r"\")).collect();
    assert_eq!(plain.contacts, unescaped);
    insta::assert_snapshot!(plain.contacts.join("\n"));
}

#[test]
fn the_log_of_a_real_server_names_who_asked() {
    let reading = read_whole(Format::Powerdns, include_bytes!("testdata/server.log"));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn the_log_of_a_real_dnsdist_is_read() {
    let reading = read_whole(Format::Powerdns, include_bytes!("testdata/dnsdist.log"));
    assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T1")));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Powerdns, line), expected, "{line}");
    };
    check(
        "Nov 24 08:00:01 ns pdns_server[7]: Remote 192.0.2.7<-198.51.100.0/24 wants 'a.example|A', do = 0, bufsize = 512: packetcache MISS",
        &["DnsQueried 192.0.2.7 a.example"],
    );
    check(
        "Nov 24 08:00:01 rec pdns_recursor[7]: 2 [7/1] question for 'a.example.|A' from 192.0.2.7",
        &["DnsQueried 192.0.2.7 a.example."],
    );
    check(
        "Packet from 192.0.2.7:5151 for a.example. A with id 7",
        &["DnsQueried 192.0.2.7 a.example."],
    );
    check("Nov 24 08:00:01 Remote nobody wants 'a.example|A'", &[]);
    check("Nov 24 08:00:01 question for 'a.example", &[]);
}
