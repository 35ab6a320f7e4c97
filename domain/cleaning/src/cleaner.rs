//! Making changes and undoing them, so that a stop at any moment leaves a way forth and a way back.
//!
//! Each change goes through the same steps: look, keep what is needed to go back, write that down,
//! change, write that down. After a crash [`Cleaner::resume`] goes on and [`Cleaner::undo`] goes
//! back; both look at what is there before they do anything, so that doing a step twice does nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use artifacts::{DiskPath, read_hosts, without_lines};
use sha2::{Digest as _, Sha256};

use crate::change::{Before, Change, Node, NodeKind, Times, Value};
use crate::container::{ItemFacts, Opener, Sealer};
use crate::encoding::Path;
use crate::host::{Host, HostError, Store};
use crate::journal::{self, Journal, Record};
use crate::lines::{put_back, text as line_text};

/// Bytes of a text file that is edited.
const MAX_EDITED_BYTES: u64 = 64 << 20;

/// Why a run cannot go on at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CleanError {
    /// The store cannot be read or written.
    #[error("the store of journals and quarantined files: {0}")]
    Store(HostError),
    /// There is no such run.
    #[error("there is no run `{0}`")]
    NoRun(String),
    /// Another run of that name is there.
    #[error("there is a run `{0}` already")]
    RunExists(String),
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is made.
    Done,
    /// It is made at the next start of the computer.
    AtNextStart,
    /// It was not made, and nothing was changed.
    Skipped(HostError),
    /// It is undone.
    Undone,
    /// It cannot be undone: a program that was ended is not started again.
    Final,
    /// It was not undone, because what is there now is neither what was left nor what was before,
    /// or for the reason given. What is kept stays kept.
    Kept(HostError),
}

/// What became of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The run.
    pub run: String,
    /// Each change by its number, with what became of it.
    pub outcomes: Vec<(usize, Change, Outcome)>,
    /// Whether the journal was changed by another hand: what stands behind that is not used.
    pub is_journal_damaged: bool,
    /// Whether it was stopped because somebody wished so: the changes behind those told are open.
    pub is_stopped: bool,
}

/// Where a change stands, after the journal.
#[derive(Clone, Debug, Default)]
struct State {
    before: Option<Before>,
    is_done: bool,
    is_deferred: bool,
    skipped: Option<String>,
    undoing: Option<Vec<(Path, Times)>>,
    /// Why the last attempt at undoing it failed, as a code.
    kept: Option<String>,
    is_undone: bool,
}

impl State {
    /// Whether the change was made, or begun, and is not what was there already.
    fn has_changed(&self, change: &Change) -> bool {
        if self.skipped.is_some() {
            return false;
        }
        match (&self.before, change) {
            (None, _) => false,
            (Some(Before::Value { value: before }), Change::SetValue { value, .. }) => {
                before != value
            }
            (Some(Before::Attributes { before, after }), _) => before != after,
            (Some(_), _) => true,
        }
    }
}

/// A run as its journal tells it.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Its name.
    pub name: String,
    /// When it began, in seconds since 1970.
    pub at: i64,
    /// The disk that it cleaned; `None` is the running system.
    pub root: Option<String>,
    /// Its changes.
    pub changes: Vec<Change>,
    /// Whether everything was gone through.
    pub is_ended: bool,
    /// Whether the journal was changed by another hand.
    pub is_damaged: bool,
    states: BTreeMap<usize, State>,
    length: u64,
    code: String,
}

impl Run {
    fn of(name: &str, journal: Journal) -> Option<Self> {
        let Journal { records, length, code, is_damaged } = journal;
        let mut run = Self { name: name.to_owned(), length, code, is_damaged, ..Self::default() };
        let mut has_begun = false;
        for record in records {
            match record {
                Record::Begin { version, at, root, changes } if version == journal::VERSION => {
                    (run.at, run.root, run.changes) = (at, root, changes);
                    has_begun = true;
                }
                Record::Begin { .. } => return None,
                Record::Before { number, state: before } => run.state(number).before = Some(before),
                Record::Done { number } => run.state(number).is_done = true,
                Record::Deferred { number } => run.state(number).is_deferred = true,
                Record::Skipped { number, why } => run.state(number).skipped = Some(why),
                Record::Undoing { number, folders, why: None } => {
                    // The first one of an attempt saw the folders as they were.
                    run.state(number).undoing.get_or_insert(folders);
                }
                Record::Undoing { number, why, .. } => {
                    let state = run.state(number);
                    (state.undoing, state.kept) = (None, why);
                }
                Record::Undone { number } => run.state(number).is_undone = true,
                Record::Ended => run.is_ended = true,
            }
        }
        has_begun.then_some(run)
    }

