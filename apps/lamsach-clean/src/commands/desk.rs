//! What is going on, and the person's wishes about it: what window and terminal have in common.

use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use clean_up::{
    FindingsRead, PackRead, PlanFile, PlanRequest, RunFacts, RunOutcome, make_plan, make_stick_plan,
};
use command_line::bilingual::failure;
use file_check::{Finding, LoadedPack, Summary, Verdict};
use language::Language;

use super::scan::{self, Choices, Inputs, LookedFor, Screen, count};
use super::store::{Store, now, said};
use super::{packs, plan, report, result, undo};

// Help texts stand in the message files: see `command_line`.
/// What is looked for, and where what is taken away is kept.
#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    #[command(flatten)]
    looked_for: LookedFor,
    #[arg(id = "result_ca", long = "ca", value_name = "FILE")]
    certificates: Option<PathBuf>,
    #[command(flatten)]
    pub(super) store: Store,
}

impl Args {
    /// A desk for them; what lies beside the program where nothing is named.
    pub(super) fn desk(self) -> anyhow::Result<Arc<Desk>> {
        let Self { mut looked_for, certificates, store } = self;
        if looked_for.is_empty() {
            looked_for.packs = packs::at_hand(None)?;
            looked_for.rules.extend(rules_beside_the_program());
        }
        Ok(Desk::new(looked_for, certificates, store))
    }
}

/// Rules that lie beside the program, as they are handed out together.
fn rules_beside_the_program() -> Option<PathBuf> {
    let folder = env::current_exe().ok()?.parent()?.join("rules");
    folder.is_dir().then_some(folder)
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// What runs, starts by itself or came lately.
    Quick,
    /// Everything.
    Whole,
    /// One folder or file.
    Folder(PathBuf),
    /// A stick that is plugged in.
    Stick(PathBuf),
}

/// Where the person is.
#[derive(Clone, Default)]
pub(super) enum Phase {
    /// Nothing was asked for yet.
    #[default]
    Ready,
    /// A scan is at work.
    Scanning,
    /// A scan has ended.
    Found(Arc<Found>),
    /// Changes are made, or taken back.
    Changing,
    /// Changes were made, or taken back.
    Changed(Arc<Changed>),
    /// It did not go well.
    Failed(Arc<str>),
}

/// What a scan found, and what cleaning would change.
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    pub(super) summary: Summary,
    /// `None` where nothing can be changed.
    pub(super) plan: Option<PlanFile>,
    packs: Vec<LoadedPack>,
    rules: usize,
    scope: &'static str,
    root: Option<PathBuf>,
    /// When the scan ended, in seconds since 1970: sent twice, it is the same result.
    at: i64,
    /// Of the scans of this window, which one it was.
    pub(super) number: u64,
}

impl Found {
    /// As a file of findings says it.
    pub(super) fn as_read(&self) -> FindingsRead {
        FindingsRead {
            findings: self.findings.clone(),
            is_complete: Some(self.summary.complete),
            verdict: self.summary.verdict.map(|it| it.code().to_owned()),
            seen: Some(self.summary.seen),
            scanned: Some(self.summary.scanned),
            not_scanned: self.summary.not_scanned.clone(),
            packs: self.packs.iter().map(pack_read).collect(),
            ..FindingsRead::default()
        }
    }
}

/// A run of changes, and what became of each.
pub(super) struct Changed {
    pub(super) run: RunFacts,
    pub(super) outcomes: Vec<RunOutcome>,
    pub(super) is_journal_damaged: bool,
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// As far as they are counted.
    pub(super) all_bytes: u64,
    pub(super) is_counted: bool,
    pub(super) is_held: bool,
    /// At work, without the time that it was held.
    pub(super) worked: Duration,
}

