//! Hits summed up: one sighting a device and indicator. An address that two devices held one after
//! the other is two devices.

use std::cmp::{Ordering, Reverse};
use std::net::IpAddr;

use contacts::Between;
use jiff::Timestamp;
use naming::{Confidence, DeviceNumber, Holder, Intermediary, Names, Source, ToldBy, Who};
use rustc_hash::FxHashMap;

use crate::apart::{Apart, Questions};
use crate::standing_in::StandingIn;
use crate::{
    Describe, Described, Destination, Device, Evidence, Hit, IndicatorId, Sighting, Verdict,
};

/// The most sightings one run holds, about 400 bytes each: further pairs of device and indicator
/// are dropped and the run is incomplete.
pub const MOST_SIGHTINGS: usize = 500_000;

/// How much of a line is kept as evidence, in bytes.
const LONGEST_EVIDENCE: usize = 2048;

/// Where a line stands: the log's number in the run and the offset of its first byte there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the log in the run.
    pub log: u32,
    /// Offset in decompressed bytes.
    pub offset: u64,
    /// Number of the line, from 1, counted as the caller likes: [`Gatherer::finish`] asks for the
    /// number in the file.
    pub line: u64,
}

/// Sums hits up. Which thread saw which part of a log, and in which order parts are merged, does
/// not change the result as long as no pair was dropped.
#[derive(Clone, Debug)]
pub struct Gatherer {
    records: FxHashMap<Key, Record>,
    standing_in: StandingIn,
    most: usize,
    is_full: bool,
}

impl Default for Gatherer {
    fn default() -> Self {
        Self::with_limit(MOST_SIGHTINGS)
    }
}

type Key = (DeviceKey, Who, IndicatorId);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum DeviceKey {
    Address(IpAddr),
    Name(Box<str>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    count: u64,
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    /// Who names the device, for the least sure of the contacts.
    said: Option<(Confidence, Reverse<Source>)>,
    /// The device that held the address by other sources than the log, which names it itself.
    behind: Behind,
    strongest: Strongest,
    /// The lines that tell of questions and of answers apart.
    lines: Apart,
    /// The earliest of them on which something answered in the destination's place.
    first_blocked: Option<Box<Strongest>>,
}

/// What the contacts of a sighting agree on. Joining is the same in every order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Behind {
    #[default]
    Unknown,
    Device(DeviceNumber),
    Several,
}

impl Behind {
    fn of(device: Option<DeviceNumber>) -> Self {
        device.map_or(Self::Unknown, Self::Device)
    }

    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, it) | (it, Self::Unknown) => it,
            (one, other) if one == other => one,
            _ => Self::Several,
        }
    }
}

/// The contact that proves most, the earliest such in the logs' order.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Strongest {
    verdict: Verdict,
    place: Place,
    destination: Box<str>,
    device_name: Box<str>,
    line: Box<[u8]>,
}

impl Strongest {
    fn rank(&self) -> (Reverse<Verdict>, Place, &str, &str) {
        (Reverse(self.verdict), self.place, &self.destination, &self.device_name)
    }
}

impl Gatherer {
    /// A gatherer that holds at most so many sightings.
    pub fn with_limit(most: usize) -> Self {
        Self {
            records: FxHashMap::default(),
            standing_in: StandingIn::default(),
            most,
            is_full: false,
        }
    }

    /// Adds a hit of a line. [`Hit::holder`] tells which device it was.
    pub fn add(
        &mut self,
        hit: &Hit<'_>,
        holder: Holder,
        time: Option<Timestamp>,
        place: Place,
        line: &[u8],
    ) {
        self.add_count(1, hit, holder, time, place, line);
    }

    /// Adds what a further packet says of a contact that was added before: it may prove more, and
    /// is not counted again.
    pub fn add_to(
        &mut self,
        hit: &Hit<'_>,
        holder: Holder,
        time: Option<Timestamp>,
        place: Place,
        line: &[u8],
    ) {
        self.add_count(0, hit, holder, time, place, line);
    }

