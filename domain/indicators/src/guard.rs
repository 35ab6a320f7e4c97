//! Indicators that would do harm: refused, or taken with the name of the list that says so.
//!
//! Refused: private and reserved ranges, which mean something else at every place; open DNS
//! resolvers, which half of a network may use; public suffixes with all that is below them. Taken
//! with a warning: popular sites, shared hosts, content networks, for a person to look at.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;

use observables::{DomainName, Host, Network, Observable, parse_address};

use crate::{Indicator, Reason, Scope};

/// Ranges that lead to nobody's servers on the Internet (RFC 6890 and the registries it names).
const SPECIAL: [(Reason, &[&str]); 3] = [
    (
        Reason::PrivateAddress,
        &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"],
    ),
    (
        Reason::ReservedAddress,
        &[
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "224.0.0.0/4",
            "255.255.255.255/32",
            "::/127",
            "fe80::/10",
            "ff00::/8",
        ],
    ),
    (Reason::ExampleAddress, EXAMPLES),
];

/// Ranges for documents and tests, and one that was never given out: no device talks to them.
const EXAMPLES: &[&str] = &[
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "198.18.0.0/15",
    "240.0.0.0/4",
    "2001:db8::/32",
];

/// What is to become of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement<'g> {
    /// Nothing is known against it.
    Clear,
    /// It is taken, and this list says that a person should look at it.
    Review(&'g str),
    /// It is not taken.
    Refuse(Reason),
}

/// Why the guard's data cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the warning lists is not as it should be")]
pub struct GuardError {
    /// From 1.
    pub line: usize,
}

/// Special ranges and warning lists, ready to judge.
#[derive(Debug, Default)]
pub struct Guard {
    /// Effect of each list, and its name.
    lists: Vec<(Effect, String)>,
    /// Names that are refused with all below them.
    suffixes: Names,
    /// Names, each with its list.
    names: Names,
    /// Ranges of the special ones and of each list.
    ranges: Vec<(Ruling, Ranges)>,
    /// All of [`Self::ranges`] in one.
    all_ranges: Ranges,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    PublicSuffix,
    PublicDns,
    Review,
}

#[derive(Clone, Copy, Debug)]
enum Ruling {
    /// A special range.
    Special(Reason),
    /// A range of a list, by its number.
    List(usize),
}

impl Guard {
    /// A guard of warning lists: a line `=`, tab, `public-suffix`, `public-dns` or `review`, tab,
    /// the list's name; then its values, one a line. `takes_examples` lets ranges for documents
    /// through, which demonstrations and tests are made of.
    pub fn read(lists: &str, takes_examples: bool) -> Result<Self, GuardError> {
        let mut guard = Self::default();
        for (reason, networks) in SPECIAL {
            if reason == Reason::ExampleAddress && takes_examples {
                continue;
            }
            let networks = networks.iter().filter_map(|text| Network::parse(text).ok());
            let bounds = networks.map(|it| Bounds::of(&Observable::Network(it)));
            guard.ranges.push((Ruling::Special(reason), Ranges::new(bounds.flatten().collect())));
        }
        let mut bounds = Vec::new();
        for (line, at) in lists.lines().zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(head) = line.strip_prefix("=\t") {
                guard.close_list(&mut bounds);
                let (effect, name) = head.split_once('\t').ok_or(GuardError { line: at })?;
                let effect = match effect {
                    "public-suffix" => Effect::PublicSuffix,
                    "public-dns" => Effect::PublicDns,
                    "review" => Effect::Review,
                    _ => return Err(GuardError { line: at }),
                };
                guard.lists.push((effect, name.to_owned()));
                continue;
            }
            let (number, effect) = match guard.lists.as_slice() {
                [.., (effect, _)] => (guard.lists.len() - 1, *effect),
                [] => return Err(GuardError { line: at }),
            };
            let may_be_range = line.contains(':') || line.ends_with(|c: char| c.is_ascii_digit());
            if may_be_range && let Some(range) = range_of(line) {
                bounds.push(range);
            } else if let Ok(name) = DomainName::parse(line.as_bytes()) {
                let is_suffix = effect == Effect::PublicSuffix;
                let names = if is_suffix { &mut guard.suffixes } else { &mut guard.names };
                names.insert(name.as_str(), number);
            }
        }
        guard.close_list(&mut bounds);
        let all = guard.ranges.iter().flat_map(|(_, ranges)| ranges.0.iter().copied());
        guard.all_ranges = Ranges::new(all.collect());
        Ok(guard)
    }

    fn close_list(&mut self, bounds: &mut Vec<Bounds>) {
        if let Some(number) = self.lists.len().checked_sub(1)
            && !bounds.is_empty()
        {
            self.ranges.push((Ruling::List(number), Ranges::new(std::mem::take(bounds))));
        }
    }

    /// What is to become of an indicator.
    pub fn judge(&self, indicator: &Indicator) -> Judgement<'_> {
        match &indicator.observable {
            Observable::Domain(name) if indicator.scope == Scope::Subdomains => {
                if self.suffixes.get(name.as_str()).is_some() {
                    return Judgement::Refuse(Reason::PublicSuffix);
                }
                self.judge_name(name)
            }
            Observable::Domain(name) => self.judge_name(name),
            Observable::Url(url) => match &url.host {
                Host::Name(name) => self.judge_name(name),
                Host::Address(address) => self.judge_range(&Observable::Address(*address)),
            },
            other => self.judge_range(other),
        }
    }

    /// A name below a listed one is a place of its own: `evil.duckdns.org` is no popular site.
    fn judge_name(&self, name: &DomainName) -> Judgement<'_> {
        let list = self.names.get(name.as_str()).and_then(|number| self.lists.get(number));
        list.map_or(Judgement::Clear, |(_, name)| Judgement::Review(name))
    }

    fn judge_range(&self, observable: &Observable) -> Judgement<'_> {
        let Some(bounds) = Bounds::of(observable) else { return Judgement::Clear };
        if self.all_ranges.meeting(bounds).is_none() {
            return Judgement::Clear;
        }
        let mut judgement = Judgement::Clear;
        for (ruling, ranges) in &self.ranges {
            let Some(met) = ranges.meeting(bounds) else { continue };
            match ruling {
                // A network around private addresses would match at every place.
                Ruling::Special(reason) => return Judgement::Refuse(*reason),
                Ruling::List(number) => {
                    let Some((effect, name)) = self.lists.get(*number) else { continue };
                    if *effect == Effect::PublicDns && met.covers(bounds) {
                        return Judgement::Refuse(Reason::PublicDns);
                    }
                    if judgement == Judgement::Clear {
                        judgement = Judgement::Review(name);
                    }
                }
            }
        }
        judgement
    }
}

