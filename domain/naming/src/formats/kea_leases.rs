//! The lease file of Kea's memfile backend, IPv4 and IPv6: CSV to which the server appends a row for
//! everything that happens to a lease.

use jiff::{SignedDuration, Timestamp};

use super::{LONGEST_LINE, address, line_of};
use crate::builder::{Reading, Said, Told};
use crate::{Mac, Reason, identity};

/// Kea's states of a lease.
const DECLINED: &[u8] = b"1";
const RECLAIMED: &[u8] = b"2";
const RELEASED: &[u8] = b"3";

pub(super) fn is_header(line: &[u8]) -> bool {
    line.starts_with(b"address,hwaddr,client_id,")
        || line.starts_with(b"address,duid,valid_lifetime,")
}

pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let Ok(header) = reader.byte_headers().cloned() else { return };
    let column = |name: &str| header.iter().position(|it| it == name.as_bytes());
    let places = [
        column("address"),
        column("hwaddr"),
        column("client_id").or_else(|| column("duid")),
        column("valid_lifetime"),
        column("expire"),
        column("hostname"),
        column("state"),
        column("lease_type"),
    ];
    for row in reader.byte_records() {
        if reading.is_full() {
            return;
        }
        reading.report.lines += 1;
        let Ok(row) = row else { continue };
        let line = line_of(&row, bytes);
        let text = row.iter().collect::<Vec<_>>().join(&b","[..]);
        if text.len() > LONGEST_LINE {
            reading.report.refuse(line, &text, Reason::TooLong);
            continue;
        }
        let fields = places.map(|at| at.and_then(|at| row.get(at)).unwrap_or_default());
        if let Err(reason) = take((line, &text), fields, reading) {
            reading.report.refuse(line, &text, reason);
        }
    }
}

fn take(
    line: (u64, &[u8]),
    [host, hardware, client, lifetime, expire, name, state, kind]: [&[u8]; 8],
    reading: &mut Reading<'_>,
) -> Result<(), Reason> {
    // A delegated prefix is no address of a device; a declined lease is nobody's.
    if kind == b"2" || state == DECLINED {
        return Ok(());
    }
    let address = address(host).ok_or(Reason::BadAddress)?;
    let number = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|it| it.parse::<i64>().ok());
    let lifetime = number(lifetime).ok_or(Reason::BadTime)?;
    let until = number(expire).and_then(|it| Timestamp::from_second(it).ok());
    let mut until = until.ok_or(Reason::BadTime)?;
    let at = until.checked_sub(SignedDuration::from_secs(lifetime)).map_err(|_| Reason::BadTime)?;
    let mac = match hardware {
        b"" => None,
        text => Some(Mac::parse(text).ok_or(Reason::BadMac)?),
    };
    let client = (!client.is_empty()).then_some(client);
    let name = unescaped(name);
    let told = Told {
        mac: mac.or_else(|| client.and_then(Mac::of_duid)),
        client: client.map(|it| String::from_utf8_lossy(it).chars().take(400).collect()),
        name: identity::name(&name),
        ..Told::default()
    };
    if lifetime == 0 {
        reading.take(line, Some(address), told, Said::Ended { at });
        return Ok(());
    }
    // For always.
    if lifetime == i64::from(u32::MAX) {
        until = Timestamp::MAX;
    }
    let is_over = state == RECLAIMED || state == RELEASED;
    let said = Said::Granted { at, until, is_told: true, is_over };
    reading.take(line, Some(address), told, said);
    Ok(())
}

/// A comma in a name is written `&#x2c`.
fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((byte, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(b"&#x2c") {
            text.push(b',');
            rest = after;
        } else {
            text.push(*byte);
            rest = after;
        }
    }
    text
}
