//! The portal's pages and its API.
//!
//! Handlers are thin: read the request, call a function of `portal`, show what it gave. The way in
//! for a reader: [`router`], then [`session`] (who is asking), [`page`] (what every page shows),
//! then the module of the page at hand under `pages/`, its template beside it in `templates/`.
//!
//! What it deliberately does not do: decide rights, read the database, keep files.

#![allow(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_self,
    reason = "templates call methods, and with references"
)]

pub mod api;
mod assets;
mod browser_module;
mod error;
mod failure;
mod guard;
mod notice;
mod page;
mod pages;
mod request_log;
mod running;
mod serve;
mod session;
mod state;
mod tools;

pub use browser_module::BrowserModule;
pub use serve::{Listen, serve};
pub use state::AppState;
pub use tools::Tools;

use axum::Router;

/// Every route of the portal behind its guards.
pub fn router(state: AppState) -> Router {
    let explained = axum::middleware::from_fn_with_state(state.clone(), failure::explain);
    let pages = pages::routes().layer(explained);
    let guarded = Router::new().merge(pages).merge(api::routes());
    let guarded = guard::wrap(guarded, &state);
    guarded.layer(axum::middleware::from_fn(request_log::log)).with_state(state)
}
