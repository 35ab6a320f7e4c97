//! People of a unit and below: inviting, roles, locking.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use campaigns::{Role, UnitId, UserId};
use portal::people::{self, Invitation, InviteForm, PeoplePage};
use portal::records::UnitRecord;
use portal::{PortalError, units};
use serde::Deserialize;

use crate::AppState;
use crate::error::{PageError, sentence};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/units/{unit}/people", get(list))
        .route("/units/{unit}/people/invite", post(invite))
        .route("/units/{unit}/people/grant", post(grant))
        .route("/units/{unit}/people/{user}/{change}", post(change))
}

#[derive(Template)]
#[template(path = "pages/people.html")]
struct ListPage {
    page: Page,
    unit: UnitRecord,
    typed: String,
    found: PeoplePage,
    invited: InviteForm,
    granted: GrantForm,
    /// The form that was not taken: `invite`, `grant` or another.
    failed: &'static str,
    problems: Vec<String>,
}

impl ListPage {
    fn roles(&self) -> [Role; 5] {
        Role::ALL
    }

    fn problems_of(&self, form: &str) -> &[String] {
        if self.failed == form { &self.problems } else { &[] }
    }

    fn is_me(&self, id: &UserId) -> bool {
        self.page.actor.as_ref().is_some_and(|actor| actor.user_id == *id)
    }
}

#[derive(Template)]
#[template(path = "pages/invitation_print.html")]
struct PrintPage {
    page: Page,
    unit: UnitRecord,
    invitation: Invitation,
    address: String,
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: usize,
}

async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
    Query(search): Query<Search>,
) -> Result<Response, PageError> {
    show(&prepare(&state, &actor, page, unit, search).await?)
}

async fn prepare(
    state: &AppState,
    actor: &portal::Actor,
    page: Page,
    unit: UnitId,
    search: Search,
) -> Result<ListPage, PageError> {
    let found = people::list(&state.portal, actor, unit, &search.q, search.page).await?;
    Ok(ListPage {
        page,
        unit: units::find(&state.portal, actor, unit).await?,
        typed: search.q,
        found,
        invited: InviteForm::default(),
        granted: GrantForm::default(),
        failed: "",
        problems: Vec::new(),
    })
}

/// The list again, with what was wrong above the form it was wrong in.
async fn refuse(
    state: &AppState,
    actor: &portal::Actor,
    page: Page,
    unit: UnitId,
    failed: &'static str,
    error: PortalError,
) -> Result<ListPage, PageError> {
    let PortalError::Invalid(problems) = error else { return Err(error.into()) };
    let search = Search { q: String::new(), page: 1 };
    let mut shown = prepare(state, actor, page, unit, search).await?;
    let language = shown.page.language;
    shown.problems = problems.iter().map(|it| sentence(language, it)).collect();
    shown.failed = failed;
    Ok(shown)
}

async fn invite(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
    headers: HeaderMap,
    Form(form): Form<InviteForm>,
) -> Result<Response, PageError> {
    match people::invite(&state.portal, &actor, unit, &form).await {
        Ok(invitation) => print(&state, &actor, page, unit, &headers, invitation).await,
        Err(error) => {
            let mut shown = refuse(&state, &actor, page, unit, "invite", error).await?;
            shown.invited = form;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

async fn print(
    state: &AppState,
    actor: &portal::Actor,
    page: Page,
    unit: UnitId,
    headers: &HeaderMap,
    invitation: Invitation,
) -> Result<Response, PageError> {
    let scheme = if state.secure_cookies { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let unit = units::find(&state.portal, actor, unit).await?;
    show(&PrintPage { page, unit, invitation, address: format!("{scheme}://{host}/invitation") })
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct GrantForm {
    login: String,
    role: String,
}

async fn grant(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
    Form(form): Form<GrantForm>,
) -> Result<Response, PageError> {
    match people::grant(&state.portal, &actor, unit, &form.login, &form.role).await {
        Ok(()) => Ok(back(unit, Notice::RoleGranted).into_response()),
        Err(error) => {
            let mut shown = refuse(&state, &actor, page, unit, "grant", error).await?;
            shown.granted = form;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

/// The role to take away, as `UNIT:role`.
#[derive(Deserialize)]
struct ChangeForm {
    #[serde(default)]
    role: String,
}

/// `invite-again`, `lock`, `unlock`, `revoke`.
async fn change(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((unit, user, change)): Path<(UnitId, UserId, String)>,
    headers: HeaderMap,
    Form(form): Form<ChangeForm>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let done = match change.as_str() {
        "invite-again" => match people::invite_again(portal, &actor, unit, user).await {
            Ok(invitation) => {
                return print(&state, &actor, page, unit, &headers, invitation).await;
            }
            Err(error) => Err(error),
        },
        "lock" => {
            let done = people::set_locked(portal, &actor, unit, user, true).await;
            done.map(|()| Notice::PersonLocked)
        }
        "unlock" => {
            let done = people::set_locked(portal, &actor, unit, user, false).await;
            done.map(|()| Notice::PersonUnlocked)
        }
        "revoke" => {
            let parts = form.role.split_once(':');
            let parts = parts.and_then(|(at, role)| Some((at.parse().ok()?, role.parse().ok()?)));
            let (at, role) = parts.ok_or(PortalError::NotFound)?;
            people::revoke(portal, &actor, at, user, role).await.map(|()| Notice::RoleRevoked)
        }
        _ => Err(PortalError::NotFound),
    };
    match done {
        Ok(notice) => Ok(back(unit, notice).into_response()),
        Err(error) => {
            let shown = refuse(&state, &actor, page, unit, "change", error).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

fn back(unit: UnitId, notice: Notice) -> Redirect {
    notice.redirect(&format!("/units/{unit}/people"))
}
