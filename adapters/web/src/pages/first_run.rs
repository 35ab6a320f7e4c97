//! The first page of an empty portal: the first unit and its administrator.

use askama::Template;
use axum::Router;
use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;
use portal::PortalError;
use portal::accounts::{self, FirstRun};

use crate::error::{PageError, sentences};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::{AppState, session};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/first-run", get(form).post(submit))
}

#[derive(Template)]
#[template(path = "pages/first_run.html")]
struct FirstRunPage {
    page: Page,
    given: FirstRun,
    problems: Vec<(String, String)>,
}

async fn form(State(state): State<AppState>, page: Page) -> Result<Response, PageError> {
    if !accounts::is_first_run(&state.portal).await? {
        return Ok(Redirect::to("/").into_response());
    }
    show(&FirstRunPage { page, given: FirstRun::default(), problems: Vec::new() })
}

async fn submit(
    State(state): State<AppState>,
    page: Page,
    Form(given): Form<FirstRun>,
) -> Result<Response, PageError> {
    match accounts::first_run(&state.portal, given.clone()).await {
        Ok(new) => {
            let cookie = session::set_session(&state, &new.secret, new.lasts);
            let headers = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((headers, Notice::FirstRunDone.redirect("/")).into_response())
        }
        Err(PortalError::Invalid(problems)) => {
            let problems = sentences(page.language, &problems);
            let given = FirstRun { password: String::new(), ..given };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &FirstRunPage { page, given, problems })
        }
        Err(error) => Err(error.into()),
    }
}
