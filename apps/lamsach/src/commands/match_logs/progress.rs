//! How far the run is, and whether the person wants it to stop.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{io, thread};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use log_check::Progress;

use super::words::Words;
use command_line::bilingual::lines;

/// What a shell reports of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Shows progress on standard error when that is a terminal, and listens for Ctrl-C: the first
/// stops reading and shows what was found, the second ends the program.
pub(super) struct Watch {
    bar: ProgressBar,
    is_cancelled: Arc<AtomicBool>,
}

impl Watch {
    /// Begins; the size is that of all logs.
    pub(super) fn start(words: &Words, size_bytes: Option<u64>) -> anyhow::Result<Self> {
        let bar = if io::stderr().is_terminal() {
            bar(words, size_bytes).context("progress")?
        } else {
            ProgressBar::hidden()
        };
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let (flag, shown) = (Arc::clone(&is_cancelled), bar.clone());
        let (listening, heard) = mpsc::channel();
        thread::Builder::new()
            .name("ctrl-c".to_owned())
            .spawn(move || listen(&flag, &shown, &listening))
            .context("start listening for Ctrl-C")?;
        // Without a listener, which closes the channel, Ctrl-C ends the program as usual.
        heard.recv().unwrap_or_default();
        Ok(Self { bar, is_cancelled })
    }

    /// Takes the progress off the screen.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Watch {
    fn advanced(&self, raw_bytes: u64, _lines: u64) {
        self.bar.inc(raw_bytes);
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

fn bar(words: &Words, size_bytes: Option<u64>) -> Result<ProgressBar, anyhow::Error> {
    let left = words.t("match-progress-left");
    // Without a size, as from a pipe, there is no end to reckon with.
    let template = match size_bytes {
        Some(_) => format!(
            "{{bar:20}} {{percent:>3}} % {{bytes}}/{{total_bytes}}, {{bytes_per_sec}}, {left} {{eta}}"
        ),
        None => "{spinner} {bytes}, {bytes_per_sec}, {elapsed}".to_owned(),
    };
    let bar = ProgressBar::with_draw_target(size_bytes, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(&template)?);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}

#[expect(clippy::exit, reason = "the second Ctrl-C ends the program wherever it is")]
#[expect(clippy::print_stderr, reason = "the answer to a key")]
fn listen(flag: &AtomicBool, shown: &ProgressBar, listening: &mpsc::Sender<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        let mut first = std::pin::pin!(tokio::signal::ctrl_c());
        // The first poll takes Ctrl-C over; only then may the run begin.
        let pressed = tokio::select! {
            biased;
            pressed = &mut first => Some(pressed),
            () = std::future::ready(()) => None,
        };
        listening.send(()).unwrap_or_default();
        let pressed = match pressed {
            Some(pressed) => pressed,
            None => first.await,
        };
        if pressed.is_err() {
            return;
        }
        flag.store(true, Ordering::Relaxed);
        shown.suspend(|| eprintln!("{}", lines("match-stopping", &[])));
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(INTERRUPTED);
        }
    });
}
