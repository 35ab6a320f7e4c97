//! Flow records of the invented network: its connections as a router counts them.

use std::io;
use std::net::IpAddr;

use jiff::Timestamp;

use super::event::{Ending, Event, Flow};
use super::planting::Planting;
use super::zeek::{ZeekLog, ZeekWriter};
use super::{LogKind, LogSettings, good_event, infected};
use crate::lists::Targets;
use crate::names::{GoodNames, devices};
use crate::random::Random;
use crate::truth::Truth;

const TCP: u8 = 6;
const SYN: u8 = 0x02;
const SYN_ACK: u8 = 0x12;
const RST_ACK: u8 = 0x14;
/// SYN, ACK, PSH and FIN: a whole connection.
const WHOLE: u8 = 0x1b;
/// A part of one.
const PART: u8 = 0x18;

/// A file of flow records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowFile {
    /// IPFIX messages, with templates for either version of IP.
    Ipfix,
    /// Layout 2 of nfdump 1.7, not compressed.
    Nfdump,
}

/// What happens on the network here is what connection logs know of.
const KIND: LogKind = LogKind::Zeek(ZeekLog::Conn, ZeekWriter::Json);

/// One record.
#[derive(Clone, Copy)]
struct Record {
    source: IpAddr,
    target: IpAddr,
    source_port: u16,
    target_port: u16,
    flags: u8,
    packets: u64,
    bytes: u64,
    start_ms: u64,
    end_ms: u64,
}

/// Writes a file of flow records and enters what must be found in it into the truth.
///
/// [`LogSettings::lines`] are records here. Each direction of a connection has records of its own;
/// which comes first in the file is left to chance, and long connections come in pieces. Beside what
/// connection logs are planted with, near misses are answers of listed addresses that nobody asked
/// for.
pub fn write_flows(
    file: FlowFile,
    settings: &LogSettings,
    targets: &Targets,
    truth: &mut Truth,
    out: &mut (impl io::Write + io::Seek),
) -> io::Result<()> {
    let devices = devices(settings.seed, settings.devices);
    let mut random = Random::for_part(settings.seed, "flows");
    let mut planting = Planting::new(KIND, targets, infected(&devices, settings));
    let good_names = GoodNames::new();
    let mut unique = String::new();
    let mut writer = Writer::new(file, settings);
    out.write_all(&writer.bytes)?;
    writer.bytes.clear();
    let wanted = settings.lines.max(1);
    let span_us = settings.span.as_micros().max(1);
    let start_us = settings.start.as_microsecond();
    let mut events = 0_u64;
    while writer.count < wanted {
        let done = i128::from(writer.count) * span_us / i128::from(wanted);
        let time_us = start_us + i64::try_from(done).unwrap_or_default();
        let time_ms = u64::try_from(time_us / 1000).unwrap_or_default();
        events += 1;
        // Two records an event.
        let is_planted = random.below(100_000) < settings.planted_per_100k.saturating_mul(4);
        let planted = if is_planted { planting.draw(&mut random) } else { None };
        let moment = Moment { time_ms, number: events };
        if let Some(planted) = planted {
            connect(&mut writer, &planted.event, moment, &mut random);
            // Within the span of a log there is no moment that cannot be written.
            let time = i64::try_from(time_ms).unwrap_or_default();
            let time = Timestamp::from_millisecond(time).unwrap_or_default();
            match planted.expected {
                None => {
                    truth.add_near_miss();
                    if let Some(address) = random.pick(&targets.v4) {
                        let device = planted.event.device.v4;
                        unasked(&mut writer, device.into(), (*address).into(), moment, &mut random);
                        truth.add_near_miss();
                    }
                }
                Some(expected) => {
                    let verdict = planting.verdict(planted.plant, &planted.event.flow);
                    truth.add(&expected.device, &expected.indicator, verdict, time, 1);
                }
            }
        } else {
            let event = good_event(KIND, &devices, &good_names, &mut unique, &mut random);
            connect(&mut writer, &event, moment, &mut random);
        }
        if writer.bytes.len() > 1 << 20 {
            out.write_all(&writer.bytes)?;
            writer.bytes.clear();
        }
    }
    writer.end();
    out.write_all(&writer.bytes)?;
    truth.add_lines(writer.count);
    if file == FlowFile::Nfdump {
        out.seek(io::SeekFrom::Start(36))?;
        out.write_all(&writer.blocks.to_le_bytes())?;
        out.seek(io::SeekFrom::End(0))?;
    }
    Ok(())
}

/// When, and which event it is.
#[derive(Clone, Copy)]
struct Moment {
    time_ms: u64,
    number: u64,
}

impl Moment {
    /// A client's port, another one for each of many events.
    fn client_port(self) -> u16 {
        32_768 + u16::try_from(self.number % 28_000).unwrap_or_default()
    }
}

