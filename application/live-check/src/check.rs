//! What runs, against the addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use artifacts::{DiskPath, SocketState, Transport, native_spelling};
use contacts::{Outcome, WireContact};
use file_check::{Category, Finding, LiveCounts, LiveFound, NotScanned, What};
use host::{AskedNames, HeldSocket, Program, Running, Unseen};
use indicators::Scope;
use matching::{Describe as _, Described, Matcher, Verdict};
use observables::Observable;

use crate::Addresses;

/// Findings of one kind that are kept.
const MOST_FINDINGS: usize = 10_000;

/// Looks at what runs; once at least.
#[derive(Debug)]
pub struct LiveCheck<'a> {
    addresses: &'a Addresses,
    matcher: Matcher<'a>,
    programs: BTreeSet<u32>,
    sockets: BTreeSet<Seen>,
    names: Option<BTreeSet<String>>,
    inbound: BTreeSet<Seen>,
    refused: BTreeSet<Seen>,
    refused_names: BTreeSet<String>,
    in_hosts: BTreeSet<String>,
    connections: BTreeMap<Talk, Talked>,
    asked: BTreeMap<String, Finding>,
    not_seen: BTreeSet<NotScanned>,
}

/// A socket, whatever becomes of it.
type Seen = (Transport, SocketAddr, SocketAddr, u64);

/// Who talks to whom.
type Talk = (Option<u32>, Transport, IpAddr, u16);

/// How far a connection came, at most, and what is told of it.
#[derive(Debug)]
struct Talked {
    verdict: Verdict,
    finding: Finding,
}

/// What a look at everything that runs gave.
#[derive(Debug, Default)]
pub struct LiveChecked {
    /// Connections to addresses, and names that were asked for.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub not_scanned: Vec<NotScanned>,
    /// How much was.
    pub counts: LiveCounts,
}

impl<'a> LiveCheck<'a> {
    /// Against these addresses; without any, what runs is counted.
    pub fn new(addresses: &'a Addresses) -> Self {
        Self {
            addresses,
            matcher: Matcher::over(&addresses.layers),
            programs: BTreeSet::new(),
            sockets: BTreeSet::new(),
            names: None,
            inbound: BTreeSet::new(),
            refused: BTreeSet::new(),
            refused_names: BTreeSet::new(),
            in_hosts: BTreeSet::new(),
            connections: BTreeMap::new(),
            asked: BTreeMap::new(),
            not_seen: BTreeSet::new(),
        }
    }

    /// Looks at what runs at one moment.
    pub fn look(&mut self, running: &Running) {
        let programs: BTreeMap<u32, &Program> =
            running.programs.iter().map(|it| (it.pid, it)).collect();
        self.programs.extend(programs.keys());
        let listening: BTreeSet<(u64, Transport, u16)> = running
            .sockets
            .iter()
            .filter(|it| it.socket.state == SocketState::Listening)
            .map(|it| (it.network, it.socket.transport, it.socket.local.port()))
            .collect();
        for held in &running.sockets {
            let socket = &held.socket;
            self.sockets.insert((socket.transport, socket.local, socket.remote, held.network));
            if socket.has_remote() {
                let at = (held.network, socket.transport, socket.local.port());
                let is_inbound = socket.state == SocketState::Asked || listening.contains(&at);
                self.connection(held, is_inbound, &programs);
            }
        }
        match &running.asked {
            AskedNames::NotKept => {}
            AskedNames::Names(names) => {
                let kept = self.names.get_or_insert_default();
                let is_asked = |name: &&String| {
                    let plain = name.trim_end_matches('.').to_lowercase();
                    !running.in_hosts.contains(&plain)
                };
                let (asked, of_hosts): (Vec<_>, Vec<_>) = names.iter().partition(is_asked);
                kept.extend(asked.iter().copied().cloned());
                for name in asked {
                    self.asked_for(name);
                }
                for name in of_hosts {
                    if self.listed(name).is_some() {
                        self.in_hosts.insert(name.clone());
                    }
                }
            }
            AskedNames::NotTold(why) => {
                if self.addresses.has_names() {
                    self.leave(String::new(), "dns-cache-not-read", why.clone());
                }
            }
        }
        for it in &running.not_seen {
            let (path, reason) = match &it.what {
                Unseen::Program(pid, name) => (format!("{name} ({pid})"), "process-not-seen"),
                Unseen::Sockets(table) => (table.clone(), "sockets-not-read"),
                // Without it nobody knows which names nobody asked for.
                Unseen::File(_) if !self.addresses.has_names() => continue,
                Unseen::File(path) => (path.clone(), "place-not-read"),
            };
            self.leave(path, reason, it.why.clone());
        }
    }

    fn leave(&mut self, path: String, reason: &str, why: String) {
        let (inside, reason, detail) = (Vec::new(), reason.to_owned(), Some(why));
        self.not_seen.insert(NotScanned { path, inside, reason, detail });
    }

