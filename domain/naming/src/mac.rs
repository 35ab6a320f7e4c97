//! Hardware addresses.

use std::fmt;

/// The hardware address of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac([u8; 6]);

impl Mac {
    /// Reads `00:11:22:aa:bb:cc`, with dashes, in Cisco's three groups, or without separators.
    ///
    /// `None` for anything else, and for the addresses of no one device: all zero, groups,
    /// everybody.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let mut octets = [0; 6];
        let mut digits = 0;
        let groups = match text.len() {
            12 => 12,
            14 if text.contains(&b'.') => 4,
            _ if text.contains(&b':') || text.contains(&b'-') => {
                return Self::of(separated(text)?);
            }
            _ => return None,
        };
        for (at, byte) in text.iter().enumerate() {
            if groups == 4 && at % 5 == 4 {
                if *byte != b'.' {
                    return None;
                }
                continue;
            }
            let octet = octets.get_mut(digits / 2)?;
            *octet = *octet << 4 | digit(*byte)?;
            digits += 1;
        }
        Self::of(octets)
    }

    /// The hardware address in a DHCP unique identifier of the kinds that hold one (RFC 8415
    /// sections 11.2 and 11.4), written as octets with colons.
    pub fn of_duid(text: &[u8]) -> Option<Self> {
        let octets = octets(text, 32)?;
        match octets.as_slice() {
            [0, 1, 0, 1, _, _, _, _, mac @ ..] | [0, 3, 0, 1, mac @ ..] => {
                Self::of(mac.try_into().ok()?)
            }
            _ => None,
        }
    }

    fn of(octets: [u8; 6]) -> Option<Self> {
        let is_group = octets[0] & 1 == 1;
        (octets != [0; 6] && !is_group).then_some(Self(octets))
    }
}

/// Octets in hexadecimal between colons or dashes, one digit allowed as some systems write it.
fn separated(text: &[u8]) -> Option<[u8; 6]> {
    octets(text, 6)?.try_into().ok()
}

/// At most so many octets in hexadecimal between colons or dashes.
pub(crate) fn octets(text: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    for group in text.trim_ascii().split(|b| *b == b':' || *b == b'-') {
        if group.is_empty() || group.len() > 2 || found.len() == most {
            return None;
        }
        let mut octet = 0;
        for byte in group {
            octet = octet << 4 | digit(*byte)?;
        }
        found.push(octet);
    }
    Some(found)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok())
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, byte) in self.0.iter().enumerate() {
            let colon = if number == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_address() {
        let check = |text: &str, expected: Option<&str>| {
            let mac = Mac::parse(text.as_bytes()).map(|it| it.to_string());
            assert_eq!(mac.as_deref(), expected, "{text}");
        };
        let one = Some("02:00:5e:10:00:a1");
        check("02:00:5e:10:00:a1", one);
        check("02-00-5E-10-00-A1", one);
        check("0200.5e10.00a1", one);
        check("02005E1000A1", one);
        check("2:0:5e:10:0:a1", one);
        check("02:00:5e:10:00", None);
        check("02:00:5e:10:00:a1:00", None);
        check("00:00:00:00:00:00", None);
        check("ff-ff-ff-ff-ff-ff", None);
        check("01-00-5e-00-00-16", None);
        check("0200x5e10x00a1", None);
        check("may-van-thu", None);
        check("", None);
    }

    #[test]
    fn some_unique_identifiers_hold_an_address() {
        let check = |text: &str, expected: Option<&str>| {
            let mac = Mac::of_duid(text.as_bytes()).map(|it| it.to_string());
            assert_eq!(mac.as_deref(), expected, "{text}");
        };
        check("00:01:00:01:32:9b:84:26:02:00:5e:10:00:01", Some("02:00:5e:10:00:01"));
        check("00:03:00:01:02:00:5e:10:00:01", Some("02:00:5e:10:00:01"));
        check("00:04:00:01:02:00:5e:10:00:01", None);
        check("00:03:00:06:02:00:5e:10:00:01", None);
    }
}
