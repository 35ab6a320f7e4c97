//! Posting to an address of somebody's own choosing.

use std::fmt;
use std::io;
use std::time::Duration;

use serde::Serialize;
use ureq::Agent;
use ureq::http::{StatusCode, Uri, header};

use crate::address::{checked, is_loopback};
use crate::client::trusting;

/// Posts JSON to one address. Its path and query may be a secret: no message shows them.
pub struct Webhook {
    agent: Agent,
    target: Uri,
    host: String,
}

/// Why something was not posted.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The address cannot be used: what is wrong with it.
    #[error("the address cannot be used: {0}")]
    Address(&'static str),
    /// The certificates given are not readable.
    #[error("the file of trusted certificates holds no PEM certificate")]
    Certificates,
    /// Nobody answers there, or its certificate is not trusted.
    #[error("`{host}` cannot be reached")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the system says.
        source: ureq::Error,
    },
    /// It answers that it does not take what was posted.
    #[error("`{host}` answers with status {status}")]
    Status {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
    },
}

impl WebhookError {
    /// Whether the same may be taken later without anybody changing anything.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Address(_) | Self::Certificates => false,
            Self::Unreachable { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..),
        }
    }
}

impl Webhook {
    /// A webhook at an address, by HTTPS, or by HTTP on this machine; `certificates` (PEM) are trusted
    /// instead of the public authorities. Nothing is sent yet.
    pub fn new(address: &str, certificates: Option<&[u8]>) -> Result<Self, WebhookError> {
        let target = checked(address).map_err(WebhookError::Address)?;
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("lamsach/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_secs(30)));
        if let Some(pem) = certificates {
            config = config.tls_config(trusting(pem).ok_or(WebhookError::Certificates)?);
        }
        if is_loopback(target.host().unwrap_or_default()) {
            // A proxy is another machine.
            config = config.proxy(None);
        }
        let host = target.authority().map_or_else(String::new, ToString::to_string);
        Ok(Self { agent: config.build().new_agent(), target, host })
    }

    /// Posts once; every status from 200 to 299 means that it was taken.
    pub fn post(&self, body: &impl Serialize) -> Result<(), WebhookError> {
        let unreachable = |source| WebhookError::Unreachable { host: self.host.clone(), source };
        let body = serde_json::to_vec(body)
            .map_err(|error| unreachable(ureq::Error::Io(io::Error::other(error))))?;
        let request =
            self.agent.post(&self.target).header(header::CONTENT_TYPE, "application/json");
        let status: StatusCode = request.send(&body[..]).map_err(unreachable)?.status();
        if status.is_success() {
            return Ok(());
        }
        Err(WebhookError::Status { host: self.host.clone(), status: status.as_u16() })
    }
}

impl fmt::Debug for Webhook {
    /// Without path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("host", &self.host).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leaves_this_machine_not_and_nothing_shows_the_secret() {
        for address in ["https://chat.example/hook/geheim?key=geheim", "http://127.0.0.1:9/geheim"]
        {
            let webhook = Webhook::new(address, None).unwrap();
            assert_eq!(webhook.target.to_string(), address);
            assert!(!format!("{webhook:?}").contains("geheim"));
        }
        for address in
            ["http://chat.example/geheim", "chat.example", "", "https://u:geheim@h.example/"]
        {
            let error = Webhook::new(address, None).unwrap_err();
            assert!(matches!(error, WebhookError::Address(_)), "{address}");
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
        let error = Webhook::new("https://chat.example", Some(b"none")).unwrap_err();
        assert!(matches!(error, WebhookError::Certificates));
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        let status = |status| WebhookError::Status { host: String::new(), status }.may_pass();
        assert!([408, 429, 500, 502, 503].into_iter().all(status));
        assert!(![301, 400, 401, 404, 410, 413].into_iter().any(status));
    }
}
