//! The small world behind a router, and calls into it as anybody.

#![allow(dead_code, reason = "each test binary uses its own part of the world")]
#![allow(unreachable_pub, reason = "shared by test binaries, each of which is a crate")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

pub mod routes;

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use test_support::TestPortal;
use tower::ServiceExt;

/// The small world behind a router.
pub struct World {
    pub world: test_support::World,
    pub router: Router,
}

impl Deref for World {
    type Target = test_support::World;

    fn deref(&self) -> &Self::Target {
        &self.world
    }
}

/// What a call was answered with.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }
}

impl World {
    /// A world on SQLite.
    pub async fn new() -> Self {
        Self::on(TestPortal::sqlite().await).await
    }

    /// A world in this portal.
    pub async fn on(test: TestPortal) -> Self {
        let world = test_support::World::on(test).await;
        let portal = Arc::new(world.portal().clone());
        let router = web::router(web::AppState { portal, secure_cookies: false, module: None });
        Self { world, router }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// GET with a token.
    pub async fn get(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// POST of JSON with a token.
    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A call with the session of a person, as our own pages send it.
    pub async fn call_as(
        &self,
        login: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookie(login))
            .header("sec-fetch-site", "same-origin");
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |it| Body::from(it.to_string()));
        self.send(request.body(body).unwrap()).await
    }
}

/// The session cookie of a person.
pub fn cookie(login: &str) -> String {
    format!("lamsach_session=session-of-{login}")
}
