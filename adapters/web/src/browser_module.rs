//! The matcher that pages run in the officer's own browser.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

/// What every WebAssembly module begins with, its version too.
const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// The matcher as a WebAssembly module, `apps/browser`; cheap to clone.
#[derive(Clone, Debug)]
pub struct BrowserModule {
    bytes: Arc<[u8]>,
    sha256: Arc<str>,
}

impl BrowserModule {
    /// A module of these bytes; `None` when they are none.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let sha256 = hex::encode(Sha256::digest(bytes)).into();
        bytes.starts_with(MAGIC).then(|| Self { bytes: bytes.into(), sha256 })
    }

    /// Its content's hash, which stands in its address.
    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }
}

impl AsRef<[u8]> for BrowserModule {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
