//! Contacts in, a side-car out.

use std::net::IpAddr;

use contacts::packets::Count;
use contacts::{Contact, Outcome, Part, WireContact, answer_addresses};
use jiff::Timestamp;
use observables::parse_address;
use rustc_hash::FxHashMap;

use crate::About;
use crate::key::{set_address, set_name, text_of};
use crate::side_car::write;

/// Takes in the contacts of a log, or of a part of one. Memory: about 70 bytes for each pair of
/// device and destination, and each different name once.
#[derive(Clone, Debug, Default)]
pub struct SideCarBuilder {
    devices: Texts,
    keys: Texts,
    pairs: FxHashMap<(u32, u32), Pair>,
    /// Of pairs of which an answer tells, on a line of its own, that the question was blocked: how often, and
    /// where first.
    blocked: FxHashMap<(u32, u32), (u32, u64)>,
    /// What the log calls a device, by its number.
    names: FxHashMap<u32, Box<[u8]>>,
    key: Vec<u8>,
}

/// What is known of a device and a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) count: u64,
    pub(crate) outcome: Outcome,
    /// Seconds since 1970.
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
    /// Where in the log it first stood with its strongest outcome.
    pub(crate) offset: u64,
    /// Lines about a question alone; all there can be when nothing tells of an answer.
    questions: u32,
    /// Lines about an answer alone that was not blocked.
    answers: u32,
}

/// Texts, each with a number.
#[derive(Clone, Debug, Default)]
struct Texts {
    numbers: FxHashMap<Box<[u8]>, u32>,
    all: Vec<Box<[u8]>>,
}

impl Texts {
    /// `None` when there are four thousand million already, more than memory holds.
    fn number(&mut self, text: &[u8]) -> Option<u32> {
        if let Some(number) = self.numbers.get(text) {
            return Some(*number);
        }
        let number = u32::try_from(self.all.len()).ok()?;
        self.numbers.insert(text.into(), number);
        self.all.push(text.into());
        Some(number)
    }
}

impl SideCarBuilder {
    /// Takes in a contact of a line that begins at `offset`. Only what was contacted is kept: who
    /// knocked from outside, paths and query strings are not.
    pub fn add(&mut self, contact: &Contact<'_>, time: Option<Timestamp>, offset: u64) {
        self.add_event(contact, Count::New, time, offset);
    }

    /// Takes in a contact of an event that begins at `offset`, and may say more about one that was
    /// taken in.
    pub fn add_event(
        &mut self,
        contact: &Contact<'_>,
        count: Count,
        time: Option<Timestamp>,
        offset: u64,
    ) {
        if contact.outcome <= Outcome::Inbound {
            return;
        }
        let device = parse_logged(contact.device);
        let text = match (device, contact.device) {
            (Some(address), _) => address.to_string().into_bytes(),
            (None, b"") if contact.device_name.is_empty() => b"-".to_vec(),
            (None, b"") => contact.device_name.to_ascii_lowercase(),
            (None, text) => text.to_ascii_lowercase(),
        };
        let Some(device) = self.device(&text, contact.device_name) else { return };
        let seconds = time.map(Timestamp::as_second);
        let (outcome, count) = (contact.outcome, u64::from(count != Count::More));
        let fresh = Pair::new(count, outcome, seconds, offset);
        let asked = parse_logged(contact.name);
        if let Some(address) = asked {
            self.add_address(device, address, contact.port, fresh);
        } else if !contact.name.is_empty() {
            let (questions, answers) = match (contact.outcome, contact.part) {
                (Outcome::DnsQueried, Part::Question) => (1, 0),
                (Outcome::DnsQueried, Part::Answer) => (0, 1),
                (Outcome::DnsQueried, Part::Whole) if count > 0 => (u32::MAX, 0),
                _ => (0, 0),
            };
            let at = self.add_name(device, contact.name, Pair { questions, answers, ..fresh });
            if contact.outcome == Outcome::DnsBlocked
                && contact.part == Part::Answer
                && let Some(at) = at
            {
                self.add_blocked(at, 1, offset);
            }
        }
        let connected = parse_logged(contact.address).filter(|it| Some(*it) != asked);
        if let Some(address) = connected {
            self.add_address(device, address, contact.port, fresh);
        }
        for address in answer_addresses(contact.answers).filter_map(parse_logged) {
            let outcome = fresh.outcome.min(Outcome::DnsResolved);
            self.add_address(device, address, 0, Pair { outcome, ..fresh });
        }
    }

