//! What the person asks for.

use std::ffi::OsStr;
use std::num::NonZero;
use std::path::PathBuf;
use std::{env, thread};

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, ValueEnum, value_parser};
use jiff::tz::TimeZone;
use language::Language;
use log_check::Format;

use super::send::SendArgs;
use crate::commands::bilingual::failure;

const EXAMPLES: &str = "\
Examples:
  lamsach match --indicators list.txt dns.log
  lamsach match --indicators a.csv --indicators b.txt --output html logs/ > result.html
  zcat old.gz | lamsach match --indicators list.txt --format bind -
  lamsach match --indicators list.txt --send https://portal.example --site Office dns.log

Exit status: 2 error, else 1 findings, else 3 something could not be read, else 0.";

/// Settings of the command.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    lists: Lists,
    /// Format of the logs: auto, or a name of docs/formats.md; a wrong one lists them all
    #[arg(long, value_name = "NAME", default_value = "auto")]
    format: String,
    /// What is written to standard output
    #[arg(long, value_enum, default_value_t = OutputKind::Table)]
    output: OutputKind,
    /// Zone of logs that write local time, and of the times shown
    #[arg(long, value_name = "ZONE", default_value = "Asia/Ho_Chi_Minh")]
    timezone: String,
    /// Name of the place the logs are from, shown in the result
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Threads that match [default: one a processor]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Language of table and html: vi or en [default: `LAMSACH_LANGUAGE`, else vi]
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    #[command(flatten)]
    send: SendArgs,
    /// Logs, plain, gzip, zstd, xz or bzip2; a folder stands for all files in it, `-` for standard input
    #[arg(value_name = "LOG")]
    logs: Vec<PathBuf>,
}

/// Forms of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputKind {
    /// For reading in a terminal
    Table,
    /// One JSON object a line, the last one the summary
    Json,
    /// Sightings for a spreadsheet
    Csv,
    /// One page to print
    Html,
}

/// What each `--indicators` names.
#[derive(Debug)]
struct Lists(Vec<Vec<PathBuf>>);

/// What the person asks for, checked.
#[derive(Debug)]
pub(super) struct Choices {
    pub(super) lists: Vec<PathBuf>,
    pub(super) logs: Vec<PathBuf>,
    /// The logs stand behind the lists' option with nothing between: some may be meant as lists.
    pub(super) may_be_lists: bool,
    pub(super) format: Option<String>,
    pub(super) output: OutputKind,
    pub(super) zone: TimeZone,
    pub(super) site: Option<String>,
    pub(super) threads: usize,
    pub(super) language: Language,
}

impl Args {
    /// Checks everything that can be checked without opening a file.
    pub(super) fn choices(self) -> anyhow::Result<(Choices, SendArgs)> {
        let format = match self.format.as_str() {
            "auto" => None,
            name if name.parse::<Format>().is_ok() => Some(self.format),
            name => return Err(unknown_format(name)),
        };
        let zone = TimeZone::get(&self.timezone).map_err(|_| {
            failure("match-unknown-zone", &[("name", self.timezone.as_str().into())])
        })?;
        let Lists(mut groups) = self.lists;
        let mut logs = self.logs;
        let mut may_be_lists = false;
        // `--indicators LIST LOG...`: only the first value is a list.
        if logs.is_empty()
            && let Some(last) = groups.last_mut()
        {
            logs = last.split_off(1);
            may_be_lists = logs.len() > 1;
        }
        if logs.is_empty() {
            return Err(failure("match-no-log", &[]));
        }
        let lists: Vec<PathBuf> = groups.concat();
        let standard_inputs = lists.iter().chain(&logs).filter(|it| *it == OsStr::new("-"));
        if standard_inputs.count() > 1 {
            return Err(failure("match-stdin-twice", &[]));
        }
        let threads = match self.threads {
            Some(threads) => usize::from(threads),
            None => thread::available_parallelism().map_or(1, NonZero::get),
        };
        let choices = Choices {
            lists,
            logs,
            may_be_lists,
            format,
            output: self.output,
            zone,
            site: self.site.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()),
            threads,
            language: language(self.language)?,
        };
        Ok((choices, self.send))
    }
}

fn language(asked: Option<String>) -> anyhow::Result<Language> {
    let Some(tag) = asked.or_else(|| env::var("LAMSACH_LANGUAGE").ok()) else {
        return Ok(Language::Vi);
    };
    Language::from_tag(&tag)
        .ok_or_else(|| failure("match-unknown-language", &[("name", tag.into())]))
}

fn unknown_format(name: &str) -> anyhow::Error {
    let known: String =
        Format::ALL.map(|it| format!("\n  {:<16} {}", it.name(), it.title())).concat();
    let error = failure("match-unknown-format", &[("name", name.to_owned().into())]);
    anyhow::anyhow!("{error}\n  auto{known}")
}

impl FromArgMatches for Lists {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let groups = matches.get_occurrences::<PathBuf>("indicators").into_iter().flatten();
        Ok(Self(groups.map(|group| group.cloned().collect()).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

// By hand because the derive does not tell which values stood behind the same option.
impl clap::Args for Lists {
    fn augment_args(command: Command) -> Command {
        command.arg(
            Arg::new("indicators")
                .long("indicators")
                .short('i')
                .value_name("LIST")
                .required(true)
                .num_args(1..)
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf))
                .help("Lists of malicious addresses: plain text, CSV, hosts file; repeat for more"),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