/// Names with the number of their list, in one text: a hundred thousand small pieces of memory
/// would stay behind when the guard is gone.
#[derive(Debug, Default)]
struct Names {
    text: String,
    /// By hash: where the name ends in the text, its length, its list.
    places: HashMap<u64, (u32, u8, u8)>,
    hasher: RandomState,
}

impl Names {
    /// The first list to name it keeps it.
    fn insert(&mut self, name: &str, list: usize) {
        let (Ok(length), Ok(list)) = (u8::try_from(name.len()), u8::try_from(list)) else { return };
        let hash = self.hasher.hash_one(name);
        let Ok(end) = u32::try_from(self.text.len() + name.len()) else { return };
        if !self.places.contains_key(&hash) {
            self.text.push_str(name);
            self.places.insert(hash, (end, length, list));
        }
    }

    fn get(&self, name: &str) -> Option<usize> {
        let (end, length, list) = *self.places.get(&self.hasher.hash_one(name))?;
        let end = end as usize;
        let known = self.text.get(end.checked_sub(usize::from(length))?..end)?;
        (known == name).then_some(usize::from(list))
    }
}

fn range_of(text: &str) -> Option<Bounds> {
    match Network::parse(text) {
        Ok(network) => Bounds::of(&Observable::Network(network)),
        Err(_) => Bounds::of(&Observable::Address(parse_address(text).ok()?)),
    }
}

/// Addresses of one family from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Bounds {
    is_v6: bool,
    first: u128,
    last: u128,
}

impl Bounds {
    fn of(observable: &Observable) -> Option<Self> {
        let (first, last) = match observable {
            Observable::Address(address) => (*address, *address),
            Observable::Endpoint(endpoint) => (endpoint.address, endpoint.address),
            Observable::Network(network) => (network.first(), network.last()),
            Observable::Domain(_) | Observable::Url(_) => return None,
        };
        let number = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address),
        };
        Some(Self { is_v6: first.is_ipv6(), first: number(first), last: number(last) })
    }

    fn covers(self, other: Self) -> bool {
        self.is_v6 == other.is_v6 && self.first <= other.first && other.last <= self.last
    }
}

/// Ranges in order, none meeting another.
#[derive(Debug, Default)]
struct Ranges(Vec<Bounds>);

impl Ranges {
    fn new(mut bounds: Vec<Bounds>) -> Self {
        bounds.sort_unstable();
        let mut apart: Vec<Bounds> = Vec::with_capacity(bounds.len());
        for it in bounds {
            match apart.last_mut() {
                Some(last) if last.is_v6 == it.is_v6 && it.first <= last.last => {
                    last.last = last.last.max(it.last);
                }
                _ => apart.push(it),
            }
        }
        Self(apart)
    }

