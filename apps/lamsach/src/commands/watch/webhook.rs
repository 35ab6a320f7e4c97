//! What is new, on its way to a webhook.

use http_client::WebhookError;
use serde::Serialize;
use watch::{Delivery, Event, Webhook};

use command_line::bilingual::{failure, lines};

use crate::commands::match_logs::printable;

/// Posts to a webhook.
pub(super) struct WebhookClient(http_client::Webhook);

/// What is posted: `docs/watch.md`.
#[derive(Serialize)]
struct Message<'m> {
    events: &'m [Event],
}

impl WebhookClient {
    pub(super) fn new(address: &str, certificates: Option<&[u8]>) -> anyhow::Result<Self> {
        let webhook = http_client::Webhook::new(address, certificates);
        webhook.map(Self).map_err(|error| match error {
            WebhookError::Certificates => failure("watch-webhook-certificates", &[]),
            error => failure("watch-webhook-address", &[("why", command_line::why(&error))]),
        })
    }
}

impl Webhook for WebhookClient {
    fn post(&mut self, events: &[Event]) -> Delivery {
        match self.0.post(&Message { events }) {
            Ok(()) => Delivery::Kept,
            Err(error) if error.may_pass() => Delivery::Later(said(&error)),
            Err(error) => Delivery::Refused(said(&error)),
        }
    }
}

fn said(error: &WebhookError) -> String {
    match error {
        WebhookError::Unreachable { host, source } => {
            let why = printable(&source.to_string());
            lines(
                "watch-webhook-unreachable",
                &[("host", printable(host).into()), ("why", why.into())],
            )
        }
        WebhookError::Status { host, status } => {
            let values = [("host", printable(host).into()), ("status", status.to_string().into())];
            lines("watch-webhook-status", &values)
        }
        WebhookError::Address(_) | WebhookError::Certificates => error.to_string(),
    }
}
