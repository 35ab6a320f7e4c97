//! An empty database of its own for a test.

use std::sync::atomic::{AtomicU32, Ordering};

use storage::{Database, Location};
use tempfile::TempDir;

use crate::postgres;

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file in a temporary folder.
    Sqlite,
    /// A database of its own in the test cluster.
    Postgres,
}

impl Engine {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// Tells a failing test's reader on which engine it failed.
    #[expect(clippy::print_stderr, reason = "shown beside a failed test only")]
    pub(crate) fn announce(self) {
        eprintln!("on {self:?}");
    }
}

/// An empty database brought to this program's version, gone when dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// The database.
    pub database: Database,
    location: Location,
    // Dropped after the above: the folder goes, or the database is dropped.
    _keep: Keep,
}

#[derive(Debug)]
enum Keep {
    Folder { _folder: TempDir },
    Postgres(String),
}

impl TestDatabase {
    /// On SQLite.
    pub async fn sqlite() -> Self {
        Self::on(Engine::Sqlite).await
    }

    /// On PostgreSQL.
    pub async fn postgres() -> Self {
        Self::on(Engine::Postgres).await
    }

    /// On this engine.
    pub async fn on(engine: Engine) -> Self {
        let (location, keep) = match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                (Location::Folder(folder.path().to_owned()), Keep::Folder { _folder: folder })
            }
            Engine::Postgres => {
                static COUNT: AtomicU32 = AtomicU32::new(0);
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let name = format!("test_{}_{count}", std::process::id());
                (Location::Postgres(postgres::create(&name).await), Keep::Postgres(name))
            }
        };
        let database = Database::open(&location).await.expect("a fresh database opens");
        Self { database, location, _keep: keep }
    }

    /// Where it is, for a program that opens it too.
    pub fn location(&self) -> &Location {
        &self.location
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        if let Self::Postgres(name) = self {
            postgres::drop_database(name);
        }
    }
}

/// Runs a test body on an empty database of each engine.
pub async fn on_both_databases(body: impl AsyncFn(Database)) {
    for engine in Engine::BOTH {
        engine.announce();
        let test = TestDatabase::on(engine).await;
        body(test.database.clone()).await;
    }
}
