//! One message of a Cisco ASA.

use jiff::Timestamp;
use jiff::civil::Date;
use memchr::{memchr, memchr2, memmem, memrchr};

use crate::fields::{before, has_count, is_address, port, push_request, split_once, url_parts};
use crate::scan::find_text;
use crate::time::{self, TimeReading};
use crate::{Between, Contact, LineKind, Outcome};

/// Where the mark may begin at the latest: behind times and names.
const LATEST_MARK: usize = 200;
/// Ports from here on are what systems give to the side that opens (Linux 32768, Windows 49152).
const EPHEMERAL: u16 = 32_768;

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let Some((head, number, text)) = message(line) else { return LineKind::NotParsed };
    let contact = match number {
        b"302013" | b"302015" => built(text),
        b"302014" | b"302016" => torn_down(text),
        b"302020" => icmp(text),
        b"106023" | b"106010" | b"106014" | b"106021" => between(text, b" src ", b" dst "),
        b"106001" | b"106006" | b"106007" | b"710003" => between(text, b" from ", b" to "),
        b"106015" => stray(text),
        b"106100" => by_list(text),
        b"304001" | b"304002" => {
            let Some((host, sent)) = url(number, text) else { return LineKind::NotParsed };
            if !sent.device.is_empty() {
                push_request(host, 0, &Contact { time: head, ..sent }, sink);
            }
            return LineKind::Understood;
        }
        _ => return LineKind::Understood,
    };
    match contact {
        Some(contact) if contact.device.is_empty() => LineKind::Understood,
        Some(contact) => {
            sink(&Contact { time: head, ..contact });
            LineKind::Understood
        }
        None => LineKind::NotParsed,
    }
}

/// What stands before `%ASA-6-302013: `, the number, and the text behind it.
fn message(line: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let start = line.get(..LATEST_MARK).unwrap_or(line);
    let mut from = 0;
    loop {
        let at = from + memchr(b'%', start.get(from..)?)?;
        let (head, mark) = line.split_at_checked(at)?;
        from = at + 1;
        let names: [&[u8]; 4] = [b"%ASA", b"%FTD", b"%PIX", b"%FWSM"];
        let Some(behind) = names.iter().find_map(|name| mark.strip_prefix(*name)) else { continue };
        // `-6-302013: `, or `-session-6-302013: ` with a class.
        let (kind, text) = split_once(behind, b':')?;
        let number = memrchr(b'-', kind).and_then(|dash| kind.get(dash + 1..))?;
        if kind.first() == Some(&b'-') && number.len() == 6 && number.iter().all(u8::is_ascii_digit)
        {
            return Some((head, number, text.strip_prefix(b" ").unwrap_or(text)));
        }
    }
}

/// An address with its port, `/` or parentheses between them; the interface cut off.
fn endpoint(word: &[u8]) -> (&[u8], u16) {
    let word = word.strip_suffix(b",").unwrap_or(word);
    // `outside:203.0.113.9/443`, or `outside/203.0.113.9(443)` in lists. Without an interface, the
    // first colon is the address's own.
    let is_bare = is_address(before(before(word, b'/'), b'('));
    let word = if is_bare { word } else { behind_interface(word) };
    // A user may stand behind the port: `203.0.113.9/443(LOCAL\user)`.
    let Some(end) = memchr2(b'/', b'(', word) else { return (word, 0) };
    let (address, rest) = word.split_at_checked(end).unwrap_or((word, b""));
    let named = rest.get(1..).unwrap_or_default();
    (address, port(before(before(named, b'('), b')')))
}

fn behind_interface(word: &[u8]) -> &[u8] {
    let end = memchr2(b':', b'/', word);
    end.and_then(|end| word.get(end + 1..)).unwrap_or(word)
}

