//! Help in the reader's language: see `command_line`.

use clap::{Command, CommandFactory as _};
use language::Language;

use super::Cli;

/// Commands with examples or a hint below their help.
const WITH_MORE: [&str; 3] = ["lamsach", "match", "watch"];

/// The command line, its help in a language.
pub(super) fn command(language: Language) -> Command {
    command_line::command(Cli::command(), language, &WITH_MORE)
}

#[cfg(test)]
mod tests {
    use command_line::options_word;

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