    /// Takes in a contact of a packet or flow record that begins at `offset`.
    pub fn add_wire(&mut self, contact: &WireContact<'_>, count: Count, offset: u64) {
        if contact.outcome <= Outcome::Inbound {
            return;
        }
        let Some(device) = self.device(contact.device.to_canonical().to_string().as_bytes(), b"")
        else {
            return;
        };
        let seconds = contact.time.map(Timestamp::as_second);
        let outcome = contact.outcome;
        let (new, of_address) = (u64::from(count != Count::More), u64::from(count == Count::New));
        let fresh = Pair::new(new, outcome, seconds, offset);
        match parse_logged(contact.name) {
            Some(asked) if Some(asked) != contact.address.map(|it| it.to_canonical()) => {
                self.add_address(device, asked, contact.port, fresh);
            }
            Some(_) => {}
            None if contact.name.is_empty() => {}
            None => {
                self.add_name(device, contact.name, fresh);
            }
        }
        if let Some(address) = contact.address {
            self.add_address(device, address, contact.port, Pair { count: of_address, ..fresh });
        }
        for address in contact.answers {
            let outcome = fresh.outcome.min(Outcome::DnsResolved);
            self.add_address(device, *address, 0, Pair { outcome, ..fresh });
        }
    }

    /// Takes over what another builder took in of other lines.
    pub fn merge(&mut self, other: &Self) {
        let devices: Vec<Option<u32>> = (0_u32..)
            .zip(&other.devices.all)
            .map(|(number, text)| {
                self.device(text, other.names.get(&number).map_or(b"", AsRef::as_ref))
            })
            .collect();
        let keys: Vec<Option<u32>> =
            other.keys.all.iter().map(|key| self.keys.number(key)).collect();
        for (at, pair) in &other.pairs {
            let (device, key) = at;
            if let (Some(Some(device)), Some(Some(key))) =
                (devices.get(*device as usize), keys.get(*key as usize))
            {
                self.put((*device, *key), *pair);
                if let Some((count, offset)) = other.blocked.get(at) {
                    self.add_blocked((*device, *key), *count, *offset);
                }
            }
        }
    }

    /// The names and addresses contacted, each as [`crate::Trace::destination`] writes it.
    pub fn destinations(&self) -> impl Iterator<Item = String> {
        self.keys.all.iter().filter_map(|key| text_of(key))
    }

    /// The devices, each as [`crate::Trace::device`] writes it.
    pub fn devices(&self) -> impl Iterator<Item = String> {
        self.devices.all.iter().map(|text| String::from_utf8_lossy(text).into_owned())
    }

    /// How many pairs of device and destination it holds.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The side-car. The same contacts, taken in whatever order and parts, give the same bytes.
    pub fn finish(self, about: &About) -> Vec<u8> {
        let mut order: Vec<u32> = (0..).take(self.devices.all.len()).collect();
        order.sort_by_key(|number| self.devices.all.get(*number as usize));
        let mut place = vec![0_u32; order.len()];
        for (new, old) in (0_u32..).zip(&order) {
            if let Some(place) = place.get_mut(*old as usize) {
                *place = new;
            }
        }
        let devices: Vec<(&[u8], &[u8])> = order
            .iter()
            .map(|number| {
                let text = self.devices.all.get(*number as usize).map_or(&b""[..], AsRef::as_ref);
                (text, self.names.get(number).map_or(&b""[..], AsRef::as_ref))
            })
            .collect();
        let mut pairs: Vec<(&[u8], u32, Pair)> = self
            .pairs
            .iter()
            .filter_map(|(at, pair)| {
                let (device, key) = at;
                let key = self.keys.all.get(*key as usize)?;
                let pair = pair.settled(self.blocked.get(at));
                Some((key.as_ref(), *place.get(*device as usize)?, pair))
            })
            .collect();
        pairs.sort_unstable_by_key(|(key, device, _)| (*key, *device));
        write(about, &devices, &pairs)
    }

