//! The top folder of a USB stick that a worm went through: folders hidden, shortcuts in their place.
//!
//! The worms common in Vietnam do one of three things: they hide each folder and put a link or a
//! program of the same name and look beside it; they move everything into one hidden folder, often
//! named by a blank, and leave a link that looks like the drive; they leave `autorun.inf`.

use crate::{Autorun, Lnk};

/// Names that are hidden by Windows or by other systems and not by a worm.
const OWN_HIDDEN: [&str; 16] = [
    "system volume information",
    "$recycle.bin",
    "recycler",
    "recycled",
    "desktop.ini",
    "thumbs.db",
    "autorun.inf",
    "found.000",
    "wpsettings.dat",
    "indexervolumeguid",
    "msdownld.tmp",
    "bootmgr",
    "pagefile.sys",
    "hiberfil.sys",
    "lost+found",
    "lost.dir",
];
/// Programs of Windows that a link starts to start something else.
const STARTERS: [&str; 12] = [
    "cmd.exe",
    "wscript.exe",
    "cscript.exe",
    "rundll32.exe",
    "powershell.exe",
    "mshta.exe",
    "regsvr32.exe",
    "explorer.exe",
    "conhost.exe",
    "pwsh.exe",
    "msiexec.exe",
    "forfiles.exe",
];

/// Something in the top folder of a stick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StickEntry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Whether it is hidden.
    pub is_hidden: bool,
    /// Whether it is marked as the system's.
    pub is_system: bool,
    /// What it says, where it is a link.
    pub lnk: Option<Lnk>,
}

/// What a worm did to a stick. Numbers are indices of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StickSigns {
    /// Links and programs that pose as something hidden, with their hidden twin.
    pub decoys: Vec<Decoy>,
    /// Files that the decoys or `autorun.inf` start, as paths from the top of the stick with `/`.
    pub launchers: Vec<String>,
    /// Folders and files of the user that were hidden.
    pub hidden: Vec<usize>,
    /// A folder with a blank for a name into which everything was moved.
    pub swallowed_by: Option<usize>,
    /// Whether `autorun.inf` starts something on the stick.
    pub has_autorun: bool,
}

/// A link or program that poses as something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoy {
    /// The decoy.
    pub entry: usize,
    /// What it poses as.
    pub twin: usize,
    /// How sure it is.
    pub how: DecoyKind,
}

/// By what a decoy is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecoyKind {
    /// A link that starts a file of the stick and has the name of something hidden.
    LinkStartsFile,
    /// A link that looks like the drive and leads into the folder that swallowed everything.
    FakeDrive,
    /// A program with the name of a hidden folder. Likely, no more: a person may have both.
    ProgramNamedAsFolder,
}

