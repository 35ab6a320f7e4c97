//! A table a person made, CSV or XLSX, as rows of cells, under limits.
//!
//! Nothing is guessed at: a cell keeps what kind of value it is, so that a reader can tell the
//! text `1.234` (one thousand two hundred thirty-four) from the number 1.234, and a merged cell or
//! a formula without a result from an empty one. Texts are NFC without stray white space.
//!
//! ```
//! use tables::{Cell, Limits, read};
//!
//! let table = read("\u{feff}mã;tên\r\nH59;Xã Bình Hoà\r\n".as_bytes(), &Limits::default())?;
//! let row = table.rows.last().unwrap();
//! assert_eq!((row.number, &row.cells[0]), (2, &Cell::Text("H59".to_owned())));
//! # Ok::<(), tables::TableError>(())
//! ```
//!
//! What it deliberately does not do: know what a column means.

mod csv_text;
mod table;
mod workbook;

pub use table::{Cell, Limits, Row, Table, TableError};

/// Reads a table, whatever its kind, told by its first bytes.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    if bytes.is_empty() {
        return Err(TableError::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(TableError::TooLarge { limit: limits.bytes });
    }
    let table = if bytes.starts_with(b"PK\x03\x04") {
        workbook::read(bytes, limits)?
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(TableError::OldWorkbook);
    } else {
        csv_text::read(bytes, limits)?
    };
    if table.rows.is_empty() { Err(TableError::Empty) } else { Ok(table) }
}