    fn device(&mut self, text: &[u8], name: &[u8]) -> Option<u32> {
        let device = self.devices.number(text)?;
        if !name.is_empty() {
            // The least in order, so that the order in which lines come does not matter.
            let held = self.names.entry(device).or_insert_with(|| name.into());
            if name < held.as_ref() {
                *held = name.into();
            }
        }
        Some(device)
    }

    fn add_name(&mut self, device: u32, raw: &[u8], pair: Pair) -> Option<(u32, u32)> {
        let mut key = std::mem::take(&mut self.key);
        let at = set_name(&mut key, raw).then(|| self.add_key(device, &key, pair)).flatten();
        self.key = key;
        at
    }

    fn add_blocked(&mut self, at: (u32, u32), count: u32, offset: u64) {
        let held = self.blocked.entry(at).or_insert((0, offset));
        *held = (held.0.saturating_add(count), held.1.min(offset));
    }

    fn add_address(&mut self, device: u32, address: IpAddr, port: u16, pair: Pair) {
        let mut key = std::mem::take(&mut self.key);
        set_address(&mut key, address, port);
        self.add_key(device, &key, pair);
        self.key = key;
    }

    fn add_key(&mut self, device: u32, key: &[u8], pair: Pair) -> Option<(u32, u32)> {
        let at = (device, self.keys.number(key)?);
        self.put(at, pair);
        Some(at)
    }

    fn put(&mut self, at: (u32, u32), pair: Pair) {
        self.pairs.entry(at).and_modify(|held| held.merge(pair)).or_insert(pair);
    }
}

impl Pair {
    pub(crate) fn new(count: u64, outcome: Outcome, seconds: Option<i64>, offset: u64) -> Self {
        let (first, last) = (seconds, seconds);
        Self { count, outcome, first, last, offset, questions: 0, answers: 0 }
    }

    /// A question that was blocked each time was blocked, though its own line proves more.
    fn settled(self, blocked: Option<&(u32, u64)>) -> Self {
        match blocked {
            Some((count, offset))
                if self.outcome == Outcome::DnsQueried
                    && *count == self.questions.max(self.answers) =>
            {
                Self { outcome: Outcome::DnsBlocked, offset: *offset, ..self }
            }
            _ => self,
        }
    }

    fn merge(&mut self, other: Self) {
        // The strongest outcome, and the earliest line that shows it.
        if (other.outcome, std::cmp::Reverse(other.offset))
            > (self.outcome, std::cmp::Reverse(self.offset))
        {
            (self.outcome, self.offset) = (other.outcome, other.offset);
        }
        self.count = self.count.saturating_add(other.count);
        self.questions = self.questions.saturating_add(other.questions);
        self.answers = self.answers.saturating_add(other.answers);
        self.first = match (self.first, other.first) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (one, other) => one.or(other),
        };
        self.last = self.last.max(other.last);
    }
}

/// An address as a log writes it: in brackets or not, with a zone or not.
fn parse_logged(text: &[u8]) -> Option<IpAddr> {
    let may_be = text.last().is_some_and(|it| it.is_ascii_hexdigit() || matches!(it, b']' | b':'))
        || text.contains(&b'%');
    if !may_be {
        return None;
    }
    let text = text.strip_prefix(b"[").and_then(|it| it.strip_suffix(b"]")).unwrap_or(text);
    let text = text.split(|byte| *byte == b'%').next().unwrap_or_default();
    parse_address(std::str::from_utf8(text).ok()?).ok()
}
