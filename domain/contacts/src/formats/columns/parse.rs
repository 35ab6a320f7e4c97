//! One record by a map of columns.

use memchr::memchr;

use super::map::{Columns, Role};
use crate::fields::{
    answers_outcome, has_count, host_and_port, is_address, path_and_query, port, push_request,
    url_parts,
};
use crate::{Contact, LineKind, Outcome, json};

/// Columns further right are not read.
const COLUMNS: usize = 256;

/// What a CSV's first line says, or a map of numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct CsvHeader {
    roles: Vec<Role>,
    used: usize,
}

/// The values of one record.
#[derive(Default)]
struct Record<'l> {
    device: &'l [u8],
    device_name: &'l [u8],
    name: &'l [u8],
    url: &'l [u8],
    path: &'l [u8],
    query: &'l [u8],
    address: &'l [u8],
    port: &'l [u8],
    answers: &'l [u8],
    time: &'l [u8],
    outcome: &'l [u8],
}

impl<'l> Record<'l> {
    fn set(&mut self, role: Role, value: &'l [u8]) {
        let value = value.trim_ascii();
        let value = if matches!(value, b"-" | b"null" | b"N/A") { &b""[..] } else { value };
        match role {
            Role::Other => {}
            Role::Device => self.device = value,
            Role::DeviceName => self.device_name = value,
            Role::Name => self.name = value,
            Role::Url => self.url = value,
            Role::Path => self.path = value,
            Role::Query => self.query = value,
            Role::Address => self.address = value,
            Role::Port => self.port = value,
            Role::Answers => self.answers = value,
            Role::Time => self.time = value,
            Role::Outcome => self.outcome = value,
        }
    }
}

impl CsvHeader {
    /// Columns by number; empty when the first line has to tell.
    pub(crate) fn of(columns: &Columns) -> Self {
        let mut header = Self::default();
        if columns.are_numbers() {
            for (number, role) in &columns.columns {
                let at = number.parse::<usize>().unwrap_or(0).saturating_sub(1);
                header.put(at, *role);
            }
        }
        header
    }

    /// Whether the first line of the log has yet to come.
    pub(crate) fn is_awaited(&self) -> bool {
        self.roles.is_empty()
    }

    /// The first column by number that a line has not.
    pub(crate) fn lacks(columns: &Columns, line: &[u8]) -> Option<String> {
        let mut count = 0;
        each_value(line, columns.delimiter, COLUMNS, |_, _| count += 1);
        let is_missing = |it: &&str| it.parse::<usize>().is_ok_and(|number| number > count);
        columns.names().find(is_missing).map(str::to_owned)
    }

    /// Takes the line with the names; gives those that the map names and the line has not.
    pub(crate) fn take<'c>(&mut self, columns: &'c Columns, line: &[u8]) -> Vec<&'c str> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let mut names = Vec::new();
        each_value(line, columns.delimiter, COLUMNS, |_, value| names.push(value.trim_ascii()));
        let mut missing = Vec::new();
        for (column, role) in &columns.columns {
            match names.iter().position(|name| *name == column.as_bytes()) {
                Some(at) => self.put(at, *role),
                None => missing.push(column.as_str()),
            }
        }
        missing
    }

    fn put(&mut self, at: usize, role: Role) {
        if at < COLUMNS {
            self.roles.resize(self.roles.len().max(at + 1), Role::Other);
            if let Some(place) = self.roles.get_mut(at) {
                *place = role;
            }
            self.used = self.roles.len();
        }
    }
}

/// Reads a line of a CSV; the first one tells the columns when the map does not number them.
pub(crate) fn read_csv<'l>(
    columns: &Columns,
    header: &mut CsvHeader,
    line: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    if header.is_awaited() {
        header.take(columns, line);
        return LineKind::Understood;
    }
    let mut record = Record::default();
    let mut count = 0;
    each_value(line, columns.delimiter, header.used, |at, value| {
        record.set(header.roles.get(at).copied().unwrap_or_default(), value);
        count = at + 1;
    });
    if count < header.used { LineKind::NotParsed } else { push(&record, sink) }
}

/// Cuts a line into at most so many values; quotation marks around one are removed.
fn each_value<'l>(
    line: &'l [u8],
    delimiter: u8,
    most: usize,
    mut value: impl FnMut(usize, &'l [u8]),
) {
    let mut rest = line;
    for at in 0..most {
        let (cell, length) = if let Some(inner) = rest.strip_prefix(b"\"") {
            let length = quoted_length(inner);
            let behind = rest.get(length + 1..).unwrap_or_default();
            let more = memchr(delimiter, behind).unwrap_or(behind.len());
            (inner.get(..length).unwrap_or(inner), length + 1 + more)
        } else {
            let length = memchr(delimiter, rest).unwrap_or(rest.len());
            (rest.get(..length).unwrap_or(rest), length)
        };
        value(at, cell);
        match rest.get(length + 1..) {
            Some(after) => rest = after,
            None => return,
        }
    }
}

