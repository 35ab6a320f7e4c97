//! Messages that begin in one TCP segment and end in another.

use std::collections::HashMap;

use super::{Packet, Sockets};

/// The most messages that wait for their end.
const MOST_STREAMS: usize = 1024;
/// The longest message that is held: a DNS message and its length.
pub(crate) const LONGEST: usize = (64 << 10) + 2;
/// The most bytes that all of them hold.
const MOST_BYTES: usize = 16 << 20;
/// Segments that came before their turn, of one message.
const MOST_AHEAD: usize = 16;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Dns,
    Tls,
    Http,
}

impl Kind {
    /// In the short words of capture programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dns => "TCP DNS",
            Self::Tls => "TLS ClientHello",
            Self::Http => "HTTP request",
        }
    }
}

/// A message whose end has not come.
pub(crate) struct Stream {
    pub(crate) kind: Kind,
    /// Its first segment.
    pub(crate) since: Packet,
    /// Sequence number of the first byte.
    pub(crate) sequence: u32,
    pub(crate) bytes: Vec<u8>,
    ahead: Vec<(usize, Vec<u8>)>,
}

impl Stream {
    pub(crate) fn new(kind: Kind, since: Packet, sequence: u32, bytes: &[u8]) -> Self {
        Self { kind, since, sequence, bytes: bytes.to_vec(), ahead: Vec::new() }
    }

    /// Adds a segment; `false` when nothing new is there without a gap.
    pub(crate) fn add(&mut self, sequence: u32, segment: &[u8]) -> bool {
        let offset = sequence.wrapping_sub(self.sequence);
        // Half of the numbers lie before.
        let Ok(offset) = usize::try_from(offset.cast_signed()) else { return false };
        if offset > LONGEST {
            return false;
        }
        if offset > self.bytes.len() {
            if self.ahead.len() < MOST_AHEAD {
                self.ahead.push((offset, segment.to_vec()));
            }
            return false;
        }
        let before = self.bytes.len();
        self.append(offset, segment);
        self.ahead.sort_by_key(|(offset, _)| *offset);
        for (offset, segment) in std::mem::take(&mut self.ahead) {
            if offset <= self.bytes.len() {
                self.append(offset, &segment);
            } else {
                self.ahead.push((offset, segment));
            }
        }
        self.bytes.len() > before
    }

    /// Takes read bytes off the front.
    pub(crate) fn pass(&mut self, length: usize) {
        self.bytes.drain(..length.min(self.bytes.len()));
        let passed = u32::try_from(length).unwrap_or_default();
        self.sequence = self.sequence.wrapping_add(passed);
        for (offset, _) in &mut self.ahead {
            *offset = offset.saturating_sub(length);
        }
    }

    fn append(&mut self, offset: usize, segment: &[u8]) {
        let new = segment.get(self.bytes.len() - offset..).unwrap_or_default();
        let room = LONGEST.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(new.get(..room).unwrap_or(new));
    }

    fn size(&self) -> usize {
        self.bytes.len() + self.ahead.iter().map(|(_, segment)| segment.len()).sum::<usize>()
    }
}

/// Messages whose ends have not come, by their sender and receiver.
pub(crate) struct Streams {
    waiting: HashMap<Sockets, Stream>,
    bytes: usize,
    /// How many wait in each class of ports: most packets are told by one number that none does.
    classes: Box<[u16; 1 << 12]>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { waiting: HashMap::new(), bytes: 0, classes: Box::new([0; 1 << 12]) }
    }
}

impl Streams {
    /// Takes out what waits between two sockets.
    #[inline]
    pub(crate) fn take(&mut self, sockets: &Sockets) -> Option<Stream> {
        if self.classes.get(class(sockets)).is_none_or(|count| *count == 0) {
            return None;
        }
        self.remove(sockets)
    }

    /// Puts a message in whose end has not come; `lost` gets the first segments of those that must go.
    pub(crate) fn put(&mut self, sockets: Sockets, stream: Stream, lost: &mut impl FnMut(&Packet)) {
        if self.waiting.len() >= MOST_STREAMS || self.bytes >= MOST_BYTES {
            self.drop_older_half(lost);
        }
        self.bytes += stream.size();
        if let Some(count) = self.classes.get_mut(class(&sockets)) {
            *count += 1;
        }
        self.waiting.insert(sockets, stream);
    }

    /// Nothing comes any more: calls `lost` with the segment in which each message began.
    pub(crate) fn finish(&mut self, lost: &mut impl FnMut(&Packet)) {
        let mut packets: Vec<_> = self.waiting.values().map(|it| it.since).collect();
        *self = Self::default();
        packets.sort_unstable_by_key(|packet| packet.number);
        packets.iter().for_each(lost);
    }

    fn remove(&mut self, sockets: &Sockets) -> Option<Stream> {
        let stream = self.waiting.remove(sockets)?;
        self.bytes -= stream.size();
        if let Some(count) = self.classes.get_mut(class(sockets)) {
            *count -= 1;
        }
        Some(stream)
    }

    fn drop_older_half(&mut self, lost: &mut impl FnMut(&Packet)) {
        let mut order: Vec<_> = self.waiting.iter().map(|(key, it)| (it.since, *key)).collect();
        order.sort_unstable_by_key(|(since, _)| since.number);
        order.truncate(order.len().div_ceil(2));
        for (since, sockets) in order {
            self.remove(&sockets);
            lost(&since);
        }
    }
}

/// By the ports.
#[inline]
fn class(sockets: &Sockets) -> usize {
    usize::from(sockets.source_port.wrapping_mul(31) ^ sockets.target_port) & 0xfff
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packets::What;

    fn packet(number: u64) -> Packet {
        Packet { offset: 0, number, time: None, sockets: None, what: What::Named("TCP") }
    }

    #[test]
    fn segments_join_in_any_order_and_once() {
        let check = |segments: &[(u32, &str)], expected: &str| {
            let mut stream = Stream::new(Kind::Http, packet(1), u32::MAX - 1, b"abc");
            for (at, segment) in segments {
                stream.add((u32::MAX - 1).wrapping_add(*at), segment.as_bytes());
            }
            assert_eq!(String::from_utf8_lossy(&stream.bytes), expected, "{segments:?}");
        };
        check(&[(3, "def"), (6, "g")], "abcdefg");
        check(&[(6, "g"), (3, "def")], "abcdefg");
        check(&[(6, "gh"), (5, "fg"), (3, "def")], "abcdefgh");
        check(&[(0, "xyz"), (2, "cde")], "abcde");
        check(&[(u32::MAX, "z")], "abc");
        check(&[(7, "h")], "abc");
    }

    #[test]
    fn a_full_table_drops_the_oldest_and_says_so() {
        let mut streams = Streams::default();
        let sockets = |port: u16| Sockets {
            source: "10.0.0.7".parse().unwrap(),
            target: "10.0.0.8".parse().unwrap(),
            source_port: port,
            target_port: 80,
        };
        let mut lost = Vec::new();
        for number in 0..2000 {
            let stream = Stream::new(Kind::Http, packet(number.into()), 0, b"GET /");
            streams.put(sockets(number), stream, &mut |packet| lost.push(packet.number));
        }
        assert_eq!(lost, (0..1024).collect::<Vec<_>>());
        assert!(streams.take(&sockets(1023)).is_none());
        assert!(streams.take(&sockets(1024)).is_some());
        streams.finish(&mut |packet| lost.push(packet.number));
        assert_eq!(lost.len(), 1999);
        assert_eq!(streams.bytes, 0);
    }
}
