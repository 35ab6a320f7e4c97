//! Address indicators: single addresses, endpoints and networks in sorted arrays.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Sorted keys, each with its label.
#[derive(Clone, Debug)]
pub(crate) struct SortedTable<K> {
    keys: Vec<K>,
    labels: Vec<u32>,
}

impl<K: Ord + Copy> SortedTable<K> {
    /// The first label given to a key stays.
    pub(crate) fn new(mut entries: Vec<(K, u32)>) -> Self {
        entries.sort_by_key(|entry| entry.0);
        entries.dedup_by_key(|entry| entry.0);
        let keys = entries.iter().map(|entry| entry.0).collect();
        Self { keys, labels: entries.iter().map(|entry| entry.1).collect() }
    }

    #[inline]
    pub(crate) fn find(&self, key: K) -> Option<u32> {
        self.keys.binary_search(&key).ok().and_then(|at| u32::try_from(at).ok())
    }

    /// Whether a key lies between two, both included.
    pub(crate) fn holds_between(&self, first: K, last: K) -> bool {
        let at = self.keys.partition_point(|key| *key < first);
        self.keys.get(at).is_some_and(|key| *key <= last)
    }

    pub(crate) fn get(&self, entry: u32) -> Option<(K, u32)> {
        Some((*self.keys.get(entry as usize)?, *self.labels.get(entry as usize)?))
    }

    pub(crate) fn keys(&self) -> &[K] {
        &self.keys
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.keys.len() * (size_of::<K>() + 4)
    }
}

/// A network: its first address, last address and prefix length, as numbers of its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Block {
    pub(crate) first: u128,
    pub(crate) last: u128,
    pub(crate) prefix_length: u8,
}

/// Networks of one address family, cut into segments that do not overlap: each address belongs to
/// the narrowest network around it.
#[derive(Clone, Debug)]
pub(crate) struct NetworkTable {
    blocks: SortedTable<Block>,
    starts: Vec<u128>,
    ends: Vec<u128>,
    owners: Vec<u32>,
}

impl NetworkTable {
    pub(crate) fn new(entries: Vec<(Block, u32)>) -> Self {
        let blocks = SortedTable::new(entries);
        let mut table = Self { blocks, starts: Vec::new(), ends: Vec::new(), owners: Vec::new() };
        table.cut();
        table
    }

    /// Networks nest or are apart, so a stack of the open ones is enough.
    fn cut(&mut self) {
        let mut order: Vec<(Block, u32)> =
            self.blocks.keys().iter().copied().zip(0_u32..).collect();
        order.sort_by_key(|(block, _)| (block.first, u128::MAX - block.last));
        let mut open: Vec<(Block, u32)> = Vec::new();
        let mut cursor = 0_u128;
        for (block, entry) in order {
            while let Some((top, owner)) = open.last().copied()
                && top.last < block.first
            {
                cursor = self.close(cursor, top.last, owner);
                open.pop();
            }
            if let Some((_, owner)) = open.last().copied()
                && cursor < block.first
            {
                self.segment(cursor, block.first - 1, owner);
            }
            cursor = block.first;
            open.push((block, entry));
        }
        while let Some((top, owner)) = open.pop() {
            cursor = self.close(cursor, top.last, owner);
        }
    }

    /// Ends a segment; `u128::MAX` as next start is out of every other network's reach.
    fn close(&mut self, start: u128, end: u128, owner: u32) -> u128 {
        if start <= end {
            self.segment(start, end, owner);
        }
        end.saturating_add(1).max(start)
    }

    fn segment(&mut self, start: u128, end: u128, owner: u32) {
        if self.ends.last().is_some_and(|last| *last >= start) {
            return;
        }
        self.starts.push(start);
        self.ends.push(end);
        self.owners.push(owner);
    }

    #[inline]
    pub(crate) fn find(&self, address: u128) -> Option<u32> {
        let at = self.starts.partition_point(|start| *start <= address).checked_sub(1)?;
        if address <= *self.ends.get(at)? { self.owners.get(at).copied() } else { None }
    }

    pub(crate) fn get(&self, entry: u32) -> Option<(Block, u32)> {
        self.blocks.get(entry)
    }

    pub(crate) fn blocks(&self) -> &[Block] {
        self.blocks.keys()
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.blocks.size_bytes() + self.starts.len() * 36
    }
}

