//! The letter as a unit received it, and what a named person of the unit does with it.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use campaigns::{CampaignId, UnitId};
use jiff::Timestamp;
use portal::letters::{self, Received};
use portal::{Actor, Portal, PortalError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{Person, Reader};
use super::input::{ApiJson, ApiPath};
use super::output::Asked;
use super::problem::ApiError;
use super::wire::{DeadlineWire, zone};
use crate::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{campaign}/units/{unit}/letter", get(read_letter))
        .route("/campaigns/{campaign}/units/{unit}/letter/steps", post(step_letter))
}

/// How far a unit is with the letter.
#[derive(Serialize, ToSchema)]
#[schema(as = Receipt)]
pub(crate) struct ReceiptWire {
    /// Id of the receipt.
    id: Uuid,
    /// Id of the campaign.
    campaign: Uuid,
    /// Id of the unit.
    unit: Uuid,
    /// `action` (owes receipt and report), `coordination` or `information`.
    #[schema(example = "action")]
    role: String,
    /// `delivered`, `opened`, `acknowledged`, `launched` or `reported`.
    #[schema(example = "acknowledged")]
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
    /// The deadline that binds the unit.
    deadline: Option<DeadlineWire>,
    /// Whether its report is late.
    is_late: bool,
}

impl From<&Received> for ReceiptWire {
    fn from(it: &Received) -> Self {
        Self {
            id: it.receipt.id.into(),
            campaign: it.campaign.id.into(),
            unit: it.receipt.unit_id.into(),
            role: it.receipt.role.to_string(),
            stage: it.stage.to_string(),
            delivered_at: it.receipt.delivered_at,
            opened_at: it.receipt.opened_at,
            acknowledged_at: it.receipt.acknowledged_at,
            launched_at: it.receipt.launched_at,
            deadline: it
                .deadline
                .map(|deadline| DeadlineWire::of(deadline, &zone(&it.campaign.zone))),
            is_late: it.is_late,
        }
    }
}

/// What a person does with the letter.
#[derive(Deserialize, ToSchema)]
pub(crate) struct LetterStep {
    /// The step.
    step: LetterStepKind,
}

/// A step with the letter; `launch` acknowledges too.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LetterStepKind {
    /// The unit has the letter and knows what to do.
    Acknowledge,
    /// The unit launches the campaign at its own place.
    Launch,
}

/// Says how far a unit is with the letter.
///
/// Reading this does not open the letter.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{campaign}/units/{unit}/letter", tag = "letters",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the unit")),
    responses((status = 200, description = "The receipt", body = ReceiptWire)),
)]
pub(crate) async fn read_letter(
    State(state): State<AppState>,
    Reader(actor): Reader,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    asked: Asked,
) -> Result<Response, ApiError> {
    asked.json(&receipt(&state.portal, &actor, campaign, unit).await?)
}

/// Acknowledges the letter for a unit, or launches the campaign there.
///
/// Signed-in people only: receipt is proved by a named person. Doing it again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{campaign}/units/{unit}/letter/steps", tag = "letters",
    params(("campaign" = Uuid, Path, description = "Id of the campaign"),
           ("unit" = Uuid, Path, description = "Id of the unit")),
    request_body = LetterStep, security(("session" = [])),
    responses((status = 200, description = "The receipt afterwards", body = ReceiptWire)),
)]
pub(crate) async fn step_letter(
    State(state): State<AppState>,
    Person(actor): Person,
    ApiPath((campaign, unit)): ApiPath<(CampaignId, UnitId)>,
    asked: Asked,
    ApiJson(given): ApiJson<LetterStep>,
) -> Result<Response, ApiError> {
    let portal = &state.portal;
    match given.step {
        LetterStepKind::Acknowledge => {
            letters::acknowledge(portal, &actor, campaign, unit).await?;
        }
        LetterStepKind::Launch => letters::launch(portal, &actor, campaign, unit).await?,
    }
    asked.json(&receipt(portal, &actor, campaign, unit).await?)
}

async fn receipt(
    portal: &Portal,
    actor: &Actor,
    campaign: CampaignId,
    unit: UnitId,
) -> Result<ReceiptWire, ApiError> {
    let received = letters::received(portal, actor, unit).await?;
    let received = received.iter().find(|it| it.campaign.id == campaign);
    Ok(received.ok_or(PortalError::NotFound)?.into())
}
