//! Planted contacts and near misses: one of each kind that a matcher can get wrong.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use super::LogKind;
use super::event::{Answer, Channel, Ending, Event, Flow};
use super::zeek::{ZeekLog, ZeekWriter};
use crate::lists::{Targets, behind};
use crate::names::{SimulatedDevice, good_address, spelled};
use crate::random::Random;
use crate::truth::TrueVerdict;

/// What is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlantKind {
    /// The listed name.
    Exact,
    /// A name below it.
    Subdomain,
    /// A name four labels below it.
    DeepSubdomain,
    /// The listed name in mixed case.
    MixedCase,
    /// The listed name with the dot of the root.
    TrailingDot,
    /// A name of scope `exact`, as it stands.
    ExactScope,
    /// The A-label form of a Vietnamese name.
    IdnAscii,
    /// The Unicode form of a Vietnamese name.
    IdnUnicode,
    /// A listed IPv4 address.
    V4,
    /// A listed IPv6 address, in several spellings.
    V6,
    /// A listed IPv4 address in IPv6 clothes.
    MappedV4,
    /// An address of a listed IPv4 network.
    InNetwork,
    /// An address of a listed IPv6 network.
    InV6Network,
    /// A listed address with its listed port.
    Endpoint,
    /// A listed address among the answers for a good name.
    Answered,
    /// A web request to a listed address.
    AddressAsHost,
    /// A listed URL.
    Url,
    /// A URL below a listed one.
    BelowUrl,
    /// A listed name in a query string: apart.
    Mention,
    /// A listed address knocks: apart.
    InboundScan,
    /// `NAME.good…`: no match.
    LeftLabel,
    /// `notNAME`: no match.
    GluedPrefix,
    /// `NAME-x…`: no match.
    GluedSuffix,
    /// The name above a listed one: no match.
    ParentOnly,
    /// A name below one of scope `exact`: no match.
    BelowExactScope,
    /// A listed address with one digit more behind it: no match.
    DigitBehind,
    /// A listed address with one digit more before it: no match.
    DigitBefore,
    /// The address behind a listed network: no match.
    BehindNetwork,
    /// The address behind a listed IPv6 network: no match.
    BehindV6Network,
    /// A listed address with another port than the listed one: no match.
    OtherPort,
    /// Another path on the host of a listed URL: no match.
    OtherPath,
    /// A path that begins like the listed one and goes on without a boundary: no match.
    NoBoundary,
    /// Asking for the name of the host of a listed URL: no match.
    UrlHostAsked,
}

impl PlantKind {
    /// Everything that must be found, apart or not.
    pub const FOUND: [Self; 20] = [
        Self::Exact,
        Self::Subdomain,
        Self::DeepSubdomain,
        Self::MixedCase,
        Self::TrailingDot,
        Self::ExactScope,
        Self::IdnAscii,
        Self::IdnUnicode,
        Self::V4,
        Self::V6,
        Self::MappedV4,
        Self::InNetwork,
        Self::InV6Network,
        Self::Endpoint,
        Self::Answered,
        Self::AddressAsHost,
        Self::Url,
        Self::BelowUrl,
        Self::Mention,
        Self::InboundScan,
    ];

    /// Everything that must not be found.
    pub const NEAR_MISSES: [Self; 13] = [
        Self::LeftLabel,
        Self::GluedPrefix,
        Self::GluedSuffix,
        Self::ParentOnly,
        Self::BelowExactScope,
        Self::DigitBehind,
        Self::DigitBefore,
        Self::BehindNetwork,
        Self::BehindV6Network,
        Self::OtherPort,
        Self::OtherPath,
        Self::NoBoundary,
        Self::UrlHostAsked,
    ];

    /// Whether this kind is planted into such a log.
    pub fn stands_in(self, kind: LogKind) -> bool {
        kind.channels().iter().any(|channel| self.fits(kind, *channel))
    }

