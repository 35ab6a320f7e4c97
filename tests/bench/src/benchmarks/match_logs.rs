//! `match`: mixed logs against 1.5 million indicators, in one process and by the real program.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use indicators::ReadOptions;
use jiff::tz::{Offset, TimeZone};
use log_check::{ListInput, LogInput, Progress, Settings, check_logs, load_lists};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use simulation::{LogKind, TrueSighting};

use super::{Context, peers};
use crate::data::{self, write_one};
use crate::measure::Measure;
use crate::measured_run::{self, MeasuredRun, own_cpu_seconds};
use crate::say;
use crate::truth::{in_truths_words, mistakes};

/// What a check in one process says on its standard output.
#[derive(Serialize, Deserialize)]
pub(super) struct Checked {
    pub(super) index_cpu_seconds: f64,
    pub(super) index_bytes: f64,
    pub(super) indicators: f64,
    pub(super) match_cpu_seconds: f64,
    match_wall_seconds: f64,
    pub(super) lines_read: u64,
    pub(super) lines_not_parsed: u64,
    pub(super) sightings: Vec<Value>,
}

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let data = &context.data;
    let all: Vec<&Path> = data.logs.iter().map(|(_, path)| path.as_path()).collect();
    let mut measures = Vec::new();

    let (run, checked) = best_check(context, 1, &all)?;
    ensure!(checked.lines_read == data.lines, "not every line was read");
    let count = as_double(data.lines);
    let rate = count / checked.match_cpu_seconds;
    let wc = peers::count_lines(context, &all)?;
    measures.push(
        Measure::new("match/lines", rate, "lines/CPU s").beside("wc -l", count / wc.cpu_seconds),
    );
    measures.push(Measure::new("match/peak-memory", run.peak_bytes / 1e6, "MB"));
    measures.push(Measure::new("match/not-parsed", as_double(checked.lines_not_parsed), "lines"));
    measures.extend(judged("match", &data.truth, checked.sightings)?);

    let (_, two) = best_check(context, 2, &all)?;
    let gain = checked.match_wall_seconds / two.match_wall_seconds;
    measures.push(Measure::new("match/two-threads", gain, "times one thread, wall"));

    for (kind, path) in &data.logs {
        let (_, checked) = best_check(context, 1, &[path.as_path()])?;
        let rate = as_double(checked.lines_read) / checked.match_cpu_seconds;
        measures.push(Measure::new(format!("match/{}", kind.file_name()), rate, "lines/CPU s"));
    }
    measures.push(unknown_format(context)?);
    measures.extend(peers::on_one_log(context)?);
    measures.extend(by_program(context, &all)?);
    Ok(measures)
}

/// The log of a program that nobody knows: every name and address in it is looked up.
fn unknown_format(context: &Context) -> anyhow::Result<Measure> {
    let lines = context.data.lines / LogKind::ALL.len() as u64;
    let log = write_one(&context.data.folder, LogKind::Unknown, lines)?;
    let (_, checked) = best_check(context, 1, &[&log.path])?;
    let rate = as_double(checked.lines_read) / checked.match_cpu_seconds;
    Ok(Measure::new("match/unknown-format", rate, "lines/CPU s"))
}

/// The best of several checks in a process of their own.
pub(super) fn best_check(
    context: &Context,
    threads: usize,
    logs: &[&Path],
) -> anyhow::Result<(MeasuredRun, Checked)> {
    let this = std::env::current_exe()?.display().to_string();
    let mut command = vec![this, "check".to_owned(), format!("--threads={threads}")];
    command.extend(context.data.lists.iter().map(|list| format!("--list={}", list.display())));
    command.extend(logs.iter().map(|log| log.display().to_string()));
    let output = context.data.folder.join("checked.json");
    let mut best: Option<(MeasuredRun, Checked)> = None;
    for _ in 0..context.runs {
        let run = measured_run::run(&command, &output)?;
        ensure!(run.status == Some(0), "the check ended with {:?}", run.status);
        let checked: Checked = serde_json::from_slice(&fs::read(&output)?)?;
        let is_better = best.as_ref().is_none_or(|(_, it)| {
            // Threads are about time on the clock.
            if threads > 1 {
                checked.match_wall_seconds < it.match_wall_seconds
            } else {
                checked.match_cpu_seconds < it.match_cpu_seconds
            }
        });
        if is_better {
            best = Some((run, checked));
        }
    }
    best.context("no run")
}

