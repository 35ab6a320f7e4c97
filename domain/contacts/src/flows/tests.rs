//! Messages of real exporters (`testdata/README.md`), and made ones for what those do not send.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::slice::from_ref;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{At, Flow, FlowReader, Place, Reason, Sink};
use crate::WireContact;

/// Lists two addresses, and writes down what it is told.
#[derive(Default, Debug, PartialEq)]
struct Notes {
    lines: Vec<String>,
    hours: Vec<String>,
}

impl Sink for Notes {
    fn is_listed(&mut self, address: IpAddr) -> bool {
        ["192.0.2.7", "2001:db8:6::7"].contains(&address.to_string().as_str())
    }

    fn contact(&mut self, contact: &WireContact<'_>, flow: &Flow, is_more: bool) -> bool {
        let count = if is_more { "+" } else { "1" };
        let address = contact.address.unwrap();
        self.lines.push(format!(
            "{count} #{} {:?} {} -> {address}:{} | {flow}",
            flow.place.number, contact.outcome, contact.device, contact.port
        ));
        true
    }

    fn not_parsed(&mut self, place: Place, reason: Reason) {
        self.lines.push(format!("! #{} at {}: {}", place.number, place.offset, reason.code()));
    }

    fn hour(&mut self, time: Timestamp) {
        self.hours.push(time.strftime("%Y-%m-%dT%H").to_string());
    }
}

fn exporter() -> SocketAddr {
    ([127, 0, 0, 1], 50_000).into()
}

/// The UDP payloads of a capture of Ethernet frames with IPv4.
fn datagrams(pcap: &[u8]) -> Vec<&[u8]> {
    let mut rest = &pcap[24..];
    let mut found = Vec::new();
    while rest.len() > 16 {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        found.push(&rest[16 + 42..16 + length]);
        rest = &rest[16 + length..];
    }
    found
}

fn read(messages: &[&[u8]]) -> (Notes, u64) {
    let (mut reader, mut notes) = (FlowReader::default(), Notes::default());
    let mut offset = 0;
    for message in messages {
        reader.message(exporter(), At::Stream(offset), message, &mut notes);
        offset += message.len() as u64;
    }
    reader.finish(&mut notes);
    (notes, reader.flows())
}

macro_rules! capture {
    ($name:literal) => {
        include_bytes!(concat!("testdata/", $name)).as_slice()
    };
}

const ALL: [(&str, &[u8]); 6] = [
    ("softflowd-v5.pcap", capture!("softflowd-v5.pcap")),
    ("fprobe-v7.pcap", capture!("fprobe-v7.pcap")),
    ("softflowd-v9.pcap", capture!("softflowd-v9.pcap")),
    ("softflowd-v10.pcap", capture!("softflowd-v10.pcap")),
    ("softflowd-v10-both.pcap", capture!("softflowd-v10-both.pcap")),
    ("softflowd-v10-milli.pcap", capture!("softflowd-v10-milli.pcap")),
];

#[test]
fn messages_of_real_exporters_are_read() {
    let mut text = String::new();
    for (name, capture) in ALL {
        let (notes, flows) = read(&datagrams(capture));
        writeln!(text, "== {name}: {flows} flows, {:?}", notes.hours).unwrap();
        for line in &notes.lines {
            text.push_str(line);
            text.push('\n');
        }
    }
    insta::assert_snapshot!(text);
}

