//! The units a person sees: finding one, its page, changes by hand.

mod import;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use campaigns::{UnitId, UnitKind};
use portal::units::{self, UnitForm, UnitPage, UnitView};
use portal::{PortalError, tree_import};
use serde::Deserialize;

use crate::AppState;
use crate::error::{PageError, sentence};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::SignedIn;

/// Units right below shown at once on a unit's page.
const CHILDREN_A_PAGE: usize = 100;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/units", get(list))
        .route("/units/{unit}", get(unit))
        .route("/units/{unit}/{change}", post(change))
        .merge(import::routes())
}

#[derive(Template)]
#[template(path = "pages/units.html")]
struct UnitsPage {
    page: Page,
    typed: String,
    found: UnitPage,
    roots: Vec<UnitView>,
    may_import: bool,
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
    Query(search): Query<Search>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let found = units::search(portal, &actor, &search.q, search.page).await?;
    let mut roots: Vec<UnitView> = Vec::new();
    if search.q.trim().is_empty() && found.page == 1 {
        for grant in &actor.grants {
            if !roots.iter().any(|it| it.unit.id == grant.unit) {
                roots.push(units::view(portal, &actor, grant.unit).await?);
            }
        }
    }
    let may_import = !tree_import::own_roots(portal, &actor).await?.is_empty();
    show(&UnitsPage { page, typed: search.q, found, roots, may_import })
}

#[derive(Template)]
#[template(path = "pages/unit.html")]
struct OneUnitPage {
    page: Page,
    view: UnitView,
    shown: usize,
    edited: UnitForm,
    given: UnitForm,
    /// The form that was not taken, by the name of its path.
    failed: String,
    problems: Vec<String>,
}

impl OneUnitPage {
    fn kinds(&self) -> [UnitKind; 7] {
        UnitKind::ALL
    }

    fn more(&self) -> usize {
        self.view.children.len().saturating_sub(self.shown)
    }

    fn problems_of(&self, form: &str) -> &[String] {
        if self.failed == form { &self.problems } else { &[] }
    }
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    all: String,
}

async fn unit(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(id): Path<UnitId>,
    Query(query): Query<Shown>,
) -> Result<Response, PageError> {
    let mut shown = prepare(&state, &actor, page, id).await?;
    if !query.all.is_empty() {
        shown.shown = usize::MAX;
    }
    show(&shown)
}

async fn prepare(
    state: &AppState,
    actor: &portal::Actor,
    page: Page,
    id: UnitId,
) -> Result<OneUnitPage, PageError> {
    let view = units::view(&state.portal, actor, id).await?;
    Ok(OneUnitPage {
        page,
        shown: CHILDREN_A_PAGE,
        edited: UnitForm::from(&view.unit),
        given: UnitForm::default(),
        failed: String::new(),
        problems: Vec::new(),
        view,
    })
}

/// `edit`, `add`, `move`, `end`: one form each on the unit's page.
async fn change(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path((id, change)): Path<(UnitId, String)>,
    Form(form): Form<UnitForm>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let done = match change.as_str() {
        "edit" => units::edit(portal, &actor, id, &form).await.map(|()| (id, Notice::UnitEdited)),
        "add" => units::add(portal, &actor, id, &form).await.map(|new| (new, Notice::UnitAdded)),
        "move" => {
            units::move_below(portal, &actor, id, &form).await.map(|()| (id, Notice::UnitMoved))
        }
        "end" => units::end(portal, &actor, id, &form).await.map(|()| (id, Notice::UnitEnded)),
        _ => return Err(PortalError::NotFound.into()),
    };
    match done {
        Ok((to, notice)) => Ok(notice.redirect(&format!("/units/{to}")).into_response()),
        Err(PortalError::Invalid(problems)) => {
            let mut shown = prepare(&state, &actor, page, id).await?;
            let language = shown.page.language;
            shown.problems = problems.iter().map(|it| sentence(language, it)).collect();
            if change == "edit" {
                shown.edited = form;
            } else {
                shown.given = form;
            }
            shown.failed = change;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => Err(error.into()),
    }
}
