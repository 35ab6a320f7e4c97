//! Where a program can enter itself to be started, as data.

mod linux;
mod windows;

/// The operating system of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    /// Windows.
    Windows,
    /// Linux.
    Linux,
}

/// Which hive a key is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HiveName {
    /// `HKLM\SOFTWARE`.
    Software,
    /// `HKLM\SYSTEM`.
    System,
    /// `HKCU` of each user: `NTUSER.DAT`.
    User,
    /// `HKCU\Software\Classes` of each user: `UsrClass.dat`.
    UserClasses,
}

/// Which values of a key are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Each value.
    All,
    /// The value of this name; the default value for an empty one.
    Named(&'static str),
    /// The subkey's own name, a class identifier.
    KeyName,
}

/// What a value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// One command line or file.
    Command,
    /// Several, separated by commas, or a list of strings.
    List,
    /// Several, separated by spaces or commas.
    Words,
    /// A class identifier, which leads to a file.
    ClassId,
    /// Pairs of files to move or delete at the next start.
    Renames,
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// The file itself is started; a shell link or Internet shortcut is read for its target.
    Program,
    /// The XML of a scheduled task.
    TaskXml,
    /// A task of old Windows (`.job`).
    Job,
    /// The repository of WMI, searched for consumers of events.
    WmiRepository,
    /// `0CmdLine=` lines of group policy.
    PolicyScripts,
    /// A cron table; with the user in the sixth column or not.
    Cron {
        /// Whether the sixth column is a user.
        has_user: bool,
    },
    /// `id:runlevels:action:process` lines.
    Inittab,
    /// A systemd unit: its `Exec…=` lines.
    Unit,
    /// A `.desktop` or D-Bus service file: its `Exec=` line.
    Desktop,
    /// Lines of a shell script.
    Script,
    /// One file a word.
    Words,
    /// Keys that may log in, each perhaps with a command.
    AuthorizedKeys,
    /// Directives that name a command: `AuthorizedKeysCommand`, `ForceCommand`.
    SshdConfig,
    /// `RUN+=` of device rules.
    Udev,
    /// One kernel module a line.
    Modules,
    /// `install NAME command` lines.
    Modprobe,
    /// Lines of PAM that run a program.
    Pam,
    /// Hooks of APT.
    AptHooks,
    /// `kernel.core_pattern` and other settings that name a program.
    Sysctl,
    /// `NAME=value` lines with `LD_PRELOAD` and the like.
    Environment,
    /// `server = …` lines of xinetd, lines of inetd.
    Inetd,
}

/// Where an entry is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Values of keys of a hive. `*` in the key stands for any one subkey.
    Registry {
        /// The hive.
        hive: HiveName,
        /// The key below its root; that of the system hive below the current control set.
        key: &'static str,
        /// Which values.
        values: Values,
        /// What they hold.
        holds: Holds,
    },
    /// Files. `*` in a name stands for anything, `**` for any depth, `~` for each user's folder.
    Files {
        /// Where they are.
        at: &'static [&'static str],
        /// How they are read.
        form: FileForm,
    },
}

/// How an entry is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remover {
    /// The value is deleted.
    DeleteValue,
    /// The value gets what Windows has there.
    RestoreValue,
    /// The entry is taken out of the list in the value.
    TakeFromList,
    /// The key is deleted with everything in it.
    DeleteKey,
    /// The service is switched off: `Start` becomes 4.
    DisableService,
    /// The file goes into quarantine.
    QuarantineFile,
    /// The task's file goes into quarantine, its keys in the registry are deleted.
    DeleteTask,
    /// The line is taken out of the file.
    DeleteLine,
    /// The unit goes into quarantine together with the links that switch it on.
    RemoveUnit,
    /// Nothing is changed; the person is told what to do.
    ByHand,
}

impl Remover {
    /// Short name, for files and messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::DeleteValue => "delete-value",
            Self::RestoreValue => "restore-value",
            Self::TakeFromList => "take-from-list",
            Self::DeleteKey => "delete-key",
            Self::DisableService => "disable-service",
            Self::QuarantineFile => "quarantine-file",
            Self::DeleteTask => "delete-task",
            Self::DeleteLine => "delete-line",
            Self::RemoveUnit => "remove-unit",
            Self::ByHand => "by-hand",
        }
    }
}

/// One place where a program can enter itself to be started.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// Short name, never reused.
    pub id: &'static str,
    /// System it belongs to.
    pub system: System,
    /// Technique of MITRE ATT&CK that the place is known by.
    pub technique: &'static str,
    /// Where its entries are.
    pub source: Source,
    /// How an entry is taken out.
    pub remover: Remover,
    /// What a fresh system has there, in lower case: whole entries, or the last name of the file.
    pub usual: &'static [&'static str],
}

impl Place {
    /// The place with this short name.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        PLACES.iter().find(|place| place.id == id)
    }

    /// What a fresh Windows has in the value, where that is what is put back.
    pub fn fresh_text(&self) -> Option<&'static str> {
        windows::FRESH.iter().find(|(id, _)| *id == self.id).map(|(_, text)| *text)
    }
}

/// Every place that is read, Windows first.
#[expect(clippy::indexing_slicing, reason = "a wrong index fails the build, not the program")]
pub static PLACES: &[Place] = &{
    const LENGTH: usize = windows::PLACES.len() + linux::PLACES.len();
    const FIRST: Place = windows::run("", HiveName::Software, "", "");
    let mut all = [FIRST; LENGTH];
    let mut index = 0;
    while index < LENGTH {
        let from = if index < windows::PLACES.len() {
            &windows::PLACES[index]
        } else {
            &linux::PLACES[index - windows::PLACES.len()]
        };
        all[index] = Place { ..*from };
        index += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_techniques_are_written_right() {
        let ids: BTreeSet<_> = PLACES.iter().map(|place| place.id).collect();
        assert_eq!(ids.len(), PLACES.len());
        for place in PLACES {
            let (technique, part) =
                place.technique.split_once('.').unwrap_or((place.technique, "001"));
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            assert!(technique.len() == 5 && technique.starts_with('T'), "{}", place.id);
            assert!(
                part.len() == 3 && is_number(part) && is_number(technique.trim_start_matches('T')),
                "{}",
                place.id
            );
            assert!(place.usual.iter().all(|usual| usual.to_lowercase() == *usual), "{}", place.id);
        }
    }

    #[test]
    fn what_is_restored_is_known() {
        for place in PLACES.iter().filter(|place| place.remover == Remover::RestoreValue) {
            assert!(!place.usual.is_empty(), "{} has no usual value", place.id);
            assert!(place.fresh_text().is_some(), "{} has no fresh value", place.id);
        }
    }
}
