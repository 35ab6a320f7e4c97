//! Results of scans, as the clean-up tool sends them.

use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use portal::scans;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::ApiJson;
use super::problem::{ApiError, Kind};
use crate::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/scan-results", post(receive))
}

/// The result of a scan, signed with the enrolment code of a unit: `docs/formats.md`.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct SentScan {
    /// Version of the form: 1.
    #[schema(example = 1)]
    lamsach_result: u32,
    /// The public half of the unit's code, 32 bytes in hex.
    key: String,
    /// Ed25519 signature, 64 bytes in hex.
    signature: String,
    /// The result, as the text that was signed; it is JSON in turn.
    result: String,
}

/// What became of the result of a scan.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeptScan {
    /// `new`, or `unchanged` when it had come before: nothing is counted twice.
    #[schema(example = "new")]
    status: &'static str,
    /// Findings that are somebody's work.
    findings: i64,
    /// The number of the PC's case, when it has one.
    case: Option<i64>,
}

/// Takes the result of a scan. Its signature says which unit it is from; no token is needed.
///
/// The same result twice changes nothing. A result counts in the one campaign that runs for the unit.
#[utoipa::path(
    post, path = "/api/v1/scan-results", tag = "scans", security(()), request_body = SentScan,
    responses(
        (status = 200, description = "What was kept", body = KeptScan),
        (status = 422, description = "What was sent cannot be taken; `problems` says where"),
    ),
)]
pub(crate) async fn receive(
    State(state): State<AppState>,
    ApiJson(sent): ApiJson<SentScan>,
) -> Result<Response, ApiError> {
    let file = serde_json::to_vec(&sent).map_err(|_| ApiError::from(Kind::Internal))?;
    let received = scans::receive(&state.portal, &file).await?;
    let status = if received.is_repeat { "unchanged" } else { "new" };
    let kept = KeptScan { status, findings: received.scan.findings, case: received.case };
    Ok(Json(kept).into_response())
}
