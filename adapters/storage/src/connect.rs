//! Opening a database, reading and writing.

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction, pool::PoolConnection};

use crate::StorageError;

/// Where the data lives.
#[derive(Clone, Debug)]
pub enum Location {
    /// A folder with one SQLite file, `lamsach.db`.
    Folder(PathBuf),
    /// A PostgreSQL database: `postgres://user@host/name`.
    Postgres(String),
}

/// An open database of either kind, brought to this program's version.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
    is_sqlite: bool,
}

/// A connection for reading.
#[derive(Debug)]
pub struct Read(PoolConnection<Any>);

/// A transaction: everything or nothing, undone unless [`Write::commit`] is called.
#[derive(Debug)]
pub struct Write {
    transaction: Transaction<'static, Any>,
    is_sqlite: bool,
}

/// One moment of the whole database, whatever is written meanwhile.
#[derive(Debug)]
pub struct Snapshot(Transaction<'static, Any>);

const SQLITE_SETUP: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
     PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000;";

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

impl Database {
    /// Opens the database, makes it if it is not there, and brings it to this program's version.
    pub async fn open(location: &Location) -> Result<Self, StorageError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let (url, is_sqlite) = match location {
            Location::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|source| StorageError::Folder {
                    folder: folder.display().to_string(),
                    source,
                })?;
                (format!("sqlite://{}?mode=rwc", folder.join("lamsach.db").display()), true)
            }
            Location::Postgres(url) => (url.clone(), false),
        };
        let pool = AnyPoolOptions::new()
            .max_connections(if is_sqlite { 8 } else { 16 })
            .acquire_timeout(Duration::from_secs(20))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if is_sqlite {
                        connection.execute(SQLITE_SETUP).await?;
                    }
                    Ok(())
                })
            })
            .connect(&url)
            .await?;
        MIGRATIONS.run(&pool).await?;
        Ok(Self { pool, is_sqlite })
    }

    /// Whether this is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        self.is_sqlite
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Read, StorageError> {
        Ok(Read(self.pool.acquire().await?))
    }

    /// Begins a transaction. On SQLite it takes the write lock at once, so that two writers wait
    /// for each other instead of failing when the second one first writes.
    pub async fn write(&self) -> Result<Write, StorageError> {
        let begin = if self.is_sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        let transaction = self.pool.begin_with(begin).await?;
        Ok(Write { transaction, is_sqlite: self.is_sqlite })
    }

    /// One moment of the whole database, for reading all of it while others write.
    pub async fn snapshot(&self) -> Result<Snapshot, StorageError> {
        let begin = if self.is_sqlite {
            "BEGIN"
        } else {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        };
        let mut transaction = self.pool.begin_with(begin).await?;
        // The moment is that of the first read.
        transaction.execute("SELECT name FROM settings LIMIT 1").await?;
        Ok(Snapshot(transaction))
    }

    /// Version of the tables that this program makes and reads.
    pub fn tables_version() -> i64 {
        MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
    }

    /// Closes every connection; the SQLite write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Write {
    /// Whether this is the embedded database, which has one writer at a time.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.is_sqlite
    }

    /// Makes everything written since [`Database::write`] lasting.
    pub async fn commit(self) -> Result<(), StorageError> {
        Ok(self.transaction.commit().await?)
    }
}

impl Deref for Read {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.0
    }
}

impl DerefMut for Read {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.0
    }
}

impl Deref for Write {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

impl Deref for Snapshot {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.0
    }
}

impl DerefMut for Snapshot {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.0
    }
}
