//! Addresses as logs write them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const ONES: u128 = u128::from_le_bytes([1; 16]);
const HIGH: u128 = ONES << 7;
const LOW: u128 = !HIGH;

/// Reads an address as a log writes it, in full or not at all: in brackets or not, with a zone or
/// not. An IPv4-mapped IPv6 address is the IPv4 address.
#[inline]
pub(crate) fn parse_logged(text: &[u8]) -> Option<IpAddr> {
    if let Some(address) = parse_v4(text) {
        return Some(IpAddr::V4(address));
    }
    if begins_as_v6(text) { parse_v6(text) } else { None }
}

/// Whether there is a colon where an IPv6 address has its first: behind a bracket and four digits at
/// the latest.
#[inline]
pub(crate) fn begins_as_v6(text: &[u8]) -> bool {
    text.iter().take(6).any(|byte| *byte == b':')
}

fn parse_v6(text: &[u8]) -> Option<IpAddr> {
    let text = text.strip_prefix(b"[").and_then(|it| it.strip_suffix(b"]")).unwrap_or(text);
    let text = text.split(|b| *b == b'%').next().unwrap_or_default();
    let address: Ipv6Addr = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(IpAddr::V6(address).to_canonical())
}

/// Reads dotted decimal without leading zeroes, sixteen bytes at a time.
#[inline]
fn parse_v4(text: &[u8]) -> Option<Ipv4Addr> {
    let length = text.len();
    let word = packed(text)?;
    let mut dots = equal(word, b'.');
    let is_text = (1 << (8 * length)) - 1;
    if no_digits(word) & is_text & !dots != 0 {
        return None;
    }
    let (mut address, mut start, mut is_wrong) = (0, 0, false);
    for octet in 0..4 {
        let end = if octet == 3 { length } else { dots.trailing_zeros() as usize / 8 };
        if octet < 3 {
            dots &= dots.wrapping_sub(1);
        }
        let digits = end.wrapping_sub(start);
        if !(1..=3).contains(&digits) || end > length {
            return None;
        }
        let value = octet_at(low_half(word >> (8 * start)), digits);
        is_wrong |= value > 255;
        address = address << 8 | value & 0xff;
        start = end + 1;
    }
    (dots == 0 && !is_wrong).then(|| Ipv4Addr::from(address))
}

/// The first two octets of what begins as dotted decimal of at least eight bytes does; `None` for
/// anything else. What follows is not looked at.
#[inline]
pub(crate) fn first_two_octets(text: &[u8]) -> Option<u16> {
    let first: [u8; 8] = text.get(..8)?.try_into().ok()?;
    let word = u64::from_le_bytes(first);
    let dots = low_half(equal(word.into(), b'.'));
    let second_dot = dots & dots.wrapping_sub(1);
    if second_dot == 0 {
        return None;
    }
    let (end, second_end) = (dots.trailing_zeros() / 8, second_dot.trailing_zeros() / 8);
    let is_before = (1_u64 << (8 * second_end)) - 1;
    let (digits, second_digits) = (end as usize, (second_end - end - 1) as usize);
    let is_right = low_half(no_digits(word.into())) & is_before & !dots == 0
        && (1..=3).contains(&digits)
        && (1..=3).contains(&second_digits);
    if !is_right {
        return None;
    }
    let left = octet_at(word, digits);
    let right = octet_at(word >> (8 * (end + 1)), second_digits);
    if left > 255 || right > 255 { None } else { u16::try_from(left << 8 | right).ok() }
}

/// The number that so many digits make at the start of a word; above 255 where they are none.
#[inline]
fn octet_at(word: u64, digits: usize) -> u32 {
    let first = word & 0x0f;
    // The last digit in the highest of four bytes.
    let aligned = low_quarter(word & 0x0f0f_0f0f) << (8 * (4 - digits));
    let value = (aligned >> 8 & 0xff) * 100 + (aligned >> 16 & 0xff) * 10 + (aligned >> 24);
    if digits > 1 && first == 0 { u32::MAX } else { value }
}

