//! A unit's report: read it, write it, take it a step on.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post, put};
use campaigns::{CampaignId, ReportId, UnitId};
use jiff::Timestamp;
use portal::Problem;
use portal::reports::{self as functions, ReportView};
use reports::{Cell, Content};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{Person, Reader};
use super::input::{ApiJson, ApiPath};
use super::output::Asked;
use super::problem::{ApiError, Kind};
use super::wire::{DeadlineWire, UnitWire, zone};
use crate::AppState;

/// The largest figure taken: sums of many units stay exact in every program that reads JSON.
const LARGEST_FIGURE: i64 = 1_000_000_000;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/units/{unit}/report", get(read_report))
        .route("/reports/{report}", put(save_report))
        .route("/reports/{report}/steps", post(step_report))
}

/// A unit's report.
#[derive(Serialize, ToSchema)]
#[schema(as = Report)]
pub(crate) struct ReportWire {
    /// Id.
    id: Uuid,
    /// Id of the campaign.
    campaign: Uuid,
    /// The unit.
    unit: UnitWire,
    /// Form, `id@version`.
    #[schema(example = "letter-2022@1")]
    form: String,
    /// `draft`, `approved`, `submitted`, `supplement-asked`, `noted` or `locked`.
    #[schema(example = "draft")]
    state: String,
    /// Revision, from 1; a supplement begins the next one.
    #[schema(minimum = 1)]
    revision: i64,
    /// Grows with each change; a change names the one it was made on.
    version: i64,
    /// "Đánh giá kết quả thực hiện chiến dịch".
    assessment: String,
    /// "Đề xuất, kiến nghị".
    proposals: String,
    /// Rows of the form, in its order.
    rows: Vec<ReportRow>,
    /// What keeps it from going on.
    problems: Vec<ReportProblem>,
    /// Steps this caller may take now: `edit`, `approve`, `hand-back`, `submit`, `note`,
    /// `ask-supplement`.
    steps: Vec<String>,
    /// The deadline that binds the unit.
    deadline: Option<DeadlineWire>,
    /// When it was first submitted, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    submitted_at: Option<Timestamp>,
    /// Whether that was after the deadline.
    is_late: bool,
    /// Last change, in UTC.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// One figure: declared beside measured. Blank (`null`) and 0 are not the same.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportRow {
    /// Stable key of the row.
    #[schema(example = "informed")]
    key: String,
    /// What stands in the column TT.
    #[schema(example = "1")]
    number: String,
    /// What stands in the column Nội dung.
    label: String,
    /// What the unit declares.
    declared: Option<i64>,
    /// What the system counted.
    measured: Option<i64>,
    /// "Ghi chú".
    note: String,
    /// Why declared and measured differ.
    reason: String,
}

/// One thing that keeps a report from going on.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportProblem {
    /// Key of the row, or `assessment`, `proposals`.
    #[schema(example = "launched")]
    field: String,
    /// `blank`, `negative`, `reason-missing`, `above-limit`, `ten-times`, `assessment-missing` or
    /// `too-long`.
    #[schema(example = "reason-missing")]
    code: String,
}

impl From<&ReportView> for ReportWire {
    fn from(view: &ReportView) -> Self {
        let report = &view.report;
        let rows = view.form.rows.iter().map(|row| {
            let cell = report.content.cell(&row.key);
            ReportRow {
                key: row.key.clone(),
                number: row.number.clone(),
                label: row.label.vi.clone(),
                declared: cell.declared,
                measured: cell.measured,
                note: cell.note,
                reason: cell.reason,
            }
        });
        let problems = view
            .problems
            .iter()
            .map(|it| ReportProblem { field: it.field.clone(), code: it.kind.code().to_owned() });
        let zone = zone(&view.campaign.zone);
        Self {
            id: report.id.into(),
            campaign: view.campaign.id.into(),
            unit: (&view.unit).into(),
            form: format!("{}@{}", view.form.id, view.form.version),
            state: report.state.to_string(),
            revision: report.revision,
            version: report.content_version,
            assessment: report.content.assessment.clone(),
            proposals: report.content.proposals.clone(),
            rows: rows.collect(),
            problems: problems.collect(),
            steps: view.steps.iter().map(ToString::to_string).collect(),
            deadline: view.deadline.map(|it| DeadlineWire::of(it, &zone)),
            submitted_at: report.submitted_at,
            is_late: report.is_late,
            updated_at: report.updated_at,
        }
    }
}

/// Gives the report of a unit, once it was begun.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/units/{unit}/report", tag = "reports",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the unit")),
    responses((status = 200, description = "The report", body = ReportWire)),
)]
pub(crate) async fn read_report(
    State(state): State<AppState>,
    Reader(actor): Reader,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let view = functions::read(&state.portal, &actor, campaign, unit).await?;
    asked.json(&ReportWire::from(&view))
}

/// What a unit writes into its report. A text that is left out becomes blank; a row that is left out
/// takes the measured figure, if there is one.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ReportContent {
    /// The version this change was made on.
    #[schema(minimum = 1)]
    version: i64,
    /// "Đánh giá kết quả thực hiện chiến dịch"; at most 20,000 characters.
    #[serde(default)]
    #[schema(max_length = 20000)]
    assessment: String,
    /// "Đề xuất, kiến nghị"; at most 20,000 characters.
    #[serde(default)]
    #[schema(max_length = 20000)]
    proposals: String,
    /// Figures by the key of their row.
    #[serde(default)]
    rows: BTreeMap<String, RowContent>,
}

