//! Zeek logs, tab-separated: conn, dns, ssl, http, files. Source of the format: Zeek's documentation
//! of the ASCII writer and of the logs' fields.
//!
//! The `#fields` line says which column is what, so any order and any added fields are read. A
//! header in the middle of a file (rotated logs put together) starts anew.

mod header;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use header::{Header, Role};
pub(crate) use parse::{Record, push, read_line, timestamp};
