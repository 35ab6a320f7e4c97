//! The journal of a run: a line a record, each proved by a code over everything before it.
//!
//! A line is 64 hexadecimal digits, a blank, JSON. The digits are HMAC-SHA256, under the key of the
//! store, over the digits of the line before and the JSON. A line that a crash cut short is left
//! out; one that somebody changed ends the reading and is reported.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::change::{Before, Change, Times};
use crate::encoding::Path;

/// Version of the format.
pub const VERSION: u32 = 1;
/// Bytes of a journal that are read.
pub const MAX_BYTES: usize = 256 << 20;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "record")]
#[expect(clippy::large_enum_variant, reason = "records are read once and taken apart")]
pub enum Record {
    /// First: what this run is going to do.
    Begin {
        /// Version of the format.
        version: u32,
        /// When, in seconds since 1970.
        at: i64,
        /// The disk that is cleaned, as the person named it; `None` is the running system.
        root: Option<String>,
        /// Every change, in order.
        changes: Vec<Change>,
    },
    /// What was there before a change; the change follows.
    Before {
        /// Number of the change.
        number: usize,
        /// What was there.
        state: Before,
    },
    /// The change is made.
    Done {
        /// Number of the change.
        number: usize,
    },
    /// The change is made at the next start.
    Deferred {
        /// Number of the change.
        number: usize,
    },
    /// The change was not made.
    Skipped {
        /// Number of the change.
        number: usize,
        /// Why, as a code.
        why: String,
    },
    /// Everything was gone through.
    Ended,
    /// The change is about to be undone; or, with a reason, that attempt has failed.
    Undoing {
        /// Number of the change.
        number: usize,
        /// Times of the folders that undoing touches; none of an attempt that failed.
        folders: Vec<(Path, Times)>,
        /// Why it failed, as a code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// The change is undone.
    Undone {
        /// Number of the change.
        number: usize,
    },
}

/// A journal that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// Records that are proved.
    pub records: Vec<Record>,
    /// Bytes that they take; what follows is cut off before anything is appended.
    pub length: u64,
    /// Code of the last one.
    pub code: String,
    /// Whether whole lines follow that are not proved: somebody changed the journal.
    pub is_damaged: bool,
}

/// Reads a journal.
pub fn read(key: &[u8; 32], bytes: &[u8]) -> Journal {
    let mut journal = Journal::default();
    let mut rest = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = rest.get(..end).unwrap_or_default();
        rest = rest.get(end + 1..).unwrap_or_default();
        let Some((code, record)) = proved(key, &journal.code, line) else {
            // A torn write leaves one bad line at the end; more behind it means another hand.
            journal.is_damaged = rest.contains(&b'\n');
            break;
        };
        journal.records.push(record);
        journal.code = code;
        journal.length += end as u64 + 1;
    }
    journal
}

fn proved(key: &[u8; 32], before: &str, line: &[u8]) -> Option<(String, Record)> {
    let line = str::from_utf8(line).ok()?;
    let (code, json) = line.split_once(' ')?;
    let sent = hex::decode(code).ok()?;
    mac(key, before, json).verify_slice(&sent).ok()?;
    Some((code.to_owned(), serde_json::from_str(json).ok()?))
}

/// A record as a line, and its code.
pub fn line(key: &[u8; 32], before: &str, record: &Record) -> (Vec<u8>, String) {
    let json = serde_json::to_string(record).unwrap_or_default();
    let code = hex::encode(mac(key, before, &json).finalize().into_bytes());
    (format!("{code} {json}\n").into_bytes(), code)
}

fn mac(key: &[u8; 32], before: &str, json: &str) -> Hmac<Sha256> {
    // HMAC itself fills a key up with zeros to the block of its hash.
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(before.as_bytes());
    mac.update(json.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Vec<u8> {
        let (mut bytes, mut code) = (Vec::new(), String::new());
        for number in 0..3 {
            let (line, next) = line(&[7; 32], &code, &Record::Done { number });
            bytes.extend(line);
            code = next;
        }
        bytes
    }

    #[test]
    fn a_torn_tail_is_left_out_and_a_changed_line_is_reported() {
        let bytes = three();
        let whole = read(&[7; 32], &bytes);
        assert_eq!((whole.records.len(), whole.length), (3, bytes.len() as u64));
        for cut in 0..bytes.len() {
            let journal = read(&[7; 32], &bytes[..cut]);
            assert!(!journal.is_damaged && journal.records.len() < 3);
        }
        let mut changed = bytes.clone();
        changed[80] ^= 1;
        let journal = read(&[7; 32], &changed);
        assert_eq!((journal.records.len(), journal.is_damaged), (0, true));
        assert!(read(&[8; 32], &bytes).is_damaged);
    }
}
