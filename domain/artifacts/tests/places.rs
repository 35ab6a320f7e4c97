//! Every place yields the entry that was planted there: in hives that hivex wrote and in files.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "test helpers may panic and read files"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use artifacts::{
    At, Collected, Disk, DiskError, DiskPath, EntryKind, FileForm, HiveName, Holds, PLACES, Place,
    Source, System, Values, collect,
};

const TESTDATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata");
const HIVES: [(HiveName, &str); 4] = [
    (HiveName::Software, "software"),
    (HiveName::System, "system"),
    (HiveName::User, "user"),
    (HiveName::UserClasses, "user-classes"),
];

/// A disk in memory.
#[derive(Default)]
struct FakeDisk(BTreeMap<DiskPath, Vec<u8>>);

impl FakeDisk {
    fn put(&mut self, path: &str, bytes: &[u8]) {
        self.0.insert(DiskPath::parse(path.as_bytes()).unwrap(), bytes.to_vec());
    }
}

impl Disk for FakeDisk {
    fn list(&mut self, folder: &DiskPath) -> Result<Vec<(Vec<u8>, EntryKind)>, DiskError> {
        let mut names = BTreeMap::new();
        for path in self.0.keys().filter(|path| path.is_within(folder) && *path != folder) {
            let depth = folder.names().count();
            let is_file = path.names().count() == depth + 1;
            let kind = if is_file { EntryKind::File } else { EntryKind::Folder };
            names.insert(path.names().nth(depth).unwrap().to_vec(), kind);
        }
        if names.is_empty() { Err(DiskError::Absent) } else { Ok(names.into_iter().collect()) }
    }

    fn read(&mut self, path: &DiskPath, max_bytes: usize) -> Result<Vec<u8>, DiskError> {
        let bytes = self.0.get(path).ok_or(DiskError::Absent)?;
        if bytes.len() > max_bytes { Err(DiskError::TooLarge) } else { Ok(bytes.clone()) }
    }
}

/// Key, value name and what is planted at a place of the registry.
fn planted(place: &Place) -> Option<(HiveName, String, &'static str, String, bool)> {
    let Source::Registry { hive, key, values, holds } = place.source else { return None };
    // `{…}` so that it also is a class identifier.
    let key = key.replace('*', "{planted}");
    let key = if hive == HiveName::System { format!("ControlSet001\\{key}") } else { key };
    let name = match values {
        Values::All => "Planted",
        Values::Named(name) => name,
        Values::KeyName => "",
    };
    let command = match (values, holds) {
        (Values::KeyName, _) => "{planted}".to_owned(),
        _ => format!("C:\\planted\\{}.exe", place.id),
    };
    Some((hive, key, name, command, matches!(holds, Holds::Renames)))
}

/// The registry text of one hive.
fn registry_text(wanted: HiveName) -> String {
    let mut text = "Windows Registry Editor Version 5.00\n".to_owned();
    let mut keys: BTreeMap<String, Vec<(&str, String, bool)>> = BTreeMap::new();
    for (hive, key, name, command, is_list) in PLACES.iter().filter_map(planted) {
        if hive == wanted {
            // Every key above has to be there.
            for (at, _) in key.match_indices('\\') {
                keys.entry(key[..at].to_owned()).or_default();
            }
            keys.entry(key).or_default().push((name, command, is_list));
        }
    }
    if wanted == HiveName::System {
        keys.entry("Select".to_owned()).or_default();
    }
    for (key, values) in keys {
        write!(text, "\n[\\{key}]\n").unwrap();
        if key == "Select" {
            text.push_str("\"Current\"=dword:00000001\n");
        }
        for (name, command, is_list) in values {
            let name = if name.is_empty() { "@".to_owned() } else { format!("\"{name}\"") };
            if is_list {
                let wide = format!("\\??\\{command}\0\0").encode_utf16().collect::<Vec<_>>();
                let hex: Vec<_> = wide
                    .into_iter()
                    .flat_map(u16::to_le_bytes)
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                writeln!(text, "{name}=hex(7):{}", hex.join(",")).unwrap();
            } else {
                writeln!(text, "{name}=\"{}\"", command.replace('\\', "\\\\")).unwrap();
            }
        }
    }
    text
}

#[test]
fn the_hives_are_made_from_the_places_of_today() {
    for (hive, name) in HIVES {
        let path = Path::new(TESTDATA).join(format!("hives/{name}.reg"));
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            fs::write(&path, registry_text(hive)).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, registry_text(hive), "UPDATE_FIXTURES=1, then testdata/make-hives");
    }
}

