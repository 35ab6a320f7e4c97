//! One run of rules and indicator lists over files: walk, read, unpack, detect, sum up.
//!
//! [`check_files`] gives every finding as it is made, and a [`Summary`] that says what was not
//! scanned and why. The clean-up tool calls it for a whole computer, a stick or one folder.

mod cache;
mod compiled;
mod detector;
mod gentle;
mod packed;
mod run;

use std::collections::BTreeMap;
use std::io::BufRead;
use std::net::IpAddr;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

pub use detection::{
    Category, Include, Known, KnownCounts, ListOutcome, RefusedRules, RuleText, Rules, Verdict,
    read_known,
};
pub use packed::{
    LoadedPack, PackUnusable, PackedRules, Vault, include_packed, newest_packs, packs_in, read_pack,
};
pub use packs::{
    Family, KeyFileError, LedgerError, MOST_BYTES as MOST_PACK_BYTES, PackError, PublicKey,
    TrustedKeys,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use cache::Remembered;
pub use compiled::{compiled_before, keep_compiled};
pub use run::check_files;

/// What is looked for.
#[derive(Debug, Default)]
pub struct Detection {
    /// YARA rules.
    pub rules: Rules,
    /// Hashes and names of indicator lists.
    pub known: Known,
    /// SHA-256 of files that are known to be good, in ascending order: whatever rules say of them
    /// is wrong.
    pub good: Vec<[u8; 32]>,
    /// SHA-256 of the files that the rules stand in, in ascending order: they hold what they look for, so
    /// that what a rule says of them is no finding.
    pub rule_files: Vec<[u8; 32]>,
    /// Compiled addresses that packs brought, by the pack's name: nothing of files.
    pub packed_addresses: Vec<(String, Vec<u8>)>,
}

impl Detection {
    /// Reads a list of hashes and names, plain or packed, into what is looked for.
    pub fn add_list(&mut self, list: impl std::io::Read) -> ListOutcome {
        let unpacked = unpacking::Unpacker::new(list, unpacking::Limits::default());
        let mut lines: Box<dyn BufRead + '_> = Box::new(std::io::BufReader::new(unpacked));
        read_known(&mut lines, &mut self.known)
    }

    /// Takes in files that are known to be good.
    pub fn add_good(&mut self, good: Vec<[u8; 32]>) {
        self.good.extend(good);
        self.good.sort_unstable();
        self.good.dedup();
    }

    /// Whether a file of this SHA-256 is known to be good.
    pub(crate) fn is_good(&self, sha256: &[u8; 32]) -> bool {
        self.good.binary_search(sha256).is_ok()
    }
}

/// How a run goes about it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Threads; at least 1.
    pub threads: usize,
    /// Whether to leave the computer to the person in front of it: one thread, at work for less
    /// than a third of the time.
    pub is_gentle: bool,
    /// The folder that a mounted disk or another system's files stand in: paths are told as that
    /// system knows them.
    pub root: Option<PathBuf>,
    /// How archives are unpacked.
    pub parts: unpacking::PartLimits,
    /// What is remembered of earlier runs; `None` scans everything.
    pub memory: Option<PathBuf>,
}

/// Told about progress, asked whether to go on, given the findings.
pub trait Watcher: Sync {
    /// A file was dealt with.
    fn advanced(&self, files: u64, bytes: u64);
    /// Something was found.
    fn found(&self, finding: Finding);
    /// Whether to stop soon; the summary then says that it is incomplete.
    fn is_cancelled(&self) -> bool;
}

/// Something that somebody must look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The file.
    pub path: String,
    /// The bytes of its path in hex, where they are no text: Linux lets names be any bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_hex: Option<String>,
    /// The way through archives to the part that it is about; empty for the file itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<String>,
    /// What told it.
    pub what: What,
    /// Name of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The file that the rule stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The hash or name of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// What rule or list say of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is.
    pub category: Category,
    /// SHA-256 of the file or part, in hex; empty where it is not about a file's content.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// What starts it, where it is about something that starts by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceFound>,
    /// What runs, and whom it talks to, where it is about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<LiveFound>,
}

/// A running program, what it talks to, or a name that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LiveFound {
    /// The program's number; `None` where the system does not tell who it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// What the system calls the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// `tcp` or `udp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// The other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Its port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How far the connection was: `asking`, `connected`, `ending`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The name that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Malware family, when the list names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// The list or pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The list of harmless things that names it too, for a person to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// An entry in a place where programs start by themselves, or in another file of settings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlaceFound {
    /// Which place, as `docs/autostarts.md` names it.
    pub place: String,
    /// The technique of MITRE ATT&CK.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<String>,
    /// What stands there.
    pub command: String,
}

impl Finding {
    /// The bytes of its path.
    pub fn path_bytes(&self) -> Vec<u8> {
        let bytes = self.path_hex.as_deref().and_then(|hex| hex::decode(hex).ok());
        bytes.unwrap_or_else(|| self.path.clone().into_bytes())
    }
}

