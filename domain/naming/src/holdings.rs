//! Which device a DHCP server gave an address to, and when it was over.

use jiff::Timestamp;

use crate::{DeviceNumber, Source};

/// Something a DHCP server did with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    pub(crate) device: DeviceNumber,
    pub(crate) source: Source,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Given, or renewed, until then.
    Granted {
        until: Timestamp,
        /// Whether the source says so; otherwise it is what servers of its kind do by themselves.
        is_told: bool,
    },
    /// Given back, or expired.
    Ended,
}

/// A device held an address from one moment up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) device: DeviceNumber,
    pub(crate) source: Source,
    pub(crate) from: Timestamp,
    /// Up to here it is sure.
    pub(crate) sure_until: Timestamp,
    /// It is over from here on.
    pub(crate) until: Timestamp,
}

impl Holding {
    /// Whether the device held the address then.
    pub(crate) fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// What events of one address, in the order they were read, come to: holdings in the order of time,
/// none of which overlaps another.
pub(crate) fn holdings(mut events: Vec<Event>) -> Vec<Holding> {
    // Of the same moment, what was read later is newer.
    events.sort_by_key(|it| it.at);
    let mut done = Vec::new();
    let mut open: Option<Holding> = None;
    for event in events {
        let Event { at, device, source, what } = event;
        let What::Granted { until, is_told } = what else {
            if let Some(held) =
                open.take_if(|it| it.device == device || device == DeviceNumber::MAX)
            {
                close(&mut done, held, at);
            }
            continue;
        };
        let sure_until = if is_told { until } else { at };
        match &mut open {
            // Renewed in time.
            Some(held) if held.device == device && at <= held.until => {
                if is_told {
                    (held.sure_until, held.until) = (until, until);
                } else {
                    held.sure_until = held.sure_until.max(at);
                    held.until = held.until.max(until);
                }
                held.source = held.source.min(source);
            }
            _ => {
                if let Some(held) = open.take() {
                    close(&mut done, held, at);
                }
                open = Some(Holding { device, source, from: at, sure_until, until });
            }
        }
    }
    if let Some(held) = open {
        let end = held.until;
        close(&mut done, held, end);
    }
    done
}

/// Ends a holding at a moment at the latest.
fn close(done: &mut Vec<Holding>, mut held: Holding, at: Timestamp) {
    held.until = held.until.min(at);
    held.sure_until = held.sure_until.min(held.until);
    if held.from < held.until {
        done.push(held);
    }
}
