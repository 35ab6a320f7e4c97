//! The head of an HTTP/1 request: RFC 9112.

use std::net::IpAddr;

use memchr::memchr;

use crate::fields::{UrlParts, host_and_port, path_and_query, url_parts};

/// The longest head that is waited for.
pub(crate) const LONGEST_HEAD: usize = 16 << 10;

const METHODS: [&[u8]; 9] = [
    b"GET ",
    b"POST ",
    b"HEAD ",
    b"PUT ",
    b"CONNECT ",
    b"OPTIONS ",
    b"DELETE ",
    b"PATCH ",
    b"TRACE ",
];

/// A request: who is asked for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request<'p> {
    /// Name or address of the server; empty when the request names none.
    pub(crate) host: &'p [u8],
    /// 0 when the request names none.
    pub(crate) port: u16,
    pub(crate) path: &'p [u8],
    pub(crate) query: &'p [u8],
    /// It is meant for a proxy, which makes the connection.
    pub(crate) is_proxied: bool,
    /// Whom a proxy passed it on for.
    pub(crate) forwarded_for: Option<IpAddr>,
    /// How long the head is.
    pub(crate) length: usize,
}

/// What the start of a client's bytes says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head<'p> {
    Request(Request<'p>),
    /// More bytes are needed.
    Short,
    /// Something else.
    None,
}

/// Whether bytes begin as a request does.
#[inline]
pub(crate) fn may_be_request(bytes: &[u8]) -> bool {
    // No other byte need be looked at in most packets.
    matches!(bytes, [b'C' | b'D' | b'G' | b'H' | b'O' | b'P' | b'T', b'A'..=b'U', ..])
        && METHODS.iter().any(|method| bytes.starts_with(method))
}

/// Reads a request's head. The `Host` line may be missing (HTTP/1.0).
pub(crate) fn request(bytes: &[u8]) -> Head<'_> {
    let bytes = bytes.get(..LONGEST_HEAD).unwrap_or(bytes);
    let short = if bytes.len() < LONGEST_HEAD { Head::Short } else { Head::None };
    let Some((line, mut rest)) = line(bytes) else { return short };
    let mut words = line.split(|b| *b == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Head::None;
    };
    if !version.starts_with(b"HTTP/1.") {
        return Head::None;
    }
    let mut host: &[u8] = b"";
    let mut forwarded_for = None;
    loop {
        let Some((header, after)) = self::line(rest) else { return short };
        rest = after;
        if header.is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_at_checked(5)
            && name.eq_ignore_ascii_case(b"host:")
            && host.is_empty()
        {
            host = value.trim_ascii();
        }
        if header.first().is_some_and(|it| it.eq_ignore_ascii_case(&b'x'))
            && forwarded_for.is_none()
        {
            forwarded_for = first_forwarded(header);
        }
    }
    let length = bytes.len() - rest.len();
    let is_for_server = target.starts_with(b"/") || target == b"*";
    let parts = if is_for_server {
        let (path, query) = path_and_query(target);
        let (host, port) = host_and_port(host);
        let path = if target == b"*" { b"" } else { path };
        UrlParts { host, port, path, query }
    } else if method == b"CONNECT" {
        let (host, port) = host_and_port(target);
        UrlParts { host, port, path: b"", query: b"" }
    } else {
        url_parts(target)
    };
    let UrlParts { host, port, path, query } = parts;
    let is_proxied = !is_for_server;
    Head::Request(Request { host, port, path, query, is_proxied, forwarded_for, length })
}

/// The first address of an `X-Forwarded-For` line.
fn first_forwarded(header: &[u8]) -> Option<IpAddr> {
    let (name, value) = header.split_at_checked(16)?;
    let is_it = name.eq_ignore_ascii_case(b"x-forwarded-for:");
    let value = value.split(|b| *b == b',').next().filter(|_| is_it)?;
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

/// The first line, without its end, and what is behind it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = bytes.split_at_checked(memchr(b'\n', bytes)?)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_to_servers_and_proxies() {
        let check = |head: &str, host: &str, port: u16, path: &str, query: &str, is_proxied| {
            let bytes = format!("{head}GET body");
            let expected = Request {
                host: host.as_bytes(),
                port,
                path: path.as_bytes(),
                query: query.as_bytes(),
                is_proxied,
                forwarded_for: None,
                length: head.len(),
            };
            assert!(may_be_request(head.as_bytes()));
            assert_eq!(request(bytes.as_bytes()), Head::Request(expected), "{head}");
            for length in 0..head.len() {
                assert_eq!(request(&bytes.as_bytes()[..length]), Head::Short, "{head} {length}");
            }
        };
        check(
            "GET /a?b=c#d HTTP/1.1\r\nHost: A.example\r\n\r\n",
            "A.example",
            0,
            "/a",
            "b=c",
            false,
        );
        check(
            "POST / HTTP/1.1\r\nX: y\r\nhOST:a.example:81 \r\n\r\n",
            "a.example",
            81,
            "/",
            "",
            false,
        );
        check("GET /a HTTP/1.0\n\n", "", 0, "/a", "", false);
        check("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", "a.example", 0, "", "", false);
        check("CONNECT a.example:443 HTTP/1.1\r\n\r\n", "a.example", 443, "", "", true);
        check(
            "GET http://a.example/x HTTP/1.1\r\nHost: b.example\r\n\r\n",
            "a.example",
            80,
            "/x",
            "",
            true,
        );
        check(
            "GET / HTTP/1.1\r\nHost: [2001:db8::7]:81\r\n\r\n",
            "2001:db8::7",
            81,
            "/",
            "",
            false,
        );
    }

    #[test]
    fn what_is_no_request_is_told() {
        let check = |bytes: &str| assert_eq!(request(bytes.as_bytes()), Head::None, "{bytes}");
        check("GET it\r\n\r\n");
        check("GET / RTSP/1.0\r\n\r\n");
        check("GET / and more HTTP/1.1\r\n\r\n");
        check(&format!("GET /{} HTTP/1.1\r\n", "a".repeat(LONGEST_HEAD)));
        assert!(!may_be_request(b"GETTING"));
        assert!(!may_be_request(b"\x16\x03\x01"));
        assert!(!may_be_request(b"G"));
    }
}
