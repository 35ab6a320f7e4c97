//! A unit's report: write, approve, submit; take note, ask for a supplement.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use axum_extra::extract::Form;
use campaigns::{CampaignId, ReportId, UnitId};
use language::{CountError, parse_count};
use portal::reports::{self as functions, ReportView};
use portal::{PortalError, Problem};
use reports::{Cell, Content, ReportStep, Row};
use serde::Deserialize;
use serde_json::json;

use super::letter::download;
use super::nav::{self, CampaignNav};
use crate::AppState;
use crate::error::{PageError, sentence};
use crate::failure::wants_json;
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/report/{unit}", get(report))
        .route("/campaigns/{campaign}/report/{unit}/{file}", get(file))
        .route("/reports/{report}/save", post(save))
        .route("/reports/{report}/step", post(step))
        .route("/reports/{report}/answer", post(answer))
}

#[derive(Template)]
#[template(path = "pages/report.html")]
struct ReportPage {
    page: Page,
    nav: CampaignNav,
    view: ReportView,
    base: String,
    problems: Vec<(String, String)>,
    /// What was typed and could not be taken, by row.
    typed: BTreeMap<String, String>,
    /// What somebody else saved in the meantime, to compare with.
    saved: Option<Content>,
}

impl ReportPage {
    fn may(&self, step: &str) -> bool {
        self.view.steps.iter().any(|it| it.code() == step)
    }

    fn cell(&self, row: &Row) -> Cell {
        self.view.report.content.cell(&row.key)
    }

    fn declared(&self, row: &Row) -> String {
        let typed = self.typed.get(&row.key).cloned();
        typed.or_else(|| Some(self.page.number(self.cell(row).declared?))).unwrap_or_default()
    }

    /// Whether the unit left a figure blank that the system would have filled in.
    fn is_left_blank(&self, row: &Row) -> bool {
        let cell = self.cell(row);
        cell.is_left_blank && cell.declared.is_none() && self.declared(row).trim().is_empty()
    }

    fn measured(&self, row: &Row) -> String {
        self.cell(row).measured.map_or_else(|| "–".to_owned(), |it| self.page.number(it))
    }

    fn problem_of(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|(of, _)| of == field).map(|(_, text)| text.as_str())
    }

    /// Keys and sentences of the problems that stand beside a row or a text.
    fn problems_of_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.problems.iter().map(|(field, text)| (field.as_str(), text.as_str()))
    }

    /// Id of the control that a problem is about.
    fn anchor(&self, field: &str) -> String {
        if self.view.form.row(field).is_some() {
            format!("declared-{field}")
        } else {
            field.to_owned()
        }
    }

    /// What a person calls the place that a problem is about.
    fn name_of(&self, field: &str) -> String {
        match self.view.form.row(field) {
            Some(row) => format!("{}. {}", row.number, self.label(row)),
            None => self.page.tk("report", field),
        }
    }

    /// What somebody else saved in this field, where it is not what stands in it now.
    fn saved_text(&self, field: &str) -> Option<&str> {
        let (saved, shown) = (self.saved.as_ref()?, &self.view.report.content);
        let (saved, shown) = match field {
            "assessment" => (&saved.assessment, &shown.assessment),
            _ => (&saved.proposals, &shown.proposals),
        };
        (saved != shown).then_some(saved.as_str())
    }

    /// What somebody else saved in this row, where it is not what stands in it now.
    fn saved_row(&self, row: &Row) -> Option<String> {
        let saved = self.saved.as_ref()?.cell(&row.key);
        let shown = self.cell(row);
        let figure = saved.declared.map_or_else(|| "–".to_owned(), |it| self.page.number(it));
        let is_same_figure = self.declared(row).trim() == figure || figure == "–";
        if is_same_figure && saved.note == shown.note && saved.reason == shown.reason {
            return None;
        }
        let parts = [figure, saved.note, saved.reason];
        Some(parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · "))
    }

    fn form_title(&self) -> &str {
        self.view.form.title.get(self.page.language)
    }

    fn label<'r>(&self, row: &'r Row) -> &'r str {
        row.label.get(self.page.language)
    }
}

async fn report(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit)): Path<(CampaignId, UnitId)>,
) -> Result<Response, PageError> {
    let view = functions::open(&state.portal, &actor, campaign, unit).await?;
    let shown = prepare(&state, &actor, page, view).await?;
    show(&shown)
}

