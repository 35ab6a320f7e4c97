//! Packets of an interface as they pass: Linux's `AF_PACKET` with a ring of blocks that is shared with
//! the system (`TPACKET_V3`), so that no packet is copied and the system counts what it had no room for.
//!
//! [`give_up_rights`] is to be called when every socket is open: from then on the program can open no
//! other that takes rights.
//!
//! [`Sender`] and [`Injector`] put frames on an interface, for benchmarks of the former.
//!
//! What it deliberately does not do: know protocols above the link, filter.

#![cfg(target_os = "linux")]

mod injector;
mod rights;
mod ring;
mod sender;

pub use injector::Injector;
pub use rights::{RightsError, give_up_rights};
pub use ring::{Capture, Counts, Packets};
pub use sender::Sender;
