//! One module a page, its templates under `templates/pages/`.

mod account;
mod audit;
mod board;
mod campaign;
mod cases;
mod device_names;
mod first_run;
mod home;
mod invitation;
mod language;
mod letter;
mod local_logs;
mod logs;
mod nav;
mod people;
mod public;
mod report;
mod scans;
mod sign_in;
mod tokens;
pub(crate) mod tools;
mod units;

use axum::Router;
use axum::routing::get;
use portal::PortalError;

use crate::error::PageError;
use crate::{AppState, assets, running};

/// Every page.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/assets/{*path}", get(assets::asset))
        .merge(home::routes())
        .merge(language::routes())
        .merge(board::routes())
        .merge(campaign::routes())
        .merge(cases::routes())
        .merge(public::routes())
        .merge(tokens::routes())
        .merge(units::routes())
        .merge(people::routes())
        .merge(invitation::routes())
        .merge(account::routes())
        .merge(audit::routes())
        .merge(letter::routes())
        .merge(local_logs::routes())
        .merge(logs::routes())
        .merge(running::routes())
        .merge(scans::routes())
        .merge(tools::routes())
        .merge(report::routes())
        .merge(sign_in::routes())
        .merge(first_run::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
}

async fn not_found() -> PageError {
    PageError::Portal(PortalError::NotFound)
}
