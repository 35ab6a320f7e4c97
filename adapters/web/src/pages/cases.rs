//! The work on devices.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use campaigns::{CampaignId, CaseId, CaseStep, UnitId, Verification};
use portal::cases::{self, CaseSummary, CaseView, DEVICE_KINDS};
use portal::{campaigns as runs, units};
use serde::Deserialize;

use super::nav::{self, CampaignNav};
use crate::AppState;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/cases/{unit}", get(list))
        .route("/cases/{case}", get(view))
        .route("/cases/{case}/step", post(step))
        .route("/cases/{case}/device", post(device))
}

#[derive(Template)]
#[template(path = "pages/cases.html")]
struct CasesPage {
    page: Page,
    nav: CampaignNav,
    cases: Vec<CaseSummary>,
}

impl CasesPage {
    fn open(&self) -> usize {
        self.cases.iter().filter(|it| it.case.state.is_open()).count()
    }

    fn handled(&self) -> usize {
        self.cases.iter().filter(|it| it.case.state.counts_as_handled()).count()
    }

    fn verified(&self) -> usize {
        self.cases.iter().filter(|it| it.case.state.counts_as_verified()).count()
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
    let portal = &state.portal;
    let view = cases::view(portal, &actor, case).await?;
    let (campaign, unit) = (view.summary.case.campaign_id, view.summary.case.unit_id);
    let record = units::find(portal, &actor, unit).await?;
    let title = runs::title(portal, &actor, campaign).await?;
    let nav = nav::of(portal, &actor, campaign, unit, &title, &record.name, "cases").await?;
    let cases_path = format!("/campaigns/{campaign}/cases/{unit}");
    show(&CasePage { page, nav, view, cases_path, device_kinds: DEVICE_KINDS })
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
    Path(case): Path<CaseId>,
    Form(given): Form<StepInput>,
) -> Result<Redirect, PageError> {
    let step: CaseStep =
        given.step.parse().map_err(|_| PageError::BadRequest("unknown step".to_owned()))?;
    cases::step(&state.portal, &actor, case, step, &given.note, given.version).await?;
    Ok(Redirect::to(&format!("/cases/{case}?notice=saved")))
}

#[derive(Deserialize)]
struct DeviceForm {
    label: String,
    kind: String,
}

async fn device(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(case): Path<CaseId>,
    Form(given): Form<DeviceForm>,
) -> Result<Redirect, PageError> {
    cases::describe_device(&state.portal, &actor, case, &given.label, &given.kind).await?;
    Ok(Redirect::to(&format!("/cases/{case}?notice=saved")))
}
