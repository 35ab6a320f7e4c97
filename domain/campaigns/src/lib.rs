//! Units, campaigns, directives, receipts, devices and cases as pure state machines.
//!
//! Moments, days and random bytes come in as values. The way in for a reader: [`Deadline`] (what
//! "trước ngày 22/9" means), [`UnitTree`] (who stands below whom, on which day), [`ReceiptMoments`]
//! (how far a unit is), [`CaseState`] (the work on one device), [`may`] (who may do what).
//!
//! ```
//! use campaigns::{CaseState, CaseStep};
//!
//! let state = CaseState::Opened.after(CaseStep::StartCleaning)?;
//! assert_eq!(state.after(CaseStep::DeclareClean)?, CaseState::DeclaredClean);
//! assert!(CaseState::Closed.after(CaseStep::DeclareClean).is_err());
//! # Ok::<(), campaigns::StepRefused>(())
//! ```
//!
//! What it deliberately does not do: store, send, know the clock.

mod campaign;
mod case;
mod deadline;
mod ids;
mod permissions;
mod tree;
pub mod tree_import;
mod unit;

pub use campaign::{
    CampaignState, ReceiptMoments, ReceiptStage, ReceiverRole, UnknownCampaignWord,
};
pub use case::{
    CaseState, CaseStep, DEFAULT_QUIET_DAYS, Quiet, StepRefused, UnknownCaseWord, Verification,
    verify,
};
pub use deadline::{Deadline, DeadlinePhrase, UnknownPhrase};
pub use ids::*;
pub use permissions::{Action, Denied, Grant, Role, UnknownRole, may};
pub use tree::{EdgeReason, EdgeRefused, Membership, UnitTree};
pub use unit::{UnitCode, UnitCodeError, UnitKind, UnknownUnitKind};
