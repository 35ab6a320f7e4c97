//! Answering a call: pages of a list, entity tags.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portal::{PortalError, Problem};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::input::ApiQuery;
use super::problem::ApiError;
use crate::AppState;

/// Entries of a page unless the caller asks for another number.
const USUAL_LIMIT: usize = 100;
/// The most entries of a page.
const LARGEST_LIMIT: usize = 1_000;

/// Which part of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Entries of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
    /// Where the page begins: `next` of the page before. Its form may change at any time.
    cursor: Option<String>,
}

/// What an answer depends on beside the path: the page asked for, and what the caller has already.
pub(crate) struct Asked {
    path: String,
    query: PageQuery,
    known: Option<HeaderValue>,
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let ApiQuery(query) = ApiQuery::<PageQuery>::from_request_parts(parts, state).await?;
        let path = axum::extract::OriginalUri::from_request_parts(parts, state).await;
        let path = path.map(|it| it.0.path().to_owned()).unwrap_or_default();
        Ok(Self { path, query, known: parts.headers.get(header::IF_NONE_MATCH).cloned() })
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The entries.
    items: Vec<T>,
    /// `cursor` of the next page; `null` on the last one. The header `Link` has its address.
    next: Option<String>,
}

impl Asked {
    /// A page of a list whose entries are told apart by a key, with its entity tag and the address
    /// of the next page.
    pub(crate) fn page<T: Serialize>(
        &self,
        items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Result<Response, ApiError> {
        let limit = self.query.limit.unwrap_or(USUAL_LIMIT);
        if !(1..=LARGEST_LIMIT).contains(&limit) {
            let problem = Problem::new("limit", "problem-api-limit");
            return Err(problem.with("most", LARGEST_LIMIT.to_string()).into());
        }
        let start = match &self.query.cursor {
            None => 0,
            Some(cursor) => {
                let last = items.iter().position(|it| key(it) == *cursor);
                last.ok_or_else(|| Problem::new("cursor", "problem-api-cursor"))? + 1
            }
        };
        let has_more = items.len() - start > limit;
        let items: Vec<T> = items.into_iter().skip(start).take(limit).collect();
        let next = items.last().filter(|_| has_more).map(&key);
        let link = next
            .as_ref()
            .map(|cursor| format!("<{}?limit={limit}&cursor={cursor}>; rel=\"next\"", self.path));
        let mut response = self.json(&Page { items, next })?;
        if let Some(link) = link.and_then(|it| HeaderValue::from_str(&it).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }

    /// JSON with the hash of its content as entity tag; 304 when the caller has it already.
    pub(crate) fn json(&self, body: &impl Serialize) -> Result<Response, ApiError> {
        let body = serde_json::to_vec(body)
            .map_err(|error| PortalError::Internal(format!("cannot write JSON: {error}")))?;
        let tag = hex::encode(Sha256::digest(&body));
        Ok(self.bytes(&tag, "application/json", body))
    }

    /// Whether the caller has the content of this entity tag.
    pub(crate) fn has(&self, tag: &str) -> bool {
        self.known.as_ref().is_some_and(|known| names(known, &format!("\"{tag}\"")))
    }

    /// Bytes whose entity tag is known; 304 when the caller has them already.
    pub(crate) fn bytes(&self, tag: &str, media_type: &str, body: Vec<u8>) -> Response {
        let is_known = self.has(tag);
        let tag = format!("\"{tag}\"");
        let mut response =
            if is_known { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
        let headers = response.headers_mut();
        set(headers, header::ETAG, &tag);
        // Kept by the caller alone, and asked for again each time.
        set(headers, header::CACHE_CONTROL, "private, no-cache");
        if !is_known {
            set(headers, header::CONTENT_TYPE, media_type);
        }
        response
    }
}

/// Whether `If-None-Match` names a tag (RFC 9110 section 13.1.2: the weak comparison).
fn names(known: &HeaderValue, tag: &str) -> bool {
    let known = known.to_str().unwrap_or_default();
    known.split(',').map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == tag)
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_when_the_caller_names_it() {
        let check = |known: &'static str, expected| {
            assert_eq!(names(&HeaderValue::from_static(known), "\"a\""), expected, "{known}");
        };
        check("\"a\"", true);
        check("W/\"a\"", true);
        check("\"b\", \"a\"", true);
        check("*", true);
        check("\"ab\"", false);
        check("a", false);
    }
}