/// An answer that nobody asked for: others forge our address.
fn unasked(
    writer: &mut Writer,
    device: IpAddr,
    address: IpAddr,
    moment: Moment,
    random: &mut Random,
) {
    let flags = if random.per_mille(500) { SYN_ACK } else { RST_ACK };
    writer.push(Record {
        source: address,
        target: device,
        source_port: 443,
        target_port: 1024 + moment.client_port() % 30_000,
        flags,
        packets: 1,
        bytes: 44,
        start_ms: moment.time_ms,
        end_ms: moment.time_ms,
    });
}

fn connect(writer: &mut Writer, event: &Event<'_>, moment: Moment, random: &mut Random) {
    let own = event.source.parse().unwrap_or(IpAddr::V4(event.device.v4));
    let of_same_kind = |address: IpAddr| {
        if own.is_ipv4() == address.is_ipv4() { own } else { event.device.v6.into() }
    };
    let (client, server, port, ending) = match &event.flow {
        Flow::Connection { address, port, ending } => {
            // The generator writes addresses only.
            let Ok(address) = address.parse() else { return };
            (of_same_kind(address), address, *port, *ending)
        }
        // From a low port to a high one, now and then.
        Flow::Inbound { from, ending } => (*from, of_same_kind(*from), 22, *ending),
        _ => return,
    };
    let is_inbound = matches!(event.flow, Flow::Inbound { .. });
    let is_odd = is_inbound && random.per_mille(300);
    let (client_port, port) =
        if is_odd { (443, moment.client_port()) } else { (moment.client_port(), port) };
    let Moment { time_ms: start_ms, .. } = moment;
    let way = Record {
        source: client,
        target: server,
        source_port: client_port,
        target_port: port,
        flags: WHOLE,
        packets: 6 + random.below(40),
        bytes: 400 + random.below(20_000),
        start_ms,
        end_ms: start_ms + random.below(4_000),
    };
    let turned = |way: Record| Record {
        source: way.target,
        target: way.source,
        source_port: way.target_port,
        target_port: way.source_port,
        start_ms: way.start_ms + 1,
        end_ms: way.end_ms + 1,
        bytes: way.bytes * 3,
        ..way
    };
    if ending == Ending::Refused {
        let way = Record { flags: SYN, packets: 1, bytes: 60, end_ms: start_ms, ..way };
        let refusal = Record { flags: RST_ACK, bytes: 40, ..turned(way) };
        if random.per_mille(500) {
            return writer.push_in_any_order(way, refusal, random);
        }
        return writer.push(way);
    }
    if !random.per_mille(50) {
        return writer.push_in_any_order(way, turned(way), random);
    }
    // It goes on behind the router's timer.
    writer.push(turned(way));
    writer.push(way);
    let (start_ms, end_ms) = (way.end_ms + 500, way.end_ms + 60_500);
    let more = Record { flags: PART, start_ms, end_ms, ..way };
    writer.push_in_any_order(more, turned(more), random);
}

/// Gathers records, block by block or message by message.
struct Writer {
    file: FlowFile,
    bytes: Vec<u8>,
    count: u64,
    /// Records of IPv4 and of IPv6 whose message or block is not full.
    v4: Vec<u8>,
    v6: Vec<u8>,
    in_block: u32,
    blocks: u32,
    sequence: u32,
    sent_ms: u64,
    /// Records come a little later than the one before them.
    waiting: Vec<Record>,
}

/// The elements of the templates: addresses apart.
const ELEMENTS: [(u16, u16); 8] =
    [(7, 2), (11, 2), (4, 1), (6, 1), (2, 8), (1, 8), (152, 8), (153, 8)];
/// What one message of IPFIX holds at most, in bytes.
const MESSAGE_BYTES: usize = 1_300;
const BLOCK_BYTES: usize = 1 << 20;

impl Writer {
    fn new(file: FlowFile, settings: &LogSettings) -> Self {
        let sent_ms = u64::try_from(settings.start.as_millisecond()).unwrap_or_default();
        let mut writer = Self {
            file,
            bytes: Vec::new(),
            count: 0,
            v4: Vec::new(),
            v6: Vec::new(),
            in_block: 0,
            blocks: 0,
            sequence: 0,
            sent_ms,
            waiting: Vec::new(),
        };
        match file {
            FlowFile::Ipfix => {
                let mut body = template(256, 8, 12, 4);
                body.extend(template(257, 27, 28, 16));
                writer.message(2, &body);
            }
            FlowFile::Nfdump => {
                let mut header = vec![0x0c, 0xa5, 2, 0];
                header.extend(0x0107_0100_u32.to_le_bytes());
                header.extend((sent_ms / 1000).to_le_bytes());
                header.resize(32, 0);
                header.extend(u32::try_from(BLOCK_BYTES).unwrap_or_default().to_le_bytes());
                header.extend(0_u32.to_le_bytes());
                writer.bytes = header;
            }
        }
        writer
    }

