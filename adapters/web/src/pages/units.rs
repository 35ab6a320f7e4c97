//! The units a person sees.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use portal::units::{self, UnitLine};

use crate::AppState;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/units", get(list))
}

#[derive(Template)]
#[template(path = "pages/units.html")]
struct UnitsPage {
    page: Page,
    units: Vec<UnitLine>,
}

async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
) -> Result<Response, PageError> {
    let units = units::below(&state.portal, &actor).await?;
    show(&UnitsPage { page, units })
}
