//! On what clamscan, clamdscan and clamd of `ClamAV` 1.4.6 wrote of harmless files, with a database of three
//! hashes (`testdata`; no line was changed).

use jiff::tz::TimeZone;

use crate::{Action, Category, ReadError, Reason, Report, Tool, read};

fn of(bytes: &[u8]) -> Report {
    let zone = TimeZone::fixed(jiff::tz::offset(7));
    let report = read(bytes, &zone).unwrap();
    assert_eq!((report.tool, report.devices.len()), (Tool::ClamAv, 1));
    report
}

fn actions(report: &Report) -> Vec<(&str, Action)> {
    let mut list: Vec<_> =
        report.devices[0].findings.iter().map(|it| (it.path.as_str(), it.action)).collect();
    list.sort_unstable();
    list
}

#[test]
fn a_log_is_read_with_its_summary() {
    for log in [
        include_bytes!("testdata/clamscan-log.txt").as_slice(),
        include_bytes!("testdata/clamscan-infected.txt"),
    ] {
        let report = of(log);
        assert_eq!((report.version.as_str(), report.refused_count), ("1.4.6", 0));
        let scan = report.scan.unwrap();
        assert_eq!((scan.scanned, scan.not_scanned), (5, 0));
        assert!(scan.ended_at.unwrap().to_string().starts_with("2026-11-27T04:26:"), "local time");
        let findings = &report.devices[0].findings;
        let told: Vec<_> = findings.iter().map(|it| (it.threat.as_str(), it.category)).collect();
        assert_eq!(told.len(), 4);
        assert!(told.contains(&("Win.Trojan.Mauthu-1.UNOFFICIAL", Category::Malware)));
        assert!(told.contains(&("PUA.Win.Tool.Kmsmau-3.UNOFFICIAL", Category::Risk)));
        // A path may hold what separates it from the name.
        assert!(findings.iter().any(|it| it.path == "tree/thư mục: lạ.doc"));
        assert!(findings.iter().all(|it| it.action == Action::Left));
    }
}

#[test]
fn what_was_done_is_kept() {
    let removed = of(include_bytes!("testdata/clamscan-remove.txt"));
    assert_eq!(actions(&removed).len(), 4);
    assert!(actions(&removed).iter().all(|it| it.1 == Action::Removed), "{removed:?}");
    let moved = of(include_bytes!("testdata/clamscan-move.txt"));
    assert!(actions(&moved).iter().all(|it| it.1 == Action::Quarantined), "{moved:?}");
    let by_daemon = of(include_bytes!("testdata/clamdscan-remove.txt"));
    assert!(actions(&by_daemon).iter().all(|it| it.1 == Action::Removed), "{by_daemon:?}");
    for report in [removed, moved, by_daemon] {
        assert_eq!((report.devices[0].findings.len(), report.refused_count), (4, 0));
    }
}

#[test]
fn the_daemons_log_has_moments_and_no_summary() {
    let report = of(include_bytes!("testdata/clamd-log.txt"));
    assert_eq!((report.scan, report.refused_count), (None, 0));
    let findings = &report.devices[0].findings;
    assert_eq!(findings.len(), 8);
    assert_eq!(findings[0].threat, "Win.Trojan.Mauthu-1.UNOFFICIAL");
    assert_eq!(findings[0].at.unwrap().to_string(), "2026-11-27T04:26:43Z");
    // The other programs' log of the same scan.
    assert_eq!(of(include_bytes!("testdata/clamdscan.txt")).devices[0].findings.len(), 4);
    assert_eq!(of(include_bytes!("testdata/clamscan-nosummary.txt")).scan, None);
}

#[test]
fn what_was_not_scanned_is_counted() {
    let clean = of(include_bytes!("testdata/clamscan-clean.txt"));
    let scan = clean.scan.unwrap();
    assert_eq!((clean.devices[0].findings.len(), scan.scanned, scan.not_scanned), (0, 1, 0));
    // A limit that was hit is told as a finding by ClamAV; it is none.
    let limits = of(include_bytes!("testdata/clamscan-limits.txt"));
    assert_eq!((limits.devices[0].findings.len(), limits.scan.unwrap().not_scanned), (0, 1));
    let missing = of(include_bytes!("testdata/clamscan-missing.txt"));
    assert_eq!((missing.scan.unwrap().not_scanned, missing.refused_count), (1, 0));
}

#[test]
fn other_lines_are_listed() {
    let report = of(b"a.exe: Win.Trojan.X FOUND\nxin chao\nb.exe: Removed.\n");
    let refused: Vec<_> = report.refused.iter().map(|it| (it.place, it.reason)).collect();
    assert_eq!(refused, [(2, Reason::NotUnderstood), (3, Reason::NoThreat)]);
    let nothing = read(b"a.exe: OK\n", &TimeZone::UTC);
    assert_eq!(nothing.map(|it| it.tool), Err(ReadError::Unknown));
}
