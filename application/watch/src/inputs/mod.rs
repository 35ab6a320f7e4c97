//! What can be watched.

mod event_log;
mod file;
mod flows;
mod interface;
mod questions;
mod syslog;

use std::io;
use std::sync::Arc;

use log_check::{Columns, Format};

use crate::Desk;

pub use file::FileInput;
pub use flows::FlowInput;
pub use interface::InterfaceInput;
pub use questions::SinkholeInput;
pub use syslog::SyslogInput;

/// Something that is watched; it runs in a thread of its own.
pub trait Input: Send {
    /// What it is called in evidence and by the portal: the same after each start.
    fn name(&self) -> &str;

    /// Reads until the desk says to end.
    fn run(self: Box<Self>, desk: &Desk) -> io::Result<()>;
}

/// A format that was asked for, with its map of columns where it needs one.
pub type LogFormat = (Format, Option<Arc<Columns>>);
