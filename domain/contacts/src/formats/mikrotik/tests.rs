use crate::Format;
use crate::formats::testing::{contacts, read, read_whole};

#[test]
fn firewall_rules_and_questions_are_read() {
    let reading = read_whole(Format::Mikrotik, include_bytes!("testdata/syslog.log"));
    assert!(
        reading.times.iter().all(|time| time.starts_with("2026-11-24T01:0")),
        "{:?}",
        reading.times
    );
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn every_header_gives_the_same_contacts() {
    let expected = read(Format::Mikrotik, include_bytes!("testdata/syslog.log")).contacts;
    let logs: [&[u8]; 3] = [
        include_bytes!("testdata/file-6.log"),
        include_bytes!("testdata/file-7.log"),
        include_bytes!("testdata/terminal.log"),
    ];
    for (log, time) in logs.into_iter().zip(["2026-11-24T01:00", "2026-11-24T01:00", "-"]) {
        let reading = read_whole(Format::Mikrotik, log);
        assert_eq!(reading.contacts, expected);
        assert!(reading.times.iter().all(|it| it.starts_with(time)), "{:?}", reading.times);
    }
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Mikrotik, line), expected, "{line}");
    };
    check(
        "firewall,info my proto rule forward: in:a out:b, proto TCP (SYN), 192.0.2.7:5151->203.0.113.9:443, len 52",
        &[],
    );
    check(
        "firewall,info forward: in:a out:b, proto UDP, 192.0.2.7:5151->203.0.113.9:53, len 52",
        &["Attempted 192.0.2.7 203.0.113.9 port 53"],
    );
    check(
        "firewall,info forward: in:a out:b, connection-state:invalid proto UDP, 192.0.2.7:5151->203.0.113.9:53, len 52",
        &[],
    );
    check(
        "firewall,info forward: in:a out:b, proto UDP, 192.0.2.7:161->203.0.113.9:40114, len 52",
        &[],
    );
    check("firewall,info forward: in:a out:b, proto TCP (SYN), 192.0.2.7", &[]);
    check("dns query from 2001:db8::7: #7 a.example. A", &["DnsQueried 2001:db8::7 a.example."]);
    check("dns query from", &[]);
}
