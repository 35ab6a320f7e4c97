//! Log lines and packets into contacts: who talked to what, when, and how it ended.
//!
//! One module per format under [`formats`]; [`detect()`] tells which one a file is. A [`Parser`]
//! takes one line and pushes zero or more [`Contact`]s whose fields are slices of that line:
//! nothing is copied or checked until the matcher has found an indicator in it, and nothing decoded
//! but names and answers that a format writes in a code of its own.
//!
//! ```
//! use contacts::{Format, LineKind, Outcome, Parser};
//!
//! let line = b"24-Nov-2026 08:00:01.123 client @0x7f 10.0.0.7#51511 (a.evil.example): \
//!              query: a.evil.example IN A +E(0)K (10.0.0.1)";
//! let mut parser = Parser::new(Format::Bind);
//! let mut seen = Vec::new();
//! let kind = parser.read_line(line, &mut |contact| {
//!     seen.push((contact.device.to_vec(), contact.name.to_vec(), contact.outcome));
//! });
//! assert_eq!(kind, LineKind::Understood);
//! assert_eq!(seen, [(b"10.0.0.7".to_vec(), b"a.evil.example".to_vec(), Outcome::DnsQueried)]);
//! ```
//!
//! Captures of packets are read by [`packets`] and flow records by [`flows`], which give
//! [`WireContact`]s: values instead of text. Files of events (EVTX, dnstap) are read by [`events`].
//!
//! What it deliberately does not do: open files, unpack, know indicators, decide verdicts.

mod contact;
mod detect;
pub mod dns;
pub mod events;
mod fields;
pub mod flows;
pub mod formats;
mod json;
mod key_value;
mod layouts;
pub mod packets;
mod parser;
mod scan;
mod syslog;
mod syslog_frames;
mod time;
pub mod traces;
mod tree;
mod wire;

pub use contact::{Between, Contact, Outcome, Part};
pub use detect::{Detection, Encoding, detect};
pub use fields::{answer_addresses, is_name_byte, run_behind_escape};
pub use formats::Format;
pub use formats::columns::{Columns, ColumnsError};
pub use parser::{LineKind, Parser};
pub use scan::NameRuns;
pub use syslog::host as syslog_host;
pub use syslog_frames::SyslogFrames;
pub use time::TimeReading;
pub use wire::WireContact;