/// The other side of [`best_check`].
pub(crate) fn check_in_process(
    threads: usize,
    lists: &[PathBuf],
    logs: &[PathBuf],
) -> anyhow::Result<()> {
    let open = |path: &PathBuf| -> std::io::Result<Box<dyn std::io::Read + Send>> {
        Ok(Box::new(File::open(path)?))
    };
    let lists =
        lists.iter().map(|path| ListInput { name: path.display().to_string(), bytes: open(path) });
    let before = own_cpu_seconds()?;
    let loaded = load_lists(lists.collect(), ReadOptions::default())?;
    for (name, report) in &loaded.reports {
        ensure!(report.problem.is_none(), "{name}: {:?}", report.problem);
    }
    let loaded_at = own_cpu_seconds()?;
    let logs = logs.iter().map(|path| LogInput {
        name: path.display().to_string(),
        modified: Some(data::written()),
        size_bytes: None,
        bytes: open(path),
    });
    let zone = TimeZone::fixed(Offset::constant(7));
    let settings = Settings { threads, ..Settings::new(zone) };
    let started = std::time::Instant::now();
    let report = check_logs(&loaded.index, logs.collect(), &settings, &Silent);
    let match_wall_seconds = started.elapsed().as_secs_f64();
    let checked = Checked {
        index_cpu_seconds: loaded_at - before,
        index_bytes: as_double(loaded.index.size_bytes() as u64),
        indicators: as_double(loaded.index.len() as u64),
        match_cpu_seconds: own_cpu_seconds()? - loaded_at,
        match_wall_seconds,
        lines_read: report.summary.lines_read,
        lines_not_parsed: report.summary.lines_not_parsed,
        sightings: report.sightings.iter().map(serde_json::to_value).collect::<Result<_, _>>()?,
    };
    serde_json::to_writer(std::io::stdout().lock(), &checked)?;
    Ok(())
}

/// The real program, when it was built: reading the lists counts too.
fn by_program(context: &Context, logs: &[&Path]) -> anyhow::Result<Vec<Measure>> {
    let program = std::env::current_exe()?.with_file_name("lamsach");
    let command = ["match", "--help"].map(str::to_owned);
    let command: Vec<String> = [program.display().to_string()].into_iter().chain(command).collect();
    let output = context.data.folder.join("lamsach.json");
    let is_there = program.exists()
        && measured_run::run(&command, &output)?.status == Some(0)
        && fs::metadata(&output)?.len() > 0;
    if !is_there {
        say("skipped: no `lamsach match` beside this program");
        return Ok(Vec::new());
    }
    let index = context.data.folder.join("all.index");
    let mut compile =
        vec![program.display().to_string(), "indicators".to_owned(), "compile".to_owned()];
    let lists = context.data.lists.iter().map(|it| it.display().to_string());
    compile.extend(lists.clone());
    compile.extend(["-o".to_owned(), index.display().to_string()]);
    measured_run::best_of(1, &compile, &output, &[0])?;
    let given = lists.flat_map(|list| ["--indicators".to_owned(), list]).collect();
    let compiled = vec!["--indicators".to_owned(), index.display().to_string()];
    let mut measures = Vec::new();
    for (name, lists) in [("lamsach-match", given), ("lamsach-match-compiled", compiled)] {
        let mut command = vec![program.display().to_string(), "match".to_owned()];
        command.extend(lists);
        let options = ["--output", "json", "--timezone", "Asia/Ho_Chi_Minh", "--threads", "1"];
        command.extend(options.map(str::to_owned));
        command.extend(logs.iter().map(|log| log.display().to_string()));
        // 1: there are findings. 3 would be: incomplete.
        let run = measured_run::best_of(context.runs, &command, &output, &[1])?;
        let mut sightings = Vec::new();
        for object in serde_json::Deserializer::from_slice(&fs::read(&output)?).into_iter() {
            let object: Value = object.context("read what lamsach wrote")?;
            if object.get("device").is_some() {
                sightings.push(object);
            }
        }
        let rate = as_double(context.data.lines) / run.cpu_seconds;
        let unit = "lines/CPU s, the whole program";
        measures.push(Measure::new(format!("{name}/lines"), rate, unit));
        measures.push(Measure::new(format!("{name}/peak-memory"), run.peak_bytes / 1e6, "MB"));
        measures.extend(judged(name, &context.data.truth, sightings)?);
    }
    Ok(measures)
}

/// How many sightings there are, and how many of those found are wrong.
pub(super) fn judged(
    name: &str,
    truth: &[TrueSighting],
    sightings: Vec<Value>,
) -> anyhow::Result<[Measure; 3]> {
    let found = sightings.into_iter().map(in_truths_words).collect::<Result<Vec<_>, _>>()?;
    let mistakes = mistakes(truth, &found);
    let count = |count: usize| as_double(count as u64);
    Ok([
        Measure::new(format!("{name}/planted"), count(truth.len()), "sightings"),
        Measure::new(
            format!("{name}/false-positives"),
            count(mistakes.false_positives),
            "sightings",
        ),
        Measure::new(
            format!("{name}/false-negatives"),
            count(mistakes.false_negatives),
            "sightings",
        ),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark fit a double")]
pub(super) fn as_double(count: u64) -> f64 {
    count as f64
}

pub(super) struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}