/// The connection of a device at port 50000 and a listed server at `port`, each record by who sent
/// it (`>` is the device), its flags in hexadecimal and its first and last second.
fn told(protocol: u8, port: u16, records: &[(&str, u8, i64, i64)]) -> String {
    let mut message = vec![0, 5, 0, u8::try_from(records.len()).unwrap()];
    message.extend(1_000_000_u32.to_be_bytes());
    message.extend(1_795_482_000_u32.to_be_bytes());
    message.resize(24, 0);
    for (way, flags, start, end) in records {
        let ends = [[10, 0, 0, 7], [192, 0, 2, 7]];
        let ports = if port == 0 { [0, 0] } else { [50_000_u16, port] };
        let (from, to) = if *way == ">" { (0, 1) } else { (1, 0) };
        let at = message.len();
        message.extend([ends[from], ends[to]].concat());
        message.resize(at + 16, 0);
        message.extend([0, 0, 0, 3, 0, 0, 0, 200]);
        message.extend(u32::try_from(start * 1000).unwrap().to_be_bytes());
        message.extend(u32::try_from(end * 1000).unwrap().to_be_bytes());
        message.extend([ports[from].to_be_bytes(), ports[to].to_be_bytes()].concat());
        message.extend([0, *flags, protocol]);
        message.resize(at + 48, 0);
    }
    let (notes, flows) = read(&[&message]);
    assert_eq!(flows, records.len() as u64);
    let short = notes.lines.iter().map(|line| {
        let (told, _) = line.split_once(" | ").unwrap();
        let words: Vec<&str> = told.split(' ').collect();
        let count = if words[0] == "+" { "+" } else { "" };
        let outcome = format!("{}{count}", words[2]);
        if words[3] == "10.0.0.7" { outcome } else { format!("[{outcome}]") }
    });
    short.collect::<Vec<_>>().join(" ")
}

const S: u8 = 0x02;
const RA: u8 = 0x14;
const SA: u8 = 0x12;
const SPA: u8 = 0x1a;
const PA: u8 = 0x18;
const A: u8 = 0x10;

#[test]
fn a_connection_is_told_once_and_as_what_its_records_prove() {
    let check = |port, records: &[(&str, u8, i64, i64)], expected: &str| {
        assert_eq!(told(6, port, records), expected, "{port} {records:?}");
    };
    // Nobody answers, or only to refuse.
    check(443, &[(">", S, 1, 1)], "Attempted");
    check(443, &[(">", S, 1, 1), ("<", RA, 1, 1)], "Attempted");
    check(443, &[("<", RA, 1, 1), (">", S, 1, 1)], "Attempted");
    check(443, &[("<", RA, 1, 1)], "");
    // Who opens and acknowledges was answered, whether or not the way back was seen.
    check(443, &[(">", SPA, 1, 9)], "Connected");
    check(443, &[(">", SPA, 1, 9), ("<", SPA, 1, 9)], "Connected");
    check(443, &[("<", SPA, 1, 9), (">", SPA, 1, 9)], "Connected");
    check(443, &[(">", S, 1, 1), ("<", SA, 1, 1)], "Attempted Connected+");
    // From the middle on: both directions, or nothing is proven but that somebody sends.
    check(443, &[(">", PA, 1, 9)], "Attempted");
    check(443, &[(">", A, 1, 9), ("<", PA, 1, 9)], "Connected");
    check(443, &[("<", PA, 1, 9)], "");
    // No flags: an exporter that knows none.
    check(443, &[(">", 0, 1, 9)], "Attempted");
    check(443, &[(">", 0, 1, 9), ("<", 0, 1, 9)], "Connected");
    check(443, &[("<", 0, 1, 9)], "");
    // The way back alone: answers to forged senders hold no data.
    check(443, &[("<", SA, 1, 1)], "");
    check(443, &[("<", SPA, 1, 9)], "Connected");
    // From a high port it may be a scan that our server answers.
    check(8443, &[("<", SPA, 1, 9)], "");
    // The listed side opens: by its flags, by time, by ports.
    check(443, &[("<", S, 1, 1)], "[Attempted]");
    check(443, &[("<", S, 1, 1), (">", RA, 1, 1)], "[Attempted]");
    check(443, &[("<", S, 1, 1), (">", SA, 1, 1)], "[Attempted] [Connected+]");
    check(443, &[(">", SPA, 2, 9), ("<", SPA, 1, 9)], "[Connected]");
    check(60_000, &[("<", SPA, 1, 9), (">", SPA, 1, 9)], "[Connected]");
    check(60_000, &[("<", PA, 1, 9), (">", PA, 3, 9)], "[Connected]");
    check(50_000, &[("<", PA, 1, 9), (">", PA, 1, 9)], "[Connected]");
    // Long connections come in pieces, and are one.
    let pieces = [(">", SPA, 1, 60), ("<", SPA, 1, 60), (">", PA, 61, 120), ("<", PA, 61, 120)];
    check(443, &pieces, "Connected");
    check(443, &[(">", S, 1, 3), (">", PA, 4, 60)], "Attempted Connected+");
    // The same ports once more are another connection; what answers it is not what answered before.
    check(443, &[(">", S, 1, 1), (">", S, 3, 3)], "Attempted Attempted");
    check(443, &[(">", SPA, 1, 2), ("<", SPA, 1, 2), (">", S, 50, 50)], "Connected Attempted");
    check(443, &[(">", PA, 1, 2), (">", PA, 500, 501)], "Attempted Attempted");
    check(443, &[(">", S, 1, 1), ("<", SPA, 30, 40)], "Attempted Connected");
}

