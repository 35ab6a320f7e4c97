use crate::Format::{WebProxy, WebServer};
use crate::formats::testing::{contacts, read, read_whole};

#[test]
fn a_proxy_line_is_a_contact() {
    let check =
        |line: &str, expected: &[&str]| assert_eq!(contacts(WebProxy, line), expected, "{line}");
    let at = "[24/Nov/2026:08:00:01 +0700]";
    check(
        &format!(
            r#"192.0.2.7 - - {at} "GET http://a.example/gate.php?x=1 HTTP/1.1" 200 353 "-" "curl/7.88.1" TCP_MISS:HIER_DIRECT"#
        ),
        &["Connected 192.0.2.7 a.example port 80 /gate.php ?x=1"],
    );
    check(
        &format!(r#"192.0.2.7 - u.v {at} "CONNECT a.example:443 HTTP/1.1" 200 0 "-" "-""#),
        &["Connected 192.0.2.7 a.example port 443"],
    );
    // No proxy: a server that was asked for a tunnel.
    check(
        &format!(r#"192.0.2.7 - - {at} "CONNECT a.example:443 HTTP/1.1" 405 0 "-" "-""#),
        &["Attempted 192.0.2.7 a.example port 443"],
    );
    check(
        &format!(
            r#"192.0.2.7 - - {at} "CONNECT a.example:443 HTTP/1.1" 403 39 TCP_DENIED:HIER_NONE"#
        ),
        &["Attempted 192.0.2.7 a.example port 443"],
    );
    check(
        &format!(
            r#"192.0.2.7 - - {at} "GET http://a.example/ HTTP/1.1" 403 39 TCP_MISS:HIER_DIRECT"#
        ),
        &["Connected 192.0.2.7 a.example port 80 /"],
    );
    check(
        &format!(r#"192.0.2.7 - - {at} "GET http://a.example/ HTTP/1.1" 502 39 "-" "-""#),
        &["Attempted 192.0.2.7 a.example port 80 /"],
    );
    check(
        &format!(r#"may-1.portal.example - - {at} "GET http://[2001:db8::9]:81/ HTTP/1.1" 200 39"#),
        &["Connected [may-1.portal.example] 2001:db8::9 port 81 /"],
    );
    check(
        &format!(
            r#"proxy.example:3128 192.0.2.7 - - {at} "GET http://a.example/a b HTTP/1.0" 200 39 "-" "a \"b\"""#
        ),
        &["Connected 192.0.2.7 a.example port 80 /a b"],
    );
    check(&format!(r#"192.0.2.7 - - {at} "GET / HTTP/1.1" 200 39"#), &[]);
    check(&format!(r#"192.0.2.7 - - {at} "-" 408 -"#), &[]);
}

#[test]
fn a_web_server_line_is_a_request_to_us() {
    let check =
        |line: &str, expected: &[&str]| assert_eq!(contacts(WebServer, line), expected, "{line}");
    let at = "[24/Nov/2026:08:00:01 +0700]";
    check(
        &format!(r#"203.0.113.9 - - {at} "GET /a?b=1 HTTP/1.1" 200 39"#),
        &["Inbound 203.0.113.9 ?b=1"],
    );
    check(
        &format!(
            r#"203.0.113.9 - - {at} "GET / HTTP/1.1" 200 39 "http://b.example/x" "Mozilla/5.0""#
        ),
        &["Inbound 203.0.113.9 ?http://b.example/x"],
    );
    check(
        &format!(
            r#"www.portal.example:443 2001:db8::9 - anh hai {at} "GET /?q=1 HTTP/2.0" 200 39 "http://b.example/x" "-""#
        ),
        &[r#"Inbound 2001:db8::9 www.portal.example ?q=1 HTTP/2.0" 200 39 "http://b.example/x"#],
    );
    check(
        &format!(r#"192.0.2.1:80 203.0.113.9 - - {at} "POST /x HTTP/1.1" 200 39 "-" "-""#),
        &["Inbound 203.0.113.9 192.0.2.1"],
    );
    // A syslog header is none of its words.
    for header in ["Nov 24 08:00:01 www apache[7]:", "2026-11-24T08:00:01+07:00 www nginx:"] {
        check(
            &format!(r#"{header} 203.0.113.9 - - {at} "GET / HTTP/1.1" 200 39"#),
            &["Inbound 203.0.113.9"],
        );
    }
    // Scanners look for open proxies.
    check(
        &format!(r#"203.0.113.9 - - {at} "GET http://a.example/ HTTP/1.1" 200 39 "-" "-""#),
        &["Inbound 203.0.113.9 ?http://a.example/"],
    );
    check(
        &format!(r#"203.0.113.9 - - {at} "\x16\x03\x01" 400 157 "-" "-""#),
        &["Inbound 203.0.113.9"],
    );
    check(&format!(r#"203.0.113.9 - - {at} "-" 408 - "-" "-""#), &["Inbound 203.0.113.9"]);
    // Squid's own code is no web server's.
    check(
        &format!(
            r#"192.0.2.7 - - {at} "GET http://a.example/ HTTP/1.1" 200 39 TCP_MISS:HIER_DIRECT"#
        ),
        &["Connected 192.0.2.7 a.example port 80 /"],
    );
    for line in [
        "",
        "192.0.2.7",
        "192.0.2.7 - - [",
        "192.0.2.7 - - [24/Nov/2026:08:00:01 +0700] \"GET",
        r#"192.0.2.7 - - [24/Nov/2026:08:00:01 +0700] "GET / HTTP/1.1" none 1"#,
        r#"[24/Nov/2026:08:00:01 +0700] "GET / HTTP/1.1" 200 1"#,
    ] {
        let reading = read(WebServer, line.as_bytes());
        assert_eq!(reading.contacts, [""; 0], "{line}");
        assert_eq!(reading.not_parsed.len(), usize::from(!line.is_empty()), "{line}");
    }
}

#[test]
fn the_log_as_a_whole_tells_proxy_from_server() {
    let proxied =
        r#"192.0.2.7 - - [24/Nov/2026:08:00:01 +0700] "GET http://a.example/ HTTP/1.1" 200 39"#;
    let served = r#"192.0.2.7 - - [24/Nov/2026:08:00:01 +0700] "GET / HTTP/1.1" 200 39"#;
    let check = |lines: &[&str], expected| {
        let reading = read(WebServer, lines.join("\n").as_bytes());
        assert_eq!(reading.detection.format, Some(expected), "{lines:?}");
        assert!(reading.times.iter().all(|it| it == "2026-11-24T01:00:01Z"), "{:?}", reading.times);
    };
    check(&[proxied, proxied, served, ""], WebProxy);
    check(&[proxied, served, served, ""], WebServer);
    check(&[served, ""], WebServer);
}

#[test]
fn the_logs_of_a_real_nginx_and_a_real_apache_are_read() {
    let logs: [(&str, &[u8]); 5] = [
        ("nginx combined", include_bytes!("testdata/nginx-combined.log")),
        ("nginx with hosts", include_bytes!("testdata/nginx-vhosted.log")),
        ("nginx by syslog", include_bytes!("testdata/nginx-syslog.log")),
        ("apache common", include_bytes!("testdata/apache-common.log")),
        ("apache with hosts", include_bytes!("testdata/apache-vhosted.log")),
    ];
    let mut all = Vec::new();
    for (name, log) in logs {
        let reading = read(WebServer, log);
        assert_eq!(reading.detection.format, Some(WebServer), "{name}");
        assert!(reading.not_parsed.is_empty(), "{name}: {:?}", reading.not_parsed);
        assert!(reading.times.iter().all(|it| it.starts_with("2026-11-24T18:")), "{name}");
        all.push(format!("{name}\n{}\n\n", reading.contacts.join("\n")));
    }
    insta::assert_snapshot!(all.concat());
}

#[test]
fn the_log_of_a_real_apache_as_a_proxy_is_read() {
    let reading = read_whole(WebProxy, include_bytes!("testdata/apache-proxy.log"));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}
