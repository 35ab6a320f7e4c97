//! Lists of malicious addresses: reading them and saying what was refused.
//!
//! [`read_list`] takes the bytes of a list, finds its format, and pushes every [`Indicator`] into
//! a sink, so that a list of a million lines is never held in memory twice. Whatever it cannot
//! take is counted and listed with its line and reason in the [`ListReport`].
//!
//! ```
//! use indicators::{ReadOptions, read_list};
//!
//! let list = b"# campaign 2026\nevil[.]example\n192.0.2.0/24\n/gate.php\n";
//! let mut found = Vec::new();
//! let report = read_list(&mut &list[..], ReadOptions::default(), |it| found.push(it));
//! assert_eq!(found.len(), 2);
//! assert_eq!(report.refused[0].reason.code(), "url-without-host");
//! assert_eq!(report.refused[0].line, 4);
//! ```
//!
//! What it deliberately does not do: open files, match.

pub mod formats;
mod guard;
mod indicator;
mod read;
mod report;

pub use formats::ListFormat;
pub use guard::{Guard, GuardError, Judgement};
pub use indicator::{Indicator, Scope};
pub use read::{ReadOptions, read_guarded_list, read_list};
pub use report::{ListProblem, ListReport, Reason, Refused};
