//! Measures: one number, one definition each. The definitions stand in `docs/measures.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts below this are not shown in public figures.
pub(crate) const SMALL_COUNT: u64 = 5;

/// A figure the system counts by itself. Definition of each: `docs/measures.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Units and organisations of every kind that received the information.
    UnitsInformed,
    /// Agencies and organisations, without enterprises, that carry out the campaign.
    UnitsLaunched,
    /// Devices with a case that is no false positive.
    DevicesInfected,
    /// Of these, verified clean.
    DevicesVerified,
    /// Of these, declared clean and not verified yet.
    DevicesDeclared,
    /// Devices with a sighting of a published address that is a finding.
    DevicesSeen,
    /// Of these, declared clean or better.
    DevicesSeenHandled,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 7] = [
        Self::UnitsInformed,
        Self::UnitsLaunched,
        Self::DevicesInfected,
        Self::DevicesVerified,
        Self::DevicesDeclared,
        Self::DevicesSeen,
        Self::DevicesSeenHandled,
    ];

    /// The code used in forms and in `docs/measures.md`.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnitsInformed => "units-informed",
            Self::UnitsLaunched => "units-launched",
            Self::DevicesInfected => "devices-infected",
            Self::DevicesVerified => "devices-verified",
            Self::DevicesDeclared => "devices-declared",
            Self::DevicesSeen => "devices-seen",
            Self::DevicesSeenHandled => "devices-seen-handled",
        }
    }
}

/// What the system counted, by measure.
pub type Measured = BTreeMap<Measure, i64>;

/// A count for the public: `None` from 1 to 4, so that it never points at a person; 0 is
/// shown, for it points at nobody.
pub fn public_count(count: u64) -> Option<u64> {
    (count == 0 || count >= SMALL_COUNT).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_not_shown_in_public() {
        let check = |count, expected| assert_eq!(public_count(count), expected);
        check(0, Some(0));
        check(1, None);
        check(4, None);
        check(5, Some(5));
    }

    #[test]
    fn every_measure_is_defined_in_the_docs() {
        let docs = include_str!("../../../docs/measures.md");
        for measure in Measure::ALL {
            assert!(docs.contains(&format!("### `{}`", measure.code())), "{}", measure.code());
        }
    }
}
