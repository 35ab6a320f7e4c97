//! Writing down what was done, in a chain that shows later changes.

use ::campaigns::UnitId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use storage::{Write, audit, audit::AuditEntry};

use crate::{Actor, Portal, PortalError};

/// Adds an entry inside the caller's transaction, so that the deed and its entry stand or fall
/// together. `detail` holds ids, codes and counts: no names, no addresses, no secrets.
pub(crate) async fn record(
    portal: &Portal,
    write: &mut Write,
    actor: Option<&Actor>,
    unit_id: Option<UnitId>,
    action: &str,
    subject: impl std::fmt::Display,
    detail: Value,
) -> Result<(), PortalError> {
    let last = audit::last_for_append(write).await?;
    let mut entry = AuditEntry {
        number: last.as_ref().map_or(1, |last| last.number + 1),
        at: portal.now(),
        user_id: actor.map(|actor| actor.user_id),
        unit_id,
        action: action.to_owned(),
        subject: subject.to_string(),
        detail: detail.to_string(),
        previous_hash: last.map(|last| last.hash).unwrap_or_default(),
        hash: String::new(),
    };
    entry.hash = hash_of(&entry);
    audit::append(write, &entry).await?;
    Ok(())
}

/// SHA-256 over every other field, each behind its length, in the order of the record.
pub(crate) fn hash_of(entry: &AuditEntry) -> String {
    let fields = [
        entry.number.to_string(),
        entry.at.as_microsecond().to_string(),
        entry.user_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.unit_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.action.clone(),
        entry.subject.clone(),
        entry.detail.clone(),
        entry.previous_hash.clone(),
    ];
    let mut hasher = Sha256::new();
    for field in fields {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hex::encode(hasher.finalize())
}
