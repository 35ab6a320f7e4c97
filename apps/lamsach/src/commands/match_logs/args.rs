//! What the person asks for.

use std::ffi::OsStr;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, ValueEnum, value_parser};
use jiff::tz::TimeZone;
use log_check::{Columns, ColumnsError, Format, Guarding};

use super::names::{NamesArgs, NamesAsked};
use super::send::SendArgs;
use command_line::bilingual::failure;

/// More threads than these are a slip of the finger.
const MOST_THREADS: usize = 256;

// Help texts stand in the message files: see `commands::help`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    lists: Lists,
    #[arg(long, value_name = "NAME", default_value = "auto")]
    format: String,
    #[arg(long, value_name = "COLUMNS")]
    columns: Option<String>,
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    #[arg(long, value_name = "KIND", value_enum, default_value_t = OutputKind::Table)]
    output: OutputKind,
    #[arg(long, value_name = "ZONE", default_value = "Asia/Ho_Chi_Minh")]
    timezone: String,
    #[arg(long)]
    no_guard: bool,
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    #[command(flatten)]
    names: NamesArgs,
    #[arg(long, value_name = "N")]
    threads: Option<String>,
    #[arg(long, value_name = "FOLDER")]
    archive: Option<PathBuf>,
    #[command(flatten)]
    send: SendArgs,
    #[arg(value_name = "LOG")]
    logs: Vec<PathBuf>,
}

/// The zone of a name.
pub(in crate::commands) fn zone(name: &str) -> anyhow::Result<TimeZone> {
    TimeZone::get(name).map_err(|_| failure("match-unknown-zone", &[("name", name.into())]))
}

/// The name of a site, blank being none.
pub(in crate::commands) fn site(typed: Option<String>) -> Option<String> {
    typed.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
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
pub(in crate::commands) struct Lists(pub(in crate::commands) Vec<Vec<PathBuf>>);

/// What the person asks for, checked.
#[derive(Debug)]
pub(super) struct Choices {
    pub(super) lists: Vec<PathBuf>,
    pub(super) logs: Vec<PathBuf>,
    /// The logs stand behind the lists' option with nothing between: some may be meant as lists.
    pub(super) may_be_lists: bool,
    pub(super) format: Option<String>,
    pub(super) columns: Option<Arc<Columns>>,
    pub(super) output: OutputKind,
    pub(super) zone: TimeZone,
    pub(super) site: Option<String>,
    /// Which device an address was.
    pub(super) names: NamesAsked,
    pub(super) threads: usize,
    pub(super) archive: Option<PathBuf>,
    pub(super) guarding: Guarding,
}

impl Args {
    /// Checks everything that can be checked without opening a file.
    pub(super) fn choices(self) -> anyhow::Result<(Choices, SendArgs)> {
        let format = known_format(&self.format)?;
        let columns = columns(format.as_deref(), self.columns, self.delimiter)?;
        let zone = zone(&self.timezone)?;
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
        let threads = match self.threads.as_deref() {
            Some(typed) => threads(typed)?,
            None => thread::available_parallelism().map_or(1, NonZero::get),
        };
        let choices = Choices {
            lists,
            logs,
            may_be_lists,
            format,
            columns,
            output: self.output,
            zone,
            site: site(self.site),
            names: self.names.check()?,
            archive: self.archive,
            threads,
            guarding: guarding(self.no_guard),
        };
        Ok((choices, self.send))
    }
}

/// The map of columns, which the formats without columns of their own need.
pub(in crate::commands) fn columns(
    format: Option<&str>,
    columns: Option<String>,
    delimiter: Option<String>,
) -> anyhow::Result<Option<Arc<Columns>>> {
    let format = format.and_then(|it| it.parse::<Format>().ok()).filter(|it| it.has_columns());
    let columns = match (format, columns) {
        (None, None) if delimiter.is_none() => return Ok(None),
        (None, _) => return Err(failure("columns-unused", &[])),
        (Some(format), None) => {
            return Err(failure("columns-needed", &[("name", format.name().into())]));
        }
        (Some(_), Some(columns)) => columns,
    };
    let map = columns.parse::<Columns>().map_err(|error| match error {
        ColumnsError::NoColumn(text) => failure("columns-no-column", &[("text", text.into())]),
        ColumnsError::UnknownMeaning(text) => {
            let known = Columns::meanings().collect::<Vec<_>>().join(", ");
            let values = [("text", text.into()), ("known", known.into())];
            failure("columns-unknown-meaning", &values)
        }
        ColumnsError::Twice(text) => failure("columns-twice", &[("text", text.into())]),
        ColumnsError::NoDestination => failure("columns-no-destination", &[]),
    })?;
    let delimiter = match delimiter.as_deref().map(str::as_bytes) {
        None => b',',
        Some(b"tab" | b"\\t") => b'\t',
        Some(&[byte]) if byte.is_ascii() && byte != b'"' => byte,
        Some(_) => {
            let text = delimiter.unwrap_or_default();
            return Err(failure("columns-bad-delimiter", &[("text", text.into())]));
        }
    };
    Ok(Some(Arc::new(map.delimited_by(delimiter))))
}

/// Indicators that would do harm are refused unless the person says otherwise.
pub(in crate::commands) fn guarding(no_guard: bool) -> Guarding {
    if no_guard { Guarding::Off } else { Guarding::On }
}

fn threads(typed: &str) -> anyhow::Result<usize> {
    typed.parse().ok().filter(|it| (1..=MOST_THREADS).contains(it)).ok_or_else(|| {
        failure("match-threads", &[("value", typed.into()), ("most", MOST_THREADS.into())])
    })
}

/// The format of a name; `auto` is none.
pub(in crate::commands) fn known_format(name: &str) -> anyhow::Result<Option<String>> {
    match name {
        "auto" => Ok(None),
        name if name.parse::<Format>().is_ok() => Ok(Some(name.to_owned())),
        name => Err(unknown_format(name)),
    }
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
                .value_parser(value_parser!(PathBuf)),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
