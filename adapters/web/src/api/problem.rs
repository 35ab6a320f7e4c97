//! Why a call was not done, as RFC 9457 problem details.
//!
//! A handler returns an [`ApiError`]; [`speak`] turns it into words, because only there the
//! language of the caller is known.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use language::{Language, text};
use portal::tokens::Scope;
use portal::{PortalError, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::sentence;

/// Why a call was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The body is not JSON.
    NotJson,
    /// The query cannot be read.
    BadRequest,
    /// No token and no session, or one that does not hold.
    SignedOut,
    /// The caller may not do this to that unit.
    Denied,
    /// The token has another scope.
    Scope,
    /// A program asks for what a named person does.
    PersonOnly,
    /// A write from another site with a session cookie.
    CrossOrigin,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// The path is there, the method is not.
    Method,
    /// Somebody else changed it first.
    Conflict,
    /// The body is larger than the call takes.
    TooLarge,
    /// The body is not sent as JSON.
    MediaType,
    /// What was sent cannot be taken.
    Invalid,
    /// Too many tries.
    TooMany,
    /// A fault of ours.
    Internal,
}

impl Kind {
    /// Every kind, by status.
    pub(crate) const ALL: [Self; 15] = [
        Self::NotJson,
        Self::BadRequest,
        Self::SignedOut,
        Self::Denied,
        Self::Scope,
        Self::PersonOnly,
        Self::CrossOrigin,
        Self::NotFound,
        Self::Method,
        Self::Conflict,
        Self::TooLarge,
        Self::MediaType,
        Self::Invalid,
        Self::TooMany,
        Self::Internal,
    ];

    /// The last part of its `type`, and of its message keys `api-problem-…`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::BadRequest => "bad-request",
            Self::SignedOut => "signed-out",
            Self::Denied => "denied",
            Self::Scope => "scope",
            Self::PersonOnly => "person-only",
            Self::CrossOrigin => "cross-origin",
            Self::NotFound => "not-found",
            Self::Method => "method",
            Self::Conflict => "conflict",
            Self::TooLarge => "too-large",
            Self::MediaType => "media-type",
            Self::Invalid => "invalid",
            Self::TooMany => "too-many",
            Self::Internal => "internal",
        }
    }

    /// Its status.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::NotJson | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Denied | Self::Scope | Self::PersonOnly | Self::CrossOrigin => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether the same call can succeed later.
    pub(crate) fn is_worth_retrying(self) -> bool {
        matches!(self, Self::TooMany | Self::Internal)
    }

    /// What it is, in one line.
    pub(crate) fn title(self, language: Language) -> String {
        text(language, &format!("api-problem-{}", self.code()))
    }

    /// What to do next.
    pub(crate) fn detail(self, language: Language) -> String {
        text(language, &format!("api-problem-{}-detail", self.code()))
    }

    /// The kind of an answer that another layer gave without words.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::SignedOut,
            StatusCode::FORBIDDEN => Self::Denied,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::MediaType,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Invalid,
            status if status.is_server_error() => Self::Internal,
            _ => Self::BadRequest,
        }
    }
}

/// Why a call was not done, with the fields it is about.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    kind: Kind,
    problems: Vec<Problem>,
    wait_seconds: Option<i64>,
}

impl ApiError {
    /// An error with what is wrong, field by field.
    pub(crate) fn with(kind: Kind, problems: Vec<Problem>) -> Self {
        Self { kind, problems, wait_seconds: None }
    }

    /// The token lacks a scope.
    pub(crate) fn scope(needed: Scope) -> Self {
        let problem = Problem::new("", "problem-api-scope").with("scope", needed.code());
        Self::with(Kind::Scope, vec![problem])
    }
}

impl From<Kind> for ApiError {
    fn from(kind: Kind) -> Self {
        Self::with(kind, Vec::new())
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::with(Kind::Invalid, vec![problem])
    }
}

