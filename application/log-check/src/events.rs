//! Events into hits.

use contacts::Contact;
use contacts::events::{Event, Place as EventPlace, Reason, Sink};
use jiff::Timestamp;

use crate::captures::{Found, Shown};

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