    /// The first range that has an address in common with these bounds.
    fn meeting(&self, bounds: Bounds) -> Option<Bounds> {
        let before = |it: &Bounds| (it.is_v6, it.last) < (bounds.is_v6, bounds.first);
        let found = *self.0.get(self.0.partition_point(before))?;
        (found.is_v6 == bounds.is_v6 && found.first <= bounds.last).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LISTS: &str = "\
# comment
=\tpublic-suffix\tsuffixes
com.vn
duckdns.org
=\tpublic-dns\tresolvers
8.8.8.8
2001:4860:4860::8888
=\treview\tpopular sites
google.com
google.com.vn
=\treview\tcontent networks
104.16.0.0/13
2606:4700::/32
";

    fn judge(guard: &Guard, text: &str) -> String {
        let (text, scope) = match text.strip_prefix('=') {
            Some(text) => (text, Scope::Exact),
            None => (text, Scope::Subdomains),
        };
        let observable = text.parse().unwrap();
        match guard.judge(&Indicator { observable, scope, family: None, valid_until: None }) {
            Judgement::Clear => "clear".to_owned(),
            Judgement::Review(list) => list.to_owned(),
            Judgement::Refuse(reason) => reason.code().to_owned(),
        }
    }

    #[test]
    fn what_does_harm_is_refused_and_what_is_doubtful_is_marked() {
        let guard = Guard::read(LISTS, false).unwrap();
        let check =
            |text: &str, expected: &str| assert_eq!(judge(&guard, text), expected, "{text}");
        check("10.1.2.3", "private-address");
        check("100.64.0.1:80", "private-address");
        check("[fd00::1]:443", "private-address");
        check("http://192.168.1.1/setup", "private-address");
        check("127.0.0.1", "reserved-address");
        check("239.1.1.1", "reserved-address");
        check("255.255.255.255", "reserved-address");
        check("fe80::1", "reserved-address");
        check("0.0.0.0/0", "private-address");
        check("::/0", "private-address");
        check("192.0.2.7", "example-address");
        check("198.19.0.0/24", "example-address");
        check("2001:db8::1", "example-address");
        check("8.8.8.8", "public-dns");
        check("8.8.8.8:53", "public-dns");
        check("2001:4860:4860::8888", "public-dns");
        check("8.8.8.9", "clear");
        // A network around a resolver is for a person to decide.
        check("8.8.8.0/24", "resolvers");
        check("com.vn", "public-suffix");
        check("=com.vn", "clear");
        check("evil.com.vn", "clear");
        check("evil.duckdns.org", "clear");
        check("google.com", "popular sites");
        check("=google.com", "popular sites");
        check("http://google.com/gate", "popular sites");
        check("evil.google.com", "clear");
        check("104.17.1.1", "content networks");
        check("104.0.0.0/8", "content networks");
        check("2606:4700::1", "content networks");
        check("::6812:1", "clear");
        check("45.1.1.1", "clear");
    }

    #[test]
    fn a_demonstration_takes_ranges_for_documents() {
        let guard = Guard::read("", true).unwrap();
        let check =
            |text: &str, expected: &str| assert_eq!(judge(&guard, text), expected, "{text}");
        check("192.0.2.7", "clear");
        check("240.0.0.1", "clear");
        check("2001:db8::1", "clear");
        check("192.168.0.1", "private-address");
        check("255.255.255.255", "reserved-address");
    }

    #[test]
    fn lists_that_are_not_as_they_should_be_are_an_error() {
        let check = |lists: &str, line| {
            assert_eq!(Guard::read(lists, true).map(drop), Err(GuardError { line }));
        };
        check("google.com\n", 1);
        check("\n=\tother\tname\n", 2);
        check("=\treview\n", 1);
    }

    proptest! {
        #[test]
        fn ranges_meet_what_any_of_them_meets(
            ranges in prop::collection::vec((any::<bool>(), 0_u128..40, 0_u128..9), 0..12),
            (is_v6, first, length) in (any::<bool>(), 0_u128..40, 0_u128..9),
        ) {
            let bounds = |(is_v6, first, length)| Bounds { is_v6, first, last: first + length };
            let all: Vec<Bounds> = ranges.into_iter().map(bounds).collect();
            let asked = bounds((is_v6, first, length));
            let meets = |it: &Bounds| {
                it.is_v6 == asked.is_v6 && it.first <= asked.last && asked.first <= it.last
            };
            let slow = all.iter().any(meets);
            prop_assert_eq!(Ranges::new(all).meeting(asked).is_some(), slow);
        }
    }
}