/// Which /24 blocks of IPv4 hold any indicator: 2 MB that answer almost every address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slash24Map(Vec<u64>);

impl Slash24Map {
    pub(crate) fn mark(&mut self, first: u32, last: u32) {
        if self.0.is_empty() {
            self.0 = vec![0; 1 << 18];
        }
        for block in first >> 8..=last >> 8 {
            if let Some(word) = self.0.get_mut((block >> 6) as usize) {
                *word |= 1 << (block & 63);
            }
        }
    }

    #[inline]
    pub(crate) fn holds(&self, address: u32) -> bool {
        let word = self.0.get((address >> 14) as usize).copied().unwrap_or_default();
        word >> (address >> 8 & 63) & 1 != 0
    }
}

/// The address as a number of its family.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// Reads an address as a log writes it, in full or not at all: in brackets or not, with a zone or
/// not. An IPv4-mapped IPv6 address is the IPv4 address.
#[inline]
pub(crate) fn parse_logged(text: &[u8]) -> Option<IpAddr> {
    if let Some(address) = parse_v4(text) {
        return Some(IpAddr::V4(address));
    }
    if !text.contains(&b':') {
        return None;
    }
    let text = text.strip_prefix(b"[").and_then(|it| it.strip_suffix(b"]")).unwrap_or(text);
    let text = text.split(|b| *b == b'%').next().unwrap_or_default();
    let address: Ipv6Addr = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(IpAddr::V6(address).to_canonical())
}

#[inline]
fn parse_v4(text: &[u8]) -> Option<Ipv4Addr> {
    if text.len() > 15 {
        return None;
    }
    let (mut address, mut octet, mut digits, mut dots) = (0_u32, 0_u32, 0_u32, 0_u32);
    for b in text {
        match b {
            b'0'..=b'9' => {
                if digits > 0 && octet == 0 {
                    return None;
                }
                octet = octet * 10 + u32::from(b - b'0');
                digits += 1;
                if octet > 255 {
                    return None;
                }
            }
            b'.' if digits > 0 && dots < 3 => {
                address = address << 8 | octet;
                (octet, digits, dots) = (0, 0, dots + 1);
            }
            _ => return None,
        }
    }
    (digits > 0 && dots == 3).then(|| Ipv4Addr::from(address << 8 | octet))
}

#[cfg(test)]
mod tests {
    use observables::Network;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_logged_address_is_read_in_full_or_not_at_all() {
        let check = |text: &str, expected: Option<&str>| {
            let read = parse_logged(text.as_bytes()).map(|it| it.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        check("192.0.2.1", Some("192.0.2.1"));
        check("0.0.0.0", Some("0.0.0.0"));
        check("::ffff:192.0.2.1", Some("192.0.2.1"));
        check("[2001:DB8::1]", Some("2001:db8::1"));
        check("fe80::1%eth0", Some("fe80::1"));
        check("192.0.2.01", None);
        check("192.0.2.256", None);
        check("192.0.2.1.", None);
        check("192.0.2", None);
        check("192.0.2.1.5", None);
        check("192.0.2.1:80", None);
        check("", None);
        check("a.b.c.d", None);
    }

    proptest! {
        #[test]
        fn the_narrowest_network_wins(
            blocks in prop::collection::vec((any::<u8>(), 0_u8..=8), 0..12),
        ) {
            // A world of 256 addresses: the top byte of IPv4.
            let networks: Vec<Network> = blocks.iter()
                .map(|(first, length)| Network::new(Ipv4Addr::new(*first, 0, 0, 0).into(), *length).unwrap())
                .collect();
            let entries = networks.iter().map(|it| (Block {
                first: number(it.first()), last: number(it.last()), prefix_length: it.prefix_length(),
            }, 0)).collect();
            let table = NetworkTable::new(entries);
            for top in 0..=255_u8 {
                let address = IpAddr::from(Ipv4Addr::new(top, 1, 2, 3));
                let slow = networks.iter().filter(|it| it.contains(address)).map(Network::prefix_length).max();
                let fast = table.find(number(address)).map(|at| table.get(at).unwrap().0.prefix_length);
                prop_assert_eq!(fast, slow);
            }
        }
    }
}
