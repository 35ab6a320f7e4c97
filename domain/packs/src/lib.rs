//! Packs: rules, hashes, addresses and good files in one signed file for the tools.
//!
//! [`Draft`] makes one, [`sign`] adds the signature of one more person, [`Pack::read`] takes it apart
//! under limits, and [`Ledger::admit`] is the one gate before a tool uses it: enough trusted keys have
//! signed it, and no pack of that name with a higher serial was used before.
//!
//! ```
//! use packs::{Draft, Ledger, Pack, SecretKey, sign};
//!
//! let key = SecretKey::from_seed([7; 32], "first");
//! let day = jiff::civil::date(2026, 12, 31);
//! let draft = Draft::new("chien-dich", 1, jiff::Timestamp::UNIX_EPOCH, day, "doc");
//! let bytes = sign(&draft.build()?, &key)?;
//!
//! let pack = Pack::read(&bytes)?;
//! let admitted = Ledger::default().admit(&pack, &key.public().alone(), day)?;
//! assert!(!admitted.is_expired);
//! # Ok::<(), packs::PackError>(())
//! ```
//!
//! Rules are enciphered with a key that stands in the pack: an antivirus would take their text for
//! the malware it tells. That is no secrecy, and nothing here pretends it is.
//!
//! What it deliberately does not do: keep files, know the day, compile rules or indexes. The form of
//! the file: `docs/formats.md`, "Packs". Where reading starts: `pack.rs`.

mod contents;
mod draft;
mod keys;
mod ledger;
mod pack;

pub use contents::{Contents, Family, RuleFile};
pub use draft::Draft;
pub use keys::{KeyFileError, NamedKey, PublicKey, SecretKey, TrustedKeys};
pub use ledger::{Admitted, Ledger, LedgerError};
pub use pack::{Pack, PackError, SectionFacts, sign};

/// The version of the format that is written and read.
pub const VERSION: u32 = 1;
/// The largest pack, in bytes.
pub const MOST_BYTES: usize = 256 << 20;
