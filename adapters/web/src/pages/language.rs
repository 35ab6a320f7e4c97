//! The language switch.

use axum::Router;
use axum::extract::{Form, State};
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::post;
use language::Language;
use serde::Deserialize;

use super::sign_in::local_path;
use crate::{AppState, session};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/language", post(switch))
}

#[derive(Deserialize)]
struct Choice {
    language: String,
    #[serde(default)]
    then: String,
}

/// Keeps the language in a cookie and goes back to the page one came from.
async fn switch(State(state): State<AppState>, Form(choice): Form<Choice>) -> Response {
    let language = Language::from_tag(&choice.language).unwrap_or_default();
    let cookie = AppendHeaders([(header::SET_COOKIE, session::set_language(&state, language))]);
    (cookie, Redirect::to(local_path(&choice.then))).into_response()
}