async fn prepare(
    state: &AppState,
    actor: &portal::Actor,
    page: Page,
    view: ReportView,
) -> Result<ReportPage, PageError> {
    let (campaign, unit) = (view.campaign.id, view.unit.id);
    let title = view.campaign.title.clone();
    let nav =
        nav::of(&state.portal, actor, campaign, unit, &title, &view.unit.name, "report").await?;
    let problems =
        view.problems.iter().map(|it| (it.field.clone(), problem_text(&page, &view, it))).collect();
    Ok(ReportPage {
        base: format!("/campaigns/{campaign}/report/{unit}"),
        page,
        nav,
        view,
        problems,
        typed: BTreeMap::new(),
        saved: None,
    })
}

fn problem_text(page: &Page, view: &ReportView, problem: &reports::CheckProblem) -> String {
    let key = format!("reports-problem-{}", problem.kind.code());
    match &problem.kind {
        reports::ProblemKind::AboveLimit { limit, limit_value } => {
            let row = view.form.row(limit).map(|row| row.number.clone());
            let limit = row.unwrap_or_else(|| page.t("reports-headcount"));
            page.t2(&key, "limit", &limit, "value", page.number(*limit_value))
        }
        _ => page.t(&key),
    }
}

#[derive(Deserialize)]
struct Saved {
    version: i64,
    #[serde(default)]
    assessment: String,
    #[serde(default)]
    proposals: String,
    /// Key of a row that is to take the measured figure.
    #[serde(default)]
    take: String,
    /// `declared.KEY`, `note.KEY`, `reason.KEY`.
    #[serde(flatten)]
    cells: BTreeMap<String, String>,
}

/// What was typed, as content; figures that cannot be read are problems, and nothing is guessed.
fn content_of(saved: &Saved) -> Result<Content, Vec<Problem>> {
    let mut content = Content {
        assessment: saved.assessment.trim().to_owned(),
        proposals: saved.proposals.trim().to_owned(),
        cells: BTreeMap::new(),
    };
    let mut problems = Vec::new();
    for (field, typed) in &saved.cells {
        let Some((part, key)) = field.split_once('.') else { continue };
        let cell = content.cells.entry(key.to_owned()).or_default();
        match part {
            "declared" if saved.take == key => {}
            "declared" => match parse_count(typed) {
                Ok(count) => {
                    cell.declared = count;
                    cell.is_left_blank = count.is_none();
                }
                Err(error) => {
                    let message = match error {
                        CountError::Negative => "problem-count-negative",
                        CountError::NotWhole => "problem-count-not-whole",
                        CountError::NotANumber => "problem-count-not-a-number",
                        CountError::TooLarge => "problem-count-too-large",
                    };
                    problems.push(Problem::new(key, message).with("value", typed.clone()));
                }
            },
            "note" => typed.trim().clone_into(&mut cell.note),
            "reason" => typed.trim().clone_into(&mut cell.reason),
            _ => {}
        }
    }
    if problems.is_empty() { Ok(content) } else { Err(problems) }
}

