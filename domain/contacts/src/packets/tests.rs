//! Whole captures, as real programs wrote them (`testdata/README.md`).

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;
use proptest::prelude::*;

use super::{CaptureKind, CaptureProblem, CaptureReader, Count, Packet, Reason, Sink};
use crate::WireContact;

/// Lists two addresses and one name, and writes down what it is told.
#[derive(Default, Debug, PartialEq)]
struct Notes {
    lines: Vec<String>,
    packets: u64,
    hours: usize,
    problem: Option<CaptureProblem>,
}

impl Sink for Notes {
    fn is_listed(&mut self, address: IpAddr) -> bool {
        ["192.0.2.7", "2001:db8:6::7"].contains(&address.to_string().as_str())
    }

    fn finds(&mut self, contact: &WireContact<'_>) -> bool {
        let name = String::from_utf8_lossy(contact.name).to_lowercase();
        let is_name_listed = name == "evil.example" || name.ends_with(".evil.example");
        let mut listed = [Some(contact.device), contact.address].into_iter().flatten();
        is_name_listed || listed.any(|it| self.is_listed(it)) || !contact.query.is_empty()
    }

    fn contact(&mut self, contact: &WireContact<'_>, packet: &Packet, count: Count) -> bool {
        let is_listed = self.finds(contact);
        let count = match count {
            Count::New => "1",
            Count::NewUnlessAddress => "?",
            Count::More => "+",
        };
        let address = contact.address.map_or("-".to_owned(), |it| it.to_string());
        let outcome = contact.outcome;
        let mark = if is_listed { "*" } else { " " };
        let text = format!("{packet:?}");
        assert!(text.contains("offset"), "{text}");
        let mut untimed = *packet;
        untimed.time = None;
        self.lines.push(format!(
            "{mark} {count} #{} {:?} {} -> {address}:{} | {}",
            packet.number,
            outcome,
            contact.device,
            contact.port,
            untimed.describe(contact)
        ));
        is_listed
    }

    fn not_parsed(&mut self, packet: &Packet, reason: Reason) {
        let mut untimed = *packet;
        untimed.time = None;
        self.lines.push(format!("! #{} {}: {untimed}", packet.number, reason.code()));
    }

    fn hour(&mut self, _: Timestamp) {
        self.hours += 1;
    }
}

fn read_in(kind: CaptureKind, capture: &[u8], sizes: impl IntoIterator<Item = usize>) -> Notes {
    let (mut reader, mut notes) = (CaptureReader::new(kind), Notes::default());
    let mut rest = capture;
    for size in sizes {
        let (piece, after) = rest.split_at(size.min(rest.len()));
        reader.push(piece, &mut notes);
        rest = after;
    }
    reader.push(rest, &mut notes);
    notes.problem = reader.finish(&mut notes);
    notes.packets = reader.packets();
    notes
}

fn read(capture: &[u8]) -> Notes {
    read_in(CaptureKind::of(capture).unwrap(), capture, [])
}

macro_rules! capture {
    ($name:literal) => {
        include_bytes!(concat!("testdata/", $name)).as_slice()
    };
}

const ALL: [(&str, &[u8]); 15] = [
    ("dns_udp.pcap", capture!("dns_udp.pcap")),
    ("dns_tcp.pcap", capture!("dns_tcp.pcap")),
    ("web.pcap", capture!("web.pcap")),
    ("tls.pcap", capture!("tls.pcap")),
    ("tls_split.pcap", capture!("tls_split.pcap")),
    ("quic.pcap", capture!("quic.pcap")),
    ("refused.pcap", capture!("refused.pcap")),
    ("inbound.pcap", capture!("inbound.pcap")),
    ("frag.pcap", capture!("frag.pcap")),
    ("sll.pcap", capture!("sll.pcap")),
    ("sll2.pcap", capture!("sll2.pcap")),
    ("snap.pcap", capture!("snap.pcap")),
    ("nano.pcap", capture!("nano.pcap")),
    ("multi.pcapng", capture!("multi.pcapng")),
    ("cut.pcap", capture!("cut.pcap")),
];

