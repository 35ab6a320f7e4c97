use jiff::tz::TimeZone;

use crate::{Action, Category, Reason, Report, Tool, read};

fn of(text: &str) -> Report {
    let report = read(text.as_bytes(), &TimeZone::fixed(jiff::tz::offset(7))).unwrap();
    assert_eq!(report.tool, Tool::Table);
    report
}

#[test]
fn columns_are_found_in_both_languages() {
    let vietnamese = of(include_str!("testdata/bang.csv"));
    let names: Vec<_> = vietnamese.devices.iter().filter_map(|it| it.name.as_deref()).collect();
    assert_eq!(names, ["PC-01", "PC-02"]);
    let first = &vietnamese.devices[0].findings;
    let told: Vec<_> = first.iter().map(|it| (it.action, it.category)).collect();
    assert_eq!(told, [(Action::Quarantined, Category::Malware), (Action::Unknown, Category::Risk)]);
    assert_eq!(first[0].at.unwrap().to_string(), "2026-11-25T03:12:00Z");
    assert_eq!(vietnamese.devices[1].findings[0].action, Action::Left);
    let refused: Vec<_> = vietnamese.refused.iter().map(|it| (it.place, it.reason)).collect();
    assert_eq!(refused, [(5, Reason::NoThreat), (6, Reason::BadTime)]);
    let english =
        of("Device,Time,Path,Threat,Action\npc-1,2026-11-25 10:12,C:\\a.exe,Trojan.X,Deleted\n");
    let finding = &english.devices[0].findings[0];
    assert_eq!((finding.path.as_str(), finding.action), (r"C:\a.exe", Action::Removed));
}

#[test]
fn words_tell_what_was_done() {
    let check = |words: &str, expected| {
        let report = of(&format!("device;threat;action\npc;Trojan.X;{words}\n"));
        assert_eq!(report.devices[0].findings[0].action, expected, "{words}");
    };
    check("Đã cách ly", Action::Quarantined);
    check("không xóa được", Action::Failed);
    check("chưa xử lý", Action::Left);
    check("đã diệt", Action::Cleaned);
    check("Not cleaned", Action::Failed);
    check("uncleanable", Action::Failed);
    check("Cleaned", Action::Cleaned);
    check("chặn", Action::Blocked);
    check("bỏ qua", Action::Allowed);
    check("phát hiện", Action::Left);
    check("xong", Action::Unknown);
    check("", Action::Unknown);
}

#[test]
fn the_same_thing_is_one_with_the_last_that_was_done() {
    let report = of(
        "device;time;path;threat;action\npc;2/11/2026;a.exe;Trojan.X;xóa\nPC;1/11/2026;A.EXE;trojan.x;chưa\n",
    );
    let findings = &report.devices[0].findings;
    assert_eq!((findings.len(), findings[0].action), (1, Action::Removed));
}

#[test]
fn limits_are_told() {
    let rows: String =
        (0..2_100).fold(String::new(), |rows, it| rows + &format!("pc{it};Trojan.X\n"));
    let report = of(&format!("device;threat\n{rows}"));
    assert_eq!((report.devices.len(), report.refused_count), (2_000, 100));
    let rows: String = (0..600).fold(String::new(), |rows, it| rows + &format!("pc;Trojan.{it}\n"));
    let report = of(&format!("device;threat\n{rows}"));
    let device = &report.devices[0];
    assert_eq!(
        (device.findings.len(), device.more_findings, device.more_is_left),
        (500, 100, true)
    );
}
