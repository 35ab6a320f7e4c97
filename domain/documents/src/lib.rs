//! Reports and letters as DOCX, XLSX, CSV and JSON by the rules for official documents.
//!
//! Everything comes from one model: a [`Statement`] (a unit's report or a node's roll-up) whose
//! figures every format shows alike, or a [`Letter`]. The layout rules are those of Decree
//! 30/2020/NĐ-CP, appendix I; the field names of the JSON those of its appendix VI where it has
//! them. What each file holds: `docs/report-exports.md`.
//!
//! ```
//! use documents::{Statement, to_csv};
//!
//! let mut statement = Statement::example();
//! statement.rows[0].declared = Some(1_234);
//! let csv = String::from_utf8(to_csv(&statement)).unwrap();
//! assert!(csv.contains(";1234;"));
//! ```
//!
//! What it deliberately does not do: decide figures, open files, draw a seal or the emblem.

mod csv_file;
mod docx_file;
mod json_file;
mod model;
mod sheet;
mod text;
mod xlsx_file;

pub use csv_file::to_csv;
pub use docx_file::{letter_to_docx, to_docx};
pub use json_file::to_json;
pub use model::{
    BlankForm, Figure, Letter, Opinion, RollUpPart, Statement, StatementRow, UnitLine,
};
pub use sheet::Sheet;
pub use xlsx_file::to_xlsx;

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The DOCX writer failed.
    #[error("cannot write the DOCX: {0}")]
    Docx(String),
    /// The XLSX writer failed.
    #[error("cannot write the XLSX")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}
