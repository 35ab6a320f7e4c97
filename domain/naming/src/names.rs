//! Which device an address was.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::holdings::Holding;
use crate::{Block, Intermediary, Mac, Roles, ToldBy, host_key};

/// Up to how far from a moment a table that was saved once still says something of it.
const NEAR: SignedDuration = SignedDuration::from_hours(24);
/// Beyond this it says nothing.
const FAR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Number of a device among those of [`Names`].
pub type DeviceNumber = u32;

/// Who says what a device is called; the first is believed before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The log that shows the contact.
    Log,
    /// A DHCP server's file of leases.
    DhcpLease,
    /// A DHCP server's log.
    DhcpLog,
    /// A table of neighbours.
    NeighbourTable,
    /// A list that people keep.
    Inventory,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 5] =
        [Self::Log, Self::DhcpLease, Self::DhcpLog, Self::NeighbourTable, Self::Inventory];

    /// The stable code, as it stands in outputs and message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::DhcpLease => "dhcp-lease",
            Self::DhcpLog => "dhcp-log",
            Self::NeighbourTable => "neighbour-table",
            Self::Inventory => "inventory",
        }
    }

    /// How sure a name of this source can be.
    fn best(self) -> Confidence {
        match self {
            Self::Log | Self::DhcpLease | Self::DhcpLog => Confidence::High,
            Self::NeighbourTable | Self::Inventory => Confidence::Medium,
        }
    }
}

/// How sure it is which device an address was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Said without a time, or long before or after.
    Low,
    /// Said within a day, or by people.
    Medium,
    /// Said for that moment.
    High,
}

impl Confidence {
    /// Every confidence.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The stable code, as it stands in outputs and message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Which device an address was, by whom and how surely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The device.
    pub device: DeviceNumber,
    /// Who says so.
    pub source: Source,
    /// How sure it is.
    pub confidence: Confidence,
}

/// What is known of a device, at whichever address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceFacts<'n> {
    /// Its newest name, of the source that is believed first.
    pub name: Option<&'n str>,
    /// Who calls it so.
    pub name_source: Option<Source>,
    /// Its hardware address.
    pub mac: Option<Mac>,
}

/// What tells the device of one contact from others at the same address.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// Nothing does.
    #[default]
    Unknown,
    /// It is a device of [`Names`].
    Device(DeviceNumber),
    /// The log's own name for it, as [`host_key`] gives it, which no other source knows.
    Named(Box<str>),
}

/// The device of one contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// What tells it from others.
    pub who: Who,
    /// Who says so; of a device that the log names, the log.
    pub source: Option<(Source, Confidence)>,
    /// The device that held the address by other sources, where the log names it otherwise.
    pub behind: Option<DeviceNumber>,
}

/// Which device an address was, at any moment. Holds nothing by default: then only a log's own names
/// tell devices apart.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub(crate) addresses: FxHashMap<IpAddr, OfAddress>,
    pub(crate) devices: Vec<DeviceRecord>,
    /// Devices by name, where one alone is called so; full names and those without their domain.
    pub(crate) by_name: FxHashMap<String, DeviceNumber>,
    /// Addresses that stand for others.
    pub(crate) stand_ins: Vec<StandIn>,
}

/// Addresses that are said to stand for others, for a time or for always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StandIn {
    pub(crate) block: Block,
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) kind: Intermediary,
    pub(crate) by: ToldBy,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeviceRecord {
    pub(crate) mac: Option<Mac>,
    pub(crate) name: Option<(Source, Box<str>)>,
    pub(crate) roles: Roles,
}

/// What is said of one address.
#[derive(Clone, Debug, Default)]
pub(crate) struct OfAddress {
    /// In the order of time.
    pub(crate) holdings: Vec<Holding>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) fixed: Vec<Fixed>,
}

/// A table that was saved once says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) device: DeviceNumber,
    pub(crate) source: Source,
    /// When; `None` when nobody knows.
    pub(crate) at: Option<Timestamp>,
}

/// People say so, for a time or for always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    pub(crate) device: DeviceNumber,
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

