//! What the person asks for.

use std::num::NonZero;
use std::path::{Component, Path, PathBuf};
use std::thread;

use clean_up::disks;
use command_line::bilingual::failure;

/// More threads than these are a slip of the finger.
const MOST_THREADS: usize = 256;

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Args {
    #[command(flatten)]
    looked_for: LookedFor,
    #[arg(id = "clean_trust", long = "trust", value_name = "FILE")]
    trust: Option<PathBuf>,
    #[arg(id = "clean_root", long = "root", value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[arg(id = "clean_quick", long = "quick", conflicts_with = "clean_path")]
    is_quick: bool,
    #[arg(id = "clean_json", long = "json")]
    is_json: bool,
    #[arg(id = "clean_gentle", long = "gentle")]
    is_gentle: bool,
    #[arg(id = "clean_threads", long = "threads", value_name = "N")]
    threads: Option<String>,
    #[arg(id = "clean_no_unpack", long = "no-unpack")]
    no_unpack: bool,
    #[arg(
        id = "clean_memory",
        long = "memory",
        value_name = "FILE",
        conflicts_with = "clean_no_memory"
    )]
    memory: Option<PathBuf>,
    #[arg(id = "clean_no_memory", long = "no-memory")]
    no_memory: bool,
    #[arg(skip)]
    is_stick: bool,
    #[arg(id = "clean_path", value_name = "PATH")]
    places: Vec<PathBuf>,
}

/// What the person asks for, checked.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Choices {
    pub(crate) rules: Vec<PathBuf>,
    pub(crate) indicators: Vec<PathBuf>,
    pub(crate) packs: Vec<PathBuf>,
    pub(crate) trust: Option<PathBuf>,
    pub(crate) places: Vec<PathBuf>,
    /// Whether what starts by itself is looked at too: when no path is named.
    pub(crate) looks_at_computer: bool,
    pub(crate) is_quick: bool,
    pub(crate) root: Option<PathBuf>,
    pub(crate) is_json: bool,
    pub(crate) is_gentle: bool,
    pub(crate) threads: usize,
    pub(crate) unpacks: bool,
    pub(crate) memory: Option<PathBuf>,
}

impl Args {
    /// Whether anything is said about what to look for.
    pub(crate) fn looks_for_something(&self) -> bool {
        !self.looked_for.is_empty()
    }

    /// The folder that another computer's disk is mounted at.
    pub(crate) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Whether the result is for a program.
    pub(crate) fn is_json(&self) -> bool {
        self.is_json
    }

    /// The same of the whole of a stick, none of which is remembered: it goes from PC to PC.
    pub(crate) fn of_stick(self, stick: &Path) -> Self {
        let root = Some(stick.to_owned());
        let is_stick = true;
        Self { root, places: Vec::new(), memory: None, no_memory: true, is_stick, ..self }
    }

    /// The places named.
    pub(crate) fn places(&self) -> &[PathBuf] {
        &self.places
    }

    /// Checks everything that can be checked without opening a file.
    pub(crate) fn choices(self) -> anyhow::Result<Choices> {
        let mut looked_for = self.looked_for;
        if looked_for.is_empty() {
            looked_for.packs = crate::commands::packs::at_hand(self.trust.as_deref())?;
        }
        if looked_for.is_empty() {
            return Err(failure("clean-nothing-to-look-for", &[]));
        }
        let threads = match self.threads.as_deref() {
            Some(typed) => {
                typed.parse().ok().filter(|it| (1..=MOST_THREADS).contains(it)).ok_or_else(
                    || {
                        let values = [("value", typed.into()), ("most", MOST_THREADS.into())];
                        failure("match-threads", &values)
                    },
                )?
            }
            None => thread::available_parallelism().map_or(1, NonZero::get),
        };
        let looks_at_computer = self.places.is_empty() && !self.is_stick;
        let places = match (&self.root, self.places.is_empty()) {
            (Some(root), true) => vec![root.clone()],
            (Some(root), false) => self.places.iter().map(|it| below(root, it)).collect(),
            (None, true) => disks(),
            (None, false) => self.places,
        };
        Ok(Choices {
            rules: looked_for.rules,
            indicators: looked_for.indicators,
            packs: looked_for.packs,
            trust: self.trust,
            places,
            looks_at_computer,
            is_quick: self.is_quick,
            root: self.root,
            is_json: self.is_json,
            is_gentle: self.is_gentle,
            threads,
            unpacks: !self.no_unpack,
            memory: if self.no_memory { None } else { self.memory.or_else(usual_memory) },
        })
    }
}

impl Choices {
    /// Whether what runs is looked at: on this computer, where no place is named.
    pub(super) fn looks_at_running(&self) -> bool {
        self.looks_at_computer && self.root.is_none()
    }

    /// How far the scan goes, as results tell it.
    pub(in super::super) fn scope(&self) -> &'static str {
        let is_computer = self.looks_at_computer && self.root.as_deref().is_none_or(has_system);
        match (is_computer, self.is_quick) {
            (_, true) => "quick",
            (true, false) => "computer",
            (false, false) => "places",
        }
    }
}

/// Whether a disk is one that a computer starts from: a disk of data proves nothing of the computer.
fn has_system(root: &Path) -> bool {
    let has = |path: &str| root.join(path).exists();
    has("Windows/System32") || (has("etc") && (has("usr") || has("etc/machine-id")))
}

/// What a scan looks for.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(skip)]
pub(crate) struct LookedFor {
    #[arg(id = "clean_rules", long = "rules", short = 'r', value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    #[arg(
        id = "clean_indicators",
        long = "indicators",
        short = 'i',
        alias = "hashes",
        value_name = "LIST"
    )]
    pub(crate) indicators: Vec<PathBuf>,
    #[arg(id = "clean_pack", long = "pack", short = 'p', value_name = "FILE")]
    pub(crate) packs: Vec<PathBuf>,
}

impl LookedFor {
    /// Whether it is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.indicators.is_empty() && self.packs.is_empty()
    }
}

impl Choices {
    /// For the window: a place with all that is in it, or the computer.
    pub(crate) fn for_window(
        looked_for: LookedFor,
        place: Option<PathBuf>,
        root: Option<PathBuf>,
        is_quick: bool,
    ) -> Self {
        Self {
            rules: looked_for.rules,
            indicators: looked_for.indicators,
            packs: looked_for.packs,
            trust: None,
            looks_at_computer: place.is_none(),
            // A stick goes from PC to PC: none of it is remembered.
            memory: if root.is_some() { None } else { usual_memory() },
            places: place.map_or_else(disks, |place| vec![place]),
            is_quick,
            root,
            is_json: false,
            is_gentle: false,
            threads: thread::available_parallelism().map_or(1, NonZero::get),
            unpacks: true,
        }
    }
}

/// A path of the system that stands below a root; it never leads out of it.
fn below(root: &Path, path: &Path) -> PathBuf {
    let mut inner = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => inner.push(name),
            Component::ParentDir => {
                inner.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    root.join(inner)
}

/// Where the memory of earlier runs lies unless the person names a place. Without one everything is
/// scanned anew.
fn usual_memory() -> Option<PathBuf> {
    Some(clean_up::state_folder().ok()??.join("scanned"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_root() {
        let check = |path: &str, expected: &str| {
            assert_eq!(below(Path::new("/mnt"), Path::new(path)), PathBuf::from(expected));
        };
        check("/etc/hosts", "/mnt/etc/hosts");
        check("etc", "/mnt/etc");
        check("../../etc", "/mnt/etc");
        check("/a/../../b", "/mnt/b");
    }
}
