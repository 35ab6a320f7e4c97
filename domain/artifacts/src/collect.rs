//! Going through the places of a disk.

use std::collections::BTreeSet;

use crate::command_line::words;
use crate::disk::{Disk, DiskError, DiskPath, EntryKind, RegistryView};
use crate::entry_lines::file_entries;
use crate::places::{HiveName, Holds, PLACES, Place, Source, System, Values};
use crate::{Hive, RegistryValue, Surroundings, decode_text, linux_files, windows_files};

/// Bytes of one hive that are read.
const MAX_HIVE_BYTES: usize = 512 << 20;
/// Bytes of one other file that are read.
const MAX_FILE_BYTES: usize = 32 << 20;
/// Entries that are kept of all places.
const MAX_ENTRIES: usize = 100_000;
/// Keys that one pattern is followed into.
const MAX_KEYS: usize = 20_000;
/// Folders below one another that `**` is followed into.
const MAX_DEPTH: usize = 12;
/// Files of one pattern.
const MAX_FILES: usize = 20_000;

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// A value of the registry.
    Registry {
        /// The hive.
        hive: HiveName,
        /// Name of the user's folder, or identifier on a running PC, for hives of users.
        owner: Option<String>,
        /// The key below the hive's root, with the control set that is in use.
        key: String,
        /// The value's name; empty for the default value.
        value: String,
    },
    /// A file as a whole.
    File(DiskPath),
    /// A line of a file.
    Line(DiskPath, u32),
}

impl At {
    /// The key as the registry's own programs write it; `None` for what is in a file.
    ///
    /// ```
    /// use artifacts::{At, HiveName};
    /// let at = At::Registry {
    ///     hive: HiveName::User,
    ///     owner: Some("S-1-5-21-1".into()),
    ///     key: "Environment".into(),
    ///     value: String::new(),
    /// };
    /// assert_eq!(at.registry_key().as_deref(), Some(r"HKU\S-1-5-21-1\Environment"));
    /// ```
    pub fn registry_key(&self) -> Option<String> {
        let Self::Registry { hive, owner, key, .. } = self else { return None };
        let owner = owner.as_deref().unwrap_or("?");
        let top = match hive {
            HiveName::Software => "HKLM\\SOFTWARE".to_owned(),
            HiveName::System => "HKLM\\SYSTEM".to_owned(),
            HiveName::User => format!("HKU\\{owner}"),
            HiveName::UserClasses => format!("HKU\\{owner}_Classes"),
        };
        Some(format!("{top}\\{key}"))
    }
}

/// One entry: something that is started by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autostart {
    /// The place.
    pub place: &'static Place,
    /// Where exactly.
    pub at: At,
    /// What it starts, as written.
    pub command: String,
    /// Files that the command may mean, in the form in which paths of that system are compared.
    pub files: Vec<String>,
    /// Whether a fresh system has the same.
    pub is_usual: bool,
    /// Whether the system says that it is switched off.
    pub is_switched_off: bool,
}

/// What was found in the places, and what could not be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Entries, in the order of the places.
    pub entries: Vec<Autostart>,
    /// Files, folders and keys that were not read, or not whole, with the reason.
    pub not_read: Vec<(String, DiskError)>,
    /// Hives whose newest changes stand in log files that are not read.
    pub stale_hives: Vec<DiskPath>,
}

/// Goes through every place of a system on a disk: files, and on Windows the hives on it.
pub fn collect(system: System, disk: &mut dyn Disk) -> Collected {
    let mut walk = Walk::new(system, disk);
    walk.files();
    if system == System::Windows {
        walk.hives();
    }
    walk.collected
}

/// A hive of a running Windows.
pub struct LiveHive {
    /// Which.
    pub hive: HiveName,
    /// Identifier of the user whose it is.
    pub owner: Option<String>,
    /// Folder of that user, as Windows spells it.
    pub user_folder: Option<String>,
    /// What is in it.
    pub view: Box<dyn RegistryView>,
}

/// The same of a running Windows: `top` is the drive of the system, and the registry is that in use.
/// Users who are not signed in have their hives as files.
pub fn collect_live(top: &DiskPath, disk: &mut dyn Disk, hives: &[LiveHive]) -> Collected {
    let mut walk = Walk::below(System::Windows, top, disk);
    walk.files();
    for hive in hives {
        let owner = Owner { id: hive.owner.as_deref(), folder: hive.user_folder.as_deref() };
        registry(hive.hive, owner, &*hive.view, &mut walk.collected);
    }
    let loaded: BTreeSet<String> =
        hives.iter().filter_map(|hive| Some(hive.user_folder.as_ref()?.to_lowercase())).collect();
    walk.homes.retain(|home| !loaded.contains(&windows_spelling(home).to_lowercase()));
    walk.user_hives();
    walk.collected
}