/// What the pages and the work in the background share.
pub(super) struct Desk {
    looked_for: LookedFor,
    /// Who vouches for the portal, where the system does not know it.
    certificates: Option<PathBuf>,
    store: Store,
    scans: AtomicU64,
    phase: Mutex<Phase>,
    found: Mutex<Option<Arc<Found>>>,
    /// Of the last scan. Each has its own: nothing that is left of one moves the next.
    meter: Mutex<Arc<Meter>>,
}

#[derive(Default)]
struct Meter {
    files: AtomicU64,
    bytes: AtomicU64,
    all_bytes: AtomicU64,
    is_counted: AtomicBool,
    is_cancelled: AtomicBool,
    clock: Mutex<Clock>,
    goes_on: Condvar,
}

#[derive(Default)]
struct Clock {
    is_held: bool,
    since: Option<Instant>,
    worked: Duration,
}

impl Desk {
    fn new(looked_for: LookedFor, certificates: Option<PathBuf>, store: Store) -> Arc<Self> {
        let (scans, phase, found, meter) = Default::default();
        Arc::new(Self { looked_for, certificates, store, scans, phase, found, meter })
    }

    pub(super) fn phase(&self) -> Phase {
        lock(&self.phase).clone()
    }

    /// What the last scan found.
    pub(super) fn found(&self) -> Option<Arc<Found>> {
        lock(&self.found).clone()
    }

    pub(super) fn is_at_work(&self) -> bool {
        matches!(self.phase(), Phase::Scanning | Phase::Changing)
    }

    /// Whether anything is there to look for.
    pub(super) fn looks_for_something(&self) -> bool {
        !self.looked_for.is_empty()
    }

    /// What is looked for, by the names of its files.
    pub(super) fn sources(&self) -> Vec<String> {
        let LookedFor { rules, indicators, packs } = &self.looked_for;
        let all = packs.iter().chain(rules).chain(indicators);
        all.map(|it| it.display().to_string()).collect()
    }

    /// The page to print, of the last scan and what was changed after it; `None` before either.
    pub(super) fn result_page(&self, language: Language) -> anyhow::Result<Option<String>> {
        let found = self.found();
        let changed = match self.phase() {
            Phase::Changed(changed) => Some((changed.run.clone(), changed.outcomes.clone())),
            _ => None,
        };
        if found.is_none() && changed.is_none() {
            return Ok(None);
        }
        let read = found.map(|it| it.as_read());
        Ok(Some(report::page(language, None, read.as_ref(), changed.as_ref())?))
    }

    /// Sends what the last scan found to the unit's portal; what became of it, in words.
    pub(super) fn send(
        &self,
        language: Language,
        portal: &str,
        code: &str,
    ) -> anyhow::Result<String> {
        let Some(found) = self.found() else { return Ok(String::new()) };
        let of = result::Of {
            findings: &found.findings,
            summary: &found.summary,
            rules: found.rules,
            packs: &found.packs,
            scope: found.scope,
            root: found.root.as_deref(),
            at: found.at,
        };
        result::send_now(language, (portal, code), self.certificates.as_deref(), &of)
    }

    /// Back to the beginning.
    pub(super) fn start_over(&self) {
        if !self.is_at_work() {
            *lock(&self.phase) = Phase::Ready;
        }
    }

    /// Begins a scan, unless something is at work.
    pub(super) fn scan(self: &Arc<Self>, target: Target) {
        self.begin(Phase::Scanning, move |desk| {
            let found = Arc::new(desk.find(&target)?);
            *lock(&desk.found) = Some(Arc::clone(&found));
            Ok(Phase::Found(found))
        });
    }

