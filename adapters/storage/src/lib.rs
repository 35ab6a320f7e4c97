//! The only crate that knows SQL: SQLite by default, PostgreSQL when one machine is outgrown.
//!
//! One SQL text and one migrations folder serve both. The rules that make it so stand at the top
//! of `migrations/0001_foundation.sql`; each module below holds the queries of one noun and gives
//! domain values or plain records, never rows.
//!
//! What it deliberately does not do: decide who may see what, or what may happen next.
//!
//! ```
//! # async fn doc() -> Result<(), storage::StorageError> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let folder = folder.path().to_owned();
//! let database = storage::Database::open(&storage::Location::Folder(folder)).await?;
//! let mut write = database.write().await?;
//! storage::settings::put(&mut write, "greeting", "xin chào").await?;
//! write.commit().await?;
//! let mut read = database.read().await?;
//! assert_eq!(storage::settings::get(&mut read, "greeting").await?.as_deref(), Some("xin chào"));
//! # Ok(())
//! # }
//! ```

mod columns;
mod connect;
mod erase;
mod error;
mod tables;

pub mod audit;
pub mod campaigns;
pub mod cases;
pub mod copies;
pub mod devices;
pub mod directives;
pub mod jobs;
pub mod packs;
pub mod reports;
pub mod scans;
pub mod settings;
pub mod side_cars;
pub mod sightings;
pub mod tokens;
pub mod units;
pub mod users;

pub use connect::{Database, Location, Read, Snapshot, Write};
pub use erase::erase_all;
pub use error::StorageError;
/// A connection, whether for reading or within a transaction.
pub use sqlx::AnyConnection as Connection;
