//! The result, for people and for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use command_line::printable;
use file_check::{Finding, LoadedPack, Summary};
use jiff::Timestamp;
use jiff::civil::Date;
use language::{Language, Value, number, text, text_with};
use live_check::{ListProblem, ListReport};
use serde::Serialize;

use super::super::{packs, words};
use super::inputs::Inputs;

/// Files that were not scanned are named so often for people.
const MOST_NAMED: usize = 20;

/// Says which rules and lines are not used; nobody should think that they are.
pub(super) fn refused(language: Language, inputs: &Inputs) -> io::Result<()> {
    let mut out = io::stderr().lock();
    for it in &inputs.refused {
        let values = [("name", printable(&it.name).into()), ("why", printable(&it.reason).into())];
        writeln!(out, "{}", text_with(language, "clean-rules-refused", &values))?;
    }
    for (name, outcome) in &inputs.lists {
        let say = |out: &mut dyn Write, key: &str, count: u64| {
            let values = [("name", printable(name).into()), ("count", Value::from(count))];
            writeln!(out, "{}", text_with(language, key, &values))
        };
        if outcome.refused > 0 {
            say(&mut out, "clean-list-refused", outcome.refused)?;
            for (line, text) in outcome.refused_listed.iter().take(5) {
                writeln!(out, "  {line}: {}", printable(text))?;
            }
        }
        let is_taken = inputs.address_lists.iter().any(|(list, _)| list == name);
        if outcome.not_of_files > 0 && !is_taken {
            say(&mut out, "clean-list-not-of-files", outcome.not_of_files)?;
        }
        if let Some(problem) = &outcome.problem {
            writeln!(out, "{}: {}", printable(name), printable(problem))?;
        }
    }
    for (name, report) in &inputs.address_lists {
        for (reason, count) in &report.refused_counts {
            let reason = text(language, &format!("lists-refused-{reason}"));
            let count = counted(language, *count);
            let values =
                [("name", printable(name).into()), ("count", count.into()), ("why", reason.into())];
            writeln!(out, "{}", text_with(language, "clean-addresses-refused", &values))?;
        }
        if let Some(ListProblem::Read(problem)) = &report.problem {
            writeln!(out, "{}: {}", printable(name), printable(problem))?;
        }
    }
    Ok(())
}

/// Writes the result to standard output.
pub(super) fn show(
    language: Language,
    is_json: bool,
    findings: &[Finding],
    summary: &Summary,
    inputs: &Inputs,
) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let shown = if is_json {
        json(&mut out, findings, summary, inputs)
    } else {
        for_people(&mut out, language, findings, summary, inputs)
    };
    match shown.and_then(|()| out.flush()) {
        // A reader that has seen enough, such as `head`, is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[derive(Serialize)]
struct SummaryOut<'s> {
    #[serde(flatten)]
    summary: &'s Summary,
    rules: usize,
    rules_refused: Vec<RefusedOut<'s>>,
    lists: Vec<ListOut<'s>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    packs: Vec<PackOut<'s>>,
}

#[derive(Serialize)]
struct PackOut<'s> {
    pack: &'s str,
    serial: u64,
    issued: Timestamp,
    expires: Date,
    expired: bool,
    hashes: u64,
    good: u64,
    families: usize,
    gaps: Vec<&'s str>,
    unknown: &'s [String],
}

#[derive(Serialize)]
struct RefusedOut<'s> {
    file: &'s str,
    reason: &'s str,
}

#[derive(Serialize)]
struct ListOut<'s> {
    list: &'s str,
    hashes: u64,
    names: u64,
    not_of_files: u64,
    refused: u64,
    /// Addresses, names and URLs that were taken; `None` where what runs is not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<u64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    addresses_refused: BTreeMap<&'static str, u64>,
}

