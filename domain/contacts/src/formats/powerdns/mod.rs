//! PowerDNS query logs. Source of the format: PowerDNS documentation (Recursor `quiet`,
//! `structured-logging`; Authoritative Server `log-dns-queries`; dnsdist `LogAction`), and lines that
//! Recursor 4.8, Authoritative Server 4.7 and dnsdist 1.7 wrote.
//!
//! Read: questions, which name the client; the Recursor's answers name none or repeat the question
//! and are passed over, as are other messages. dnsdist's answers are read too: they come from an
//! action of their own. None gives the addresses that were answered.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
