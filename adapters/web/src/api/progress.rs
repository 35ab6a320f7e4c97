//! How far the units below a node are, and what they handed in, added up.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use campaigns::{CampaignId, ReceiptStage, UnitId};
use jiff::Timestamp;
use portal::progress::{self, Board, UnitProgress};
use portal::reports::{self as functions, RollUpView};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Reader;
use super::input::ApiPath;
use super::output::Asked;
use super::problem::ApiError;
use super::wire::{DeadlineWire, UnitWire, zone};
use crate::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/board/{unit}", get(read_board))
        .route("/campaigns/{campaign}/roll-up/{unit}", get(read_roll_up))
}

/// The units that report to one node.
#[derive(Serialize, ToSchema)]
#[schema(as = Board)]
pub(crate) struct BoardWire {
    /// Id of the campaign.
    campaign: Uuid,
    /// The node.
    unit: UnitWire,
    /// How many of `action` are at each stage or further.
    reached: Reached,
    /// How many of `action` are late.
    late: usize,
    /// Units that owe a report to the node, by code.
    action: Vec<ProgressWire>,
    /// Units that got the letter for coordination or information.
    others: Vec<ProgressWire>,
}

/// How many units are at each stage or further.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reached {
    /// The letter reached them.
    delivered: usize,
    /// They opened it.
    opened: usize,
    /// They acknowledged it.
    acknowledged: usize,
    /// They launched the campaign.
    launched: usize,
    /// They reported.
    reported: usize,
}

/// How far one unit is.
#[derive(Serialize, ToSchema)]
#[schema(as = UnitProgress)]
pub(crate) struct ProgressWire {
    /// The unit.
    unit: UnitWire,
    /// Id of its receipt.
    receipt: Uuid,
    /// `action`, `coordination` or `information`.
    #[schema(example = "action")]
    role: String,
    /// `delivered`, `opened`, `acknowledged`, `launched` or `reported`.
    #[schema(example = "launched")]
    stage: String,
    /// When the letter reached the unit, in UTC.
    #[schema(value_type = String, format = DateTime)]
    delivered_at: Timestamp,
    /// When it was first opened, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    opened_at: Option<Timestamp>,
    /// When it was acknowledged, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    /// When the unit launched the campaign, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    launched_at: Option<Timestamp>,
    /// When its report was submitted, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    submitted_at: Option<Timestamp>,
    /// `draft`, `approved`, `submitted`, `supplement-asked`, `noted` or `locked`; `null` before it
    /// was begun.
    #[schema(example = "submitted")]
    report_state: Option<String>,
    /// The deadline that binds it.
    deadline: Option<DeadlineWire>,
    /// Whether its report is late.
    is_late: bool,
    /// Devices with work left.
    open_cases: i64,
    /// Devices handled.
    handled_cases: i64,
    /// Units below it that received the letter through it, at any depth.
    below: usize,
    /// Of these, units that acknowledged.
    below_acknowledged: usize,
    /// Of these, units that reported.
    below_reported: usize,
    /// When it was last reminded, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    reminded_at: Option<Timestamp>,
}

impl From<&Board> for BoardWire {
    fn from(board: &Board) -> Self {
        let zone = zone(&board.campaign.zone);
        let wire = |it: &UnitProgress| ProgressWire {
            unit: (&it.unit).into(),
            receipt: it.receipt.id.into(),
            role: it.receipt.role.to_string(),
            stage: it.stage.to_string(),
            delivered_at: it.receipt.delivered_at,
            opened_at: it.receipt.opened_at,
            acknowledged_at: it.receipt.acknowledged_at,
            launched_at: it.receipt.launched_at,
            submitted_at: it.submitted_at,
            report_state: it.report.map(|it| it.to_string()),
            deadline: it.deadline.map(|it| DeadlineWire::of(it, &zone)),
            is_late: it.is_late,
            open_cases: it.open_cases,
            handled_cases: it.handled_cases,
            below: it.below,
            below_acknowledged: it.below_acknowledged,
            below_reported: it.below_reported,
            reminded_at: it.reminded_at,
        };
        let reached = |stage| board.reached.get(&stage).copied().unwrap_or(0);
        Self {
            campaign: board.campaign.id.into(),
            unit: (&board.unit).into(),
            reached: Reached {
                delivered: reached(ReceiptStage::Delivered),
                opened: reached(ReceiptStage::Opened),
                acknowledged: reached(ReceiptStage::Acknowledged),
                launched: reached(ReceiptStage::Launched),
                reported: reached(ReceiptStage::Reported),
            },
            late: board.late,
            action: board.action.iter().map(wire).collect(),
            others: board.others.iter().map(wire).collect(),
        }
    }
}

/// Says how far every unit is that reports to a node.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/board/{unit}", tag = "progress",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the node: the unit that collects")),
    responses((status = 200, description = "The board", body = BoardWire)),
)]
pub(crate) async fn read_board(
    State(state): State<AppState>,
    Reader(actor): Reader,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let board = progress::board(&state.portal, &actor, campaign, unit).await?;
    asked.json(&BoardWire::from(&board))
}

