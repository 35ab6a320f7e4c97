//! Claims of many files into [`Names`].

use std::net::IpAddr;

use contacts::TimeReading;
use jiff::Timestamp;
use rustc_hash::FxHashMap;

use crate::formats::{self, NamesFormat};
use crate::holdings::{Event, What, holdings};
use crate::identity::{Identity, host_key};
use crate::names::{DeviceRecord, Fixed, OfAddress, Snapshot, StandIn};
use crate::{
    Block, DeviceNumber, Intermediary, Mac, Names, NamesProblem, NamesReport, Reason, Roles,
    Source, ToldBy,
};

/// The most claims that are held, about 150 bytes each: further ones are left out, and said.
const MOST_CLAIMS: usize = 2_000_000;

/// Takes claims of files and gives the [`Names`] they come to.
#[derive(Debug)]
pub struct NamesBuilder {
    /// The run's site, in the form in which sites are compared.
    site: Option<String>,
    devices: FxHashMap<Identity, DeviceNumber>,
    records: Vec<Known>,
    events: FxHashMap<IpAddr, Vec<Event>>,
    snapshots: FxHashMap<IpAddr, Vec<Snapshot>>,
    fixed: FxHashMap<IpAddr, Vec<Fixed>>,
    stand_ins: Vec<StandIn>,
    claims: usize,
}

/// What is known of a device so far.
#[derive(Debug)]
struct Known {
    identity: Identity,
    /// Its newest name of each source.
    names: Vec<(Source, Option<Timestamp>, Box<str>)>,
    roles: Roles,
}

/// One device as a line of a file tells it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) mac: Option<Mac>,
    /// DHCP's identifier of the client, in hexadecimal.
    pub(crate) client: Option<Box<str>>,
    pub(crate) name: Option<Box<str>>,
    /// For whom else it stands.
    pub(crate) stands_as: Option<Intermediary>,
}

/// What a line says of an address.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    /// Given or renewed; `is_over` when the server already ended it then.
    Granted {
        at: Timestamp,
        until: Timestamp,
        is_told: bool,
        is_over: bool,
    },
    Ended {
        at: Timestamp,
    },
    /// It stood in a file of leases that was written then.
    Lease {
        written: Option<Timestamp>,
        until: Timestamp,
    },
    /// It stood in a table that was written then.
    Snapshot {
        at: Option<Timestamp>,
    },
    Fixed {
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    },
}

/// One file being read.
pub(crate) struct Reading<'b> {
    builder: &'b mut NamesBuilder,
    pub(crate) report: NamesReport,
    pub(crate) times: &'b TimeReading,
    source: Source,
}

impl NamesBuilder {
    /// Nothing known yet, for logs of this site.
    pub fn new(site: Option<&str>) -> Self {
        Self {
            site: site.map(site_key),
            devices: FxHashMap::default(),
            records: Vec::new(),
            events: FxHashMap::default(),
            snapshots: FxHashMap::default(),
            fixed: FxHashMap::default(),
            stand_ins: Vec::new(),
            claims: 0,
        }
    }

    /// Addresses of which somebody says that they stand for others, at any time.
    pub fn stand_in(&mut self, block: Block, kind: Intermediary) {
        let (from, until, by) = (None, None, ToldBy::Person);
        self.stand_ins.push(StandIn { block, from, until, kind, by });
    }

    /// Reads one file whole; `times` has when it was last written, which dates tables without times
    /// of their own.
    pub fn read(&mut self, bytes: &[u8], times: &TimeReading) -> NamesReport {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let Some(format) = formats::detect(bytes) else {
            let problem = Some(NamesProblem::UnknownFormat);
            return NamesReport { problem, ..NamesReport::default() };
        };
        let report = NamesReport { format: Some(format), ..NamesReport::default() };
        let mut reading = Reading { builder: self, report, times, source: format.source() };
        formats::read(format, bytes, &mut reading);
        reading.report
    }