#[test]
fn ports_and_times_tell_who_opened_what_has_no_flags() {
    let check = |protocol, port, records: &[(&str, i64)], expected: &str| {
        let records: Vec<_> = records.iter().map(|(way, at)| (*way, 0, *at, *at)).collect();
        assert_eq!(told(protocol, port, &records), expected, "{protocol} {port} {records:?}");
    };
    check(17, 53, &[(">", 1)], "Attempted");
    check(17, 53, &[("<", 1)], "");
    check(17, 53, &[("<", 1), (">", 2)], "Connected");
    check(17, 6881, &[(">", 1)], "Attempted");
    check(17, 6881, &[("<", 1)], "[Attempted]");
    check(17, 6881, &[("<", 1), (">", 2)], "[Connected]");
    check(17, 6881, &[("<", 2), (">", 1)], "Connected");
    check(17, 6881, &[("<", 1), (">", 1)], "Connected");
    check(17, 60_000, &[("<", 1), (">", 1)], "[Connected]");
    check(17, 50_000, &[(">", 1), ("<", 1)], "[Connected]");
    check(47, 0, &[(">", 1)], "Attempted");
    check(47, 0, &[(">", 1), ("<", 1)], "[Connected]");
    // An ICMP message of which the exporter gives no type.
    check(1, 0, &[(">", 1)], "");
    check(1, 0, &[(">", 1), ("<", 2)], "Connected");
}

#[test]
fn a_listener_is_told_when_nothing_more_is_heard() {
    let mut message = vec![0, 5, 0, 1];
    message.resize(24, 0);
    message.extend([10, 0, 0, 7, 192, 0, 2, 7]);
    message.resize(24 + 32, 0);
    message.extend([0xc3, 0x50, 1, 0xbb, 0, PA, 6]);
    message.resize(24 + 48, 0);
    let (mut reader, mut notes) = (FlowReader::default(), Notes::default());
    reader.message(exporter(), At::Stream(0), &message, &mut notes);
    reader.settle(&mut notes);
    assert_eq!(notes.lines.len(), 0);
    reader.settle(&mut notes);
    assert!(notes.lines[0].starts_with("1 #1 Attempted 10.0.0.7"), "{:?}", notes.lines);
    // The way back comes late, and says more about the same connection.
    message.splice(24..32, [192, 0, 2, 7, 10, 0, 0, 7]);
    message.splice(24 + 32..24 + 36, [1, 0xbb, 0xc3, 0x50]);
    reader.message(exporter(), At::Stream(0), &message, &mut notes);
    assert!(notes.lines[1].starts_with("+ #1 Connected 10.0.0.7"), "{:?}", notes.lines);
    reader.finish(&mut notes);
    assert_eq!(notes.lines.len(), 2);
}

/// A set: its number, and what stands in it.
fn set(id: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 4).unwrap();
    [&id.to_be_bytes()[..], &length.to_be_bytes(), body].concat()
}

