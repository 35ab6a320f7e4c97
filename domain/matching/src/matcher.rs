//! One contact against the index.

use std::cmp::Reverse;
use std::net::IpAddr;

use contacts::{Between, Contact, NameRuns, Outcome, Part, WireContact, run_behind_escape};
use jiff::Timestamp;
use naming::{Holder, Names};

use crate::index::Kind;
use crate::logged::{begins_as_v6, parse_logged};
use crate::suffixes::LowerName;
use crate::view::View;
use crate::{Index, IndicatorId, Layers, Verdict};

/// A contact in which an indicator was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'l> {
    /// The most specific indicator that covers the contact.
    pub indicator: IndicatorId,
    /// What the contact proves.
    pub verdict: Verdict,
    /// The device to clean; for an inbound scan, its target.
    pub device: Device<'l>,
    /// What the log itself calls the device, or empty.
    pub device_name: &'l [u8],
    /// What was contacted.
    pub destination: Destination<'l>,
    /// What the contact shows of a machine that stands for others.
    pub between: Between<IpAddr>,
    /// How much of a question and its answer the contact is about.
    pub part: Part,
}

impl Hit<'_> {
    /// Which device it was at that moment.
    pub fn holder(&self, names: &Names, at: Option<Timestamp>) -> Holder {
        match self.device {
            Device::Address(address) => names.holder(Some(address), self.device_name, at),
            Device::Name(b"") => Holder::default(),
            Device::Name(name) => names.holder_by_name(name),
        }
    }
}

/// A device as a log names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device<'l> {
    /// By its address, in normal form.
    Address(IpAddr),
    /// By whatever else stands there; empty when nothing does.
    Name(&'l [u8]),
}

/// What was contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination<'l> {
    /// A name, or a text of a query string, as the log writes it.
    Name(&'l [u8]),
    /// An address and a port; 0 when the log does not say.
    Address(IpAddr, u16),
    /// Host and path as the log writes them.
    Url(&'l [u8], &'l [u8]),
    /// A path on a host that is known by its address alone.
    AddressUrl(IpAddr, &'l [u8]),
}

/// What destinations of both kinds of contact have in common.
struct Asked<'l> {
    name: &'l [u8],
    path: &'l [u8],
    port: u16,
    outcome: Outcome,
    /// The address as the log writes it.
    address_text: Option<&'l [u8]>,
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Mentioned => Self::MentionOnly,
            Outcome::Inbound => Self::InboundScan,
            Outcome::DnsBlocked => Self::DnsBlocked,
            Outcome::DnsQueried => Self::DnsQueried,
            Outcome::DnsResolved => Self::DnsResolved,
            Outcome::Attempted => Self::Attempted,
            Outcome::Connected => Self::Connected,
        }
    }
}

/// Examines contacts; one per thread. Allocates nothing for a contact that matches nothing, names
/// in Unicode apart.
#[derive(Debug)]
pub struct Matcher<'i> {
    first: One<'i>,
    more: Vec<One<'i>>,
}

/// The matcher of one index.
#[derive(Debug)]
struct One<'i> {
    view: View<'i>,
    has_urls: bool,
    layer: u8,
    name: LowerName,
}

impl<'i> Matcher<'i> {
    /// A matcher over an index.
    pub fn new(index: &'i Index) -> Self {
        Self { first: One::new(index, 0), more: Vec::new() }
    }

    /// A matcher over several indexes, which finds what one index of all of them would have found.
    pub fn over(layers: &'i Layers) -> Self {
        let mut all = (0..).zip(layers.iter()).map(|(layer, index)| One::new(index, layer));
        let first = all.next().unwrap_or_else(|| One::new(Index::none(), 0));
        Self { first, more: all.collect() }
    }

    /// Whether an indicator names this address, a network around it, or one of its ports; URLs left
    /// out. Cheap: one bit answers for almost every IPv4 address.
    #[inline]
    pub fn holds_address(&self, address: IpAddr) -> bool {
        self.first.view.holds_address(address)
            || self.more.iter().any(|it| it.view.holds_address(address))
    }

