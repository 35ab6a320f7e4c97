//! What a program says that runs no command.

use std::ffi::OsString;

use clap::Command;
use clap::error::ErrorKind;
use language::Language;

use crate::bilingual::failure;
use crate::{options_word, said};

/// What a program says instead of running a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Help or the version, which was asked for.
    Asked(String),
    /// What is wrong with the arguments.
    Wrong(String),
}

/// The answer to arguments that `program` cannot run; `command` is its command line.
pub fn answer(
    program: &str,
    command: &dyn Fn(Language) -> Command,
    arguments: &[OsString],
    error: &clap::Error,
    language: Language,
) -> Answer {
    let printed = || options_word(language, &error.render().to_string());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Answer::Asked(printed()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Answer::Wrong(printed().trim_end().to_owned())
        }
        _ => Answer::Wrong(format!("{program}: {}", said(command, arguments, error, language))),
    }
}

/// Vietnamese unless another language was asked for; blank asks for none.
pub fn language_of(asked: Option<String>) -> anyhow::Result<Language> {
    match asked.filter(|it| !it.trim().is_empty()) {
        None => Ok(Language::Vi),
        Some(tag) => Language::from_tag(&tag)
            .ok_or_else(|| failure("cli-unknown-language", &[("name", tag.into())])),
    }
}
