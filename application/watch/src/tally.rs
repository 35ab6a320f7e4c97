//! What was seen of one input on one day.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use log_check::{Gain, NameSource};
use matching::Sighting;
use serde::{Deserialize, Serialize};

/// The most sightings of one input on one day: what a portal takes of one log. Further ones are counted
/// as left out, and the day is incomplete.
pub(crate) const MOST_SIGHTINGS: usize = 50_000;

/// Lines, and what was seen in them, added up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The format, as far as it is known.
    pub format: Option<String>,
    /// Lines, packets or flows read.
    pub lines_read: u64,
    /// Of them those in which an indicator was found.
    pub lines_matched: u64,
    /// Of them those that were not understood.
    pub lines_not_parsed: u64,
    /// Lines or packets that came and were not read.
    #[serde(default)]
    pub dropped: u64,
    /// Times that an unknown part was lost.
    #[serde(default)]
    pub gaps: u64,
    /// Sightings that there was no room for.
    #[serde(default)]
    pub left_out: u64,
    /// Days of which there were contacts.
    pub days: BTreeSet<Date>,
    /// By device and indicator.
    pub sightings: BTreeMap<String, Sighting>,
}

impl Tally {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.lines_read + self.dropped + self.gaps + self.left_out == 0 && self.sightings.is_empty()
    }

    /// Whether all that came was read: of what was lost, nobody knows what it held. Single packets that
    /// a full buffer dropped are counted, and end the watch over a day only when they are more than one
    /// in a thousand.
    pub fn is_whole(&self) -> bool {
        self.gaps == 0 && self.left_out == 0 && self.dropped * 1_000 <= self.lines_read
    }

    /// Adds what a piece gave.
    pub fn add_gain(&mut self, gain: Gain) {
        let sightings = gain.sightings.into_iter().map(|it| (key_of(&it), it)).collect();
        self.add(Self {
            format: gain.format,
            lines_read: gain.lines_read,
            lines_matched: gain.lines_matched,
            lines_not_parsed: gain.lines_not_parsed,
            dropped: gain.dropped,
            gaps: gain.gaps,
            left_out: 0,
            days: gain.days,
            sightings,
        });
    }

    /// Adds what came later.
    pub fn add(&mut self, later: Self) {
        self.format = later.format.or(self.format.take());
        self.lines_read += later.lines_read;
        self.lines_matched += later.lines_matched;
        self.lines_not_parsed += later.lines_not_parsed;
        self.dropped += later.dropped;
        self.gaps += later.gaps;
        self.left_out += later.left_out;
        self.days.extend(later.days);
        for (key, sighting) in later.sightings {
            let is_full = self.sightings.len() >= MOST_SIGHTINGS;
            match self.sightings.entry(key) {
                Entry::Occupied(mut held) => merge(held.get_mut(), sighting),
                Entry::Vacant(_) if is_full => self.left_out += 1,
                Entry::Vacant(room) => {
                    // What goes on from the day before is a contact of this day as well.
                    room.insert(Sighting { count: sighting.count.max(1), ..sighting });
                }
            }
        }
    }
}

/// What makes two sightings of an input and a day the same one.
pub(crate) fn key_of(sighting: &Sighting) -> String {
    // An address that a device was given after another one is another device: decision 15.
    let is_told = sighting.name_source.is_some_and(|it| it != NameSource::Log);
    let who = sighting.device_mac.as_ref().or(sighting.device_name.as_ref()).filter(|_| is_told);
    let device = match who {
        Some(who) => format!("{}[{}]", sighting.device, who.to_lowercase()),
        None => sighting.device.clone(),
    };
    format!("{device} {} {}", sighting.indicator_type, sighting.indicator)
}

/// Adds a later sighting of the same device and indicator.
fn merge(held: &mut Sighting, later: Sighting) {
    held.count += later.count;
    held.first_seen = earliest(held.first_seen, later.first_seen);
    held.last_seen = held.last_seen.max(later.last_seen);
    if later.verdict > held.verdict {
        held.verdict = later.verdict;
        held.destination = later.destination;
        held.evidence = later.evidence;
    }
    if held.device_name.is_none() {
        held.device_name = later.device_name;
    }
    held.device_mac = held.device_mac.take().or(later.device_mac);
    held.name_source = held.name_source.max(later.name_source);
    held.name_confidence = match (held.name_confidence, later.name_confidence) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    // What was shown once holds.
    if later.intermediary.is_some() {
        held.intermediary = later.intermediary;
        held.intermediary_source = later.intermediary_source;
    }
}

fn earliest(left: Option<Timestamp>, right: Option<Timestamp>) -> Option<Timestamp> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    }
}
