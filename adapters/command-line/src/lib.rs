//! What the programs share: help in the reader's language, what is said about arguments that were
//! refused and of what the system refuses, and how the heap is kept small.
//!
//! Every word is from the message files. A command `x` has the messages `cli-about-x` and, where
//! more is to be said, `cli-after-x`; a command `y` below it is `x-y` there; an argument with the id `y` has `cli-arg-y`, or
//! `cli-arg-x-y` where the command `x` means something else by it; a value shown as `Z` is `cli-value-z`.

mod answer;
pub mod bilingual;
pub mod heap;
mod system;
mod wrong;

use std::ffi::{OsStr, OsString};

use clap::builder::Str;
use clap::{Arg, ArgAction, Command};
use language::{Language, Value, has_text, text, text_with};

pub use answer::{Answer, answer, language_of};
pub use system::why;
pub use wrong::said;

/// Options of every command, in the order in which help names them.
const EVERYWHERE: [&str; 3] = ["language", "help", "version"];

/// A command line, its help in a language. `with_more` names the commands with examples or a hint
/// below their help.
pub fn command(command: Command, language: Language, with_more: &[&str]) -> Command {
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true))
        .arg(Arg::new("version").short('V').long("version").action(ArgAction::Version));
    let name = command.get_name().to_owned();
    spoken(command, &name, "", language, with_more)
}

/// What clap prints for `--help`, with the one word that clap does not let us choose.
pub fn options_word(language: Language, printed: &str) -> String {
    printed.replace("[OPTIONS]", &format!("[{}]", text(language, "cli-options-word")))
}

/// A command with its help; `name` is what the messages call it, `above` what stands in front of the
/// names below it.
fn spoken(
    command: Command,
    name: &str,
    above: &str,
    language: Language,
    with_more: &[&str],
) -> Command {
    let usage = text(language, "cli-usage");
    let more = if with_more.contains(&name) {
        text(language, &format!("cli-after-{name}"))
    } else {
        String::new()
    };
    command
        .about(text(language, &format!("cli-about-{name}")))
        .after_help(more)
        .help_template(format!(
            "{{about-with-newline}}\n{usage}: {{usage}}\n\n{{all-args}}{{after-help}}"
        ))
        .subcommand_help_heading(Str::from(text(language, "cli-commands")))
        .subcommand_value_name(Str::from(text(language, "cli-command-word")))
        .mut_args(|arg| argument(arg, name, language))
        .mut_subcommands(|command| {
            let name = format!("{above}{}", command.get_name());
            spoken(command, &name, &format!("{name}-"), language, with_more)
        })
}

fn argument(arg: Arg, command: &str, language: Language) -> Arg {
    let id = arg.get_id().as_str().replace('_', "-");
    let of_command = format!("cli-arg-{command}-{id}");
    let mut help = if has_text(language, &of_command) {
        text(language, &of_command)
    } else {
        text(language, &format!("cli-arg-{id}"))
    };
    for (key, note) in notes(&arg) {
        let note = text_with(language, key, &[("value", Value::from(note))]);
        help = format!("{help} [{note}]");
    }
    let heading = if arg.is_positional() { "cli-arguments" } else { "cli-options" };
    let names: Vec<Str> = arg
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(|name| Str::from(text(language, &format!("cli-value-{}", name.to_lowercase()))))
        .collect();
    let arg = if names.is_empty() { arg } else { arg.value_names(names) };
    let takes_value = arg.get_action().takes_values();
    let arg = arg.help(help).help_heading(Str::from(text(language, heading)));
    // What every command has stands last.
    let arg = match EVERYWHERE.iter().position(|it| *it == id) {
        Some(place) => arg.display_order(900 + place),
        None => arg,
    };
    if !takes_value {
        return arg;
    }
    arg.hide_default_value(true).hide_env(true).hide_possible_values(true)
}

/// What clap would say in English behind the help: values, default, environment variable.
fn notes(arg: &Arg) -> Vec<(&'static str, String)> {
    let takes_value = arg.get_action().takes_values();
    let values: Vec<String> =
        arg.get_possible_values().iter().map(|it| it.get_name().to_owned()).collect();
    let mut notes = Vec::new();
    if takes_value && !values.is_empty() {
        notes.push(("cli-note-values", values.join(", ")));
    }
    if let Some(default) = arg.get_default_values().first().filter(|_| takes_value) {
        notes.push(("cli-note-default", default.to_string_lossy().into_owned()));
    }
    if let Some(variable) = arg.get_env() {
        notes.push(("cli-note-env", variable.to_string_lossy().into_owned()));
    }
    notes
}

/// Where the command's name stands: behind the options of every command.
pub fn first_word(arguments: &[OsString]) -> Option<usize> {
    let mut at = 1;
    loop {
        let argument = arguments.get(at)?.to_string_lossy();
        match &*argument {
            "--language" => at += 2,
            other if other.starts_with("--language=") => at += 1,
            _ => return Some(at),
        }
    }
}

/// The language that the arguments name, or else the environment, before they are understood: help
/// and errors are in it too.
pub fn named_language(arguments: &[OsString], from_environment: Option<String>) -> Option<String> {
    let mut rest = arguments.iter().skip(1).take_while(|it| *it != OsStr::new("--"));
    while let Some(argument) = rest.next() {
        let argument = argument.to_string_lossy();
        if argument == "--language" {
            return rest.next().map(|it| it.to_string_lossy().into_owned());
        }
        if let Some(tag) = argument.strip_prefix("--language=") {
            return Some(tag.to_owned());
        }
    }
    from_environment
}

/// A text of somebody else's on a line of ours: nothing in it moves the cursor or turns the
/// direction of writing.
pub fn printable(text: &str) -> String {
    let is_unsafe = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            c if is_unsafe(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_the_arguments_are_understood() {
        let check = |arguments: &str, expected: Option<&str>| {
            let arguments: Vec<OsString> = arguments.split(' ').map(OsString::from).collect();
            let named = named_language(&arguments, Some("vi".to_owned()));
            assert_eq!(named.as_deref(), expected, "{arguments:?}");
        };
        check("lamsach match --language en --wrong", Some("en"));
        check("lamsach --language=en", Some("en"));
        check("lamsach match -- --language en", Some("vi"));
    }
}
