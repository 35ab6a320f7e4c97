//! `lamsach indicators inspect`: what a compiled file or a pack holds.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::tz::TimeZone;
use language::Language;

use super::OutputKind;
use super::input::{compiled, unusable};
use super::pack;
use super::shown::Shown;
use command_line::bilingual::failure;

// Help texts stand in the message files: see `commands::help`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(value_name = "FILE")]
    inspect_file: PathBuf,
    #[arg(long)]
    verify: bool,
    #[arg(id = "inspect_trust", long = "trust", value_name = "FILE")]
    trust: Option<PathBuf>,
    #[arg(long, value_name = "ZONE", default_value = "Asia/Ho_Chi_Minh")]
    timezone: String,
    #[arg(long = "output", value_name = "KIND", value_enum, default_value_t = OutputKind::Table)]
    shown_as: OutputKind,
}

/// Runs the command.
pub(super) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let zone = TimeZone::get(&args.timezone)
        .map_err(|_| failure("match-unknown-zone", &[("name", args.timezone.into())]))?;
    if pack::is_pack(&args.inspect_file) {
        let trusted = args.trust.as_deref().map(pack::trusted_keys).transpose()?;
        let bytes = pack::read(&args.inspect_file)?;
        return pack::show(&args.inspect_file, &bytes, trusted.as_ref(), args.shown_as, language);
    }
    let index = compiled(&args.inspect_file)?;
    if args.verify {
        index.verify().map_err(|error| unusable(&args.inspect_file, error))?;
    }
    let path = args.inspect_file.display().to_string();
    Shown { path, index: &index, is_verified: args.verify.then_some(true) }.write(
        args.shown_as,
        language,
        &zone,
    )?;
    Ok(ExitCode::SUCCESS)
}