    fn state(&mut self, number: usize) -> &mut State {
        self.states.entry(number).or_default()
    }

    /// Files of this run that are in quarantine, or were before they were put back.
    pub fn kept(&self) -> impl Iterator<Item = KeptFile<'_>> {
        self.states.iter().filter_map(|(number, state)| {
            match (&state.before, self.changes.get(*number)) {
                (
                    Some(Before::Kept { node, sha256: Some(sha256), .. }),
                    Some(Change::Quarantine { path, .. }),
                ) if state.skipped.is_none() => Some(KeptFile {
                    number: *number,
                    path,
                    size: if let NodeKind::File(size) = node.kind { size } else { 0 },
                    sha256,
                    is_undone: state.is_undone,
                }),
                _ => None,
            }
        })
    }

    /// What became of each change; `None` for one that a stop left open.
    pub fn outcomes(&self) -> Vec<(usize, &Change, Option<Outcome>)> {
        let is_undoing = self.is_undoing();
        let outcome = |number: &usize| {
            let state = self.states.get(number)?;
            if state.is_undone {
                Some(Outcome::Undone)
            } else if let Some(why) = &state.skipped {
                Some(Outcome::Skipped(HostError::Other(why.clone())))
            } else if let Some(why) = &state.kept {
                Some(Outcome::Kept(HostError::Other(why.clone())))
            } else if state.is_deferred {
                Some(Outcome::AtNextStart)
            } else if state.is_done && is_undoing && state.before == Some(Before::Process) {
                Some(Outcome::Final)
            } else {
                state.is_done.then_some(Outcome::Done)
            }
        };
        let changes = self.changes.iter().enumerate();
        changes.map(|(number, change)| (number, change, outcome(&number))).collect()
    }

    /// Whether undoing was begun: then the run is not gone on with.
    pub fn is_undoing(&self) -> bool {
        let is_begun =
            |state: &State| state.undoing.is_some() || state.kept.is_some() || state.is_undone;
        self.states.values().any(is_begun)
    }

    /// Changes that were made, or begun, in order.
    pub fn changed(&self) -> impl Iterator<Item = &Change> {
        self.changed_states().map(|(_, change, _)| change)
    }

    fn changed_states(&self) -> impl Iterator<Item = (usize, &Change, &State)> {
        let states = self
            .states
            .iter()
            .filter_map(|(number, state)| Some((*number, self.changes.get(*number)?, state)));
        states.filter(|(_, change, state)| state.has_changed(change))
    }

    /// Numbers of the devices that it changed files on.
    pub fn devices(&self) -> BTreeSet<u64> {
        let device = |(_, _, state): (usize, &Change, &State)| match &state.before {
            Some(Before::Kept { node, .. } | Before::Edited { node, .. }) => Some(node.id.0),
            Some(Before::Moved { id, .. }) => Some(id.0),
            _ => None,
        };
        self.changed_states().filter_map(device).collect()
    }

    /// Changes that are undone.
    pub fn undone(&self) -> usize {
        self.changed_states().filter(|(_, _, state)| state.is_undone).count()
    }

    /// Whether something was undone, and nothing is left that was changed and could once be undone.
    pub fn is_undone(&self) -> bool {
        self.undone() > 0
            && self
                .changed_states()
                .all(|(_, _, state)| state.is_undone || state.before == Some(Before::Process))
    }

    /// Whether something is left that can be undone: it was changed, and what going back needs is there.
    pub fn can_undo(&self, has_item: impl Fn(&str) -> bool) -> bool {
        self.changed_states().any(|(number, _, state)| match &state.before {
            _ if state.is_undone => false,
            None | Some(Before::Process) => false,
            Some(Before::Kept { sha256: Some(_), .. } | Before::Edited { .. }) => {
                // What waits for the next start can still be called off, until that was tried.
                let is_gone = state.kept.as_deref() == Some(HostError::Purged.code());
                has_item(&self.item(number)) || (state.is_deferred && !is_gone)
            }
            Some(_) => true,
        })
    }

    /// Whether its journal is of no use any more: it was gone through, and nothing that it did can be
    /// undone, because it is undone already or what it kept is gone.
    pub fn is_over(&self, has_item: impl Fn(&str) -> bool) -> bool {
        // What was stopped can be gone on with, and what another hand changed is looked at by a person.
        !self.is_damaged && (self.is_ended || self.is_undoing()) && !self.can_undo(has_item)
    }

    /// Whether this run made the same of the same value under another key: some keys of Windows have
    /// two names.
    fn has_made(&self, name: &str, was: &Value, after: Option<&Value>) -> bool {
        self.changed_states().any(|(_, change, state)| {
            matches!(change, Change::SetValue { name: other, value, .. }
                if other == name && value.as_ref() == after)
                && state.before == Some(Before::Value { value: Some(was.clone()) })
        })
    }

    /// Name of the item of a change.
    pub fn item(&self, number: usize) -> String {
        item(&self.name, number)
    }
}

