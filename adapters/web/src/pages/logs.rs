//! Logs of a unit: dropped in, matched as a stream, never stored.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use campaigns::{CampaignId, CampaignState, UnitId};
use portal::checks::{self, LogInput, Progress, Seen};
use portal::records::{SightingRecord, SourceRecord};
use portal::{PortalError, access, campaigns as runs, letters, units};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::nav::{self, CampaignNav};
use crate::AppState;
use crate::error::{PageError, sentence};
use crate::failure::wants_json;
use crate::page::{Page, show};
use crate::session::SignedIn;

/// Chunks of an upload that may wait for the matcher: bounds the memory of one upload.
const WAITING_CHUNKS: usize = 8;

/// As much as the portal keeps of a site's name, in bytes.
const LONGEST_SITE_BYTES: usize = 400;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/campaigns/{campaign}/logs/{unit}",
            // A log is read as a stream, so its size is bounded by patience alone.
            get(logs).post(upload).layer(DefaultBodyLimit::disable()),
        )
        .route("/checks/{check}", get(progress))
        .route("/checks/{check}/cancel", post(cancel))
}

#[derive(Template)]
#[template(path = "pages/logs.html")]
struct LogsPage {
    page: Page,
    nav: CampaignNav,
    base: String,
    check: String,
    seen: Seen,
    may_check: bool,
    is_running: bool,
}

/// Sightings under one heading.
struct Group<'p> {
    id: &'static str,
    title: &'static str,
    is_findings: bool,
    sightings: Vec<&'p SightingRecord>,
}

impl LogsPage {
    /// Findings, and apart from them what is none.
    fn groups(&self) -> [Group<'_>; 2] {
        let (findings, others) = self.seen.sightings.iter().partition(|it| it.is_finding);
        [
            Group {
                id: "findings",
                title: "logs-findings",
                is_findings: true,
                sightings: findings,
            },
            Group { id: "others", title: "logs-others", is_findings: false, sightings: others },
        ]
    }

    fn problem_of(&self, source: &SourceRecord) -> Option<String> {
        checks::problem_of(source).map(|problem| self.page.log_problem(&problem))
    }
}

async fn logs(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let record = units::find(portal, &actor, unit).await?;
    let run = runs::read(portal, &actor, campaign).await?.campaign;
    let title = run.title;
    let seen = checks::seen(portal, &actor, campaign, unit).await?;
    let nav = nav::of(portal, &actor, campaign, unit, &title, &record.name, "logs").await?;
    show(&LogsPage {
        base: format!("/campaigns/{campaign}/logs/{unit}"),
        check: portal.new_id::<campaigns::JobId>().to_string(),
        may_check: access::allows(portal, &actor, campaigns::Action::CheckLogs, unit).await?,
        is_running: run.state == CampaignState::Launched,
        page,
        nav,
        seen,
    })
}

/// A running check, for the page that waits.
#[derive(Default)]
struct Running {
    bytes: AtomicU64,
    lines: AtomicU64,
    is_cancelled: AtomicBool,
}

