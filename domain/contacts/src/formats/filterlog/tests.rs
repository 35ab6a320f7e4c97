use crate::Format;
use crate::formats::testing::{contacts, read, read_whole};

#[test]
fn packets_that_open_are_attempts() {
    let reading = read_whole(Format::Filterlog, include_bytes!("testdata/pfsense.log"));
    assert!(
        reading.times.iter().all(|time| time.starts_with("2026-11-24T01:0")),
        "{:?}",
        reading.times
    );
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn every_header_gives_the_same_contacts() {
    let expected = read(Format::Filterlog, include_bytes!("testdata/pfsense.log")).contacts;
    for log in [&include_bytes!("testdata/opnsense.log")[..], include_bytes!("testdata/old.log")] {
        let reading = read_whole(Format::Filterlog, log);
        assert_eq!(reading.contacts, expected);
        assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T01:00")));
    }
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Filterlog, line), expected, "{line}");
    };
    let ipv4 = "match,pass,out,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.7,203.0.113.9";
    check(
        &format!("5,,,7,em0,{ipv4},5151,443,0,S,1,,1,,"),
        &["Attempted 192.0.2.7 203.0.113.9 port 443"],
    );
    check(&format!("5,,,7,em0,{ipv4},5151,443,0,PA,1,1,1,,"), &[]);
    check(&format!("5,,,7,em0,{ipv4},5151"), &[]);
    check(
        "5,,,7,em0,match,pass,in,4,0x0,,64,1,0,DF,17,udp,60,192.0.2.7,203.0.113.9,161,40114,9",
        &[],
    );
    check("5,,,7,em0,match,pass,out,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.7", &[]);
    check("Nov 24 08:00:01 fw filterlog[7]: started", &[]);
}
