//! Looking back: which devices contacted an address before it was known to be malicious.
//!
//! While a log is matched, a [`SideCarBuilder`] takes in every contact, and writes at the end what a
//! later search needs: each contacted name and address, by which device, first and last time, how
//! often, and where in the log it first stood. The result is a few per cent of the log. A
//! [`SideCar`] answers new indicators without reading the log again; the line itself is read from
//! the log at the offset given, where the log still is.
//!
//! ```
//! use contacts::{Contact, Outcome};
//! use hunting::{About, Questions, SideCar, SideCarBuilder};
//! use indicators::{Indicator, Scope};
//! use observables::Observable;
//!
//! let mut builder = SideCarBuilder::default();
//! let contact = Contact {
//!     device: b"10.0.0.7",
//!     name: b"www.Evil.example.",
//!     outcome: Outcome::DnsQueried,
//!     ..Contact::default()
//! };
//! builder.add(&contact, None, 4096);
//! let bytes = builder.finish(&About { log: "dns.log".to_owned(), ..About::default() });
//!
//! let side_car = SideCar::open(bytes)?;
//! let evil = Indicator {
//!     observable: Observable::parse("evil.example")?,
//!     scope: Scope::Subdomains,
//!     family: None,
//!     valid_until: None,
//! };
//! let traces = side_car.find(&Questions::new(&[evil]))?;
//! assert_eq!(traces[0].device, "10.0.0.7");
//! assert_eq!((traces[0].destination.as_str(), traces[0].offset), ("www.evil.example", 4096));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What it deliberately does not do: open files, keep paths and query strings (a URL is found by its
//! host, and the log has to be read again), keep who knocked from outside.

mod builder;
mod bytes;
mod filter;
mod key;
mod search;
mod side_car;

pub use builder::SideCarBuilder;
pub use search::{Questions, Trace};
pub use side_car::{About, SideCar, SideCarError};
