use crate::Format;
use crate::formats::testing::{contacts, read_whole};

#[test]
fn the_log_of_a_real_nftables_through_ulogd_is_read() {
    let reading = read_whole(Format::Netfilter, include_bytes!("testdata/ulogd.log"));
    assert!(
        reading.times.iter().all(|time| time.starts_with("2026-11-24T1")),
        "{:?}",
        reading.times
    );
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn the_log_of_the_kernel_is_read() {
    let reading = read_whole(Format::Netfilter, include_bytes!("testdata/kernel.log"));
    assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T01:00:0")));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Netfilter, line), expected, "{line}");
    };
    check(
        "IN=a OUT=b SRC=192.0.2.7 DST=203.0.113.9 LEN=20 PROTO=47",
        &["Attempted 192.0.2.7 203.0.113.9"],
    );
    check(
        "IN=a OUT=b SRC=192.0.2.7 DST=203.0.113.9 LEN=20 PROTO=TCP SPT=1 DPT=2 SYN ACK URGP=0",
        &[],
    );
    check("IN=a OUT=b SRC=192.0.2.7 DST=203.0.113.9 LEN=20 PROTO=UDP SPT=161 DPT=40114", &[]);
    check(
        "IN=a OUT=b SRC=192.0.2.7 DST=203.0.113.9 LEN=20 PROTO=UDP SPT=123 DPT=123",
        &["Attempted 192.0.2.7 203.0.113.9 port 123"],
    );
    check("IN=a OUT=b SRC=192.0.2.7 DST=203.0.113.9 LEN=20", &[]);
    check("IN=a OUT=b SRC=here DST=203.0.113.9 LEN=20 PROTO=UDP", &[]);
    check("a SRC=192.0.2.7 DST=203.0.113.9 PROTO=UDP", &[]);
}
