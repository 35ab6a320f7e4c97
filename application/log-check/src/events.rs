//! Files of events into hits.

use std::io::Read;

use contacts::Contact;
use contacts::events::{
    Event, EventFileKind, EventFileProblem, EventFileReader, Place as EventPlace, Reason, Sink,
};
use jiff::Timestamp;

use crate::captures::{Ended, Found, Reading, Shown};
use crate::{FileSummary, Problem, Unit};

impl Reading<'_> {
    /// Reads a file of events into its summary.
    pub(crate) fn read_events(
        &self,
        kind: EventFileKind,
        events: &mut dyn Read,
        file: &mut FileSummary,
    ) -> Ended {
        let mut reader = EventFileReader::new(kind);
        let mut found = Found::new(self);
        let (failure, is_cancelled) = self.feed(events, &mut |bytes| {
            reader.push(bytes, &mut found);
            reader.events()
        });
        let problem = reader.finish(&mut found);
        let offset = reader.offset();
        file.format = Some(kind.name().to_owned());
        file.unit = Unit::Events;
        file.lines_read = reader.events();
        file.problem = match problem {
            None if reader.events() == 0 => Some(Problem::Empty),
            None => None,
            Some(EventFileProblem::CutOff) => Some(Problem::EventsCutOff { bytes: offset }),
            Some(EventFileProblem::Damaged) => Some(Problem::EventsDamaged { bytes: offset }),
        };
        let gatherer = found.sum_up(file);
        Ended { gatherer, failure, is_cancelled, offset }
    }
}

impl Sink for Found<'_> {
    fn finds(&mut self, contact: &Contact<'_>) -> bool {
        self.examine_text(contact).is_some()
    }

    fn contact(&mut self, contact: &Contact<'_>, event: &Event<'_>) -> bool {
        let Some(hit) = self.examine_text(contact) else { return false };
        let EventPlace { offset, number } = event.place;
        let shown = Shown { offset, number, time: event.time, text: event.line.to_string() };
        self.add(&hit, &shown, event.is_more);
        self.matched();
        true
    }

    fn not_parsed(&mut self, place: EventPlace, reason: Reason) {
        let EventPlace { offset, number } = place;
        self.refuse((offset, number), reason.code(), || format!("#{number} @{offset}"));
    }

    fn hour(&mut self, time: Timestamp) {
        self.see_day(time);
    }
}
