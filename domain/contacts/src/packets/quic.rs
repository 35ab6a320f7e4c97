//! The server's name in QUIC Initial packets: RFC 9000 section 17.2, RFC 9001, RFC 9369.
//!
//! The keys of these packets follow from a number in the packet itself, so everybody on the way can
//! read them. The tag at their end is not checked: whoever can change the packet can make the tag.

use std::collections::HashMap;

use aes::Aes128;
use aes::cipher::{Block, BlockCipherEncrypt as _, KeyInit as _};
use hkdf::Hkdf;
use sha2::Sha256;

use super::bytes::{be32, byte};
use super::tls::{self, Hello};
use super::{Packet as Captured, Sockets};

/// The most connections whose hello waits for its second packet.
const MOST_WAITING: usize = 1024;
/// The longest hello that is put together.
const LONGEST_HELLO: usize = 16 << 10;
const MOST_PIECES: usize = 64;
const TAG: usize = 16;
/// The longest connection id.
const LONGEST_ID: usize = 20;

/// What differs between the versions.
struct Version {
    salt: [u8; 20],
    key: &'static [u8],
    iv: &'static [u8],
    mask: &'static [u8],
    initial: u8,
    retry: u8,
}

const V1: Version = Version {
    salt: [
        0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c,
        0xad, 0xcc, 0xbb, 0x7f, 0x0a,
    ],
    key: b"tls13 quic key",
    iv: b"tls13 quic iv",
    mask: b"tls13 quic hp",
    initial: 0,
    retry: 3,
};

const V2: Version = Version {
    salt: [
        0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d,
        0xcb, 0xf9, 0xbd, 0x2e, 0xd9,
    ],
    key: b"tls13 quicv2 key",
    iv: b"tls13 quicv2 iv",
    mask: b"tls13 quicv2 hp",
    initial: 1,
    retry: 0,
};

fn version_of(datagram: &[u8]) -> Option<&'static Version> {
    match be32(datagram, 1)? {
        1 => Some(&V1),
        0x6b33_43cf => Some(&V2),
        _ => None,
    }
}

/// Whether a UDP payload may begin with an Initial packet. Five bytes tell.
#[inline]
pub(crate) fn may_be_initial(datagram: &[u8]) -> bool {
    matches!(datagram, [0xc0..=0xff, 0, 0, 0, 1, ..] | [0xc0..=0xff, 0x6b, 0x33, 0x43, 0xcf, ..])
}

/// Reads Initial packets of clients and joins hellos that take several.
#[derive(Default)]
pub(crate) struct Initials {
    waiting: HashMap<Sockets, Waiting>,
    /// A packet's payload, decrypted.
    plain: Vec<u8>,
    /// The hello that was read last.
    hello: Handshake,
}

struct Waiting {
    /// The first packet.
    since: Captured,
    keys: Keys,
    hello: Handshake,
}

impl Initials {
    /// The name in the hello that this datagram completes. `lost` gets the first packets of
    /// connections that are given up for want of room.
    pub(crate) fn name(
        &mut self,
        sockets: Sockets,
        datagram: &[u8],
        captured: Captured,
        lost: &mut impl FnMut(&Captured),
    ) -> Option<&[u8]> {
        let mut waiting = self.waiting.remove(&sockets);
        let mut rest = datagram;
        while may_be_initial(rest) {
            let packet = Packet::parse(rest)?;
            rest = rest.get(packet.end..).unwrap_or_default();
            if !packet.is_initial {
                continue;
            }
            let mut current = if let Some(waiting) = waiting.take() {
                waiting
            } else {
                let keys = Keys::of_client(packet.version, packet.target_id)?;
                Waiting { since: captured, keys, hello: Handshake::default() }
            };
            let is_read = current.keys.decrypt(&packet, &mut self.plain);
            if is_read && current.hello.take(&self.plain) {
                let whole = tls::name_in_handshake(current.hello.contiguous());
                match whole {
                    Hello::Name(_) => {
                        self.hello = current.hello;
                        return match tls::name_in_handshake(self.hello.contiguous()) {
                            Hello::Name(name) => Some(name),
                            _ => None,
                        };
                    }
                    Hello::NoName | Hello::None => return None,
                    Hello::Short => {}
                }
            }
            // A packet of the server, or of a connection whose beginning is not in the capture:
            // its keys are others.
            if !current.hello.pieces.is_empty() {
                waiting = Some(current);
            }
        }
        if let Some(waiting) = waiting {
            if self.waiting.len() >= MOST_WAITING {
                self.finish(lost);
            }
            self.waiting.insert(sockets, waiting);
        }
        None
    }

