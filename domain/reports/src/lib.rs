//! Measures, forms as versioned data, declared beside measured, roll-up.
//!
//! A [`Form`] is data: rows with labels in both languages, rules, and the measure behind a cell.
//! A unit's [`Content`] holds what it declares beside what the system measured; [`check()`] lists
//! what is wrong with it; [`roll_up()`] adds up the content of many units and names who is missing.
//! [`ReportState`] says who may do what next.
//!
//! ```
//! use reports::{Cell, Content, Form};
//!
//! let form = Form::letter();
//! assert_eq!(form.rows.len(), 2);
//! let mut content = Content::default();
//! content.cells.insert("informed".into(), Cell { declared: Some(18), ..Cell::default() });
//! assert_eq!(content.cell("informed").declared, Some(18));
//! assert_eq!(content.cell("launched").declared, None);
//! ```
//!
//! What it deliberately does not do: count devices or units (the portal does, by `docs/measures.md`),
//! store, write documents.

mod check;
mod content;
mod form;
mod measure;
mod roll_up;
mod state;

pub use check::{CheckProblem, ProblemKind, check};
pub use content::{Cell, Content};
pub use form::{Form, FormError, Labels, Origin, Row, Rule};
pub use measure::{Measure, Measured, public_count};
pub use roll_up::{Contribution, RollUp, RollUpRow, Submission, Total, roll_up};
pub use state::{ReportState, ReportStep, ReportStepRefused, UnknownReportWord};
