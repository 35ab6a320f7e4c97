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
    /// The values of a deed that mean something to a reader; ids of stored things do not.
    fn detail(&self, deed: &Deed) -> String {
        let Ok(Value::Object(values)) = serde_json::from_str(&deed.detail) else {
            return String::new();
        };
        let text = |name: &&str| {
            let value = match (*name, values.get(*name)?) {
                ("role", Value::String(role)) => self.page.word("role", role),
                ("line", Value::String(line)) => self.page.word("line", line),
                (_, Value::String(text)) if !text.is_empty() => text.clone(),
                (_, Value::Number(number)) => {
                    number.as_i64().map_or_else(|| number.to_string(), |it| self.page.number(it))
                }
                _ => return None,
            };
            Some(format!("{}: {value}", self.page.tk("audit-detail", name.replace('_', "-"))))
        };
        DETAILS.iter().filter_map(text).collect::<Vec<_>>().join(", ")
    }
}

/// Values that are shown, in this order.
const DETAILS: [&str; 21] = [
    "name",
    "role",
    "code",
    "parent",
    "line",
    "from",
    "to",
    "receivers",
    "reminded",
    "units",
    "count",
    "accepted",
    "added",
    "changed",
    "refused",
    "lines",
    "findings",
    "sightings",
    "cases_gone",
    "cases_kept",
    "cases_declared",
];

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
