//! Lists and compiled files, told apart by their first bytes.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::Arc;

use files::{InputFile, MappedFile};
use log_check::{IndicatorInput, ListInput};
use matching::{INDEX_VERSION, Index, IndexError};

use command_line::bilingual::failure;

/// The list or compiled file that a path names; `-` is a list on standard input.
pub(in crate::commands) fn indicator_input(path: &Path) -> anyhow::Result<IndicatorInput> {
    let name = path.display().to_string();
    if path == OsStr::new("-") {
        return Ok(IndicatorInput::List(ListInput { name, bytes: Ok(Box::new(io::stdin())) }));
    }
    let file = InputFile::at(path).map_err(|error| unopened(path, &error))?;
    if let Ok(map) = MappedFile::open(path)
        && Index::is_index(map.as_ref())
    {
        let index = Index::open(Arc::new(map)).map_err(|error| unusable(path, error))?;
        return Ok(IndicatorInput::Compiled { name, index });
    }
    Ok(IndicatorInput::List(ListInput { name, bytes: Ok(Box::new(file.bytes())) }))
}

/// The compiled file that a path names.
pub(super) fn compiled(path: &Path) -> anyhow::Result<Index> {
    let map = MappedFile::open(path).map_err(|error| unopened(path, &error))?;
    Index::open(Arc::new(map)).map_err(|error| unusable(path, error))
}

pub(super) fn unopened(path: &Path, error: &io::Error) -> anyhow::Error {
    let key = match error.kind() {
        io::ErrorKind::NotFound => "match-list-missing",
        io::ErrorKind::IsADirectory => "match-list-folder",
        _ if path.is_dir() => "match-list-folder",
        _ => "match-list-unreadable",
    };
    let path = path.display().to_string();
    failure(key, &[("path", path.into()), ("why", command_line::why(error))])
}

/// Why a compiled file cannot be used, and what to do.
pub(super) fn unusable(path: &Path, error: IndexError) -> anyhow::Error {
    let path = ("path", path.display().to_string().into());
    match error {
        IndexError::NotAnIndex => failure("indicators-not-compiled", &[path]),
        IndexError::Version { found } => {
            let versions = [
                path,
                ("found", u64::from(found).into()),
                ("known", u64::from(INDEX_VERSION).into()),
            ];
            failure("indicators-other-version", &versions)
        }
        IndexError::Length { expected, found } => {
            let lengths = [path, ("expected", expected.into()), ("found", found.into())];
            failure("indicators-cut-short", &lengths)
        }
        IndexError::Damaged { part } => {
            failure("indicators-damaged", &[path, ("part", part.into())])
        }
    }
}
