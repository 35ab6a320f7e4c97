//! Units, campaigns, directives, receipts, devices and cases as pure state machines.

mod ids;
mod permissions;
mod unit;

pub use ids::*;
pub use permissions::{Action, Denied, Grant, Role, UnknownRole, may};
pub use unit::{UnitCode, UnitCodeError, UnitKind, UnknownUnitKind};
