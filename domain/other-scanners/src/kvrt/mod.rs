//! Reports of Kaspersky Virus Removal Tool and Rescue Disk: `report_*.klr`, and `.klr.enc1`, in which every
//! byte is combined with 0xEF.
//!
//! Source: what people who had such files wrote of them in public. No file of a running tool was at hand:
//! elements and attributes are taken as they come, and what is done about a finding is told from words.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::category::category_of;
use crate::gather::Gather;
use crate::moments::Moments;
use crate::xml::{Elements, walk};
use crate::{Action, Finding, ReadError, Reason, Report, ScanRun, Tool};

/// What each byte of an `.enc1` file is combined with.
const KEY: u8 = 0xef;

/// The report in an `.enc1` file; `None` when it is none.
pub(crate) fn deciphered(bytes: &[u8]) -> Option<Vec<u8>> {
    let plain: Vec<u8> = bytes.iter().take(64).map(|it| it ^ KEY).collect();
    let plain = plain.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&plain).trim_ascii_start();
    let is_report = plain.starts_with(b"<Report") || plain.starts_with(b"<?xml");
    is_report.then(|| bytes.iter().map(|it| it ^ KEY).collect())
}

pub(crate) fn read(text: &str, zone: &TimeZone) -> Result<Report, ReadError> {
    let mut events = Events::default();
    let walked = walk(text, &mut events);
    if let Err(error) = walked {
        if events.findings.is_empty() {
            return Err(error);
        }
        events.gather.refuse(0, Reason::Damaged);
    }
    let is_of_windows = events.findings.iter().any(|it| it.1.path.contains('\\'));
    let modified = Moments::of(zone, [].into_iter()).read(&events.modified.replacen('.', "-", 2));
    for object in std::mem::take(&mut events.objects).into_values() {
        object.settle(&mut events.findings);
    }
    for (place, finding) in events.findings {
        events.gather.finding("", finding, place);
    }
    let scan = events.is_finished.then_some(ScanRun {
        ended_at: events.ended_at.or(modified),
        scanned: events.processed,
        not_scanned: 0,
    });
    let system = if is_of_windows { "windows" } else { "" };
    Ok(events.gather.finish((Tool::Kvrt, String::new(), system), scan))
}

#[derive(Default)]
struct Events {
    gather: Gather,
    findings: Vec<(u64, Finding)>,
    objects: HashMap<String, Object>,
    /// Events so far.
    count: u64,
    processed: u64,
    is_finished: bool,
    ended_at: Option<Timestamp>,
    modified: String,
}

impl Elements for Events {
    fn begin(&mut self, path: &[String], attributes: &[(String, String)]) {
        let Some(name) = path.last() else { return };
        let get = |key: &str| {
            attributes.iter().find(|it| it.0.eq_ignore_ascii_case(key)).map_or("", |it| &it.1)
        };
        if numbered(name, "Block") {
            self.processed += get("Processed").parse::<u64>().unwrap_or_default();
        } else if numbered(name, "Event") {
            self.count += 1;
            self.event(get("Action"), get("Object"), get("Info"), file_time(get("Time")));
        }
    }

    fn end(&mut self, path: &[String], text: &str) {
        if path.last().is_some_and(|it| it == "LastModification") {
            text.clone_into(&mut self.modified);
        }
    }
}

impl Events {
    fn event(&mut self, action: &str, object: &str, info: &str, at: Option<Timestamp>) {
        let (what, how) = (action.to_lowercase(), info.to_lowercase());
        if what == "detect" {
            if info.is_empty() {
                return self.gather.refuse(self.count, Reason::NoThreat);
            }
            if self.findings.len() >= crate::MOST_IN_FILE {
                return self.gather.refuse(self.count, Reason::TooMany);
            }
            let finding = Finding {
                threat: info.to_owned(),
                path: object.to_owned(),
                inside: object.matches("//").count(),
                at,
                action: Action::Left,
                category: category_of(info),
            };
            let known = self.objects.entry(object.to_owned()).or_default();
            known.findings.push(self.findings.len());
            return self.findings.push((self.count, finding));
        }
        if what == "scan" {
            // Stopped by a person is not finished.
            if ["finished", "completed"].iter().any(|it| how.contains(it)) {
                self.is_finished = true;
                self.ended_at = self.ended_at.max(at);
            }
            return;
        }
        // What a person chose is not yet done.
        if what.starts_with("select") || object.is_empty() {
            return;
        }
        let Some(done) = action_of(&format!("{what} {how}")) else { return };
        if let Some(known) = self.objects.get_mut(object) {
            known.done(done, at);
        }
    }
}

/// What was found in one object and done about it: all of it is put together in the end, so that a
/// report costs no more than it is long, however often one object is in it.
#[derive(Debug, Default)]
struct Object {
    /// Where its findings are.
    findings: Vec<usize>,
    /// What was done about the findings up to then, at the latest when.
    done: Vec<(usize, Action, Option<Timestamp>)>,
}

impl Object {
    fn done(&mut self, action: Action, at: Option<Timestamp>) {
        let count = self.findings.len();
        match self.done.last_mut() {
            Some((to, last, latest)) if *to == count => {
                *last = action;
                *latest = (*latest).max(at);
            }
            _ => self.done.push((count, action, at)),
        }
    }

    /// Writes into the findings what was done about each after it was found.
    fn settle(mut self, findings: &mut [(u64, Finding)]) {
        let (mut last, mut latest) = (None, None);
        for (index, finding) in self.findings.iter().enumerate().rev() {
            while let Some((_, action, at)) = self.done.pop_if(|it| it.0 > index) {
                last = last.or(Some(action));
                latest = latest.max(at);
            }
            if let (Some((_, it)), Some(action)) = (findings.get_mut(*finding), last) {
                it.action = action;
                it.at = it.at.max(latest);
            }
        }
    }
}

/// What words say was done.
fn action_of(words: &str) -> Option<Action> {
    let has = |list: &[&str]| list.iter().any(|it| words.contains(it));
    if has(&["fail", "error", "cannot", "not "]) {
        Some(Action::Failed)
    } else if has(&["skip", "ignor", "restor"]) {
        Some(Action::Left)
    } else if has(&["copy", "copied", "backup"]) {
        // The original is still there.
        None
    } else if has(&["quarantin"]) {
        Some(Action::Quarantined)
    } else if has(&["delet", "remov"]) {
        Some(Action::Removed)
    } else if has(&["disinfected", "cured", "neutraliz"]) {
        Some(Action::Cleaned)
    } else {
        None
    }
}

/// `Block0`, `Event12`.
fn numbered(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
}

/// 100 ns since 1601, UTC.
fn file_time(text: &str) -> Option<Timestamp> {
    const EPOCH_1601: i64 = -11_644_473_600;
    let ticks: i64 = text.trim().parse().ok()?;
    let nanoseconds = i32::try_from(ticks % 10_000_000).ok()? * 100;
    Timestamp::new(ticks / 10_000_000 + EPOCH_1601, nanoseconds).ok()
}
