//! Files of nfcapd and nfdump: layout 1 of nfdump 1.6 and layout 2 of nfdump 1.7. Source: the headers
//! of both programs.
//!
//! Numbers are in the order of the machine that wrote the file; only low byte first is read.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{BlockPacking, FlowFileProblem, Refusal, Step, UnpackBlock};
use crate::flows::layout::moment;
use crate::flows::links::{is_opening, is_refusal};
use crate::flows::messages::Counted;
use crate::flows::record::{Back, Flow, Opener, TCP};
use crate::flows::{At, Reason, Sink};

const MAGIC: [u8; 2] = [0x0c, 0xa5];
/// Header and statistics of layout 1.
const HEADER_1: usize = 140 + 136;
const HEADER_2: usize = 40;
const BLOCK_HEADER: usize = 12;
/// A larger block is taken for damage; the programs write blocks of 1 MiB, and none above 5.
const LARGEST_BLOCK: usize = 16 << 20;
/// One record of so many tells the hours, and the first of each block.
const SAMPLED_RECORDS: usize = 64;

/// Whether a file that begins like this is one, in either order of bytes.
pub(super) fn is_start(start: &[u8]) -> bool {
    let [a, b, c, d, ..] = *start else { return false };
    let is_layout = |layout: [u8; 2]| (1..=9).contains(&u16::from_le_bytes(layout));
    [a, b] == MAGIC && is_layout([c, d]) || [b, a] == MAGIC && is_layout([d, c])
}

/// Where the reading of a file stands.
#[derive(Default)]
pub(super) struct Nfdump {
    opened: Option<Opened>,
    unpacked: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Opened {
    layout: Layout,
    packing: Option<BlockPacking>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    One,
    Two,
}

impl Nfdump {
    pub(super) fn step(
        &mut self,
        bytes: &[u8],
        offset: u64,
        counted: &mut Counted,
        unpack: &mut UnpackBlock<'_>,
        sink: &mut impl Sink,
    ) -> Step {
        let Some(opened) = self.opened else { return self.open(bytes) };
        if bytes.len() < BLOCK_HEADER {
            return Step::Need(BLOCK_HEADER);
        }
        let size = le32(bytes, 4) as usize;
        let (kind, flags) = (le16(bytes, 8), le16(bytes, 10));
        if size > LARGEST_BLOCK {
            return Step::Stop(FlowFileProblem::Damaged);
        }
        let end = BLOCK_HEADER + size;
        let Some(block) = bytes.get(BLOCK_HEADER..end) else { return Step::Need(end) };
        let is_flows = match opened.layout {
            // 1 is of nfdump 1.5; 3 and 4 hold histograms and names.
            Layout::One if kind == 1 => {
                counted.refuse(At::Stream(offset), Reason::Version, sink);
                false
            }
            Layout::One => kind == 2,
            Layout::Two => kind == 3,
        };
        if !is_flows || size == 0 {
            return Step::Took(end);
        }
        let packing = opened.packing.filter(|_| flags & 1 == 0);
        let mut unpacked = std::mem::take(&mut self.unpacked);
        let (records, at) = match packing {
            None => (block, At::Stream(offset + BLOCK_HEADER as u64)),
            Some(packing) => {
                unpacked.clear();
                if !unpack(packing, block, LARGEST_BLOCK, &mut unpacked) {
                    counted.refuse(At::Stream(offset), Reason::Malformed, sink);
                    unpacked.clear();
                }
                (unpacked.as_slice(), At::Stream(offset))
            }
        };
        let is_packed = packing.is_some();
        Block { layout: opened.layout, at, is_packed, counted }.read(records, sink);
        self.unpacked = unpacked;
        Step::Took(end)
    }

    fn open(&mut self, bytes: &[u8]) -> Step {
        let refused = |refusal| Step::Stop(FlowFileProblem::Refused(refusal));
        if bytes.len() < 4 {
            return Step::Need(4);
        }
        if bytes.get(..2) != Some(&MAGIC[..]) {
            return refused(Refusal::ByteOrder);
        }
        let (layout, header) = match le16(bytes, 2) {
            1 => (Layout::One, HEADER_1),
            2 => (Layout::Two, HEADER_2),
            _ => return refused(Refusal::Layout),
        };
        if bytes.len() < header {
            return Step::Need(header);
        }
        let packing = match layout {
            Layout::One => match le32(bytes, 4) & 0x19 {
                0 => Some(None),
                1 => Some(Some(BlockPacking::Lzo)),
                8 => Some(Some(BlockPacking::Bzip2)),
                16 => Some(Some(BlockPacking::Lz4)),
                _ => None,
            },
            Layout::Two => match byte(bytes, 16) {
                0 => Some(None),
                1 => Some(Some(BlockPacking::Lzo)),
                2 => Some(Some(BlockPacking::Bzip2)),
                3 => Some(Some(BlockPacking::Lz4)),
                4 => Some(Some(BlockPacking::Zstd)),
                _ => None,
            },
        };
        if layout == Layout::Two && byte(bytes, 17) != 0 {
            return refused(Refusal::Encrypted);
        }
        let Some(packing) = packing else { return refused(Refusal::Compression) };
        self.opened = Some(Opened { layout, packing });
        Step::Took(header)
    }
}

/// The records of a block.
struct Block<'c> {
    layout: Layout,
    at: At,
    /// Records have no place of their own in the file.
    is_packed: bool,
    counted: &'c mut Counted,
}

