//! The guard of the warning lists that come with the program.

use std::io::Read as _;
use std::sync::Arc;

use indicators::{Guard, Indicator, Judgement};
use unpacking::{Limits, Unpacker};

/// Origin and licence: `data/README.md`.
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
    pub(crate) fn guard(&self) -> Option<&Guard> {
        self.0.as_deref()
    }

    /// Judges an indicator that was compiled by somebody else.
    pub(crate) fn judge(&self, indicator: &Indicator) -> Judgement<'_> {
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
        let mut lists = String::new();
        // The bytes are part of the program; the test below reads them.
        let read = Unpacker::new(WARNING_LISTS, Limits::default()).read_to_string(&mut lists);
        read.map_or_else(|_| Some(Guard::default()), |_| Guard::read(&lists, true).ok())
    }
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
}