    /// The most specific indicator a contact meets, and what that proves.
    ///
    /// In this order: URL, then domain (longest suffix), then address (its port, itself, the
    /// narrowest network), then an address among the answers of a DNS server, then a malicious
    /// source ([`Verdict::InboundScan`]), then a text in the query string
    /// ([`Verdict::MentionOnly`]).
    #[inline]
    pub fn examine<'l>(&mut self, contact: &Contact<'l>) -> Option<Hit<'l>> {
        let hit = self.first.examine(contact);
        if self.more.is_empty() {
            return hit;
        }
        let place = |hit: &Hit<'_>| {
            let address = parse_logged(contact.address);
            place_of(hit, contact.name, address, logged_addresses(contact.answers))
        };
        self.best(hit, |it| it.examine(contact), place)
    }

    /// As [`Self::examine`], for what packets or flow records gave. Writes no text.
    #[inline]
    pub fn examine_wire<'p>(&mut self, contact: &WireContact<'p>) -> Option<Hit<'p>> {
        let hit = self.first.examine_wire(contact);
        if self.more.is_empty() {
            return hit;
        }
        let place = |hit: &Hit<'_>| {
            let address = contact.address.map(|it| it.to_canonical());
            place_of(hit, contact.name, address, contact.answers.iter().map(IpAddr::to_canonical))
        };
        self.best(hit, |it| it.examine_wire(contact), place)
    }

    /// The hit that one index of all layers would have given; of two alike that of the first layer.
    /// `place` tells what of the contact a hit is by.
    #[inline]
    fn best<'l>(
        &mut self,
        first: Option<Hit<'l>>,
        examine: impl Fn(&mut One<'i>) -> Option<Hit<'l>>,
        place: impl Fn(&Hit<'_>) -> (u8, usize),
    ) -> Option<Hit<'l>> {
        let mut best = first.map(|hit| (self.first.rank(&hit, place(&hit)), hit));
        for layer in &mut self.more {
            let Some(mut hit) = examine(layer) else { continue };
            hit.indicator.2 = layer.layer;
            let rank = layer.rank(&hit, place(&hit));
            if best.as_ref().is_none_or(|(held, _)| rank < *held) {
                best = Some((rank, hit));
            }
        }
        best.map(|(_, hit)| hit)
    }
}

/// What of a contact a hit is by, in the order in which it is looked at: the destination's name, its
/// address, each of the answers.
#[cold]
fn place_of(
    hit: &Hit<'_>,
    name: &[u8],
    address: Option<IpAddr>,
    mut answers: impl Iterator<Item = IpAddr>,
) -> (u8, usize) {
    let Destination::Address(found, _) = hit.destination else { return (0, 0) };
    if address_name(name) == Some(found) {
        (0, 0)
    } else if address == Some(found) {
        (1, 0)
    } else {
        (2, answers.position(|it| it == found).unwrap_or_default())
    }
}

/// How a hit compares with those of other layers: the least counts.
type Rank = (u8, usize, u8, Reverse<usize>);

impl<'i> One<'i> {
    fn new(index: &'i Index, layer: u8) -> Self {
        let view = index.view();
        Self { view, has_urls: view.has_urls(), layer, name: LowerName::default() }
    }

    /// What [`Matcher::examine`] looks for first ranks first, and of a kind the narrowest.
    #[cold]
    fn rank(&self, hit: &Hit<'_>, place: (u8, usize)) -> Rank {
        let (stage, place) = match hit.verdict {
            Verdict::MentionOnly => (4, 0),
            Verdict::InboundScan => (3, 0),
            _ => place,
        };
        let IndicatorId(kind, at, _) = hit.indicator;
        let view = &self.view;
        let (order, length) = match kind {
            Kind::Url => (0, view.urls.get(at).and_then(|it| it.url()).map(|it| it.path.len())),
            Kind::Name => (1, view.names.get(at).and_then(|it| it.text().map(|text| text.len()))),
            Kind::V4Endpoint | Kind::V6Endpoint => (2, None),
            Kind::V4 | Kind::V6 => (3, None),
            Kind::V4Network => {
                (4, view.v4_networks.blocks.get(at).map(|((_, length), _)| length.into()))
            }
            Kind::V6Network => {
                (4, view.v6_networks.blocks.get(at).map(|((_, length), _)| length.into()))
            }
        };
        (stage, place, order, Reverse(length.unwrap_or_default()))
    }

