//! Indicators compiled for matching.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use indicators::Scope;
use observables::{DomainName, Endpoint, Host, Network, Observable, ObservableKind};

use crate::about::About;
use crate::image::{self, Image, IndexError, Section, Storage};
use crate::suffixes::hash_of;
use crate::verify;
use crate::view::View;

/// More than 4 GB of names or URLs, or 2 billion of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexFull;

impl std::fmt::Display for IndexFull {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the lists hold more than one index takes")
    }
}

impl std::error::Error for IndexFull {}

/// An indicator of one [`Index`], or of one of several [`crate::Layers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorId(pub(crate) Kind, pub(crate) u32, pub(crate) u8);

impl IndicatorId {
    /// An indicator of an index by itself.
    pub(crate) fn of(kind: Kind, at: u32) -> Self {
        Self(kind, at, 0)
    }

    pub(crate) fn kind(self) -> Kind {
        self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Name,
    V4,
    V6,
    V4Endpoint,
    V6Endpoint,
    V4Network,
    V6Network,
    Url,
}

/// What an index knows of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described<'i> {
    /// What is malicious.
    pub observable: Observable,
    /// How far a domain name reaches.
    pub scope: Scope,
    /// Malware family, when the list names one.
    pub family: Option<&'i str>,
    /// The list it came from.
    pub list: &'i str,
    /// The list of harmless things that names it too, for a person to look at.
    pub warning: Option<&'i str>,
}

impl Described<'_> {
    /// Its normal form.
    pub fn text(&self) -> String {
        self.observable.to_string()
    }

    /// What it is.
    pub fn kind(&self) -> ObservableKind {
        self.observable.kind()
    }
}

/// Indicators compiled for matching: bytes and offsets, never changed, shared by all threads. The
/// same bytes are the index in memory and on disk.
#[derive(Clone, Debug)]
pub struct Index {
    image: Image,
}

impl Index {
    /// An index of bytes that were written by any program: header and bounds of the sections are
    /// looked at, which takes no time. Whatever else is wrong with the bytes makes look-ups find
    /// nothing or the wrong thing, and no more than that; [`Self::verify`] tells.
    pub fn open(storage: Storage) -> Result<Self, IndexError> {
        Ok(Self { image: Image::open(storage)? })
    }

