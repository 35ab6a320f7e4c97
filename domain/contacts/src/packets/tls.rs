//! The name in a TLS `ClientHello`: RFC 8446 section 4.1.2, RFC 6066 section 3.

use super::bytes::{be16, be24, byte};

/// The longest handshake message that is waited for: hellos with post-quantum keys take 2 KiB.
const LONGEST_HELLO: usize = 32 << 10;

/// What the start of a client's bytes says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hello<'p> {
    /// The name of the server.
    Name(&'p [u8]),
    /// A hello without a name.
    NoName,
    /// More bytes are needed.
    Short,
    /// Something else.
    None,
}

/// Whether bytes that a client sends may begin a `ClientHello`. Six bytes tell.
#[inline]
pub(crate) fn may_be_hello(bytes: &[u8]) -> bool {
    matches!(bytes, [0x16, 0x03, 0x00..=0x04, _, _, 0x01, ..])
}

/// The name in the records at the start of a connection. `joined` takes the handshake's bytes where
/// they stand in several records.
pub(crate) fn server_name<'p>(records: &'p [u8], joined: &'p mut Vec<u8>) -> Hello<'p> {
    let Some(length) = be16(records, 3).map(usize::from) else { return Hello::Short };
    let first = records.get(5..).unwrap_or_default();
    let wanted = 4 + be24(first, 1).unwrap_or_default() as usize;
    if wanted > LONGEST_HELLO {
        return Hello::None;
    }
    if let Some(record) = first.get(..length)
        && record.len() < wanted
    {
        return match join(records, wanted, joined) {
            Ok(()) => name_in_handshake(joined),
            Err(other) => other,
        };
    }
    name_in_handshake(first.get(..length).unwrap_or(first))
}

fn join<'p>(mut records: &[u8], wanted: usize, joined: &mut Vec<u8>) -> Result<(), Hello<'p>> {
    joined.clear();
    while joined.len() < wanted {
        let Some(header) = records.first_chunk::<5>() else { return Err(Hello::Short) };
        let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
        if header[0] != 0x16 || header[1] != 3 || length == 0 {
            return Err(Hello::None);
        }
        let Some(record) = records.get(5..5 + length) else { return Err(Hello::Short) };
        joined.extend_from_slice(record);
        records = records.get(5 + length..).unwrap_or_default();
    }
    Ok(())
}

/// The name in a handshake message, as TLS records and QUIC carry it.
pub(crate) fn name_in_handshake(message: &[u8]) -> Hello<'_> {
    match byte(message, 0) {
        Some(1) => {}
        Some(_) => return Hello::None,
        None => return Hello::Short,
    }
    let Some(length) = be24(message, 1) else { return Hello::Short };
    let length = length as usize;
    if length > LONGEST_HELLO {
        return Hello::None;
    }
    let body = message.get(4..).unwrap_or_default();
    match body.get(..length) {
        Some(body) => name_in_body(body),
        // What is there may hold the name already.
        None => match name_in_body(body) {
            name @ Hello::Name(_) => name,
            _ => Hello::Short,
        },
    }
}

fn name_in_body(body: &[u8]) -> Hello<'_> {
    extensions(body).map_or(Hello::None, |mut rest| {
        while !rest.is_empty() {
            let (Some(kind), Some(length)) = (be16(rest, 0), be16(rest, 2)) else {
                return Hello::None;
            };
            let Some(data) = rest.get(4..4 + usize::from(length)) else { return Hello::None };
            if kind == 0 {
                return host_name(data).map_or(Hello::None, Hello::Name);
            }
            rest = rest.get(4 + usize::from(length)..).unwrap_or_default();
        }
        Hello::NoName
    })
}

/// What follows version, random, session, ciphers and compressions; none in the oldest hellos.
fn extensions(body: &[u8]) -> Option<&[u8]> {
    let mut at = 2 + 32;
    at += 1 + usize::from(byte(body, at)?);
    at += 2 + usize::from(be16(body, at)?);
    at += 1 + usize::from(byte(body, at)?);
    if at == body.len() {
        return Some(b"");
    }
    be16(body, at)?;
    body.get(at + 2..)
}

fn host_name(mut list: &[u8]) -> Option<&[u8]> {
    list = list.get(2..)?;
    while let (Some(kind), Some(length)) = (byte(list, 0), be16(list, 1)) {
        let name = list.get(3..3 + usize::from(length))?;
        if kind == 0 {
            return (!name.is_empty()).then_some(name);
        }
        list = list.get(3 + usize::from(length)..)?;
    }
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn sized(size: usize, bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length[4 - size..], bytes].concat()
    }

    /// A handshake message with an extension before the name.
    pub(crate) fn hello(name: Option<&str>) -> Vec<u8> {
        let mut extensions = [&b"\0\x2b"[..], &sized(2, b"\x02\x03\x04")].concat();
        if let Some(name) = name {
            let entry = [&b"\0"[..], &sized(2, name.as_bytes())].concat();
            extensions.extend([&b"\0\0"[..], &sized(2, &sized(2, &entry))].concat());
        }
        let body = [
            &b"\x03\x03"[..],
            &[7; 32],
            &sized(1, &[8; 32]),
            &sized(2, b"\x13\x01"),
            &sized(1, b"\0"),
            &sized(2, &extensions),
        ]
        .concat();
        [&b"\x01"[..], &sized(3, &body)].concat()
    }

    fn records(handshake: &[u8], size: usize) -> Vec<u8> {
        let record = |it: &[u8]| [&b"\x16\x03\x01"[..], &sized(2, it)].concat();
        handshake.chunks(size).flat_map(record).collect()
    }

    #[test]
    fn the_name_is_found_in_one_record_or_several() {
        let handshake = hello(Some("A.evil.example"));
        for size in 4..=handshake.len() {
            let bytes = records(&handshake, size);
            let mut joined = Vec::new();
            assert_eq!(server_name(&bytes, &mut joined), Hello::Name(b"A.evil.example"), "{size}");
        }
    }

    #[test]
    fn what_is_missing_is_waited_for_and_what_is_no_hello_is_not() {
        let check = |bytes: &[u8], expected| {
            assert_eq!(server_name(bytes, &mut Vec::new()), expected, "{bytes:?}");
        };
        let handshake = hello(Some("evil.example"));
        let bytes = records(&handshake, 1000);
        let before_name = bytes.len() - 12;
        for length in 6..before_name {
            check(&bytes[..length], Hello::Short);
        }
        check(&records(&hello(None), 1000), Hello::NoName);
        check(b"\x16\x03\x01\0\x10\x02\0\0\x0c            ", Hello::None);
        check(b"\x16\x03\x01\0\x10\x01\xff\xff\xff            ", Hello::None);
        let mut odd = bytes.clone();
        // The session id reaches beyond the end.
        odd[5 + 4 + 34] = 255;
        check(&odd, Hello::None);
    }
}