    /// Whether this kind can stand in such records of such a log.
    fn fits(self, kind: LogKind, channel: Channel) -> bool {
        let kind = kind.inner();
        let is_named = matches!(channel, Channel::Dns | Channel::Tls | Channel::Web);
        match self {
            Self::Exact
            | Self::Subdomain
            | Self::DeepSubdomain
            | Self::MixedCase
            | Self::ExactScope
            | Self::IdnAscii
            | Self::LeftLabel
            | Self::GluedPrefix
            | Self::GluedSuffix
            | Self::ParentOnly
            | Self::BelowExactScope => is_named,
            // Name servers log names without the dot of the root.
            Self::TrailingDot => matches!(channel, Channel::Tls | Channel::Web),
            // BIND and Zeek's TSV writer escape what is not ASCII.
            Self::IdnUnicode => {
                channel == Channel::Web
                    && matches!(
                        kind,
                        LogKind::Fortigate
                            | LogKind::Squid
                            | LogKind::Paloalto
                            | LogKind::Sophos
                            | LogKind::Unknown
                            | LogKind::Zeek(_, ZeekWriter::Json)
                    )
            }
            Self::V4
            | Self::V6
            | Self::InNetwork
            | Self::InV6Network
            | Self::Endpoint
            | Self::DigitBehind
            | Self::DigitBefore
            | Self::BehindNetwork
            | Self::BehindV6Network
            | Self::OtherPort => channel == Channel::Connection,
            Self::InboundScan => channel == Channel::Connection || kind.is_server(),
            Self::MappedV4 => {
                channel == Channel::Connection
                    && matches!(kind, LogKind::Zeek(ZeekLog::Conn | ZeekLog::Files, _))
            }
            Self::Answered => {
                channel == Channel::Dns
                    && matches!(
                        kind,
                        LogKind::Fortigate
                            | LogKind::Adguard
                            | LogKind::Suricata
                            | LogKind::Zeek(ZeekLog::Dns, _)
                    )
            }
            // What is written in a referrer is a name, never a page that was asked for.
            Self::Url | Self::BelowUrl => channel == Channel::Web && !kind.is_server(),
            Self::AddressAsHost | Self::Mention | Self::OtherPath | Self::NoBoundary => {
                channel == Channel::Web
            }
            Self::UrlHostAsked => channel == Channel::Dns,
        }
    }
}

/// An event that was planted.
pub(crate) struct Planted<'p> {
    pub(crate) plant: PlantKind,
    pub(crate) event: Event<'p>,
    /// `None` for a near miss.
    pub(crate) expected: Option<Expected>,
}

/// What must be found for it.
pub(crate) struct Expected {
    pub(crate) device: String,
    pub(crate) indicator: String,
    pub(crate) verdict: TrueVerdict,
}

/// What can be planted into one log.
pub(crate) struct Planting<'p> {
    kind: LogKind,
    targets: &'p Targets,
    infected: Vec<&'p SimulatedDevice>,
    found: Vec<(PlantKind, Channel)>,
    near_misses: Vec<(PlantKind, Channel)>,
    /// Contacts so far: devices take turns, so that none stays without.
    drawn: usize,
}

/// What a device meets, and the indicator when it is one.
struct Meeting<'p> {
    flow: Flow<'p>,
    indicator: Option<String>,
}

impl<'p> Planting<'p> {
    pub(crate) fn new(
        kind: LogKind,
        targets: &'p Targets,
        infected: Vec<&'p SimulatedDevice>,
    ) -> Self {
        let fitting = |plants: &[PlantKind]| {
            let pairs = plants
                .iter()
                .flat_map(|plant| kind.channels().iter().map(move |channel| (*plant, *channel)));
            pairs.filter(|(plant, channel)| plant.fits(kind, *channel)).collect()
        };
        let found = fitting(&PlantKind::FOUND);
        let near_misses = fitting(&PlantKind::NEAR_MISSES);
        Self { kind, targets, infected, found, near_misses, drawn: 0 }
    }

