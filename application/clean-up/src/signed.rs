//! Who signed the files of a plan.

use std::collections::BTreeMap;

use artifacts::DiskPath;
use cleaning::{Host as _, HostError, NodeKind, NotVerified, Signature};
use host::Computer;

/// Answers of the computer: each file is asked about once, however often it was found.
#[derive(Default)]
pub(crate) struct Signatures(BTreeMap<DiskPath, Option<Signature>>);

impl Signatures {
    /// Who signed a file; `None` of what is no file, and where programs are not signed.
    pub(crate) fn of(&mut self, computer: &mut Computer, path: &DiskPath) -> Option<Signature> {
        if let Some(known) = self.0.get(path) {
            return known.clone();
        }
        let signature = match ask(computer, path) {
            Ok(signature) => signature,
            Err(_) => Some(Signature::NotVerified {
                by: None,
                why: NotVerified::Unreadable,
                has_vendors_root: false,
            }),
        };
        self.0.insert(path.clone(), signature.clone());
        signature
    }
}

fn ask(computer: &mut Computer, path: &DiskPath) -> Result<Option<Signature>, HostError> {
    match computer.node(path)? {
        Some(node) if matches!(node.kind, NodeKind::File(_)) => computer.signature(path, &node),
        _ => Ok(None),
    }
}
