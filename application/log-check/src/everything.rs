//! Every contact that records prove, listed or not: what looking back lives on.

use std::net::IpAddr;

use contacts::events::{self, Event};
use contacts::flows::{self, Flow};
use contacts::packets::{self, Count, Packet};
use contacts::{Contact, WireContact};
use hunting::SideCarBuilder;
use jiff::Timestamp;

/// Follows every connection of which a side is public. No list names a private address, and what
/// passes between two of them, a file server's traffic say, would be most of what is kept.
pub(crate) struct Everything<F>(pub(crate) F);

/// What records say of a contact, or that one was not understood.
pub(crate) enum Told<'t> {
    Contact(Proof<'t>),
    NotUnderstood,
}

/// A contact and the record that shows it.
pub(crate) struct Proof<'t> {
    pub(crate) offset: u64,
    pub(crate) number: u64,
    /// What is shown of the record.
    pub(crate) text: &'t dyn Fn() -> String,
    what: What<'t>,
}

enum What<'t> {
    Wire(&'t WireContact<'t>, Count),
    Text(&'t Contact<'t>, Option<Timestamp>, Count),
}

impl Proof<'_> {
    pub(crate) fn add_to(&self, builder: &mut SideCarBuilder) {
        match self.what {
            What::Wire(contact, count) => builder.add_wire(contact, count, self.offset),
            What::Text(contact, time, count) => {
                builder.add_event(contact, count, time, self.offset);
            }
        }
    }
}

/// Whether an address can be on the list of a campaign.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => {
            let is_shared = matches!(it.octets(), [100, 64..=127, ..]);
            let is_ours = it.is_private() || it.is_loopback() || it.is_link_local() || is_shared;
            !is_ours && !it.is_multicast() && !it.is_broadcast() && !it.is_unspecified()
        }
        IpAddr::V6(it) => {
            let is_ours = it.is_unique_local() || it.is_loopback() || it.is_unicast_link_local();
            !is_ours && !it.is_multicast() && !it.is_unspecified()
        }
    }
}

impl<F: FnMut(Told<'_>)> Everything<F> {
    fn tell_wire(
        &mut self,
        contact: &WireContact<'_>,
        count: Count,
        (offset, number): (u64, u64),
        text: &dyn Fn() -> String,
    ) -> bool {
        let address = contact.address.filter(|it| is_public(*it));
        let contact = WireContact { address, ..*contact };
        let what = What::Wire(&contact, count);
        (self.0)(Told::Contact(Proof { offset, number, text, what }));
        true
    }
}

impl<F: FnMut(Told<'_>)> packets::Sink for Everything<F> {
    fn is_listed(&mut self, address: IpAddr) -> bool {
        is_public(address)
    }

    fn finds(&mut self, _: &WireContact<'_>) -> bool {
        true
    }

    fn contact(&mut self, contact: &WireContact<'_>, packet: &Packet, count: Count) -> bool {
        let place = (packet.offset, packet.number);
        self.tell_wire(contact, count, place, &|| packet.describe(contact))
    }

    fn not_parsed(&mut self, _: &Packet, _: packets::Reason) {
        (self.0)(Told::NotUnderstood);
    }

    fn hour(&mut self, _: Timestamp) {}
}

impl<F: FnMut(Told<'_>)> flows::Sink for Everything<F> {
    fn is_listed(&mut self, address: IpAddr) -> bool {
        is_public(address)
    }

    fn contact(&mut self, contact: &WireContact<'_>, flow: &Flow, is_more: bool) -> bool {
        let place = (flow.place.offset, flow.place.number);
        self.tell_wire(contact, counted(is_more), place, &|| flow.to_string())
    }

    fn not_parsed(&mut self, _: flows::Place, _: flows::Reason) {
        (self.0)(Told::NotUnderstood);
    }

    fn hour(&mut self, _: Timestamp) {}
}

impl<F: FnMut(Told<'_>)> events::Sink for Everything<F> {
    fn finds(&mut self, _: &Contact<'_>) -> bool {
        true
    }

    fn contact(&mut self, contact: &Contact<'_>, event: &Event<'_>) -> bool {
        let events::Place { offset, number } = event.place;
        let what = What::Text(contact, event.time, counted(event.is_more));
        let text = &|| event.line.to_string();
        (self.0)(Told::Contact(Proof { offset, number, text, what }));
        true
    }

    fn not_parsed(&mut self, _: events::Place, _: events::Reason) {
        (self.0)(Told::NotUnderstood);
    }

    fn hour(&mut self, _: Timestamp) {}
}

fn counted(is_more: bool) -> Count {
    if is_more { Count::More } else { Count::New }
}