/// The bytes of a text of 7 to 15, zeroes behind.
#[inline]
fn packed(text: &[u8]) -> Option<u128> {
    let length = text.len();
    match length {
        8..=15 => {
            let first = u64::from_le_bytes(text.get(..8)?.try_into().ok()?);
            let last = u64::from_le_bytes(text.get(length - 8..)?.try_into().ok()?);
            Some(u128::from(first) | u128::from(last) << (8 * (length - 8)))
        }
        7 => {
            let first = u32::from_le_bytes(text.get(..4)?.try_into().ok()?);
            let last = u32::from_le_bytes(text.get(3..)?.try_into().ok()?);
            Some(u128::from(first) | u128::from(last) << 24)
        }
        _ => None,
    }
}

/// The highest bit of every byte that is the one given.
#[inline]
fn equal(word: u128, byte: u8) -> u128 {
    let other = word ^ (ONES * u128::from(byte));
    !(((other & LOW) + LOW) | other | LOW)
}

/// The highest bit of every byte that is no digit.
#[inline]
fn no_digits(word: u128) -> u128 {
    let digits = word ^ (ONES * u128::from(b'0'));
    (((digits & LOW) + ONES * 0x76) | digits) & HIGH
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low half is wanted")]
fn low_half(word: u128) -> u64 {
    word as u64
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low half is wanted")]
fn low_quarter(word: u64) -> u32 {
    word as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_logged_address_is_read_in_full_or_not_at_all() {
        let check = |text: &str, expected: Option<&str>| {
            let read = parse_logged(text.as_bytes()).map(|it| it.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        check("192.0.2.1", Some("192.0.2.1"));
        check("1.2.3.4", Some("1.2.3.4"));
        check("255.255.255.255", Some("255.255.255.255"));
        check("0.0.0.0", Some("0.0.0.0"));
        check("::ffff:192.0.2.1", Some("192.0.2.1"));
        check("[2001:DB8::1]", Some("2001:db8::1"));
        check("fe80::1%eth0", Some("fe80::1"));
        check("192.0.2.01", None);
        check("192.0.2.00", None);
        check("192.0.2.256", None);
        check("192.0.2.1.", None);
        check(".192.0.2.1", None);
        check("192..2.1", None);
        check("192.0.2", None);
        check("192.0.2.1.5", None);
        check("192.0.2.1234", None);
        check("192.0.2.1:80", None);
        check("192.0.2.1\0", None);
        check("192.0.2.\u{e9}", None);
        check("1.2.3.4.", None);
        check("", None);
        check("a.b.c.d", None);
    }

    #[test]
    fn the_first_two_octets_are_read_or_left_to_the_whole_reading() {
        let check = |text: &str, expected: Option<[u8; 2]>| {
            let read = first_two_octets(text.as_bytes()).map(u16::to_be_bytes);
            assert_eq!(read, expected, "{text}");
        };
        check("192.168.20.1", Some([192, 168]));
        check("10.0.0.10", Some([10, 0]));
        check("255.255.255.255", Some([255, 255]));
        check("1.2.3.4", None);
        check("256.1.1.10", None);
        check("01.1.1.100", None);
        check("2001:db8::1.2.3.4", None);
        check("1::2.3.4.5", None);
        check("1234.5.6.7", None);
        check("..1.2.3.4", None);
    }

    proptest! {
        #[test]
        fn words_read_what_the_standard_library_reads(
            text in "([0-9]{0,4}[.:]?){3,5}|([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9.a/ \u{e9}]{0,16}",
        ) {
            let expected = text.parse::<Ipv4Addr>().ok();
            prop_assert_eq!(parse_v4(text.as_bytes()), expected);
            let octets = expected.map(|it| it.octets());
            if let (Some(octets), Some(found)) = (octets, first_two_octets(text.as_bytes())) {
                prop_assert_eq!(found.to_be_bytes(), [octets[0], octets[1]]);
            }
        }

        #[test]
        fn every_address_is_read(address in any::<u32>()) {
            let address = Ipv4Addr::from(address);
            let text = address.to_string();
            prop_assert_eq!(parse_v4(text.as_bytes()), Some(address));
            let found = first_two_octets(text.as_bytes()).map(u16::to_be_bytes);
            let octets = address.octets();
            prop_assert_eq!(found, (text.len() >= 8).then_some([octets[0], octets[1]]));
        }
    }
}
