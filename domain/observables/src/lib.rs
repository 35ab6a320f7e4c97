//! Names, addresses, networks, URLs and hashes in one normal form each.
//!
//! Parse once, compare as values afterwards: a name is lower-case A-labels without a trailing dot,
//! an IPv4-mapped IPv6 address is the IPv4 address, a network has its host bits cleared, a URL is
//! host, port and path. [`Observable::parse`] also undoes the spellings people use to keep a
//! malicious address from being clicked (`hxxp://evil[.]example`).
//!
//! ```
//! use observables::{Observable, ObservableKind};
//!
//! let observable = Observable::parse("hxxps://Evil[.]Example./login").unwrap();
//! assert_eq!(observable.kind(), ObservableKind::Url);
//! assert_eq!(observable.to_string(), "evil.example/login");
//! assert_eq!(Observable::parse("::ffff:192.0.2.1").unwrap().to_string(), "192.0.2.1");
//! ```
//!
//! What it deliberately does not do: decide whether a value is malicious, look anything up.

mod address;
mod defang;
mod domain_name;
mod observable;
mod readable;
mod web_url;

pub use address::{AddressError, Endpoint, Network, parse_address};
pub use defang::refang;
pub use domain_name::{DomainName, DomainNameError};
pub use observable::{Observable, ObservableError, ObservableKind};
pub use readable::Readable;
pub use web_url::{Host, WebUrl, WebUrlError, path_covers};
