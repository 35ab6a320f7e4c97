//! Results of scans by the clean-up tool: codes that units give it, what it sends, what that opens.

use std::time::Duration;

use ::campaigns::{
    Action, CampaignId, CaseEventId, CaseStep, DeviceId, DeviceNameId, EnrolmentId, ScanId, SiteId,
    UnitId,
};
use jiff::{SignedDuration, Timestamp};
use results::{EnrolmentCode, SignedResult};
pub use results::{FoundThing, ScanResult};
use serde_json::json;
use storage::cases::{self, CaseEventRecord};
use storage::devices::{self, DeviceRecord};
use storage::scans::{self, EnrolmentRecord, ScanRecord};
use storage::{Write, campaigns};

use crate::checks::{case_of, only_campaign, site_name};
use crate::devices::{DeviceView, root_of};
use crate::letters::{receipts_of, require_running};
use crate::{Actor, Portal, PortalError, Problem, access, audit, secrets};

/// How long a code holds.
const LASTS: Duration = Duration::from_hours(24 * 365);
/// How far the clock of a PC may be ahead of ours.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// The name that a PC is known by when the system gave it a number: see `EnrolmentCode::mark_of`.
pub(crate) const MARK: &str = "mark";

/// Codes of a unit that hold at the same time, before a download makes no more.
const MOST_CODES: usize = 100;
/// What results of our own tool are from.
pub(crate) const OWN_TOOL: &str = "lamsach-clean";

/// Events of a case that scans write; message keys `case-event-…`.
pub const EVENTS: [&str; 5] = [FOUND, CLEAN, OTHER_FOUND, OTHER_CLEANED, OTHER_CLEAN];
const FOUND: &str = "scan-found";
const CLEAN: &str = "scan-clean";
/// Another scanner found something that is still there, or may be.
const OTHER_FOUND: &str = "report-found";
/// Another scanner found something and says it took all of it away.
const OTHER_CLEANED: &str = "report-cleaned";
/// Another scanner found nothing, which proves little.
const OTHER_CLEAN: &str = "report-clean";

/// What became of a result.
#[derive(Clone, Debug)]
pub struct Received {
    /// The result, as kept.
    pub scan: ScanRecord,
    /// Whether it had come before: nothing was changed.
    pub is_repeat: bool,
    /// The number of the PC's case, when it has one.
    pub case: Option<i64>,
}

/// A result with its PC.
#[derive(Clone, Debug)]
pub struct ScanView {
    /// As kept.
    pub scan: ScanRecord,
    /// What the tool said.
    pub result: ScanResult,
    /// The PC.
    pub device: DeviceView,
    /// Its case, when it has one.
    pub case: Option<cases::CaseRecord>,
}

impl ScanView {
    /// Whether our own tool made it, and no other scanner.
    pub fn is_own(&self) -> bool {
        self.scan.source == OWN_TOOL
    }
}

/// Makes a code for the tools of a unit. It is given once; the portal keeps its public half.
pub async fn make_code(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    label: &str,
) -> Result<String, PortalError> {
    access::require(portal, actor, Action::ManageTokens, unit).await?;
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.is_empty() || label.chars().count() > 100 {
        return Err(Problem::new("label", "problem-token-label").into());
    }
    let code = secrets::new_enrolment()?;
    let now = portal.now();
    let record = EnrolmentRecord {
        id: portal.new_id::<EnrolmentId>(),
        unit_id: unit,
        public_key: code.public().to_string(),
        label,
        created_by: actor.user_id,
        created_at: now,
        expires_at: now + LASTS,
        used_at: None,
        revoked_at: None,
    };
    let mut write = portal.database.write().await?;
    scans::insert_enrolment(&mut write, &record).await?;
    let (unit, id) = (Some(unit), record.id);
    audit::record(portal, &mut write, Some(actor), unit, "enrolment.create", id, json!({})).await?;
    write.commit().await?;
    Ok(code.shown())
}

/// Codes of a unit, newest first.
pub async fn codes(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
) -> Result<Vec<EnrolmentRecord>, PortalError> {
    access::require(portal, actor, Action::ManageTokens, unit).await?;
    let mut read = portal.database.read().await?;
    Ok(scans::enrolments_of_unit(&mut read, unit).await?)
}

