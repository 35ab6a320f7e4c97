//! The organisation tree from a table: what each row says, and what it would change.
//!
//! [`read_rows`] reads cells, [`plan()`] holds them against the tree that is there. Neither writes:
//! a plan is shown first, and applied only when the tree has not changed since.

mod places;
mod plan;
mod rows;
#[cfg(test)]
mod tests;

pub use places::{PlacePlan, PlaceWrite};
pub use plan::{
    DetailChange, Details, Known, KnownPlace, KnownUnit, Plan, Unchanged, UnitPlan, plan,
};
pub use rows::{
    Column, HeaderRefused, MOST_NAME_CHARS, MOST_PLACE_CHARS, ReadRows, RowReason, RowRefused,
    TERRITORIAL, UnitRow, kind_of, line_of, parse_day, read_rows,
};
