//! Which lines of a log have to be read: those in which an indicator may stand.

use contacts::traces::{Tracer, Traces, ones};
use memchr::{memchr, memrchr};

use crate::filter::Claim;
use crate::logged::{first_two_octets, third_octet};
use crate::suffixes::{HIGH, SEED, hash_label};
use crate::view::View;
use crate::{Index, Layers};

/// Steps of a text that are traced before what they found is looked at: a few kilobytes.
const STEPS: usize = 64;
/// So many lines tell whether choosing is worth while.
const ENOUGH_LINES: u64 = 256;

/// A line of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Where it starts.
    pub start: usize,
    /// Where it ends, its line feed left out.
    pub end: usize,
    /// Its number in the text, from 1.
    pub number: u64,
    /// Chosen for its number, not for what stands in it.
    pub is_sample: bool,
}

/// Chooses the lines of a log that have to be read.
///
/// A line that is left out has no contact with any indicator, whatever format it is of, as long as that format
/// [is in clear](contacts::Format::is_in_clear) or has a mark of one that is not. Of the lines that are chosen
/// almost all hold an indicator: a name's filter and an address's /24 decide.
#[derive(Debug)]
pub struct Sieve<'i> {
    first: View<'i>,
    more: Vec<View<'i>>,
}

impl<'i> Sieve<'i> {
    /// A sieve of several indexes; `None` where the processor has no instructions that make it worth while.
    pub fn over(layers: &'i Layers) -> Option<Self> {
        let mut views = layers.iter().map(Index::view);
        let first = views.next().unwrap_or_else(|| Index::none().view());
        Tracer::is_fast().then(|| Self { first, more: views.collect() })
    }

    /// Puts the lines of `text` that have to be read into `chosen`, in order, and one of every so many, the first
    /// among them; tells how many lines there are. `None` where so many have to be read that choosing is not worth
    /// while: then all of them are to be.
    pub fn choose(&self, text: &[u8], every: u64, chosen: &mut Vec<Chosen>) -> Option<u64> {
        let mut steps = [Traces::default(); STEPS];
        chosen.clear();
        let every = every.max(1);
        let mut lines =
            Lines { text, chosen, before: 0, passed: 0, every, sample: every.saturating_add(1) };
        lines.push(0, 0, 1, true);
        let mut tracer = Tracer::new(text);
        loop {
            let steps = tracer.next(&mut steps);
            if steps.is_empty() {
                break;
            }
            for traces in steps {
                let mut found = traces.resolved(text);
                for end in ones(traces.name_ends) {
                    found |= u64::from(self.may_know(text, traces, end)) << end;
                }
                for start in ones(traces.v4_starts) {
                    let address = text.get(traces.at + start as usize..).unwrap_or_default();
                    found |= u64::from(self.may_hold(address)) << start;
                }
                lines.take(traces, found);
            }
            if lines.before >= ENOUGH_LINES && lines.chosen.len() as u64 > lines.before / 2 {
                return None;
            }
        }
        Some(lines.before + u64::from(text.last().is_some_and(|it| *it != b'\n')))
    }

    /// Whether an index may know the name that ends before a byte, or one that it is below.
    #[inline]
    fn may_know(&self, text: &[u8], traces: &Traces, end: u32) -> bool {
        let mut history = traces.labels_before(end);
        let mut told = Traces::TOLD_BEFORE;
        let mut at = traces.at + end as usize;
        let mut hash = SEED;
        for labels in 1.. {
            let length = history.leading_ones();
            // A name so long, or one that is glued to others, is for its parser to cut out.
            if length >= told {
                return true;
            }
            if length == 0 {
                return false;
            }
            let label;
            (hash, label) = hash_label(hash, text, at, length as usize);
            let start = at - length as usize;
            // A scan of any text leaves dashes around a name out.
            let is_dash = |at: usize| text.get(at) == Some(&b'-');
            if label & HIGH != 0 || is_dash(start) || is_dash(at - 1) {
                return true;
            }
            if labels == 1 && !self.any(|view| view.last_labels.may_be(hash)) {
                return false;
            }
            if labels >= 2 {
                let claim = self.claim(hash);
                if claim.is_name || !claim.is_ending {
                    return claim.is_name;
                }
            }
            match start.checked_sub(1) {
                Some(dot) if text.get(dot) == Some(&b'.') => at = dot,
                _ => return false,
            }
            history = history << length << 1;
            told -= length + 1;
        }
        true
    }

