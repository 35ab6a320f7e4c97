//! Logs that were checked: taking one back.

use std::collections::BTreeSet;

use ::campaigns::{Action, CaseEventId, CaseId, CaseState, DeviceId, SourceId, Verification};
use serde_json::json;
use storage::campaigns::hold_running;
use storage::cases::{self, CaseEventRecord, CaseRecord};
use storage::sightings::{self, SourceRecord};
use storage::{StorageError, Write, devices};

use crate::cases::verification;
use crate::letters::require_running;
use crate::{Actor, Portal, PortalError, access, audit, looking_back};

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
/// worked on. A verification that its days gave and a reinfection that it alone showed go too: both
/// cases are declared clean again.
pub async fn take_back(
    portal: &Portal,
    actor: &Actor,
    id: SourceId,
) -> Result<TakingBack, PortalError> {
    let source = find(portal, actor, id).await?;
    let mut write = portal.database.write().await?;
    storage::units::hold(&mut write, source.unit_id).await?;
    if !hold_running(&mut write, source.campaign_id).await? {
        return Err(PortalError::Conflict);
    }
    // Somebody else may have taken it back, or sent it again, in the meantime.
    let source =
        sightings::find_source_by_id(&mut write, id).await?.ok_or(PortalError::NotFound)?;
    let plan = plan(&mut write, source).await?;
    let source = &plan.source;
    let side_cars = sightings::delete_source(&mut write, id).await?;
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
    let cases_declared = reconsider(portal, &mut write, source).await?;
    let detail = json!({
        "name": source.name,
        "sha256": source.sha256,
        "sightings": plan.sightings,
        "cases_gone": plan.cases_gone.len(),
        "cases_kept": plan.cases_kept.len(),
        "cases_declared": cases_declared,
    });
    let unit = Some(source.unit_id);
    audit::record(portal, &mut write, Some(actor), unit, "log.take-back", id, detail).await?;
    write.commit().await?;
    looking_back::forget(portal, side_cars.into_iter().map(|it| it.sha256).collect()).await?;
    Ok(plan)
}

/// Looks again at what the unit's cases rest on now that a log is gone; gives how many are no more
/// than declared clean. One without enough quiet days is not verified, whoever closed it; one that
/// nothing else shows after its declaration was not seen again.
async fn reconsider(
    portal: &Portal,
    write: &mut Write,
    source: &SourceRecord,
) -> Result<usize, PortalError> {
    let mut declared = 0;
    for mut case in cases::of_unit(write, source.campaign_id, source.unit_id).await? {
        let kind = match case.state {
            CaseState::VerifiedClean | CaseState::Closed => "verification-withdrawn",
            CaseState::Reinfected => "seen-again-withdrawn",
            _ => continue,
        };
        let verification = verification(portal, write, &case).await?;
        let is_as_it_was = match case.state {
            CaseState::Reinfected => is_seen_again(write, &case).await?,
            _ => !matches!(verification, Verification::Waiting { .. }),
        };
        if is_as_it_was {
            continue;
        }
        let now = portal.now();
        let event = CaseEventRecord {
            id: portal.new_id::<CaseEventId>(),
            case_id: case.id,
            at: now,
            user_id: None,
            kind: kind.to_owned(),
            from_state: Some(case.state),
            to_state: Some(CaseState::DeclaredClean),
            note: source.name.clone(),
        };
        case.reinfections -= i64::from(case.state == CaseState::Reinfected);
        case.state = CaseState::DeclaredClean;
        (case.verified_at, case.closed_at, case.changed_at) = (None, None, now);
        if !cases::update(write, &case).await? {
            return Err(PortalError::Conflict);
        }
        cases::insert_event(write, &event).await?;
        declared += 1;
    }
    Ok(declared)
}

/// Whether a finding of a case is later than the declaration that it is clean. One without a time
/// counted as seen when its log came.
async fn is_seen_again(write: &mut Write, case: &CaseRecord) -> Result<bool, PortalError> {
    let findings = sightings::of_case(write, case.id).await?;
    let mut findings = findings.iter().filter(|it| it.is_finding);
    Ok(findings.any(|it| it.last_at.is_none() || it.last_at > case.declared_at))
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
    let is_work = |it: &CaseEventRecord| {
        let is_of_person = it.user_id.is_some() && it.kind != TAKEN_BACK;
        is_of_person || crate::scans::EVENTS.contains(&it.kind.as_str())
    };
    Ok(cases::events(db, id).await?.iter().any(is_work))
}
