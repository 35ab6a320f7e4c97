//! A portal on a database and folder of its own.

use std::path::Path;

use files::ContentStore;
use jiff::tz::TimeZone;
use portal::Portal;
use tempfile::TempDir;

use crate::{Engine, TestClock, TestDatabase};

/// A portal on a database and folder of its own, gone when dropped.
///
/// Not a demo. Its clock stands at 09:00 of 5 August 2026 in Vietnam until a test sets it.
pub struct TestPortal {
    /// The portal.
    pub portal: Portal,
    /// Its clock.
    pub clock: TestClock,
    /// Its database.
    pub database: TestDatabase,
    folder: TempDir,
}

impl TestPortal {
    /// A portal on SQLite.
    pub async fn sqlite() -> Self {
        Self::on(Engine::Sqlite).await
    }

    /// A portal on PostgreSQL.
    pub async fn postgres() -> Self {
        Self::on(Engine::Postgres).await
    }

    /// A portal on this engine.
    pub async fn on(engine: Engine) -> Self {
        let database = TestDatabase::on(engine).await;
        let folder = tempfile::tempdir().unwrap();
        let clock = TestClock::at("2026-08-05T09:00:00+07:00".parse().unwrap());
        let portal = Portal {
            database: database.database.clone(),
            files: ContentStore::new(folder.path().join("files")),
            clock: clock.as_clock(),
            zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
            is_demo: false,
        };
        Self { portal, clock, database, folder }
    }

    /// The folder of its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Runs a test body on a fresh portal of each engine.
pub async fn on_both_portals(body: impl AsyncFn(&TestPortal)) {
    for engine in Engine::BOTH {
        engine.announce();
        body(&TestPortal::on(engine).await).await;
    }
}
