//! Neighbour tables as text: `ip neigh`, `arp -a` and `arp -n` of Linux, `arp -a` of Windows in any
//! language and of BSD, `/proc/net/arp`. An entry is a line with an address and a hardware address;
//! entries without an answer, of groups and of everybody are passed over.
//!
//! It says how it was when the file was written.

use super::{address, words};
use crate::builder::{Reading, Said, Told};
use crate::{Mac, Reason, identity, mac};

pub(super) fn is_entry(line: &[u8]) -> bool {
    entry(line).is_some_and(|(_, mac)| mac.is_some())
}

/// Address and hardware address of a line with both, whether or not the latter is a device's.
fn entry(line: &[u8]) -> Option<(std::net::IpAddr, Option<Mac>)> {
    let host = words(line).find_map(|it| address(without_parentheses(it)))?;
    let hardware = words(line)
        .find(|it| it.len() >= 11 && mac::octets(it, 6).is_some_and(|it| it.len() == 6))?;
    Some((host, Mac::parse(hardware)))
}

fn without_parentheses(word: &[u8]) -> &[u8] {
    word.strip_prefix(b"(").and_then(|it| it.strip_suffix(b")")).unwrap_or(word)
}

pub(super) fn read_line(
    (number, line): (u64, &[u8]),
    reading: &mut Reading<'_>,
) -> Result<(), Reason> {
    let Some((host, mac)) = entry(line) else {
        let is_unanswered = words(line).any(|it| {
            matches!(
                it,
                b"FAILED" | b"INCOMPLETE" | b"<incomplete>" | b"(incomplete)" | b"proxy" | b"---"
            )
        });
        // Without any address it is a heading.
        let has_address = words(line).any(|it| address(without_parentheses(it)).is_some());
        return if has_address && !is_unanswered { Err(Reason::NotUnderstood) } else { Ok(()) };
    };
    let is_failed = words(line).any(|it| it == b"FAILED");
    let Some(mac) = mac.filter(|_| !is_failed) else { return Ok(()) };
    if host.is_multicast() {
        return Ok(());
    }
    // `name (address) at …`, where a name server knew it.
    let mut first = words(line);
    let name = first.next().filter(|_| first.next().is_some_and(|it| it.starts_with(b"(")));
    let told = Told {
        mac: Some(mac),
        client: None,
        name: name.and_then(identity::name),
        ..Told::default()
    };
    reading.take((number, line), Some(host), told, Said::Snapshot { at: reading.times.written });
    Ok(())
}
