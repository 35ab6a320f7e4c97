//! Every function of every module, on SQLite and on PostgreSQL: what was written is read back, a
//! value that is taken is refused, and nobody's change is lost.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

mod campaigns;
mod cases;
mod directives;
mod jobs;
mod open;
mod portal;
mod reports;
mod sightings;
mod tables;
mod units;
mod users;
mod world;
mod writers;
