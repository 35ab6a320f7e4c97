use crate::Format;
use crate::formats::testing::{contacts, read_whole};

#[test]
fn the_devices_own_format_is_read() {
    let reading = read_whole(Format::Sophos, include_bytes!("testdata/device.log"));
    assert!(
        reading.times.iter().all(|time| time.starts_with("2026-11-24T01:0")),
        "{:?}",
        reading.times
    );
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn the_central_format_is_read() {
    let reading = read_whole(Format::Sophos, include_bytes!("testdata/central.log"));
    assert!(reading.times.iter().all(|time| time.starts_with("2026-11-24T01:00:0")));
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn odd_lines_are_read() {
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(contacts(Format::Sophos, line), expected, "{line}");
    };
    let web = |url: &str| {
        format!(
            r#"date=2026-11-24 time=08:00:01 log_id=1 log_type="Content Filtering" log_subtype="Allowed" src_ip=192.0.2.7 {url}"#
        )
    };
    check(&web(r#"url="a.example/x"#), &["Connected 192.0.2.7 a.example /x"]);
    check(&web("domain=a.example"), &["Connected 192.0.2.7 a.example"]);
    check(
        &web("url=http://203.0.113.9:81/ dst_ip=203.0.113.9 dst_port=81"),
        &["Connected 192.0.2.7 203.0.113.9 port 81 /"],
    );
    check(r#"date=2026-11-24 time=08:00:01 log_type="Firewall" src_ip=192.0.2.7"#, &[]);
    check("log_type=", &[]);
}
