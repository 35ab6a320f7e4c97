//! Files of flow records into hits.

use std::io::Read;
use std::net::IpAddr;

use contacts::WireContact;
use contacts::flows::{
    BlockPacking, Flow, FlowFileKind, FlowFileProblem, FlowFileReader, Place as FlowPlace, Reason,
    Sink,
};
use jiff::Timestamp;
use unpacking::{BlockCompression, unpack_block};

use crate::captures::{Ended, Found, Reading, Shown};
use crate::{FileSummary, Problem, Unit};

impl Reading<'_> {
    /// Reads a file of flow records into its summary.
    pub(crate) fn read_flows(
        &self,
        kind: FlowFileKind,
        flows: &mut dyn Read,
        file: &mut FileSummary,
    ) -> Ended {
        let mut reader = FlowFileReader::new(kind);
        let mut found = Found::new(self);
        let (failure, is_cancelled) = self.feed(flows, &mut |bytes| {
            reader.push(bytes, &mut unpack, &mut found);
            reader.flows()
        });
        let problem = reader.finish(&mut found);
        let offset = reader.offset();
        file.format = Some(kind.name().to_owned());
        file.unit = Unit::Flows;
        file.lines_read = reader.flows();
        file.problem = match problem {
            None if reader.flows() == 0 => Some(Problem::Empty),
            None => None,
            Some(FlowFileProblem::CutOff) => Some(Problem::FlowsCutOff { bytes: offset }),
            Some(FlowFileProblem::Damaged) => Some(Problem::FlowsDamaged { bytes: offset }),
            Some(FlowFileProblem::Refused(refusal)) => {
                Some(Problem::FlowsRefused { why: refusal.code().to_owned() })
            }
        };
        let gatherer = found.sum_up(file);
        Ended { gatherer, failure, is_cancelled, offset }
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

impl Sink for Found<'_> {
    #[inline]
    fn is_listed(&mut self, address: IpAddr) -> bool {
        self.holds(address)
    }

    fn contact(&mut self, contact: &WireContact<'_>, flow: &Flow, is_more: bool) -> bool {
        let Some(hit) = self.examine(contact) else { return false };
        let FlowPlace { offset, number } = flow.place;
        let shown = Shown { offset, number, time: contact.time, text: flow.to_string() };
        self.add(&hit, &shown, is_more);
        if !is_more {
            self.matched();
        }
        true
    }

    fn not_parsed(&mut self, place: FlowPlace, reason: Reason) {
        let FlowPlace { offset, number } = place;
        self.refuse((offset, number), reason.code(), || format!("#{number} @{offset}"));
    }

    fn hour(&mut self, time: Timestamp) {
        self.see_day(time);
    }
}