/// What the units below a node handed in, added up.
#[derive(Serialize, ToSchema)]
#[schema(as = RollUp)]
pub(crate) struct RollUpWire {
    /// Id of the campaign.
    campaign: Uuid,
    /// The node.
    unit: UnitWire,
    /// Form of the reports, `id@version`.
    #[schema(example = "letter-2022@1")]
    form: String,
    /// Rows of the form, in its order.
    rows: Vec<RowWire>,
    /// Units that were expected to report.
    expected: usize,
    /// Units that did, by code.
    reported: Vec<UnitWire>,
    /// Units that did not, by code.
    missing: Vec<UnitWire>,
    /// Units that did after the deadline, by code.
    late: Vec<UnitWire>,
    /// What units wrote in section 1, by code.
    opinions: Vec<Opinion>,
}

/// One row of the form, added up.
#[derive(Serialize, ToSchema)]
#[schema(as = RollUpRow)]
pub(crate) struct RowWire {
    /// Stable key of the row.
    #[schema(example = "informed")]
    key: String,
    /// What stands in the column TT.
    #[schema(example = "1")]
    number: String,
    /// What stands in the column Nội dung.
    label: String,
    /// Sum of the declared figures; `null` when nobody gave one.
    declared: Option<i64>,
    /// Units that declared a figure.
    declared_units: usize,
    /// Sum of the measured figures; `null` when none was measured.
    measured: Option<i64>,
    /// Units where a figure was measured.
    measured_units: usize,
    /// Each unit's share.
    contributions: Vec<Share>,
}

/// One unit's share in a row.
#[derive(Serialize, ToSchema)]
pub(crate) struct Share {
    /// Id of the unit.
    unit: Uuid,
    /// What it declared.
    declared: Option<i64>,
    /// What was measured there.
    measured: Option<i64>,
}

/// What a unit wrote in section 1.
#[derive(Serialize, ToSchema)]
pub(crate) struct Opinion {
    /// The unit.
    unit: UnitWire,
    /// "Đánh giá kết quả thực hiện chiến dịch".
    assessment: String,
    /// "Đề xuất, kiến nghị".
    proposals: String,
    /// Who answers the proposals.
    answer_owner: Option<String>,
    /// The answer.
    answer: Option<String>,
}

impl From<&RollUpView> for RollUpWire {
    fn from(view: &RollUpView) -> Self {
        let named = |ids: &BTreeSet<UnitId>| {
            let mut units: Vec<UnitWire> =
                ids.iter().filter_map(|id| view.units.get(id)).map(UnitWire::from).collect();
            units.sort_by(|a, b| a.code.cmp(&b.code));
            units
        };
        let rows = view.sums.rows.iter().filter_map(|sum| {
            let row = view.form.row(&sum.key)?;
            Some(RowWire {
                key: sum.key.clone(),
                number: row.number.clone(),
                label: row.label.vi.clone(),
                declared: sum.declared.value,
                declared_units: sum.declared.units,
                measured: sum.measured.value,
                measured_units: sum.measured.units,
                contributions: sum
                    .contributions
                    .iter()
                    .map(|it| Share {
                        unit: it.unit.into(),
                        declared: it.declared,
                        measured: it.measured,
                    })
                    .collect(),
            })
        });
        let opinions = view.contents.iter().filter_map(|(id, content)| {
            if content.assessment.is_empty() && content.proposals.is_empty() {
                return None;
            }
            let report = view.reports.get(id);
            let answer = report.and_then(|it| view.answers.get(&it.id));
            Some(Opinion {
                unit: view.units.get(id)?.into(),
                assessment: content.assessment.clone(),
                proposals: content.proposals.clone(),
                answer_owner: answer.map(|it| it.owner.clone()),
                answer: answer.map(|it| it.answer.clone()),
            })
        });
        let mut opinions: Vec<Opinion> = opinions.collect();
        opinions.sort_by(|a, b| a.unit.code.cmp(&b.unit.code));
        Self {
            campaign: view.campaign.id.into(),
            unit: (&view.unit).into(),
            form: format!("{}@{}", view.form.id, view.form.version),
            rows: rows.collect(),
            expected: view.sums.expected.len(),
            reported: named(&view.sums.reported),
            missing: named(&view.sums.missing),
            late: named(&view.sums.late),
            opinions,
        }
    }
}

/// Adds up what the units below a node handed in: each counts once, by its own report.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/roll-up/{unit}", tag = "progress",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the node: the unit that collects")),
    responses((status = 200, description = "The roll-up", body = RollUpWire)),
)]
pub(crate) async fn read_roll_up(
    State(state): State<AppState>,
    Reader(actor): Reader,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    asked: Asked,
) -> Result<Response, ApiError> {
    let view = functions::rolled_up(&state.portal, &actor, campaign, unit).await?;
    asked.json(&RollUpWire::from(&view))
}
