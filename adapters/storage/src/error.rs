//! What can go wrong between us and the database.

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The data folder cannot be made or opened.
    #[error("cannot use the data folder `{folder}`")]
    Folder {
        /// The folder.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database refused or is away; trying again can help when it was away.
    #[error("the database did not answer as expected")]
    Database(#[from] sqlx::Error),
    /// The database was made by a newer program; only that one or a newer one can open it.
    #[error("the database was made by a newer program (version {version} of the tables)")]
    Newer {
        /// Version of the tables that this program does not know.
        version: i64,
    },
    /// A migration failed.
    #[error("cannot bring the database to this program's version")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A stored value is not what this program writes.
    #[error("column `{column}` holds `{value}`, which cannot be read")]
    Column {
        /// Name of the column.
        column: &'static str,
        /// The value, as text.
        value: String,
    },
    /// A unique value is taken: somebody else was first.
    #[error("the value is already taken")]
    Taken(#[source] sqlx::Error),
}

impl From<sqlx::migrate::MigrateError> for StorageError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(version)
            | sqlx::migrate::MigrateError::VersionTooNew(version, _) => Self::Newer { version },
            error => Self::Migration(error),
        }
    }
}

impl StorageError {
    /// Turns a violated unique constraint into [`StorageError::Taken`].
    pub(crate) fn from_write(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Taken(error),
            _ => Self::Database(error),
        }
    }
}
