//! What packets or flow records prove.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::{Between, Outcome};

/// One piece of evidence, taken from packets or flow records, that a device talked, or tried to
/// talk, to a destination: a [`crate::Contact`] whose values are typed already.
///
/// Names and paths point into the packet or into the reader's own buffer and are as they stood
/// there: not validated, not lower-cased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireContact<'p> {
    /// The side that asked or opened the connection. For a connection that a listed address opens,
    /// that address: the matcher makes an inbound scan of it.
    pub device: IpAddr,
    /// The other side; `None` where the name alone is the destination, as in a question to a
    /// resolver.
    pub address: Option<IpAddr>,
    /// Port of the other side; 0 when it has none.
    pub port: u16,
    /// Domain name asked for or connected to (query name, SNI, HTTP host), without port; empty when
    /// there is none.
    pub name: &'p [u8],
    /// Path of a URL with its leading `/`, query string cut off; empty when there is none.
    pub path: &'p [u8],
    /// Query string of a URL, after the `?`: names in it are mentions, never contacts.
    pub query: &'p [u8],
    /// Addresses a DNS answer gave for `name`.
    pub answers: &'p [IpAddr],
    /// When; `None` when packet or record does not say.
    pub time: Option<Timestamp>,
    /// How it ended, as far as it is known by now.
    pub outcome: Outcome,
    /// What packet or record shows of machines that stand for others.
    pub between: Between<IpAddr>,
}

impl WireContact<'_> {
    /// A contact with an address and nothing else known: the start for a struct update.
    pub fn between(device: IpAddr, address: IpAddr, port: u16) -> Self {
        Self { address: Some(address), port, ..Self::by(device) }
    }

    /// A contact by a device with nothing else known: the start for a struct update.
    pub fn by(device: IpAddr) -> Self {
        Self {
            device,
            address: None,
            port: 0,
            name: b"",
            path: b"",
            query: b"",
            answers: &[],
            time: None,
            outcome: Outcome::default(),
            between: Between::Nobody,
        }
    }
}
