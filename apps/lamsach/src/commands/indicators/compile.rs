//! `lamsach indicators compile`: lists into one file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::Language;
use log_check::{ReadOptions, compile_indicators};

use super::OutputKind;
use super::input::{indicator_input, unusable};
use super::shown::Shown;
use crate::commands::match_logs::{guarding, require_usable, say_refused};
use command_line::bilingual::failure;

// Help texts stand in the message files: see `commands::help`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(value_name = "LIST", required = true)]
    compile_lists: Vec<PathBuf>,
    #[arg(long = "out", short, value_name = "FILE")]
    out: PathBuf,
    #[arg(long, value_name = "ZONE", default_value = "Asia/Ho_Chi_Minh")]
    timezone: String,
    #[arg(long = "output", value_name = "KIND", value_enum, default_value_t = OutputKind::Table)]
    shown_as: OutputKind,
    #[arg(long)]
    no_guard: bool,
}

/// Runs the command.
pub(super) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let zone = TimeZone::get(&args.timezone)
        .map_err(|_| failure("match-unknown-zone", &[("name", args.timezone.into())]))?;
    let inputs = args.compile_lists.iter().map(|path| indicator_input(path));
    let inputs = inputs.collect::<anyhow::Result<Vec<_>>>()?;
    let now = Timestamp::now();
    let today = now.to_zoned_datetime(zone.clone()).date();
    let options = ReadOptions { format: None, today: Some(today) };
    let program = concat!("lamsach ", env!("CARGO_PKG_VERSION"));
    let compiled = compile_indicators(inputs, options, guarding(args.no_guard), now, program)
        .map_err(|error| failure("match-lists-too-large", &[("why", command_line::why(&error))]))?;
    require_usable(&compiled.reports)?;
    compiled.index.verify().map_err(|error| unusable(&args.out, error))?;
    let path = args.out.display().to_string();
    files::write_whole(&args.out, compiled.index.as_bytes()).with_context(|| path.clone())?;
    if args.shown_as == OutputKind::Table {
        say_refused(language, &compiled.reports);
    }
    Shown { path, index: &compiled.index, is_verified: Some(true) }.write(
        args.shown_as,
        language,
        &zone,
    )?;
    Ok(ExitCode::SUCCESS)
}
