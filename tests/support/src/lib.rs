//! What tests share: empty databases on both engines, a portal with a clock that tests set, and a
//! small world in it.
//!
//! A test body that must hold on SQLite and on PostgreSQL:
//!
//! ```no_run
//! # async fn doc() {
//! test_support::on_both_databases(async |database: storage::Database| {
//!     let mut read = database.read().await.unwrap();
//!     assert!(storage::units::list(&mut read).await.unwrap().is_empty());
//! })
//! .await;
//! # }
//! ```
//!
//! PostgreSQL: `script/test` starts one cluster and names it in `LAMSACH_TEST_POSTGRES`; without
//! it, each test process starts its own, which ends with the process. A machine without
//! PostgreSQL's server programs fails the test: it does not pass silently.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot be set up must fail"
)]

mod clock;
mod database;
mod postgres;
mod test_portal;
mod world;

pub use clock::TestClock;
pub use database::{Engine, TestDatabase, on_both_databases};
pub use test_portal::{TestPortal, on_both_portals};
pub use world::{LOG, World, actor, person};
