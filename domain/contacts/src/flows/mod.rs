//! Flow records into contacts: NetFlow 5, 7 and 9, IPFIX, and the files they are kept in.
//!
//! [`FlowReader`] takes one message after the other, as exporters send them; [`FlowFileReader`] the
//! bytes of a file, in any pieces. Both tell a [`Sink`] what the records prove. A record of which no
//! address is listed is looked at no further and allocates nothing. Memory is bounded: what falls
//! out of a table is told of.
//!
//! What it deliberately does not do: multiply by sampling rates, since a sampled packet is proof and
//! an unseen one is none; count what exporters lost; sFlow; decompress, which the caller does.
//!
//! Where reading starts: `messages` cuts a message into sets and records, `layout` finds the fields
//! of a record, `links` puts both directions of a connection together and decides what they prove.
//! Sources: RFC 3954 (NetFlow 9), RFC 7011 and 7012 with IANA's registry of elements (IPFIX), RFC
//! 5103 (both directions in one record), RFC 5655 (IPFIX files), Cisco's field lists of NetFlow 5 and
//! 7, and the headers of nfdump for its files.
//!
//! ```
//! use contacts::flows::{At, FlowReader, Flow, Place, Reason, Sink};
//! use contacts::{Outcome, WireContact};
//!
//! struct Seen(Vec<(String, u16, Outcome)>);
//! impl Sink for Seen {
//!     fn is_listed(&mut self, address: std::net::IpAddr) -> bool {
//!         address.to_string() == "192.0.2.7"
//!     }
//!     fn contact(&mut self, contact: &WireContact<'_>, _: &Flow, _: bool) -> bool {
//!         self.0.push((contact.device.to_string(), contact.port, contact.outcome));
//!         true
//!     }
//!     fn not_parsed(&mut self, _: Place, _: Reason) {}
//!     fn hour(&mut self, _: jiff::Timestamp) {}
//! }
//!
//! // NetFlow 5: a header, and 10.0.0.7 sends 192.0.2.7 a SYN that nobody answers.
//! let mut message = vec![0, 5, 0, 1];
//! message.resize(24, 0);
//! message.extend([10, 0, 0, 7, 192, 0, 2, 7]);
//! message.resize(24 + 32, 0);
//! message.extend([0xc9, 0x37, 1, 0xbb, 0, 0x02, 6]);
//! message.resize(24 + 48, 0);
//! let (mut reader, mut seen) = (FlowReader::default(), Seen(Vec::new()));
//! reader.message(([10, 0, 0, 1], 2055).into(), At::Stream(0), &message, &mut seen);
//! reader.finish(&mut seen);
//! assert_eq!(seen.0, [("10.0.0.7".to_owned(), 443, Outcome::Attempted)]);
//! ```

mod elements;
mod file;
mod layout;
mod links;
mod messages;
mod record;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use jiff::Timestamp;

use crate::WireContact;

pub use file::{BlockPacking, FlowFileKind, FlowFileProblem, FlowFileReader, Refusal, UnpackBlock};
pub use messages::{FlowReader, is_message};
pub(crate) use record::write_amount;
pub use record::{Back, Flow, Opener};

/// Takes what flow records prove.
pub trait Sink {
    /// Whether any indicator names this address, a port of it, or a network around it: only such
    /// records are read further.
    fn is_listed(&mut self, address: IpAddr) -> bool;

    /// Takes a contact and the record that shows it; `is_more` when it says more about a connection
    /// that was told of. Tells whether an indicator was found in it.
    fn contact(&mut self, contact: &WireContact<'_>, flow: &Flow, is_more: bool) -> bool;

    /// Takes the place of something that was not understood.
    fn not_parsed(&mut self, place: Place, reason: Reason);

    /// The records from here on are of another hour than those before.
    fn hour(&mut self, time: Timestamp);
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// At this offset of a file or a stream; its records are numbered one after the other.
    Stream(u64),
    /// In a packet of a capture: all of its records have the number and offset of the packet.
    Packet(Place),
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Offset of its first byte; of the block around it where that is compressed.
    pub offset: u64,
    /// Its number, from 1.
    pub number: u64,
}

/// Why a record, or a set of records, was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The template that says what the fields are did not come before.
    NoTemplate,
    /// It names no pair of addresses.
    NoAddresses,
    /// There is less of it than it says.
    Cut,
    /// A length contradicts another.
    Malformed,
    /// It is of a version or a kind that is not read.
    Version,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::NoTemplate, Self::NoAddresses, Self::Cut, Self::Malformed, Self::Version];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoTemplate => "flow-template",
            Self::NoAddresses => "flow-addresses",
            Self::Cut => "flow-cut",
            Self::Malformed => "flow-malformed",
            Self::Version => "flow-version",
        }
    }
}
