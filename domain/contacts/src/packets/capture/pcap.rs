//! The file of libpcap: `pcap-savefile(5)`, draft-ietf-opsawg-pcap.

use super::{Clock, LARGEST_PACKET, Record, RecordTime, Step};

const FILE_HEADER: usize = 24;
const PACKET_HEADER: usize = 16;

/// Byte order and unit of time, by the magic number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    is_little: bool,
    is_nano: bool,
}

impl Order {
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        let order = |is_little, is_nano| Some(Self { is_little, is_nano });
        match *start.first_chunk::<4>()? {
            [0xa1, 0xb2, 0xc3, 0xd4] => order(false, false),
            [0xa1, 0xb2, 0x3c, 0x4d] => order(false, true),
            [0xd4, 0xc3, 0xb2, 0xa1] => order(true, false),
            [0x4d, 0x3c, 0xb2, 0xa1] => order(true, true),
            _ => None,
        }
    }

    #[inline]
    fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let four = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self.is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }
}

#[derive(Default)]
pub(super) struct Pcap {
    /// Known once the file header was read.
    opened: Option<(Order, u16)>,
}

impl Pcap {
    #[inline]
    pub(super) fn step<'b>(&mut self, bytes: &'b [u8], offset: u64) -> Step<'b> {
        let Some((order, link_type)) = self.opened else { return self.open(bytes) };
        let header = bytes.first_chunk::<PACKET_HEADER>();
        let Some(header) = header else { return Step::Need(PACKET_HEADER) };
        let field = |at| order.u32(header, at).unwrap_or_default();
        let length = field(8) as usize;
        if length > LARGEST_PACKET {
            return Step::Damaged;
        }
        let end = PACKET_HEADER + length;
        let Some(frame) = bytes.get(PACKET_HEADER..end) else { return Step::Need(end) };
        // A 64-bit number of the small unit: 2^32 seconds fit.
        let per_second: u32 = if order.is_nano { 1_000_000_000 } else { 1_000_000 };
        let ticks = u64::from(field(0)) * u64::from(per_second) + u64::from(field(4));
        let clock = Clock { ticks_per_second: per_second.into(), offset_seconds: 0 };
        let time = RecordTime { ticks, clock };
        Step::Packet(Record { offset, link_type, frame, time }, end)
    }

    fn open<'b>(&mut self, bytes: &[u8]) -> Step<'b> {
        if bytes.len() < FILE_HEADER {
            return Step::Need(FILE_HEADER);
        }
        let Some(order) = Order::of(bytes) else { return Step::Damaged };
        // The upper half holds the length of a frame check sequence, which is behind the packet.
        let link_type = order.u32(bytes, 20).unwrap_or_default() & 0xffff;
        self.opened = Some((order, u16::try_from(link_type).unwrap_or_default()));
        Step::Passed(FILE_HEADER as u64)
    }
}
