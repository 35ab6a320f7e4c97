//! The lease file of dnsmasq: `EXPIRY MAC ADDRESS NAME CLIENT-ID`, behind a line `duid …` the same
//! for IPv6 with the association's number in the place of the hardware address.
//!
//! It says until when, not since when: a lease is sure from when the file was written.

use jiff::Timestamp;

use super::{address, words};
use crate::builder::{Reading, Said, Told};
use crate::{Mac, Reason, identity};

pub(super) fn is_lease(line: &[u8]) -> bool {
    let mut words = words(line);
    let (Some(expiry), Some(second)) = (words.next(), words.next()) else { return false };
    if expiry == b"duid" {
        return second.contains(&b':');
    }
    let is_number = !expiry.is_empty() && expiry.iter().all(u8::is_ascii_digit);
    is_number && words.next().is_some_and(|it| address(it).is_some()) && words.count() == 2
}

pub(super) fn read_line(
    (number, line): (u64, &[u8]),
    is_behind_duid: &mut bool,
    reading: &mut Reading<'_>,
) -> Result<(), Reason> {
    let mut words = words(line);
    let mut next = || words.next().ok_or(Reason::NotUnderstood);
    let first = next()?;
    if first == b"duid" {
        *is_behind_duid = true;
        return Ok(());
    }
    let (hardware, host, name, client) = (next()?, next()?, next()?, next()?);
    let seconds = std::str::from_utf8(first).ok().and_then(|it| it.parse::<i64>().ok());
    let expiry = match seconds.ok_or(Reason::BadTime)? {
        0 => Timestamp::MAX,
        seconds => Timestamp::from_second(seconds).map_err(|_| Reason::BadTime)?,
    };
    let address = address(host).ok_or(Reason::BadAddress)?;
    let client_id = |text: &[u8]| {
        (text != b"*").then(|| String::from_utf8_lossy(text).chars().take(400).collect())
    };
    let told = if *is_behind_duid {
        Told {
            mac: Mac::of_duid(client),
            client: client_id(client),
            name: identity::name(name),
            ..Told::default()
        }
    } else {
        // Hardware that is no Ethernet stands behind its type: `06-…`.
        let mac = Mac::parse(hardware);
        if mac.is_none() && !hardware.contains(&b'-') {
            return Err(Reason::BadMac);
        }
        Told { mac, client: client_id(client), name: identity::name(name), ..Told::default() }
    };
    let said = Said::Lease { written: reading.times.written, until: expiry };
    reading.take((number, line), Some(address), told, said);
    Ok(())
}
