//! Captured packets into contacts: pcap and pcapng, from the link layer up to the names in DNS, TLS,
//! HTTP and QUIC.
//!
//! [`CaptureReader`] takes the bytes of a capture in any pieces, [`PacketReader`] packets as they pass an
//! interface; both tell a [`Sink`] what they prove.
//! Memory is bounded: every table has a size, and what falls out of one unfinished is reported. A
//! packet that is of no interest (its addresses are on no list, and it begins no message that holds a
//! name) allocates nothing and enters no table.
//!
//! What it deliberately does not do: decrypt anything but what QUIC shows to everybody; follow every
//! connection from its first packet to its last; 802.11 frames and tunnels other than IP in IP.
//!
//! Where reading starts: `capture` cuts a file into records, `link` and `ip` pass the headers,
//! `dissector` decides what a packet says.

pub(crate) mod bytes;
mod capture;
mod dissector;
pub(crate) mod dns;
mod exports;
mod flows;
mod fragments;
mod http;
mod ip;
mod link;
mod quic;
mod reader;
pub(crate) mod recent;
mod streams;
#[cfg(test)]
mod tests;
mod tls;

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;

use crate::WireContact;

pub use capture::{CaptureKind, CaptureProblem};
pub use reader::{CaptureReader, PacketReader};

/// Takes what packets prove.
pub trait Sink {
    /// Whether any indicator names this address, a port of it, or a network around it: such
    /// connections are followed, all others are not.
    fn is_listed(&mut self, address: IpAddr) -> bool;

    /// Whether an indicator is found in a contact; nothing is noted.
    fn finds(&mut self, contact: &WireContact<'_>) -> bool;

    /// Takes a contact; tells whether an indicator was found in it, in which case the reader watches
    /// for what comes of it.
    fn contact(&mut self, contact: &WireContact<'_>, packet: &Packet, count: Count) -> bool;

    /// Takes a packet that was not understood, or only in part.
    fn not_parsed(&mut self, packet: &Packet, reason: Reason);

    /// The packets from here on were captured in another hour than those before.
    fn hour(&mut self, time: Timestamp);
}

/// Whether a contact is one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// It is.
    New,
    /// It is, unless its address alone is what is found: the connection was counted already.
    NewUnlessAddress,
    /// It says more about one that was counted.
    More,
}

/// Why a packet was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Its interface is of a kind that is not read.
    LinkType,
    /// The capture holds too little of it.
    Cut,
    /// A header contradicts itself.
    Malformed,
    /// It goes to or comes from port 53 and is no DNS message.
    Dns,
    /// Other fragments of its datagram are missing.
    Fragment,
    /// A message that holds a name begins in it and has no end.
    Unfinished,
    /// It holds flow records whose template did not come before.
    FlowTemplate,
    /// It holds flow records that were not understood.
    Flow,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::LinkType,
        Self::Cut,
        Self::Malformed,
        Self::Dns,
        Self::Fragment,
        Self::Unfinished,
        Self::FlowTemplate,
        Self::Flow,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::LinkType => "link-type",
            Self::Cut => "cut",
            Self::Malformed => "malformed",
            Self::Dns => "dns",
            Self::Fragment => "fragment",
            Self::Unfinished => "unfinished",
            Self::FlowTemplate => "flow-template",
            Self::Flow => "flow",
        }
    }
}

/// A packet that proved something or was not understood.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    /// Offset of its record in the capture.
    pub offset: u64,
    /// Its number in the capture, from 1.
    pub number: u64,
    /// When it was captured; `None` when the capture does not say.
    pub time: Option<Timestamp>,
    /// Who sent it to whom; `None` below IP.
    pub sockets: Option<Sockets>,
    /// What it is, in the short words of capture programs.
    pub what: What,
}

/// What a packet is, in the short words of capture programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A frame of a link type, by its number.
    Frame(u16),
    /// A datagram of a protocol, by its number.
    Ip(u8),
    /// By name.
    Named(&'static str),
    /// A flow record that it holds.
    Flow {
        /// By IANA's number.
        protocol: u8,
        /// Of all packets together.
        tcp_flags: Option<u8>,
        /// How many.
        packets: u64,
        /// How many in them.
        bytes: u64,
    },
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(link_type) => write!(f, "linktype {link_type}"),
            Self::Ip(protocol) => write!(f, "IP proto {protocol}"),
            Self::Named(name) => f.write_str(name),
            Self::Flow { protocol, tcp_flags, packets, bytes } => {
                f.write_str("flow ")?;
                crate::flows::write_amount(f, *protocol, *tcp_flags, (*packets, *bytes))
            }
        }
    }
}

/// Who sent a packet to whom; ports are 0 where there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sockets {
    /// Its sender.
    pub source: IpAddr,
    /// Its receiver.
    pub target: IpAddr,
    /// Port of the sender.
    pub source_port: u16,
    /// Port of the receiver.
    pub target_port: u16,
}

impl Sockets {
    /// The way back.
    pub(crate) fn turned(self) -> Self {
        Self {
            source: self.target,
            target: self.source,
            source_port: self.target_port,
            target_port: self.source_port,
        }
    }
}

/// One line: when, who to whom, what.
impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(time) = self.time {
            write!(f, "{time:.6} ")?;
        }
        if let Some(sockets) = self.sockets {
            if sockets.source_port == 0 && sockets.target_port == 0 {
                write!(f, "{} > {} ", sockets.source, sockets.target)?;
            } else {
                let source = SocketAddr::new(sockets.source, sockets.source_port);
                let target = SocketAddr::new(sockets.target, sockets.target_port);
                write!(f, "{source} > {target} ")?;
            }
        }
        self.what.fmt(f)
    }
}

impl Packet {
    /// One line of evidence: the packet and what of it makes the contact.
    pub fn describe(&self, contact: &WireContact<'_>) -> String {
        let mut text = self.to_string();
        if !contact.name.is_empty() || !contact.path.is_empty() {
            text.push(' ');
            text.push_str(&String::from_utf8_lossy(contact.name));
            text.push_str(&String::from_utf8_lossy(contact.path));
        }
        if !contact.query.is_empty() {
            text.push('?');
            text.push_str(&String::from_utf8_lossy(contact.query));
        }
        for (at, answer) in contact.answers.iter().enumerate() {
            text.push_str(if at == 0 { " = " } else { ", " });
            text.push_str(&answer.to_string());
        }
        text
    }
}
