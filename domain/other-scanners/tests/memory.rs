//! A file takes a few times its size in memory, whatever is in it. A test of its own program: the
//! system tells the most that a whole process ever held.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use jiff::tz::TimeZone;
use other_scanners::read;

/// Bytes of each file.
const SIZE: usize = 8 << 20;

/// The most bytes this process ever held.
fn most_held() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

fn full(start: &str, element: &dyn Fn(usize) -> String, end: &str) -> String {
    let mut text = start.to_owned();
    for number in 0.. {
        let element = element(number);
        if text.len() + element.len() + end.len() > SIZE {
            break;
        }
        text.push_str(&element);
    }
    text.trim_end_matches(',').to_owned() + end
}

#[test]
fn a_report_takes_a_few_times_its_size() {
    let check = |what: &str, text: String| {
        let report = read(text.as_bytes(), &TimeZone::UTC);
        let most = most_held();
        assert!(report.is_ok(), "{what}: {report:?}");
        assert!(most < 7 * SIZE, "{what}: {} MiB", most >> 20);
    };
    // Detections and threats in turn, each of its own number.
    let mixed = |number: usize| {
        let id = number / 2;
        if number.is_multiple_of(2) {
            format!(
                r#"{{"ThreatID":{id},"DetectionID":"{{{id}}}","Resources":["file:_C:\\{id}"]}},"#
            )
        } else {
            format!(r#"{{"ThreatID":{id},"ThreatName":"Worm:VBS/Mau.{id}"}},"#)
        }
    };
    check("objects", full("[", &mixed, "]"));
    let many_values = format!(r#"{{"ThreatID":1,"Resources":[{}""]}},"#, r#""","#.repeat(200));
    check("lists", full("[", &|_| many_values.clone(), "]"));
    let many_fields: String = r#""a":[[[1]]],"#.repeat(200);
    check("fields", full("[", &|_| format!(r#"{{{many_fields}"ThreatID":1}},"#), "]"));
    check("numbers", full(r#"[{"ThreatID":1},"#, &|_| "1,".to_owned(), "]"));
    let event =
        r#"<Event0 Action="Detect" Object="a" Info="b"/><Event1 Action="Deleted" Object="a"/>"#;
    check("events", full("<Report>", &|_| event.to_owned(), "</Report>"));
}
