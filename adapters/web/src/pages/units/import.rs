//! The unit tree from a table: choose, look, confirm.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use campaigns::tree_import::{Column, PlacePlan, PlaceWrite, RowRefused, UnitPlan};
use portal::tree_import::{self as functions, Confirmed, LARGEST_TABLE_BYTES, Preview};
use portal::{PortalError, Problem};
use serde::Deserialize;

use super::super::letter::download;
use crate::AppState;
use crate::error::{PageError, sentence};
use crate::notice::Notice;
use crate::page::{Page, show, show_with};
use crate::session::SignedIn;

/// Units and rows shown of each kind; the figures above them count all.
const MOST_SHOWN: usize = 200;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/units/import",
            // Room for the form around the file: its own limit says more than a cut-off upload.
            get(form).post(preview).layer(DefaultBodyLimit::max(LARGEST_TABLE_BYTES + (1 << 20))),
        )
        .route("/units/import/confirm", post(confirm))
        .route("/units/import/template/{file}", get(template))
}

#[derive(Template)]
#[template(path = "pages/units_import.html")]
struct ImportPage {
    page: Page,
    problems: Vec<String>,
    preview: Option<Preview>,
    has_changed: bool,
}

impl ImportPage {
    fn columns(&self) -> [Column; 9] {
        Column::ALL
    }

    fn first<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        all.get(..all.len().min(MOST_SHOWN)).unwrap_or_default()
    }

    fn left_out(&self, count: usize) -> usize {
        count.saturating_sub(MOST_SHOWN)
    }

    /// What a row is refused for, in words.
    fn reason(&self, preview: &Preview, at: &usize) -> String {
        let problem: Option<&Problem> = preview.problems.get(*at);
        problem.map(|it| sentence(self.page.language, it)).unwrap_or_default()
    }

    fn column_of(&self, refused: &RowRefused) -> String {
        refused.column.map(|it| self.page.tk("units-column", it.code())).unwrap_or_default()
    }

    /// What changes about a unit, one sentence a change.
    fn changes(&self, unit: &UnitPlan) -> Vec<String> {
        let page = &self.page;
        let value = |column: Column, value: &str| match (column, value) {
            (_, "") => "–".to_owned(),
            (Column::Kind, kind) => page.tk("unit-kind", kind),
            (Column::Headcount, count) => {
                count.parse::<i64>().map_or_else(|_| count.to_owned(), |it| page.number(it))
            }
            (_, text) => text.to_owned(),
        };
        let details = unit.changes.iter().map(|it| {
            let before = value(it.column, &it.before);
            let after = value(it.column, &it.after);
            format!("{}: {before} → {after}", page.tk("units-column", it.column.code()))
        });
        let places = unit.places.iter().filter(|it| it.write != PlaceWrite::Keep);
        details.chain(places.map(|it| self.place(it))).collect()
    }

    /// Where a unit will stand, as a sentence.
    fn place(&self, place: &PlacePlan) -> String {
        let page = &self.page;
        let parent = place.parent.clone().unwrap_or_else(|| "–".to_owned());
        let mut text = match &place.before {
            Some(before) => page.t2("units-place-moves", "before", before, "parent", &parent),
            None => page.t1("units-place-below", "parent", &parent),
        };
        text = format!("{text} ({})", page.word("line", &place.line));
        if let Some(from) = &place.from {
            text = format!("{text}, {}", page.t1("units-from-day", "day", page.date(from)));
        }
        if let Some(to) = &place.to {
            text = format!("{text}, {}", page.t1("units-to-day", "day", page.date(to)));
        }
        text
    }
}

async fn form(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
) -> Result<Response, PageError> {
    if functions::own_roots(&state.portal, &actor).await?.is_empty() {
        return Err(PortalError::Denied.into());
    }
    show(&ImportPage { page, problems: Vec::new(), preview: None, has_changed: false })
}

async fn preview(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    mut form: Multipart,
) -> Result<Response, PageError> {
    // Before a byte of the table is read: may this person?
    if functions::own_roots(&state.portal, &actor).await?.is_empty() {
        return Err(PortalError::Denied.into());
    }
    let unreadable =
        |error: axum::extract::multipart::MultipartError| PageError::BadRequest(error.to_string());
    let mut bytes = Vec::new();
    let mut is_too_large = false;
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        if field.name() != Some("table") {
            continue;
        }
        while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
            is_too_large |= bytes.len() + chunk.len() > LARGEST_TABLE_BYTES + (1 << 19);
            if !is_too_large {
                bytes.extend_from_slice(&chunk);
            }
        }
    }
    if is_too_large {
        bytes = vec![0; LARGEST_TABLE_BYTES + 1];
    }
    match functions::preview(&state.portal, &actor, bytes).await {
        Ok(preview) => show(&ImportPage {
            page,
            problems: Vec::new(),
            preview: Some(preview),
            has_changed: false,
        }),
        Err(PortalError::Invalid(problems)) => {
            let problems = problems.iter().map(|it| sentence(page.language, it)).collect();
            let shown = ImportPage { page, problems, preview: None, has_changed: false };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Confirmation {
    file: String,
    fingerprint: String,
}

async fn confirm(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Form(given): Form<Confirmation>,
) -> Result<Response, PageError> {
    match functions::confirm(&state.portal, &actor, &given.file, &given.fingerprint).await {
        Ok(Confirmed::Done(_)) => Ok(Notice::UnitsImported.redirect("/units").into_response()),
        Err(PortalError::Invalid(problems)) => {
            let problems = problems.iter().map(|it| sentence(page.language, it)).collect();
            let shown = ImportPage { page, problems, preview: None, has_changed: false };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => Err(error.into()),
        Ok(Confirmed::Changed(preview)) => {
            let shown = ImportPage {
                page,
                problems: Vec::new(),
                preview: Some(*preview),
                has_changed: true,
            };
            show_with(StatusCode::CONFLICT, &shown)
        }
    }
}

async fn template(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    page: Page,
    Path(file): Path<String>,
) -> Result<Response, PageError> {
    let kind = portal::exports::Kind::of_file(&file).ok_or(PortalError::NotFound)?;
    let sheet = functions::template(&state.portal, &actor, page.language).await?;
    let bytes = functions::sheet_as(&sheet, kind)?;
    Ok(download(&file, kind.media_type(), bytes))
}