/// Reads the signs off a listing of the top folder.
pub fn stick_signs(entries: &[StickEntry], autorun: Option<&Autorun>) -> StickSigns {
    let mut signs = StickSigns::default();
    for command in autorun.iter().flat_map(|autorun| &autorun.commands) {
        signs.has_autorun = true;
        push_new(&mut signs.launchers, files_of(command));
    }
    let hidden: Vec<usize> = (0..entries.len()).filter(|index| is_users(entries, *index)).collect();
    signs.swallowed_by = hidden
        .iter()
        .copied()
        .find(|index| entries.get(*index).is_some_and(|it| it.is_folder && is_blank(&it.name)));
    for (index, entry) in entries.iter().enumerate() {
        if let Some(lnk) = &entry.lnk {
            let files = files_of(&lnk.command());
            let starts_other = starts_something(lnk) && !files.is_empty();
            let stem = stem(&entry.name);
            let twin = hidden.iter().copied().find(|hidden| {
                entries
                    .get(*hidden)
                    .is_some_and(|it| same(&it.name, stem) || same(self::stem(&it.name), stem))
            });
            let (twin, how) = match (twin, signs.swallowed_by) {
                (Some(twin), _) => (twin, DecoyKind::LinkStartsFile),
                (None, Some(folder)) => (folder, DecoyKind::FakeDrive),
                (None, None) => continue,
            };
            if starts_other {
                signs.decoys.push(Decoy { entry: index, twin, how });
                push_new(&mut signs.launchers, files);
            }
        } else if !entry.is_folder && !entry.is_hidden && crate::names::is_started(&entry.name) {
            let twin = hidden.iter().copied().find(|hidden| {
                entries
                    .get(*hidden)
                    .is_some_and(|it| it.is_folder && same(&it.name, stem(&entry.name)))
            });
            if let Some(twin) = twin {
                signs.decoys.push(Decoy {
                    entry: index,
                    twin,
                    how: DecoyKind::ProgramNamedAsFolder,
                });
            }
        }
    }
    // A launcher is named by a file, never by something the user has: a folder stays, and so does what
    // a decoy opens so that nobody wonders, which is its twin.
    let twins: Vec<usize> = signs.decoys.iter().map(|decoy| decoy.twin).collect();
    let is_twin = |path: &str| {
        twins.iter().any(|twin| entries.get(*twin).is_some_and(|it| same(&it.name, path)))
    };
    signs.launchers.retain(|path| {
        !is_twin(path) && (crate::names::is_started(path) || is_carrier(entries, path))
    });
    let is_launcher = |name: &str| signs.launchers.iter().any(|path| same(path, name));
    let top_of_launcher = |name: &str| {
        signs
            .launchers
            .iter()
            .any(|path| path.split_once('/').is_some_and(|(top, _)| same(top, name)))
    };
    signs.hidden = hidden
        .into_iter()
        .filter(|index| {
            let Some(entry) = entries.get(*index) else { return false };
            // What hides the launcher stays hidden unless a decoy stands for it.
            twins.contains(index) || !(is_launcher(&entry.name) || top_of_launcher(&entry.name))
        })
        .collect();
    signs
}

/// A file with an ending of its own making that a starter is told to run, such as `~$W.FAT32`.
fn is_carrier(entries: &[StickEntry], path: &str) -> bool {
    let mut named = entries.iter().filter(|entry| !entry.is_folder && same(&entry.name, path));
    path.contains('/') || named.any(|entry| entry.is_hidden)
}

/// Hidden, and not by the system.
fn is_users(entries: &[StickEntry], index: usize) -> bool {
    let Some(entry) = entries.get(index) else { return false };
    let name = entry.name.to_lowercase();
    let is_own = OWN_HIDDEN.contains(&name.as_str()) || name.starts_with(['.', '~']);
    entry.is_hidden && !is_own && entry.lnk.is_none()
}

/// Whether a name shows nothing: blanks of any kind.
pub fn is_blank(name: &str) -> bool {
    let blank = |c: char| {
        c.is_whitespace()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{3164}' | '_')
    };
    !name.is_empty() && name.chars().all(blank)
}

/// Whether a link runs a program to run another.
fn starts_something(lnk: &Lnk) -> bool {
    let target = lnk.target().unwrap_or_default().replace('/', "\\").to_lowercase();
    let name = target.rsplit('\\').next().unwrap_or_default();
    let is_starter = STARTERS.contains(&name) || target.contains("%comspec%");
    is_starter || crate::names::is_started(name)
}

/// Files relative to the stick that a command names.
fn files_of(command: &str) -> Vec<String> {
    let text = command.replace(['&', '|', ',', ';', '(', ')'], " ");
    let mut found = Vec::new();
    for word in crate::command_line::words(&text) {
        let word = word.replace('\\', "/");
        let bare = word.trim_start_matches("%cd%").trim_start_matches("./").trim_start_matches('/');
        // `E:\x.vbs` names the stick by a letter that changes.
        let bare = match bare.as_bytes() {
            [drive, b':', b'/', ..] if drive.is_ascii_alphabetic() => {
                bare.get(3..).unwrap_or_default()
            }
            _ => bare,
        };
        let name = bare.rsplit('/').next().unwrap_or_default().to_lowercase();
        let of_windows = bare.to_lowercase().starts_with("windows/") || bare.contains('%');
        let is_file = name.contains('.') && !name.starts_with('.') && !bare.contains(':');
        let is_option =
            word.starts_with("//") || (word.starts_with('/') && !bare.contains(['/', '.']));
        if is_file && !is_option && !of_windows && !STARTERS.contains(&name.as_str()) {
            found.push(bare.to_owned());
        }
    }
    found
}