fn ipfix_of(domain: u32, sets: &[Vec<u8>]) -> Vec<u8> {
    let body = sets.concat();
    let length = u16::try_from(body.len() + 16).unwrap();
    let sent = 1_795_482_000_u32.to_be_bytes();
    [&[0, 10][..], &length.to_be_bytes(), &sent, &[0; 4], &domain.to_be_bytes(), &body].concat()
}

fn ipfix(sets: &[Vec<u8>]) -> Vec<u8> {
    ipfix_of(1, sets)
}

fn v9(sets: &[Vec<u8>]) -> Vec<u8> {
    let (uptime, sent) = (5_000_u32.to_be_bytes(), 1_795_482_000_u32.to_be_bytes());
    [&[0, 9, 0, 1][..], &uptime, &sent, &[0; 4], &[0, 0, 0, 1], &sets.concat()].concat()
}

/// A template; elements of an enterprise have it behind their length.
fn template(id: u16, fields: &[(u16, u16, u32)]) -> Vec<u8> {
    let count = u16::try_from(fields.len()).unwrap();
    let mut bytes = [id.to_be_bytes(), count.to_be_bytes()].concat();
    for (element, length, enterprise) in fields {
        let mark = if *enterprise == 0 { 0 } else { 0x8000 };
        bytes.extend((element | mark).to_be_bytes());
        bytes.extend(length.to_be_bytes());
        if *enterprise != 0 {
            bytes.extend(enterprise.to_be_bytes());
        }
    }
    bytes
}

const ENDS: [(u16, u16, u32); 5] = [(8, 4, 0), (12, 4, 0), (7, 2, 0), (11, 2, 0), (4, 1, 0)];
/// 10.0.0.7:50000 to 192.0.2.7:443, TCP.
const OUT: [u8; 13] = [10, 0, 0, 7, 192, 0, 2, 7, 0xc3, 0x50, 1, 0xbb, 6];

fn with(more: &[(u16, u16, u32)]) -> Vec<u8> {
    template(256, &[&ENDS[..], more].concat())
}

/// What messages give, a line each.
fn lines(messages: &[Vec<u8>]) -> Vec<String> {
    read(&messages.iter().map(Vec::as_slice).collect::<Vec<_>>()).0.lines
}

fn check_lines(messages: &[Vec<u8>], expected: &[&str]) {
    let lines = lines(messages);
    let starts = lines.iter().zip(expected).all(|(line, start)| line.starts_with(start));
    assert!(starts && lines.len() == expected.len(), "{lines:#?}\nis not {expected:#?}");
}

#[test]
fn templates_come_first_are_replaced_and_withdrawn() {
    let told = "1 #1 Attempted 10.0.0.7 -> 192.0.2.7:443";
    let (learn, data) = (set(2, &with(&[])), set(256, &OUT));
    check_lines(&[ipfix(&[learn.clone(), data.clone()])], &[told]);
    check_lines(&[v9(&[set(0, &with(&[])), data.clone()])], &[told]);
    check_lines(&[ipfix(from_ref(&data))], &["! #1 at 20: flow-template"]);
    let late = [ipfix(from_ref(&data)), ipfix(from_ref(&learn)), ipfix(from_ref(&data))];
    check_lines(&late, &["! #1 at 20: flow-template", "1 #2 Attempted"]);
    // Another domain, another exporter.
    let other = [ipfix(from_ref(&learn)), ipfix_of(2, from_ref(&data))];
    check_lines(&other, &["! #1 at 64: flow-template"]);
    let (mut reader, mut notes) = (FlowReader::default(), Notes::default());
    reader.message(exporter(), At::Stream(0), &ipfix(from_ref(&learn)), &mut notes);
    let elsewhere = ([127, 0, 0, 2], 50_000).into();
    reader.message(elsewhere, At::Stream(0), &ipfix(from_ref(&data)), &mut notes);
    assert_eq!(notes.lines, ["! #1 at 20: flow-template"]);
    // Withdrawn: one, and all.
    let gone = ipfix(&[learn.clone(), set(2, &template(256, &[])), data.clone()]);
    check_lines(&[gone], &["! #1 at 56: flow-template"]);
    let gone = ipfix(&[learn.clone(), set(2, &template(2, &[])), data.clone()]);
    check_lines(&[gone], &["! #1 at 56: flow-template"]);
    // Replaced: the ports are not given any more.
    let less = template(256, &[(8, 4, 0), (12, 4, 0), (210, 4, 0), (4, 1, 0)]);
    let replaced = ipfix(&[learn, set(2, &less), data]);
    check_lines(&[replaced], &["1 #1 Attempted 10.0.0.7 -> 192.0.2.7:0"]);
}

