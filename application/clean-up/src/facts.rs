//! What a plan needs to know of a computer besides the findings.

use std::collections::{BTreeMap, BTreeSet};

use artifacts::{
    At, Autostart, Disk, DiskPath, EntryKind, RegistryValue, Remover, System, collect,
    collect_live, windows_spelling,
};
use cleaning::{Host, PackageFiles, Standing, Value, service_key, standing, starts};
use host::Computer;
use md5::{Digest as _, Md5};

/// Bytes of a text file whose lines are taken out.
const MAX_TEXT_BYTES: usize = 64 << 20;
/// Bytes of one file of the package database.
const MAX_PACKAGE_BYTES: usize = 64 << 20;
const PACKAGES: &str = "/var/lib/dpkg/info";
/// Folders that switch units on have one of these endings.
const SWITCHES: [&[u8]; 2] = [b".wants", b".requires"];

/// Places, texts and packages of a computer.
pub(crate) struct ComputerFacts {
    pub(crate) system: System,
    pub(crate) autostarts: Vec<Autostart>,
    pub(crate) unit_links: Vec<DiskPath>,
    pub(crate) hosts: Option<DiskPath>,
    pub(crate) packages: PackageFiles,
    /// Places that could not be read.
    pub(crate) not_read: Vec<(String, String)>,
}

impl ComputerFacts {
    /// Everything but the packages, which take a while on a computer with thousands of them.
    pub(crate) fn gather(computer: &mut Computer) -> Self {
        let system = system(computer);
        let hives = computer.live_hives();
        let collected = if hives.is_empty() {
            collect(system, computer)
        } else {
            let top = computer.system_top();
            collect_live(&top, computer, &hives)
        };
        let mut not_read: Vec<(String, String)> =
            collected.not_read.into_iter().map(|(at, why)| (at, why.to_string())).collect();
        let stale = collected.stale_hives.iter();
        not_read.extend(stale.map(|hive| (hive.to_string(), "stale hive".to_owned())));
        let mut autostarts: Vec<Autostart> = Vec::new();
        let mut seen = BTreeSet::new();
        for mut entry in collected.entries {
            // `/lib` is a link to `/usr/lib`: where something lies is told by one path.
            entry.at = match entry.at {
                At::File(path) => At::File(real(computer, path)),
                At::Line(path, line) => At::Line(real(computer, path), line),
                at @ At::Registry { .. } => at,
            };
            if system == System::Linux {
                let files = entry.files.iter().filter_map(|file| {
                    Some(real(computer, DiskPath::parse(file.as_bytes()).ok()?).to_string())
                });
                let files: Vec<String> = files.collect();
                entry.files.extend(files);
            }
            if seen.insert((entry.place.id, entry.at.clone(), entry.command.clone())) {
                autostarts.push(entry);
            }
        }
        let unit_links = unit_links(computer, &autostarts);
        let hosts = hosts(computer, system);
        let packages = PackageFiles::default();
        Self { system, autostarts, unit_links, hosts, packages, not_read }
    }

    /// With the packages, which say what the system's own files are.
    pub(crate) fn gather_whole(computer: &mut Computer) -> Self {
        let facts = Self::gather(computer);
        let packages = match facts.system {
            System::Linux => packages(computer),
            System::Windows => PackageFiles::default(),
        };
        Self { packages, ..facts }
    }

    /// The standing of a file, by its own bytes.
    pub(crate) fn standing(&self, computer: &mut Computer, path: &DiskPath) -> Standing {
        standing(self.system, path, &self.packages, || md5_of(computer, path))
    }

