//! The work on devices.

use std::collections::BTreeMap;

use ::campaigns::{
    Action, CampaignId, CaseEventId, CaseId, CaseState, CaseStep, DEFAULT_QUIET_DAYS, DeviceId,
    Quiet, UnitId, UserId, Verification, verify,
};
use serde_json::json;
use storage::cases::{self, CaseEventRecord, CaseRecord};
use storage::sightings::{self, DeviceRecord, SightingRecord};
use storage::users;

use crate::letters::{receipts_of, require_running};
use crate::{Actor, Portal, PortalError, Problem, access, audit};

/// Kinds of device a person can choose; message keys `cases-device-…`.
pub const DEVICE_KINDS: [&str; 8] =
    ["unknown", "computer", "server", "phone", "camera", "router", "printer", "other"];

/// A case in a list.
#[derive(Clone, Debug)]
pub struct CaseSummary {
    /// The case.
    pub case: CaseRecord,
    /// Its device.
    pub device: DeviceRecord,
    /// What was seen, strongest and newest first.
    pub sightings: Vec<SightingRecord>,
}

/// A case with everything known of it.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// The case with its device and sightings.
    pub summary: CaseSummary,
    /// Its steps, oldest first, with the name of who took each.
    pub events: Vec<(CaseEventRecord, Option<String>)>,
    /// Steps it takes now.
    pub steps: Vec<CaseStep>,
    /// How far a declared device is from being verified.
    pub verification: Option<Verification>,
    /// Whether this person may move it on.
    pub may_work: bool,
}

