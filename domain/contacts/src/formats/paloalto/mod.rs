//! Palo Alto Networks firewall logs as comma-separated values. Source of the format: PAN-OS
//! Administrator's Guide, "Syslog Field Descriptions", versions 8.1 to 11.1.
//!
//! Read: TRAFFIC; THREAT of the subtype `url`, of DNS signatures and DNS security, and of every
//! other subtype for its addresses. Behind a syslog header or not, or as the web interface exports
//! it. The fields that are read stand at the same places in all these versions; later versions add
//! theirs at the end. Logs of other types are passed over.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
