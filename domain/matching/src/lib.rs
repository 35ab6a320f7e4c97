//! Contacts against indicators: exact matches, verdicts, one sighting a device and indicator.
//!
//! [`IndexBuilder`] takes indicators one at a time and gives an immutable [`Index`]; a [`Matcher`]
//! per thread examines contacts against it; a [`Gatherer`] per thread sums the hits up.
//!
//! ```
//! use contacts::{Contact, Outcome};
//! use indicators::{Indicator, Scope};
//! use matching::{IndexBuilder, Matcher, Verdict};
//!
//! let mut builder = IndexBuilder::default();
//! let observable = "evil.example".parse().unwrap();
//! let indicator =
//!     Indicator { observable, scope: Scope::Subdomains, family: None, valid_until: None };
//! builder.push(&indicator, "list.txt").unwrap();
//! let index = builder.build();
//! let contact = Contact { name: b"A.Evil.Example.", outcome: Outcome::DnsQueried, ..Contact::default() };
//! let hit = Matcher::new(&index).examine(&contact).unwrap();
//! assert_eq!(hit.verdict, Verdict::DnsQueried);
//! assert_eq!(index.describe(hit.indicator).unwrap().text, "evil.example");
//! ```
//!
//! What it deliberately does not do: read lists or logs, know the time, open files.

mod addresses;
mod bloom;
mod gatherer;
mod index;
mod matcher;
mod names;
mod sighting;
mod suffixes;
mod urls;

pub use gatherer::{Gatherer, MOST_SIGHTINGS, Place};
pub use index::{Described, Index, IndexBuilder, IndexFull, IndicatorId};
pub use matcher::{Destination, Device, Hit, Matcher};
pub use sighting::{Evidence, Sighting, Verdict};