    /// Files with entries in single lines that start one of these files, and the hosts file.
    pub(crate) fn texts(
        &self,
        computer: &mut Computer,
        found: &[&DiskPath],
    ) -> BTreeMap<DiskPath, Vec<u8>> {
        let compared: BTreeSet<String> = found
            .iter()
            .map(|path| match self.system {
                System::Windows => windows_spelling(path).to_lowercase(),
                System::Linux => path.to_string(),
            })
            .collect();
        let mut paths: BTreeSet<&DiskPath> = self.hosts.iter().collect();
        for entry in &self.autostarts {
            if let At::Line(path, _) = &entry.at
                && entry.place.remover == Remover::DeleteLine
                && entry.files.iter().any(|file| compared.contains(file))
            {
                paths.insert(path);
            }
        }
        let mut texts = BTreeMap::new();
        for path in paths {
            if let Ok(bytes) = Disk::read(computer, path, MAX_TEXT_BYTES) {
                texts.insert(path.clone(), bytes);
            }
        }
        texts
    }
}

/// Where Windows keeps its tasks, one key a task.
const TASK_CACHE: &str =
    "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache";
/// Keys that name a task by its identifier.
const TASK_LISTS: [&str; 5] = ["Tasks", "Boot", "Logon", "Maintenance", "Plain"];

impl ComputerFacts {
    /// Entries that start one of these files.
    fn starting<'f>(&'f self, found: &'f [&DiskPath]) -> impl Iterator<Item = &'f Autostart> {
        let starts_one =
            |entry: &&Autostart| found.iter().any(|path| starts(self.system, entry, path));
        self.autostarts.iter().filter(starts_one)
    }

    /// What stands in the live registry where one of these files is started.
    pub(crate) fn values(
        &self,
        computer: &mut Computer,
        found: &[&DiskPath],
    ) -> BTreeMap<(String, String), Value> {
        let mut values = BTreeMap::new();
        if !computer.is_live() {
            return values;
        }
        for entry in self.starting(found) {
            let At::Registry { value: name, .. } = &entry.at else { continue };
            let Some(key) = entry.at.registry_key() else { continue };
            let at = match entry.place.remover {
                Remover::DisableService => (service_key(&key).to_owned(), "Start".to_owned()),
                _ => (key, name.clone()),
            };
            if let Ok(Some(value)) = computer.value(&at.0, &at.1) {
                values.insert(at, value);
            }
        }
        values
    }

    /// Keys of the tasks that start one of these files.
    pub(crate) fn task_keys(
        &self,
        computer: &mut Computer,
        found: &[&DiskPath],
    ) -> BTreeMap<DiskPath, Vec<String>> {
        let mut keys = BTreeMap::new();
        if !computer.is_live() {
            return keys;
        }
        for entry in self.starting(found) {
            let (At::File(path) | At::Line(path, _)) = &entry.at else { continue };
            if entry.place.remover == Remover::DeleteTask && !keys.contains_key(path) {
                let found = task_keys(computer, path).unwrap_or_default();
                keys.insert(path.clone(), found);
            }
        }
        keys
    }
}

/// The keys of a task: the one of its name, and those of its identifier.
fn task_keys(computer: &mut Computer, file: &DiskPath) -> Option<Vec<String>> {
    let names: Vec<String> =
        file.names().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let at = names.iter().position(|name| name.eq_ignore_ascii_case("Tasks"))?;
    let named = format!("{TASK_CACHE}\\Tree\\{}", names.get(at + 1..)?.join("\\"));
    let id = computer.value(&named, "Id").ok()??;
    let id = RegistryValue { name: String::new(), kind: id.kind, data: id.data.0 };
    let id = id.texts().into_iter().next().filter(|id| id.starts_with('{'))?;
    // A folder of the same name has its tasks below.
    let is_alone = computer.key_tree(&named).ok()??.keys.is_empty();
    let mut keys: Vec<String> =
        TASK_LISTS.iter().map(|list| format!("{TASK_CACHE}\\{list}\\{id}")).collect();
    keys.retain(|key| matches!(computer.key_tree(key), Ok(Some(_))));
    keys.extend(is_alone.then_some(named));
    Some(keys)
}

/// The system of a computer or disk: Windows where its folder is.
fn system(computer: &mut Computer) -> System {
    if computer.is_live() {
        return if cfg!(windows) { System::Windows } else { System::Linux };
    }
    let of_windows = find(computer, &["Windows", "System32"]);
    if of_windows.is_some() { System::Windows } else { System::Linux }
}