/// Length up to the closing quotation mark; `""` is one mark of the text.
fn quoted_length(inner: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = inner.get(at..).and_then(|rest| memchr(b'"', rest)) {
        let end = at + found;
        if inner.get(end + 1) != Some(&b'"') {
            return end;
        }
        at = end + 2;
    }
    inner.len()
}

/// Reads a record of JSON lines.
pub(crate) fn read_json<'l>(
    columns: &Columns,
    line: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) -> LineKind {
    let mut record = Record::default();
    match walk(columns, "", line, &mut |role, value| record.set(role, value)) {
        Some(_) => push(&record, sink),
        None => LineKind::NotParsed,
    }
}

/// The columns that a record of JSON lines has.
pub(crate) fn json_columns<'c>(columns: &'c Columns, line: &[u8]) -> Vec<&'c str> {
    let mut found = Vec::new();
    for column in columns.names() {
        let only = Columns { columns: vec![(column.to_owned(), Role::Name)], delimiter: b',' };
        let mut is_there = false;
        walk(&only, "", line, &mut |_, _| is_there = true);
        if is_there {
            found.push(column);
        }
    }
    found
}

/// Walks through an object; `parent` stands before its members' names in the map.
fn walk<'l>(
    columns: &Columns,
    parent: &str,
    text: &'l [u8],
    set: &mut dyn FnMut(Role, &'l [u8]),
) -> Option<&'l [u8]> {
    json::object(text, |key, rest| {
        let below = |column: &str| column.strip_prefix(parent).map(str::len);
        for (column, role) in &columns.columns {
            let Some(length) = below(column) else { continue };
            let name = column.as_bytes().get(column.len() - length..).unwrap_or_default();
            if name == key {
                let (value, rest) = json::value(rest)?;
                set(*role, value);
                return Some(rest);
            }
            let is_above = name.starts_with(key) && name.get(key.len()) == Some(&b'.');
            if is_above && rest.starts_with(b"{") {
                let inner = column.get(..column.len() - length + key.len() + 1).unwrap_or(column);
                return walk(columns, inner, rest, set);
            }
        }
        json::value(rest).map(|(_, rest)| rest)
    })
}

fn push<'l>(record: &Record<'l>, sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let parts = url_parts(record.url);
    let (host, host_port) = host_and_port(record.name);
    let host = if host.is_empty() { parts.host } else { host };
    let (path, inner_query) = if record.path.is_empty() {
        (parts.path, parts.query)
    } else {
        path_and_query(record.path)
    };
    let (address, address_port) = host_and_port(record.address);
    let ports = [port(record.port), address_port, host_port, parts.port];
    let is_connection = !address.is_empty()
        || is_address(host)
        || !record.url.is_empty()
        || !record.path.is_empty();
    let sent = Contact {
        device: if is_address(record.device) {
            record.device
        } else {
            host_and_port(record.device).0
        },
        device_name: record.device_name,
        path,
        query: if record.query.is_empty() { inner_query } else { record.query },
        address,
        port: ports.into_iter().find(|it| *it != 0).unwrap_or(0),
        answers: record.answers,
        time: record.time,
        outcome: outcome(record, is_connection),
        ..Contact::default()
    };
    push_request(host, if host_port == 0 { parts.port } else { host_port }, &sent, sink);
    LineKind::Understood
}

/// What the log says in its own word, or else the least that such a line proves.
fn outcome(record: &Record<'_>, is_connection: bool) -> Outcome {
    let is = |words: &[&[u8]]| {
        words.iter().any(|word| {
            record.outcome.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word))
        })
    };
    let is_stopped = is(&[
        b"den", b"block", b"drop", b"reject", b"refus", b"reset", b"fail", b"timeout", b"error",
        b"false", b"403", b"407", b"502", b"503", b"504",
    ]);
    let is_let_through =
        is(&[
            b"allow",
            b"accept",
            b"pass",
            b"permit",
            b"ok",
            b"success",
            b"connected",
            b"establish",
            b"close",
            b"true",
            b"2",
            b"3",
        ]) || (record.outcome.len() == 3 && is(&[b"4", b"5"]) && has_count(record.outcome));
    match (is_connection, is_stopped) {
        (true, false) if is_let_through => Outcome::Connected,
        (true, _) => Outcome::Attempted,
        (false, true) => Outcome::DnsBlocked,
        (false, false) => answers_outcome(record.answers),
    }
}
