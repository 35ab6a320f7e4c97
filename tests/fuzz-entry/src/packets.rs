//! Readers of captured packets.

use std::net::IpAddr;

use contacts::WireContact;
use contacts::packets::{CaptureKind, CaptureProblem, CaptureReader, Count, Packet, Reason, Sink};
use jiff::Timestamp;

/// Writes down what it is told; lists every second address and every name.
#[derive(Debug, Default, PartialEq)]
struct Notes {
    lines: Vec<String>,
    problem: Option<CaptureProblem>,
    packets: u64,
}

impl Sink for Notes {
    fn is_listed(&mut self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => address.to_bits() & 1 == 1,
            IpAddr::V6(address) => address.to_bits() & 1 == 1,
        }
    }

    fn finds(&mut self, contact: &WireContact<'_>) -> bool {
        !contact.name.is_empty()
    }

    fn contact(&mut self, contact: &WireContact<'_>, packet: &Packet, count: Count) -> bool {
        // A dot inside a label takes four characters.
        assert!(contact.name.len() <= 1 << 16 && packet.number > 0);
        self.lines.push(format!("{count:?} {:?} {}", contact.outcome, packet.describe(contact)));
        !contact.name.is_empty()
    }

    fn not_parsed(&mut self, packet: &Packet, reason: Reason) {
        assert!(packet.number > 0);
        self.lines.push(format!("{} {packet}", reason.code()));
    }

    fn hour(&mut self, time: Timestamp) {
        self.lines.push(time.to_string());
    }
}

fn read(kind: CaptureKind, bytes: &[u8], size: usize) -> Notes {
    let (mut reader, mut notes) = (CaptureReader::new(kind), Notes::default());
    for piece in bytes.chunks(size) {
        reader.push(piece, &mut notes);
    }
    notes.problem = reader.finish(&mut notes);
    notes.packets = reader.packets();
    assert!(reader.offset() <= bytes.len() as u64);
    notes
}

/// A capture gives the same whatever pieces it comes in.
pub fn captures(bytes: &[u8]) {
    for kind in [CaptureKind::Pcap, CaptureKind::Pcapng] {
        let whole = read(kind, bytes, bytes.len().max(1));
        let size = 1 + bytes.first().copied().map_or(0, usize::from);
        assert_eq!(read(kind, bytes, size), whole);
    }
}

/// Packets of a link whose number is the first byte, each behind its length of two bytes: the way
/// in to everything behind the capture file.
pub fn packets(bytes: &[u8]) {
    const LINKS: [u32; 8] = [1, 101, 113, 276, 0, 108, 228, 229];
    let Some((first, mut rest)) = bytes.split_first() else { return };
    let link = LINKS.get(usize::from(first & 7)).copied().unwrap_or_default();
    let mut capture = Vec::from(0xa1b2_c3d4_u32.to_be_bytes());
    capture.extend([0; 16]);
    capture.extend(link.to_be_bytes());
    let mut records = 0;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (frame, after) = after.split_at_checked(length).unwrap_or((after, &[]));
        rest = after;
        let length = u32::try_from(frame.len()).unwrap_or_default().to_be_bytes();
        capture.extend([[0; 4], [0; 4], length, length].concat());
        capture.extend_from_slice(frame);
        records += 1;
    }
    let notes = read(CaptureKind::Pcap, &capture, capture.len());
    assert_eq!((notes.packets, notes.problem), (records, None));
}