async fn save(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(id): Path<ReportId>,
    headers: HeaderMap,
    Form(saved): Form<Saved>,
) -> Result<Response, PageError> {
    let is_script = wants_json(&headers);
    let done = match content_of(&saved) {
        Ok(content) => functions::save(&state.portal, &actor, id, saved.version, content).await,
        Err(problems) => Err(PortalError::Invalid(problems)),
    };
    match done {
        Ok(view) if is_script => {
            let at = page.moment(&view.report.updated_at);
            let message = page.t1("report-saved-at", "at", &at);
            let answer = json!({ "version": view.report.content_version, "message": message });
            Ok(Json(answer).into_response())
        }
        Ok(view) => {
            let (campaign, unit) = (view.campaign.id, view.unit.id);
            // A whole report waits on the leader's first page; another one does not.
            let is_whole = view.problems.is_empty();
            let notice = if is_whole { Notice::ReportWhole } else { Notice::ReportSaved };
            let path = format!("/campaigns/{campaign}/report/{unit}");
            Ok(notice.redirect(&path).into_response())
        }
        Err(error @ (PortalError::Invalid(_) | PortalError::Conflict)) => {
            let (status, message, problems) = match error {
                PortalError::Invalid(problems) => {
                    let text: Vec<_> =
                        problems.iter().map(|it| sentence(page.language, it)).collect();
                    (StatusCode::UNPROCESSABLE_ENTITY, text.join(" "), problems)
                }
                _ => (StatusCode::CONFLICT, page.t("report-conflict-told"), Vec::new()),
            };
            if is_script {
                return Ok((status, Json(json!({ "message": message }))).into_response());
            }
            // Nothing that was typed is lost: the form comes back with it.
            let view = functions::reopen(&state.portal, &actor, id).await?;
            let mut shown = prepare(&state, &actor, page, view).await?;
            if status == StatusCode::CONFLICT {
                // Saving once more, after comparing, is on purpose: the form carries the newest
                // version.
                shown.saved = Some(shown.view.report.content.clone());
            } else {
                shown.view.report.content_version = saved.version;
            }
            for problem in &problems {
                let text = sentence(shown.page.language, problem);
                shown.problems.insert(0, (problem.field.clone(), text));
            }
            let typed = |part: &str| {
                let cells = saved.cells.iter();
                cells
                    .filter_map(|(field, value)| {
                        let (of, key) = field.split_once('.')?;
                        (of == part).then(|| (key.to_owned(), value.clone()))
                    })
                    .collect::<BTreeMap<_, _>>()
            };
            shown.typed = typed("declared");
            let content = &mut shown.view.report.content;
            content.assessment.clone_from(&saved.assessment);
            content.proposals.clone_from(&saved.proposals);
            for (key, note) in typed("note") {
                content.cells.entry(key).or_default().note = note;
            }
            for (key, reason) in typed("reason") {
                content.cells.entry(key).or_default().reason = reason;
            }
            show_with(status, &shown)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct StepInput {
    step: String,
    version: i64,
    #[serde(default)]
    comment: String,
}

async fn step(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ReportId>,
    Form(given): Form<StepInput>,
) -> Result<Redirect, PageError> {
    let portal = &state.portal;
    // The moment the request arrived decides whether a report is in time.
    let received_at = portal.now();
    let (version, comment) = (given.version, given.comment.as_str());
    let unknown = || PageError::BadRequest("unknown step".to_owned());
    let step = ReportStep::ALL.into_iter().find(|it| it.code() == given.step);
    let step = step.ok_or_else(unknown)?;
    match step {
        ReportStep::Approve => functions::approve(portal, &actor, id, version).await?,
        ReportStep::HandBack => {
            functions::hand_back(portal, &actor, id, version, comment).await?;
        }
        ReportStep::Submit => {
            functions::submit(portal, &actor, id, version, received_at).await?;
        }
        ReportStep::Note => functions::note(portal, &actor, id, comment).await?,
        ReportStep::AskSupplement => {
            functions::ask_supplement(portal, &actor, id, comment).await?;
        }
        ReportStep::Edit | ReportStep::Lock => return Err(unknown()),
    }
    let (campaign, unit) = functions::place(portal, &actor, id).await?;
    Ok(Notice::from(step).redirect(&format!("/campaigns/{campaign}/report/{unit}")))
}

#[derive(Deserialize)]
struct Answer {
    owner: String,
    answer: String,
}

async fn answer(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ReportId>,
    Form(given): Form<Answer>,
) -> Result<Redirect, PageError> {
    let portal = &state.portal;
    functions::answer(portal, &actor, id, &given.owner, &given.answer).await?;
    let (campaign, unit) = functions::place(portal, &actor, id).await?;
    Ok(Notice::ProposalAnswered.redirect(&format!("/campaigns/{campaign}/report/{unit}")))
}

async fn file(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((campaign, unit, file)): Path<(CampaignId, UnitId, String)>,
) -> Result<Response, PageError> {
    let kind = portal::exports::Kind::of_file(&file).ok_or(PortalError::NotFound)?;
    let view = functions::open(&state.portal, &actor, campaign, unit).await?;
    let bytes = portal::exports::report(&state.portal, &view, kind, page.language)?;
    let name = portal::file_names::report(&state.portal, &view, kind, page.language);
    Ok(download(&name, kind.media_type(), bytes))
}
