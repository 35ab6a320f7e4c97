//! Files of names that come with logs: they stand before the logs in the form, and are not kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::multipart::Field;
use jiff::Timestamp;
use portal::device_names::{self, MOST_BYTES, MOST_FILES, NameRefused, NamesFile, NamesReport};
use portal::{Portal, PortalError, Problem, checks::Names};
use serde_json::json;

use super::logs::{Outcome, unreadable};
use crate::error::PageError;
use crate::page::Page;

/// Refused lines of a file that are shown; all are counted.
const MOST_REFUSED_SHOWN: usize = 10;

/// The files that came so far.
#[derive(Default)]
pub(super) struct NamesFields {
    files: Vec<NamesFile>,
    bytes: usize,
    is_too_much: bool,
}

impl NamesFields {
    /// Takes a file; what is too much is read on and dropped, so that the browser hears why.
    pub(super) async fn take(
        &mut self,
        name: String,
        mut field: Field<'_>,
        now: Timestamp,
    ) -> Result<(), PageError> {
        let mut bytes = Vec::new();
        self.is_too_much |= self.files.len() >= MOST_FILES;
        while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
            self.bytes = self.bytes.saturating_add(chunk.len());
            self.is_too_much |= self.bytes > MOST_BYTES;
            if self.is_too_much {
                bytes.clear();
            } else {
                bytes.extend_from_slice(&chunk);
            }
        }
        // A browser does not say when a file was written: a neighbour table is one of today.
        self.files.push(NamesFile { name, modified: Some(now), bytes });
        self.files.truncate(MOST_FILES);
        Ok(())
    }

    /// Reads them for logs of this site; gives what became of each, too.
    pub(super) async fn read(
        &mut self,
        portal: &Portal,
        page: &Page,
        site: &str,
    ) -> Result<(Arc<Names>, Vec<Outcome>), PortalError> {
        if self.is_too_much {
            let problem = Problem::new("names", "problem-names-too-much")
                .with("files", MOST_FILES.to_string())
                .with("megabytes", (MOST_BYTES >> 20).to_string());
            return Err(device_names::refused(vec![problem]));
        }
        let files = std::mem::take(&mut self.files);
        if files.is_empty() {
            return Ok(Default::default());
        }
        let (names, reports) = device_names::read(portal, files, site).await?;
        let told = reports.into_iter().map(|(file, report)| outcome(page, file, &report));
        Ok((Arc::new(names), told.collect()))
    }
}

fn outcome(page: &Page, file: String, report: &NamesReport) -> Outcome {
    let values = [
        ("claims", report.claims.into()),
        ("others", report.of_other_sites.into()),
        ("refused", report.refused_total().into()),
    ];
    let message = language::text_with(page.language, "match-names-taken", &values);
    let refused = report.refused.iter().take(MOST_REFUSED_SHOWN).map(|it| {
        let reason = page.tk("names-refused", it.reason.code());
        page.t2("logs-names-refused", "line", page.number(it.line), "reason", reason)
    });
    Outcome { file, ok: true, message, source: None, refused: refused.collect() }
}

/// Every reason for refusing a line in words, by its code, as JSON.
pub(super) fn reasons(page: &Page) -> String {
    let words = |it: &NameRefused| (it.code(), page.tk("names-refused", it.code()));
    json!(NameRefused::ALL.iter().map(words).collect::<BTreeMap<_, _>>()).to_string()
}
