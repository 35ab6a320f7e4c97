//! Benchmarks on generated data with known truth, beside the tools people use today.
//!
//! `script/bench [NAME] [--json]`. Every figure is measured in a process of its own, in CPU
//! seconds, because they are the same on a busy machine. A new benchmark is a module in
//! [`benchmarks`] and a row in [`benchmarks::ALL`].

mod benchmarks;
mod data;
mod measure;
mod measured_run;
mod truth;

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::bail;
use clap::{Parser, Subcommand};

use crate::benchmarks::Run;
use crate::measure::Measure;

/// Runs one or all benchmarks.
#[derive(Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
struct Options {
    /// The one to run; without it, all.
    name: Option<String>,
    /// One JSON object a measure.
    #[arg(long)]
    json: bool,
    /// Lines of all logs together.
    #[arg(long, default_value_t = 2_400_000)]
    lines: u64,
    /// How often each figure is taken; the best counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Gigabytes of logs for `hunt`; they are not kept.
    #[arg(long, default_value_t = 10.0)]
    gigabytes: f64,
    /// Folder with real lists (plain, CSV, each also as .zst); generated ones top them up.
    #[arg(long)]
    lists: Option<PathBuf>,
    /// Gigabytes of this machine's files for `clean`.
    #[arg(long, default_value_t = 2)]
    tree: u64,
    /// Folder with YARA rules for `clean`; without it they are made up.
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Where generated data is kept.
    #[arg(long, default_value = "target/bench")]
    cache: PathBuf,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What the benchmarks start themselves as.
#[derive(Subcommand)]
enum Part {
    /// Runs a command and says what it took.
    #[command(hide = true)]
    Measure {
        /// Takes the command's output.
        output: PathBuf,
        /// The command.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Checks logs in this process.
    #[command(hide = true)]
    Check {
        /// Threads.
        #[arg(long)]
        threads: usize,
        /// A list.
        #[arg(long)]
        list: Vec<PathBuf>,
        /// The logs.
        logs: Vec<PathBuf>,
    },
    /// Opens an index and changes indicators beside it in this process.
    #[command(hide = true)]
    Change {
        /// The compiled index.
        compiled: PathBuf,
        /// The list that comes new.
        list: PathBuf,
    },
    /// Sends the packets of a capture from this process.
    #[command(hide = true)]
    Send {
        /// The interface that sends.
        interface: String,
        /// The other end of its pair.
        peer: String,
        /// Packets a second; 0 is as many as go.
        #[arg(long)]
        rate: u64,
        /// The capture.
        capture: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    match options.part {
        Some(Part::Measure { output, command }) => return measured_run::measure(&output, &command),
        Some(Part::Check { threads, list, logs }) => {
            return benchmarks::check_in_process(threads, &list, &logs);
        }
        Some(Part::Change { compiled, list }) => {
            return benchmarks::change_in_process(&compiled, &list);
        }
        Some(Part::Send { interface, peer, rate, capture }) => {
            return benchmarks::send_in_process(&interface, &peer, &capture, rate);
        }
        None => {}
    }
    let chosen: Vec<_> = benchmarks::ALL
        .iter()
        .filter(|it| options.name.as_deref().is_none_or(|name| name == it.name))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = benchmarks::ALL.iter().map(|it| it.name).collect();
        bail!("no such benchmark; there are: {}", names.join(", "));
    }
    let mut context = None;
    let mut out = io::stdout().lock();
    for benchmark in chosen {
        say(&format!("{}: {}", benchmark.name, benchmark.what));
        let measures = match benchmark.run {
            Run::Alone(run) => run(options.runs)?,
            Run::OnFiles(run) => run(&benchmarks::Files {
                cache: options.cache.clone(),
                tree_bytes: options.tree * 1_000_000_000,
                rules: options.rules.clone(),
                runs: options.runs,
            })?,
            Run::OnLogs(run) => {
                let context = match &mut context {
                    Some(context) => context,
                    none => {
                        let lists = options.lists.as_deref();
                        let data = data::prepare(&options.cache, options.lines, lists)?;
                        let (runs, gigabytes) = (options.runs, options.gigabytes);
                        none.insert(benchmarks::Context { data, runs, gigabytes })
                    }
                };
                run(context)?
            }
        };
        for measure in measures {
            if options.json {
                writeln!(out, "{}", serde_json::to_string(&measure)?)?;
            } else {
                writeln!(out, "{measure}")?;
            }
        }
    }
    Ok(())
}

/// Tells the person in front of it what is going on.
#[expect(clippy::print_stderr, reason = "a program's progress")]
fn say(text: &str) {
    eprintln!("{text}");
}
