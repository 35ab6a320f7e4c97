//! Where the fields of a record stand, and a record by them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;

use super::Place;
use super::elements::{ROLES, Role, role};
use super::record::{Back, Flow, Opener};

/// The length that says: the length stands in the record.
const VARIABLE: u16 = 0xffff;
/// NTP's seconds at the start of 1970.
const NTP_OFFSET: i64 = 2_208_988_800;

/// One field of a template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) enterprise: u32,
    pub(crate) element: u16,
    pub(crate) length: u16,
}

/// Where a field stands in a record; without a length it is not there.
#[derive(Clone, Copy, Debug, Default)]
struct Spot {
    offset: u16,
    length: u16,
}

/// Where each field that is read stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spots([Spot; ROLES]);

/// What is known of a message for the times in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// When it was sent, in microseconds since 1970.
    pub(crate) sent_us: i64,
    /// How long the exporter had been running then, in milliseconds.
    pub(crate) uptime_ms: Option<u32>,
    /// When the exporter began, in microseconds since 1970.
    pub(crate) boot_us: Option<i64>,
}

/// The records of a template.
#[derive(Clone, Debug)]
pub(crate) enum Layout {
    /// All of one length.
    Fixed { length: usize, spots: Box<Spots> },
    /// Of which a part has its length before it. Fields by role and length, and the least length.
    Variable { fields: Box<[(Option<Role>, u16)]>, least: usize },
}

impl Layout {
    /// The layout of a template; `None` for one that no record can have.
    pub(crate) fn new(fields: &[Field]) -> Option<Self> {
        let least = fields.iter().map(|field| match field.length {
            VARIABLE => 1,
            length => usize::from(length),
        });
        let least: usize = least.sum();
        if least == 0 || least > usize::from(u16::MAX) {
            return None;
        }
        let roles = fields.iter().map(|it| (role(it.enterprise, it.element), it.length));
        if fields.iter().any(|field| field.length == VARIABLE) {
            return Some(Self::Variable { fields: roles.collect(), least });
        }
        let mut spots = Spots([Spot::default(); ROLES]);
        let mut offset = 0;
        for (role, length) in roles {
            spots.set(role, Spot { offset, length });
            // The sum fits, as was seen above.
            offset = offset.saturating_add(length);
        }
        Some(Self::Fixed { length: least, spots: Box::new(spots) })
    }

    /// What it takes in memory, about.
    pub(crate) fn size_bytes(&self) -> usize {
        match self {
            Self::Fixed { .. } => size_of::<Spots>() + 128,
            Self::Variable { fields, .. } => fields.len() * 4 + 128,
        }
    }
}

/// Where the fields of a record stand that has parts of any length, and how long it is; `None` when
/// it does not end within the bytes.
pub(crate) fn walk(fields: &[(Option<Role>, u16)], bytes: &[u8]) -> Option<(Spots, usize)> {
    let mut spots = Spots([Spot::default(); ROLES]);
    let mut offset = 0_usize;
    for (role, length) in fields {
        let length = if *length == VARIABLE {
            let short = *bytes.get(offset)?;
            offset += 1;
            if short < 255 {
                u16::from(short)
            } else {
                let long = bytes.get(offset..)?.first_chunk::<2>()?;
                offset += 2;
                u16::from_be_bytes(*long)
            }
        } else {
            *length
        };
        let at = u16::try_from(offset).ok()?;
        spots.set(*role, Spot { offset: at, length });
        offset += usize::from(length);
    }
    (offset <= bytes.len()).then_some((spots, offset))
}

impl Spots {
    /// Where the fields of a record stand whose format is written down, by role, offset and length.
    pub(crate) fn of(fields: &[(Role, u16, u16)]) -> Self {
        let mut spots = Self([Spot::default(); ROLES]);
        for (role, offset, length) in fields {
            spots.set(Some(*role), Spot { offset: *offset, length: *length });
        }
        spots
    }

