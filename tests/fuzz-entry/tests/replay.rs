//! The seeds, and everything the fuzzer ever found, through the same functions; and each of them
//! cut short and with single bytes changed, which finds the nearest of what a fuzzer would.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use fuzz_entry::ALL;

const FUZZ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");

/// Names of the files or folders in a folder, sorted; none when it is not there.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn seeds_and_known_crashes_pass() {
    for (name, entry) in ALL {
        let seeds = entries(&Path::new(FUZZ).join("corpus").join(name));
        assert!(!seeds.is_empty(), "fuzz/corpus/{name} has no seed");
        let crashes = entries(&Path::new(FUZZ).join("crashes").join(name));
        for path in seeds.into_iter().chain(crashes) {
            entry(&fs::read(&path).unwrap());
        }
    }
}

#[test]
fn seeds_cut_short_or_changed_pass() {
    let rounds = if std::env::var_os("LAMSACH_FULL").is_some() { 3_000 } else { 60 };
    // xorshift: the same changes on every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 16).unwrap_or(0) % below.max(1)
    };
    for (name, entry) in ALL {
        for path in entries(&Path::new(FUZZ).join("corpus").join(name)) {
            let seed = fs::read(&path).unwrap();
            for _ in 0..rounds {
                let mut bytes = seed.clone();
                bytes.truncate(random(seed.len() + 1));
                for _ in 0..random(4) {
                    let at = random(bytes.len());
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = b"\0\xff\"\\ \t#=:/.[]{}'()09aZ\xc3"[random(23)];
                    }
                }
                entry(&bytes);
            }
        }
    }
}

#[test]
fn every_entry_has_its_target_and_every_target_its_entry() {
    let mut targets: Vec<_> = entries(&Path::new(FUZZ).join("fuzz_targets"))
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    targets.sort();
    assert_eq!(targets, ALL.map(|(name, _)| name));
    let manifest = fs::read_to_string(Path::new(FUZZ).join("Cargo.toml")).unwrap();
    for (name, _) in ALL {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml lacks {name}");
        let target = Path::new(FUZZ).join(format!("fuzz_targets/{name}.rs"));
        let call = format!("fuzz_entry::{name}(bytes)");
        assert!(fs::read_to_string(target).unwrap().contains(&call), "{name}.rs calls another");
    }
}