/// Cases of a unit, by number.
pub async fn list(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Vec<CaseSummary>, PortalError> {
    access::require(portal, actor, Action::SeeCases, unit).await?;
    receipts_of(portal, campaign_id, unit).await?;
    let may_read_lines = access::allows(portal, actor, Action::ReadEvidence, unit).await?;
    let mut read = portal.database.read().await?;
    let devices = sightings::devices(&mut read, unit).await?;
    let mut seen: BTreeMap<CaseId, Vec<SightingRecord>> = BTreeMap::new();
    for mut sighting in sightings::of_unit(&mut read, campaign_id, unit).await? {
        if !may_read_lines {
            sighting.evidence_line = None;
        }
        if let Some(case) = sighting.case_id {
            seen.entry(case).or_default().push(sighting);
        }
    }
    let all = cases::of_unit(&mut read, campaign_id, unit).await?;
    let summaries = all.into_iter().filter_map(|case| {
        let device = devices.get(&case.device_id)?.clone();
        let sightings = seen.remove(&case.id).unwrap_or_default();
        Some(CaseSummary { case, device, sightings })
    });
    Ok(summaries.collect())
}

/// One case with everything known of it.
pub async fn view(portal: &Portal, actor: &Actor, id: CaseId) -> Result<CaseView, PortalError> {
    let case = find(portal, id).await?;
    access::require(portal, actor, Action::SeeCases, case.unit_id).await?;
    let may_read_lines = access::allows(portal, actor, Action::ReadEvidence, case.unit_id).await?;
    let may_work = access::allows(portal, actor, Action::WorkCases, case.unit_id).await?;
    let mut read = portal.database.read().await?;
    let device = sightings::find_device(&mut read, case.device_id).await?;
    let device = device.ok_or(PortalError::NotFound)?;
    let mut seen = sightings::of_case(&mut read, id).await?;
    if !may_read_lines {
        for sighting in &mut seen {
            sighting.evidence_line = None;
        }
    }
    let mut names: BTreeMap<UserId, String> = BTreeMap::new();
    let mut events = Vec::new();
    for event in cases::events(&mut read, id).await? {
        let name = match event.user_id {
            None => None,
            Some(user) => {
                if let std::collections::btree_map::Entry::Vacant(place) = names.entry(user)
                    && let Some(found) = users::find(&mut read, user).await?
                {
                    place.insert(found.name);
                }
                names.get(&user).cloned()
            }
        };
        events.push((event, name));
    }
    let verification = match (case.state, case.declared_at) {
        (CaseState::DeclaredClean, Some(_)) => Some(verification(portal, &mut read, &case).await?),
        _ => None,
    };
    let steps = if may_work { case.state.steps().collect() } else { Vec::new() };
    let summary = CaseSummary { case, device, sightings: seen };
    Ok(CaseView { summary, events, steps, verification, may_work })
}

/// Moves a case on. `note` says what was done, or why.
pub async fn step(
    portal: &Portal,
    actor: &Actor,
    id: CaseId,
    step: CaseStep,
    note: &str,
    version: i64,
) -> Result<(), PortalError> {
    let mut case = find(portal, id).await?;
    access::require(portal, actor, Action::WorkCases, case.unit_id).await?;
    require_running(portal, case.campaign_id).await?;
    let note: String = note.trim().chars().take(4_000).collect();
    if step.needs_note() && note.is_empty() {
        return Err(Problem::new("note", "problem-note-needed").into());
    }
    let from = case.state;
    case.state = from.after(step).map_err(|_| Problem::new("step", "problem-case-step"))?;
    let now = portal.now();
    case.changed_at = now;
    match step {
        CaseStep::DeclareClean => {
            case.declared_at = Some(now);
            note.clone_into(&mut case.remedy);
        }
        CaseStep::Reopen => {
            case.declared_at = None;
            case.verified_at = None;
            case.closed_at = None;
        }
        CaseStep::Close => case.closed_at = Some(now),
        CaseStep::Notify | CaseStep::StartCleaning | CaseStep::MarkFalsePositive => {}
    }
    case.version = version;
    let event = CaseEventRecord {
        id: portal.new_id::<CaseEventId>(),
        case_id: id,
        at: now,
        user_id: Some(actor.user_id),
        kind: step.to_string(),
        from_state: Some(from),
        to_state: Some(case.state),
        note,
    };
    let mut write = portal.database.write().await?;
    if !cases::update(&mut write, &case).await? {
        return Err(PortalError::Conflict);
    }
    cases::insert_event(&mut write, &event).await?;
    let detail = json!({ "from": from, "to": case.state });
    let unit = Some(case.unit_id);
    audit::record(portal, &mut write, Some(actor), unit, "case.step", id, detail).await?;
    Ok(write.commit().await?)
}

/// Says what people call a device and what it is.
pub async fn describe_device(
    portal: &Portal,
    actor: &Actor,
    id: CaseId,
    label: &str,
    kind: &str,
) -> Result<(), PortalError> {
    let case = find(portal, id).await?;
    access::require(portal, actor, Action::WorkCases, case.unit_id).await?;
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.is_empty() || label.chars().count() > 200 || !DEVICE_KINDS.contains(&kind) {
        return Err(Problem::new("label", "problem-device-label").into());
    }
    let device: DeviceId = case.device_id;
    let mut write = portal.database.write().await?;
    sightings::update_device(&mut write, device, &label, kind).await?;
    Ok(write.commit().await?)
}

/// Verifies every declared device that has earned it, in every campaign; gives how many.
pub async fn verify_all(portal: &Portal) -> Result<usize, PortalError> {
    let mut read = portal.database.read().await?;
    let mut declared = Vec::new();
    for campaign in storage::campaigns::list(&mut read).await? {
        for (unit, state, _) in cases::counts(&mut read, campaign.id).await? {
            if state == CaseState::DeclaredClean {
                let all = cases::of_unit(&mut read, campaign.id, unit).await?;
                declared.extend(all.into_iter().filter(|it| it.state == state));
            }
        }
    }
    let mut verified = 0;
    for mut case in declared {
        if verification(portal, &mut read, &case).await? != Verification::Verified {
            continue;
        }
        let now = portal.now();
        let from = case.state;
        case.state = CaseState::VerifiedClean;
        case.verified_at = Some(now);
        case.changed_at = now;
        let event = CaseEventRecord {
            id: portal.new_id::<CaseEventId>(),
            case_id: case.id,
            at: now,
            user_id: None,
            kind: "verified".to_owned(),
            from_state: Some(from),
            to_state: Some(case.state),
            note: String::new(),
        };
        let mut write = portal.database.write().await?;
        if cases::update(&mut write, &case).await? {
            cases::insert_event(&mut write, &event).await?;
            write.commit().await?;
            verified += 1;
        }
    }
    Ok(verified)
}

async fn verification(
    portal: &Portal,
    read: &mut storage::Read,
    case: &CaseRecord,
) -> Result<Verification, PortalError> {
    let device =
        sightings::find_device(read, case.device_id).await?.ok_or(PortalError::NotFound)?;
    let covered_days = sightings::covered_days(read, case.campaign_id, device.site_id).await?;
    let seen = sightings::of_case(read, case.id).await?;
    let day = |at: jiff::Timestamp| at.to_zoned_datetime(portal.zone.clone()).date();
    let quiet = Quiet {
        declared_on: day(case.declared_at.unwrap_or(case.changed_at)),
        last_seen_on: seen.iter().filter_map(|it| it.last_at).max().map(day),
        covered_days: &covered_days,
        has_evidence: !case.remedy.is_empty(),
    };
    Ok(verify(&quiet, DEFAULT_QUIET_DAYS))
}

async fn find(portal: &Portal, id: CaseId) -> Result<CaseRecord, PortalError> {
    let mut read = portal.database.read().await?;
    cases::find(&mut read, id).await?.ok_or(PortalError::NotFound)
}

/// A unit's cases counted by state.
pub(crate) async fn counts_of(
    portal: &Portal,
    campaign_id: CampaignId,
) -> Result<Vec<(UnitId, CaseState, i64)>, PortalError> {
    let mut read = portal.database.read().await?;
    Ok(cases::counts(&mut read, campaign_id).await?)
}
