//! Messages of flow exporters inside a capture.

use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;

use super::{Count, Packet, Reason, Sink, Sockets, What};
use crate::WireContact;
use crate::flows::{self, At, Flow, FlowReader, Place};

/// Ports that collectors of flows listen at by habit.
pub(crate) const PORTS: [u16; 4] = [2055, 4739, 9995, 9996];

/// Reads what exporters sent.
#[derive(Default)]
pub(crate) struct Exports {
    reader: FlowReader,
}

impl Exports {
    /// Takes a datagram that goes to one of the ports; tells whether it is a message.
    #[cold]
    pub(crate) fn read(&mut self, packet: &Packet, message: &[u8], sink: &mut impl Sink) -> bool {
        let Some(sockets) = packet.sockets.filter(|_| flows::is_message(message)) else {
            return false;
        };
        let exporter = SocketAddr::new(sockets.source, sockets.source_port);
        let place = Place { offset: packet.offset, number: packet.number };
        self.reader.message(exporter, At::Packet(place), message, &mut Told(sink));
        true
    }

    /// Tells of connections that have waited for their other direction.
    pub(crate) fn settle(&mut self, sink: &mut impl Sink) {
        self.reader.settle(&mut Told(sink));
    }

    /// Nothing comes any more.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        self.reader.finish(&mut Told(sink));
    }
}

/// Whether a datagram of which a part is missing may have been a message.
pub(crate) fn may_be_message(start: &[u8]) -> bool {
    matches!(start, [0, 5 | 7 | 9 | 10, ..])
}

/// Tells of records as of packets.
struct Told<'s, S>(&'s mut S);

impl<S: Sink> flows::Sink for Told<'_, S> {
    fn is_listed(&mut self, address: IpAddr) -> bool {
        self.0.is_listed(address)
    }

    fn contact(&mut self, contact: &WireContact<'_>, flow: &Flow, is_more: bool) -> bool {
        let packet = Packet {
            offset: flow.place.offset,
            number: flow.place.number,
            time: contact.time,
            sockets: Some(Sockets {
                source: flow.source,
                target: flow.target,
                source_port: flow.source_port,
                target_port: flow.target_port,
            }),
            what: What::Flow {
                protocol: flow.protocol,
                tcp_flags: flow.tcp_flags,
                packets: flow.packets,
                bytes: flow.bytes,
            },
        };
        self.0.contact(contact, &packet, if is_more { Count::More } else { Count::New })
    }

    fn not_parsed(&mut self, place: Place, reason: flows::Reason) {
        let Place { offset, number } = place;
        let what = What::Named("NetFlow");
        let packet = Packet { offset, number, time: None, sockets: None, what };
        let reason = match reason {
            flows::Reason::NoTemplate => Reason::FlowTemplate,
            _ => Reason::Flow,
        };
        self.0.not_parsed(&packet, reason);
    }

    /// The packets tell what days a capture is of.
    fn hour(&mut self, _: Timestamp) {}
}
