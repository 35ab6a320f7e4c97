//! The first page: for a person who is signed in, their work; for everybody else, the way in.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use portal::accounts;

use crate::AppState;
use crate::error::PageError;
use crate::page::{Page, show};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct HomePage {
    page: Page,
}

async fn home(State(state): State<AppState>, page: Page) -> Result<Response, PageError> {
    if accounts::is_first_run(&state.portal).await? {
        return Ok(Redirect::to("/first-run").into_response());
    }
    show(&HomePage { page })
}
