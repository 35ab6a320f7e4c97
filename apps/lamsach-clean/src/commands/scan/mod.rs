//! `lamsach-clean scan`: what is malicious in these files.

mod args;
mod inputs;
mod output;
mod progress;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use clean_up::{Computer, HostError, check_places, quick_places};
use command_line::bilingual::failure;
use file_check::{Finding, NotScanned, Settings, Summary, Verdict, Watcher, check_files};
use language::Language;
use live_check::{LiveCheck, LiveChecked};
use unpacking::PartLimits;

pub(crate) use args::Args;
pub(super) use args::{Choices, LookedFor};
pub(super) use inputs::Inputs;
pub(super) use progress::count;

use super::result;
use super::store::now;
use progress::Shown;

/// What a scan gave.
pub(super) struct Scanned {
    pub(super) findings: Vec<Finding>,
    pub(super) summary: Summary,
    inputs: Inputs,
}

/// Settings of `scan`: what is scanned, and what becomes of the result.
#[derive(Debug, clap::Args)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    scan: Args,
    #[command(flatten)]
    result: result::Args,
}

/// Runs the command.
pub(crate) fn run(args: ScanArgs, language: Language) -> anyhow::Result<ExitCode> {
    let choices = args.scan.choices()?;
    let wanted = args.result.wanted(choices.root.as_deref())?;
    let Scanned { findings, summary, inputs } = scan(&choices, language)?;
    output::show(language, choices.is_json, &findings, &summary, &inputs)
        .map_err(|error| failure("clean-not-written", &[("why", command_line::why(&error))]))?;
    if let Some(wanted) = wanted {
        let of = result::Of {
            findings: &findings,
            summary: &summary,
            rules: inputs.detection.rules.len(),
            packs: &inputs.packs,
            scope: choices.scope(),
            root: choices.root.as_deref(),
            at: now(),
        };
        if let Some(told) = wanted.give(language, &of)? {
            result::say(&told)?;
        }
    }
    Ok(match summary.verdict {
        Some(Verdict::Clean) => ExitCode::SUCCESS,
        Some(Verdict::Incomplete) | None => ExitCode::from(3),
        Some(Verdict::Risky | Verdict::Suspicious | Verdict::Infected) => ExitCode::from(1),
    })
}

/// Scans, and says on the way what of the rules and lists is not used.
pub(super) fn scan(choices: &Choices, language: Language) -> anyhow::Result<Scanned> {
    let inputs = Inputs::load(choices)?;
    output::refused(language, &inputs)?;
    let shown = Shown::start(language)?;
    let checked = check(choices, &inputs, &shown);
    shown.finish();
    let (findings, summary) = checked?;
    Ok(Scanned { findings, summary, inputs })
}

/// What shows a scan to the person, and tells it what the person wants.
pub(super) trait Screen: Sync {
    /// These places are gone through.
    fn begins(&self, places: &[PathBuf]);
    /// So many more files and bytes were dealt with; a scan that is held waits here.
    fn advanced(&self, files: u64, bytes: u64);
    /// Whether to stop soon.
    fn is_cancelled(&self) -> bool;
}

/// Scans, and looks at what starts by itself where that was asked for; findings in order.
pub(super) fn check(
    choices: &Choices,
    inputs: &Inputs,
    screen: &dyn Screen,
) -> anyhow::Result<(Vec<Finding>, Summary)> {
    let parts = PartLimits {
        depth: if choices.unpacks { PartLimits::default().depth } else { 0 },
        ..PartLimits::default()
    };
    let settings = Settings {
        threads: choices.threads,
        is_gentle: choices.is_gentle,
        root: choices.root.clone(),
        parts,
        memory: choices.memory.clone(),
    };
    let mut computer = choices.looks_at_computer.then(|| Computer::open(choices.root.as_deref()));
    let places = match &mut computer {
        _ if inputs.is_for_files_not() => Vec::new(),
        Some(Ok(computer)) if choices.is_quick => quick_places(computer, choices.root.as_deref()),
        _ => choices.places.clone(),
    };
    // At the beginning and at the end: connections come and go.
    let mut live = LiveCheck::new(&inputs.addresses);
    look_at_running(computer.as_ref(), &mut live);
    screen.begins(&places);
    let gathering = Gathering::new(screen, choices.is_quick.then(|| quick_time(choices)));
    let mut summary = check_files(&places, &inputs.detection, &settings, &gathering);
    if gathering.is_over() && !screen.is_cancelled() {
        told_as_limit(&mut summary);
    }
    if !inputs.is_for_files_not() {
        summary.add(&[], nothing_there(&places, summary.seen, choices.is_quick));
    }
    let mut findings = gathering.findings.into_inner().unwrap_or_else(PoisonError::into_inner);
    findings.sort();
    match computer {
        Some(Ok(mut computer)) => {
            let base = env::current_dir()?;
            let root = choices.root.as_deref();
            let checked = check_places(&mut computer, &findings, &base, root);
            summary.places = Some(checked.entries);
            summary.add(&checked.findings, checked.not_scanned);
            findings.extend(checked.findings);
            if computer.is_live() {
                look_at_running(Some(&Ok(computer)), &mut live);
                let LiveChecked { findings: found, not_scanned, counts } = live.finish();
                summary.live = Some(counts);
                summary.add(&found, not_scanned);
                findings.extend(found);
            }
            findings.sort();
        }
        Some(Err(error)) => {
            // A system where that cannot be done yet.
            let why = Some(error.to_string());
            summary.add(&[], vec![not_scanned("places-not-here", why)]);
        }
        None => {}
    }
    inputs.add_to(&mut summary);
    if inputs.is_for_files_not() {
        summary.add(&[], vec![not_scanned("files-not-scanned", None)]);
    }
    Ok((findings, summary))
}

