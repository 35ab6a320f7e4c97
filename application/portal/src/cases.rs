//! The work on devices.

use std::collections::{BTreeMap, BTreeSet};

use ::campaigns::{
    Action, CampaignId, CaseEventId, CaseId, CaseState, CaseStep, DEFAULT_QUIET_DAYS, Quiet,
    SourceId, UnitId, UserId, Verification, verify,
};
use jiff::{Timestamp, civil::Date};
use matching::Intermediary;
use serde_json::json;
use storage::cases::{self, CaseEventRecord, CaseRecord};
use storage::sightings::{self, SightingRecord, SourceRecord};
use storage::users;

use crate::checks::live_of;
use crate::devices::{self, DeviceView};
use crate::letters::{receipts_of, require_running};
use crate::{Actor, Portal, PortalError, Problem, access, audit};

/// Kinds of device a person can choose; message keys `cases-device-…`.
pub const DEVICE_KINDS: [&str; 8] =
    ["unknown", "computer", "server", "phone", "camera", "router", "printer", "other"];

/// What a person can say that a device stands as, besides nothing; message keys `device-stands-as-…`.
pub const STANDS_AS: [&str; 4] = [devices::ITSELF, "dns-forwarder", "proxy", "nat"];

/// A case in a list.
#[derive(Clone, Debug)]
pub struct CaseSummary {
    /// The case.
    pub case: CaseRecord,
    /// Its device.
    pub device: DeviceView,
    /// What was seen, strongest and newest first.
    pub sightings: Vec<SightingRecord>,
    /// What the device does in the place of others: it is then not the one to clean, and counts in no
    /// figure; a log behind it is to be looked at.
    pub intermediary: Option<Intermediary>,
    /// What came to it since it was recorded as a false positive.
    pub since_false_positive: Option<SinceFalsePositive>,
    /// Whether a scan of the device found something.
    pub has_scan_findings: bool,
}

/// Findings of a false positive that whoever recorded it as one did not know of. They change nothing
/// by themselves: a person has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SinceFalsePositive {
    /// How many sightings.
    pub sightings: usize,
    /// The last contact, where the logs tell its time.
    pub last_at: Option<Timestamp>,
}

impl SinceFalsePositive {
    /// Findings with contacts after the decision, or of a log that first came after it. A watched
    /// log comes again and again: of that only the time of its contacts counts.
    fn of(
        case: &CaseRecord,
        seen: &[SightingRecord],
        sources: &BTreeMap<SourceId, SourceRecord>,
    ) -> Option<Self> {
        if case.state != CaseState::FalsePositive {
            return None;
        }
        let decided_at = case.changed_at;
        let came_later = |it: &SightingRecord| {
            sources
                .get(&it.source_id)
                .is_some_and(|log| live_of(log).is_none() && log.created_at > decided_at)
        };
        let is_new = |it: &&SightingRecord| {
            it.is_finding && (it.last_at.is_some_and(|at| at > decided_at) || came_later(it))
        };
        let new: Vec<_> = seen.iter().filter(is_new).collect();
        let last_at = new.iter().filter_map(|it| it.last_at).max();
        (!new.is_empty()).then_some(Self { sightings: new.len(), last_at })
    }
}

impl CaseSummary {
    /// The indicators that its device met, each once however many logs show it, strongest first.
    pub fn indicators(&self) -> Vec<&str> {
        let mut met = Vec::new();
        for it in &self.sightings {
            if !met.contains(&it.indicator.as_str()) {
                met.push(it.indicator.as_str());
            }
        }
        met
    }

    /// Whether somebody has to clean the device: what stands for others is not the one to clean.
    pub fn is_to_clean(&self) -> bool {
        self.intermediary.is_none() && self.case.state.is_open()
    }
}

/// The result of a scan that found something on the device of a case.
#[derive(Clone, Debug)]
pub struct CaseScan {
    /// As kept.
    pub scan: storage::scans::ScanRecord,
    /// What the tool said.
    pub result: results::ScanResult,
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
    /// The case that goes on for this one since their devices were merged.
    pub goes_on_as: Option<CaseRecord>,
    /// Other devices of the unit, which may turn out to be this one.
    pub others: Vec<DeviceView>,
    /// Names of the sites of each sighting, in the order of the sightings.
    pub sites: Vec<String>,
    /// Results of scans that found something on the device, newest first.
    pub scans: Vec<CaseScan>,
}

