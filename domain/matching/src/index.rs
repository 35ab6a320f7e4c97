//! Indicators compiled for matching.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use indicators::{Indicator, Scope};
use observables::{Endpoint, Network, Observable, ObservableKind};
use rustc_hash::FxHashMap;

use crate::addresses::{Block, NetworkTable, Slash24Map, SortedTable, number};
use crate::names::NameTable;
use crate::suffixes::LowerName;
use crate::urls::UrlTable;

/// More than 4 GB of names or URLs, or 500 million of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexFull;

impl std::fmt::Display for IndexFull {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the lists hold more than one index takes")
    }
}

impl std::error::Error for IndexFull {}

/// An indicator of one [`Index`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorId(Table, u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Table {
    Names,
    V4,
    V6,
    V4Endpoints,
    V6Endpoints,
    V4Networks,
    V6Networks,
    Urls,
}

/// What an index knows of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described<'i> {
    /// Its normal form.
    pub text: String,
    /// What it is.
    pub kind: ObservableKind,
    /// Malware family, when the list names one.
    pub family: Option<&'i str>,
    /// The list it came from.
    pub list: &'i str,
}

/// Takes indicators one at a time; what they came as need not be kept.
///
/// Where two lists name the same indicator, the first is the one reported.
#[derive(Clone, Debug, Default)]
pub struct IndexBuilder {
    texts: Texts,
    names: NameTable,
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u32)>,
    v4_endpoints: Vec<(u64, u32)>,
    v6_endpoints: Vec<((u128, u16), u32)>,
    v4_networks: Vec<(Block, u32)>,
    v6_networks: Vec<(Block, u32)>,
    urls: UrlTable,
}

/// Families and lists, each text once; a label is a pair of them.
#[derive(Clone, Debug, Default)]
struct Texts {
    all: Vec<Box<str>>,
    text_ids: FxHashMap<Box<str>, u32>,
    labels: Vec<(Option<u32>, u32)>,
    label_ids: FxHashMap<(Option<u32>, u32), u32>,
}

impl Texts {
    fn text(&mut self, text: &str) -> Result<u32, IndexFull> {
        if let Some(id) = self.text_ids.get(text) {
            return Ok(*id);
        }
        let id = u32::try_from(self.all.len()).map_err(|_| IndexFull)?;
        self.all.push(text.into());
        self.text_ids.insert(text.into(), id);
        Ok(id)
    }

    fn label(&mut self, family: Option<&str>, list: &str) -> Result<u32, IndexFull> {
        let family = family.map(|family| self.text(family)).transpose()?;
        let pair = (family, self.text(list)?);
        if let Some(id) = self.label_ids.get(&pair) {
            return Ok(*id);
        }
        let id = u32::try_from(self.labels.len()).map_err(|_| IndexFull)?;
        if id >> 31 != 0 {
            return Err(IndexFull);
        }
        self.labels.push(pair);
        self.label_ids.insert(pair, id);
        Ok(id)
    }
}

impl IndexBuilder {
    /// Adds an indicator of a list.
    pub fn push(&mut self, indicator: &Indicator, list: &str) -> Result<(), IndexFull> {
        let label = self.texts.label(indicator.family.as_deref(), list)?;
        match &indicator.observable {
            Observable::Domain(name) => {
                self.names.push(name.as_str(), indicator.scope == Scope::Exact, label)?;
            }
            Observable::Address(IpAddr::V4(address)) => self.v4.push((u32::from(*address), label)),
            Observable::Address(IpAddr::V6(address)) => self.v6.push((u128::from(*address), label)),
            Observable::Endpoint(Endpoint { address: IpAddr::V4(address), port }) => {
                self.v4_endpoints.push((v4_endpoint(u32::from(*address), *port), label));
            }
            Observable::Endpoint(Endpoint { address: IpAddr::V6(address), port }) => {
                self.v6_endpoints.push(((u128::from(*address), *port), label));
            }
            Observable::Network(network) => {
                let block = Block {
                    first: number(network.first()),
                    last: number(network.last()),
                    prefix_length: network.prefix_length(),
                };
                let is_v4 = network.first().is_ipv4();
                let networks = if is_v4 { &mut self.v4_networks } else { &mut self.v6_networks };
                networks.push((block, label));
            }
            Observable::Url(url) => self.urls.push(url, label)?,
        }
        Ok(())
    }

