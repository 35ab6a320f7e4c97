//! What programs say: DNS, TLS, HTTP.

use std::net::IpAddr;

use crate::random::Random;

/// A question for an address, or its answer.
pub(in crate::logs) fn dns(id: u16, name: &str, answers: Option<&[IpAddr]>) -> Vec<u8> {
    let count = u16::try_from(answers.map_or(0, <[_]>::len)).unwrap_or_default();
    let flags: u16 = match answers {
        None => 0x0100,
        Some([]) => 0x8183,
        Some(_) => 0x8180,
    };
    let mut message = id.to_be_bytes().to_vec();
    message.extend(flags.to_be_bytes());
    message.extend([0, 1]);
    message.extend(count.to_be_bytes());
    message.extend([0, 0, 0, 0]);
    for label in name.split('.').filter(|label| !label.is_empty()) {
        message.push(u8::try_from(label.len()).unwrap_or_default());
        message.extend_from_slice(label.as_bytes());
    }
    message.extend([0, 0, 1, 0, 1]);
    for answer in answers.unwrap_or_default() {
        // The name of the question, by a pointer; one minute.
        let (kind, data) = match answer {
            IpAddr::V4(address) => (1, address.octets().to_vec()),
            IpAddr::V6(address) => (28, address.octets().to_vec()),
        };
        message.extend([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0]);
        message.push(u8::try_from(data.len()).unwrap_or_default());
        message.extend(data);
    }
    message
}

fn sized<const BYTES: usize>(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or_default().to_be_bytes();
    let (_, length) = length.split_at(4 - BYTES);
    [length, content].concat()
}

/// A `ClientHello` in one record: the name stands before or behind the other extensions.
pub(super) fn client_hello(name: &str, random: &mut Random) -> Vec<u8> {
    let entry = [&[0][..], &sized::<2>(name.as_bytes())].concat();
    let server_name = [&[0, 0][..], &sized::<2>(&sized::<2>(&entry))].concat();
    let key_size = if random.per_mille(300) { 1_216 } else { 32 };
    let key_share = [&[0, 51][..], &sized::<2>(&vec![0x5a; key_size])].concat();
    let versions = [0, 43, 0, 3, 2, 3, 4].to_vec();
    let mut extensions = [server_name, key_share, versions];
    extensions.rotate_left(usize::try_from(random.below(3)).unwrap_or_default());
    let body = [
        &[3, 3][..],
        &[0x33; 32],
        &sized::<1>(&[0x44; 32]),
        &sized::<2>(&[0x13, 1, 0x13, 2, 0x13, 3]),
        &sized::<1>(&[0]),
        &sized::<2>(&extensions.concat()),
    ]
    .concat();
    let handshake = [&[1][..], &sized::<3>(&body)].concat();
    [&[0x16, 3, 1][..], &sized::<2>(&handshake)].concat()
}

/// A request; the name may hold any UTF-8, as careless programs send it.
pub(super) fn request(host: &str, path: &str, query: &str) -> Vec<u8> {
    let mark = if query.is_empty() { "" } else { "?" };
    format!(
        "GET {path}{mark}{query} HTTP/1.1\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nHost: {host}\r\n\
         Connection: keep-alive\r\n\r\n"
    )
    .into_bytes()
}

/// A record of TLS that nobody can read.
pub(super) fn sealed(size: usize) -> Vec<u8> {
    let mut record = [&[0x17, 3, 3][..], &sized::<2>(&vec![0xa5; size])].concat();
    record.truncate(size);
    record
}