    #[inline]
    fn add_count(
        &mut self,
        count: u64,
        hit: &Hit<'_>,
        holder: Holder,
        time: Option<Timestamp>,
        place: Place,
        line: &[u8],
    ) {
        if let (Device::Address(device), true) = (hit.device, hit.between != Between::Nobody) {
            self.standing_in.see(device, hit.between, hit.verdict.is_question());
        }
        let key = (device_key(hit.device), holder.who, hit.indicator);
        let said = holder.source.map(|(source, confidence)| (confidence, Reverse(source)));
        let behind = Behind::of(holder.behind);
        let lines = Apart::of(hit.verdict, hit.part, count);
        let strongest = || Strongest {
            verdict: hit.verdict,
            place,
            destination: destination_text(hit.destination),
            device_name: lossy(spelling(hit)),
            line: line.get(..LONGEST_EVIDENCE).unwrap_or(line).into(),
        };
        let is_known = self.records.get(&key).is_some_and(|known| {
            // No text is made for the many contacts that prove less than the one held.
            let held = &known.strongest;
            (Reverse(held.verdict), held.place) < (Reverse(hit.verdict), place)
        });
        if is_known && let Some(known) = self.records.get_mut(&key) {
            known.count += count;
            known.first_seen = earliest(known.first_seen, time);
            known.last_seen = known.last_seen.max(time);
            known.said = weakest(known.said, said);
            known.behind = known.behind.join(behind);
            known.lines.add(lines);
            // It proves less than a question and is needed all the same.
            let held = &mut known.first_blocked;
            if lines.blocked > 0 && held.as_ref().is_none_or(|it| place < it.place) {
                *held = Some(Box::new(strongest()));
            }
            return;
        }
        let record = Record {
            count,
            first_seen: time,
            last_seen: time,
            said,
            behind,
            strongest: strongest(),
            lines,
            first_blocked: (lines.blocked > 0).then(|| Box::new(strongest())),
        };
        self.put(key, record);
    }

    /// Takes over what another gatherer holds of other lines.
    pub fn merge(&mut self, other: Self) {
        self.is_full |= other.is_full;
        self.standing_in.merge(other.standing_in);
        for (key, record) in other.records {
            self.put(key, record);
        }
    }

    /// Whether a pair of device and indicator was dropped.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// How many sightings it holds.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The sightings, strongest verdict first, then by device and indicator. `names` are those that
    /// told the holders; `locate` gives the log's name and the line's number in it.
    pub fn finish(
        self,
        index: &impl Describe,
        names: &Names,
        locate: impl Fn(Place) -> (String, u64),
    ) -> Vec<Sighting> {
        let mut sightings = self.finish_part(index, names, locate);
        for sighting in &mut sightings {
            // Of a contact that was only ever added to.
            sighting.count = sighting.count.max(1);
        }
        sightings
    }

    /// As [`Self::finish`], of a part of a run whose parts are added up: a sighting that only says
    /// more of a contact which an earlier part has counted has the count 0.
    pub fn finish_part(
        self,
        index: &impl Describe,
        names: &Names,
        locate: impl Fn(Place) -> (String, u64),
    ) -> Vec<Sighting> {
        self.finish_knowing(&mut StandingIn::default(), index, names, locate).0
    }

