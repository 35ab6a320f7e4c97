//! The work on one device.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days a device must stay unseen, while its site's logs were read, before it counts as verified.
pub const DEFAULT_QUIET_DAYS: usize = 14;

/// Where the work on a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// Something was found on the device.
    Opened,
    /// The device's user or keeper was told.
    Notified,
    /// Somebody is at it.
    Cleaning,
    /// The unit says that it is clean.
    DeclaredClean,
    /// A clean scan or a recorded remedy, and then not seen for long enough.
    VerifiedClean,
    /// Done.
    Closed,
    /// The finding was wrong; the reason is recorded.
    FalsePositive,
    /// Seen again after it was declared clean.
    Reinfected,
}

/// What a person does to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseStep {
    /// The keeper was told.
    Notify,
    /// The work begins.
    StartCleaning,
    /// The unit says what it did and that the device is clean.
    DeclareClean,
    /// The finding was wrong.
    MarkFalsePositive,
    /// A false positive or a closed case is taken up again.
    Reopen,
    /// A verified case is done.
    Close,
}

/// A step that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a case that is {from} takes no step {step}")]
pub struct StepRefused {
    /// Where the case stands.
    pub from: CaseState,
    /// What was tried.
    pub step: CaseStep,
}

impl CaseState {
    /// Every state, in the order of the work.
    pub const ALL: [Self; 8] = [
        Self::Opened,
        Self::Notified,
        Self::Cleaning,
        Self::DeclaredClean,
        Self::VerifiedClean,
        Self::Closed,
        Self::FalsePositive,
        Self::Reinfected,
    ];

    /// The code kept in the database and in message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Notified => "notified",
            Self::Cleaning => "cleaning",
            Self::DeclaredClean => "declared-clean",
            Self::VerifiedClean => "verified-clean",
            Self::Closed => "closed",
            Self::FalsePositive => "false-positive",
            Self::Reinfected => "reinfected",
        }
    }

    /// Where a step leads.
    pub fn after(self, step: CaseStep) -> Result<Self, StepRefused> {
        use CaseState as S;
        use CaseStep as T;
        match (self, step) {
            (S::Opened | S::Reinfected, T::Notify) => Ok(S::Notified),
            (S::Opened | S::Notified | S::Reinfected, T::StartCleaning) => Ok(S::Cleaning),
            (S::Opened | S::Notified | S::Cleaning | S::Reinfected, T::DeclareClean) => {
                Ok(S::DeclaredClean)
            }
            (
                S::Opened | S::Notified | S::Cleaning | S::DeclaredClean | S::Reinfected,
                T::MarkFalsePositive,
            ) => Ok(S::FalsePositive),
            (S::FalsePositive | S::Closed | S::DeclaredClean, T::Reopen) => Ok(S::Opened),
            (S::VerifiedClean, T::Close) => Ok(S::Closed),
            (from, step) => Err(StepRefused { from, step }),
        }
    }

    /// The steps this state allows, in the order to offer them.
    pub fn steps(self) -> impl Iterator<Item = CaseStep> {
        CaseStep::ALL.into_iter().filter(move |step| self.after(*step).is_ok())
    }

    /// Whether a sighting of `seen_at` means that the device was not clean after all.
    #[must_use]
    pub fn after_sighting(self, declared_at: Option<Timestamp>, seen_at: Timestamp) -> Self {
        let was_declared = matches!(self, Self::DeclaredClean | Self::VerifiedClean | Self::Closed);
        let is_later = declared_at.is_some_and(|declared_at| seen_at > declared_at);
        if was_declared && is_later { Self::Reinfected } else { self }
    }

    /// How far from done the work is, most where it has just begun. Of two devices that turn out to
    /// be one, the case with more of it goes on: a device is no cleaner than its worse half.
    pub fn work_left(self) -> u8 {
        match self {
            Self::Reinfected => 7,
            Self::Opened => 6,
            Self::Notified => 5,
            Self::Cleaning => 4,
            Self::DeclaredClean => 3,
            Self::VerifiedClean => 2,
            Self::Closed => 1,
            Self::FalsePositive => 0,
        }
    }

    /// Whether somebody still has work with the device.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Opened | Self::Notified | Self::Cleaning | Self::Reinfected)
    }

    /// Whether the device counts as infected in figures: everything but a false positive.
    pub fn counts_as_infected(self) -> bool {
        self != Self::FalsePositive
    }

    /// Whether the device counts as handled: declared or better.
    pub fn counts_as_handled(self) -> bool {
        matches!(self, Self::DeclaredClean | Self::VerifiedClean | Self::Closed)
    }

    /// Whether the device counts as verified.
    pub fn counts_as_verified(self) -> bool {
        matches!(self, Self::VerifiedClean | Self::Closed)
    }
}

impl CaseStep {
    /// Every step, in the order of the work.
    pub const ALL: [Self; 6] = [
        Self::Notify,
        Self::StartCleaning,
        Self::DeclareClean,
        Self::MarkFalsePositive,
        Self::Reopen,
        Self::Close,
    ];

    /// The code used in forms and message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::StartCleaning => "start-cleaning",
            Self::DeclareClean => "declare-clean",
            Self::MarkFalsePositive => "mark-false-positive",
            Self::Reopen => "reopen",
            Self::Close => "close",
        }
    }

    /// Whether the step takes the work back instead of forward.
    pub fn leads_back(self) -> bool {
        matches!(self, Self::MarkFalsePositive | Self::Reopen)
    }

    /// Whether the step needs words: what was done, or why the finding was wrong.
    pub fn needs_note(self) -> bool {
        matches!(self, Self::DeclareClean | Self::MarkFalsePositive | Self::Reopen)
    }
}