#[test]
fn records_may_be_padded_of_any_length_and_not_of_flows_at_all() {
    let told = "1 #1 Attempted 10.0.0.7 -> 192.0.2.7:443";
    let padded = set(256, &[&OUT[..], &[0; 3]].concat());
    check_lines(&[ipfix(&[set(2, &[&with(&[])[..], &[0; 4]].concat()), padded.clone()])], &[told]);
    check_lines(&[v9(&[set(0, &[&with(&[])[..], &[0; 2]].concat()), padded])], &[told]);
    // A name of any length before the rest, short and long, and a field of another enterprise.
    let fields = [&[(371, 0xffff, 0), (7, 0xffff, 9)][..], &ENDS].concat();
    let long = [&[255, 1, 4][..], &[b'x'; 260], &[1, b'y'], &OUT].concat();
    let records = [&[2, b'a', b'b', 0][..], &OUT, &long, &[0; 2]].concat();
    let message = ipfix(&[set(2, &template(256, &fields)), set(256, &records)]);
    let (notes, flows) = read(&[&message]);
    assert_eq!((notes.lines.len(), flows), (1, 2), "{notes:?}");
    // A record that does not end.
    let message = ipfix(&[set(2, &template(256, &fields)), set(256, &[200; 40])]);
    check_lines(&[message], &["! #1 at 60: flow-malformed"]);
    // What an exporter says about itself is no flow, and may hold a moment.
    let options = [&[1, 1, 0, 3, 0, 1][..], &[0, 149, 0, 4, 0, 160, 0, 8, 0, 8, 0, 4]].concat();
    let began = 1_795_400_000_000_u64.to_be_bytes();
    let about = set(257, &[&[0, 0, 0, 1][..], &began, &[192, 0, 2, 7]].concat());
    let flows = set(256, &[&OUT[..], &60_000_u32.to_be_bytes()].concat());
    let learn = set(2, &with(&[(22, 4, 0)]));
    let message = ipfix(&[set(3, &options), about, learn, flows]);
    let moment = " | 2026-11-23T02:14:20.000Z ";
    assert!(lines(from_ref(&message))[0].contains(moment), "{:?}", lines(&[message]));
    let options = [1, 1, 0, 4, 0, 4, 0, 1, 0, 4, 0, 41, 0, 4, 0, 0];
    let message = v9(&[set(1, &options), set(257, &[0; 8]), set(0, &with(&[])), set(256, &OUT)]);
    check_lines(&[message], &[told]);
    // No addresses: nothing can be said.
    let message = ipfix(&[set(2, &template(256, &[(1, 4, 0), (8, 4, 0)])), set(256, &[0; 16])]);
    check_lines(&[message], &["! #1 at 36: flow-addresses", "! #2 at 44: flow-addresses"]);
}

