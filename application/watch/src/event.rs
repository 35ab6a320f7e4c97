//! What is told while watching goes on.

use std::net::IpAddr;

use jiff::civil::Date;
use listeners::TurnedAway;
use matching::Sighting;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::ledger::SourceKey;
use crate::tally::key_of;

/// A sighting, and whether it is news.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Whether it is the first of its day.
    pub event: EventKind,
    /// The same for the same device and indicator, of one input, on one day: whoever hears it again
    /// takes the later counts for the earlier ones.
    pub id: String,
    /// Who watches.
    pub sensor: String,
    /// Of which place.
    pub site: Option<String>,
    /// Where it came from.
    pub input: String,
    /// The day on which it came.
    pub day: Date,
    /// What was seen on that day so far.
    #[serde(flatten)]
    pub sighting: Sighting,
}

/// Whether a sighting is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// The first contact of this device with this indicator on this day.
    First,
    /// More contacts since it was told last.
    Update,
}

impl Event {
    pub(crate) fn of(
        event: EventKind,
        (sensor, site): (&str, Option<&str>),
        key: &SourceKey,
        sighting: &Sighting,
    ) -> Self {
        let mut hash = Sha256::new();
        let day = key.day.to_string();
        let texts = [sensor, site.unwrap_or_default(), &key.input, &day, &key_of(sighting)];
        for text in texts {
            hash.update(text);
            hash.update([0]);
        }
        Self {
            event,
            id: hex::encode(hash.finalize()).chars().take(32).collect(),
            sensor: sensor.to_owned(),
            site: site.map(str::to_owned),
            input: key.input.clone(),
            day: key.day,
            sighting: sighting.clone(),
        }
    }

    /// The same without the line that proves it, which does not leave the machine.
    pub(crate) fn without_line(mut self) -> Self {
        self.sighting.evidence.line = String::new();
        self
    }
}

/// What happens besides sightings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Changed lists are used from now on.
    ListsChanged {
        /// How many indicators there are now.
        indicators: usize,
        /// From the moment the change was seen, in milliseconds.
        millis: u64,
    },
    /// Changed lists cannot be used: the old ones stay.
    ListsFailed(String),
    /// Changed files of names cannot be used: what they said before stays.
    NamesFailed(String),
    /// The portal cannot be reached or is busy: what is to be sent stays in the spool.
    PortalAway(String),
    /// The portal took what had waited.
    PortalBack,
    /// The portal refuses what was sent.
    PortalRefused(String),
    /// The webhook cannot be reached or does not take what is posted: it is tried again.
    WebhookAway(String),
    /// The webhook took what had waited.
    WebhookBack,
    /// An unknown part of an input is lost.
    Gap(String),
    /// A file to follow is not there yet: it is read from its first line once it is.
    InputAwaited {
        /// Which one.
        input: String,
    },
    /// An input ended.
    InputFailed {
        /// Which one.
        input: String,
        /// Why.
        why: String,
    },
    /// The server that questions are passed on to does not answer: whoever asks hears of a failure.
    ForwarderAway {
        /// Of which input.
        input: String,
    },
    /// It answers again.
    ForwarderBack {
        /// Of which input.
        input: String,
    },
    /// A sender was turned away; others may have been since the last such note.
    TurnedAway {
        /// By which input.
        input: String,
        /// Who.
        sender: IpAddr,
        /// Why.
        why: TurnedAway,
    },
    /// The spool cannot be written: what is seen is held in memory.
    SpoolFailed(String),
}