impl Block<'_> {
    fn read(&mut self, records: &[u8], sink: &mut impl Sink) {
        let mut rest = records;
        let mut count = 0;
        while rest.len() >= 4 {
            let (kind, size) = (le16(rest, 0), usize::from(le16(rest, 2)));
            let offset = if self.is_packed { 0 } else { records.len() - rest.len() };
            let Some((record, after)) = rest.split_at_checked(size).filter(|_| size >= 4) else {
                return self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
            };
            rest = after;
            let is_read = match (self.layout, kind) {
                (Layout::One, 1 | 10) | (Layout::Two, 11) => true,
                // Maps of extensions, exporters, samplers, histograms, names of what is in use.
                (_, 2..=9 | 12..=19 | 0x8000..) => continue,
                _ => false,
            };
            if !is_read {
                self.counted.refuse_at(self.at, offset, Reason::Version, sink);
                continue;
            }
            let is_sample = count % SAMPLED_RECORDS == 0;
            count += 1;
            match self.layout {
                Layout::One => self.record_1(record, offset, is_sample, sink),
                Layout::Two => self.record_2(record, offset, is_sample, sink),
            }
        }
        if !rest.is_empty() {
            self.counted.refuse_at(self.at, 0, Reason::Malformed, sink);
        }
    }

    /// A record of layout 1: a common part, addresses, packets, bytes; what else there is says a map
    /// of extensions, and is not read.
    #[inline]
    fn record_1(&mut self, record: &[u8], offset: usize, is_sample: bool, sink: &mut impl Sink) {
        let is_old = le16(record, 0) == 1;
        let flags = if is_old { u16::from(byte(record, 4)) } else { le16(record, 4) };
        let data = if is_old { 28 } else { 32 };
        let (ends, after) = if flags & 1 != 0 {
            (ends_6(record.get(data..)), data + 32)
        } else {
            (ends_4(record.get(data..)), data + 8)
        };
        let Some((source, target)) = ends else {
            return self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
        };
        let first_us = || {
            let seconds = i64::from(le32(record, 12));
            seconds * 1_000_000 + i64::from(le16(record, 8)) * 1000
        };
        if is_sample {
            self.counted.see_hour(Some(first_us()), 0, sink);
        }
        let place = self.counted.place(self.at, offset);
        if !sink.is_listed(target) && !sink.is_listed(source) {
            return;
        }
        let number = |at, is_wide| if is_wide { le64(record, at) } else { le32(record, at).into() };
        let (has_wide_packets, has_wide_bytes) = (flags & 2 != 0, flags & 4 != 0);
        let bytes_at = after + if has_wide_packets { 8 } else { 4 };
        let last_us = i64::from(le32(record, 16)) * 1_000_000 + i64::from(le16(record, 10)) * 1000;
        let flow = Flow {
            source_port: le16(record, 24),
            target_port: le16(record, 26),
            protocol: byte(record, 22),
            tcp_flags: Some(byte(record, 21)),
            packets: number(after, has_wide_packets),
            bytes: number(bytes_at, has_wide_bytes),
            start: moment(first_us()).filter(|it| it.as_second() > 0),
            end: moment(last_us).filter(|it| it.as_second() > 0),
            ..Flow::between(place, source, target)
        };
        self.counted.links.see(flow.tidied(), sink);
    }

    /// A record of layout 2: elements, each with its type and length.
    #[inline]
    fn record_2(&mut self, record: &[u8], offset: usize, is_sample: bool, sink: &mut impl Sink) {
        let (mut generic, mut ends) = (None, None);
        let is_whole = each_element(record, |kind, element| {
            match kind {
                1 => generic = Some(element),
                2 => ends = ends_4(Some(element)),
                3 => ends = ends_6(Some(element)),
                _ => return true,
            }
            // The rest is read of few.
            generic.is_none() || ends.is_none()
        });
        if !is_whole {
            return self.counted.refuse_at(self.at, offset, Reason::Malformed, sink);
        }
        let Some((source, target)) = ends else {
            return self.counted.refuse_at(self.at, offset, Reason::NoAddresses, sink);
        };
        let micros = |at| {
            let generic = generic.unwrap_or_default();
            i64::try_from(le64(generic, at)).ok().and_then(|it| it.checked_mul(1000))
        };
        if is_sample {
            self.counted.see_hour(micros(0), micros(16).unwrap_or_default(), sink);
        }
        let place = self.counted.place(self.at, offset);
        if sink.is_listed(target) || sink.is_listed(source) {
            let generic = generic.unwrap_or_default();
            let flow = Flow {
                source_port: le16(generic, 40),
                target_port: le16(generic, 42),
                protocol: byte(generic, 44),
                tcp_flags: Some(byte(generic, 45)),
                packets: le64(generic, 24),
                bytes: le64(generic, 32),
                start: micros(0).filter(|it| *it > 0).and_then(moment),
                end: micros(8).filter(|it| *it > 0).and_then(moment),
                ..Flow::between(place, source, target)
            };
            let flow = with_extensions(flow, record, sink.is_listed(target));
            self.counted.links.see(flow.tidied(), sink);
        }
    }
}

