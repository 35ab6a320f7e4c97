//! The work that nobody asks for, once a minute.

use std::sync::Arc;
use std::time::Duration;

use portal::{Portal, upkeep};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// Does what is due until the program stops. A failure is logged and tried again a minute later.
pub(super) async fn run(portal: Arc<Portal>, mut stopped: watch::Receiver<bool>) {
    let mut minutes = interval(Duration::from_mins(1));
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = minutes.tick() => {}
            _ = stopped.changed() => return,
        }
        match upkeep::run_due(&portal).await {
            Ok(done) => {
                for (kind, count) in done.into_iter().filter(|(_, count)| *count > 0) {
                    tracing::info!(kind = kind.code(), count, "upkeep");
                }
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "upkeep failed; tried again in a minute");
            }
        }
    }
}
