//! Every route of a router, read from its debug form: axum has no other list of them. A form that
//! changes gives no routes, and every test that compares with a list then fails.

#![allow(clippy::indexing_slicing, reason = "a form that changes must fail")]

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;

/// Methods and paths, such as (`GET`, `/campaigns/{campaign}`).
pub fn of(router: &Router) -> BTreeSet<(String, String)> {
    let text = format!("{router:?}");
    let own = text.split("fallback_router:").next().unwrap();
    let (routes, paths) = own.split_once("node: Node { paths: {").unwrap();
    let mut path_of = BTreeMap::new();
    for entry in paths.split("RouteId(").skip(1) {
        let (id, rest) = entry.split_once("): \"").unwrap();
        path_of.insert(id.to_owned(), rest.split('"').next().unwrap().to_owned());
    }
    let mut found = BTreeSet::new();
    for entry in routes.split("RouteId(").skip(1) {
        let (id, endpoint) = entry.split_once("): ").unwrap();
        let path = &path_of[id];
        // The two routes that axum adds for whatever is not found.
        if path.contains("{*__private") {
            continue;
        }
        for method in ["get", "post", "put", "delete", "patch"] {
            let field = format!("{method}: ");
            let state = endpoint.split_once(&field).unwrap().1;
            if !state.starts_with("None") {
                found.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    assert!(!found.is_empty(), "the debug form of a router has changed");
    found
}
