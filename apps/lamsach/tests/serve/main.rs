//! `lamsach serve`, `backup` and `restore`: the real program.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

mod backups;
mod listening;
mod program;
mod refusals;
