//! The commands. Each reads its settings, wires adapters, calls an application function and
//! shows what it gave; none decides anything.

mod apply;
mod desk;
mod packs;
mod plan;
mod quarantine;
mod report;
mod result;
mod scan;
mod stopping;
mod store;
mod terminal;
mod undo;
mod usb;
mod window;
mod words;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Command as ClapCommand, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use command_line::Answer;
use language::Language;

/// Where the language stands when no argument names one.
const LANGUAGE_VARIABLE: &str = "LAMSACH_LANGUAGE";
/// Commands with examples or a hint below their help.
const WITH_MORE: [&str; 12] = [
    "lamsach-clean",
    "scan",
    "plan",
    "apply",
    "undo",
    "quarantine",
    "usb",
    "report",
    "update",
    "send",
    "window",
    "terminal",
];

// Help texts stand in the message files: see `command_line`.
#[derive(Debug, Parser)]
#[command(name = "lamsach-clean", version, arg_required_else_help = true)]
struct Cli {
    #[arg(long, global = true, value_name = "LANGUAGE", env = LANGUAGE_VARIABLE)]
    language: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(Box<scan::ScanArgs>),
    Plan(plan::Args),
    Apply(apply::Args),
    Undo(undo::Args),
    Quarantine(quarantine::Args),
    Usb(usb::Args),
    Report(report::Args),
    Update(packs::Args),
    Send(result::SendArgs),
    Window(window::Args),
    Terminal(terminal::Args),
}

/// Reads the arguments and runs a command; what went wrong is said once, here.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let named = command_line::named_language(arguments, env::var(LANGUAGE_VARIABLE).ok());
    let language = named.as_deref().and_then(Language::from_tag).unwrap_or_default();
    if arguments.len() <= 1 && own_page::is_from_desktop() {
        return ended(window::run(window::Args::default(), language));
    }
    let cli = match command(language).try_get_matches_from(arguments) {
        Ok(matches) => Cli::from_arg_matches(&matches),
        Err(error) => Err(error),
    };
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => {
            let answer =
                command_line::answer("lamsach-clean", &command, arguments, &error, language);
            return not_run(answer);
        }
    };
    let done = match command_line::language_of(cli.language) {
        Err(error) => Err(error),
        Ok(language) => match cli.command {
            Command::Scan(args) => scan::run(*args, language),
            Command::Plan(args) => plan::run(args, language),
            Command::Apply(args) => apply::run(&args, language),
            Command::Undo(args) => undo::run(&args, language),
            Command::Quarantine(args) => quarantine::run(&args, language),
            Command::Usb(args) => usb::run(args, language),
            Command::Report(args) => report::run(&args, language),
            Command::Update(args) => packs::run(&args, language),
            Command::Send(args) => result::run_send(&args, language),
            Command::Window(args) => window::run(args, language),
            Command::Terminal(args) => terminal::run(args, language),
        },
    };
    ended(done)
}

/// Says what went wrong.
fn ended(done: anyhow::Result<ExitCode>) -> ExitCode {
    done.unwrap_or_else(|error| {
        say_failure(&format!("lamsach-clean: {error:#}"));
        ExitCode::from(2)
    })
}

/// The command line, its help in a language.
fn command(language: Language) -> ClapCommand {
    command_line::command(Cli::command(), language, &WITH_MORE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_whole_in_both_languages() {
        for language in Language::ALL {
            let mut command = command(language);
            command.clone().debug_assert();
            command.build();
            let mut helps = vec![command.render_long_help().to_string()];
            helps.extend(command.get_subcommands_mut().map(|it| it.render_long_help().to_string()));
            for help in helps {
                assert!(!help.contains('⟦') && help.contains("--help"), "{help}");
            }
        }
    }
}