/// Whose a hive is.
#[derive(Clone, Copy)]
struct Owner<'o> {
    id: Option<&'o str>,
    folder: Option<&'o str>,
}

/// Goes through the places of one hive, or of the same part of a live registry.
pub fn collect_registry(
    hive: HiveName,
    owner: Option<&str>,
    view: &dyn RegistryView,
    collected: &mut Collected,
) {
    let folder = owner.map(|owner| format!("C:\\Users\\{owner}"));
    registry(hive, Owner { id: owner, folder: folder.as_deref() }, view, collected);
}

fn registry(hive: HiveName, owner: Owner<'_>, view: &dyn RegistryView, collected: &mut Collected) {
    // In a hive file the control set has a number; a running PC shows it as `CurrentControlSet`.
    let control_set = if hive == HiveName::System { control_set(view) } else { String::new() };
    for place in PLACES {
        let Source::Registry { hive: wanted, key, values, holds } = place.source else { continue };
        if wanted != hive {
            continue;
        }
        let pattern = format!("{control_set}{key}");
        let mut keys = Vec::new();
        let is_whole = expand_key(view, &pattern, &mut keys);
        if !is_whole {
            collected.not_read.push((pattern, DiskError::TooLarge));
        }
        for key in keys {
            let Some((all, is_whole)) = view.values(&key) else { continue };
            if !is_whole {
                collected
                    .not_read
                    .push((key.clone(), DiskError::Other("not read whole".to_owned())));
            }
            for value in wanted_values(values, &key, all) {
                let entry = RegistryEntry { place, hive, owner, key: &key, value: &value };
                entry.add(holds, view, collected);
            }
        }
    }
}

/// `ControlSet001\` or whichever is in use.
fn control_set(view: &dyn RegistryView) -> String {
    let select = view.values("Select").map(|(values, _)| values).unwrap_or_default();
    let current = select.iter().find(|value| value.name.eq_ignore_ascii_case("Current"));
    match current.and_then(RegistryValue::number) {
        Some(number) if view.subkeys("CurrentControlSet").is_none() => {
            format!("ControlSet{number:03}\\")
        }
        _ => "CurrentControlSet\\".to_owned(),
    }
}

/// Keys that a pattern with `*` stands for; whether that is all of them.
fn expand_key(view: &dyn RegistryView, pattern: &str, keys: &mut Vec<String>) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        keys.push(pattern.to_owned());
        return keys.len() < MAX_KEYS;
    };
    let Some((subkeys, mut is_whole)) = view.subkeys(before.trim_end_matches('\\')) else {
        return true;
    };
    for subkey in subkeys {
        // A name with a star in it would be taken for a pattern.
        if subkey.contains('*') || keys.len() >= MAX_KEYS {
            is_whole &= subkey.contains('*');
            continue;
        }
        is_whole &= expand_key(view, &format!("{before}{subkey}{after}"), keys);
    }
    is_whole
}

fn wanted_values(values: Values, key: &str, all: Vec<RegistryValue>) -> Vec<RegistryValue> {
    match values {
        Values::All => all,
        Values::Named(name) => {
            all.into_iter().filter(|value| value.name.eq_ignore_ascii_case(name)).collect()
        }
        Values::KeyName => {
            let name = key.rsplit('\\').next().unwrap_or_default();
            let data = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            vec![RegistryValue { name: String::new(), kind: 1, data }]
        }
    }
}

/// A value of the registry at a place.
struct RegistryEntry<'a> {
    place: &'static Place,
    hive: HiveName,
    owner: Owner<'a>,
    key: &'a str,
    value: &'a RegistryValue,
}