fn windows_disk() -> FakeDisk {
    let mut disk = FakeDisk::default();
    let hive =
        |name: &str| fs::read(Path::new(TESTDATA).join(format!("hives/{name}.hive"))).unwrap();
    disk.put("/Windows/System32/config/SOFTWARE", &hive("software"));
    disk.put("/WINDOWS/system32/config/System", &hive("system"));
    disk.put("/Users/An/ntuser.dat", &hive("user"));
    disk.put("/Users/An/AppData/Local/Microsoft/Windows/UsrClass.dat", &hive("user-classes"));
    disk
}

/// The entries of a place.
fn at<'c>(collected: &'c Collected, id: &str) -> Vec<&'c artifacts::Autostart> {
    collected.entries.iter().filter(|entry| entry.place.id == id).collect()
}

#[test]
fn every_place_of_the_registry_yields_what_was_planted() {
    // Two spellings of one folder: a disk of Windows does not care, this fake one keeps both.
    let mut disk = windows_disk();
    let system = disk.0.remove(&DiskPath::parse(b"/WINDOWS/system32/config/System").unwrap());
    disk.put("/Windows/System32/config/SYSTEM", &system.unwrap());
    let collected = collect(System::Windows, &mut disk);
    assert_eq!((&collected.not_read, &collected.stale_hives), (&vec![], &vec![]));
    let mut checked = 0;
    for place in PLACES {
        let Some((hive, key, name, command, is_list)) = planted(place) else { continue };
        let entries = at(&collected, place.id);
        let owner = matches!(hive, HiveName::User | HiveName::UserClasses).then(|| "An".to_owned());
        let value = if name.is_empty() { String::new() } else { name.to_owned() };
        let wanted = At::Registry { hive, owner, key, value };
        let found = entries.iter().find(|entry| entry.at == wanted);
        let found = found.unwrap_or_else(|| panic!("{}: {entries:?}", place.id));
        let prefix = if is_list { "\\??\\" } else { "" };
        assert_eq!(found.command, format!("{prefix}{command}"), "{}", place.id);
        if command.starts_with("C:") {
            let file = format!("c:\\planted\\{}.exe", place.id);
            assert!(found.files.contains(&file), "{}: {:?}", place.id, found.files);
        }
        assert!(!found.is_usual && !found.is_switched_off, "{}", place.id);
        checked += 1;
    }
    assert!(checked >= 60, "{checked}");
}

/// A file that names `/planted/ID` in the way of its form, and the command expected of it.
fn planted_file(place: &Place, form: FileForm, path: &str) -> (Vec<u8>, String) {
    let program = match place.system {
        System::Linux => format!("/planted/{}", place.id),
        System::Windows => format!("C:\\planted\\{}.exe", place.id),
    };
    let text = match form {
        FileForm::Program => return (b"x".to_vec(), path.to_owned()),

        FileForm::TaskXml => {
            format!("<Task><Actions><Exec><Command>{program}</Command></Exec></Actions></Task>")
        }
        FileForm::Job => return (job(&program), program),
        FileForm::WmiRepository => {
            return (
                b"..CommandLineEventConsumer.Name=\"Planted\"..".to_vec(),
                "Planted".to_owned(),
            );
        }
        FileForm::PolicyScripts => format!("[Startup]\n0CmdLine={program}\n"),
        FileForm::Cron { has_user: true } => format!("# c\n* * * * * root {program}\n"),
        FileForm::Cron { has_user: false } => format!("@reboot {program}\n"),
        FileForm::Inittab => format!("x:2:respawn:{program}\n"),
        FileForm::Unit => format!("[Service]\nExecStart={program}\n"),
        FileForm::Desktop => format!("[Desktop Entry]\nExec={program}\n"),
        FileForm::Script | FileForm::Words | FileForm::Modules => format!("{program}\n"),
        FileForm::AuthorizedKeys => {
            let line = format!("command=\"{program}\" ssh-ed25519 AAAA test");
            return (line.clone().into_bytes(), line);
        }
        FileForm::SshdConfig => format!("Port 22\nForceCommand {program}\n"),
        FileForm::Udev => format!("ACTION==\"add\", RUN+=\"{program}\"\n"),
        FileForm::Modprobe => format!("install usb {program}\n"),
        FileForm::Pam => {
            let line = format!("auth required pam_exec.so {program}");
            return (line.clone().into_bytes(), line);
        }
        FileForm::AptHooks => format!("DPkg::Post-Invoke {{\"{program}\";}};\n"),
        FileForm::Sysctl => format!("kernel.core_pattern={program}\n"),
        FileForm::Environment => format!("LD_PRELOAD={program}\n"),
        FileForm::Inetd => format!("x stream tcp nowait root {program}\n"),
    };
    (text.into_bytes(), program)
}

