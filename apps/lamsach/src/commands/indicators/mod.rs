//! `lamsach indicators`: lists of malicious addresses as one file.

mod compile;
mod input;
mod inspect;
mod shown;

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use language::Language;

pub(super) use input::indicator_input;

/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compile(compile::Args),
    Inspect(inspect::Args),
}

/// Forms of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputKind {
    Table,
    Json,
}

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Compile(args) => compile::run(args, language),
        Command::Inspect(args) => inspect::run(args, language),
    }
}
