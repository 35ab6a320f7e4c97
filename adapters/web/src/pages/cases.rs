//! The work on devices.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use campaigns::{CampaignId, CaseId, CaseStep, DeviceId, UnitId, Verification};
use portal::cases::{self, CaseScan, CaseSummary, CaseView, DEVICE_KINDS, STANDS_AS};
use portal::records::CaseEventRecord;
use portal::scans::FoundThing;
use portal::{Actor, PortalError, Problem, campaigns as runs, devices, units};
use serde::Deserialize;

use super::nav::{self, CampaignNav};
use crate::AppState;
use crate::error::{PageError, sentences, status_of};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::SignedIn;

/// Findings of one scan that are shown on the page of a case.
const MOST_SHOWN: usize = 20;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/cases/{unit}", get(list))
        .route("/cases/{case}", get(view))
        .route("/cases/{case}/step", post(step))
        .route("/cases/{case}/device", post(device))
        .route("/cases/{case}/merge", post(merge))
        .route("/cases/{case}/split", post(split))
}

#[derive(Template)]
#[template(path = "pages/cases.html")]
struct CasesPage {
    page: Page,
    nav: CampaignNav,
    cases: Vec<CaseSummary>,
}

impl CasesPage {
    /// Cases of devices to clean: not of what stands for others.
    fn devices(&self) -> impl Iterator<Item = &CaseSummary> {
        self.cases.iter().filter(|it| it.intermediary.is_none())
    }

    fn open(&self) -> usize {
        self.cases.iter().filter(|it| it.is_to_clean()).count()
    }

    fn handled(&self) -> usize {
        self.devices().filter(|it| it.case.state.counts_as_handled()).count()
    }

    fn verified(&self) -> usize {
        self.devices().filter(|it| it.case.state.counts_as_verified()).count()
    }

    /// Cases of what stands for others, as long as nobody has found who is behind it.
    fn behind(&self) -> usize {
        let others = self.cases.iter().filter(|it| it.intermediary.is_some());
        others.filter(|it| it.case.state.is_open()).count()
    }
}

#[derive(Template)]
#[template(path = "pages/case.html")]
struct CasePage {
    page: Page,
    nav: CampaignNav,
    view: CaseView,
    cases_path: String,
    device_kinds: [&'static str; 8],
    stands_as_all: [&'static str; 4],
    /// What is wrong with what was given: field and sentence.
    problems: Vec<(String, String)>,
    /// The note as it was typed.
    note: String,
    /// The device's label and kind as they were typed.
    label: String,
    kind: String,
    stands_as: String,
}

impl CasePage {
    /// What a scan found, as far as it is shown: what is somebody's work.
    fn told<'s>(&self, it: &'s CaseScan) -> impl Iterator<Item = &'s FoundThing> {
        it.result.findings.iter().filter(|it| it.is_for_a_case()).take(MOST_SHOWN)
    }

    /// What else it found.
    fn more_of(&self, it: &CaseScan) -> u64 {
        let all = u64::try_from(it.scan.findings).unwrap_or_default() + it.result.more_findings;
        all.saturating_sub(MOST_SHOWN as u64)
    }

    /// What stands behind an event: words of a person, or a code in words.
    fn note_of(&self, event: &CaseEventRecord) -> String {
        match event.kind.as_str() {
            "kind-changed" => self.page.word("device-kind", &event.note),
            "stands-as-changed" if event.note.is_empty() => {
                self.page.t("case-device-stands-as-log")
            }
            "stands-as-changed" => self.page.word("device-stands-as", &event.note),
            _ => event.note.clone(),
        }
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.problems.iter().any(|(it, _)| it == field)
    }
}

async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let cases = cases::list(portal, &actor, campaign, unit).await?;
    let record = units::find(portal, &actor, unit).await?;
    let title = runs::title(portal, &actor, campaign).await?;
    let nav = nav::of(portal, &actor, campaign, unit, &title, &record.name, "cases").await?;
    show(&CasesPage { page, nav, cases })
}

async fn view(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(case): Path<CaseId>,
) -> Result<Response, PageError> {
    show(&case_page(&state, &actor, page, case).await?)
}

