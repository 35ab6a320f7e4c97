//! `lamsach-clean undo`: puts everything back as it was before a run.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clean_up::{Computer, Outcome, RunFacts};
use command_line::bilingual::failure;
use command_line::printable;
use language::{Language, text, text_with};

use super::store::{Store, said};
use super::{apply, plan, stopping, words};

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(id = "clean_yes", long = "yes", short = 'y')]
    is_sure: bool,
    #[arg(id = "clean_result_json", long = "json")]
    is_json: bool,
    #[arg(id = "clean_undo_root", long = "root", value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(flatten)]
    store: Store,
    #[arg(id = "clean_run", value_name = "RUN")]
    run: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, language: Language) -> anyhow::Result<ExitCode> {
    let mut keeper = args.store.open()?;
    let run = match &args.run {
        Some(run) => keeper.run(run),
        None => keeper.last_run(),
    };
    let run: RunFacts = run.map_err(|error| said(&error))?;
    let mut computer = computer(args.root.as_deref(), &run)?;
    if !args.is_sure {
        let values = [("run", printable(&run.name).into())];
        writeln!(io::stderr(), "{}", text_with(language, "clean-undo-about", &values))?;
        if !words::confirmed(language, "clean-undo-question")? {
            writeln!(io::stderr(), "{}", text(language, "clean-not-done"))?;
            return Ok(ExitCode::from(3));
        }
    }
    keeper.stop_at(stopping::listen());
    let report = keeper.undo(&mut computer, &run.name).map_err(|error| said(&error))?;
    apply::show(
        &report,
        args.is_json,
        language,
        report.is_stopped.then_some("clean-undo-stopped"),
    )?;
    if report.is_stopped {
        return Ok(ExitCode::from(2));
    }
    if report.outcomes.is_empty() {
        let key = if run.is_undone { "clean-undone-before" } else { "clean-undo-nothing-left" };
        writeln!(io::stderr(), "{}", text(language, key))?;
    }
    let is_undone = report.outcomes.iter().all(|it| it.2 == Outcome::Undone);
    Ok(if is_undone && !report.is_journal_damaged { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// The computer or disk that a run is undone on.
pub(super) fn computer(today: Option<&Path>, run: &RunFacts) -> anyhow::Result<Computer> {
    let root = root_of(today, run.root.as_deref())?;
    // Into a folder that waits for a stick, its malware would be put on this computer.
    if let Some(root) = root.filter(|root| !run.is_mounted_at(root)) {
        return Err(failure(
            "clean-undo-not-mounted",
            &[("root", root.display().to_string().into())],
        ));
    }
    plan::open(root)
}

/// Where the disk is mounted today, or was when it was cleaned.
fn root_of<'r>(today: Option<&'r Path>, then: Option<&'r str>) -> anyhow::Result<Option<&'r Path>> {
    match (today, then) {
        // What was changed on the running system is not put back on a disk.
        (Some(_), None) => Err(failure("clean-undo-not-a-disk", &[])),
        (Some(today), Some(_)) => Ok(Some(today)),
        (None, then) => Ok(then.map(Path::new)),
    }
}