#[test]
fn captures_of_real_programs_are_read() {
    let mut text = String::new();
    for (name, capture) in ALL {
        let notes = read(capture);
        writeln!(text, "== {name}: {} packets, {:?}", notes.packets, notes.problem).unwrap();
        for line in &notes.lines {
            text.push_str(line);
            text.push('\n');
        }
        assert_eq!(notes.hours, 1, "{name}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn one_capture_gives_the_same_in_every_file_format() {
    let pcap = capture!("dns_udp.pcap");
    let expected = read(pcap).lines;
    assert_eq!(read(capture!("dns_udp.pcapng")).lines, expected);
    for order in [Order::Big, Order::Little] {
        for nano in [false, true] {
            let notes = read(&rewritten(pcap, order, nano));
            assert_eq!(notes.lines, expected);
        }
        let enhanced = to_pcapng(pcap, order, 6);
        assert_eq!(read(&enhanced).lines, expected);
        assert_eq!(read(&to_pcapng(pcap, order, 2)).lines, expected);
        assert_eq!(read(&to_pcapng(pcap, order, 3)).lines, expected);
        // Sections of either order behind one another.
        let two = [enhanced, to_pcapng(pcap, Order::Big, 6)].concat();
        assert_eq!(read(&two).packets, 2 * read(pcap).packets);
        assert_eq!(read(&two).problem, None);
    }
}

#[test]
fn moments_are_those_of_the_capture() {
    struct Moments(Vec<Timestamp>);
    impl Sink for Moments {
        fn is_listed(&mut self, _: IpAddr) -> bool {
            false
        }
        fn finds(&mut self, _: &WireContact<'_>) -> bool {
            false
        }
        fn contact(&mut self, contact: &WireContact<'_>, packet: &Packet, _: Count) -> bool {
            assert_eq!(contact.time, packet.time);
            self.0.extend(contact.time);
            false
        }
        fn not_parsed(&mut self, _: &Packet, _: Reason) {}
        fn hour(&mut self, _: Timestamp) {}
    }
    let moments = |capture: &[u8]| {
        let mut reader = CaptureReader::new(CaptureKind::of(capture).unwrap());
        let mut moments = Moments(Vec::new());
        reader.push(capture, &mut moments);
        moments.0
    };
    let pcap = capture!("dns_udp.pcap");
    let expected = moments(pcap);
    assert_eq!(expected.len(), 6);
    assert_eq!(expected[0].to_string(), FIRST_MOMENT);
    assert_eq!(moments(capture!("dns_udp.pcapng")), expected);
    assert_eq!(moments(&rewritten(pcap, Order::Big, true)), expected);
    assert_eq!(moments(&to_pcapng(pcap, Order::Big, 6)), expected);
    // Simple packet blocks have none.
    assert_eq!(moments(&to_pcapng(pcap, Order::Big, 3)), []);
    assert_ne!(moments(capture!("nano.pcap"))[0].subsec_nanosecond() % 1000, 0);
}

const FIRST_MOMENT: &str = "2026-11-24T18:17:06.024037Z";

#[test]
fn what_is_no_capture_is_told() {
    let check = |start: &[u8], expected| assert_eq!(CaptureKind::of(start), expected);
    check(b"\xd4\xc3\xb2\xa1\x02\0", Some(CaptureKind::Pcap));
    check(b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a", Some(CaptureKind::Pcapng));
    check(b"\x0a\x0d\x0d\x0a\x1c\0\0\0text", None);
    check(b"24-Nov-2026 08:00", None);
    check(b"\xd4\xc3", None);
}

#[test]
fn damage_ends_the_reading_and_is_said() {
    let pcap = capture!("dns_udp.pcap");
    let whole = read(pcap);
    let check = |bytes: &[u8], problem, packets| {
        let notes = read(bytes);
        assert_eq!((notes.problem, notes.packets), (problem, packets));
    };
    check(pcap, None, whole.packets);
    check(&pcap[..pcap.len() - 1], Some(CaptureProblem::CutOff), whole.packets - 1);
    check(&pcap[..24], None, 0);
    check(&pcap[..10], Some(CaptureProblem::CutOff), 0);
    let mut large = pcap.to_vec();
    large[24 + 8..][..4].copy_from_slice(&u32::MAX.to_le_bytes());
    check(&large, Some(CaptureProblem::Damaged), 0);
    let pcapng = to_pcapng(pcap, Order::Little, 6);
    check(&pcapng[..pcapng.len() - 4], Some(CaptureProblem::CutOff), whole.packets - 1);
    let mut odd = pcapng.clone();
    let last = odd.len() - 4;
    odd[last] ^= 4;
    check(&odd, Some(CaptureProblem::Damaged), whole.packets - 1);
    // A block that nobody knows is passed, however long it says it is.
    let long = [&pcapng[..], b"\x99\0\0\0\xf0\xff\xff\xffabc"].concat();
    check(&long, Some(CaptureProblem::CutOff), whole.packets);
    // A packet of an interface that was not described.
    let mut stray = pcapng.clone();
    let first = 28 + 40;
    stray[first + 8] = 9;
    check(&stray, Some(CaptureProblem::Damaged), 0);
}

#[test]
fn a_link_that_is_not_read_is_counted() {
    let mut wireless = capture!("nano.pcap").to_vec();
    wireless[20] = 105;
    let notes = read(&wireless);
    assert_eq!(notes.lines, ["! #1 link-type: linktype 105", "! #2 link-type: linktype 105"]);
}

#[derive(Clone, Copy, Debug)]
enum Order {
    Big,
    Little,
}

impl Order {
    fn u32(self, value: u32) -> [u8; 4] {
        match self {
            Self::Big => value.to_be_bytes(),
            Self::Little => value.to_le_bytes(),
        }
    }

    fn u16(self, value: u16) -> [u8; 2] {
        match self {
            Self::Big => value.to_be_bytes(),
            Self::Little => value.to_le_bytes(),
        }
    }
}

/// The records of a little-endian pcap with microseconds: seconds, microseconds, frame.
fn records(pcap: &[u8]) -> Vec<(u32, u32, &[u8])> {
    let field = |at: usize| u32::from_le_bytes(pcap[at..at + 4].try_into().unwrap());
    let (mut at, mut records) = (24, Vec::new());
    while at < pcap.len() {
        let length = field(at + 8) as usize;
        records.push((field(at), field(at + 4), &pcap[at + 16..at + 16 + length]));
        at += 16 + length;
    }
    records
}

fn rewritten(pcap: &[u8], order: Order, is_nano: bool) -> Vec<u8> {
    let magic = if is_nano { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
    let mut out = [order.u32(magic), order.u32(0x0002_0004), [0; 4], [0; 4]].concat();
    out.extend([order.u32(65_535), order.u32(1)].concat());
    for (seconds, micros, frame) in records(pcap) {
        let fraction = if is_nano { micros * 1000 } else { micros };
        let length = u32::try_from(frame.len()).unwrap();
        for field in [seconds, fraction, length, length] {
            out.extend(order.u32(field));
        }
        out.extend_from_slice(frame);
    }
    out
}

fn to_pcapng(pcap: &[u8], order: Order, kind: u32) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
        let length = order.u32(u32::try_from(12 + body.len() + padding.len()).unwrap());
        [&order.u32(kind)[..], &length, body, &padding, &length].concat()
    };
    let version = [order.u32(0x1a2b_3c4d), order.u32(1), [0xff; 4], [0xff; 4]].concat();
    let mut out = block(0x0a0d_0d0a, &version);
    // Units of 1/1024 s would lose moments: nanoseconds, an hour late, and said to be so.
    let options = [
        &order.u16(9)[..],
        &order.u16(1),
        &[9, 0, 0, 0],
        &order.u16(14),
        &order.u16(8),
        &match order {
            Order::Big => (-3600_i64).to_be_bytes(),
            Order::Little => (-3600_i64).to_le_bytes(),
        },
    ]
    .concat();
    let is_simple = kind == 3;
    let interface = [&order.u16(1)[..], &[0, 0], &order.u32(0)].concat();
    out.extend(block(1, &if is_simple { interface } else { [interface, options].concat() }));
    for (seconds, micros, frame) in records(pcap) {
        let ticks = (u64::from(seconds) + 3600) * 1_000_000_000 + u64::from(micros) * 1000;
        let high = order.u32(u32::try_from(ticks >> 32).unwrap());
        let low = order.u32(u32::try_from(ticks & 0xffff_ffff).unwrap());
        let length = order.u32(u32::try_from(frame.len()).unwrap());
        let body = if is_simple {
            [&length[..], frame].concat()
        } else {
            // The old block has 16 bits of interface and 16 of drops.
            [&[0; 4][..], &high, &low, &length, &length, frame].concat()
        };
        out.extend(block(kind, &body));
    }
    out
}

proptest! {
    #[test]
    fn how_a_capture_is_cut_into_pieces_does_not_matter(
        which in 0..ALL.len(),
        sizes in prop::collection::vec(1_usize..400, 0..60),
    ) {
        let capture = ALL[which].1;
        let kind = CaptureKind::of(capture).unwrap();
        prop_assert_eq!(read_in(kind, capture, sizes), read(capture));
        let bytewise = read_in(kind, capture, std::iter::repeat_n(1, capture.len()));
        prop_assert_eq!(bytewise, read(capture));
    }

    #[test]
    fn a_damaged_capture_does_no_harm(
        which in 0..ALL.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        end in any::<prop::sample::Index>(),
    ) {
        let mut capture = ALL[which].1.to_vec();
        let kind = CaptureKind::of(&capture).unwrap();
        for (at, byte) in changes {
            let at = at.index(capture.len());
            capture[at] = byte;
        }
        capture.truncate(end.index(capture.len() + 1));
        let whole = read_in(kind, &capture, []);
        prop_assert_eq!(read_in(kind, &capture, [7, 100, 3]), whole);
    }

    #[test]
    fn a_name_is_found_however_its_segments_are_cut(
        which in 0_usize..3,
        mut cuts in prop::collection::vec(9_usize..800, 1..6),
        again in any::<prop::sample::Index>(),
        late in any::<prop::sample::Index>(),
    ) {
        let (pcap, number, expected) = [
            (capture!("tls.pcap"), 4, "TLS ClientHello tls.evil.example"),
            (capture!("web.pcap"), 4, "HTTP request a.evil.example/index.html"),
            (capture!("dns_tcp.pcap"), 6, "DNS query a.evil.example"),
        ][which];
        let frame = records(pcap)[number - 1].2;
        let (headers, payload) = frame.split_at(14 + 20 + 32);
        cuts.retain(|cut| *cut < payload.len());
        cuts.extend([0, payload.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut segments: Vec<_> = cuts.windows(2).map(|it| (it[0], it[1])).collect();
        // One segment is sent twice, and one comes late; what begins must come first.
        segments.insert(1, segments[again.index(segments.len())]);
        let last = segments.len() - 1;
        segments.swap(1 + late.index(last), last);
        let mut out = pcap[..24].to_vec();
        for (start, end) in segments {
            let mut headers = headers.to_vec();
            let total = u16::try_from(20 + 32 + end - start).unwrap();
            headers[16..18].copy_from_slice(&total.to_be_bytes());
            let sequence = u32::MAX - 20 + u32::try_from(start).unwrap().min(20);
            let sequence = sequence.wrapping_add(u32::try_from(start.saturating_sub(20)).unwrap());
            headers[14 + 20 + 4..][..4].copy_from_slice(&sequence.to_be_bytes());
            let frame = [&headers, &payload[start..end]].concat();
            let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
            out.extend([[0; 4], [0; 4], length, length].concat());
            out.extend(frame);
        }
        let notes = read(&out);
        let found = notes.lines.iter().filter(|it| it.contains(expected));
        // What is sent twice as a whole counts once.
        prop_assert_eq!(found.filter(|it| it.starts_with("* 1")).count(), 1, "{:?}", notes.lines);
        prop_assert!(notes.lines.iter().all(|it| !it.starts_with('!')), "{:?}", notes.lines);
    }

    #[test]
    fn fragments_in_any_order_are_the_datagram(order in Just([0, 1, 2, 3]).prop_shuffle()) {
        let pcap = capture!("dns_udp.pcap");
        let is_v4 = |frame: &&[u8]| frame[12..14] == [8, 0];
        let frame = records(pcap).into_iter().map(|it| it.2).find(is_v4).unwrap();
        let (ethernet, datagram) = frame.split_at(14);
        let (header, payload) = datagram.split_at(20);
        let source = Ipv4Addr::from(<[u8; 4]>::try_from(&header[12..16]).unwrap());
        prop_assert_eq!(source, Ipv4Addr::new(10, 0, 0, 7));
        let mut out = pcap[..24].to_vec();
        for at in order {
            let start = at * 16;
            let piece = if at == 3 { &payload[start..] } else { &payload[start..start + 16] };
            let mut header = header.to_vec();
            let length = u16::try_from(20 + piece.len()).unwrap();
            header[2..4].copy_from_slice(&length.to_be_bytes());
            let more = if at == 3 { 0 } else { 0x2000 };
            let place = u16::try_from(start / 8).unwrap() | more;
            header[6..8].copy_from_slice(&place.to_be_bytes());
            let frame = [ethernet, &header, piece].concat();
            let length = u32::try_from(frame.len()).unwrap().to_le_bytes();
            out.extend([[0; 4], [0; 4], length, length].concat());
            out.extend(frame);
        }
        let notes = read(&out);
        prop_assert_eq!(notes.lines.len(), 1);
        prop_assert!(notes.lines[0].contains("DNS query A.Evil.example"), "{:?}", notes.lines);
    }
}
