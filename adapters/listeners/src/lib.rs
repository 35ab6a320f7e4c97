//! Sockets that others send to: syslog over UDP, TCP and TLS, datagrams of flow exporters,
//! and questions to a name server that answers for listed names and passes all others on.
//!
//! Sockets are bound first, so that rights may be given up before anything is read; then each `run`
//! serves until it is told to end. What comes is bounded: messages, connections, connections of one
//! sender. What is turned away or lost is told of.
//!
//! What it deliberately does not do: know formats or indicators. What a line says, and which names are
//! listed, the caller decides.

mod datagrams;
mod dns;
mod syslog;

pub use datagrams::{Datagram, DatagramListener};
pub use dns::{Judge, Sinkhole, SinkholeSettings};
pub use syslog::{
    ServerTls, SyslogAddress, SyslogAddressError, SyslogListener, SyslogReceiver, TurnedAway,
    server_tls,
};

use std::io;
use std::time::Duration;

/// How long a socket waits before it looks whether it is to end.
const PERIOD: Duration = Duration::from_millis(50);
/// How long what still comes is read when it is to end.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// Whether nothing came, as opposed to a failure.
fn is_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}
