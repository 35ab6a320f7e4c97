//! The work on devices.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use campaigns::{CampaignId, CaseId, CaseStep, DeviceId, UnitId, Verification};
use jiff::Timestamp;
use portal::cases::{self, CaseSummary, CaseView};
use portal::checks::Intermediary;
use portal::devices;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{Person, Reader};
use super::input::{ApiJson, ApiPath};
use super::output::{Asked, Page, PageQuery};
use super::problem::ApiError;
use super::sightings::SightingWire;
use crate::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/units/{unit}/cases", get(list_cases))
        .route("/cases/{case}", get(read_case))
        .route("/cases/{case}/steps", post(step_case))
        .route("/cases/{case}/merge", post(merge_device))
        .route("/cases/{case}/split", post(split_device))
}

/// The work on one device.
#[derive(Serialize, ToSchema)]
#[schema(as = Case)]
pub(crate) struct CaseWire {
    /// Id.
    id: Uuid,
    /// Number within the unit, from 1.
    #[schema(minimum = 1)]
    number: i64,
    /// Id of the campaign.
    campaign: Uuid,
    /// Id of the unit.
    unit: Uuid,
    /// The device.
    device: Device,
    /// `opened`, `notified`, `cleaning`, `declared-clean`, `verified-clean`, `closed`,
    /// `false-positive` or `reinfected`.
    #[schema(example = "cleaning")]
    state: String,
    /// Since when, in UTC.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// Last change of state, in UTC.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
    /// When the device was last declared clean, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    declared_at: Option<Timestamp>,
    /// When it was verified, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    verified_at: Option<Timestamp>,
    /// When it was closed, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
    /// What was done to the device.
    remedy: String,
    /// How often it was seen again after it was declared clean.
    reinfections: i64,
    /// `dns-forwarder`, `proxy` or `nat` where the device stands for others: it is not the one to clean, is
    /// in no figure, and the log behind it has to be looked at.
    #[schema(example = "dns-forwarder")]
    intermediary: Option<&'static str>,
    /// Sightings of the device in this campaign.
    sightings: usize,
    /// Last sighting, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Id of the case that goes on for this one since their devices were merged; this one then takes
    /// no steps and is in no list and no figure.
    goes_on_as: Option<Uuid>,
    /// Grows with each change; a step names the one it is taken on.
    version: i64,
}

/// A device of a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct Device {
    /// Id.
    id: Uuid,
    /// What people call it; the address or name in the log until somebody names it.
    label: String,
    /// `computer`, `server`, `phone`, `camera`, `router`, `printer`, `other` or `unknown`.
    #[schema(example = "computer")]
    kind: String,
    /// Addresses, hardware addresses and host names it was seen under, the label left out.
    names: Vec<String>,
    /// Devices that turned out to be this one; each can be split off again.
    merged: Vec<MergedDevice>,
    /// Names of the sites it was seen at.
    sites: Vec<String>,
}

/// A device that turned out to be another.
#[derive(Serialize, ToSchema)]
#[schema(as = MergedDevice)]
pub(crate) struct MergedDevice {
    /// Id.
    id: Uuid,
    /// What it was called before.
    label: String,
    /// Name of its site.
    site: String,
}

impl From<&devices::MergedDevice> for MergedDevice {
    fn from(it: &devices::MergedDevice) -> Self {
        Self { id: it.id.into(), label: it.label.clone(), site: it.site.clone() }
    }
}

impl From<&CaseSummary> for CaseWire {
    fn from(it: &CaseSummary) -> Self {
        let case = &it.case;
        Self {
            id: case.id.into(),
            number: case.number,
            campaign: case.campaign_id.into(),
            unit: case.unit_id.into(),
            device: Device {
                id: it.device.id.into(),
                label: it.device.label.clone(),
                kind: it.device.kind.clone(),
                names: it.device.names.clone(),
                merged: it.device.merged.iter().map(MergedDevice::from).collect(),
                sites: it.device.sites.clone(),
            },
            state: case.state.to_string(),
            opened_at: case.opened_at,
            changed_at: case.changed_at,
            declared_at: case.declared_at,
            verified_at: case.verified_at,
            closed_at: case.closed_at,
            remedy: case.remedy.clone(),
            reinfections: case.reinfections,
            intermediary: it.intermediary.map(Intermediary::code),
            sightings: it.sightings.len(),
            last_seen: it.sightings.iter().filter_map(|it| it.last_at).max(),
            goes_on_as: case.merged_into.map(Uuid::from),
            version: case.version,
        }
    }
}

