//! What a run reports: one sighting per device and indicator.

use jiff::Timestamp;
use naming::{Confidence, Intermediary, Source, ToldBy};
use serde::{Deserialize, Serialize};

/// Contacts of one device with one indicator, summed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Address (or name) of the device as the log gives it, in normal form.
    pub device: String,
    /// What the device is called, when the log or another source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// Its hardware address, when a source knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_mac: Option<String>,
    /// Who says which device it is; `None` when only its address is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_source: Option<Source>,
    /// How sure that is, for the least sure of the contacts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_confidence: Option<Confidence>,
    /// What the device does in the place of others: it is not the one to clean, those behind it are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intermediary: Option<Intermediary>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intermediary_source: Option<ToldBy>,
    /// The indicator in its normal form.
    pub indicator: String,
    /// `domain`, `ip`, `ip-port`, `network` or `url`.
    pub indicator_type: String,
    /// Malware family, when the list names one.
    pub family: Option<String>,
    /// Name of the list the indicator came from.
    pub list: String,
    /// The warning list that names the indicator too: a popular site, a shared host. A person
    /// should look before anything is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What was contacted, in the contact with the strongest verdict.
    pub destination: String,
    /// The strongest verdict of all contacts.
    pub verdict: Verdict,
    /// How many contacts.
    pub count: u64,
    /// First contact; `None` when no line gave a readable time.
    pub first_seen: Option<Timestamp>,
    /// Last contact.
    pub last_seen: Option<Timestamp>,
    /// Where the first contact with the strongest verdict stands.
    pub evidence: Evidence,
}

/// Where to find the line that proves a sighting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The log file as it was named on the command line or uploaded.
    pub file: String,
    /// Byte offset of the line's start, in decompressed bytes.
    pub offset: u64,
    /// Number of the line, from 1.
    pub line_number: u64,
    /// The line itself, cut at 2,048 bytes; empty once it has left the unit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
}

/// What a contact proves, from weakest to strongest. The first two are not findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The indicator stands in a query string: somebody wrote it, nobody contacted it.
    MentionOnly,
    /// A malicious source knocked at the device, which is the target.
    InboundScan,
    /// The name was asked for and a resolver answered in its place.
    DnsBlocked,
    /// The name was asked for; the answer is unknown.
    DnsQueried,
    /// The name was asked for and got an address.
    DnsResolved,
    /// A connection was tried.
    Attempted,
    /// A connection stood.
    Connected,
}

impl Verdict {
    /// Whether somebody must handle the device.
    pub fn is_finding(self) -> bool {
        self > Self::InboundScan
    }

    /// Whether it is about a question for a name.
    pub fn is_question(self) -> bool {
        matches!(self, Self::DnsBlocked | Self::DnsQueried | Self::DnsResolved)
    }
}
