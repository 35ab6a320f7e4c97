//! What is new, on its way to whoever wants to hear of it.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::desk::Desk;
use crate::event::{Event, EventKind, Note};
use crate::ledger::{Ledger, Source, SourceKey};
use crate::run::{Delivery, LONGEST_WAIT, Settings, TICK, locked};

/// So many sightings go into one message.
const TOGETHER: usize = 500;

/// Takes sightings as they are told, in messages of some hundreds: the same sighting may come again, and
/// then has the same id.
pub trait Webhook: Send {
    /// Posts them once.
    fn post(&mut self, events: &[Event]) -> Delivery;
}

/// Posts what is new at once, and what grew at intervals; what could not be posted is tried again for as
/// long as the ledger holds it. At the end, everything is tried once more.
pub(crate) fn post(
    settings: &Settings,
    desk: &Desk,
    ledger: &Mutex<Ledger>,
    mut webhook: Box<dyn Webhook>,
    is_kept: &AtomicBool,
) {
    let mut posted: HashMap<SourceKey, (u64, Instant)> = HashMap::new();
    let (mut wait, mut not_before) = (Duration::from_secs(1), Instant::now());
    let mut is_away = false;
    loop {
        let is_last = is_kept.load(Ordering::SeqCst);
        if is_last || Instant::now() >= not_before {
            let due: Vec<(SourceKey, u64, Vec<Event>)> = locked(ledger)
                .sources()
                .filter_map(|(key, source)| {
                    let (has, at) = posted.get(key).map_or((0, None), |it| (it.0, Some(it.1)));
                    let has = has.max(source.posted);
                    let is_rested = at.is_none_or(|at| at.elapsed() >= settings.interval);
                    let is_due = source.urgent > has || is_rested || is_last;
                    (is_due && source.revision > has)
                        .then(|| (key.clone(), source.revision, events(settings, key, source, has)))
                })
                .collect();
            for (key, revision, events) in due {
                let results = events.chunks(TOGETHER).map(|it| webhook.post(it));
                // The first that is not taken ends it: all of them are posted again.
                match results.into_iter().find(|it| *it != Delivery::Kept) {
                    None => {
                        desk.posted(key.clone(), revision);
                        posted.insert(key, (revision, Instant::now()));
                        wait = Duration::from_secs(1);
                        if std::mem::take(&mut is_away) {
                            desk.note(Note::WebhookBack);
                        }
                    }
                    Some(Delivery::Later(why) | Delivery::Refused(why)) => {
                        if !std::mem::replace(&mut is_away, true) {
                            desk.note(Note::WebhookAway(why));
                        }
                        not_before = Instant::now() + wait;
                        wait = (wait * 2).min(LONGEST_WAIT);
                        break;
                    }
                    Some(Delivery::Kept) => {}
                }
            }
        }
        if is_last {
            return;
        }
        thread::sleep(TICK);
    }
}

/// The sightings that changed after a revision, without the lines of evidence, which stay here.
fn events(settings: &Settings, key: &SourceKey, source: &Source, after: u64) -> Vec<Event> {
    let by = (settings.sensor.as_str(), settings.site.as_deref());
    let sightings = source.tally.sightings.iter();
    let changed = sightings.filter_map(|(name, sighting)| {
        let (first, last) = source.revisions.get(name).copied().unwrap_or_default();
        let kind = if first > after { EventKind::First } else { EventKind::Update };
        (last > after).then(|| Event::of(kind, by, key, sighting).without_line())
    });
    changed.collect()
}
