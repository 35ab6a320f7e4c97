//! On files made by the published lists of fields: none of a running Windows was at hand. The event log is
//! made by the documented layout (`simulation`).

use jiff::tz::TimeZone;
use simulation::{LoggedEvent, event_log};

use crate::{Action, Category, Finding, ReadError, Reason, Report, Tool, read};

const PROVIDER: &str = "Microsoft-Windows-Windows Defender";

fn of(bytes: &[u8]) -> Report {
    let report = read(bytes, &TimeZone::fixed(jiff::tz::offset(7))).unwrap();
    assert_eq!((report.tool, report.system, report.scan), (Tool::Defender, "windows", None));
    report
}

fn told(it: &Finding) -> (&str, &str, usize, Action, Category) {
    (&it.threat, &it.path, it.inside, it.action, it.category)
}

#[test]
fn detections_exported_as_a_table_have_numbers_and_no_places() {
    let text = include_str!("testdata/threat-detection.csv");
    let report = of(text.as_bytes());
    assert_eq!((report.version.as_str(), report.devices.len()), ("4.18.25100.9008", 1));
    let device = &report.devices[0];
    assert_eq!(
        (device.name.as_deref(), device.accounts.as_slice()),
        (None, ["an".to_owned()].as_slice())
    );
    let list: Vec<_> = device.findings.iter().map(told).collect();
    assert_eq!(
        list,
        [
            ("ThreatID 2147519003", "", 0, Action::Quarantined, Category::Malware),
            ("ThreatID 2147745502", "", 0, Action::Left, Category::Malware),
        ]
    );
    // American dates, local time.
    let at = device.findings[1].at.unwrap();
    assert_eq!(at.to_string(), "2026-11-26T07:00:01Z");
    // As `-Encoding Unicode` writes it.
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(of(&[b"\xff\xfe".as_slice(), &utf16].concat()), report);
}

#[test]
fn threats_have_names_and_no_moments() {
    let report = of(include_bytes!("testdata/threat.csv"));
    let names: Vec<_> = report.devices.iter().map(|it| it.name.as_deref()).collect();
    assert_eq!(names, [None, Some("PHUONG-02")]);
    let all: Vec<_> = report.devices.iter().flat_map(|it| it.findings.iter().map(told)).collect();
    let zip = r"C:\Users\an\Downloads\hoá đơn.zip";
    assert_eq!(
        all,
        [
            ("Trojan:Win32/Wacatac.B!ml", zip, 1, Action::Unknown, Category::Malware),
            ("HackTool:Win32/AutoKMS", r"D:\cai\kms.exe", 0, Action::Left, Category::Risk),
            ("ThreatID 2147700001", r"D:\cai\thanh.exe", 0, Action::Left, Category::Risk),
        ]
    );
}

#[test]
fn json_is_read_with_its_lists_and_dates() {
    let report = of(include_bytes!("testdata/threat-detection.json"));
    let first = &report.devices[0].findings[0];
    let expected = ("Trojan:Win32/Wacatac.B!ml", r"C:\Users\an\Downloads\a.zip", 1);
    assert_eq!((first.threat.as_str(), first.path.as_str(), first.inside), expected);
    assert_eq!(
        (first.action, first.at.unwrap().to_string().as_str()),
        (Action::Removed, "2025-11-25T06:14:00Z")
    );
    let second = &report.devices[1];
    assert_eq!(second.name.as_deref(), Some("PHUONG-03"));
    assert_eq!(
        told(&second.findings[0]),
        ("ThreatID 2147700000", r"C:\Users\an\x.js", 0, Action::Failed, Category::Malware)
    );
    assert_eq!(
        report.refused.iter().map(|it| (it.place, it.reason)).collect::<Vec<_>>(),
        [(4, Reason::NotUnderstood)]
    );
}

#[test]
fn exported_objects_are_read() {
    let report = of(include_bytes!("testdata/threat-detection.clixml"));
    let list: Vec<_> = report.devices[0].findings.iter().map(told).collect();
    let path = r"C:\Users\an\Downloads\hóa & d.exe";
    assert_eq!(list, [("ThreatID 2147519003", path, 0, Action::Quarantined, Category::Malware)]);
    assert_eq!(report.devices[0].findings[0].at.unwrap().to_string(), "2026-11-25T03:13:02.5Z");
    assert_eq!(report.refused_count, 0);
}

