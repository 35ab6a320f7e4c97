//! The commands. Each reads its settings, wires adapters, calls an application function and
//! shows what it gave; none decides anything.

mod backup;
mod bilingual;
mod match_logs;
mod place;
mod restore;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Lamsach: runs a malware clean-up campaign and takes part in one.
#[derive(Debug, Parser)]
#[command(name = "lamsach", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Finds the devices in logs that talk to malicious addresses
    Match(match_logs::Args),
    /// Runs the portal
    Serve(serve::Args),
    /// Writes everything a portal holds into one file
    Backup(backup::Args),
    /// Brings a backup back into an empty portal
    Restore(restore::Args),
}

/// Runs a command; what went wrong is said once, here.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Match(args) => match_logs::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the one place where a failure is said")]
            {
                eprintln!("lamsach: {error:#}");
            }
            ExitCode::from(2)
        }
    }
}
