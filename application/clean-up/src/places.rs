//! The places where programs start by themselves, looked at for what a scan found, for risks, and for
//! a hosts file that was tampered with; and what a quick check reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use artifacts::{
    At, Autostart, Disk, DiskPath, EntryKind, Hive, HiveName, HostsHarm, Risk, RiskKind, System,
    autostart_risk, hosts_harm, native_spelling, read_hosts, registry_risks,
};
use cleaning::starts;
use file_check::{Category, Finding, LiveFound, NotScanned, PlaceFound, What};
use host::Computer;

use crate::facts::{ComputerFacts, find, find_below};
use crate::planning::{located, what};

/// Bytes of a hosts file that are read.
const MAX_HOSTS_BYTES: usize = 64 << 20;
/// Bytes of a hive that are read.
const MAX_HIVE_BYTES: usize = 512 << 20;
/// Files of autostarts that a quick check reads.
const MAX_QUICK_FILES: usize = 20_000;
/// Folders of each user where what was just received lies.
const USER_FOLDERS: [&str; 9] = [
    "Downloads",
    "Desktop",
    "Tải xuống",
    "Tải về",
    "Màn hình nền",
    "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup",
    "AppData/Local/Temp",
    ".config/autostart",
    ".local/bin",
];
/// How far below a folder that anybody may write to.
const OPEN_DEPTH: usize = 1;
/// Folders that anybody may write to.
const OPEN_FOLDERS: [&str; 6] =
    ["/tmp", "/var/tmp", "/dev/shm", "/Windows/Temp", "/Users/Public", "/ProgramData"];

/// Codes of the marks of cracked software.
pub const RISKS: [&str; 6] = [
    "kms-server",
    "kms-hook",
    "kms-task",
    "licensing-blocked",
    "antivirus-exclusion",
    "antivirus-off",
];

/// What the places of a computer say.
#[derive(Debug, Default)]
pub struct PlacesChecked {
    /// What starts or runs a found file, risks, lines of the hosts file.
    pub findings: Vec<Finding>,
    /// Entries that were looked at.
    pub entries: u64,
    /// Places that could not be read.
    pub not_scanned: Vec<NotScanned>,
}

/// Looks at the places of a computer in the light of what a scan of it found.
pub fn check_places(
    computer: &mut Computer,
    found: &[Finding],
    base: &Path,
    root: Option<&Path>,
) -> PlacesChecked {
    let facts = ComputerFacts::gather(computer);
    let mut checked = PlacesChecked {
        entries: facts.autostarts.len() as u64,
        not_scanned: facts
            .not_read
            .iter()
            .map(|(at, why)| NotScanned {
                path: at.clone(),
                inside: Vec::new(),
                reason: "place-not-read".to_owned(),
                detail: Some(why.clone()),
            })
            .collect(),
        ..PlacesChecked::default()
    };
    // The worst finding of each file stands for it.
    let mut files: BTreeMap<DiskPath, &Finding> = BTreeMap::new();
    for finding in found.iter().filter(|it| it.inside.is_empty()) {
        if let Some(path) = located(computer, base, root, finding) {
            let worst = files.entry(path).or_insert(finding);
            if finding.category > worst.category {
                *worst = finding;
            }
        }
    }
    for entry in &facts.autostarts {
        let started = files.iter().find(|(path, _)| starts(facts.system, entry, path));
        if let Some((path, finding)) = started {
            let told = format!("{}: {}", what(finding), native_spelling(path));
            checked.findings.push(of_entry(entry, What::Autostart, finding.category, told));
        } else if let Some(risk) = autostart_risk(entry) {
            let kind = risk.kind.code().to_owned();
            checked.findings.push(of_entry(entry, What::Risk, Category::Risk, kind));
        }
    }
    programs(computer, &files, &mut checked);
    hosts(computer, &facts, &mut checked);
    if facts.system == System::Windows {
        software(computer, &mut checked);
    }
    checked.findings.sort();
    checked.findings.dedup();
    checked
}

/// Programs that run a found file, or a found script.
fn programs(
    computer: &mut Computer,
    files: &BTreeMap<DiskPath, &Finding>,
    checked: &mut PlacesChecked,
) {
    let running = computer.processes().into_iter().map(|it| (it.path.0.clone(), it));
    let scripts = computer.scripts().into_iter().map(|(process, script)| (script, process));
    for (file, process) in running.chain(scripts) {
        let Some(finding) = files.get(&file) else { continue };
        let program = String::from_utf8_lossy(process.path.0.name()).into_owned();
        let live =
            LiveFound { pid: Some(process.pid), program: Some(program), ..LiveFound::default() };
        checked.findings.push(Finding {
            what: What::Process,
            live: Some(live),
            ..Finding::clone(finding)
        });
    }
}