    /// The index of all that was pushed.
    pub fn build(mut self) -> Index {
        self.names.finish();
        self.urls.finish();
        let v4 = SortedTable::new(self.v4);
        let v4_endpoints = SortedTable::new(self.v4_endpoints);
        let v4_networks = NetworkTable::new(self.v4_networks);
        let mut slash_24s = Slash24Map::default();
        for address in v4.keys() {
            slash_24s.mark(*address, *address);
        }
        for endpoint in v4_endpoints.keys() {
            let address = u32::try_from(endpoint >> 16).unwrap_or_default();
            slash_24s.mark(address, address);
        }
        for block in v4_networks.blocks() {
            let bounds = (u32::try_from(block.first), u32::try_from(block.last));
            if let (Ok(first), Ok(last)) = bounds {
                slash_24s.mark(first, last);
            }
        }
        Index {
            texts: self.texts.all,
            labels: self.texts.labels,
            names: self.names,
            slash_24s,
            v4,
            v6: SortedTable::new(self.v6),
            v4_endpoints,
            v6_endpoints: SortedTable::new(self.v6_endpoints),
            v4_networks,
            v6_networks: NetworkTable::new(self.v6_networks),
            urls: self.urls,
        }
    }
}

/// Indicators compiled for matching: arrays and offsets, never changed, shared by all threads.
#[derive(Clone, Debug)]
pub struct Index {
    texts: Vec<Box<str>>,
    labels: Vec<(Option<u32>, u32)>,
    names: NameTable,
    slash_24s: Slash24Map,
    v4: SortedTable<u32>,
    v6: SortedTable<u128>,
    v4_endpoints: SortedTable<u64>,
    v6_endpoints: SortedTable<(u128, u16)>,
    v4_networks: NetworkTable,
    v6_networks: NetworkTable,
    urls: UrlTable,
}

impl Index {
    /// How many different indicators it holds.
    pub fn len(&self) -> usize {
        self.names.len()
            + self.v4.keys().len()
            + self.v6.keys().len()
            + self.v4_endpoints.keys().len()
            + self.v6_endpoints.keys().len()
            + self.v4_networks.blocks().len()
            + self.v6_networks.blocks().len()
            + self.urls.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory of its tables in bytes, filters of 2–4 MB left out.
    pub fn size_bytes(&self) -> usize {
        self.names.size_bytes()
            + self.v4.size_bytes()
            + self.v6.size_bytes()
            + self.v4_endpoints.size_bytes()
            + self.v6_endpoints.size_bytes()
            + self.v4_networks.size_bytes()
            + self.v6_networks.size_bytes()
            + self.urls.size_bytes()
    }

    /// What is known of an indicator; `None` for an id of another index.
    pub fn describe(&self, id: IndicatorId) -> Option<Described<'_>> {
        let entry = id.1;
        let network = |is_v4: bool, (block, label): (Block, u32)| {
            let network = Network::new(address(is_v4, block.first)?, block.prefix_length).ok()?;
            Some((network.to_string(), ObservableKind::Network, label))
        };
        let (text, kind, label) = match id.0 {
            Table::Names => {
                let text = self.names.text(entry)?.to_owned();
                (text, ObservableKind::Domain, self.names.label(entry)?)
            }
            Table::V4 => {
                let (key, label) = self.v4.get(entry)?;
                (Ipv4Addr::from(key).to_string(), ObservableKind::Address, label)
            }
            Table::V6 => {
                let (key, label) = self.v6.get(entry)?;
                (Ipv6Addr::from(key).to_string(), ObservableKind::Address, label)
            }
            Table::V4Endpoints => {
                let (key, label) = self.v4_endpoints.get(entry)?;
                let address = address(true, u128::from(key >> 16))?;
                let port = u16::try_from(key & 0xffff).ok()?;
                (Endpoint { address, port }.to_string(), ObservableKind::Endpoint, label)
            }
            Table::V6Endpoints => {
                let ((key, port), label) = self.v6_endpoints.get(entry)?;
                let address = address(false, key)?;
                (Endpoint { address, port }.to_string(), ObservableKind::Endpoint, label)
            }
            Table::V4Networks => network(true, self.v4_networks.get(entry)?)?,
            Table::V6Networks => network(false, self.v6_networks.get(entry)?)?,
            Table::Urls => {
                let (text, label) = self.urls.get(entry)?;
                (text, ObservableKind::Url, label)
            }
        };
        let (family, list) = *self.labels.get(label as usize)?;
        let family = family.and_then(|it| self.texts.get(it as usize)).map(AsRef::as_ref);
        Some(Described { text, kind, family, list: self.texts.get(list as usize)? })
    }

