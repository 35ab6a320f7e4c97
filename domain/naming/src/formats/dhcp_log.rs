//! What dnsmasq and ISC DHCP write to syslog when they give an address and get it back. Lines of
//! other programs, and other lines of these, are passed over.
//!
//! The lines do not say for how long: a day is assumed, half-sure from the last line on.

use jiff::SignedDuration;

use super::{address, words};
use crate::builder::{Reading, Said, Told};
use crate::{Mac, Reason, identity};

/// How long a device holds an address after a line that does not say: one that is still there asks
/// again well before.
const ASSUMED: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn is_of_server(line: &[u8]) -> bool {
    message(line).is_some_and(|message| {
        message.iter().any(|word| word.starts_with(b"DHCPACK") || word.starts_with(b"DHCPREPLY"))
    })
}

/// The words behind the program's name, of a line of these programs.
fn message(line: &[u8]) -> Option<Vec<&[u8]>> {
    let all: Vec<&[u8]> = words(line).take(24).collect();
    let is_program = |word: &&[u8]| {
        (word.starts_with(b"dnsmasq-dhcp") || word.starts_with(b"dhcpd")) && word.ends_with(b":")
    };
    let program = all.iter().position(is_program)?;
    all.get(program + 1..).map(<[&[u8]]>::to_vec)
}

pub(super) fn read_line(
    (number, line): (u64, &[u8]),
    reading: &mut Reading<'_>,
) -> Result<(), Reason> {
    let Some(words) = message(line) else { return Ok(()) };
    // dnsmasq puts the number of the exchange first when it logs much.
    let is_number = |it: &[u8]| it.iter().all(u8::is_ascii_digit);
    let words = match words.as_slice() {
        [first, rest @ ..] if is_number(first) => rest,
        all => all,
    };
    let (is_given, host, hardware, name): (bool, &[u8], &[u8], Option<&[u8]>) = match words {
        [b"DHCPACK", b"on", host, b"to", hardware, rest @ ..] => {
            (true, host, hardware, parenthesised(rest))
        }
        [b"DHCPRELEASE" | b"DHCPDECLINE", b"of", host, b"from", hardware, rest @ ..] => {
            (false, host, hardware, parenthesised(rest))
        }
        [what, host, hardware, rest @ ..] => {
            let is_given = what.starts_with(b"DHCPACK(") || what.starts_with(b"DHCPREPLY(");
            let is_over = what.starts_with(b"DHCPRELEASE(") || what.starts_with(b"DHCPDECLINE(");
            if !is_given && !is_over {
                return Ok(());
            }
            (is_given, host, hardware, rest.first().copied())
        }
        _ => return Ok(()),
    };
    let address = address(host).ok_or(Reason::BadAddress)?;
    let mac = Mac::parse(hardware).or_else(|| Mac::of_duid(hardware));
    let client = crate::mac::octets(hardware, 128).filter(|it| it.len() > 6);
    if mac.is_none() && client.is_none() {
        return Err(Reason::BadMac);
    }
    let at = reading.times.of_syslog_line(line).ok_or(Reason::BadTime)?;
    let told = Told {
        mac,
        client: client.map(|_| String::from_utf8_lossy(hardware).into()),
        name: name.and_then(identity::name),
        ..Told::default()
    };
    let said = if is_given {
        let until = at.checked_add(ASSUMED).map_err(|_| Reason::BadTime)?;
        Said::Granted { at, until, is_told: false, is_over: false }
    } else {
        Said::Ended { at }
    };
    reading.take((number, line), Some(address), told, said);
    Ok(())
}

/// The name that ISC DHCP puts in parentheses behind the hardware address.
fn parenthesised<'l>(rest: &[&'l [u8]]) -> Option<&'l [u8]> {
    rest.first()?.strip_prefix(b"(")?.strip_suffix(b")")
}
