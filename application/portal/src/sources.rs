//! Logs that were checked: taking one back.

use std::collections::BTreeSet;

use ::campaigns::{Action, CaseEventId, CaseId, DeviceId, SourceId};
use serde_json::json;
use storage::cases::{self, CaseEventRecord, CaseRecord};
use storage::sightings::{self, SourceRecord};
use storage::{StorageError, devices};

use crate::letters::require_running;
use crate::{Actor, Portal, PortalError, access, audit};

/// What goes when a log is taken back, and what stays.
#[derive(Clone, Debug)]
pub struct TakingBack {
    /// The log.
    pub source: SourceRecord,
    /// Name of its site.
    pub site: String,
    /// How many sightings it gave: they go.
    pub sightings: usize,
    /// Cases that rest on nothing else and that nobody has worked on: they go.
    pub cases_gone: Vec<CaseRecord>,
    /// Cases that rest on nothing else but that somebody has worked on: they stay, with a note.
    pub cases_kept: Vec<CaseRecord>,
    /// Cases that rest on other logs too: they lose what it said, and stay, with a note.
    pub cases_touched: Vec<CaseRecord>,
    /// Devices that nothing else speaks of: they go.
    devices: BTreeSet<DeviceId>,
}

/// The event of a case that lost sightings with a log.
const TAKEN_BACK: &str = "log-taken-back";

/// What would go if a log were taken back; changes nothing.
pub async fn preview(
    portal: &Portal,
    actor: &Actor,
    id: SourceId,
) -> Result<TakingBack, PortalError> {
    let source = find(portal, actor, id).await?;
    let mut read = portal.database.read().await?;
    plan(&mut read, source).await
}

/// Takes a log back: what it gave goes, and what rested on it alone, but nothing that a person has
/// worked on.
pub async fn take_back(
    portal: &Portal,
    actor: &Actor,
    id: SourceId,
) -> Result<TakingBack, PortalError> {
    let source = find(portal, actor, id).await?;
    let mut write = portal.database.write().await?;
    storage::units::hold(&mut write, source.unit_id).await?;
    // Somebody else may have taken it back, or sent it again, in the meantime.
    let source =
        sightings::find_source_by_id(&mut write, id).await?.ok_or(PortalError::NotFound)?;
    let plan = plan(&mut write, source).await?;
    let source = &plan.source;
    sightings::delete_source(&mut write, id).await?;
    for case in &plan.cases_gone {
        cases::delete(&mut write, case.id).await?;
    }
    for device in &plan.devices {
        // One with another case, or merged with another, stays.
        if !devices::is_used(&mut write, *device).await? {
            devices::delete_device(&mut write, *device).await?;
        }
    }
    for case in plan.cases_kept.iter().chain(&plan.cases_touched) {
        let event = CaseEventRecord {
            id: portal.new_id::<CaseEventId>(),
            case_id: case.id,
            at: portal.now(),
            user_id: Some(actor.user_id),
            kind: TAKEN_BACK.to_owned(),
            from_state: None,
            to_state: None,
            note: source.name.clone(),
        };
        cases::insert_event(&mut write, &event).await?;
    }
    let detail = json!({
        "name": source.name,
        "sha256": source.sha256,
        "sightings": plan.sightings,
        "cases_gone": plan.cases_gone.len(),
        "cases_kept": plan.cases_kept.len(),
    });
    let unit = Some(source.unit_id);
    audit::record(portal, &mut write, Some(actor), unit, "log.take-back", id, detail).await?;
    write.commit().await?;
    Ok(plan)
}

async fn find(portal: &Portal, actor: &Actor, id: SourceId) -> Result<SourceRecord, PortalError> {
    let mut read = portal.database.read().await?;
    let source = sightings::find_source_by_id(&mut read, id).await?;
    let source = source.ok_or(PortalError::NotFound)?;
    drop(read);
    access::require(portal, actor, Action::CheckLogs, source.unit_id).await?;
    require_running(portal, source.campaign_id).await?;
    Ok(source)
}

async fn plan(
    db: &mut storage::Connection,
    source: SourceRecord,
) -> Result<TakingBack, PortalError> {
    let given = sightings::of_source(db, source.id).await?;
    let sites = devices::sites(db, source.unit_id).await?;
    let mut plan = TakingBack {
        site: sites.get(&source.site_id).cloned().unwrap_or_default(),
        sightings: given.len(),
        cases_gone: Vec::new(),
        cases_kept: Vec::new(),
        cases_touched: Vec::new(),
        devices: given.iter().map(|it| it.device_id).collect(),
        source,
    };
    let touched: BTreeSet<CaseId> = given.iter().filter_map(|it| it.case_id).collect();
    let mut seen = BTreeSet::new();
    for id in touched {
        let Some(mut case) = cases::find(db, id).await? else { continue };
        if let Some(goes_on) = case.merged_into {
            let Some(found) = cases::find(db, goes_on).await? else { continue };
            case = found;
        }
        let rests_on = sightings::of_case(db, case.id).await?;
        let has_others = rests_on.iter().any(|it| it.source_id != plan.source.id);
        if !seen.insert(case.id) {
            continue;
        }
        if has_others {
            plan.cases_touched.push(case);
        } else if is_worked_on(db, case.id).await? {
            plan.cases_kept.push(case);
        } else {
            plan.cases_gone.push(case);
        }
    }
    Ok(plan)
}

/// Whether a person ever did something to a case; that a log was taken back is none of its steps.
async fn is_worked_on(db: &mut storage::Connection, id: CaseId) -> Result<bool, StorageError> {
    let is_work = |it: &CaseEventRecord| it.user_id.is_some() && it.kind != TAKEN_BACK;
    Ok(cases::events(db, id).await?.iter().any(is_work))
}
