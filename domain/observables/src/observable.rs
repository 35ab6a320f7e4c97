//! Anything an indicator can be.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::{
    AddressError, DomainName, DomainNameError, Endpoint, Network, WebUrl, WebUrlError,
    parse_address, refang,
};

/// Anything an indicator can be, in its normal form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observable {
    /// A domain name.
    Domain(DomainName),
    /// One address, any port.
    Address(IpAddr),
    /// One port of one address.
    Endpoint(Endpoint),
    /// A block of addresses; never a single one.
    Network(Network),
    /// A host with the start of a path.
    Url(WebUrl),
}

/// What an observable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObservableKind {
    /// A domain name.
    Domain,
    /// One address.
    Address,
    /// One port of one address.
    Endpoint,
    /// A block of addresses.
    Network,
    /// A URL.
    Url,
}

impl ObservableKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Domain, Self::Address, Self::Endpoint, Self::Network, Self::Url];

    /// The code used in outputs: `domain`, `ip`, `ip-port`, `network`, `url`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Address => "ip",
            Self::Endpoint => "ip-port",
            Self::Network => "network",
            Self::Url => "url",
        }
    }
}

impl fmt::Display for ObservableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a text is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObservableError {
    /// Nothing there.
    #[error("nothing there")]
    Empty,
    /// A URL without a host would match on every host.
    #[error("a URL without a host")]
    UrlWithoutHost,
    /// It looks like an address.
    #[error(transparent)]
    Address(AddressError),
    /// It looks like a URL.
    #[error(transparent)]
    Url(WebUrlError),
    /// It is not a domain name, nor anything else.
    #[error(transparent)]
    Domain(DomainNameError),
}

impl Observable {
    /// Reads one value, disguised or not, and finds out what it is.
    pub fn parse(text: &str) -> Result<Self, ObservableError> {
        let plain = refang(text);
        let text: &str = &plain;
        if text.is_empty() {
            return Err(ObservableError::Empty);
        }
        if text.starts_with('/') {
            return Err(ObservableError::UrlWithoutHost);
        }
        if let Ok(address) = parse_address(text) {
            return Ok(Self::Address(address));
        }
        if text.contains("://") {
            return url(text);
        }
        if let Some((before, after)) = text.split_once('/') {
            let is_length = !after.is_empty() && after.bytes().all(|b| b.is_ascii_digit());
            if is_length && parse_address(before).is_ok() {
                return network(text);
            }
            return url(text);
        }
        if let Some((before, after)) = text.rsplit_once(':') {
            if parse_address(before).is_ok() {
                return Endpoint::parse(text).map(Self::Endpoint).map_err(ObservableError::Address);
            }
            // A name with a port is a URL without a path: it says more than the name alone.
            let is_port = !after.is_empty() && after.bytes().all(|b| b.is_ascii_digit());
            return if is_port {
                url(text)
            } else {
                Err(ObservableError::Address(AddressError::Address))
            };
        }
        match DomainName::parse(text.as_bytes()) {
            Ok(name) => Ok(Self::Domain(name)),
            Err(DomainNameError::Numeric) => Err(ObservableError::Address(AddressError::Address)),
            Err(error) => Err(ObservableError::Domain(error)),
        }
    }

    /// What it is.
    pub fn kind(&self) -> ObservableKind {
        match self {
            Self::Domain(_) => ObservableKind::Domain,
            Self::Address(_) => ObservableKind::Address,
            Self::Endpoint(_) => ObservableKind::Endpoint,
            Self::Network(_) => ObservableKind::Network,
            Self::Url(_) => ObservableKind::Url,
        }
    }
}

fn url(text: &str) -> Result<Observable, ObservableError> {
    match WebUrl::parse(text) {
        Ok(url) => Ok(Observable::Url(url)),
        Err(WebUrlError::NoHost) => Err(ObservableError::UrlWithoutHost),
        Err(error) => Err(ObservableError::Url(error)),
    }
}

fn network(text: &str) -> Result<Observable, ObservableError> {
    let network = Network::parse(text).map_err(ObservableError::Address)?;
    if network.is_single_address() {
        Ok(Observable::Address(network.first()))
    } else {
        Ok(Observable::Network(network))
    }
}

impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(name) => name.fmt(f),
            Self::Address(address) => address.fmt(f),
            Self::Endpoint(endpoint) => endpoint.fmt(f),
            Self::Network(network) => network.fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

impl FromStr for Observable {
    type Err = ObservableError;

    fn from_str(text: &str) -> Result<Self, ObservableError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_told_apart() {
        let check = |text: &str, kind: &str, form: &str| {
            let observable = Observable::parse(text).unwrap();
            assert_eq!((observable.kind().code(), observable.to_string().as_str()), (kind, form));
        };
        check("evil.example", "domain", "evil.example");
        check("EVIL[.]example.", "domain", "evil.example");
        check("192.0.2.1", "ip", "192.0.2.1");
        check("192.0.2.1/32", "ip", "192.0.2.1");
        check("::ffff:192.0.2.1", "ip", "192.0.2.1");
        check("2001:db8::1", "ip", "2001:db8::1");
        check("192.0.2.1:8080", "ip-port", "192.0.2.1:8080");
        check("[2001:db8::1]:53", "ip-port", "[2001:db8::1]:53");
        check("192.0.2.0/24", "network", "192.0.2.0/24");
        check("hxxp://evil.example/a", "url", "evil.example/a");
        check("evil.example/a", "url", "evil.example/a");
        check("192.0.2.1/gate.php", "url", "192.0.2.1/gate.php");
        check("evil.example:8080", "url", "evil.example:8080/");
    }

    #[test]
    fn what_is_none_of_them_says_why() {
        let check = |text: &str, expected| assert_eq!(Observable::parse(text), Err(expected));
        check("  ", ObservableError::Empty);
        check("/gate.php", ObservableError::UrlWithoutHost);
        check("192.0.2.300", ObservableError::Address(AddressError::Address));
        check("192.0.2.0/40", ObservableError::Address(AddressError::PrefixLength));
        check("192.0.2.1:99999", ObservableError::Address(AddressError::Port));
        check("com", ObservableError::Domain(DomainNameError::SingleLabel));
        check("not a name", ObservableError::Domain(DomainNameError::Character));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "[a-z0-9.:/\\[\\]-]{1,30}") {
            if let Ok(observable) = Observable::parse(&text) {
                prop_assert_eq!(Observable::parse(&observable.to_string()), Ok(observable));
            }
        }
    }
}
