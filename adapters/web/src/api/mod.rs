//! The API, `/api/v1`: JSON, tokens, problem+json. It calls the same functions as the pages.

use axum::Router;

use crate::AppState;

/// Every route of the API.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
}
