//! Addresses, networks and endpoints.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Why a text is not an address, a network or an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not four numbers of 0–255 nor an IPv6 address.
    #[error("not an IP address")]
    Address,
    /// A zone (`%eth0`) means one machine's link and nobody else's.
    #[error("an address with a zone means something on one machine only")]
    Zone,
    /// The part behind the slash is not a length that fits.
    #[error("the prefix length does not fit the address")]
    PrefixLength,
    /// The part behind the colon is not a port of 1–65535.
    #[error("not a port of 1-65535")]
    Port,
}

/// Reads an address, in brackets or not; an IPv4-mapped IPv6 address is the IPv4 address.
///
/// Numbers with leading zeroes are refused: some programs read them as octal.
pub fn parse_address(text: &str) -> Result<IpAddr, AddressError> {
    let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
    if inner.contains('%') {
        return Err(AddressError::Zone);
    }
    inner.parse::<IpAddr>().map(|address| address.to_canonical()).map_err(|_| AddressError::Address)
}

/// A block of addresses with its host bits cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(IpNet);

impl Network {
    /// Reads `address/length`. Host bits that are set are cleared: lists write `192.0.2.7/24` and
    /// mean the block. A block of IPv4-mapped addresses is the IPv4 block.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (address, length) = text.split_once('/').ok_or(AddressError::PrefixLength)?;
        let is_number = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
        let length: u8 =
            if is_number { length.parse().ok() } else { None }.ok_or(AddressError::PrefixLength)?;
        let inner = address.trim_matches(['[', ']']);
        if inner.contains('%') {
            return Err(AddressError::Zone);
        }
        let address: IpAddr = inner.parse().map_err(|_| AddressError::Address)?;
        Self::new(address, length)
    }

    /// The block of this length around an address.
    pub fn new(address: IpAddr, length: u8) -> Result<Self, AddressError> {
        let network = match address {
            IpAddr::V4(address) => v4(address, length)?,
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(mapped) if length >= 96 => v4(mapped, length - 96)?,
                _ => v6(address, length)?,
            },
        };
        Ok(Self(network))
    }

    /// The first address.
    pub fn first(&self) -> IpAddr {
        self.0.network()
    }

    /// The last address.
    pub fn last(&self) -> IpAddr {
        self.0.broadcast()
    }

    /// Bits that all addresses of the block share.
    pub fn prefix_length(&self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether the block is one address.
    pub fn is_single_address(&self) -> bool {
        self.0.prefix_len() == self.0.max_prefix_len()
    }

    /// Whether an address, in normal form, stands in the block.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

fn v4(address: Ipv4Addr, length: u8) -> Result<IpNet, AddressError> {
    let network = Ipv4Net::new(address, length).map_err(|_| AddressError::PrefixLength)?;
    Ok(network.trunc().into())
}

fn v6(address: Ipv6Addr, length: u8) -> Result<IpNet, AddressError> {
    let network = Ipv6Net::new(address, length).map_err(|_| AddressError::PrefixLength)?;
    Ok(network.trunc().into())
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One port of one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The address, in normal form.
    pub address: IpAddr,
    /// The port, never 0.
    pub port: u16,
}

impl Endpoint {
    /// Reads `192.0.2.1:8080` or `[2001:db8::1]:8080`. An IPv6 address with a port needs its
    /// brackets: without them the port cannot be told from the last group.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (address, port) = text.rsplit_once(':').ok_or(AddressError::Port)?;
        let is_bracketed = address.starts_with('[') && address.ends_with(']');
        if address.contains(':') && !is_bracketed {
            return Err(AddressError::Address);
        }
        let address = parse_address(address)?;
        let port = parse_port(port).ok_or(AddressError::Port)?;
        Ok(Self { address, port })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            IpAddr::V4(address) => write!(f, "{address}:{}", self.port),
            IpAddr::V6(address) => write!(f, "[{address}]:{}", self.port),
        }
    }
}

/// A port of 1–65535 in decimal digits.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { text.parse().ok().filter(|port| *port != 0) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form() {
        let check = |text: &str, expected: Result<&str, AddressError>| {
            let read = parse_address(text).map(|address| address.to_string());
            assert_eq!(read, expected.map(str::to_owned), "{text}");
        };
        check("192.0.2.1", Ok("192.0.2.1"));
        check("::ffff:192.0.2.1", Ok("192.0.2.1"));
        check("[2001:DB8:0:0:0:0:0:1]", Ok("2001:db8::1"));
        check("192.0.2.01", Err(AddressError::Address));
        check("192.0.2.256", Err(AddressError::Address));
        check("192.0.2", Err(AddressError::Address));
        check("fe80::1%eth0", Err(AddressError::Zone));
    }

    #[test]
    fn networks_have_one_form() {
        let check = |text: &str, expected: Result<&str, AddressError>| {
            let read = Network::parse(text).map(|network| network.to_string());
            assert_eq!(read, expected.map(str::to_owned), "{text}");
        };
        check("192.0.2.7/24", Ok("192.0.2.0/24"));
        check("2001:db8::5/32", Ok("2001:db8::/32"));
        check("::ffff:192.0.2.0/120", Ok("192.0.2.0/24"));
        check("192.0.2.0/33", Err(AddressError::PrefixLength));
        check("192.0.2.0/", Err(AddressError::PrefixLength));
        check("192.0.2.0/+8", Err(AddressError::PrefixLength));
        check("192.0.2/24", Err(AddressError::Address));
    }

    #[test]
    fn endpoints_need_a_port() {
        let check = |text: &str, expected: Result<&str, AddressError>| {
            let read = Endpoint::parse(text).map(|endpoint| endpoint.to_string());
            assert_eq!(read, expected.map(str::to_owned), "{text}");
        };
        check("192.0.2.1:443", Ok("192.0.2.1:443"));
        check("[2001:db8::1]:443", Ok("[2001:db8::1]:443"));
        check("2001:db8::1:443", Err(AddressError::Address));
        check("192.0.2.1:0", Err(AddressError::Port));
        check("192.0.2.1:65536", Err(AddressError::Port));
    }
}
