//! IP headers: RFC 791, RFC 8200.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Reason;
use super::bytes::{be16, be32, byte, window};

/// Extension headers behind one another that are followed.
const MOST_EXTENSIONS: usize = 16;

pub(crate) const ICMP: u8 = 1;
pub(crate) const IP_IN_IP: u8 = 4;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const IPV6_IN_IP: u8 = 41;
pub(crate) const ICMPV6: u8 = 58;

/// One IP datagram, or a fragment of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Datagram<'p> {
    pub(crate) source: IpAddr,
    pub(crate) target: IpAddr,
    /// Of the payload, extension headers passed.
    pub(crate) protocol: u8,
    pub(crate) payload: &'p [u8],
    /// The capture holds less of the payload than was on the wire.
    pub(crate) is_cut: bool,
    pub(crate) fragment: Option<Fragment>,
}

/// Where a fragment belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub(crate) id: u32,
    /// In bytes of the whole payload.
    pub(crate) offset: usize,
    pub(crate) is_last: bool,
}

impl<'p> Datagram<'p> {
    #[inline]
    pub(crate) fn parse(bytes: &'p [u8]) -> Result<Self, Reason> {
        match byte(bytes, 0).ok_or(Reason::Cut)? >> 4 {
            4 => Self::parse_v4(bytes),
            6 => Self::parse_v6(bytes),
            _ => Err(Reason::Malformed),
        }
    }

    #[inline]
    fn parse_v4(bytes: &'p [u8]) -> Result<Self, Reason> {
        let header = bytes.first_chunk::<20>().ok_or(Reason::Cut)?;
        let header_length = usize::from(header[0] & 0xf) * 4;
        let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
        // A card that cuts packets for the system leaves the length at 0.
        let total = if total == 0 { bytes.len() } else { total };
        if header_length < 20 || total < header_length {
            return Err(Reason::Malformed);
        }
        let source = u32::from_be_bytes([header[12], header[13], header[14], header[15]]);
        let target = u32::from_be_bytes([header[16], header[17], header[18], header[19]]);
        let place = u16::from_be_bytes([header[6], header[7]]);
        let fragment = (place & 0x3fff != 0).then(|| Fragment {
            id: u32::from(u16::from_be_bytes([header[4], header[5]])),
            offset: usize::from(place & 0x1fff) * 8,
            is_last: place & 0x2000 == 0,
        });
        Ok(Self {
            source: IpAddr::V4(Ipv4Addr::from(source)),
            target: IpAddr::V4(Ipv4Addr::from(target)),
            protocol: header[9],
            payload: window(bytes, header_length, total - header_length),
            is_cut: bytes.len() < total,
            fragment,
        })
    }

    fn parse_v6(bytes: &'p [u8]) -> Result<Self, Reason> {
        let header = bytes.first_chunk::<40>().ok_or(Reason::Cut)?;
        let length = usize::from(u16::from_be_bytes([header[4], header[5]]));
        // 0 is a jumbogram, which no Ethernet carries, or a card that cuts packets.
        let length = if length == 0 { bytes.len() - 40 } else { length };
        let address = |at| {
            let sixteen = header.get(at..).and_then(|it| it.first_chunk::<16>());
            IpAddr::V6(Ipv6Addr::from(*sixteen.unwrap_or(&[0; 16])))
        };
        let mut datagram = Self {
            source: address(8),
            target: address(24),
            protocol: header[6],
            payload: window(bytes, 40, length),
            is_cut: bytes.len() - 40 < length,
            fragment: None,
        };
        datagram.pass_extensions()?;
        Ok(datagram)
    }

    /// Passes extension headers up to the transport or the end of what a fragment says.
    #[inline]
    fn pass_extensions(&mut self) -> Result<(), Reason> {
        for _ in 0..MOST_EXTENSIONS {
            let length = match self.protocol {
                // Hop-by-hop, routing, destination options, mobility, HIP, shim6
                0 | 43 | 60 | 135 | 139 | 140 => {
                    let units = byte(self.payload, 1).ok_or(self.shortage())?;
                    (usize::from(units) + 1) * 8
                }
                // Authentication counts in other units.
                51 => {
                    let units = byte(self.payload, 1).ok_or(self.shortage())?;
                    (usize::from(units) + 2) * 4
                }
                44 => {
                    let place = be16(self.payload, 2).ok_or(self.shortage())?;
                    let id = be32(self.payload, 4).ok_or(self.shortage())?;
                    let next = byte(self.payload, 0).ok_or(self.shortage())?;
                    let offset = usize::from(place & 0xfff8);
                    let is_last = place & 1 == 0;
                    self.payload = self.payload.get(8..).unwrap_or_default();
                    self.protocol = next;
                    // A whole datagram in one fragment is read on at once (RFC 6946).
                    if offset > 0 || !is_last {
                        self.fragment = Some(Fragment { id, offset, is_last });
                        return Ok(());
                    }
                    continue;
                }
                _ => return Ok(()),
            };
            let next = byte(self.payload, 0).ok_or(self.shortage())?;
            self.payload = self.payload.get(length..).ok_or(self.shortage())?;
            self.protocol = next;
        }
        Err(Reason::Malformed)
    }

    /// A datagram put together again: its first header decides what is inside.
    pub(crate) fn whole(&self, protocol: u8, payload: &'p [u8]) -> Result<Self, Reason> {
        let mut whole = Self { protocol, payload, is_cut: false, fragment: None, ..*self };
        if self.source.is_ipv6() {
            whole.pass_extensions()?;
        }
        Ok(whole)
    }

    /// Why bytes are missing.
    pub(crate) fn shortage(&self) -> Reason {
        if self.is_cut { Reason::Cut } else { Reason::Malformed }
    }
}