    /// A contact or a near miss; `None` when there are no devices for it or no targets of its
    /// kind.
    pub(crate) fn draw(&mut self, random: &mut Random) -> Option<Planted<'p>> {
        let is_contact = random.per_mille(500);
        let pairs = if is_contact { &self.found } else { &self.near_misses };
        self.drawn += usize::from(is_contact);
        let turn = self.drawn.checked_rem(self.infected.len())?;
        let device = *self.infected.get(turn)?;
        let (plant, channel) = *random.pick(pairs)?;
        let meeting = self.meeting(plant, channel, random)?;
        let source: IpAddr = match &meeting.flow {
            Flow::Connection { address, .. } if address.contains(':') && !address.contains('.') => {
                device.v6.into()
            }
            _ => device.v4.into(),
        };
        let written = match &meeting.flow {
            Flow::Connection { address, .. } if address.starts_with("::ffff:") => {
                Cow::Owned(format!("::ffff:{source}"))
            }
            _ => Cow::Owned(source.to_string()),
        };
        let expected = meeting.indicator.map(|indicator| Expected {
            device: source.to_string(),
            indicator,
            verdict: self.verdict(plant, &meeting.flow),
        });
        let event = Event { device, source: written, flow: meeting.flow };
        Some(Planted { plant, event, expected })
    }

    /// What an event proves.
    pub(crate) fn verdict(&self, plant: PlantKind, flow: &Flow<'_>) -> TrueVerdict {
        let connected = |ending: Ending| match ending {
            Ending::Served => TrueVerdict::Connected,
            Ending::Refused => TrueVerdict::Attempted,
        };
        match flow {
            _ if plant == PlantKind::Mention || self.kind == LogKind::Unknown => {
                TrueVerdict::MentionOnly
            }
            Flow::Inbound { .. } => TrueVerdict::InboundScan,
            Flow::Dns { answer, .. } => match (self.kind, answer) {
                // The query is logged before there is an answer.
                (LogKind::Bind | LogKind::Dnsmasq | LogKind::Powerdns | LogKind::Mikrotik, _)
                | (_, Answer::None) => TrueVerdict::DnsQueried,
                // With these, on a line of its own.
                (_, Answer::Blocked) => TrueVerdict::DnsBlocked,
                // Which address was answered is not logged.
                (
                    LogKind::Unbound | LogKind::WindowsDns | LogKind::Paloalto | LogKind::Sophos,
                    _,
                ) => TrueVerdict::DnsQueried,
                (_, Answer::Address(_)) => TrueVerdict::DnsResolved,
            },
            Flow::Web { .. } if self.kind.is_server() => TrueVerdict::MentionOnly,
            _ if self.kind.shows_openings_only() => TrueVerdict::Attempted,
            Flow::Connection { ending, .. }
            | Flow::Tls { ending, .. }
            | Flow::Web { ending, .. } => connected(*ending),
        }
    }

    fn meeting(
        &self,
        plant: PlantKind,
        channel: Channel,
        random: &mut Random,
    ) -> Option<Meeting<'p>> {
        let targets = self.targets;
        let found = |flow, indicator: &dyn ToString| {
            Some(Meeting { flow, indicator: Some(indicator.to_string()) })
        };
        let missed = |flow| Some(Meeting { flow, indicator: None });
        match plant {
            PlantKind::Exact => {
                let name = random.pick(&targets.domains)?;
                found(named(channel, name, random), name)
            }
            PlantKind::Subdomain => {
                let name = random.pick(&targets.domains)?;
                let label = random.word(&["www", "cdn", "a", "mail7"]);
                found(named(channel, &format!("{label}.{name}"), random), name)
            }
            PlantKind::DeepSubdomain => {
                let name = random.pick(&targets.domains)?;
                let label = random.below(1 << 30);
                found(named(channel, &format!("{label:x}.b.c-3.d_4.{name}"), random), name)
            }
            PlantKind::MixedCase => {
                let name = random.pick(&targets.domains)?;
                found(named(channel, &mixed_case(name, random), random), name)
            }
            PlantKind::TrailingDot => {
                let name = random.pick(&targets.domains)?;
                found(named(channel, &format!("{name}."), random), name)
            }
            PlantKind::ExactScope => {
                let name = random.pick(&targets.exact_domains)?;
                found(named(channel, name, random), name)
            }
            PlantKind::IdnAscii => {
                let name = random.pick(&targets.idn)?;
                found(named(channel, &name.ascii, random), &name.ascii)
            }
            PlantKind::IdnUnicode => {
                let name = random.pick(&targets.idn)?;
                found(named(channel, &name.unicode, random), &name.ascii)
            }
            PlantKind::V4 => {
                let address = *random.pick(&targets.v4)?;
                found(connection(address.into(), 443, random), &address)
            }
            PlantKind::V6 => {
                let address = *random.pick(&targets.v6)?;
                found(connection(address.into(), 443, random), &address)
            }
            PlantKind::MappedV4 => {
                let address = *random.pick(&targets.v4)?;
                let ending = ending(random);
                let written = format!("::ffff:{address}").into();
                found(Flow::Connection { address: written, port: 443, ending }, &address)
            }
            PlantKind::InNetwork => {
                let (first, prefix_length) = *random.pick(&targets.networks)?;
                let inside = random.below(1 << (32 - u32::from(prefix_length)));
                let inside = u32::from(first) + u32::try_from(inside).unwrap_or_default();
                let flow = connection(Ipv4Addr::from(inside).into(), 80, random);
                found(flow, &format!("{first}/{prefix_length}"))
            }
            PlantKind::InV6Network => {
                let (first, prefix_length) = *random.pick(&targets.v6_networks)?;
                let inside = u128::from(first) + u128::from(random.bits());
                let flow = connection(IpAddr::V6(inside.into()), 80, random);
                found(flow, &format!("{first}/{prefix_length}"))
            }
            PlantKind::Endpoint => {
                let (address, port) = *random.pick(&targets.endpoints)?;
                found(connection(address.into(), port, random), &format!("{address}:{port}"))
            }
            PlantKind::Answered => {
                let address = *random.pick(&targets.v4)?;
                let answer = Answer::Address(address.into());
                found(Flow::Dns { name: "tin.example".into(), answer }, &address)
            }
            PlantKind::AddressAsHost => {
                let address = *random.pick(&targets.v4)?;
                let (path, query) = good_path(random);
                found(web(&address.to_string(), address.into(), path, query, random), &address)
            }
            PlantKind::Url => {
                let (host, path) = random.pick(&targets.urls)?;
                let flow = web(host, any_address(random), path.clone(), String::new(), random);
                found(flow, &format!("{host}{path}"))
            }
            PlantKind::BelowUrl => {
                let (host, path) = random.pick(&targets.urls)?;
                let below = format!("{path}/a/b");
                let flow = web(host, any_address(random), below, "id=7".to_owned(), random);
                found(flow, &format!("{host}{path}"))
            }
            PlantKind::Mention => {
                let name = random.pick(&targets.domains)?;
                let query = match random.below(3) {
                    0 => format!("q={name}"),
                    1 => format!("a=1&url=https%3A%2F%2F{name}%2Fx"),
                    _ => format!("u=http://{name}/&b=2"),
                };
                let flow =
                    web("search.example", any_address(random), "/find".into(), query, random);
                found(flow, name)
            }
            PlantKind::InboundScan => {
                let from = *random.pick(&targets.v4)?;
                found(Flow::Inbound { from: from.into(), ending: ending(random) }, &from)
            }
            PlantKind::LeftLabel => {
                let name = random.pick(&targets.domains)?;
                missed(named(channel, &format!("{name}.tot.vn.example"), random))
            }
            PlantKind::GluedPrefix => {
                let name = random.pick(&targets.domains)?;
                missed(named(channel, &format!("not{name}"), random))
            }
            PlantKind::GluedSuffix => {
                let name = random.pick(&targets.domains)?;
                missed(named(channel, &format!("{name}-x.com.example"), random))
            }
            PlantKind::ParentOnly => {
                let name = random.pick(&targets.nested_domains)?;
                missed(named(channel, name.split_once('.')?.1, random))
            }
            PlantKind::BelowExactScope => {
                let name = random.pick(&targets.exact_domains)?;
                missed(named(channel, &format!("www.{name}"), random))
            }
            PlantKind::DigitBehind => {
                let address = random.pick(&targets.v4)?.to_string() + "5";
                missed(connection(address.parse().ok()?, 443, random))
            }
            PlantKind::DigitBefore => {
                let address = format!("1{}", random.pick(&targets.short_v4)?);
                missed(connection(address.parse().ok()?, 443, random))
            }
            PlantKind::BehindNetwork => {
                let (first, prefix_length) = *random.pick(&targets.networks)?;
                missed(connection(behind(first.into(), prefix_length), 443, random))
            }
            PlantKind::BehindV6Network => {
                // Behind all others lies the end of the block.
                let (first, prefix_length) = *targets.v6_networks.last()?;
                missed(connection(behind(first.into(), prefix_length), 443, random))
            }
            PlantKind::OtherPort => {
                let (address, port) = *random.pick(&targets.endpoints)?;
                missed(connection(address.into(), port + 1, random))
            }
            PlantKind::OtherPath => {
                let (host, _) = random.pick(&targets.urls)?;
                let address = any_address(random);
                missed(web(host, address, "/index.html".to_owned(), String::new(), random))
            }
            PlantKind::NoBoundary => {
                let (host, path) = random.pick(&targets.urls)?;
                missed(web(host, any_address(random), format!("{path}x"), String::new(), random))
            }
            PlantKind::UrlHostAsked => {
                let (host, _) = random.pick(&targets.urls)?;
                missed(named(channel, host, random))
            }
        }
    }
}

