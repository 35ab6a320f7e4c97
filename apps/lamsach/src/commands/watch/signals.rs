//! What other programs and the person ask of a running watch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

/// What a shell reports of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// What was asked for so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// To end.
    pub(super) stop: Arc<AtomicBool>,
    /// To read the lists again.
    pub(super) reload: Arc<AtomicBool>,
}

/// Listens from here on: `SIGINT` and `SIGTERM` end the watch, `SIGHUP` reads the lists again. A second
/// `SIGINT` ends the program at once.
pub(super) fn listen() -> anyhow::Result<Asked> {
    let asked = Asked::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("listen for signals")?;
    let guard = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut hang_up = signal(SignalKind::hangup()).context("listen for SIGHUP")?;
    drop(guard);
    let heard = asked.clone();
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                loop {
                    tokio::select! {
                        _ = interrupt.recv() => {
                            if heard.stop.swap(true, Ordering::SeqCst) {
                                end_at_once();
                            }
                        }
                        _ = terminate.recv() => heard.stop.store(true, Ordering::SeqCst),
                        _ = hang_up.recv() => heard.reload.store(true, Ordering::SeqCst),
                    }
                }
            });
        })
        .context("listen for signals")?;
    Ok(asked)
}

#[expect(clippy::exit, reason = "the second Ctrl-C ends the program wherever it is")]
fn end_at_once() {
    std::process::exit(INTERRUPTED);
}
