//! What was done for a unit and those below it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use campaigns::UnitId;
use portal::audit::{self, Chain, Deed, Deeds};
use portal::records::UnitRecord;
use portal::units;
use serde::Deserialize;
use serde_json::Value;

use crate::AppState;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/units/{unit}/audit", get(list))
}

#[derive(Template)]
#[template(path = "pages/audit.html")]
struct AuditPage {
    page: Page,
    unit: UnitRecord,
    found: Deeds,
    chain: Option<Chain>,
}

impl AuditPage {
    /// Further values of a deed: roles in words, everything else as it was noted.
    fn detail(&self, deed: &Deed) -> String {
        let Ok(Value::Object(values)) = serde_json::from_str(&deed.detail) else {
            return String::new();
        };
        let text = |(name, value): (&String, &Value)| match (name.as_str(), value) {
            (_, Value::Null) => None,
            ("role", Value::String(role)) => Some(self.page.word("role", role)),
            (name, Value::String(value)) => Some(format!("{name}: {value}")),
            (name, value) => Some(format!("{name}: {value}")),
        };
        values.iter().filter_map(text).collect::<Vec<_>>().join(", ")
    }
}

#[derive(Deserialize)]
struct Asked {
    before: Option<i64>,
    check: Option<String>,
}

async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(unit): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let portal = &state.portal;
    let found = audit::deeds(portal, &actor, unit, asked.before).await?;
    let chain = match asked.check {
        Some(_) => Some(audit::check(portal, &actor, unit).await?),
        None => None,
    };
    show(&AuditPage { page, unit: units::find(portal, &actor, unit).await?, found, chain })
}
