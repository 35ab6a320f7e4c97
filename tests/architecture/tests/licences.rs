//! Everything linked or given out stands under a licence that allows it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs, process::Command};

use spdx::{Expression, ParseMode};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The settings that `cargo deny` reads too.
fn settings() -> toml::Table {
    fs::read_to_string(Path::new(ROOT).join("deny.toml")).unwrap().parse().unwrap()
}

fn strings(list: &toml::Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// Packages by name with the licences that only they may have.
fn exceptions(settings: &toml::Table) -> BTreeMap<String, BTreeSet<String>> {
    let exceptions = settings["licenses"]["exceptions"].as_array().unwrap();
    let name = |it: &toml::Value| it["name"].as_str().unwrap().to_owned();
    exceptions.iter().map(|it| (name(it), strings(&it["allow"]))).collect()
}

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1", "--offline"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`cargo fetch` gets what is missing: {problem}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Names of the packages that are linked into a program or run while it is built.
fn linked_into(program: &str, metadata: &serde_json::Value) -> BTreeSet<String> {
    let text = |it: &serde_json::Value| it.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeMap<_, _> =
        packages.iter().map(|it| (text(&it["id"]), text(&it["name"]))).collect();
    let mut needs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let is_built_in = |dep: &&serde_json::Value| {
            dep["dep_kinds"].as_array().unwrap().iter().any(|it| it["kind"] != "dev")
        };
        let needed = node["deps"].as_array().unwrap().iter().filter(is_built_in);
        needs.insert(text(&node["id"]), needed.map(|it| text(&it["pkg"])).collect());
    }
    let is_program = |(id, name): (&String, &String)| (name == program).then(|| id.clone());
    let mut open: Vec<_> = names.iter().filter_map(is_program).collect();
    assert_eq!(open.len(), 1, "one package is called {program}");
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id.clone()) {
            open.extend(needs[&id].iter().cloned());
        }
    }
    seen.iter().map(|id| names[id].clone()).collect()
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
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "the whole tree is looked at");
    let settings = settings();
    let allowed = strings(&settings["licenses"]["allow"]);
    let exceptions = exceptions(&settings);
    let refused: Vec<_> = packages
        .iter()
        .filter(|package| {
            let own = exceptions.get(package["name"].as_str().unwrap());
            let allowed = allowed.iter().chain(own.into_iter().flatten()).cloned().collect();
            package["license"].as_str().is_none_or(|licence| !is_allowed(licence, &allowed))
        })
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "not allowed by deny.toml: {refused:#?}");
}

#[test]
fn what_is_excepted_is_linked_into_no_program() {
    let metadata = metadata();
    let linked = linked_into("lamsach", &metadata);
    assert!(linked.contains("sqlx") && !linked.contains("insta"), "the graph was walked");
    for name in exceptions(&settings()).into_keys() {
        assert!(!linked.contains(&name), "`{name}` is linked into lamsach");
    }
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
