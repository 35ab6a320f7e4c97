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
use packs::SecretKey;
use portal::packs::PackRecord;
use serde_json::Value;
use test_support::TestPortal;
use tower::ServiceExt;

/// The small world behind a router.
#[expect(clippy::struct_field_names, reason = "the world behind this one")]
pub struct World {
    pub world: test_support::World,
    pub router: Router,
    /// A pack that the campaign's tools are offered.
    pub pack: PackRecord,
    _tools: tempfile::TempDir,
}

/// What stands in for the clean-up tool.
pub const WINDOWS_TOOL: &[u8] = b"MZ stands in for a program";
pub const LINUX_TOOL: &[u8] = b"\x7fELF stands in for a program";
/// The key that signs the packs of tests.
pub fn pack_key() -> SecretKey {
    SecretKey::from_seed([5; 32], "thu")
}

/// A signed pack.
pub fn pack(serial: u64, key: &SecretKey) -> Vec<u8> {
    let (issued, expires) = (jiff::Timestamp::UNIX_EPOCH, jiff::civil::date(2099, 12, 31));
    let draft = packs::Draft::new("thu", serial, issued, expires, "test");
    packs::sign(&draft.build().unwrap(), key).unwrap()
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
        let coordinator = test_support::actor(&portal, "coordinator.a").await;
        let keys = pack_key().public_file().to_json();
        let (campaign, first) = (world.campaign, pack(1, &pack_key()));
        let pack =
            portal::packs::add(&portal, &coordinator, campaign, first, Some(keys.as_bytes()));
        let pack = pack.await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lamsach-clean.exe"), WINDOWS_TOOL).unwrap();
        std::fs::write(folder.path().join("lamsach-clean"), LINUX_TOOL).unwrap();
        let tools = web::Tools::of(vec![folder.path().to_owned()]);
        let router =
            web::router(web::AppState { portal, secure_cookies: false, module: None, tools });
        Self { world, router, pack, _tools: folder }
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