impl Progress for Running {
    fn advanced(&self, raw_bytes: u64, lines: u64) {
        self.bytes.fetch_add(raw_bytes, Ordering::Relaxed);
        self.lines.fetch_add(lines, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

/// Running checks by the random id that the page made up.
static RUNNING: LazyLock<Mutex<HashMap<String, Arc<Running>>>> = LazyLock::new(Mutex::default);

/// Takes the check off the list when the upload ends, however it ends.
struct Listed(String);

impl Drop for Listed {
    fn drop(&mut self) {
        if let Ok(mut running) = RUNNING.lock() {
            running.remove(&self.0);
        }
    }
}

/// What became of one uploaded log, for the page's script.
#[derive(Serialize)]
struct Outcome {
    file: String,
    ok: bool,
    message: String,
}

#[derive(Deserialize, Default)]
struct UploadQuery {
    #[serde(default)]
    check: String,
}

async fn upload(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Query(query): Query<UploadQuery>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, PageError> {
    // Before a byte of the log is read: may this person?
    access::require(&state.portal, &actor, campaigns::Action::CheckLogs, unit).await?;
    if !letters::has_letter(&state.portal, campaign, unit).await? {
        return Err(PortalError::NotFound.into());
    }
    let running = Arc::new(Running::default());
    let listed = Listed(query.check);
    if let Ok(mut all) = RUNNING.lock() {
        all.insert(listed.0.clone(), running.clone());
    }
    let mut site = String::new();
    let mut outcomes = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some("site") {
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
                // The portal cuts names of sites to 100 characters; no more is held than that.
                let room = LONGEST_SITE_BYTES.saturating_sub(bytes.len());
                bytes.extend(chunk.iter().take(room));
            }
            site = String::from_utf8_lossy(&bytes).into_owned();
            continue;
        }
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned)
        else {
            continue;
        };
        let (sender, receiver) = mpsc::channel::<io::Result<Vec<u8>>>(WAITING_CHUNKS);
        let log = LogInput {
            name: name.clone(),
            modified: Some(state.portal.now()),
            size_bytes: None,
            bytes: Ok(Box::new(Chunks { receiver, chunk: Vec::new(), at: 0 })),
        };
        let feed = async move {
            loop {
                let chunk = match field.chunk().await {
                    Ok(Some(chunk)) => Ok(chunk.to_vec()),
                    Ok(None) => return,
                    Err(error) => Err(io::Error::other(error.to_string())),
                };
                let has_failed = chunk.is_err();
                if sender.send(chunk).await.is_err() || has_failed {
                    return;
                }
            }
        };
        let portal = &state.portal;
        let check = checks::check_log(portal, &actor, campaign, unit, &site, log, running.clone());
        let (checked, ()) = tokio::join!(check, feed);
        outcomes.push(outcome(&page, name, checked));
        if running.is_cancelled() {
            break;
        }
    }
    drop(listed);
    if wants_json(&headers) {
        return Ok(Json(outcomes).into_response());
    }
    let has_failed = outcomes.iter().any(|it| !it.ok);
    let notice = if has_failed || outcomes.is_empty() { "log-not-checked" } else { "log-checked" };
    Ok(Redirect::to(&format!("/campaigns/{campaign}/logs/{unit}?notice={notice}")).into_response())
}

fn outcome(
    page: &Page,
    file: String,
    checked: Result<(checks::Checked, checks::FileSummary), PortalError>,
) -> Outcome {
    match checked {
        Ok((checked, summary)) => {
            let values =
                [("lines", summary.lines_read.into()), ("findings", checked.findings.into())];
            let mut message = language::text_with(page.language, "logs-outcome", &values);
            if summary.lines_not_parsed > 0 {
                let more = page.tn("logs-not-parsed", "count", summary.lines_not_parsed);
                message = format!("{message} {more}");
            }
            if let Some(problem) = &summary.problem {
                message = format!("{message} {}", page.log_problem(problem));
            }
            if checked.is_repeat {
                message = format!("{message} {}", page.t("logs-repeat"));
            }
            Outcome { file, ok: summary.problem.is_none(), message }
        }
        Err(PortalError::Invalid(problems)) => {
            let sentences: Vec<_> = problems.iter().map(|it| sentence(page.language, it)).collect();
            Outcome { file, ok: false, message: sentences.join(" ") }
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "log check failed");
            Outcome { file, ok: false, message: page.t("error-internal") }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn unreadable(error: axum::extract::multipart::MultipartError) -> PageError {
    PageError::BadRequest(error.to_string())
}

/// An upload as bytes to read: chunks arrive as the browser sends them.
struct Chunks {
    receiver: mpsc::Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    at: usize,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.chunk.len() {
            match self.receiver.blocking_recv() {
                None => return Ok(0),
                Some(chunk) => self.chunk = chunk?,
            }
            self.at = 0;
        }
        let rest = self.chunk.get(self.at..).unwrap_or_default();
        let taken = rest.len().min(buffer.len());
        let (Some(target), Some(source)) = (buffer.get_mut(..taken), rest.get(..taken)) else {
            return Ok(0);
        };
        target.copy_from_slice(source);
        self.at += taken;
        Ok(taken)
    }
}

/// How far a running check is.
#[derive(Serialize)]
struct Progressed {
    bytes: u64,
    lines: u64,
}

async fn progress(
    SignedIn(_): SignedIn,
    Path(check): Path<String>,
) -> Result<Json<Progressed>, PageError> {
    let running = RUNNING.lock().ok().and_then(|all| all.get(&check).cloned());
    let running = running.ok_or(PortalError::NotFound)?;
    Ok(Json(Progressed {
        bytes: running.bytes.load(Ordering::Relaxed),
        lines: running.lines.load(Ordering::Relaxed),
    }))
}

async fn cancel(SignedIn(_): SignedIn, Path(check): Path<String>) -> Result<Json<()>, PageError> {
    let running = RUNNING.lock().ok().and_then(|all| all.get(&check).cloned());
    running.ok_or(PortalError::NotFound)?.is_cancelled.store(true, Ordering::Relaxed);
    Ok(Json(()))
}
