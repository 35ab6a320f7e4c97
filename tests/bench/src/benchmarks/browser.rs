//! `browser`: the same logs by the module that a page runs, in Node, whose engine is Chromium's.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, ensure};
use indicators::ReadOptions;
use log_check::{ListInput, load_lists};
use serde_json::Value;
use simulation::TrueSighting;

use super::Context;
use super::match_logs::{as_double, judged};
use crate::measure::Measure;
use crate::measured_run;
use crate::truth::in_truths_words;

/// What the module is run by.
const RUNNER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps/browser/check.mjs");

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let data = &context.data;
    let index = data.folder.join("index.lamsach");
    if !index.exists() {
        write_index(&data.lists, &index)?;
    }
    let module = std::env::var("LAMSACH_BROWSER_MODULE");
    let module = module.context("LAMSACH_BROWSER_MODULE: script/bench builds the module")?;
    let logs: Vec<&Path> = data.logs.iter().map(|(_, path)| path.as_path()).collect();
    let all = best_check(context, &module, &index, &logs)?;
    ensure!(all.lines == data.lines, "{} of {} lines were read", all.lines, data.lines);
    let rate = as_double(all.lines) / all.cpu_seconds;
    let mut measures = vec![
        Measure::new("browser/lines", rate, "lines/CPU s, SHA-256 too"),
        Measure::new("browser/memory", all.memory_bytes / 1e6, "MB, the index in it"),
    ];
    measures.extend(judged("browser", &data.truth, all.summed_up()?)?);
    for (kind, path) in &data.logs {
        let one = best_check(context, &module, &index, &[path.as_path()])?;
        let rate = as_double(one.lines) / one.cpu_seconds;
        measures.push(Measure::new(format!("browser/{}", kind.file_name()), rate, "lines/CPU s"));
    }
    Ok(measures)
}

fn write_index(lists: &[std::path::PathBuf], to: &Path) -> anyhow::Result<()> {
    let mut inputs = Vec::new();
    for path in lists {
        let name = path.display().to_string();
        inputs.push(ListInput { name, bytes: Ok(Box::new(File::open(path)?)) });
    }
    let loaded = load_lists(inputs, ReadOptions::default())?;
    fs::write(to, loaded.index.as_bytes())?;
    Ok(())
}

/// What a run of the module gave.
struct Checked {
    lines: u64,
    cpu_seconds: f64,
    memory_bytes: f64,
    sightings: Vec<Value>,
}

impl Checked {
    /// One sighting a device and indicator: the module gives one for each log.
    fn summed_up(self) -> anyhow::Result<Vec<Value>> {
        let mut all: BTreeMap<(String, String), TrueSighting> = BTreeMap::new();
        for sighting in self.sightings {
            let one = in_truths_words(sighting)?;
            match all.entry((one.device.clone(), one.indicator.clone())) {
                Entry::Vacant(place) => drop(place.insert(one)),
                Entry::Occupied(mut place) => {
                    let sum = place.get_mut();
                    sum.count += one.count;
                    sum.verdict = sum.verdict.max(one.verdict);
                    sum.first_seen = sum.first_seen.min(one.first_seen);
                    sum.last_seen = sum.last_seen.max(one.last_seen);
                }
            }
        }
        Ok(all.into_values().map(serde_json::to_value).collect::<Result<_, _>>()?)
    }
}

/// The best of several runs, each in a process of its own: the module is compiled anew.
fn best_check(
    context: &Context,
    module: &str,
    index: &Path,
    logs: &[&Path],
) -> anyhow::Result<Checked> {
    let index = index.display().to_string();
    let mut command: Vec<String> =
        ["node", RUNNER, module, &index, "Asia/Ho_Chi_Minh"].map(str::to_owned).into();
    command.extend(logs.iter().map(|log| log.display().to_string()));
    let output = context.data.folder.join("browser.json");
    let mut best: Option<Checked> = None;
    for _ in 0..context.runs {
        let run = measured_run::run(&command, &output)?;
        ensure!(run.status == Some(0), "Node ended with {:?}", run.status);
        let checked = read(&fs::read(&output)?)?;
        if best.as_ref().is_none_or(|it| checked.cpu_seconds < it.cpu_seconds) {
            best = Some(checked);
        }
    }
    best.context("no run")
}

fn read(output: &[u8]) -> anyhow::Result<Checked> {
    let mut checked =
        Checked { lines: 0, cpu_seconds: 0.0, memory_bytes: 0.0, sightings: Vec::new() };
    for object in serde_json::Deserializer::from_slice(output).into_iter() {
        let object: Value = object.context("read what the module gave")?;
        if let Some(sent) = object.get("sent") {
            let log = &sent["log"];
            ensure!(log["sha256"].is_string(), "{log} was not read");
            checked.lines += log["lines_read"].as_u64().unwrap_or_default();
            let sightings = sent["sightings"].as_array().cloned().unwrap_or_default();
            checked.sightings.extend(sightings);
        } else {
            let figure = |name| object.get(name).and_then(Value::as_f64).context("no figures");
            checked.cpu_seconds = figure("cpu_seconds")?;
            checked.memory_bytes = figure("memory_bytes")?;
        }
    }
    Ok(checked)
}
