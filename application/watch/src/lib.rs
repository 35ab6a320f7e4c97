//! Watching: logs that are being written and messages that are sent, matched as they come.
//!
//! [`watch`] is the one function. [`Input`]s read, each in a thread of its own, match with the same
//! engine as a run over finished logs, and hand what they found to the [`Desk`]. What the desk holds
//! is written to the spool before anybody hears of it ([`Ledger`]); then it goes to whoever listens
//! ([`Observer`]) and to the portal ([`Portal`]).
//!
//! What is passed on of a day and an input is always the whole of it so far, under one name: sending it
//! again, after any failure or kill, changes nothing, and nothing is counted twice. The spool is
//! therefore no queue: what was not sent yet is in it once, in its last state.
//!
//! What it deliberately does not do: speak HTTP, print, read settings.

mod desk;
mod event;
mod hook;
mod inputs;
mod ledger;
mod reload;
mod run;
mod tally;

pub use desk::{Desk, Status};
pub use event::{Event, EventKind, Note};
pub use hook::Webhook;
pub use inputs::{
    FileInput, FlowInput, Input, InterfaceInput, LogFormat, SinkholeInput, SyslogInput,
};
pub use ledger::{Ledger, LedgerError, Source, SourceKey};
pub use listeners::TurnedAway;
pub use reload::{Lists, Loaded};
pub use run::{Delivery, Observer, Portal, Receivers, Settings, watch};
pub use tally::Tally;
