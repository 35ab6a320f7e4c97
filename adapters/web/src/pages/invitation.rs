//! The way in for an invited person: the code from the paper, then login and password.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;
use portal::PortalError;
use portal::people::{self, AcceptForm, Invited};
use serde::Deserialize;

use crate::error::{PageError, sentence};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::{AppState, session};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/invitation", get(code))
        .route("/invitation/{code}", get(form).post(accept))
}

#[derive(Template)]
#[template(path = "pages/invitation_code.html")]
struct CodePage {
    page: Page,
    code: String,
    is_unknown: bool,
}

#[derive(Template)]
#[template(path = "pages/invitation.html")]
struct AcceptPage {
    page: Page,
    code: String,
    invited: Invited,
    name: String,
    login: String,
    problems: Vec<String>,
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    code: String,
}

async fn code(page: Page, Query(typed): Query<Typed>) -> Result<Response, PageError> {
    // Only what a code is made of goes into the address.
    let code: String =
        typed.code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(60).collect();
    if code.is_empty() {
        return show(&CodePage { page, code, is_unknown: false });
    }
    Ok(Redirect::to(&format!("/invitation/{code}")).into_response())
}

async fn form(
    State(state): State<AppState>,
    page: Page,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    match people::invited(&state.portal, &code).await {
        Ok(invited) => {
            let name = invited.name.clone();
            let login = String::new();
            show(&AcceptPage { page, code, invited, name, login, problems: Vec::new() })
        }
        Err(PortalError::NotFound) => {
            show_with(StatusCode::NOT_FOUND, &CodePage { page, code, is_unknown: true })
        }
        Err(error) => Err(error.into()),
    }
}

async fn accept(
    State(state): State<AppState>,
    page: Page,
    Path(code): Path<String>,
    Form(given): Form<AcceptForm>,
) -> Result<Response, PageError> {
    match people::accept(&state.portal, &code, given.clone()).await {
        Ok(new) => {
            let cookie = session::set_session(&state, &new.secret, new.lasts);
            let headers = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((headers, Notice::InvitationAccepted.redirect("/")).into_response())
        }
        Err(PortalError::Invalid(problems)) => {
            let problems = problems.iter().map(|it| sentence(page.language, it)).collect();
            let invited = people::invited(&state.portal, &code).await?;
            let (name, login) = (given.name, given.login);
            let shown = AcceptPage { page, code, invited, name, login, problems };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(PortalError::NotFound) => {
            show_with(StatusCode::NOT_FOUND, &CodePage { page, code, is_unknown: true })
        }
        Err(error) => Err(error.into()),
    }
}
