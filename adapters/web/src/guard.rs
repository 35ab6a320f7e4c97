//! What stands before every handler: same-origin writes, security headers, body limits.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::AppState;
use crate::error::PageError;

/// The most a form or an API call may carry, in bytes; uploads set their own limit.
pub(crate) const BODY_LIMIT_BYTES: usize = 2 * 1024 * 1024;

/// No script, style, frame or form target but our own; nothing inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
     manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Puts the guards before the routes.
pub(crate) fn wrap(routes: Router<AppState>, _state: &AppState) -> Router<AppState> {
    // Programs and packs are sent with their length, as they are.
    let worthwhile =
        DefaultPredicate::new().and(NotForContentType::const_new(crate::pages::tools::MEDIA_TYPE));
    let mut routes = routes
        .layer(middleware::from_fn(refuse_cross_origin_writes))
        .layer(DefaultBodyLimit::max(BODY_LIMIT_BYTES))
        .layer(CompressionLayer::new().compress_when(worthwhile));
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        routes = routes
            .layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    // Pages hold the data of one unit: no shared cache may keep them. Assets say otherwise.
    routes.layer(SetResponseHeaderLayer::if_not_present(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    ))
}

/// Protects cookie sessions from forged requests of other sites, in one place for every route.
/// See docs/decisions, "same-origin writes".
async fn refuse_cross_origin_writes(request: Request, next: Next) -> Response {
    let is_write = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let has_cookie = request.headers().contains_key(header::COOKIE);
    if is_write && !comes_from_us(request.headers(), has_cookie) {
        if request.uri().path().starts_with("/api/") {
            return crate::api::problem::cross_origin(request.headers());
        }
        return PageError::CrossOrigin.into_response();
    }
    next.run(request).await
}

/// Whether a write may be trusted to come from our own pages, or carries no cookie to misuse.
fn comes_from_us(headers: &HeaderMap, has_cookie: bool) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    if let Some(origin) = text(header::ORIGIN) {
        let host = text(header::HOST).unwrap_or_default();
        return origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host));
    }
    // Browsers send one of the two with every write; programs send neither, and no cookie.
    !has_cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_write_with_a_cookie() {
        let check = |headers: &[(&'static str, &'static str)], has_cookie, expected| {
            let headers = headers
                .iter()
                .map(|(name, value)| {
                    (HeaderName::from_static(name), HeaderValue::from_static(value))
                })
                .collect();
            assert_eq!(comes_from_us(&headers, has_cookie), expected, "{headers:?}");
        };
        check(&[("sec-fetch-site", "same-origin")], true, true);
        check(&[("sec-fetch-site", "none")], true, true);
        check(&[("sec-fetch-site", "same-site")], true, false);
        check(&[("sec-fetch-site", "cross-site")], false, false);
        check(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true, true);
        check(&[("origin", "http://evil.example"), ("host", "127.0.0.1:8080")], true, false);
        check(&[("origin", "null"), ("host", "127.0.0.1:8080")], true, false);
        check(&[("host", "127.0.0.1:8080")], true, false);
        check(&[("host", "127.0.0.1:8080")], false, true);
    }
}
