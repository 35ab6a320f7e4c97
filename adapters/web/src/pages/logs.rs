//! Logs of a unit: dropped in, matched as a stream, never stored.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::sync::Arc;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use campaigns::{CampaignId, CampaignState, SourceId, UnitId};
use language::text_with;
use portal::checks::{self, LINE_DAYS, LogInput, LogProblem, Origin, Progress, Seen};
use portal::devices::DeviceView;
use portal::looking_back::KEPT_DAYS;
use portal::records::{SightingRecord, SourceRecord};
use portal::sources::{self, TakingBack};
use portal::{Actor, PortalError, access, campaigns as runs, letters, units};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::device_names::{self, NamesFields};
use super::local_logs;
use super::nav::{self, CampaignNav};
use crate::AppState;
use crate::error::{PageError, sentence};
use crate::failure::wants_json;
use crate::notice::Notice;
use crate::page::{Count, Page, show, show_with};
use crate::running;
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
        .route("/sources/{source}/take-back", get(before_taking_back).post(take_back))
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
    /// The site to write into the form.
    site: String,
    /// Where the matcher for this browser is; `None` when the portal has none.
    module: Option<String>,
    /// Name of the zone of logs that write local time.
    zone: String,
    /// What became of the logs that were just sent.
    outcomes: Vec<Outcome>,
}

/// Sightings under one heading.
struct Group<'p> {
    id: &'static str,
    title: &'static str,
    is_findings: bool,
    sightings: usize,
    devices: Vec<OfDevice<'p>>,
}

/// What was seen of one device.
struct OfDevice<'p> {
    device: &'p DeviceView,
    /// Its case, when there is one.
    case: Option<campaigns::CaseId>,
    sightings: Vec<&'p SightingRecord>,
}

impl LogsPage {
    /// Findings, and apart from them what is none; each by device, in the order of the sightings.
    fn groups(&self) -> [Group<'_>; 2] {
        let group = |id, title, is_findings| {
            let mut devices: Vec<OfDevice<'_>> = Vec::new();
            let mut sightings = 0;
            for sighting in self.seen.sightings.iter().filter(|it| it.is_finding == is_findings) {
                let Some(device) = self.seen.devices.get(&sighting.device_id) else { continue };
                sightings += 1;
                match devices.iter_mut().find(|it| it.device.id == device.id) {
                    Some(known) => {
                        known.sightings.push(sighting);
                        known.case = known.case.or(sighting.case_id);
                    }
                    None => devices.push(OfDevice {
                        device,
                        case: sighting.case_id,
                        sightings: vec![sighting],
                    }),
                }
            }
            Group { id, title, is_findings, sightings, devices }
        };
        [group("findings", "logs-findings", true), group("others", "logs-others", false)]
    }

    fn site_of(&self, source: &SourceRecord) -> &str {
        self.seen.sites.get(&source.site_id).map_or("", String::as_str)
    }

    /// What tells the line of a sighting from every other, for a browser that has it.
    fn line_key(&self, it: &SightingRecord) -> String {
        let log = self.seen.sources.iter().find(|source| source.id == it.source_id);
        let sha256 = log.map_or("", |log| log.sha256.as_str());
        format!("{sha256} {} {}", it.evidence_offset, it.indicator)
    }

    /// Why lines of files of names are refused, in words, by their codes: as JSON for the page's script.
    fn names_reasons(&self) -> String {
        device_names::reasons(&self.page)
    }

    fn is_empty(source: &SourceRecord) -> bool {
        checks::problem_of(source) == Some(LogProblem::Empty)
    }

    fn problem_of(&self, source: &SourceRecord) -> Option<String> {
        checks::problem_of(source).map(|problem| self.page.log_problem(&problem))
    }

    /// "3 thiết bị với 5 lượt ghi nhận kết nối."
    fn summary(&self, group: &Group<'_>) -> String {
        let devices = self.page.tn("logs-devices", "count", group.devices.len());
        let sightings = self.page.tn("logs-sightings", "count", group.sightings);
        self.page.t2("logs-findings-summary", "devices", devices, "sightings", sightings)
    }
}

#[derive(Deserialize, Default)]
struct LogsQuery {
    /// Ids of logs that were just checked.
    #[serde(default)]
    checked: String,
}

