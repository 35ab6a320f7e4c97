//! When and of what an index was compiled.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest text read, in bytes.
const LONGEST: usize = 16 << 20;

/// When and of what an index was compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// When; `None` for an index that was made for one run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compiled_at: Option<Timestamp>,
    /// The program and its version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub program: String,
    /// Each list, in order.
    #[serde(default)]
    pub lists: Vec<AboutList>,
}

/// One list of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutList {
    /// Its name.
    pub name: String,
    /// Indicators taken from it, by kind; the same one may stand in several lists.
    #[serde(default)]
    pub accepted: BTreeMap<String, u64>,
    /// Values refused, by reason.
    #[serde(default)]
    pub refused: BTreeMap<String, u64>,
    /// Indicators taken with a warning, by warning list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub warned: BTreeMap<String, u64>,
}

impl About {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        serde_json::from_slice(bytes.get(..LONGEST.min(bytes.len()))?).ok()
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        // Texts and numbers under texts: there is nothing in it that JSON cannot say.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
