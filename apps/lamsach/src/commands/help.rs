//! Help in the reader's language: every word of it from the message files.
//!
//! A command `x` has the messages `cli-about-x` and, where more is to be said, `cli-after-x`; an
//! argument with the id `y` has `cli-arg-y`; a value shown as `Z` is `cli-value-z`.

use clap::builder::Str;
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use language::{Language, Value, text, text_with};

use super::Cli;

/// Commands with examples or a hint below their help.
const WITH_MORE: [&str; 2] = ["lamsach", "match"];

/// Options of every command, in the order in which help names them.
const EVERYWHERE: [&str; 3] = ["language", "help", "version"];

/// The command line, its help in a language.
pub(super) fn command(language: Language) -> Command {
    let command = Cli::command()
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true))
        .arg(Arg::new("version").short('V').long("version").action(ArgAction::Version));
    spoken(command, language)
}

/// What clap prints for `--help`, with the one word that clap does not let us choose.
pub(super) fn options_word(language: Language, printed: &str) -> String {
    printed.replace("[OPTIONS]", &format!("[{}]", text(language, "cli-options-word")))
}

fn spoken(command: Command, language: Language) -> Command {
    let name = command.get_name().to_owned();
    let usage = text(language, "cli-usage");
    let more = if WITH_MORE.contains(&name.as_str()) {
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
        .mut_args(|arg| argument(arg, language))
        .mut_subcommands(|command| spoken(command, language))
}

fn argument(arg: Arg, language: Language) -> Arg {
    let id = arg.get_id().as_str().replace('_', "-");
    let mut help = text(language, &format!("cli-arg-{id}"));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The help of the program and of every command.
    fn helps(language: Language) -> Vec<String> {
        let mut command = command(language);
        command.build();
        let mut helps = vec![command.render_long_help().to_string()];
        helps.extend(command.get_subcommands_mut().map(|it| it.render_long_help().to_string()));
        helps.into_iter().map(|help| options_word(language, &help)).collect()
    }

    #[test]
    fn help_is_whole_in_both_languages() {
        for language in Language::ALL {
            command(language).debug_assert();
            for help in helps(language) {
                assert!(!help.contains('⟦'), "{help}");
                assert!(help.contains("--help"), "{help}");
            }
        }
    }

    #[test]
    fn vietnamese_help_has_no_words_of_claps_own() {
        for help in helps(Language::Vi) {
            let english = ["Usage", "Options", "OPTIONS", "Arguments", "Commands", "Print help"];
            for word in english.into_iter().chain(["[default", "[env", "[possible", "<FILE>"]) {
                assert!(!help.contains(word), "{word}: {help}");
            }
        }
    }

    #[test]
    fn help_of_serve_lists_the_demonstrations() {
        for language in Language::ALL {
            let help = helps(language).into_iter().find(|it| it.contains("--demo")).unwrap();
            let line = help.lines().skip_while(|it| !it.contains("--demo"));
            let said: String = line.take(4).collect();
            assert!(said.contains("2026") && said.contains("2022"), "{said}");
        }
    }
}