/// A case with what was seen and done.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseWithHistory {
    /// The case.
    case: CaseWire,
    /// What was seen, newest first, without log lines.
    sightings: Vec<SightingWire>,
    /// Its steps, oldest first.
    events: Vec<CaseEvent>,
    /// Steps this caller may take now.
    steps: Vec<String>,
    /// How far a declared device is from being verified.
    verification: Option<VerificationWire>,
}

/// One step of the work on a device.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseEvent {
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `opened`, `seen-again`, `verified`, `described` (named), `kind-changed`,
    /// `stands-as-changed`, `merged`, `split`, `log-taken-back`,
    /// `verification-withdrawn`, `seen-again-withdrawn`, or the
    /// step's code.
    #[schema(example = "start-cleaning")]
    kind: String,
    /// State before.
    from: Option<String>,
    /// State afterwards.
    to: Option<String>,
    /// Words.
    note: String,
}

/// How far a declared device is from being verified.
#[derive(Serialize, ToSchema)]
#[schema(as = Verification)]
pub(crate) struct VerificationWire {
    /// `verified`, `waiting` or `seen-again`.
    #[schema(example = "waiting")]
    state: &'static str,
    /// Quiet days under watch so far.
    quiet_days: Option<usize>,
    /// Quiet days needed.
    needed_days: Option<usize>,
    /// Whether a clean re-scan or a recorded remedy is missing.
    lacks_evidence: bool,
}

impl From<&Verification> for VerificationWire {
    fn from(it: &Verification) -> Self {
        match *it {
            Verification::Verified => Self {
                state: "verified",
                quiet_days: None,
                needed_days: None,
                lacks_evidence: false,
            },
            Verification::Waiting { quiet_days, needed, lacks_evidence } => Self {
                state: "waiting",
                quiet_days: Some(quiet_days),
                needed_days: Some(needed),
                lacks_evidence,
            },
            Verification::SeenAgain => Self {
                state: "seen-again",
                quiet_days: None,
                needed_days: None,
                lacks_evidence: false,
            },
        }
    }
}

impl From<&CaseView> for CaseWithHistory {
    fn from(view: &CaseView) -> Self {
        let device = &view.summary.device;
        let events = view.events.iter().map(|(event, _)| CaseEvent {
            at: event.at,
            kind: event.kind.clone(),
            from: event.from_state.map(|it| it.to_string()),
            to: event.to_state.map(|it| it.to_string()),
            note: event.note.clone(),
        });
        Self {
            case: (&view.summary).into(),
            sightings: view
                .summary
                .sightings
                .iter()
                .map(|it| SightingWire::of(it, Some(device)))
                .collect(),
            events: events.collect(),
            steps: view.steps.iter().map(ToString::to_string).collect(),
            verification: view.verification.as_ref().map(VerificationWire::from),
        }
    }
}

/// Lists the cases of a unit, by number.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/units/{unit}/cases", tag = "cases",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the unit"), PageQuery),
    responses((status = 200, description = "A page of cases", body = Page<CaseWire>)),
)]
pub(crate) async fn list_cases(
    State(state): State<AppState>,
    Reader(actor): Reader,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let cases = cases::list(&state.portal, &actor, campaign, unit).await?;
    let cases: Vec<CaseWire> = cases.iter().map(CaseWire::from).collect();
    asked.page(cases, |it| it.id.to_string())
}

/// Gives a case with what was seen and done.
#[utoipa::path(
    get, path = "/api/v1/cases/{case}", tag = "cases",
    params(("case" = Uuid, Path, description = "Id of the case")),
    responses((status = 200, description = "The case", body = CaseWithHistory)),
)]
pub(crate) async fn read_case(
    State(state): State<AppState>,
    Reader(actor): Reader,
    ApiPath(case): ApiPath<CaseId>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let view = cases::view(&state.portal, &actor, case).await?;
    asked.json(&CaseWithHistory::from(&view))
}

