//! Findings into a plan: what changes, why, how sure, and what stays.

use std::collections::{BTreeMap, BTreeSet};

use artifacts::{
    At, Autostart, DecoyKind, DiskPath, HostsHarm, Remover, StickSigns, System, hosts_harm,
    native_spelling, read_hosts, windows_spelling,
};

use crate::change::{Change, HIDDEN, Process, SYSTEM, Value};
use crate::encoding::{Bytes, Path};
use crate::plan_registry::registry_change;
use crate::protect::{Standing, protection};
use crate::signature::Signature;

/// How sure it is that a change is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A person looks at it first.
    Likely,
    /// A rule or hash of the campaign says so.
    Certain,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Cracked software and the like: named, never removed.
    Risk,
    /// Perhaps malware: removed only when the person says so.
    Suspicious,
    /// Malware.
    Malware,
}

/// A file that a scan found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: DiskPath,
    /// What kind of thing it is.
    pub kind: Kind,
    /// The rule or indicator that says so.
    pub what: String,
    /// SHA-256 of the file when it was scanned.
    pub sha256: Option<String>,
    /// Whether it lies in an archive, a document or a mailbox: the file holds other things as well.
    pub is_inside: bool,
    /// What is known of the file's origin.
    pub standing: Standing,
    /// Who signed it; `None` where nobody was asked.
    pub signature: Option<Signature>,
}

/// One change of a plan and the reason for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The change.
    pub change: Change,
    /// What it is for, as a code.
    pub reason: &'static str,
    /// The rule, name or command behind it.
    pub what: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// Who signed the file, where it was asked.
    pub signature: Option<Signature>,
}

/// Something that stays, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// What stays: a path or key.
    pub at: String,
    /// The rule, name or command by which it was found.
    pub what: String,
    /// Why it stays, as a code: `risk`, `suspicious`, `in-archive`, `on-good-list`, `of-system`,
    /// `vendor-signed`, `vendor-unverified`, `system-unverified`, `system-changed`,
    /// `registry-offline`, `registry-not-loaded`, `by-hand`, `mixed-line`, `name-taken`.
    pub why: &'static str,
    /// Who signed the file, where it was asked.
    pub signature: Option<Signature>,
}

/// Changes in the order in which they are made, and what stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Changes.
    pub steps: Vec<Step>,
    /// What stays as it is.
    pub stays: Vec<Stay>,
}

impl Plan {
    /// The changes alone.
    pub fn changes(&self) -> Vec<Change> {
        self.steps.iter().map(|step| step.change.clone()).collect()
    }

    fn step(&mut self, change: Change, reason: &'static str, what: &str) {
        let certainty = Certainty::Certain;
        if self.steps.iter().all(|step| step.change != change) {
            let signature = None;
            self.steps.push(Step { change, reason, what: what.to_owned(), certainty, signature });
        }
    }

    fn stay(&mut self, at: String, what: &str, why: &'static str) {
        self.stay_signed(at, what, why, None);
    }

    fn stay_signed(
        &mut self,
        at: String,
        what: &str,
        why: &'static str,
        signature: Option<Signature>,
    ) {
        let stay = Stay { at, what: what.to_owned(), why, signature };
        if !self.stays.contains(&stay) {
            self.stays.push(stay);
        }
    }
}

/// Everything a plan is made from.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// The system.
    pub system: System,
    /// Whether it runs; on a mounted disk nothing runs and the registry is not written.
    pub is_live: bool,
    /// Files that were found.
    pub found: &'f [Found],
    /// What starts by itself.
    pub autostarts: &'f [Autostart],
    /// Links that switch units on: those in `*.wants`.
    pub unit_links: &'f [DiskPath],
    /// Text files with entries in single lines, the hosts file among them, with their content.
    pub texts: &'f BTreeMap<DiskPath, Vec<u8>>,
    /// The hosts file.
    pub hosts: Option<&'f DiskPath>,
    /// Names that the campaign's lists call malicious.
    pub listed_names: &'f BTreeSet<String>,
    /// Running programs.
    pub processes: &'f [Process],
    /// Interpreters that run, with the script that each of them runs.
    pub scripts: &'f [(Process, DiskPath)],
    /// Whether what is only suspicious is removed as well.
    pub takes_suspicious: bool,
    /// What stands in values of the live registry, by key and name: those of entries that start a
    /// found file, and `Start` of their services.
    pub values: &'f BTreeMap<(String, String), Value>,
    /// Keys in which a running Windows keeps a task, by the task's file.
    pub task_keys: &'f BTreeMap<DiskPath, Vec<String>>,
}

