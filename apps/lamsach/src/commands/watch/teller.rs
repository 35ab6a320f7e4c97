//! Tells what happens: sightings on standard output, the rest on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use language::{Language, Value, text_with};
use matching::Layers;
use serde::Serialize;
use watch::{Event, Ledger, Note, Observer, Settings, Status, TurnedAway};

use super::args::OutputKind;
use super::signals::Asked;
use crate::commands::match_logs::printable;

/// How often a line is written where nobody sits in front of it.
const LOG_INTERVAL: Duration = Duration::from_mins(5);

/// Tells what happens.
pub(super) struct Teller {
    language: Language,
    output: OutputKind,
    asked: Asked,
    /// On a terminal, one line that is always up to date.
    bar: Option<ProgressBar>,
    said: Mutex<Said>,
    is_output_gone: AtomicBool,
}

struct Said {
    at: Instant,
    lines: u64,
    shown_at: Instant,
    shown_lines: u64,
}

#[derive(Serialize)]
struct Last<'s> {
    summary: SummaryOut<'s>,
}

/// The last object: `docs/watch.md`.
#[derive(Serialize)]
struct SummaryOut<'s> {
    sensor: &'s str,
    site: Option<&'s str>,
    lines_read: u64,
    lines_matched: u64,
    lines_not_parsed: u64,
    dropped: u64,
    unsent: u64,
    inputs: Vec<InputOut<'s>>,
}

/// One input on one day.
#[derive(Serialize)]
struct InputOut<'s> {
    input: &'s str,
    day: String,
    format: Option<&'s str>,
    lines_read: u64,
    lines_matched: u64,
    lines_not_parsed: u64,
    dropped: u64,
    gaps: u64,
    sightings: usize,
    days: Vec<String>,
    complete: bool,
}

impl Teller {
    pub(super) fn start(language: Language, output: OutputKind, asked: Asked) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{spinner} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar
        });
        let now = Instant::now();
        let said = Said { at: now, lines: 0, shown_at: now, shown_lines: 0 };
        let is_output_gone = AtomicBool::new(false);
        Self { language, output, asked, bar, said: Mutex::new(said), is_output_gone }
    }

    /// Says what is watched.
    pub(super) fn begin(&self, inputs: &[String], layers: &Layers) {
        let values = [
            ("inputs", printable(&inputs.join(", ")).into()),
            ("indicators", self.number(layers.indicators() as u64).into()),
        ];
        self.say("watch-begins", &values);
    }

    /// The last line of the output.
    pub(super) fn end(&self, settings: &Settings, ledger: &Ledger, status: Status) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.say("watch-status", &self.status_values(status, 0));
        if status.unsent > 0 {
            self.say("watch-unsent", &[("count", status.unsent.into())]);
        }
        let inputs = ledger.sources().map(|(key, source)| InputOut {
            input: &key.input,
            day: key.day.to_string(),
            format: source.tally.format.as_deref(),
            lines_read: source.tally.lines_read,
            lines_matched: source.tally.lines_matched,
            lines_not_parsed: source.tally.lines_not_parsed,
            dropped: source.tally.dropped,
            gaps: source.tally.gaps,
            sightings: source.tally.sightings.len(),
            days: source.tally.days.iter().map(ToString::to_string).collect(),
            complete: source.tally.is_whole()
                && source.tally.dropped + source.tally.lines_not_parsed == 0,
        });
        let summary = SummaryOut {
            sensor: &settings.sensor,
            site: settings.site.as_deref(),
            lines_read: status.lines,
            lines_matched: status.matched,
            lines_not_parsed: status.not_parsed,
            dropped: status.dropped,
            unsent: status.unsent,
            inputs: inputs.collect(),
        };
        self.write(&Last { summary });
    }

    pub(super) fn was_asked_to_stop(&self) -> bool {
        self.asked.stop.load(Ordering::SeqCst)
    }

    fn write(&self, object: &impl Serialize) {
        if self.output == OutputKind::None || self.is_output_gone.load(Ordering::Relaxed) {
            return;
        }
        let mut line = serde_json::to_vec(object).unwrap_or_default();
        line.push(b'\n');
        let write = || {
            let mut out = io::stdout().lock();
            out.write_all(&line).and_then(|()| out.flush())
        };
        let written = match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        if written.is_err() {
            // Nobody reads any more: the portal and the others still do.
            self.is_output_gone.store(true, Ordering::Relaxed);
        }
    }

    fn say(&self, key: &str, values: &[(&'static str, Value<'_>)]) {
        let text = text_with(self.language, key, values);
        let write = || {
            // Nobody reading along is no error.
            drop(writeln!(io::stderr().lock(), "{text}"));
        };
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn number(&self, count: u64) -> String {
        language::number(self.language, i64::try_from(count).unwrap_or(i64::MAX))
    }

    fn status_values(&self, status: Status, rate: u64) -> [(&'static str, Value<'static>); 6] {
        [
            ("lines", self.number(status.lines).into()),
            ("rate", self.number(rate).into()),
            ("matched", self.number(status.matched).into()),
            ("not_parsed", self.number(status.not_parsed).into()),
            ("dropped", self.number(status.dropped).into()),
            ("unsent", self.number(status.unsent).into()),
        ]
    }
}

