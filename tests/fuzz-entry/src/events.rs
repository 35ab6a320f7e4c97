//! Readers of files of events.

use contacts::Contact;
use contacts::events::{
    CHUNK_BYTES, ChunkHead, Event, EventFileKind, EventFileReader, Place, Reason, Sink,
};
use jiff::Timestamp;

#[derive(Default)]
struct Counts {
    contacts: u64,
    refused: u64,
}

impl Sink for Counts {
    fn finds(&mut self, contact: &Contact<'_>) -> bool {
        // Every other one, so that answers meet questions of both kinds.
        contact.name.len().is_multiple_of(2)
    }

    fn contact(&mut self, contact: &Contact<'_>, event: &Event<'_>) -> bool {
        self.contacts += 1;
        assert!(event.place.number > 0 && (!event.is_more || self.contacts > 1));
        assert!(!event.line.to_string().is_empty());
        self.finds(contact)
    }

    fn not_parsed(&mut self, _: Place, _: Reason) {
        self.refused += 1;
    }

    fn hour(&mut self, _: Timestamp) {}
}

/// What a file proves does not depend on how its bytes arrive.
pub fn event_files(bytes: &[u8]) {
    for kind in [EventFileKind::Evtx, EventFileKind::Dnstap] {
        let read = |piece: usize| {
            let (mut counts, mut reader) = (Counts::default(), EventFileReader::new(kind));
            for piece in bytes.chunks(piece) {
                reader.push(piece, &mut counts);
            }
            let problem = reader.finish(&mut counts);
            assert!(counts.refused <= reader.events() && reader.offset() <= bytes.len() as u64);
            (counts.contacts, counts.refused, reader.events(), reader.offset(), problem)
        };
        assert_eq!(read(bytes.len().max(1)), read(1_000));
        growing(kind, bytes);
    }
}

/// The same bytes as of a file that grows.
fn growing(kind: EventFileKind, bytes: &[u8]) {
    let (mut counts, mut reader) = (Counts::default(), EventFileReader::new(kind));
    let mut told = Vec::new();
    for (offset, piece) in (0..).step_by(CHUNK_BYTES).zip(bytes.chunks(CHUNK_BYTES)) {
        match kind {
            EventFileKind::Dnstap => {
                reader.go_on_at(offset);
                reader.push(piece, &mut counts);
            }
            EventFileKind::Evtx => {
                let after = ChunkHead::of(piece).map_or(0, |it| it.first);
                reader.chunk_after(after, offset, piece, &mut counts);
                ChunkHead::written(piece, after);
            }
        }
        told.extend(reader.tell_questions(&mut counts));
    }
    for question in told {
        if reader.is_waiting(question) {
            reader.wait_for(question, &mut counts);
        }
    }
    assert!(counts.refused <= reader.events());
}
