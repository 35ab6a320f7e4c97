use crate::Format;
use crate::formats::testing::{contacts, read_whole};

#[test]
fn questions_and_their_answers_are_read() {
    let reading = read_whole(Format::Adguard, include_bytes!("testdata/querylog.json"));
    assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T01:00:0")));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Adguard, line), expected, "{line}");
    };
    check(
        r#"{"IP":"192.0.2.7","T":"2026-11-24T08:00:01Z","QH":"a.example"}"#,
        &["DnsQueried 192.0.2.7 a.example"],
    );
    check(
        r#"{"IP":"192.0.2.7","T":"2026-11-24T08:00:01Z","QH":"a.example","Answer":"????","Result":{"Reason":11}}"#,
        &["DnsBlocked 192.0.2.7 a.example"],
    );
    check(r#"{"IP":"192.0.2.7","T":"2026-11-24T08:00:01Z","Question":"DqgB"}"#, &[]);
    check(r#"{"IP":"192.0.2.7","T":"2026-11-24T08:00:01Z","QH":"a.exa"#, &[]);
}
