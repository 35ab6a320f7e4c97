//! On a file made by what is published of the format: no report of a running tool was at hand.

use jiff::tz::TimeZone;

use super::KEY;
use crate::{Action, Category, ReadError, Reason, Tool, read};

const PLAIN: &[u8] = include_bytes!("testdata/report.klr");

#[test]
fn a_report_is_read_plain_and_enciphered() {
    let enciphered: Vec<u8> = PLAIN.iter().map(|it| it ^ KEY).collect();
    let report = read(PLAIN, &TimeZone::UTC).unwrap();
    assert_eq!(read(&enciphered, &TimeZone::UTC).unwrap(), report);
    assert_eq!((report.tool, report.system, report.refused_count), (Tool::Kvrt, "windows", 0));
    let scan = report.scan.unwrap();
    assert_eq!(scan.scanned, 2048);
    assert_eq!(scan.ended_at.unwrap().to_string(), "2025-11-20T10:18:33Z");
    let findings = &report.devices[0].findings;
    let told: Vec<_> =
        findings.iter().map(|it| (it.path.as_str(), it.category, it.action)).collect();
    assert_eq!(
        told,
        [
            (r"C:\Users\an\Downloads\cập nhật & sửa.exe", Category::Malware, Action::Removed),
            (r"C:\Program Files\KMS\kms.exe", Category::Risk, Action::Left),
            (r"C:\Windows\Temp\x.dll", Category::Malware, Action::Left),
        ]
    );
    assert_eq!(findings[0].threat, "HEUR:Trojan.Win32.Generic");
}

#[test]
fn a_report_that_breaks_off_says_so() {
    let end = PLAIN.len() - 400;
    let report = read(&PLAIN[..end], &TimeZone::UTC).unwrap();
    assert_eq!(report.refused.first().map(|it| it.reason), Some(Reason::Damaged));
    assert!(matches!(read(&PLAIN[..200], &TimeZone::UTC), Err(ReadError::Damaged(_))));
}

/// A report of events as (action, object, info, seconds).
fn of_events(events: &[(&str, &str, &str, u64)]) -> Vec<(String, Action, i64)> {
    let mut text = "<Report><Block0>".to_owned();
    for (number, (action, object, info, second)) in events.iter().enumerate() {
        let time = (11_644_473_600 + second) * 10_000_000;
        let event = format!(
            "<Event{number} Action=\"{action}\" Time=\"{time}\" Object=\"{object}\" Info=\"{info}\" />"
        );
        text.push_str(&event);
    }
    text.push_str("</Block0></Report>");
    let report = read(text.as_bytes(), &TimeZone::UTC).unwrap();
    let findings = report.devices.into_iter().flat_map(|it| it.findings);
    findings.map(|it| (it.threat, it.action, it.at.unwrap().as_second())).collect()
}

#[test]
fn what_was_done_is_of_what_was_found_before() {
    let told = of_events(&[
        ("Detect", "a.exe", "Worm.A", 10),
        ("Deleted", "b.exe", "", 11),
        ("Quarantined", "a.exe", "", 12),
        ("Detect", "a.exe", "Worm.B", 13),
        ("Detect", "b.exe", "Worm.C", 14),
        ("Deleted", "a.exe", "failed", 16),
        ("Deleted", "a.exe", "", 15),
        ("Detect", "a.exe", "Worm.D", 17),
    ]);
    let told: Vec<_> = told.iter().map(|it| (it.0.as_str(), it.1, it.2)).collect();
    assert_eq!(
        told,
        [
            ("Worm.A", Action::Removed, 16),
            ("Worm.B", Action::Removed, 16),
            ("Worm.C", Action::Left, 14),
            ("Worm.D", Action::Left, 17),
        ]
    );
}
