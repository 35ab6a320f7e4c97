//! AdGuard Home's query log: JSON, the answer as a DNS message in Base64.

use std::net::IpAddr;

use super::Writer;
use super::event::{Answer, Event, Flow};
use crate::random::Random;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let Flow::Dns { name, answer } = &event.flow else { return };
    let zone = if writer.offset.is_negative() { '-' } else { '+' };
    let minutes = writer.offset.seconds().unsigned_abs() / 60;
    let time = writer.local(time_us).strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (code, address, result) = match answer {
        Answer::Address(address) => (0, Some(*address), "{}"),
        Answer::Blocked => (
            0,
            Some(IpAddr::from([0, 0, 0, 0])),
            r#"{"Rules":[{"Text":"||bad.example^","FilterListID":1}],"Reason":3,"IsFiltered":true}"#,
        ),
        Answer::None => (3, None, "{}"),
    };
    let kind = if address.is_some_and(|it| it.is_ipv6()) { "AAAA" } else { "A" };
    let id = u16::try_from(random.below(65_536)).unwrap_or_default();
    let message = base64(&message(id, name, code, address));
    let (source, elapsed) = (&event.source, random.below(90_000_000));
    writer.line(format_args!(
        "{{\"T\":\"{time}{zone}{hours:02}:{minutes:02}\",\"QH\":\"{name}\",\"QT\":\"{kind}\",\"QC\":\"IN\",\
         \"CP\":\"\",\"Upstream\":\"https://dns.example:443/dns-query\",\"Answer\":\"{message}\",\
         \"IP\":\"{source}\",\"Result\":{result},\"Elapsed\":{elapsed},\"AD\":false}}"
    ));
}

/// A response with one question and at most one answer (RFC 1035 section 4).
fn message(id: u16, name: &str, code: u8, address: Option<IpAddr>) -> Vec<u8> {
    let data = match address {
        Some(IpAddr::V4(address)) => address.octets().to_vec(),
        Some(IpAddr::V6(address)) => address.octets().to_vec(),
        None => Vec::new(),
    };
    let kind = if data.len() == 16 { 28 } else { 1 };
    let mut message = id.to_be_bytes().to_vec();
    message.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(address.is_some()), 0, 0, 0, 0]);
    for label in name.split('.').filter(|label| !label.is_empty()) {
        message.push(u8::try_from(label.len()).unwrap_or_default());
        message.extend(label.as_bytes());
    }
    message.extend([0, 0, kind, 0, 1]);
    if address.is_some() {
        let length = u8::try_from(data.len()).unwrap_or_default();
        message.extend([0xc0, 12, 0, kind, 0, 1, 0, 0, 1, 44, 0, length]);
        message.extend(data);
    }
    message
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or_default();
            let digit = DIGITS.get(digit).copied().map_or('=', char::from);
            text.push(if place <= group.len() { digit } else { '=' });
        }
    }
    text
}