impl RegistryEntry<'_> {
    fn add(&self, holds: Holds, view: &dyn RegistryView, collected: &mut Collected) {
        let texts = self.value.texts();
        let commands: Vec<String> = match holds {
            Holds::Command => texts,
            Holds::List => texts
                .iter()
                .flat_map(|text| text.split(','))
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
                .collect(),
            Holds::Words => texts.iter().flat_map(|text| words(&text.replace(',', " "))).collect(),
            Holds::ClassId => texts.iter().map(|id| self.class(id, view)).collect(),
            Holds::Renames => texts.into_iter().filter(|text| text.contains('\\')).collect(),
        };
        let surroundings = Surroundings { user_folder: self.owner.folder.map(str::to_owned) };
        for command in commands.into_iter().filter(|command| !command.is_empty()) {
            if collected.entries.len() >= MAX_ENTRIES {
                collected.not_read.push((self.key.to_owned(), DiskError::TooLarge));
                return;
            }
            collected.entries.push(Autostart {
                place: self.place,
                at: At::Registry {
                    hive: self.hive,
                    owner: self.owner.id.map(str::to_owned),
                    key: self.key.to_owned(),
                    value: self.value.name.clone(),
                },
                files: windows_files(&command, &surroundings),
                is_usual: is_usual(self.place, &command),
                is_switched_off: self.is_switched_off(view),
                command,
            });
        }
    }

    /// The file that a class leads to, or the class where it is not known here.
    fn class(&self, id: &str, view: &dyn RegistryView) -> String {
        let prefix = if self.hive == HiveName::Software { "Classes\\" } else { "" };
        let server = view.values(&format!("{prefix}CLSID\\{id}\\InprocServer32"));
        let default =
            server.and_then(|(values, _)| values.into_iter().find(|it| it.name.is_empty()));
        let file = default.and_then(|value| value.texts().into_iter().next());
        file.filter(|file| !file.is_empty()).unwrap_or_else(|| id.to_owned())
    }

    /// Services say it by `Start`; Explorer keeps a list of what was switched off in the task manager.
    fn is_switched_off(&self, view: &dyn RegistryView) -> bool {
        if self.place.id.starts_with("service-") {
            let service = self.key.trim_end_matches("\\Parameters");
            let values = view.values(service).map(|(values, _)| values).unwrap_or_default();
            let start = values.iter().find(|value| value.name.eq_ignore_ascii_case("Start"));
            return start.and_then(RegistryValue::number) == Some(4);
        }
        let approved = match self.place.id {
            "run-machine" => "Microsoft\\Windows\\CurrentVersion\\Explorer\\StartupApproved\\Run",
            "run-machine-32" => {
                "Microsoft\\Windows\\CurrentVersion\\Explorer\\StartupApproved\\Run32"
            }
            "run-user" => {
                "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\StartupApproved\\Run"
            }
            _ => return false,
        };
        let values = view.values(approved).map(|(values, _)| values).unwrap_or_default();
        let state = values.iter().find(|value| value.name.eq_ignore_ascii_case(&self.value.name));
        // An odd first byte means off.
        state.and_then(|value| value.data.first()).is_some_and(|byte| byte & 1 == 1)
    }
}

/// Whether a fresh system has the same there: the same text, or a program of that name in one of
/// Windows' own folders or without a folder.
fn is_usual(place: &Place, command: &str) -> bool {
    let command = command.trim().to_lowercase();
    if place.usual.contains(&command.as_str()) {
        return true;
    }
    if place.system == System::Linux {
        let first = command.split_whitespace().next().unwrap_or_default();
        return place.usual.contains(&first);
    }
    let program = words(&command).into_iter().next().unwrap_or_default();
    let (folder, name) = program.rsplit_once(['\\', '/']).unwrap_or(("", &program));
    let of_windows = ["", "%systemroot%", "%windir%", "c:\\windows", "%systemroot%\\system32"];
    let folders = ["%windir%\\system32", "c:\\windows\\system32", "c:\\windows\\syswow64"];
    let is_own_folder = of_windows.contains(&folder) || folders.contains(&folder);
    is_own_folder && place.usual.contains(&name)
}

struct Walk<'d> {
    system: System,
    /// Where the system's own folders are.
    top: DiskPath,
    disk: &'d mut dyn Disk,
    homes: Vec<DiskPath>,
    collected: Collected,
}

impl<'d> Walk<'d> {
    fn new(system: System, disk: &'d mut dyn Disk) -> Self {
        Self::below(system, &DiskPath::top(), disk)
    }

    fn below(system: System, top: &DiskPath, disk: &'d mut dyn Disk) -> Self {
        let (homes, collected) = (Vec::new(), Collected::default());
        let mut walk = Self { system, top: top.clone(), disk, homes, collected };
        walk.homes = walk.homes();
        walk
    }

