//! What people use today, on the same data.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use simulation::{LogKind, ZeekLog, ZeekWriter};

use super::Context;
use super::match_logs::{as_double, best_check};
use crate::data::write_slice;
use crate::measure::Measure;
use crate::measured_run::{self, MeasuredRun};
use crate::say;

/// The slow tools get so many lines.
const SLICE: usize = 200_000;

/// Looks up each suffix of the names that a BIND log asks for in a set.
const PYTHON_SETS: &str = include_str!("set_lookup.py");

/// `wc -l`: the least that reading every line costs.
pub(super) fn count_lines(context: &Context, logs: &[&Path]) -> anyhow::Result<MeasuredRun> {
    let mut command = vec!["wc".to_owned(), "-l".to_owned()];
    command.extend(logs.iter().map(|log| log.display().to_string()));
    measured_run::best_of(context.runs, &command, &context.data.folder.join("wc.txt"), &[0])
}

/// The tools that know names or addresses alone. Reading the lists is left out on both sides: a
/// run over nothing is taken off.
pub(super) fn on_slices(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let mut measures = Vec::new();
    let folder = &context.data.folder;

    let (bind, count) = slice(context, LogKind::Bind)?;
    let (_, checked) = best_check(context, 1, &[&bind])?;
    let ours = Measure::new("match/bind-slice", count / checked.match_cpu_seconds, "lines/CPU s");
    let set_up = python_sets(context, None)?;
    let python = python_sets(context, Some(&bind))?;
    let cpu_seconds = python.cpu_seconds - set_up.cpu_seconds;
    measures.push(ours.clone().beside("python3 sets", count / cpu_seconds));
    let is_name = |value: &str| !is_address(value) && !value.contains('/');
    let names = values(context, &folder.join("names.txt"), is_name)?;
    let grep = ["grep", "-F", "-f", &names];
    // A run takes a minute, and only its order of magnitude matters.
    measures.push(ours.beside("grep -F -f", count / over_nothing_off(context, 1, &grep, &bind)?));

    let (conn, count) = slice(context, LogKind::Zeek(ZeekLog::Conn, ZeekWriter::Tsv))?;
    let (_, checked) = best_check(context, 1, &[&conn])?;
    let rate = count / checked.match_cpu_seconds;
    let ours = Measure::new("match/zeek-conn-slice", rate, "lines/CPU s");
    let addresses = values(context, &folder.join("addresses.txt"), is_address)?;
    let grepcidr = ["grepcidr", "-f", &addresses];
    match over_nothing_off(context, context.runs, &grepcidr, &conn) {
        Ok(cpu_seconds) => measures.push(ours.beside("grepcidr", count / cpu_seconds)),
        Err(_) => say("skipped: no `grepcidr` (apt install grepcidr)"),
    }
    Ok(measures)
}

/// CPU seconds of a command over a log, less those over an empty one.
fn over_nothing_off(
    context: &Context,
    runs: u32,
    command: &[&str],
    log: &Path,
) -> anyhow::Result<f64> {
    let output = context.data.folder.join("peer.txt");
    let cpu_seconds = |log: String| {
        let command: Vec<String> =
            command.iter().map(|&word| word.to_owned()).chain([log]).collect();
        measured_run::best_of(runs, &command, &output, &[0, 1]).map(|run| run.cpu_seconds)
    };
    Ok(cpu_seconds(log.display().to_string())? - cpu_seconds("/dev/null".to_owned())?)
}

/// Python's sets over a log, or only filled.
pub(super) fn python_sets(context: &Context, log: Option<&Path>) -> anyhow::Result<MeasuredRun> {
    let script = context.data.folder.join("set_lookup.py");
    fs::write(&script, PYTHON_SETS)?;
    let mut command = vec!["python3".to_owned(), script.display().to_string()];
    command.push(log.map_or_else(|| "/dev/null".to_owned(), |log| log.display().to_string()));
    command.extend(context.data.lists.iter().map(|list| list.display().to_string()));
    measured_run::best_of(context.runs, &command, &context.data.folder.join("python.txt"), &[0])
}

fn slice(context: &Context, kind: LogKind) -> anyhow::Result<(PathBuf, f64)> {
    let from = context.data.folder.join(kind.file_name());
    let to = context.data.folder.join(format!("slice-{}", kind.file_name()));
    let lines = write_slice(&from, SLICE, &to)?;
    Ok((to, as_double(lines)))
}

/// Writes the indicators that fit, one a line.
fn values(context: &Context, to: &Path, fits: impl Fn(&str) -> bool) -> anyhow::Result<String> {
    let mut out = BufWriter::new(File::create(to)?);
    for list in &context.data.lists {
        for line in BufReader::new(File::open(list)?).lines().skip(1) {
            let line = line?;
            let value = line.split(',').next().unwrap_or_default();
            if fits(value) {
                writeln!(out, "{value}")?;
            }
        }
    }
    out.flush()?;
    Ok(to.display().to_string())
}

/// An IPv4 address or network: what grepcidr takes.
fn is_address(value: &str) -> bool {
    value.bytes().all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'/'))
}
