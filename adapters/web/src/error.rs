//! What a person sees when something was not done.

use askama::Template;
use axum::Extension;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use language::{Language, Value, text, text_with};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use portal::{PortalError, Problem};

/// What is escaped in a query's value.
const QUERY_VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'/');

/// Why a page was not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// Nobody is signed in: the sign-in page comes first, then the page asked for.
    #[error("nobody is signed in")]
    SignInFirst {
        /// Where to go afterwards.
        then: String,
    },
    /// A function of the portal said no.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// A form that did not come from a page of ours; nothing of it was looked at.
    #[error("a form from another site")]
    CrossOrigin,
    /// The upload or form could not be read.
    #[error("cannot read what was sent: {0}")]
    BadRequest(String),
    /// A template failed: a fault of ours.
    #[error("cannot render the page")]
    Template(#[source] askama::Error),
}

/// A page in both languages, for when not even the language is known.
#[derive(Template)]
#[template(path = "error_bare.html")]
struct BarePage<'a> {
    title: &'a str,
    advice: &'a str,
    problems: &'a [String],
}

/// What a page about a failure says; [`crate::failure`] turns it into one in the person's language.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// Message key of the title; that of the advice ends in `-advice`.
    pub(crate) key: &'static str,
    /// What is wrong with what was given.
    pub(crate) problems: Vec<Problem>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, key) = match &self {
            Self::SignInFirst { then } => {
                let path = format!("/sign-in?{}", encode_query(&[("then", then.as_str())]));
                let failure = Failure { key: "error-signed-out", problems: Vec::new() };
                return (Extension(failure), Redirect::to(&path)).into_response();
            }
            Self::Portal(error) => status_of(error),
            Self::CrossOrigin => (StatusCode::FORBIDDEN, "error-cross-origin"),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "error-bad-request"),
            Self::Template(_) => (StatusCode::INTERNAL_SERVER_ERROR, "error-internal"),
        };
        if status.is_server_error() {
            tracing::error!(error = &self as &dyn std::error::Error, "page failed");
        }
        let problems = match self {
            Self::Portal(PortalError::Invalid(problems)) => problems,
            _ => Vec::new(),
        };
        let title = both(|language| text(language, key));
        let advice = both(|language| text(language, &format!("{key}-advice")));
        let sentences: Vec<String> =
            problems.iter().map(|problem| both(|language| sentence(language, problem))).collect();
        let page = BarePage { title: &title, advice: &advice, problems: &sentences };
        let failure = Extension(Failure { key, problems });
        match page.render() {
            Ok(html) => (status, failure, Html(html)).into_response(),
            Err(_) => (status, failure, title).into_response(),
        }
    }
}

/// Status and message key of an error of the portal.
pub(crate) fn status_of(error: &PortalError) -> (StatusCode, &'static str) {
    match error {
        PortalError::SignedOut => (StatusCode::UNAUTHORIZED, "error-signed-out"),
        PortalError::Denied => (StatusCode::FORBIDDEN, "error-denied"),
        PortalError::NotFound => (StatusCode::NOT_FOUND, "error-not-found"),
        PortalError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "error-invalid"),
        PortalError::Conflict => (StatusCode::CONFLICT, "error-conflict"),
        PortalError::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "error-too-many"),
        PortalError::Storage(_) | PortalError::File(_) | PortalError::Internal(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "error-internal")
        }
    }
}

/// A problem as a sentence.
pub(crate) fn sentence(language: Language, problem: &Problem) -> String {
    let values: Vec<_> = problem
        .values
        .iter()
        .map(|(name, value)| (*name, Value::of_variable(name, value)))
        .collect();
    text_with(language, problem.message, &values)
}

/// Problems as sentences, each with its field.
pub(crate) fn sentences(language: Language, problems: &[Problem]) -> Vec<(String, String)> {
    problems.iter().map(|it| (it.field.clone(), sentence(language, it))).collect()
}

fn both(sentence: impl Fn(Language) -> String) -> String {
    format!("{} / {}", sentence(Language::Vi), sentence(Language::En))
}

fn encode_query(pairs: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(name);
        query.push('=');
        query.extend(utf8_percent_encode(value, QUERY_VALUE));
    }
    query
}
