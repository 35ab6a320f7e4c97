use crate::Format;
use crate::formats::testing::{contacts, read_whole};

#[test]
fn traffic_and_threat_logs_are_read() {
    let reading = read_whole(Format::Paloalto, include_bytes!("testdata/syslog.log"));
    assert!(
        reading.times.iter().all(|time| time.starts_with("2026-11-24T01:0")),
        "{:?}",
        reading.times
    );
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn an_export_with_a_head_is_read() {
    let reading = read_whole(Format::Paloalto, include_bytes!("testdata/export.csv"));
    assert_eq!(
        reading.contacts,
        ["Connected 192.0.2.7 203.0.113.9 port 443", "Attempted 192.0.2.8 203.0.113.10 port 443"]
    );
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Paloalto, line), expected, "{line}");
    };
    let line = |fields: &str| format!("1,2026/11/24 08:00:01,0,THREAT,{fields}");
    let url = |url: &str| {
        line(&format!(
            "url,0,2026/11/24 08:00:01,192.0.2.7,203.0.113.9,,,r,,,web-browsing,v,t,u,i,o,l,,1,1,5151,443,0,0,0x0,tcp,alert,{url},(9999),c,i,client-to-server"
        ))
    };
    check(&url("a.example:8443/x"), &["Connected 192.0.2.7 a.example 203.0.113.9 port 443 /x"]);
    check(
        &url(r#""a.example/?q=""x"",y""#),
        &[r#"Connected 192.0.2.7 a.example 203.0.113.9 port 443 / ?q=""x"",y"#],
    );
    // What is glued to a closing quote is no part of the next value.
    check(
        &url(r#""a.example/x"9b.example"#),
        &["Connected 192.0.2.7 a.example 203.0.113.9 port 443 /x"],
    );
    check(&line("url,0"), &[]);
    check("1,2026/11/24 08:00:01,0,traffic,end", &[]);
    check("1,24/11/2026 08:00:01,0,TRAFFIC,end", &[]);
}
