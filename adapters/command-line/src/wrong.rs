//! What was wrong with the arguments, in both languages, and how the command is used.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use language::{Language, Value, text, text_with};

use crate::{options_word, printable};

/// What to say about arguments that were refused. `error` is what clap found in `language`;
/// `command` gives the command line with its help in a language.
pub fn said(
    command: &dyn Fn(Language) -> Command,
    arguments: &[OsString],
    error: &Error,
    language: Language,
) -> String {
    let sentences = Language::ALL.map(|each| {
        // The names of arguments differ with the language, what is wrong with them does not.
        match command(each).try_get_matches_from(arguments) {
            Err(error) => sentence(&error, each),
            Ok(_) => sentence(error, each),
        }
    });
    let mut said = sentences.join("\n");
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
        let usage = options_word(language, usage);
        said = format!("{said}\n\n{}: {usage}", text(language, "cli-usage"));
    }
    let called = called(&command(Language::Vi), arguments);
    let values = [("command", Value::from(called))];
    format!("{said}\n{}", text_with(language, "cli-wrong-help", &values))
}

/// The command whose help tells more.
fn called(commands: &Command, arguments: &[OsString]) -> String {
    let program = commands.get_name();
    let names = commands.get_subcommands().map(clap::Command::get_name);
    let found = names.into_iter().find(|name| arguments.iter().skip(1).any(|it| it == *name));
    found.map_or_else(|| program.to_owned(), |name| format!("{program} {name}"))
}

fn sentence(error: &Error, language: Language) -> String {
    let argument = words(error, ContextKind::InvalidArg).join(", ");
    let value = words(error, ContextKind::InvalidValue).join(", ");
    let prior = words(error, ContextKind::PriorArg).join(", ");
    let command = words(error, ContextKind::InvalidSubcommand).join(", ");
    let known = words(error, ContextKind::ValidValue).join(", ");
    let key = match error.kind() {
        ErrorKind::UnknownArgument => "cli-wrong-unknown",
        ErrorKind::InvalidSubcommand => "cli-wrong-command",
        ErrorKind::MissingSubcommand => "cli-wrong-no-command",
        ErrorKind::MissingRequiredArgument => "cli-wrong-missing",
        ErrorKind::ArgumentConflict if prior == argument || prior.is_empty() => "cli-wrong-twice",
        ErrorKind::ArgumentConflict => "cli-wrong-conflict",
        ErrorKind::InvalidValue if value.is_empty() => "cli-wrong-no-value",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "cli-wrong-value",
        ErrorKind::TooManyValues => "cli-wrong-takes-none",
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            "cli-wrong-no-value"
        }
        ErrorKind::InvalidUtf8 => "cli-wrong-utf8",
        _ => "cli-wrong",
    };
    let values = [
        ("argument", argument.into()),
        ("value", value.into()),
        ("other", prior.into()),
        ("command", command.into()),
    ];
    let mut sentence = text_with(language, key, &values);
    let has_choice = !known.is_empty();
    if has_choice {
        let note = text_with(language, "cli-wrong-values", &[("values", known.into())]);
        sentence = format!("{sentence} {note}");
    }
    // clap gives the nearest word last.
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
            .into_iter()
            .flat_map(|kind| words(error, kind))
            .last();
    if let Some(suggested) = suggested.filter(|_| !has_choice) {
        let note = text_with(language, "cli-wrong-meant", &[("meant", suggested.into())]);
        sentence = format!("{sentence} {note}");
    }
    sentence
}

/// The texts that clap gives for a part of what was wrong.
fn words(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![printable(text)],
        Some(ContextValue::Strings(texts)) => texts.iter().map(|text| printable(text)).collect(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
