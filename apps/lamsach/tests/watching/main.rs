//! `lamsach watch`: the real program, fed by real ones where they are installed.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

mod events;
mod files;
mod interface;
mod netflow;
mod place;
mod sinkhole;
mod syslog;
mod webhook;