    /// Makes the changes of the plan that was shown; another one is shown first.
    pub(super) fn clean(self: &Arc<Self>, shown: &str) {
        let Phase::Found(found) = self.phase() else { return };
        if found.number.to_string() != shown {
            return;
        }
        self.begin(Phase::Changing, move |desk| {
            let Some(plan) = &found.plan else { return Ok(Phase::Found(found)) };
            let mut computer = plan::open(plan.root.as_deref().map(Path::new))?;
            let mut keeper = desk.store.open()?;
            let report = keeper.apply(&mut computer, plan, now()).map_err(|it| said(&it))?;
            let (run, outcomes) = keeper.outcomes(&report.run).map_err(|it| said(&it))?;
            let is_journal_damaged = report.is_journal_damaged;
            Ok(Phase::Changed(Arc::new(Changed { run, outcomes, is_journal_damaged })))
        });
    }

    /// Takes a run back.
    pub(super) fn undo(self: &Arc<Self>, run: String) {
        self.begin(Phase::Changing, move |desk| {
            let mut keeper = desk.store.open()?;
            let run = keeper.run(&run).map_err(|it| said(&it))?;
            let mut computer = undo::computer(None, &run)?;
            let report = keeper.undo(&mut computer, &run.name).map_err(|it| said(&it))?;
            let (run, outcomes) = keeper.outcomes(&run.name).map_err(|it| said(&it))?;
            let is_journal_damaged = report.is_journal_damaged;
            Ok(Phase::Changed(Arc::new(Changed { run, outcomes, is_journal_damaged })))
        });
    }

    /// Earlier runs, the last one first.
    pub(super) fn runs(&self) -> anyhow::Result<Vec<RunFacts>> {
        let (mut runs, _) = self.store.open()?.runs().map_err(|it| said(&it))?;
        runs.reverse();
        Ok(runs)
    }

    /// Holds the scan, or lets it go on.
    pub(super) fn hold(&self, is_held: bool) {
        let meter = self.meter();
        let mut clock = lock(&meter.clock);
        clock.is_held = is_held;
        if let Some(since) = clock.since.take() {
            clock.worked += since.elapsed();
        }
        clock.since = (!is_held).then(Instant::now);
        drop(clock);
        meter.goes_on.notify_all();
    }

    /// Ends the scan; what was found so far is shown.
    pub(super) fn cancel(&self) {
        self.meter().cancel();
    }

    pub(super) fn progress(&self) -> Progress {
        let meter = self.meter();
        let clock = lock(&meter.clock);
        let worked = clock.worked + clock.since.map(|it| it.elapsed()).unwrap_or_default();
        Progress {
            files: meter.files.load(Ordering::Relaxed),
            bytes: meter.bytes.load(Ordering::Relaxed),
            all_bytes: meter.all_bytes.load(Ordering::Relaxed),
            is_counted: meter.is_counted.load(Ordering::Relaxed),
            is_held: clock.is_held,
            worked,
        }
    }

    fn meter(&self) -> Arc<Meter> {
        Arc::clone(&lock(&self.meter))
    }

    fn begin(
        self: &Arc<Self>,
        during: Phase,
        work: impl FnOnce(&Self) -> anyhow::Result<Phase> + Send + 'static,
    ) {
        let mut phase = lock(&self.phase);
        if matches!(*phase, Phase::Scanning | Phase::Changing) {
            return;
        }
        *phase = during;
        *lock(&self.meter) = Arc::new(Meter::started());
        drop(phase);
        let desk = Arc::clone(self);
        thread::spawn(move || {
            // The window goes on where a part of the program breaks down.
            let ended = panic::catch_unwind(AssertUnwindSafe(|| work(&desk)));
            let ended = ended.unwrap_or_else(|_| Err(failure("clean-window-broke", &[])));
            let ended = ended.unwrap_or_else(|error| Phase::Failed(format!("{error:#}").into()));
            *lock(&desk.phase) = ended;
        });
    }