    /// Everything that was read.
    pub fn build(self) -> Names {
        let renamed = self.one_name_one_device();
        let device = |device: DeviceNumber| renamed.get(&device).copied().unwrap_or(device);
        let mut addresses: FxHashMap<IpAddr, OfAddress> = FxHashMap::default();
        for (address, mut events) in self.events {
            for it in &mut events {
                it.device = device(it.device);
            }
            addresses.entry(address).or_default().holdings = holdings(events);
        }
        for (address, mut snapshots) in self.snapshots {
            for it in &mut snapshots {
                it.device = device(it.device);
            }
            addresses.entry(address).or_default().snapshots = snapshots;
        }
        for (address, mut fixed) in self.fixed {
            for it in &mut fixed {
                it.device = device(it.device);
            }
            addresses.entry(address).or_default().fixed = fixed;
        }
        let mut by_name: FxHashMap<String, Option<DeviceNumber>> = FxHashMap::default();
        let mut devices = Vec::with_capacity(self.records.len());
        let mut roles: FxHashMap<DeviceNumber, Roles> = FxHashMap::default();
        for (number, known) in (0..).zip(&self.records) {
            roles.entry(device(number)).or_default().join(known.roles);
        }
        for (own, mut known) in (0..).zip(self.records) {
            let number = device(own);
            known.roles = roles.get(&own).copied().unwrap_or_default();
            for (_, _, name) in &known.names {
                let key = host_key(name);
                let short = key.split_once('.').map(|(host, _)| host.to_owned());
                for key in std::iter::once(key).chain(short) {
                    let is_other = |it: &mut Option<DeviceNumber>| {
                        if *it != Some(number) {
                            *it = None;
                        }
                    };
                    by_name.entry(key).and_modify(is_other).or_insert(Some(number));
                }
            }
            devices.push(known.into_record());
        }
        let by_name = by_name.into_iter().filter_map(|(name, it)| Some((name, it?))).collect();
        Names { addresses, devices, by_name, stand_ins: self.stand_ins }
    }

    /// A device known by its name alone, as an inventory without hardware addresses knows it, is
    /// the one device of that name whose hardware address is known.
    fn one_name_one_device(&self) -> FxHashMap<DeviceNumber, DeviceNumber> {
        let mut with_mac: FxHashMap<String, Option<DeviceNumber>> = FxHashMap::default();
        for (number, known) in (0..).zip(&self.records) {
            if matches!(known.identity, Identity::Name(_)) {
                continue;
            }
            let keys: std::collections::BTreeSet<_> =
                known.names.iter().map(|(_, _, name)| host_key(name)).collect();
            for key in keys {
                with_mac.entry(key).and_modify(|it| *it = None).or_insert(Some(number));
            }
        }
        let same = |(number, known): (DeviceNumber, &Known)| match &known.identity {
            Identity::Name(name) => Some((number, (*with_mac.get(&**name)?)?)),
            _ => None,
        };
        (0..).zip(&self.records).filter_map(same).collect()
    }

    fn device(
        &mut self,
        told: Told,
        source: Source,
        at: Option<Timestamp>,
    ) -> Option<DeviceNumber> {
        let Told { mac, client, name, stands_as } = told;
        let by_name = || name.as_deref().map(|it| Identity::Name(host_key(it).into()));
        let identity =
            mac.map(Identity::Mac).or_else(|| client.map(Identity::Client)).or_else(by_name)?;
        let next = DeviceNumber::try_from(self.records.len()).ok()?;
        let number = *self.devices.entry(identity.clone()).or_insert(next);
        if number == next {
            self.records.push(Known { identity, names: Vec::new(), roles: Roles::default() });
        }
        let known = self.records.get_mut(number as usize);
        if let (Some(kind), Some(known)) = (stands_as, known) {
            known.roles.add(kind, ToldBy::Inventory);
        }
        if let (Some(name), Some(known)) = (name, self.records.get_mut(number as usize)) {
            match known.names.iter_mut().find(|(by, _, _)| *by == source) {
                None => known.names.push((source, at, name)),
                Some(held) if held.1 <= at => *held = (source, at, name),
                Some(_) => {}
            }
        }
        Some(number)
    }
}

impl Known {
    fn into_record(self) -> DeviceRecord {
        let mac = match self.identity {
            Identity::Mac(mac) => Some(mac),
            Identity::Client(_) | Identity::Name(_) => None,
        };
        let first = self.names.into_iter().min_by_key(|(source, _, _)| *source);
        let name = first.map(|(source, _, name)| (source, name));
        DeviceRecord { mac, name, roles: self.roles }
    }
}

