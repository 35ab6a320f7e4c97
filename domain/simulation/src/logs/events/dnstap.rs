//! dnstap by its definition (dnstap.info): Frame Streams around protobuf.

use std::net::IpAddr;

use super::{answers, source};
use crate::logs::capture::dns;
use crate::logs::event::{Event, Flow};
use crate::random::Random;

const CONTENT_TYPE: &[u8] = b"protobuf:dnstap.Dnstap";

pub(super) struct Writer {
    bytes: Vec<u8>,
    pub(super) count: u64,
}

impl Writer {
    pub(super) fn new() -> Self {
        let mut writer = Self { bytes: Vec::new(), count: 0 };
        let length = u32::try_from(CONTENT_TYPE.len()).unwrap_or_default();
        writer.control(
            &[&2_u32.to_be_bytes(), &1_u32.to_be_bytes(), &length.to_be_bytes(), CONTENT_TYPE]
                .concat(),
        );
        writer
    }

    fn control(&mut self, content: &[u8]) {
        self.bytes.extend(0_u32.to_be_bytes());
        self.frame(content);
    }

    fn frame(&mut self, content: &[u8]) {
        self.bytes.extend(u32::try_from(content.len()).unwrap_or_default().to_be_bytes());
        self.bytes.extend_from_slice(content);
    }

    /// A question and its answer.
    pub(super) fn write(&mut self, event: &Event<'_>, time_us: i64, random: &mut Random) {
        let Flow::Dns { name, answer } = &event.flow else { return };
        let id = u16::try_from(random.below(1 << 16)).unwrap_or_default();
        let port = 1_024 + random.below(64_000);
        let asker = source(event);
        let query = dns(id, name, None);
        let response = dns(id, name, Some(&answers(*answer)));
        for is_response in [false, true] {
            let mut message = Vec::new();
            number(&mut message, 1, if is_response { 6 } else { 5 });
            number(&mut message, 2, if asker.is_ipv4() { 1 } else { 2 });
            number(&mut message, 3, 1);
            let asker = match asker {
                IpAddr::V4(it) => it.octets().to_vec(),
                IpAddr::V6(it) => it.octets().to_vec(),
            };
            bytes(&mut message, 4, &asker);
            number(&mut message, 6, port);
            number(&mut message, 7, 53);
            let (seconds, micros) = (time_us / 1_000_000, time_us % 1_000_000);
            let nanos = u32::try_from(micros * 1_000).unwrap_or_default();
            let fields = if is_response { (12, 13, 14) } else { (8, 9, 10) };
            number(&mut message, fields.0, u64::try_from(seconds).unwrap_or_default());
            message.extend([u8::try_from(fields.1 << 3 | 5).unwrap_or_default()]);
            message.extend(nanos.to_le_bytes());
            bytes(&mut message, fields.2, if is_response { &response } else { &query });
            let mut frame = Vec::new();
            bytes(&mut frame, 1, b"ns1.example");
            number(&mut frame, 15, 1);
            bytes(&mut frame, 14, &message);
            self.frame(&frame);
            self.count += 1;
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.control(&3_u32.to_be_bytes());
        self.bytes
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f | 0x80).unwrap_or_default());
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or_default());
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}