    /// Gives up what waits: calls `lost` with the first packet of each such connection.
    pub(crate) fn finish(&mut self, lost: &mut impl FnMut(&Captured)) {
        let mut packets: Vec<_> = self.waiting.drain().map(|(_, it)| it.since).collect();
        packets.sort_unstable_by_key(|packet| packet.number);
        packets.iter().for_each(lost);
    }
}

/// One packet with a long header.
struct Packet<'p> {
    version: &'static Version,
    is_initial: bool,
    target_id: &'p [u8],
    /// From the first byte to the end of the payload.
    bytes: &'p [u8],
    /// Where the packet number is.
    number_at: usize,
    end: usize,
}

impl<'p> Packet<'p> {
    fn parse(datagram: &'p [u8]) -> Option<Self> {
        let version = version_of(datagram)?;
        let kind = byte(datagram, 0)? >> 4 & 3;
        let id_length = usize::from(byte(datagram, 5)?);
        let target_id = datagram.get(6..6 + id_length)?;
        let mut at = 6 + id_length;
        let source_length = usize::from(byte(datagram, at)?);
        if id_length > LONGEST_ID || source_length > LONGEST_ID || kind == version.retry {
            return None;
        }
        at += 1 + source_length;
        let is_initial = kind == version.initial;
        if is_initial {
            let token = variable(datagram, &mut at)?;
            at = at.checked_add(usize::try_from(token).ok()?)?;
        }
        let length = usize::try_from(variable(datagram, &mut at)?).ok()?;
        let end = at.checked_add(length)?;
        let bytes = datagram.get(..end)?;
        Some(Self { version, is_initial, target_id, bytes, number_at: at, end })
    }
}

/// A number of 1, 2, 4 or 8 bytes: RFC 9000 section 16.
fn variable(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let first = byte(bytes, *at)?;
    let length = 1 << (first >> 6);
    let all = bytes.get(*at..*at + length)?;
    *at += length;
    let value = all.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    Some(value & (u64::MAX >> (64 - (length * 8 - 2))))
}

/// What a client's Initial packets are encrypted with: RFC 9001 section 5.2.
struct Keys {
    payload: Aes128,
    iv: [u8; 12],
    header: Aes128,
}

impl Keys {
    fn of_client(version: &Version, id: &[u8]) -> Option<Self> {
        let initial = Hkdf::<Sha256>::new(Some(&version.salt), id);
        let mut secret = [0; 32];
        expand(&initial, b"tls13 client in", &mut secret)?;
        let client = Hkdf::<Sha256>::from_prk(&secret).ok()?;
        let (mut key, mut iv, mut mask) = ([0; 16], [0; 12], [0; 16]);
        expand(&client, version.key, &mut key)?;
        expand(&client, version.iv, &mut iv)?;
        expand(&client, version.mask, &mut mask)?;
        Some(Self { payload: Aes128::new(&key.into()), iv, header: Aes128::new(&mask.into()) })
    }

