//! Fragments put together again, in a table that cannot grow.

use std::collections::HashMap;
use std::net::IpAddr;

use super::Packet;
use super::ip::Datagram;

/// The most datagrams that wait for their fragments.
const MOST_DATAGRAMS: usize = 256;
/// The most bytes that all of them hold.
const MOST_BYTES: usize = 8 << 20;
/// The largest payload of an IP datagram.
const LARGEST: usize = 0xffff;
/// More pieces than that of one datagram are an attack.
const MOST_PIECES: usize = 128;

/// RFC 791 section 3.2, RFC 8200 section 4.5. The protocol is left to the first fragment.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key(IpAddr, IpAddr, u32);

/// Fragments of datagrams that are not complete.
#[derive(Default)]
pub(crate) struct Fragments {
    waiting: HashMap<Key, Waiting>,
    bytes: usize,
}

struct Waiting {
    /// The fragment that came first.
    since: Packet,
    protocol: u8,
    payload: Vec<u8>,
    /// Start and end of what arrived, in order, apart.
    pieces: Vec<(usize, usize)>,
    length: Option<usize>,
}

/// What became of a fragment.
pub(crate) enum Joined {
    /// The datagram is whole: its protocol and payload.
    Whole(u8, Vec<u8>),
    /// Others are missing.
    Waiting,
    /// It contradicts those that came before, or reaches beyond what a datagram can hold: the whole
    /// datagram is dropped.
    Refused,
}

impl Fragments {
    /// Takes the fragment in a packet; `lost` gets those that must make room.
    pub(crate) fn add(
        &mut self,
        datagram: &Datagram<'_>,
        packet: Packet,
        lost: &mut impl FnMut(&Packet),
    ) -> Joined {
        let Some(fragment) = datagram.fragment else { return Joined::Refused };
        let end = fragment.offset + datagram.payload.len();
        // All but the last are a multiple of eight bytes.
        let is_odd = !fragment.is_last && !datagram.payload.len().is_multiple_of(8);
        if end > LARGEST || datagram.payload.is_empty() || is_odd {
            return Joined::Refused;
        }
        let key = Key(datagram.source, datagram.target, fragment.id);
        if !self.waiting.contains_key(&key) {
            self.make_room(lost);
        }
        let waiting = self.waiting.entry(key).or_insert_with(|| Waiting {
            since: packet,
            protocol: datagram.protocol,
            payload: Vec::new(),
            pieces: Vec::new(),
            length: None,
        });
        let before = waiting.payload.len();
        let is_sound = waiting.put(fragment.offset, end, fragment.is_last, datagram);
        self.bytes += waiting.payload.len() - before;
        let is_whole = is_sound && waiting.is_whole();
        if is_sound && !is_whole {
            return Joined::Waiting;
        }
        let Some(waiting) = self.waiting.remove(&key) else { return Joined::Refused };
        self.bytes -= waiting.payload.len();
        if is_sound { Joined::Whole(waiting.protocol, waiting.payload) } else { Joined::Refused }
    }

    /// Nothing comes any more: calls `lost` with the first fragment of each datagram that stays incomplete.
    pub(crate) fn finish(&mut self, lost: &mut impl FnMut(&Packet)) {
        let mut packets: Vec<_> = self.waiting.drain().map(|(_, it)| it.since).collect();
        self.bytes = 0;
        packets.sort_unstable_by_key(|packet| packet.number);
        packets.iter().for_each(lost);
    }

    /// Drops the older half when the table is full.
    fn make_room(&mut self, lost: &mut impl FnMut(&Packet)) {
        if self.waiting.len() < MOST_DATAGRAMS && self.bytes < MOST_BYTES {
            return;
        }
        let mut packets: Vec<_> = self.waiting.values().map(|it| it.since).collect();
        packets.sort_unstable_by_key(|packet| packet.number);
        packets.truncate(packets.len().div_ceil(2));
        let middle = packets.last().map_or(0, |packet| packet.number);
        self.waiting.retain(|_, it| it.since.number > middle);
        self.bytes = self.waiting.values().map(|it| it.payload.len()).sum();
        packets.iter().for_each(lost);
    }
}

impl Waiting {
    /// Puts a piece in; `false` when it overlaps another one, which only attacks do (RFC 5722),
    /// or the end is somewhere else. The same piece once more is no overlap.
    fn put(&mut self, start: usize, end: usize, is_last: bool, datagram: &Datagram<'_>) -> bool {
        if self.pieces.contains(&(start, end)) {
            return true;
        }
        let is_beyond = self.length.is_some_and(|length| end > length);
        let overlaps = |piece: &(usize, usize)| start < piece.1 && piece.0 < end;
        if is_beyond || self.pieces.len() >= MOST_PIECES || self.pieces.iter().any(overlaps) {
            return false;
        }
        if is_last {
            if self.length.is_some() || self.pieces.iter().any(|piece| piece.1 > end) {
                return false;
            }
            self.length = Some(end);
        }
        if start == 0 {
            self.protocol = datagram.protocol;
        }
        if self.payload.len() < end {
            self.payload.resize(end, 0);
        }
        if let Some(room) = self.payload.get_mut(start..end) {
            room.copy_from_slice(datagram.payload);
        }
        self.pieces.push((start, end));
        true
    }

    fn is_whole(&self) -> bool {
        let held: usize = self.pieces.iter().map(|piece| piece.1 - piece.0).sum();
        self.length == Some(held)
    }
}