fn push_new(list: &mut Vec<String>, new: Vec<String>) {
    for path in new {
        if !list.iter().any(|known| same(known, &path)) && list.len() < 64 {
            list.push(path);
        }
    }
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(
        name: &str,
        is_folder: bool,
        is_hidden: bool,
        command: Option<(&str, &str)>,
    ) -> StickEntry {
        let lnk = command.map(|(target, arguments)| Lnk {
            items_path: Some(target.to_owned()),
            arguments: Some(arguments.to_owned()),
            ..Lnk::default()
        });
        StickEntry { name: name.to_owned(), is_folder, is_hidden, is_system: is_hidden, lnk }
    }

    #[test]
    fn decoys_are_matched_to_their_twins() {
        let cmd = "C:\\Windows\\System32\\cmd.exe";
        let entries = [
            entry("Tài liệu", true, true, None),
            entry(
                "Tài liệu.lnk",
                false,
                false,
                Some((cmd, "/c start x\\y.vbs & explorer \"Tài liệu\"")),
            ),
            entry("x", true, true, None),
            entry("ảnh.jpg", false, true, None),
            entry("ảnh.lnk", false, false, Some((cmd, "/c start x\\y.vbs"))),
            entry("System Volume Information", true, true, None),
            entry("của tôi.lnk", false, false, Some(("C:\\Program Files\\A\\a.exe", ""))),
            entry("Báo cáo.exe", false, false, None),
            entry("Báo cáo", true, true, None),
            entry("thư.docx", false, false, None),
        ];
        let signs = stick_signs(&entries, None);
        let decoys: Vec<_> = signs.decoys.iter().map(|decoy| (decoy.entry, decoy.twin)).collect();
        assert_eq!(decoys, [(1, 0), (4, 3), (7, 8)]);
        assert_eq!(signs.launchers, ["x/y.vbs"]);
        assert_eq!(signs.hidden, [0, 3, 8]);
        assert_eq!(signs.swallowed_by, None);
    }

    /// A decoy of a file opens the file as well, which is no part of the worm.
    #[test]
    fn what_a_decoy_stands_for_is_no_launcher() {
        let cmd = "C:\\Windows\\System32\\cmd.exe";
        let entries = [
            entry("thư.docx", false, true, None),
            entry(
                "thư.docx.lnk",
                false,
                false,
                Some((cmd, "/c start w.vbs&start explorer \"thư.docx\"&exit")),
            ),
            entry("w.vbs", false, true, None),
        ];
        let signs = stick_signs(&entries, None);
        assert_eq!(signs.launchers, ["w.vbs"]);
        assert_eq!(signs.hidden, [0]);
    }

    #[test]
    fn a_fake_drive_leads_into_the_blank_folder() {
        let rundll = "C:\\Windows\\System32\\rundll32.exe";
        let entries = [
            entry("\u{a0}", true, true, None),
            entry("Removable Disk (8GB).lnk", false, false, Some((rundll, "~$WJ.FAT32,crys"))),
            entry("~$WJ.FAT32", false, true, None),
        ];
        let signs = stick_signs(&entries, None);
        assert_eq!(signs.decoys, [Decoy { entry: 1, twin: 0, how: DecoyKind::FakeDrive }]);
        assert_eq!((signs.swallowed_by, signs.launchers), (Some(0), vec!["~$WJ.FAT32".to_owned()]));
        assert_eq!(signs.hidden, [0]);
    }

    #[test]
    fn a_clean_stick_has_no_signs() {
        let entries = [
            entry("Tài liệu", true, false, None),
            entry("Tài liệu.lnk", false, false, Some(("E:\\Tài liệu", ""))),
            entry("a.exe", false, false, None),
            entry(".Trash-1000", true, true, None),
        ];
        assert_eq!(stick_signs(&entries, None), StickSigns::default());
    }

    #[test]
    fn autorun_names_its_launcher() {
        let autorun = crate::autorun(b"[autorun]\nopen=RECYCLER\\S-1-5\\x.exe\n");
        let signs = stick_signs(&[], Some(&autorun));
        assert_eq!(signs.launchers, ["RECYCLER/S-1-5/x.exe"]);
        assert!(signs.has_autorun);
    }
}
