//! One value a line. Source of the format: practice; comments start with `#`, `;`, `!` or `//`.
//!
//! Behind the value may stand a comment (` # …`, ` // …`) or, after a tab, further columns, as in
//! lists that give the number of sources.

use std::io::BufRead;

use super::is_comment;
use crate::Indicator;
use crate::read::{Details, Reading, each_line};
use crate::report::Reason;

#[cfg(test)]
mod tests;

pub(crate) fn read<S: FnMut(Indicator, Option<&str>)>(
    list: &mut dyn BufRead,
    reading: &mut Reading<'_, S>,
) {
    each_line(list, reading, |reading, line, text| {
        if is_comment(text) {
            return;
        }
        let value = text.split('\t').find(|it| !it.trim().is_empty()).unwrap_or(text);
        let value = without_comment(value).trim();
        if value.split_whitespace().nth(1).is_some() {
            reading.report.refuse(line, value, Reason::ExtraText);
        } else {
            reading.take(line, value, Details::default());
        }
    });
}

/// Cuts a comment that stands behind the value, after white space: `/a#b` is not one.
fn without_comment(text: &str) -> &str {
    let mut end = text.len();
    for mark in [" #", "\t#", " ;", " //", "\u{a0}#"] {
        if let Some(at) = text.find(mark) {
            end = end.min(at);
        }
    }
    text.get(..end).unwrap_or(text)
}
