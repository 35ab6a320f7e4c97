//! What the API is, who calls it, which units they see.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use language::Language;
use portal::{tokens, units};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{Caller, Reader};
use super::description;
use super::output::{Asked, Page, PageQuery};
use super::problem::{ApiError, Kind};
use super::wire::UnitWire;
use crate::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(describe))
        .route("/openapi.json", get(openapi))
        .route("/problems", get(problems))
        .route("/me", get(me))
        .route("/units", get(list_units))
}

/// What answers at this address.
#[derive(Serialize, ToSchema)]
pub(crate) struct Service {
    /// Always `lamsach`.
    #[schema(example = "lamsach")]
    name: &'static str,
    /// Version of the program.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// Version of the API; `v1` grows without breaking callers.
    #[schema(example = "v1")]
    api: &'static str,
    /// Address of the description in `OpenAPI` 3.1.
    #[schema(example = "/api/v1/openapi.json")]
    openapi: &'static str,
    /// Address of the kinds of problems.
    #[schema(example = "/api/v1/problems")]
    problems: &'static str,
    /// Whether everything in this portal is invented.
    is_demo: bool,
    /// Now, by the portal's clock, in UTC.
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
}

/// Says what answers here, without a sign-in.
#[utoipa::path(
    get, path = "/api/v1", tag = "service", security(()),
    responses((status = 200, description = "The service", body = Service)),
)]
pub(crate) async fn describe(State(state): State<AppState>) -> Json<Service> {
    Json(Service {
        name: "lamsach",
        version: env!("CARGO_PKG_VERSION"),
        api: "v1",
        openapi: "/api/v1/openapi.json",
        problems: "/api/v1/problems",
        is_demo: state.portal.is_demo,
        now: state.portal.now(),
    })
}

/// Gives this description.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "service", security(()),
    responses((status = 200, description = "The description", body = serde_json::Value)),
)]
pub(crate) async fn openapi(asked: Asked) -> Result<Response, ApiError> {
    asked.json(description::shared())
}

/// One kind of problem.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemKind {
    /// As in `type` of a problem.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems#invalid")]
    kind: String,
    /// The HTTP status it comes with.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    status: u16,
    /// Whether the same call can succeed later without a change.
    retry: bool,
    /// What it is, in Vietnamese and English.
    title: Words,
    /// What to do next, in Vietnamese and English.
    detail: Words,
}

/// A text in both languages.
#[derive(Serialize, ToSchema)]
pub(crate) struct Words {
    /// Vietnamese.
    vi: String,
    /// English.
    en: String,
}

/// Lists every kind of problem that a call can end with.
#[utoipa::path(
    get, path = "/api/v1/problems", tag = "service", security(()),
    responses((status = 200, description = "The kinds of problems", body = Vec<ProblemKind>)),
)]
pub(crate) async fn problems() -> Json<Vec<ProblemKind>> {
    let words =
        |say: &dyn Fn(Language) -> String| Words { vi: say(Language::Vi), en: say(Language::En) };
    let kinds = Kind::ALL.into_iter().map(|kind| ProblemKind {
        kind: format!("/api/v1/problems#{}", kind.code()),
        status: kind.status().as_u16(),
        retry: kind.is_worth_retrying(),
        title: words(&|language| kind.title(language)),
        detail: words(&|language| kind.detail(language)),
    });
    Json(kinds.collect())
}

/// Who calls.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// `person` or `program`.
    #[schema(example = "program")]
    kind: &'static str,
    /// The person's name, or what the token is called.
    #[schema(example = "Máy quét nhật ký phòng CNTT")]
    name: String,
    /// Units and, for a person, the roles over each with everything below it.
    places: Vec<Place>,
    /// What the token may do: `sightings:write`, `read`; empty for a person.
    scopes: Vec<&'static str>,
    /// Until when the token holds, in UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A unit the caller belongs to.
#[derive(Serialize, ToSchema)]
pub(crate) struct Place {
    /// Id of the unit.
    unit: Uuid,
    /// Roles: `administrator`, `coordinator`, `approver`, `officer`, `auditor`.
    roles: Vec<String>,
}

/// Says who the caller is and what the token may do: a first call to try a token with.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "service",
    responses((status = 200, description = "The caller", body = Me)),
)]
pub(crate) async fn me(caller: Caller, asked: Asked) -> Result<Response, ApiError> {
    let me = match caller {
        Caller::Program(token) => Me {
            kind: "program",
            places: vec![Place { unit: token.unit_id.into(), roles: Vec::new() }],
            scopes: tokens::scopes_of(&token).into_iter().map(tokens::Scope::code).collect(),
            expires_at: Some(token.expires_at),
            name: token.label,
        },
        Caller::Person(actor) => {
            let mut places: Vec<Place> = Vec::new();
            for grant in &actor.grants {
                let unit = grant.unit.into();
                match places.iter_mut().find(|it| it.unit == unit) {
                    Some(place) => place.roles.push(grant.role.to_string()),
                    None => places.push(Place { unit, roles: vec![grant.role.to_string()] }),
                }
            }
            let (scopes, expires_at) = (Vec::new(), None);
            Me { kind: "person", name: actor.name, places, scopes, expires_at }
        }
    };
    asked.json(&me)
}

/// Lists the caller's units and those below them, by code.
#[utoipa::path(
    get, path = "/api/v1/units", tag = "service", params(PageQuery),
    responses((status = 200, description = "A page of units", body = Page<UnitWire>)),
)]
pub(crate) async fn list_units(
    State(state): State<AppState>,
    Reader(actor): Reader,
    asked: Asked,
) -> Result<Response, ApiError> {
    let units = units::below(&state.portal, &actor).await?;
    let units: Vec<UnitWire> = units.iter().map(UnitWire::from).collect();
    asked.page(units, |it| it.id.to_string())
}
