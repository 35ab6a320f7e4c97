//! AdGuard Home query log (`querylog.json`, one JSON object a line). Source of the format: AdGuard
//! Home's `internal/querylog` (`logEntry`, its JSON names) and `filtering.Reason`.
//!
//! Read: client, name, time and what became of it. `Result` says whether a filter, a rewrite or a
//! parental service answered in the destination's place; else `Answer`, a DNS message in Base64,
//! gives the addresses. Versions before 0.100, which pack the question too, are not read.

mod answer;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{Field, read_line, timestamp};
