//! The guard of the warning lists that come with the program.

use std::io::Read as _;
use std::sync::Arc;

use indicators::{Guard, Indicator, Judgement};
use unpacking::{Limits, Unpacker};

/// What is refused. Origin and licence: `data/README.md`.
const REFUSED: &[u8] = include_bytes!("../data/refused.txt.zst");
/// What a person is to look at.
const WARNING_LISTS: &[u8] = include_bytes!("../data/warninglists.txt.zst");

/// Whether indicators that would do harm are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarding {
    /// Every indicator is taken.
    Off,
    /// What [`Guard`] refuses is refused; what it doubts carries the name of the warning list.
    On,
}

/// The guard as it was read, which takes a quarter of a second: to be held by what reads lists again and
/// again. Nothing is held when there is none.
#[derive(Clone, Debug, Default)]
pub struct LoadedGuard(Option<Arc<Guard>>);

impl LoadedGuard {
    /// The guard of what is refused alone, which is a third of the bytes: what a person would have to
    /// look at is let through without a word.
    pub fn hard_stops() -> Self {
        Self(read(&[REFUSED]).map(Arc::new))
    }

    pub(crate) fn guard(&self) -> Option<&Guard> {
        self.0.as_deref()
    }

    /// Judges an indicator that was compiled by somebody else.
    pub fn judge(&self, indicator: &Indicator) -> Judgement<'_> {
        self.guard().map_or(Judgement::Clear, |guard| guard.judge(indicator))
    }
}

impl Guarding {
    /// The guard, read anew.
    pub fn load(self) -> LoadedGuard {
        LoadedGuard(self.guard().map(Arc::new))
    }

    /// The guard, read anew: it is needed while lists are read and not while logs are.
    ///
    /// Ranges for documents and tests are let through: demonstrations are made of them, and no
    /// device talks to them.
    fn guard(self) -> Option<Guard> {
        if self == Self::Off {
            return None;
        }
        read(&[REFUSED, WARNING_LISTS])
    }
}

/// A guard of packed lists, which are part of the program; the tests below read them.
fn read(packed: &[&[u8]]) -> Option<Guard> {
    let mut lists = String::new();
    for bytes in packed {
        if Unpacker::new(*bytes, Limits::default()).read_to_string(&mut lists).is_err() {
            return Some(Guard::default());
        }
    }
    Guard::read(&lists, true).ok()
}

#[cfg(test)]
mod tests {
    use indicators::{Indicator, Judgement, Reason, Scope};

    use super::*;

    #[test]
    fn the_lists_that_come_along_are_read() {
        let guard = Guarding::On.guard().unwrap();
        let judge = |text: &str| {
            let observable = text.parse().unwrap();
            let scope = Scope::Subdomains;
            match guard.judge(&Indicator { observable, scope, family: None, valid_until: None }) {
                Judgement::Clear => "clear".to_owned(),
                Judgement::Review(list) => list.to_owned(),
                Judgement::Refuse(reason) => reason.code().to_owned(),
            }
        };
        assert_eq!(judge("8.8.8.8"), Reason::PublicDns.code());
        assert_eq!(judge("1.1.1.1:53"), Reason::PublicDns.code());
        assert_eq!(judge("2606:4700:4700::1111"), Reason::PublicDns.code());
        assert_eq!(judge("192.168.1.1"), Reason::PrivateAddress.code());
        assert_eq!(judge("com.vn"), Reason::PublicSuffix.code());
        assert_eq!(judge("duckdns.org"), Reason::PublicSuffix.code());
        assert_eq!(judge("evil.duckdns.org"), "clear");
        assert_eq!(judge("192.0.2.7"), "clear");
        assert_eq!(judge("evil.example"), "clear");
        assert_ne!(judge("bit.ly"), "clear");
        assert!(judge("104.16.1.1").contains("Cloudflare"), "{}", judge("104.16.1.1"));
        assert_ne!(judge("dropbox.com"), "clear");
    }

    #[test]
    fn hard_stops_refuse_what_the_whole_guard_refuses() {
        let (hard, whole) = (LoadedGuard::hard_stops(), Guarding::On.load());
        let check = |text: &str, refused: Option<&str>| {
            let (observable, scope) = (text.parse().unwrap(), Scope::Subdomains);
            let indicator = Indicator { observable, scope, family: None, valid_until: None };
            for guard in [&hard, &whole] {
                let judged = match guard.judge(&indicator) {
                    Judgement::Refuse(reason) => Some(reason.code()),
                    Judgement::Clear | Judgement::Review(_) => None,
                };
                assert_eq!(judged, refused, "{text}");
            }
        };
        check("8.8.8.8", Some(Reason::PublicDns.code()));
        check("10.1.2.3", Some(Reason::PrivateAddress.code()));
        check("::1", Some(Reason::ReservedAddress.code()));
        check("com.vn", Some(Reason::PublicSuffix.code()));
        check("bit.ly", None);
        check("198.51.100.7", None);
    }
}
