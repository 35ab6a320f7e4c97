//! Indicators on their way into an index.

use std::mem::take;
use std::net::IpAddr;

use indicators::{Indicator, Scope};
use observables::{Endpoint, Network, Observable};
use rustc_hash::FxHashMap;

use crate::about::About;
use crate::columns::{Number, sort_entries, write_label};
use crate::image::{ImageWriter, Section};
use crate::index::{Index, IndexFull};
use crate::names::NameBuilder;
use crate::networks::{Address, Block, cut};
use crate::texts::lay_out;
use crate::urls::UrlBuilder;
use crate::v4_map::V4Marks;

/// A label's number leaves one bit for the scope of a name.
const MOST_LABELS: u32 = 1 << 31;

/// Takes indicators one at a time; what they came as need not be kept.
///
/// Where two lists name the same indicator, the first is the one reported.
#[derive(Clone, Debug, Default)]
pub struct IndexBuilder {
    labels: Labels,
    names: NameBuilder,
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u32)>,
    v4_endpoints: Vec<((u32, u16), u32)>,
    v6_endpoints: Vec<((u128, u16), u32)>,
    v4_networks: Vec<(Block<u32>, u32)>,
    v6_networks: Vec<(Block<u128>, u32)>,
    urls: UrlBuilder,
}

/// Where an indicator comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'o> {
    /// Name of its list.
    pub list: &'o str,
    /// The list of harmless things that names it too.
    pub warning: Option<&'o str>,
}

/// Families, lists and warnings, each text once; a label is three of them.
#[derive(Clone, Debug, Default)]
struct Labels {
    texts: Vec<Box<str>>,
    text_ids: FxHashMap<Box<str>, u32>,
    all: Vec<(u32, u32, u32)>,
    ids: FxHashMap<(u32, u32, u32), u32>,
}

impl Labels {
    fn text(&mut self, text: &str) -> Result<u32, IndexFull> {
        if let Some(id) = self.text_ids.get(text) {
            return Ok(*id);
        }
        let id = u32::try_from(self.texts.len()).map_err(|_| IndexFull)?;
        self.texts.push(text.into());
        self.text_ids.insert(text.into(), id);
        Ok(id)
    }

    fn optional(&mut self, text: Option<&str>) -> Result<u32, IndexFull> {
        text.map_or(Ok(0), |text| self.text(text)?.checked_add(1).ok_or(IndexFull))
    }

    fn label(&mut self, family: Option<&str>, origin: Origin<'_>) -> Result<u32, IndexFull> {
        let label =
            (self.optional(family)?, self.text(origin.list)?, self.optional(origin.warning)?);
        if let Some(id) = self.ids.get(&label) {
            return Ok(*id);
        }
        let id = u32::try_from(self.all.len()).map_err(|_| IndexFull)?;
        if id >= MOST_LABELS {
            return Err(IndexFull);
        }
        self.all.push(label);
        self.ids.insert(label, id);
        Ok(id)
    }

    /// Bytes of a label's number.
    fn width(&self) -> usize {
        if self.all.len() <= 1 << 16 { 2 } else { 4 }
    }
}

impl IndexBuilder {
    /// Adds an indicator of a list.
    pub fn push(&mut self, indicator: &Indicator, list: &str) -> Result<(), IndexFull> {
        self.push_from(indicator, Origin { list, warning: None })
    }

    /// Adds an indicator, with all that is known of where it comes from.
    pub fn push_from(
        &mut self,
        indicator: &Indicator,
        origin: Origin<'_>,
    ) -> Result<(), IndexFull> {
        let label = self.labels.label(indicator.family.as_deref(), origin)?;
        match &indicator.observable {
            Observable::Domain(name) => {
                self.names.push(name.as_str(), indicator.scope == Scope::Exact, label)?;
            }
            Observable::Address(IpAddr::V4(address)) => self.v4.push((u32::from(*address), label)),
            Observable::Address(IpAddr::V6(address)) => self.v6.push((u128::from(*address), label)),
            Observable::Endpoint(Endpoint { address: IpAddr::V4(address), port }) => {
                self.v4_endpoints.push(((u32::from(*address), *port), label));
            }
            Observable::Endpoint(Endpoint { address: IpAddr::V6(address), port }) => {
                self.v6_endpoints.push(((u128::from(*address), *port), label));
            }
            Observable::Network(network) => self.push_network(network, label),
            Observable::Url(url) => self.urls.push(url, label)?,
        }
        Ok(())
    }

