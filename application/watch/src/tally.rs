//! What was seen of one input on one day.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use log_check::{Gain, NameSource};
use matching::{Apart, Questions, Sighting, Verdict};
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
    /// What is known of the questions behind some of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub questions: BTreeMap<String, Questions>,
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
        let Gain { sightings, questions, .. } = gain;
        self.count(&Self {
            format: gain.format,
            lines_read: gain.lines_read,
            lines_matched: gain.lines_matched,
            lines_not_parsed: gain.lines_not_parsed,
            dropped: gain.dropped,
            gaps: gain.gaps,
            days: gain.days,
            ..Self::default()
        });
        // A piece may tell of one device twice: under a name that is spelled in two ways.
        let mut questions = questions.into_iter();
        for sighting in sightings {
            let questions = questions.next().flatten();
            self.see(key_of(&sighting), sighting, questions, 0);
        }
    }

    /// Adds what came later. A sighting that only says more of a contact has the count 0.
    pub fn add(&mut self, later: Self) {
        self.join(later, 0);
    }

    /// Adds what came later to all that is known of a day: what goes on from the day before is a contact of
    /// this day as well.
    pub(crate) fn add_to_day(&mut self, later: Self) {
        self.join(later, 1);
    }

    fn join(&mut self, mut later: Self, least: u64) {
        self.count(&later);
        for (key, sighting) in later.sightings {
            let questions = later.questions.remove(&key);
            self.see(key, sighting, questions, least);
        }
    }

    /// Adds everything but the sightings.
    fn count(&mut self, later: &Self) {
        if later.format.is_some() {
            self.format.clone_from(&later.format);
        }
        self.lines_read += later.lines_read;
        self.lines_matched += later.lines_matched;
        self.lines_not_parsed += later.lines_not_parsed;
        self.dropped += later.dropped;
        self.gaps += later.gaps;
        self.left_out += later.left_out;
        self.days.extend(&later.days);
    }

    /// Adds a sighting.
    fn see(&mut self, key: String, sighting: Sighting, questions: Option<Questions>, least: u64) {
        let is_full = self.sightings.len() >= MOST_SIGHTINGS;
        match self.sightings.entry(key) {
            Entry::Occupied(mut held) => {
                let known = self.questions.remove(held.key());
                let questions = both(known, held.get(), questions, &sighting);
                merge(held.get_mut(), sighting);
                if let Some(questions) = questions {
                    settle(held.get_mut(), &questions);
                    self.questions.insert(held.key().clone(), questions);
                }
            }
            Entry::Vacant(_) if is_full => self.left_out += 1,
            Entry::Vacant(room) => {
                self.questions.extend(questions.map(|it| (room.key().clone(), it)));
                room.insert(Sighting { count: sighting.count.max(least), ..sighting });
            }
        }
    }
}

/// What is known of the questions behind two sightings that are the same.
fn both(
    known: Option<Questions>,
    held: &Sighting,
    later: Option<Questions>,
    sighting: &Sighting,
) -> Option<Questions> {
    if known.is_none() && later.is_none() {
        return None;
    }
    // A question of which nothing else is known.
    let alone = |of: &Sighting| Questions {
        lines: Apart { alone: u64::from(of.verdict == Verdict::DnsQueried), ..Apart::default() },
        first_blocked: None,
    };
    let mut questions = known.unwrap_or_else(|| alone(held));
    questions.add(later.unwrap_or_else(|| alone(sighting)));
    Some(questions)
}