    /// Folders of the users.
    fn homes(&mut self) -> Vec<DiskPath> {
        let mut homes = BTreeSet::new();
        if self.system == System::Linux {
            let passwd = self.read("/etc/passwd");
            let text = passwd.map(|bytes| decode_text(&bytes)).unwrap_or_default();
            let folders = text.lines().filter_map(|line| line.split(':').nth(5));
            homes.extend(folders.filter_map(|folder| DiskPath::parse(folder.as_bytes()).ok()));
            homes.extend(DiskPath::parse(b"/root"));
        }
        let parents: &[&str] = match self.system {
            System::Windows => &["/Users/*"],
            System::Linux => &["/home/*"],
        };
        for pattern in parents {
            let top = self.top.clone();
            homes.extend(self.expand(&top, pattern, EntryKind::Folder));
        }
        homes.remove(&DiskPath::top());
        homes.into_iter().collect()
    }

    fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        let path = DiskPath::parse(path.as_bytes()).ok()?;
        self.read_path(&path, MAX_FILE_BYTES)
    }

    /// A file; what is not there is no gap, anything else that hinders is.
    fn read_path(&mut self, path: &DiskPath, max_bytes: usize) -> Option<Vec<u8>> {
        match self.disk.read(path, max_bytes) {
            Ok(bytes) => Some(bytes),
            Err(DiskError::Absent) => None,
            Err(error) => {
                self.collected.not_read.push((path.to_string(), error));
                None
            }
        }
    }

    fn files(&mut self) {
        // `/lib` is a link to `/usr/lib` on most systems: the same file counts once.
        let mut seen = BTreeSet::new();
        let system = self.system;
        for place in PLACES.iter().filter(|place| place.system == system) {
            let Source::Files { at, form } = place.source else { continue };
            for pattern in at {
                for path in self.expand_homes(pattern) {
                    if !seen.insert((place.id, path.clone())) {
                        continue;
                    }
                    let Some(bytes) = self.read_path(&path, MAX_FILE_BYTES) else { continue };
                    let shown = self.shown(&path);
                    for entry in file_entries(form, &shown, &bytes) {
                        if self.collected.entries.len() >= MAX_ENTRIES {
                            self.collected.not_read.push((shown, DiskError::TooLarge));
                            return;
                        }
                        let at = match entry.line {
                            Some(line) => At::Line(path.clone(), line),
                            None => At::File(path.clone()),
                        };
                        let surroundings = Surroundings { user_folder: self.owner_folder(&path) };
                        let files = match self.system {
                            System::Windows => windows_files(&entry.command, &surroundings),
                            System::Linux => linux_files(&entry.command),
                        };
                        let name = String::from_utf8_lossy(path.name()).to_lowercase();
                        let is_usual = is_usual(place, &entry.command)
                            || entry.line.is_none() && place.usual.contains(&name.as_str());
                        self.collected.entries.push(Autostart {
                            place,
                            at,
                            files,
                            is_usual,
                            is_switched_off: entry.is_switched_off,
                            command: entry.command,
                        });
                    }
                }
            }
        }
    }

    /// A path as the system itself spells it.
    fn shown(&self, path: &DiskPath) -> String {
        match self.system {
            System::Linux => path.to_string(),
            System::Windows => windows_spelling(path),
        }
    }

    /// Folder of the user whose file it is, as Windows spells it.
    fn owner_folder(&self, path: &DiskPath) -> Option<String> {
        let home = self.homes.iter().find(|home| path.is_within(home))?;
        (self.system == System::Windows).then(|| windows_spelling(home))
    }

    fn expand_homes(&mut self, pattern: &str) -> Vec<DiskPath> {
        let Some(rest) = pattern.strip_prefix('~') else {
            let top = self.top.clone();
            return self.expand(&top, pattern, EntryKind::File);
        };
        let homes = self.homes.clone();
        homes.iter().flat_map(|home| self.expand(home, rest, EntryKind::File)).collect()
    }

    /// Paths below a folder that a pattern stands for.
    fn expand(&mut self, folder: &DiskPath, pattern: &str, wanted: EntryKind) -> Vec<DiskPath> {
        let mut level = vec![folder.clone()];
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        for (index, part) in parts.iter().enumerate() {
            let is_last = index + 1 == parts.len();
            if *part == "**" {
                return self.everything_below(level);
            }
            // On Linux a name without a star is taken as it is; Windows does not care for case.
            if !part.contains('*') && self.system == System::Linux {
                level = level.iter().filter_map(|path| path.join(part.as_bytes()).ok()).collect();
                continue;
            }
            let mut next = Vec::new();
            for path in &level {
                for (name, kind) in self.list(path) {
                    let is_kind = match kind {
                        EntryKind::Link => true,
                        kind if is_last => kind == wanted,
                        kind => kind == EntryKind::Folder,
                    };
                    if is_kind && fits(part, &name, self.system) && next.len() < MAX_FILES {
                        next.extend(path.join(&name));
                    }
                }
            }
            level = next;
        }
        level
    }

    fn list(&mut self, folder: &DiskPath) -> Vec<(Vec<u8>, EntryKind)> {
        match self.disk.list(folder) {
            Ok(mut names) => {
                names.sort_by(|a, b| a.0.cmp(&b.0));
                names
            }
            Err(DiskError::Absent) => Vec::new(),
            Err(error) => {
                self.collected.not_read.push((folder.to_string(), error));
                Vec::new()
            }
        }
    }

    fn everything_below(&mut self, folders: Vec<DiskPath>) -> Vec<DiskPath> {
        let mut files = Vec::new();
        let mut open: Vec<(DiskPath, usize)> = folders.into_iter().map(|it| (it, 0)).collect();
        while let Some((folder, depth)) = open.pop() {
            for (name, kind) in self.list(&folder) {
                let Ok(path) = folder.join(&name) else { continue };
                if kind == EntryKind::File && files.len() < MAX_FILES {
                    files.push(path);
                } else if kind == EntryKind::Folder && depth < MAX_DEPTH {
                    open.push((path, depth + 1));
                } else if kind != EntryKind::Other && kind != EntryKind::Link {
                    self.collected.not_read.push((path.to_string(), DiskError::TooLarge));
                }
            }
        }
        files.sort();
        files
    }

    fn hives(&mut self) {
        let config = "/Windows/System32/config";
        let machine = [(HiveName::Software, "SOFTWARE"), (HiveName::System, "SYSTEM")];
        let top = DiskPath::top();
        for (hive, name) in machine {
            for path in self.expand(&top, &format!("{config}/{name}"), EntryKind::File) {
                self.hive(hive, None, &path);
            }
        }
        self.user_hives();
    }

    fn user_hives(&mut self) {
        for home in self.homes.clone() {
            let owner = String::from_utf8_lossy(home.name()).into_owned();
            for (hive, file) in [
                (HiveName::User, "/NTUSER.DAT"),
                (HiveName::UserClasses, "/AppData/Local/Microsoft/Windows/UsrClass.dat"),
            ] {
                for path in self.expand(&home, file, EntryKind::File) {
                    self.hive(hive, Some(&owner), &path);
                }
            }
        }
    }

    fn hive(&mut self, name: HiveName, owner: Option<&str>, path: &DiskPath) {
        let Some(bytes) = self.read_path(path, MAX_HIVE_BYTES) else { return };
        match Hive::parse(&bytes) {
            Ok(hive) => {
                if !hive.is_clean() {
                    self.collected.stale_hives.push(path.clone());
                }
                collect_registry(name, owner, &hive, &mut self.collected);
            }
            Err(error) => {
                self.collected
                    .not_read
                    .push((path.to_string(), DiskError::Other(error.to_string())));
            }
        }
    }
}

