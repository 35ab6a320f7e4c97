//! Tokens of a unit's programs.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use campaigns::{TokenId, UnitId};
use portal::records::{TokenRecord, UnitRecord};
use portal::{access, tokens, units};
use serde::Deserialize;

use crate::AppState;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/tokens", get(list))
        .route("/tokens/{unit}", post(create))
        .route("/tokens/{unit}/revoke", post(revoke))
}

#[derive(Template)]
#[template(path = "pages/tokens.html")]
struct TokensPage {
    page: Page,
    places: Vec<(UnitRecord, Vec<TokenRecord>)>,
    secret: Option<String>,
}

async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
) -> Result<Response, PageError> {
    let places = places(&state, &actor).await?;
    show(&TokensPage { page, places, secret: None })
}

async fn places(
    state: &AppState,
    actor: &portal::Actor,
) -> Result<Vec<(UnitRecord, Vec<TokenRecord>)>, PageError> {
    let portal = &state.portal;
    let mut places: Vec<(UnitRecord, Vec<TokenRecord>)> = Vec::new();
    for grant in &actor.grants {
        let is_known = places.iter().any(|(unit, _)| unit.id == grant.unit);
        let action = campaigns::Action::ManageTokens;
        if !is_known && access::allows(portal, actor, action, grant.unit).await? {
            let unit = units::find(portal, actor, grant.unit).await?;
            places.push((unit, tokens::list(portal, actor, grant.unit).await?));
        }
    }
    Ok(places)
}

#[derive(Deserialize)]
struct Label {
    label: String,
}

/// Makes a token and shows its secret: this once.
async fn create(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
    Form(given): Form<Label>,
) -> Result<Response, PageError> {
    let secret = tokens::create(&state.portal, &actor, unit, &given.label).await?;
    let places = places(&state, &actor).await?;
    show(&TokensPage { page, places, secret: Some(secret) })
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
    Ok(Redirect::to("/tokens?notice=saved"))
}
