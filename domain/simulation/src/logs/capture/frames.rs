//! Frames and records of a capture.

use std::net::IpAddr;

use crate::random::Random;

const TCP: u8 = 6;
const UDP: u8 = 17;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// Both ends of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides {
    pub(super) client: IpAddr,
    pub(super) server: IpAddr,
    pub(super) client_port: u16,
    pub(super) server_port: u16,
}

impl Sides {
    pub(super) fn turned(self) -> Self {
        Self {
            client: self.server,
            server: self.client,
            client_port: self.server_port,
            server_port: self.client_port,
        }
    }
}

/// Gathers the bytes of a capture.
pub(super) struct Frames {
    pub(super) bytes: Vec<u8>,
    pub(super) count: u64,
    pub(super) time_us: i64,
    /// Frames carry a VLAN tag.
    pub(super) is_tagged: bool,
}

impl Frames {
    pub(super) fn new() -> Self {
        let mut bytes = 0xa1b2_c3d4_u32.to_le_bytes().to_vec();
        bytes.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(262_144_u32.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        Self { bytes, count: 0, time_us: 0, is_tagged: false }
    }

    pub(super) fn udp(&mut self, sides: Sides, message: &[u8]) {
        let datagram = udp(sides, message);
        self.ip(sides, UDP, &datagram, None);
    }

    /// In two pieces, the second one first every other time.
    pub(super) fn udp_in_fragments(&mut self, sides: Sides, message: &[u8], random: &mut Random) {
        let datagram = udp(sides, message);
        let id = u16::try_from(random.below(1 << 16)).unwrap_or_default();
        let (first, second) = datagram.split_at_checked(16).unwrap_or((&datagram, b""));
        let mut pieces = [(first, 0x2000), (second, 2)];
        if random.per_mille(500) {
            pieces.swap(0, 1);
        }
        for (piece, place) in pieces {
            self.ip(sides, UDP, piece, Some((id, place)));
        }
    }

    /// The three packets that open a connection.
    pub(super) fn connect(&mut self, sides: Sides, random: &mut Random) -> Connection<'_> {
        let number = |random: &mut Random| u32::try_from(random.bits() >> 32).unwrap_or_default();
        let (client_next, server_next) = (number(random), number(random));
        let mut connection = Connection { frames: self, sides, client_next, server_next };
        connection.segment(true, SYN, b"");
        connection.client_next = client_next.wrapping_add(1);
        connection.segment(false, SYN | ACK, b"");
        connection.server_next = server_next.wrapping_add(1);
        connection.segment(true, ACK, b"");
        connection
    }

    /// An opening that is refused, or not answered at all.
    pub(super) fn refuse(&mut self, sides: Sides, random: &mut Random) {
        let client_next = u32::try_from(random.bits() >> 32).unwrap_or_default();
        let mut connection = Connection { frames: self, sides, client_next, server_next: 0 };
        connection.segment(true, SYN, b"");
        if random.per_mille(500) {
            connection.segment(false, RST | ACK, b"");
        } else {
            connection.segment(true, SYN, b"");
        }
    }

    fn ip(&mut self, sides: Sides, protocol: u8, payload: &[u8], fragment: Option<(u16, u16)>) {
        let length = |extra: usize| u16::try_from(payload.len() + extra).unwrap_or_default();
        let (kind, header) = match (sides.client, sides.server) {
            (IpAddr::V4(client), IpAddr::V4(server)) => {
                let (id, place) = fragment.unwrap_or((0, 0x4000));
                let mut header = vec![0x45, 0];
                header.extend(length(20).to_be_bytes());
                header.extend(id.to_be_bytes());
                header.extend(place.to_be_bytes());
                header.extend([63, protocol, 0, 0]);
                header.extend(client.octets());
                header.extend(server.octets());
                let sum = checksum(&header).to_be_bytes();
                header.splice(10..12, sum);
                (0x0800_u16, header)
            }
            (client, server) => {
                let octets = |address: IpAddr| match address {
                    IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
                    IpAddr::V6(address) => address.octets(),
                };
                let mut header = vec![0x60, 0, 0, 0];
                header.extend(length(0).to_be_bytes());
                header.extend([protocol, 63]);
                header.extend(octets(client));
                header.extend(octets(server));
                (0x86dd, header)
            }
        };
        let mut frame = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02".to_vec();
        if self.is_tagged {
            frame.extend([0x81, 0, 0, 7]);
        }
        frame.extend(kind.to_be_bytes());
        frame.extend(header);
        frame.extend_from_slice(payload);
        self.record(&frame);
    }

    fn record(&mut self, frame: &[u8]) {
        let seconds = u32::try_from(self.time_us.div_euclid(1_000_000)).unwrap_or_default();
        let micros = u32::try_from(self.time_us.rem_euclid(1_000_000)).unwrap_or_default();
        let length = u32::try_from(frame.len()).unwrap_or_default();
        for field in [seconds, micros, length, length] {
            self.bytes.extend(field.to_le_bytes());
        }
        self.bytes.extend_from_slice(frame);
        self.count += 1;
    }
}

fn udp(sides: Sides, message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len() + 8).unwrap_or_default();
    let mut datagram = sides.client_port.to_be_bytes().to_vec();
    datagram.extend(sides.server_port.to_be_bytes());
    datagram.extend(length.to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend_from_slice(message);
    datagram
}

/// RFC 1071.
fn checksum(header: &[u8]) -> u16 {
    let words = header.chunks(2).map(|it| it.iter().fold(0, |word, b| word << 8 | u32::from(*b)));
    let sum: u32 = words.sum();
    let sum = (sum >> 16) + (sum & 0xffff);
    !u16::try_from(sum & 0xffff).unwrap_or_default()
}

/// A connection that stands.
pub(super) struct Connection<'f> {
    frames: &'f mut Frames,
    sides: Sides,
    client_next: u32,
    server_next: u32,
}

impl Connection<'_> {
    pub(super) fn send(&mut self, is_client: bool, payload: &[u8]) {
        self.segment(is_client, ACK | 0x08, payload);
        let length = u32::try_from(payload.len()).unwrap_or_default();
        let next = if is_client { &mut self.client_next } else { &mut self.server_next };
        *next = next.wrapping_add(length);
    }

    pub(super) fn send_in_parts(&mut self, is_client: bool, payload: &[u8], size: usize) {
        for part in payload.chunks(size.max(1)) {
            self.send(is_client, part);
        }
    }

    pub(super) fn acknowledge(&mut self, is_client: bool) {
        self.segment(is_client, ACK, b"");
    }

    pub(super) fn close(&mut self) {
        self.segment(true, FIN | ACK, b"");
        self.segment(false, FIN | ACK, b"");
    }

    fn segment(&mut self, is_client: bool, flags: u8, payload: &[u8]) {
        let (sides, next, heard) = if is_client {
            (self.sides, self.client_next, self.server_next)
        } else {
            (self.sides.turned(), self.server_next, self.client_next)
        };
        let mut segment = sides.client_port.to_be_bytes().to_vec();
        segment.extend(sides.server_port.to_be_bytes());
        segment.extend(next.to_be_bytes());
        segment.extend(heard.to_be_bytes());
        segment.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        segment.extend_from_slice(payload);
        self.frames.ip(sides, TCP, &segment, None);
    }
}
