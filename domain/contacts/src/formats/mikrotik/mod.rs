//! MikroTik RouterOS log. Source of the format: RouterOS documentation, "Log" and "Firewall: Filter",
//! versions 6 and 7.
//!
//! Read: lines of firewall rules with `log=yes` (one packet each: an attempt, whatever the rule did
//! with it) and questions of the topic `dns`. A TCP packet counts when it opens (`SYN` without
//! `ACK`), another one when the connection is new or the router does not say: others do not say
//! which side opened. Other topics are passed over. Behind a syslog header, from a file of the router
//! or from its terminal.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
