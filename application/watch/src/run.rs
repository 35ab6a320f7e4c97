//! The watch itself: threads for inputs, one that keeps and tells, one for the portal, one for lists.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::{Timestamp, tz::TimeZone};
use matching::{Layers, Verdict};

use crate::desk::Desk;
use crate::event::{Event, EventKind, Note};
use crate::hook::{self, Webhook};
use crate::inputs::Input;
use crate::ledger::{Change, Ledger, Source, SourceKey};
use crate::reload::{Lists, Loaded};
use crate::{Status, tally};

/// What is found within so long is kept together: bounds how often the disk is waited for.
const TOGETHER: Duration = Duration::from_millis(50);
/// How long what holds no sighting may wait to be kept.
const QUIET: Duration = Duration::from_secs(1);
/// How often lists and the portal are looked at.
pub(crate) const TICK: Duration = Duration::from_millis(200);
/// Two messages to the portal are no closer than this.
const BETWEEN_MESSAGES: Duration = Duration::from_secs(1);
/// Waits after a failure double from one second up to this.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// How a watch is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who watches; a portal tells what comes from several by it.
    pub sensor: String,
    /// The place whose logs these are.
    pub site: Option<String>,
    /// Zone of days, and of logs that write local time.
    pub zone: TimeZone,
    /// How often what grew is told again.
    pub interval: Duration,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

/// Hears what happens. Called from one thread.
pub trait Observer: Sync {
    /// A sighting that is kept.
    fn event(&self, event: &Event);
    /// Something else.
    fn note(&self, note: &Note);
    /// A few times a second.
    fn status(&self, status: Status);
    /// Whether to end.
    fn is_stopping(&self) -> bool;
    /// Whether a person asked to read the lists again; asked about once.
    fn is_reload_asked(&self) -> bool;
}

/// What became of a message to the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The portal has it.
    Kept,
    /// It could not be sent now: why.
    Later(String),
    /// The portal does not take it: why.
    Refused(String),
}

/// Sends what was seen of an input on a day: the whole of it so far, which takes the place of what was
/// sent before.
pub trait Portal: Send {
    /// Sends it.
    fn send(&mut self, key: &SourceKey, source: &Source) -> Delivery;
}

/// Who gets what was seen, besides the observer.
pub type Receivers = (Option<Box<dyn Portal>>, Option<Box<dyn Webhook>>);

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches until the observer says so, or every input has ended. Everything found is kept, told and, as
/// far as the portal takes it now, sent before this returns; what was not sent stays in the ledger, which
/// is given back.
pub fn watch(
    settings: &Settings,
    layers: Layers,
    mut lists: Box<dyn Lists>,
    inputs: Vec<Box<dyn Input>>,
    (portal, webhook): Receivers,
    ledger: Ledger,
    observer: &dyn Observer,
) -> (Ledger, Status) {
    let desk = Desk::new(layers, settings.zone.clone(), settings.clock);
    look_at_names(&desk, &mut *lists, true);
    let ledger = Mutex::new(ledger);
    let has_portal = portal.is_some();
    let is_kept = AtomicBool::new(false);
    thread::scope(|scope| {
        let (desk, ledger, is_kept) = (&desk, &ledger, &is_kept);
        for input in inputs {
            desk.begin();
            scope.spawn(move || {
                let name = input.name().to_owned();
                if let Err(error) = input.run(desk) {
                    let why = error.to_string();
                    desk.note(Note::InputFailed { input: name, why });
                }
                desk.end();
            });
        }
        scope.spawn(move || {
            while !desk.is_stopping() {
                let must = observer.is_reload_asked();
                look_at_lists(desk, &mut *lists, must);
                look_at_names(desk, &mut *lists, must);
                thread::sleep(TICK);
            }
        });
        if let Some(portal) = portal {
            scope.spawn(move || deliver(desk, ledger, portal, settings.interval, is_kept));
        }
        if let Some(webhook) = webhook {
            scope.spawn(move || hook::post(settings, desk, ledger, webhook, is_kept));
        }
        keep_and_tell(settings, desk, ledger, observer, has_portal);
        is_kept.store(true, Ordering::SeqCst);
    });
    // What the portal has taken at the very end.
    let (change, notes) = desk.wait(Duration::ZERO);
    let mut ledger = ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !change.is_empty() {
        ledger.take(change);
    }
    if let Err(error) = ledger.tidy(desk.today(), has_portal, true) {
        observer.note(&Note::SpoolFailed(error.to_string()));
    }
    for note in notes {
        observer.note(&note);
    }
    desk.set_unsent(unsent(&ledger, has_portal));
    (ledger, desk.status())
}

fn unsent(ledger: &Ledger, has_portal: bool) -> u64 {
    if has_portal { ledger.sources().filter(|it| it.1.is_unsent()).count() as u64 } else { 0 }
}

fn look_at_lists(desk: &Desk, lists: &mut dyn Lists, must: bool) {
    let begun = Instant::now();
    match lists.look(must) {
        Loaded::Unchanged => {}
        Loaded::Changed(layers) => {
            let indicators = layers.indicators();
            desk.set_layers(layers);
            let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            desk.note(Note::ListsChanged { indicators, millis });
        }
        Loaded::Failed(why) => desk.note(Note::ListsFailed(why)),
    }
}

fn look_at_names(desk: &Desk, lists: &mut dyn Lists, must: bool) {
    match lists.look_at_names(must) {
        None => {}
        Some(Ok(names)) => desk.set_names(names),
        Some(Err(why)) => desk.note(Note::NamesFailed(why)),
    }
}

