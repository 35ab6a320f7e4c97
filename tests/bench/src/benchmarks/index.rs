//! `index`: lists as text into an index, opening one, and changing 10,000 indicators beside it.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use files::MappedFile;
use indicators::ReadOptions;
use jiff::Timestamp;
use log_check::{Guarding, IndicatorInput, ListInput, compile_indicators, load_indicators_by};
use matching::{Index, Layers};
use serde::{Deserialize, Serialize};

use super::{Context, match_logs, peers};
use crate::measure::Measure;
use crate::measured_run::{self, own_cpu_seconds};

/// Indicators of a change.
const CHANGED: u32 = 10_000;
/// How often an index is opened; the mean counts.
const OPENINGS: u32 = 100;

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let (run, checked) = match_logs::best_check(context, 1, &[])?;
    let python = peers::python_sets(context)?;
    let mut measures = vec![
        Measure::new("index/build", checked.index_cpu_seconds, "CPU s")
            .beside("python3 sets", python.cpu_seconds),
        Measure::new("index/indicators", checked.indicators, "indicators"),
        Measure::new("index/size", checked.index_bytes / checked.indicators, "bytes/indicator"),
        Measure::new("index/peak-memory", run.peak_bytes / 1e6, "MB")
            .beside("python3 sets", python.peak_bytes / 1e6),
    ];
    let changed = best_change(context)?;
    measures.extend([
        Measure::new("index/open", changed.open_ms, "ms"),
        Measure::new("index/change-of-10000", changed.change_ms, "ms, by the clock"),
        Measure::new("index/change-of-10000/cpu", changed.change_cpu_ms, "CPU ms"),
        Measure::new("index/change-of-10000/memory", changed.memory_after, "MB")
            .beside("before it", changed.memory_before),
    ]);
    Ok(measures)
}

/// What opening and changing took.
#[derive(Serialize, Deserialize)]
struct Changed {
    open_ms: f64,
    change_ms: f64,
    change_cpu_ms: f64,
    /// MB at most while the change was made, and before it with the whole index read.
    memory_after: f64,
    memory_before: f64,
}

fn best_change(context: &Context) -> anyhow::Result<Changed> {
    let folder = &context.data.folder;
    let (compiled, list) = (folder.join("compiled.index"), folder.join("change.txt"));
    let inputs = context.data.lists.iter().map(|path| input(path)).collect::<io::Result<_>>()?;
    let program = "bench".to_owned();
    let options = ReadOptions::default();
    let loaded = compile_indicators(inputs, options, Guarding::Off, Timestamp::now(), &program)?;
    fs::write(&compiled, loaded.index.as_bytes())?;
    drop(loaded);
    let mut out = io::BufWriter::new(File::create(&list)?);
    for number in 0..CHANGED {
        if number % 3 == 0 {
            let [_, a, b, c] = (number * 97).to_be_bytes();
            writeln!(out, "{}.{a}.{b}.{c}", 11 + number % 80)?;
        } else {
            writeln!(out, "c2-{number}.changed-{}.example", number % 977)?;
        }
    }
    out.flush()?;
    let this = std::env::current_exe()?.display().to_string();
    let command = [&this, "change", &compiled.display().to_string(), &list.display().to_string()]
        .map(ToString::to_string);
    let output = folder.join("changed.json");
    let mut best: Option<Changed> = None;
    for _ in 0..context.runs {
        let run = measured_run::run(&command, &output)?;
        ensure!(run.status == Some(0), "the change ended with {:?}", run.status);
        let changed: Changed = serde_json::from_slice(&fs::read(&output)?)?;
        if best.as_ref().is_none_or(|it| changed.change_ms < it.change_ms) {
            best = Some(changed);
        }
    }
    best.context("no run")
}

fn input(path: &Path) -> io::Result<IndicatorInput> {
    let bytes: Box<dyn io::Read + Send> = Box::new(File::open(path)?);
    Ok(IndicatorInput::List(ListInput { name: path.display().to_string(), bytes: Ok(bytes) }))
}

/// The other side of [`best_change`]: what a running watch does.
pub(crate) fn change_in_process(compiled: &Path, list: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    for _ in 0..OPENINGS {
        Index::open(Arc::new(MappedFile::open(compiled)?))?;
    }
    let open_ms = started.elapsed().as_secs_f64() * 1e3 / f64::from(OPENINGS);
    let index = Index::open(Arc::new(MappedFile::open(compiled)?))?;
    let guard = Guarding::On.load();
    // Every page of it is in memory now.
    index.verify()?;
    let memory_before = peak_memory()?;
    let (started, cpu) = (Instant::now(), own_cpu_seconds()?);
    let changed = load_indicators_by(vec![input(list)?], ReadOptions::default(), &guard)?;
    let layers = Layers::new(vec![changed.index, index])?;
    let change_ms = started.elapsed().as_secs_f64() * 1e3;
    let change_cpu_ms = (own_cpu_seconds()? - cpu) * 1e3;
    let taken = layers.iter().next().map_or(0, Index::len);
    ensure!(taken > CHANGED as usize * 9 / 10, "{taken} indicators were taken");
    let memory_after = peak_memory()?;
    let changed = Changed { open_ms, change_ms, change_cpu_ms, memory_after, memory_before };
    serde_json::to_writer(io::stdout().lock(), &changed)?;
    Ok(())
}

/// The most memory that this process has had, in MB.
fn peak_memory() -> anyhow::Result<f64> {
    for line in BufReader::new(File::open("/proc/self/status")?).lines() {
        if let Some(kib) = line?.strip_prefix("VmHWM:") {
            let kib: f64 = kib.trim().trim_end_matches(" kB").parse()?;
            return Ok(kib * 1024.0 / 1e6);
        }
    }
    anyhow::bail!("the system does not tell the memory of this process")
}