    fn connection(
        &mut self,
        held: &HeldSocket,
        is_inbound: bool,
        programs: &BTreeMap<u32, &Program>,
    ) {
        let socket = &held.socket;
        let (here, there) = (socket.local.ip().to_canonical(), socket.remote.ip().to_canonical());
        let contact = if is_inbound {
            // Whom it came to is no destination.
            WireContact::by(there)
        } else {
            WireContact::between(here, there, socket.remote.port())
        };
        let seen = (socket.transport, socket.local, socket.remote, held.network);
        let outcome = match socket.state {
            // A socket of UDP knows whom it would send to, and not what came of it.
            _ if socket.transport == Transport::Udp => Outcome::Attempted,
            SocketState::Asking => Outcome::Attempted,
            _ => Outcome::Connected,
        };
        let Some(hit) = self.matcher.examine_wire(&WireContact { outcome, ..contact }) else {
            return;
        };
        let Some(described) = self.addresses.layers.describe(hit.indicator) else { return };
        // A range with a private one in it would match at every place.
        if self.addresses.refuses(&described) || self.addresses.refuses(&alone(there)) {
            self.refused.insert(seen);
            return;
        }
        if !hit.verdict.is_finding() {
            self.inbound.insert(seen);
            return;
        }
        // Where nobody is told there is one finding all the same.
        let nobody = held.programs.is_empty().then_some(None);
        for pid in held.programs.iter().copied().map(Some).chain(nobody) {
            let talk = (pid, socket.transport, there, socket.remote.port());
            if self.connections.len() >= MOST_FINDINGS && !self.connections.contains_key(&talk) {
                return;
            }
            let program = pid.and_then(|pid| programs.get(&pid).copied());
            let finding = of_connection(held, pid, program, there, &described);
            // The furthest that it came.
            let verdict = hit.verdict;
            match self.connections.get(&talk) {
                Some(known) if known.verdict >= verdict => {}
                _ => drop(self.connections.insert(talk, Talked { verdict, finding })),
            }
        }
    }

    fn asked_for(&mut self, name: &str) {
        if self.asked.len() >= MOST_FINDINGS || self.asked.contains_key(name) {
            return;
        }
        let Some(described) = self.listed(name) else { return };
        if self.addresses.refuses(&described) {
            self.refused_names.insert(name.to_owned());
            return;
        }
        let live = LiveFound { name: Some(name.to_owned()), ..LiveFound::default() };
        let finding = finding(What::DnsCache, String::new(), None, live, &described);
        self.asked.insert(name.to_owned(), finding);
    }

    /// What lists say of a name.
    fn listed(&mut self, name: &str) -> Option<Described<'a>> {
        let here = IpAddr::from([127, 0, 0, 1]);
        let contact = WireContact {
            name: name.as_bytes(),
            outcome: Outcome::DnsQueried,
            ..WireContact::by(here)
        };
        let hit = self.matcher.examine_wire(&contact)?;
        let addresses = self.addresses;
        addresses.layers.describe(hit.indicator)
    }

    /// Everything that was seen.
    pub fn finish(self) -> LiveChecked {
        // A program that closed its connection in the meantime was named before.
        let named: BTreeSet<(Transport, IpAddr, u16)> = self
            .connections
            .keys()
            .filter(|(pid, ..)| pid.is_some())
            .map(|(_, transport, address, port)| (*transport, *address, *port))
            .collect();
        let connections =
            self.connections.into_iter().filter(|((pid, transport, address, port), _)| {
                pid.is_some() || !named.contains(&(*transport, *address, *port))
            });
        let mut findings: Vec<Finding> = connections.map(|(_, it)| it.finding).collect();
        findings.extend(self.asked.into_values());
        findings.sort();
        let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
        let counts = LiveCounts {
            processes: count(self.programs.len()),
            sockets: count(self.sockets.len()),
            names: self.names.map(|it| count(it.len())),
            addresses: count(self.addresses.len()),
            inbound: count(self.inbound.len()),
            refused: count(self.refused.len() + self.refused_names.len()),
            in_hosts: count(self.in_hosts.len()),
        };
        LiveChecked { findings, not_scanned: self.not_seen.into_iter().collect(), counts }
    }
}

/// An address as if a list named it.
fn alone(address: IpAddr) -> Described<'static> {
    let (observable, scope) = (Observable::Address(address), Scope::Exact);
    Described { observable, scope, family: None, list: "", warning: None }
}

fn of_connection(
    held: &HeldSocket,
    pid: Option<u32>,
    program: Option<&Program>,
    there: IpAddr,
    described: &Described<'_>,
) -> Finding {
    let live = LiveFound {
        pid,
        program: program.map(|it| it.name.clone()),
        protocol: Some(held.socket.transport.code().to_owned()),
        address: Some(there),
        port: Some(held.socket.remote.port()),
        state: Some(held.socket.state.code().to_owned()),
        ..LiveFound::default()
    };
    let file = program.and_then(|it| it.file.as_ref());
    let path = file.map(native_spelling).unwrap_or_default();
    finding(What::Connection, path, file, live, described)
}

fn finding(
    what: What,
    path: String,
    file: Option<&DiskPath>,
    live: LiveFound,
    described: &Described<'_>,
) -> Finding {
    let is_text = file.is_none_or(|it| str::from_utf8(it.as_bytes()).is_ok());
    Finding {
        path,
        path_hex: file.filter(|_| !is_text).map(|it| hex::encode(it.as_bytes())),
        inside: Vec::new(),
        what,
        rule: None,
        source: None,
        indicator: Some(described.text()),
        description: described.family.map(str::to_owned),
        // It proves a contact, and not yet that the program is malware.
        category: Category::Suspicious,
        sha256: String::new(),
        place: None,
        live: Some(LiveFound {
            family: described.family.map(str::to_owned),
            list: Some(described.list.to_owned()).filter(|it| !it.is_empty()),
            warning: described.warning.map(str::to_owned),
            ..live
        }),
    }
}
