//! Who calls: a program with a token, or a person with the session of their browser.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use portal::records::TokenRecord;
use portal::tokens::{self, Scope, Sender};
use portal::{Actor, PortalError};

use super::problem::{ApiError, Kind};
use crate::AppState;
use crate::error::PageError;
use crate::session::MaybeSignedIn;

/// Whoever holds a token or a session.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// A signed-in person.
    Person(Actor),
    /// A program of a unit.
    Program(TokenRecord),
}

/// A caller who may read what the units they belong to may: scope `read`, or a person.
pub(crate) struct Reader(pub(crate) Actor);

/// A caller who may fetch campaigns and their indicator lists: any scope, or a person.
pub(crate) struct ListReader(pub(crate) Actor);

/// A signed-in person: named people do what a letter asks a unit to do.
pub(crate) struct Person(pub(crate) Actor);

impl Caller {
    /// The caller, as one who sends sightings.
    pub(crate) fn sender(self) -> Result<Sender, ApiError> {
        match self {
            Self::Person(actor) => Ok(Sender::Person(actor)),
            Self::Program(token) => {
                require(&token, &[Scope::SendSightings])?;
                Ok(Sender::Program(token))
            }
        }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        // A token that was sent decides: a session beside it never widens what it may.
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let secret = bearer(&parts.headers).ok_or(Kind::SignedOut)?;
            return Ok(Self::Program(tokens::sign_in(&state.portal, secret).await?));
        }
        match MaybeSignedIn::from_request_parts(parts, state).await {
            Ok(MaybeSignedIn(Some(actor))) => Ok(Self::Person(actor)),
            Ok(MaybeSignedIn(None)) => Err(Kind::SignedOut.into()),
            Err(PageError::Portal(error)) => Err(error.into()),
            Err(error) => Err(PortalError::Internal(error.to_string()).into()),
        }
    }
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        match Caller::from_request_parts(parts, state).await? {
            Caller::Person(actor) => Ok(Self(actor)),
            Caller::Program(token) => {
                require(&token, &[Scope::Read])?;
                Ok(Self(tokens::reader(&token)))
            }
        }
    }
}

impl FromRequestParts<AppState> for ListReader {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        match Caller::from_request_parts(parts, state).await? {
            Caller::Person(actor) => Ok(Self(actor)),
            Caller::Program(token) => {
                require(&token, &[Scope::SendSightings, Scope::Read])?;
                Ok(Self(tokens::reader(&token)))
            }
        }
    }
}

impl FromRequestParts<AppState> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        match Caller::from_request_parts(parts, state).await? {
            Caller::Person(actor) => Ok(Self(actor)),
            Caller::Program(_) => Err(Kind::PersonOnly.into()),
        }
    }
}

/// Whether a token has one of these scopes.
fn require(token: &TokenRecord, any_of: &[Scope]) -> Result<(), ApiError> {
    let held = tokens::scopes_of(token);
    match any_of {
        scopes if scopes.iter().any(|it| held.contains(it)) => Ok(()),
        [first, ..] => Err(ApiError::scope(*first)),
        [] => Err(Kind::Denied.into()),
    }
}

/// The secret of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_bearer_token_is_a_token() {
        let check = |value: &'static str, expected| {
            let headers = [(header::AUTHORIZATION, HeaderValue::from_static(value))];
            assert_eq!(bearer(&headers.into_iter().collect()), expected, "{value}");
        };
        check("Bearer lmst_x", Some("lmst_x"));
        check("bearer  lmst_x ", Some("lmst_x"));
        check("Basic dTpw", None);
        check("Bearer ", None);
        check("lmst_x", None);
    }
}