/// Makes a plan: programs are stopped first, then what would start them again goes, then their files.
pub fn plan(facts: &Facts<'_>) -> Plan {
    let mut plan = Plan::default();
    let mut removed = Vec::new();
    let mut inside = Vec::new();
    for found in facts.found {
        let at = native_spelling(&found.path);
        let why = match (found.kind, protection(found.standing, found.signature.as_ref())) {
            (Kind::Risk, _) => Some("risk"),
            (_, Some(why)) => Some(why),
            (Kind::Suspicious, None) if !facts.takes_suspicious => Some("suspicious"),
            _ if found.is_inside => {
                inside.push(found);
                continue;
            }
            _ => None,
        };
        match why {
            Some(why) => plan.stay_signed(at, &found.what, why, found.signature.clone()),
            None => removed.push(found),
        }
    }
    // A program that goes goes with what is in it.
    let gone: BTreeSet<&DiskPath> = removed.iter().map(|it| &it.path).collect();
    for found in inside.into_iter().filter(|it| !gone.contains(&it.path)) {
        let at = native_spelling(&found.path);
        plan.stay_signed(at, &found.what, "in-archive", found.signature.clone());
    }
    for found in &removed {
        for process in facts.processes.iter().filter(|process| process.path.0 == found.path) {
            plan.step(Change::StopProcess { process: process.clone() }, "runs", &found.what);
        }
        for (process, _) in facts.scripts.iter().filter(|(_, script)| *script == found.path) {
            plan.step(Change::StopProcess { process: process.clone() }, "runs", &found.what);
        }
    }
    // Lines of one file go together: taking one out would renumber the others.
    let mut lines: BTreeMap<DiskPath, BTreeMap<u32, (&'static str, String)>> = BTreeMap::new();
    // What values hold after the changes so far: two entries of one list are two changes.
    let mut values = facts.values.clone();
    for found in &removed {
        let compared = compared_path(facts.system, &found.path);
        for entry in
            facts.autostarts.iter().filter(|entry| starts_compared(facts.system, entry, &compared))
        {
            match &entry.at {
                At::Registry { .. } => registry(facts, &mut plan, &mut values, entry),
                _ => autostart(facts, &mut plan, &mut lines, entry, &found.path),
            }
        }
    }
    hosts(facts, &mut plan, &mut lines);
    for (path, numbers) in lines {
        let Some(content) = facts.texts.get(&path) else { continue };
        let all = read_hosts(content);
        let (mut taken, mut reasons) = (Vec::new(), Vec::new());
        for (number, reason) in numbers {
            let index = usize::try_from(number).unwrap_or(usize::MAX).wrapping_sub(1);
            let bytes = all.get(index).and_then(|line| content.get(line.range.clone()));
            if let Some(bytes) = bytes {
                taken.push((number, Bytes(bytes.to_vec())));
                reasons.push(reason);
            }
        }
        if let Some((reason, what)) = reasons.into_iter().next() {
            plan.step(Change::RemoveLines { path: Path(path), lines: taken }, reason, &what);
        }
    }
    for found in removed {
        let change =
            Change::Quarantine { path: Path(found.path.clone()), sha256: found.sha256.clone() };
        plan.step(change.clone(), "found", &found.what);
        if let Some(step) = plan.steps.iter_mut().find(|step| step.change == change) {
            step.signature.clone_from(&found.signature);
        }
    }
    plan
}

/// Whether an autostart starts a file, by its command or by being the file.
pub fn starts(system: System, entry: &Autostart, file: &DiskPath) -> bool {
    starts_compared(system, entry, &compared_path(system, file))
}

/// A path in the form in which commands are compared with it.
fn compared_path(system: System, path: &DiskPath) -> String {
    match system {
        System::Windows => windows_spelling(path).to_lowercase(),
        System::Linux => path.to_string(),
    }
}

/// Whether an autostart starts a file, and nothing else stands in its place.
fn starts_compared(system: System, entry: &Autostart, compared: &str) -> bool {
    let own = match &entry.at {
        At::File(path) => compared_path(system, path) == compared,
        _ => false,
    };
    own || entry.files.iter().any(|file| file == compared)
}

fn autostart(
    facts: &Facts<'_>,
    plan: &mut Plan,
    lines: &mut BTreeMap<DiskPath, BTreeMap<u32, (&'static str, String)>>,
    entry: &Autostart,
    found: &DiskPath,
) {
    let quarantine =
        |path: &DiskPath| Change::Quarantine { path: Path(path.clone()), sha256: None };
    match (&entry.at, entry.place.remover) {
        (At::Line(path, line), Remover::DeleteLine) => {
            let reason = ("starts-found", entry.command.clone());
            lines.entry(path.clone()).or_default().insert(*line, reason);
        }
        (At::Line(path, _) | At::File(path), Remover::RemoveUnit) => {
            for link in facts.unit_links.iter().filter(|link| link.name() == path.name()) {
                plan.step(quarantine(link), "starts-found", &entry.command);
            }
            plan.step(quarantine(path), "starts-found", &entry.command);
        }
        // The found file itself is taken away further down, with the SHA-256 that was scanned.
        (At::File(path), _) if path == found => {}
        (At::Line(path, _) | At::File(path), Remover::QuarantineFile | Remover::DeleteTask) => {
            plan.step(quarantine(path), "starts-found", &entry.command);
            for key in facts.task_keys.get(path).into_iter().flatten() {
                plan.step(Change::DeleteKey { key: key.clone() }, "starts-found", &entry.command);
            }
        }
        (At::Line(path, _) | At::File(path), _) => {
            plan.stay(native_spelling(path), &entry.command, "by-hand");
        }
        // See `registry`.
        (At::Registry { .. }, _) => {}
    }
}

/// An entry of the registry: changed where it is in use, named where it is only a file.
fn registry(
    facts: &Facts<'_>,
    plan: &mut Plan,
    values: &mut BTreeMap<(String, String), Value>,
    entry: &Autostart,
) {
    let At::Registry { owner, value: name, .. } = &entry.at else { return };
    let Some(key) = entry.at.registry_key() else { return };
    // On a running PC users are told by their identifier; a name is that of a hive's folder.
    let is_in_use = owner.as_ref().is_none_or(|owner| owner.starts_with("S-1-"));
    let why = match (facts.is_live, is_in_use) {
        (false, _) => "registry-offline",
        (true, false) => "registry-not-loaded",
        (true, true) => "by-hand",
    };
    let known = |key: &str, name: &str| values.get(&(key.to_owned(), name.to_owned())).cloned();
    let change = (why == "by-hand").then(|| registry_change(entry, &key, name, known)).flatten();
    let Some(change) = change else {
        plan.stay(format!("{key}\\{name}"), &entry.command, why);
        return;
    };
    if let Change::SetValue { key, name, value, was } = &change {
        // A service that is switched off already, or an entry that another change took out.
        if value == was {
            return;
        }
        let at = (key.clone(), name.clone());
        match value {
            Some(value) => values.insert(at, value.clone()),
            None => values.remove(&at),
        };
    }
    plan.step(change, "starts-found", &entry.command);
}

fn hosts(
    facts: &Facts<'_>,
    plan: &mut Plan,
    lines: &mut BTreeMap<DiskPath, BTreeMap<u32, (&'static str, String)>>,
) {
    let Some(path) = facts.hosts else { return };
    let Some(content) = facts.texts.get(path) else { return };
    for line in read_hosts(content) {
        let harm = |name: &String| match hosts_harm(name) {
            Some(harm) => Some(harm),
            None if facts.listed_names.contains(name) => Some(HostsHarm::BlocksSecurity),
            None => None,
        };
        let harms: Vec<_> = line.names.iter().map(harm).collect();
        let names = line.names.join(" ");
        let at = || format!("{}:{}", native_spelling(path), line.line);
        if harms.contains(&Some(HostsHarm::BlocksLicensing)) {
            plan.stay(at(), &names, "risk");
        } else if harms.iter().all(Option::is_none) {
        } else if harms.iter().all(Option::is_some) {
            lines.entry(path.clone()).or_default().insert(line.line, ("hosts-line", names));
        } else {
            plan.stay(at(), &names, "mixed-line");
        }
    }
}

/// What a stick's plan is made from.
#[derive(Clone, Debug)]
pub struct StickFacts<'f> {
    /// The stick's top.
    pub top: &'f DiskPath,
    /// Names in it, in the order of the entries that the signs speak of, with their attributes.
    pub entries: &'f [(Vec<u8>, Option<u32>)],
    /// What a worm did.
    pub signs: &'f StickSigns,
    /// Paths that are there, as the launchers spell them, found whatever the case of their letters.
    pub launchers: &'f [DiskPath],
    /// Folders in which nothing but launchers lies, innermost first.
    pub launcher_folders: &'f [DiskPath],
    /// `autorun.inf`, as it is spelled there.
    pub autorun: Option<&'f DiskPath>,
    /// Names and attributes of what lies in the folder that swallowed everything.
    pub swallowed: &'f [(Vec<u8>, Option<u32>)],
}

/// Makes the plan for a stick: decoys and launchers go, what they hid comes back.
pub fn plan_stick(facts: &StickFacts<'_>) -> Plan {
    let mut plan = Plan::default();
    let path_of = |index: usize| {
        let (name, _) = facts.entries.get(index)?;
        facts.top.join(name).ok()
    };
    let quarantine = |path: DiskPath| Change::Quarantine { path: Path(path), sha256: None };
    for decoy in &facts.signs.decoys {
        let (Some(path), Some(twin)) = (path_of(decoy.entry), path_of(decoy.twin)) else {
            continue;
        };
        let reason = match decoy.how {
            DecoyKind::LinkStartsFile => "decoy-link",
            DecoyKind::FakeDrive => "fake-drive",
            DecoyKind::ProgramNamedAsFolder => "decoy-program",
        };
        plan.step(quarantine(path), reason, &String::from_utf8_lossy(twin.name()));
    }
    for launcher in facts.launchers {
        plan.step(quarantine(launcher.clone()), "launcher", &launcher.to_string());
    }
    for folder in facts.launcher_folders {
        plan.step(quarantine(folder.clone()), "emptied", "");
    }
    if let Some(autorun) = facts.autorun.filter(|_| facts.signs.has_autorun) {
        plan.step(quarantine(autorun.clone()), "autorun", "autorun.inf");
    }
    let unhide = |plan: &mut Plan, path: &DiskPath, attributes: Option<u32>| {
        let clear = attributes.unwrap_or(0) & (HIDDEN | SYSTEM);
        if clear != 0 {
            let change = Change::SetAttributes { path: Path(path.clone()), clear };
            plan.step(change, "hidden", &String::from_utf8_lossy(path.name()));
        }
    };
    for index in &facts.signs.hidden {
        let attributes = facts.entries.get(*index).and_then(|(_, attributes)| *attributes);
        if let Some(path) = path_of(*index) {
            unhide(&mut plan, &path, attributes);
        }
    }
    let Some(folder) = facts.signs.swallowed_by.and_then(path_of) else { return plan };
    let mut stays = false;
    let taken: BTreeSet<String> = facts.entries.iter().map(|(name, _)| folded(name)).collect();
    for (name, attributes) in facts.swallowed {
        let (Ok(from), Ok(to)) = (folder.join(name), facts.top.join(name)) else { continue };
        unhide(&mut plan, &from, *attributes);
        if taken.contains(&folded(name)) {
            plan.stay(from.to_string(), &String::from_utf8_lossy(name), "name-taken");
            stays = true;
        } else {
            let change = Change::Move { from: Path(from), to: Path(to) };
            plan.step(change, "swallowed", &String::from_utf8_lossy(name));
        }
    }
    if !stays {
        plan.step(quarantine(folder), "emptied", "");
    }
    plan
}

fn folded(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_lowercase()
}
