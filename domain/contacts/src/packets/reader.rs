//! A capture from its first byte to its last.

use jiff::Timestamp;

use super::capture::{Capture, Clock, Record, RecordTime};
use super::dissector::Dissector;
use super::{CaptureKind, CaptureProblem, Sink};

/// Reads one capture: bytes in, in any pieces; what they prove out.
pub struct CaptureReader {
    capture: Capture,
    inner: Inner,
}

/// Reads packets as they pass an interface, one by one.
#[derive(Default)]
pub struct PacketReader {
    inner: Inner,
    offset: u64,
}

impl PacketReader {
    /// Reads one frame of a link type, by tcpdump.org's registry, that was captured so many nanoseconds
    /// after the start of 1970.
    #[inline]
    pub fn packet(&mut self, link_type: u16, frame: &[u8], nanos: u64, sink: &mut impl Sink) {
        let clock = Clock { ticks_per_second: 1_000_000_000, offset_seconds: 0 };
        let time = RecordTime { ticks: nanos, clock };
        let record = Record { offset: self.offset, link_type, frame, time };
        self.offset += frame.len() as u64;
        self.inner.read(&record, sink);
    }

    /// Tells of questions that were asked before this moment and got no answer. An answer that comes
    /// after all says more of the same contact.
    pub fn settle_questions(&mut self, before: Timestamp, sink: &mut impl Sink) {
        self.inner.dissector.settle_questions(before, sink);
    }

    /// As [`FlowReader::settle`](crate::flows::FlowReader::settle), of flow records in packets.
    pub fn settle_flows(&mut self, sink: &mut impl Sink) {
        self.inner.dissector.settle_flows(sink);
    }

    /// Nothing comes any more.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        self.inner.dissector.finish(sink);
    }

    /// Packets read.
    pub fn packets(&self) -> u64 {
        self.inner.packets
    }
}

#[derive(Default)]
struct Inner {
    dissector: Dissector,
    packets: u64,
    hour: Hour,
}

/// The hour of the packets so far, in ticks of their clock: one comparison a packet.
#[derive(Default)]
struct Hour {
    start: u64,
    end: u64,
    clock: Option<Clock>,
}

impl CaptureReader {
    /// A reader at the start of a capture.
    pub fn new(kind: CaptureKind) -> Self {
        Self { capture: Capture::new(kind), inner: Inner::default() }
    }

    /// Reads the bytes that come next; how they are cut does not matter.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        let inner = &mut self.inner;
        self.capture.push(bytes, &mut |record| inner.read(record, sink));
    }

    /// Nothing comes any more: tells of messages without an end, and gives what kept the capture
    /// from being read whole.
    pub fn finish(&mut self, sink: &mut impl Sink) -> Option<CaptureProblem> {
        self.inner.dissector.finish(sink);
        self.capture.finish()
    }

    /// Packets read.
    pub fn packets(&self) -> u64 {
        self.inner.packets
    }

    /// Bytes read, up to the end of the last whole record.
    pub fn offset(&self) -> u64 {
        self.capture.offset()
    }
}

impl Inner {
    #[inline]
    fn read(&mut self, record: &Record<'_>, sink: &mut impl Sink) {
        self.packets += 1;
        if self.hour.is_over(record) {
            self.begin_hour(record, sink);
        }
        self.dissector.read(record, self.packets, sink);
    }

    fn begin_hour(&mut self, record: &Record<'_>, sink: &mut impl Sink) {
        let ticks = record.time.ticks;
        let hour = record.time.ticks_in(3600).max(1);
        let start = ticks - ticks % hour;
        self.hour = Hour { start, end: start.saturating_add(hour), clock: Some(record.time.clock) };
        if let Some(time) = record.time.timestamp() {
            sink.hour(time);
        }
    }
}

impl Hour {
    #[inline]
    fn is_over(&self, record: &Record<'_>) -> bool {
        let time = record.time;
        time.ticks < self.start || time.ticks >= self.end || self.clock != Some(time.clock)
    }
}
