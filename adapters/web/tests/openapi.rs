//! The committed description is the one the program serves, and it leaves no route out.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod world;

use std::collections::BTreeSet;
use std::{env, fs};

use world::World;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

#[test]
fn the_committed_description_is_the_one_of_the_code() {
    let mut text = serde_json::to_string_pretty(&web::api::openapi()).unwrap();
    text.push('\n');
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(COMMITTED, &text).unwrap();
    }
    let committed = fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == text,
        "docs/openapi.json is not up to date; renew it: UPDATE_OPENAPI=1 cargo test -p web --test openapi"
    );
}

#[tokio::test]
async fn every_route_of_the_api_is_described_and_every_description_has_a_route() {
    let world = World::new().await;
    let routes: BTreeSet<(String, String)> = world::routes::of(&world.router)
        .into_iter()
        .filter(|(_, path)| path.starts_with("/api"))
        .collect();
    let description = serde_json::to_value(web::api::openapi()).unwrap();
    let mut described = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    assert_eq!(routes, described);
}
