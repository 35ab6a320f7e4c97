//! Invented names, devices and addresses.
//!
//! Everything is under `.example` (RFC 6761) or in ranges nobody routes, so a generated list can
//! never point at anybody, and good names can never stand in a real list. Labels of malicious
//! names hold a `-` and a number; labels of good names never do.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::random::{Random, mix};

const SUFFIXES: [&str; 8] = [
    "com.example",
    "vn.example",
    "com.vn.example",
    "net.example",
    "edu.vn.example",
    "gov.vn.example",
    "org.example",
    "example",
];
const HOSTS: [&str; 10] =
    ["", "www.", "www.", "api.", "mail.", "img.", "static.", "m.", "login.", "cdn.assets."];
const CONSONANTS: &[u8; 16] = b"bcdghklmnprstvyz";
const VOWELS: &[u8; 4] = b"aeio";

/// How many good names there are beside the unique ones.
const GOOD_NAMES: u64 = 1 << 14;

/// Consonant, vowel, consonant, vowel …: 2–5 pairs told by a number.
fn syllables(number: u64, name: &mut String) {
    let mut bits = mix(number);
    let pairs = 2 + bits % 4;
    bits >>= 2;
    for _ in 0..pairs {
        for letters in [&CONSONANTS[..], &VOWELS[..]] {
            let at = usize::try_from(bits % letters.len() as u64).unwrap_or_default();
            name.push(letters.get(at).copied().map_or('a', char::from));
            bits /= letters.len() as u64;
        }
    }
}

fn suffix(number: u64) -> &'static str {
    Random::new(mix(number ^ 0x5afe)).word(&SUFFIXES)
}

/// Writes a number in base 36.
fn base_36(mut number: u64, name: &mut String) {
    let start = name.len();
    loop {
        let digit = u32::try_from(number % 36).unwrap_or_default();
        name.insert(start, char::from_digit(digit, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return;
        }
    }
}

/// The malicious name of a number: different for each number.
pub(crate) fn malicious_name(number: u64) -> String {
    let mut name = String::with_capacity(32);
    syllables(number, &mut name);
    name.push('-');
    base_36(number, &mut name);
    name.push('.');
    name.push_str(suffix(number));
    name
}

/// Names and addresses that nobody lists.
#[derive(Clone, Debug)]
pub(crate) struct GoodNames(Vec<(String, Ipv4Addr)>);

impl GoodNames {
    pub(crate) fn new() -> Self {
        let named = |rank: u64| {
            let mut name = Random::new(rank).word(&HOSTS).to_owned();
            syllables(rank ^ 0x600d << 32, &mut name);
            name.push('.');
            name.push_str(suffix(rank));
            (name, good_address(rank))
        };
        Self((0..GOOD_NAMES).map(named).collect())
    }

    /// A name by popularity and its address; about 15 % are the names of content networks, made
    /// for one visit each.
    pub(crate) fn pick<'n>(
        &'n self,
        random: &mut Random,
        unique: &'n mut String,
    ) -> (&'n str, Ipv4Addr) {
        if random.per_mille(150) {
            use std::fmt::Write as _;
            unique.clear();
            let (id, edge) = (random.bits(), random.below(40));
            // Writing into a `String` cannot fail.
            write!(unique, "d{id:016x}.edge{edge}.tomana.net.example").unwrap_or_default();
            return (unique, good_address(id));
        }
        let rank = usize::try_from(random.rank(GOOD_NAMES)).unwrap_or_default();
        self.0.get(rank).map_or(("example", good_address(0)), |(name, address)| (name, *address))
    }
}

/// An address of the range for benchmarks (198.18.0.0/15, RFC 2544).
pub(crate) fn good_address(number: u64) -> Ipv4Addr {
    let host = u32::try_from(mix(number) & 0x1_ffff).unwrap_or_default();
    Ipv4Addr::from(0xc612_0000 | host)
}

/// An IPv6 address that nobody lists.
pub(crate) fn good_v6(number: u64) -> Ipv6Addr {
    Ipv6Addr::from(0x2001_0db8_600d_u128 << 80 | u128::from(mix(number) & 0xffff_ffff))
}

/// A device of the organisation.
#[derive(Clone, Debug)]
pub(crate) struct SimulatedDevice {
    pub(crate) v4: Ipv4Addr,
    pub(crate) v6: Ipv6Addr,
    pub(crate) host_name: String,
}

/// Devices spread over the three private ranges.
pub(crate) fn devices(seed: u64, count: u32) -> Vec<SimulatedDevice> {
    let mut random = Random::for_part(seed, "devices");
    let site = u8::try_from(random.below(200)).unwrap_or_default();
    let mut device = |number: u32| {
        // 250 devices a network, so that no address is a network or a broadcast address.
        let network = u8::try_from(number / 750).unwrap_or_default();
        let host = u8::try_from(number % 250 + 2).unwrap_or_default();
        let v4 = match number / 250 % 3 {
            0 => Ipv4Addr::new(10, site, network, host),
            1 => Ipv4Addr::new(172, 16 + site % 16, network, host),
            _ => Ipv4Addr::new(192, 168, network, host),
        };
        let v6 = Ipv6Addr::from(0xfd00_0000_0001_u128 << 80 | u128::from(number + 0x10));
        let kind = random.word(&["PC", "PC", "PC", "LAPTOP", "CAMERA", "MAYTRAM"]);
        let host_name = format!("{kind}-{number:04}");
        SimulatedDevice { v4, v6, host_name }
    };
    // 250 × 3 × 256: beyond that the networks of 192.168.0.0/16 would repeat.
    (0..count.clamp(1, 192_000)).map(&mut device).collect()
}

/// An address as a log may write it.
pub(crate) fn spelled(address: IpAddr, random: &mut Random) -> String {
    let IpAddr::V6(address) = address else { return address.to_string() };
    match random.below(4) {
        0 => {
            let groups = address.segments().map(|group| format!("{group:04x}"));
            groups.join(":")
        }
        1 => address.to_string().to_uppercase(),
        _ => address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn malicious_names_differ_and_share_nothing_with_good_ones() {
        let malicious: HashSet<String> = (0..50_000).map(malicious_name).collect();
        assert_eq!(malicious.len(), 50_000);
        for (name, _) in &GoodNames::new().0 {
            assert!(name.ends_with("example") && !name.contains('-'), "{name}");
        }
    }

    #[test]
    fn no_two_devices_share_an_address() {
        let devices = devices(1, 192_000);
        let addresses: HashSet<_> = devices.iter().map(|it| it.v4).collect();
        assert_eq!(addresses.len(), 192_000);
        assert!(addresses.iter().all(Ipv4Addr::is_private));
    }
}
