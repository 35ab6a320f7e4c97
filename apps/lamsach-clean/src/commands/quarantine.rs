//! `lamsach-clean quarantine`: what was taken away, put back, given out, deleted for good.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use clean_up::{EXPORT_PASSWORD, Kept, Outcome, Purge};
use command_line::bilingual::failure;
use command_line::printable;
use language::{Language, text, text_with};
use serde::Serialize;

use super::store::{Store, now, said};
use super::{apply, undo, words};

const DAY: i64 = 24 * 60 * 60;

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(name = "list")]
    List(List),
    #[command(name = "restore")]
    Restore(Restore),
    #[command(name = "export")]
    Export(Export),
    #[command(name = "purge")]
    Purge(PurgeArgs),
}

#[derive(Debug, clap::Args)]
struct List {
    #[arg(id = "clean_list_json", long = "json")]
    is_json: bool,
    #[command(flatten)]
    store: Store,
}

#[derive(Debug, clap::Args)]
struct Restore {
    #[arg(id = "clean_yes", long = "yes", short = 'y')]
    is_sure: bool,
    #[arg(id = "clean_undo_root", long = "root", value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(flatten)]
    store: Store,
    #[arg(id = "clean_item", value_name = "ITEM")]
    item: String,
}

#[derive(Debug, clap::Args)]
struct Export {
    #[arg(id = "clean_export_output", long = "output", short = 'o', value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    store: Store,
    #[arg(id = "clean_item", value_name = "ITEM")]
    item: String,
}

#[derive(Debug, clap::Args)]
struct PurgeArgs {
    #[arg(id = "clean_yes", long = "yes", short = 'y')]
    is_sure: bool,
    #[arg(
        id = "clean_older",
        long = "older-than",
        value_name = "DAYS",
        conflicts_with_all = ["clean_all", "clean_items"]
    )]
    older_than: Option<String>,
    #[arg(id = "clean_all", long = "all", conflicts_with = "clean_items")]
    is_all: bool,
    #[command(flatten)]
    store: Store,
    #[arg(id = "clean_items", value_name = "ITEM")]
    items: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, language: Language) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::List(args) => list(args, language),
        Command::Restore(args) => restore(args, language),
        Command::Export(args) => export(args, language),
        Command::Purge(args) => purge(args, language),
    }
}

#[derive(Serialize)]
struct KeptOut<'k> {
    item: &'k str,
    run: &'k str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<&'k str>,
    path: &'k str,
    size: u64,
    sha256: &'k str,
    restored: bool,
    deleted: bool,
}

