//! Results of scans by the clean-up tool: what came, and bringing a file on a stick.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use campaigns::{Action, CampaignId, CampaignState, UnitId};
use portal::other_scanners::{self, ReportForm, ReportReceived};
use portal::scans::{self, ScanView};
use portal::{Actor, PortalError, Problem, access, campaigns as runs, letters, packs, units};

use super::nav::{self, CampaignNav};
use super::tools::Offer;
use crate::AppState;
use crate::error::{PageError, sentence, sentences};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::SignedIn;

/// Results that are shown; all are counted.
const MOST_SHOWN: usize = 500;
/// The most files of one upload.
const MOST_FILES: usize = 500;
/// Places of a report that were not understood, as far as they are shown; all are counted.
const MOST_REFUSED_SHOWN: usize = 10;
/// The largest upload, in bytes: each result is at most 1 MiB, most are a few kilobytes.
const UPLOAD_LIMIT_BYTES: usize = 32 << 20;

pub(crate) fn routes() -> Router<AppState> {
    let limit = DefaultBodyLimit::max(UPLOAD_LIMIT_BYTES);
    Router::new().route("/campaigns/{campaign}/scans/{unit}", get(list).post(import).layer(limit))
}

#[derive(Template)]
#[template(path = "pages/scans.html")]
struct ScansPage {
    page: Page,
    nav: CampaignNav,
    base: String,
    scans: Vec<ScanView>,
    may_import: bool,
    is_running: bool,
    /// What became of the files that were just brought.
    outcomes: Vec<Outcome>,
    offer: Offer,
    /// What a wish for the program cannot be met for.
    problems: Vec<(String, String)>,
}

/// What became of one file.
struct Outcome {
    file: String,
    ok: bool,
    message: String,
    /// Places of a report that were not understood.
    refused: Vec<String>,
}

impl ScansPage {
    fn shown(&self) -> &[ScanView] {
        self.scans.get(..MOST_SHOWN).unwrap_or(&self.scans)
    }

    fn packs(&self, it: &ScanView) -> String {
        match it.result.packs.as_slice() {
            // Whoever wonders why a clean scan is no clean bill is told.
            [] if it.is_own() => return self.page.t("scans-no-pack"),
            [] => return "–".to_owned(),
            _ => {}
        }
        let said = it.result.packs.iter().map(|pack| format!("{} {}", pack.name, pack.serial));
        said.collect::<Vec<_>>().join(", ")
    }
}

async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    show(&scans_page(&state, &actor, page, campaign, unit).await?)
}