/// What is told of an entry.
fn of_entry(entry: &Autostart, what: What, category: Category, told: String) -> Finding {
    let place = PlaceFound {
        place: entry.place.id.to_owned(),
        technique: Some(entry.place.technique.to_owned()),
        command: entry.command.clone(),
    };
    let finding = bare(at_text(&entry.at), what, category);
    Finding { indicator: Some(told), place: Some(place), ..finding }
}

fn bare(path: String, what: What, category: Category) -> Finding {
    Finding {
        path,
        path_hex: None,
        inside: Vec::new(),
        what,
        rule: None,
        source: None,
        indicator: None,
        description: None,
        category,
        sha256: String::new(),
        place: None,
        live: None,
    }
}

/// Where an entry stands, as the registry's own programs write it.
fn at_text(at: &At) -> String {
    match at {
        At::File(path) => native_spelling(path),
        At::Line(path, line) => format!("{}:{line}", native_spelling(path)),
        At::Registry { value, .. } => {
            format!("{}\\{value}", at.registry_key().unwrap_or_default())
        }
    }
}

/// Lines of the hosts file that keep updates or a licence from their servers.
fn hosts(computer: &mut Computer, facts: &ComputerFacts, checked: &mut PlacesChecked) {
    let Some(path) = &facts.hosts else { return };
    let Ok(bytes) = Disk::read(computer, path, MAX_HOSTS_BYTES) else { return };
    for line in read_hosts(&bytes) {
        let harm = line.names.iter().filter_map(|name| hosts_harm(name)).max();
        let (what, category, told) = match harm {
            Some(HostsHarm::BlocksSecurity) => (What::Hosts, Category::Suspicious, None),
            Some(HostsHarm::BlocksLicensing) => {
                (What::Risk, Category::Risk, Some(RiskKind::LicensingBlocked.code().to_owned()))
            }
            None => continue,
        };
        let place = PlaceFound {
            place: "hosts".to_owned(),
            technique: None,
            command: line.names.join(" "),
        };
        let finding = bare(format!("{}:{}", native_spelling(path), line.line), what, category);
        checked.findings.push(Finding { indicator: told, place: Some(place), ..finding });
    }
}

/// Marks of activators and of a switched-off antivirus in the machine's own hive.
fn software(computer: &mut Computer, checked: &mut PlacesChecked) {
    for Risk { kind, at, what } in software_risks(computer) {
        let place = PlaceFound { place: "registry".to_owned(), technique: None, command: what };
        let finding = bare(format!("HKLM\\SOFTWARE\\{at}"), What::Risk, Category::Risk);
        let told = Some(kind.code().to_owned());
        checked.findings.push(Finding { indicator: told, place: Some(place), ..finding });
    }
}

fn software_risks(computer: &mut Computer) -> Vec<Risk> {
    let in_use = computer.live_hives().into_iter().find(|it| it.hive == HiveName::Software);
    if let Some(hive) = in_use {
        return registry_risks(HiveName::Software, &*hive.view);
    }
    let below = ["Windows", "System32", "config", "SOFTWARE"];
    let Some(path) = find(computer, &below) else { return Vec::new() };
    // That it cannot be read is told among the places.
    let Ok(bytes) = Disk::read(computer, &path, MAX_HIVE_BYTES) else { return Vec::new() };
    let Ok(hive) = Hive::parse(&bytes) else { return Vec::new() };
    registry_risks(HiveName::Software, &hive)
}

