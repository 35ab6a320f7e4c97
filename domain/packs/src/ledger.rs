//! What a tool remembers of the packs it used: so that none goes back.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::keys::TrustedKeys;
use crate::pack::Pack;

/// Version of the file.
const VERSION: u32 = 1;
/// The largest file of a ledger that is read, in bytes.
const MOST_BYTES: usize = 4 << 20;

/// Why a whole pack must not be used, or what is remembered cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Not enough trusted keys have signed it.
    #[error("{trusted} of the {needed} trusted signatures that are needed are on the pack")]
    NotTrusted {
        /// Trusted signatures on it.
        trusted: usize,
        /// Signatures needed.
        needed: usize,
    },
    /// A later one was used here before.
    #[error("the pack has serial {serial}, and serial {known} was used here before")]
    Older {
        /// Its serial.
        serial: u64,
        /// The highest serial seen.
        known: u64,
    },
    /// Another pack of this name has the same serial: somebody signs two things as one.
    #[error("another pack with the same name and serial {serial} was used here before")]
    OtherContent {
        /// The serial.
        serial: u64,
    },
    /// What is remembered is damaged; nothing may be taken for new because of that.
    #[error("what is remembered of earlier packs cannot be read: {0}")]
    Damaged(String),
}

/// Packs that were used on this PC, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    packs: BTreeMap<String, Seen>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    serial: u64,
    digest: String,
}

#[derive(Serialize, Deserialize)]
struct File {
    lamsach_packs: u32,
    packs: BTreeMap<String, Seen>,
}

/// A pack that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Its last day is over: it still finds what it found, and lacks what came since.
    pub is_expired: bool,
    /// The ledger changed and must be kept.
    pub is_new: bool,
}

impl Ledger {
    /// Reads what was kept; no bytes are an empty ledger.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let damaged = |why: &str| LedgerError::Damaged(why.to_owned());
        if bytes.len() > MOST_BYTES {
            return Err(damaged("it is too large"));
        }
        let file: File =
            serde_json::from_slice(bytes).map_err(|error| damaged(&error.to_string()))?;
        if file.lamsach_packs != VERSION {
            return Err(damaged("a later program wrote it"));
        }
        Ok(Self { packs: file.packs })
    }

    /// What to keep.
    pub fn to_json(&self) -> String {
        let file = File { lamsach_packs: VERSION, packs: self.packs.clone() };
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// The highest serial that was used of a name.
    pub fn serial(&self, name: &str) -> Option<u64> {
        self.packs.get(name).map(|it| it.serial)
    }

    /// Whether a pack may be used; notes its serial when it may.
    pub fn admit(
        &mut self,
        pack: &Pack<'_>,
        keys: &TrustedKeys,
        today: Date,
    ) -> Result<Admitted, LedgerError> {
        let (trusted, needed) = (keys.count(pack.signers()), keys.threshold());
        if trusted < needed {
            return Err(LedgerError::NotTrusted { trusted, needed });
        }
        let serial = pack.serial();
        let digest = hex::encode(pack.digest());
        let is_new = match self.packs.get(pack.name()) {
            Some(seen) if serial < seen.serial => {
                return Err(LedgerError::Older { serial, known: seen.serial });
            }
            Some(seen) if serial == seen.serial && digest != seen.digest => {
                return Err(LedgerError::OtherContent { serial });
            }
            Some(seen) => serial > seen.serial,
            None => true,
        };
        if is_new {
            self.packs.insert(pack.name().to_owned(), Seen { serial, digest });
        }
        Ok(Admitted { is_expired: today > pack.expires(), is_new })
    }
}
