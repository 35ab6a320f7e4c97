//! Sends what a unit's program saw to a portal, and to a webhook.
//!
//! [`Client::send`] posts the results of logs, without log lines, in messages of bounded size. A
//! message that meets a failing network or server is sent again a few times, which is safe: the
//! portal knows a log by its SHA-256. What the portal refuses is never sent again.
//!
//! ```no_run
//! use http_client::{Client, Settings};
//!
//! let client = Client::new(Settings {
//!     address: "https://portal.example".to_owned(),
//!     token: "lmst_…".to_owned(),
//!     site: "Trụ sở chính".to_owned(),
//!     ..Settings::default()
//! })?;
//! client.send(&[], |kept| drop(kept))?;
//! # Ok::<(), http_client::SendError>(())
//! ```
//!
//! What it deliberately does not do: follow redirects (a token goes to the address it was given
//! for), speak plain HTTP to anything but this machine, read logs, show anything.

mod address;
mod batches;
mod client;
mod error;
mod scans;
mod webhook;
mod wire;

pub use client::{Client, Settings};
pub use error::{Refusal, SendError};
pub use scans::{KeptScan, fetch, send_scan};
pub use webhook::{Webhook, WebhookError};
pub use wire::{Evidence, KeptLog, Live, Log, LogResult, Sighting, Status};
