//! New indicators against a side-car.

use contacts::Outcome;
use indicators::{Indicator, Scope};
use jiff::Timestamp;
use observables::{Host, Observable};
use rustc_hash::FxHashMap;

use crate::filter::may_hold;
use crate::key::{hash_of, set_address, set_name, text_of};
use crate::side_car::{Record, moment};
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
type Found<'b> = FxHashMap<u64, (Rank, usize, String, &'b [u8])>;

impl<B: AsRef<[u8]>> SideCar<B> {
    /// The devices that contacted any of `indicators`, by destination.
    pub fn find(&self, indicators: &[Indicator]) -> Result<Vec<Trace>, SideCarError> {
        let (mut found, mut hosts) = (Found::default(), Found::default());
        let mut key = Vec::new();
        for (number, indicator) in indicators.iter().enumerate() {
            match &indicator.observable {
                Observable::Domain(name) => {
                    let is_exact = indicator.scope == Scope::Exact;
                    set_name(&mut key, name.as_str().as_bytes());
                    self.find_name(&key, is_exact, number, &mut found)?;
                }
                Observable::Address(address) => {
                    set_address(&mut key, *address, 0);
                    self.find_address(&key, 200, number, &mut found)?;
                }
                Observable::Endpoint(endpoint) => {
                    set_address(&mut key, endpoint.address, endpoint.port);
                    if self.may_hold_address(&key) {
                        let is_same = |it: &[u8]| it == key.as_slice();
                        self.take_while(&key, is_same, is_same, (201, number), &mut found)?;
                    }
                }
                Observable::Network(network) => {
                    let mut last = Vec::new();
                    set_address(&mut key, network.first(), 0);
                    set_address(&mut last, network.last(), u16::MAX);
                    let rank = u16::from(network.prefix_length());
                    let is_inside = |it: &[u8]| it <= last.as_slice();
                    let is_ours = |it: &[u8]| it.len() == last.len();
                    self.take_while(&key, is_inside, is_ours, (rank, number), &mut found)?;
                }
                Observable::Url(url) => match &url.host {
                    Host::Name(name) => {
                        set_name(&mut key, name.as_str().as_bytes());
                        self.find_name(&key, true, number, &mut hosts)?;
                    }
                    Host::Address(address) => {
                        set_address(&mut key, *address, 0);
                        self.find_address(&key, 200, number, &mut hosts)?;
                    }
                },
            }
        }
        let mut traces = Vec::new();
        for (found, is_host_only) in [(found, false), (hosts, true)] {
            traces.extend(self.traces(found, is_host_only)?);
        }
        Ok(traces)
    }

    fn find_name<'b>(
        &'b self,
        key: &[u8],
        is_exact: bool,
        number: usize,
        found: &mut Found<'b>,
    ) -> Result<(), SideCarError> {
        if !may_hold(self.filter(), hash_of(key)) {
            return Ok(());
        }
        let rank = u16::try_from(key.len()).unwrap_or(Rank::MAX);
        let is_covered = |it: &[u8]| {
            let below = it.strip_prefix(key);
            below.is_some_and(|it| it.is_empty() || (!is_exact && it.first() == Some(&b'.')))
        };
        // `evil-x` sorts between `evil` and what is below it.
        let is_near = |it: &[u8]| if is_exact { it == key } else { it.starts_with(key) };
        self.take_while(key, is_near, is_covered, (rank, number), found)
    }

    fn find_address<'b>(
        &'b self,
        key: &[u8],
        rank: Rank,
        number: usize,
        found: &mut Found<'b>,
    ) -> Result<(), SideCarError> {
        if !self.may_hold_address(key) {
            return Ok(());
        }
        let address = key.get(..key.len().saturating_sub(2)).unwrap_or_default();
        let is_same = |it: &[u8]| it.starts_with(address);
        self.take_while(key, is_same, is_same, (rank, number), found)
    }

    fn may_hold_address(&self, key: &[u8]) -> bool {
        let address = key.get(..key.len().saturating_sub(2)).unwrap_or_default();
        may_hold(self.filter(), hash_of(address))
    }

    /// Takes what is covered of the keys from `from` on, as long as they are near.
    fn take_while<'b>(
        &'b self,
        from: &[u8],
        is_near: impl Fn(&[u8]) -> bool,
        is_covered: impl Fn(&[u8]) -> bool,
        (rank, number): (Rank, usize),
        found: &mut Found<'b>,
    ) -> Result<(), SideCarError> {
        let mut is_sound = true;
        self.scan(from, |key, Record { ordinal, pairs }| {
            if !is_near(key) {
                return false;
            }
            if is_covered(key) {
                let Some(text) = text_of(key) else {
                    is_sound = false;
                    return false;
                };
                // The first of equals stays, as it does in an index.
                let held = found.get(&ordinal).map(|it| it.0);
                if held.is_none_or(|held| rank > held) {
                    found.insert(ordinal, (rank, number, text, pairs));
                }
            }
            true
        })?;
        if is_sound { Ok(()) } else { Err(SideCarError::Damaged) }
    }

    fn traces(&self, found: Found<'_>, is_host_only: bool) -> Result<Vec<Trace>, SideCarError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let devices = self.devices().ok_or(SideCarError::Damaged)?;
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_unstable_by_key(|(ordinal, _)| *ordinal);
        let mut traces = Vec::new();
        for (_, (_, indicator, destination, record)) in found {
            for (device, pair) in self.pairs(record).ok_or(SideCarError::Damaged)? {
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
