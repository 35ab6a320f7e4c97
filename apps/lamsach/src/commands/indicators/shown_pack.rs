//! What a pack holds, for people and for programs.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use language::{Language, number, text, text_with};
use matching::Index;
use packing::{Family, Pack, PackFacts, TrustedKeys, VERSION};
use serde::Serialize;

use super::OutputKind;
use crate::commands::match_logs::printable;

/// A pack to be shown.
pub(super) struct ShownPack<'p> {
    pub(super) path: String,
    pub(super) bytes: usize,
    pub(super) pack: &'p Pack<'p>,
    pub(super) facts: PackFacts,
    /// The keys that are trusted, when the person names them.
    pub(super) trusted: Option<&'p TrustedKeys>,
}

/// The JSON object: `docs/formats.md`.
#[derive(Serialize)]
struct Summary<'p> {
    file: &'p str,
    version: u32,
    bytes: usize,
    name: &'p str,
    serial: u64,
    issued: Timestamp,
    expires: Date,
    program: &'p str,
    signatures: Vec<Signature>,
    trusted: Option<bool>,
    rule_files: usize,
    hashes: u64,
    file_names: u64,
    good: usize,
    addresses: BTreeMap<&'static str, u64>,
    families: &'p [Family],
    unknown_sections: Vec<&'p str>,
}

#[derive(Serialize)]
struct Signature {
    key: String,
    fingerprint: String,
    trusted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl ShownPack<'_> {
    /// Writes it to standard output.
    pub(super) fn write(&self, kind: OutputKind, language: Language) -> anyhow::Result<()> {
        let summary = self.summary();
        let text = match kind {
            OutputKind::Json => serde_json::to_string(&summary)? + "\n",
            OutputKind::Table => self.table(&summary, language),
        };
        match io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("write the result"),
        }
    }

    fn summary(&self) -> Summary<'_> {
        let signatures = self.pack.signers().iter().map(|it| {
            let known = self.trusted.and_then(|keys| keys.keys().iter().find(|key| key.key == *it));
            Signature {
                key: it.to_string(),
                fingerprint: it.fingerprint(),
                trusted: self.trusted.map(|_| known.is_some()),
                name: known.map(|it| it.name.clone()).filter(|it| !it.is_empty()),
            }
        });
        let is_enough = |keys: &TrustedKeys| keys.count(self.pack.signers()) >= keys.threshold();
        let index = Index::open(Arc::new(self.facts.addresses.clone())).ok();
        let counts = index.map(|it| it.counts().into_iter().collect::<Vec<_>>());
        let counts = counts.unwrap_or_default().into_iter().filter(|(_, count)| *count > 0);
        Summary {
            file: &self.path,
            version: VERSION,
            bytes: self.bytes,
            name: self.pack.name(),
            serial: self.pack.serial(),
            issued: self.pack.issued(),
            expires: self.pack.expires(),
            program: self.pack.program(),
            signatures: signatures.collect(),
            trusted: self.trusted.map(is_enough),
            rule_files: self.facts.rule_files,
            hashes: self.facts.known.hashes,
            file_names: self.facts.known.names,
            good: self.facts.good,
            addresses: counts.map(|(kind, count)| (kind.code(), count as u64)).collect(),
            families: &self.facts.families,
            unknown_sections: self.pack.unknown_sections(),
        }
    }

    fn table(&self, summary: &Summary<'_>, language: Language) -> String {
        let count = |count: u64| number(language, i64::try_from(count).unwrap_or(i64::MAX));
        let mut lines = vec![printable(&self.path)];
        let mut say = |key: &str, values: &[(&'static str, language::Value<'_>)]| {
            lines.push(format!("  {}", text_with(language, key, values)));
        };
        let values = [
            ("name", summary.name.to_owned().into()),
            ("serial", summary.serial.to_string().into()),
        ];
        say("pack-is", &values);
        let values = [
            ("issued", language::date_time(language, summary.issued, &TimeZone::system()).into()),
            ("expires", language::date(language, summary.expires).into()),
        ];
        say("pack-dates", &values);
        let addresses = summary.addresses.values().sum();
        let values = [
            ("rules", count(summary.rule_files as u64).into()),
            ("hashes", count(summary.hashes).into()),
            ("names", count(summary.file_names).into()),
            ("addresses", count(addresses).into()),
            ("good", count(summary.good as u64).into()),
        ];
        say("pack-holds", &values);
        if !summary.families.is_empty() {
            let gaps = summary.families.iter().filter(|it| it.has_gap());
            let gaps: Vec<&Family> = gaps.collect();
            let values = [
                ("count", count(summary.families.len() as u64).into()),
                ("gaps", count(gaps.len() as u64).into()),
            ];
            say("pack-families", &values);
            for family in gaps {
                let mut why = Vec::new();
                if !family.is_found() {
                    why.push(text(language, "pack-gap-not-found"));
                }
                if !family.is_removed() {
                    why.push(text(language, "pack-gap-not-removed"));
                }
                if !family.gap.is_empty() {
                    why.push(printable(&family.gap));
                }
                lines.push(format!("    {}: {}", printable(&family.name), why.join("; ")));
            }
        }
        let mut say = |key: &str, values: &[(&'static str, language::Value<'_>)]| {
            lines.push(format!("  {}", text_with(language, key, values)));
        };
        if summary.signatures.is_empty() {
            say("pack-not-signed", &[]);
        }
        for it in &summary.signatures {
            let key = match it.trusted {
                None => "pack-signed",
                Some(true) => "pack-signed-trusted",
                Some(false) => "pack-signed-stranger",
            };
            let name = printable(it.name.as_deref().unwrap_or_default());
            say(key, &[("fingerprint", it.fingerprint.clone().into()), ("name", name.into())]);
        }
        if let Some(keys) = self.trusted {
            let key =
                if summary.trusted == Some(true) { "pack-trusted" } else { "pack-not-trusted" };
            let trusted = keys.count(self.pack.signers()) as u64;
            let needed = keys.threshold() as u64;
            say(key, &[("trusted", trusted.into()), ("needed", needed.into())]);
        }
        for kind in &summary.unknown_sections {
            say("pack-unknown-section", &[("kind", printable(kind).into())]);
        }
        lines.join("\n") + "\n"
    }
}
