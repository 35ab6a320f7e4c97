//! A command in a process of its own, and what it took.
//!
//! The kernel sums up all children a process has had, so each command gets a small parent of its
//! own: this program again, as `bench measure`.

use std::env;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

/// What a run took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MeasuredRun {
    /// User and system time.
    pub(crate) cpu_seconds: f64,
    pub(crate) wall_seconds: f64,
    pub(crate) peak_bytes: f64,
    /// Exit status; `None` when a signal ended it.
    pub(crate) status: Option<i32>,
}

/// Runs a command, its standard output into a file.
pub(crate) fn run(command: &[String], output: &Path) -> anyhow::Result<MeasuredRun> {
    let this = env::current_exe().context("where this program is")?;
    let mut measuring = Command::new(this);
    measuring.arg("measure").arg(output).args(command);
    let measured = measuring.output().context("start the measuring process")?;
    ensure!(measured.status.success(), "{}", String::from_utf8_lossy(&measured.stderr));
    serde_json::from_slice(&measured.stdout).context("what the measuring process said")
}

/// The best of several runs by CPU time.
pub(crate) fn best_of(
    runs: u32,
    command: &[String],
    output: &Path,
    accepted: &[i32],
) -> anyhow::Result<MeasuredRun> {
    let mut best: Option<MeasuredRun> = None;
    for _ in 0..runs {
        let run = run(command, output)?;
        if !run.status.is_some_and(|status| accepted.contains(&status)) {
            bail!("`{}` ended with {:?}", command.join(" "), run.status);
        }
        if best.as_ref().is_none_or(|best| run.cpu_seconds < best.cpu_seconds) {
            best = Some(run);
        }
    }
    best.context("no run")
}

/// The small parent: runs the command, prints a [`MeasuredRun`].
pub(crate) fn measure(output: &Path, command: &[String]) -> anyhow::Result<()> {
    let Some((program, arguments)) = command.split_first() else { bail!("no command") };
    let output = File::create(output).with_context(|| format!("create {}", output.display()))?;
    let mut child = Command::new(program);
    child.args(arguments).stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
    child.env("LC_ALL", "C");
    let started = Instant::now();
    let status = child.status().with_context(|| format!("start {program}"))?;
    let wall_seconds = started.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let run = MeasuredRun {
        cpu_seconds: cpu_seconds(&usage),
        wall_seconds,
        peak_bytes: peak_bytes(&usage),
        status: status.code(),
    };
    serde_json::to_writer(std::io::stdout().lock(), &run)?;
    Ok(())
}

/// CPU seconds of this process so far.
pub(crate) fn own_cpu_seconds() -> anyhow::Result<f64> {
    Ok(cpu_seconds(&getrusage(UsageWho::RUSAGE_SELF)?))
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of a benchmark fit a double")]
fn cpu_seconds(usage: &Usage) -> f64 {
    let used = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    used as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "no process has 2⁵³ bytes")]
fn peak_bytes(usage: &Usage) -> f64 {
    // Linux counts in KiB.
    usage.max_rss() as f64 * 1024.0
}
