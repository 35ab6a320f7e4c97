//! The computer, or the mounted disk, that is cleaned, and the folder that keeps what was taken away.
//!
//! [`Computer`] is [`cleaning::Host`] and [`artifacts::Disk`] on a real file system, [`FolderStore`] is
//! [`cleaning::Store`] in a folder. Linux is `linux/`; a system of another kind gets a folder beside it
//! with a `Computer` of the same functions, and until then stands in `elsewhere.rs`, which refuses to
//! open.
//!
//! What it deliberately does not do: decide what is changed, and follow a link on the way to it.

mod store;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Computer, sticks};
#[cfg(target_os = "linux")]
pub use linux::{Computer, sticks};
pub use store::FolderStore;