fn json(
    out: &mut dyn Write,
    findings: &[Finding],
    summary: &Summary,
    inputs: &Inputs,
) -> io::Result<()> {
    for finding in findings {
        writeln!(out, "{}", serde_json::to_string(finding)?)?;
    }
    let refused = inputs.refused.iter().map(|it| RefusedOut { file: &it.name, reason: &it.reason });
    let lists = inputs.lists.iter().map(|(name, it)| {
        let report = inputs.address_lists.iter().find(|(list, _)| list == name);
        let report = report.map(|(_, report)| report);
        ListOut {
            list: name,
            hashes: it.hashes,
            names: it.names,
            not_of_files: it.not_of_files,
            refused: it.refused,
            addresses: report.map(ListReport::accepted_total),
            addresses_refused: report.map(|it| it.refused_counts.clone()).unwrap_or_default(),
        }
    });
    let summary = SummaryOut {
        summary,
        rules: inputs.detection.rules.len(),
        rules_refused: refused.collect(),
        lists: lists.collect(),
        packs: inputs.packs.iter().map(pack_out).collect(),
    };
    let object = BTreeMap::from([("summary", summary)]);
    writeln!(out, "{}", serde_json::to_string(&object)?)
}

fn pack_out(pack: &LoadedPack) -> PackOut<'_> {
    let gaps = pack.families.iter().filter(|it| it.has_gap());
    PackOut {
        pack: &pack.name,
        serial: pack.serial,
        issued: pack.issued,
        expires: pack.expires,
        expired: pack.is_expired,
        hashes: pack.hashes,
        good: pack.good,
        families: pack.families.len(),
        gaps: gaps.map(|it| it.name.as_str()).collect(),
        unknown: &pack.unknown,
    }
}

fn for_people(
    out: &mut dyn Write,
    language: Language,
    findings: &[Finding],
    summary: &Summary,
    inputs: &Inputs,
) -> io::Result<()> {
    for finding in findings {
        let category = text(language, &format!("clean-category-{}", finding.category.code()));
        writeln!(out, "{category}: {}", words::way(finding))?;
        writeln!(out, "    {}", words::told_with_more(language, finding))?;
    }
    if findings.iter().any(words::is_contact) {
        writeln!(out, "\n{}", text(language, "clean-live-advice"))?;
    }
    if !findings.is_empty() {
        writeln!(out)?;
    }
    let verdict = summary.verdict.map_or("incomplete", file_check::Verdict::code);
    writeln!(out, "{}", text(language, &format!("clean-verdict-{verdict}")))?;
    let count = |it: u64| Value::from(counted(language, it));
    writeln!(out, "{}", words::scanned(language, summary))?;
    for line in inputs.packs.iter().flat_map(|it| packs::told(language, it)) {
        writeln!(out, "{line}")?;
    }
    if inputs.packs.is_empty() {
        writeln!(out, "{}", text(language, "clean-no-pack"))?;
    }
    if summary.good > 0 {
        let values = [("count", count(summary.good))];
        writeln!(out, "{}", text_with(language, "clean-good", &values))?;
    }
    if let Some(places) = summary.places {
        let values = [("count", count(places))];
        writeln!(out, "{}", text_with(language, "clean-places", &values))?;
    }
    for line in summary.live.iter().flat_map(|it| words::live(language, it)) {
        writeln!(out, "{line}")?;
    }
    if !summary.not_scanned.is_empty() {
        writeln!(out, "{}", text(language, "clean-not-scanned"))?;
    }
    for (reason, times) in &summary.not_scanned {
        let reason = text(language, &format!("clean-reason-{reason}"));
        writeln!(out, "  {}: {reason}", counted(language, *times))?;
    }
    // What is no file is counted above, and has no name.
    let named = summary.not_scanned_listed.iter().filter(|it| !it.path.is_empty());
    for it in named.take(MOST_NAMED) {
        let mut place = vec![printable(&it.path)];
        place.extend(it.inside.iter().map(|it| printable(it)));
        place.retain(|it| !it.is_empty());
        let reason = text(language, &format!("clean-reason-{}", it.reason));
        writeln!(out, "    {}: {reason}", place.join(" → "))?;
    }
    Ok(())
}

fn counted(language: Language, count: u64) -> String {
    number(language, i64::try_from(count).unwrap_or(i64::MAX))
}
