//! Writing down what was done, in a chain that shows later changes.

use std::collections::BTreeMap;

use ::campaigns::{Action, UnitId, UserId};
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use storage::{Write, audit, audit::AuditEntry, units, users};

use crate::{Actor, Portal, PortalError, access};

/// Deeds a page shows.
pub const DEEDS_A_PAGE: usize = 100;
/// Entries read at once when the chain is checked.
const CHECKED_AT_ONCE: i64 = 1_000;

/// One thing somebody did, with the names of today.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Number in the log.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for a program.
    pub person: Option<String>,
    /// For which unit.
    pub unit: Option<String>,
    /// What, as a code with hyphens: `campaign-launch`.
    pub action: String,
    /// Further values, as JSON.
    pub detail: String,
}

/// A page of the log.
#[derive(Clone, Debug)]
pub struct Deeds {
    /// Newest first.
    pub deeds: Vec<Deed>,
    /// Where the next page begins, when there may be one.
    pub older: Option<i64>,
}

/// Whether the log is as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Every entry fits the one before it. Number and hash of the last one, written down
    /// elsewhere, also prove later that none was cut off at the end.
    Whole {
        /// Number of the last entry.
        entries: i64,
        /// Its hash.
        hash: String,
    },
    /// An entry was changed, or one before it is gone.
    Broken {
        /// The first entry that does not fit.
        number: i64,
    },
}

/// What was done for a unit and those below it, newest first; older than entry `before`.
pub async fn deeds(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    before: Option<i64>,
) -> Result<Deeds, PortalError> {
    access::require(portal, actor, Action::SeeAudit, unit).await?;
    let limit = i64::try_from(DEEDS_A_PAGE).unwrap_or(i64::MAX);
    let mut read = portal.database.read().await?;
    let before = before.unwrap_or(i64::MAX);
    let entries = audit::of_subtree(&mut read, unit, before, limit + 1).await?;
    let has_more = entries.len() > DEEDS_A_PAGE;
    let mut people: BTreeMap<UserId, Option<String>> = BTreeMap::new();
    let mut names: BTreeMap<UnitId, Option<String>> = BTreeMap::new();
    let mut deeds = Vec::with_capacity(entries.len());
    for entry in entries.into_iter().take(DEEDS_A_PAGE) {
        if let Some(id) = entry.user_id
            && !people.contains_key(&id)
        {
            people.insert(id, users::find(&mut read, id).await?.map(|it| it.name));
        }
        if let Some(id) = entry.unit_id
            && !names.contains_key(&id)
        {
            names.insert(id, units::find(&mut read, id).await?.map(|it| it.name));
        }
        deeds.push(Deed {
            number: entry.number,
            at: entry.at,
            person: entry.user_id.and_then(|id| people.get(&id).cloned().flatten()),
            unit: entry.unit_id.and_then(|id| names.get(&id).cloned().flatten()),
            action: entry.action.replace('.', "-"),
            detail: entry.detail,
        });
    }
    let older = if has_more { deeds.last().map(|it| it.number) } else { None };
    Ok(Deeds { deeds, older })
}

/// Checks the whole log, every unit's entries included: the chain runs through all of them.
pub async fn check(portal: &Portal, actor: &Actor, unit: UnitId) -> Result<Chain, PortalError> {
    access::require(portal, actor, Action::SeeAudit, unit).await?;
    let mut read = portal.database.read().await?;
    let (mut number, mut hash) = (0, String::new());
    loop {
        let entries = audit::list(&mut read, number, CHECKED_AT_ONCE).await?;
        if entries.is_empty() {
            return Ok(Chain::Whole { entries: number, hash });
        }
        for entry in entries {
            let fits = entry.number == number + 1
                && entry.previous_hash == hash
                && entry.hash == hash_of(&entry);
            if !fits {
                return Ok(Chain::Broken { number: entry.number });
            }
            (number, hash) = (entry.number, entry.hash);
        }
    }
}

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
