//! What a check of the generated logs must find, no more and no less.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a contact proves, from weakest to strongest, as the generator meant it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrueVerdict {
    /// The indicator was written in a query string.
    MentionOnly,
    /// A malicious source knocked at the device.
    InboundScan,
    /// A name was asked for and withheld.
    DnsBlocked,
    /// A name was asked for; the log does not give the answer.
    DnsQueried,
    /// A name was asked for and got an address.
    DnsResolved,
    /// A connection was tried.
    Attempted,
    /// A connection stood.
    Connected,
}

impl TrueVerdict {
    /// Its code in outputs: `connected`, `mention-only` …
    pub fn code(self) -> &'static str {
        match self {
            Self::MentionOnly => "mention-only",
            Self::InboundScan => "inbound-scan",
            Self::DnsBlocked => "dns-blocked",
            Self::DnsQueried => "dns-queried",
            Self::DnsResolved => "dns-resolved",
            Self::Attempted => "attempted",
            Self::Connected => "connected",
        }
    }

    /// Whether somebody must handle the device; the others are listed apart.
    pub fn is_finding(self) -> bool {
        self > Self::InboundScan
    }
}

/// A sighting that must be found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TrueSighting {
    /// Address of the device in normal form.
    pub device: String,
    /// The indicator in normal form.
    pub indicator: String,
    /// The strongest verdict of all contacts.
    pub verdict: TrueVerdict,
    /// How many contacts.
    pub count: u64,
    /// First contact, as exact as the log writes it.
    pub first_seen: Timestamp,
    /// Last contact.
    pub last_seen: Timestamp,
}

/// Gathers the truth while logs are written, of one log or of many.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    sightings: BTreeMap<(String, String), TrueSighting>,
    lines: u64,
    near_misses: u64,
    finding_lines: Vec<u64>,
}

impl Truth {
    /// Everything that must be found, by device and indicator.
    pub fn sightings(&self) -> Vec<TrueSighting> {
        self.sightings.values().cloned().collect()
    }

    /// How many contacts with indicators were written.
    pub fn contacts(&self) -> u64 {
        self.sightings.values().map(|it| it.count).sum()
    }

    /// How many near misses were written, none of which may be found.
    pub fn near_misses(&self) -> u64 {
        self.near_misses
    }

    /// How many lines were written, headers counted.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Numbers of the lines that show a finding, from 1, counted through all logs.
    pub fn finding_lines(&self) -> &[u64] {
        &self.finding_lines
    }

    /// Lines `first` to `last` of the log being written, from 1, show a finding.
    pub(crate) fn add_finding_lines(&mut self, first: u64, last: u64) {
        let before = self.lines;
        self.finding_lines.extend((first..=last).map(|line| before + line));
    }

    pub(crate) fn add_lines(&mut self, lines: u64) {
        self.lines += lines;
    }

    pub(crate) fn add_near_miss(&mut self) {
        self.near_misses += 1;
    }

    pub(crate) fn add(
        &mut self,
        device: &str,
        indicator: &str,
        verdict: TrueVerdict,
        time: Timestamp,
        count: u64,
    ) {
        let key = (device.to_owned(), indicator.to_owned());
        let known = self.sightings.entry(key).or_insert_with(|| TrueSighting {
            device: device.to_owned(),
            indicator: indicator.to_owned(),
            verdict,
            count: 0,
            first_seen: time,
            last_seen: time,
        });
        known.count += count;
        known.verdict = known.verdict.max(verdict);
        known.first_seen = known.first_seen.min(time);
        known.last_seen = known.last_seen.max(time);
    }
}
