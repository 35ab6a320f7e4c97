//! Work that nobody asks for: cases that earned it are verified, what has outlived its time is
//! deleted.
//!
//! Each kind of work is a row that is claimed with a lease, so that several portals on one database
//! do it once; each can be done again without harm when a portal went away in the middle.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use storage::{jobs, sightings, users};

use crate::{Portal, PortalError, audit, cases, looking_back, sign_in, tree_import};

/// How long a portal has work to itself; longer than any of it takes.
const LEASE: Duration = Duration::from_mins(10);

/// How long failed sign-ins are remembered.
const FAILURES_LAST: SignedDuration = SignedDuration::from_hours(24);

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upkeep {
    /// Verify cases that were declared clean and not seen for long enough.
    VerifyCases,
    /// Hold lists that grew against the logs that were matched before.
    LookBack,
    /// Delete what was kept of logs to look back in for as long as it may.
    DeleteOldSideCars,
    /// Delete log lines that were kept as evidence for as long as they may.
    DeleteOldLines,
    /// Delete sessions that ended.
    DeleteOldSessions,
    /// Delete tables that were previewed for import a day ago.
    DeleteOldTables,
}

impl Upkeep {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::VerifyCases,
        Self::DeleteOldSideCars,
        Self::DeleteOldLines,
        Self::DeleteOldSessions,
        Self::DeleteOldTables,
        // Last, for it takes longest.
        Self::LookBack,
    ];

    /// The code kept in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::VerifyCases => "verify-cases",
            Self::LookBack => "look-back",
            Self::DeleteOldSideCars => "delete-old-side-cars",
            Self::DeleteOldLines => "delete-old-lines",
            Self::DeleteOldSessions => "delete-old-sessions",
            Self::DeleteOldTables => "delete-old-tables",
        }
    }

    /// How long after it was done it is due again.
    fn period(self) -> Duration {
        match self {
            Self::VerifyCases => Duration::from_mins(10),
            Self::LookBack => Duration::from_mins(1),
            Self::DeleteOldSideCars
            | Self::DeleteOldLines
            | Self::DeleteOldSessions
            | Self::DeleteOldTables => Duration::from_hours(1),
        }
    }
}

/// Does the work that is due and that no other portal has. Gives what was done and to how many.
pub async fn run_due(portal: &Portal) -> Result<Vec<(Upkeep, u64)>, PortalError> {
    let mut done = Vec::new();
    for kind in Upkeep::ALL {
        let lease_until = portal.now() + LEASE;
        if !claim(portal, kind, lease_until).await? {
            continue;
        }
        let count = match kind {
            Upkeep::VerifyCases => {
                u64::try_from(cases::verify_all(portal).await?).unwrap_or(u64::MAX)
            }
            Upkeep::LookBack => looking_back::run(portal).await?,
            Upkeep::DeleteOldSideCars => looking_back::delete_old(portal).await?,
            Upkeep::DeleteOldLines => delete_old_lines(portal).await?,
            Upkeep::DeleteOldSessions => delete_old_sessions(portal).await?,
            Upkeep::DeleteOldTables => tree_import::delete_old_tables(portal)?,
        };
        finish(portal, kind, lease_until, &json!({ "count": count })).await?;
        done.push((kind, count));
    }
    Ok(done)
}

async fn claim(portal: &Portal, kind: Upkeep, lease_until: Timestamp) -> Result<bool, PortalError> {
    let mut write = portal.database.write().await?;
    let is_ours = jobs::claim(&mut write, kind.code(), portal.now(), lease_until).await?;
    write.commit().await?;
    Ok(is_ours)
}

async fn finish(
    portal: &Portal,
    kind: Upkeep,
    lease_until: Timestamp,
    result: &Value,
) -> Result<(), PortalError> {
    let now = portal.now();
    let due_at = now + kind.period();
    let mut write = portal.database.write().await?;
    jobs::finish(&mut write, kind.code(), lease_until, now, due_at, &result.to_string()).await?;
    Ok(write.commit().await?)
}

/// Deletes evidence whose time has come; that it was deleted stays on record.
async fn delete_old_lines(portal: &Portal) -> Result<u64, PortalError> {
    let mut write = portal.database.write().await?;
    let deleted = sightings::delete_old_lines(&mut write, portal.now()).await?;
    if deleted > 0 {
        let detail = json!({ "lines": deleted });
        audit::record(portal, &mut write, None, None, "evidence.delete-old", "", detail).await?;
    }
    write.commit().await?;
    Ok(deleted)
}

async fn delete_old_sessions(portal: &Portal) -> Result<u64, PortalError> {
    let now = portal.now();
    let mut write = portal.database.write().await?;
    let deleted = users::delete_old_sessions(&mut write, now, now - sign_in::IDLE).await?;
    users::delete_old_failures(&mut write, now - FAILURES_LAST).await?;
    write.commit().await?;
    Ok(deleted)
}