    /// As [`Self::finish_part`], with what earlier parts showed of machines that stand for others; what
    /// this one shows is added. Beside each sighting stands what is known of its questions, where the log
    /// has question and answer apart.
    pub fn finish_knowing(
        mut self,
        standing_in: &mut StandingIn,
        index: &impl Describe,
        names: &Names,
        locate: impl Fn(Place) -> (String, u64),
    ) -> (Vec<Sighting>, Vec<Option<Questions>>) {
        self.join_unnamed();
        self.settle_blocked();
        standing_in.merge(std::mem::take(&mut self.standing_in));
        for ((device, ..), record) in &self.records {
            if let (DeviceKey::Address(device), true) =
                (device, record.strongest.verdict.is_finding())
            {
                standing_in.see_client(*device);
            }
        }
        let standing_in = &*standing_in;
        let described =
            self.records.into_iter().filter_map(|((device, who, indicator), record)| {
                let it = index.describe(indicator)?;
                Some(((device, who), indicator.kind(), it.text(), it, record))
            });
        let mut described: Vec<_> = described.collect();
        described.sort_by(|left, right| {
            let verdicts = right.4.strongest.verdict.cmp(&left.4.strongest.verdict);
            let key = |it: &((DeviceKey, Who), _, String, _, Record)| {
                // Numbers of devices are of this run: the time of the first contact is the same
                // in every run.
                (it.0.0.clone(), it.1, it.2.clone(), it.4.first_seen, it.0.1.clone())
            };
            verdicts.then_with(|| key(left).cmp(&key(right)))
        });
        let sighting = |((device, who), _, indicator, it, record): (
            (DeviceKey, Who),
            _,
            _,
            Described<'_>,
            Record,
        )| {
            let facts = device_facts(names, &who, &record);
            let role = role_of((names, standing_in), &device, &who, &record);
            let Record { count, first_seen, last_seen, strongest, lines, first_blocked, .. } =
                record;
            let evidence = |it: Strongest| {
                let (file, line_number) = locate(it.place);
                let line = String::from_utf8_lossy(&it.line).into_owned();
                let offset = it.place.offset;
                (it.destination.into_string(), Evidence { file, offset, line_number, line })
            };
            let questions = lines
                .is_apart()
                .then(|| Questions { lines, first_blocked: first_blocked.map(|it| evidence(*it)) });
            let verdict = strongest.verdict;
            let (destination, evidence) = evidence(strongest);
            let device = match device {
                DeviceKey::Address(address) => address.to_string(),
                DeviceKey::Name(name) => name.into_string(),
            };
            let (name, device_mac, said) = facts;
            let device_name = name.filter(|name| *name != device);
            let said = said.filter(|_| device_name.is_some() || device_mac.is_some());
            let sighting = Sighting {
                device,
                device_name,
                device_mac,
                name_source: said.map(|it| it.0),
                name_confidence: said.map(|it| it.1),
                intermediary: role.map(|it| it.0),
                intermediary_source: role.map(|it| it.1),
                indicator,
                indicator_type: it.kind().code().to_owned(),
                family: it.family.map(str::to_owned),
                list: it.list.to_owned(),
                warning: it.warning.map(str::to_owned),
                destination,
                verdict,
                count,
                first_seen,
                last_seen,
                evidence,
            };
            (sighting, questions)
        };
        described.into_iter().map(sighting).unzip()
    }

    /// What was blocked each time that it was asked for was blocked, though the line of a question alone
    /// proves more.
    fn settle_blocked(&mut self) {
        for record in self.records.values_mut() {
            if record.strongest.verdict != Verdict::DnsQueried || !record.lines.is_all_blocked() {
                continue;
            }
            if let Some(first) = &record.first_blocked {
                let before = std::mem::replace(&mut record.strongest, (**first).clone());
                if record.strongest.device_name.is_empty() {
                    record.strongest.device_name = before.device_name;
                }
            }
        }
    }

    /// A device that the log names on some lines and not on others is one, as long as nothing else
    /// stands for another device at that address.
    fn join_unnamed(&mut self) {
        let mut groups: FxHashMap<(DeviceKey, IndicatorId), Vec<Who>> = FxHashMap::default();
        for (device, who, indicator) in self.records.keys() {
            groups.entry((device.clone(), *indicator)).or_default().push(who.clone());
        }
        for ((device, indicator), group) in groups {
            if group.len() < 2 {
                continue;
            }
            let key = |who: &Who| (device.clone(), who.clone(), indicator);
            let named: Vec<&Who> = group.iter().filter(|it| matches!(it, Who::Named(_))).collect();
            let behind = |who: &Who| self.records.get(&key(who)).map(|it| it.behind);
            let mut joins: Vec<(Who, Who)> = Vec::new();
            for who in &group {
                let into = match who {
                    // Nothing but the lack of a name tells them apart.
                    Who::Unknown => match named.as_slice() {
                        [only] if group.len() == 2 => Some(*only),
                        _ => None,
                    },
                    // Its lease tells which of those that the log names it is.
                    Who::Device(device) => {
                        let mut same =
                            named.iter().filter(|it| behind(it) == Some(Behind::Device(*device)));
                        same.next().filter(|_| same.next().is_none()).copied()
                    }
                    Who::Named(_) => None,
                };
                joins.extend(into.map(|into| (who.clone(), into.clone())));
            }
            for (who, into) in joins {
                if let Some(mut record) = self.records.remove(&key(&who)) {
                    record.said = None;
                    self.put(key(&into), record);
                }
            }
        }
    }

