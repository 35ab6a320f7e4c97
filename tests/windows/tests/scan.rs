//! A scan that is cut off, and what the next one makes of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use windows_tests::Wine;

const MARK: &str = "LAMSACH-HARMLESS-TEST-FILE";
/// Files that hold nothing.
const MANY: u64 = 6_000;

/// Windows tells nothing by which a changed file could not pass for the old one: a scan that was killed is
/// gone on with, one that ended is not.
#[test]
fn a_scan_that_was_killed_goes_on_and_one_that_ended_is_forgotten() {
    let Some(wine) = Wine::start() else { return };
    let drive = wine.drive();
    let rule = format!("rule planted_by_test {{ strings: $a = \"{MARK}\" condition: $a }}");
    fs::write(drive.join("rules.yar"), rule).unwrap();
    fs::create_dir(drive.join("many")).unwrap();
    let text = "nothing to be found in here. ".repeat(700);
    for number in 0..MANY {
        fs::write(drive.join(format!("many/{number:04}.txt")), format!("{number} {text}")).unwrap();
    }
    fs::write(drive.join("many/mã độc.txt"), MARK).unwrap();
    // What was written just now is not remembered.
    thread::sleep(Duration::from_millis(2_100));

    let arguments =
        ["scan", "--rules", "C:\\rules.yar", "--memory", "C:\\memory", "--json", "C:\\many"];
    let gentle = [&arguments[..], &["--gentle"]].concat();
    let mut command = wine.program("C:\\lamsach-clean.exe", &gentle);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let remembered =
        || fs::metadata(drive.join("memory")).map_or(0, |it| it.len().saturating_sub(56) / 16);
    while remembered() == 0 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before it wrote anything down");
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let done = remembered();
    assert!((1..MANY).contains(&done), "{done}");

    let scan = || {
        let output = wine.clean(&arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        let summary = &lines[lines.len() - 1]["summary"];
        assert_eq!((&summary["seen"], &summary["findings"]), (&(MANY + 1).into(), &1.into()));
        summary["remembered"].as_u64().unwrap()
    };
    assert_eq!(scan(), done);
    assert_eq!(scan(), 0);
}
