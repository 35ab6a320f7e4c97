//! Paths into lists and logs.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use files::{InputFile, files_below, files_matching, is_pattern};
use jiff::Timestamp;
use log_check::{IndicatorInput, LogInput};

use super::args::Choices;
use crate::commands::indicators::indicator_input;
use command_line::bilingual::failure;

/// Everything that is to be read.
pub(super) struct Inputs {
    pub(super) lists: Vec<IndicatorInput>,
    pub(super) logs: Vec<LogInput>,
    /// Size of all logs; `None` when one of them has none.
    pub(super) size_bytes: Option<u64>,
}

impl Inputs {
    /// Finds every file. One that was named and cannot be opened is an error; one that a named
    /// folder holds is reported with the rest. One that is named twice, or by its folder too, is read once.
    pub(super) fn open(choices: &Choices) -> anyhow::Result<Self> {
        let lists = choices.lists.iter().map(|path| indicator_input(path));
        let lists = lists.collect::<anyhow::Result<Vec<_>>>()?;
        let mut logs = Vec::new();
        let mut seen = HashSet::new();
        let mut is_new = |path: &Path| fs::canonicalize(path).map_or(true, |it| seen.insert(it));
        for path in &choices.logs {
            if path == OsStr::new("-") {
                logs.push(standard_input());
            } else if path.is_dir() {
                let found = files_below(path);
                if found.is_empty() {
                    let path = path.display().to_string();
                    return Err(failure("match-empty-folder", &[("path", path.into())]));
                }
                logs.extend(found.into_iter().filter_map(|it| found_log(it, &mut is_new)));
            } else if let Some(pattern) =
                path.to_str().filter(|it| is_pattern(it) && !path.exists())
            {
                // Where a shell did not put the names in its place.
                let values = || [("pattern", pattern.into())];
                let found = files_matching(pattern)
                    .map_err(|_| failure("match-pattern-wrong", &values()))?;
                if found.is_empty() {
                    return Err(failure("match-pattern-empty", &values()));
                }
                logs.extend(found.into_iter().filter_map(|it| found_log(it, &mut is_new)));
            } else {
                let file = InputFile::at(path).map_err(|error| unopened(path, &error))?;
                if is_new(path) {
                    logs.push(log(path, Ok(file)));
                }
            }
        }
        let size_bytes = logs.iter().map(|log| log.size_bytes).sum();
        Ok(Self { lists, logs, size_bytes })
    }
}

/// A log that was found and not named, if it is new. A person who names a pipe wants to wait for it; one that was found
/// would keep the others waiting.
fn found_log(
    (path, file): (PathBuf, io::Result<InputFile>),
    is_new: &mut impl FnMut(&Path) -> bool,
) -> Option<LogInput> {
    let file = file.and_then(|file| match file.size_bytes {
        Some(_) => Ok(file),
        None => Err(io::Error::other("not a regular file")),
    });
    (file.is_err() || is_new(&path)).then(|| log(&path, file))
}

pub(super) fn log(path: &Path, file: io::Result<InputFile>) -> LogInput {
    let name = path.display().to_string();
    match file {
        Ok(file) => LogInput {
            name,
            modified: file.modified.and_then(|it| Timestamp::try_from(it).ok()),
            size_bytes: file.size_bytes,
            bytes: Ok(Box::new(file.bytes())),
        },
        Err(error) => LogInput { name, modified: None, size_bytes: Some(0), bytes: Err(error) },
    }
}

/// Lines without a year that come in now were written not long ago.
fn standard_input() -> LogInput {
    LogInput {
        name: "-".to_owned(),
        modified: Some(Timestamp::now()),
        size_bytes: None,
        bytes: Ok(Box::new(io::stdin())),
    }
}

fn unopened(path: &Path, error: &io::Error) -> anyhow::Error {
    let path = path.display().to_string();
    let key = match error.kind() {
        io::ErrorKind::NotFound => "match-log-missing",
        _ => "match-log-unreadable",
    };
    failure(key, &[("path", path.into()), ("why", command_line::why(error))])
}
