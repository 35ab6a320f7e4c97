//! Which machines the logs of a run show to stand for others.

use std::net::IpAddr;

use contacts::Between;
use naming::{Intermediary, Roles, ToldBy};
use rustc_hash::FxHashMap;

/// The most addresses that are held, about 40 bytes each; what further ones show is passed over.
const MOST: usize = 65_536;

/// What contacts with indicators show of machines that stand for others. Joining is the same in every
/// order, as long as there is room.
///
/// It says nothing that a log does not show: decision 33.
#[derive(Clone, Debug, Default)]
pub struct StandingIn {
    /// Machines that were asked for names, or to fetch something; that others' packets go out as.
    shown: FxHashMap<IpAddr, Roles>,
    /// Those that pass requests on, each with one whom it did that for, or that there are several.
    passes_on: FxHashMap<IpAddr, Option<IpAddr>>,
}

impl StandingIn {
    /// Takes in what a contact of a device shows.
    pub(crate) fn see(&mut self, device: IpAddr, between: Between<IpAddr>, is_question: bool) {
        let (address, kind) = match between {
            Between::Nobody => return,
            Between::Asked(server) if is_question => (server, Intermediary::DnsForwarder),
            Between::Asked(server) => (server, Intermediary::Proxy),
            Between::Translated(address) => (address, Intermediary::Nat),
            Between::For(address) => return self.pass_on(device, Some(address.to_canonical())),
        };
        let address = address.to_canonical();
        // Whoever asks itself stands for nobody.
        if address != device {
            self.show(address, Roles::of(kind, ToldBy::Log));
        }
    }

    /// Takes over what others saw.
    pub(crate) fn merge(&mut self, other: Self) {
        for (address, roles) in other.shown {
            self.show(address, roles);
        }
        for (device, behind) in other.passes_on {
            self.pass_on(device, behind);
        }
    }

    /// What an address is shown to do for others. A client can write the header of one forwarded
    /// request by itself; two different ones behind it make a proxy.
    pub(crate) fn of(&self, address: IpAddr) -> Roles {
        let mut roles = self.shown.get(&address).copied().unwrap_or_default();
        if self.passes_on.get(&address) == Some(&None) {
            roles.add(Intermediary::Proxy, ToldBy::Log);
        }
        roles
    }

    fn show(&mut self, address: IpAddr, roles: Roles) {
        if self.shown.len() < MOST || self.shown.contains_key(&address) {
            self.shown.entry(address).or_default().join(roles);
        }
    }

    /// `None` stands for several.
    fn pass_on(&mut self, device: IpAddr, behind: Option<IpAddr>) {
        if behind == Some(device) {
            return;
        }
        if let Some(held) = self.passes_on.get_mut(&device) {
            if *held != behind {
                *held = None;
            }
        } else if self.passes_on.len() < MOST {
            self.passes_on.insert(device, behind);
        }
    }
}
