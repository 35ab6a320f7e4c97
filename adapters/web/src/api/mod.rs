//! The API, `/api/v1`: JSON, tokens, problem+json. It calls the same functions as the pages.
//!
//! The way in for a reader: [`caller`] (who calls), [`input`] and [`output`] (how a call is read
//! and answered), [`problem`] (why it was not done), then one module a noun. `docs/openapi.json`
//! is generated from the handlers; `docs/api.md` is its first page for people.

mod caller;
mod campaigns;
mod cases;
mod description;
mod input;
mod letters;
mod output;
pub(crate) mod problem;
mod progress;
mod reports;
mod scans;
mod service;
pub(crate) mod sightings;
mod wire;

use axum::Router;
use axum::middleware;

use crate::AppState;
use problem::{ApiError, Kind};

pub use description::openapi;

/// Every route of the API; whatever else is asked for under `/api` is answered with a problem.
pub(crate) fn routes() -> Router<AppState> {
    let v1 = Router::new()
        .merge(service::routes())
        .merge(campaigns::routes())
        .merge(letters::routes())
        .merge(progress::routes())
        .merge(reports::routes())
        .merge(cases::routes())
        .merge(scans::routes())
        .merge(sightings::routes());
    let api = Router::new()
        .nest("/v1", v1)
        .fallback(async || ApiError::from(Kind::NotFound))
        .method_not_allowed_fallback(async || ApiError::from(Kind::Method))
        .layer(middleware::from_fn(problem::speak));
    Router::new().nest("/api", api)
}
