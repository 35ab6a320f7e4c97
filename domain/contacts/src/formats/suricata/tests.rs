use crate::Format;
use crate::formats::testing::{contacts, read};

#[test]
fn events_of_every_version_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Suricata, line), expected, "{line}");
    };
    let time = r#""timestamp":"2026-11-24T08:00:01.123456+0700""#;
    let out = r#""src_ip":"192.0.2.7","src_port":51511,"dest_ip":"203.0.113.9","dest_port":443"#;
    let back = r#""src_ip":"203.0.113.9","src_port":80,"dest_ip":"192.0.2.7","dest_port":51511"#;
    let asked = r#""src_ip":"192.0.2.7","src_port":51511,"dest_ip":"192.0.2.53","dest_port":53"#;
    let told = r#""src_ip":"192.0.2.53","src_port":53,"dest_ip":"192.0.2.7","dest_port":51511"#;
    let event = |kind: &str, ends: &str, more: &str| {
        format!(r#"{{{time},"flow_id":1,"event_type":"{kind}",{ends},"proto":"TCP",{more}}}"#)
    };
    // DNS: a query; version 1, an event an answer and the server first; version 2; version 3.
    check(
        &event(
            "dns",
            asked,
            r#""dns":{"type":"query","id":7,"rrname":"a.example","rrtype":"A","tx_id":0}"#,
        ),
        &["DnsQueried 192.0.2.7 a.example"],
    );
    check(
        &event(
            "dns",
            told,
            r#""dns":{"type":"answer","id":7,"rcode":"NOERROR","rrname":"a.example","rrtype":"A","ttl":60,"rdata":"203.0.113.9"}"#,
        ),
        &["DnsResolved 192.0.2.7 a.example = 203.0.113.9"],
    );
    check(
        &event(
            "dns",
            asked,
            r#""dns":{"version":2,"type":"answer","rrname":"a.example","rcode":"NOERROR","answers":[{"rrname":"a.example","rrtype":"CNAME","rdata":"b.example"},{"rrname":"b.example","rrtype":"A","rdata":"203.0.113.9"}],"grouped":{"CNAME":["b.example"],"A":["203.0.113.9","203.0.113.8"]}}"#,
        ),
        &[r#"DnsResolved 192.0.2.7 a.example = "203.0.113.9","203.0.113.8""#],
    );
    check(
        &event(
            "dns",
            asked,
            r#""dns":{"version":2,"type":"answer","rrname":"a.example","answers":[{"rrtype":"A","rdata":"203.0.113.9"},{"rrtype":"A","rdata":"203.0.113.8"}]}"#,
        ),
        &["DnsResolved 192.0.2.7 = 203.0.113.8", "DnsResolved 192.0.2.7 a.example = 203.0.113.9"],
    );
    check(
        &event(
            "dns",
            asked,
            r#""dns":{"version":3,"type":"response","rcode":"NXDOMAIN","queries":[{"rrname":"a.example","rrtype":"A"},{"rrname":"b.example","rrtype":"A"}]}"#,
        ),
        &["DnsQueried 192.0.2.7 a.example", "DnsQueried 192.0.2.7 b.example"],
    );
    check(
        &event(
            "dns",
            asked,
            r#""dns":{"type":"answer","rrname":"a.example","grouped":{"A":["0.0.0.0"]}}"#,
        ),
        &[r#"DnsBlocked 192.0.2.7 a.example = "0.0.0.0""#],
    );
    // TLS and QUIC, HTTP with and without an answer, through a proxy, to an address.
    let connected = ["Connected 192.0.2.7 a.example 203.0.113.9 port 443"];
    check(
        &event("tls", out, r#""tls":{"subject":"CN=x","sni":"a.example","version":"TLS 1.3"}"#),
        &connected,
    );
    check(&event("quic", out, r#""quic":{"version":"1","sni":"a.example"}"#), &connected);
    check(
        &event(
            "http",
            out,
            r#""http":{"hostname":"a.example","url":"\/gate.php?x=1","http_method":"GET","status":200}"#,
        ),
        &["Connected 192.0.2.7 a.example 203.0.113.9 port 443 /gate.php ?x=1"],
    );
    check(
        &event(
            "http",
            out,
            r#""http":{"hostname":"a.example:8080","url":"http://a.example:8080/g"}"#,
        ),
        &["Attempted 192.0.2.7 a.example 203.0.113.9 port 443 /g"],
    );
    check(
        &event("http", out, r#""http":{"hostname":"203.0.113.9","url":"/","status":404}"#),
        &["Connected 192.0.2.7 203.0.113.9 port 443 /"],
    );
    // Flows: answered, refused, not answered, without TCP.
    let flow = |more: &str| event("flow", out, more);
    let stood = ["Connected 192.0.2.7 203.0.113.9 port 443"];
    let tried = ["Attempted 192.0.2.7 203.0.113.9 port 443"];
    check(
        &flow(r#""flow":{"pkts_toclient":5},"tcp":{"tcp_flags_ts":"1b","tcp_flags_tc":"1b"}"#),
        &stood,
    );
    check(&flow(r#""flow":{"pkts_toclient":5},"tcp":{"tcp_flags_tc":"18"}"#), &stood);
    check(&flow(r#""flow":{"pkts_toclient":1},"tcp":{"tcp_flags_tc":"14"}"#), &tried);
    check(&flow(r#""flow":{"pkts_toclient":0},"tcp":{"tcp_flags_tc":"00"}"#), &tried);
    check(&flow(r#""flow":{"pkts_toclient":1}"#), &stood);
    check(&flow(r#""flow":{"pkts_toclient":0}"#), &tried);
    // The device is told from the other end, however the packet went.
    let alert = |ends: &str, more: &str| event("alert", ends, more);
    let seen = ["Connected 192.0.2.7 a.example 203.0.113.9 port 80 /x"];
    let web = r#""http":{"hostname":"a.example","url":"/x","status":200}"#;
    check(&alert(back, &format!(r#""alert":{{"action":"allowed"}},{web}"#)), &seen);
    check(
        &event(
            "fileinfo",
            back,
            &format!(r#"{web},"fileinfo":{{"filename":"/x","state":"CLOSED"}}"#),
        ),
        &seen,
    );
    check(
        &alert(out, r#""direction":"to_client","alert":{"action":"blocked"}"#),
        &["Attempted 203.0.113.9 192.0.2.7 port 51511"],
    );
    check(
        &alert(
            back,
            r#""alert":{"action":"blocked"},"flow":{"pkts_toclient":3,"src_ip":"192.0.2.7","dest_ip":"203.0.113.9","src_port":51511,"dest_port":80}"#,
        ),
        &["Attempted 192.0.2.7 203.0.113.9 port 80"],
    );
    check(
        &alert(
            asked,
            r#""alert":{"action":"allowed"},"dns":{"query":[{"type":"query","rrname":"a.example"}]}"#,
        ),
        &["DnsQueried 192.0.2.7 a.example"],
    );
    check(
        &event("netflow", out, r#""netflow":{"pkts":1}"#),
        &["Attempted 192.0.2.7 203.0.113.9 port 443"],
    );
    check(&event("netflow", back, r#""netflow":{"pkts":1}"#), &[]);
    check(&event("stats", out, r#""stats":{"uptime":5}"#), &[]);
}

#[test]
fn times_and_records_of_other_programs() {
    let reading = read(
        Format::Suricata,
        br#"{"timestamp":"2026-11-24T08:00:01.123456+0700","event_type":"flow","src_ip":"192.0.2.7","dest_ip":"203.0.113.9","flow":{"pkts_toclient":1}}"#,
    );
    assert_eq!(reading.times, ["2026-11-24T01:00:01.123456Z"]);
    assert_eq!(reading.detection.format, Some(Format::Suricata));
    for line in [
        "",
        "{}",
        r#"{"timestamp":"x"}"#,
        r#"{"event_type":"dns"}"#,
        "[1]",
        r#"{"timestamp":"x","event_type":"dns","dns":{"#,
    ] {
        let reading = read(Format::Suricata, line.as_bytes());
        assert_eq!(reading.contacts, [""; 0], "{line}");
        assert_eq!(reading.not_parsed.len(), usize::from(!line.is_empty()), "{line}");
    }
}

#[test]
fn what_nests_without_end_is_refused() {
    for nest in ["[", r#"{"query":"#] {
        let line =
            format!(r#"{{"timestamp":"x","event_type":"dns","dns":{}"#, nest.repeat(100_000));
        assert_eq!(contacts(Format::Suricata, &line), [""; 0]);
    }
}