/// What came back, a firewall's event, and address translation.
#[cold]
fn with_extensions(mut flow: Flow, record: &[u8], is_target_listed: bool) -> Flow {
    let mut inner = None;
    let mut inner_port = 0;
    let _ = each_element(record, |kind, element| {
        match kind {
            5 => {
                let back =
                    Back { packets: le64(element, 8), bytes: le64(element, 16), tcp_flags: None };
                flow.back = Some(back).filter(|it| it.packets > 0 || it.bytes > 0);
                if flow.back.is_some() {
                    // nfcapd 1.7 writes the flags of either direction into the one field it has.
                    let flags = flow.tcp_flags.take().filter(|_| flow.protocol == TCP);
                    flow.is_refused = flags.is_some_and(|it| is_refusal(it) || is_opening(it));
                }
            }
            19 => {
                flow.opener = Opener::Source;
                flow.is_denied = byte(element, 14) == 3;
            }
            20 => inner = ends_4(Some(element)).map(|(_, target)| target),
            21 => inner = ends_6(Some(element)).map(|(_, target)| target),
            22 => inner_port = le16(element, 2),
            _ => {}
        }
        true
    });
    if let Some(inner) = inner.filter(|it| !it.is_unspecified() && !is_target_listed) {
        flow.target = inner;
        if inner_port != 0 {
            flow.target_port = inner_port;
        }
    }
    flow
}

/// Gives the elements of a record until one of them is the last that is wanted; tells whether all
/// ended within the record.
#[inline]
fn each_element<'r>(record: &'r [u8], mut wants_more: impl FnMut(u16, &'r [u8]) -> bool) -> bool {
    let mut rest = record.get(12..).unwrap_or_default();
    for _ in 0..le16(record, 4) {
        let (kind, length) = (le16(rest, 0), usize::from(le16(rest, 2)));
        let Some((element, after)) = rest.split_at_checked(length).filter(|_| length >= 4) else {
            return false;
        };
        if !wants_more(kind, element.get(4..).unwrap_or_default()) {
            return true;
        }
        rest = after;
    }
    true
}

#[inline]
fn ends_4(bytes: Option<&[u8]>) -> Option<(IpAddr, IpAddr)> {
    let bytes = bytes?.first_chunk::<8>()?;
    let address = |at| IpAddr::V4(Ipv4Addr::from_bits(le32(bytes, at)));
    Some((address(0), address(4)))
}

/// Two numbers of 64 bits each, the high one first.
#[inline]
fn ends_6(bytes: Option<&[u8]>) -> Option<(IpAddr, IpAddr)> {
    let bytes = bytes?.first_chunk::<32>()?;
    let address = |at| {
        let bits = u128::from(le64(bytes, at)) << 64 | u128::from(le64(bytes, at + 8));
        IpAddr::V6(Ipv6Addr::from_bits(bits))
    };
    Some((address(0), address(16)))
}

/// Numbers with the low byte first; 0 where there are none.
#[inline]
fn le16(bytes: &[u8], at: usize) -> u16 {
    let two = bytes.get(at..).and_then(|it| it.first_chunk::<2>());
    two.map_or(0, |it| u16::from_le_bytes(*it))
}

#[inline]
fn le32(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(|it| it.first_chunk::<4>());
    four.map_or(0, |it| u32::from_le_bytes(*it))
}

#[inline]
fn le64(bytes: &[u8], at: usize) -> u64 {
    let eight = bytes.get(at..).and_then(|it| it.first_chunk::<8>());
    eight.map_or(0, |it| u64::from_le_bytes(*it))
}

#[inline]
fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}