/// A file in quarantine, as the journal tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptFile<'r> {
    /// Number of its change.
    pub number: usize,
    /// Where it was.
    pub path: &'r Path,
    /// Bytes of its content.
    pub size: u64,
    /// Of its content.
    pub sha256: &'r str,
    /// Whether it was put back.
    pub is_undone: bool,
}

fn item(run: &str, number: usize) -> String {
    format!("{run}-{number:05}")
}

/// Makes changes on a host and undoes them.
pub struct Cleaner<'c> {
    host: &'c mut dyn Host,
    store: &'c mut dyn Store,
    key: [u8; 32],
    stop: Option<&'c AtomicBool>,
}

impl<'c> Cleaner<'c> {
    /// Opens the store.
    pub fn new(host: &'c mut dyn Host, store: &'c mut dyn Store) -> Result<Self, CleanError> {
        let key = store.key().map_err(CleanError::Store)?;
        Ok(Self { host, store, key, stop: None })
    }

    /// Has it stop before the next change once somebody wishes so.
    #[must_use]
    pub fn until(self, stop: &'c AtomicBool) -> Self {
        Self { stop: Some(stop), ..self }
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// A run that was begun.
    pub fn run(&mut self, name: &str) -> Result<Run, CleanError> {
        load(self.store, &self.key, name)
    }

    /// Begins a run: makes every change in order.
    pub fn apply(
        &mut self,
        name: &str,
        at: i64,
        root: Option<String>,
        changes: Vec<Change>,
    ) -> Result<Report, CleanError> {
        let bytes = self.store.journal(name).map_err(CleanError::Store)?;
        let journal = journal::read(&self.key, &bytes);
        if !journal.records.is_empty() || journal.is_damaged {
            return Err(CleanError::RunExists(name.to_owned()));
        }
        let mut run = Run { name: name.to_owned(), ..Run::default() };
        let record = Record::Begin {
            version: journal::VERSION,
            at,
            root: root.clone(),
            changes: changes.clone(),
        };
        self.note(&mut run, &record)?;
        (run.at, run.root, run.changes) = (at, root, changes);
        self.go_on(run)
    }

    /// Goes on with a run that was stopped.
    pub fn resume(&mut self, name: &str) -> Result<Report, CleanError> {
        let run = self.run(name)?;
        if run.is_ended || run.is_undoing() {
            return Ok(Report {
                run: run.name,
                is_journal_damaged: run.is_damaged,
                ..Report::default()
            });
        }
        self.go_on(run)
    }

    fn go_on(&mut self, mut run: Run) -> Result<Report, CleanError> {
        let mut report = Report {
            run: run.name.clone(),
            is_journal_damaged: run.is_damaged,
            ..Report::default()
        };
        for (number, change) in run.changes.clone().into_iter().enumerate() {
            if self.is_stopped() {
                report.is_stopped = true;
                return Ok(report);
            }
            let state = run.states.get(&number).cloned().unwrap_or_default();
            let outcome = if state.is_done {
                Outcome::Done
            } else if state.is_deferred {
                Outcome::AtNextStart
            } else if let Some(why) = state.skipped {
                Outcome::Skipped(HostError::Other(why))
            } else {
                self.step(&mut run, number, &change, state.before)?
            };
            report.outcomes.push((number, change, outcome));
        }
        self.note(&mut run, &Record::Ended)?;
        Ok(report)
    }

    /// One change. `before` is there when a crash came between writing it down and finishing.
    fn step(
        &mut self,
        run: &mut Run,
        number: usize,
        change: &Change,
        before: Option<Before>,
    ) -> Result<Outcome, CleanError> {
        let prepared = match before {
            Some(before) => Ok(before),
            None => self.prepare(run, number, change),
        };
        let result = match prepared {
            Ok(before) => {
                if run.states.get(&number).is_none_or(|state| state.before.is_none()) {
                    self.note(run, &Record::Before { number, state: before.clone() })?;
                    run.states.entry(number).or_default().before = Some(before.clone());
                }
                let made = self.make(change, &before, &item(&run.name, number));
                if made.is_err() {
                    // What was begun and given up touched them.
                    self.restore_folders(&folders_before(change, &before).unwrap_or_default());
                }
                made
            }
            Err(error) => Err(error),
        };
        match result {
            Ok(false) => {
                self.note(run, &Record::Done { number })?;
                Ok(Outcome::Done)
            }
            Ok(true) => {
                self.note(run, &Record::Deferred { number })?;
                Ok(Outcome::AtNextStart)
            }
            Err(error) => {
                self.note(run, &Record::Skipped { number, why: error.code().to_owned() })?;
                Ok(Outcome::Skipped(error))
            }
        }
    }

    /// Looks, and keeps what is needed to go back.
    fn prepare(&mut self, run: &Run, number: usize, change: &Change) -> Result<Before, HostError> {
        match change {
            Change::StopProcess { .. } => Ok(Before::Process),
            Change::Quarantine { path, sha256: wanted } => {
                let node = self.host.node(&path.0)?.ok_or(HostError::Absent)?;
                let folder = self.folder_times(&path.0)?;
                let sha256 = match node.kind {
                    NodeKind::File(_) => {
                        // A plan may be older than what lies there now, or of another program.
                        let signature = self.host.signature(&path.0, &node)?;
                        if signature.is_some_and(|it| it.protects()) {
                            return Err(HostError::VendorSigned);
                        }
                        Some(self.seal(run, number, path, &node)?)
                    }
                    NodeKind::Folder if !self.host.list(&path.0)?.is_empty() => {
                        return Err(HostError::NotEmpty);
                    }
                    NodeKind::Folder | NodeKind::Link(_) => None,
                    NodeKind::Other => return Err(HostError::Unsupported),
                };
                if wanted.is_some() && *wanted != sha256 {
                    return Err(HostError::Changed);
                }
                Ok(Before::Kept { node, sha256, folder })
            }
            Change::RemoveLines { path, lines } => {
                let node = self.host.node(&path.0)?.ok_or(HostError::Absent)?;
                if !matches!(node.kind, NodeKind::File(size) if size <= MAX_EDITED_BYTES) {
                    return Err(HostError::Unsupported);
                }
                let folder = self.folder_times(&path.0)?;
                let sha256 = self.seal(run, number, path, &node)?;
                let content = self.content(&path.0)?;
                let Some(edited) = edited(&content, lines) else {
                    let all: BTreeSet<&[u8]> =
                        content.split_inclusive(|it| *it == b'\n').map(line_text).collect();
                    let is_left = lines.iter().any(|(_, line)| all.contains(line_text(&line.0)));
                    return Err(if is_left { HostError::Changed } else { HostError::Absent });
                };
                if digest(&content) != sha256 {
                    return Err(HostError::Changed);
                }
                Ok(Before::Edited { node, sha256, sha256_after: digest(&edited), folder })
            }
            Change::SetAttributes { path, clear } => {
                let node = self.host.node(&path.0)?.ok_or(HostError::Absent)?;
                let before = node.attributes.ok_or(HostError::Unsupported)?;
                if before & clear == 0 {
                    return Err(HostError::AsWanted);
                }
                Ok(Before::Attributes { before, after: before & !clear })
            }
            Change::Move { from, to } => {
                let node = self.host.node(&from.0)?.ok_or(HostError::Absent)?;
                if self.host.node(&to.0)?.is_some() {
                    return Err(HostError::Exists);
                }
                let from_folder = self.folder_times(&from.0)?;
                let to_folder = self.folder_times(&to.0)?;
                Ok(Before::Moved { id: node.id, from_folder, to_folder })
            }
            Change::SetValue { key, name, was, value: after } => {
                let value = self.host.value(key, name)?;
                if value == *after {
                    let after = after.as_ref();
                    if was.as_ref().is_some_and(|was| run.has_made(name, was, after)) {
                        return Ok(Before::Value { value });
                    }
                    let is_gone = value.is_none();
                    return Err(if is_gone { HostError::Absent } else { HostError::AsWanted });
                }
                if was.is_some() && *was != value {
                    let is_gone = value.is_none();
                    return Err(if is_gone { HostError::Absent } else { HostError::Changed });
                }
                Ok(Before::Value { value })
            }
            Change::DeleteKey { key } => {
                Ok(Before::Key { tree: self.host.key_tree(key)?.ok_or(HostError::Absent)? })
            }
        }
    }

    /// Makes the change, or finishes it; whether that is only at the next start.
    fn make(&mut self, change: &Change, before: &Before, tag: &str) -> Result<bool, HostError> {
        match (change, before) {
            (Change::StopProcess { process }, _) => match self.host.stop(process) {
                // It ended by itself.
                Ok(()) | Err(HostError::Absent) => Ok(false),
                Err(error) => Err(error),
            },
            (Change::Quarantine { path, .. }, Before::Kept { node, folder, .. }) => {
                let mut is_deferred = false;
                if let Some(now) = self.host.node(&path.0)? {
                    if !node.is_unchanged(&now) {
                        return Err(HostError::Changed);
                    }
                    match self.host.remove(&path.0, node) {
                        Err(HostError::Locked) => {
                            self.host.remove_at_next_start(&path.0)?;
                            is_deferred = true;
                        }
                        // Gone in the meantime: it is what was wanted, and it is kept.
                        Ok(()) | Err(HostError::Absent) => {}
                        Err(error) => return Err(error),
                    }
                }
                self.restore_folder(&path.0, folder);
                Ok(is_deferred)
            }
            (
                Change::RemoveLines { path, lines },
                Before::Edited { node, sha256, sha256_after, folder },
            ) => {
                let now = self.host.node(&path.0)?.ok_or(HostError::Absent)?;
                let content = self.content(&path.0)?;
                let found = digest(&content);
                if found == *sha256 {
                    let edited = edited(&content, lines).ok_or(HostError::Changed)?;
                    let mut after = node.clone();
                    after.kind = NodeKind::File(edited.len() as u64);
                    self.host.replace(&path.0, &now, &after, tag, &edited)?;
                } else if found != *sha256_after {
                    return Err(HostError::Changed);
                }
                self.restore_folder(&path.0, folder);
                Ok(false)
            }
            (Change::SetAttributes { path, .. }, Before::Attributes { before, after }) => {
                let now = self.host.node(&path.0)?.ok_or(HostError::Absent)?;
                if now.attributes == Some(*before) && before != after {
                    self.host.set_attributes(&path.0, *after)?;
                } else if now.attributes != Some(*after) {
                    return Err(HostError::Changed);
                }
                Ok(false)
            }
            (Change::Move { from, to }, Before::Moved { id, from_folder, to_folder }) => {
                let there = self.host.node(&to.0)?.is_some_and(|node| node.id == *id);
                if !there {
                    self.host.rename(&from.0, &to.0)?;
                }
                self.restore_folder(&from.0, from_folder);
                self.restore_folder(&to.0, to_folder);
                Ok(false)
            }
            (Change::SetValue { key, name, value, .. }, _) => {
                self.host.set_value(key, name, value.as_ref())?;
                Ok(false)
            }
            (Change::DeleteKey { key }, _) => match self.host.delete_key(key) {
                Ok(()) | Err(HostError::Absent) => Ok(false),
                Err(error) => Err(error),
            },
            // A journal that pairs a change with another change's past is not ours.
            _ => Err(HostError::Changed),
        }
    }

    /// Undoes a run, last change first; or one change of it.
    pub fn undo(&mut self, name: &str, only: Option<usize>) -> Result<Report, CleanError> {
        let mut run = self.run(name)?;
        let mut report = Report {
            run: run.name.clone(),
            is_journal_damaged: run.is_damaged,
            ..Report::default()
        };
        for number in (0..run.changes.len()).rev() {
            let state = run.states.get(&number).cloned().unwrap_or_default();
            let (Some(change), Some(before)) = (run.changes.get(number).cloned(), state.before)
            else {
                continue;
            };
            if state.is_undone || state.skipped.is_some() || only.is_some_and(|only| only != number)
            {
                continue;
            }
            if before == Before::Process {
                report.outcomes.push((number, change, Outcome::Final));
                continue;
            }
            if self.is_stopped() {
                report.is_stopped = true;
                return Ok(report);
            }
            let folders = if let Some(folders) = state.undoing {
                folders
            } else {
                // Stopped in the middle of the change, a folder shows the change's time.
                let was_stopped = !state.is_done && !state.is_deferred;
                let folders = match folders_before(&change, &before) {
                    Some(folders) if was_stopped => folders,
                    _ => self.folders_of(&change),
                };
                let record = Record::Undoing { number, folders: folders.clone(), why: None };
                self.note(&mut run, &record)?;
                folders
            };
            let taken_back = self.take_back(&change, &before, &run, number);
            // An attempt that fails touches folders too.
            self.restore_folders(&folders);
            let outcome = match taken_back {
                Ok(()) => {
                    self.note(&mut run, &Record::Undone { number })?;
                    Outcome::Undone
                }
                Err(error) => {
                    // The next attempt looks at the folders anew: this one may have been made on another
                    // disk. Where this cannot be written down, nothing but that is lost.
                    let why = Some(error.code().to_owned());
                    let record = Record::Undoing { number, folders: Vec::new(), why };
                    self.note(&mut run, &record).unwrap_or_default();
                    Outcome::Kept(error)
                }
            };
            report.outcomes.push((number, change, outcome));
        }
        Ok(report)
    }

    fn folders_of(&mut self, change: &Change) -> Vec<(Path, Times)> {
        let paths: Vec<&Path> = match change {
            Change::Quarantine { path, .. } | Change::RemoveLines { path, .. } => vec![path],
            Change::Move { from, to } => vec![from, to],
            _ => Vec::new(),
        };
        let folders = paths.into_iter().filter_map(|path| path.0.parent());
        folders
            .filter_map(|folder| {
                let node = self.host.node(&folder).ok()??;
                Some((Path(folder), node.times))
            })
            .collect()
    }

    fn take_back(
        &mut self,
        change: &Change,
        before: &Before,
        run: &Run,
        number: usize,
    ) -> Result<(), HostError> {
        let tag = item(&run.name, number);
        match (change, before) {
            (Change::Quarantine { path, .. }, Before::Kept { node, sha256, .. }) => {
                self.host.cancel_next_start(&path.0).or_else(unsupported_is_fine)?;
                self.put_back(&path.0, node, sha256.as_deref(), &tag)
            }
            (
                Change::RemoveLines { path, lines },
                Before::Edited { node, sha256, sha256_after, .. },
            ) => {
                let now = self.host.node(&path.0)?.ok_or(HostError::Absent)?;
                let content = self.content(&path.0)?;
                let found = digest(&content);
                if found == *sha256 {
                    return Ok(());
                }
                let before = self.kept_content(&tag, &path.0, sha256)?;
                if found == *sha256_after {
                    return self.host.replace(&path.0, &now, node, &tag, &before);
                }
                // Somebody went on with it: their lines stay, and ours come back.
                let numbers: Vec<u32> = lines.iter().map(|(number, _)| *number).collect();
                let whole = put_back(&before, &numbers, &content).ok_or(HostError::Changed)?;
                if whole == content {
                    return Ok(());
                }
                let after = Node { kind: NodeKind::File(whole.len() as u64), ..now.clone() };
                self.host.replace(&path.0, &now, &after, &tag, &whole)
            }
            (Change::SetAttributes { path, .. }, Before::Attributes { before, after }) => {
                let now = self.host.node(&path.0)?.ok_or(HostError::Absent)?;
                if now.attributes == Some(*after) && before != after {
                    self.host.set_attributes(&path.0, *before)?;
                } else if now.attributes != Some(*before) {
                    return Err(HostError::Changed);
                }
                Ok(())
            }
            (Change::Move { from, to }, Before::Moved { id, .. }) => {
                if self.host.node(&from.0)?.is_some_and(|node| node.id == *id) {
                    return Ok(());
                }
                match self.host.node(&to.0)? {
                    Some(node) if node.id == *id => {
                        self.find_folder(&from.0)?;
                        self.host.rename(&to.0, &from.0)
                    }
                    Some(_) => Err(HostError::Changed),
                    None => Err(HostError::Absent),
                }
            }
            (Change::SetValue { key, name, value: after, .. }, Before::Value { value }) => {
                let now = self.host.value(key, name)?;
                if now == *after && now != *value {
                    self.host.set_value(key, name, value.as_ref())?;
                } else if now != *value {
                    return Err(HostError::Changed);
                }
                Ok(())
            }
            (Change::DeleteKey { key }, Before::Key { tree }) => {
                let now = self.host.key_tree(key)?;
                if now.is_some_and(|now| !is_part(&now, tree)) {
                    return Err(HostError::Changed);
                }
                self.host.create_key(key, tree)
            }
            _ => Err(HostError::Changed),
        }
    }

    /// Puts a file back where it was. Nothing that is there is overwritten.
    fn put_back(
        &mut self,
        path: &DiskPath,
        node: &Node,
        sha256: Option<&str>,
        tag: &str,
    ) -> Result<(), HostError> {
        let Some(now) = self.host.node(path)? else {
            return match sha256 {
                None => {
                    self.find_folder(path)?;
                    self.host.create(path, node, tag, &mut io::empty())
                }
                Some(sha256) => {
                    // What was deleted for good helps no folder back.
                    drop(self.store.item(tag).map_err(gone_for_good)?);
                    self.find_folder(path)?;
                    let source = self.store.item(tag)?;
                    let mut opener = Opener::new(&self.key, source).map_err(item_error)?;
                    if opener.facts.path.0 != *path || opener.facts.node != *node {
                        return Err(HostError::Changed);
                    }
                    // The content proves itself at its end; until then nothing has the file's name.
                    let mut checked = Checked { source: &mut opener, hash: Sha256::new(), sha256 };
                    self.host.create(path, node, tag, &mut checked)
                }
            };
        };
        let is_same = now.kind == node.kind
            && match sha256 {
                None => true,
                Some(sha256) => self.hash(path)? == sha256,
            };
        if is_same { Ok(()) } else { Err(HostError::Exists) }
    }

    /// Enciphers a file into the store; SHA-256 of its content.
    fn seal(
        &mut self,
        run: &Run,
        number: usize,
        path: &Path,
        node: &Node,
    ) -> Result<String, HostError> {
        let mut prefix = [0; 19];
        self.store.random(&mut prefix)?;
        let facts = ItemFacts { path: path.clone(), node: node.clone(), at: run.at };
        let (mut sealer, first) = Sealer::new(&self.key, prefix, &facts);
        let sha256 = {
            let mut source = self.host.read(&path.0)?;
            let mut writer = self.store.new_item(&item(&run.name, number))?;
            writer.write_all(&first).map_err(io_error)?;
            let mut block = vec![0; 64 << 10];
            loop {
                let length = source.read(&mut block).map_err(io_error)?;
                if length == 0 {
                    break;
                }
                let sealed = sealer.push(block.get(..length).unwrap_or_default());
                writer.write_all(&sealed).map_err(io_error)?;
            }
            let (last, sha256, size) = sealer.finish();
            writer.write_all(&last).map_err(io_error)?;
            // It grew or shrank while it was read.
            if node.kind != NodeKind::File(size) {
                return Err(HostError::Changed);
            }
            writer.finish()?;
            sha256
        };
        let now = self.host.node(&path.0)?.ok_or(HostError::Absent)?;
        if !node.is_unchanged(&now) {
            return Err(HostError::Changed);
        }
        Ok(sha256)
    }

    /// Content of an item that is a text file, if it is what was written down.
    fn kept_content(
        &mut self,
        tag: &str,
        path: &DiskPath,
        sha256: &str,
    ) -> Result<Vec<u8>, HostError> {
        let source = self.store.item(tag).map_err(gone_for_good)?;
        let opener = Opener::new(&self.key, source).map_err(item_error)?;
        if opener.facts.path.0 != *path {
            return Err(HostError::Changed);
        }
        let mut content = Vec::new();
        opener.take(MAX_EDITED_BYTES + 1).read_to_end(&mut content).map_err(item_error)?;
        if digest(&content) == sha256 { Ok(content) } else { Err(HostError::Changed) }
    }

    fn content(&mut self, path: &DiskPath) -> Result<Vec<u8>, HostError> {
        let mut content = Vec::new();
        let source = self.host.read(path)?;
        source.take(MAX_EDITED_BYTES + 1).read_to_end(&mut content).map_err(io_error)?;
        if content.len() as u64 > MAX_EDITED_BYTES { Err(HostError::Changed) } else { Ok(content) }
    }

    fn hash(&mut self, path: &DiskPath) -> Result<String, HostError> {
        let mut source = self.host.read(path)?;
        let mut hash = Sha256::new();
        let mut block = vec![0; 64 << 10];
        loop {
            let length = source.read(&mut block).map_err(io_error)?;
            if length == 0 {
                return Ok(hex::encode(hash.finalize()));
            }
            hash.update(block.get(..length).unwrap_or_default());
        }
    }

    /// The folder that something goes back to is not made anew: nobody knows any more whose it was.
    fn find_folder(&mut self, path: &DiskPath) -> Result<(), HostError> {
        let folder = path.parent().ok_or(HostError::Unsupported)?;
        match self.host.node(&folder) {
            Ok(Some(_)) => Ok(()),
            Ok(None) | Err(HostError::Absent) => Err(HostError::NoFolder),
            Err(error) => Err(error),
        }
    }

    fn folder_times(&mut self, path: &DiskPath) -> Result<Times, HostError> {
        let folder = path.parent().ok_or(HostError::Unsupported)?;
        Ok(self.host.node(&folder)?.ok_or(HostError::Absent)?.times)
    }

    /// Our work leaves no trace in the times of a folder, so that undoing needs none. Only an owner may
    /// set them, and others may be at work in it: that they stay as they are makes no change undone.
    fn restore_folders(&mut self, folders: &[(Path, Times)]) {
        for (folder, times) in folders {
            // A folder that is gone has no times.
            self.host.set_times(&folder.0, times).unwrap_or_default();
        }
    }

    fn restore_folder(&mut self, path: &DiskPath, times: &Times) {
        if let Some(folder) = path.parent() {
            self.host.set_times(&folder, times).unwrap_or_default();
        }
    }

    fn note(&mut self, run: &mut Run, record: &Record) -> Result<(), CleanError> {
        let (line, code) = journal::line(&self.key, &run.code, record);
        self.store.append(&run.name, run.length, &line).map_err(CleanError::Store)?;
        run.length += line.len() as u64;
        run.code = code;
        Ok(())
    }
}

/// Reads a run from the store.
pub fn load(store: &mut dyn Store, key: &[u8; 32], name: &str) -> Result<Run, CleanError> {
    let bytes = store.journal(name).map_err(CleanError::Store)?;
    Run::of(name, journal::read(key, &bytes)).ok_or_else(|| CleanError::NoRun(name.to_owned()))
}

/// Content that must have a SHA-256: reading fails at its end when it has another.
struct Checked<'r, R> {
    source: &'r mut R,
    hash: Sha256,
    sha256: &'r str,
}

