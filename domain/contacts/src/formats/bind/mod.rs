//! BIND 9 query log. Source of the format: BIND 9 Administrator Reference Manual, "The `querylog`
//! category", and lines that BIND 9.18 wrote.
//!
//! Read: `query:` lines (asked for, answer unknown), `rpz … rewrite` and `denied` lines (answered
//! by the resolver in the destination's place). With or without category and severity, behind a
//! syslog header or not, with views and keys. Other messages of `named` are passed over.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
