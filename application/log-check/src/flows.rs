//! Flow records into hits.

use std::net::IpAddr;

use contacts::WireContact;
use contacts::flows::{Flow, Place as FlowPlace, Reason, Sink};
use jiff::Timestamp;

use crate::captures::{Found, Shown};

impl Sink for Found<'_> {
    #[inline]
    fn is_listed(&mut self, address: IpAddr) -> bool {
        self.holds(address)
    }

    fn contact(&mut self, contact: &WireContact<'_>, flow: &Flow, is_more: bool) -> bool {
        let Some(hit) = self.examine(contact) else { return false };
        let FlowPlace { offset, number } = flow.place;
        let shown = Shown { offset, number, time: contact.time, text: flow.to_string() };
        self.add(&hit, &shown, is_more);
        if !is_more {
            self.matched();
        }
        true
    }

    fn not_parsed(&mut self, place: FlowPlace, reason: Reason) {
        let FlowPlace { offset, number } = place;
        self.refuse((offset, number), reason.code(), || format!("#{number} @{offset}"));
    }

    fn hour(&mut self, time: Timestamp) {
        self.see_day(time);
    }
}
