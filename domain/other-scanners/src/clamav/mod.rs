//! Logs of `clamscan`, `clamdscan` and `clamd`.
//!
//! Source: what the programs of `ClamAV` 1.4.6 write (`testdata`), and its manual pages.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::category::category_of;
use crate::gather::Gather;
use crate::{Action, Finding, Reason, Report, ScanRun, Tool};

const SUMMARY: &str = "----------- SCAN SUMMARY -----------";
/// Names under which `ClamAV` says that something was not looked at whole.
const NOT_SCANNED: [&str; 2] = ["Heuristics.Limits.Exceeded", "Heuristics.Encrypted"];
/// Endings of lines about files that hold nothing, or that nobody asked for.
const NOTHING: [&str; 5] =
    [": OK", ": Empty file", ": Excluded", ": Symbolic link", ": Not a regular file"];

/// Whether a line stands in logs of `ClamAV` alone.
pub(crate) fn is_telling(line: &str) -> bool {
    let line = line.trim_end();
    line == SUMMARY || line.strip_suffix(" FOUND").is_some_and(|it| it.contains(": "))
}

pub(crate) fn read(text: &str, zone: &TimeZone) -> Report {
    let mut gather = Gather::default();
    let mut scan: Option<ScanRun> = None;
    let mut version = String::new();
    let mut is_summary = false;
    let mut not_scanned = 0;
    // What was found where, by the path as it stands in the log.
    let mut found: HashMap<String, Finding> = HashMap::new();
    for (place, line) in (1..).zip(text.lines()) {
        let (at, line) = dated(line.trim_end(), zone);
        if line == SUMMARY {
            is_summary = true;
            scan.get_or_insert_default();
            continue;
        }
        if line.is_empty() || line.bytes().all(|it| it == b'-') {
            continue;
        }
        if is_summary && let Some((key, value)) = line.split_once(": ") {
            let value = value.trim();
            let run = scan.get_or_insert_default();
            match key {
                "Engine version" => value.clone_into(&mut version),
                "Scanned files" => run.scanned += value.parse::<u64>().unwrap_or_default(),
                "Total errors" => not_scanned += value.parse::<u64>().unwrap_or_default(),
                "End Date" => {
                    run.ended_at = run.ended_at.max(summary_date(value, zone));
                    is_summary = false;
                }
                "Known viruses"
                | "Scanned directories"
                | "Infected files"
                | "Data scanned"
                | "Data read"
                | "Time"
                | "Start Date" => {}
                // The next scan in the same log, of a version that writes no dates.
                _ => is_summary = false,
            }
            if is_summary || key == "End Date" {
                continue;
            }
        }
        if let Some((path, name)) = line.strip_suffix(" FOUND").and_then(|it| it.rsplit_once(": "))
        {
            let threat = name.split('(').next().unwrap_or_default();
            if NOT_SCANNED.iter().any(|it| threat.starts_with(it)) {
                not_scanned += 1;
                continue;
            }
            let finding = Finding {
                threat: threat.to_owned(),
                path: path.to_owned(),
                inside: 0,
                at,
                action: Action::Left,
                category: category_of(threat),
            };
            if found.len() < crate::MOST_IN_FILE {
                found.insert(path.to_owned(), finding.clone());
            }
            gather.finding("", finding, place);
        } else if let Some((path, action)) = done(line) {
            if let Some(known) = found.get(path) {
                let finding = Finding { action, ..known.clone() };
                gather.finding("", finding, place);
            } else {
                gather.refuse(place, Reason::NoThreat);
            }
        } else if line.ends_with(" ERROR")
            || ["ERROR: ", "WARNING: "].iter().any(|it| line.starts_with(it))
        {
            not_scanned += 1;
        } else if !is_known(line) && at.is_none() {
            gather.refuse(place, Reason::NotUnderstood);
        }
    }
    if let Some(run) = &mut scan {
        run.not_scanned = not_scanned;
    }
    gather.finish((Tool::ClamAv, version, ""), scan)
}

/// What was done about a path.
fn done(line: &str) -> Option<(&str, Action)> {
    let (path, action) = if let Some((path, _)) = line.rsplit_once(": moved to '") {
        (path, Action::Quarantined)
    } else if let Some((path, _)) = line.rsplit_once(": copied to '") {
        (path, Action::Left)
    } else {
        (line.strip_suffix(": Removed.")?, Action::Removed)
    };
    Some((path.split(" (real path: '").next().unwrap_or(path), action))
}

/// Lines that say nothing about a file's content.
fn is_known(line: &str) -> bool {
    const STARTS: [&str; 5] =
        ["LibClamAV ", "Loading:", "Compiling:", "Socket for ", "Not loading "];
    NOTHING.iter().any(|it| line.ends_with(it))
        || line.ends_with(": No such file or directory")
        || STARTS.iter().any(|it| line.starts_with(it))
}

/// The moment before a line of a log that has one: `Fri Nov 27 11:26:43 2026 -> …`.
fn dated<'l>(line: &'l str, zone: &TimeZone) -> (Option<Timestamp>, &'l str) {
    let Some((before, rest)) = line.split_once(" -> ") else { return (None, line) };
    match DateTime::strptime("%a %b %e %H:%M:%S %Y", before) {
        Ok(at) => (moment(at, zone), rest),
        Err(_) => (None, line),
    }
}

fn summary_date(value: &str, zone: &TimeZone) -> Option<Timestamp> {
    DateTime::strptime("%Y:%m:%d %H:%M:%S", value).ok().and_then(|it| moment(it, zone))
}

fn moment(at: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(at).ok()
}
