//! The sections of an index, resolved once, and what is looked up in them.

use std::net::IpAddr;

use crate::columns::{Column, LabelColumn, Number, Table};
use crate::filter::{Filter, LastLabels};
use crate::image::{Image, Section};
use crate::index::{IndicatorId, Kind};
use crate::logged::{first_two_octets, parse_logged};
use crate::names::Names;
use crate::networks::{Address, Networks};
use crate::suffixes::{LowerName, Suffixes, bare, hash_of};
use crate::texts::Texts;
use crate::urls::Urls;
use crate::v4_map::V4Map;

/// The sections of an index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'i> {
    pub(crate) filter: Filter<'i>,
    pub(crate) last_labels: LastLabels<'i>,
    pub(crate) names: Names<'i>,
    pub(crate) v4_map: V4Map<'i>,
    pub(crate) v4: Table<'i, u32>,
    pub(crate) v6: Table<'i, u128>,
    pub(crate) v4_endpoints: Table<'i, (u32, u16)>,
    pub(crate) v6_endpoints: Table<'i, (u128, u16)>,
    pub(crate) v4_networks: Networks<'i, u32>,
    pub(crate) v6_networks: Networks<'i, u128>,
    pub(crate) urls: Urls<'i>,
    pub(crate) texts: Texts<'i>,
    /// Numbers of texts: family + 1 or 0, list, warning + 1 or 0.
    pub(crate) labels: Column<'i, (u32, u32, u32)>,
}

/// What was found by a name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ByName {
    /// A URL of the name.
    pub(crate) url: Option<IndicatorId>,
    /// The longest suffix that an indicator covers.
    pub(crate) name: Option<IndicatorId>,
}

impl<'i> View<'i> {
    pub(crate) fn of(image: &'i Image) -> Self {
        let labels = |section| LabelColumn::new(image.section(section), image.label_width);
        Self {
            filter: Filter::new(image.section(Section::Filter)),
            last_labels: LastLabels::new(image.section(Section::LastLabels)),
            names: Names::of(image),
            v4_map: V4Map::of(image),
            v4: table(image, Section::V4, labels(Section::V4Labels)),
            v6: table(image, Section::V6, labels(Section::V6Labels)),
            v4_endpoints: table(image, Section::V4Endpoints, labels(Section::V4EndpointLabels)),
            v6_endpoints: table(image, Section::V6Endpoints, labels(Section::V6EndpointLabels)),
            v4_networks: networks(
                image,
                [Section::V4Networks, Section::V4Segments],
                labels(Section::V4NetworkLabels),
            ),
            v6_networks: networks(
                image,
                [Section::V6Networks, Section::V6Segments],
                labels(Section::V6NetworkLabels),
            ),
            urls: Urls::of(image),
            texts: Texts::new(image.section(Section::Texts), image.section(Section::TextEnds)),
            labels: Column::new(image.section(Section::Labels)),
        }
    }

    /// Whether the index may know a name as a log writes it, or one that it is below. Looks at the
    /// last two labels of almost every name, and allocates nothing.
    #[inline]
    pub(crate) fn may_know(&self, raw: &[u8]) -> bool {
        let Some(text) = bare(raw) else { return false };
        let mut suffixes = Suffixes::of(text);
        while let Some(suffix) = suffixes.next() {
            if suffixes.has_met_unicode() {
                return true;
            }
            if suffix.labels >= 2 {
                let claim = self.filter.claim(suffix.hash);
                if claim.is_name {
                    return true;
                }
                if !claim.is_ending {
                    return false;
                }
            }
        }
        false
    }

    /// What the index knows of a name; `room` is for its lower-case form. `path` is that of a URL
    /// where one was asked for.
    #[cold]
    #[inline(never)]
    pub(crate) fn find_name(
        &self,
        room: &mut LowerName,
        raw: &[u8],
        path: Option<(u16, &[u8])>,
    ) -> ByName {
        let mut found = ByName::default();
        if !room.read(raw) {
            return found;
        }
        let text = room.as_bytes();
        for suffix in Suffixes::of(text) {
            if suffix.labels < 2 {
                continue;
            }
            let claim = self.filter.claim(suffix.hash);
            if claim.is_name {
                let name = text.get(suffix.start..).unwrap_or_default();
                let entry = self.names.find(suffix.hash, name);
                if let Some((offset, entry)) = entry
                    && (suffix.start == 0 || !entry.is_exact)
                {
                    found.name = Some(IndicatorId::of(Kind::Name, offset));
                }
                if suffix.start == 0
                    && let Some((port, path)) = path
                {
                    let url = self.urls.find_name(suffix.hash, name, port, path);
                    found.url = url.map(|at| IndicatorId::of(Kind::Url, at));
                }
            }
            if !claim.is_ending {
                break;
            }
        }
        found
    }

