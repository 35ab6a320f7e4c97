//! One line in the log a request: which route, what came of it, how long it took. No address, no
//! query, no path as it was typed: invitations and searches are in those.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// Logs a request after it was answered; what went wrong on our side is logged where it did.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let start = Instant::now();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let (status, millis) = (response.status().as_u16(), start.elapsed().as_millis());
    // Styles and icons would drown the rest.
    if route.starts_with("/assets/") {
        tracing::debug!(%method, route, status, millis, "request");
    } else {
        tracing::info!(%method, route, status, millis, "request");
    }
    response
}
