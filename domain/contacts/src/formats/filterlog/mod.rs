//! pfSense and OPNsense packet filter log. Source of the format: Netgate's pfSense documentation,
//! "Raw Filter Log Format", and OPNsense's `filterlog`, which has the same order.
//!
//! Each line is one packet that a rule logged: it proves an attempt, passed or blocked. A TCP packet
//! counts when it opens (`SYN` without `ACK`): others do not say which side opened. UDP counts unless
//! its ports are those of an answer; ICMP echo requests and other protocols count.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
