//! Accessibility, judged by axe-core: WCAG 2.2 level AA.

use std::fs;
use std::sync::LazyLock;

use fantoccini::Client;
use serde_json::{Value, json};

/// axe-core as `npm ci` laid it out; `script/setup` calls that.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/axe-core/axe.min.js");
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}; run script/setup"))
});

/// What is wrong with the open page: rule, why, and where.
pub(crate) async fn violations(client: &Client) -> Vec<String> {
    client.execute(&AXE, Vec::new()).await.expect("axe can be loaded");
    let run = "const done = arguments[arguments.length - 1]; \
               axe.run(document, { runOnly: arguments[0], resultTypes: ['violations'] }) \
                 .then((it) => done(it.violations), (error) => done([{ id: String(error) }]));";
    let tags = json!(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
    let found = client.execute_async(run, vec![tags]).await.expect("axe runs");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found = found.as_array().cloned().unwrap_or_default();
    found
        .iter()
        .map(|violation| {
            let nodes = violation["nodes"].as_array().cloned().unwrap_or_default();
            let places: Vec<String> = nodes.iter().map(|it| text(&it["html"])).collect();
            format!(
                "{}: {}\n  {}",
                text(&violation["id"]),
                text(&violation["help"]),
                places.join("\n  ")
            )
        })
        .collect()
}
