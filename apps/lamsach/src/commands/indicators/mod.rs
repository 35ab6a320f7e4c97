//! `lamsach indicators`: lists of malicious addresses as one file, and packs for the tools.

mod compile;
mod input;
mod inspect;
mod pack;
mod shown;
mod shown_pack;

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
    Pack(Box<pack::Args>),
    Sign(pack::SignArgs),
    Keys(pack::KeysArgs),
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
        Command::Pack(args) => pack::run(&args, language),
        Command::Sign(args) => pack::run_sign(&args, language),
        Command::Keys(args) => pack::run_keys(&args, language),
    }
}