    /// An index of bytes in memory.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, IndexError> {
        Self::open(Arc::new(bytes))
    }

    /// Whether bytes that begin so are meant as an index, of whatever version.
    pub fn is_index(start: &[u8]) -> bool {
        image::is_index(start)
    }

    /// Whether the bytes are those that were written, and everything in them is as this program
    /// would have written it.
    pub fn verify(&self) -> Result<(), IndexError> {
        verify::verify(&self.image)
    }

    /// The bytes, as they may be written to a file.
    pub fn as_bytes(&self) -> &[u8] {
        self.image.bytes()
    }

    /// When and of what it was compiled; `None` where that part is damaged.
    pub fn about(&self) -> Option<About> {
        About::read(self.image.section(Section::About))
    }

    /// How many different indicators it holds.
    pub fn len(&self) -> usize {
        self.counts().iter().map(|(_, count)| count).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many indicators of each kind it holds.
    pub fn counts(&self) -> [(ObservableKind, usize); 5] {
        let view = self.view();
        [
            (ObservableKind::Domain, usize::try_from(self.image.names).unwrap_or(usize::MAX)),
            (ObservableKind::Address, view.v4.keys.len() + view.v6.keys.len()),
            (ObservableKind::Endpoint, view.v4_endpoints.keys.len() + view.v6_endpoints.keys.len()),
            (
                ObservableKind::Network,
                view.v4_networks.blocks.keys.len() + view.v6_networks.blocks.keys.len(),
            ),
            (ObservableKind::Url, view.urls.entries.len()),
        ]
    }

    /// Its size in bytes, filters and all.
    pub fn size_bytes(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether an indicator names this address, a network around it, or one of its ports; URLs left
    /// out. To ask often, ask [`crate::Matcher::holds_address`].
    pub fn holds_address(&self, address: IpAddr) -> bool {
        self.view().holds_address(address)
    }

    /// Whether this very indicator is in it: not one that covers it, nor one that it covers.
    pub fn holds(&self, observable: &Observable) -> bool {
        self.find(observable).is_some()
    }

    /// This very indicator: not one that covers it, nor one that it covers.
    pub fn find(&self, observable: &Observable) -> Option<IndicatorId> {
        let view = self.view();
        let (kind, at) = match observable {
            Observable::Domain(name) => return view.find_entry(name.as_str().as_bytes()),
            Observable::Address(IpAddr::V4(address)) => {
                (Kind::V4, view.v4.keys.find(u32::from(*address)))
            }
            Observable::Address(IpAddr::V6(address)) => {
                (Kind::V6, view.v6.keys.find(u128::from(*address)))
            }
            Observable::Endpoint(Endpoint { address: IpAddr::V4(address), port }) => {
                (Kind::V4Endpoint, view.v4_endpoints.keys.find((u32::from(*address), *port)))
            }
            Observable::Endpoint(Endpoint { address: IpAddr::V6(address), port }) => {
                (Kind::V6Endpoint, view.v6_endpoints.keys.find((u128::from(*address), *port)))
            }
            Observable::Network(network) => {
                let length = network.prefix_length();
                match network.first() {
                    IpAddr::V4(first) => {
                        let blocks = &view.v4_networks.blocks;
                        (Kind::V4Network, blocks.keys.find((u32::from(first), length)))
                    }
                    IpAddr::V6(first) => {
                        let blocks = &view.v6_networks.blocks;
                        (Kind::V6Network, blocks.keys.find((u128::from(first), length)))
                    }
                }
            }
            Observable::Url(url) => {
                let (port, path) = (url.port.unwrap_or_default(), url.path.as_bytes());
                let at = match &url.host {
                    Host::Name(name) => {
                        let name = name.as_str().as_bytes();
                        view.urls.find_name(hash_of(name), name, port, path)
                    }
                    Host::Address(address) => view.urls.find_address(*address, port, path),
                };
                // The longest path that covers a URL's own is that path, where it is there.
                let is_it = |at: &u32| {
                    let found = view.urls.get(*at).and_then(|it| it.url());
                    found.is_some_and(|it| it == *url)
                };
                (Kind::Url, at.filter(is_it))
            }
        };
        Some(IndicatorId::of(kind, at?))
    }

    /// What is known of an indicator; `None` for an id of another index.
    pub fn describe(&self, id: IndicatorId) -> Option<Described<'_>> {
        let view = self.view();
        let mut scope = Scope::Subdomains;
        let (observable, label) = match id.0 {
            Kind::Name => {
                let entry = view.names.get(id.1)?;
                if entry.is_exact {
                    scope = Scope::Exact;
                }
                let name = DomainName::parse(entry.text()?.as_bytes()).ok()?;
                (Observable::Domain(name), entry.label)
            }
            Kind::V4 => {
                let (key, label) = view.v4.get(id.1)?;
                (Observable::Address(Ipv4Addr::from(key).into()), label)
            }
            Kind::V6 => {
                let (key, label) = view.v6.get(id.1)?;
                (Observable::Address(Ipv6Addr::from(key).into()), label)
            }
            Kind::V4Endpoint => {
                let ((key, port), label) = view.v4_endpoints.get(id.1)?;
                let address = Ipv4Addr::from(key).into();
                (Observable::Endpoint(Endpoint { address, port }), label)
            }
            Kind::V6Endpoint => {
                let ((key, port), label) = view.v6_endpoints.get(id.1)?;
                let address = Ipv6Addr::from(key).into();
                (Observable::Endpoint(Endpoint { address, port }), label)
            }
            Kind::V4Network => {
                let ((first, length), label) = view.v4_networks.blocks.get(id.1)?;
                let network = Network::new(Ipv4Addr::from(first).into(), length).ok()?;
                (Observable::Network(network), label)
            }
            Kind::V6Network => {
                let ((first, length), label) = view.v6_networks.blocks.get(id.1)?;
                let network = Network::new(Ipv6Addr::from(first).into(), length).ok()?;
                (Observable::Network(network), label)
            }
            Kind::Url => {
                let entry = view.urls.get(id.1)?;
                (Observable::Url(entry.url()?), entry.label)
            }
        };
        let (family, list, warning) = view.labels.get(label as usize)?;
        let optional = |at: u32| view.texts.text((at as usize).checked_sub(1)?);
        Some(Described {
            observable,
            scope,
            family: optional(family),
            list: view.texts.text(list as usize)?,
            warning: optional(warning),
        })
    }

    /// The malware families it names, in alphabetical order.
    pub fn families(&self) -> Vec<&str> {
        let view = self.view();
        let numbers = view.labels.iter().filter_map(|(family, ..)| family.checked_sub(1));
        let numbers: BTreeSet<u32> = numbers.collect();
        let names = numbers.into_iter().filter_map(|at| view.texts.text(at as usize));
        let names: BTreeSet<&str> = names.collect();
        names.into_iter().collect()
    }

    /// Every indicator; of a damaged index, those that can be told.
    pub fn iter(&self) -> impl Iterator<Item = Described<'_>> {
        let view = self.view();
        let tables = [
            (Kind::V4, view.v4.keys.len()),
            (Kind::V6, view.v6.keys.len()),
            (Kind::V4Endpoint, view.v4_endpoints.keys.len()),
            (Kind::V6Endpoint, view.v6_endpoints.keys.len()),
            (Kind::V4Network, view.v4_networks.blocks.keys.len()),
            (Kind::V6Network, view.v6_networks.blocks.keys.len()),
            (Kind::Url, view.urls.entries.len()),
        ];
        let numbered = tables.into_iter().flat_map(|(kind, count)| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            (0..count).map(move |at| IndicatorId::of(kind, at))
        });
        let names = view.names.iter().map(|(offset, _)| IndicatorId::of(Kind::Name, offset));
        names.chain(numbered).filter_map(|id| self.describe(id))
    }

    /// An index this program has just written.
    pub(crate) fn of(image: Image) -> Self {
        Self { image }
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::of(&self.image)
    }
}
