//! `lamsach match`: which devices in these logs talk to malicious addresses.

mod archive;
mod args;
mod finished;
pub(super) mod hunt;
mod inputs;
mod names;
mod output;
mod progress;
mod send;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::Language;
use log_check::{
    ListReport, ReadOptions, Settings, check_logs, check_logs_one_by_one, load_indicators,
};

pub(crate) use args::Args;
pub(super) use args::{Lists, columns, guarding, known_format, site, zone};
pub(super) use names::{NamesArgs, NamesAsked};
pub(super) use send::{SendArgs, read, said, wire_sighting};
pub(super) use words::printable;

use archive::ArchiveFolder;
use finished::Finished;
use inputs::Inputs;
use progress::Watch;
use words::{Words, list_problem};

use command_line::bilingual::{failure, lines};

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let (choices, send) = args.choices()?;
    let words = Words { language, zone: choices.zone.clone() };
    let mut sending = send.prepare(choices.site.as_deref(), &words)?;
    let inputs = Inputs::open(&choices)?;
    let archive = choices.archive.clone().map(archive_at).transpose()?;
    let (names, name_reports) = choices.names.open(choices.site.as_deref(), &choices.zone)?;
    let now = Timestamp::now();
    let today = now.to_zoned_datetime(choices.zone.clone()).date();
    let options = ReadOptions { format: None, today: Some(today) };
    let loaded = load_indicators(inputs.lists, options, choices.guarding)
        .map_err(|error| failure("match-lists-too-large", &[("why", command_line::why(&error))]))?;
    require_usable(&loaded.reports)?;

    let settings = Settings {
        format: choices.format.clone(),
        columns: choices.columns.clone(),
        zone: choices.zone.clone(),
        threads: choices.threads,
        // Only what is sent needs the hash, and it costs as much as matching does.
        hash_logs: sending.is_some(),
        known_sha256: None,
        site: choices.site.clone(),
        archive: archive.map(|it| Arc::new(it) as _),
        names: Arc::new(names),
    };
    let watch = Watch::start(&words, inputs.size_bytes)?;
    let report = match &mut sending {
        None => check_logs(&loaded.index, inputs.logs, &settings, &watch),
        Some(sending) => {
            let mut each = |file: &_, sightings| sending.add(file, sightings);
            let report =
                check_logs_one_by_one(&loaded.index, inputs.logs, &settings, &watch, &mut each);
            sending.mark(&report.sightings);
            report
        }
    };
    watch.finish();
    // The one place where everything that came out is at hand.
    let finished = Finished {
        at: now,
        site: choices.site,
        report,
        lists: loaded.reports,
        names: name_reports,
        may_be_lists: choices.may_be_lists,
    };
    output::write(choices.output, &words, &finished)?;
    if sending.is_some_and(|sending| !sending.send(&words)) {
        return Ok(ExitCode::from(2));
    }
    Ok(finished.exit_code())
}

fn archive_at(path: PathBuf) -> anyhow::Result<ArchiveFolder> {
    let shown = path.display().to_string();
    ArchiveFolder::for_writing(path).map_err(|error| {
        let values = [("path", shown.into()), ("why", command_line::why(&error))];
        failure("match-archive-unusable", &values)
    })
}

/// Says on standard error what lists name and was not taken.
pub(super) fn say_refused(language: Language, lists: &[(String, ListReport)]) {
    let words = Words { language, zone: TimeZone::UTC };
    let mut err = std::io::stderr().lock();
    // Nobody reading along is no error.
    drop(output::refused::write(&mut err, &words, lists));
}

/// Lists that cannot be read, or of which nothing is left, are an error before any log is read.
pub(in crate::commands) fn require_usable(lists: &[(String, ListReport)]) -> anyhow::Result<()> {
    for (name, report) in lists {
        if let Some(problem) = &report.problem {
            bail!("{name}: {}", list_problem(problem));
        }
        if report.accepted_total() == 0 && report.refused_total() > 0 {
            let first = report.refused.first();
            let values = [
                ("name", name.as_str().into()),
                ("count", report.refused_total().into()),
                ("line", first.map_or(0, |it| it.line).into()),
                ("text", first.map(|it| words::printable(&it.text)).unwrap_or_default().into()),
            ];
            let mut said = lines("match-list-all-refused", &values);
            if let Some(first) = first {
                said = format!("{said}\n{}", lines(&words::refused_key(first), &[]));
            }
            bail!(said);
        }
    }
    if lists.iter().all(|(_, report)| report.accepted_total() == 0) {
        return Err(failure("match-lists-empty", &[]));
    }
    Ok(())
}
