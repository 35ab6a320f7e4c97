//! Event logs by their documented layout: chunks of 64 KiB, binary XML with templates, which stand where
//! they are first used in a chunk.

use std::collections::HashMap;
use std::net::IpAddr;

use super::{answers, source};
use crate::logs::event::{Event, Flow};
use crate::random::Random;

const CHUNK: usize = 65_536;
const CHUNK_HEADER: usize = 512;
/// Seconds from 1601 to 1970.
const EPOCH: i64 = 11_644_473_600;
/// Larger than any record that is written here.
const ROOM: usize = 8_192;

const CONNECTION: [&str; 17] = [
    "RuleName",
    "UtcTime",
    "ProcessGuid",
    "ProcessId",
    "Image",
    "User",
    "Protocol",
    "Initiated",
    "SourceIsIpv6",
    "SourceIp",
    "SourceHostname",
    "SourcePort",
    "DestinationIsIpv6",
    "DestinationIp",
    "DestinationHostname",
    "DestinationPort",
    "DestinationPortName",
];
const QUESTION: [&str; 8] = [
    "RuleName",
    "UtcTime",
    "ProcessGuid",
    "ProcessId",
    "QueryName",
    "QueryStatus",
    "QueryResults",
    "Image",
];

/// A value with its type.
enum Value {
    Text(String),
    U16(u16),
    U32(u32),
    U64(u64),
    Bool(bool),
    Time(u64),
    Guid([u8; 16]),
    Xml(Vec<u8>),
}

/// An event of any provider, for [`event_log`].
#[derive(Clone, Copy, Debug)]
pub struct LoggedEvent<'e> {
    /// Its number.
    pub id: u16,
    /// The computer.
    pub computer: &'e str,
    /// When, in microseconds since 1970.
    pub time_us: i64,
    /// Its data fields.
    pub fields: &'e [(&'e str, &'e str)],
}

