//! What a compiled file holds, for people and for programs.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::{Language, decimal, number, text, text_with};
use matching::{AboutList, INDEX_VERSION, Index};
use serde::Serialize;

use super::OutputKind;
use crate::commands::match_logs::printable;

/// A compiled file to be shown.
pub(super) struct Shown<'i> {
    pub(super) path: String,
    pub(super) index: &'i Index,
    /// Whether every byte was looked at; a file that is wrong is not shown.
    pub(super) is_verified: Option<bool>,
}

/// The JSON object: `docs/formats.md`.
#[derive(Serialize)]
struct Summary<'i> {
    file: &'i str,
    version: u32,
    bytes: u64,
    indicators: u64,
    bytes_per_indicator: Option<f64>,
    counts: BTreeMap<&'static str, u64>,
    compiled_at: Option<Timestamp>,
    program: String,
    lists: Vec<AboutList>,
    families: Vec<&'i str>,
    verified: Option<bool>,
}

impl Shown<'_> {
    /// Writes it to standard output.
    pub(super) fn write(
        &self,
        kind: OutputKind,
        language: Language,
        zone: &TimeZone,
    ) -> anyhow::Result<()> {
        let text = match kind {
            OutputKind::Json => serde_json::to_string(&self.summary())? + "\n",
            OutputKind::Table => self.table(language, zone),
        };
        match io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("write the result"),
        }
    }

    fn summary(&self) -> Summary<'_> {
        let about = self.index.about().unwrap_or_default();
        let counts = self.index.counts().into_iter().filter(|(_, count)| *count > 0);
        Summary {
            file: &self.path,
            version: INDEX_VERSION,
            bytes: self.index.size_bytes() as u64,
            indicators: self.index.len() as u64,
            bytes_per_indicator: self.bytes_per_indicator(),
            counts: counts.map(|(kind, count)| (kind.code(), count as u64)).collect(),
            compiled_at: about.compiled_at,
            program: about.program,
            lists: about.lists,
            families: self.index.families(),
            verified: self.is_verified,
        }
    }

    /// With one decimal.
    #[expect(clippy::cast_precision_loss, reason = "sizes of files fit a double")]
    fn bytes_per_indicator(&self) -> Option<f64> {
        let count = self.index.len();
        let tenths = (self.index.size_bytes() as f64 * 10.0 / count as f64).round();
        (count > 0).then_some(tenths / 10.0)
    }

    fn table(&self, language: Language, zone: &TimeZone) -> String {
        let summary = self.summary();
        let count = |count: u64| number(language, i64::try_from(count).unwrap_or(i64::MAX));
        let total = |counts: &BTreeMap<String, u64>| count(counts.values().sum());
        let mut lines = vec![printable(&self.path)];
        let mut say = |key: &str, values: &[(&'static str, language::Value<'_>)]| {
            lines.push(format!("  {}", text_with(language, key, values)));
        };
        say("indicators-count", &[("count", count(summary.indicators).into())]);
        for (kind, of_kind) in &summary.counts {
            let name = text(language, &format!("indicators-kind-{kind}"));
            let values = [("kind", name.into()), ("count", count(*of_kind).into())];
            say("indicators-count-kind", &values);
        }
        let each = summary.bytes_per_indicator.unwrap_or_default();
        let values =
            [("bytes", count(summary.bytes).into()), ("each", decimal(language, each).into())];
        say("indicators-size", &values);
        if let Some(at) = summary.compiled_at {
            let at = language::date_time(language, at, zone);
            let program = printable(&summary.program);
            say("indicators-compiled", &[("at", at.into()), ("program", program.into())]);
        }
        for list in &summary.lists {
            let values = [
                ("name", printable(&list.name).into()),
                ("accepted", total(&list.accepted).into()),
                ("refused", total(&list.refused).into()),
            ];
            say("indicators-list", &values);
            for (warning, warned) in &list.warned {
                let warning = printable(warning);
                say(
                    "indicators-warned",
                    &[("list", warning.into()), ("count", count(*warned).into())],
                );
            }
        }
        say("indicators-families", &[("count", count(summary.families.len() as u64).into())]);
        let verified = if self.is_verified == Some(true) { "verified" } else { "not-verified" };
        say(&format!("indicators-{verified}"), &[]);
        lines.join("\n") + "\n"
    }
}