impl From<PortalError> for ApiError {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::SignedOut => Kind::SignedOut.into(),
            PortalError::Denied => Kind::Denied.into(),
            PortalError::NotFound => Kind::NotFound.into(),
            PortalError::Invalid(problems) => Self::with(Kind::Invalid, problems),
            PortalError::Conflict => Kind::Conflict.into(),
            PortalError::TooMany { wait_seconds } => {
                let wait_seconds = Some(wait_seconds);
                Self { kind: Kind::TooMany, problems: Vec::new(), wait_seconds }
            }
            PortalError::Storage(_) | PortalError::File(_) | PortalError::Internal(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "API call failed");
                Kind::Internal.into()
            }
        }
    }
}

impl IntoResponse for ApiError {
    /// Status and headers; the words come from [`speak`].
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        if self.kind == Kind::SignedOut {
            let challenge = HeaderValue::from_static("Bearer realm=\"lamsach\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.wait_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Why a call was not done (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Which kind of problem; `/api/v1/problems` lists them all.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems#invalid")]
    kind: String,
    /// What it is, in one line, in the language of `Accept-Language`: `vi` (default) or `en`.
    #[schema(example = "Nội dung gửi lên chưa nhận được")]
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    status: u16,
    /// What to do next, in the same language.
    detail: String,
    /// Whether the same call can succeed later without a change.
    retry: bool,
    /// What is wrong, place by place; empty when it is about no place.
    problems: Vec<FieldProblem>,
}

/// One thing that is wrong with what was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// Place in the body, or name of a parameter; empty for the whole.
    #[schema(example = "results[0].sightings[3].last_seen")]
    field: String,
    /// Stable code.
    #[schema(example = "problem-sighting-future")]
    code: String,
    /// What is wrong with it, in the language of `Accept-Language`.
    message: String,
}

/// Gives every answer that is no success its words, whichever layer it comes from.
pub(crate) async fn speak(request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        return words(response, &error, language);
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        let error = Kind::of_status(response.status()).into();
        return words(response, &error, language);
    }
    response
}

/// The answer to a forged write, given before any handler.
pub(crate) fn cross_origin(headers: &HeaderMap) -> Response {
    let error = ApiError::from(Kind::CrossOrigin);
    words(error.clone().into_response(), &error, language_of(headers))
}

fn words(answer: Response, error: &ApiError, language: Language) -> Response {
    let kind = error.kind;
    let problems = error.problems.iter().map(|it| FieldProblem {
        field: it.field.clone(),
        code: it.message.to_owned(),
        message: sentence(language, it),
    });
    let body = ProblemBody {
        kind: format!("/api/v1/problems#{}", kind.code()),
        title: kind.title(language),
        status: kind.status().as_u16(),
        detail: kind.detail(language),
        retry: kind.is_worth_retrying(),
        problems: problems.collect(),
    };
    let (parts, _) = answer.into_parts();
    let mut response = (kind.status(), Json(body)).into_response();
    let headers = response.headers_mut();
    for name in [header::ALLOW, header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    let json = HeaderValue::from_static("application/problem+json");
    headers.insert(header::CONTENT_TYPE, json);
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

/// The language a caller reads best: Vietnamese unless `Accept-Language` says otherwise.
fn language_of(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
    wanted.and_then(preferred).unwrap_or_default()
}

/// The language of the highest weight that we speak (RFC 9110 section 12.5.4).
fn preferred(wanted: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in wanted.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let Some(language) = parts.next().and_then(Language::from_tag) else { continue };
        let weight = parts.find_map(|it| it.strip_prefix("q=")?.parse::<f32>().ok());
        let weight = weight.unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_the_caller_weighs_highest() {
        let check = |wanted, expected| assert_eq!(preferred(wanted), expected, "{wanted}");
        check("en", Some(Language::En));
        check("en-US,en;q=0.9,vi;q=0.8", Some(Language::En));
        check("fr, vi;q=0.4, en;q=0.7", Some(Language::En));
        check("vi-VN", Some(Language::Vi));
        check("fr", None);
        check("en;q=0", None);
        check("en;q=x", Some(Language::En));
        check("", None);
    }

    #[test]
    fn every_kind_has_words_in_both_languages() {
        for kind in Kind::ALL {
            for language in Language::ALL {
                let words = kind.title(language) + &kind.detail(language);
                assert!(!words.contains('⟦'), "{words}");
            }
        }
    }
}
