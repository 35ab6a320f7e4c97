//! The answer of a query: a DNS message (RFC 1035 section 4) in Base64 (RFC 4648 section 4).

use std::io::Write as _;
use std::net::Ipv6Addr;

/// Bytes of a DNS message's header.
const HEADER: usize = 12;

/// Decodes a message into `room` and gives the addresses of its answer section as text, separated
/// by blanks. What is cut off or broken gives the addresses before it.
pub(super) fn addresses<'r>(base64: &[u8], room: &'r mut Vec<u8>) -> &'r [u8] {
    room.clear();
    decode(base64, room);
    let end = room.len();
    write_addresses(room, end);
    room.get(end..).unwrap_or_default()
}

/// What is no digit of Base64.
const NO_DIGIT: u8 = 64;

/// The value of each byte as a digit of Base64 (RFC 4648 section 4).
#[expect(clippy::indexing_slicing, reason = "made by the compiler, which refuses what is out")]
const DIGITS: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < NO_DIGIT {
        digits[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

fn decode(base64: &[u8], out: &mut Vec<u8>) {
    let (groups, mut rest) = base64.as_chunks::<4>();
    let start = out.len();
    out.resize(start + groups.len() * 3, 0);
    let places = out.get_mut(start..).unwrap_or_default().as_chunks_mut::<3>().0;
    for (at, (group, place)) in groups.iter().zip(places).enumerate() {
        let [a, b, c, d] = group.map(|byte| u32::from(digit(byte)));
        if (a | b | c | d) & u32::from(NO_DIGIT) != 0 {
            out.truncate(start + at * 3);
            rest = group;
            break;
        }
        [_, place[0], place[1], place[2]] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
    }
    decode_end(rest, out);
}

/// The value of a byte as a digit.
#[inline]
fn digit(byte: u8) -> u8 {
    DIGITS.get(usize::from(byte)).copied().unwrap_or(NO_DIGIT)
}

/// Decodes the last digits, fewer than four.
fn decode_end(base64: &[u8], out: &mut Vec<u8>) {
    let (mut bits, mut digits) = (0_u32, 0_usize);
    for value in base64.iter().map(|byte| digit(*byte)).take_while(|it| *it != NO_DIGIT) {
        bits = bits << 6 | u32::from(value);
        digits += 1;
    }
    // Two digits hold one byte, three hold two.
    let bits = bits << (6 * (4 - digits)) << 8;
    out.extend(bits.to_be_bytes().iter().take(digits.saturating_sub(1)));
}

/// Walks through the message that ends at `end` and writes addresses behind it. Runs forward only,
/// so it ends whatever the message says.
fn write_addresses(room: &mut Vec<u8>, end: usize) -> Option<()> {
    let message = room.get(..end)?;
    let questions = number(message, 4)?;
    let answers = number(message, 6)?;
    let mut at = HEADER;
    for _ in 0..questions {
        // The type and the class stand behind the name.
        at = behind_name(message, at)? + 4;
    }
    for _ in 0..answers {
        let message = room.get(..end)?;
        // Type, class, time to live, length.
        let fixed = behind_name(message, at)?;
        let (kind, length) = (number(message, fixed)?, number(message, fixed + 8)?);
        let data = message.get(fixed + 10..fixed + 10 + usize::from(length))?;
        at = fixed + 10 + usize::from(length);
        match (kind, <[u8; 4]>::try_from(data), <[u8; 16]>::try_from(data)) {
            (1, Ok(octets), _) => write_v4(octets, room),
            // Writing into a `Vec` cannot fail.
            (28, _, Ok(octets)) => write!(room, "{} ", Ipv6Addr::from(octets)).ok()?,
            _ => {}
        }
    }
    Some(())
}

/// Writes dotted decimal and a blank.
fn write_v4(octets: [u8; 4], room: &mut Vec<u8>) {
    for (octet, behind) in octets.into_iter().zip(*b"... ") {
        if octet >= 100 {
            room.push(b'0' + octet / 100);
        }
        if octet >= 10 {
            room.push(b'0' + octet / 10 % 10);
        }
        room.extend_from_slice(&[b'0' + octet % 10, behind]);
    }
}

fn number(message: &[u8], at: usize) -> Option<u16> {
    let bytes = message.get(at..at + 2)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

/// Where the text behind a name begins: behind its root, or behind a pointer (RFC 1035 section
/// 4.1.4), which ends it.
fn behind_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            length @ 1..=63 => at += 1 + usize::from(length),
            0xc0.. => return Some(at + 2),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_is_written_as_the_standard_library_does() {
        for octet in 0..=u8::MAX {
            let octets = [octet, 255 - octet, 7, octet];
            let mut room = Vec::new();
            write_v4(octets, &mut room);
            assert_eq!(room, format!("{} ", std::net::Ipv4Addr::from(octets)).into_bytes());
        }
    }

    #[test]
    fn addresses_of_an_answer_are_written_out() {
        let check = |base64: &str, expected: &str| {
            let mut room = b"before".to_vec();
            let addresses = addresses(base64.as_bytes(), &mut room);
            assert_eq!(String::from_utf8_lossy(addresses), expected, "{base64}");
        };
        // www.example with 203.0.113.9; a name with an alias and two addresses.
        check("EjSBgAABAAEAAAAAA3d3dwdleGFtcGxlAAABAAHADAABAAEAAAEsAATLAHEJ", "203.0.113.9 ");
        check(
            "EjSBgAABAAMAAAAAA3d3dwdleGFtcGxlAAAcAAHADAAFAAEAAAEsAAYDY2RuwBDAKQABAAEAAAEsAATLAHEJwCkAHAABAAABLAAQIAENuAAgAAAAAAAAAAAAAQ==",
            "203.0.113.9 2001:db8:20::1 ",
        );
        // Cut off behind the first answer.
        check("EjSBgAABAAMAAAAAA3d3dwdleGFtcGxlAAABAAHADAABAAEAAAEsAATLAHEJwAw", "203.0.113.9 ");
        check("", "");
        check("EjSBgAAB", "");
        check("EjSBgP//", "");
        check("!!!!", "");
    }
}
