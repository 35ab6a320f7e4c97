//! One module a page, its templates under `templates/pages/`.

mod cases;
mod first_run;
mod home;
mod language;
mod letter;
mod logs;
mod nav;
mod report;
mod sign_in;

use axum::Router;
use axum::routing::get;

use crate::{AppState, assets};

/// Every page.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/assets/{*path}", get(assets::asset))
        .merge(home::routes())
        .merge(language::routes())
        .merge(cases::routes())
        .merge(letter::routes())
        .merge(logs::routes())
        .merge(report::routes())
        .merge(sign_in::routes())
        .merge(first_run::routes())
}