/// What a unit writes into one row.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RowContent {
    /// What the unit declares; `null` for blank, which stays blank whatever is measured.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    declared: Option<i64>,
    /// "Ghi chú"; at most 1,000 characters.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
    /// Why declared and measured differ; at most 1,000 characters.
    #[serde(default)]
    #[schema(max_length = 1000)]
    reason: String,
}

/// Saves what a unit wrote, whole.
///
/// Signed-in officers of the unit only. When somebody else saved since `version`, nothing is
/// changed and the answer is 409.
#[utoipa::path(
    put, path = "/api/v1/reports/{report}", tag = "reports",
    params(("report" = Uuid, Path, description = "Id of the report")),
    request_body = ReportContent, security(("session" = [])),
    responses((status = 200, description = "The report afterwards", body = ReportWire)),
)]
pub(crate) async fn save_report(
    State(state): State<AppState>,
    Person(actor): Person,
    ApiPath(report): ApiPath<ReportId>,
    asked: Asked,
    ApiJson(given): ApiJson<ReportContent>,
) -> Result<Response, ApiError> {
    let portal = &state.portal;
    let before = functions::reopen(portal, &actor, report).await?;
    let problems = problems_of(&given, &before);
    if !problems.is_empty() {
        return Err(ApiError::with(Kind::Invalid, problems));
    }
    let cells = given.rows.into_iter().map(|(key, it)| {
        let (note, reason) = (it.note.trim().to_owned(), it.reason.trim().to_owned());
        let is_left_blank = it.declared.is_none();
        (key, Cell { declared: it.declared, is_left_blank, measured: None, note, reason })
    });
    let content = Content {
        assessment: given.assessment.trim().to_owned(),
        proposals: given.proposals.trim().to_owned(),
        cells: cells.collect(),
    };
    let view = functions::save(portal, &actor, report, given.version, content).await?;
    asked.json(&ReportWire::from(&view))
}

/// What of it cannot be kept at all; what merely keeps a report from going on is in its `problems`.
fn problems_of(given: &ReportContent, before: &ReportView) -> Vec<Problem> {
    let is_long = |text: &String, longest: usize| text.chars().nth(longest).is_some();
    let too_long = |field: String, longest: usize| {
        Problem::new(field, "problem-too-long").with("longest", longest.to_string())
    };
    let mut problems = Vec::new();
    for (field, text) in [("assessment", &given.assessment), ("proposals", &given.proposals)] {
        if is_long(text, 20_000) {
            problems.push(too_long(field.to_owned(), 20_000));
        }
    }
    for (key, row) in &given.rows {
        if before.form.row(key).is_none() {
            let rows: Vec<_> = before.form.rows.iter().map(|it| it.key.as_str()).collect();
            let problem = Problem::new(format!("rows.{key}"), "problem-api-row");
            problems.push(problem.with("rows", rows.join(", ")));
        }
        if row.declared.is_some_and(|it| !(0..=LARGEST_FIGURE).contains(&it)) {
            let problem = Problem::new(format!("rows.{key}.declared"), "problem-api-figure");
            problems.push(problem.with("most", LARGEST_FIGURE.to_string()));
        }
        for (field, text) in [("note", &row.note), ("reason", &row.reason)] {
            if is_long(text, 1_000) {
                problems.push(too_long(format!("rows.{key}.{field}"), 1_000));
            }
        }
    }
    problems
}

/// What a person does to a report.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ReportStepGiven {
    /// The step.
    step: ReportStepKind,
    /// The version it is taken on; `note` and `ask-supplement` need none.
    #[serde(default)]
    version: i64,
    /// Words; `ask-supplement` needs them. At most 4,000 characters are kept.
    #[serde(default)]
    comment: String,
}

/// A step of a report.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ReportStepKind {
    /// The unit's leader approves: another person than the author.
    Approve,
    /// The unit's leader hands it back to the author.
    HandBack,
    /// The unit sends it on.
    Submit,
    /// The focal unit takes note of it.
    Note,
    /// The focal unit asks for a supplement.
    AskSupplement,
}

/// Takes a report a step on.
///
/// Signed-in people only.
#[utoipa::path(
    post, path = "/api/v1/reports/{report}/steps", tag = "reports",
    params(("report" = Uuid, Path, description = "Id of the report")),
    request_body = ReportStepGiven, security(("session" = [])),
    responses((status = 200, description = "The report afterwards", body = ReportWire)),
)]
pub(crate) async fn step_report(
    State(state): State<AppState>,
    Person(actor): Person,
    ApiPath(report): ApiPath<ReportId>,
    asked: Asked,
    ApiJson(given): ApiJson<ReportStepGiven>,
) -> Result<Response, ApiError> {
    let portal = &state.portal;
    // The moment the request arrived decides whether a report is in time.
    let received_at = portal.now();
    let (version, comment) = (given.version, given.comment.as_str());
    match given.step {
        ReportStepKind::Approve => functions::approve(portal, &actor, report, version).await?,
        ReportStepKind::HandBack => {
            functions::hand_back(portal, &actor, report, version, comment).await?;
        }
        ReportStepKind::Submit => {
            functions::submit(portal, &actor, report, version, received_at).await?;
        }
        ReportStepKind::Note => functions::note(portal, &actor, report, comment).await?,
        ReportStepKind::AskSupplement => {
            functions::ask_supplement(portal, &actor, report, comment).await?;
        }
    }
    let (campaign, unit) = functions::place(portal, &actor, report).await?;
    let view = functions::read(portal, &actor, campaign, unit).await?;
    asked.json(&ReportWire::from(&view))
}
