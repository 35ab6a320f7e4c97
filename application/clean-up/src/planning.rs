//! Findings into a plan.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;

use artifacts::{DiskPath, native_spelling};
use cleaning::{
    Change, Facts, Found, Host as _, Kind, Plan, Standing, Stay, is_mailbox, is_program, plan,
    protection,
};
use file_check::{Category, Finding, What};
use host::Computer;

use crate::facts::ComputerFacts;
use crate::plan_file::PlanFile;
use crate::signed::Signatures;

/// Bytes by which a file is told to be a program or a mailbox.
const START_BYTES: u64 = 4 << 10;

/// What a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'r> {
    /// What a scan found.
    pub findings: &'r [Finding],
    /// Whether the scan looked at everything.
    pub is_complete: bool,
    /// Where paths that are not absolute begin.
    pub base: &'r Path,
    /// The folder that the disk is mounted at; `None` is the running system.
    pub root: Option<&'r Path>,
    /// Whether the disk is a stick, on which no file is a system's own.
    pub is_stick: bool,
    /// Whether what is only suspicious is removed as well.
    pub takes_suspicious: bool,
    /// Now, in seconds since 1970.
    pub at: i64,
}

/// Makes a plan. It changes nothing.
pub fn make_plan(computer: &mut Computer, request: &PlanRequest<'_>) -> PlanFile {
    let facts = ComputerFacts::gather_whole(computer);
    let mut signatures = Signatures::default();
    let mut missing = Vec::new();
    let mut found = Vec::new();
    let mut known = BTreeSet::new();
    for finding in request.findings {
        let what = what(finding);
        match finding.what {
            // What starts or runs a found file, and the hosts file, are looked at anew.
            What::Autostart | What::Hosts | What::Process => continue,
            // That a program talks to somebody does not make its file malware: a browser does so too.
            What::Connection | What::DnsCache => {
                let why = finding.what.code();
                missing.push(stay(who_talks(finding), what, why));
                continue;
            }
            What::Risk => {
                missing.push(stay(finding.path.clone(), what, "risk"));
                continue;
            }
            What::Rule | What::Hash | What::FileName => {}
        }
        match located(computer, request.base, request.root, finding) {
            Some(path) => {
                let standing =
                    if request.is_stick { Standing::Own } else { facts.standing(computer, &path) };
                let signature = signatures.of(computer, &path);
                if finding.what == What::Hash && finding.inside.is_empty() {
                    known.insert(path.clone());
                }
                found.push(Found {
                    path,
                    kind: match finding.category {
                        Category::Risk => Kind::Risk,
                        Category::Suspicious => Kind::Suspicious,
                        Category::Malware => Kind::Malware,
                    },
                    what,
                    sha256: (finding.inside.is_empty() && !finding.sha256.is_empty())
                        .then(|| finding.sha256.clone()),
                    is_inside: !finding.inside.is_empty(),
                    standing,
                    signature,
                });
            }
            None => missing.push(stay(finding.path.clone(), what, "not-there")),
        }
    }
    keep_what_holds_more(computer, &mut found, &known);
    let paths: Vec<&DiskPath> = found.iter().map(|it| &it.path).collect();
    let texts = facts.texts(computer, &paths);
    let values = facts.values(computer, &paths);
    let task_keys = facts.task_keys(computer, &paths);
    let wanted: BTreeSet<&DiskPath> = found.iter().map(|it| &it.path).collect();
    let processes: Vec<_> =
        computer.processes().into_iter().filter(|it| wanted.contains(&it.path.0)).collect();
    let scripts: Vec<_> =
        computer.scripts().into_iter().filter(|it| wanted.contains(&it.1)).collect();
    let mut plan = plan(&Facts {
        system: facts.system,
        is_live: computer.is_live(),
        found: &found,
        autostarts: &facts.autostarts,
        unit_links: &facts.unit_links,
        texts: &texts,
        hosts: facts.hosts.as_ref(),
        listed_names: &BTreeSet::new(),
        processes: &processes,
        scripts: &scripts,
        takes_suspicious: request.takes_suspicious,
        values: &values,
        task_keys: &task_keys,
    });
    keep_protected(computer, (!request.is_stick).then_some(&facts), &mut signatures, &mut plan);
    missing.retain(|stay| !plan.stays.iter().any(|it| it.at == stay.at && it.why == stay.why));
    plan.stays.extend(missing);
    let unread = facts.not_read.iter();
    plan.stays.extend(unread.map(|(at, why)| stay(at.clone(), why.clone(), "place-not-read")));
    let is_complete = request.is_complete && facts.not_read.is_empty();
    let root = request.root.map(|root| root.display().to_string());
    let is_stick = request.is_stick && root.is_some();
    PlanFile { is_stick, ..PlanFile::of(plan, root, request.at, is_complete) }
}

