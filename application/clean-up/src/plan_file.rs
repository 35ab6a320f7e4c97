//! A plan as a file: made on one day, read by somebody in charge, applied on another.

use std::collections::BTreeSet;

use cleaning::{Change, NotVerified, Path, Plan, Signature};
use serde::{Deserialize, Serialize};

/// Version of the file.
const VERSION: u32 = 1;

/// Codes of the reasons for a change.
pub const REASONS: [&str; 12] = [
    "found",
    "runs",
    "starts-found",
    "hosts-line",
    "decoy-link",
    "fake-drive",
    "decoy-program",
    "launcher",
    "autorun",
    "hidden",
    "swallowed",
    "emptied",
];
/// Codes of the reasons for which something stays.
pub const STAYS: [&str; 18] = [
    "risk",
    "suspicious",
    "in-archive",
    "on-good-list",
    "of-system",
    "vendor-signed",
    "vendor-unverified",
    "system-unverified",
    "system-changed",
    "registry-offline",
    "registry-not-loaded",
    "by-hand",
    "mixed-line",
    "name-taken",
    "not-there",
    "place-not-read",
    "connection",
    "dns-cache",
];

/// Changes, why each is made, and what stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFile {
    /// Version of the file.
    pub lamsach_plan: u32,
    /// When it was made, in RFC 3339.
    pub made_at: String,
    /// The folder that the disk is mounted at; `None` is the running system.
    pub root: Option<String>,
    /// Whether that is a stick, on which no file is a system's own.
    #[serde(default)]
    pub is_stick: bool,
    /// Whether the scan behind it looked at everything.
    pub is_complete: bool,
    /// Changes, in the order in which they are made.
    pub steps: Vec<PlannedStep>,
    /// What stays.
    pub stays: Vec<PlannedStay>,
}

/// A change and its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Why, as a code.
    pub reason: String,
    /// The rule, name or command behind it.
    pub what: String,
    /// Who signed the file, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<PlannedSignature>,
    /// The change.
    #[serde(flatten)]
    pub change: Change,
}

/// Something that stays, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlannedStay {
    /// What stays: a path or key.
    pub at: String,
    /// The rule, name or command by which it was found.
    pub what: String,
    /// Why, as a code.
    pub why: String,
    /// Who signed the file, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<PlannedSignature>,
}

/// Who signed a file, when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlannedSignature {
    /// What the computer said of it, as a code.
    pub is: String,
    /// The signer's name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why it could not be verified, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The system's own number of the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

impl PlannedSignature {
    fn of(signature: &Signature) -> Self {
        let why = match signature {
            Signature::NotVerified { why, .. } => Some(*why),
            _ => None,
        };
        Self {
            is: signature.code().to_owned(),
            by: signature.by().map(str::to_owned),
            why: why.map(|why| why.code().to_owned()),
            number: match why {
                Some(NotVerified::Failed(number)) => Some(format!("0x{number:08x}")),
                _ => None,
            },
        }
    }
}

/// Why a file is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is something else.
    #[error("it is not a plan: {0}")]
    NotAPlan(serde_json::Error),
    /// A later program wrote it.
    #[error("it is a plan of version {0}, which this program does not know")]
    Version(u32),
}

impl PlanFile {
    /// A plan as a file.
    pub(crate) fn of(plan: Plan, root: Option<String>, at: i64, is_complete: bool) -> Self {
        let moment = jiff::Timestamp::from_second(at).unwrap_or_default();
        let steps = plan.steps.into_iter().map(|step| PlannedStep {
            reason: step.reason.to_owned(),
            what: step.what,
            signature: step.signature.as_ref().map(PlannedSignature::of),
            change: step.change,
        });
        let stays = plan.stays.into_iter().map(|stay| PlannedStay {
            at: stay.at,
            what: stay.what,
            why: stay.why.to_owned(),
            signature: stay.signature.as_ref().map(PlannedSignature::of),
        });
        Self {
            lamsach_plan: VERSION,
            made_at: moment.to_string(),
            root,
            is_stick: false,
            is_complete,
            steps: steps.collect(),
            stays: stays.collect(),
        }
    }

    /// This plan, then what another one of the same stick adds to it.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self.stays.extend(other.stays);
        self.is_complete &= other.is_complete;
        self.is_stick |= other.is_stick;
        self.settled()
    }

    /// Without changes of what an earlier one takes away: it is neither shown again nor moved.
    pub(crate) fn settled(mut self) -> Self {
        let mut taken: BTreeSet<Path> = BTreeSet::new();
        self.steps.retain(|step| match &step.change {
            Change::Quarantine { path, .. } => taken.insert(path.clone()),
            Change::SetAttributes { path, .. } | Change::Move { from: path, .. } => {
                !taken.contains(path)
            }
            _ => true,
        });
        self
    }

    /// Reads a plan.
    pub fn read(bytes: &[u8]) -> Result<Self, PlanFileError> {
        let plan: Self = serde_json::from_slice(bytes).map_err(PlanFileError::NotAPlan)?;
        if plan.lamsach_plan == VERSION {
            Ok(plan)
        } else {
            Err(PlanFileError::Version(plan.lamsach_plan))
        }
    }

    /// The file's bytes.
    pub fn bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The changes alone.
    pub fn changes(&self) -> Vec<Change> {
        self.steps.iter().map(|step| step.change.clone()).collect()
    }
}