    #[inline]
    pub(crate) fn find_name(&self, name: &LowerName) -> Option<IndicatorId> {
        self.names.find(name).map(|entry| IndicatorId(Table::Names, entry))
    }

    pub(crate) fn has_urls(&self) -> bool {
        !self.urls.is_empty()
    }

    pub(crate) fn find_url(&self, name: &LowerName, port: u16, path: &[u8]) -> Option<IndicatorId> {
        let entry = self.urls.find_name(name, port, path)?;
        Some(IndicatorId(Table::Urls, entry))
    }

    pub(crate) fn find_address_url(
        &self,
        address: IpAddr,
        port: u16,
        path: &[u8],
    ) -> Option<IndicatorId> {
        let entry = self.urls.find_address(address, port, path)?;
        Some(IndicatorId(Table::Urls, entry))
    }

    /// Whether an indicator names this address, a network around it, or one of its ports; URLs left
    /// out. Cheap: one bit answers for almost every IPv4 address.
    #[inline]
    pub fn holds_address(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => {
                let key = u32::from(address);
                self.slash_24s.holds(key) && self.holds_v4(key)
            }
            IpAddr::V6(address) => {
                let key = u128::from(address);
                self.find_v6(key, 0).is_some()
                    || self.v6_endpoints.holds_between((key, 0), (key, u16::MAX))
            }
        }
    }

    fn holds_v4(&self, key: u32) -> bool {
        self.find_v4(key, 0).is_some()
            || self.v4_endpoints.holds_between(v4_endpoint(key, 0), v4_endpoint(key, u16::MAX))
    }

    /// The endpoint, else the address, else the narrowest network around it. Port 0 is no port.
    #[inline]
    pub(crate) fn find_address(&self, address: IpAddr, port: u16) -> Option<IndicatorId> {
        match address {
            IpAddr::V4(address) => {
                let key = u32::from(address);
                if self.slash_24s.holds(key) { self.find_v4(key, port) } else { None }
            }
            IpAddr::V6(address) => self.find_v6(u128::from(address), port),
        }
    }

    fn find_v4(&self, key: u32, port: u16) -> Option<IndicatorId> {
        if port != 0
            && let Some(entry) = self.v4_endpoints.find(v4_endpoint(key, port))
        {
            return Some(IndicatorId(Table::V4Endpoints, entry));
        }
        if let Some(entry) = self.v4.find(key) {
            return Some(IndicatorId(Table::V4, entry));
        }
        let entry = self.v4_networks.find(u128::from(key))?;
        Some(IndicatorId(Table::V4Networks, entry))
    }

    fn find_v6(&self, key: u128, port: u16) -> Option<IndicatorId> {
        if port != 0
            && let Some(entry) = self.v6_endpoints.find((key, port))
        {
            return Some(IndicatorId(Table::V6Endpoints, entry));
        }
        if let Some(entry) = self.v6.find(key) {
            return Some(IndicatorId(Table::V6, entry));
        }
        Some(IndicatorId(Table::V6Networks, self.v6_networks.find(key)?))
    }
}

fn v4_endpoint(address: u32, port: u16) -> u64 {
    u64::from(address) << 16 | u64::from(port)
}

fn address(is_v4: bool, number: u128) -> Option<IpAddr> {
    if is_v4 {
        Some(Ipv4Addr::from(u32::try_from(number).ok()?).into())
    } else {
        Some(Ipv6Addr::from(number).into())
    }
}
