//! Files of flow records, from bytes that arrive in any pieces.

mod ipfix;
mod nfdump;
#[cfg(test)]
mod tests;

use super::messages::FlowReader;
use super::{At, Sink};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlowFileKind {
    /// Messages of IPFIX, one behind the other.
    Ipfix,
    /// What nfcapd and nfdump write.
    Nfdump,
}

impl FlowFileKind {
    /// The name used in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ipfix => "ipfix",
            Self::Nfdump => "nfdump",
        }
    }

    /// What a file is that begins like this; `None` when it is none of flows. Twenty bytes tell.
    pub fn of(start: &[u8]) -> Option<Self> {
        if nfdump::is_start(start) {
            Some(Self::Nfdump)
        } else if ipfix::is_start(start) {
            Some(Self::Ipfix)
        } else {
            None
        }
    }
}

/// What ended the reading of a file before its end, or kept it from beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowFileProblem {
    /// The file ends inside a message or a block: it is still written, or the copy broke off.
    CutOff,
    /// A length or a mark is not what it must be; what follows cannot be told apart.
    Damaged,
    /// It is of a kind that is not read.
    Refused(Refusal),
}

/// Why a file of a kind that is known is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another layout than 1 and 2.
    Layout,
    /// Written on a machine whose numbers have their high byte first.
    ByteOrder,
    /// Encrypted.
    Encrypted,
    /// Compressed in another way than LZO, LZ4, bzip2 and zstd.
    Compression,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Self; 4] = [Self::Layout, Self::ByteOrder, Self::Encrypted, Self::Compression];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Layout => "layout",
            Self::ByteOrder => "byte-order",
            Self::Encrypted => "encrypted",
            Self::Compression => "compression",
        }
    }
}

/// How a block of a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockPacking {
    /// LZO1X.
    Lzo,
    /// bzip2.
    Bzip2,
    /// LZ4, a block without a frame.
    Lz4,
    /// zstd.
    Zstd,
}

/// Unpacks a block, of no more than so many bytes, into what it is given; tells whether it could.
pub type UnpackBlock<'u> = dyn FnMut(BlockPacking, &[u8], usize, &mut Vec<u8>) -> bool + 'u;

/// What the next bytes of a file are.
enum Step {
    /// So many bytes are needed to tell.
    Need(usize),
    /// Something that was read, and how long it is.
    Took(usize),
    /// Nothing can be told from here on.
    Stop(FlowFileProblem),
}

/// Reads one file of flows: bytes in, in any pieces; what they prove out. Holds at most one message
/// or block.
pub struct FlowFileReader {
    kind: FlowFileKind,
    nfdump: nfdump::Nfdump,
    reader: FlowReader,
    /// The start of something whose end has not arrived.
    held: Vec<u8>,
    /// How much of it is needed.
    needed: usize,
    offset: u64,
    problem: Option<FlowFileProblem>,
}

impl FlowFileReader {
    /// A reader at the start of a file.
    pub fn new(kind: FlowFileKind) -> Self {
        Self {
            kind,
            nfdump: nfdump::Nfdump::default(),
            reader: FlowReader::default(),
            held: Vec::new(),
            needed: 0,
            offset: 0,
            problem: None,
        }
    }

    /// Reads the bytes that come next; how they are cut does not matter.
    pub fn push(&mut self, mut bytes: &[u8], unpack: &mut UnpackBlock<'_>, sink: &mut impl Sink) {
        while self.problem.is_none() && !bytes.is_empty() {
            if self.held.is_empty() {
                match self.step(bytes, unpack, sink) {
                    Step::Took(length) => {
                        self.offset += length as u64;
                        bytes = bytes.get(length..).unwrap_or_default();
                    }
                    Step::Need(length) => {
                        self.needed = length;
                        self.held.extend_from_slice(bytes);
                        return;
                    }
                    Step::Stop(problem) => self.problem = Some(problem),
                }
                continue;
            }
            let missing = self.needed.saturating_sub(self.held.len());
            let (taken, left) = bytes.split_at_checked(missing).unwrap_or((bytes, b""));
            self.held.extend_from_slice(taken);
            bytes = left;
            if self.held.len() < self.needed {
                return;
            }
            let mut held = std::mem::take(&mut self.held);
            match self.step(&held, unpack, sink) {
                Step::Took(length) => {
                    self.offset += length as u64;
                    held.drain(..length.min(held.len()));
                }
                Step::Need(length) => self.needed = length,
                Step::Stop(problem) => self.problem = Some(problem),
            }
            self.held = held;
        }
    }

    fn step(&mut self, bytes: &[u8], unpack: &mut UnpackBlock<'_>, sink: &mut impl Sink) -> Step {
        match self.kind {
            FlowFileKind::Ipfix => {
                let step = ipfix::step(bytes);
                if let Step::Took(length) = step {
                    let message = bytes.get(..length).unwrap_or_default();
                    let exporter = ([0, 0, 0, 0], 0).into();
                    self.reader.message(exporter, At::Stream(self.offset), message, sink);
                }
                step
            }
            FlowFileKind::Nfdump => {
                self.nfdump.step(bytes, self.offset, self.reader.counted(), unpack, sink)
            }
        }
    }

    /// Nothing comes any more: tells of connections of which one direction was seen alone, and gives
    /// what kept the file from being read whole.
    pub fn finish(&mut self, sink: &mut impl Sink) -> Option<FlowFileProblem> {
        self.reader.finish(sink);
        if self.problem.is_none() && !self.held.is_empty() {
            self.problem = Some(FlowFileProblem::CutOff);
        }
        self.problem
    }

    /// Records read, those that were not understood among them.
    pub fn flows(&self) -> u64 {
        self.reader.flows()
    }

    /// Bytes read, up to the end of the last whole message or block.
    pub fn offset(&self) -> u64 {
        self.offset
    }
}