    fn find(&self, target: &Target) -> anyhow::Result<Found> {
        let (root, is_stick) = match target {
            Target::Stick(stick) => (Some(real(stick)?), true),
            _ => (None, false),
        };
        let choices = Choices::for_window(
            self.looked_for.clone(),
            match target {
                Target::Quick | Target::Whole => None,
                Target::Folder(place) | Target::Stick(place) => Some(real(place)?),
            },
            root.clone(),
            *target == Target::Quick,
        );
        let inputs = Inputs::load(&choices)?;
        let meter = self.meter();
        let checked = scan::check(&choices, &inputs, &meter);
        // What still counts is not needed any more.
        meter.cancel();
        let (mut findings, summary) = checked?;
        let at = now();
        // The worst first.
        findings.sort_by_key(|it| std::cmp::Reverse(it.category));
        let plan = match plan::open(root.as_deref()) {
            Ok(mut computer) => {
                let made = make_plan(
                    &mut computer,
                    &PlanRequest {
                        findings: &findings,
                        is_complete: summary.complete,
                        base: Path::new("/"),
                        root: root.as_deref(),
                        is_stick,
                        takes_suspicious: false,
                        at,
                    },
                );
                Some(match &root {
                    Some(root) => {
                        let root = root.display().to_string();
                        made.with(make_stick_plan(&mut computer, root, at))
                    }
                    None => made,
                })
            }
            // Looking is possible where changing is not; the page says so.
            Err(_) => None,
        };
        let number = self.scans.fetch_add(1, Ordering::Relaxed);
        let (rules, scope) = (inputs.detection.rules.len(), choices.scope());
        let packs = inputs.packs;
        Ok(Found { findings, summary, plan, packs, rules, scope, root, at, number })
    }
}

impl Meter {
    fn started() -> Self {
        let clock = Clock { since: Some(Instant::now()), ..Clock::default() };
        Self { clock: Mutex::new(clock), ..Self::default() }
    }

    /// Ends the scan, also one that is held.
    fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
        // Whoever is about to wait has looked before, or sees it.
        drop(lock(&self.clock));
        self.goes_on.notify_all();
    }
}

impl Screen for Arc<Meter> {
    fn begins(&self, places: &[PathBuf]) {
        let meter = Arc::clone(self);
        let ended = Arc::clone(self);
        count(
            places,
            move |bytes| {
                meter.all_bytes.fetch_add(bytes, Ordering::Relaxed);
                !meter.is_cancelled.load(Ordering::Relaxed)
            },
            move || ended.is_counted.store(true, Ordering::Relaxed),
        );
    }

    fn advanced(&self, files: u64, bytes: u64) {
        self.files.fetch_add(files, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let clock = lock(&self.clock);
        let held = |clock: &mut Clock| clock.is_held && !self.is_cancelled();
        drop(self.goes_on.wait_while(clock, held));
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

/// A place by its whole path; it is written down for undoing.
fn real(place: &Path) -> anyhow::Result<PathBuf> {
    let whole = if cfg!(windows) {
        // The real one would be spelled as no person writes it.
        fs::metadata(place).and_then(|_| std::path::absolute(place))
    } else {
        fs::canonicalize(place)
    };
    whole.map_err(|error| {
        let values =
            [("name", place.display().to_string().into()), ("why", command_line::why(&error))];
        failure("clean-root-unusable", &values)
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pack_read(pack: &LoadedPack) -> PackRead {
    PackRead {
        pack: pack.name.clone(),
        serial: pack.serial,
        expires: pack.expires.to_string(),
        expired: pack.is_expired,
    }
}

/// How sure a finding is: the key of its words.
pub(super) fn sureness(finding: &Finding) -> &'static str {
    use file_check::{Category, What};
    match (finding.category, finding.what) {
        (Category::Risk, _) => "risk",
        (_, What::Connection | What::DnsCache) => "contact",
        (Category::Suspicious, _) => "unsure",
        (Category::Malware, What::Hash) => "certain",
        (Category::Malware, _) => "likely",
    }
}

/// The verdict's code; a scan without one was not whole.
pub(super) fn verdict(summary: &Summary) -> &'static str {
    summary.verdict.map_or("incomplete", Verdict::code)
}
