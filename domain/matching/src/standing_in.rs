//! Which machines the logs of a run show to stand for others.

use std::net::IpAddr;

use contacts::Between;
use naming::{Intermediary, Roles, ToldBy};
use rustc_hash::{FxHashMap, FxHashSet};

/// The most addresses, and pairs of them, that are held, about 40 bytes each; what further ones show is passed
/// over.
const MOST: usize = 65_536;
/// And behind one of them: a program that writes a new one each time takes no place from others.
const MOST_BEHIND: usize = 1_024;

/// What contacts with indicators show of machines that stand for others. Joining is the same in every
/// order, as long as there is room.
///
/// It says nothing that a log does not show: decision 33.
#[derive(Clone, Debug, Default)]
pub struct StandingIn {
    /// Machines that were asked for names, or to fetch something; that others' packets go out as.
    shown: FxHashMap<IpAddr, Roles>,
    /// Those that pass requests on, each with whom they say that they do it for.
    passes_on: FxHashMap<IpAddr, FxHashSet<IpAddr>>,
    /// How many there are of the latter.
    pairs: usize,
    /// Those whose own contacts with indicators were seen.
    clients: FxHashSet<IpAddr>,
}

impl StandingIn {
    /// Takes in what a contact of a device shows.
    pub(crate) fn see(&mut self, device: IpAddr, between: Between<IpAddr>, is_question: bool) {
        let (address, kind) = match between {
            Between::Nobody => return,
            Between::Asked(server) if is_question => (server, Intermediary::DnsForwarder),
            Between::Asked(server) => (server, Intermediary::Proxy),
            Between::Translated(address) => (address, Intermediary::Nat),
            Between::For(address) => return self.pass_on(device, address.to_canonical()),
        };
        let address = address.to_canonical();
        // Whoever asks itself stands for nobody.
        if address != device {
            self.show(address, Roles::of(kind, ToldBy::Log));
        }
    }

    /// Takes in that a device contacted an indicator itself.
    pub(crate) fn see_client(&mut self, device: IpAddr) {
        if self.clients.len() < MOST {
            self.clients.insert(device);
        }
    }

    /// Takes over what others saw.
    pub(crate) fn merge(&mut self, other: Self) {
        for (address, roles) in other.shown {
            self.show(address, roles);
        }
        for (device, behind) in other.passes_on {
            for address in behind {
                self.pass_on(device, address);
            }
        }
        for client in other.clients {
            self.see_client(client);
        }
    }

    /// What an address is shown to do for others. A client can write the header of a forwarded request by
    /// itself, and another one each time: two that were seen as clients themselves make a proxy.
    pub(crate) fn of(&self, address: IpAddr) -> Roles {
        let mut roles = self.shown.get(&address).copied().unwrap_or_default();
        let behind = self.passes_on.get(&address).into_iter().flatten();
        if behind.filter(|it| self.clients.contains(it)).take(2).count() == 2 {
            roles.add(Intermediary::Proxy, ToldBy::Log);
        }
        roles
    }

    fn show(&mut self, address: IpAddr, roles: Roles) {
        if self.shown.len() < MOST || self.shown.contains_key(&address) {
            self.shown.entry(address).or_default().join(roles);
        }
    }

    fn pass_on(&mut self, device: IpAddr, behind: IpAddr) {
        if behind == device || self.pairs >= MOST {
            return;
        }
        let all = self.passes_on.entry(device).or_default();
        if all.len() < MOST_BEHIND && all.insert(behind) {
            self.pairs += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_joins_in_every_order() {
        let address = |last: u8| IpAddr::from([10, 0, 0, last]);
        let passes_on = |to: u8| {
            let mut standing_in = StandingIn::default();
            standing_in.see(address(80), Between::For(address(to)), false);
            standing_in
        };
        let client = |of: u8| {
            let mut standing_in = StandingIn::default();
            standing_in.see_client(address(of));
            standing_in
        };
        let parts = [passes_on(7), client(8), passes_on(8), client(7)];
        for start in 0..parts.len() {
            let mut joined = StandingIn::default();
            for count in 0..parts.len() {
                // Neither half of them alone, nor three of the four.
                assert_eq!(joined.of(address(80)), Roles::default(), "{start} {count}");
                joined.merge(parts[(start + count) % parts.len()].clone());
            }
            assert_ne!(joined.of(address(80)), Roles::default(), "{start}");
        }
    }
}