/// An event log of Windows with these events.
pub fn event_log(
    provider: &'static str,
    channel: &'static str,
    events: &[LoggedEvent<'_>],
) -> Vec<u8> {
    let mut writer = Writer::of(provider, channel);
    for it in events {
        let fields =
            it.fields.iter().map(|(name, value)| (*name, Value::Text((*value).to_owned())));
        writer.record(it.id, it.computer, it.time_us, fields.collect());
    }
    writer.finish()
}

pub(super) struct Writer {
    file: Vec<u8>,
    chunk: Vec<u8>,
    /// Where the templates of this chunk stand.
    templates: HashMap<String, u32>,
    /// Who notes the events, and where.
    provider: (&'static str, &'static str),
    first: u64,
    pub(super) count: u64,
    chunks: u16,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self::of("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational")
    }

    fn of(provider: &'static str, channel: &'static str) -> Self {
        let mut writer = Self {
            provider: (provider, channel),
            file: vec![0; 4_096],
            chunk: Vec::new(),
            templates: HashMap::new(),
            first: 1,
            count: 0,
            chunks: 0,
        };
        writer.begin();
        writer
    }

    fn begin(&mut self) {
        self.chunk = vec![0; CHUNK_HEADER];
        self.templates.clear();
        self.first = self.count + 1;
    }

    pub(super) fn write(&mut self, event: &Event<'_>, time_us: i64, random: &mut Random) {
        let own = source(event);
        let process = u32::try_from(1_000 + random.below(9_000)).unwrap_or_default();
        let image = random.word(&[
            r"C:\Windows\System32\svchost.exe",
            r"C:\Users\Public\cập nhật.exe",
            r"C:\Program Files\Mozilla Firefox\firefox.exe",
        ]);
        let port = u16::try_from(49_152 + random.below(16_000)).unwrap_or_default();
        let text = |it: &str| Value::Text(it.to_owned());
        let guid = || Value::Guid([7; 16]);
        let (id, fields): (u16, Vec<(&'static str, Value)>) = match &event.flow {
            Flow::Dns { name, answer } => {
                let list = |it: &IpAddr| match it {
                    IpAddr::V4(it) => format!("::ffff:{it};"),
                    IpAddr::V6(it) => format!("{it};"),
                };
                let answers = answers(*answer);
                let status = if answers.is_empty() { "9003" } else { "0" };
                let results = if answers.is_empty() {
                    "-".to_owned()
                } else {
                    let list: String = answers.iter().map(list).collect();
                    format!("type:  5 cdn.good.example;{list}")
                };
                let values = [
                    text("-"),
                    text("2026-11-24 01:00:01.123"),
                    guid(),
                    Value::U32(process),
                    text(name),
                    text(status),
                    Value::Text(results),
                    text(image),
                ];
                (22, QUESTION.into_iter().zip(values).collect())
            }
            Flow::Connection { address, port: to, .. } => {
                let values = connection(own.to_string(), port, address.to_string(), *to, true);
                (3, values(process, image))
            }
            Flow::Inbound { from, .. } => {
                let values = connection(from.to_string(), port, own.to_string(), 445, false);
                (3, values(process, image))
            }
            Flow::Tls { .. } | Flow::Web { .. } => return,
        };
        self.record(id, &event.device.host_name, time_us, fields);
    }

    fn record(&mut self, id: u16, computer: &str, time_us: i64, fields: Vec<(&str, Value)>) {
        if self.chunk.len() + ROOM > CHUNK {
            self.end();
            self.begin();
        }
        self.count += 1;
        let start = self.chunk.len();
        let time = u64::try_from((time_us + EPOCH * 1_000_000) * 10).unwrap_or_default();
        self.chunk.extend(0x2a2a_u32.to_le_bytes());
        self.chunk.extend(0_u32.to_le_bytes());
        self.chunk.extend(self.count.to_le_bytes());
        self.chunk.extend(time.to_le_bytes());
        self.chunk.extend([0x0f, 1, 1, 0]);
        let mut values = vec![
            Value::Guid([5; 16]),
            Value::U16(id),
            Value::Time(time),
            Value::U64(self.count),
            Value::U32(2_044),
            Value::Text(computer.to_owned()),
        ];
        // The data fields are an event of their own that the outer one takes in; they stand behind
        // all other values, so that it is known where.
        let kind = id.to_string();
        let (provider, channel) = self.provider;
        self.template("system", &|at| system(provider, channel, at));
        let behind: usize = values.iter().map(|it| encoded(it).1.len()).sum();
        let at = self.chunk.len() + 4 + 4 * (values.len() + 1) + behind;
        let names: Vec<&str> = fields.iter().map(|it| it.0).collect();
        let inner_values: Vec<Value> = fields.into_iter().map(|it| it.1).collect();
        let mut inner = vec![0x0f, 1, 1, 0];
        let known = self.templates.get(&kind).copied();
        instance(&mut inner, at, known, &|at| data(&names, at));
        if known.is_none() {
            self.templates.insert(kind, u32::try_from(at + 4 + 10).unwrap_or_default());
        }
        put_values(&mut inner, &inner_values);
        values.push(Value::Xml(inner));
        put_values(&mut self.chunk, &values);
        let size = u32::try_from(self.chunk.len() - start + 4).unwrap_or_default();
        self.chunk.extend(size.to_le_bytes());
        if let Some(place) = self.chunk.get_mut(start + 4..start + 8) {
            place.copy_from_slice(&size.to_le_bytes());
        }
    }

    /// Writes the start of a template's instance, and the template where it was not used before.
    fn template(&mut self, name: &str, make: &dyn Fn(usize) -> Vec<u8>) {
        let known = self.templates.get(name).copied();
        let at = self.chunk.len();
        let mut bytes = Vec::new();
        instance(&mut bytes, at, known, make);
        self.chunk.extend(bytes);
        let place = known.unwrap_or(u32::try_from(at + 10).unwrap_or_default());
        self.templates.insert(name.to_owned(), place);
    }

    fn end(&mut self) {
        let free = u32::try_from(self.chunk.len()).unwrap_or_default();
        let records = self.chunk.get(CHUNK_HEADER..).unwrap_or_default();
        let sum = crc32(records);
        let mut header = b"ElfChnk\0".to_vec();
        for number in [self.first, self.count, self.first, self.count] {
            header.extend(number.to_le_bytes());
        }
        for number in [128, 0, free, sum] {
            header.extend(u32::to_le_bytes(number));
        }
        if let Some(place) = self.chunk.get_mut(..header.len()) {
            place.copy_from_slice(&header);
        }
        let whole: Vec<u8> = [
            self.chunk.get(..120).unwrap_or_default(),
            self.chunk.get(128..CHUNK_HEADER).unwrap_or_default(),
        ]
        .concat();
        let sum = crc32(&whole).to_le_bytes();
        if let Some(place) = self.chunk.get_mut(124..128) {
            place.copy_from_slice(&sum);
        }
        self.chunk.resize(CHUNK, 0);
        self.file.append(&mut self.chunk);
        self.chunks += 1;
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.end();
        let mut header = b"ElfFile\0".to_vec();
        for number in [0, u64::from(self.chunks.saturating_sub(1)), self.count + 1] {
            header.extend(number.to_le_bytes());
        }
        header.extend(128_u32.to_le_bytes());
        for number in [1, 3, 4_096, self.chunks] {
            header.extend(u16::to_le_bytes(number));
        }
        header.resize(120, 0);
        let sum = crc32(&header).to_le_bytes();
        header.extend([0; 4]);
        header.extend(sum);
        if let Some(place) = self.file.get_mut(..header.len()) {
            place.copy_from_slice(&header);
        }
        self.file
    }
}

fn connection(
    from: String,
    from_port: u16,
    to: String,
    to_port: u16,
    is_own: bool,
) -> impl FnOnce(u32, &str) -> Vec<(&'static str, Value)> {
    move |process, image| {
        let text = |it: &str| Value::Text(it.to_owned());
        let values = [
            text("-"),
            text("2026-11-24 01:00:01.123"),
            Value::Guid([7; 16]),
            Value::U32(process),
            text(image),
            text(r"NT AUTHORITY\SYSTEM"),
            text("tcp"),
            Value::Bool(is_own),
            Value::Bool(from.contains(':')),
            Value::Text(from),
            text("-"),
            Value::U16(from_port),
            Value::Bool(to.contains(':')),
            Value::Text(to),
            text("-"),
            Value::U16(to_port),
            text("-"),
        ];
        CONNECTION.into_iter().zip(values).collect()
    }
}

/// The start of an instance at a place in its chunk.
fn instance(out: &mut Vec<u8>, at: usize, known: Option<u32>, make: &dyn Fn(usize) -> Vec<u8>) {
    let at = at + out.len();
    let place = known.unwrap_or(u32::try_from(at + 10).unwrap_or_default());
    out.extend([0x0c, 1]);
    out.extend(1_u32.to_le_bytes());
    out.extend(place.to_le_bytes());
    if known.is_none() {
        let body = make(at + 10 + 24);
        out.extend(0_u32.to_le_bytes());
        out.extend([9; 16]);
        out.extend(u32::try_from(body.len()).unwrap_or_default().to_le_bytes());
        out.extend(body);
    }
}

/// The template of an event's own header, whose last value is the event's data.
fn system(provider: &str, channel: &str, at: usize) -> Vec<u8> {
    let mut xml = Template::at(at);
    xml.open("Event", &[]);
    xml.open("System", &[]);
    let provider = ("Name", Content::Text(provider));
    xml.empty("Provider", &[provider, ("Guid", Content::Value(0, 0x0f))]);
    xml.element("EventID", Content::Value(1, 0x06));
    xml.empty("TimeCreated", &[("SystemTime", Content::Value(2, 0x11))]);
    xml.element("EventRecordID", Content::Value(3, 0x0a));
    xml.empty("Execution", &[("ProcessID", Content::Value(4, 0x08))]);
    xml.element("Channel", Content::Text(channel));
    xml.element("Computer", Content::Value(5, 0x01));
    xml.close();
    xml.content(Content::Value(6, 0x21));
    xml.close();
    xml.end()
}

/// The template of data fields.
fn data(names: &[&str], at: usize) -> Vec<u8> {
    let mut xml = Template::at(at);
    xml.open("EventData", &[]);
    for (number, name) in (0..).zip(names) {
        xml.open("Data", &[("Name", Content::Text(name))]);
        // The kind is that of the value.
        xml.content(Content::Value(number, 0x01));
        xml.close();
    }
    xml.close();
    xml.end()
}

#[derive(Clone, Copy)]
enum Content<'t> {
    Text(&'t str),
    Value(u16, u8),
}

/// A template in the making. Elements are written with the length 0: readers go by their tokens.
struct Template {
    at: usize,
    bytes: Vec<u8>,
}

impl Template {
    fn at(at: usize) -> Self {
        Self { at, bytes: vec![0x0f, 1, 1, 0] }
    }

    fn start(&mut self, name: &str, attributes: &[(&str, Content<'_>)]) {
        self.bytes.push(if attributes.is_empty() { 0x01 } else { 0x41 });
        self.bytes.extend([0xff, 0xff, 0, 0, 0, 0]);
        self.name(name);
        if !attributes.is_empty() {
            let length_at = self.bytes.len();
            self.bytes.extend([0; 4]);
            for (number, (name, content)) in (1..).zip(attributes) {
                self.bytes.push(if number < attributes.len() { 0x46 } else { 0x06 });
                self.name(name);
                self.content(*content);
            }
            let length = u32::try_from(self.bytes.len() - length_at - 4).unwrap_or_default();
            if let Some(place) = self.bytes.get_mut(length_at..length_at + 4) {
                place.copy_from_slice(&length.to_le_bytes());
            }
        }
    }

    fn open(&mut self, name: &str, attributes: &[(&str, Content<'_>)]) {
        self.start(name, attributes);
        self.bytes.push(0x02);
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, Content<'_>)]) {
        self.start(name, attributes);
        self.bytes.push(0x03);
    }

    fn element(&mut self, name: &str, content: Content<'_>) {
        self.open(name, &[]);
        self.content(content);
        self.close();
    }

    fn close(&mut self) {
        self.bytes.push(0x04);
    }

    fn content(&mut self, content: Content<'_>) {
        match content {
            Content::Text(text) => {
                self.bytes.extend([0x05, 0x01]);
                let units: Vec<u16> = text.encode_utf16().collect();
                self.bytes.extend(u16::try_from(units.len()).unwrap_or_default().to_le_bytes());
                self.bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
            }
            Content::Value(number, kind) => {
                self.bytes.push(0x0d);
                self.bytes.extend(number.to_le_bytes());
                self.bytes.push(kind);
            }
        }
    }

    /// A name, written out where it stands.
    fn name(&mut self, name: &str) {
        let place = u32::try_from(self.at + self.bytes.len() + 4).unwrap_or_default();
        self.bytes.extend(place.to_le_bytes());
        self.bytes.extend([0; 4]);
        let hash = name
            .encode_utf16()
            .fold(0_u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(unit.into()));
        self.bytes.extend(u16::try_from(hash & 0xffff).unwrap_or_default().to_le_bytes());
        let units: Vec<u16> = name.encode_utf16().collect();
        self.bytes.extend(u16::try_from(units.len()).unwrap_or_default().to_le_bytes());
        self.bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
        self.bytes.extend([0, 0]);
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push(0x00);
        self.bytes
    }
}

fn put_values(out: &mut Vec<u8>, values: &[Value]) {
    out.extend(u32::try_from(values.len()).unwrap_or_default().to_le_bytes());
    for value in values {
        let (kind, bytes) = encoded(value);
        out.extend(u16::try_from(bytes.len()).unwrap_or_default().to_le_bytes());
        out.extend([kind, 0]);
    }
    for value in values {
        out.extend(encoded(value).1);
    }
}

fn encoded(value: &Value) -> (u8, Vec<u8>) {
    match value {
        Value::Text(text) => (0x01, text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        Value::U16(it) => (0x06, it.to_le_bytes().to_vec()),
        Value::U32(it) => (0x08, it.to_le_bytes().to_vec()),
        Value::U64(it) => (0x0a, it.to_le_bytes().to_vec()),
        Value::Bool(it) => (0x0d, u32::from(*it).to_le_bytes().to_vec()),
        Value::Guid(it) => (0x0f, it.to_vec()),
        Value::Time(it) => (0x11, it.to_le_bytes().to_vec()),
        Value::Xml(it) => (0x21, it.clone()),
    }
}

/// CRC-32 as in zip files.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