/// The code that goes into the name of a program which somebody of the unit downloads: the one that
/// was typed, when it is one of the unit's, else a new one. The portal knows no code that it could
/// give again.
pub async fn code_for_program(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    typed: &str,
) -> Result<String, PortalError> {
    let now = portal.now();
    let holds = |it: &EnrolmentRecord| it.revoked_at.is_none() && now < it.expires_at;
    if typed.trim().is_empty() {
        if codes(portal, actor, unit).await?.iter().filter(|it| holds(it)).count() >= MOST_CODES {
            return Err(Problem::new("code", "problem-program-codes").into());
        }
        let label = format!("{OWN_TOOL} {}", portal.today());
        return make_code(portal, actor, unit, &label).await;
    }
    access::require(portal, actor, Action::CheckLogs, unit).await?;
    let mut found = None;
    if let Some(code) = EnrolmentCode::parse(typed) {
        let mut read = portal.database.read().await?;
        let record = scans::find_enrolment(&mut read, &code.public().to_string()).await?;
        found = record.filter(|it| it.unit_id == unit && holds(it)).map(|_| code.shown());
    }
    found.ok_or_else(|| Problem::new("code", "problem-program-code").into())
}

/// Takes a code back: what was sent with it stays, nothing more is taken.
pub async fn revoke_code(
    portal: &Portal,
    actor: &Actor,
    unit: UnitId,
    id: EnrolmentId,
) -> Result<(), PortalError> {
    access::require(portal, actor, Action::ManageTokens, unit).await?;
    let mut write = portal.database.write().await?;
    scans::revoke_enrolment(&mut write, unit, id, portal.now()).await?;
    let unit = Some(unit);
    audit::record(portal, &mut write, Some(actor), unit, "enrolment.revoke", id, json!({})).await?;
    Ok(write.commit().await?)
}

/// Takes a result that a tool sends. Who it is from is told by its signature alone.
pub async fn receive(portal: &Portal, file: &[u8]) -> Result<Received, PortalError> {
    let (signed, code) = read(portal, file).await?;
    let campaign = only_campaign(portal, code.unit_id).await?;
    keep(portal, None, campaign, Incoming::signed(&code, signed)).await
}

/// Takes a result that somebody of the unit brings on a stick.
pub async fn import(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
    file: &[u8],
) -> Result<Received, PortalError> {
    access::require(portal, actor, Action::CheckLogs, unit).await?;
    require_running(portal, campaign_id).await?;
    receipts_of(portal, campaign_id, unit).await?;
    let (signed, code) = read(portal, file).await?;
    if code.unit_id != unit {
        return Err(Problem::new("file", "problem-scan-other-unit").into());
    }
    keep(portal, Some(actor), campaign_id, Incoming::signed(&code, signed)).await
}

/// Results of a unit, newest first.
pub async fn list(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<Vec<ScanView>, PortalError> {
    access::require(portal, actor, Action::SeeCases, unit).await?;
    receipts_of(portal, campaign_id, unit).await?;
    let mut read = portal.database.read().await?;
    let devices = crate::devices::load(&mut read, unit).await?;
    let all = cases::of_unit(&mut read, campaign_id, unit).await?;
    let views =
        scans::of_unit(&mut read, campaign_id, unit).await?.into_iter().filter_map(|scan| {
            let device = devices.get(&scan.device_id)?.clone();
            let case = all
                .iter()
                .find(|case| devices.get(&case.device_id).is_some_and(|it| it.id == device.id));
            let result = serde_json::from_str(&scan.content).unwrap_or_default();
            Some(ScanView { scan, result, case: case.cloned(), device })
        });
    Ok(views.collect())
}

/// A signed result, and the code of a unit that it was signed with.
async fn read(
    portal: &Portal,
    file: &[u8],
) -> Result<(SignedResult, EnrolmentRecord), PortalError> {
    let signed = SignedResult::read(file).map_err(|error| {
        Problem::new("file", "problem-scan-unreadable").with("reason", error.to_string())
    })?;
    let now = portal.now();
    let mut read = portal.database.read().await?;
    let code = scans::find_enrolment(&mut read, &signed.key.to_string()).await?;
    let code = code.filter(|it| it.revoked_at.is_none() && now < it.expires_at);
    let code = code.ok_or_else(|| Problem::new("file", "problem-scan-code"))?;
    if signed.result.made_at > now + CLOCK_AHEAD {
        return Err(Problem::new("file", "problem-scan-future").into());
    }
    Ok((signed, code))
}

/// A result on its way into the portal.
pub(crate) struct Incoming {
    pub(crate) unit: UnitId,
    /// The code it was signed with.
    pub(crate) code: Option<EnrolmentId>,
    /// Which tool it is from.
    pub(crate) source: &'static str,
    pub(crate) result: ScanResult,
    /// Tells it from every other.
    pub(crate) sha256: String,
    /// From when its findings are, where that is another moment than that of the result.
    pub(crate) seen_at: Timestamp,
    /// Not everything in the file was understood.
    pub(crate) is_part: bool,
}

impl Incoming {
    fn signed(code: &EnrolmentRecord, signed: SignedResult) -> Self {
        let SignedResult { result, digest, .. } = signed;
        Self {
            unit: code.unit_id,
            code: Some(code.id),
            source: OWN_TOOL,
            is_part: false,
            seen_at: result.made_at,
            sha256: hex::encode(digest),
            result,
        }
    }

    fn is_own(&self) -> bool {
        self.source == OWN_TOOL
    }

    /// A clean bill is what our own tool signed, never another's word.
    fn is_clean_bill(&self) -> bool {
        self.is_own() && self.result.is_clean_bill()
    }

    /// What the case is told.
    fn event(&self) -> Option<&'static str> {
        let has_findings = self.result.findings.iter().any(FoundThing::is_for_a_case);
        match (self.is_own(), has_findings) {
            (true, true) => Some(FOUND),
            (true, false) => self.is_clean_bill().then_some(CLEAN),
            (false, true) if !self.is_part && is_all_cleaned(&self.result) => Some(OTHER_CLEANED),
            (false, true) => Some(OTHER_FOUND),
            (false, false) => self.result.complete.then_some(OTHER_CLEAN),
        }
    }
}

