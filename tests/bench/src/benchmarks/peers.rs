//! What people use today, on the same data: how fast it is, and how often it is wrong.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use simulation::{LogKind, ZeekLog, ZeekWriter};

use super::Context;
use super::match_logs::{as_double, best_check};
use crate::data::{OneLog, write_one};
use crate::measure::Measure;
use crate::measured_run::{self, MeasuredRun};
use crate::say;

/// The slow tools get so many lines.
const LINES: u64 = 200_000;

/// Looks up each suffix of the names that a BIND log asks for in a set.
const PYTHON_SETS: &str = include_str!("set_lookup.py");
/// The same by a join.
const DUCKDB_JOIN: &str = include_str!("duckdb_join.py");

/// `wc -l`: the least that reading every line costs.
pub(super) fn count_lines(context: &Context, logs: &[&Path]) -> anyhow::Result<MeasuredRun> {
    let mut command = vec!["wc".to_owned(), "-l".to_owned()];
    command.extend(logs.iter().map(|log| log.display().to_string()));
    measured_run::best_of(context.runs, &command, &context.data.folder.join("wc.txt"), &[0])
}

/// A tool that prints the lines it takes for hits.
struct Tool {
    name: &'static str,
    /// The log's name stands at `LOG`.
    command: Vec<String>,
    runs: u32,
    /// How to get it, where it is missing.
    package: &'static str,
}

/// The tools that know names or addresses alone. Reading the lists is left out on both sides: a
/// run over nothing is taken off.
pub(super) fn on_one_log(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let mut measures = Vec::new();
    let folder = &context.data.folder;
    let python = |file: &str, script: &str| python(context, file, script, "LOG");
    let is_name = |value: &str| !is_address(value) && !value.contains('/');
    let names = values(context, &folder.join("names.txt"), is_name)?;
    let addresses = values(context, &folder.join("addresses.txt"), is_address)?;
    let words = |words: [&str; 5]| words.iter().map(|it| (*it).to_owned()).collect();

    let log = write_one(folder, LogKind::Bind, LINES)?;
    let tools = [
        Tool {
            name: "python3 sets",
            command: python("set_lookup.py", PYTHON_SETS)?,
            runs: context.runs,
            package: "apt install python3",
        },
        Tool {
            name: "duckdb join",
            command: python("duckdb_join.py", DUCKDB_JOIN)?,
            runs: context.runs,
            package: "pip install duckdb",
        },
        Tool {
            name: "grep -F -f",
            command: words(["grep", "-F", "-f", &names, "LOG"]),
            // A run takes a minute, and only its order of magnitude matters.
            runs: 1,
            package: "apt install grep",
        },
    ];
    measures.extend(beside(context, "match/bind-slice", &log, &tools)?);

    let log = write_one(folder, LogKind::Zeek(ZeekLog::Conn, ZeekWriter::Tsv), LINES)?;
    let grepcidr = Tool {
        name: "grepcidr",
        command: ["grepcidr", "-f", &addresses, "LOG"].map(str::to_owned).to_vec(),
        runs: context.runs,
        package: "apt install grepcidr",
    };
    measures.extend(beside(context, "match/zeek-conn-slice", &log, &[grepcidr])?);
    Ok(measures)
}

/// Of a tool's set-up: what takes less besides cannot be told from its noise.
const LEAST_SHARE: f64 = 0.1;

/// Ours beside each tool that is there, and the tools' mistakes.
fn beside(
    context: &Context,
    name: &str,
    log: &OneLog,
    tools: &[Tool],
) -> anyhow::Result<Vec<Measure>> {
    let (_, checked) = best_check(context, 1, &[&log.path])?;
    let count = as_double(log.lines);
    let ours = Measure::new(name, count / checked.match_cpu_seconds, "lines/CPU s");
    let mut measures = Vec::new();
    for tool in tools {
        let output = context.data.folder.join("peer.txt");
        // Over nothing first: the output of the real run stays.
        let over = |path: &Path| {
            let put = |word: &String| {
                if word == "LOG" { path.display().to_string() } else { word.clone() }
            };
            let command: Vec<String> = tool.command.iter().map(put).collect();
            measured_run::best_of(tool.runs, &command, &output, &[0, 1])
        };
        let set_up = over(&context.data.nothing()?);
        let Ok((set_up, run)) = set_up.and_then(|it| Ok((it, over(&log.path)?))) else {
            say(&format!("skipped: no `{}` ({})", tool.name, tool.package));
            continue;
        };
        let found: HashSet<Vec<u8>> =
            BufReader::new(File::open(&output)?).split(b'\n').collect::<Result<_, _>>()?;
        if found.is_empty() {
            say(&format!("skipped: `{}` found nothing ({})", tool.name, tool.package));
            continue;
        }
        let seconds = run.cpu_seconds - set_up.cpu_seconds;
        if seconds > set_up.cpu_seconds * LEAST_SHARE {
            measures.push(ours.clone().beside(tool.name, count / seconds));
        } else {
            let set_up = set_up.cpu_seconds;
            say(&format!(
                "`{}`: {set_up:.1} s of set-up, in whose noise the rest is lost",
                tool.name
            ));
        }
        let mistakes = [
            ("false-positives", found.difference(&log.findings).count()),
            ("false-negatives", log.findings.difference(&found).count()),
            ("planted", log.findings.len()),
        ];
        for (what, lines) in mistakes {
            let name = format!("{name}/{}/{what}", tool.name.replace(' ', "-"));
            measures.push(Measure::new(name, as_double(lines as u64), "lines"));
        }
    }
    Ok(measures)
}

/// Python's sets, only filled.
pub(super) fn python_sets(context: &Context) -> anyhow::Result<MeasuredRun> {
    let command = python(context, "set_lookup.py", PYTHON_SETS, "/dev/null")?;
    measured_run::best_of(context.runs, &command, &context.data.folder.join("python.txt"), &[0])
}

/// A script over a log and the lists.
fn python(context: &Context, file: &str, script: &str, log: &str) -> anyhow::Result<Vec<String>> {
    let path = context.data.folder.join(file);
    fs::write(&path, script)?;
    let words = ["python3".to_owned(), path.display().to_string(), log.to_owned()];
    let lists = context.data.lists.iter().map(|list| list.display().to_string());
    Ok(words.into_iter().chain(lists).collect())
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