async fn scans_page(
    state: &AppState,
    actor: &Actor,
    page: Page,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<ScansPage, PageError> {
    let portal = &state.portal;
    let record = units::find(portal, actor, unit).await?;
    let run = runs::read(portal, actor, campaign).await?.campaign;
    let scans = scans::list(portal, actor, campaign, unit).await?;
    let nav = nav::of(portal, actor, campaign, unit, &run.title, &record.name, "scans").await?;
    let base = format!("/campaigns/{campaign}/scans/{unit}");
    let pack = packs::for_unit(portal, actor, campaign, unit).await?;
    Ok(ScansPage {
        offer: Offer::of(state, &page, pack.as_ref(), format!("{base}/")).await,
        problems: Vec::new(),
        base,
        may_import: access::allows(portal, actor, Action::CheckLogs, unit).await?,
        is_running: run.state == CampaignState::Launched,
        outcomes: Vec::new(),
        page,
        nav,
        scans,
    })
}

/// The page, with what a wish cannot be met for.
pub(super) async fn with_problems(
    state: &AppState,
    actor: &Actor,
    page: Page,
    campaign: CampaignId,
    unit: UnitId,
    problems: &[Problem],
) -> Result<Response, PageError> {
    let mut shown = scans_page(state, actor, page, campaign, unit).await?;
    shown.problems = sentences(shown.page.language, problems);
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

async fn import(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
    mut form: Multipart,
) -> Result<Response, PageError> {
    // Before a byte of a file is read: may this person?
    access::require(&state.portal, &actor, Action::CheckLogs, unit).await?;
    if !letters::has_letter(&state.portal, campaign, unit).await? {
        return Err(PortalError::NotFound.into());
    }
    let mut outcomes = Vec::new();
    // Files that are too many for once, and the first of them.
    let (mut left, mut first_left) = (0_usize, None);
    let mut report = ReportForm::default();
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            // What is too much is not needed to its end.
            Err(_) if first_left.is_some() => break,
            Err(error) => return Err(super::logs::unreadable(error)),
        };
        let Some(name) = field.file_name().filter(|it| !it.is_empty()).map(str::to_owned) else {
            // These stand before the files on the page.
            match field.name() {
                Some("device") => {
                    report.device = field.text().await.map_err(super::logs::unreadable)?;
                }
                Some("with_risks") => report.with_risks = true,
                _ => {}
            }
            continue;
        };
        if outcomes.len() >= MOST_FILES {
            left += 1;
            first_left.get_or_insert(name);
            continue;
        }
        let bytes = field.bytes().await.map_err(super::logs::unreadable)?;
        let portal = &state.portal;
        outcomes.push(if other_scanners::is_own_result(&bytes) {
            let done = scans::import(portal, &actor, campaign, unit, &bytes).await;
            outcome(&page, name, done, own_outcome)?
        } else {
            let done =
                other_scanners::import(portal, &actor, campaign, unit, &report, &bytes).await;
            outcome(&page, name, done, report_outcome)?
        });
    }
    if let Some(file) = first_left {
        let message = page.tn("scans-too-many", "count", left);
        outcomes.push(Outcome { file, ok: false, message, refused: Vec::new() });
    }
    let base = format!("/campaigns/{campaign}/scans/{unit}");
    if outcomes.is_empty() {
        return Ok(Notice::NoFile.redirect(&base).into_response());
    }
    let status = if outcomes.iter().all(|it| it.ok) {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut shown = scans_page(&state, &actor, page, campaign, unit).await?;
    shown.outcomes = outcomes;
    show_with(status, &shown)
}

fn outcome<T>(
    page: &Page,
    file: String,
    done: Result<T, PortalError>,
    said: fn(&Page, &T) -> (String, Vec<String>),
) -> Result<Outcome, PageError> {
    match done {
        Ok(received) => {
            let (message, refused) = said(page, &received);
            Ok(Outcome { file, ok: true, message, refused })
        }
        Err(PortalError::Invalid(problems)) => {
            let said: Vec<_> = problems.iter().map(|it| sentence(page.language, it)).collect();
            Ok(Outcome { file, ok: false, message: said.join(" "), refused: Vec::new() })
        }
        Err(error) => Err(error.into()),
    }
}

fn own_outcome(page: &Page, received: &scans::Received) -> (String, Vec<String>) {
    let message = if received.is_repeat {
        page.t("scans-known")
    } else if let Some(case) = received.case.filter(|_| received.scan.findings > 0) {
        page.t1("scans-case", "number", case)
    } else {
        page.t("scans-taken")
    };
    (message, Vec::new())
}

fn report_outcome(page: &Page, received: &ReportReceived) -> (String, Vec<String>) {
    let mut said = vec![page.tk("scan-source", received.tool.code()) + ":"];
    let new = || received.devices.iter().filter(|it| !it.is_repeat);
    let found = new().filter(|it| it.scan.findings > 0).count();
    if new().next().is_none() && !received.devices.is_empty() {
        said.push(page.t("scans-known"));
    } else {
        said.push(page.tn("scans-report-devices", "count", new().count()));
        if found > 0 {
            said.push(page.tn("scans-report-found", "count", found));
        }
    }
    if received.risks_left_out > 0 {
        said.push(page.tn("scans-report-risks", "count", received.risks_left_out));
    }
    if received.refused_count > 0 {
        said.push(page.tn("scans-report-refused", "count", received.refused_count));
    }
    let refused = received.refused.iter().take(MOST_REFUSED_SHOWN).map(|it| {
        let reason = page.tk("report-refused", it.reason.code());
        match it.place {
            0 => reason,
            place => page.t1("scans-report-place", "place", place) + " " + &reason,
        }
    });
    (said.join(" "), refused.collect())
}
