//! The address of a portal, checked before anything is sent there.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::SendError;

/// Where sightings go, from the address of a portal as a person gives it.
///
/// # Errors
/// [`SendError::Address`] when it is none, or plain HTTP to another machine: the token and the
/// unit's addresses would be readable on the way.
pub(crate) fn sightings_of(address: &str) -> Result<Uri, SendError> {
    call_of(address, "sightings")
}

/// Where a call of the API goes, from the address of a portal as a person gives it.
pub(crate) fn call_of(address: &str, call: &str) -> Result<Uri, SendError> {
    let refused = |reason| SendError::Address { address: shown(address), reason };
    let uri = checked(address).map_err(refused)?;
    let scheme = uri.scheme_str().unwrap_or_default();
    let base = uri.path().trim_end_matches('/');
    let base = base.strip_suffix("/api/v1").unwrap_or(base);
    let authority = uri.authority().map_or("", |it| it.as_str());
    format!("{scheme}://{authority}{base}/api/v1/{call}")
        .parse()
        .map_err(|_| refused("it is no web address"))
}

/// A web address to which something may be sent; or what is wrong with it.
pub(crate) fn checked(address: &str) -> Result<Uri, &'static str> {
    let uri: Uri = address.trim().parse().map_err(|_| "it is no web address")?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or("it has no host name")?;
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err("it carries a user name: give the token instead");
    }
    match uri.scheme_str().unwrap_or_default() {
        "https" => Ok(uri),
        "http" if is_loopback(host) => Ok(uri),
        "http" => Err("plain http is for this machine alone: use https"),
        _ => Err("it must begin with https://"),
    }
}

/// Whether requests to the host stay on this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// An address that something is fetched from.
pub(crate) fn fetched_from(address: &str) -> Result<Uri, SendError> {
    checked(address).map_err(|reason| SendError::Address { address: shown(address), reason })
}

/// An address as it may stand in a message: without what stands before an `@`.
fn shown(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{rest}").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sightings_go_to_one_place_however_the_address_is_given() {
        let check = |address: &str, expected: &str| {
            let found = sightings_of(address).map(|it| it.to_string());
            assert_eq!(found.unwrap(), expected, "{address}");
        };
        check("https://portal.example", "https://portal.example/api/v1/sightings");
        check("https://portal.example/", "https://portal.example/api/v1/sightings");
        check(" https://portal.example/api/v1 ", "https://portal.example/api/v1/sightings");
        check(
            "https://example.vn:8443/lamsach/",
            "https://example.vn:8443/lamsach/api/v1/sightings",
        );
        check("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v1/sightings");
        check("http://localhost:8080", "http://localhost:8080/api/v1/sightings");
        check("http://[::1]:8080", "http://[::1]:8080/api/v1/sightings");
    }

    #[test]
    fn plain_http_and_other_addresses_are_refused_without_their_secrets() {
        let check = |address: &str| {
            let error = sightings_of(address).unwrap_err();
            assert!(matches!(error, SendError::Address { .. }), "{address}");
            assert!(!error.to_string().contains("geheim"), "{error}");
        };
        check("http://portal.example");
        check("http://192.0.2.1");
        check("http://127.0.0.1.portal.example");
        check("http://localhost.example");
        check("https://user:geheim@portal.example");
        check("http://user:geheim@portal.example");
        check("ftp://portal.example");
        check("portal.example");
        check("/api");
        check("");
    }
}
