//! Sophos Firewall (XG, XGS) key=value. Source of the format: Sophos Firewall, "Syslog
//! descriptions", SFOS 17.5 to 20.0, in the device's own format and in the central reporting format.
//!
//! Read: `log_type` Firewall (sessions), Content Filtering (web), SSL (names asked for in TLS) and
//! ATP (known malicious destinations); fields in any order. Logs of other types are passed over.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{Field, read_line, timestamp};
