//! The file of dumpcap and Wireshark: draft-ietf-opsawg-pcapng.

use super::{Clock, LARGEST_PACKET, Record, RecordTime, Step};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

/// Type, length, and the length once more at the end.
const SMALLEST_BLOCK: usize = 12;
/// What a block may be larger than its packet: header and options.
const LARGEST_BLOCK: usize = LARGEST_PACKET + (64 << 10);
/// More interfaces than that in one section are damage.
const MOST_INTERFACES: usize = 1 << 16;

/// Whether a file that begins like this is a pcapng file.
pub(super) fn is_section_start(start: &[u8]) -> bool {
    start.starts_with(&SECTION_HEADER.to_be_bytes())
        && start.get(8..).is_some_and(|rest| is_little(rest).is_some())
}

/// By the byte-order magic.
fn is_little(magic: &[u8]) -> Option<bool> {
    match *magic.first_chunk::<4>()? {
        [0x1a, 0x2b, 0x3c, 0x4d] => Some(false),
        [0x4d, 0x3c, 0x2b, 0x1a] => Some(true),
        _ => None,
    }
}

/// Reads the blocks of a file, section by section.
#[derive(Default)]
pub(crate) struct Pcapng {
    is_little: bool,
    has_section: bool,
    interfaces: Vec<Interface>,
}

#[derive(Clone, Copy)]
struct Interface {
    link_type: u16,
    snap_length: u32,
    clock: Clock,
}

impl Pcapng {
    #[inline]
    pub(super) fn step<'b>(&mut self, bytes: &'b [u8], offset: u64) -> Step<'b> {
        if bytes.len() < SMALLEST_BLOCK {
            return Step::Need(SMALLEST_BLOCK);
        }
        // The type of a section header reads the same in both orders.
        if bytes.starts_with(&SECTION_HEADER.to_be_bytes()) {
            let Some(little) = bytes.get(8..).and_then(is_little) else { return Step::Damaged };
            self.is_little = little;
        } else if !self.has_section {
            return Step::Damaged;
        }
        let kind = self.u32(bytes, 0).unwrap_or_default();
        let length = self.u32(bytes, 4).unwrap_or_default() as usize;
        if length < SMALLEST_BLOCK || !length.is_multiple_of(4) {
            return Step::Damaged;
        }
        match kind {
            SECTION_HEADER | INTERFACE | OLD_PACKET | SIMPLE_PACKET | ENHANCED_PACKET => {}
            // Names, statistics, keys, comments: of no use here, and as long as they like.
            _ => return Step::Passed(length as u64),
        }
        if length > LARGEST_BLOCK {
            return Step::Damaged;
        }
        let Some(block) = bytes.get(..length) else { return Step::Need(length) };
        if self.u32(block, length - 4) != Some(u32::try_from(length).unwrap_or_default()) {
            return Step::Damaged;
        }
        let body = block.get(8..length - 4).unwrap_or_default();
        let record = match kind {
            SECTION_HEADER => {
                self.has_section = true;
                self.interfaces.clear();
                return Step::Passed(length as u64);
            }
            INTERFACE => {
                if self.interfaces.len() >= MOST_INTERFACES || !self.add_interface(body) {
                    return Step::Damaged;
                }
                return Step::Passed(length as u64);
            }
            SIMPLE_PACKET => self.simple_packet(body, offset),
            OLD_PACKET => {
                let interface = self.u16(body, 0).map(usize::from);
                self.packet(body, interface, offset)
            }
            _ => {
                let interface = self.u32(body, 0).map(|it| it as usize);
                self.packet(body, interface, offset)
            }
        };
        record.map_or(Step::Damaged, |record| Step::Packet(record, length))
    }

    /// Enhanced and old packet blocks differ in their first word only.
    #[inline]
    fn packet<'b>(
        &self,
        body: &'b [u8],
        interface: Option<usize>,
        offset: u64,
    ) -> Option<Record<'b>> {
        let interface = self.interfaces.get(interface?)?;
        let (high, low) = (self.u32(body, 4)?, self.u32(body, 8)?);
        let ticks = u64::from(high) << 32 | u64::from(low);
        let captured = self.u32(body, 12)? as usize;
        Some(Record {
            offset,
            link_type: interface.link_type,
            frame: body.get(20..20_usize.checked_add(captured)?)?,
            time: RecordTime { ticks, clock: interface.clock },
        })
    }

    /// A packet of the first interface without a time.
    fn simple_packet<'b>(&self, body: &'b [u8], offset: u64) -> Option<Record<'b>> {
        let interface = self.interfaces.first()?;
        let wire_length = self.u32(body, 0)?;
        let rest = body.get(4..)?;
        let snap_length = if interface.snap_length == 0 { u32::MAX } else { interface.snap_length };
        let captured = wire_length.min(snap_length) as usize;
        let clock = Clock { ticks_per_second: 0, offset_seconds: 0 };
        Some(Record {
            offset,
            link_type: interface.link_type,
            frame: rest.get(..captured.min(rest.len()))?,
            time: RecordTime { ticks: 0, clock },
        })
    }

    fn add_interface(&mut self, body: &[u8]) -> bool {
        let (Some(link_type), Some(snap_length)) = (self.u16(body, 0), self.u32(body, 4)) else {
            return false;
        };
        let mut clock = Clock { ticks_per_second: 1_000_000, offset_seconds: 0 };
        let mut options = body.get(8..).unwrap_or_default();
        while let (Some(code), Some(length)) = (self.u16(options, 0), self.u16(options, 2)) {
            let length = usize::from(length);
            let value = options.get(4..4 + length).unwrap_or_default();
            match (code, value) {
                (0, _) => break,
                // if_tsresol
                (9, [resolution]) => clock.ticks_per_second = ticks_per_second(*resolution),
                // if_tsoffset
                (14, value) => {
                    let eight = value.first_chunk::<8>().copied().unwrap_or_default();
                    clock.offset_seconds = if self.is_little {
                        i64::from_le_bytes(eight)
                    } else {
                        i64::from_be_bytes(eight)
                    };
                }
                _ => {}
            }
            let step = 4 + length.next_multiple_of(4);
            options = options.get(step..).unwrap_or_default();
        }
        self.interfaces.push(Interface { link_type, snap_length, clock });
        true
    }

    #[inline]
    fn u32(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let four = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self.is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }

    #[inline]
    fn u16(&self, bytes: &[u8], at: usize) -> Option<u16> {
        let two = *bytes.get(at..)?.first_chunk::<2>()?;
        Some(if self.is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    }
}

/// A power of ten, or of two with the highest bit; 0, no time, for what does not fit.
fn ticks_per_second(resolution: u8) -> u64 {
    let exponent = u32::from(resolution & 0x7f);
    let base: u64 = if resolution & 0x80 == 0 { 10 } else { 2 };
    base.checked_pow(exponent).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resolution_of_a_clock_is_a_power_of_ten_or_two() {
        let check = |resolution, expected| assert_eq!(ticks_per_second(resolution), expected);
        check(0, 1);
        check(6, 1_000_000);
        check(9, 1_000_000_000);
        check(0x94, 1 << 20);
        check(0xc0, 0);
        check(20, 0);
    }
}
