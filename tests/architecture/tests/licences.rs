//! Everything linked or given out stands under a licence that allows it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, process::Command};

use spdx::{Expression, ParseMode};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The list that `cargo deny` reads too.
fn allowed() -> BTreeSet<String> {
    let settings = fs::read_to_string(Path::new(ROOT).join("deny.toml")).unwrap();
    let settings: toml::Table = settings.parse().unwrap();
    let allow = settings["licenses"]["allow"].as_array().unwrap();
    allow.iter().map(|licence| licence.as_str().unwrap().to_owned()).collect()
}

/// Whether the licence leaves a choice that the list allows in full.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    // Lax: older packages write `MIT/Apache-2.0`.
    Expression::parse_mode(licence, ParseMode::LAX)
        .unwrap()
        .evaluate(|requirement| allowed.contains(&requirement.to_string()))
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1", "--offline"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`cargo fetch` gets what is missing: {problem}");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "the whole tree is looked at");
    let allowed = allowed();
    let refused: Vec<_> = packages
        .iter()
        .filter(|package| {
            package["license"].as_str().is_none_or(|licence| !is_allowed(licence, &allowed))
        })
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "not allowed by deny.toml: {refused:#?}");
}

#[test]
fn a_licence_is_allowed_when_one_choice_is_allowed_in_full() {
    let allowed = BTreeSet::from(["MIT", "ISC"].map(str::to_owned));
    let check =
        |licence, expected| assert_eq!(is_allowed(licence, &allowed), expected, "{licence}");
    check("MIT", true);
    check("GPL-2.0-only OR MIT", true);
    check("MIT/Apache-2.0", true);
    check("MIT AND ISC", true);
    check("MIT AND GPL-2.0-only", false);
    check("GPL-3.0-or-later", false);
}

#[test]
fn every_vendored_file_has_its_licence_beside_it_and_a_line_in_the_notice() {
    let vendor = Path::new(ROOT).join("adapters/web/assets/vendor");
    let notice = fs::read_to_string(Path::new(ROOT).join("NOTICE.md")).unwrap();
    for entry in fs::read_dir(&vendor).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(notice.contains(&name), "`{name}` has no line in NOTICE.md");
        let library = name.split(['-', '.']).next().unwrap();
        let licence = vendor.join(format!("{library}-LICENSE.txt"));
        assert!(licence.exists(), "`{name}` has no {library}-LICENSE.txt");
    }
}
