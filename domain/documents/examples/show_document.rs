//! Writes an invented document to standard output, for looking at it:
//! `cargo run -p documents --example show_document -- roll-up > roll-up.docx`.

use std::io::Write;

use documents::{DocumentError, Letter, Statement, letter_to_docx, to_docx};

fn main() -> Result<(), DocumentError> {
    let bytes = match std::env::args().nth(1).as_deref() {
        Some("letter") => letter_to_docx(&Letter::example())?,
        Some("roll-up") => to_docx(&Statement::example_roll_up())?,
        Some("roll-up.xlsx") => documents::to_xlsx(&Statement::example_roll_up())?,
        _ => to_docx(&Statement::example())?,
    };
    std::io::stdout().write_all(&bytes).unwrap_or_default();
    Ok(())
}
