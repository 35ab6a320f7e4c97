use crate::Format;
use crate::formats::testing::{contacts, read, read_whole};

#[test]
fn the_log_of_a_real_squid_is_read() {
    let reading = read_whole(Format::Squid, include_bytes!("testdata/native.log"));
    assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T15:21")));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn its_web_server_formats_are_read_as_a_proxys_log() {
    let native = read(Format::Squid, include_bytes!("testdata/native.log")).contacts;
    // They do not say which address the name led to.
    let without_peer = |line: &String| {
        let is_peer = |word: &&str| {
            ["198.51.100.", "203.0.113.", "2001:db8:20:"].iter().any(|it| word.starts_with(it))
        };
        let words = line.split(' ').filter(|word| !is_peer(word));
        words.collect::<Vec<_>>().join(" ")
    };
    let expected: Vec<String> = native.iter().map(without_peer).collect();
    for log in [&include_bytes!("testdata/common.log")[..], include_bytes!("testdata/combined.log")]
    {
        assert_eq!(read(Format::Squid, log).not_parsed.len(), 18, "not the native one");
        let reading = read(Format::WebProxy, log);
        assert_eq!(reading.detection.format, Some(Format::WebProxy));
        assert_eq!(reading.contacts.iter().map(without_peer).collect::<Vec<_>>(), expected);
        assert!(reading.not_parsed.is_empty());
        assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T15:21")));
    }
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Squid, line), expected, "{line}");
    };
    check(
        "1661212800.123    120 may-01.portal.example TCP_MISS/200 5120 GET http://a.example/x?y=1 user HIER_DIRECT/203.0.113.9 text/html",
        &["Connected [may-01.portal.example] a.example 203.0.113.9 port 80 /x ?y=1"],
    );
    check("1661212800.123 -1 192.0.2.7 NONE_NONE/400 3627 GET / - HIER_NONE/- text/html", &[]);
    check(
        "1661212800.123 0 192.0.2.7 NONE_NONE/200 0 CONNECT a.example:443 - HIER_NONE/- -",
        &["Attempted 192.0.2.7 a.example port 443"],
    );
    check(
        "1661212800.123 0 192.0.2.7 TCP_TUNNEL/200 9 CONNECT [2001:db8:20::1]:8443 - HIER_DIRECT/2001:db8:20::1 -",
        &["Connected 192.0.2.7 2001:db8:20::1 port 8443"],
    );
    check("1661212800.123 0 192.0.2.7", &[]);
}