    #[inline]
    fn claim(&self, hash: u64) -> Claim {
        let mut claim = self.first.filter.claim(hash);
        for view in &self.more {
            let own = view.filter.claim(hash);
            claim.is_name |= own.is_name;
            claim.is_ending |= own.is_ending;
        }
        claim
    }

    /// Whether an index may name the IPv4 address that a text begins with, or a network around it: its /24 tells.
    #[inline]
    fn may_hold(&self, text: &[u8]) -> bool {
        // At the end of a text there are too few bytes for the quick look.
        let Some(octets) = first_two_octets(text) else { return true };
        if !self.any(|view| view.v4_map.holds_slash_16(octets)) {
            return false;
        }
        let Some(third) = third_octet(text) else { return true };
        let [first, second] = octets.to_be_bytes();
        let address = u32::from_be_bytes([first, second, third, 0]);
        self.any(|view| view.v4_map.holds(address))
    }

    #[inline]
    fn any(&self, is_so: impl Fn(&View<'i>) -> bool) -> bool {
        is_so(&self.first) || self.more.iter().any(is_so)
    }
}

/// The lines of a text, as far as they were passed.
struct Lines<'t, 'c> {
    text: &'t [u8],
    chosen: &'c mut Vec<Chosen>,
    /// How many ended before the bytes that are looked at.
    before: u64,
    /// Where the first one starts that is not chosen yet.
    passed: usize,
    /// One of so many is chosen in any case.
    every: u64,
    /// The number of the next one that is.
    sample: u64,
}

impl Lines<'_, '_> {
    /// Chooses the lines of what was found, and samples.
    #[inline]
    fn take(&mut self, traces: &Traces, mut found: u64) {
        let ended = u64::from(traces.lines);
        // A sample begins behind the line feed of the line before.
        let mut samples = 0;
        while self.before + ended + 1 >= self.sample {
            let feed =
                ones(traces.line_feeds).zip(self.before + 2..).find(|it| it.1 == self.sample);
            samples |= feed.map_or(0, |(place, _)| 1 << place);
            self.sample = self.sample.saturating_add(self.every);
        }
        while found | samples != 0 {
            let at = (found | samples).trailing_zeros();
            let place = traces.at + at as usize;
            let ended = traces.line_feeds & ((1 << at) - 1);
            let number = self.before + u64::from(ended.count_ones()) + 1;
            // What ends at a line feed belongs to the line before it, and is looked at first.
            if found >> at & 1 != 0 {
                found &= found - 1;
                if place >= self.passed {
                    let before = self.text.get(..place).unwrap_or(self.text);
                    let start = memrchr(b'\n', before).map_or(0, |feed| feed + 1);
                    self.push(start, place, number, false);
                }
            } else {
                samples &= samples - 1;
                if place + 1 >= self.passed {
                    self.push(place + 1, place + 1, number + 1, true);
                }
            }
        }
        self.before += ended;
    }

    /// Chooses the line that starts at `start` and in which `place` lies.
    fn push(&mut self, start: usize, place: usize, number: u64, is_sample: bool) {
        let Some(rest) = self.text.get(place..).filter(|_| start < self.text.len()) else { return };
        let end = place + memchr(b'\n', rest).unwrap_or(rest.len());
        self.chosen.push(Chosen { start, end, number, is_sample });
        self.passed = end + 1;
    }
}
