//! What a person does with findings on a computer: plan, apply, undo, keep in quarantine.
//!
//! [`make_plan`] turns what a scan found into a [`PlanFile`] that can be read, kept and carried;
//! [`Keeper`] makes its changes, goes on with a run that was stopped, undoes, and looks after what is in
//! quarantine. A stick that a worm went through has a plan of its own kind: [`make_stick_plan`].
//!
//! What it deliberately does not do: scan (`file-check`), ask the person, choose the folders.

mod facts;
mod findings;
mod keeper;
mod places;
mod plan_file;
mod planning;
mod quarantine;
mod result;
mod signed;
mod stick;

pub use artifacts::native_spelling;
pub use cleaning::{
    Bytes, Change, HOST_CODES, HostError, NotVerified, Outcome, Path, Report, Signature,
};
pub use findings::{FindingsRead, PackRead, read_findings};
pub use host::{Computer, SignatureCheck, disks, state_folder, sticks};
pub use keeper::{CleanUpError, Keeper, RunFacts, RunOutcome, run_name};
pub use places::{PlacesChecked, RISKS, check_places, quick_places};
pub use plan_file::{
    PlanFile, PlanFileError, PlannedSignature, PlannedStay, PlannedStep, REASONS, STAYS,
};
pub use planning::{PlanRequest, make_plan, still_there, who_talks};
pub use quarantine::{EXPORT_PASSWORD, Kept, Purge, Purged};
pub use result::{ResultRequest, scan_result};
pub use results::{
    Device, EnrolmentCode, KnownPlaces, MOST_BYTES as MOST_RESULT_BYTES, PackUsed, ScanResult,
};
pub use stick::make_stick_plan;