impl Observer for Teller {
    fn event(&self, event: &Event) {
        self.write(event);
    }

    fn note(&self, note: &Note) {
        match note {
            Note::ListsChanged { indicators, millis } => {
                let values = [
                    ("indicators", self.number(*indicators as u64).into()),
                    ("millis", (*millis).into()),
                ];
                self.say("watch-lists-changed", &values);
            }
            Note::ListsFailed(why) => {
                self.say("watch-lists-failed", &[("why", printable_lines(why))]);
            }
            Note::NamesFailed(why) => {
                self.say("watch-names-failed", &[("why", printable_lines(why))]);
            }
            Note::PortalAway(why) => {
                self.say("watch-portal-away", &[("why", printable_lines(why))]);
            }
            Note::PortalBack => self.say("watch-portal-back", &[]),
            Note::PortalRefused(why) => {
                self.say("watch-portal-refused", &[("why", printable_lines(why))]);
            }
            Note::WebhookAway(why) => {
                self.say("watch-webhook-away", &[("why", printable_lines(why))]);
            }
            Note::WebhookBack => self.say("watch-webhook-back", &[]),
            Note::Gap(input) => self.say("watch-gap", &[("input", printable(input).into())]),
            Note::InputAwaited { input } => {
                self.say("watch-input-awaited", &[("input", printable(input).into())]);
            }
            Note::InputFailed { input, why } => {
                let values = [("input", printable(input).into()), ("why", printable(why).into())];
                self.say("watch-input-failed", &values);
            }
            Note::ForwarderAway { input } => {
                self.say("watch-forwarder-away", &[("input", printable(input).into())]);
            }
            Note::ForwarderBack { input } => {
                self.say("watch-forwarder-back", &[("input", printable(input).into())]);
            }
            Note::TurnedAway { input, sender, why } => {
                let key = match why {
                    TurnedAway::TooMany => "watch-turned-away-too-many",
                    TurnedAway::NoTls => "watch-turned-away-no-tls",
                };
                let values =
                    [("input", printable(input).into()), ("sender", sender.to_string().into())];
                self.say(key, &values);
            }
            Note::SpoolFailed(why) => {
                self.say("watch-spool-failed", &[("why", printable(why).into())]);
            }
        }
    }

    fn status(&self, status: Status) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = |lines: u64, since: Instant| {
            let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
            status.lines.saturating_sub(lines).saturating_mul(1_000) / millis
        };
        if let Some(bar) = &self.bar {
            if said.shown_at.elapsed() >= Duration::from_secs(1) {
                let rate = rate(said.shown_lines, said.shown_at);
                (said.shown_at, said.shown_lines) = (Instant::now(), status.lines);
                let values = self.status_values(status, rate);
                bar.set_message(text_with(self.language, "watch-status", &values));
                bar.tick();
            }
        } else if said.at.elapsed() >= LOG_INTERVAL {
            let rate = rate(said.lines, said.at);
            (said.at, said.lines) = (Instant::now(), status.lines);
            drop(said);
            self.say("watch-status", &self.status_values(status, rate));
        }
    }

    fn is_stopping(&self) -> bool {
        self.was_asked_to_stop()
    }

    fn is_reload_asked(&self) -> bool {
        self.asked.reload.swap(false, Ordering::SeqCst)
    }
}

/// Several lines as they may be shown.
fn printable_lines(text: &str) -> Value<'static> {
    text.lines().map(printable).collect::<Vec<_>>().join("\n").into()
}
