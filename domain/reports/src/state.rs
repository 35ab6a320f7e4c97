//! Where a report stands, and what may happen next.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportState {
    /// Being written by the unit.
    Draft,
    /// Approved by the unit's own leader, who is not its author.
    Approved,
    /// Sent to the focal unit.
    Submitted,
    /// The focal unit asks for a supplement; the unit writes the next revision.
    SupplementAsked,
    /// The focal unit took note of it.
    Noted,
    /// Figures are locked with the campaign.
    Locked,
}

/// What a person does to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportStep {
    /// An officer changes it.
    Edit,
    /// The unit's leader approves it.
    Approve,
    /// The unit's leader hands it back to the author.
    HandBack,
    /// The unit sends it on.
    Submit,
    /// The focal unit takes note of it.
    Note,
    /// The focal unit asks for a supplement.
    AskSupplement,
    /// The figures are locked.
    Lock,
}

/// A step that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a report that is {from} takes no step {step}")]
pub struct ReportStepRefused {
    /// Where the report stands.
    pub from: ReportState,
    /// What was tried.
    pub step: ReportStep,
}

impl ReportState {
    /// Every state, in the order of the work.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Approved,
        Self::Submitted,
        Self::SupplementAsked,
        Self::Noted,
        Self::Locked,
    ];

    /// The code kept in the database and in message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Submitted => "submitted",
            Self::SupplementAsked => "supplement-asked",
            Self::Noted => "noted",
            Self::Locked => "locked",
        }
    }

    /// Where a step leads. An edit of an approved report takes the approval back.
    pub fn after(self, step: ReportStep) -> Result<Self, ReportStepRefused> {
        use ReportState as S;
        use ReportStep as T;
        match (self, step) {
            (S::Draft | S::SupplementAsked | S::Approved, T::Edit) | (S::Approved, T::HandBack) => {
                Ok(S::Draft)
            }
            (S::Draft, T::Approve) => Ok(S::Approved),
            (S::Approved, T::Submit) => Ok(S::Submitted),
            (S::Submitted, T::Note) => Ok(S::Noted),
            (S::Submitted | S::Noted, T::AskSupplement) => Ok(S::SupplementAsked),
            (S::Submitted | S::Noted, T::Lock) => Ok(S::Locked),
            (from, step) => Err(ReportStepRefused { from, step }),
        }
    }

    /// Whether the figures of the newest submitted revision count in a roll-up.
    pub fn is_handed_in(self) -> bool {
        matches!(self, Self::Submitted | Self::Noted | Self::Locked)
    }
}

impl ReportStep {
    /// Every step.
    pub const ALL: [Self; 7] = [
        Self::Edit,
        Self::Approve,
        Self::HandBack,
        Self::Submit,
        Self::Note,
        Self::AskSupplement,
        Self::Lock,
    ];

    /// The code used in message keys and in the log of what was done.
    pub fn code(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Approve => "approve",
            Self::HandBack => "hand-back",
            Self::Submit => "submit",
            Self::Note => "note",
            Self::AskSupplement => "ask-supplement",
            Self::Lock => "lock",
        }
    }
}

impl fmt::Display for ReportState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for ReportStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no state of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a state of a report")]
pub struct UnknownReportWord;

impl FromStr for ReportState {
    type Err = UnknownReportWord;

    fn from_str(code: &str) -> Result<Self, UnknownReportWord> {
        Self::ALL.into_iter().find(|it| it.code() == code).ok_or(UnknownReportWord)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn every_state_takes_exactly_these_steps() {
        let mut table = String::new();
        for state in ReportState::ALL {
            let steps: Vec<_> = ReportStep::ALL
                .into_iter()
                .filter_map(|step| Some(format!("{step} -> {}", state.after(step).ok()?)))
                .collect();
            writeln!(table, "{state}: {}", steps.join(", ")).unwrap();
        }
        insta::assert_snapshot!(table);
    }
}
