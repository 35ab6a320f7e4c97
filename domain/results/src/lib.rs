//! What a scan of a PC gave, as one small signed file: what goes in, what is left out, how it is read.
//!
//! A tool makes a [`ScanResult`] and signs it with the [`EnrolmentCode`] of its unit; a portal that
//! knows the public half of that code reads it with [`SignedResult::read`]. Paths go in through
//! [`reduced_path`], which leaves out whatever may be a person's.
//!
//! ```
//! use results::{Device, EnrolmentCode, ScanResult, SignedResult};
//!
//! let code = EnrolmentCode::parse("ABCDE-FGH01-23456-789XY").unwrap();
//! let result = ScanResult {
//!     device: Device { name: "PC-07".to_owned(), mark: String::new() },
//!     scope: "computer".to_owned(),
//!     verdict: "clean".to_owned(),
//!     complete: true,
//!     ..ScanResult::default()
//! };
//! let file = code.sign(&result);
//!
//! let read = SignedResult::read(file.as_bytes())?;
//! assert_eq!((read.key, read.result), (code.public(), result));
//! # Ok::<(), results::ResultError>(())
//! ```
//!
//! What it deliberately does not do: scan, send, decide what a portal makes of it. The form of the file:
//! `docs/formats.md`, "Results of scans"; what is left out and why: decision 32.

mod code;
mod paths;
mod signed;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use code::EnrolmentCode;
pub use packs::PublicKey;
pub use paths::{KnownPlaces, reduced_path};
pub use signed::{MOST_BYTES, ResultError, SignedResult};

/// Findings in one result; the rest is counted.
pub const MOST_FINDINGS: usize = 500;
/// Characters of any text in a result.
pub const LONGEST_TEXT: usize = 300;

/// What a scan gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanResult {
    /// When the scan ended.
    pub made_at: Timestamp,
    /// Name and version of the tool.
    pub program: String,
    /// `linux` or `windows`.
    pub system: String,
    /// The PC.
    pub device: Device,
    /// How far the scan went: `computer`, `quick` or `places`.
    pub scope: String,
    /// What it amounts to: `clean`, `incomplete`, `risky`, `suspicious`, `infected`.
    pub verdict: String,
    /// Whether everything in its scope was scanned whole.
    pub complete: bool,
    /// Files met.
    pub seen: u64,
    /// Of these, scanned.
    pub scanned: u64,
    /// How much was not scanned, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_scanned: BTreeMap<String, u64>,
    /// Rules in use.
    pub rules: u64,
    /// Packs in use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packs: Vec<PackUsed>,
    /// What was found, without risks unless the unit chose to tell them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FoundThing>,
    /// Findings beyond [`MOST_FINDINGS`].
    #[serde(default)]
    pub more_findings: u64,
}

/// The PC that was scanned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// What it is called.
    pub name: String,
    /// The same for the same PC and the same code, and telling nothing else; empty where the system
    /// has no number of its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mark: String,
}

/// A pack that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackUsed {
    /// Its name.
    pub name: String,
    /// Its serial.
    pub serial: u64,
    /// Whether it had expired.
    #[serde(default)]
    pub expired: bool,
}

/// Something that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundThing {
    /// `malware`, `suspicious` or `risk`.
    pub category: String,
    /// What told it: `rule`, `hash`, `file-name`, `autostart`, `hosts`, `risk`, `process`, `connection`,
    /// `dns-cache`.
    pub what: String,
    /// Name of the rule, hash, or name of the list.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub told_by: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where, by [`reduced_path`] unless the person agreed to more.
    pub path: String,
    /// How deep inside of archives.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inside: usize,
    /// SHA-256 of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// The place where programs start by themselves, and the technique of MITRE ATT&CK.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// The technique.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub technique: String,
    /// What another scanner says it did about it; empty in results of our own tool.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// Protocol, other side and state of a connection: `tcp 198.51.100.7:443 connected`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
}

impl FoundThing {
    /// Whether somebody has to do something about the PC: a risk is advice.
    pub fn is_for_a_case(&self) -> bool {
        self.category != "risk"
    }
}

impl ScanResult {
    /// Whether it proves that the PC is clean: all of it was scanned, by a pack that the PC trusts, and
    /// nothing but, at most, advice was found. What rules look for that somebody named, nobody can tell.
    pub fn is_clean_bill(&self) -> bool {
        self.complete
            && !self.packs.is_empty()
            && self.scope == "computer"
            && ["clean", "risky"].contains(&self.verdict.as_str())
            && !self.findings.iter().any(FoundThing::is_for_a_case)
    }
}

/// The beginning of a text, without what no text of ours has.
pub fn shortened(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(LONGEST_TEXT).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
