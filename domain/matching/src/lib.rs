//! Contacts against indicators: exact matches, verdicts, one sighting a device and indicator.

mod sighting;

pub use sighting::{Evidence, Sighting, Verdict};
