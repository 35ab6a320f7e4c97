use crate::Format;
use crate::formats::testing::{contacts, read_whole};

#[test]
fn traffic_web_filter_and_dns_logs_are_read() {
    let reading = read_whole(Format::Fortigate, include_bytes!("testdata/mixed.log"));
    let lines: Vec<_> = reading
        .contacts
        .iter()
        .zip(&reading.times)
        .map(|(it, time)| format!("{time} {it}"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Fortigate, line), expected, "{line}");
    };
    // A value may hold what looks like a field.
    check(
        r#"date=2026-11-24 time=08:00:01 msg="srcip=192.0.2.99 \" dstip=192.0.2.98" type=traffic srcip=192.0.2.7 dstip=203.0.113.9 dstport=443 action=accept rcvdbyte=1"#,
        &["Connected 192.0.2.7 203.0.113.9 port 443"],
    );
    // A quotation mark that is never closed ends the line.
    check(
        r#"date=2026-11-24 time=08:00:01 type=traffic srcip=192.0.2.7 dstip=203.0.113.9 msg="open dstport=443"#,
        &["Connected 192.0.2.7 203.0.113.9"],
    );
    // A server that refuses answers with one segment; one that ends what was going on, with more.
    for (bytes, outcome) in
        [(40, "Attempted"), (80, "Attempted"), (92, "Connected"), (5_200, "Connected")]
    {
        check(
            &format!(
                "date=2026-11-24 time=08:00:01 type=traffic srcip=192.0.2.7 dstip=203.0.113.9 \
                 dstport=443 action=server-rst sentbyte=60 rcvdbyte={bytes}"
            ),
            &[&format!("{outcome} 192.0.2.7 203.0.113.9 port 443")],
        );
    }
    check("type=traffic srcip=192.0.2.7 dstip=203.0.113.9", &[]);
    check("=", &[]);
    check("type=\"", &[]);
}
