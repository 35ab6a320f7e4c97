//! Logs matched in the officer's own browser: the module and the index go there, sightings come back.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use campaigns::{Action, CampaignId, UnitId};
use portal::checks::{self, CheckResult, LogProblem};
use portal::local_checks::{self, IndexImage};
use portal::tokens::Sender;
use portal::{PortalError, access, letters};
use serde::{Deserialize, Serialize};

use super::logs::{Outcome, not_done, outcome};
use crate::api::sightings::{BODY_LIMIT_BYTES, SentResult};
use crate::error::PageError;
use crate::page::Page;
use crate::session::SignedIn;
use crate::{AppState, BrowserModule};

/// What stands under an address with its content's hash never changes.
const FOREVER: &str = "max-age=31536000, immutable";

pub(crate) fn routes() -> Router<AppState> {
    let limit = DefaultBodyLimit::max(BODY_LIMIT_BYTES);
    Router::new()
        .route("/match/{file}", get(module))
        .route("/campaigns/{campaign}/logs/{unit}/index", get(describe_index))
        .route("/campaigns/{campaign}/logs/{unit}/index/{sha256}", get(index))
        .route("/campaigns/{campaign}/logs/{unit}/sightings", post(send).layer(limit))
}

/// Where a page finds the module.
pub(super) fn path_of(module: &BrowserModule) -> String {
    format!("/match/{}.wasm", module.sha256())
}

async fn module(
    State(state): State<AppState>,
    Path(file): Path<String>,
) -> Result<Response, PageError> {
    let found = state.module.filter(|it| file.strip_suffix(".wasm") == Some(it.sha256()));
    let module = found.ok_or(PortalError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "application/wasm".to_owned()),
        (header::CACHE_CONTROL, format!("public, {FOREVER}")),
    ];
    Ok((headers, Body::from(Bytes::from_owner(module))).into_response())
}

/// Which index a page is to work with.
#[derive(Serialize)]
struct IndexPlace {
    path: String,
    size_bytes: usize,
}

async fn describe_index(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Json<IndexPlace>, PageError> {
    let image = local_checks::index_image(&state.portal, &actor, campaign, unit).await?;
    let path = format!("/campaigns/{campaign}/logs/{unit}/index/{}", image.sha256);
    Ok(Json(IndexPlace { path, size_bytes: image.as_ref().len() }))
}

async fn index(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((campaign, unit, sha256)): Path<(CampaignId, UnitId, String)>,
) -> Result<Response, PageError> {
    let image: IndexImage =
        local_checks::index_image(&state.portal, &actor, campaign, unit).await?;
    if image.sha256 != sha256 {
        // The lists have changed since the page asked.
        return Err(PortalError::NotFound.into());
    }
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CACHE_CONTROL, format!("private, {FOREVER}")),
    ];
    Ok((headers, Body::from(Bytes::from_owner(image))).into_response())
}

/// What a page saw in one log.
#[derive(Deserialize)]
struct SentByPage {
    #[serde(default)]
    site: String,
    /// Name of the log.
    file: String,
    /// What ended its reading.
    problem: Option<LogProblem>,
    /// `None` for a log that was not read, of which nothing can be kept.
    result: Option<SentResult>,
}

/// Keeps what a page saw in a log, and says what became of it in the words of an upload.
async fn send(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Json(sent): Json<SentByPage>,
) -> Result<Json<Outcome>, PageError> {
    let portal = &state.portal;
    access::require(portal, &actor, Action::CheckLogs, unit).await?;
    if !letters::has_letter(portal, campaign, unit).await? {
        return Err(PortalError::NotFound.into());
    }
    let file = sent.file;
    let Some(result) = sent.result else {
        let message = match &sent.problem {
            Some(problem) => page.log_problem(problem),
            None => page.t("error-internal"),
        };
        return Ok(Json(not_done(file, message)));
    };
    let result = CheckResult::from(result);
    let summary = result.summary.clone();
    let sender = Sender::Person(actor);
    let kept = checks::receive(portal, &sender, campaign, unit, &sent.site, vec![result]).await;
    let checked = match kept {
        Err(error @ (PortalError::Denied | PortalError::NotFound)) => return Err(error.into()),
        Err(error) => Err(error),
        Ok(mut all) => Ok((all.pop().ok_or(PortalError::NotFound)?, summary)),
    };
    Ok(Json(outcome(&page, file, checked)))
}
