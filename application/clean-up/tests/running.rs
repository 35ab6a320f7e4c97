//! A running program whose file was found: told as such, ended before its file is touched.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command};

use clean_up::{Change, Computer, Keeper, Outcome, PlanRequest, check_places, make_plan};
use file_check::{Category, Finding, What};

struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn finding(what: &str, path: &Path) -> Finding {
    serde_json::from_value(serde_json::json!({
        "path": path, "what": what, "rule": "test", "category": "malware", "sha256": "",
        "live": { "pid": 1, "address": "198.51.100.7", "port": 443 },
    }))
    .unwrap()
}

#[test]
fn a_program_that_runs_a_found_file_is_told_and_ended_before_its_file_goes() {
    let folder = tempfile::tempdir().unwrap();
    let place = fs::canonicalize(folder.path()).unwrap();
    let (program, other) = (place.join("mã độc"), place.join("khác"));
    for path in [&program, &other] {
        fs::copy("/bin/sleep", path).unwrap();
    }
    let start = |path: &Path| Started(Command::new(path).arg("600").spawn().unwrap());
    let (mut first, mut second, mut neighbour) = (start(&program), start(&program), start(&other));
    let mut computer = Computer::open(None).unwrap();
    let found = [finding("rule", &program)];
    let checked = check_places(&mut computer, &found, Path::new("/"), None);
    let told: Vec<&Finding> =
        checked.findings.iter().filter(|it| it.what == What::Process).collect();
    let mut pids: Vec<u32> = told.iter().map(|it| it.live.clone().unwrap().pid.unwrap()).collect();
    pids.sort_unstable();
    let mut expected = [first.0.id(), second.0.id()];
    expected.sort_unstable();
    assert_eq!(pids, expected);
    for it in &told {
        assert_eq!(
            (it.path.as_str(), it.rule.as_deref()),
            (program.to_str().unwrap(), Some("test"))
        );
        assert_eq!(it.category, Category::Malware);
    }

    // A connection alone changes nothing about the other program.
    let mut findings: Vec<Finding> = found.to_vec();
    findings.extend(checked.findings.iter().filter(|it| it.what == What::Process).cloned());
    findings.push(finding("connection", &other));
    let request = PlanRequest {
        findings: &findings,
        is_complete: true,
        base: Path::new("/"),
        root: None,
        is_stick: false,
        takes_suspicious: true,
        at: 1,
    };
    let plan = make_plan(&mut computer, &request);
    let steps: Vec<&Change> = plan.steps.iter().map(|it| &it.change).collect();
    let shape = |it: &&Change| match it {
        Change::StopProcess { process } => Some(process.pid),
        Change::Quarantine { .. } => None,
        other => panic!("{other:?}"),
    };
    let mut shapes: Vec<Option<u32>> = steps.iter().map(shape).collect();
    shapes[..2].sort_unstable();
    assert_eq!(shapes, [Some(expected[0]), Some(expected[1]), None], "programs first: {steps:?}");
    let stays: Vec<_> = plan.stays.iter().filter(|it| it.why == "connection").collect();
    assert_eq!(stays.len(), 1);
    assert_eq!(stays[0].at, format!("{} (1) → 198.51.100.7:443", other.display()));

    let mut keeper = Keeper::open(&place.join("store")).unwrap();
    let report = keeper.apply(&mut computer, &plan, 2).unwrap();
    assert!(report.outcomes.iter().all(|it| it.2 == Outcome::Done), "{report:?}");
    for child in [&mut first, &mut second] {
        assert!(!child.0.wait().unwrap().success());
    }
    assert!(!program.exists() && other.exists());
    assert!(neighbour.0.try_wait().unwrap().is_none(), "another program was ended");
}
