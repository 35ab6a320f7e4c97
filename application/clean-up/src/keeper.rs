//! Runs: begun, gone on with, undone.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::{fs, io};

use cleaning::{
    Change, CleanError, Cleaner, Host, HostError, Outcome, Report, Run, Store as _, load,
};
use files::FolderLock;
use host::{Computer, FolderStore};

use crate::plan_file::PlanFile;
use crate::planning::system_files;

/// Runs of one second that are told apart.
const MOST_RUNS_A_SECOND: u32 = 1_000;

/// Why something with runs could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CleanUpError {
    /// The folder of journals and quarantine cannot be used.
    #[error("the folder of journals and quarantined files: {0}")]
    Folder(HostError),
    /// Another program has it.
    #[error("another clean-up is at work in this folder")]
    Busy,
    /// The plan wants to change files of the system.
    #[error("the plan would change files of the system: {}", .0.join(", "))]
    SystemFiles(Vec<String>),
    /// There is nothing to undo.
    #[error("there is no run to undo")]
    NothingToUndo,
    /// There is no such file in quarantine.
    #[error("there is no `{0}` in quarantine")]
    NoItem(String),
    /// A file in quarantine cannot be opened.
    #[error("the quarantined file cannot be opened: {0}")]
    Item(HostError),
    /// There is no such run.
    #[error("there is no run `{0}`")]
    NoRun(String),
    /// The journal could not be written: what was begun can be gone on with, or undone.
    #[error("the run was stopped: {0}")]
    Stopped(HostError),
}

impl From<CleanError> for CleanUpError {
    fn from(error: CleanError) -> Self {
        match error {
            CleanError::Store(why) => Self::Stopped(why),
            CleanError::NoRun(run) => Self::NoRun(run),
            CleanError::RunExists(_) => Self::Folder(HostError::Exists),
        }
    }
}

/// What is known of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "facts of which several hold together")]
pub struct RunFacts {
    /// Its name.
    pub name: String,
    /// When it began, in seconds since 1970.
    pub at: i64,
    /// The folder that the disk was mounted at; `None` is the running system.
    pub root: Option<String>,
    /// Whether it was gone through; else it was stopped in the middle.
    pub is_ended: bool,
    /// Changes that were made.
    pub changed: usize,
    /// The first of them.
    pub first: Option<Change>,
    /// Those of them that are undone.
    pub undone: usize,
    /// Whether undoing was begun.
    pub is_undoing: bool,
    /// Whether something was undone, and nothing is left to undo.
    pub is_undone: bool,
    /// Whether something can still be undone.
    pub can_undo: bool,
    devices: BTreeSet<u64>,
}

impl RunFacts {
    /// Whether the disk of this run can be mounted at a folder: it is no folder that only waits for it.
    pub fn is_mounted_at(&self, root: &Path) -> bool {
        match fs::read_dir(root) {
            Ok(mut inside) => inside.next().is_some() || self.is_empty_disk(root),
            // Whatever else is wrong is told when it is opened.
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }

    /// Whether an empty folder is a disk, or on the one that was changed.
    #[cfg(unix)]
    fn is_empty_disk(&self, root: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let device = |path: &Path| fs::metadata(path).map(|it| it.dev()).ok();
        let here = device(root);
        here != device(&root.join("..")) || here.is_none_or(|it| self.devices.contains(&it))
    }

    /// Elsewhere a disk that is not there has no folder.
    #[cfg(not(unix))]
    fn is_empty_disk(&self, _: &Path) -> bool {
        true
    }
}

/// What became of a change of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOutcome {
    /// The change.
    pub change: Change,
    /// `None` when the run was stopped before it, or in it.
    pub outcome: Option<Outcome>,
}

/// Journals and quarantine of this computer, in the hands of one program at a time.
pub struct Keeper {
    pub(crate) store: FolderStore,
    pub(crate) key: [u8; 32],
    stop: Arc<AtomicBool>,
    _lock: FolderLock,
}

impl Keeper {
    /// Opens the folder, made when it is not there.
    pub fn open(folder: &Path) -> Result<Self, CleanUpError> {
        let folder_error = |error| CleanUpError::Folder(cleaning::io_error(error));
        let lock = FolderLock::take(folder).map_err(folder_error)?.ok_or(CleanUpError::Busy)?;
        let mut store = FolderStore::open(folder).map_err(CleanUpError::Folder)?;
        let key = store.key().map_err(CleanUpError::Folder)?;
        Ok(Self { store, key, stop: Arc::default(), _lock: lock })
    }

    /// Has runs, and their undoing, stop before the next change once this is set.
    pub fn stop_at(&mut self, stop: Arc<AtomicBool>) {
        self.stop = stop;
    }