fn named<'f>(channel: Channel, name: &str, random: &mut Random) -> Flow<'f> {
    let address = any_address(random);
    let owned = Cow::Owned(name.to_owned());
    match channel {
        Channel::Dns => {
            let answers =
                [Answer::Address(address), Answer::Address(address), Answer::Blocked, Answer::None];
            let answer = random.pick(&answers).copied().unwrap_or(Answer::None);
            Flow::Dns { name: owned, answer }
        }
        Channel::Tls => Flow::Tls { name: owned, address, ending: ending(random) },
        Channel::Web | Channel::Connection => {
            let (path, query) = good_path(random);
            web(name, address, path, query, random)
        }
    }
}

fn connection<'f>(address: IpAddr, port: u16, random: &mut Random) -> Flow<'f> {
    let written = spelled(address, random);
    Flow::Connection { address: written.into(), port, ending: ending(random) }
}

fn web<'f>(
    host: &str,
    address: IpAddr,
    path: String,
    query: String,
    random: &mut Random,
) -> Flow<'f> {
    Flow::Web {
        host: Cow::Owned(host.to_owned()),
        address,
        path: path.into(),
        query: query.into(),
        ending: ending(random),
    }
}

fn ending(random: &mut Random) -> Ending {
    if random.per_mille(250) { Ending::Refused } else { Ending::Served }
}

fn any_address(random: &mut Random) -> IpAddr {
    good_address(random.below(1 << 20)).into()
}

/// Path and query string of somebody's page.
pub(crate) fn good_path(random: &mut Random) -> (String, String) {
    let id = random.below(1 << 24);
    let path = match random.below(5) {
        0 => "/".to_owned(),
        1 => format!("/tin-tuc/{id}.html"),
        2 => format!("/static/js/app.{id:06x}.js"),
        3 => format!("/images/{}/{}.jpg", id % 97, id),
        _ => format!("/api/v1/items/{id}"),
    };
    let query = match random.below(4) {
        0 => format!("id={id}&utm_source=trang-chu"),
        1 => format!("v={}.{}", id % 9, id % 31),
        _ => String::new(),
    };
    (path, query)
}

fn mixed_case(name: &str, random: &mut Random) -> String {
    let flip =
        |letter: char| if random.per_mille(500) { letter.to_ascii_uppercase() } else { letter };
    name.chars().map(flip).collect()
}
