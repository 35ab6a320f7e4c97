use crate::Format;
use crate::formats::testing::{contacts, read};

#[test]
fn conn_dns_ssl_and_http_records_are_read() {
    let check = |line: &str, expected: &str| {
        let reading = read(Format::ZeekJson, line.as_bytes());
        assert_eq!(reading.contacts, [expected], "{line}");
        assert_eq!(reading.detection.format, Some(Format::ZeekJson), "{line}");
        assert_eq!(reading.times, ["2026-11-24T01:00:01.5Z"], "{line}");
    };
    check(
        r#"{"ts":1795482001.5,"uid":"Ca1","id.orig_h":"192.0.2.7","id.orig_p":51511,"id.resp_h":"203.0.113.9","id.resp_p":443,"proto":"tcp","resp_bytes":5400,"conn_state":"SF"}"#,
        "Connected 192.0.2.7 203.0.113.9 port 443",
    );
    check(
        r#"{ "ts": "2026-11-24T01:00:01.500000Z", "id.orig_h": "192.0.2.7", "id.resp_h": "192.0.2.53", "id.resp_p": 53, "query": "update.c2.example", "answers": ["cdn.c2.example", "203.0.113.9"], "rejected": false }"#,
        r#"DnsResolved 192.0.2.7 update.c2.example = "cdn.c2.example", "203.0.113.9""#,
    );
    check(
        r#"{"ts":1795482001.5,"id.orig_h":"192.0.2.7","id.resp_h":"203.0.113.9","id.resp_p":443,"server_name":"update.c2.example","established":false}"#,
        "Attempted 192.0.2.7 update.c2.example 203.0.113.9 port 443",
    );
    check(
        r#"{"ts":1795482001.5,"id.orig_h":"192.0.2.7","id.resp_h":"203.0.113.9","id.resp_p":80,"host":"update.c2.example","uri":"/gate.php?x=1","status_code":200,"user_agent":"a \"quoted\" } agent"}"#,
        "Connected 192.0.2.7 update.c2.example 203.0.113.9 port 80 /gate.php ?x=1",
    );
    check(
        r#"{"ts":1795482001.5,"fuid":"Fa1","tx_hosts":["203.0.113.9"],"rx_hosts":["192.0.2.7"],"source":"HTTP","is_orig":false,"seen_bytes":5400}"#,
        "Connected 192.0.2.7 203.0.113.9",
    );
}

#[test]
fn broken_records_give_nothing() {
    for line in
        ["", "{", "{}", r#"{"ts""#, r#"{"ts":"#, r#"{"ts":1,"answers":["#, "[]", r#"{"a":]}"#]
    {
        assert_eq!(contacts(Format::ZeekJson, line), [""; 0], "{line}");
    }
}
