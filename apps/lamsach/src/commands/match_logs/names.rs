//! Files that tell which device an address was.

use std::path::PathBuf;

use files::InputFile;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use log_check::{Names, NamesInput, NamesReport, load_names};

use command_line::bilingual::failure;

/// Reads them before any log is read: one that is not there, or is of no known format, is an error.
pub(super) fn open(
    paths: &[PathBuf],
    site: Option<&str>,
    zone: &TimeZone,
) -> anyhow::Result<(Names, Vec<(String, NamesReport)>)> {
    let unreadable = |name: String, why: String| {
        failure("match-names-unreadable", &[("path", name.into()), ("why", why.into())])
    };
    let mut inputs = Vec::with_capacity(paths.len());
    for path in paths {
        let name = path.display().to_string();
        let file =
            InputFile::at(path).map_err(|error| unreadable(name.clone(), error.to_string()))?;
        inputs.push(NamesInput {
            name,
            modified: file.modified.and_then(|it| Timestamp::try_from(it).ok()),
            bytes: Box::new(file.bytes()),
        });
    }
    let (names, reports) =
        load_names(inputs, site, zone).map_err(|it| unreadable(it.name, it.error.to_string()))?;
    if let Some((name, problem)) =
        reports.iter().find_map(|(name, report)| Some((name, report.problem?)))
    {
        let key = format!("match-names-{}", problem.code());
        return Err(failure(&key, &[("path", name.as_str().into())]));
    }
    Ok((names, reports))
}