    fn put(&mut self, key: Key, record: Record) {
        if let Some(known) = self.records.get_mut(&key) {
            known.count += record.count;
            known.first_seen = earliest(known.first_seen, record.first_seen);
            known.last_seen = known.last_seen.max(record.last_seen);
            known.said = weakest(known.said, record.said);
            known.behind = known.behind.join(record.behind);
            known.lines.add(record.lines);
            if let Some(first) = record.first_blocked {
                let held = &mut known.first_blocked;
                if held.as_ref().is_none_or(|it| first.rank() < it.rank()) {
                    *held = Some(first);
                }
            }
            if record.strongest.rank().cmp(&known.strongest.rank()) == Ordering::Less {
                let unnamed = record.strongest.device_name.is_empty();
                let before = std::mem::replace(&mut known.strongest, record.strongest);
                if unnamed {
                    known.strongest.device_name = before.device_name;
                }
            } else if known.strongest.device_name.is_empty() {
                known.strongest.device_name = record.strongest.device_name;
            }
        } else if self.records.len() < self.most {
            self.records.insert(key, record);
        } else {
            self.is_full = true;
        }
    }
}

/// Name, hardware address, and who says so.
type Facts = (Option<String>, Option<String>, Option<(Source, Confidence)>);

fn device_facts(names: &Names, who: &Who, record: &Record) -> Facts {
    let said = record.said.map(|(confidence, Reverse(source))| (source, confidence));
    let own = Some(record.strongest.device_name.to_string()).filter(|name| !name.is_empty());
    match who {
        Who::Unknown => (own, None, said),
        Who::Named(_) => {
            let mac = match record.behind {
                Behind::Device(device) => names.describe(device).mac,
                Behind::Unknown | Behind::Several => None,
            };
            (own, mac.map(|it| it.to_string()), said)
        }
        Who::Device(device) => {
            let facts = names.describe(*device);
            let is_own = said.is_some_and(|(source, _)| source == Source::Log);
            let name = own.filter(|_| is_own).or_else(|| facts.name.map(str::to_owned));
            let said = said.map(|said| names.said_of(*device, said));
            (name, facts.mac.map(|it| it.to_string()), said)
        }
    }
}

/// What the device of a finding does in the place of others, and who says so.
fn role_of(
    (names, standing_in): (&Names, &StandingIn),
    device: &DeviceKey,
    who: &Who,
    record: &Record,
) -> Option<(Intermediary, ToldBy)> {
    let verdict = record.strongest.verdict;
    if !verdict.is_finding() {
        return None;
    }
    let address = match device {
        DeviceKey::Address(address) => Some(*address),
        DeviceKey::Name(_) => None,
    };
    let mut roles = names.roles(address, who, record.last_seen);
    if let Some(address) = address {
        roles.join(standing_in.of(address));
    }
    roles.in_contact(verdict.is_question())
}

/// The least sure; of two as sure as each other, the one believed last.
fn weakest(
    left: Option<(Confidence, Reverse<Source>)>,
    right: Option<(Confidence, Reverse<Source>)>,
) -> Option<(Confidence, Reverse<Source>)> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    }
}

fn earliest(left: Option<Timestamp>, right: Option<Timestamp>) -> Option<Timestamp> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    }
}

/// What the log calls the device; for one that it knows by name alone, that name as it is written.
fn spelling<'l>(hit: &Hit<'l>) -> &'l [u8] {
    match hit.device {
        Device::Name(name) if hit.device_name.is_empty() => name,
        _ => hit.device_name,
    }
}

fn device_key(device: Device<'_>) -> DeviceKey {
    match device {
        Device::Address(address) => DeviceKey::Address(address),
        Device::Name(b"") => DeviceKey::Name("-".into()),
        Device::Name(name) => {
            DeviceKey::Name(String::from_utf8_lossy(name).to_lowercase().into_boxed_str())
        }
    }
}

fn destination_text(destination: Destination<'_>) -> Box<str> {
    match destination {
        Destination::Name(name) => lossy(name),
        Destination::Address(address, 0) => address.to_string().into(),
        Destination::Address(address, port) => {
            observables::Endpoint { address, port }.to_string().into()
        }
        Destination::AddressUrl(IpAddr::V6(host), path) => {
            format!("[{host}]{}", String::from_utf8_lossy(path)).into()
        }
        Destination::AddressUrl(host, path) => {
            format!("{host}{}", String::from_utf8_lossy(path)).into()
        }
        Destination::Url(host, path) => {
            format!("{}{}", String::from_utf8_lossy(host), String::from_utf8_lossy(path)).into()
        }
    }
}

fn lossy(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes).into()
}
