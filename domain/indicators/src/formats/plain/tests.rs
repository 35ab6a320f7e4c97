use crate::formats::ListFormat;
use crate::{ReadOptions, read_list};

#[test]
fn one_value_a_line_with_comments() {
    let list = include_bytes!("testdata/campaign.txt");
    let mut found = Vec::new();
    let report = read_list(&mut &list[..], ReadOptions::default(), |it| {
        found.push(format!("{} {}", it.observable.kind(), it.observable));
    });
    assert_eq!(report.format, Some(ListFormat::Plain.name()));
    assert_eq!(
        found,
        [
            "domain evil.example",
            "domain c2.evil.example",
            "ip 192.0.2.1",
            "network 198.51.100.0/24",
            "ip-port 203.0.113.9:8443",
            "ip 2001:db8::66",
            "url drop.example/gate.php",
            "ip 192.0.2.77",
            "domain xn--lmsch-rqa5344c.example",
        ]
    );
    let refused: Vec<_> =
        report.refused.iter().map(|it| (it.line, it.reason.code(), it.text.as_str())).collect();
    assert_eq!(
        refused,
        [
            (14, "url-without-host", "/gate.php"),
            (15, "bad-address", "192.0.2.300"),
            (16, "single-label", "localhost"),
            (17, "extra-text", "two words"),
        ]
    );
    assert_eq!((report.lines, report.accepted_total(), report.refused_total()), (17, 9, 4));
}

#[test]
fn a_hash_and_a_mail_address_are_no_names() {
    let hash = "d41d8cd98f00b204e9800998ecf8427e";
    let list = format!("{hash}\nhung@evil.example\nhttp://hung@evil.example/a\n{hash}.example\n");
    let report = read_list(&mut list.as_bytes(), ReadOptions::default(), |_| {});
    let refused: Vec<_> = report.refused.iter().map(|it| (it.line, it.reason.code())).collect();
    assert_eq!(refused, [(1, "unsupported-type"), (2, "unsupported-type")]);
    assert_eq!(report.accepted_total(), 2);
}

#[test]
fn every_kind_of_bytes_is_answered() {
    let check = |list: &[u8], accepted, refused, has_problem| {
        let report = read_list(&mut &list[..], ReadOptions::default(), |_| {});
        let seen = (report.accepted_total(), report.refused_total(), report.problem.is_some());
        assert_eq!(seen, (accepted, refused, has_problem), "{:?}", String::from_utf8_lossy(list));
    };
    check(b"", 0, 0, false);
    check(b"evil.example", 1, 0, false);
    check(b"evil.example\r\n192.0.2.1\r\n", 2, 0, false);
    check(b"\xef\xbb\xbfevil.example\n", 1, 0, false);
    check(b"\xff\xfee\0v\0.\0v\0n\0\n\0", 1, 0, false);
    check(b"evil\0.example\n", 0, 0, true);
    check(b"ev\xe9l.example\n", 0, 1, false);
    check(&[b"a".repeat(20_000), b"\nevil.example\n".to_vec()].concat(), 1, 1, false);
}