/// `/C:/Users` and `/Users` as Windows spells them; the system's disk is taken to be `C:`.
pub fn windows_spelling(path: &DiskPath) -> String {
    let text = path.to_string().replace('/', "\\");
    let has_drive = text.as_bytes().get(2) == Some(&b':');
    if has_drive { text.trim_start_matches('\\').to_owned() } else { format!("C:{text}") }
}

/// A path as the computer writes it on which it is: with a drive in front it is one of Windows.
pub fn native_spelling(path: &DiskPath) -> String {
    let first = path.names().next().unwrap_or_default();
    if matches!(first, [letter, b':'] if letter.is_ascii_alphabetic()) {
        windows_spelling(path)
    } else {
        path.to_string()
    }
}

/// Whether a name fits a pattern with at most two stars.
fn fits(pattern: &str, name: &[u8], system: System) -> bool {
    let fold = |text: &str| match system {
        System::Windows => text.to_lowercase(),
        System::Linux => text.to_owned(),
    };
    let (pattern, name) = (fold(pattern), fold(&String::from_utf8_lossy(name)));
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(middle) = name.strip_prefix(start) else { return false };
    match rest.split_once('*') {
        None => middle.ends_with(rest),
        Some((inner, end)) => middle
            .find(inner)
            .and_then(|at| middle.get(at + inner.len()..))
            .is_some_and(|tail| tail.ends_with(end)),
    }
}