async fn case_page(
    state: &AppState,
    actor: &Actor,
    page: Page,
    case: CaseId,
) -> Result<CasePage, PageError> {
    let portal = &state.portal;
    let view = cases::view(portal, actor, case).await?;
    let (campaign, unit) = (view.summary.case.campaign_id, view.summary.case.unit_id);
    let record = units::find(portal, actor, unit).await?;
    let title = runs::title(portal, actor, campaign).await?;
    let nav = nav::of(portal, actor, campaign, unit, &title, &record.name, "cases").await?;
    Ok(CasePage {
        cases_path: format!("/campaigns/{campaign}/cases/{unit}"),
        device_kinds: DEVICE_KINDS,
        stands_as_all: STANDS_AS,
        problems: Vec::new(),
        note: String::new(),
        label: view.summary.device.label.clone(),
        kind: view.summary.device.kind.clone(),
        stands_as: view.summary.device.stands_as.clone().unwrap_or_default(),
        page,
        nav,
        view,
    })
}

/// On to the case when it was done; else the case as it stands now with what is wrong and, by
/// `typed`, with what the person wrote.
async fn or_problems(
    done: Result<(), PortalError>,
    (state, actor, page): (&AppState, &Actor, Page),
    case: CaseId,
    notice: Notice,
    typed: impl FnOnce(&mut CasePage),
) -> Result<Response, PageError> {
    let error = match done {
        Ok(()) => {
            return Ok(notice.redirect(&format!("/cases/{case}")).into_response());
        }
        Err(error) => error,
    };
    let (status, _) = status_of(&error);
    let problems = match error {
        PortalError::Invalid(problems) => problems,
        PortalError::Conflict => vec![Problem::new("", "problem-case-changed")],
        error => return Err(error.into()),
    };
    let mut shown = case_page(state, actor, page, case).await?;
    shown.problems = sentences(shown.page.language, &problems);
    typed(&mut shown);
    show_with(status, &shown)
}

#[derive(Deserialize)]
struct StepInput {
    step: String,
    #[serde(default)]
    note: String,
    version: i64,
}

async fn step(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(case): Path<CaseId>,
    Form(given): Form<StepInput>,
) -> Result<Response, PageError> {
    let step: CaseStep =
        given.step.parse().map_err(|_| PageError::BadRequest("unknown step".to_owned()))?;
    let done = cases::step(&state.portal, &actor, case, step, &given.note, given.version).await;
    or_problems(done, (&state, &actor, page), case, step.into(), |shown| shown.note = given.note)
        .await
}

#[derive(Deserialize)]
struct DeviceForm {
    label: String,
    kind: String,
    /// Empty when the logs tell.
    #[serde(default)]
    stands_as: String,
}

async fn device(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(case): Path<CaseId>,
    Form(given): Form<DeviceForm>,
) -> Result<Response, PageError> {
    let (label, kind, stands_as) = (&given.label, &given.kind, Some(&*given.stands_as));
    let done = cases::describe_device(&state.portal, &actor, case, label, kind, stands_as).await;
    or_problems(done, (&state, &actor, page), case, Notice::DeviceDescribed, |shown| {
        (shown.label, shown.kind) = (given.label, given.kind);
        shown.stands_as = given.stands_as;
    })
    .await
}

#[derive(Deserialize)]
struct OtherDevice {
    /// Id of a device; empty when none was chosen.
    #[serde(default)]
    other: String,
}

async fn merge(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(case): Path<CaseId>,
    Form(given): Form<OtherDevice>,
) -> Result<Response, PageError> {
    let done = match given.other.parse::<DeviceId>() {
        Ok(other) => devices::merge(&state.portal, &actor, case, other).await,
        Err(_) => Err(Problem::new("other", "problem-device-merge").into()),
    };
    or_problems(done, (&state, &actor, page), case, Notice::DeviceMerged, |_| {}).await
}

async fn split(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(case): Path<CaseId>,
    Form(given): Form<OtherDevice>,
) -> Result<Response, PageError> {
    let done = match given.other.parse::<DeviceId>() {
        Ok(other) => devices::split(&state.portal, &actor, case, other).await,
        Err(_) => Err(Problem::new("", "problem-device-split").into()),
    };
    or_problems(done, (&state, &actor, page), case, Notice::DeviceSplit, |_| {}).await
}