    /// Takes the header's protection off and decrypts the payload into `plain`: RFC 9001 section
    /// 5.4. `false` when the packet is too short.
    fn decrypt(&self, packet: &Packet<'_>, plain: &mut Vec<u8>) -> bool {
        let sample = packet.bytes.get(packet.number_at + 4..).and_then(|it| it.first_chunk::<16>());
        let Some(sample) = sample else { return false };
        let mut mask: Block<Aes128> = (*sample).into();
        self.header.encrypt_block(&mut mask);
        let first = byte(packet.bytes, 0).unwrap_or_default() ^ byte(&mask, 0).unwrap_or_default();
        let number_length = usize::from(first & 3) + 1;
        let mut nonce = self.iv;
        for at in 0..number_length {
            let number = byte(packet.bytes, packet.number_at + at).unwrap_or_default();
            let unmasked = number ^ byte(&mask, at + 1).unwrap_or_default();
            if let Some(byte) = nonce.get_mut(12 - number_length + at) {
                *byte ^= unmasked;
            }
        }
        let sealed = packet.bytes.get(packet.number_at + number_length..).unwrap_or_default();
        let Some(length) = sealed.len().checked_sub(TAG) else { return false };
        plain.clear();
        plain.extend_from_slice(sealed.get(..length).unwrap_or_default());
        // Counter mode of GCM: the first counter belongs to the tag.
        let mut counter = 2_u32;
        for chunk in plain.chunks_mut(8 * 16) {
            let mut pads = [Block::<Aes128>::default(); 8];
            for pad in &mut pads {
                let (start, end) = pad.split_at_mut(12);
                start.copy_from_slice(&nonce);
                end.copy_from_slice(&counter.to_be_bytes());
                counter = counter.wrapping_add(1);
            }
            self.payload.encrypt_blocks(&mut pads);
            for (byte, pad) in chunk.iter_mut().zip(pads.iter().flatten()) {
                *byte ^= pad;
            }
        }
        true
    }
}

/// HKDF-Expand-Label of TLS 1.3 with an empty context.
fn expand(secret: &Hkdf<Sha256>, label: &[u8], out: &mut [u8]) -> Option<()> {
    let length = u16::try_from(out.len()).ok()?.to_be_bytes();
    let label_length = [u8::try_from(label.len()).ok()?];
    let info = [&length[..], &label_length, label, &[0]];
    secret.expand_multi_info(&info, out).ok()
}

/// Bytes of a handshake that arrive in pieces, in any order.
#[derive(Default)]
struct Handshake {
    bytes: Vec<u8>,
    pieces: Vec<(usize, usize)>,
}

impl Handshake {
    /// Takes the CRYPTO frames of a payload; `false`, and nothing taken, when the payload is not
    /// frames from start to end: it was not decrypted with its own key.
    fn take(&mut self, payload: &[u8]) -> bool {
        if !each_crypto(payload, &mut |_, _| {}) {
            return false;
        }
        each_crypto(payload, &mut |offset, data| {
            let end = offset.saturating_add(data.len());
            let piece = (offset, end);
            let is_known = self.pieces.contains(&piece) || data.is_empty();
            if is_known || end > LONGEST_HELLO || self.pieces.len() >= MOST_PIECES {
                return;
            }
            if self.bytes.len() < end {
                self.bytes.resize(end, 0);
            }
            if let Some(room) = self.bytes.get_mut(offset..end) {
                room.copy_from_slice(data);
            }
            self.pieces.push(piece);
            self.pieces.sort_unstable();
        })
    }

    /// What is there without a gap from the beginning.
    fn contiguous(&self) -> &[u8] {
        let mut end = 0;
        for piece in &self.pieces {
            if piece.0 > end {
                break;
            }
            end = end.max(piece.1);
        }
        self.bytes.get(..end).unwrap_or_default()
    }
}

/// Calls `each` with offset and data of every CRYPTO frame; `false` when a frame is not one that
/// an Initial packet may carry (RFC 9000 section 17.2.2).
fn each_crypto(mut payload: &[u8], each: &mut impl FnMut(usize, &[u8])) -> bool {
    while !payload.is_empty() {
        let Some(length) = frame(payload, each) else { return false };
        payload = payload.get(length..).unwrap_or_default();
    }
    true
}

