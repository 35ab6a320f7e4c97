//! Unbound query log. Source of the format: unbound.conf(5), `log-queries`, `log-replies`,
//! `log-local-actions`, `log-tag-queryreply`, `rpz-log`, and lines that Unbound 1.17 wrote.
//!
//! Read: questions and replies (asked for; a reply gives the code, never the addresses), local
//! zones and response policy zones that answered in the destination's place. Into a file with any
//! kind of time, or through syslog. Other messages of Unbound are passed over.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
