//! What every handler can reach.

use std::sync::Arc;

use portal::Portal;

use crate::{BrowserModule, Tools};

/// What every handler can reach; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The portal whose functions the handlers call.
    pub portal: Arc<Portal>,
    /// Whether cookies carry `Secure`: always, except on plain HTTP on loopback.
    pub secure_cookies: bool,
    /// The matcher for browsers; `None` where it was not built: logs are then uploaded.
    pub module: Option<BrowserModule>,
    /// The clean-up tool's programs.
    pub tools: Tools,
}
