//! FortiGate key=value logs. Source of the format: FortiOS Log Message Reference (field lists of
//! traffic, webfilter and dns logs).
//!
//! Traffic: address and port, connected or attempted by `action` and `rcvdbyte`. Web filter and
//! other UTM logs: host name and path too, blocked ones are attempts. DNS: name and answers.
//! Fields stand in any order, values may be quoted, a syslog header may stand before.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{Field, read_line, timestamp};
