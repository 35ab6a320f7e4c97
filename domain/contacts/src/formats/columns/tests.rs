use std::sync::Arc;

use super::{Columns, ColumnsError};
use crate::formats::testing::reading;
use crate::{Format, LineKind, Parser};

/// Contacts of a log as `outcome device name address port time`.
fn read(format: Format, map: &str, delimiter: u8, log: &str) -> Vec<String> {
    let columns = map.parse::<Columns>().unwrap().delimited_by(delimiter);
    let mut parser = Parser::with_columns(format, Arc::new(columns));
    let times = parser.clone();
    let mut found = Vec::new();
    for line in log.lines() {
        let kind = parser.read_line(line.as_bytes(), &mut |contact| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let time = times.timestamp(contact, &reading());
            let words = [
                format!("{:?}", contact.outcome),
                text(contact.device),
                text(contact.name) + &text(contact.path),
                text(contact.address),
                contact.port.to_string(),
                time.map_or("-".to_owned(), |it| it.to_string()),
            ];
            found.push(words.join(" "));
        });
        if kind == LineKind::NotParsed {
            found.push(format!("? {line}"));
        }
    }
    found
}

#[test]
fn json_is_read_by_its_members() {
    let map = "device=src_ip,name=req.host,path=req.uri,address=dst,port=dport,time=ts,outcome=act";
    let check = |line: &str, expected: &str| {
        assert_eq!(read(Format::Json, map, b',', line), [expected], "{line}");
    };
    check(
        r#"{"ts":1795482001000,"src_ip":"192.0.2.7","req":{"host":"a.example","uri":"/x?y=1","n":{}},"dst":"203.0.113.9","dport":443,"act":"ALLOWED"}"#,
        "Connected 192.0.2.7 a.example/x 203.0.113.9 443 2026-11-24T01:00:01Z",
    );
    check(
        r#"{"ts":"2026-11-24T08:00:01+07:00","src_ip":"192.0.2.7","dst":"203.0.113.9:8443","act":"denied"}"#,
        "Attempted 192.0.2.7  203.0.113.9 8443 2026-11-24T01:00:01Z",
    );
    check(
        r#"{"src_ip":"192.0.2.7","req":{"host":"a.example"},"act":null}"#,
        "DnsQueried 192.0.2.7 a.example  0 -",
    );
    check("{", "? {");
}

#[test]
fn csv_is_read_by_its_first_line_or_by_numbers() {
    let log = "time;who;\"where to\";note\n24/11/2026 08:00:01;192.0.2.7;\"http://a.example:81/x;y\";\"a \"\"b\"\"\"\nshort";
    let named = "time=time,device=who,url=where to";
    let expected = ["Attempted 192.0.2.7 a.example/x;y  81 2026-11-24T01:00:01Z", "? short"];
    assert_eq!(read(Format::Csv, named, b';', log), expected);
    let numbered = "time=1,device=2,name=4,answers=3";
    assert_eq!(
        read(Format::Csv, numbered, b'\t', "1795482001\t192.0.2.7\t203.0.113.9\ta.example"),
        ["DnsResolved 192.0.2.7 a.example  0 2026-11-24T01:00:01Z"],
    );
}

#[test]
fn a_map_that_cannot_be_used_says_why() {
    let check = |map: &str, expected: ColumnsError| {
        assert_eq!(map.parse::<Columns>(), Err(expected), "{map}");
    };
    check("device", ColumnsError::NoColumn("device".into()));
    check("device=", ColumnsError::NoColumn("device=".into()));
    check("who=x,name=y", ColumnsError::UnknownMeaning("who".into()));
    check("device=x,time=y", ColumnsError::NoDestination);
    check("name=x,address=x", ColumnsError::Twice("x".into()));
    check("name=x,name=y", ColumnsError::Twice("name".into()));
}

#[test]
fn a_column_that_is_not_there_is_named() {
    let missing = |format, map: &str, sample: &str| {
        let columns = Arc::new(map.parse::<Columns>().unwrap());
        Parser::with_columns(format, columns).missing_column(sample.as_bytes())
    };
    assert_eq!(missing(Format::Csv, "device=a,name=b", "a,b\n1,2"), None);
    assert_eq!(missing(Format::Csv, "device=a,name=c", "a,b\n1,2"), Some("c".into()));
    assert_eq!(missing(Format::Csv, "device=1,name=9", "1,2"), Some("9".into()));
    assert_eq!(missing(Format::Json, "device=a,name=b.c", "{\"a\":1}\n{\"b\":{\"c\":1}}"), None);
    assert_eq!(
        missing(Format::Json, "device=a,name=b.d", "{\"a\":1,\"b\":{}}"),
        Some("b.d".into())
    );
}

#[test]
fn columns_parted_by_a_byte_of_names_are_not_in_clear() {
    for (delimiter, expected) in [(b',', true), (b'\t', true), (b'-', false), (b'_', false)] {
        let columns = "name=1".parse::<Columns>().unwrap().delimited_by(delimiter);
        let parser = Parser::with_columns(Format::Csv, Arc::new(columns));
        assert_eq!(parser.is_in_clear(), expected, "{delimiter}");
    }
    assert!(Parser::new(Format::Bind).is_in_clear() && !Parser::new(Format::Adguard).is_in_clear());
}
