//! Who is asking: the session cookie and the language cookie.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use language::Language;
use portal::{Actor, PortalError, sign_in};

use crate::AppState;
use crate::error::PageError;
use crate::failure::referring_path;

/// Cookie of the session.
const SESSION_COOKIE: &str = "lamsach_session";
/// Cookie of the language, for people who are not signed in too.
pub(crate) const LANGUAGE_COOKIE: &str = "lamsach_language";

/// The person who is signed in; everybody else is sent to the sign-in page.
pub(crate) struct SignedIn(pub(crate) Actor);

/// The person who is signed in, if anybody is.
pub(crate) struct MaybeSignedIn(pub(crate) Option<Actor>);

impl FromRequestParts<AppState> for MaybeSignedIn {
    type Rejection = PageError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        if let Some(known) = parts.extensions.get::<Option<Actor>>() {
            return Ok(Self(known.clone()));
        }
        let actor = match session_secret(&parts.headers) {
            None => None,
            Some(secret) => match sign_in::actor_of(&state.portal, secret).await {
                Ok(actor) => Some(actor),
                Err(PortalError::SignedOut) => None,
                Err(error) => return Err(PageError::from(error)),
            },
        };
        // Page and SignedIn both ask; once a request is enough.
        parts.extensions.insert(actor.clone());
        Ok(Self(actor))
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let MaybeSignedIn(actor) = MaybeSignedIn::from_request_parts(parts, state).await?;
        actor.map(Self).ok_or_else(|| PageError::SignInFirst { then: reachable_path(parts) })
    }
}

/// Path and query that can be opened again: that of a page, or of the page whose form was sent.
pub(crate) fn reachable_path(parts: &Parts) -> String {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return parts.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
    }
    referring_path(&parts.headers).unwrap_or_else(|| "/".to_owned())
}

/// The secret of the session cookie.
pub(crate) fn session_secret(headers: &HeaderMap) -> Option<&str> {
    cookie_of(headers, SESSION_COOKIE).filter(|secret| !secret.is_empty())
}

/// The value of a cookie.
pub(crate) fn cookie_of<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The header that sets the session cookie.
pub(crate) fn set_session(state: &AppState, secret: &str, lasts: Duration) -> HeaderValue {
    set_cookie(state, SESSION_COOKIE, secret, lasts, "; HttpOnly")
}

/// The header that takes the session cookie away.
pub(crate) fn clear_session(state: &AppState) -> HeaderValue {
    set_cookie(state, SESSION_COOKIE, "", Duration::ZERO, "; HttpOnly")
}

/// The header that keeps the language.
pub(crate) fn set_language(state: &AppState, language: Language) -> HeaderValue {
    set_cookie(state, LANGUAGE_COOKIE, language.tag(), Duration::from_hours(24 * 365), "")
}

fn set_cookie(
    state: &AppState,
    name: &str,
    value: &str,
    lasts: Duration,
    extra: &str,
) -> HeaderValue {
    let secure = if state.secure_cookies { "; Secure" } else { "" };
    let seconds = lasts.as_secs();
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{extra}{secure}");
    // Names, tags and base64 text have no byte that a header refuses.
    HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
}