/// A question that was told of before its answer came, and was blocked as all others were.
fn settle(held: &mut Sighting, questions: &Questions) {
    if held.verdict == Verdict::DnsQueried
        && questions.lines.is_all_blocked()
        && let Some((destination, evidence)) = questions.first_blocked.clone()
    {
        held.verdict = Verdict::DnsBlocked;
        (held.destination, held.evidence) = (destination, evidence);
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

#[cfg(test)]
mod tests {
    use log_check::LiveLog;
    use matching::{IndexBuilder, Layers};

    use super::*;

    fn layers() -> Layers {
        let mut builder = IndexBuilder::default();
        let observable = "evil.example".parse().unwrap();
        let scope = indicators::Scope::Subdomains;
        let indicator =
            indicators::Indicator { observable, scope, family: None, valid_until: None };
        builder.push(&indicator, "list.txt").unwrap();
        builder.build().into()
    }

    /// A question, its answer, that it was blocked; and a question in a log without answers.
    fn line(kind: char) -> &'static str {
        match kind {
            'q' => "[1795482001] unbound[9:0] info: 192.0.2.7 a.evil.example. A IN\n",
            'a' => {
                "[1795482001] unbound[9:0] info: 192.0.2.7 a.evil.example. A IN NOERROR 0.0 1 33\n"
            }
            'b' => {
                "[1795482001] unbound[9:0] info: rpz: applied [x] evil.example. rpz-drop \
                 192.0.2.7@46619 a.evil.example. A IN\n"
            }
            _ => "Nov 24 08:00:02 gw dnsmasq[9]: query[A] a.evil.example from 192.0.2.7\n",
        }
    }

    /// The verdict, and the line that proves it, after each piece of a log of Unbound.
    fn after_each(pieces: &[&str], expected: &[(Verdict, u64)]) {
        let layers = layers();
        let mut log = LiveLog::new("dns.log".to_owned(), None, jiff::tz::TimeZone::UTC);
        let mut day = Tally::default();
        for (piece, expected) in pieces.iter().zip(expected) {
            let lines: String = piece.chars().map(line).collect();
            let mut tally = Tally::default();
            tally.add_gain(log.read(&layers, 0, lines.as_bytes(), Timestamp::UNIX_EPOCH));
            // As a journal keeps it.
            let kept = serde_json::to_string(&tally).unwrap();
            day.add_to_day(serde_json::from_str(&kept).unwrap());
            let sighting = day.sightings.values().next().unwrap();
            let now = (sighting.verdict, sighting.evidence.line_number);
            assert_eq!(now, *expected, "{piece} of {pieces:?}");
        }
    }

    #[test]
    fn a_block_that_comes_later_than_its_question_counts() {
        let (asked, blocked) = (Verdict::DnsQueried, Verdict::DnsBlocked);
        after_each(&["q", "b"], &[(asked, 1), (blocked, 2)]);
        after_each(&["qb", "q", "b"], &[(blocked, 2), (asked, 3), (blocked, 2)]);
        after_each(&["q", "qb", "", "b"], &[(asked, 1), (asked, 1), (asked, 1), (blocked, 3)]);
        after_each(&["b", "q"], &[(blocked, 1), (blocked, 1)]);
        after_each(&["q", "q", "b", "a"], &[(asked, 1), (asked, 1), (asked, 1), (asked, 1)]);
        // Of a program without answers in the log nobody knows how it ended.
        after_each(&["d", "q", "b", "b"], &[(asked, 1), (asked, 1), (asked, 1), (asked, 1)]);
        after_each(&["q", "d", "b", "b"], &[(asked, 1), (asked, 1), (asked, 1), (asked, 1)]);
    }

    #[test]
    fn what_says_more_of_a_contact_is_none_and_on_another_day_one() {
        let layers = layers();
        let mut log = LiveLog::new("dns.log".to_owned(), None, jiff::tz::TimeZone::UTC);
        let mut piece = |count: u64| {
            let mut gain = log.read(&layers, 0, line('q').as_bytes(), Timestamp::UNIX_EPOCH);
            gain.sightings[0].count = count;
            let mut tally = Tally::default();
            tally.add_gain(gain);
            // Pieces wait for each other on their way.
            let mut waiting = Tally::default();
            waiting.add(tally);
            waiting
        };
        let count = |day: &Tally| day.sightings.values().next().unwrap().count;
        let (mut day, mut next) = (Tally::default(), Tally::default());
        for (piece, expected) in [(piece(1), 1), (piece(0), 1), (piece(2), 3)] {
            day.add_to_day(piece);
            assert_eq!(count(&day), expected);
        }
        next.add_to_day(piece(0));
        assert_eq!(count(&next), 1);
    }
    /// Two names of one device in one piece, spelled in two ways.
    #[test]
    fn both_of_two_sightings_of_one_device_in_a_piece_count() {
        let layers = layers();
        let mut log = LiveLog::new("dns.log".to_owned(), None, jiff::tz::TimeZone::UTC);
        let mut piece = |line: &str, name: &str| {
            let mut gain = log.read(&layers, 0, line.as_bytes(), Timestamp::UNIX_EPOCH);
            gain.sightings[0].device_name = Some(name.to_owned());
            gain.sightings[0].name_source = Some(NameSource::DhcpLease);
            gain
        };
        let (first, second) = (piece(line('q'), "MAY-1"), piece(line('a'), "may-1"));
        let (mut apart, mut together) = (Tally::default(), Tally::default());
        apart.add_gain(first.clone());
        apart.add_gain(second.clone());
        let mut both = first;
        both.lines_read += second.lines_read;
        both.lines_matched += second.lines_matched;
        both.sightings.extend(second.sightings);
        both.questions.extend(second.questions);
        together.add_gain(both);
        assert_eq!(together.sightings.len(), 1);
        assert_eq!(together, apart);
    }
}
