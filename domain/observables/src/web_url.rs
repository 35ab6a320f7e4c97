//! URLs as indicators: host, port and the start of a path.

use std::fmt;
use std::net::IpAddr;

use crate::address::parse_port;
use crate::{DomainName, DomainNameError, parse_address};

/// The longest path kept, in bytes.
const LONGEST_PATH: usize = 2048;

/// The host of a URL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A name.
    Name(DomainName),
    /// An address.
    Address(IpAddr),
}

/// A URL as an indicator: it covers every URL of its host and port whose path is its path or goes
/// on behind it at a boundary.
///
/// Scheme, user, query and fragment are dropped: logs of `CONNECT` and TLS do not have them, and a
/// query is often a victim's token. The path keeps its case and its percent signs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebUrl {
    /// Where.
    pub host: Host,
    /// Port, when the URL names one.
    pub port: Option<u16>,
    /// Path with its leading `/`.
    pub path: Box<str>,
}

/// Why a text is not a URL with a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebUrlError {
    /// A path alone would match on every host.
    #[error("the URL has no host")]
    NoHost,
    /// The host is neither a name nor an address.
    #[error("the host of the URL is neither a name nor an address")]
    Host(#[source] DomainNameError),
    /// The port is not 1–65535.
    #[error("the port of the URL is not 1-65535")]
    Port,
    /// A path of more than 2,048 bytes, or with spaces or control characters.
    #[error("the path of the URL is too long or has spaces")]
    Path,
}

impl WebUrl {
    /// Reads `scheme://host:port/path`, with or without the scheme.
    pub fn parse(text: &str) -> Result<Self, WebUrlError> {
        let rest = without_scheme(text);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        if authority.is_empty() {
            return Err(WebUrlError::NoHost);
        }
        let (host, port) = split_port(authority)?;
        let host = match parse_address(host) {
            Ok(address) => Host::Address(address),
            Err(_) => Host::Name(DomainName::parse(host.as_bytes()).map_err(WebUrlError::Host)?),
        };
        let path = tail.split(['?', '#']).next().unwrap_or_default();
        let path = if path.is_empty() { "/" } else { path };
        if path.len() > LONGEST_PATH || path.bytes().any(|b| b <= b' ' || b == 0x7f) {
            return Err(WebUrlError::Path);
        }
        Ok(Self { host, port, path: path.into() })
    }
}

impl WebUrl {
    /// `192.0.2.0/24` is a network: the URL of that address and path needs its scheme to be read as
    /// what it is.
    fn looks_like_a_network(&self) -> bool {
        let path = self.path.strip_prefix('/').unwrap_or_default();
        let is_number = !path.is_empty() && path.bytes().all(|b| b.is_ascii_digit());
        is_number && self.port.is_none() && matches!(self.host, Host::Address(_))
    }
}

/// Whether the path of an indicator covers a path that was asked for: the same, or the asked one
/// goes on at a boundary. `/a` covers `/a` and `/a/b`, not `/ab`; `/a/` covers all below it.
pub fn path_covers(indicator: &[u8], asked: &[u8]) -> bool {
    let Some(rest) = asked.strip_prefix(indicator) else { return false };
    indicator.ends_with(b"/") || matches!(rest.first(), None | Some(b'/' | b'?' | b'#' | b';'))
}

/// What stands behind `scheme://`. In `evil.example/?u=http://good.example` the `://` is of the
/// query: what stands before it is no scheme (RFC 3986 section 3.1).
fn without_scheme(text: &str) -> &str {
    let is_scheme =
        |it: &str| it.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    match text.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => text,
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), WebUrlError> {
    if authority.starts_with('[') {
        return match authority.split_once(']') {
            Some((_, "")) => Ok((authority, None)),
            Some((address, port)) => {
                let port = port.strip_prefix(':').and_then(parse_port).ok_or(WebUrlError::Port)?;
                Ok((address.strip_prefix('[').unwrap_or(address), Some(port)))
            }
            None => Err(WebUrlError::Port),
        };
    }
    match authority.split_once(':') {
        None => Ok((authority, None)),
        Some((host, port)) => Ok((host, Some(parse_port(port).ok_or(WebUrlError::Port)?))),
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.looks_like_a_network() {
            f.write_str("http://")?;
        }
        match &self.host {
            Host::Name(name) => name.fmt(f)?,
            Host::Address(IpAddr::V4(address)) => address.fmt(f)?,
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]")?,
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_host_port_and_path() {
        let check = |text: &str, expected: Result<&str, WebUrlError>| {
            let read = WebUrl::parse(text).map(|url| url.to_string());
            assert_eq!(read, expected.map(str::to_owned), "{text}");
        };
        check("http://Evil.Example/Gate.php?id=1#x", Ok("evil.example/Gate.php"));
        check("evil.example/gate", Ok("evil.example/gate"));
        check("https://evil.example", Ok("evil.example/"));
        check("https://user:pw@evil.example:8443/a", Ok("evil.example:8443/a"));
        check("http://192.0.2.1/x", Ok("192.0.2.1/x"));
        check("http://[2001:db8::1]:81/x", Ok("[2001:db8::1]:81/x"));
        check("http://192.0.2.0/24", Ok("http://192.0.2.0/24"));
        check("evil.example/go?u=http://good.example/", Ok("evil.example/go"));
        check("evil.example/http://good.example/", Ok("evil.example/http://good.example/"));
        check("http://192.0.2.0:80/24", Ok("192.0.2.0:80/24"));
        check("/gate.php", Err(WebUrlError::NoHost));
        check("http:///gate.php", Err(WebUrlError::NoHost));
        check("http://evil/x", Err(WebUrlError::Host(DomainNameError::SingleLabel)));
        check("http://evil.example:0/x", Err(WebUrlError::Port));
        check("http://evil.example/a b", Err(WebUrlError::Path));
    }

    #[test]
    fn a_path_covers_what_goes_on_at_a_boundary() {
        let check = |indicator: &str, asked: &str, expected| {
            assert_eq!(path_covers(indicator.as_bytes(), asked.as_bytes()), expected, "{asked}");
        };
        check("/a", "/a", true);
        check("/a", "/a/b", true);
        check("/a", "/a?x=1", true);
        check("/a", "/ab", false);
        check("/a", "/", false);
        check("/a/", "/a/b", true);
        check("/a/", "/a", false);
        check("/", "/anything", true);
        check("/A", "/a", false);
    }
}
