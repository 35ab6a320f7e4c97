//! Everything that came out of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use jiff::Timestamp;
use log_check::{CheckReport, FileSummary, Intermediary, ListReport, NamesReport, Summary, Unit};
use matching::Sighting;
use serde::Serialize;

use super::words::list_problem_code;

/// Everything that came out of a run.
pub(super) struct Finished {
    /// When the run began.
    pub(super) at: Timestamp,
    /// Where the logs are from.
    pub(super) site: Option<String>,
    pub(super) report: CheckReport,
    /// Each list by name.
    pub(super) lists: Vec<(String, ListReport)>,
    /// Each file that told names.
    pub(super) names: Vec<(String, NamesReport)>,
    /// Some of the logs may have been meant as lists.
    pub(super) may_be_lists: bool,
}

impl Finished {
    /// Sightings that somebody must handle.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Sighting> {
        self.report.sightings.iter().filter(|it| it.verdict.is_finding())
    }

    /// Sightings that are not findings.
    pub(super) fn others(&self) -> impl Iterator<Item = &Sighting> {
        self.report.sightings.iter().filter(|it| !it.verdict.is_finding())
    }

    /// What the log of a sighting consists of.
    pub(super) fn unit(&self, sighting: &Sighting) -> Unit {
        let mut files = self.report.summary.files.iter();
        files.find(|it| it.file == sighting.evidence.file).map_or(Unit::Lines, |it| it.unit)
    }

    /// Devices with findings. Two that held one address after the other are two; one of which some
    /// contacts could be told apart and others not is no other.
    pub(super) fn device_count(&self) -> usize {
        let who = |it: &Sighting| it.device_mac.clone().or_else(|| it.device_name.clone());
        let mut found: BTreeMap<&str, BTreeSet<Option<String>>> = BTreeMap::new();
        for it in self.findings().filter(|it| it.intermediary.is_none()) {
            let whos = found.entry(&it.device).or_default();
            whos.insert(who(it).map(|it| it.to_lowercase()));
        }
        let known = |whos: &BTreeSet<Option<String>>| whos.iter().flatten().count().max(1);
        found.values().map(known).sum()
    }

    /// Addresses with findings that stand for devices behind them, each with what it does, in order.
    pub(super) fn intermediaries(&self) -> BTreeSet<(&str, Intermediary)> {
        let kind = |it: &'_ Sighting| it.intermediary;
        self.findings().filter_map(|it| Some((it.device.as_str(), kind(it)?))).collect()
    }

    /// How many addresses with findings stand for devices behind them.
    pub(super) fn intermediary_count(&self) -> usize {
        self.intermediaries().into_iter().map(|(device, _)| device).collect::<BTreeSet<_>>().len()
    }

    /// Message keys of what is said when not everything was read: the sentence, and what to do next.
    /// An empty log was read to its end; it says nothing all the same.
    pub(super) fn incomplete_keys(&self) -> (&'static str, &'static str) {
        let summary = &self.report.summary;
        let is_empty =
            |it: &FileSummary| it.problem.as_ref().is_some_and(|it| it.code() == "empty");
        let is_read = |it: &FileSummary| it.problem.is_none() && it.lines_not_parsed == 0;
        let has_empty = summary.files.iter().any(is_empty);
        let is_else_read = summary.files.iter().all(|it| is_empty(it) || is_read(it));
        if has_empty && is_else_read && !summary.too_many_sightings {
            ("match-incomplete-empty", "match-next-empty")
        } else {
            ("match-incomplete", "match-next-unread")
        }
    }

    /// 1 with findings, else 3 when something was not read, else 0. An error, 2, never gets here.
    pub(super) fn exit_code(&self) -> ExitCode {
        if self.findings().next().is_some() {
            ExitCode::from(1)
        } else if self.report.summary.complete {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(3)
        }
    }

    /// The summary as programs read it.
    pub(super) fn summary(&self) -> SummaryOut<'_> {
        let list = |(name, report): &'_ (String, ListReport)| ListOut {
            list: name.clone(),
            format: report.format,
            lines: report.lines,
            accepted: report.accepted.clone(),
            refused: report.refused_counts.clone(),
            warned: report.warned.clone(),
            refused_listed: report
                .refused
                .iter()
                .map(|it| RefusedOut {
                    line: it.line,
                    text: it.text.clone(),
                    reason: it.reason.code(),
                })
                .collect(),
            problem: report.problem.as_ref().map(list_problem_code),
        };
        SummaryOut {
            site: self.site.as_deref(),
            checked_at: self.at,
            findings: self.findings().count(),
            devices: self.device_count(),
            intermediaries: self.intermediary_count(),
            not_findings: self.others().count(),
            logs: &self.report.summary,
            lists: self.lists.iter().map(list).collect(),
            names: self.names.iter().map(names_out).collect(),
        }
    }
}

/// The last object of the JSON output: `docs/formats.md`.
#[derive(Serialize)]
pub(super) struct SummaryOut<'f> {
    site: Option<&'f str>,
    checked_at: Timestamp,
    findings: usize,
    devices: usize,
    #[serde(skip_serializing_if = "is_none")]
    intermediaries: usize,
    not_findings: usize,
    #[serde(flatten)]
    logs: &'f Summary,
    lists: Vec<ListOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<NamesOut>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A file that told names.
#[derive(Serialize)]
struct NamesOut {
    file: String,
    format: Option<&'static str>,
    lines: u64,
    claims: u64,
    of_other_sites: u64,
    refused: BTreeMap<&'static str, u64>,
    refused_listed: Vec<RefusedOut>,
}

fn names_out((file, report): &(String, NamesReport)) -> NamesOut {
    let listed = report.refused.iter().map(|it| RefusedOut {
        line: it.line,
        text: it.text.clone(),
        reason: it.reason.code(),
    });
    NamesOut {
        file: file.clone(),
        format: report.format.map(log_check::NamesFormat::name),
        lines: report.lines,
        claims: report.claims,
        of_other_sites: report.of_other_sites,
        refused: report.refused_counts.clone(),
        refused_listed: listed.collect(),
    }
}

#[derive(Serialize)]
struct ListOut {
    list: String,
    format: Option<&'static str>,
    lines: u64,
    accepted: BTreeMap<&'static str, u64>,
    refused: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    warned: BTreeMap<String, u64>,
    refused_listed: Vec<RefusedOut>,
    problem: Option<&'static str>,
}

#[derive(Serialize)]
struct RefusedOut {
    line: u64,
    text: String,
    reason: &'static str,
}
