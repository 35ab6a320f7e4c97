//! Packs as a scan uses them, and the folder in which a tool keeps what it knows of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use detection::RuleText;
use files::FolderLock;
use jiff::Timestamp;
use jiff::civil::Date;
use packs::{Family, Ledger, Pack, PackError, PublicKey, TrustedKeys};

use crate::Detection;

const LEDGER: &str = "ledger.json";
const KEYS: &str = "trusted.keys";
/// How the name of a pack's file ends.
const ENDING: &str = "lspack";
/// The largest file of keys or ledger that is read, in bytes.
const MOST_SMALL: u64 = 4 << 20;

/// Why a pack is not used.
#[derive(Debug, thiserror::Error)]
pub enum PackUnusable {
    /// The system cannot read or write a file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// No file of keys is at hand; these signed the pack.
    #[error("there are no trusted keys")]
    NoKeys(Vec<PublicKey>),
    /// The pack itself: damaged, forged, older, not signed by enough.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Its hashes cannot be read.
    #[error("the section `hashes` of the pack is damaged")]
    Hashes,
}

/// A pack that may be used, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedPack {
    /// Its name.
    pub name: String,
    /// Its serial.
    pub serial: u64,
    /// When it was made.
    pub issued: Timestamp,
    /// The last day on which it is current.
    pub expires: Date,
    /// Whether that day is over.
    pub is_expired: bool,
    /// Tells it from every other pack, in hex.
    pub digest: String,
    /// Hashes of malicious files in it.
    pub hashes: u64,
    /// Files known to be good.
    pub good: u64,
    /// Whether it brings addresses, which nothing in files is compared with.
    pub has_addresses: bool,
    /// What it brings for each family.
    pub families: Vec<Family>,
    /// Sections that this program does not know.
    pub unknown: Vec<String>,
    /// Why its serial could not be remembered: an older pack would not be noticed next time.
    pub not_remembered: Option<String>,
}

/// Files of rules of all packs, by the names that the engine gets.
pub type PackedRules = BTreeMap<String, String>;

