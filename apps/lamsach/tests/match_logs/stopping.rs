//! A run that is stopped, and a reader that goes away.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use super::{CLEAN_LINE, EVIL_LINES, folder, lamsach};

#[cfg(unix)]
#[test]
fn ctrl_c_shows_what_was_read_and_says_that_it_is_not_all() {
    let folder = folder();
    let mut child =
        lamsach(folder.path()).args(["-i", "list.txt", "--output", "json", "-"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than a pipe holds: when it is written, the program has begun to read.
    stdin.write_all((EVIL_LINES.to_owned() + &CLEAN_LINE.repeat(40_000)).as_bytes()).unwrap();
    // The shell's own `kill`: the program of that name is not on every machine.
    let kill = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    // The log has no end; only the program's own stop ends this.
    while stdin.write_all(CLEAN_LINE.as_bytes()).is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.starts_with("{\"device\":\"10.0.0.7\""), "{out}");
    let last: serde_json::Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(last["summary"]["complete"], false);
    assert_eq!(last["summary"]["files"][0]["problem"]["code"], "cancelled");
    assert!(String::from_utf8(output.stderr).unwrap().contains("Đang dừng"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = folder();
    let log: String = (0..20_000)
        .map(|at| EVIL_LINES.replace("10.0.0.7", &format!("10.{}.{}.7", at / 250, at % 250)))
        .collect();
    std::fs::write(folder.path().join("much.log"), log).unwrap();
    for kind in ["table", "json", "csv", "html"] {
        let mut child = lamsach(folder.path())
            .args(["-i", "list.txt", "--output", kind, "much.log"])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = [0; 100];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut first).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(!err.contains("panicked") && !err.contains("Broken pipe"), "{kind}: {err}");
        assert_eq!(output.status.code(), Some(1), "{kind}");
    }
}
