//! What was seen, on its way to a portal.

use std::path::Path;

use http_client::{Client, Live, Log, LogResult, SendError};
use watch::{Delivery, Portal, Source, SourceKey};

use crate::commands::match_logs::{said, wire_sighting};

/// Sends to a portal.
pub(super) struct PortalClient {
    client: Client,
    sensor: String,
}

impl PortalClient {
    pub(super) fn new(client: Client, sensor: String) -> Self {
        // The watch tries again in its own time.
        Self { client: client.once(), sensor }
    }
}

impl Portal for PortalClient {
    fn send(&mut self, key: &SourceKey, source: &Source) -> Delivery {
        let tally = &source.tally;
        let log = Log {
            file: portal_name(&key.input),
            live: Some(Live {
                sensor: self.sensor.clone(),
                day: key.day.to_string(),
                revision: source.revision,
                dropped: tally.dropped,
            }),
            format: tally.format.clone(),
            lines_read: tally.lines_read,
            lines_matched: tally.lines_matched,
            lines_not_parsed: tally.lines_not_parsed,
            is_whole: tally.is_whole(),
            days: tally.days.iter().map(ToString::to_string).collect(),
            ..Log::default()
        };
        let sightings = tally.sightings.values().cloned().map(wire_sighting).collect();
        let mut unlisted = 0;
        let sent = self.client.send(&[LogResult { log, sightings }], |kept| {
            unlisted = kept.unlisted.len();
        });
        match sent {
            Ok(()) => Delivery::Kept,
            Err(error) if may_pass(&error) => Delivery::Later(format!("{:#}", said(&error))),
            Err(error) => Delivery::Refused(format!("{:#}", said(&error))),
        }
    }
}

/// Whether waiting may help: what the portal's administrator or its unit can mend goes on waiting.
fn may_pass(error: &SendError) -> bool {
    !matches!(error, SendError::Refused(_) | SendError::TooLarge { .. })
}

/// The name of an input as a portal knows it: of a file its own name and that of its folder, the rest is
/// this machine's own.
pub(super) fn portal_name(input: &str) -> String {
    let path = Path::new(input);
    if !path.is_absolute() {
        return input.to_owned();
    }
    let parts: Vec<_> = path.iter().map(|it| it.to_string_lossy()).collect();
    let last = parts.len().saturating_sub(2).max(1);
    parts.get(last..).unwrap_or_default().join("/")
}