/// What a person does to a case.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CaseStepGiven {
    /// The step.
    step: CaseStepKind,
    /// What was done, or why; `declare-clean`, `mark-false-positive` and `reopen` need it. At most
    /// 4,000 characters are kept.
    #[serde(default)]
    note: String,
    /// The version it is taken on.
    version: i64,
}

/// A step of the work on a device.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CaseStepKind {
    /// The keeper was told.
    Notify,
    /// The work begins.
    StartCleaning,
    /// The unit says what it did and that the device is clean.
    DeclareClean,
    /// The finding was wrong.
    MarkFalsePositive,
    /// A false positive or a closed case is taken up again.
    Reopen,
    /// A verified case is done.
    Close,
}

impl From<CaseStepKind> for CaseStep {
    fn from(step: CaseStepKind) -> Self {
        match step {
            CaseStepKind::Notify => Self::Notify,
            CaseStepKind::StartCleaning => Self::StartCleaning,
            CaseStepKind::DeclareClean => Self::DeclareClean,
            CaseStepKind::MarkFalsePositive => Self::MarkFalsePositive,
            CaseStepKind::Reopen => Self::Reopen,
            CaseStepKind::Close => Self::Close,
        }
    }
}

/// Takes a case a step on.
///
/// Signed-in officers of the unit only. When somebody else changed it since `version`, nothing is
/// changed and the answer is 409.
#[utoipa::path(
    post, path = "/api/v1/cases/{case}/steps", tag = "cases",
    params(("case" = Uuid, Path, description = "Id of the case")),
    request_body = CaseStepGiven, security(("session" = [])),
    responses((status = 200, description = "The case afterwards", body = CaseWithHistory)),
)]
pub(crate) async fn step_case(
    State(state): State<AppState>,
    Person(actor): Person,
    ApiPath(case): ApiPath<CaseId>,
    asked: Asked,
    ApiJson(given): ApiJson<CaseStepGiven>,
) -> Result<Response, ApiError> {
    let portal = &state.portal;
    cases::step(portal, &actor, case, given.step.into(), &given.note, given.version).await?;
    let view = cases::view(portal, &actor, case).await?;
    asked.json(&CaseWithHistory::from(&view))
}

/// Another device of the unit.
#[derive(Deserialize, ToSchema)]
pub(crate) struct OtherDevice {
    /// Id of the device.
    device: Uuid,
}

/// Makes another device of the unit the same as the one of a case: it was seen under two names.
///
/// Signed-in officers of the unit only. In each running campaign the case with more work left goes
/// on for both; `goes_on_as` of the other one names it.
#[utoipa::path(
    post, path = "/api/v1/cases/{case}/merge", tag = "cases",
    params(("case" = Uuid, Path, description = "Id of the case")),
    request_body = OtherDevice, security(("session" = [])),
    responses((status = 200, description = "The case afterwards", body = CaseWithHistory)),
)]
pub(crate) async fn merge_device(
    State(state): State<AppState>,
    Person(actor): Person,
    ApiPath(case): ApiPath<CaseId>,
    asked: Asked,
    ApiJson(given): ApiJson<OtherDevice>,
) -> Result<Response, ApiError> {
    let portal = &state.portal;
    devices::merge(portal, &actor, case, DeviceId::from(given.device)).await?;
    let view = cases::view(portal, &actor, case).await?;
    asked.json(&CaseWithHistory::from(&view))
}

/// Takes a merged device out of the one of a case again.
///
/// Signed-in officers of the unit only. It gets back its case as it stood, and every sighting of its
/// own names.
#[utoipa::path(
    post, path = "/api/v1/cases/{case}/split", tag = "cases",
    params(("case" = Uuid, Path, description = "Id of the case")),
    request_body = OtherDevice, security(("session" = [])),
    responses((status = 200, description = "The case afterwards", body = CaseWithHistory)),
)]
pub(crate) async fn split_device(
    State(state): State<AppState>,
    Person(actor): Person,
    ApiPath(case): ApiPath<CaseId>,
    asked: Asked,
    ApiJson(given): ApiJson<OtherDevice>,
) -> Result<Response, ApiError> {
    let portal = &state.portal;
    devices::split(portal, &actor, case, DeviceId::from(given.device)).await?;
    let view = cases::view(portal, &actor, case).await?;
    asked.json(&CaseWithHistory::from(&view))
}