/// The words behind two marks, as endpoints.
fn pair<'l>(text: &'l [u8], first: &[u8], second: &[u8]) -> Option<[(&'l [u8], u16); 2]> {
    let at = find_text(text, first)?;
    let rest = text.get(at + first.len()..)?;
    let (word, rest) = split_once(rest, b' ')?;
    // A word between them may name the user or what the address is translated to. The blank that
    // ends the first word may be the one that begins the second mark.
    let mark = second.strip_prefix(b" ").unwrap_or(second);
    let next = if rest.starts_with(mark) {
        rest.get(mark.len()..)?
    } else {
        rest.get(find_text(rest, second)? + second.len()..)?
    };
    Some([endpoint(word), endpoint(before(next, b' '))])
}

fn contact<'l>(
    device: &'l [u8],
    (address, port): (&'l [u8], u16),
    outcome: Outcome,
) -> Contact<'l> {
    Contact { device, address, port, outcome, ..Contact::default() }
}

/// `Built outbound TCP connection 7 for outside:203.0.113.9/443 (…) to inside:192.0.2.7/51511 (…)`.
fn built(text: &[u8]) -> Option<Contact<'_>> {
    let is_inbound = text.starts_with(b"Built inbound ");
    if !is_inbound && !text.starts_with(b"Built outbound ") {
        return None;
    }
    let [foreign, local] = pair(text, b" for ", b" to ")?;
    if is_inbound {
        return Some(contact(foreign.0, local, Outcome::Attempted));
    }
    let found = contact(local.0, foreign, Outcome::Attempted);
    Some(Contact { between: translated(text), ..found })
}

/// The address behind the inner one, in brackets: what it is further on.
fn translated(text: &[u8]) -> Between<&[u8]> {
    let behind = find_text(text, b" to ").and_then(|at| text.get(at + 4..));
    let mapped = behind.and_then(|it| split_once(it, b' ')).and_then(|it| it.1.strip_prefix(b"("));
    match mapped.map(|it| before(before(it, b')'), b'/')) {
        Some(address) if is_address(address) => Between::Translated(address),
        _ => Between::Nobody,
    }
}

/// `Teardown TCP connection 7 for outside:203.0.113.9/443 to inside:192.0.2.7/51511 duration 0:00:30
/// bytes 5400 TCP FINs`.
///
/// Who opened is not told. It was the inside only if its port is one that systems give to the side
/// that opens, and the other is not; else the foreign side is taken for the source, so that a scan
/// never becomes a finding. "Built" names the side in any case.
fn torn_down(text: &[u8]) -> Option<Contact<'_>> {
    let [foreign, local] = pair(text, b" for ", b" to ")?;
    let is_outbound = local.1 >= EPHEMERAL && foreign.1 < EPHEMERAL;
    let (device, destination) = if is_outbound { (local, foreign) } else { (foreign, local) };
    let rest = text.get(find_text(text, b" bytes ")? + 7..)?;
    let (bytes, reason) = split_once(rest, b' ').unwrap_or((rest, b""));
    let is_answered = has_count(bytes) && !reason.starts_with(b"SYN Timeout");
    let outcome = if is_answered { Outcome::Connected } else { Outcome::Attempted };
    Some(contact(device.0, destination, outcome))
}

/// `Built outbound ICMP connection for faddr 203.0.113.9/0 gaddr … laddr 192.0.2.7/1`.
fn icmp(text: &[u8]) -> Option<Contact<'_>> {
    let [foreign, local] = pair(text, b" faddr ", b" laddr ")?;
    let is_inbound = text.starts_with(b"Built inbound ");
    let (device, destination) = if is_inbound { (foreign, local) } else { (local, foreign) };
    Some(contact(device.0, (destination.0, 0), Outcome::Attempted))
}

/// A packet that was denied, by the words before its addresses.
fn between<'l>(text: &'l [u8], first: &[u8], second: &[u8]) -> Option<Contact<'l>> {
    let [source, destination] = pair(text, first, second)?;
    Some(contact(source.0, destination, Outcome::Attempted))
}