/// Archives, documents and mailboxes stay whatever else was found in their bytes: they hold other things.
/// What is `known` whole, by its hash, goes whole.
fn keep_what_holds_more(computer: &mut Computer, found: &mut [Found], known: &BTreeSet<DiskPath>) {
    let mut holders = BTreeSet::new();
    for it in &*found {
        let mut start = Vec::new();
        if let Ok(content) = computer.read(&it.path) {
            // What cannot be read is not taken away either.
            content.take(START_BYTES).read_to_end(&mut start).unwrap_or_default();
        }
        let is_program = is_program(it.path.name(), &start);
        if !is_program && (it.is_inside || is_mailbox(&start)) {
            holders.insert(it.path.clone());
        }
    }
    for it in found {
        it.is_inside |= holders.contains(&it.path) && !known.contains(&it.path);
    }
}

fn stay(at: String, what: String, why: &'static str) -> Stay {
    Stay { at, what, why, signature: None }
}

/// Who talks to whom, or what was asked for, as far as it is known.
pub fn who_talks(finding: &Finding) -> String {
    let live = finding.live.clone().unwrap_or_default();
    let who = match (&live.program, live.pid) {
        _ if !finding.path.is_empty() => {
            live.pid.map(|pid| format!("{} ({pid})", finding.path)).or(Some(finding.path.clone()))
        }
        (Some(program), Some(pid)) => Some(format!("{program} ({pid})")),
        _ => None,
    };
    let other = match (live.address, live.port) {
        (Some(address), Some(port)) => Some(SocketAddr::new(address, port).to_string()),
        _ => live.name,
    };
    let sides: Vec<String> = who.into_iter().chain(other).collect();
    sides.join(" → ")
}

/// The rule or indicator that says so.
pub(crate) fn what(finding: &Finding) -> String {
    let told = finding.rule.as_ref().or(finding.indicator.as_ref());
    told.cloned().unwrap_or_else(|| finding.what.code().to_owned())
}

/// Files that were found and are still there, each told once as its system writes it; nothing of a disk that
/// is not there. Relative paths begin in `base`.
pub fn still_there(findings: &[Finding], root: Option<&Path>, base: &Path) -> Vec<Option<String>> {
    let mut computer = Computer::open(root).ok();
    let place = |finding: &Finding| {
        let is_file = matches!(finding.what, What::Rule | What::Hash | What::FileName);
        let computer = computer.as_mut().filter(|_| is_file)?;
        Some(native_spelling(&located(computer, base, root, finding)?))
    };
    findings.iter().map(place).collect()
}

/// Where a finding lies on the disk, if it still does.
pub(crate) fn located(
    computer: &mut Computer,
    base: &Path,
    root: Option<&Path>,
    finding: &Finding,
) -> Option<DiskPath> {
    let bytes = finding.path_bytes();
    let path = if root.is_some() {
        computer.resolved(&DiskPath::parse(&bytes).ok()?)?
    } else {
        computer.disk_path(&base.join(os_path(&bytes)?))?
    };
    computer.node(&path).ok()??;
    Some(path)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a path")]
fn os_path(bytes: &[u8]) -> Option<&Path> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(Path::new(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn os_path(bytes: &[u8]) -> Option<&Path> {
    str::from_utf8(bytes).ok().map(Path::new)
}

/// What starts a found file may itself be a file of the system, such as a unit that somebody wrote a
/// line into: taking it away would take the system's own part with it. On a stick, where no file is
/// the system's, what its vendor signed stays all the same.
pub(crate) fn keep_protected(
    computer: &mut Computer,
    facts: Option<&ComputerFacts>,
    signatures: &mut Signatures,
    plan: &mut Plan,
) {
    let mut kept = BTreeSet::new();
    for mut step in std::mem::take(&mut plan.steps) {
        let Change::Quarantine { path, .. } = &step.change else {
            plan.steps.push(step);
            continue;
        };
        // Folders come behind what is in them.
        if kept.iter().any(|it: &DiskPath| it.parent().as_ref() == Some(&path.0)) {
            kept.insert(path.0.clone());
            continue;
        }
        let standing = facts.map_or(Standing::Own, |facts| facts.standing(computer, &path.0));
        let signature = signatures.of(computer, &path.0);
        let why = match protection(standing, signature.as_ref()) {
            Some(_) if standing != Standing::Own => Some("of-system"),
            why => why,
        };
        if let Some(why) = why {
            kept.insert(path.0.clone());
            let at = native_spelling(&path.0);
            plan.stays.push(Stay { at, what: step.what, why, signature });
        } else {
            step.signature = signature;
            plan.steps.push(step);
        }
    }
}

/// Paths of a plan that are the system's own files: no plan of ours has any.
pub(crate) fn system_files(computer: &mut Computer, plan: &PlanFile) -> Vec<String> {
    if plan.is_stick && plan.root.is_some() {
        return Vec::new();
    }
    let facts = ComputerFacts::gather_whole(computer);
    let mut found = Vec::new();
    for step in &plan.steps {
        let (Change::Quarantine { path, .. } | Change::Move { from: path, .. }) = &step.change
        else {
            continue;
        };
        // What is gone already is found by a run that goes on.
        let is_there = matches!(computer.node(&path.0), Ok(Some(_)));
        let is_protected = facts.standing(computer, &path.0) != Standing::Own;
        if is_there && is_protected {
            found.push(native_spelling(&path.0));
        }
    }
    found
}
