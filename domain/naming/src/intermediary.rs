//! Machines that stand for others: what they contact, somebody behind them wanted.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a machine does in the place of the devices behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intermediary {
    /// It asks other name servers what it was asked.
    DnsForwarder,
    /// It fetches what it was asked for.
    Proxy,
    /// It gives its own address to what others send.
    Nat,
}

/// Who says that a machine stands for others; the first is believed before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldBy {
    /// Whoever asked for the run.
    Person,
    /// A list of devices that people keep.
    Inventory,
    /// The logs of the run, which show it.
    Log,
}

/// Everything that a machine is said to do for others: one may be several of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles([Option<ToldBy>; 3]);

/// An address, or a block of them: `192.0.2.7`, `192.0.2.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    first: IpAddr,
    length: u8,
}

/// The text is neither an address nor a block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address or a network")]
pub struct NotABlock;

impl Intermediary {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::DnsForwarder, Self::Proxy, Self::Nat];

    /// The stable code, as it stands in outputs and message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::DnsForwarder => "dns-forwarder",
            Self::Proxy => "proxy",
            Self::Nat => "nat",
        }
    }

    /// The kind of a stable code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    fn place(self) -> usize {
        match self {
            Self::DnsForwarder => 0,
            Self::Proxy => 1,
            Self::Nat => 2,
        }
    }
}

impl ToldBy {
    /// Everybody.
    pub const ALL: [Self; 3] = [Self::Person, Self::Inventory, Self::Log];

    /// The stable code, as it stands in outputs and message keys.
    pub fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Inventory => "inventory",
            Self::Log => "log",
        }
    }

    /// Who has a stable code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

impl Roles {
    /// One kind, as somebody says.
    pub fn of(kind: Intermediary, by: ToldBy) -> Self {
        let mut roles = Self::default();
        roles.add(kind, by);
        roles
    }

    /// Takes in what somebody says.
    pub fn add(&mut self, kind: Intermediary, by: ToldBy) {
        if let Some(held) = self.0.get_mut(kind.place()) {
            *held = Some(held.map_or(by, |it| it.min(by)));
        }
    }

    /// Takes in what others say. The same in every order.
    pub fn join(&mut self, other: Self) {
        for kind in Intermediary::ALL {
            if let Some(by) = other.by(kind) {
                self.add(kind, by);
            }
        }
    }

    /// Whether nobody says anything.
    pub fn is_empty(self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// What it stood for others as in a contact, and who says so: a question for a name is a forwarder's
    /// before it is another's, and a connection is never a forwarder's.
    pub fn in_contact(self, is_question: bool) -> Option<(Intermediary, ToldBy)> {
        let kinds = Intermediary::ALL.into_iter();
        let mut kinds = kinds.filter(|it| is_question || *it != Intermediary::DnsForwarder);
        kinds.find_map(|kind| Some((kind, self.by(kind)?)))
    }

    fn by(self, kind: Intermediary) -> Option<ToldBy> {
        self.0.get(kind.place()).copied().flatten()
    }
}

impl Block {
    /// One address.
    pub fn single(address: IpAddr) -> Self {
        let first = address.to_canonical();
        Self { first, length: if first.is_ipv4() { 32 } else { 128 } }
    }

    /// Whether the address is in it.
    pub fn holds(self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(it)) => {
                let differ = u64::from(first.to_bits() ^ it.to_bits());
                differ >> (32 - u32::from(self.length.min(32))) == 0
            }
            (IpAddr::V6(first), IpAddr::V6(it)) => {
                let differ = first.to_bits() ^ it.to_bits();
                differ.checked_shr(128 - u32::from(self.length.min(128))).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Block {
    type Err = NotABlock;

    fn from_str(text: &str) -> Result<Self, NotABlock> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let whole = Self::single(address.trim().parse().map_err(|_| NotABlock)?);
        let Some(length) = length else { return Ok(whole) };
        let length = length.trim().parse().map_err(|_| NotABlock)?;
        if length > whole.length {
            return Err(NotABlock);
        }
        Ok(Self { length, ..whole })
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}
