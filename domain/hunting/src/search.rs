//! New indicators against a side-car.

use std::cmp::Reverse;

use contacts::Outcome;
use indicators::{Indicator, Scope};
use jiff::Timestamp;
use observables::{Host, Observable};
use rustc_hash::FxHashMap;

use crate::filter::may_hold;
use crate::key::{
    hash_of, network_around, network_bits, set_address, set_name, text_of, without_port,
};
use crate::side_car::{OpenedBlock, Record, moment};
use crate::{SideCar, SideCarError};

/// A device that contacted an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Which of the indicators asked for: the most specific one that covers the contact.
    pub indicator: usize,
    /// The indicator is a URL of which only the host is known to have been contacted: the log has
    /// to be read again to tell.
    pub is_host_only: bool,
    /// Address of the device, or what the log gives in its place.
    pub device: String,
    /// What the log itself calls the device.
    pub device_name: Option<String>,
    /// The name or address contacted.
    pub destination: String,
    /// The strongest outcome.
    pub outcome: Outcome,
    /// Lines in which it was contacted.
    pub count: u64,
    /// First contact, to the second.
    pub first_seen: Option<Timestamp>,
    /// Last contact, to the second.
    pub last_seen: Option<Timestamp>,
    /// Where the line of the strongest outcome begins, in decompressed bytes.
    pub offset: u64,
}

/// How an indicator that covers a key competes with others that do: the higher, the more specific.
type Rank = u16;

/// The records that indicators cover, by their place; with the rank and number of the indicator.
type Found = FxHashMap<u64, (Rank, usize, String, Vec<u8>)>;

/// Indicators as side-cars are asked for them, in the order of their keys: made once for many
/// side-cars.
#[derive(Clone, Debug)]
pub struct Questions(Vec<Question>);

/// One indicator. Only its hash is touched in side-cars that cannot hold it.
#[derive(Clone, Debug)]
struct Question {
    /// Its place among those asked for.
    number: usize,
    /// What the filter is asked for; `None` for a network too wide for it.
    hash: Option<u64>,
    key: Box<[u8]>,
    what: What,
    /// A URL, of which the side-car knows the host alone.
    is_host_only: bool,
}

#[derive(Clone, Debug)]
enum What {
    Name { is_exact: bool },
    Address,
    Endpoint,
    Network { last: Box<[u8]>, rank: Rank },
}

impl Questions {
    /// The questions for some indicators; a [`Trace`] names them by their place among these.
    pub fn new(indicators: &[Indicator]) -> Self {
        let mut questions: Vec<_> = indicators.iter().enumerate().map(Question::new).collect();
        questions.sort_by(|left, right| left.key.cmp(&right.key));
        Self(questions)
    }
}

impl Question {
    fn new((number, indicator): (usize, &Indicator)) -> Self {
        let mut key = Vec::new();
        let mut is_host_only = false;
        let what = match &indicator.observable {
            Observable::Domain(name) => {
                set_name(&mut key, name.as_str().as_bytes());
                What::Name { is_exact: indicator.scope == Scope::Exact }
            }
            Observable::Address(address) => {
                set_address(&mut key, *address, 0);
                What::Address
            }
            Observable::Endpoint(endpoint) => {
                set_address(&mut key, endpoint.address, endpoint.port);
                What::Endpoint
            }
            Observable::Network(network) => {
                let mut last = Vec::new();
                set_address(&mut key, network.first(), 0);
                set_address(&mut last, network.last(), u16::MAX);
                What::Network { last: last.into(), rank: u16::from(network.prefix_length()) }
            }
            Observable::Url(url) => {
                is_host_only = true;
                match &url.host {
                    Host::Name(name) => {
                        set_name(&mut key, name.as_str().as_bytes());
                        What::Name { is_exact: true }
                    }
                    Host::Address(address) => {
                        set_address(&mut key, *address, 0);
                        What::Address
                    }
                }
            }
        };
        let hash = match what {
            What::Name { .. } => Some(hash_of(&key)),
            What::Address | What::Endpoint => Some(hash_of(without_port(&key))),
            What::Network { rank, .. } => {
                let is_within = rank >= u16::from(network_bits(&key));
                is_within.then(|| hash_of(network_around(&key)))
            }
        };
        Self { number, hash, key: key.into(), what, is_host_only }
    }
}

