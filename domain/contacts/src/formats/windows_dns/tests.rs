use jiff::tz::TimeZone;

use super::timestamp;
use crate::formats::testing::{contacts, read, read_whole, reading};
use crate::{Format, TimeReading};

#[test]
fn questions_and_answers_of_clients_are_read() {
    let reading = read_whole(Format::WindowsDns, include_bytes!("testdata/month-first.log"));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn every_region_and_version_gives_the_same_contacts() {
    let expected = read(Format::WindowsDns, include_bytes!("testdata/month-first.log")).contacts;
    for log in [&include_bytes!("testdata/day-first.log")[..], include_bytes!("testdata/2003.log")]
    {
        let reading = read_whole(Format::WindowsDns, log);
        assert_eq!(reading.contacts, expected);
        assert!(
            reading.times.iter().all(|time| time.starts_with("2026-11-24T01:00:0")
                || time.starts_with("2026-11-24T06:00:0")),
            "{:?}",
            reading.times
        );
    }
}

#[test]
fn a_date_is_read_in_the_order_that_fits() {
    let check = |text: &str, expected: Option<&str>| {
        let moment = timestamp(text.as_bytes(), &reading());
        assert_eq!(moment.map(|it| it.to_string()).as_deref(), expected, "{text}");
    };
    check("24/11/2026 08:00:01", Some("2026-11-24T01:00:01Z"));
    check("11/24/2026 8:00:01 AM", Some("2026-11-24T01:00:01Z"));
    check("24-11-2026 8:00:01", Some("2026-11-24T01:00:01Z"));
    check("24.11.2026 08:00:01", Some("2026-11-24T01:00:01Z"));
    check("2026-11-24 08:00:01", Some("2026-11-24T01:00:01Z"));
    check("20261124 08:00:01", Some("2026-11-24T01:00:01Z"));
    check("11/24/2026 12:00:01 AM", Some("2026-11-23T17:00:01Z"));
    check("24/11/2026 12:00:01 CH", Some("2026-11-24T05:00:01Z"));
    // The log was last written on 24 November: these are of October, not of December.
    check("10/12/2026 08:00:01", Some("2026-10-12T01:00:01Z"));
    check("12/10/2026 08:00:01", Some("2026-10-12T01:00:01Z"));
    check("11/10/2026 08:00:01", Some("2026-11-10T01:00:01Z"));
    check("03.10.2026 08:00:01", Some("2026-10-03T01:00:01Z"));
    check("31/31/2026 08:00:01", None);
    check("24/11/2026", None);
    check("24/11/2026 25:00:01", None);
}

#[test]
fn without_the_day_of_the_file_the_half_of_the_day_tells_the_order() {
    let reading = TimeReading { zone: TimeZone::UTC, written: None };
    let check = |text: &str, expected: &str| {
        let moment = timestamp(text.as_bytes(), &reading).unwrap().to_string();
        assert_eq!(moment, expected, "{text}");
    };
    check("10/12/2026 8:00:01 AM", "2026-10-12T08:00:01Z");
    check("10/12/2026 8:00:01 SA", "2026-12-10T08:00:01Z");
    check("10/12/2026 08:00:01", "2026-12-10T08:00:01Z");
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::WindowsDns, line), expected, "{line}");
    };
    check(
        "24/11/2026 08:00:01 0E70 PACKET  UDP Rcv 192.0.2.7 acbd   Q [0001   D   NOERROR] A (0)",
        &["DnsQueried 192.0.2.7 ."],
    );
    check("24/11/2026 08:00:01 0E70 PACKET  UDP Rcv 192.0.2.7", &[]);
    check(
        "24/11/2026 08:00:01 0E70 PACKET  UDP Rcv 192.0.2.7 acbd   Q [0001   D   NOERROR] A (3)www",
        &[],
    );
    check("yesterday 0E70 PACKET  UDP Rcv 192.0.2.7 acbd   Q [0001   D   NOERROR] A (0)", &[]);
}