fn list(args: &List, language: Language) -> anyhow::Result<ExitCode> {
    let mut keeper = args.store.open()?;
    let kept = keeper.kept().map_err(|error| said(&error))?;
    let (_, unread) = keeper.runs().map_err(|error| said(&error))?;
    words::write_out(|out| {
        for kept in &kept {
            if args.is_json {
                writeln!(out, "{}", serde_json::to_string(&row(kept))?)?;
                continue;
            }
            let state = match (kept.is_restored, kept.is_there) {
                (true, _) => "restored",
                (false, true) => "kept",
                (false, false) => "deleted",
            };
            let state = text(language, &format!("clean-item-{state}"));
            writeln!(out, "{}  {}  {state}", kept.item, moment(kept.at))?;
            writeln!(out, "    {}", printable(&kept.path))?;
            let size = i64::try_from(kept.size).unwrap_or(i64::MAX);
            let values = [
                ("size", language::number(language, size).into()),
                ("hash", kept.sha256.clone().into()),
            ];
            writeln!(out, "    {}", text_with(language, "clean-item-facts", &values))?;
        }
        if kept.is_empty() && !args.is_json {
            writeln!(out, "{}", text(language, "clean-quarantine-empty"))?;
        }
        Ok(())
    })?;
    for run in &unread {
        let values = [("run", printable(run).into())];
        writeln!(io::stderr(), "{}", text_with(language, "clean-run-unread", &values))?;
    }
    Ok(if unread.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn row(kept: &Kept) -> KeptOut<'_> {
    KeptOut {
        item: &kept.item,
        run: &kept.run,
        at: moment(kept.at),
        root: kept.root.as_deref(),
        path: &kept.path,
        size: kept.size,
        sha256: &kept.sha256,
        restored: kept.is_restored,
        deleted: !kept.is_there,
    }
}

fn moment(at: i64) -> String {
    jiff::Timestamp::from_second(at).unwrap_or_default().to_string()
}

fn restore(args: &Restore, language: Language) -> anyhow::Result<ExitCode> {
    let mut keeper = args.store.open()?;
    let kept = keeper.kept_item(&args.item).map_err(|error| said(&error))?;
    let run = keeper.run(&kept.run).map_err(|error| said(&error))?;
    let mut computer = undo::computer(args.root.as_deref(), &run)?;
    if !args.is_sure {
        writeln!(io::stderr(), "{}", printable(&kept.path))?;
        if !words::confirmed(language, "clean-restore-question")? {
            writeln!(io::stderr(), "{}", text(language, "clean-not-done"))?;
            return Ok(ExitCode::from(3));
        }
    }
    let report = keeper.restore(&mut computer, &args.item).map_err(|error| said(&error))?;
    apply::show(&report, false, language, None)?;
    let is_undone = report.outcomes.iter().all(|it| it.2 == Outcome::Undone);
    if report.outcomes.is_empty() {
        writeln!(io::stderr(), "{}", text(language, "clean-restored-before"))?;
    }
    Ok(if is_undone { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn export(args: &Export, language: Language) -> anyhow::Result<ExitCode> {
    let mut keeper = args.store.open()?;
    keeper.kept_item(&args.item).map_err(|error| said(&error))?;
    let not_written =
        |error: io::Error| failure("clean-not-written", &[("why", command_line::why(&error))]);
    // A file that is there is somebody's.
    let file = File::create_new(&args.output).map_err(not_written)?;
    let exported = keeper.export(&args.item, io::BufWriter::new(file));
    let kept = match exported {
        Ok(kept) => kept,
        Err(error) => {
            std::fs::remove_file(&args.output).unwrap_or_default();
            return Err(said(&error));
        }
    };
    words::write_out(|out| {
        let values = [
            ("file", printable(&args.output.display().to_string()).into()),
            ("path", printable(&kept.path).into()),
            ("password", EXPORT_PASSWORD.into()),
        ];
        writeln!(out, "{}", text_with(language, "clean-exported", &values))
    })?;
    Ok(ExitCode::SUCCESS)
}

fn purge(args: &PurgeArgs, language: Language) -> anyhow::Result<ExitCode> {
    let what = match (&args.older_than, args.is_all, args.items.is_empty()) {
        (Some(days), ..) => {
            let typed = days.parse::<u32>().ok();
            let days =
                typed.ok_or_else(|| failure("clean-days", &[("value", days.clone().into())]))?;
            Purge::Before(now() - i64::from(days) * DAY)
        }
        (None, true, _) => Purge::All,
        (None, false, false) => Purge::Items(args.items.clone()),
        (None, false, true) => return Err(failure("clean-purge-what", &[])),
    };
    let mut keeper = args.store.open()?;
    if !args.is_sure && !words::confirmed(language, "clean-purge-question")? {
        writeln!(io::stderr(), "{}", text(language, "clean-not-done"))?;
        return Ok(ExitCode::from(3));
    }
    let purged = keeper.purge(&what).map_err(|error| said(&error))?;
    words::write_out(|out| {
        let values = [("count", words::counted(language, purged.items.len()).into())];
        writeln!(out, "{}", text_with(language, "clean-purged", &values))?;
        if !purged.copies.is_empty() {
            let values = [("count", words::counted(language, purged.copies.len()).into())];
            writeln!(out, "{}", text_with(language, "clean-purged-copies", &values))?;
        }
        if purged.runs.is_empty() {
            return Ok(());
        }
        let values = [("count", words::counted(language, purged.runs.len()).into())];
        writeln!(out, "{}", text_with(language, "clean-purged-runs", &values))
    })?;
    Ok(ExitCode::SUCCESS)
}