/// What told a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A YARA rule.
    Rule,
    /// A hash of a list.
    Hash,
    /// A file name of a list.
    FileName,
    /// An entry that starts a found file by itself.
    Autostart,
    /// A line of the hosts file.
    Hosts,
    /// The mark of cracked software.
    Risk,
    /// A running program whose file was found.
    Process,
    /// A connection to an address of a list.
    Connection,
    /// A name of a list that the system remembers as asked for.
    DnsCache,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rule,
        Self::Hash,
        Self::FileName,
        Self::Autostart,
        Self::Hosts,
        Self::Risk,
        Self::Process,
        Self::Connection,
        Self::DnsCache,
    ];

    /// The code used in outputs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Hash => "hash",
            Self::FileName => "file-name",
            Self::Autostart => "autostart",
            Self::Hosts => "hosts",
            Self::Risk => "risk",
            Self::Process => "process",
            Self::Connection => "connection",
            Self::DnsCache => "dns-cache",
        }
    }
}

/// What was scanned and what was not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// What it amounts to.
    pub verdict: Option<Verdict>,
    /// Whether everything that was found on the way was scanned whole.
    pub complete: bool,
    /// Files met.
    pub seen: u64,
    /// Of these, scanned, now or (see `remembered`) before.
    pub scanned: u64,
    /// Of these, unchanged since an earlier run of the same rules found nothing in them.
    pub remembered: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Parts of archives that were scanned as well.
    pub parts: u64,
    /// Links, devices and folders of the system's own making: nothing to scan.
    pub no_files: u64,
    /// Entries that were looked at in places where programs start by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<u64>,
    /// What runs, where that was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<LiveCounts>,
    /// Findings.
    pub findings: u64,
    /// Files and parts that something was found in, and that a pack knows to be good.
    #[serde(skip_serializing_if = "is_zero")]
    pub good: u64,
    /// How many files or parts were not scanned, or not whole, by reason.
    pub not_scanned: BTreeMap<String, u64>,
    /// The first of them.
    pub not_scanned_listed: Vec<NotScanned>,
}

/// How much of what runs was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveCounts {
    /// Running programs.
    pub processes: u64,
    /// Sockets of all kinds.
    pub sockets: u64,
    /// Names that the system remembers as asked for; `None` where it remembers none, or does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<u64>,
    /// Addresses, names and URLs that were looked for, those of several lists in each.
    pub addresses: u64,
    /// Connections that an address of a list opened to this computer: no finding.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inbound: u64,
    /// Matches with an indicator that would do harm, such as a private range: no finding.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused: u64,
    /// Malicious names that the hosts file gives an address to, and that are among the remembered ones for
    /// that alone: no finding.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_hosts: u64,
}

impl Summary {
    /// Takes in what was found or not looked at besides the files.
    pub fn add(&mut self, findings: &[Finding], not_scanned: Vec<NotScanned>) {
        let so_far = match self.verdict {
            Some(Verdict::Infected) => Some(Category::Malware),
            Some(Verdict::Suspicious) => Some(Category::Suspicious),
            Some(Verdict::Risky) => Some(Category::Risk),
            Some(Verdict::Clean | Verdict::Incomplete) | None => None,
        };
        let worst = findings.iter().map(|it| it.category).chain(so_far).max();
        self.findings += findings.len() as u64;
        for it in not_scanned {
            *self.not_scanned.entry(it.reason.clone()).or_default() += 1;
            if self.not_scanned_listed.len() < MOST_LISTED {
                self.not_scanned_listed.push(it);
            }
        }
        self.not_scanned_listed.sort();
        self.complete = self.not_scanned.is_empty();
        self.verdict = Some(Verdict::of(worst, self.complete));
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A file or part that was not scanned, or not whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotScanned {
    /// The file.
    pub path: String,
    /// The way through archives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<String>,
    /// The code of the reason.
    pub reason: String,
    /// What the system or the archive says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Every reason for which something is not scanned, besides those of archives
/// ([`unpacking::NotOpened::CODES`]).
pub const REASONS: [&str; 14] = [
    "unreadable",
    "too-large",
    "changed",
    "rule-timeout",
    "reader-broke",
    "cancelled",
    "quick-limit",
    "place-not-read",
    "nothing-there",
    "places-not-here",
    "process-not-seen",
    "sockets-not-read",
    "dns-cache-not-read",
    "files-not-scanned",
];
/// What was not scanned is named so often at most; the rest is counted.
const MOST_LISTED: usize = 1_000;

/// The SHA-256 of bytes.
pub fn sha256_of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The bytes of such a path in hex, where they are no text.
fn path_hex(path: &Path, root: Option<&Path>) -> Option<String> {
    if path.to_str().is_some() {
        return None;
    }
    let inner = root.and_then(|root| path.strip_prefix(root).ok());
    let mut bytes = inner.unwrap_or(path).as_os_str().as_encoded_bytes().to_vec();
    if inner.is_some() {
        // Every byte of a separator is one of its own: no other character has it in it.
        bytes.iter_mut().filter(|it| char::from(**it) == MAIN_SEPARATOR).for_each(|it| *it = b'/');
        bytes.insert(0, b'/');
    }
    Some(hex::encode(bytes))
}

/// The path of a file as the system under `root` knows it.
fn shown_path(path: &Path, root: Option<&Path>) -> String {
    match root.and_then(|root| path.strip_prefix(root).ok()) {
        Some(inner) => format!("/{}", inner.display().to_string().replace(MAIN_SEPARATOR, "/")),
        None => path.display().to_string(),
    }
}