/// What is known of a device that was declared clean.
#[derive(Clone, Debug)]
pub struct Quiet<'a> {
    /// When the unit declared it clean.
    pub declared_on: Date,
    /// Last day on which it was seen contacting a published address.
    pub last_seen_on: Option<Date>,
    /// Days for which its site's logs were read.
    pub covered_days: &'a BTreeSet<Date>,
    /// Whether a clean re-scan by the tool or a remedy on record stands behind the declaration.
    pub has_evidence: bool,
}

/// How far a declared device is from being verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Enough quiet days under watch, with evidence.
    Verified,
    /// Not yet.
    Waiting {
        /// Quiet days that count so far.
        quiet_days: usize,
        /// Quiet days needed.
        needed: usize,
        /// Whether a re-scan or a remedy is missing.
        lacks_evidence: bool,
    },
    /// Seen after the declaration.
    SeenAgain,
}

/// Whether a declared device is verified: silence counts only on days whose logs were read.
///
/// Definition: docs/measures.md, "verified clean".
pub fn verify(quiet: &Quiet<'_>, needed: usize) -> Verification {
    if quiet.last_seen_on.is_some_and(|seen| seen > quiet.declared_on) {
        return Verification::SeenAgain;
    }
    let quiet_days = quiet.covered_days.iter().filter(|day| **day > quiet.declared_on).count();
    if quiet.has_evidence && quiet_days >= needed {
        Verification::Verified
    } else {
        Verification::Waiting { quiet_days, needed, lacks_evidence: !quiet.has_evidence }
    }
}

impl fmt::Display for CaseState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for CaseStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no state or step of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a state or step of a case")]
pub struct UnknownCaseWord;

impl FromStr for CaseState {
    type Err = UnknownCaseWord;

    fn from_str(code: &str) -> Result<Self, UnknownCaseWord> {
        Self::ALL.into_iter().find(|it| it.code() == code).ok_or(UnknownCaseWord)
    }
}

impl FromStr for CaseStep {
    type Err = UnknownCaseWord;

    fn from_str(code: &str) -> Result<Self, UnknownCaseWord> {
        Self::ALL.into_iter().find(|it| it.code() == code).ok_or(UnknownCaseWord)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_state_takes_exactly_these_steps() {
        let mut table = String::new();
        for state in CaseState::ALL {
            let steps: Vec<_> = state
                .steps()
                .map(|step| format!("{step} -> {}", state.after(step).unwrap()))
                .collect();
            writeln!(table, "{state}: {}", steps.join(", ")).unwrap();
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_sighting_after_the_declaration_is_a_reinfection() {
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        let declared = Some(moment("2026-11-10T08:00:00Z"));
        let check = |state: CaseState, seen: &str, expected| {
            assert_eq!(state.after_sighting(declared, moment(seen)), expected, "{state} {seen}");
        };
        check(CaseState::DeclaredClean, "2026-11-11T08:00:00Z", CaseState::Reinfected);
        check(CaseState::VerifiedClean, "2026-12-11T08:00:00Z", CaseState::Reinfected);
        check(CaseState::Closed, "2026-12-11T08:00:00Z", CaseState::Reinfected);
        check(CaseState::DeclaredClean, "2026-11-09T08:00:00Z", CaseState::DeclaredClean);
        check(CaseState::Cleaning, "2026-11-11T08:00:00Z", CaseState::Cleaning);
        check(CaseState::FalsePositive, "2026-11-11T08:00:00Z", CaseState::FalsePositive);
    }

    #[test]
    fn silence_counts_only_on_days_whose_logs_were_read() {
        let days = |from: i8, to: i8| -> BTreeSet<Date> {
            (from..=to).map(|day| date(2026, 11, day)).collect()
        };
        let check = |covered: &BTreeSet<Date>, seen: Option<Date>, has_evidence, expected| {
            let declared_on = date(2026, 11, 10);
            let quiet =
                Quiet { declared_on, last_seen_on: seen, covered_days: covered, has_evidence };
            assert_eq!(verify(&quiet, 14), expected);
        };
        let waiting = |quiet_days, lacks_evidence| Verification::Waiting {
            quiet_days,
            needed: 14,
            lacks_evidence,
        };
        check(&days(11, 24), None, true, Verification::Verified);
        check(&days(11, 24), Some(date(2026, 11, 9)), true, Verification::Verified);
        check(&days(11, 24), Some(date(2026, 11, 20)), true, Verification::SeenAgain);
        check(&days(11, 23), None, true, waiting(13, false));
        check(&BTreeSet::new(), None, true, waiting(0, false));
        check(&days(1, 10), None, true, waiting(0, false));
        check(&days(11, 24), None, false, waiting(14, true));
    }

    proptest! {
        #[test]
        fn more_coverage_never_takes_a_verification_back(
            days in proptest::collection::btree_set(1_i8..=30, 0..30),
            more in proptest::collection::btree_set(1_i8..=30, 0..30),
        ) {
            let dates = |days: &BTreeSet<i8>| -> BTreeSet<Date> {
                days.iter().map(|day| date(2026, 11, *day)).collect()
            };
            let (few, many) = (dates(&days), &dates(&days) | &dates(&more));
            let quiet = |covered_days| {
                let declared_on = date(2026, 11, 3);
                verify(&Quiet { declared_on, last_seen_on: None, covered_days, has_evidence: true }, 7)
            };
            if quiet(&few) == Verification::Verified {
                prop_assert_eq!(quiet(&many), Verification::Verified);
            }
        }
    }
}
