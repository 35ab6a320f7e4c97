//! Cisco ASA and Firepower Threat Defense messages. Source of the format: Cisco Secure Firewall ASA
//! Series Syslog Messages (9.x), "Syslog Messages 101001 to 199021" and following.
//!
//! Read: connections built (302013, 302015, 302020), torn down (302014, 302016), denied or let
//! through by a list (106001, 106006, 106007, 106010, 106014, 106015, 106021, 106023, 106100,
//! 710003), and URLs (304001, 304002). All other messages, translations (305011, 305012) among them,
//! are passed over.
//!
//! "Built" comes with the first packet: it proves an attempt, and says who opened (`inbound`,
//! `outbound`). "Teardown" tells the bytes, but not who opened: [`parse`] says when it is believed
//! to be outbound.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{read_line, timestamp};