/// Places where there is nothing: a disk that is not mounted is not clean. Those of a quick check may be
/// empty, as long as others are not.
fn nothing_there(places: &[PathBuf], seen: u64, is_quick: bool) -> Vec<NotScanned> {
    if seen == 0 {
        return vec![not_scanned("nothing-there", None)];
    }
    let is_empty = |place: &&PathBuf| fs::read_dir(place).is_ok_and(|mut it| it.next().is_none());
    let named = |place: &PathBuf| {
        let path = place.display().to_string();
        NotScanned { path, ..not_scanned("nothing-there", None) }
    };
    places.iter().filter(|_| !is_quick).filter(is_empty).map(named).collect()
}

/// Looks at programs, sockets and names that were asked for, where the computer runs.
fn look_at_running(computer: Option<&Result<Computer, HostError>>, live: &mut LiveCheck<'_>) {
    let running = computer.and_then(|it| it.as_ref().ok()).and_then(Computer::running);
    if let Some(running) = running {
        live.look(&running);
    }
}

/// How long a quick check reads files, so that it is over within a minute with what stands before and behind
/// that; four times as long where it leaves the computer to others.
fn quick_time(choices: &Choices) -> Duration {
    Duration::from_secs(if choices.is_gentle { 200 } else { 50 })
}

/// A check that its time ended was not cancelled by anybody.
fn told_as_limit(summary: &mut Summary) {
    if let Some(count) = summary.not_scanned.remove("cancelled") {
        summary.not_scanned.insert("quick-limit".to_owned(), count);
    }
    for it in summary.not_scanned_listed.iter_mut().filter(|it| it.reason == "cancelled") {
        "quick-limit".clone_into(&mut it.reason);
    }
}

/// Keeps what is found.
struct Gathering<'s> {
    screen: &'s dyn Screen,
    findings: Mutex<Vec<Finding>>,
    /// When the scan is over whatever is left; time in which it is held does not count.
    ends: Option<Mutex<Instant>>,
}

impl<'s> Gathering<'s> {
    fn new(screen: &'s dyn Screen, time: Option<Duration>) -> Self {
        let ends = time.map(|time| Mutex::new(Instant::now() + time));
        Self { screen, findings: Mutex::default(), ends }
    }

    fn ends(&self) -> Option<MutexGuard<'_, Instant>> {
        Some(self.ends.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_over(&self) -> bool {
        self.ends().is_some_and(|ends| *ends <= Instant::now())
    }
}

impl Watcher for Gathering<'_> {
    fn advanced(&self, files: u64, bytes: u64) {
        let (before, ends) = (Instant::now(), self.ends().map(|it| *it));
        self.screen.advanced(files, bytes);
        if let (Some(ends), Some(mut now)) = (ends, self.ends()) {
            *now = (*now).max(ends + before.elapsed());
        }
    }

    fn found(&self, finding: Finding) {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
    }

    fn is_cancelled(&self) -> bool {
        self.screen.is_cancelled() || self.is_over()
    }
}

/// Something that was not looked at, and is no file.
fn not_scanned(reason: &str, detail: Option<String>) -> NotScanned {
    NotScanned { path: String::new(), inside: Vec::new(), reason: reason.to_owned(), detail }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::*;

    /// Holds each step for a while.
    struct Slow(Duration, AtomicBool);

    impl Screen for Slow {
        fn begins(&self, _: &[PathBuf]) {}
        fn advanced(&self, _: u64, _: u64) {
            thread::sleep(self.0);
        }
        fn is_cancelled(&self) -> bool {
            self.1.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn a_quick_check_ends_by_itself_and_says_so() {
        let screen = Slow(Duration::from_millis(200), AtomicBool::new(false));
        let never = Gathering::new(&screen, None);
        assert!(!never.is_over() && !never.is_cancelled());
        let over = Gathering::new(&screen, Some(Duration::ZERO));
        assert!(over.is_over() && over.is_cancelled());
        // What the person holds does not count.
        let held = Gathering::new(&screen, Some(Duration::from_mins(10)));
        let before = *held.ends().unwrap();
        held.advanced(1, 1);
        assert!(*held.ends().unwrap() >= before + Duration::from_millis(200));

        let mut summary = Summary::default();
        summary.add(&[], vec![not_scanned("cancelled", None)]);
        told_as_limit(&mut summary);
        let told: Vec<(&str, u64)> =
            summary.not_scanned.iter().map(|(reason, count)| (reason.as_str(), *count)).collect();
        assert_eq!(told, [("quick-limit", 1)]);
        assert_eq!(summary.not_scanned_listed[0].reason, "quick-limit");
    }
}