/// The length of the first frame.
fn frame(payload: &[u8], each: &mut impl FnMut(usize, &[u8])) -> Option<usize> {
    let kind = payload.first()?;
    let mut at = 1;
    match kind {
        // PADDING, PING
        0 | 1 => {}
        // ACK, and with ECN counts
        2 | 3 => {
            variable(payload, &mut at)?;
            variable(payload, &mut at)?;
            let ranges = variable(payload, &mut at)?;
            variable(payload, &mut at)?;
            for _ in 0..ranges {
                variable(payload, &mut at)?;
                variable(payload, &mut at)?;
            }
            for _ in 0..if *kind == 3 { 3 } else { 0 } {
                variable(payload, &mut at)?;
            }
        }
        6 => {
            let offset = usize::try_from(variable(payload, &mut at)?).ok()?;
            let data = sized(payload, &mut at)?;
            each(offset, data);
        }
        // CONNECTION_CLOSE of the transport
        0x1c => {
            variable(payload, &mut at)?;
            variable(payload, &mut at)?;
            sized(payload, &mut at)?;
        }
        _ => return None,
    }
    Some(at)
}

/// A length and as many bytes.
fn sized<'p>(payload: &'p [u8], at: &mut usize) -> Option<&'p [u8]> {
    let length = usize::try_from(variable(payload, at)?).ok()?;
    let data = payload.get(*at..at.checked_add(length)?)?;
    *at += length;
    Some(data)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::packets::tls;

    fn from_hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
        digits.chunks(2).map(|pair| byte(pair).unwrap()).collect()
    }

    const ID: &str = "8394c8f03e515708";

    fn sockets() -> Sockets {
        Sockets {
            source: "10.0.0.7".parse().unwrap(),
            target: "192.0.2.7".parse().unwrap(),
            source_port: 50_000,
            target_port: 443,
        }
    }

    fn name_of(initials: &mut Initials, datagram: &[u8]) -> Option<String> {
        let what = crate::packets::What::Named("QUIC Initial");
        let packet = Captured { offset: 24, number: 7, time: None, sockets: None, what };
        let name = initials.name(sockets(), datagram, packet, &mut |_| {});
        name.map(|it| String::from_utf8_lossy(it).into_owned())
    }

    /// Makes an Initial packet: the tag is left empty, as nobody checks it here.
    pub(crate) fn initial(is_v2: bool, id: &[u8], number: u32, frames: &[u8]) -> Vec<u8> {
        let (version, number_of_version, kind) =
            if is_v2 { (&V2, 0x6b33_43cf_u32, 0x10) } else { (&V1, 1, 0) };
        let keys = Keys::of_client(version, id).unwrap();
        let mut packet = vec![0xc0 | kind | 3];
        packet.extend(number_of_version.to_be_bytes());
        packet.push(u8::try_from(id.len()).unwrap());
        packet.extend_from_slice(id);
        packet.extend([0, 0]);
        let length = u16::try_from(4 + frames.len() + TAG).unwrap();
        packet.extend((0x4000 | length).to_be_bytes());
        let number_at = packet.len();
        packet.extend(number.to_be_bytes());
        packet.extend_from_slice(frames);
        packet.extend([0; TAG]);
        // Counter mode is its own inverse; the header's mask comes of the encrypted bytes.
        let end = packet.len();
        let mut nonce_packet = packet.clone();
        let mut cipher = Vec::new();
        for _ in 0..2 {
            let sample: [u8; 16] = nonce_packet[number_at + 4..][..16].try_into().unwrap();
            let mut mask: Block<Aes128> = sample.into();
            keys.header.encrypt_block(&mut mask);
            let mut protected = packet.clone();
            protected[0] ^= mask[0] & 0x0f;
            for at in 0..4 {
                protected[number_at + at] ^= mask[at + 1];
            }
            if !cipher.is_empty() {
                protected[number_at + 4..end - TAG].copy_from_slice(&cipher);
                return protected;
            }
            let packet = Packet {
                version,
                is_initial: true,
                target_id: id,
                bytes: &protected,
                number_at,
                end,
            };
            assert!(keys.decrypt(&packet, &mut cipher));
            nonce_packet[number_at + 4..end - TAG].copy_from_slice(&cipher);
        }
        unreachable!("the second round returns")
    }

    fn crypto(offset: usize, data: &[u8]) -> Vec<u8> {
        let number = |it: usize| (0x4000 | u16::try_from(it).unwrap()).to_be_bytes();
        [&[6][..], &number(offset), &number(data.len()), data].concat()
    }

    #[test]
    fn keys_are_those_of_the_standards() {
        let check = |version: &Version, key: &str, iv: &str, mask: &str| {
            let initial = Hkdf::<Sha256>::new(Some(&version.salt), &from_hex(ID));
            let mut secret = [0; 32];
            expand(&initial, b"tls13 client in", &mut secret).unwrap();
            let client = Hkdf::<Sha256>::from_prk(&secret).unwrap();
            let expanded = |label: &[u8], length: usize| {
                let mut out = vec![0; length];
                expand(&client, label, &mut out).unwrap();
                out
            };
            assert_eq!(expanded(version.key, 16), from_hex(key));
            assert_eq!(expanded(version.iv, 12), from_hex(iv));
            assert_eq!(expanded(version.mask, 16), from_hex(mask));
        };
        // RFC 9001 appendix A.1
        check(
            &V1,
            "1f369613dd76d5467730efcbe3b1a22d",
            "fa044b2f42a3fd3b46fb255c",
            "9f50449e04a0e810283a1e9933adedd2",
        );
        // RFC 9369 appendix A.1
        check(
            &V2,
            "8b1a0bc121284290a29e0971b5cd045d",
            "91f73e2351d8fa91660e909f",
            "45b95e15235d6f45a6b19cbcb0294ba9",
        );
    }

    #[test]
    fn the_hello_is_put_together_from_any_pieces() {
        let hello = tls::tests::hello(Some("a.evil.example"));
        let id = from_hex(ID);
        for is_v2 in [false, true] {
            for cut in 1..hello.len() {
                let (left, right) = hello.split_at(cut);
                let front = crypto(0, left);
                let back = [&[1, 0, 0][..], &crypto(cut, right), &[0; 40]].concat();
                let mut initials = Initials::default();
                let one = initial(is_v2, &id, 0, &[&back[..], &front].concat());
                assert_eq!(name_of(&mut initials, &one).as_deref(), Some("a.evil.example"));
                let second = initial(is_v2, &id, 1, &back);
                let first = initial(is_v2, &id, 0, &[&front[..], &[0; 30]].concat());
                assert_eq!(name_of(&mut initials, &second), None);
                assert_eq!(name_of(&mut initials, &first).as_deref(), Some("a.evil.example"));
                let coalesced = [second, first].concat();
                let found = name_of(&mut initials, &coalesced);
                assert_eq!(found.as_deref(), Some("a.evil.example"));
                assert!(initials.waiting.is_empty());
            }
        }
    }

    #[test]
    fn a_packet_of_another_key_is_passed_and_a_hello_that_stays_cut_is_lost() {
        let hello = tls::tests::hello(Some("a.evil.example"));
        let id = from_hex(ID);
        let mut initials = Initials::default();
        let mut other = initial(false, &id, 0, &crypto(0, &hello));
        other[6] ^= 1;
        assert_eq!(name_of(&mut initials, &other), None);
        assert!(initials.waiting.is_empty());
        let part = initial(false, &id, 0, &[&crypto(0, &hello[..50])[..], &[0; 30]].concat());
        assert_eq!(name_of(&mut initials, &part), None);
        let mut lost = Vec::new();
        initials.finish(&mut |packet| lost.push(packet.number));
        assert_eq!(lost, [7]);
    }
}