/// `Deny TCP (no connection) from … to … flags RST ACK on interface …`: a packet that belongs to no
/// connection. Only one that opens says who wanted to.
fn stray(text: &[u8]) -> Option<Contact<'_>> {
    let found = between(text, b" from ", b" to ")?;
    let flags = text.get(find_text(text, b" flags ")? + 7..)?;
    let opens = flags.starts_with(b"SYN") && !flags.starts_with(b"SYN ACK");
    Some(if opens { found } else { Contact::default() })
}

/// `access-list NAME permitted tcp inside/192.0.2.7(51511) -> outside/203.0.113.9(443) hit-cnt 1 …`.
fn by_list(text: &[u8]) -> Option<Contact<'_>> {
    let arrow = find_text(text, b" -> ")?;
    let (left, right) = text.split_at_checked(arrow)?;
    // A user may stand behind the source: `inside/192.0.2.7(51511)(LOCAL\user)`.
    let source = left.split(|b| *b == b' ').rfind(|word| word.contains(&b'/'))?;
    let destination = endpoint(before(right.get(4..)?, b' '));
    Some(contact(endpoint(source).0, destination, Outcome::Attempted))
}

/// `192.0.2.7 Accessed URL 203.0.113.9:http://a.example/x`, or
/// `Access denied URL http://a.example/x SRC 192.0.2.7 DEST 203.0.113.9: …`. The URL's host, and the contact.
fn url<'l>(number: &[u8], text: &'l [u8]) -> Option<(&'l [u8], Contact<'l>)> {
    let (device, address, url, outcome) = if number == b"304001" {
        let at = find_text(text, b" Accessed ")?;
        let (client, rest) = text.split_at_checked(at)?;
        let client = memrchr(b'@', client).and_then(|it| client.get(it + 1..)).unwrap_or(client);
        let rest = rest.get(b" Accessed ".len()..)?;
        let rest = rest.strip_prefix(b"JAVA ").unwrap_or(rest).strip_prefix(b"URL ")?;
        // An IPv6 address has colons: the URL begins at its scheme, or with its path.
        let scheme = find_text(rest, b":http").or_else(|| find_text(rest, b":/"));
        let (address, url) = rest.split_at_checked(scheme.or_else(|| memchr(b':', rest))?)?;
        (before(client, b'/'), address, url.get(1..)?, Outcome::Connected)
    } else {
        let rest = text.get(find_text(text, b" URL ")? + 5..)?;
        let (url, rest) = rest.split_at_checked(memmem::rfind(rest, b" SRC ")?)?;
        let [source, destination] = pair(rest, b" SRC ", b" DEST ")?;
        let address = destination.0.strip_suffix(b":").unwrap_or(destination.0);
        (source.0, address, url, Outcome::Attempted)
    };
    let parts = url_parts(url);
    let sent = Contact {
        device,
        path: parts.path,
        query: parts.query,
        address,
        port: if parts.port == 0 { 80 } else { parts.port },
        outcome,
        ..Contact::default()
    };
    Some((parts.host, sent))
}

/// The firewall's own time, `Nov 24 2026 08:00:01`, else the one that syslog put before it.
pub(crate) fn timestamp(head: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    own_moment(head, reading).or_else(|| time::header_moment(time::syslog_time(head), reading))
}

fn own_moment(head: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    (0..head.len()).find_map(|at| {
        let text = head.get(at..at + 20)?;
        let [_, _, _, b' ', _, _, b' ', _, _, _, _, b' ', ..] = text else { return None };
        let month = time::month(text.get(..3)?)?;
        let day = i8::try_from(time::number(text.get(4..6)?.trim_ascii_start())?).ok()?;
        let year = i16::try_from(time::number(text.get(7..11)?)?).ok()?;
        let date = Date::new(year, month, day).ok()?;
        reading.moment(date.to_datetime(time::clock(text.get(12..20)?)?))
    })
}
