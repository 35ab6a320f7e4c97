//! Reports of other malware scanners.

use jiff::tz::TimeZone;
use other_scanners::{MOST_DEVICES, MOST_FINDINGS, MOST_LISTED, read};

/// A report keeps to its limits, and every finding says what it is.
pub fn scanner_reports(bytes: &[u8]) {
    // What KVRT writes is combined with a byte: tried both ways.
    let other: Vec<u8> = bytes.iter().map(|it| it ^ 0xef).collect();
    for bytes in [bytes, &other] {
        let Ok(report) = read(bytes, &TimeZone::UTC) else { continue };
        assert!(report.devices.len() <= MOST_DEVICES && report.refused.len() <= MOST_LISTED);
        assert!(report.scan.is_some() || report.devices.iter().any(|it| !it.findings.is_empty()));
        for device in &report.devices {
            assert!(device.findings.len() <= MOST_FINDINGS);
            assert!(device.findings.iter().all(|it| !it.threat.contains('\n')));
        }
    }
}
