//! What is in a pack.

use serde::{Deserialize, Serialize};

/// Everything in a pack, deciphered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Files of YARA rules, by their names below one folder.
    pub rules: Vec<RuleFile>,
    /// Hashes and names of malicious files, as `detection` writes them; empty when there are none.
    pub hashes: Vec<u8>,
    /// SHA-256 of files that are known to be good, in ascending order.
    pub good: Vec<[u8; 32]>,
    /// A compiled index of addresses, as `matching` writes it; empty when there are none.
    pub addresses: Vec<u8>,
    /// What the pack brings for each published family.
    pub families: Vec<Family>,
}

/// A file of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFile {
    /// Where it stands below the folder that the rules were taken from, with `/` between.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What a pack brings for one malware family.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// What it is called in the campaign.
    pub name: String,
    /// What finds it: `rule:NAME`, `hash:LABEL`, `file-name:NAME`, `place:CODE`, `addresses`.
    #[serde(default)]
    pub detections: Vec<String>,
    /// What takes it away: `quarantine`, `autostart`, `hosts`, `usb`, `by-hand`.
    #[serde(default)]
    pub removers: Vec<String>,
    /// What is known to be missing, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub gap: String,
}

impl Family {
    /// Ways to find a family that a scan of files does not go.
    const NOT_ON_PC: &str = "addresses";
    /// What a person has to do.
    const BY_HAND: &str = "by-hand";

    /// Whether a scan of the PC can find it.
    pub fn is_found(&self) -> bool {
        self.detections.iter().any(|it| it != Self::NOT_ON_PC)
    }

    /// Whether the tool can take it away by itself.
    pub fn is_removed(&self) -> bool {
        self.removers.iter().any(|it| it != Self::BY_HAND)
    }

    /// Whether something is missing.
    pub fn has_gap(&self) -> bool {
        !(self.is_found() && self.is_removed() && self.gap.is_empty())
    }
}
