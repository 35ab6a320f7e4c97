//! Cutting bytes: small pieces that several formats need.

use crate::scan::{Pieces, find_near, find_soon, word_at};
use crate::{Contact, Outcome};

/// What stands before and behind the first `separator`.
pub(crate) fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = find_soon(bytes, separator)?;
    let (before, after) = bytes.split_at_checked(at)?;
    Some((before, after.get(1..).unwrap_or_default()))
}

/// The part before `separator`, or everything.
pub(crate) fn before(bytes: &[u8], separator: u8) -> &[u8] {
    split_once(bytes, separator).map_or(bytes, |(before, _)| before)
}

/// A port in decimal digits; 0 when it is none.
pub(crate) fn port(bytes: &[u8]) -> u16 {
    if bytes.is_empty() || bytes.len() > 5 {
        return 0;
    }
    let mut value = 0_u32;
    for byte in bytes {
        if !byte.is_ascii_digit() {
            return 0;
        }
        value = value * 10 + u32::from(byte - b'0');
    }
    u16::try_from(value).unwrap_or(0)
}

/// Whether a UDP packet that was logged by itself is an answer, as far as its ports tell: it goes
/// from a service to a port that systems give to the side that asks. Which side opened decides
/// between a finding and a scan, so such packets count for neither.
pub(crate) fn is_udp_answer(from: u16, to: u16) -> bool {
    (1..1024).contains(&from) && to >= 1024
}

/// A number of bytes or packets; 0 when it is none.
pub(crate) fn has_count(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| (b'1'..=b'9').contains(byte))
}

/// Whether bytes look like an address: digits, hex, dots and colons, and nothing else.
#[inline]
pub(crate) fn is_address(bytes: &[u8]) -> bool {
    // Nearly every name ends in a letter that no address ends in.
    let [.., last] = bytes else { return false };
    if !last.is_ascii_hexdigit() && *last != b':' {
        return false;
    }
    let is_v6 = || {
        bytes.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
            && find_near(bytes, b':').is_some()
    };
    (last.is_ascii_digit() && has_dots_and_digits(bytes)) || is_v6()
}

/// Pushes the contact of a request to a host, which is a name or an address; `sent` has the rest. Where the request names an address and was sent to
/// another one (a proxy further on), that with the address goes before it. A port of 0 is that of the connection.
#[inline]
pub(crate) fn push_request<'l>(
    host: &'l [u8],
    port: u16,
    sent: &Contact<'l>,
    sink: &mut impl FnMut(&Contact<'l>),
) {
    if !is_address(host) {
        return sink(&Contact { name: host, ..*sent });
    }
    if sent.address.is_empty() {
        return sink(&Contact { address: host, ..*sent });
    }
    if sent.address != host {
        let port = if port == 0 { sent.port } else { port };
        sink(&Contact { address: host, port, ..*sent });
    }
    sink(sent);
}

/// Whether there is a dot, and all else is digits.
#[inline]
fn has_dots_and_digits(bytes: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let Some(last) = bytes.len().checked_sub(8) else {
        return bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.') && bytes.contains(&b'.');
    };
    // From a dot on to a nine there is one byte that is neither: a slash.
    let (mut wrong, mut dots) = (0, 0);
    for at in (0..last).step_by(8).chain([last]) {
        let word = word_at(bytes, at).unwrap_or_default();
        let low = word & !HIGHS;
        let not_equal = |byte: u8| (low ^ (ONES * u64::from(byte))) + ONES * 0x7f;
        let from_dot = low + ONES * (0x80 - u64::from(b'.'));
        let above_nine = low + ONES * (0x7f - u64::from(b'9'));
        wrong |= word | !from_dot | above_nine | !not_equal(b'/');
        dots |= !not_equal(b'.');
    }
    wrong & HIGHS == 0 && dots & HIGHS != 0
}

/// Whether a name may be written with a byte: what stands around it ends it.
#[inline]
pub fn is_name_byte(byte: u8) -> bool {
    NAME_BYTES.get(usize::from(byte)).copied().unwrap_or_default()
}

#[expect(clippy::indexing_slicing, reason = "made by the compiler, which refuses what is out")]
const NAME_BYTES: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        let byte = at.to_le_bytes()[0];
        bytes[at] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') || byte >= 0x80;
        at += 1;
    }
    bytes
};

/// A run of bytes of a name. The digits of an escape before it, as of `%2Fexample.com`, would stick to it and are left
/// out.
#[inline]
pub fn run_behind_escape(text: &[u8], start: usize, end: usize) -> &[u8] {
    let run = text.get(start..end).unwrap_or_default();
    match (start.checked_sub(1).and_then(|it| text.get(it)), run) {
        (Some(b'%'), [first, second, rest @ ..])
            if first.is_ascii_hexdigit() && second.is_ascii_hexdigit() =>
        {
            rest
        }
        _ => run,
    }
}

/// The addresses among the answers of a DNS reply, as a log lists them: between commas, spaces or
/// quotation marks, and among names and other data.
#[inline]
pub fn answer_addresses(answers: &[u8]) -> impl Iterator<Item = &[u8]> {
    Pieces::new(answers, [b',', b' ', b'"']).filter(|piece| is_address(piece))
}