/// Whether another scanner says of each of its findings that it took it away.
fn is_all_cleaned(result: &ScanResult) -> bool {
    const CLEANED: [&str; 3] = ["cleaned", "quarantined", "removed"];
    let mut work = result.findings.iter().filter(|it| it.is_for_a_case());
    result.more_findings == 0 && work.all(|it| CLEANED.contains(&it.action.as_str()))
}

pub(crate) async fn keep(
    portal: &Portal,
    actor: Option<&Actor>,
    campaign_id: CampaignId,
    incoming: Incoming,
) -> Result<Received, PortalError> {
    let (event_kind, is_clean_bill) = (incoming.event(), incoming.is_clean_bill());
    let Incoming { unit, code, source, result, sha256, seen_at, is_part: _ } = incoming;
    let now = portal.now();
    let mut write = portal.database.write().await?;
    storage::units::hold(&mut write, unit).await?;
    if !campaigns::hold_running(&mut write, campaign_id).await? {
        return Err(Problem::new("campaign", "problem-no-campaign-runs").into());
    }
    if let Some(scan) = scans::find(&mut write, campaign_id, unit, &sha256).await? {
        let device = root_of(&mut write, scan.device_id).await?;
        let case = cases::find_by_device(&mut write, campaign_id, device.id).await?;
        return Ok(Received { scan, is_repeat: true, case: case.map(|it| it.number) });
    }
    let device_id = device_of(portal, &mut write, unit, &result, now).await?;
    let work = result.findings.iter().filter(|it| it.is_for_a_case()).count();
    let scan = ScanRecord {
        id: portal.new_id::<ScanId>(),
        campaign_id,
        unit_id: unit,
        device_id,
        enrolment_id: code,
        source: source.to_owned(),
        sha256,
        verdict: result.verdict.clone(),
        is_clean_bill,
        findings: i64::try_from(work).unwrap_or(i64::MAX),
        content: serde_json::to_string(&result).unwrap_or_default(),
        made_at: result.made_at,
        received_at: now,
        imported_by: actor.map(|it| it.user_id),
    };
    scans::insert(&mut write, &scan).await?;
    if let Some(code) = code {
        scans::touch_enrolment(&mut write, code, now).await?;
    }
    let device = root_of(&mut write, device_id).await?;
    if scan.findings > 0 {
        case_of(portal, &mut write, campaign_id, device_id, seen_at, now).await?;
    }
    let case = cases::find_by_device(&mut write, campaign_id, device.id).await?;
    if let (Some(case), Some(kind)) = (&case, event_kind) {
        let event = CaseEventRecord {
            id: portal.new_id::<CaseEventId>(),
            case_id: case.id,
            at: now,
            user_id: actor.map(|it| it.user_id),
            kind: kind.to_owned(),
            from_state: None,
            to_state: None,
            note: what_was_found(&result),
        };
        cases::insert_event(&mut write, &event).await?;
        if let (Some(actor), OTHER_CLEANED) = (actor, kind) {
            declare(portal, &mut write, actor, case.clone(), &scan, &event.note).await?;
        }
    }
    let detail = json!({ "verdict": scan.verdict, "findings": scan.findings, "source": source });
    audit::record(portal, &mut write, actor, Some(unit), "scan.receive", scan.id, detail).await?;
    write.commit().await?;
    Ok(Received { scan, is_repeat: false, case: case.map(|it| it.number) })
}

