use jiff::civil::date;

use crate::{ListProblem, ReadOptions, read_list};

fn read(list: &[u8]) -> (Vec<String>, crate::ListReport) {
    let options = ReadOptions { today: Some(date(2026, 11, 24)), ..ReadOptions::default() };
    let mut found = Vec::new();
    let report = read_list(&mut &list[..], options, |it| {
        let family = it.family.unwrap_or_default();
        found.push(format!("{} {} {} {family}", it.observable.kind(), it.observable, it.scope));
    });
    (found, report)
}

#[test]
fn every_column_of_the_header_is_used() {
    let (found, report) = read(include_bytes!("testdata/campaign.csv"));
    insta::assert_debug_snapshot!((found, report));
}

#[test]
fn headers_of_real_lists_are_understood() {
    let check = |list: &str, expected: &[&str]| {
        let (found, report) = read(list.as_bytes());
        assert_eq!(found, expected, "{list} {report:?}");
    };
    check("\u{feff}Indicator,Family\r\nevil.example,x\r\n", &["domain evil.example subdomains x"]);
    check("Địa chỉ độc hại;Mã độc\nevil.example;Mèo\n", &["domain evil.example subdomains Mèo"]);
    check("type\tvalue\nurl\tevil.example\n", &["url evil.example/ subdomains "]);
    check("\"value\",\"x\"\n\"evil.example\",\"a,b\"\n", &["domain evil.example subdomains "]);
    check("# from x\n# y\nvalue\n192.0.2.1\n", &["ip 192.0.2.1 subdomains "]);
    check("value\n", &[]);
}

#[test]
fn a_header_without_indicators_names_what_was_found() {
    let (found, report) = read(b"id,name,colour\n1,2,3\n");
    assert!(found.is_empty());
    let expected = ["id", "name", "colour"].map(str::to_owned).to_vec();
    assert_eq!(report.problem, Some(ListProblem::NoIndicatorColumn { found: expected }));
}

#[test]
fn refused_lines_are_numbered_however_lines_end() {
    for end in ["\n", "\r\n"] {
        for last in ["", end] {
            let list = [
                "indicator,type,note",
                "foo.example,domain,a",
                "",
                "# note",
                ",domain,b",
                "\"x y\",domain,\"of",
                "three lines",
                "\"",
                "z z,domain,",
            ]
            .join(end);
            let list = list + last;
            let report = read_list(&mut list.as_bytes(), ReadOptions::default(), |_| {});
            let lines: Vec<u64> = report.refused.iter().map(|it| it.line).collect();
            assert_eq!((report.lines, lines), (9, vec![5, 6, 9]), "{end:?} {last:?}");
        }
    }
}
