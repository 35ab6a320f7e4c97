//! One self-contained page to print: no script, nothing loaded from elsewhere.

use std::io::{self, Write};

use askama::Template;
use log_check::FileSummary;
use matching::{Readable, Sighting};

use super::super::finished::Finished;
use super::super::words::{Words, printable};
use super::table::{format_words, headline, indicator_words};

/// How many refused values a list are printed; all are counted.
const NAMED: usize = 50;

pub(super) fn write(out: &mut dyn Write, words: &Words, finished: &Finished) -> io::Result<()> {
    let summary = &finished.report.summary;
    let is_clear = finished.findings().next().is_none();
    let page = Page {
        words,
        at: words.time(Some(finished.at)),
        zone: words.zone.iana_name().unwrap_or("UTC").to_owned(),
        version: env!("CARGO_PKG_VERSION"),
        site: finished.site.as_deref().map(printable),
        headline: if is_clear { words.t("match-no-findings") } else { headline(words, finished) },
        is_clear,
        is_complete: summary.complete,
        incomplete: finished.incomplete_keys(),
        has_too_many: summary.too_many_sightings,
        findings: finished.findings().map(|it| row(words, finished, it)).collect(),
        behind: finished
            .intermediaries()
            .into_iter()
            .map(|(device, kind)| (printable(device), words.ask_for(kind)))
            .collect(),
        others: finished.others().map(|it| row(words, finished, it)).collect(),
        logs: summary.files.iter().map(|it| log(words, it)).collect(),
        lines_read: words.number(summary.lines_read),
        lines_matched: words.number(summary.lines_matched),
        lines_not_parsed: words.number(summary.lines_not_parsed),
        lists: lists(words, finished),
        names: names(words, finished),
    };
    page.write_into(out)
}

#[derive(Template)]
#[template(path = "match.html")]
struct Page<'p> {
    words: &'p Words,
    at: String,
    zone: String,
    version: &'static str,
    site: Option<String>,
    headline: String,
    is_clear: bool,
    is_complete: bool,
    /// Message keys of why it is not complete, and what to do next.
    incomplete: (&'static str, &'static str),
    has_too_many: bool,
    findings: Vec<Row>,
    /// Addresses that stand for others, each with the log to ask for.
    behind: Vec<(String, String)>,
    others: Vec<Row>,
    logs: Vec<Log>,
    lines_read: String,
    lines_matched: String,
    lines_not_parsed: String,
    lists: Vec<List>,
    names: Vec<List>,
}

struct Row {
    device: String,
    device_lines: Vec<String>,
    destination: String,
    indicator: Option<String>,
    list: String,
    verdict: String,
    count: String,
    first: String,
    last: Option<String>,
    place: String,
    line: String,
}

struct Log {
    file: String,
    format: String,
    lines_read: String,
    lines_matched: String,
    lines_not_parsed: String,
    problem: Option<String>,
    such_as: String,
    samples: Vec<(String, String)>,
    reasons: Vec<(String, String)>,
}

struct List {
    name: String,
    taken: String,
    refused: Vec<(String, String, String)>,
    more: Option<String>,
}

fn row(words: &Words, finished: &Finished, sighting: &Sighting) -> Row {
    let evidence = &sighting.evidence;
    let file = printable(&evidence.file);
    let place = match evidence.line_number {
        // Looking back, the log is no longer there.
        0 => file,
        line => format!("{file}, {}", words.place(finished.unit(sighting), line)),
    };
    Row {
        device: if sighting.device == "-" {
            words.t("match-device-unknown")
        } else {
            printable(&sighting.device)
        },
        device_lines: words.device_lines(sighting).iter().map(|it| printable(it)).collect(),
        destination: printable(&Readable::of(&sighting.destination).to_string()),
        indicator: indicator_words(words, sighting).map(|it| printable(&it)),
        list: printable(&sighting.list),
        verdict: words.verdict(sighting.verdict),
        count: words.number(sighting.count),
        first: words.time(sighting.first_seen),
        last: (sighting.count > 1).then(|| words.time(sighting.last_seen)),
        place,
        line: printable(&evidence.line),
    }
}

fn log(words: &Words, file: &FileSummary) -> Log {
    let sample = |it: &log_check::NotParsed| {
        (words.place(file.unit, it.line_number), printable(&words.not_parsed(it)))
    };
    let reason = |(code, count): (&String, &u64)| {
        (words.lines(file.unit, *count), words.tk("packet-reason", code))
    };
    Log {
        file: printable(&file.file),
        format: format_words(words, file),
        lines_read: words.lines(file.unit, file.lines_read),
        lines_matched: words.number(file.lines_matched),
        lines_not_parsed: words.number(file.lines_not_parsed),
        problem: file.problem.as_ref().map(|it| printable(&words.problem(it))),
        such_as: words.not_parsed_such_as(file.unit),
        samples: file.not_parsed_samples.iter().map(sample).collect(),
        reasons: file.not_parsed_reasons.iter().map(reason).collect(),
    }
}

fn lists(words: &Words, finished: &Finished) -> Vec<List> {
    let list = |(name, report): &(String, log_check::ListReport)| {
        let named = report.refused.iter().take(NAMED).map(|it| {
            let line = words.tn("match-line", "line", it.line);
            (line, printable(&it.text), words.refused(it))
        });
        let more = report.refused_total().saturating_sub(NAMED as u64);
        List {
            name: printable(name),
            taken: words.taken(report),
            refused: named.collect(),
            more: (more > 0).then(|| words.tn("match-refused-more", "count", more)),
        }
    };
    finished.lists.iter().map(list).collect()
}

fn names(words: &Words, finished: &Finished) -> Vec<List> {
    let list = |(name, report): &(String, log_check::NamesReport)| {
        let named = report.refused.iter().take(NAMED).map(|it| {
            let line = words.tn("match-line", "line", it.line);
            (line, printable(&it.text), words.tk("names-refused", it.reason.code()))
        });
        let more = report.refused_total().saturating_sub(NAMED as u64);
        List {
            name: printable(name),
            taken: words.names_taken(report),
            refused: named.collect(),
            more: (more > 0).then(|| words.tn("match-refused-more", "count", more)),
        }
    };
    finished.names.iter().map(list).collect()
}
