//! A seeded, invented world with known truth: indicator lists, logs, units.
//!
//! [`Targets`] are indicators that the logs of [`write_log`] talk to, [`Fillers`] any number of
//! indicators around them, and a [`Truth`] says what a check must find: whole sightings, among
//! planted near misses of every kind that must stay unfound. The same seed gives the same bytes on
//! every machine.
//!
//! ```
//! use jiff::{SignedDuration, tz::Offset};
//! use simulation::{LogKind, LogSettings, Targets, Truth, write_log};
//!
//! let settings = LogSettings {
//!     seed: 1,
//!     start: "2026-11-02T00:00:00Z".parse().unwrap(),
//!     span: SignedDuration::from_hours(24),
//!     offset: Offset::constant(7),
//!     devices: 50,
//!     infected_devices: 3,
//!     lines: 1000,
//!     planted_per_100k: 2000,
//! };
//! let (mut truth, mut log) = (Truth::default(), Vec::new());
//! write_log(LogKind::Bind, &settings, &Targets::demo(1), &mut truth, &mut log).unwrap();
//! assert_eq!(truth.lines(), 1000);
//! assert!(truth.contacts() > 5 && truth.near_misses() > 0);
//! ```
//!
//! What it deliberately does not do: open files, know the matcher or the parsers it is a test of.

mod demo;
mod lists;
mod logs;
mod names;
mod random;
mod truth;
pub mod world;

pub use demo::{DemoUnit, demo_list, demo_log};
pub use lists::{Fillers, Targets};
pub use logs::{
    EventFile, FlowFile, LogKind, LogSettings, LoggedEvent, PlantKind, Wrapping, ZeekLog,
    ZeekWriter, event_log, write_capture, write_events, write_flows, write_log,
};
pub use random::Random;
pub use truth::{TrueSighting, TrueVerdict, Truth};
