//! The audit log of the DHCP server of Windows, `DhcpSrvLog-*.log`, by the fields and event numbers
//! that Microsoft publishes ("Analyze DHCP server log files"): some lines of text, then CSV.
//! Dates are month first with two digits of the year, times are local.
//!
//! It does not say for how long: eight days are assumed, what the server gives by itself.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::address;
use crate::builder::{Reading, Said, Told};
use crate::{Mac, Reason, identity};

/// The lease that the server gives by itself.
const ASSUMED: SignedDuration = SignedDuration::from_hours(8 * 24);

pub(super) fn is_header(line: &[u8]) -> bool {
    line.starts_with(b"ID,Date,Time,Description,IP Address,Host Name,MAC Address")
}

pub(super) fn read_line(
    (number, line): (u64, &[u8]),
    reading: &mut Reading<'_>,
) -> Result<(), Reason> {
    let mut fields = line.split(|b| *b == b',').map(<[u8]>::trim_ascii);
    let mut next = || fields.next().unwrap_or_default();
    let (id, date, time, _what) = (next(), next(), next(), next());
    let (host, name, hardware) = (next(), next(), next());
    // The text before the header, in the language of the server.
    if is_header(line) || id.is_empty() || !id.iter().all(u8::is_ascii_digit) {
        return Ok(());
    }
    let is_given = match id {
        // New, renewed, given to BOOTP.
        b"10" | b"11" | b"20" | b"21" => true,
        // Given back, deleted, expired.
        b"12" | b"16" | b"17" | b"18" => false,
        _ => return Ok(()),
    };
    let address = address(host).ok_or(Reason::BadAddress)?;
    let at = match (std::str::from_utf8(date), std::str::from_utf8(time)) {
        (Ok(date), Ok(time)) => DateTime::strptime("%m/%d/%y %H:%M:%S", format!("{date} {time}")),
        _ => return Err(Reason::BadTime),
    };
    let at = at.ok().and_then(|local| reading.times.moment(local)).ok_or(Reason::BadTime)?;
    let mac = Mac::parse(hardware);
    // A client that gives an identifier of another length has that in the place.
    let client = (mac.is_none() && !hardware.is_empty())
        .then(|| String::from_utf8_lossy(hardware).chars().take(400).collect());
    let told = Told { mac, client, name: identity::name(name), ..Told::default() };
    let said = if is_given {
        let until = at.checked_add(ASSUMED).map_err(|_| Reason::BadTime)?;
        Said::Granted { at, until, is_told: false, is_over: false }
    } else {
        Said::Ended { at }
    };
    reading.take((number, line), Some(address), told, said);
    Ok(())
}