impl<R: Read> Read for Checked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.hash.update(buffer.get(..length).unwrap_or_default());
        if length == 0
            && !buffer.is_empty()
            && hex::encode(self.hash.clone().finalize()) != self.sha256
        {
            return Err(crate::container::ContainerError::Damaged.into());
        }
        Ok(length)
    }
}

/// Times of the folders of a change, as they were written down before it.
fn folders_before(change: &Change, before: &Before) -> Option<Vec<(Path, Times)>> {
    let folder = |path: &Path, times: &Times| Some((Path(path.0.parent()?), *times));
    match (change, before) {
        (Change::Quarantine { path, .. }, Before::Kept { folder: times, .. })
        | (Change::RemoveLines { path, .. }, Before::Edited { folder: times, .. }) => {
            Some(vec![folder(path, times)?])
        }
        (Change::Move { from, to }, Before::Moved { from_folder, to_folder, .. }) => {
            Some(vec![folder(from, from_folder)?, folder(to, to_folder)?])
        }
        _ => None,
    }
}

/// The file without its lines; `None` when one of them is not what it was.
fn edited(content: &[u8], lines: &[(u32, crate::encoding::Bytes)]) -> Option<Vec<u8>> {
    let all = read_hosts(content);
    for (number, bytes) in lines {
        let line = all.get(usize::try_from(*number).ok()?.checked_sub(1)?)?;
        if content.get(line.range.clone())? != bytes.0 {
            return None;
        }
    }
    let numbers: Vec<u32> = lines.iter().map(|(number, _)| *number).collect();
    Some(without_lines(content, &all, &numbers))
}

/// Whether everything in a key is in the other as well, the same.
fn is_part(part: &crate::change::KeyTree, whole: &crate::change::KeyTree) -> bool {
    part.values.iter().all(|value| whole.values.contains(value))
        && part.keys.iter().all(|(name, tree)| {
            whole.keys.iter().any(|(other, whole)| other == name && is_part(tree, whole))
        })
}

fn digest(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// What is not in the store was there once: it was deleted for good.
fn gone_for_good(error: HostError) -> HostError {
    if error == HostError::Absent { HostError::Purged } else { error }
}

fn unsupported_is_fine(error: HostError) -> Result<(), HostError> {
    if error == HostError::Unsupported { Ok(()) } else { Err(error) }
}

fn item_error(error: io::Error) -> HostError {
    io_error(error)
}

/// The reason inside an error of reading or writing.
pub fn io_error(error: io::Error) -> HostError {
    match error.kind() {
        io::ErrorKind::NotFound => HostError::Absent,
        io::ErrorKind::PermissionDenied => HostError::Denied,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => HostError::Full,
        _ => match error.downcast::<HostError>() {
            Ok(inner) => inner,
            Err(error) => HostError::Other(error.to_string()),
        },
    }
}