async fn logs(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    Query(query): Query<LogsQuery>,
) -> Result<Response, PageError> {
    let mut shown = logs_page(&state, &actor, page, campaign, unit).await?;
    let asked: BTreeSet<SourceId> =
        query.checked.split(',').filter_map(|it| it.parse().ok()).collect();
    let checked = shown.seen.sources.iter().filter(|it| asked.contains(&it.id));
    shown.outcomes = checked.map(|it| kept_outcome(&shown.page, &shown.seen, it)).collect();
    show(&shown)
}

async fn logs_page(
    state: &AppState,
    actor: &Actor,
    page: Page,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<LogsPage, PageError> {
    let portal = &state.portal;
    let record = units::find(portal, actor, unit).await?;
    let run = runs::read(portal, actor, campaign).await?.campaign;
    let title = run.title;
    let seen = checks::seen(portal, actor, campaign, unit).await?;
    let nav = nav::of(portal, actor, campaign, unit, &title, &record.name, "logs").await?;
    let site = seen.likely_site().map_or_else(|| page.t("logs-site-default"), str::to_owned);
    Ok(LogsPage {
        base: format!("/campaigns/{campaign}/logs/{unit}"),
        check: portal.new_id::<campaigns::JobId>().to_string(),
        may_check: access::allows(portal, actor, campaigns::Action::CheckLogs, unit).await?,
        is_running: run.state == CampaignState::Launched,
        site,
        module: state.module.as_ref().map(local_logs::path_of),
        zone: portal.zone.iana_name().unwrap_or("Asia/Ho_Chi_Minh").to_owned(),
        outcomes: Vec::new(),
        page,
        nav,
        seen,
    })
}

/// What became of one log.
#[derive(Serialize)]
pub(super) struct Outcome {
    pub(super) file: String,
    pub(super) ok: bool,
    pub(super) message: String,
    /// The log, when it was kept.
    pub(super) source: Option<uuid::Uuid>,
    /// Lines that were refused, in words: of files of names.
    pub(super) refused: Vec<String>,
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
    let listed = running::begin(actor.user_id, &query.check);
    let running = listed.check();
    let mut site = String::new();
    let mut outcomes = Vec::new();
    let mut given = NamesFields::default();
    let mut names = None;
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
        if field.name() == Some("names") {
            if names.is_some() {
                outcomes.push(not_done(name, page.t("logs-names-late")));
                continue;
            }
            given.take(name, field, state.portal.now()).await?;
            continue;
        }
        // What tells names stands before the logs in the form.
        let names = match &names {
            Some(names) => Arc::clone(names),
            None => match given.read(&state.portal, &page, &site).await {
                Ok((read, told)) => {
                    outcomes.extend(told);
                    Arc::clone(names.insert(read))
                }
                Err(error) => {
                    drop(field);
                    read_to_the_end(form).await?;
                    return Err(error.into());
                }
            },
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
        let origin = Origin { campaign, unit, site: &site, names };
        let check = checks::check_file(&state.portal, &actor, &origin, log, running.clone());
        match tokio::join!(check, feed).0 {
            Ok(logs) => {
                outcomes.extend(logs.into_iter().map(|it| outcome(&page, it.file, it.outcome)));
            }
            Err(error) => outcomes.push(outcome(&page, name, Err(error))),
        }
        if running.is_cancelled() {
            break;
        }
    }
    drop(listed);
    if wants_json(&headers) {
        return Ok(Json(outcomes).into_response());
    }
    let base = format!("/campaigns/{campaign}/logs/{unit}");
    if outcomes.iter().all(|it| it.source.is_none() && it.ok) {
        return Ok(Notice::NoFile.redirect(&base).into_response());
    }
    let is_all_taken = outcomes.iter().all(|it| it.ok);
    if is_all_taken && outcomes.iter().all(|it| it.refused.is_empty()) {
        let checked: Vec<_> =
            outcomes.iter().filter_map(|it| it.source).map(|it| it.to_string()).collect();
        let to = format!("{base}?checked={}", checked.join(","));
        return Ok(Notice::LogChecked.redirect(&to).into_response());
    }
    let mut shown = logs_page(&state, &actor, page, campaign, unit).await?;
    if !site.trim().is_empty() {
        shown.site = site;
    }
    shown.outcomes = outcomes;
    let status = if is_all_taken { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show_with(status, &shown)
}

/// What became of a log, in words.
pub(super) fn outcome(
    page: &Page,
    file: String,
    checked: Result<(checks::Checked, checks::FileSummary), PortalError>,
) -> Outcome {
    match checked {
        Ok((checked, summary)) => {
            let problem = summary.problem.as_ref();
            let read = read_words(page, summary.lines_read, checked.findings, checked.devices);
            let mut message = with_problems(page, read, problem, summary.lines_not_parsed);
            if checked.is_repeat {
                message = format!("{message} {}", page.t("logs-repeat"));
            }
            if !checked.refused.is_empty() {
                let more = page.tn("logs-unlisted", "count", checked.refused.len());
                message = format!("{message} {more}");
            }
            let source = Some(checked.source.id.into());
            Outcome { file, ok: problem.is_none(), message, source, refused: Vec::new() }
        }
        Err(PortalError::Invalid(problems)) => {
            let sentences: Vec<_> = problems.iter().map(|it| sentence(page.language, it)).collect();
            not_done(file, sentences.join(" "))
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "log check failed");
            not_done(file, page.t("error-internal"))
        }
    }
}

/// What is kept of a log, in the words of [`outcome`].
fn kept_outcome(page: &Page, seen: &Seen, source: &SourceRecord) -> Outcome {
    let findings = seen.sightings.iter().filter(|it| it.source_id == source.id && it.is_finding);
    let devices = seen.devices_found(Some(source.id));
    let read = read_words(page, source.lines_read, findings.count(), devices);
    let problem = checks::problem_of(source);
    Outcome {
        file: source.name.clone(),
        ok: problem.is_none(),
        message: with_problems(page, read, problem.as_ref(), source.lines_not_parsed),
        source: Some(source.id.into()),
        refused: Vec::new(),
    }
}

/// Of which nothing was kept.
pub(super) fn not_done(file: String, message: String) -> Outcome {
    Outcome { file, ok: false, message, source: None, refused: Vec::new() }
}

/// "Đã đọc 1.200 dòng, có 5 phát hiện trên 3 thiết bị."
fn read_words(page: &Page, lines: impl Count, findings: usize, devices: usize) -> String {
    let values = [
        ("lines", lines.count().into()),
        ("findings", findings.into()),
        ("devices", page.tn("logs-devices", "count", devices).into()),
    ];
    text_with(page.language, "logs-outcome", &values)
}

fn with_problems(
    page: &Page,
    read: String,
    problem: Option<&LogProblem>,
    lines_not_parsed: impl Count,
) -> String {
    if problem == Some(&LogProblem::Empty) {
        return page.log_problem(&LogProblem::Empty);
    }
    let mut message = read;
    let lines_not_parsed = lines_not_parsed.count();
    if lines_not_parsed > 0 {
        let more = page.tn("logs-not-parsed", "count", lines_not_parsed);
        message = format!("{message} {more}");
    }
    if let Some(problem) = problem {
        message = format!("{message} {}", page.log_problem(problem));
    }
    message
}

#[derive(Template)]
#[template(path = "pages/log_take_back.html")]
struct TakeBackPage {
    page: Page,
    nav: CampaignNav,
    back: String,
    plan: TakingBack,
}

async fn before_taking_back(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(source): Path<SourceId>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let plan = sources::preview(portal, &actor, source).await?;
    let (campaign, unit) = (plan.source.campaign_id, plan.source.unit_id);
    let record = units::find(portal, &actor, unit).await?;
    let title = runs::title(portal, &actor, campaign).await?;
    let nav = nav::of(portal, &actor, campaign, unit, &title, &record.name, "logs").await?;
    let back = format!("/campaigns/{campaign}/logs/{unit}");
    show(&TakeBackPage { page, nav, back, plan })
}

async fn take_back(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(source): Path<SourceId>,
) -> Result<Redirect, PageError> {
    let source = sources::take_back(&state.portal, &actor, source).await?.source;
    let (campaign, unit) = (source.campaign_id, source.unit_id);
    Ok(Notice::LogTakenBack.redirect(&format!("/campaigns/{campaign}/logs/{unit}")))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
pub(super) fn unreadable(error: axum::extract::multipart::MultipartError) -> PageError {
    PageError::BadRequest(error.to_string())
}

/// Reads on and drops what comes: a browser that is still sending hears no answer.
async fn read_to_the_end(mut form: Multipart) -> Result<(), PageError> {
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        while field.chunk().await.map_err(unreadable)?.is_some() {}
    }
    Ok(())
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
