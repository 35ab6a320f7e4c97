//! Capture files cut into packet records, from bytes that arrive in any pieces.

mod pcap;
mod pcapng;

use jiff::Timestamp;

pub(crate) use pcapng::Pcapng;

/// The largest packet record that is believed. Capture programs stop at 256 KiB; a larger length
/// is taken for damage, so that a wrong length cannot make the reader hold the rest of a file.
pub(crate) const LARGEST_PACKET: usize = 1 << 20;

/// A kind of capture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaptureKind {
    /// The file of tcpdump and libpcap.
    Pcap,
    /// Its successor, which Wireshark and dumpcap write.
    Pcapng,
}

impl CaptureKind {
    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
        }
    }

    /// What a file is that begins like this; `None` when it is no capture. Twelve bytes tell.
    pub fn of(start: &[u8]) -> Option<Self> {
        if pcap::Order::of(start).is_some() {
            Some(Self::Pcap)
        } else if pcapng::is_section_start(start) {
            Some(Self::Pcapng)
        } else {
            None
        }
    }
}

/// What ended the reading of a capture before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureProblem {
    /// The file ends inside a record: the capture or the copy broke off.
    CutOff,
    /// A length or a mark is not what it must be; what follows cannot be told apart.
    Damaged,
}

/// One packet as it stands in a capture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'b> {
    /// Offset of the record in the capture.
    pub(crate) offset: u64,
    /// Link type of its interface (the registry of tcpdump.org).
    pub(crate) link_type: u16,
    /// What was captured of it.
    pub(crate) frame: &'b [u8],
    pub(crate) time: RecordTime,
}

/// When a packet was captured, in the units of its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordTime {
    pub(crate) ticks: u64,
    pub(crate) clock: Clock,
}

/// The clock of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// 0: packets carry no time.
    pub(crate) ticks_per_second: u64,
    /// Seconds to add.
    pub(crate) offset_seconds: i64,
}

impl RecordTime {
    /// The moment; `None` when the capture gives none or one out of all reason.
    pub(crate) fn timestamp(self) -> Option<Timestamp> {
        let per_second = self.clock.ticks_per_second;
        let seconds = self.ticks.checked_div(per_second)?;
        let rest = u128::from(self.ticks % per_second) * 1_000_000_000 / u128::from(per_second);
        let seconds = i64::try_from(seconds).ok()?.checked_add(self.clock.offset_seconds)?;
        Timestamp::new(seconds, i32::try_from(rest).ok()?).ok()
    }

    /// Ticks of a day.
    pub(crate) fn ticks_in(self, seconds: u64) -> u64 {
        self.clock.ticks_per_second.saturating_mul(seconds)
    }
}

/// What the next bytes of a capture are.
enum Step<'b> {
    /// So many bytes are needed to tell.
    Need(usize),
    /// A packet, and how long its record is.
    Packet(Record<'b>, usize),
    /// Something without a packet, and how long it is: may reach beyond the bytes at hand.
    Passed(u64),
    /// Nothing can be told from here on.
    Damaged,
}

/// Cuts a capture into records; holds at most one of them.
pub(crate) struct Capture {
    format: Format,
    /// The start of a record whose end has not arrived.
    held: Vec<u8>,
    /// Bytes of something without a packet that have not arrived.
    to_pass: u64,
    /// Offset of the next byte that is read, or of the first one held.
    offset: u64,
    problem: Option<CaptureProblem>,
}

enum Format {
    Pcap(pcap::Pcap),
    Pcapng(Pcapng),
}

impl Format {
    #[inline]
    fn step<'b>(&mut self, bytes: &'b [u8], offset: u64) -> Step<'b> {
        match self {
            Self::Pcap(pcap) => pcap.step(bytes, offset),
            Self::Pcapng(pcapng) => pcapng.step(bytes, offset),
        }
    }
}

impl Capture {
    pub(crate) fn new(kind: CaptureKind) -> Self {
        let format = match kind {
            CaptureKind::Pcap => Format::Pcap(pcap::Pcap::default()),
            CaptureKind::Pcapng => Format::Pcapng(Pcapng::default()),
        };
        Self { format, held: Vec::new(), to_pass: 0, offset: 0, problem: None }
    }

    /// Bytes read so far, up to the end of the last whole record.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads the bytes that come next.
    #[inline]
    pub(crate) fn push(&mut self, mut bytes: &[u8], each: &mut impl FnMut(&Record<'_>)) {
        while !self.held.is_empty() && !bytes.is_empty() && self.problem.is_none() {
            bytes = self.push_to_held(bytes, each);
        }
        while self.problem.is_none() {
            bytes = self.pass(bytes);
            if bytes.is_empty() {
                return;
            }
            match self.format.step(bytes, self.offset) {
                Step::Packet(record, length) => {
                    each(&record);
                    self.offset += length as u64;
                    bytes = bytes.get(length..).unwrap_or_default();
                }
                Step::Passed(length) => self.to_pass = length,
                Step::Need(_) => {
                    self.held.extend_from_slice(bytes);
                    return;
                }
                Step::Damaged => self.problem = Some(CaptureProblem::Damaged),
            }
        }
    }

    /// Nothing comes any more: what kept the capture from being read whole.
    pub(crate) fn finish(&mut self) -> Option<CaptureProblem> {
        if self.problem.is_none() && (!self.held.is_empty() || self.to_pass > 0) {
            self.problem = Some(CaptureProblem::CutOff);
        }
        self.problem
    }

    /// Adds to the record held no more than it needs; gives the bytes that are left.
    fn push_to_held<'b>(
        &mut self,
        bytes: &'b [u8],
        each: &mut impl FnMut(&Record<'_>),
    ) -> &'b [u8] {
        let held = std::mem::take(&mut self.held);
        let step = self.format.step(&held, self.offset);
        let wanted = if let Step::Need(length) = step { length } else { 0 };
        let missing = wanted.saturating_sub(held.len());
        let (taken, left) = bytes.split_at_checked(missing).unwrap_or((bytes, b""));
        self.held = held;
        self.held.extend_from_slice(taken);
        if taken.len() == missing {
            // The whole record may be there now.
            self.step_held(each);
        }
        left
    }

    fn step_held(&mut self, each: &mut impl FnMut(&Record<'_>)) {
        let held = std::mem::take(&mut self.held);
        match self.format.step(&held, self.offset) {
            Step::Need(_) => self.held = held,
            Step::Packet(record, length) => {
                each(&record);
                self.offset += length as u64;
                self.held = held;
                self.held.clear();
            }
            Step::Passed(length) => {
                let here = held.len() as u64;
                self.offset += here.min(length);
                self.to_pass = length.saturating_sub(here);
            }
            Step::Damaged => self.problem = Some(CaptureProblem::Damaged),
        }
    }

    fn pass<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let here = usize::try_from(self.to_pass).unwrap_or(usize::MAX).min(bytes.len());
        self.to_pass -= here as u64;
        self.offset += here as u64;
        bytes.get(here..).unwrap_or_default()
    }
}