    /// Makes the changes of a plan. A run of the same plan that was stopped is gone on with.
    pub fn apply(
        &mut self,
        computer: &mut Computer,
        plan: &PlanFile,
        at: i64,
    ) -> Result<Report, CleanUpError> {
        let protected = system_files(computer, plan);
        if !protected.is_empty() {
            return Err(CleanUpError::SystemFiles(protected));
        }
        self.apply_to(computer, plan, at)
    }

    fn apply_to(
        &mut self,
        host: &mut dyn Host,
        plan: &PlanFile,
        at: i64,
    ) -> Result<Report, CleanUpError> {
        let changes = plan.changes();
        let stopped = self.all_runs()?.into_iter().find(|run| {
            !run.is_ended && !run.is_undoing() && run.changes == changes && run.root == plan.root
        });
        let name = match &stopped {
            Some(run) => run.name.clone(),
            None => self.new_name(at)?,
        };
        let mut cleaner = Cleaner::new(host, &mut self.store)?.until(&self.stop);
        Ok(match stopped {
            Some(_) => cleaner.resume(&name)?,
            None => cleaner.apply(&name, at, plan.root.clone(), changes)?,
        })
    }

    /// Goes on with a run that was stopped.
    pub fn resume(&mut self, computer: &mut Computer, run: &str) -> Result<Report, CleanUpError> {
        Ok(Cleaner::new(computer, &mut self.store)?.until(&self.stop).resume(run)?)
    }

    /// Undoes a run.
    pub fn undo(&mut self, computer: &mut Computer, run: &str) -> Result<Report, CleanUpError> {
        Ok(Cleaner::new(computer, &mut self.store)?.until(&self.stop).undo(run, None)?)
    }

    /// Runs, oldest first; and the names of those whose journal cannot be read.
    pub fn runs(&mut self) -> Result<(Vec<RunFacts>, Vec<String>), CleanUpError> {
        let names = self.store.runs().map_err(CleanUpError::Folder)?;
        let runs = self.all_runs()?;
        let is_read = |name: &String| runs.iter().any(|run| run.name == *name);
        let unread = names.into_iter().filter(|name| !is_read(name)).collect();
        let items = self.items()?;
        Ok((runs.iter().map(|run| facts(run, &items)).collect(), unread))
    }

    /// What is known of one run, and what became of each of its changes.
    pub fn outcomes(&mut self, name: &str) -> Result<(RunFacts, Vec<RunOutcome>), CleanUpError> {
        let run = load(&mut self.store, &self.key, name)?;
        let outcomes = run
            .outcomes()
            .into_iter()
            .map(|(_, change, outcome)| RunOutcome { change: change.clone(), outcome });
        let outcomes = outcomes.collect();
        Ok((facts(&run, &self.items()?), outcomes))
    }

    /// What is known of one run.
    pub fn run(&mut self, name: &str) -> Result<RunFacts, CleanUpError> {
        let run = load(&mut self.store, &self.key, name)?;
        Ok(facts(&run, &self.items()?))
    }

    /// The last run of which something can still be undone; one that changed nothing is none.
    pub fn last_run(&mut self) -> Result<RunFacts, CleanUpError> {
        let (runs, _) = self.runs()?;
        runs.into_iter().rfind(|run| run.can_undo).ok_or(CleanUpError::NothingToUndo)
    }

    fn items(&mut self) -> Result<BTreeSet<String>, CleanUpError> {
        Ok(self.store.items().map_err(CleanUpError::Folder)?.into_iter().collect())
    }

    pub(crate) fn all_runs(&mut self) -> Result<Vec<Run>, CleanUpError> {
        let mut runs = Vec::new();
        for name in self.store.runs().map_err(CleanUpError::Folder)? {
            match load(&mut self.store, &self.key, &name) {
                Ok(run) => runs.push(run),
                Err(CleanError::NoRun(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(runs)
    }

    fn new_name(&mut self, at: i64) -> Result<String, CleanUpError> {
        let taken = self.store.runs().map_err(CleanUpError::Folder)?;
        let mut names = (1..MOST_RUNS_A_SECOND).map(|number| run_name(at, number));
        names.find(|name| !taken.contains(name)).ok_or(CleanUpError::Folder(HostError::Exists))
    }
}

fn facts(run: &Run, items: &BTreeSet<String>) -> RunFacts {
    RunFacts {
        name: run.name.clone(),
        at: run.at,
        root: run.root.clone(),
        is_ended: run.is_ended,
        changed: run.changed().count(),
        first: run.changed().next().cloned(),
        undone: run.undone(),
        is_undoing: run.is_undoing(),
        is_undone: run.is_undone(),
        can_undo: run.can_undo(|item| items.contains(item)),
        devices: run.devices(),
    }
}

/// Name of the `number`th run of a second: the moment in UTC, so that names sort by age.
pub fn run_name(at: i64, number: u32) -> String {
    let moment = jiff::Timestamp::from_second(at).unwrap_or_default();
    let name = moment.strftime("%Y%m%d-%H%M%S").to_string();
    if number <= 1 { name } else { format!("{name}-{number}") }
}
