//! What the doors say about themselves.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::process::Command;

/// Options that a text names at the beginning of a line.
fn options(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("--")?.split(' ').next()).collect()
}

#[test]
fn script_server_explains_every_option_in_both_languages() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../script/server");
    let run = Command::new("bash").args([script, "--help"]).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    let help = String::from_utf8(run.stdout).unwrap();
    let (english, vietnamese) = help.split_once("Dựng cổng rồi chạy:").unwrap();
    assert!(english.starts_with("Builds the portal and runs it:"), "{help}");
    assert_eq!(options(english), options(vietnamese), "{help}");
    assert!(options(english).len() >= 5 && vietnamese.contains("Bấm Ctrl+C để dừng"), "{help}");
    assert!(!help.contains("set -"), "{help}");
}
