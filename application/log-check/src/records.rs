//! Logs that are records and not lines: captures of packets, files of flow records, files of events.

use contacts::events::{self, EventFileKind, EventFileProblem, EventFileReader};
use contacts::flows::{self, BlockPacking, FlowFileKind, FlowFileProblem, FlowFileReader};
use contacts::packets::{self, CaptureKind, CaptureProblem, CaptureReader};
use unpacking::{BlockCompression, unpack_block};

use crate::{Problem, Unit};

/// What a file of records is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordKind {
    Capture(CaptureKind),
    Flows(FlowFileKind),
    Events(EventFileKind),
}

impl RecordKind {
    const ALL: [Self; 6] = [
        Self::Capture(CaptureKind::Pcap),
        Self::Capture(CaptureKind::Pcapng),
        Self::Flows(FlowFileKind::Ipfix),
        Self::Flows(FlowFileKind::Nfdump),
        Self::Events(EventFileKind::Evtx),
        Self::Events(EventFileKind::Dnstap),
    ];

    /// By its name in outputs.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// By the first bytes.
    pub(crate) fn of(start: &[u8]) -> Option<Self> {
        let capture = CaptureKind::of(start).map(Self::Capture);
        let events = || EventFileKind::of(start).map(Self::Events);
        capture.or_else(events).or_else(|| FlowFileKind::of(start).map(Self::Flows))
    }

    /// The name used in outputs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Capture(kind) => kind.name(),
            Self::Flows(kind) => kind.name(),
            Self::Events(kind) => kind.name(),
        }
    }

    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Capture(_) => Unit::Packets,
            Self::Flows(_) => Unit::Flows,
            Self::Events(_) => Unit::Events,
        }
    }

    /// Where a file begins to be itself and no other of its kind, and stays so when it grows.
    pub(crate) fn identity_at(self) -> usize {
        match self {
            // The headers of the file and its first chunk change with every event.
            Self::Events(EventFileKind::Evtx) => 4096 + 512,
            _ => 0,
        }
    }
}

/// Takes what records of any kind prove.
pub(crate) trait Sink: packets::Sink + flows::Sink + events::Sink {}

impl<S: packets::Sink + flows::Sink + events::Sink> Sink for S {}

/// Reads a file of records: bytes in, in any pieces; what they prove out.
pub(crate) enum RecordReader {
    Capture(Box<CaptureReader>),
    Flows(Box<FlowFileReader>),
    Events(Box<EventFileReader>),
}

impl RecordReader {
    pub(crate) fn new(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Capture(kind) => Self::Capture(Box::new(CaptureReader::new(kind))),
            RecordKind::Flows(kind) => Self::Flows(Box::new(FlowFileReader::new(kind))),
            RecordKind::Events(kind) => Self::Events(Box::new(EventFileReader::new(kind))),
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        match self {
            Self::Capture(reader) => reader.push(bytes, sink),
            Self::Flows(reader) => reader.push(bytes, &mut unpack, sink),
            Self::Events(reader) => reader.push(bytes, sink),
        }
    }

    /// Nothing comes any more; gives what kept the file from being read whole.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) -> Option<Problem> {
        let problem = match self {
            Self::Capture(reader) => {
                let problem = reader.finish(sink);
                let bytes = reader.offset();
                problem.map(|it| match it {
                    CaptureProblem::CutOff => Problem::CaptureCutOff { bytes },
                    CaptureProblem::Damaged => Problem::CaptureDamaged { bytes },
                })
            }
            Self::Flows(reader) => {
                let problem = reader.finish(sink);
                let bytes = reader.offset();
                problem.map(|it| match it {
                    FlowFileProblem::CutOff => Problem::FlowsCutOff { bytes },
                    FlowFileProblem::Damaged => Problem::FlowsDamaged { bytes },
                    FlowFileProblem::Refused(refusal) => {
                        Problem::FlowsRefused { why: refusal.code().to_owned() }
                    }
                })
            }
            Self::Events(reader) => {
                let problem = reader.finish(sink);
                let bytes = reader.offset();
                problem.map(|it| match it {
                    EventFileProblem::CutOff => Problem::EventsCutOff { bytes },
                    EventFileProblem::Damaged => Problem::EventsDamaged { bytes },
                })
            }
        };
        problem.or_else(|| (self.records() == 0).then_some(Problem::Empty))
    }

    /// Records read, those that were not understood among them.
    pub(crate) fn records(&self) -> u64 {
        match self {
            Self::Capture(reader) => reader.packets(),
            Self::Flows(reader) => reader.flows(),
            Self::Events(reader) => reader.events(),
        }
    }

    /// Bytes read, up to the end of the last whole record.
    pub(crate) fn offset(&self) -> u64 {
        match self {
            Self::Capture(reader) => reader.offset(),
            Self::Flows(reader) => reader.offset(),
            Self::Events(reader) => reader.offset(),
        }
    }
}

fn unpack(packing: BlockPacking, packed: &[u8], most: usize, unpacked: &mut Vec<u8>) -> bool {
    let compression = match packing {
        BlockPacking::Lzo => BlockCompression::Lzo,
        BlockPacking::Bzip2 => BlockCompression::Bzip2,
        BlockPacking::Lz4 => BlockCompression::Lz4,
        BlockPacking::Zstd => BlockCompression::Zstd,
    };
    unpack_block(compression, packed, most, unpacked).is_ok()
}
