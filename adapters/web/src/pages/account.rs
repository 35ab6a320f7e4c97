//! The own account: name, post, language, password.

use askama::Template;
use axum::Router;
use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use language::Language;
use portal::PortalError;
use portal::people::{self, ProfileForm};
use serde::Deserialize;

use crate::AppState;
use crate::error::{PageError, sentence};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::{self, SignedIn};

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/account", get(form).post(profile))
        .route("/account/password", post(password))
}

#[derive(Template)]
#[template(path = "pages/account.html")]
struct AccountPage {
    page: Page,
    login: String,
    given: ProfileForm,
    /// The form that was not taken: `profile` or `password`.
    failed: &'static str,
    problems: Vec<String>,
}

impl AccountPage {
    fn new(page: Page, actor: &portal::Actor) -> Self {
        Self {
            login: actor.login.clone(),
            given: ProfileForm {
                name: actor.name.clone(),
                position: actor.position.clone(),
                language: actor.language.tag().to_owned(),
            },
            page,
            failed: "",
            problems: Vec::new(),
        }
    }

    fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    fn language_name(&self, language: &Language) -> String {
        language::text(*language, "language-name")
    }

    fn problems_of(&self, form: &str) -> &[String] {
        if self.failed == form { &self.problems } else { &[] }
    }
}

async fn form(SignedIn(actor): SignedIn, page: Page) -> Result<Response, PageError> {
    show(&AccountPage::new(page, &actor))
}

async fn profile(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Form(given): Form<ProfileForm>,
) -> Result<Response, PageError> {
    match people::change_profile(&state.portal, &actor, &given).await {
        Ok(language) => {
            let cookie = session::set_language(&state, language);
            let headers = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((headers, Notice::AccountSaved.redirect("/account")).into_response())
        }
        Err(PortalError::Invalid(problems)) => {
            let mut shown = AccountPage::new(page, &actor);
            let language = shown.page.language;
            shown.problems = problems.iter().map(|it| sentence(language, it)).collect();
            (shown.given, shown.failed) = (given, "profile");
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Passwords {
    current: String,
    password: String,
}

async fn password(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Form(given): Form<Passwords>,
) -> Result<Response, PageError> {
    match people::change_password(&state.portal, &actor, given.current, given.password).await {
        Ok(new) => {
            let cookie = session::set_session(&state, &new.secret, new.lasts);
            let headers = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((headers, Notice::PasswordChanged.redirect("/account")).into_response())
        }
        Err(error) => {
            let mut shown = AccountPage::new(page, &actor);
            let language = shown.page.language;
            let status = match error {
                PortalError::Invalid(problems) => {
                    shown.problems = problems.iter().map(|it| sentence(language, it)).collect();
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                PortalError::TooMany { wait_seconds } => {
                    let wait = shown.page.tn("problem-sign-in-wait", "seconds", wait_seconds);
                    shown.problems = vec![wait];
                    StatusCode::TOO_MANY_REQUESTS
                }
                error => return Err(error.into()),
            };
            shown.failed = "password";
            show_with(status, &shown)
        }
    }
}
