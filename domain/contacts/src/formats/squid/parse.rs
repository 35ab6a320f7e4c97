//! One line of a Squid log.

use jiff::Timestamp;

use crate::fields::{is_address, push_request, split_once, url_parts};
use crate::scan::Pieces;
use crate::time;
use crate::{Contact, LineKind, Outcome};

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let mut words = Pieces::new(line, [b' ']).filter(|word| !word.is_empty());
    let mut next = || words.next().unwrap_or_default();
    let (time, elapsed, client, code, bytes) = (next(), next(), next(), next(), next());
    let (_method, url, _user, hierarchy) = (next(), next(), next(), next());
    let is_number = |it: &[u8]| {
        let digits = it.strip_prefix(b"-").unwrap_or(it);
        !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    };
    let is_ours = is_number(elapsed)
        && is_number(bytes)
        && time.iter().all(|b| b.is_ascii_digit() || *b == b'.')
        && time.contains(&b'.');
    let (Some((result, status)), true) = (split_once(code, b'/'), is_ours) else {
        return LineKind::NotParsed;
    };
    let Some((_, peer)) = split_once(hierarchy, b'/') else { return LineKind::NotParsed };
    let parts = url_parts(url);
    // A request that was none, or one to Squid itself.
    if url.starts_with(b"error:") || parts.host.is_empty() {
        return LineKind::Understood;
    }
    let (device, device_name) =
        if is_address(client) { (client, &b""[..]) } else { (&b""[..], client) };
    let sent = Contact {
        device,
        device_name,
        path: parts.path,
        query: parts.query,
        address: if is_address(peer) { peer } else { b"" },
        port: parts.port,
        time,
        outcome: outcome(result, status, hierarchy),
        ..Contact::default()
    };
    push_request(parts.host, 0, &sent, sink);
    LineKind::Understood
}

fn outcome(result: &[u8], status: &[u8], hierarchy: &[u8]) -> Outcome {
    let is_denied = result.ends_with(b"DENIED") || result.windows(7).any(|it| it == b"DENIED_");
    // Squid answered itself: nobody there, or it gave up.
    let has_failed = matches!(status, b"000" | b"0" | b"502" | b"503" | b"504");
    let is_unreached =
        has_failed || (result.starts_with(b"NONE") && hierarchy.starts_with(b"HIER_NONE"));
    if is_denied || is_unreached { Outcome::Attempted } else { Outcome::Connected }
}

/// Seconds since 1970 with milliseconds.
pub(crate) fn timestamp(text: &[u8]) -> Option<Timestamp> {
    time::epoch(text)
}
