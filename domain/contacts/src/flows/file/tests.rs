//! Files of real programs (`testdata/README.md`); compressed blocks are tested where they are
//! unpacked.

use std::fmt::Write as _;
use std::net::IpAddr;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{FlowFileKind, FlowFileProblem, FlowFileReader, Refusal};
use crate::WireContact;
use crate::flows::{Flow, Place, Reason, Sink};

#[derive(Default, Debug, PartialEq)]
struct Notes {
    lines: Vec<String>,
    hours: usize,
    flows: u64,
    problem: Option<FlowFileProblem>,
}

impl Sink for Notes {
    fn is_listed(&mut self, address: IpAddr) -> bool {
        ["192.0.2.7", "2001:db8:6::7"].contains(&address.to_string().as_str())
    }

    fn contact(&mut self, contact: &WireContact<'_>, flow: &Flow, is_more: bool) -> bool {
        let count = if is_more { "+" } else { "1" };
        let (outcome, place) = (contact.outcome, flow.place);
        self.lines.push(format!(
            "{count} #{} @{} {outcome:?} {} | {flow}",
            place.number, place.offset, contact.device
        ));
        true
    }

    fn not_parsed(&mut self, place: Place, reason: Reason) {
        self.lines.push(format!("! #{} @{} {}", place.number, place.offset, reason.code()));
    }

    fn hour(&mut self, _: Timestamp) {
        self.hours += 1;
    }
}

fn read_in(bytes: &[u8], size: usize) -> Notes {
    let mut reader = FlowFileReader::new(FlowFileKind::of(bytes).unwrap());
    let mut notes = Notes::default();
    for piece in bytes.chunks(size) {
        reader.push(piece, &mut |_, _, _, _| false, &mut notes);
    }
    notes.problem = reader.finish(&mut notes);
    notes.flows = reader.flows();
    notes
}

fn read(bytes: &[u8]) -> Notes {
    read_in(bytes, usize::MAX)
}

/// What was told, without the places.
fn told(notes: &Notes) -> Vec<String> {
    let without = |line: &String| {
        let words = line.split(' ').filter(|word| !word.starts_with('@'));
        words.collect::<Vec<_>>().join(" ")
    };
    notes.lines.iter().map(without).collect()
}

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../testdata/", $name)).as_slice()
    };
}

const ALL: [&[u8]; 8] = [
    data!("messages.ipfix"),
    data!("nfcapd-v9.nfcapd"),
    data!("nfcapd-v10-both.nfcapd"),
    data!("layout-1.nfcapd"),
    data!("layout-1-old.nfcapd"),
    data!("nfdump-lzo.nfcapd"),
    data!("nfdump-lz4.nfcapd"),
    data!("nfdump-bz2.nfcapd"),
];

#[test]
fn files_of_real_programs_are_read() {
    let mut text = String::new();
    for (name, bytes) in
        ["messages.ipfix", "nfcapd-v9.nfcapd", "nfcapd-v10-both.nfcapd"].iter().zip(ALL)
    {
        let notes = read(bytes);
        writeln!(text, "== {name}: {} flows, {} hours", notes.flows, notes.hours).unwrap();
        text.push_str(&notes.lines.join("\n"));
        text.push('\n');
        assert_eq!(notes.problem, None, "{name}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_layouts_of_nfdump_give_the_same() {
    let expected = told(&read(data!("nfcapd-v9.nfcapd")));
    assert_eq!(told(&read(data!("layout-1.nfcapd"))), expected);
    assert_eq!(told(&read(data!("layout-1-old.nfcapd"))), expected);
}

#[test]
fn a_file_gives_the_same_in_any_pieces() {
    for bytes in ALL {
        let whole = read(bytes);
        for size in [1, 3, 64, 1000] {
            assert_eq!(read_in(bytes, size), whole);
        }
    }
}

#[test]
fn what_is_not_read_is_said() {
    let check = |bytes: &[u8], expected| assert_eq!(read(bytes).problem, Some(expected));
    let refused = FlowFileProblem::Refused;
    let changed = |at: usize, byte: u8| {
        let mut bytes = data!("nfcapd-v9.nfcapd").to_vec();
        bytes[at] = byte;
        bytes
    };
    check(&changed(2, 3), refused(Refusal::Layout));
    check(&changed(16, 9), refused(Refusal::Compression));
    check(&changed(17, 1), refused(Refusal::Encrypted));
    check(&[0xa5, 0x0c, 0, 1, 0, 0], refused(Refusal::ByteOrder));
    // The size of a block; a message of another version behind the first.
    check(&changed(40 + 7, 1), FlowFileProblem::Damaged);
    let ipfix = data!("messages.ipfix");
    check(&[ipfix, &[0, 9], &[0; 14]].concat(), FlowFileProblem::Damaged);
    for bytes in [ipfix, data!("nfcapd-v9.nfcapd"), data!("layout-1.nfcapd")] {
        check(&bytes[..bytes.len() - 1], FlowFileProblem::CutOff);
    }
    // A block that cannot be unpacked counts as one record: here the flows, and a name.
    let notes = read(data!("nfdump-lzo.nfcapd"));
    assert_eq!((notes.flows, notes.lines[0].as_str()), (2, "! #1 @40 flow-malformed"));
    // A record longer than its block, and one of a kind nobody knows.
    assert_eq!(told(&read(&changed(52 + 2, 200)))[0], "! #1 flow-malformed");
    let mut unknown = changed(52, 11);
    let first = usize::from(unknown[54]);
    unknown[52 + first] = 10;
    assert!(told(&read(&unknown)).iter().any(|line| line.ends_with("flow-version")));
}

#[test]
fn only_files_of_flows_are_taken_for_them() {
    let check = |bytes: &[u8], expected| assert_eq!(FlowFileKind::of(bytes), expected);
    let ipfix = data!("messages.ipfix");
    check(&ipfix[..20], Some(FlowFileKind::Ipfix));
    check(&data!("layout-1.nfcapd")[..4], Some(FlowFileKind::Nfdump));
    check(b"", None);
    check(b"\x0c\xa5", None);
    check(b"\0\n\0a\0b\0c\0d\0e\0f\0g\0h\0i\0j", None);
    check(&[0, 10, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 9], None);
}

proptest! {
    #[test]
    fn damage_is_no_trap(
        which in 0..ALL.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        size in 1_usize..300,
    ) {
        let mut bytes = ALL[which].to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if FlowFileKind::of(&bytes).is_some() {
            prop_assert_eq!(read_in(&bytes, size), read(&bytes));
        }
    }
}
