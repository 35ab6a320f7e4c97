//! The folder with journals and quarantine.

use std::path::PathBuf;
use std::time::SystemTime;

use clean_up::{CleanUpError, HostError, Keeper};
use command_line::bilingual::failure;
use language::{Language, Value, text, text_with};

/// Where the folder is.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Store {
    #[arg(id = "clean_store", long = "store", value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl Store {
    /// Where it is; `None` when nothing says so.
    pub(super) fn folder(&self) -> anyhow::Result<Option<PathBuf>> {
        match &self.folder {
            Some(folder) => Ok(Some(folder.clone())),
            None => Ok(state_folder()?.map(|it| it.join("clean"))),
        }
    }

    /// Opens it; it is made where there is none.
    pub(super) fn open(&self) -> anyhow::Result<Keeper> {
        let folder = self.folder()?.ok_or_else(|| failure("clean-store-nowhere", &[]))?;
        Keeper::open(&folder).map_err(|error| said(&error))
    }
}

/// The folder for what is remembered; `None` when nothing says where.
pub(super) fn state_folder() -> anyhow::Result<Option<PathBuf>> {
    clean_up::state_folder().map_err(|why| failed("clean-store-unusable", &why, &[]))
}

/// A failure in words.
pub(super) fn said(error: &CleanUpError) -> anyhow::Error {
    match error {
        CleanUpError::Busy => failure("clean-store-busy", &[]),
        CleanUpError::Folder(why) => failed("clean-store-unusable", why, &[]),
        CleanUpError::SystemFiles(paths) => {
            failure("clean-plan-system-files", &[("paths", paths.join(", ").into())])
        }
        CleanUpError::NothingToUndo => failure("clean-nothing-to-undo", &[]),
        CleanUpError::NoItem(item) => failure("clean-no-item", &[("item", item.clone().into())]),
        CleanUpError::Item(why) => failed("clean-item-unusable", why, &[]),
        CleanUpError::NoRun(run) => failure("clean-no-run", &[("run", run.clone().into())]),
        CleanUpError::Stopped(why) => failed("clean-run-stopped", why, &[]),
    }
}

/// A failure with its reason, in both languages.
pub(super) fn failed(
    key: &str,
    why: &HostError,
    values: &[(&'static str, String)],
) -> anyhow::Error {
    let lines = [Language::Vi, Language::En].map(|language| {
        let mut values: Vec<(&'static str, Value<'_>)> =
            values.iter().map(|(name, value)| (*name, value.clone().into())).collect();
        values.push(("why", reason(language, why).into()));
        text_with(language, key, &values)
    });
    anyhow::Error::msg(lines.join("\n"))
}

/// Why something could not be done, in words.
pub(super) fn reason(language: Language, why: &HostError) -> String {
    let code = match why {
        // A run that is gone on with knows the code only.
        HostError::Other(text) if clean_up::HOST_CODES.contains(&text.as_str()) => text.as_str(),
        HostError::Other(text) => return text.clone(),
        why => why.code(),
    };
    text(language, &format!("clean-why-{code}"))
}

/// Now, in seconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