    /// The offset of a name of the index itself, whatever its scope.
    pub(crate) fn find_entry(&self, name: &[u8]) -> Option<IndicatorId> {
        let (offset, _) = self.names.find(hash_of(name), name)?;
        Some(IndicatorId::of(Kind::Name, offset))
    }

    /// The address that a log writes, where an indicator may name it; `None` for any other text
    /// and for almost every address of nobody's interest.
    #[inline]
    pub(crate) fn address_of(&self, text: &[u8]) -> Option<IpAddr> {
        if let Some(octets) = first_two_octets(text)
            && !self.v4_map.holds_slash_16(octets)
        {
            return None;
        }
        if text.is_empty() {
            return None;
        }
        parse_logged(text).filter(|address| self.may_hold(*address))
    }

    /// Whether an indicator may name an address: one bit answers for almost every IPv4 address.
    #[inline]
    pub(crate) fn may_hold(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4_map.holds(address.into()),
            IpAddr::V6(_) => {
                let is_without = self.v6.keys.is_empty()
                    && self.v6_endpoints.keys.is_empty()
                    && self.v6_networks.segments.is_empty()
                    && !self.has_urls();
                !is_without
            }
        }
    }

    pub(crate) fn has_urls(&self) -> bool {
        !self.urls.entries.is_empty()
    }

    pub(crate) fn find_address_url(
        &self,
        address: IpAddr,
        port: u16,
        path: &[u8],
    ) -> Option<IndicatorId> {
        let at = self.urls.find_address(address, port, path)?;
        Some(IndicatorId::of(Kind::Url, at))
    }

    /// The endpoint, else the address, else the narrowest network around it. Port 0 is no port.
    #[inline]
    pub(crate) fn find_address(&self, address: IpAddr, port: u16) -> Option<IndicatorId> {
        match address {
            IpAddr::V4(address) => {
                let key = u32::from(address);
                if self.v4_map.holds(key) { self.find_v4(key, port) } else { None }
            }
            IpAddr::V6(address) => self.find_v6(u128::from(address), port),
        }
    }

    /// Whether an indicator names this address, a network around it, or one of its ports; URLs left
    /// out.
    #[inline]
    pub(crate) fn holds_address(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => {
                let key = u32::from(address);
                self.v4_map.holds(key)
                    && (self.v4_endpoints.holds_between((key, 0), (key, u16::MAX))
                        || self.find_v4(key, 0).is_some())
            }
            IpAddr::V6(address) => {
                let key = u128::from(address);
                self.v6_endpoints.holds_between((key, 0), (key, u16::MAX))
                    || self.find_v6(key, 0).is_some()
            }
        }
    }

    fn find_v4(&self, key: u32, port: u16) -> Option<IndicatorId> {
        let kinds = [Kind::V4Endpoint, Kind::V4, Kind::V4Network];
        find_by_number(key, port, kinds, &self.v4_endpoints, &self.v4, &self.v4_networks)
    }

    fn find_v6(&self, key: u128, port: u16) -> Option<IndicatorId> {
        let kinds = [Kind::V6Endpoint, Kind::V6, Kind::V6Network];
        find_by_number(key, port, kinds, &self.v6_endpoints, &self.v6, &self.v6_networks)
    }
}

fn find_by_number<A: Address>(
    key: A,
    port: u16,
    [endpoint, address, network]: [Kind; 3],
    endpoints: &Table<'_, (A, u16)>,
    addresses: &Table<'_, A>,
    networks: &Networks<'_, A>,
) -> Option<IndicatorId> {
    if port != 0
        && let Some(entry) = endpoints.keys.find((key, port))
    {
        return Some(IndicatorId::of(endpoint, entry));
    }
    if let Some(entry) = addresses.keys.find(key) {
        return Some(IndicatorId::of(address, entry));
    }
    Some(IndicatorId::of(network, networks.find(key)?))
}

fn table<'i, K: Number>(image: &'i Image, keys: Section, labels: LabelColumn<'i>) -> Table<'i, K> {
    Table { keys: Column::new(image.section(keys)), labels }
}

fn networks<'i, A: Address>(
    image: &'i Image,
    [blocks, segments]: [Section; 2],
    labels: LabelColumn<'i>,
) -> Networks<'i, A> {
    Networks::new(image.section(blocks), labels, image.section(segments))
}
