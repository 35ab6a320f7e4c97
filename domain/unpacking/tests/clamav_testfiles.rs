//! Debian's `clamav-testfiles`: one harmless program wrapped in 44 ways. `script/setup --for test`
//! installs them; they are never copied here.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that reads files")]

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;

use unpacking::{PartLimits, each_part};

const FOLDER: &str = "/usr/share/clamav-testfiles";

/// Packed programs, which only running them or an emulator unpacks, and wrappings that are not read.
const NOT_OPENED: &[&str] = &[
    "clam-aspack.exe",
    "clam-fsg.exe",
    "clam-mew.exe",
    "clam-nsis.exe",
    "clam-pespin.exe",
    "clam-petite.exe",
    "clam-upack.exe",
    "clam-upx.exe",
    "clam-wwpack.exe",
    "clam-yc.exe",
    "clam.arj",
    "clam.chm",
    "clam.ea05.exe",
    "clam.ea06.exe",
    "clam_IScab_ext.exe",
    "clam_IScab_int.exe",
    "clam_ISmsi_ext.exe",
    "clam_ISmsi_int.exe",
];

#[test]
fn the_program_inside_is_found() {
    let inside = fs::read(format!("{FOLDER}/clam.exe"))
        .expect("clamav-testfiles is not installed: script/setup --for test installs it");
    let mut missed = BTreeSet::new();
    let mut count = 0;
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        let mut is_found = bytes == inside;
        let refused = each_part(&name, &bytes, &PartLimits::default(), &mut |part| {
            is_found |= part.bytes == inside;
            ControlFlow::Continue(())
        });
        count += 1;
        if !is_found {
            missed.insert(format!("{name} {refused:?}"));
        }
    }
    let expected: BTreeSet<String> = NOT_OPENED.iter().map(|it| format!("{it} []")).collect();
    assert_eq!(missed, expected, "{} of {count} found", count - missed.len());
}
