//! The crate graph must be the one drawn in `docs/architecture.md`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::{env, fs, process::Command};

type Edges = BTreeMap<String, BTreeSet<String>>;

/// Reads the table between the two layer markers: crate, what it holds, what it may import.
fn allowed(doc: &str) -> Edges {
    let table = doc.split("<!-- layers:begin -->").nth(1).unwrap();
    let table = table.split("<!-- layers:end -->").next().unwrap();
    let mut edges = Edges::new();
    for row in table.lines().filter(|row| row.starts_with("| `")) {
        let mut names = row.split('`').skip(1).step_by(2).map(str::to_owned);
        edges.insert(names.next().unwrap(), names.collect());
    }
    edges
}

/// Workspace-internal normal and build edges; dev-dependencies are free.
fn actual() -> Edges {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut edges = Edges::new();
    for package in metadata["packages"].as_array().unwrap() {
        let imports = package["dependencies"].as_array().unwrap().iter();
        let imports = imports
            .filter(|it| !it["path"].is_null() && it["kind"] != "dev")
            .map(|it| it["name"].as_str().unwrap().to_owned());
        edges.insert(package["name"].as_str().unwrap().to_owned(), imports.collect());
    }
    edges
}

#[test]
fn crate_graph_is_the_one_in_the_architecture_map() {
    let doc = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/architecture.md");
    let allowed = allowed(&fs::read_to_string(doc).unwrap());
    let actual = actual();
    for (name, imports) in &actual {
        let may = allowed.get(name).unwrap_or_else(|| panic!("`{name}` is not on the map"));
        let extra: Vec<_> = imports.difference(may).collect();
        assert!(extra.is_empty(), "`{name}` may not import {extra:?}");
    }
    let gone: Vec<_> = allowed.keys().filter(|name| !actual.contains_key(*name)).collect();
    assert!(gone.is_empty(), "on the map but not in the workspace: {gone:?}");
}
