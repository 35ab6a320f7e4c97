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
//! assert_eq!(index.describe(hit.indicator).unwrap().text(), "evil.example");
//! ```
//!
//! What it deliberately does not do: read lists or logs, know the time, open files.

mod about;
mod apart;
mod builder;
mod columns;
mod filter;
mod gatherer;
mod image;
mod index;
mod layers;
mod logged;
mod matcher;
mod names;
mod networks;
mod sieve;
mod sighting;
mod standing_in;
mod suffixes;
mod tails;
mod texts;
mod urls;
mod v4_map;
mod verify;
mod view;

pub use about::{About, AboutList};
pub use apart::{Apart, Questions};
pub use builder::{IndexBuilder, Origin};
pub use gatherer::{Gatherer, MOST_SIGHTINGS, Place};
pub use image::{INDEX_VERSION, IndexError, Storage};
pub use index::{Described, Index, IndexFull, IndicatorId};
pub use layers::{Describe, Layers, TooManyLayers};
pub use matcher::{Destination, Device, Hit, Matcher};
pub use naming::{Confidence as NameConfidence, Intermediary, Source as NameSource, ToldBy};
pub use observables::Readable;
pub use sieve::{Chosen, Sieve};
pub use sighting::{Evidence, Sighting, Verdict};
pub use standing_in::StandingIn;