/// How many devices of a unit somebody has to clean. Without an open case nothing else is read.
pub async fn count_to_clean(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<usize, PortalError> {
    access::require(portal, actor, Action::SeeCases, unit).await?;
    let mut read = portal.database.read().await?;
    let all = cases::of_unit(&mut read, campaign_id, unit).await?;
    drop(read);
    if !all.iter().any(|it| it.state.is_open()) {
        return Ok(0);
    }
    let all = list(portal, actor, campaign_id, unit).await?;
    Ok(all.iter().filter(|it| it.is_to_clean()).count())
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
    let devices = devices::load(&mut read, unit).await?;
    let all = cases::of_unit(&mut read, campaign_id, unit).await?;
    let goes_on: BTreeMap<CaseId, CaseId> =
        cases::merged_of_unit(&mut read, campaign_id, unit).await?.into_iter().collect();
    let mut seen: BTreeMap<CaseId, Vec<SightingRecord>> = BTreeMap::new();
    for mut sighting in sightings::of_unit(&mut read, campaign_id, unit).await? {
        if !may_read_lines {
            sighting.evidence_line = None;
        }
        if let Some(case) = sighting.case_id {
            let case = goes_on.get(&case).copied().unwrap_or(case);
            seen.entry(case).or_default().push(sighting);
        }
    }
    let scanned = storage::scans::found_on(&mut read, campaign_id, unit).await?;
    let sources = if all.iter().any(|it| it.state == CaseState::FalsePositive) {
        sources_of(&mut read, campaign_id, unit).await?
    } else {
        BTreeMap::new()
    };
    let summaries = all.into_iter().filter_map(|case| {
        let device = devices.get(&case.device_id)?.clone();
        let sightings = seen.remove(&case.id).unwrap_or_default();
        let intermediary = devices::intermediary_of(&device, &sightings, &scanned);
        let since_false_positive = SinceFalsePositive::of(&case, &sightings, &sources);
        let has_scan_findings = scanned.contains(&device.id);
        Some(CaseSummary {
            case,
            device,
            sightings,
            intermediary,
            since_false_positive,
            has_scan_findings,
        })
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
    let devices = devices::load(&mut read, case.unit_id).await?;
    let device = devices.get(&case.device_id).ok_or(PortalError::NotFound)?.clone();
    let goes_on_as = match case.merged_into {
        Some(into) => cases::find(&mut read, into).await?,
        None => None,
    };
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
    // What was done in one moment stands in the order in which it follows from one another.
    events.sort_by_key(|(it, _)| (it.at, rank_of(&it.kind)));
    let verification = match (case.state, case.declared_at) {
        (CaseState::DeclaredClean, Some(_)) => Some(verification(portal, &mut read, &case).await?),
        _ => None,
    };
    let may_step = may_work && case.merged_into.is_none();
    let steps = if may_step { case.state.steps().collect() } else { Vec::new() };
    let mut others = Vec::new();
    if may_step {
        others.extend(devices.all().filter(|it| it.id != device.id).cloned());
        others.sort_by(|left, right| left.label.cmp(&right.label));
    }
    let site_names = storage::devices::sites(&mut read, case.unit_id).await?;
    let sources = sources_of(&mut read, case.campaign_id, case.unit_id).await?;
    let sites = seen
        .iter()
        .map(|it| sources.get(&it.source_id).and_then(|it| site_names.get(&it.site_id)))
        .map(|it| it.cloned().unwrap_or_default())
        .collect();
    let scanned = storage::scans::found_on(&mut read, case.campaign_id, case.unit_id).await?;
    let intermediary = devices::intermediary_of(&device, &seen, &scanned);
    let since_false_positive = SinceFalsePositive::of(&case, &seen, &sources);
    let summary = CaseSummary {
        has_scan_findings: scanned.contains(&device.id),
        case,
        device,
        sightings: seen,
        intermediary,
        since_false_positive,
    };
    let mut scans = Vec::new();
    for it in storage::devices::group(&mut read, summary.device.id).await? {
        let found = storage::scans::with_findings(&mut read, summary.case.campaign_id, it.id);
        scans.extend(found.await?.into_iter().map(|scan| CaseScan {
            result: serde_json::from_str(&scan.content).unwrap_or_default(),
            scan,
        }));
    }
    scans.sort_by_key(|it| std::cmp::Reverse(it.scan.made_at));
    Ok(CaseView {
        summary,
        events,
        steps,
        verification,
        may_work,
        goes_on_as,
        others,
        sites,
        scans,
    })
}

async fn sources_of(
    read: &mut storage::Connection,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<BTreeMap<SourceId, SourceRecord>, PortalError> {
    let sources = sightings::sources(read, campaign, unit).await?;
    Ok(sources.into_iter().map(|it| (it.id, it)).collect())
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
    if case.merged_into.is_some() {
        return Err(Problem::new("step", "problem-case-merged").into());
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

/// Where an event stands among those of its moment: a case is open before anything is told to it, and is
/// told before somebody decides.
fn rank_of(kind: &str) -> u8 {
    match kind {
        "opened" => 0,
        "seen-again" => 1,
        kind if crate::scans::EVENTS.contains(&kind) => 2,
        _ => 3,
    }
}

/// Says what people call a device and what it is.
pub async fn describe_device(
    portal: &Portal,
    actor: &Actor,
    id: CaseId,
    label: &str,
    kind: &str,
    stands_as: Option<&str>,
) -> Result<(), PortalError> {
    let case = find(portal, id).await?;
    access::require(portal, actor, Action::WorkCases, case.unit_id).await?;
    let stands_as = stands_as.map(str::trim).filter(|it| !it.is_empty());
    if stands_as.is_some_and(|it| !STANDS_AS.contains(&it)) {
        return Err(Problem::new("stands_as", "problem-device-label").into());
    }
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.is_empty() || label.chars().count() > 200 || !DEVICE_KINDS.contains(&kind) {
        return Err(Problem::new("label", "problem-device-label").into());
    }
    let mut write = portal.database.write().await?;
    let device = devices::root_of(&mut write, case.device_id).await?;
    storage::devices::update_device(&mut write, device.id, &label, kind).await?;
    storage::devices::set_stands_as(&mut write, device.id, stands_as).await?;
    // What somebody said of a device is work, which no log that is taken back takes along. Each thing
    // that changed is an event of its own.
    let changes = [
        ("described", device.label != label, label.as_str()),
        ("kind-changed", device.kind != kind, kind),
        (
            "stands-as-changed",
            device.stands_as.as_deref() != stands_as,
            stands_as.unwrap_or_default(),
        ),
    ];
    for (code, _, value) in changes.into_iter().filter(|(_, has_changed, _)| *has_changed) {
        let event = CaseEventRecord {
            id: portal.new_id::<CaseEventId>(),
            case_id: id,
            at: portal.now(),
            user_id: Some(actor.user_id),
            kind: code.to_owned(),
            from_state: None,
            to_state: None,
            note: value.to_owned(),
        };
        cases::insert_event(&mut write, &event).await?;
    }
    let detail = json!({ "label": label, "kind": kind, "stands_as": stands_as });
    let unit = Some(case.unit_id);
    audit::record(portal, &mut write, Some(actor), unit, "device.describe", device.id, detail)
        .await?;
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

pub(crate) async fn verification(
    portal: &Portal,
    read: &mut storage::Connection,
    case: &CaseRecord,
) -> Result<Verification, PortalError> {
    let covered_days = covered_days(read, case).await?;
    let seen = sightings::of_case(read, case.id).await?;
    let day = |at: jiff::Timestamp| at.to_zoned_datetime(portal.zone.clone()).date();
    let last_seen = seen.iter().filter_map(|it| it.last_at).max();
    let quiet = Quiet {
        declared_on: day(case.declared_at.unwrap_or(case.changed_at)),
        last_seen_on: last_seen.map(day),
        covered_days: &covered_days,
        has_evidence: has_evidence(read, case, last_seen).await?,
    };
    Ok(verify(&quiet, DEFAULT_QUIET_DAYS))
}

/// Whether a clean re-scan stands behind a declaration; where the tool does not run, the remedy on
/// record does. A scan of before the device was seen is no re-scan, nor one that came before the case.
async fn has_evidence(
    read: &mut storage::Connection,
    case: &CaseRecord,
    last_seen: Option<jiff::Timestamp>,
) -> Result<bool, PortalError> {
    let device = storage::devices::find_device(read, case.device_id).await?;
    let device = device.ok_or(PortalError::NotFound)?;
    let mut last: Option<storage::scans::ScanRecord> = None;
    for it in storage::devices::group(read, device.merged_into.unwrap_or(device.id)).await? {
        let scan = storage::scans::last_telling(read, case.campaign_id, it.id).await?;
        let is_later = |scan: &storage::scans::ScanRecord| {
            last.as_ref().is_none_or(|last| scan.made_at > last.made_at)
        };
        if let Some(scan) = scan.filter(is_later) {
            last = Some(scan);
        }
    }
    Ok(last.map_or(!case.remedy.is_empty(), |scan| {
        scan.is_clean_bill
            && scan.received_at >= case.opened_at
            && last_seen.is_none_or(|seen| scan.made_at >= seen)
    }))
}

/// Days that were listened to wherever the device was seen: one that was merged from two sites must
/// be silent at both.
async fn covered_days(
    read: &mut storage::Connection,
    case: &CaseRecord,
) -> Result<BTreeSet<Date>, PortalError> {
    let device = storage::devices::find_device(read, case.device_id).await?;
    let device = device.ok_or(PortalError::NotFound)?;
    let group = storage::devices::group(read, device.merged_into.unwrap_or(device.id)).await?;
    let sites: BTreeSet<_> = group.iter().map(|it| it.site_id).collect();
    let mut covered: Option<BTreeSet<Date>> = None;
    for site in sites {
        let days = sightings::covered_days(read, case.campaign_id, site).await?;
        covered = Some(match covered {
            None => days,
            Some(before) => before.intersection(&days).copied().collect(),
        });
    }
    Ok(covered.unwrap_or_default())
}

async fn find(portal: &Portal, id: CaseId) -> Result<CaseRecord, PortalError> {
    let mut read = portal.database.read().await?;
    cases::find(&mut read, id).await?.ok_or(PortalError::NotFound)
}

/// A unit's devices to clean, counted by the state of their cases.
pub(crate) async fn counts_of(
    portal: &Portal,
    campaign_id: CampaignId,
) -> Result<Vec<(UnitId, CaseState, i64)>, PortalError> {
    let mut read = portal.database.read().await?;
    Ok(cases::device_counts(&mut read, campaign_id).await?)
}