/// Declares a case clean where it rests on nothing but what other scanners say they took away, and the
/// person who brings their report may do so. It is never verified by that: decision 37.
async fn declare(
    portal: &Portal,
    write: &mut Write,
    actor: &Actor,
    mut case: cases::CaseRecord,
    scan: &ScanRecord,
    remedy: &str,
) -> Result<(), PortalError> {
    if !case.state.is_open()
        || !access::allows(portal, actor, Action::WorkCases, case.unit_id).await?
    {
        return Ok(());
    }
    if !storage::sightings::of_case(write, case.id).await?.is_empty() {
        return Ok(());
    }
    for it in devices::group(write, case.device_id).await? {
        for other in scans::with_findings(write, case.campaign_id, it.id).await? {
            let result = serde_json::from_str(&other.content).unwrap_or_default();
            if other.source == OWN_TOOL || !is_all_cleaned(&result) {
                return Ok(());
            }
        }
    }
    let Ok(state) = case.state.after(CaseStep::DeclareClean) else { return Ok(()) };
    let from = std::mem::replace(&mut case.state, state);
    let now = portal.now();
    case.changed_at = now;
    // Whatever is found after the other tool was done is found again.
    case.declared_at = Some(scan.made_at.min(now));
    remedy.clone_into(&mut case.remedy);
    let event = CaseEventRecord {
        id: portal.new_id::<CaseEventId>(),
        case_id: case.id,
        at: now,
        user_id: Some(actor.user_id),
        kind: CaseStep::DeclareClean.to_string(),
        from_state: Some(from),
        to_state: Some(state),
        note: remedy.to_owned(),
    };
    if !cases::update(write, &case).await? {
        return Err(PortalError::Conflict);
    }
    cases::insert_event(write, &event).await?;
    let (unit, detail) =
        (Some(case.unit_id), json!({ "from": from, "to": state, "source": scan.source }));
    audit::record(portal, write, Some(actor), unit, "case.step", case.id, detail).await
}

/// What told the findings, each once: names of rules, hashes, marks.
fn what_was_found(result: &ScanResult) -> String {
    const MOST_TOLD: usize = 10;
    let work = result.findings.iter().filter(|it| it.is_for_a_case());
    let mut told: Vec<&str> = work.map(|it| it.told_by.as_str()).collect();
    told.sort_unstable();
    told.dedup();
    told.truncate(MOST_TOLD);
    let told = told.join(", ");
    // The name of another tool goes before what it found.
    match result.program.as_str() {
        program
            if !result.findings.iter().any(|it| it.action.is_empty()) && !program.is_empty() =>
        {
            if told.is_empty() {
                program.to_owned()
            } else {
                format!("{program}: {told}")
            }
        }
        _ => told,
    }
}

/// The PC of a result: by its mark, else by its name unless that is another PC's; made when nobody is.
async fn device_of(
    portal: &Portal,
    write: &mut Write,
    unit: UnitId,
    result: &ScanResult,
    now: Timestamp,
) -> Result<DeviceId, PortalError> {
    let name = result.device.name.trim().trim_end_matches('.').to_lowercase();
    let mark = result.device.mark.as_str();
    if !mark.is_empty()
        && let Some(id) = devices::device_of_unit_by_name(write, unit, MARK, mark).await?
    {
        return Ok(id);
    }
    if let Some(id) = crate::devices::of_host(write, unit, &name).await?
        && (mark.is_empty() || !devices::has_kind(write, id, MARK).await?)
        && let Some(device) = devices::find_device(write, id).await?
    {
        for (kind, value) in [("host", name.as_str()), (MARK, mark)] {
            if !value.is_empty() && !devices::has_name(write, id, kind, value).await? {
                let name_id = portal.new_id::<DeviceNameId>();
                devices::insert_device_name(write, name_id, &device, (kind, value), None).await?;
            }
        }
        return Ok(id);
    }
    let sites = devices::sites(write, unit).await?;
    let only = sites.keys().next().filter(|_| sites.len() == 1);
    let site_id = if let Some(only) = only {
        *only
    } else {
        let id = portal.new_id::<SiteId>();
        devices::site(write, id, unit, &site_name("")).await?
    };
    let device = DeviceRecord {
        id: portal.new_id::<DeviceId>(),
        unit_id: unit,
        site_id,
        label: result.device.name.trim().chars().take(200).collect(),
        kind: "computer".to_owned(),
        merged_into: None,
        created_at: now,
        stands_as: None,
    };
    devices::insert_device(write, &device).await?;
    for (kind, value) in [("host", name.as_str()), (MARK, mark)] {
        if !value.is_empty() {
            let id = portal.new_id::<DeviceNameId>();
            devices::insert_device_name(write, id, &device, (kind, value), None).await?;
        }
    }
    Ok(device.id)
}
