//! How far the run is, what it found, and whether the person wants it to stop.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use command_line::bilingual::lines;
use file_check::{Finding, Watcher};
use files::{Walk, Walked};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use language::{Language, text};

/// What a shell reports of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Shows progress on standard error when that is a terminal, keeps the findings, and listens for
/// Ctrl-C: the first stops the run and shows what was found, the second ends the program.
pub(super) struct Watch {
    bar: ProgressBar,
    is_cancelled: Arc<AtomicBool>,
    findings: Mutex<Vec<Finding>>,
}

impl Watch {
    pub(super) fn start(language: Language, places: &[PathBuf]) -> anyhow::Result<Self> {
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let bar = if io::stderr().is_terminal() {
            let bar = shown(language)?;
            count(&bar, places, &is_cancelled);
            bar
        } else {
            ProgressBar::hidden()
        };
        let (flag, said) = (Arc::clone(&is_cancelled), bar.clone());
        // Where it cannot be listened for, Ctrl-C ends the program as usual.
        ctrlc::set_handler(move || pressed(&flag, &said)).unwrap_or_default();
        Ok(Self { bar, is_cancelled, findings: Mutex::default() })
    }

    /// Takes the progress off the screen, and gives what was found in order.
    pub(super) fn finish(&self) -> Vec<Finding> {
        self.bar.finish_and_clear();
        let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        findings.sort();
        std::mem::take(&mut findings)
    }
}

impl Watcher for Watch {
    fn advanced(&self, files: u64, bytes: u64) {
        self.bar.inc(bytes);
        if !self.bar.is_hidden() {
            // The message is the number of files.
            let so_far = self.bar.message().parse::<u64>().unwrap_or(0);
            self.bar.set_message((so_far + files).to_string());
        }
    }

    fn found(&self, finding: Finding) {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
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

/// Counts what is to be scanned, beside the scan.
fn count(bar: &ProgressBar, places: &[PathBuf], is_cancelled: &Arc<AtomicBool>) {
    let (bar, places, is_cancelled) = (bar.clone(), places.to_vec(), Arc::clone(is_cancelled));
    thread::spawn(move || {
        for place in places {
            for walked in Walk::of(&place) {
                if is_cancelled.load(Ordering::Relaxed) || bar.is_finished() {
                    return;
                }
                if let Walked::File(_, metadata) = walked {
                    bar.inc_length(metadata.len());
                }
            }
        }
    });
}

#[expect(clippy::exit, reason = "the second Ctrl-C ends the program wherever it is")]
#[expect(clippy::print_stderr, reason = "the answer to a key")]
fn pressed(is_cancelled: &AtomicBool, bar: &ProgressBar) {
    if is_cancelled.swap(true, Ordering::Relaxed) {
        std::process::exit(INTERRUPTED);
    }
    bar.suspend(|| eprintln!("{}", lines("match-stopping", &[])));
}