fn log(computer: &str, id: u16, action: &str, minute: i64) -> Vec<u8> {
    let fields = [
        ("Product Version", "4.18.25100.9008"),
        ("Detection ID", "{1}"),
        ("Threat ID", "2147519003"),
        ("Threat Name", "Worm:VBS/Mau.A"),
        ("Detection User", r"PHUONG-01\an"),
        ("Path", r"file:_E:\Ảnh.lnk"),
        ("Action ID", action),
    ];
    let time_us = 1_764_040_000_000_000 + minute * 60_000_000;
    let found = [("Action ID", "9")];
    let before = [fields.as_slice()[..6].to_vec(), found.to_vec()].concat();
    let events = [
        LoggedEvent { id: 1116, computer, time_us: time_us - 60_000_000, fields: &before },
        LoggedEvent { id, computer, time_us, fields: &fields },
        LoggedEvent { id: 5007, computer, time_us, fields: &[("Old Value", "x")] },
    ];
    event_log(PROVIDER, "Microsoft-Windows-Windows Defender/Operational", &events)
}

#[test]
fn what_was_done_follows_what_was_found_in_the_event_log() {
    let check = |id, action: &str, expected| {
        let report = of(&log("PHUONG-01.mau.example", id, action, 0));
        assert_eq!((report.devices.len(), report.refused_count), (1, 0));
        let device = &report.devices[0];
        assert_eq!(device.name.as_deref(), Some("PHUONG-01.mau.example"));
        let list: Vec<_> = device.findings.iter().map(told).collect();
        assert_eq!(list, [("Worm:VBS/Mau.A", r"E:\Ảnh.lnk", 0, expected, Category::Malware)]);
    };
    check(1117, "2", Action::Quarantined);
    check(1117, "3", Action::Removed);
    check(1117, "6", Action::Allowed);
    check(1117, "9", Action::Left);
    check(1118, "2", Action::Failed);
    check(1119, "3", Action::Failed);
    check(1116, "2", Action::Left);
}

#[test]
fn a_log_that_breaks_off_or_holds_nothing_says_so() {
    let whole = log("PC", 1117, "2", 0);
    let report = of(&whole[..whole.len() - 40_000]);
    assert_eq!(report.devices[0].findings.len(), 1);
    assert!(report.refused.iter().any(|it| it.reason == Reason::Damaged));
    let other = event_log("Microsoft-Windows-Sysmon", "x", &[]);
    assert_eq!(read(&other, &TimeZone::UTC), Err(ReadError::Empty));
}

#[test]
fn events_saved_as_xml_are_read() {
    let report = of(include_bytes!("testdata/events.xml"));
    let list: Vec<_> = report.devices[0].findings.iter().map(told).collect();
    assert_eq!(
        list,
        [("Worm:VBS/Mau.A", r"E:\Ảnh.lnk", 0, Action::Quarantined, Category::Malware)]
    );
    assert_eq!(report.devices[0].name.as_deref(), Some("PHUONG-01"));
}

#[test]
fn objects_beyond_the_most_are_told() {
    let object = r#"{"ThreatID":1,"DetectionID":"x","Resources":["file:_C:\\a"]}"#;
    let list = vec![object; super::MOST_ROWS + 3].join(",");
    let report = of(format!("[{list}]").as_bytes());
    assert_eq!((report.devices[0].findings.len(), report.refused_count), (1, 3));
    let first = report.refused.first().map(|it| (it.place, it.reason));
    assert_eq!(first, Some((u64::try_from(super::MOST_ROWS).unwrap() + 1, Reason::TooMany)));

    let object = r#"<Obj><Props><U32 N="ThreatID">1</U32></Props></Obj>"#;
    let report = of(format!("<Objs>{}</Objs>", object.repeat(super::MOST_ROWS + 2)).as_bytes());
    let told: Vec<_> = report.refused.iter().map(|it| (it.place, it.reason)).collect();
    let place = u64::try_from(super::MOST_ROWS).unwrap();
    assert_eq!(told, [(place + 1, Reason::TooMany), (place + 2, Reason::TooMany)]);
}

#[test]
fn lists_are_read_whole_and_what_is_wrapped_is_unwrapped() {
    let check = |fields: &str, expected: (&str, usize)| {
        let report = of(format!(r#"[{{"ThreatID": 1, {fields}}}]"#).as_bytes());
        let finding = &report.devices[0].findings[0];
        assert_eq!((finding.path.as_str(), finding.inside), expected, "{fields}");
    };
    check(r#""Resources": ["cmdline:_x", "FILE:_C:\\a.zip->b", "file:_C:\\c"]"#, (r"C:\a.zip", 1));
    check(r#""resources": "containerfile:_D:\\a;file:_D:\\b""#, (r"D:\b", 0));
    check(r#""Resources": {"Count": 1, "value": ["file:_C:\\a"]}"#, (r"C:\a", 0));
    check(r#""Resources": [null, 7, {"x": []}], "Resources": "file:_C:\\d""#, (r"C:\d", 0));
    check(r#""Resources": null"#, ("", 0));
}