#[test]
fn both_directions_in_one_record_are_both_read() {
    let check = |more: &[(u16, u16, u32)], values: &[u8], expected: &str| {
        let message = ipfix(&[set(2, &with(more)), set(256, &[&OUT[..], values].concat())]);
        check_lines(&[message], &[expected]);
    };
    let counts = [(2, 4, 0), (2, 4, 29305)];
    check(&counts, &[0, 0, 0, 3, 0, 0, 0, 2], "1 #1 Connected 10.0.0.7");
    check(&counts, &[0, 0, 0, 3, 0, 0, 0, 0], "1 #1 Attempted 10.0.0.7");
    // The flags of a refusal, and of a client that never got an answer it could acknowledge.
    let flags = [(2, 4, 0), (2, 4, 29305), (6, 1, 0), (6, 2, 29305)];
    check(&flags, &[0, 0, 0, 3, 0, 0, 0, 2, S, 0, RA], "1 #1 Attempted 10.0.0.7");
    check(&flags, &[0, 0, 0, 3, 0, 0, 0, 2, S, 0, 0], "1 #1 Attempted 10.0.0.7");
    check(&flags, &[0, 0, 0, 3, 0, 0, 0, 2, SPA, 0, SPA], "1 #1 Connected 10.0.0.7");
    // RFC 5103: who opened it.
    let direction = [(2, 4, 0), (2, 4, 29305), (239, 1, 0)];
    check(&direction, &[0, 0, 0, 3, 0, 0, 0, 2, 1], "1 #1 Connected 10.0.0.7");
    check(&direction, &[0, 0, 0, 3, 0, 0, 0, 2, 2], "1 #1 Connected 192.0.2.7");
    // A firewall's events: the source opened it.
    let event = [(231, 4, 0), (232, 4, 0), (233, 1, 0)];
    check(&event, &[0, 0, 0, 9, 0, 0, 0, 9, 2], "1 #1 Connected 10.0.0.7");
    check(&event, &[0, 0, 0, 9, 0, 0, 0, 0, 2], "1 #1 Attempted 10.0.0.7");
    check(&event, &[0, 0, 0, 0, 0, 0, 0, 0, 3], "1 #1 Attempted 10.0.0.7");
    // What was sent on behind a device that changed it is no answer.
    check(&[(23, 4, 0), (24, 4, 0)], &[0, 0, 0, 9, 0, 0, 0, 9], "1 #1 Attempted 10.0.0.7");
}

#[test]
fn behind_address_translation_the_device_is_the_inner_end() {
    let fields = [&ENDS[..], &[(226, 4, 0), (228, 2, 0)]].concat();
    // The listed side knocks at our public address; 10.0.0.8 is behind it.
    let record = [192, 0, 2, 7, 198, 51, 100, 1, 0xc3, 0x50, 0, 80, 6, 10, 0, 0, 8, 31, 144];
    let message = ipfix(&[set(2, &template(256, &fields)), set(256, &record)]);
    check_lines(&[message], &["1 #1 Attempted 192.0.2.7 -> 10.0.0.8:8080"]);
    // A listed address that is led elsewhere is what was contacted.
    let record = [&OUT[..], &[10, 0, 0, 9, 0, 80]].concat();
    let message = ipfix(&[set(2, &template(256, &fields)), set(256, &record)]);
    check_lines(&[message], &["1 #1 Attempted 10.0.0.7 -> 192.0.2.7:443"]);
}

