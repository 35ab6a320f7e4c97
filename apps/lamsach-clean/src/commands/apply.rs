//! `lamsach-clean apply`: makes the changes of a plan.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clean_up::{Outcome, PlanFile, Report};
use command_line::bilingual::failure;
use language::{Language, text, text_with};
use serde::Serialize;

use super::store::{Store, now, said};
use super::{plan, stopping, words};

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(id = "clean_yes", long = "yes", short = 'y')]
    is_sure: bool,
    #[arg(id = "clean_result_json", long = "json")]
    is_json: bool,
    #[command(flatten)]
    store: Store,
    #[arg(id = "clean_plan", value_name = "PLAN")]
    plan: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args, language: Language) -> anyhow::Result<ExitCode> {
    let name = args.plan.display().to_string();
    let unreadable = |why: String| {
        failure("clean-plan-unreadable", &[("name", name.clone().into()), ("why", why.into())])
    };
    let bytes = fs::read(&args.plan).map_err(|error| unreadable(error.to_string()))?;
    let plan = PlanFile::read(&bytes).map_err(|error| unreadable(error.to_string()))?;
    apply(&plan, &args.store, args.is_sure, args.is_json, language)
}

/// Shows a plan, asks, and makes its changes.
pub(super) fn apply(
    plan: &PlanFile,
    store: &Store,
    is_sure: bool,
    is_json: bool,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let mut computer = plan::open(plan.root.as_deref().map(Path::new))?;
    if !is_sure {
        words::plan(&mut io::stderr().lock(), language, plan)?;
        if plan.steps.is_empty() {
            return Ok(plan::status(plan));
        }
        if !words::confirmed(language, "clean-apply-question")? {
            writeln!(io::stderr(), "{}", text(language, "clean-not-done"))?;
            return Ok(ExitCode::from(3));
        }
        // A scan that was ended before was another wish.
        stopping::forget();
    }
    if plan.steps.is_empty() {
        return Ok(plan::status(plan));
    }
    let mut keeper = store.open()?;
    keeper.stop_at(stopping::listen());
    let report = keeper.apply(&mut computer, plan, now()).map_err(|error| said(&error))?;
    let is_done = report.outcomes.iter().all(|it| it.2 == Outcome::Done);
    // Where nothing was changed there is nothing to undo.
    let has_changed =
        report.outcomes.iter().any(|it| matches!(it.2, Outcome::Done | Outcome::AtNextStart));
    let next = if report.is_stopped {
        Some("clean-apply-stopped")
    } else {
        has_changed.then_some("clean-apply-next")
    };
    show(&report, is_json, language, next)?;
    if report.is_stopped {
        return Ok(ExitCode::from(2));
    }
    Ok(if is_done && !report.is_journal_damaged { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

#[derive(Serialize)]
struct OutcomeOut<'o> {
    number: usize,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(flatten)]
    change: &'o clean_up::Change,
}

#[derive(Serialize)]
struct SummaryOut<'o> {
    summary: RunOut<'o>,
}

#[derive(Serialize)]
struct RunOut<'o> {
    run: &'o str,
    changes: usize,
    not_done: usize,
    journal_damaged: bool,
    stopped: bool,
}

/// Shows what became of a run, and what can be done next.
pub(super) fn show(
    report: &Report,
    is_json: bool,
    language: Language,
    next: Option<&str>,
) -> anyhow::Result<()> {
    words::write_out(|out| {
        if !is_json {
            words::report(out, language, report)?;
            if let Some(next) = next {
                let values = [("run", report.run.clone().into())];
                writeln!(out, "{}", text_with(language, next, &values))?;
            }
            return Ok(());
        }
        let mut not_done = 0;
        for (number, change, outcome) in &report.outcomes {
            let (outcome, why) = match outcome {
                Outcome::Done => ("done", None),
                Outcome::AtNextStart => ("at-next-start", None),
                Outcome::Skipped(why) => ("skipped", Some(why)),
                Outcome::Undone => ("undone", None),
                Outcome::Final => ("final", None),
                Outcome::Kept(why) => ("kept", Some(why)),
            };
            not_done += usize::from(!matches!(outcome, "done" | "undone"));
            let why = why.map(|why| why.code().to_owned());
            let line = OutcomeOut { number: *number, outcome, why, change };
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
        let summary = RunOut {
            run: &report.run,
            changes: report.outcomes.len(),
            not_done,
            journal_damaged: report.is_journal_damaged,
            stopped: report.is_stopped,
        };
        writeln!(out, "{}", serde_json::to_string(&SummaryOut { summary })?)
    })
}
