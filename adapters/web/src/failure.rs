//! A failure as a page: in the person's language, with what they typed, so that nothing is lost.

use askama::Template;
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::AppState;
use crate::error::{Failure, sentences};
use crate::guard::BODY_LIMIT_BYTES;
use crate::page::{Page, show_with};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: String,
    advice: String,
    problems: Vec<String>,
    /// Longer texts of the form that was not taken.
    typed: Vec<String>,
    /// The page one came from.
    back: Option<String>,
}

/// Lets the handlers answer, and writes the page of a failure that they report.
pub(crate) async fn explain(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let (body, typed) = if is_form(&parts) {
        match to_bytes(body, BODY_LIMIT_BYTES).await {
            Ok(bytes) => (Body::from(bytes.clone()), bytes),
            Err(_) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        }
    } else {
        (body, Bytes::new())
    };
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    let Some(failure) = response.extensions().get::<Failure>().cloned() else {
        return response;
    };
    let is_reading = matches!(parts.method, Method::GET | Method::HEAD);
    let status = match response.status() {
        // A page asks to sign in first; a form must not lose what was typed.
        StatusCode::SEE_OTHER if is_reading => return response,
        StatusCode::SEE_OTHER => StatusCode::UNAUTHORIZED,
        status => status,
    };
    let Ok(page) = Page::from_request_parts(&mut parts, &state).await else { return response };
    let (title, advice) = (page.t(failure.key), page.t(&format!("{}-advice", failure.key)));
    let problems: Vec<String> =
        sentences(page.language, &failure.problems).into_iter().map(|(_, text)| text).collect();
    if wants_json(&parts.headers) {
        let message = [vec![title, advice], problems].concat().join(". ");
        return (status, Json(json!({ "message": message }))).into_response();
    }
    let back = referring_path(&parts.headers);
    let error = ErrorPage { page, title, advice, problems, typed: texts_of(&typed), back };
    show_with(status, &error).unwrap_or(response)
}

/// Whether the page's script is asking.
pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT);
    accepted.is_some_and(|it| it.as_bytes().starts_with(b"application/json"))
}

/// Path and query of the page of ours that a request came from.
pub(crate) fn referring_path(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name)?.to_str().ok();
    let from: Uri = text(header::REFERER)?.parse().ok()?;
    let is_ours = from.authority().is_some_and(|it| Some(it.as_str()) == text(header::HOST));
    is_ours.then(|| from.path_and_query().map_or("/", |it| it.as_str()).to_owned())
}

fn is_form(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE);
    parts.method == Method::POST
        && kind.is_some_and(|it| it.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

/// The longer texts of a form: what it would hurt to type again. Never a password.
fn texts_of(form: &[u8]) -> Vec<String> {
    form_urlencoded::parse(form)
        .filter(|(name, text)| {
            let is_text = text.trim().contains(char::is_whitespace) && text.chars().count() > 11;
            is_text && !name.contains("password") && name != "then"
        })
        .map(|(_, text)| text.into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_texts_are_kept_and_passwords_never() {
        let check = |form: &str, expected: &[&str]| assert_eq!(texts_of(form.as_bytes()), expected);
        check(
            "note=%C4%90%C3%A3+qu%C3%A9t+to%C3%A0n+b%E1%BB%99+m%C3%A1y",
            &["Đã quét toàn bộ máy"],
        );
        check("note=ng%E1%BA%AFn&version=3", &[]);
        check("password=m%E1%BB%99t+c%C3%A2u+d%C3%A0i+d%E1%BB%85+nh%E1%BB%9B+l%E1%BA%AFm", &[]);
        check("", &[]);
    }

    #[test]
    fn only_a_page_of_ours_is_gone_back_to() {
        let check = |referer: &'static str, expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "127.0.0.1:8080".parse().unwrap());
            headers.insert(header::REFERER, referer.parse().unwrap());
            assert_eq!(referring_path(&headers).as_deref(), expected, "{referer}");
        };
        check("http://127.0.0.1:8080/cases/1?x=2", Some("/cases/1?x=2"));
        check("http://evil.example/cases", None);
        check("/cases", None);
    }
}