impl Reading<'_> {
    /// Takes what a line says of a device, and of the address it gives, if any.
    pub(crate) fn take(
        &mut self,
        line: (u64, &[u8]),
        address: Option<IpAddr>,
        told: Told,
        said: Said,
    ) {
        let (number, text) = line;
        if self.builder.claims >= MOST_CLAIMS {
            self.report.problem = Some(NamesProblem::TooMany);
            return;
        }
        if let Said::Granted { at, until, .. } = said
            && until < at
        {
            return self.report.refuse(number, text, Reason::BadInterval);
        }
        if let Some(address) = address
            && (address.is_unspecified() || address.is_loopback() || address.is_multicast())
        {
            return self.report.refuse(number, text, Reason::BadAddress);
        }
        let at = match said {
            Said::Granted { at, .. } | Said::Ended { at } => Some(at),
            Said::Snapshot { at } | Said::Lease { written: at, .. } => at,
            Said::Fixed { from, .. } => from,
        };
        let source = self.source;
        if let (Said::Ended { at }, Some(address), None, None) =
            (said, address, told.mac, &told.client)
        {
            // The server does not say whose it was: it is nobody's any more.
            let event = Event { at, device: DeviceNumber::MAX, source, what: What::Ended };
            self.builder.events.entry(address.to_canonical()).or_default().push(event);
            self.builder.claims += 1;
            self.report.claims += 1;
            return;
        }
        if let (Some(kind), Some(address), Said::Fixed { from, until }, None, None, None) =
            (told.stands_as, address, said, told.mac, &told.client, &told.name)
        {
            let (block, by) = (Block::single(address), ToldBy::Inventory);
            self.builder.stand_ins.push(StandIn { block, from, until, kind, by });
            self.builder.claims += 1;
            self.report.claims += 1;
            return;
        }
        let Some(device) = self.builder.device(told, source, at) else {
            return self.report.refuse(number, text, Reason::NoDevice);
        };
        self.builder.claims += 1;
        self.report.claims += 1;
        let Some(address) = address.map(|it| it.to_canonical()) else { return };
        let events = &mut self.builder.events;
        let mut event = |at, what| {
            events.entry(address).or_default().push(Event { at, device, source, what });
        };
        match said {
            Said::Granted { at, until, is_told, is_over } => {
                event(at, What::Granted { until, is_told });
                if is_over {
                    event(until, What::Ended);
                }
            }
            Said::Ended { at } => event(at, What::Ended),
            Said::Lease { written, until } => {
                if let Some(at) = written.filter(|at| *at < until) {
                    event(at, What::Granted { until, is_told: true });
                }
                let snapshot = Snapshot { device, source, at: written.map(|at| at.min(until)) };
                self.builder.snapshots.entry(address).or_default().push(snapshot);
            }
            Said::Snapshot { at } => {
                let snapshot = Snapshot { device, source, at };
                self.builder.snapshots.entry(address).or_default().push(snapshot);
            }
            Said::Fixed { from, until } => {
                let fixed = Fixed { device, from, until };
                self.builder.fixed.entry(address).or_default().push(fixed);
            }
        }
    }

    /// Whether a row of this site is for the run; `None` when the run does not say where it is.
    pub(crate) fn is_of_run(&self, site: &str) -> Option<bool> {
        Some(*self.builder.site.as_ref()? == site_key(site))
    }

    /// Whether no more claims are held.
    pub(crate) fn is_full(&self) -> bool {
        self.report.problem == Some(NamesProblem::TooMany)
    }
}

/// A site's name in the form in which two of them are compared.
pub(crate) fn site_key(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").nfc().flat_map(char::to_lowercase).collect()
}

impl NamesFormat {
    /// What its claims are believed as.
    pub fn source(self) -> Source {
        match self {
            Self::DnsmasqLeases | Self::IscLeases | Self::KeaLeases => Source::DhcpLease,
            Self::DhcpLog | Self::WindowsDhcp => Source::DhcpLog,
            Self::Neighbours => Source::NeighbourTable,
            Self::Inventory => Source::Inventory,
        }
    }
}