/// With which count and verdict each sighting was told last.
type Told = HashMap<(SourceKey, String), (u64, Verdict)>;

/// Keeps what inputs hand in, then tells of it; ends with the last input.
fn keep_and_tell(
    settings: &Settings,
    desk: &Desk,
    ledger: &Mutex<Ledger>,
    observer: &dyn Observer,
    has_portal: bool,
) {
    let mut told = Told::new();
    let mut last_updates = Instant::now();
    let mut day = desk.today();
    let mut last_change = Instant::now();
    loop {
        if observer.is_stopping() {
            desk.stop();
        }
        let was_running = desk.are_inputs_running();
        let (change, notes) = desk.wait(TICK.min(QUIET));
        let is_done = !was_running && change.is_empty() && notes.is_empty();
        let mut new = Vec::new();
        let mut guard = locked(ledger);
        if !change.is_empty() {
            new = keep(desk, &mut guard, change);
            last_change = Instant::now();
        }
        let today = desk.today();
        if let Err(error) = guard.tidy(today, has_portal, false) {
            desk.note(Note::SpoolFailed(error.to_string()));
        }
        desk.set_unsent(unsent(&guard, has_portal));
        let is_update = last_updates.elapsed() >= settings.interval || is_done || today != day;
        let events = events(settings, &guard, &new, is_update, &mut told);
        drop(guard);
        if is_update {
            last_updates = Instant::now();
            told.retain(|(key, _), _| key.day >= day);
            day = today;
        }
        for event in events {
            observer.event(&event);
        }
        for note in notes {
            observer.note(&note);
        }
        observer.status(desk.status());
        if is_done {
            desk.stop();
            return;
        }
        if let Some(rest) = TOGETHER.checked_sub(last_change.elapsed()) {
            thread::sleep(rest);
        }
    }
}

fn keep(desk: &Desk, ledger: &mut Ledger, change: Change) -> Vec<(SourceKey, String)> {
    let (new, failure) = ledger.take(change);
    if let Some(error) = failure {
        desk.note(Note::SpoolFailed(error.to_string()));
    }
    new
}

/// What is to be told: what is new at once, what grew when its time has come.
fn events(
    settings: &Settings,
    ledger: &Ledger,
    new: &[(SourceKey, String)],
    is_update: bool,
    told: &mut Told,
) -> Vec<Event> {
    let by = (settings.sensor.as_str(), settings.site.as_deref());
    let mut events = Vec::new();
    for (key, name) in new {
        let sightings = ledger.source(key).map(|it| &it.tally.sightings);
        if let Some(sighting) = sightings.and_then(|it| it.get(name)) {
            told.insert((key.clone(), name.clone()), (sighting.count, sighting.verdict));
            events.push(Event::of(EventKind::First, by, key, sighting));
        }
    }
    if !is_update {
        return events;
    }
    for (key, source) in ledger.sources() {
        for sighting in source.tally.sightings.values() {
            let now = (sighting.count, sighting.verdict);
            let held = told.insert((key.clone(), tally::key_of(sighting)), now);
            if held != Some(now) {
                events.push(Event::of(EventKind::Update, by, key, sighting));
            }
        }
    }
    events
}

/// Sends what the portal does not have: at once what is new, the rest at intervals. At the end, each
/// source is tried once more.
fn deliver(
    desk: &Desk,
    ledger: &Mutex<Ledger>,
    mut portal: Box<dyn Portal>,
    interval: Duration,
    is_kept: &AtomicBool,
) {
    let mut sent: HashMap<SourceKey, Instant> = HashMap::new();
    let mut refused: HashMap<SourceKey, u64> = HashMap::new();
    let mut acknowledged: HashMap<SourceKey, u64> = HashMap::new();
    let (mut wait, mut not_before) = (Duration::from_secs(1), Instant::now());
    let mut is_away = false;
    loop {
        let is_last = is_kept.load(Ordering::SeqCst);
        if is_last || Instant::now() >= not_before {
            let today = desk.today();
            let due: Vec<(SourceKey, Source)> = locked(ledger)
                .sources()
                .filter(|(key, source)| {
                    let has = source.acknowledged.max(acknowledged.get(*key).copied().unwrap_or(0));
                    let is_refused = refused.get(*key).is_some_and(|it| *it >= source.urgent);
                    let is_rested = sent.get(*key).is_none_or(|at| at.elapsed() >= interval);
                    let is_news = source.urgent > has && !is_refused;
                    source.revision > has
                        && (is_news || is_rested || (key.day < today && !is_refused) || is_last)
                })
                .map(|(key, source)| (key.clone(), source.clone()))
                .collect();
            for (key, source) in due {
                match portal.send(&key, &source) {
                    Delivery::Kept => {
                        acknowledged.insert(key.clone(), source.revision);
                        desk.acknowledge(key.clone(), source.revision);
                        sent.insert(key, Instant::now());
                        wait = Duration::from_secs(1);
                        if std::mem::take(&mut is_away) {
                            desk.note(Note::PortalBack);
                        }
                    }
                    Delivery::Refused(why) => {
                        refused.insert(key.clone(), source.revision);
                        sent.insert(key, Instant::now());
                        desk.note(Note::PortalRefused(why));
                    }
                    Delivery::Later(why) => {
                        if !std::mem::replace(&mut is_away, true) {
                            desk.note(Note::PortalAway(why));
                        }
                        not_before = Instant::now() + wait;
                        wait = (wait * 2).min(LONGEST_WAIT);
                        break;
                    }
                }
                not_before = Instant::now() + BETWEEN_MESSAGES;
            }
        }
        if is_last {
            return;
        }
        thread::sleep(TICK);
    }
}