    /// The first of several counts.
    fn set(&mut self, role: Option<Role>, spot: Spot) {
        let Some(role) = role else { return };
        let fits = match role {
            Role::Source4 | Role::Target4 | Role::InnerTarget4 => spot.length == 4,
            Role::Source6 | Role::Target6 | Role::InnerTarget6 => spot.length == 16,
            Role::StartNtp | Role::EndNtp | Role::EventNtp => spot.length == 8,
            _ => (1..=8).contains(&spot.length),
        };
        if let Some(place) = self.0.get_mut(role as usize)
            && place.length == 0
            && fits
        {
            *place = spot;
        }
    }

    #[inline]
    fn bytes<'r>(&self, record: &'r [u8], role: Role) -> Option<&'r [u8]> {
        let spot = self.0.get(role as usize).filter(|spot| spot.length > 0)?;
        record.get(usize::from(spot.offset)..)?.get(..usize::from(spot.length))
    }

    fn number(&self, record: &[u8], role: Role) -> Option<u64> {
        let bytes = self.bytes(record, role)?;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn small<N: TryFrom<u64>>(&self, record: &[u8], role: Role) -> Option<N> {
        N::try_from(self.number(record, role)?).ok()
    }

    #[inline]
    fn v4(&self, record: &[u8], role: Role) -> Option<IpAddr> {
        let four = self.bytes(record, role)?.first_chunk::<4>()?;
        Some(IpAddr::V4(Ipv4Addr::from(*four)))
    }

    #[inline]
    fn v6(&self, record: &[u8], role: Role) -> Option<IpAddr> {
        let sixteen = self.bytes(record, role)?.first_chunk::<16>()?;
        Some(IpAddr::V6(Ipv6Addr::from(*sixteen)))
    }

    /// Both ends. Templates with fields for either version leave one of them zero.
    #[inline]
    pub(crate) fn ends(&self, record: &[u8]) -> Option<(IpAddr, IpAddr)> {
        let v4 = (self.v4(record, Role::Source4), self.v4(record, Role::Target4));
        if let (Some(source), Some(target)) = v4
            && !(source.is_unspecified() && target.is_unspecified())
        {
            return Some((source, target));
        }
        let v6 = self.v6(record, Role::Source6).zip(self.v6(record, Role::Target6));
        v6.or(v4.0.zip(v4.1))
    }

    /// When the first packet of a record was seen, in microseconds since 1970.
    pub(crate) fn start_us(&self, record: &[u8], clock: &Clock) -> Option<i64> {
        use Role::{
            EventMillis, EventNtp, EventSeconds, StartDelta, StartMillis, StartNtp, StartSeconds,
            StartUptime,
        };
        self.moment(record, clock, [StartMillis, StartNtp, StartDelta, StartUptime, StartSeconds])
            .or_else(|| self.event_us(record, [EventMillis, EventNtp, EventSeconds]))
    }

    fn end_us(&self, record: &[u8], clock: &Clock) -> Option<i64> {
        use Role::{EndDelta, EndMillis, EndNtp, EndSeconds, EndUptime};
        self.moment(record, clock, [EndMillis, EndNtp, EndDelta, EndUptime, EndSeconds])
    }

    /// By whichever the record has, the more exact one first.
    fn moment(
        &self,
        record: &[u8],
        clock: &Clock,
        [millis, ntp, delta, uptime, seconds]: [Role; 5],
    ) -> Option<i64> {
        if let Some(moment) = self.event_us(record, [millis, ntp, seconds]) {
            return Some(moment);
        }
        if let Some(delta) = self.small::<i64>(record, delta) {
            return clock.sent_us.checked_sub(delta);
        }
        let at: u32 = self.small(record, uptime)?;
        let boot_us =
            self.small::<i64>(record, Role::BootMillis).and_then(|it| it.checked_mul(1000));
        if let Some(boot_us) = boot_us.or(clock.boot_us) {
            return boot_us.checked_add(i64::from(at) * 1000);
        }
        // The clock of 32 bits turns over after 49 days; what is a little ahead is not an age.
        let age_ms = clock.uptime_ms?.wrapping_sub(at).cast_signed();
        clock.sent_us.checked_sub(i64::from(age_ms) * 1000)
    }

    fn event_us(&self, record: &[u8], [millis, ntp, seconds]: [Role; 3]) -> Option<i64> {
        if let Some(millis) = self.small::<i64>(record, millis).filter(|it| *it != 0) {
            return millis.checked_mul(1000);
        }
        if let Some(ntp) = self.number(record, ntp).filter(|it| *it != 0) {
            return Some(ntp_us(ntp));
        }
        self.small::<i64>(record, seconds).filter(|it| *it != 0)?.checked_mul(1_000_000)
    }

    /// When the exporter began, where options say so.
    pub(crate) fn boot_us(&self, record: &[u8]) -> Option<i64> {
        self.small::<i64>(record, Role::BootMillis)?.checked_mul(1000)
    }

    /// The whole record.
    #[cold]
    pub(crate) fn flow(
        &self,
        record: &[u8],
        (source, target): (IpAddr, IpAddr),
        place: Place,
        clock: &Clock,
        mut is_listed: impl FnMut(IpAddr) -> bool,
    ) -> Flow {
        let back = Back {
            // Two bytes of flags have those of TCP in the lower one.
            tcp_flags: self.number(record, Role::BackFlags).map(low_byte).filter(|it| *it != 0),
            packets: self.number(record, Role::BackPackets).unwrap_or_default(),
            bytes: self.number(record, Role::BackBytes).unwrap_or_default(),
        };
        let has_back =
            [Role::BackPackets, Role::BackBytes].iter().any(|it| self.bytes(record, *it).is_some());
        let opener = match self.number(record, Role::Direction) {
            Some(1) => Opener::Source,
            Some(2) => Opener::Target,
            _ if self.bytes(record, Role::ByInitiator).is_some() => Opener::Source,
            _ => Opener::Unknown,
        };
        let by_initiator = || self.number(record, Role::ByInitiator);
        let icmp = self.number(record, Role::IcmpTypeAndCode).map(|it| low_byte(it >> 8));
        let mut flow = Flow {
            source_port: self.small(record, Role::SourcePort).unwrap_or_default(),
            target_port: self.small(record, Role::TargetPort).unwrap_or_default(),
            protocol: self.small(record, Role::Protocol).unwrap_or_default(),
            tcp_flags: self.number(record, Role::Flags).map(low_byte),
            packets: self.number(record, Role::Packets).unwrap_or_default(),
            bytes: self.number(record, Role::Bytes).or_else(by_initiator).unwrap_or_default(),
            back: has_back.then_some(back),
            icmp_type: self.small(record, Role::IcmpType).or(icmp).filter(|it| *it != 0),
            start: self.start_us(record, clock).and_then(moment),
            end: self.end_us(record, clock).and_then(moment),
            opener,
            is_denied: self.number(record, Role::FirewallEvent) == Some(3),
            ..Flow::between(place, source, target)
        };
        let inner = self.v4(record, Role::InnerTarget4);
        let inner = inner.or_else(|| self.v6(record, Role::InnerTarget6));
        if let Some(inner) = inner.filter(|it| !it.is_unspecified() && !is_listed(target)) {
            flow.target = inner;
            let port = self.small(record, Role::InnerTargetPort).filter(|it| *it != 0);
            flow.target_port = port.unwrap_or(flow.target_port);
        }
        flow.tidied()
    }
}

/// A moment, when there is one that can be written.
pub(crate) fn moment(us: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(us).ok()
}

fn low_byte(number: u64) -> u8 {
    number.to_le_bytes()[0]
}

/// RFC 5905 section 6; from 2036 on the seconds begin again.
fn ntp_us(ntp: u64) -> i64 {
    let seconds = i64::try_from(ntp >> 32).unwrap_or_default();
    let seconds = if seconds < 1 << 31 { seconds + (1 << 32) } else { seconds };
    let fraction = i64::try_from(((ntp & 0xffff_ffff) * 1_000_000) >> 32).unwrap_or_default();
    (seconds - NTP_OFFSET) * 1_000_000 + fraction
}