impl Names {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.stand_ins.is_empty()
    }

    /// The device that held an address at a moment.
    ///
    /// In this order: a DHCP lease that covers the moment, a lease file or neighbour table saved
    /// within 30 days of it (the nearest), an inventory. Without a moment, the one device that all
    /// of them name.
    pub fn resolve(&self, address: IpAddr, at: Option<Timestamp>) -> Option<Claim> {
        let known = self.addresses.get(&address.to_canonical())?;
        let Some(at) = at else { return known.only() };
        known.held(at).or_else(|| known.near(at)).or_else(|| known.fixed(at))
    }

    /// The device that held an address from one moment to another, as [`Self::resolve`] tells it for
    /// each in between; `None` when more than one did.
    pub fn resolve_span(&self, address: IpAddr, from: Timestamp, to: Timestamp) -> Option<Claim> {
        let known = self.addresses.get(&address.to_canonical())?;
        let mut found = self.resolve(address, Some(from))?;
        // What anybody says changes at these moments, or right behind them, and at no other.
        let holdings = known.holdings.iter().flat_map(|it| [it.from, it.sure_until, it.until]);
        let fixed = known.fixed.iter().flat_map(|it| [it.from, it.until]).flatten();
        let mut saved: Vec<Timestamp> = known.snapshots.iter().filter_map(|it| it.at).collect();
        saved.sort_unstable();
        saved.dedup();
        let middle = |pair: &[Timestamp]| match pair {
            [one, other] => one.checked_add(other.duration_since(*one) / 2).ok(),
            _ => None,
        };
        let middles: Vec<Timestamp> = saved.windows(2).filter_map(middle).collect();
        let reach = |it: Timestamp, far| [it.checked_sub(far).ok(), it.checked_add(far).ok()];
        let reaches = saved.into_iter().flat_map(|it| [reach(it, NEAR), reach(it, FAR)]);
        let reaches = reaches.flatten().flatten();
        let inside = holdings.chain(fixed).chain(middles).chain(reaches);
        let inside: BTreeSet<Timestamp> = inside.filter(|at| from <= *at && *at < to).collect();
        let behind = |at: Timestamp| [Some(at), at.checked_add(SignedDuration::from_nanos(1)).ok()];
        for at in inside.into_iter().flat_map(behind).flatten().chain([to]) {
            let claim = self.resolve(address, Some(at))?;
            if claim.device != found.device {
                return None;
            }
            if claim.confidence < found.confidence {
                found = claim;
            }
        }
        Some(found)
    }

    /// The one device of that name.
    pub fn by_name(&self, name: &str) -> Option<DeviceNumber> {
        if self.by_name.is_empty() {
            return None;
        }
        let key = host_key(name);
        let short = || key.split_once('.').and_then(|(host, _)| self.by_name.get(host));
        self.by_name.get(&key).or_else(short).copied()
    }

    /// What is known of a device.
    pub fn describe(&self, device: DeviceNumber) -> DeviceFacts<'_> {
        let Some(record) = self.devices.get(device as usize) else {
            return DeviceFacts::default();
        };
        DeviceFacts {
            name: record.name.as_ref().map(|(_, name)| &**name),
            name_source: record.name.as_ref().map(|(source, _)| *source),
            mac: record.mac,
        }
    }

    /// For whom else a device stands that was seen at an address at a moment, as far as anybody has said;
    /// what logs show is not in it.
    pub fn roles(&self, address: Option<IpAddr>, who: &Who, at: Option<Timestamp>) -> Roles {
        let mut roles = match who {
            Who::Device(device) => {
                self.devices.get(*device as usize).map(|it| it.roles).unwrap_or_default()
            }
            Who::Unknown | Who::Named(_) => Roles::default(),
        };
        let Some(address) = address else { return roles };
        for it in self.stand_ins.iter().filter(|it| it.block.holds(address)) {
            let is_of_then = match at {
                Some(at) => {
                    it.from.is_none_or(|from| from <= at) && it.until.is_none_or(|until| at < until)
                }
                None => it.from.is_none() && it.until.is_none(),
            };
            if is_of_then {
                roles.add(it.kind, it.by);
            }
        }
        roles
    }

    /// Who says what a device is called, and how sure that is, from who says that it held the
    /// address: no surer than either.
    pub fn said_of(&self, device: DeviceNumber, by: (Source, Confidence)) -> (Source, Confidence) {
        match self.describe(device).name_source {
            Some(source) if by.0 != Source::Log => (source, by.1.min(source.best())),
            _ => by,
        }
    }

    /// The device of a contact: of the address, when the log gives one; by the name that the log
    /// itself gives it before all others.
    pub fn holder(
        &self,
        address: Option<IpAddr>,
        own_name: &[u8],
        at: Option<Timestamp>,
    ) -> Holder {
        if own_name.is_empty() {
            let claim = match address {
                Some(address) if !self.addresses.is_empty() => self.resolve(address, at),
                _ => None,
            };
            let Some(claim) = claim else { return Holder::default() };
            return Holder {
                who: Who::Device(claim.device),
                source: Some((claim.source, claim.confidence)),
                behind: None,
            };
        }
        let name = String::from_utf8_lossy(own_name);
        let source = Some((Source::Log, Confidence::High));
        if let Some(device) = self.by_name(&name) {
            return Holder { who: Who::Device(device), source, behind: None };
        }
        let claim = address.and_then(|address| self.resolve(address, at));
        // A device that others call otherwise is another one, or was renamed: nobody knows.
        let behind = claim.map(|it| it.device).filter(|it| self.describe(*it).name.is_none());
        Holder { who: Who::Named(host_key(&name).into()), source, behind }
    }
}