/// Something below the top of a Windows, whatever the case of its letters.
pub(crate) fn find(computer: &mut Computer, names: &[&str]) -> Option<DiskPath> {
    let top = computer.system_top();
    find_below(computer, &top, names)
}

/// The same below a folder.
pub(crate) fn find_below(
    computer: &mut Computer,
    folder: &DiskPath,
    names: &[&str],
) -> Option<DiskPath> {
    let mut path = folder.clone();
    for wanted in names {
        let inside = Disk::list(computer, &path).ok()?;
        let wanted = wanted.to_lowercase();
        let (name, _) = inside
            .into_iter()
            .find(|(name, _)| String::from_utf8_lossy(name).to_lowercase() == wanted)?;
        path = path.join(&name).ok()?;
    }
    Some(path)
}

fn hosts(computer: &mut Computer, system: System) -> Option<DiskPath> {
    match system {
        System::Linux => {
            let path = DiskPath::parse(b"/etc/hosts").ok()?;
            computer.node(&path).ok()??;
            Some(path)
        }
        System::Windows => find(computer, &["Windows", "System32", "drivers", "etc", "hosts"]),
    }
}

fn real(computer: &Computer, path: DiskPath) -> DiskPath {
    computer.resolved(&path).unwrap_or(path)
}

/// Links that switch units on, in the folders beside the units and in those of the administrator.
fn unit_links(computer: &mut Computer, autostarts: &[Autostart]) -> Vec<DiskPath> {
    let mut folders: BTreeSet<DiskPath> = autostarts
        .iter()
        .filter(|entry| entry.place.remover == Remover::RemoveUnit)
        .filter_map(|entry| match &entry.at {
            At::File(path) | At::Line(path, _) => path.parent(),
            At::Registry { .. } => None,
        })
        .collect();
    for folder in ["/etc/systemd/system", "/etc/systemd/user"] {
        folders.extend(DiskPath::parse(folder.as_bytes()));
    }
    let mut links = Vec::new();
    for folder in folders {
        for (name, kind) in Disk::list(computer, &folder).unwrap_or_default() {
            let is_switch = SWITCHES.iter().any(|ending| name.ends_with(ending));
            let Some(inner) = folder.join(&name).ok().filter(|_| is_switch) else { continue };
            if kind != EntryKind::Folder {
                continue;
            }
            let inside = Disk::list(computer, &inner).unwrap_or_default();
            let is_link = |it: &(Vec<u8>, EntryKind)| it.1 == EntryKind::Link;
            links.extend(
                inside.into_iter().filter(is_link).filter_map(|(name, _)| inner.join(&name).ok()),
            );
        }
    }
    links
}

/// Files of the installed packages, by the package database of Debian and its children.
fn packages(computer: &mut Computer) -> PackageFiles {
    let mut packages = PackageFiles::default();
    let Ok(folder) = DiskPath::parse(PACKAGES.as_bytes()) else { return packages };
    let mut names = Disk::list(computer, &folder).unwrap_or_default();
    // Sums are added over the lists.
    names.sort_by_key(|(name, _)| (name.ends_with(b".md5sums"), name.clone()));
    for (name, _) in names {
        let (is_list, is_sums) = (name.ends_with(b".list"), name.ends_with(b".md5sums"));
        if !is_list && !is_sums {
            continue;
        }
        let Ok(path) = folder.join(&name) else { continue };
        let Ok(bytes) = Disk::read(computer, &path, MAX_PACKAGE_BYTES) else { continue };
        if is_list {
            packages.add_list(&bytes);
        } else {
            packages.add_sums(&bytes);
        }
    }
    packages
}

fn md5_of(computer: &mut Computer, path: &DiskPath) -> Option<String> {
    let mut source = Host::read(computer, path).ok()?;
    let mut hash = Md5::new();
    let mut block = vec![0; 64 << 10];
    loop {
        match source.read(&mut block) {
            Ok(0) => return Some(hex::encode(hash.finalize())),
            Ok(length) => hash.update(block.get(..length).unwrap_or_default()),
            Err(_) => return None,
        }
    }
}