#[test]
fn moments_are_read_in_every_unit() {
    let check = |element, value: &[u8], expected: &str| {
        let length = u16::try_from(value.len()).unwrap();
        let sets = [set(2, &with(&[(element, length, 0)])), set(256, &[&OUT[..], value].concat())];
        let lines = lines(&[ipfix(&sets)]);
        assert!(lines[0].contains(&format!(" | {expected} ")), "{element}: {lines:?}");
    };
    let seconds = 1_795_482_001_u64;
    let ntp = (seconds + 2_208_988_800) << 32 | 0x8000_0000;
    check(150, &1_795_482_001_u32.to_be_bytes(), "2026-11-24T01:00:01.000Z");
    check(152, &(seconds * 1000 + 250).to_be_bytes(), "2026-11-24T01:00:01.250Z");
    check(154, &ntp.to_be_bytes(), "2026-11-24T01:00:01.500Z");
    check(156, &ntp.to_be_bytes(), "2026-11-24T01:00:01.500Z");
    check(158, &1_500_000_u32.to_be_bytes(), "2026-11-24T00:59:58.500Z");
    check(323, &(seconds * 1000 + 7).to_be_bytes(), "2026-11-24T01:00:01.007Z");
    check(322, &1_795_482_001_u32.to_be_bytes(), "2026-11-24T01:00:01.000Z");
    // Without one, and without knowing when the exporter began.
    check(22, &60_000_u32.to_be_bytes(), "10.0.0.7:50000");
    // NetFlow 9 says how long it has been running; that clock turns over.
    let at = |uptime: u32| {
        let record = [&OUT[..], &uptime.to_be_bytes()].concat();
        lines(&[v9(&[set(0, &with(&[(22, 4, 0)])), set(256, &record)])])[0].clone()
    };
    assert!(at(4_000).contains("T00:59:59.000Z"), "{}", at(4_000));
    assert!(at(6_000).contains("T01:00:01.000Z"), "{}", at(6_000));
    assert!(at(u32::MAX - 999).contains("T00:59:54.000Z"), "{}", at(u32::MAX - 999));
}

#[test]
fn days_are_those_of_the_records_and_none_is_made_up() {
    let record = |millis: u64| [&OUT[..], &millis.to_be_bytes()].concat();
    let of = |millis| ipfix(&[set(2, &with(&[(152, 8, 0)])), set(256, &record(millis))]);
    let check = |millis, expected: &[&str]| assert_eq!(read(&[&of(millis)]).0.hours, expected);
    check(1_795_300_000_000, &["2026-11-21T22"]);
    // Without a moment, or with one of the future, the message's.
    check(0, &["2026-11-24T01"]);
    check(4_000_000_000_000, &["2026-11-24T01"]);
    check(u64::MAX, &["2026-11-24T01"]);
}

#[test]
fn what_is_cut_or_contradicts_itself_is_counted() {
    let (learn, data) = (set(2, &with(&[])), set(256, &[OUT, OUT].concat()));
    let whole = ipfix(&[learn.clone(), data]);
    let cut = whole[..whole.len() - 3].to_vec();
    check_lines(&[cut], &["! #2 at 71: flow-cut", "1 #1 Attempted"]);
    let short = whole[..44].to_vec();
    check_lines(&[short], &["! #1 at 44: flow-cut"]);
    check_lines(&[vec![0, 10, 0, 9]], &["! #1 at 0: flow-cut"]);
    check_lines(&[vec![0, 5, 0, 9]], &["! #1 at 0: flow-cut"]);
    check_lines(
        &[vec![0, 1, 0, 9], vec![]],
        &["! #1 at 0: flow-version", "! #2 at 4: flow-version"],
    );
    check_lines(&[ipfix(&[vec![1, 0, 0, 2]])], &["! #1 at 16: flow-malformed"]);
    check_lines(&[ipfix(&[set(200, &OUT)])], &["! #1 at 16: flow-malformed"]);
    check_lines(&[ipfix(&[learn, set(256, &[1])])], &["! #1 at 48: flow-malformed"]);
    check_lines(&[ipfix(&[set(2, &[1, 0, 0, 9, 0, 8])])], &["! #1 at 20: flow-malformed"]);
    let empty = template(256, &[(8, 0, 0), (12, 0, 0)]);
    check_lines(&[ipfix(&[set(2, &empty)])], &["! #1 at 20: flow-malformed"]);
}

proptest! {
    #[test]
    fn any_bytes_are_a_message(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        version in prop::sample::select(vec![5_u8, 7, 9, 10]),
    ) {
        let sets = [set(2, &with(&[(371, 0xffff, 0)])), set(0, &with(&[])), set(256, &bytes), bytes];
        let mut message = ipfix(&sets);
        message[1] = version;
        let messages: Vec<&[u8]> = (0..message.len()).map(|end| &message[..end]).collect();
        let (_, flows) = read(&messages);
        prop_assert!(flows > 0);
    }
}