    #[inline]
    fn examine<'l>(&mut self, contact: &Contact<'l>) -> Option<Hit<'l>> {
        let address = self.view.address_of(contact.address);
        let asked = Asked {
            name: contact.name,
            path: contact.path,
            port: contact.port,
            outcome: contact.outcome,
            address_text: Some(contact.address),
        };
        if contact.outcome != Outcome::Inbound
            && let Some((indicator, destination)) = self.destination(&asked, address)
        {
            return Some(outbound(contact, indicator, contact.outcome.into(), destination));
        }
        if !contact.answers.is_empty()
            && let Some((indicator, destination)) = self.answers(logged_addresses(contact.answers))
        {
            let outcome = contact.outcome.min(Outcome::DnsResolved);
            return Some(outbound(contact, indicator, outcome.into(), destination));
        }
        if contact.outcome != Outcome::Mentioned
            && let Some(source) = self.view.address_of(contact.device)
            && let Some(indicator) = self.view.find_address(source, 0)
        {
            return Some(Hit {
                indicator,
                verdict: Verdict::InboundScan,
                device: target(target_text(contact)),
                device_name: b"",
                destination: Destination::Address(source, 0),
                between: Between::Nobody,
                part: Part::Whole,
            });
        }
        if contact.query.is_empty() {
            return None;
        }
        let (indicator, text) = self.mention(contact.query)?;
        let destination = Destination::Name(text);
        Some(outbound(contact, indicator, Verdict::MentionOnly, destination))
    }

    #[inline]
    fn examine_wire<'p>(&mut self, contact: &WireContact<'p>) -> Option<Hit<'p>> {
        let address = contact.address.map(|it| it.to_canonical());
        let source = contact.device.to_canonical();
        let outbound = |indicator, verdict, destination| {
            let (device, between) = (Device::Address(source), contact.between);
            let (device_name, part) = (&b""[..], Part::Whole);
            Some(Hit { indicator, verdict, device, device_name, destination, between, part })
        };
        let asked = Asked {
            name: contact.name,
            path: contact.path,
            port: contact.port,
            outcome: contact.outcome,
            address_text: None,
        };
        if let Some((indicator, destination)) = self.destination(&asked, address) {
            return outbound(indicator, contact.outcome.into(), destination);
        }
        let answers = contact.answers.iter().map(IpAddr::to_canonical);
        if let Some((indicator, destination)) = self.answers(answers) {
            let outcome = contact.outcome.min(Outcome::DnsResolved);
            return outbound(indicator, outcome.into(), destination);
        }
        if let Some(indicator) = self.view.find_address(source, 0) {
            return Some(Hit {
                indicator,
                verdict: Verdict::InboundScan,
                device: address.map_or_else(|| target(contact.name), Device::Address),
                device_name: b"",
                destination: Destination::Address(source, 0),
                between: Between::Nobody,
                part: Part::Whole,
            });
        }
        if contact.query.is_empty() {
            return None;
        }
        let (indicator, text) = self.mention(contact.query)?;
        outbound(indicator, Verdict::MentionOnly, Destination::Name(text))
    }

    #[inline]
    fn destination<'l>(
        &mut self,
        asked: &Asked<'l>,
        address: Option<IpAddr>,
    ) -> Option<(IndicatorId, Destination<'l>)> {
        // Asking for a name is no evidence for a URL on it.
        let is_asked_for = matches!(
            asked.outcome,
            Outcome::DnsBlocked | Outcome::DnsQueried | Outcome::DnsResolved
        );
        let may_be_url = self.has_urls && !is_asked_for;
        if !asked.name.is_empty() {
            let by_name = if let Some(address) = address_name(asked.name) {
                self.by_address(asked, Some(asked.name), address, may_be_url)
            } else if self.view.may_know(asked.name) {
                self.by_name(asked, may_be_url)
            } else {
                None
            };
            if by_name.is_some() {
                return by_name;
            }
        }
        // The path belongs to the name where there is one, not to the address behind it.
        let may_be_url = may_be_url && asked.name.is_empty();
        self.by_address(asked, asked.address_text, address?, may_be_url)
    }

    fn by_name<'l>(
        &mut self,
        asked: &Asked<'l>,
        may_be_url: bool,
    ) -> Option<(IndicatorId, Destination<'l>)> {
        let path = may_be_url.then_some((asked.port, asked.path));
        let found = self.view.find_name(&mut self.name, asked.name, path);
        if let Some(url) = found.url {
            return Some((url, Destination::Url(asked.name, asked.path)));
        }
        Some((found.name?, Destination::Name(asked.name)))
    }

    #[inline]
    fn by_address<'l>(
        &self,
        asked: &Asked<'l>,
        text: Option<&'l [u8]>,
        address: IpAddr,
        may_be_url: bool,
    ) -> Option<(IndicatorId, Destination<'l>)> {
        if may_be_url && let Some(url) = self.view.find_address_url(address, asked.port, asked.path)
        {
            let destination = match text {
                Some(text) => Destination::Url(text, asked.path),
                None => Destination::AddressUrl(address, asked.path),
            };
            return Some((url, destination));
        }
        let indicator = self.view.find_address(address, asked.port)?;
        Some((indicator, Destination::Address(address, asked.port)))
    }

    /// The first of the addresses that an indicator names.
    fn answers<'l>(
        &self,
        mut answers: impl Iterator<Item = IpAddr>,
    ) -> Option<(IndicatorId, Destination<'l>)> {
        answers.find_map(|address| {
            let indicator = self.view.find_address(address, 0)?;
            Some((indicator, Destination::Address(address, 0)))
        })
    }

    /// The first name or address written in a query string, percent signs undone.
    fn mention<'l>(&mut self, query: &'l [u8]) -> Option<(IndicatorId, &'l [u8])> {
        // Both have a dot in them, most of what stands in a query string has not.
        for (start, end) in NameRuns::of(query) {
            let text = run_behind_escape(query, start, end);
            let found = match address_name(text) {
                Some(address) => self.view.find_address(address, 0),
                None if self.view.may_know(text) => {
                    self.view.find_name(&mut self.name, text, None).name
                }
                None => None,
            };
            if let Some(indicator) = found {
                return Some((indicator, text));
            }
        }
        None
    }
}

