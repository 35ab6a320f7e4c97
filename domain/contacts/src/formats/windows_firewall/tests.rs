use crate::Format;
use crate::formats::testing::{contacts, read, read_whole};

#[test]
fn what_opens_is_an_attempt() {
    let reading = read_whole(Format::WindowsFirewall, include_bytes!("testdata/pfirewall.log"));
    assert!(
        reading.times.iter().all(|time| time.starts_with("2026-11-24T01:0")),
        "{:?}",
        reading.times
    );
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn other_versions_are_read() {
    let newer = read(Format::WindowsFirewall, include_bytes!("testdata/pfirewall-pid.log"));
    let older = read(Format::WindowsFirewall, include_bytes!("testdata/xp.log"));
    for reading in [&newer, &older] {
        assert_eq!(reading.detection.format, Some(Format::WindowsFirewall));
        assert!(reading.not_parsed.is_empty(), "{:?}", reading.not_parsed);
    }
    let expected = read(Format::WindowsFirewall, include_bytes!("testdata/pfirewall.log")).contacts;
    assert_eq!(newer.contacts, expected);
    insta::assert_snapshot!(older.contacts.join("\n"));
}

#[test]
fn another_order_of_fields_is_not_guessed_at() {
    let log = b"#Fields: date time src-ip dst-ip action\n";
    assert_eq!(read(Format::WindowsFirewall, log).not_parsed.len(), 1);
    assert_eq!(
        contacts(Format::WindowsFirewall, "2026-11-24 08:00:01 ALLOW TCP 192.0.2.7"),
        [""; 0]
    );
}
