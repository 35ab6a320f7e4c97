//! Where a portal's data are: settings that `serve`, `backup` and `restore` share.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use files::{ContentStore, FolderLock};
use jiff::{Timestamp, tz::TimeZone};
use portal::Portal;
use storage::{Database, Location, StorageError};

use command_line::bilingual;

/// Where the data are.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Place {
    #[arg(long, value_name = "FOLDER", default_value = "data", env = "LAMSACH_DATA")]
    pub(crate) data: PathBuf,
    #[arg(long, value_name = "URL", env = "LAMSACH_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

impl Place {
    /// Keeps a second program out of a data folder with its own database. Several programs may
    /// share one on PostgreSQL.
    pub(crate) fn lock(&self) -> anyhow::Result<Option<FolderLock>> {
        if self.database.is_some() {
            return Ok(None);
        }
        let taken = FolderLock::take(&self.data)
            .map_err(|error| unusable_folder(&self.data.display().to_string(), error))?;
        if let Some(lock) = taken {
            return Ok(Some(lock));
        }
        let folder = self.data.display().to_string();
        Err(bilingual::failure("serve-folder-taken", &[("folder", folder.into())]))
    }

    /// Opens the database, made when it is not there.
    async fn open(&self) -> anyhow::Result<Database> {
        Database::open(&self.location()).await.map_err(|error| match error {
            StorageError::Newer { version } => bilingual::failure(
                "serve-newer-database",
                &[("version", version.to_string().into())],
            ),
            StorageError::Folder { folder, source } => unusable_folder(&folder, source),
            error => anyhow::Error::from(error).context(bilingual::lines("serve-database", &[])),
        })
    }

    /// Opens the portal with the system's clock.
    pub(crate) async fn portal(&self) -> anyhow::Result<Portal> {
        Ok(Portal {
            database: self.open().await?,
            files: ContentStore::new(self.data.join("files")),
            clock: Arc::new(Timestamp::now),
            zone: TimeZone::get("Asia/Ho_Chi_Minh")?,
            is_demo: false,
        })
    }

    /// Whether a database is there already, as far as the folder tells.
    pub(crate) fn exists(&self) -> bool {
        self.database.is_some() || self.data.join("lamsach.db").exists()
    }

    /// Where the database is.
    fn location(&self) -> Location {
        match &self.database {
            Some(url) => Location::Postgres(url.clone()),
            None => Location::Folder(self.data.clone()),
        }
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.data
    }
}

fn unusable_folder(folder: &str, error: io::Error) -> anyhow::Error {
    let said = bilingual::lines("serve-folder", &[("folder", folder.into())]);
    anyhow::Error::from(error).context(said)
}
