//! The computer, or the mounted disk, that is cleaned, and the folder that keeps what was taken away.
//!
//! [`Computer`] is [`cleaning::Host`] and [`artifacts::Disk`] on a real file system, [`FolderStore`] is
//! [`cleaning::Store`] in a folder. Linux is `linux/`, Windows `windows/`; any other system stands in
//! `elsewhere.rs`, whose `Computer` has the same functions and refuses to open.
//!
//! What it deliberately does not do: decide what is changed, and follow a link on the way to it.

mod running;
mod signatures;
mod state;
mod store;

#[cfg(not(any(target_os = "linux", windows)))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
#[expect(unsafe_code, reason = "the calls of Windows have no safe form")]
mod windows;

#[cfg(not(any(target_os = "linux", windows)))]
pub use elsewhere::{Computer, disks, sticks};
#[cfg(target_os = "linux")]
pub use linux::{Computer, disks, sticks};
pub use running::{AskedNames, HeldSocket, NotSeen, Program, Running, Unseen};
pub use signatures::SignatureCheck;
pub use state::state_folder;
pub use store::FolderStore;
#[cfg(windows)]
pub use windows::{Computer, disks, sticks};