impl Names {
    /// The device of a contact of which the log gives no address: its name is all there is.
    pub fn holder_by_name(&self, name: &[u8]) -> Holder {
        let source = Some((Source::Log, Confidence::High));
        let device = self.by_name(&String::from_utf8_lossy(name));
        Holder { who: device.map_or(Who::Unknown, Who::Device), source, behind: None }
    }
}

impl OfAddress {
    fn held(&self, at: Timestamp) -> Option<Claim> {
        let before = self.holdings.partition_point(|it| it.from <= at).checked_sub(1)?;
        let held = self.holdings.get(before).filter(|it| it.covers(at))?;
        let is_sure = at <= held.sure_until;
        let confidence = if is_sure { Confidence::High } else { Confidence::Medium };
        Some(Claim { device: held.device, source: held.source, confidence })
    }

    fn near(&self, at: Timestamp) -> Option<Claim> {
        let distance = |it: &Snapshot| it.at.map(|then| then.duration_since(at).abs());
        // Between both, the server gave the address to somebody: the table says nothing of before.
        let given = |at: Timestamp| self.holdings.partition_point(|it| it.from < at);
        let is_of_then = |it: &Snapshot| it.at.is_some_and(|then| given(then) == given(at));
        let dated = self.snapshots.iter().filter(|it| is_of_then(it));
        let dated = dated.filter_map(|it| Some((distance(it)?, it)));
        // Of two as near as each other, the one that is believed first.
        let nearest = dated.min_by_key(|(far, it)| (*far, it.source, it.device));
        if let Some((far, it)) = nearest.filter(|(far, _)| *far <= FAR) {
            let confidence = if far <= NEAR { Confidence::Medium } else { Confidence::Low };
            return Some(Claim { device: it.device, source: it.source, confidence });
        }
        let undated = self.snapshots.iter().filter(|it| it.at.is_none());
        let (source, device) = only(undated.map(|it| (it.source, it.device)))?;
        Some(Claim { device, source, confidence: Confidence::Low })
    }

    fn fixed(&self, at: Timestamp) -> Option<Claim> {
        let covers = |it: &&Fixed| {
            it.from.is_none_or(|from| from <= at) && it.until.is_none_or(|until| at < until)
        };
        // A row with dates is about a time, one without about always.
        let is_dated = |it: &&Fixed| it.from.is_some() || it.until.is_some();
        let covering = || self.fixed.iter().filter(covers);
        let claim = |(source, device), confidence| Claim { device, source, confidence };
        let row = |it: &Fixed| (Source::Inventory, it.device);
        if covering().any(|it| is_dated(&it)) {
            let found = only(covering().filter(is_dated).map(row))?;
            return Some(claim(found, Confidence::Medium));
        }
        Some(claim(only(covering().map(row))?, Confidence::Low))
    }

    /// The one device that everything names.
    fn only(&self) -> Option<Claim> {
        let held = self.holdings.iter().map(|it| (it.source, it.device));
        let saved = self.snapshots.iter().map(|it| (it.source, it.device));
        let fixed = self.fixed.iter().map(|it| (Source::Inventory, it.device));
        let (source, device) = only(held.chain(saved).chain(fixed))?;
        Some(Claim { device, source, confidence: Confidence::Low })
    }
}

/// The device that all of these name, by the source believed first.
fn only(claims: impl Iterator<Item = (Source, DeviceNumber)>) -> Option<(Source, DeviceNumber)> {
    let mut found: Option<(Source, DeviceNumber)> = None;
    for (source, device) in claims {
        match &mut found {
            None => found = Some((source, device)),
            Some((first, same)) if *same == device => *first = (*first).min(source),
            Some(_) => return None,
        }
    }
    found
}