    /// Which direction a router tells of first is its own affair.
    fn push_in_any_order(&mut self, way: Record, back: Record, random: &mut Random) {
        let (first, second) = if random.per_mille(500) { (way, back) } else { (back, way) };
        self.push(first);
        self.waiting.push(second);
        if self.waiting.len() > 8 {
            let at = usize::try_from(random.below(8)).unwrap_or_default();
            let late = self.waiting.swap_remove(at);
            self.push(late);
        }
    }

    fn push(&mut self, record: Record) {
        self.count += 1;
        self.sent_ms = self.sent_ms.max(record.end_ms);
        match self.file {
            FlowFile::Ipfix => self.push_ipfix(record),
            FlowFile::Nfdump => self.push_nfdump(record),
        }
    }

    fn push_ipfix(&mut self, record: Record) {
        let records = if record.source.is_ipv4() { &mut self.v4 } else { &mut self.v6 };
        match (record.source, record.target) {
            (IpAddr::V4(source), IpAddr::V4(target)) => {
                records.extend([source.octets(), target.octets()].concat());
            }
            (source, target) => records.extend([wide(source), wide(target)].concat()),
        }
        records.extend(record.source_port.to_be_bytes());
        records.extend(record.target_port.to_be_bytes());
        records.extend([TCP, record.flags]);
        for number in [record.packets, record.bytes, record.start_ms, record.end_ms] {
            records.extend(number.to_be_bytes());
        }
        if records.len() > MESSAGE_BYTES {
            let records = std::mem::take(records);
            self.message(if record.source.is_ipv4() { 256 } else { 257 }, &records);
        }
    }

    /// A message of one set.
    fn message(&mut self, set: u16, body: &[u8]) {
        let length = |header: usize| u16::try_from(body.len() + header).unwrap_or_default();
        self.bytes.extend([0, 10]);
        self.bytes.extend(length(20).to_be_bytes());
        let sent = u32::try_from(self.sent_ms / 1000).unwrap_or_default();
        self.bytes.extend(sent.to_be_bytes());
        self.bytes.extend(self.sequence.to_be_bytes());
        self.bytes.extend([0, 0, 0, 1]);
        self.bytes.extend(set.to_be_bytes());
        self.bytes.extend(length(4).to_be_bytes());
        self.bytes.extend_from_slice(body);
        self.sequence = self.sequence.wrapping_add(1);
    }

    fn push_nfdump(&mut self, record: Record) {
        let is_v4 = record.source.is_ipv4();
        let size: u16 = 12 + 52 + if is_v4 { 12 } else { 36 };
        let block = &mut self.v4;
        block.extend(11_u16.to_le_bytes());
        block.extend(size.to_le_bytes());
        block.extend([2, 0, 0, 0, 0, 0, 0, 10]);
        block.extend([1, 0, 52, 0]);
        for number in
            [record.start_ms, record.end_ms, record.end_ms + 1_000, record.packets, record.bytes]
        {
            block.extend(number.to_le_bytes());
        }
        block.extend(record.source_port.to_le_bytes());
        block.extend(record.target_port.to_le_bytes());
        block.extend([TCP, record.flags, 0, 0]);
        match (record.source, record.target) {
            (IpAddr::V4(source), IpAddr::V4(target)) => {
                block.extend([2, 0, 12, 0]);
                block.extend(source.to_bits().to_le_bytes());
                block.extend(target.to_bits().to_le_bytes());
            }
            (source, target) => {
                block.extend([3, 0, 36, 0]);
                for address in [source, target] {
                    let octets = wide(address);
                    let (high, low) = octets.split_at(8);
                    block.extend(high.iter().rev());
                    block.extend(low.iter().rev());
                }
            }
        }
        self.in_block += 1;
        if block.len() > BLOCK_BYTES - 200 {
            self.block();
        }
    }

    fn block(&mut self) {
        let records = std::mem::take(&mut self.v4);
        self.blocks += 1;
        self.bytes.extend(std::mem::take(&mut self.in_block).to_le_bytes());
        self.bytes.extend(u32::try_from(records.len()).unwrap_or_default().to_le_bytes());
        self.bytes.extend([3, 0, 0, 0]);
        self.bytes.extend(records);
    }

    fn end(&mut self) {
        for record in std::mem::take(&mut self.waiting) {
            self.push(record);
        }
        match self.file {
            FlowFile::Ipfix => {
                for (set, records) in
                    [(256, std::mem::take(&mut self.v4)), (257, std::mem::take(&mut self.v6))]
                {
                    if !records.is_empty() {
                        self.message(set, &records);
                    }
                }
            }
            FlowFile::Nfdump => self.block(),
        }
    }
}

fn wide(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

fn template(id: u16, source: u16, target: u16, length: u16) -> Vec<u8> {
    let fields = [(source, length), (target, length)].into_iter().chain(ELEMENTS);
    let mut bytes = id.to_be_bytes().to_vec();
    bytes.extend([0, 10]);
    for (element, length) in fields {
        bytes.extend(element.to_be_bytes());
        bytes.extend(length.to_be_bytes());
    }
    bytes
}
