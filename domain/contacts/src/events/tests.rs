use proptest::prelude::*;

use super::*;

/// Notes everything it is told; finds an indicator in every contact.
#[derive(Default)]
struct Notes {
    contacts: Vec<String>,
    refused: Vec<&'static str>,
}

impl Sink for Notes {
    fn finds(&mut self, _: &Contact<'_>) -> bool {
        true
    }

    fn contact(&mut self, contact: &Contact<'_>, event: &Event<'_>) -> bool {
        let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
        let device = if contact.device.is_empty() { contact.device_name } else { contact.device };
        let more = if event.is_more { "+" } else { "" };
        self.contacts.push(format!(
            "{more}{:?} {} {}{} {} [{}] | {}",
            contact.outcome,
            text(device),
            text(contact.name),
            text(contact.address),
            contact.port,
            text(contact.answers),
            event.line
        ));
        true
    }

    fn not_parsed(&mut self, _: Place, reason: Reason) {
        self.refused.push(reason.code());
    }

    fn hour(&mut self, _: Timestamp) {}
}

/// Reads a file in pieces of a size; gives what was noted, how many records there were, and what ended it.
fn read(bytes: &[u8], piece: usize) -> (Notes, u64, Option<EventFileProblem>) {
    let mut notes = Notes::default();
    let mut reader = EventFileReader::new(EventFileKind::of(bytes).unwrap());
    for piece in bytes.chunks(piece) {
        reader.push(piece, &mut notes);
    }
    let problem = reader.finish(&mut notes);
    (notes, reader.events(), problem)
}

const BIND: &[u8] = include_bytes!("testdata/bind.fstrm");
const UNBOUND: &[u8] = include_bytes!("testdata/unbound.fstrm");
const SYSMON: &[u8] = include_bytes!("testdata/sysmon.evtx");

#[test]
fn files_are_told_by_how_they_begin() {
    assert_eq!(EventFileKind::of(BIND), Some(EventFileKind::Dnstap));
    assert_eq!(EventFileKind::of(SYSMON), Some(EventFileKind::Evtx));
    assert_eq!(EventFileKind::of(b"\0\0\0\0\0\0\0\x22\0\0\0\x02"), None);
    assert_eq!(EventFileKind::of(b"ElfFile"), None);
    assert_eq!(EventFileKind::of(b""), None);
}

#[test]
fn how_the_bytes_are_cut_does_not_matter() {
    for file in [BIND, UNBOUND, SYSMON] {
        let whole = read(file, file.len());
        assert!(whole.0.refused.is_empty() && whole.2.is_none() && whole.1 > 10);
        for piece in [1, 7, 4_096, 65_537] {
            let cut = read(file, piece);
            assert_eq!((cut.0.contacts, cut.1, cut.2), (whole.0.contacts.clone(), whole.1, None));
        }
    }
}

#[test]
fn dnstap_of_real_name_servers_is_read() {
    let text = [BIND, UNBOUND].map(|file| read(file, file.len()).0.contacts.join("\n"));
    insta::assert_snapshot!(text.join("\n\n"));
}

#[test]
fn events_name_computer_process_and_destination() {
    let (notes, _, _) = read(SYSMON, SYSMON.len());
    insta::assert_snapshot!(notes.contacts.join("\n"));
}

#[test]
fn a_damaged_chunk_is_counted_and_the_next_one_read() {
    const CHUNK: usize = 65_536;
    assert!(SYSMON.len() == 4_096 + CHUNK);
    let two = [SYSMON, &SYSMON[4_096..]].concat();
    let whole = read(&two, two.len());
    let once = read(SYSMON, SYSMON.len()).1;
    assert_eq!((whole.1, whole.2), (2 * once, None));
    let mut damaged = two.clone();
    damaged[4_096..4_100].fill(b'x');
    let (notes, events, problem) = read(&damaged, two.len());
    assert_eq!((notes.refused, events, problem), (vec!["event-chunk"], once + 1, None));
    // A byte of a record: the checksum tells, and the others are read.
    let mut damaged = two.clone();
    damaged[4_096 + 512 + 4] ^= 0x40;
    let (notes, events, problem) = read(&damaged, two.len());
    assert_eq!(notes.refused, ["event-checksum", "event-malformed"]);
    assert!(events > once && problem.is_none());
    // Room that nothing was written into yet.
    let roomy = [SYSMON, &vec![0; CHUNK]].concat();
    assert_eq!(read(&roomy, roomy.len()).1, once);
    // A copy that broke off in the second chunk.
    let (notes, events, problem) = read(&two[..4_096 + CHUNK + 6_000], two.len());
    assert_eq!(problem, Some(EventFileProblem::CutOff));
    assert!(notes.refused.is_empty() && events > once && events < 2 * once, "{events}");
}

#[test]
fn frames_that_say_nothing_are_counted() {
    let start = &BIND[..42];
    let frame = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let stop = [&[0; 4][..], &frame(&[0, 0, 0, 3])].concat();
    let check = |bytes: &[u8], refused: &[&str]| {
        let (notes, events, problem) = read(&[start, &frame(bytes), &stop].concat(), 64);
        assert_eq!((notes.refused.as_slice(), events, problem), (refused, 1, None), "{bytes:?}");
    };
    check(b"\xff\xff\xff", &["dnstap-frame"]);
    check(b"\x72\x04\x08\x05\x52\x00", &["dnstap-dns"]);
    check(b"\x72\x02\x08\x05", &["dnstap-dns"]);
    // Another kind of content than a message.
    check(b"\x78\x02", &[]);
    let huge = [start, &[0x7f, 0xff, 0xff, 0xff, 1, 2, 3]].concat();
    assert_eq!(read(&huge, 9).2, Some(EventFileProblem::Damaged));
    assert_eq!(read(start, 42).2, Some(EventFileProblem::CutOff));
}

proptest! {
    #[test]
    fn changed_files_are_read_without_harm(
        which in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
        length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = [BIND, UNBOUND, SYSMON][which].to_vec();
        for (at, byte) in changes {
            let at = 64 + at.index(bytes.len() - 64);
            bytes[at] = byte;
        }
        bytes.truncate(64 + length.index(bytes.len() - 64));
        let (notes, events, _) = read(&bytes, 5_000);
        prop_assert!(notes.refused.len() as u64 <= events);
    }
}
