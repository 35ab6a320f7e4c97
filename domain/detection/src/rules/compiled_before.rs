//! Files of rules that the engine is known to take.

use rustc_hash::FxHashSet;
use sha2::{Digest as _, Sha256};

use super::source::Source;

type SourceDigest = [u8; 32];

/// Which files of rules compiled before, by what is in them. It spares compiling all of them at
/// every start only to learn whether one is to be refused.
///
/// A wrong entry does no harm to what is found: a rule is compiled when it may match, and where it
/// does not compile then, the file is not scanned whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompiledBefore {
    known: FxHashSet<SourceDigest>,
}

impl CompiledBefore {
    /// Reads what [`to_bytes`](Self::to_bytes) gave; what is cut off is left out.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { known: bytes.as_chunks::<32>().0.iter().copied().collect() }
    }

    /// Everything in it, 32 bytes each, in order.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut all: Vec<_> = self.known.iter().copied().collect();
        all.sort_unstable();
        all.concat()
    }

    /// What a file of rules says, with all that it includes, to this version of the program.
    pub(super) fn digest(source: &Source) -> SourceDigest {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for text in source.texts() {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }

    pub(super) fn has(&self, digest: &SourceDigest) -> bool {
        self.known.contains(digest)
    }

    pub(super) fn replace(&mut self, digests: impl Iterator<Item = SourceDigest>) {
        self.known = digests.collect();
    }
}
