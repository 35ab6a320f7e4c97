//! What was contacted, as bytes that sort so that what belongs together stands together.
//!
//! A name has its labels from the right (`example.evil.www`), so that a domain and all below it
//! are neighbours. An address is its bytes, then its port, highest byte first, so that a network is
//! a range.

use std::net::IpAddr;

use observables::DomainName;

const NAME: u8 = b'n';
const V4: u8 = b'4';
const V6: u8 = b'6';

/// The longest name in octets, dots included (RFC 1035 section 2.3.4).
const LONGEST_NAME: usize = 253;

/// Makes `key` the key of a name as a log writes it; `false` when it can be no name.
pub(crate) fn set_name(key: &mut Vec<u8>, raw: &[u8]) -> bool {
    key.clear();
    key.push(NAME);
    if !raw.is_ascii()
        && let Ok(name) = DomainName::parse(raw)
    {
        push_labels(key, name.as_str().as_bytes());
        return true;
    }
    let name = raw.strip_suffix(b".").unwrap_or(raw);
    if name.is_empty() || name.len() > LONGEST_NAME {
        return false;
    }
    push_labels(key, name);
    true
}

fn push_labels(key: &mut Vec<u8>, name: &[u8]) {
    for label in name.rsplit(|byte| *byte == b'.') {
        if key.len() > 1 {
            key.push(b'.');
        }
        key.extend(label.iter().map(u8::to_ascii_lowercase));
    }
}

/// Makes `key` the key of an address and port; 0 is no port.
pub(crate) fn set_address(key: &mut Vec<u8>, address: IpAddr, port: u16) {
    key.clear();
    match address.to_canonical() {
        IpAddr::V4(address) => {
            key.push(V4);
            key.extend(address.octets());
        }
        IpAddr::V6(address) => {
            key.push(V6);
            key.extend(address.octets());
        }
    }
    key.extend(port.to_be_bytes());
}

/// A key in the words of a person; `None` for bytes that are no key.
pub(crate) fn text_of(key: &[u8]) -> Option<String> {
    let (kind, rest) = key.split_first()?;
    if *kind == NAME {
        let labels: Vec<&[u8]> = rest.rsplit(|byte| *byte == b'.').collect();
        return Some(String::from_utf8_lossy(&labels.join(&b'.')).into_owned());
    }
    let (address, port) = rest.split_last_chunk::<2>()?;
    let address = match *kind {
        V4 => IpAddr::from(<[u8; 4]>::try_from(address).ok()?),
        V6 => IpAddr::from(<[u8; 16]>::try_from(address).ok()?),
        _ => return None,
    };
    Some(match u16::from_be_bytes(*port) {
        0 => address.to_string(),
        port => observables::Endpoint { address, port }.to_string(),
    })
}

/// The hashes under which a key is looked for: each domain it is in, or the address without port
/// and the network around it.
pub(crate) fn each_hash(key: &[u8], mut each: impl FnMut(u64)) {
    if key.first() != Some(&NAME) {
        each(hash_of(without_port(key)));
        each(hash_of(network_around(key)));
        return;
    }
    let mut hash = START;
    for byte in key {
        if *byte == b'.' {
            each(finished(hash));
        }
        hash = step(hash, *byte);
    }
    each(finished(hash));
}

/// The part of an address's key that its port does not change.
pub(crate) fn without_port(key: &[u8]) -> &[u8] {
    key.get(..key.len().saturating_sub(2)).unwrap_or_default()
}

/// The part of an address's key that its /24 shares, or its /48 when it is IPv6.
pub(crate) fn network_around(key: &[u8]) -> &[u8] {
    key.get(..=usize::from(network_bits(key) / 8)).unwrap_or_default()
}

/// How long the prefix of [`network_around`] is.
pub(crate) fn network_bits(key: &[u8]) -> u8 {
    if key.first() == Some(&V4) { 24 } else { 48 }
}

/// The hash of a key of which nothing is left out.
pub(crate) fn hash_of(key: &[u8]) -> u64 {
    finished(key.iter().fold(START, |hash, byte| step(hash, *byte)))
}

// FNV-1a: it is written into files, so it must not change with a library.
const START: u64 = 0xcbf2_9ce4_8422_2325;

#[inline]
fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// FNV leaves its upper bits alike for short texts.
#[inline]
fn finished(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_a_domain_next_to_what_is_below_it() {
        let key = |name: &str| {
            let mut key = Vec::new();
            assert!(set_name(&mut key, name.as_bytes()), "{name}");
            String::from_utf8(key).unwrap()
        };
        assert_eq!(key("WWW.Evil.Example."), "nexample.evil.www");
        assert_eq!(key("LÀMSẠCH.example"), "nexample.xn--lmsch-rqa5344c");
        let mut key = Vec::new();
        assert!(!set_name(&mut key, b"."));
        assert!(!set_name(&mut key, &[b'a'; 254]));
    }

    #[test]
    fn keys_are_read_back() {
        let mut key = Vec::new();
        set_name(&mut key, b"www.evil.example");
        assert_eq!(text_of(&key).unwrap(), "www.evil.example");
        let mut check = |address: &str, port, expected: &str| {
            set_address(&mut key, address.parse().unwrap(), port);
            assert_eq!(text_of(&key).unwrap(), expected);
        };
        check("192.0.2.1", 0, "192.0.2.1");
        check("::ffff:192.0.2.1", 443, "192.0.2.1:443");
        check("2001:db8::1", 443, "[2001:db8::1]:443");
        assert_eq!(text_of(b"4abc"), None);
        assert_eq!(text_of(b""), None);
    }

    #[test]
    fn a_name_is_found_under_every_domain_it_is_in() {
        let mut hashes = Vec::new();
        each_hash(b"nexample.evil.www", |it| hashes.push(it));
        let expected = [&b"nexample"[..], b"nexample.evil", b"nexample.evil.www"].map(hash_of);
        assert_eq!(hashes, expected);
    }
}
