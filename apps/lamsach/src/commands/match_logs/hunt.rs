//! `lamsach hunt`: which devices talked to an address before it was known to be malicious.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use language::Language;
use log_check::{HuntError, ReadOptions, Settings, load_wanted};

use super::archive::{ArchiveFolder, LogsInPlace};
use super::args::{Lists, OutputKind, guarding, site, zone};
use super::finished::Finished;
use super::names::NamesArgs;
use super::progress::Watch;
use super::words::Words;
use super::{output, require_usable};
use crate::commands::indicators::indicator_input;
use command_line::bilingual::failure;

// Help texts stand in the message files: see `commands::help`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    lists: Lists,
    #[arg(long, value_name = "FOLDER")]
    archive: PathBuf,
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
}

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let zone = zone(&args.timezone)?;
    let words = Words { language, zone: zone.clone() };
    let site = site(args.site);
    let (names, name_reports) = args.names.check()?.open(site.as_deref(), &zone)?;
    let lists = args.lists.0.concat();
    let inputs = lists.iter().map(|path| indicator_input(path)).collect::<anyhow::Result<_>>()?;
    let now = Timestamp::now();
    let today = now.to_zoned_datetime(zone.clone()).date();
    let options = ReadOptions { format: None, today: Some(today) };
    let (wanted, reports) = load_wanted(inputs, options, guarding(args.no_guard));
    require_usable(&reports)?;

    let folder = [("path", args.archive.display().to_string().into())];
    let archive = ArchiveFolder::at(args.archive);
    if archive.side_cars().len() == 0 {
        return Err(failure("hunt-empty-archive", &folder));
    }
    let settings = Settings { site: site.clone(), names: Arc::new(names), ..Settings::new(zone) };
    let watch = Watch::start(&words, None)?;
    let report = log_check::hunt(&wanted, archive.side_cars(), &LogsInPlace, &settings, &watch);
    let report = report.map_err(|error| match error {
        HuntError::NoSuchSite(sites) => {
            let site = site.clone().unwrap_or_default();
            failure(
                "hunt-no-such-site",
                &[("site", site.into()), ("sites", sites.join(", ").into())],
            )
        }
        HuntError::SeveralSites(sites) => {
            failure("hunt-several-sites", &[("sites", sites.join(", ").into())])
        }
        HuntError::TooMany(error) => {
            failure("match-lists-too-large", &[("why", command_line::why(&error))])
        }
    })?;
    watch.finish();
    let finished = Finished {
        at: now,
        site,
        report,
        lists: reports,
        names: name_reports,
        may_be_lists: false,
    };
    output::write(args.output, &words, &finished)?;
    Ok(finished.exit_code())
}
