//! Tables for a terminal of 80 columns or more, and for files and pipes, where nothing is cut.

use std::io::{self, IsTerminal, Write};

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};
use log_check::FileSummary;
use matching::{Readable, Sighting};

use super::super::finished::Finished;
use super::super::words::{Words, printable};

/// The fewest columns of a terminal, and how many it has when it does not say.
const COLUMNS: u16 = 80;

/// How many columns there are: those of the terminal, within reason. `None` where `stream` is no
/// terminal: whatever reads a file or a pipe wants names whole and lines as they are.
pub(super) fn width(stream: &impl IsTerminal) -> Option<u16> {
    stream.is_terminal().then(|| {
        terminal_size::terminal_size().map_or(COLUMNS, |(width, _)| width.0).clamp(COLUMNS, 160)
    })
}

/// Findings, then what is none, then the logs.
pub(super) fn write(
    out: &mut dyn Write,
    words: &Words,
    finished: &Finished,
    width: Option<u16>,
) -> io::Result<()> {
    let findings: Vec<&Sighting> = finished.findings().collect();
    if findings.is_empty() {
        writeln!(out, "{}", wrapped(&words.t("match-no-findings"), width))?;
    } else {
        writeln!(out, "{}", headline(words, finished))?;
        let heading = words.t("match-destination");
        writeln!(out, "{}", sightings(words, &heading, &findings, width))?;
        let behind = finished.intermediaries();
        if !behind.is_empty() {
            writeln!(out, "\n{}", words.t("match-behind"))?;
        }
        for (device, kind) in behind {
            let said = format!("{}: {}", printable(device), words.ask_for(kind));
            writeln!(out, "{}", wrapped(&said, width))?;
        }
    }
    let others: Vec<&Sighting> = finished.others().collect();
    if !others.is_empty() {
        let title = words.tn("match-others", "count", others.len() as u64);
        writeln!(out, "\n{title}\n{}", wrapped(&words.t("match-others-why"), width))?;
        let heading = words.t("match-malicious");
        writeln!(out, "{}", sightings(words, &heading, &others, width))?;
    }
    writeln!(out)?;
    write_summary(out, words, finished, width)
}

/// What was read and what was not.
pub(super) fn write_summary(
    out: &mut dyn Write,
    words: &Words,
    finished: &Finished,
    width: Option<u16>,
) -> io::Result<()> {
    writeln!(out, "{}", words.t("match-read"))?;
    let summary = &finished.report.summary;
    let mut table = table(width);
    table.set_header([
        words.t("match-file"),
        words.t("match-format"),
        words.t("match-lines"),
        words.t("match-matched"),
        words.t("match-not-parsed"),
    ]);
    for file in &summary.files {
        table.add_row([
            Cell::new(printable(&file.file)),
            Cell::new(format_words(words, file)),
            right(words.lines(file.unit, file.lines_read)),
            number(words, file.lines_matched),
            number(words, file.lines_not_parsed),
        ]);
    }
    if summary.files.len() > 1 {
        table.add_row([
            Cell::new(words.t("match-total")),
            Cell::new(""),
            number(words, summary.lines_read),
            number(words, summary.lines_matched),
            number(words, summary.lines_not_parsed),
        ]);
    }
    if width.is_some() {
        let narrow = ColumnConstraint::UpperBoundary(Width::Percentage(40));
        table.set_constraints([narrow, ColumnConstraint::UpperBoundary(Width::Percentage(30))]);
    }
    writeln!(out, "{table}")?;
    for file in &summary.files {
        write_troubles(out, words, finished, file, width)?;
    }
    for (name, report) in &finished.lists {
        let said = words.taken(report);
        writeln!(out, "{}: {said}", printable(name))?;
    }
    if summary.too_many_sightings {
        writeln!(out, "{}", wrapped(&words.t("match-too-many"), width))?;
    }
    let end = if summary.complete { "match-complete" } else { finished.incomplete_keys().0 };
    writeln!(out, "{}", wrapped(&words.t(end), width))
}

/// How many devices there are to handle.
pub(super) fn headline(words: &Words, finished: &Finished) -> String {
    let values = [
        ("devices", finished.device_count().into()),
        ("behind", finished.intermediary_count().into()),
        ("findings", finished.findings().count().into()),
    ];
    language::text_with(words.language, "match-findings", &values)
}

/// The format of a log with what else was in it and what it was packed with.
pub(super) fn format_words(words: &Words, file: &FileSummary) -> String {
    let format = file.format.as_deref().unwrap_or("–");
    let others = file.other_formats.iter().map(|(name, lines)| {
        let lines = words.number(*lines);
        format!("{name} ({lines})")
    });
    let formats = std::iter::once(format.to_owned()).chain(others).collect::<Vec<_>>().join(" + ");
    let wrappings = [&file.compression, &file.encoding].into_iter().flatten().cloned();
    std::iter::once(formats).chain(wrappings).collect::<Vec<_>>().join(", ")
}

