//! Tokens of a unit's programs.

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use campaigns::{EnrolmentId, TokenId, UnitId};
use portal::records::{EnrolmentRecord, TokenRecord, UnitRecord};
use portal::scans;
use portal::tokens::{self, Scope};
use portal::{access, units};
use serde::Deserialize;

use crate::AppState;
use crate::error::PageError;
use crate::notice::Notice;
use crate::page::{Page, show};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/tokens", get(list))
        .route("/tokens/{unit}", post(create))
        .route("/tokens/{unit}/revoke", post(revoke))
        .route("/tokens/{unit}/codes", post(make_code))
        .route("/tokens/{unit}/codes/revoke", post(revoke_code))
}

#[derive(Template)]
#[template(path = "pages/tokens.html")]
struct TokensPage {
    page: Page,
    places: Vec<Place>,
    secret: Option<String>,
    /// A code that was just made.
    code: Option<String>,
}

/// A unit whose tokens the person manages.
struct Place {
    unit: UnitRecord,
    tokens: Vec<TokenRecord>,
    codes: Vec<EnrolmentRecord>,
    /// Whether the person reads what a token with the scope `read` would.
    may_read: bool,
}

impl TokensPage {
    /// What a token may do, in words.
    fn scopes(&self, token: &TokenRecord) -> String {
        let words = tokens::scopes_of(token).into_iter().map(|scope| match scope {
            Scope::SendSightings => self.page.t("tokens-scope-send"),
            Scope::Read => self.page.t("tokens-scope-read"),
        });
        words.collect::<Vec<_>>().join("; ")
    }
}

async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
) -> Result<Response, PageError> {
    let places = places(&state, &actor).await?;
    show(&TokensPage { page, places, secret: None, code: None })
}

async fn places(state: &AppState, actor: &portal::Actor) -> Result<Vec<Place>, PageError> {
    let portal = &state.portal;
    let mut places: Vec<Place> = Vec::new();
    for grant in &actor.grants {
        let is_known = places.iter().any(|it| it.unit.id == grant.unit);
        let action = campaigns::Action::ManageTokens;
        if !is_known && access::allows(portal, actor, action, grant.unit).await? {
            let unit = units::find(portal, actor, grant.unit).await?;
            let tokens = tokens::list(portal, actor, grant.unit).await?;
            let codes = scans::codes(portal, actor, grant.unit).await?;
            let may_read =
                access::allows(portal, actor, campaigns::Action::SeeCases, unit.id).await?;
            places.push(Place { unit, tokens, codes, may_read });
        }
    }
    Ok(places)
}

#[derive(Deserialize)]
struct Given {
    label: String,
    /// Codes of scopes with spaces between; none means sending.
    #[serde(default)]
    scopes: String,
}

/// Makes a token and shows its secret: this once.
async fn create(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
    Form(given): Form<Given>,
) -> Result<Response, PageError> {
    let words: Vec<&str> = given.scopes.split_whitespace().collect();
    let mut scopes: BTreeSet<Scope> =
        Scope::ALL.into_iter().filter(|it| words.contains(&it.code())).collect();
    if words.is_empty() {
        scopes.insert(Scope::SendSightings);
    }
    let portal = &state.portal;
    let secret = tokens::create_with(portal, &actor, unit, &given.label, &scopes).await?;
    let places = places(&state, &actor).await?;
    show(&TokensPage { page, places, secret: Some(secret), code: None })
}

#[derive(Deserialize)]
struct Revoked {
    id: TokenId,
}

async fn revoke(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(unit): Path<UnitId>,
    Form(given): Form<Revoked>,
) -> Result<Redirect, PageError> {
    tokens::revoke(&state.portal, &actor, unit, given.id).await?;
    Ok(Notice::TokenRevoked.redirect("/tokens"))
}

#[derive(Deserialize)]
struct Named {
    label: String,
}

/// Makes an enrolment code for the clean-up tool and shows it: this once.
async fn make_code(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
    Form(given): Form<Named>,
) -> Result<Response, PageError> {
    let code = scans::make_code(&state.portal, &actor, unit, &given.label).await?;
    let places = places(&state, &actor).await?;
    show(&TokensPage { page, places, secret: None, code: Some(code) })
}

#[derive(Deserialize)]
struct RevokedCode {
    id: EnrolmentId,
}

async fn revoke_code(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(unit): Path<UnitId>,
    Form(given): Form<RevokedCode>,
) -> Result<Redirect, PageError> {
    scans::revoke_code(&state.portal, &actor, unit, given.id).await?;
    Ok(Notice::CodeRevoked.redirect("/tokens"))
}
