//! Reading a call: path, query and body, with problems that say where.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use portal::Problem;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::problem::{ApiError, Kind};
use crate::AppState;

/// The longest reason of a parser that is shown, in characters.
const LONGEST_REASON: usize = 200;

/// Ids of the path: one that is no id names nothing.
pub(crate) struct ApiPath<T>(pub(crate) T);

/// Parameters of the query.
pub(crate) struct ApiQuery<T>(pub(crate) T);

/// A JSON body.
pub(crate) struct ApiJson<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(it)| Self(it)).map_err(|_| Kind::NotFound.into())
    }
}

impl<T: DeserializeOwned> FromRequestParts<AppState> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(it)| Self(it)).map_err(|rejection| {
            let problem = Problem::new("", "problem-api-value");
            let problem = problem.with("reason", shortened(&rejection.body_text()));
            ApiError::with(Kind::BadRequest, vec![problem])
        })
    }
}

impl<T: DeserializeOwned> FromRequest<AppState> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        if !is_json(request.headers()) {
            return Err(Kind::MediaType.into());
        }
        let body =
            Bytes::from_request(request, state).await.map_err(|rejection| {
                match rejection.into_response().status() {
                    StatusCode::PAYLOAD_TOO_LARGE => ApiError::from(Kind::TooLarge),
                    _ => Kind::BadRequest.into(),
                }
            })?;
        parse(&body).map(Self)
    }
}

/// A value from JSON; what is wrong is named by its line and column, or by its field.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize::<_, T>(&mut deserializer);
    let value = read.map_err(|error| {
        let field = match error.path().to_string() {
            whole if whole == "." => String::new(),
            field => field,
        };
        refusal(&field, error.inner())
    })?;
    deserializer.end().map_err(|error| refusal("", &error))?;
    if memmem(body, b"\\u0000") {
        return Err(Problem::new("", "problem-api-nul").into());
    }
    Ok(value)
}

fn refusal(field: &str, error: &serde_json::Error) -> ApiError {
    match error.classify() {
        Category::Data => {
            let reason = shortened(&error.to_string());
            Problem::new(field, "problem-api-value").with("reason", reason).into()
        }
        Category::Syntax | Category::Eof | Category::Io => {
            let problem = Problem::new("", "problem-api-json")
                .with("line", error.line().to_string())
                .with("column", error.column().to_string());
            ApiError::with(Kind::NotJson, vec![problem])
        }
    }
}

/// Whether the body says that it is JSON. A form of another site cannot say so.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = kind.and_then(|it| it.split(';').next()).unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn memmem(body: &[u8], needle: &[u8]) -> bool {
    body.windows(needle.len()).any(|it| it == needle)
}

fn shortened(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(LONGEST_REASON).collect()
}
