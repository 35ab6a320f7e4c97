//! The commands. Each reads its settings, wires adapters, calls an application function and
//! shows what it gave; none decides anything.

mod backup;
mod help;
mod indicators;
mod match_logs;
mod place;
mod restore;
mod serve;
mod watch;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{FromArgMatches as _, Parser, Subcommand};
use command_line::Answer;
use language::Language;

/// Where the language stands when no argument names one.
const LANGUAGE_VARIABLE: &str = "LAMSACH_LANGUAGE";

// Help texts stand in the message files: see `help`.
#[derive(Debug, Parser)]
#[command(name = "lamsach", version, arg_required_else_help = true)]
struct Cli {
    #[arg(long, global = true, value_name = "LANGUAGE", env = LANGUAGE_VARIABLE)]
    language: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Match(Box<match_logs::Args>),
    Hunt(match_logs::hunt::Args),
    Watch(Box<watch::Args>),
    Indicators(indicators::Args),
    Serve(serve::Args),
    Backup(backup::Args),
    Restore(restore::Args),
}

/// Reads the arguments and runs a command; what went wrong is said once, here.
pub(crate) fn run(mut arguments: Vec<OsString>) -> ExitCode {
    // `lamsach help match` is what many type first.
    if let Some(at) = command_line::first_word(&arguments)
        .filter(|at| arguments.get(*at).is_some_and(|it| it == "help"))
    {
        arguments.remove(at);
        arguments.push("--help".into());
    }
    let named = command_line::named_language(&arguments, env::var(LANGUAGE_VARIABLE).ok());
    let language = named.as_deref().and_then(Language::from_tag).unwrap_or_default();
    let cli = match help::command(language).try_get_matches_from(&arguments) {
        Ok(matches) => Cli::from_arg_matches(&matches),
        Err(error) => Err(error),
    };
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => {
            let answer =
                command_line::answer("lamsach", &help::command, &arguments, &error, language);
            return not_run(answer);
        }
    };
    let done = match command_line::language_of(cli.language) {
        Err(error) => Err(error),
        Ok(language) => match cli.command {
            Command::Match(args) => match_logs::run(*args, language),
            Command::Hunt(args) => match_logs::hunt::run(args, language),
            Command::Watch(args) => watch::run(*args, language),
            Command::Indicators(args) => indicators::run(args, language),
            Command::Serve(args) => serve::run(args),
            Command::Backup(args) => backup::run(&args),
            Command::Restore(args) => restore::run(&args),
        },
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            say_failure(&format!("lamsach: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// Says what stands in place of a command.
fn not_run(answer: Answer) -> ExitCode {
    match answer {
        Answer::Asked(text) => {
            // A reader that has seen enough, such as `head`, is no error.
            write!(io::stdout(), "{text}").unwrap_or_default();
            ExitCode::SUCCESS
        }
        Answer::Wrong(text) => {
            say_failure(&text);
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::print_stderr, reason = "the one place where a failure is said")]
fn say_failure(text: &str) {
    eprintln!("{text}");
}
