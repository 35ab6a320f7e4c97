//! Files by which malware starts, spreads and hides, as facts.
//!
//! Bytes in, facts out: shell links, `autorun.inf`, `desktop.ini`, hosts files, scheduled tasks,
//! registry hives, and the [`PLACES`] of Windows and Linux where a program can enter itself to be
//! started. What to think of a fact is the business of detection, what to do about it that of
//! cleaning.
//!
//! ```
//! use artifacts::{System, PLACES};
//! assert!(PLACES.iter().filter(|place| place.system == System::Windows).count() >= 40);
//! assert!(PLACES.iter().filter(|place| place.system == System::Linux).count() >= 20);
//! ```
//!
//! What it deliberately does not do: open files, follow links, verify signatures. Every reader is
//! bounded and gives what it could read together with the word that it was not everything. Where
//! reading starts: [`collect()`] goes through the places of a disk, [`Lnk::parse`], [`Hive::parse`]
//! and the like read one file.

mod bytes;
mod collect;
mod command_line;
mod disk;
mod entry_lines;
mod hive;
mod hosts;
mod ini;
mod lnk;
mod names;
mod places;
mod risks;
mod sockets;
mod stick;
mod task;
mod text;

pub use collect::{
    At, Autostart, Collected, LiveHive, collect, collect_live, collect_registry, native_spelling,
    windows_spelling,
};
pub use command_line::{Surroundings, linux_files, normal_windows_path, windows_files};
pub use disk::{Disk, DiskError, DiskPath, DiskPathError, EntryKind, RegistryView};
pub use hive::{Hive, HiveError, HiveKey, RegistryValue};
pub use hosts::{HostsHarm, HostsLine, hosts_harm, read_hosts, without_lines};
pub use ini::{
    Autorun, DesktopIni, Ini, IniEntry, UrlShortcut, autorun, desktop_ini, url_shortcut,
};
pub use lnk::{Lnk, LnkError};
pub use names::{NameTrick, is_started, name_trick};
pub use places::{FileForm, HiveName, Holds, PLACES, Place, Remover, Source, System, Values};
pub use risks::{Risk, RiskKind, autostart_risk, registry_risks};
pub use sockets::{
    Socket, SocketOwner, SocketState, SocketsRead, Transport, read_proc_net, read_windows_sockets,
};
pub use stick::{Decoy, DecoyKind, StickEntry, StickSigns, is_blank, stick_signs};
pub use task::{Task, TaskAction, TaskError};
pub use text::decode_text;
