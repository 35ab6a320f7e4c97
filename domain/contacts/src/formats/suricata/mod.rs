//! Suricata's eve.json. Source of the format: the Suricata User Guide, "EVE JSON Format" of versions
//! 4 to 8. No lines of a running Suricata were at hand.
//!
//! Read: `dns` (versions 1, 2 and 3), `tls`, `quic`, `http`, `flow`, `netflow`, `alert`, `drop` and
//! `fileinfo`. Other events have no contact: their connection has its own `flow`.
//!
//! Which side is the device: events of a transaction and of a flow are written as the client sees
//! them, a DNS answer of older versions, an alert and a file as the packet went. Those are turned by
//! the flow's own addresses where the event holds them, by `direction` where it stands, else by the
//! ports: the server's is the lower one.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{Field, read_line, timestamp};
