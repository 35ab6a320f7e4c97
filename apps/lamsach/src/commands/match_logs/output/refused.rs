//! What lists name and nobody looked for, on standard error.

use std::io::{self, Write};

use language::text_with;
use log_check::{ListReport, NamesReport};

use super::super::words::{Words, printable};

/// How many values a list are named one by one; all are counted.
const NAMED: usize = 10;

pub(in super::super) fn write(
    out: &mut dyn Write,
    words: &Words,
    lists: &[(String, ListReport)],
) -> io::Result<()> {
    for (name, report) in lists {
        for (warning, count) in &report.warned {
            let values = [("list", printable(warning).into()), ("count", (*count).into())];
            let said = text_with(words.language, "match-warned", &values);
            writeln!(out, "{}: {said}", printable(name))?;
        }
        let refused = report.refused_total();
        if refused == 0 {
            continue;
        }
        writeln!(out, "{}: {}", printable(name), words.tn("match-refused", "count", refused))?;
        for it in report.refused.iter().take(NAMED) {
            let text: String = printable(&it.text).chars().take(60).collect();
            let line = words.tn("match-line", "line", it.line);
            writeln!(out, "  {line}: {text}\n    {}", words.refused(it))?;
        }
        let more = refused.saturating_sub(NAMED as u64);
        if more > 0 {
            writeln!(out, "  {}", words.tn("match-refused-more", "count", more))?;
        }
    }
    Ok(())
}

/// What files of names told, and which of their lines were refused.
pub(in super::super) fn write_names(
    out: &mut dyn Write,
    words: &Words,
    names: &[(String, NamesReport)],
) -> io::Result<()> {
    for (name, report) in names {
        let name = printable(name);
        writeln!(out, "{name}: {}", words.names_taken(report))?;
        for it in report.refused.iter().take(NAMED) {
            let text: String = printable(&it.text).chars().take(60).collect();
            let line = words.tn("match-line", "line", it.line);
            let why = words.tk("names-refused", it.reason.code());
            writeln!(out, "  {line}: {text}\n    {why}")?;
        }
        let more = report.refused_total().saturating_sub(NAMED as u64);
        if more > 0 {
            writeln!(out, "  {}", words.tn("match-refused-more", "count", more))?;
        }
    }
    Ok(())
}