/// A task of old Windows with this program, after the published description of the format.
fn job(program: &str) -> Vec<u8> {
    let mut bytes = vec![0; 0x46];
    bytes[20..22].copy_from_slice(&0x46_u16.to_le_bytes());
    for text in [program, ""] {
        let wide: Vec<u16> = text.encode_utf16().chain([0]).collect();
        bytes.extend(u16::try_from(wide.len()).unwrap().to_le_bytes());
        bytes.extend(wide.into_iter().flat_map(u16::to_le_bytes));
    }
    bytes
}

#[test]
fn every_place_of_files_yields_what_was_planted() {
    let mut checked = BTreeMap::new();
    for place in PLACES {
        let Source::Files { at: patterns, form } = place.source else { continue };
        for pattern in patterns {
            let home = if place.system == System::Windows { "/Users/An" } else { "/home/an" };
            let path = pattern.replace("**", "A/B").replace('*', "3x").replacen('~', home, 1);
            let shown = match place.system {
                System::Linux => path.clone(),
                System::Windows => format!("C:{}", path.replace('/', "\\")),
            };
            let (bytes, command) = planted_file(place, form, &shown);
            let mut disk = FakeDisk::default();
            disk.put(&path, &bytes);
            let collected = collect(place.system, &mut disk);
            let entries = at(&collected, place.id);
            assert_eq!(entries.len(), 1, "{} {path}: {collected:?}", place.id);
            assert_eq!(entries[0].command, command, "{} {path}", place.id);
            assert!(!entries[0].is_usual, "{} {path}", place.id);
            *checked.entry(place.system).or_insert(0) += 1;
        }
    }
    assert!(checked[&System::Linux] >= 36 && checked[&System::Windows] >= 8, "{checked:?}");
}

#[test]
fn what_is_missing_or_damaged_is_said() {
    let mut disk = FakeDisk::default();
    disk.put("/Windows/System32/config/SOFTWARE", b"regf but cut");
    let collected = collect(System::Windows, &mut disk);
    let [(path, error)] = collected.not_read.as_slice() else { panic!("{collected:?}") };
    assert_eq!(path, "/Windows/System32/config/SOFTWARE");
    assert!(matches!(error, DiskError::Other(_)));

    let mut bytes = fs::read(Path::new(TESTDATA).join("hives/software.hive")).unwrap();
    bytes[4] ^= 0xff;
    disk.put("/Windows/System32/config/SOFTWARE", &bytes);
    assert_eq!(collect(System::Windows, &mut disk).stale_hives.len(), 1);
}

/// The page of the places, as it must be.
fn page() -> String {
    let mut page = "# Autostart places\n\n\
        Where `lamsach-clean` looks for programs that start by themselves, and how it takes an entry out.\n\
        `apps` names what Windows or Linux starts; a test holds this page to the program.\n\
        `*` is any one name, `**` any depth, `~` each user's folder. Keys of the system hive stand below\n\
        the control set in use. Techniques are those of MITRE ATT&CK. WMI consumers are found by their\n\
        marks in the repository only, which also keeps deleted ones: look again on the running PC.\n"
        .replace("`apps` names what Windows or Linux starts; a test", "A test");
    for (system, title) in [(System::Windows, "Windows"), (System::Linux, "Linux")] {
        let places = PLACES.iter().filter(|place| place.system == system);
        let count = places.clone().count();
        write!(page, "\n## {title}: {count} places\n\n| place | where | technique | taken out by |\n| --- | --- | --- | --- |\n").unwrap();
        for place in places {
            let place_text = match place.source {
                Source::Files { at, .. } => {
                    at.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
                }
                Source::Registry { hive, key, values, .. } => {
                    let hive = match hive {
                        HiveName::Software => "HKLM\\SOFTWARE",
                        HiveName::System => "HKLM\\SYSTEM\\CurrentControlSet",
                        HiveName::User => "HKCU",
                        HiveName::UserClasses => "HKCU\\Software\\Classes",
                    };
                    let value = match values {
                        Values::All => "each value".to_owned(),
                        Values::KeyName => "each key".to_owned(),
                        Values::Named("") => "default value".to_owned(),
                        Values::Named(name) => format!("value `{name}`"),
                    };
                    format!("`{hive}\\{key}`, {value}")
                }
            };
            let remover = place.remover.code();
            writeln!(page, "| {} | {place_text} | {} | {remover} |", place.id, place.technique)
                .unwrap();
        }
    }
    page
}

#[test]
fn the_page_lists_every_place() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/autostarts.md");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        fs::write(path, page()).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), page(), "UPDATE_FIXTURES=1 writes it");
}
