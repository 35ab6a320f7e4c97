//! Which device an address was, at a moment.
//!
//! DHCP leases and logs, neighbour tables and inventories are read into dated claims
//! ([`NamesBuilder::read`]); [`Names`] tells which device held an address when, what it is called,
//! who says so and how sure that is. One address held by two devices one after the other is two
//! devices, and the same device under a renewed lease is one.
//!
//! ```
//! use contacts::TimeReading;
//! use jiff::{Timestamp, tz::TimeZone};
//! use naming::NamesBuilder;
//!
//! let leases = b"1795780722 02:00:5e:10:00:a2 192.0.2.10 may-van-thu *\n";
//! let written = Some("2026-11-27T00:00:00Z".parse::<Timestamp>().unwrap());
//! let mut builder = NamesBuilder::new(None);
//! builder.read(leases, &TimeReading { zone: TimeZone::UTC, written });
//! let names = builder.build();
//! let at = "2026-11-27T08:00:00Z".parse().ok();
//! let claim = names.resolve("192.0.2.10".parse().unwrap(), at).unwrap();
//! assert_eq!(names.describe(claim.device).name.unwrap(), "may-van-thu");
//! ```
//!
//! What it deliberately does not do: open files, know the time, look names up in a network. How
//! claims are weighed: decision 15. Which machines stand for others: decision 33.

mod builder;
mod formats;
mod holdings;
mod identity;
mod intermediary;
mod mac;
mod names;
mod report;

#[cfg(test)]
mod tests;

pub use builder::NamesBuilder;
pub use formats::NamesFormat;
pub use identity::host_key;
pub use intermediary::{Block, Intermediary, NotABlock, Roles, ToldBy};
pub use mac::Mac;
pub use names::{Claim, Confidence, DeviceFacts, DeviceNumber, Holder, Names, Source, Who};
pub use report::{NamesProblem, NamesReport, Reason, Refused};
