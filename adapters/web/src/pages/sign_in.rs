//! Coming in and going out.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use portal::{PortalError, accounts, sign_in};
use serde::Deserialize;

use crate::error::{PageError, sentence};
use crate::page::{Page, show, show_with};
use crate::{AppState, session};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/sign-in", get(form).post(submit)).route("/sign-out", post(leave))
}

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignInPage {
    page: Page,
    then: String,
    login: String,
    problem: Option<String>,
}

#[derive(Deserialize)]
struct Then {
    #[serde(default)]
    then: String,
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    then: String,
}

async fn form(
    State(state): State<AppState>,
    page: Page,
    Query(Then { then }): Query<Then>,
) -> Result<Response, PageError> {
    if accounts::is_first_run(&state.portal).await? {
        return Ok(Redirect::to("/first-run").into_response());
    }
    if page.actor.is_some() {
        return Ok(Redirect::to(local_path(&then)).into_response());
    }
    show(&SignInPage { page, then, login: String::new(), problem: None })
}

async fn submit(
    State(state): State<AppState>,
    page: Page,
    Form(given): Form<Credentials>,
) -> Result<Response, PageError> {
    match sign_in::sign_in(&state.portal, &given.login, given.password).await {
        Ok(new) => {
            let cookie = session::set_session(&state, &new.secret, new.lasts);
            let headers = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((headers, Redirect::to(local_path(&given.then))).into_response())
        }
        Err(error) => {
            let (status, problem) = match &error {
                PortalError::Invalid(problems) => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    problems.first().map(|problem| sentence(page.language, problem)),
                ),
                PortalError::TooMany { wait_seconds } => (
                    StatusCode::TOO_MANY_REQUESTS,
                    Some(page.tn("problem-sign-in-wait", "seconds", *wait_seconds)),
                ),
                _ => return Err(error.into()),
            };
            let form = SignInPage { page, then: given.then, login: given.login, problem };
            show_with(status, &form)
        }
    }
}

async fn leave(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, PageError> {
    if let Some(secret) = session::session_secret(&headers) {
        sign_in::sign_out(&state.portal, secret).await?;
    }
    let headers = AppendHeaders([(header::SET_COOKIE, session::clear_session(&state))]);
    Ok((headers, Redirect::to("/")).into_response())
}

/// Where to go after a form: a path of ours, never another site (`//evil.example`, `\evil`).
pub(super) fn local_path(then: &str) -> &str {
    let is_ours = then.starts_with('/')
        && !then.starts_with("//")
        && !then.contains('\\')
        // Browsers drop tabs and line ends: `/<tab>/evil.example` would lead there.
        && then.bytes().all(|byte| byte.is_ascii_graphic());
    if is_ours { then } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_form_one_stays_on_this_site() {
        let check = |then, expected| assert_eq!(local_path(then), expected);
        check("/cases?state=opened", "/cases?state=opened");
        check("", "/");
        check("//evil.example", "/");
        check("https://evil.example", "/");
        check("/\\evil.example", "/");
        check("/\t/evil.example", "/");
        check("/a\r\nSet-Cookie: x", "/");
    }
}