fn outbound<'l>(
    contact: &Contact<'l>,
    indicator: IndicatorId,
    verdict: Verdict,
    destination: Destination<'l>,
) -> Hit<'l> {
    let device = match parse_logged(contact.device) {
        Some(address) => Device::Address(address),
        None if contact.device.is_empty() => Device::Name(contact.device_name),
        None => Device::Name(contact.device),
    };
    let between = match contact.between {
        Between::Nobody => None,
        Between::Asked(it) => parse_logged(it).map(Between::Asked),
        Between::Translated(it) => parse_logged(it).map(Between::Translated),
        Between::For(it) => parse_logged(it).map(Between::For),
    };
    let between = between.unwrap_or_default();
    let (device_name, part) = (contact.device_name, contact.part);
    Hit { indicator, verdict, device, device_name, destination, between, part }
}

/// The addresses of an answer as a log lists them.
fn logged_addresses(answers: &[u8]) -> impl Iterator<Item = IpAddr> {
    contacts::answer_addresses(answers).filter_map(parse_logged)
}

fn target_text<'l>(contact: &Contact<'l>) -> &'l [u8] {
    if contact.address.is_empty() { contact.name } else { contact.address }
}

/// The target of a knock; web servers have addresses for names.
fn target(text: &[u8]) -> Device<'_> {
    parse_logged(text).map_or(Device::Name(text), Device::Address)
}

/// A name that is an address: no top-level domain ends in a digit or holds a colon.
#[inline]
fn address_name(name: &[u8]) -> Option<IpAddr> {
    let last = *name.last()?;
    let may_be = last.is_ascii_digit() || last == b']' || begins_as_v6(name);
    if may_be { parse_logged(name) } else { None }
}
