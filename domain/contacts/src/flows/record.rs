//! One flow record with what matters of it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;

use super::Place;

pub(crate) const ICMP: u8 = 1;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const ICMPV6: u8 = 58;

pub(crate) const FIN: u8 = 0x01;
pub(crate) const SYN: u8 = 0x02;
pub(crate) const RST: u8 = 0x04;
pub(crate) const PSH: u8 = 0x08;
pub(crate) const ACK: u8 = 0x10;

/// One flow record: the packets that went from one end to the other, and what came back where the
/// exporter puts both into one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Where it stands.
    pub place: Place,
    /// Who sent.
    pub source: IpAddr,
    /// Who was sent to; behind address translation, the inner address.
    pub target: IpAddr,
    /// 0 when it has none.
    pub source_port: u16,
    /// 0 when it has none.
    pub target_port: u16,
    /// By IANA's number.
    pub protocol: u8,
    /// The flags of all packets together; `None` when the exporter does not say.
    pub tcp_flags: Option<u8>,
    /// As the exporter counted them, sampling left out.
    pub packets: u64,
    /// As the exporter counted them, sampling left out.
    pub bytes: u64,
    /// What came back; `None` when the record is of one direction.
    pub back: Option<Back>,
    /// Type of an ICMP message; `None` when the exporter does not say.
    pub icmp_type: Option<u8>,
    /// When its first packet was seen.
    pub start: Option<Timestamp>,
    /// When its last packet was seen.
    pub end: Option<Timestamp>,
    /// Who opened it, as far as the record itself says.
    pub opener: Opener,
    /// A firewall says that it refused it.
    pub is_denied: bool,
    /// What came back was no answer but a refusal, by whichever side.
    pub is_refused: bool,
}

/// What came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Back {
    /// The flags of all packets together; `None` when the exporter does not say.
    pub tcp_flags: Option<u8>,
    /// Packets.
    pub packets: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Who opened a connection, as far as a record itself says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opener {
    /// It does not say.
    #[default]
    Unknown,
    /// Its source.
    Source,
    /// Its target.
    Target,
}

impl Flow {
    /// A record with nothing but its ends: the start for a struct update.
    pub(crate) fn between(place: Place, source: IpAddr, target: IpAddr) -> Self {
        Self {
            place,
            source,
            target,
            source_port: 0,
            target_port: 0,
            protocol: 0,
            tcp_flags: None,
            packets: 0,
            bytes: 0,
            back: None,
            icmp_type: None,
            start: None,
            end: None,
            opener: Opener::Unknown,
            is_denied: false,
            is_refused: false,
        }
    }

    /// The way back of a record of both directions.
    pub(crate) fn turned(self) -> Self {
        let back = self.back.unwrap_or_default();
        Self {
            source: self.target,
            target: self.source,
            source_port: self.target_port,
            target_port: self.source_port,
            tcp_flags: back.tcp_flags,
            packets: back.packets,
            bytes: back.bytes,
            back: Some(Back {
                tcp_flags: self.tcp_flags,
                packets: self.packets,
                bytes: self.bytes,
            }),
            opener: match self.opener {
                Opener::Source => Opener::Target,
                Opener::Target => Opener::Source,
                Opener::Unknown => Opener::Unknown,
            },
            // An answer to what was asked.
            icmp_type: None,
            ..self
        }
    }

    /// Takes the type of an ICMP message out of the port that most exporters put it in, and ports
    /// away from protocols that have none.
    pub(crate) fn tidied(mut self) -> Self {
        let has_ports = matches!(self.protocol, TCP | UDP | 33 | 132 | 136);
        if matches!(self.protocol, ICMP | ICMPV6) && self.icmp_type.is_none() {
            // Zero is an echo reply and no type at all.
            self.icmp_type = Some(self.target_port.to_be_bytes()[0]).filter(|it| *it != 0);
        }
        if !has_ports {
            (self.source_port, self.target_port) = (0, 0);
        }
        if let (Some(start), Some(end)) = (self.start, self.end)
            && end < start
        {
            // Some exporters confuse them.
            (self.start, self.end) = (Some(end), Some(start));
        }
        // Exporters that know no flags write none.
        self.tcp_flags = self.tcp_flags.filter(|it| self.protocol == TCP && *it != 0);
        self
    }
}

/// One line: when, who to whom, what, how much.
impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(start) = self.start {
            write!(f, "{start:.3} ")?;
        }
        if self.source_port == 0 && self.target_port == 0 {
            write!(f, "{} > {} ", self.source, self.target)?;
        } else {
            let source = SocketAddr::new(self.source, self.source_port);
            let target = SocketAddr::new(self.target, self.target_port);
            write!(f, "{source} > {target} ")?;
        }
        write_amount(f, self.protocol, self.tcp_flags, (self.packets, self.bytes))?;
        if let Some(kind) = self.icmp_type {
            write!(f, " type {kind}")?;
        }
        if let Some(back) = self.back.filter(|it| it.packets > 0 || it.bytes > 0) {
            f.write_str(" <")?;
            if let Some(flags) = back.tcp_flags {
                write!(f, " {}", Flags(flags))?;
            }
            write!(f, " {} packets {} bytes", back.packets, back.bytes)?;
        }
        if self.is_denied {
            f.write_str(" denied")?;
        }
        if let (Some(start), Some(end)) = (self.start, self.end)
            && end > start
        {
            let millis = end.duration_since(start).as_millis();
            write!(f, " {}.{:03} s", millis / 1000, millis % 1000)?;
        }
        Ok(())
    }
}

/// What was sent: protocol, flags, packets, bytes.
pub(crate) fn write_amount(
    f: &mut fmt::Formatter<'_>,
    protocol: u8,
    tcp_flags: Option<u8>,
    (packets, bytes): (u64, u64),
) -> fmt::Result {
    match protocol {
        TCP => f.write_str("TCP")?,
        UDP => f.write_str("UDP")?,
        ICMP | ICMPV6 => f.write_str("ICMP")?,
        protocol => write!(f, "IP proto {protocol}")?,
    }
    if let Some(flags) = tcp_flags {
        write!(f, " {}", Flags(flags))?;
    }
    write!(f, " {packets} packets {bytes} bytes")
}

struct Flags(u8);

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (bit, letter) in [(SYN, "S"), (FIN, "F"), (RST, "R"), (PSH, "P"), (ACK, "A")] {
            if self.0 & bit != 0 {
                f.write_str(letter)?;
            }
        }
        Ok(())
    }
}
