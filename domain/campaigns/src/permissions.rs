//! Who may do what to which unit: one table, one question.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{UnitId, UserId};

/// What a person is, over a unit and everything below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Makes accounts and units.
    Administrator,
    /// Runs campaigns and collects reports.
    Coordinator,
    /// Leads a unit: approves its report.
    Approver,
    /// Does a unit's work: logs, cases, report.
    Officer,
    /// Reads.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Administrator, Self::Coordinator, Self::Approver, Self::Officer, Self::Auditor];

    /// The code kept in the database and in message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Coordinator => "coordinator",
            Self::Approver => "approver",
            Self::Officer => "officer",
            Self::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a role")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(code: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.code() == code).ok_or(UnknownRole)
    }
}

/// A role over a unit and everything below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Whose.
    pub user: UserId,
    /// Over which unit.
    pub unit: UnitId,
    /// As what.
    pub role: Role,
}

/// Everything a person can do in the portal. Each is asked about one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Add, change, move units below the unit.
    ManageUnits,
    /// Make accounts and give roles at the unit and below.
    ManageUsers,
    /// Make tokens for the unit's programs.
    ManageTokens,
    /// Write, launch, change and close campaigns of the unit.
    RunCampaigns,
    /// See how far the unit and those below it are.
    SeeProgress,
    /// Remind the unit.
    Remind,
    /// Take note of the unit's report, or ask for a supplement.
    CollectReports,
    /// See the letter the unit received.
    SeeLetter,
    /// Acknowledge the letter and launch the campaign in the unit.
    Acknowledge,
    /// Pass the letter on to the unit's own sub-units.
    PassOn,
    /// Have logs of the unit matched.
    CheckLogs,
    /// See sightings and cases of the unit, without log lines.
    SeeCases,
    /// Read log lines kept as evidence: the unit's own people only.
    ReadEvidence,
    /// Move cases of the unit on.
    WorkCases,
    /// See the unit's report.
    SeeReport,
    /// Write the unit's report.
    EditReport,
    /// Approve the unit's report: its own leader only.
    ApproveReport,
    /// Send the approved report on.
    SubmitReport,
    /// See the log of what was done.
    SeeAudit,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 19] = [
        Self::ManageUnits,
        Self::ManageUsers,
        Self::ManageTokens,
        Self::RunCampaigns,
        Self::SeeProgress,
        Self::Remind,
        Self::CollectReports,
        Self::SeeLetter,
        Self::Acknowledge,
        Self::PassOn,
        Self::CheckLogs,
        Self::SeeCases,
        Self::ReadEvidence,
        Self::WorkCases,
        Self::SeeReport,
        Self::EditReport,
        Self::ApproveReport,
        Self::SubmitReport,
        Self::SeeAudit,
    ];

    /// Whether a role on a unit further up is enough. What a unit declares, approves and reads as
    /// evidence is its own: nobody above edits a child's figures.
    fn reaches_down(self) -> bool {
        !matches!(
            self,
            Self::ReadEvidence
                | Self::Acknowledge
                | Self::PassOn
                | Self::CheckLogs
                | Self::WorkCases
                | Self::EditReport
                | Self::ApproveReport
                | Self::SubmitReport
        )
    }

    /// The roles that may.
    fn roles(self) -> &'static [Role] {
        use Role::{Administrator, Approver, Auditor, Coordinator, Officer};
        match self {
            Self::ManageUnits | Self::ManageUsers => &[Administrator],
            Self::ManageTokens => &[Administrator, Officer],
            Self::RunCampaigns | Self::Remind | Self::CollectReports => &[Coordinator],
            Self::SeeProgress | Self::SeeLetter => {
                &[Administrator, Coordinator, Approver, Officer, Auditor]
            }
            Self::Acknowledge | Self::PassOn => &[Coordinator, Approver, Officer],
            Self::CheckLogs | Self::WorkCases => &[Officer],
            Self::SeeCases | Self::SeeReport => &[Coordinator, Approver, Officer, Auditor],
            Self::ReadEvidence => &[Approver, Officer],
            Self::EditReport | Self::SubmitReport => &[Officer, Approver],
            Self::ApproveReport => &[Approver],
            Self::SeeAudit => &[Administrator, Auditor],
        }
    }
}

/// The person has no role that allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no role of this person allows it")]
pub struct Denied;

/// Whether a person with these grants may do this to `unit`, which stands below `above` (every
/// unit above it in any line; the unit itself may be among them).
///
/// The only place that decides rights.
pub fn may(
    grants: &[Grant],
    action: Action,
    unit: UnitId,
    above: &BTreeSet<UnitId>,
) -> Result<(), Denied> {
    let allows = |grant: &Grant| {
        let covers = grant.unit == unit || (action.reaches_down() && above.contains(&grant.unit));
        covers && action.roles().contains(&grant.role)
    };
    if grants.iter().any(allows) { Ok(()) } else { Err(Denied) }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn unit(n: u8) -> UnitId {
        UnitId::from_parts(0, &[n; 10])
    }

    fn grants(unit: UnitId, role: Role) -> Vec<Grant> {
        vec![Grant { user: UserId::from_parts(0, &[1; 10]), unit, role }]
    }

    /// Every role against every action: at the unit itself, from above, from a sibling.
    #[test]
    fn every_role_may_do_exactly_what_the_table_says() {
        let (parent, child, sibling) = (unit(1), unit(2), unit(3));
        let above = BTreeSet::from([parent, child]);
        let mut table = String::new();
        for action in Action::ALL {
            for role in Role::ALL {
                let may_here = may(&grants(child, role), action, child, &above).is_ok();
                let may_above = may(&grants(parent, role), action, child, &above).is_ok();
                let may_beside = may(&grants(sibling, role), action, child, &above).is_ok();
                assert!(!may_beside, "{action:?} {role} from a sibling");
                assert!(!may_above || may_here, "{action:?} {role} only from above");
                if may_here {
                    let reach = if may_above { "here and from above" } else { "here" };
                    writeln!(table, "{action:?}: {role}, {reach}").unwrap();
                }
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn nobody_without_a_grant_may_do_anything() {
        let above = BTreeSet::from([unit(1), unit(2)]);
        for action in Action::ALL {
            assert_eq!(may(&[], action, unit(2), &above), Err(Denied));
        }
    }
}