fn sightings(words: &Words, heading: &str, sightings: &[&Sighting], width: Option<u16>) -> Table {
    let mut table = table(width);
    table.set_header([
        words.t("match-device"),
        heading.to_owned(),
        words.t("match-verdict"),
        words.t("match-count"),
        words.t("match-seen"),
    ]);
    for sighting in sightings {
        let mut device = vec![sighting.device.clone()];
        device.extend(words.device_lines(sighting));
        let device = device.join("\n");
        let evidence = &sighting.evidence;
        let mut destination = vec![Readable::of(&sighting.destination).to_string()];
        destination.extend(indicator_words(words, sighting));
        destination.push(match evidence.line_number {
            // Looking back, the log is no longer there.
            0 => evidence.file.clone(),
            line => format!("{}:{line}", evidence.file),
        });
        let seen = if sighting.count > 1 {
            format!("{}\n{}", words.time(sighting.first_seen), words.time(sighting.last_seen))
        } else {
            words.time(sighting.first_seen)
        };
        table.add_row([
            Cell::new(printable_lines(&device)),
            Cell::new(printable_lines(&destination.join("\n"))),
            Cell::new(words.verdict(sighting.verdict)),
            number(words, sighting.count),
            Cell::new(seen),
        ]);
    }
    if width.is_some() {
        table.set_constraints([
            ColumnConstraint::UpperBoundary(Width::Percentage(24)),
            ColumnConstraint::UpperBoundary(Width::Percentage(42)),
            ColumnConstraint::UpperBoundary(Width::Percentage(18)),
            ColumnConstraint::ContentWidth,
            ColumnConstraint::ContentWidth,
        ]);
    }
    table
}

/// The indicator when it is not the destination itself, its family, and what warns of it.
pub(super) fn indicator_words(words: &Words, sighting: &Sighting) -> Option<String> {
    let mut parts = Vec::new();
    let indicator = Readable::of(&sighting.indicator);
    if indicator != Readable::of(&sighting.destination) {
        parts.push(words.t1("match-by-indicator", "indicator", &indicator.to_string()));
    }
    parts.extend(sighting.family.clone());
    if let Some(list) = &sighting.warning {
        parts.push(words.t1("match-warning", "list", list));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn write_troubles(
    out: &mut dyn Write,
    words: &Words,
    finished: &Finished,
    file: &FileSummary,
    width: Option<u16>,
) -> io::Result<()> {
    let name = printable(&file.file);
    if let Some(problem) = &file.problem {
        let said = format!("! {name}: {}", printable(&words.problem(problem)));
        writeln!(out, "{}", wrapped(&said, width))?;
        if finished.may_be_lists && problem.code() == "no-format" {
            writeln!(out, "{}", wrapped(&words.t("match-meant-as-list"), width))?;
        }
    }
    if !file.not_parsed_samples.is_empty() {
        writeln!(out, "{name}: {}", words.not_parsed_such_as(file.unit))?;
    }
    for sample in &file.not_parsed_samples {
        let line = words.place(file.unit, sample.line_number);
        let room = width.map_or(usize::MAX, |width| {
            usize::from(width).saturating_sub(line.chars().count() + 4)
        });
        let text: String = printable(&sample.text).chars().take(room).collect();
        writeln!(out, "  {line}: {text}")?;
    }
    for (reason, count) in &file.not_parsed_reasons {
        let reason = words.tk("packet-reason", reason);
        let said = format!("  {}: {reason}", words.lines(file.unit, *count));
        writeln!(out, "{}", wrapped(&said, width))?;
    }
    Ok(())
}

fn table(width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    match width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table
}

fn number(words: &Words, count: u64) -> Cell {
    right(words.number(count))
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// [`printable`], the line breaks of our own kept.
fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// A sentence in lines of at most so many characters, words kept whole; on one line without a
/// width.
fn wrapped(text: &str, width: Option<u16>) -> String {
    let width = width.map_or(usize::MAX, usize::from);
    let (mut lines, mut column) = (String::new(), 0);
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            lines.push('\n');
            column = 0;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_wrapped_between_words() {
        let check = |text: &str, expected: &str| assert_eq!(wrapped(text, Some(10)), expected);
        check("", "");
        check("một hai ba bốn", "một hai ba\nbốn");
        check("1234567890123 4", "1234567890123\n4");
        assert_eq!(wrapped("một hai ba bốn năm", None), "một hai ba bốn năm");
    }
}