    fn push_network(&mut self, network: &Network, label: u32) {
        let length = network.prefix_length();
        match network.first() {
            IpAddr::V4(first) => self.v4_networks.push(((u32::from(first), length), label)),
            IpAddr::V6(first) => self.v6_networks.push(((u128::from(first), length), label)),
        }
    }

    /// The index of all that was pushed.
    pub fn build(self) -> Index {
        self.build_about(&About::default())
    }

    /// The index of all that was pushed, which tells of what it was compiled.
    pub fn build_about(mut self, about: &About) -> Index {
        sort_entries(&mut self.v4);
        sort_entries(&mut self.v6);
        sort_entries(&mut self.v4_endpoints);
        sort_entries(&mut self.v6_endpoints);
        sort_entries(&mut self.v4_networks);
        sort_entries(&mut self.v6_networks);
        let width = self.labels.width();
        let count = self.names.len() as u64;
        let most = self.names.most_bytes() + self.urls.most_bytes() + (4 << 20);
        let mut writer = ImageWriter::new(most + self.v4.len() * 8);

        writer.section(Section::About, |to| to.extend(about.write()));
        let (texts, ends) = lay_out(&self.labels.texts);
        writer.section(Section::Texts, |to| to.extend(texts));
        writer.section(Section::TextEnds, |to| to.extend(ends));
        writer.section(Section::Labels, |to| {
            self.labels.all.iter().for_each(|label| label.write(to));
        });
        self.v4_marks().write(&mut writer);
        write(&mut writer, Section::V4, Section::V4Labels, take(&mut self.v4), width);
        write(&mut writer, Section::V6, Section::V6Labels, take(&mut self.v6), width);
        write(
            &mut writer,
            Section::V4Endpoints,
            Section::V4EndpointLabels,
            take(&mut self.v4_endpoints),
            width,
        );
        write(
            &mut writer,
            Section::V6Endpoints,
            Section::V6EndpointLabels,
            take(&mut self.v6_endpoints),
            width,
        );
        write_segments(&mut writer, Section::V4Segments, &self.v4_networks);
        write(
            &mut writer,
            Section::V4Networks,
            Section::V4NetworkLabels,
            take(&mut self.v4_networks),
            width,
        );
        write_segments(&mut writer, Section::V6Segments, &self.v6_networks);
        write(
            &mut writer,
            Section::V6Networks,
            Section::V6NetworkLabels,
            take(&mut self.v6_networks),
            width,
        );
        self.names.write(&mut writer, self.urls.marks());
        self.urls.write(&mut writer);
        Index::of(writer.finish(count, width))
    }

    fn v4_marks(&self) -> V4Marks {
        let mut marks = V4Marks::default();
        self.v4.iter().for_each(|(address, _)| marks.mark(*address, *address));
        self.v4_endpoints.iter().for_each(|((address, _), _)| marks.mark(*address, *address));
        for ((first, length), _) in &self.v4_networks {
            marks.mark(*first, first.last_of(*length));
        }
        for address in self.urls.addresses() {
            if let IpAddr::V4(address) = address {
                marks.mark(u32::from(*address), u32::from(*address));
            }
        }
        marks
    }
}

/// Appends keys and labels, and gives their memory back: names, which need the most, come after.
fn write<K: Number>(
    writer: &mut ImageWriter,
    keys: Section,
    labels: Section,
    entries: Vec<(K, u32)>,
    width: usize,
) {
    writer.section(keys, |to| entries.iter().for_each(|(key, _)| key.write(to)));
    writer.section(labels, |to| {
        for (_, label) in entries {
            write_label(label, width, to);
        }
    });
}

fn write_segments<A: Address>(
    writer: &mut ImageWriter,
    section: Section,
    networks: &[(Block<A>, u32)],
) {
    let blocks: Vec<Block<A>> = networks.iter().map(|(block, _)| *block).collect();
    writer.section(section, |to| cut(&blocks).into_iter().for_each(|it| it.write(to)));
}