/// The folder of what a tool knows of packs: serials, trusted keys, and the packs of `update`.
#[derive(Clone, Debug)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// In a folder; nothing is made yet.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The packs that `update` kept, by name.
    pub fn kept(&self) -> Vec<PathBuf> {
        packs_in(&self.folder)
    }

    /// Keys that an earlier `update` kept.
    pub fn keys_file(&self) -> PathBuf {
        self.folder.join(KEYS)
    }

    /// Asks whether a pack may be used, and adds it to what is looked for.
    pub fn load(
        &self,
        bytes: &[u8],
        keys: Option<&TrustedKeys>,
        today: Date,
        into: &mut Detection,
        rules: &mut PackedRules,
    ) -> Result<LoadedPack, PackUnusable> {
        let pack = Pack::read(bytes)?;
        let (is_expired, not_remembered) = self.admit(&pack, keys, today)?;
        let contents = pack.contents()?;
        let loaded = LoadedPack {
            name: pack.name().to_owned(),
            serial: pack.serial(),
            issued: pack.issued(),
            expires: pack.expires(),
            is_expired,
            digest: hex::encode(pack.digest()),
            hashes: 0,
            good: contents.good.len() as u64,
            has_addresses: !contents.addresses.is_empty(),
            families: contents.families,
            unknown: pack.unknown_sections().into_iter().map(str::to_owned).collect(),
            not_remembered,
        };
        let hashes = if contents.hashes.is_empty() {
            0
        } else {
            let added = into.known.add_bytes(&contents.hashes);
            added.map_err(|_| PackUnusable::Hashes)?.hashes
        };
        into.add_good(contents.good);
        if loaded.has_addresses {
            into.packed_addresses.push((loaded.name.clone(), contents.addresses));
        }
        rules.extend(
            contents.rules.into_iter().map(|it| (format!("{}/{}", loaded.name, it.name), it.text)),
        );
        Ok(LoadedPack { hashes, ..loaded })
    }

    /// Keeps a pack, and the keys that it was trusted by, for later scans.
    pub fn keep(
        &self,
        bytes: &[u8],
        keys: Option<&TrustedKeys>,
        today: Date,
    ) -> Result<LoadedPack, PackUnusable> {
        let loaded =
            self.load(bytes, keys, today, &mut Detection::default(), &mut PackedRules::new())?;
        let kept = self.folder.join(format!("{}.{ENDING}", loaded.name));
        files::write_whole(&kept, bytes).map_err(|error| failed(&kept, error))?;
        if let Some(keys) = keys {
            let path = self.keys_file();
            files::write_whole(&path, keys.to_json().as_bytes())
                .map_err(|error| failed(&path, error))?;
        }
        Ok(loaded)
    }

    /// Whether a pack may be used; whether it has expired, and why its serial could not be noted.
    fn admit(
        &self,
        pack: &Pack<'_>,
        keys: Option<&TrustedKeys>,
        today: Date,
    ) -> Result<(bool, Option<String>), PackUnusable> {
        let keys = keys.ok_or_else(|| PackUnusable::NoKeys(pack.signers().to_vec()))?;
        let path = self.folder.join(LEDGER);
        // Two runs at once would each write what the other one does not know.
        let _held = FolderLock::take(&self.folder).ok();
        let bytes = match read(&path, MOST_SMALL) {
            Ok(bytes) => bytes,
            Err(PackUnusable::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let mut ledger = Ledger::parse(&bytes).map_err(PackError::from)?;
        let admitted = ledger.admit(pack, keys, today).map_err(PackError::from)?;
        let mut not_remembered = None;
        if admitted.is_new {
            let written = files::write_whole(&path, ledger.to_json().as_bytes());
            not_remembered = written.err().map(|error| failed(&path, error).to_string());
        }
        Ok((admitted.is_expired, not_remembered))
    }
}

/// A file of rules that another one of the same pack includes, by its place beside that one.
pub fn include_packed(
    rules: &PackedRules,
    from: &str,
    path: &str,
) -> Option<Result<RuleText, String>> {
    rules.get(from)?;
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            // The first part is the name of the pack: no path leads out of it.
            ".." if parts.len() > 1 => drop(parts.pop()),
            ".." => return Some(Err("leads out of the pack".to_owned())),
            part => parts.push(part),
        }
    }
    let name = parts.join("/");
    let text = rules.get(&name).cloned();
    Some(text.map(|text| RuleText { name, text }).ok_or("is not in the pack".to_owned()))
}

/// A pack's file, whole.
pub fn read_pack(path: &Path) -> Result<Vec<u8>, PackUnusable> {
    read(path, packs::MOST_BYTES as u64)
}

/// Of some files of packs, the one with the highest serial of each name, by name; what is no pack is
/// left out. One that the keys do not trust is taken where there is no other of its name, so that
/// somebody hears of it.
pub fn newest_packs(paths: &[PathBuf], keys: Option<&TrustedKeys>) -> Vec<PathBuf> {
    let mut newest = BTreeMap::<String, ((bool, u64), &PathBuf)>::new();
    for path in paths {
        let Ok(bytes) = read_pack(path) else { continue };
        let Ok(pack) = Pack::read(&bytes) else { continue };
        let is_trusted = keys.is_some_and(|it| it.count(pack.signers()) >= it.threshold());
        let rank = (is_trusted, pack.serial());
        let entry = newest.entry(pack.name().to_owned()).or_insert((rank, path));
        if rank > entry.0 {
            *entry = (rank, path);
        }
    }
    newest.into_values().map(|(_, path)| path.clone()).collect()
}

/// The packs that lie in a folder, by name.
pub fn packs_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|it| Some(it.ok()?.path()));
    let mut paths: Vec<_> =
        paths.filter(|it| it.extension().is_some_and(|it| it == ENDING)).collect();
    paths.sort();
    paths
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, PackUnusable> {
    let file = fs::File::open(path).map_err(|error| failed(path, error))?;
    let mut bytes = Vec::new();
    // One byte more than may be: a larger file is then refused as one.
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| failed(path, error))?;
    Ok(bytes)
}

fn failed(path: &Path, source: io::Error) -> PackUnusable {
    PackUnusable::File { path: path.display().to_string(), source }
}
