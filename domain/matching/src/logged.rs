//! Addresses as logs write them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;
const LOW: u64 = !HIGH;

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

/// Reads dotted decimal without leading zeroes: the first two octets in its first eight bytes, the others
/// in its last eight, each half up to the dot in the middle.
#[inline]
fn parse_v4(text: &[u8]) -> Option<Ipv4Addr> {
    let (left, right) = halves(text)?;
    let (left_dots, right_dots) = (equal(left, b'.'), equal(right, b'.'));
    let left_middle = left_dots & left_dots.wrapping_sub(1);
    let right_middle = right_dots & !(1 << 63 >> (right_dots | 1).leading_zeros());
    if left_middle == 0 || right_middle == 0 {
        return None;
    }
    let (first, second) = (left_dots.trailing_zeros() / 8, left_middle.trailing_zeros() / 8);
    let (third, middle) =
        (7 - right_dots.leading_zeros() / 8, 7 - right_middle.leading_zeros() / 8);
    // Of three dots the one in the middle is the second from either side.
    let has_three = u32::try_from(text.len()).is_ok_and(|length| second + 8 == middle + length);
    let before = (1_u64 << (8 * second)) - 1;
    let behind = (u64::MAX << 8) << (8 * middle);
    let is_wrong = no_digits(left) & !left_dots & before | no_digits(right) & !right_dots & behind;
    if !has_three || is_wrong != 0 {
        return None;
    }
    let a = octet(left, first)?;
    let b = octet(left >> (8 * (first + 1)), second - first - 1)?;
    let c = octet(right >> (8 * (middle + 1)), third - middle - 1)?;
    let d = octet((right >> 8) >> (8 * third), 7 - third)?;
    Some(Ipv4Addr::new(a, b, c, d))
}

/// The first two octets of an IPv4 address of at least eight bytes; `None` for what may be an address of
/// another form. What is no address at all gives anything.
#[inline]
pub(crate) fn first_two_octets(text: &[u8]) -> Option<u16> {
    let word = u64::from_le_bytes(*text.first_chunk()?);
    let other = word ^ (ONES * u64::from(b'.'));
    // The lowest mark is right, and so is the second one where all before it is digits.
    let dots = other.wrapping_sub(ONES) & !other & HIGH;
    let middle = dots & dots.wrapping_sub(1);
    // Only an address of another form has a colon or a bracket before two dots.
    let behind_digits = ((word & LOW) + ONES * (0x7f - u64::from(b'9'))) | word;
    if middle == 0 || behind_digits & HIGH & middle.wrapping_sub(1) != 0 {
        return None;
    }
    let (first, second) = (dots.trailing_zeros() / 8, middle.trailing_zeros() / 8);
    let digits = word & (ONES * 0x0f);
    // The last digit in the highest of three bytes, what stands behind it out of the way.
    let left = digits << (64 - 8 * first.clamp(1, 3)) >> 40;
    let right = digits >> (8 * (first + 1)) << (64 - 8 * (second - first - 1).clamp(1, 3)) >> 40;
    let [.., left, _, _] = (left * (100 << 16 | 10 << 8 | 1)).to_be_bytes();
    let [.., right, _, _] = (right * (100 << 16 | 10 << 8 | 1)).to_be_bytes();
    Some(u16::from_be_bytes([left, right]))
}

/// The third octet of what [`first_two_octets`] took for an IPv4 address; `None` where there is none, or too few bytes
/// for a quick look.
#[inline]
pub(crate) fn third_octet(text: &[u8]) -> Option<u8> {
    let dots = equal(u64::from_le_bytes(*text.first_chunk()?), b'.');
    let second = (dots & dots.wrapping_sub(1)).trailing_zeros() as usize / 8;
    let word = u64::from(u32::from_le_bytes(*text.get(second + 1..)?.first_chunk()?));
    // The upper half is no digits, so that there are four at most.
    octet(word, no_digits(word).trailing_zeros() / 8)
}

/// The number that so many digits at the start of a word make.
#[inline]
fn octet(word: u64, digits: u32) -> Option<u8> {
    if !(1..=3).contains(&digits) {
        return None;
    }
    // The last digit in the highest of three bytes.
    let aligned = (word & 0x0f_0f0f) << (8 * (3 - digits)) & 0xff_ffff;
    let value = (aligned & 0xff) * 100 + (aligned >> 8 & 0xff) * 10 + (aligned >> 16);
    let first = word & 0x0f;
    let has_leading_zero = digits > 1 && first == 0;
    u8::try_from(value).ok().filter(|_| !has_leading_zero)
}

/// The first and the last eight bytes of a text of 7 to 15; where it has seven, a zero makes up for one.
#[inline]
fn halves(text: &[u8]) -> Option<(u64, u64)> {
    match text.len() {
        8..=15 => {
            let (first, last) = (text.first_chunk()?, text.last_chunk()?);
            Some((u64::from_le_bytes(*first), u64::from_le_bytes(*last)))
        }
        7 => {
            let (first, last) = (text.first_chunk()?, text.last_chunk()?);
            let first = u64::from(u32::from_le_bytes(*first));
            let word = first | u64::from(u32::from_le_bytes(*last)) << 24;
            Some((word, word << 8))
        }
        _ => None,
    }
}

/// The highest bit of every byte that is the one given.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    let other = word ^ (ONES * u64::from(byte));
    !(((other & LOW) + LOW) | other | LOW)
}

/// The highest bit of every byte that is no digit.
#[inline]
fn no_digits(word: u64) -> u64 {
    let digits = word ^ (ONES * u64::from(b'0'));
    (((digits & LOW) + ONES * 0x76) | digits) & HIGH
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
    fn the_third_octet_is_read_where_there_is_one() {
        let check = |text: &str, expected: Option<u8>| {
            assert_eq!(third_octet(text.as_bytes()), expected, "{text}");
        };
        check("192.0.2.1 ", Some(2));
        check("1.2.3.4 GET /", Some(3));
        check("10.20.30.40", Some(30));
        check("255.255.255.255", Some(255));
        check("255.255.256.255", None);
        check("192.0.1234.5", None);
        check("192.0.02.5", None);
        check("192.0..5.5", None);
        check("192.0.2", None);
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
        check("2001:db8::1.2.3.4", None);
        check("1::2.3.4.5", None);
        check("::1.2.3.4", None);
        check("[::1.2.3.4]", None);
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
        fn other_forms_are_left_to_the_whole_reading(
            address in any::<u128>(),
            low in any::<u32>(),
            zeroes in 0_u32..128,
        ) {
            for address in [address, address >> zeroes, address << zeroes, low.into()] {
                let address = Ipv6Addr::from(address);
                prop_assert_eq!(first_two_octets(address.to_string().as_bytes()), None);
                prop_assert_eq!(first_two_octets(format!("[{address}]").as_bytes()), None);
            }
            let text = format!("::{}", Ipv4Addr::from(low));
            prop_assert_eq!(first_two_octets(text.as_bytes()), None);
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
