//! Squid native access log. Source of the format: Squid's documentation of `logformat squid`, and
//! lines that Squid 5.7 wrote.
//!
//! `time elapsed client code/status bytes method URL user hierarchy/peer type`. Denied requests
//! and those that never reached the server are attempts; every other answer means connected.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
