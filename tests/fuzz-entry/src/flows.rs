//! Readers of flow records.

use std::net::IpAddr;

use contacts::WireContact;
use contacts::flows::{
    At, BlockPacking, Flow, FlowFileKind, FlowFileProblem, FlowFileReader, FlowReader, Place,
    Reason, Sink,
};
use jiff::Timestamp;
use unpacking::{BlockCompression, unpack_block};

/// Writes down what it is told; lists every second address.
#[derive(Debug, Default, PartialEq)]
struct Notes {
    lines: Vec<String>,
    told: u64,
    problem: Option<FlowFileProblem>,
    flows: u64,
}

impl Sink for Notes {
    fn is_listed(&mut self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => address.to_bits() & 1 == 1,
            IpAddr::V6(address) => address.to_bits() & 1 == 1,
        }
    }

    fn contact(&mut self, contact: &WireContact<'_>, flow: &Flow, is_more: bool) -> bool {
        assert!(flow.place.number > 0 && contact.address.is_some());
        self.told += u64::from(!is_more);
        self.lines.push(format!("{is_more} {:?} {flow}", contact.outcome));
        true
    }

    fn not_parsed(&mut self, place: Place, reason: Reason) {
        assert!(place.number > 0);
        self.lines.push(format!("{} {place:?}", reason.code()));
    }

    fn hour(&mut self, time: Timestamp) {
        self.lines.push(time.to_string());
    }
}

fn unpack(packing: BlockPacking, packed: &[u8], most: usize, unpacked: &mut Vec<u8>) -> bool {
    let compression = match packing {
        BlockPacking::Lzo => BlockCompression::Lzo,
        BlockPacking::Bzip2 => BlockCompression::Bzip2,
        BlockPacking::Lz4 => BlockCompression::Lz4,
        BlockPacking::Zstd => BlockCompression::Zstd,
    };
    let before = unpacked.len();
    let is_unpacked = unpack_block(compression, packed, most, unpacked).is_ok();
    assert!(!is_unpacked || unpacked.len() - before <= most);
    is_unpacked
}

fn read(kind: FlowFileKind, bytes: &[u8], size: usize) -> Notes {
    let (mut reader, mut notes) = (FlowFileReader::new(kind), Notes::default());
    for piece in bytes.chunks(size) {
        reader.push(piece, &mut unpack, &mut notes);
    }
    notes.problem = reader.finish(&mut notes);
    notes.flows = reader.flows();
    assert!(reader.offset() <= bytes.len() as u64 && notes.told <= notes.flows);
    notes
}

/// A file gives the same whatever pieces it comes in.
pub fn flow_files(bytes: &[u8]) {
    for kind in [FlowFileKind::Ipfix, FlowFileKind::Nfdump] {
        let whole = read(kind, bytes, bytes.len().max(1));
        let size = 1 + bytes.first().copied().map_or(0, usize::from);
        assert_eq!(read(kind, bytes, size), whole);
    }
}

/// Messages, each behind its length of two bytes, of two exporters.
pub fn flow_messages(bytes: &[u8]) {
    let (mut reader, mut notes) = (FlowReader::default(), Notes::default());
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (message, after) = after.split_at_checked(length).unwrap_or((after, &[]));
        rest = after;
        let exporter = ([127, 0, 0, 1], 2055 + u16::from(length % 2 == 0)).into();
        reader.message(exporter, At::Stream(0), message, &mut notes);
        if length % 7 == 0 {
            reader.settle(&mut notes);
        }
    }
    reader.finish(&mut notes);
    assert!(notes.told <= reader.flows());
}
