//! How far the run is, what it found, and whether the person wants it to stop.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use command_line::bilingual::lines;
use files::{Walk, Walked};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use language::{Language, text};

use super::super::stopping;
use super::Screen;

/// What a shell reports of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Shows progress on standard error when that is a terminal, and listens for Ctrl-C: the first stops
/// the run and shows what was found, the second ends the program.
pub(super) struct Shown {
    bar: ProgressBar,
    is_cancelled: Arc<AtomicBool>,
}

impl Shown {
    pub(super) fn start(language: Language) -> anyhow::Result<Self> {
        let is_cancelled = stopping::wish();
        let bar = if io::stderr().is_terminal() { shown(language)? } else { ProgressBar::hidden() };
        let (flag, said) = (Arc::clone(&is_cancelled), bar.clone());
        // Where it cannot be listened for, Ctrl-C ends the program as usual.
        ctrlc::set_handler(move || pressed(&flag, &said)).unwrap_or_default();
        Ok(Self { bar, is_cancelled })
    }

    /// Takes the progress off the screen.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Screen for Shown {
    fn begins(&self, places: &[PathBuf]) {
        if self.bar.is_hidden() {
            return;
        }
        let (bar, is_cancelled) = (self.bar.clone(), Arc::clone(&self.is_cancelled));
        let add = move |bytes| {
            bar.inc_length(bytes);
            !is_cancelled.load(Ordering::Relaxed) && !bar.is_finished()
        };
        count(places, add, || {});
    }

    fn advanced(&self, files: u64, bytes: u64) {
        self.bar.inc(bytes);
        if !self.bar.is_hidden() {
            // The message is the number of files.
            let so_far = self.bar.message().parse::<u64>().unwrap_or(0);
            self.bar.set_message((so_far + files).to_string());
        }
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

fn shown(language: Language) -> anyhow::Result<ProgressBar> {
    let left = text(language, "match-progress-left");
    let files = text(language, "clean-progress-files");
    let template = format!(
        "{{bar:20}} {{percent:>3}} % {{msg}} {files}, {{bytes}}/{{total_bytes}}, {{bytes_per_sec}}, {left} {{eta}}"
    );
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(&template).context("progress")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}

/// Counts what is to be scanned, beside the scan: `add` is given the bytes of each file, and says
/// whether they are still wanted; `ended` is called when all were counted.
pub(in super::super) fn count(
    places: &[PathBuf],
    add: impl Fn(u64) -> bool + Send + 'static,
    ended: impl FnOnce() + Send + 'static,
) {
    let places = places.to_vec();
    thread::spawn(move || {
        for place in places {
            for walked in Walk::of(&place) {
                let bytes = if let Walked::File(_, metadata) = walked { metadata.len() } else { 0 };
                if !add(bytes) {
                    return;
                }
            }
        }
        ended();
    });
}

#[expect(clippy::exit, reason = "the second Ctrl-C ends the program wherever it is")]
#[expect(clippy::print_stderr, reason = "the answer to a key")]
fn pressed(is_cancelled: &AtomicBool, bar: &ProgressBar) {
    // Behind the scan, at a question, nothing is left to stop.
    let is_over = bar.is_finished() && !stopping::is_changing();
    if is_cancelled.swap(true, Ordering::Relaxed) || is_over {
        std::process::exit(INTERRUPTED);
    }
    bar.suspend(|| eprintln!("{}", lines("match-stopping", &[])));
}
