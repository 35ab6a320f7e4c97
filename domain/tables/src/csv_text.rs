//! CSV as Excel, `LibreOffice` and scripts write it: any separator, BOM, line end.
//!
//! RFC 4180, read leniently; `sep=;` as Excel's first line.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};

use crate::{Cell, Limits, Row, Table, TableError};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    let text = decode(bytes)?;
    if text.contains('\0') {
        return Err(TableError::Binary);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (separator, text, lines_before) = separator_of(&text);
    // An open quotation mark makes one cell of everything after it: no row would say so.
    if !text.matches('"').count().is_multiple_of(2) {
        return Err(TableError::OpenQuote);
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut record = csv::StringRecord::new();
    while let Ok(true) = reader.read_record(&mut record) {
        let number = lines_before + record.position().map_or(0, |at| line_of(at, text));
        let cells = record.iter().take(limits.columns).map(|cell| cell_of(cell, limits));
        let Some(row) = Row::trimmed(number, cells.collect()) else { continue };
        if table.rows.len() == limits.rows {
            return Err(TableError::TooManyRows { limit: limits.rows });
        }
        table.rows.push(row);
    }
    Ok(table)
}

/// The line a record begins on: the reader counts from before the blank lines it skips.
fn line_of(at: &csv::Position, text: &str) -> usize {
    let byte = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(byte..).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| **byte == b'\n').count();
    usize::try_from(at.line()).unwrap_or(usize::MAX).saturating_add(skipped)
}

/// `="00123"` keeps leading zeros in Excel and is a text; any other formula is not a value.
fn cell_of(text: &str, limits: &Limits) -> Cell {
    let text = text.trim();
    let quoted = text.strip_prefix("=\"").and_then(|it| it.strip_suffix('"'));
    match quoted {
        Some(inner) if !inner.contains('"') => Cell::of_text(inner, limits.cell_chars),
        _ if text.starts_with('=') => Cell::Formula,
        _ => Cell::of_text(text, limits.cell_chars),
    }
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, TableError> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest);
    }
    // What Excel calls "Unicode text".
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark.as_slice()) {
            let (text, has_errors) = encoding.decode_without_bom_handling(rest);
            return if has_errors { Err(TableError::Binary) } else { Ok(text) };
        }
    }
    utf8(bytes)
}

/// Bytes that are not UTF-8 are not guessed at: Windows-1258, Latin-1 and TCVN3 share them.
fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, TableError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if bytes.contains(&0) => Err(TableError::Binary),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            Err(TableError::NotUtf8 { line })
        }
    }
}

/// The separator, the text behind a `sep=` line, and how many lines that took.
fn separator_of(text: &str) -> (u8, &str, usize) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(separator @ (b';' | b',' | b'\t')) = rest.bytes().next()
    {
        let body = rest.split_once('\n').map_or("", |(_, body)| body);
        return (separator, body, 1);
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut is_quoted = false;
    let mut counts = [(b';', 0), (b'\t', 0), (b',', 0)];
    for byte in first.bytes() {
        if byte == b'"' {
            is_quoted = !is_quoted;
        } else if !is_quoted && let Some((_, n)) = counts.iter_mut().find(|(it, _)| *it == byte) {
            *n += 1;
        }
    }
    // The last of several equal ones wins, and with none at all it is a comma.
    let separator = counts.iter().max_by_key(|(_, n)| *n).map_or(b',', |(separator, _)| *separator);
    (separator, text, 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, TableError> {
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Empty => String::new(),
            other => format!("{other:?}"),
        };
        let table = read(bytes, &Limits { rows: 5, ..Limits::default() })?;
        Ok(table.rows.iter().map(|it| (it.number, it.cells.iter().map(text).collect())).collect())
    }

    #[test]
    fn every_usual_spelling_of_csv_is_read() {
        let check = |bytes: &[u8], expected: &[(usize, &[&str])]| {
            let expected: Vec<_> = expected
                .iter()
                .map(|(n, cells)| (*n, cells.iter().map(|it| (*it).to_owned()).collect()))
                .collect();
            assert_eq!(texts(bytes), Ok(expected), "{}", String::from_utf8_lossy(bytes));
        };
        check(b"a,b\n1,2\n", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check(b"\xef\xbb\xbfa;b\r\n1;2\r\n", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check(b"a\tb\n\n,\n1\t2,5", &[(1, &["a", "b"]), (3, &[","]), (4, &["1", "2,5"])]);
        check(b"a,b\n\n , \n1,2", &[(1, &["a", "b"]), (4, &["1", "2"])]);
        check(b"sep=;\na;b,c\n", &[(2, &["a", "b,c"])]);
        check(b"\"x;y\",b\n", &[(1, &["x;y", "b"])]);
        check(b"a,\"two\nlines\"\nc,d", &[(1, &["a", "two lines"]), (3, &["c", "d"])]);
        check(b"=\"\"\"007\"\"\",=1+1", &[(1, &["Formula", "Formula"])]);
        check(b"\"=\"\"007\"\"\",x", &[(1, &["007", "x"])]);
        check("Ho\u{300}a,\u{feff} Tên\u{a0}dài\u{200b} ".as_bytes(), &[(1, &["Hòa", "Tên dài"])]);
        check(b"\xff\xfea\x00\t\x00\xd3\x1e\n\x00", &[(1, &["a", "ồ"])]);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let check = |bytes: &[u8], expected| assert_eq!(texts(bytes), Err(expected));
        // "Đơn vị" in Windows-1258 and Latin-1 bytes.
        check(b"ma,ten\nH1,\xd0\xf5n v\xf2\n", TableError::NotUtf8 { line: 2 });
        check(b"\x7fELF\x01\x00\xff", TableError::Binary);
        check(b"a\0b", TableError::Binary);
        check(b"a,b\n1,\"x\n2,y\n", TableError::OpenQuote);
        check(b"1\n2\n3\n4\n5\n6\n", TableError::TooManyRows { limit: 5 });
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(table) = crate::read(&bytes, &Limits::default()) {
                prop_assert!(!table.rows.is_empty());
            }
        }
    }
}
