//! Writes an invented document to standard output, for looking at it:
//! `cargo run -p documents --example show_document -- roll-up > roll-up.docx`.

use std::io::Write;

use documents::{DocumentError, Letter, Statement, letter_to_docx, to_docx};

fn main() -> Result<(), DocumentError> {
    let bytes = match std::env::args().nth(1).as_deref() {
        Some("letter") => letter_to_docx(&Letter::example())?,
        Some("roll-up") => to_docx(&Statement::example_roll_up())?,
        Some("roll-up.xlsx") => documents::to_xlsx(&Statement::example_roll_up())?,
        Some("stress") => to_docx(&stress())?,
        _ => to_docx(&Statement::example())?,
    };
    std::io::stdout().write_all(&bytes).unwrap_or_default();
    Ok(())
}

/// Long, many and unusual: 3,000 units, a form of eleven rows, words that are no plain text.
fn stress() -> Statement {
    let mut statement = Statement::example_roll_up();
    statement.is_draft = true;
    let long =
        "Trung tâm Dịch vụ sự nghiệp công lập <đa ngành> & \"liên xã\" 👍 Ho\u{300}a Bi\u{300}nh";
    statement.issuer = format!("{long} {long}");
    statement.rows = (1..=11)
        .filter_map(|number| {
            let mut row = statement.rows.first()?.clone();
            row.number = number.to_string();
            Some(row)
        })
        .collect();
    if let Some(part) = &mut statement.roll_up {
        let mut units = part.units.clone();
        for unit in &mut units {
            unit.figures = (0..11).filter_map(|_| unit.figures.first().copied()).collect();
        }
        part.units = units.iter().cycle().take(3_000).cloned().collect();
        part.missing = part.units.iter().take(500).map(|it| it.name.clone()).collect();
        if let Some(opinion) = part.opinions.first_mut() {
            opinion.assessment = "Nội dung đánh giá rất dài.\n".repeat(400);
            long.clone_into(&mut opinion.unit);
        }
    }
    statement
}