/// What a quick check reads, in this order: what starts by itself and what runs, sticks, the folders where new
/// files come in, and the nearest files where anybody writes. `root` is where the disk is mounted.
pub fn quick_places(computer: &mut Computer, root: Option<&Path>) -> Vec<PathBuf> {
    let facts = ComputerFacts::gather(computer);
    let mut paths: BTreeSet<DiskPath> = BTreeSet::new();
    for entry in &facts.autostarts {
        if paths.len() >= MAX_QUICK_FILES {
            break;
        }
        if let At::File(path) | At::Line(path, _) = &entry.at {
            paths.insert(path.clone());
        }
        for file in &entry.files {
            paths.extend(started_file(computer, facts.system, file));
        }
    }
    paths.extend(computer.processes().into_iter().map(|process| process.path.0));
    paths.extend(computer.scripts().into_iter().map(|(_, script)| script));
    paths.extend(facts.hosts);
    // This program runs too; it has the marks of every archive in it.
    if let Some(own) = std::env::current_exe().ok().and_then(|it| computer.disk_path(&it)) {
        paths.remove(&own);
    }
    let mut open = BTreeSet::new();
    for folder in OPEN_FOLDERS {
        if let Some(folder) = folder_at(computer, facts.system, &DiskPath::top(), folder) {
            near_files(
                computer,
                &folder,
                OPEN_DEPTH,
                MAX_QUICK_FILES.saturating_sub(paths.len()),
                &mut open,
            );
        }
    }
    open.retain(|path| !paths.contains(path));
    let mut folders: Vec<DiskPath> = Vec::new();
    for home in homes(computer, facts.system) {
        for folder in USER_FOLDERS {
            folders.extend(folder_at(computer, facts.system, &home, folder));
        }
    }
    // A file in one of the folders is read with it.
    for paths in [&mut paths, &mut open] {
        paths.retain(|path| folders.iter().all(|folder| !path.is_within(folder)));
    }
    let top = root.unwrap_or(Path::new("/"));
    let there = |path: &DiskPath| on_disk(top, path).filter(|it| files::as_named(it).exists());
    // An entry may name a folder, and that a whole disk.
    let mut found: Vec<PathBuf> =
        paths.iter().filter_map(there).filter(|it| !it.is_dir()).collect();
    if root.is_none() {
        found.extend(host::sticks());
    }
    found.extend(folders.iter().chain(&open).filter_map(there));
    found
}

/// Files in a folder and a few folders below: where anybody writes, somebody's whole work may lie.
fn near_files(
    computer: &mut Computer,
    folder: &DiskPath,
    depth: usize,
    most: usize,
    files: &mut BTreeSet<DiskPath>,
) {
    for (name, kind) in Disk::list(computer, folder).unwrap_or_default() {
        let Ok(path) = folder.join(&name) else { continue };
        if kind == EntryKind::Folder && depth > 0 {
            near_files(computer, &path, depth - 1, most, files);
        } else if kind == EntryKind::File && files.len() < most {
            files.insert(path);
        }
    }
}

/// A file that a command may mean, where it is.
fn started_file(computer: &mut Computer, system: System, file: &str) -> Option<DiskPath> {
    match system {
        System::Linux => computer.resolved(&DiskPath::parse(file.as_bytes()).ok()?),
        System::Windows => {
            let below = file.strip_prefix("c:\\")?;
            find(computer, &below.split('\\').collect::<Vec<_>>())
        }
    }
}

fn folder_at(
    computer: &mut Computer,
    system: System,
    below: &DiskPath,
    folder: &str,
) -> Option<DiskPath> {
    let names: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    match system {
        System::Linux => names
            .into_iter()
            .try_fold(below.clone(), |path, name| path.join(name.as_bytes()).ok())
            .and_then(|path| computer.resolved(&path)),
        System::Windows => {
            let is_top = *below == DiskPath::top();
            let from = if is_top { computer.system_top() } else { below.clone() };
            find_below(computer, &from, &names)
        }
    }
}

/// Folders of the users.
fn homes(computer: &mut Computer, system: System) -> Vec<DiskPath> {
    let parent = match system {
        System::Linux => DiskPath::parse(b"/home").ok(),
        System::Windows => find(computer, &["Users"]),
    };
    let Some(parent) = parent else { return Vec::new() };
    let names = Disk::list(computer, &parent).unwrap_or_default();
    let mut homes: Vec<DiskPath> = names
        .into_iter()
        .filter(|(_, kind)| *kind == EntryKind::Folder)
        .filter_map(|(name, _)| parent.join(&name).ok())
        .collect();
    if system == System::Linux {
        homes.extend(DiskPath::parse(b"/root"));
    }
    homes
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a path")]
fn on_disk(top: &Path, path: &DiskPath) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = path.as_bytes();
    let below = std::ffi::OsStr::from_bytes(bytes.strip_prefix(b"/").unwrap_or(bytes));
    Some(top.join(below))
}

#[cfg(not(unix))]
fn on_disk(top: &Path, path: &DiskPath) -> Option<PathBuf> {
    let text = str::from_utf8(path.as_bytes()).ok()?.trim_start_matches('/').replace('/', "\\");
    // Without a name behind it a drive would mean the folder that is current there.
    let end = if text.ends_with(':') { "\\" } else { "" };
    Some(top.join(format!("{text}{end}")))
}
