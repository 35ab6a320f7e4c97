//! One request.

use jiff::Timestamp;
use memchr::memchr2;

use crate::fields::{before, host_and_port, is_address, path_and_query, split_once, url_parts};
use crate::scan::find_text;
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome};

/// Where the time's bracket opens at the latest: behind host, client and user.
const LATEST_TIME: usize = 400;

/// The parts of a line.
struct Request<'l> {
    /// The virtual host, or empty.
    host: &'l [u8],
    client: &'l [u8],
    time: &'l [u8],
    /// Request target; empty for what was no request.
    target: &'l [u8],
    status: &'l [u8],
    /// From the size on: `353 "referrer" "agent"`, and what a program adds.
    tail: &'l [u8],
    method: &'l [u8],
}

/// Reads a line of a proxy. A request for the proxy itself has no contact.
pub(crate) fn read_proxy<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let Some(request) = request(line) else { return LineKind::NotParsed };
    push_proxied(&request, sink);
    LineKind::Understood
}

fn push_proxied<'l>(request: &Request<'l>, sink: &mut impl FnMut(&Contact<'l>)) {
    if !is_for_elsewhere(request) {
        return;
    }
    let parts = url_parts(request.target);
    if parts.host.is_empty() {
        return;
    }
    let (device, device_name) = if is_address(request.client) {
        (request.client, &b""[..])
    } else {
        (&b""[..], request.client)
    };
    let (name, address) =
        if is_address(parts.host) { (&b""[..], parts.host) } else { (parts.host, &b""[..]) };
    sink(&Contact {
        device,
        device_name,
        name,
        path: parts.path,
        query: parts.query,
        address,
        port: parts.port,
        time: request.time,
        outcome: proxy_outcome(request),
        ..Contact::default()
    });
}

/// Reads a line of a web server.
pub(crate) fn read_server<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let Some(request) = request(line) else { return LineKind::NotParsed };
    // No web server writes this: among the lines of other programs stand those of a proxy.
    if squid_code(&request).is_some() {
        push_proxied(&request, sink);
        return LineKind::Understood;
    }
    let (device, device_name) = if is_address(request.client) {
        (request.client, &b""[..])
    } else {
        (&b""[..], request.client)
    };
    sink(&Contact {
        device,
        device_name,
        name: request.host,
        query: mentions(line, &request),
        time: request.time,
        outcome: Outcome::Inbound,
        ..Contact::default()
    });
    LineKind::Understood
}

/// Query string and referrer: from the one to the other where both are there.
fn mentions<'l>(line: &'l [u8], request: &Request<'l>) -> &'l [u8] {
    // A whole URL sent to a web server is a text that somebody wrote, host and all.
    let query = if request.target.starts_with(b"/") {
        path_and_query(request.target).1
    } else {
        request.target
    };
    let Some((_, referrer)) = split_once(request.tail, b'"') else { return query };
    let referrer = before(referrer, b'"');
    if referrer.is_empty() || referrer == b"-" {
        return query;
    }
    if query.is_empty() {
        return referrer;
    }
    let begin = query.as_ptr().addr() - line.as_ptr().addr();
    let end = referrer.as_ptr().addr() - line.as_ptr().addr() + referrer.len();
    line.get(begin..end).unwrap_or(query)
}

fn is_for_elsewhere(request: &Request<'_>) -> bool {
    request.method == b"CONNECT"
        || request.target.starts_with(b"http://")
        || request.target.starts_with(b"https://")
        || request.target.starts_with(b"ftp://")
}

/// `[host[:port] ]client ident user [time] "method target version" status size …`.
fn request(line: &[u8]) -> Option<Request<'_>> {
    let head = line.get(..LATEST_TIME).unwrap_or(line);
    // An IPv6 host has a bracket too.
    let is_open = |at: &usize| head.get(at.wrapping_sub(1)) == Some(&b' ');
    let open = memchr::memchr_iter(b'[', head).find(is_open)?;
    let (head, rest) = line.split_at_checked(open)?;
    let (time, rest) = split_once(rest.get(1..)?, b']')?;
    let is_time = matches!(time, [_, _, b'/', .., _, _] if time.get(11) == Some(&b':'));
    let rest = rest.strip_prefix(b" \"")?;
    if !is_time {
        return None;
    }
    // `client - user `, or `host client - user `; a user may hold spaces. Nobody asks for the
    // identity of RFC 1413 any more, and its `-` tells these words from a syslog header's.
    let (first, after) = split_once(head, b' ')?;
    let (second, after) = split_once(after, b' ')?;
    let (host, client) = match second {
        b"-" if !after.is_empty() => (&b""[..], first),
        _ if after.starts_with(b"- ") => (first, second),
        _ => return None,
    };
    let end = quoted_end(rest)?;
    let (quoted, rest) = rest.split_at_checked(end)?;
    let (status, tail) = split_once(rest.strip_prefix(b"\" ")?, b' ')?;
    if status.len() > 3 || !status.iter().all(|b| b.is_ascii_digit() || *b == b'-') {
        return None;
    }
    let (method, target) = match split_once(quoted, b' ') {
        Some((method, target)) => {
            // A target may hold spaces when the client sent them.
            let end = memchr::memrchr(b' ', target)
                .filter(|at| target.get(at + 1..).is_some_and(|it| it.starts_with(b"HTTP/")));
            (method, target.get(..end.unwrap_or(target.len())).unwrap_or(target))
        }
        None => (&b""[..], &b""[..]),
    };
    Some(Request { host: host_and_port(host).0, client, time, target, status, tail, method })
}

/// Where the closing quote stands; a backslash takes the byte behind it along.
fn quoted_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let found = at + memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(found) == Some(&b'"') {
            return Some(found);
        }
        at = found + 2;
    }
}

/// What Squid writes at the end: `TCP_MISS` and `HIER_DIRECT`.
fn squid_code<'l>(request: &Request<'l>) -> Option<(&'l [u8], &'l [u8])> {
    let tail = request.tail;
    let last = memchr::memrchr(b' ', tail).and_then(|at| tail.get(at + 1..)).unwrap_or(tail);
    let (result, hierarchy) = split_once(last, b':')?;
    // Anybody may end a quoted User-Agent with such words, but not without its mark.
    let is_code = |text: &[u8]| {
        let is_part = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
        !text.is_empty() && text.iter().all(is_part)
    };
    let is_squid = hierarchy.starts_with(b"HIER_") && is_code(result) && is_code(hierarchy);
    is_squid.then_some((result, hierarchy))
}

/// By Squid's code; of others by what a proxy answers itself when it does not let a request
/// through, or nobody is there.
fn proxy_outcome(request: &Request<'_>) -> Outcome {
    let has_failed = matches!(request.status, b"000" | b"0" | b"-" | b"502" | b"503" | b"504");
    let is_stopped = match squid_code(request) {
        Some((result, hierarchy)) => {
            find_text(result, b"DENIED").is_some()
                || (result.starts_with(b"NONE") && hierarchy.starts_with(b"HIER_NONE"))
        }
        // A tunnel stands with a 2xx; a server that is asked for one and is no proxy says 4xx.
        None if request.method == b"CONNECT" => !request.status.starts_with(b"2"),
        None => matches!(request.status, b"403" | b"407"),
    };
    if has_failed || is_stopped { Outcome::Attempted } else { Outcome::Connected }
}

/// `24/Nov/2026:08:00:01 +0700`.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    time::web_moment(text, reading)
}
