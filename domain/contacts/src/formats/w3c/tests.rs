use crate::Format;
use crate::formats::testing::read;

/// Reads lines behind a header; checks that the format is found.
fn check(fields: &str, line: &str, expected: &[&str]) {
    let log = format!("#Version: 1.0\n#Fields: {fields}\n{line}\n");
    let reading = read(Format::W3c, log.as_bytes());
    assert_eq!(reading.contacts, expected, "{line}");
    assert_eq!(reading.detection.format, Some(Format::W3c), "{line}");
    assert!(reading.times.iter().all(|time| time == "2026-11-24T01:00:01Z"), "{:?}", reading.times);
}

#[test]
fn a_web_server_is_asked() {
    check(
        "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
        "2026-11-24 01:00:01 192.0.2.80 GET /tim q=a.example 443 - 203.0.113.9 Mozilla/5.0+(X11) https://b.example/ 200 0 0 15",
        &[
            "Inbound 203.0.113.9 192.0.2.80 ?q=a.example 443 - 203.0.113.9 Mozilla/5.0+(X11) https://b.example/",
        ],
    );
    check(
        "date time s-ip cs(Referer) cs-uri-stem cs-uri-query c-ip sc-status",
        "2026-11-24 01:00:01 192.0.2.80 https://b.example/ /tim q=a.example 203.0.113.9 200",
        &["Inbound 203.0.113.9 192.0.2.80 ?https://b.example/ /tim q=a.example"],
    );
    check(
        "date time c-ip cs-host cs-uri-stem sc-status sc-win32-status",
        "2026-11-24 01:00:01 203.0.113.9 www.portal.example / 200 0",
        &["Inbound 203.0.113.9 www.portal.example"],
    );
}

#[test]
fn a_proxy_takes_devices_out() {
    check(
        "date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host cs-uri-path cs-uri-query cs-username s-hierarchy s-supplier-name rs(Content-Type) cs(User-Agent) sc-filter-result cs-category x-virus-id s-ip",
        r#"2026-11-24 01:00:01 120 192.0.2.7 200 TCP_NC_MISS 5400 417 GET http a.example /gate.php ?x=1 - DIRECT a.example text/html "Mozilla/5.0 (Windows NT 10.0)" OBSERVED "Technology;Web" - 192.0.2.3"#,
        &["Connected 192.0.2.7 a.example /gate.php ?x=1"],
    );
    check(
        "date time c-ip sc-status s-action cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path sc-filter-result",
        "2026-11-24 01:00:01 192.0.2.7 403 TCP_DENIED CONNECT tcp a.example 443 / DENIED",
        &["Attempted 192.0.2.7 a.example port 443 /"],
    );
    check(
        "c-ip\tcs-username\tc-agent\tdate\ttime\ts-computername\tr-host\tr-ip\tr-port\tcs-uri\tsc-status",
        "192.0.2.7\tanonymous\tMozilla/5.0 (x)\t2026-11-24\t01:00:01\tTMG\ta.example\t203.0.113.9\t80\thttp://a.example/x?y=1\t10060",
        &["Attempted 192.0.2.7 a.example 203.0.113.9 port 80 /x ?y=1"],
    );
    check(
        "timestamp c-ip cs-method cs-uri sc-status",
        "1795482001 192.0.2.7 GET http://203.0.113.9/x 200",
        &["Connected 192.0.2.7 203.0.113.9 port 80 /x"],
    );
}

#[test]
fn what_the_header_does_not_explain_is_not_read() {
    let refused = |log: &str| {
        let reading = read(Format::W3c, log.as_bytes());
        assert_eq!((reading.contacts.len(), reading.not_parsed.len()), (0, 1), "{log}");
    };
    refused("2026-11-24 01:00:01 192.0.2.80 GET / - 443 - 203.0.113.9");
    refused(
        "#Fields: date time action protocol src-ip dst-ip\n2026-11-24 01:00:01 ALLOW TCP 192.0.2.7 203.0.113.9",
    );
    refused("#Fields: date time c-ip cs-host sc-status\n2026-11-24 01:00:01 192.0.2.7");
    refused("#Fields: date time c-ip cs-host sc-status\nx y z a.example 200");
}
