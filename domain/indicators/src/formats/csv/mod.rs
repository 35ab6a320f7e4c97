//! CSV with a header. Source of the format: RFC 4180 and practice.
//!
//! The header names a column of indicators (`indicator`, `value`, …, or Vietnamese) and may name
//! `type`, `family`, `scope` and `valid_until`. Separator `,`, `;` or tab, told from the header.

use std::io::{self, BufRead, Read};

use ::csv::{ReaderBuilder, StringRecord, Terminator};

use super::is_comment;
use crate::Indicator;
use crate::read::{Details, Reading};
use crate::report::{ListProblem, Reason};

#[cfg(test)]
mod tests;

/// Names of the column of indicators, folded by [`folded`].
const VALUE: &[&str] = &[
    "indicator",
    "value",
    "ioc",
    "iocvalue",
    "observable",
    "artifact",
    "data",
    "indicatorvalue",
    "domain",
    "ip",
    "ipaddress",
    "url",
    "địachỉ",
    "địachỉđộchại",
    "tênmiền",
    "địachỉip",
    "giátrị",
    "chỉdấu",
];
const KIND: &[&str] = &["type", "indicatortype", "ioctype", "kind", "loại", "loạiđịachỉ"];
const FAMILY: &[&str] =
    &["family", "malware", "malwarefamily", "threat", "họmãđộc", "mãđộc", "tênmãđộc", "threatname"];
const SCOPE: &[&str] = &["scope", "match", "phạmvi"];
const UNTIL: &[&str] = &["validuntil", "expires", "expiry", "expiration", "hiệulựcđến", "hếthạn"];

/// Which column holds what.
struct Columns {
    value: usize,
    kind: Option<usize>,
    family: Option<usize>,
    scope: Option<usize>,
    valid_until: Option<usize>,
}

/// Whether a list's first line is a CSV header: a known name, or several short columns.
pub(super) fn is_header(line: &str) -> bool {
    let names: Vec<String> = line.split(separator(line)).map(folded).collect();
    let is_known = names.iter().any(|name| VALUE.contains(&name.as_str()));
    let has_values = names.iter().any(|name| name.contains(['.', ':', '/']));
    is_known || (names.len() > 1 && !line.contains('\t') && !has_values)
}

pub(crate) fn read<S: FnMut(Indicator, Option<&str>)>(
    list: &mut dyn BufRead,
    reading: &mut Reading<'_, S>,
) {
    // The separator stands in the header, behind comments of any length.
    let mut header = String::new();
    loop {
        header.clear();
        match list.take(64 * 1024).read_line(&mut header) {
            Ok(0) => return,
            Ok(_) => reading.report.lines += 1,
            Err(error) => {
                reading.report.problem = Some(ListProblem::Read(error.to_string()));
                return;
            }
        }
        if !is_comment(&header) {
            break;
        }
    }
    let separator = separator(&header);
    let mut names = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator as u8)
        .from_reader(header.as_bytes());
    let names: Vec<String> = names
        .records()
        .next()
        .and_then(Result::ok)
        .map(|record| record.iter().map(|name| name.trim().to_owned()).collect())
        .unwrap_or_default();
    let Some(columns) = Columns::find(&names) else {
        reading.report.problem = Some(ListProblem::NoIndicatorColumn { found: names });
        return;
    };
    let first_line = reading.report.lines;
    let mut records = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .delimiter(separator as u8)
        // Line feeds are counted; a carriage return before one is trimmed off as spaces are.
        .terminator(Terminator::Any(b'\n'))
        .from_reader(WholeLines { list, last: b'\n' });
    let mut record = ::csv::ByteRecord::new();
    loop {
        let is_record = records.read_byte_record(&mut record);
        // Behind a record, which may be of several lines, and have empty ones and comments before it.
        let lines = record.as_slice().split(|it| *it == b'\n').count() as u64;
        let line = (first_line + records.position().line()).saturating_sub(lines);
        match is_record {
            Ok(false) => break,
            Ok(true) => {
                let text = StringRecord::from_byte_record_lossy(record.clone());
                take(reading, line, &text, &columns);
            }
            Err(error) => {
                reading.report.refuse(line, &error.to_string(), Reason::BadRecord);
                if error.is_io_error() {
                    reading.report.problem = Some(ListProblem::Read(error.to_string()));
                    break;
                }
            }
        }
    }
    reading.report.lines = (first_line + records.position().line()).saturating_sub(1);
}

/// A list whose last line has an end.
struct WholeLines<R> {
    list: R,
    last: u8,
}

impl<R: Read> Read for WholeLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.list.read(buffer)?;
        if let Some(last) = buffer.get(..read).and_then(<[u8]>::last) {
            self.last = *last;
        } else if self.last != b'\n'
            && let Some(end) = buffer.first_mut()
        {
            (*end, self.last) = (b'\n', b'\n');
            return Ok(1);
        }
        Ok(read)
    }
}

fn take<S: FnMut(Indicator, Option<&str>)>(
    reading: &mut Reading<'_, S>,
    line: u64,
    record: &StringRecord,
    columns: &Columns,
) {
    let cell =
        |column: Option<usize>| column.and_then(|it| record.get(it)).unwrap_or_default().trim();
    let value = cell(Some(columns.value));
    if value.is_empty() {
        if record.iter().any(|it| !it.trim().is_empty()) {
            reading.report.refuse(
                line,
                &record.iter().map(str::trim).collect::<Vec<_>>().join(","),
                Reason::EmptyValue,
            );
        }
        return;
    }
    let details = Details {
        kind: cell(columns.kind),
        family: cell(columns.family),
        scope: cell(columns.scope),
        valid_until: cell(columns.valid_until),
    };
    reading.take(line, value, details);
}

impl Columns {
    fn find(names: &[String]) -> Option<Self> {
        let folded: Vec<String> = names.iter().map(|name| folded(name)).collect();
        // The order of the synonyms decides, so that `indicator` wins over `ip` beside it.
        let find = |synonyms: &[&str]| {
            synonyms.iter().find_map(|synonym| folded.iter().position(|name| name == synonym))
        };
        Some(Self {
            value: find(VALUE)?,
            kind: find(KIND),
            family: find(FAMILY),
            scope: find(SCOPE),
            valid_until: find(UNTIL),
        })
    }
}

fn separator(line: &str) -> char {
    let count = |separator| line.matches(separator).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|it| count(*it)).unwrap_or(',')
}

/// A header cell without case, spaces, underscores and quotes.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '.' | ':' | '/'))
        .flat_map(char::to_lowercase)
        .collect()
}