/// What the answers for a name show: it got an address; one that leads nowhere; or none.
pub(crate) fn answers_outcome(answers: &[u8]) -> Outcome {
    let mut outcome = Outcome::DnsQueried;
    for address in answer_addresses(answers) {
        if !matches!(address, b"0.0.0.0" | b"::") && !address.starts_with(b"127.") {
            return Outcome::DnsResolved;
        }
        outcome = Outcome::DnsBlocked;
    }
    outcome
}

/// A host with an optional port, brackets of an IPv6 address removed.
pub(crate) fn host_and_port(bytes: &[u8]) -> (&[u8], u16) {
    if let Some(rest) = bytes.strip_prefix(b"[") {
        return match split_once(rest, b']') {
            Some((host, tail)) => (host, tail.strip_prefix(b":").map_or(0, port)),
            None => (rest, 0),
        };
    }
    match split_once(bytes, b':') {
        // Two colons or more: an IPv6 address without brackets, and without a port.
        Some((_, tail)) if tail.contains(&b':') => (bytes, 0),
        Some((host, tail)) => (host, port(tail)),
        None => (bytes, 0),
    }
}

/// The parts of a URL, or of `host:port` as in `CONNECT`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UrlParts<'l> {
    pub(crate) host: &'l [u8],
    pub(crate) port: u16,
    pub(crate) path: &'l [u8],
    pub(crate) query: &'l [u8],
}

/// Cuts `scheme://user@host:port/path?query#fragment`; the scheme may be missing.
pub(crate) fn url_parts(url: &[u8]) -> UrlParts<'_> {
    let (scheme, rest) = match find_near(url, b':').and_then(|at| url.split_at_checked(at)) {
        // Else it is of the path or the query: `a.example/?u=http://b.example`.
        Some((scheme, rest))
            if rest.starts_with(b"://") && scheme.iter().all(u8::is_ascii_alphanumeric) =>
        {
            (scheme, rest.get(3..).unwrap_or_default())
        }
        _ => (&b""[..], url),
    };
    let end = memchr::memchr3(b'/', b'?', b'#', rest).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, b""));
    let authority = match memchr::memrchr(b'@', authority) {
        Some(at) => authority.get(at + 1..).unwrap_or_default(),
        None => authority,
    };
    let (host, named_port) = host_and_port(authority);
    let port = match (named_port, scheme) {
        (0, b"http") => 80,
        (0, b"https") => 443,
        (port, _) => port,
    };
    let (path, query) = path_and_query(tail);
    UrlParts { host, port, path, query }
}

/// Cuts a request target at its `?`, the fragment dropped.
pub(crate) fn path_and_query(target: &[u8]) -> (&[u8], &[u8]) {
    let target = before(target, b'#');
    split_once(target, b'?').unwrap_or((target, b""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_is_pushed_for_what_it_names_and_for_what_it_went_to() {
        let check = |host: &str, to: &str, expected: &[(&str, &str, u16)]| {
            let sent = Contact { address: to.as_bytes(), port: 3128, ..Contact::default() };
            let mut seen = Vec::new();
            push_request(host.as_bytes(), 443, &sent, &mut |it| {
                let text = |it: &[u8]| String::from_utf8(it.to_vec()).unwrap();
                seen.push((text(it.name), text(it.address), it.port));
            });
            let seen: Vec<_> = seen.iter().map(|it| (it.0.as_str(), it.1.as_str(), it.2)).collect();
            assert_eq!(seen, expected, "{host} {to}");
        };
        check("a.example", "10.0.0.9", &[("a.example", "10.0.0.9", 3128)]);
        check("a.example", "", &[("a.example", "", 3128)]);
        check("203.0.113.66", "203.0.113.66", &[("", "203.0.113.66", 3128)]);
        check("203.0.113.66", "", &[("", "203.0.113.66", 3128)]);
        let both = [("", "203.0.113.66", 443), ("", "10.0.0.9", 3128)];
        check("203.0.113.66", "10.0.0.9", &both);
        check("", "10.0.0.9", &[("", "10.0.0.9", 3128)]);
    }

    proptest! {
        #[test]
        fn dotted_decimal_is_what_its_bytes_say(text in "[0-9.]{0,20}([0-9./:a\u{e9}-])?[0-9.]{0,20}") {
            let bytes = text.as_bytes();
            let is_right = |b: &u8| b.is_ascii_digit() || *b == b'.';
            let slow = bytes.iter().all(is_right) && bytes.contains(&b'.');
            prop_assert_eq!(has_dots_and_digits(bytes), slow);
        }
    }

    #[test]
    fn urls_are_cut_into_their_parts() {
        let check = |url: &str, host: &str, port: u16, path: &str, query: &str| {
            let parts = url_parts(url.as_bytes());
            let expected = UrlParts {
                host: host.as_bytes(),
                port,
                path: path.as_bytes(),
                query: query.as_bytes(),
            };
            assert_eq!(parts, expected, "{url}");
        };
        check("http://a.example/x?y=1#z", "a.example", 80, "/x", "y=1");
        check("https://a.example:8443", "a.example", 8443, "", "");
        check("a.example:443", "a.example", 443, "", "");
        check("https://u:p@a.example/", "a.example", 443, "/", "");
        check("http://[2001:db8::1]:81/x", "2001:db8::1", 81, "/x", "");
        check("a.example?u=http://b.example/", "a.example", 0, "", "u=http://b.example/");
        check("a.vn/?http://b.example/", "a.vn", 0, "/", "http://b.example/");
        check("a.vn/http://b.example/", "a.vn", 0, "/http://b.example/", "");
        check("", "", 0, "", "");
    }
}