impl<B: AsRef<[u8]>> SideCar<B> {
    /// The devices that contacted any of the indicators asked for, by destination.
    pub fn find(&self, questions: &Questions) -> Result<Vec<Trace>, SideCarError> {
        let (mut found, mut hosts) = (Found::default(), Found::default());
        let (filter, mut opened) = (self.filter(), OpenedBlock::default());
        for question in &questions.0 {
            if question.hash.is_some_and(|hash| !may_hold(filter, hash)) {
                continue;
            }
            let found = if question.is_host_only { &mut hosts } else { &mut found };
            self.find_one(&mut opened, question, found)?;
        }
        let mut traces = Vec::new();
        for (found, is_host_only) in [(found, false), (hosts, true)] {
            traces.extend(self.traces(found, is_host_only)?);
        }
        Ok(traces)
    }

    fn find_one(
        &self,
        opened: &mut OpenedBlock,
        question: &Question,
        found: &mut Found,
    ) -> Result<(), SideCarError> {
        let (key, number) = (&*question.key, question.number);
        let mut take =
            |is_near: &dyn Fn(&[u8]) -> bool, is_covered: &dyn Fn(&[u8]) -> bool, rank| {
                self.take_while(opened, key, is_near, is_covered, (rank, number), found)
            };
        match &question.what {
            What::Name { is_exact: true } => {
                let is_same = |it: &[u8]| it == key;
                let rank = u16::try_from(key.len()).unwrap_or(Rank::MAX);
                take(&is_same, &is_same, rank)
            }
            What::Name { is_exact: false } => {
                let is_covered = |it: &[u8]| {
                    let below = it.strip_prefix(key);
                    below.is_some_and(|it| it.is_empty() || it.first() == Some(&b'.'))
                };
                // `evil-x` sorts between `evil` and what is below it.
                let is_near = |it: &[u8]| it.starts_with(key);
                let rank = u16::try_from(key.len()).unwrap_or(Rank::MAX);
                take(&is_near, &is_covered, rank)
            }
            What::Address => {
                let is_same = |it: &[u8]| it.starts_with(without_port(key));
                take(&is_same, &is_same, 200)
            }
            What::Endpoint => {
                let is_same = |it: &[u8]| it == key;
                take(&is_same, &is_same, 201)
            }
            What::Network { last, rank } => {
                let is_inside = |it: &[u8]| it <= &**last;
                let is_ours = |it: &[u8]| it.len() == last.len();
                take(&is_inside, &is_ours, *rank)
            }
        }
    }

    /// Takes what is covered of the keys from `from` on, as long as they are near.
    fn take_while(
        &self,
        opened: &mut OpenedBlock,
        from: &[u8],
        is_near: &dyn Fn(&[u8]) -> bool,
        is_covered: &dyn Fn(&[u8]) -> bool,
        (rank, number): (Rank, usize),
        found: &mut Found,
    ) -> Result<(), SideCarError> {
        let mut is_sound = true;
        self.scan(opened, from, |key, Record { ordinal, pairs }| {
            if !is_near(key) {
                return false;
            }
            if is_covered(key) {
                let Some(text) = text_of(key) else {
                    is_sound = false;
                    return false;
                };
                // The first of equals stays, as it does in an index.
                let held = found.get(&ordinal).map(|it| (it.0, Reverse(it.1)));
                if held.is_none_or(|held| (rank, Reverse(number)) > held) {
                    found.insert(ordinal, (rank, number, text, pairs.to_vec()));
                }
            }
            true
        })?;
        if is_sound { Ok(()) } else { Err(SideCarError::Damaged) }
    }

    fn traces(&self, found: Found, is_host_only: bool) -> Result<Vec<Trace>, SideCarError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let devices = self.devices().ok_or(SideCarError::Damaged)?;
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_unstable_by_key(|(ordinal, _)| *ordinal);
        let mut traces = Vec::new();
        for (_, (_, indicator, destination, record)) in found {
            for (device, pair) in self.pairs(&record).ok_or(SideCarError::Damaged)? {
                let (text, name) = devices.get(device).ok_or(SideCarError::Damaged)?;
                let name = String::from_utf8_lossy(name).into_owned();
                traces.push(Trace {
                    indicator,
                    is_host_only,
                    device: String::from_utf8_lossy(text).into_owned(),
                    device_name: Some(name).filter(|it| !it.is_empty()),
                    destination: destination.clone(),
                    outcome: pair.outcome,
                    count: pair.count,
                    first_seen: moment(pair.first),
                    last_seen: moment(pair.last),
                    offset: pair.offset,
                });
            }
        }
        Ok(traces)
    }
}
