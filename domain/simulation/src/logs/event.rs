//! What happens on the invented network, whichever program writes it down.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::names::SimulatedDevice;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) struct Event<'e> {
    pub(crate) device: &'e SimulatedDevice,
    /// The device's address, as it is written.
    pub(crate) source: Cow<'e, str>,
    pub(crate) flow: Flow<'e>,
}

/// What a device does, or what is done to it.
#[derive(Clone, Debug)]
pub(crate) enum Flow<'e> {
    /// It asks for a name.
    Dns { name: Cow<'e, str>, answer: Answer },
    /// It connects to an address.
    Connection { address: Cow<'e, str>, port: u16, ending: Ending },
    /// It opens TLS to a name.
    Tls { name: Cow<'e, str>, address: IpAddr, ending: Ending },
    /// It asks a web server. The host may be an address, as it is written in URLs.
    Web {
        host: Cow<'e, str>,
        address: IpAddr,
        path: Cow<'e, str>,
        query: Cow<'e, str>,
        ending: Ending,
    },
    /// Somebody outside knocks at it.
    Inbound { from: IpAddr, ending: Ending },
}

/// Kinds of records that a log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Dns,
    Connection,
    Tls,
    Web,
}

/// What a name server said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    None,
    Blocked,
    Address(IpAddr),
}

/// How a connection went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Served,
    Refused,
}
