//! What was found against what is true.

use std::collections::BTreeSet;

use anyhow::Context as _;
use serde_json::Value;
use simulation::TrueSighting;

/// Sightings that are wrong; one with a wrong count, time or verdict is wrong both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mistakes {
    /// Found and not true.
    pub(crate) false_positives: usize,
    /// True and not found.
    pub(crate) false_negatives: usize,
}

/// Compares whole sightings.
pub(crate) fn mistakes(truth: &[TrueSighting], found: &[TrueSighting]) -> Mistakes {
    let truth: BTreeSet<_> = truth.iter().collect();
    let distinct: BTreeSet<_> = found.iter().collect();
    // The same sighting twice is one too many.
    let repeated = found.len() - distinct.len();
    Mistakes {
        false_positives: distinct.difference(&truth).count() + repeated,
        false_negatives: truth.difference(&distinct).count(),
    }
}

/// A sighting in the truth's words; fields that the truth does not know are left out.
pub(crate) fn in_truths_words(sighting: Value) -> anyhow::Result<TrueSighting> {
    serde_json::from_value(sighting).context("a sighting lacks a field")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_being_wrong_is_counted() {
        let sighting = |device: &str, count: u64| {
            in_truths_words(serde_json::json!({
                "device": device, "indicator": "evil.example", "verdict": "connected",
                "count": count, "first_seen": "2026-11-01T00:00:00Z",
                "last_seen": "2026-11-02T00:00:00Z", "destination": "a.evil.example",
            }))
            .unwrap()
        };
        let truth = [sighting("10.0.0.1", 1), sighting("10.0.0.2", 2)];
        let check = |found: &[TrueSighting], false_positives, false_negatives| {
            let expected = Mistakes { false_positives, false_negatives };
            assert_eq!(mistakes(&truth, found), expected, "{found:?}");
        };
        check(&truth, 0, 0);
        check(&[], 0, 2);
        check(&truth[..1], 0, 1);
        check(&[truth[0].clone(), sighting("10.0.0.2", 3)], 1, 1);
        check(&[truth[0].clone(), truth[1].clone(), truth[1].clone()], 1, 0);
    }
}
