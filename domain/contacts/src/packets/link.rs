//! Frames of a link into datagrams: what stands before IP.

use super::Reason;
use super::bytes::{be16, be32, byte};

/// VLAN tags, MPLS labels and tunnels behind one another that are followed.
const MOST_LAYERS: usize = 8;

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carried<'p> {
    /// An IP datagram of either version: its header tells.
    Ip(&'p [u8]),
    /// Something that has no contact: ARP, spanning tree, …
    Other,
}

/// Link types by tcpdump.org's registry; the numbers that a system uses instead are with them.
#[inline]
pub(crate) fn carried(link_type: u16, frame: &[u8]) -> Result<Carried<'_>, Reason> {
    match link_type {
        // EN10MB
        1 => {
            let kind = be16(frame, 12).ok_or(Reason::Cut)?;
            behind_type(kind, frame.get(14..).unwrap_or_default())
        }
        // NULL and LOOP: an address family of the capturing host, in its byte order or not.
        0 | 108 => {
            let family = be32(frame, 0).ok_or(Reason::Cut)?;
            let family = if family > 0xffff { family.swap_bytes() } else { family };
            let rest = frame.get(4..).unwrap_or_default();
            // AF_INET; AF_INET6 of Linux, NetBSD, FreeBSD, macOS.
            Ok(if matches!(family, 2 | 10 | 24 | 28 | 30) {
                Carried::Ip(rest)
            } else {
                Carried::Other
            })
        }
        // RAW, and the same on BSD and OpenBSD; IPV4, IPV6
        101 | 12 | 14 | 228 | 229 => Ok(Carried::Ip(frame)),
        // LINUX_SLL
        113 => {
            let kind = be16(frame, 14).ok_or(Reason::Cut)?;
            behind_type(kind, frame.get(16..).unwrap_or_default())
        }
        // LINUX_SLL2
        276 => {
            let kind = be16(frame, 0).ok_or(Reason::Cut)?;
            behind_type(kind, frame.get(20..).ok_or(Reason::Cut)?)
        }
        _ => Err(Reason::LinkType),
    }
}

#[inline]
fn behind_type(kind: u16, rest: &[u8]) -> Result<Carried<'_>, Reason> {
    if kind == IPV4 || kind == IPV6 {
        return Ok(Carried::Ip(rest));
    }
    behind_tags(kind, rest)
}

fn behind_tags(mut kind: u16, mut rest: &[u8]) -> Result<Carried<'_>, Reason> {
    for _ in 0..MOST_LAYERS {
        match kind {
            IPV4 | IPV6 => return Ok(Carried::Ip(rest)),
            // 802.1Q, 802.1ad, and what was used before it
            0x8100 | 0x88a8 | 0x9100 | 0x9200 => {
                kind = be16(rest, 2).ok_or(Reason::Cut)?;
                rest = rest.get(4..).unwrap_or_default();
            }
            // PPPoE session: the protocol numbers of PPP
            0x8864 => {
                let protocol = be16(rest, 6).ok_or(Reason::Cut)?;
                let is_ip = matches!(protocol, 0x0021 | 0x0057);
                let rest = rest.get(8..).unwrap_or_default();
                return Ok(if is_ip { Carried::Ip(rest) } else { Carried::Other });
            }
            // MPLS: what is inside does not say what it is
            0x8847 | 0x8848 => return behind_labels(rest),
            _ => return Ok(Carried::Other),
        }
    }
    Err(Reason::Malformed)
}

fn behind_labels(mut rest: &[u8]) -> Result<Carried<'_>, Reason> {
    for _ in 0..MOST_LAYERS {
        let label = be32(rest, 0).ok_or(Reason::Cut)?;
        rest = rest.get(4..).unwrap_or_default();
        if label & 0x100 != 0 {
            let version = byte(rest, 0).ok_or(Reason::Cut)? >> 4;
            return Ok(if matches!(version, 4 | 6) { Carried::Ip(rest) } else { Carried::Other });
        }
    }
    Err(Reason::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ip_is_found_behind_every_link() {
        let check = |link_type, header: &[u8]| {
            let frame = [header, b"\x45datagram"].concat();
            let found = carried(link_type, &frame);
            assert_eq!(found, Ok(Carried::Ip(b"\x45datagram")), "{link_type}");
            for length in 0..header.len() {
                assert_ne!(carried(link_type, &frame[..length]), found, "{link_type} {length}");
            }
        };
        check(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0");
        check(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x81\0\0\x07\x08\0");
        check(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\xa8\0\x07\x81\0\0\x08\x86\xdd");
        check(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\x64\x11\0\0\x01\0\x09\0\x21");
        check(1, b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x88\x47\0\x01\0\x40\0\x02\x01\x40");
        check(113, b"\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0\x08\0");
        check(276, b"\x86\xdd\0\0\0\0\0\x02\0\x01\0\x06\x02\0\0\0\0\x01\0\0");
        check(0, b"\x02\0\0\0");
        check(0, b"\x1e\0\0\0");
        check(108, b"\0\0\0\x18");
        check(101, b"");
        check(229, b"");
    }

    #[test]
    fn what_is_not_ip_has_no_contact_and_what_is_not_known_is_said() {
        let check = |link_type, frame: &[u8], expected| {
            assert_eq!(carried(link_type, frame), expected);
        };
        let arp = b"\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x02\x08\x06\0\x01";
        check(1, arp, Ok(Carried::Other));
        check(105, arp, Err(Reason::LinkType));
        check(1, &arp[..13], Err(Reason::Cut));
        let tags = [&arp[..12], &b"\x81\0\0\x01".repeat(9)[..]].concat();
        check(1, &tags, Err(Reason::Malformed));
    }
}
