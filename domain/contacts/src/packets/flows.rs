//! Connections with listed addresses: who opened them, and whether the other side answered.

use std::net::IpAddr;

use super::Sockets;
use super::recent::Recent;
use crate::Outcome;

/// The most connections that are followed at a time.
const MOST_FLOWS: usize = 1 << 16;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    low: (IpAddr, u16),
    high: (IpAddr, u16),
    protocol: u8,
}

struct Flow {
    is_opener_low: bool,
    has_opener_sent: bool,
    has_other_sent: bool,
    /// What was told of it so far.
    told: Option<Outcome>,
    /// Of the segment that opened it.
    sequence: Option<u32>,
}

/// What a packet says about its connection.
#[derive(Clone, Copy)]
pub(crate) enum Sign {
    /// It opens a connection, with this sequence number.
    Opens(u32),
    /// It answers an opening.
    Answers,
    /// Something was sent.
    Sends,
    /// It refuses: nothing was sent.
    Refuses,
}

/// What is to be told of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The sender of this packet opened it.
    pub(crate) is_by_source: bool,
    pub(crate) outcome: Outcome,
    /// It was told of before.
    pub(crate) is_known: bool,
}

pub(crate) struct Flows {
    recent: Recent<Key, Flow>,
}

impl Default for Flows {
    fn default() -> Self {
        Self { recent: Recent::new(MOST_FLOWS) }
    }
}

impl Flows {
    /// Takes a packet of a connection in; gives what it newly proves.
    ///
    /// Tried: the opener sent. Connected: both sent, and not to refuse. An answer to an opening that
    /// is not in the capture proves nothing before the opener sends on: whoever forges our address
    /// makes others answer us.
    pub(crate) fn see(&mut self, sockets: Sockets, protocol: u8, sign: Sign) -> Option<Told> {
        let source = (sockets.source, sockets.source_port);
        let target = (sockets.target, sockets.target_port);
        let is_source_low = source <= target;
        let (low, high) = if is_source_low { (source, target) } else { (target, source) };
        let key = Key { low, high, protocol };
        let sequence = if let Sign::Opens(sequence) = sign { Some(sequence) } else { None };
        // Another opening between the same ports is another connection.
        let known = self.recent.get_mut(&key);
        let is_other = |flow: &mut Flow| sequence.is_some() && flow.sequence != sequence;
        if known.is_none_or(is_other) {
            if matches!(sign, Sign::Refuses) {
                return None;
            }
            let is_opener_low = is_source_low == opened_by_source(sockets, protocol, sign);
            let flow = Flow {
                is_opener_low,
                has_opener_sent: false,
                has_other_sent: false,
                told: None,
                sequence,
            };
            self.recent.insert(key, flow);
        }
        let flow = self.recent.get_mut(&key)?;
        if matches!(sign, Sign::Refuses) {
            return None;
        }
        let is_by_source = flow.is_opener_low == is_source_low;
        if is_by_source {
            flow.has_opener_sent = true;
        } else {
            flow.has_other_sent = true;
        }
        let outcome = match (flow.has_opener_sent, flow.has_other_sent) {
            (true, true) => Outcome::Connected,
            (true, false) => Outcome::Attempted,
            (false, _) => return None,
        };
        if flow.told.is_some_and(|told| told >= outcome) {
            return None;
        }
        let is_known = flow.told.replace(outcome).is_some();
        Some(Told { is_by_source, outcome, is_known })
    }
}

/// Who opened a connection that is seen for the first time. Where its opening is not in the capture,
/// ports tell: servers have low ones.
fn opened_by_source(sockets: Sockets, protocol: u8, sign: Sign) -> bool {
    match sign {
        Sign::Opens(_) => return true,
        Sign::Answers => return false,
        Sign::Sends | Sign::Refuses => {}
    }
    let is_server = |port: u16| port < 1024;
    match (is_server(sockets.source_port), is_server(sockets.target_port)) {
        (true, false) => false,
        (false, true) => true,
        // Without an order of ports, whoever is seen first.
        _ if protocol != super::ip::TCP => true,
        _ => sockets.source_port >= sockets.target_port,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: u8 = 6;

    fn sockets(source_port: u16, target_port: u16) -> Sockets {
        Sockets {
            source: "10.0.0.7".parse().unwrap(),
            target: "192.0.2.7".parse().unwrap(),
            source_port,
            target_port,
        }
    }

    /// `>` is sent by the device, `<` by the other side; the outcome is the device's, in brackets
    /// when it is the other side's.
    fn told(protocol: u8, ports: (u16, u16), packets: &[(&str, Sign)]) -> String {
        let mut flows = Flows::default();
        let mut words = Vec::new();
        for (way, sign) in packets {
            let sockets = sockets(ports.0, ports.1);
            let is_out = *way == ">";
            let sockets = if is_out { sockets } else { sockets.turned() };
            let Some(told) = flows.see(sockets, protocol, *sign) else { continue };
            let word = format!("{:?}{}", told.outcome, if told.is_known { "+" } else { "" });
            words.push(if told.is_by_source == is_out { word } else { format!("[{word}]") });
        }
        words.join(" ")
    }

    #[test]
    fn a_connection_is_told_once_and_again_when_it_stands() {
        use Sign::{Answers, Opens, Refuses, Sends};
        let check = |packets: &[(&str, Sign)], expected: &str| {
            assert_eq!(told(TCP, (50_000, 8443), packets), expected);
        };
        check(&[(">", Opens(1))], "Attempted");
        check(&[(">", Opens(1)), (">", Opens(1)), (">", Opens(1))], "Attempted");
        check(&[(">", Opens(1)), ("<", Refuses)], "Attempted");
        check(&[(">", Opens(1)), ("<", Answers), (">", Sends)], "Attempted Connected+");
        check(&[(">", Opens(1)), ("<", Sends)], "Attempted Connected+");
        check(
            &[(">", Opens(1)), (">", Opens(2)), ("<", Answers)],
            "Attempted Attempted Connected+",
        );
        // The other side opens.
        check(&[("<", Opens(1)), (">", Answers)], "[Attempted] [Connected+]");
        check(&[("<", Opens(1)), (">", Refuses)], "[Attempted]");
        // An answer that nobody asked for.
        check(&[("<", Answers)], "");
        check(&[("<", Answers), (">", Refuses)], "");
        check(&[("<", Answers), (">", Sends)], "Connected");
        // From the middle on.
        check(&[(">", Sends), ("<", Sends)], "Attempted Connected+");
        check(&[("<", Sends)], "");
        check(&[("<", Sends), (">", Refuses)], "");
        check(&[("<", Refuses), (">", Refuses)], "");
    }

    #[test]
    fn ports_tell_who_opened_what_is_seen_from_the_middle_on() {
        let check = |protocol, ports, way: &'static str, expected: &str| {
            assert_eq!(told(protocol, ports, &[(way, Sign::Sends)]), expected, "{ports:?} {way}");
        };
        check(TCP, (50_000, 443), ">", "Attempted");
        check(TCP, (443, 50_000), ">", "");
        check(TCP, (443, 50_000), "<", "[Attempted]");
        check(17, (50_000, 53), ">", "Attempted");
        check(17, (53, 50_000), "<", "[Attempted]");
        check(17, (50_000, 6881), ">", "Attempted");
        check(17, (6881, 50_000), ">", "Attempted");
        check(17, (6881, 50_000), "<", "[Attempted]");
        check(47, (0, 0), ">", "Attempted");
    }
}
