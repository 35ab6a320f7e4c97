//! Findings into a plan, a plan into changes that can be undone.
//!
//! [`plan()`] and [`plan_stick`] say what should change and what stays, and why. [`Cleaner`] makes
//! the changes through a [`Host`], after it wrote down in a [`Store`] what was there before, and takes
//! them back. The programs behind `Host` and `Store` are in `adapters/host`.
//!
//! What it deliberately does not do: find malware, decide for the person, touch the disk itself.
//!
//! ```
//! use cleaning::{Facts, plan};
//! use std::collections::{BTreeMap, BTreeSet};
//!
//! let hosts = artifacts::DiskPath::parse(b"/etc/hosts").unwrap();
//! let file = b"127.0.0.1 localhost\n0.0.0.0 update.microsoft.com\n".to_vec();
//! let facts = Facts {
//!     system: artifacts::System::Linux, is_live: true, found: &[], autostarts: &[], unit_links: &[],
//!     texts: &BTreeMap::from([(hosts.clone(), file)]), hosts: Some(&hosts),
//!     listed_names: &BTreeSet::new(), processes: &[], scripts: &[], takes_suspicious: false,
//!     values: &BTreeMap::new(), task_keys: &BTreeMap::new(),
//! };
//! assert_eq!(plan(&facts).steps[0].reason, "hosts-line");
//! ```

mod change;
mod cleaner;
mod container;
mod encoding;
mod host;
mod journal;
mod lines;
mod plan;
mod plan_registry;
mod protect;
mod signature;

pub use change::{
    Before, Change, HIDDEN, KeyTree, Moment, Node, NodeKind, Process, SYSTEM, Times, Value,
};
pub use cleaner::{CleanError, Cleaner, KeptFile, Outcome, Report, Run, io_error, load};
pub use container::{ContainerError, ItemFacts, Opener, Sealer};
pub use encoding::{Bytes, Path};
pub use host::{HOST_CODES, Host, HostError, ItemWriter, Store};
pub use journal::{
    Journal, MAX_BYTES as MAX_JOURNAL_BYTES, Record, VERSION as JOURNAL_VERSION,
    line as journal_line, read as read_journal,
};
pub use plan::{
    Certainty, Facts, Found, Kind, Plan, Stay, Step, StickFacts, plan, plan_stick, starts,
};
pub use plan_registry::service_key;
pub use protect::{PackageFiles, Standing, is_mailbox, is_program, protection, standing};
pub use signature::{NotVerified, Signature};
