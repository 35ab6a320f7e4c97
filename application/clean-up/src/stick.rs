//! A stick that a worm went through.

use std::collections::BTreeSet;

use artifacts::{Disk, DiskPath, EntryKind, Lnk, StickEntry, autorun, stick_signs};
use cleaning::{HIDDEN, Host, SYSTEM, StickFacts, plan_stick};
use host::Computer;

use crate::facts::find;
use crate::plan_file::PlanFile;
use crate::planning::keep_protected;
use crate::signed::Signatures;

/// Bytes of a link that are read.
const MAX_LINK_BYTES: usize = 1 << 20;
/// Bytes of `autorun.inf` that are read.
const MAX_AUTORUN_BYTES: usize = 4 << 20;

/// Makes a plan for a stick whose top is the top of `computer`. It changes nothing.
pub fn make_stick_plan(computer: &mut Computer, root: String, at: i64) -> PlanFile {
    let top = DiskPath::top();
    let names = attributed(computer, &top);
    let mut is_complete = names.is_some();
    let names = names.unwrap_or_default();
    let mut entries = Vec::new();
    for named in &names {
        let name = String::from_utf8_lossy(&named.name).into_owned();
        let attributes = named.attributes.unwrap_or(0);
        let is_link = named.kind == EntryKind::File && name.to_lowercase().ends_with(".lnk");
        let lnk = top.join(&named.name).ok().filter(|_| is_link).and_then(|path| {
            let bytes = Disk::read(computer, &path, MAX_LINK_BYTES);
            is_complete &= bytes.is_ok();
            Lnk::parse(&bytes.ok()?).ok()
        });
        entries.push(StickEntry {
            name,
            is_folder: named.kind == EntryKind::Folder,
            is_hidden: attributes & HIDDEN != 0,
            is_system: attributes & SYSTEM != 0,
            lnk,
        });
    }
    let autorun_path = find(computer, &["autorun.inf"]);
    let autorun_file = autorun_path
        .as_ref()
        .and_then(|path| Disk::read(computer, path, MAX_AUTORUN_BYTES).ok())
        .map(|bytes| autorun(&bytes));
    let signs = stick_signs(&entries, autorun_file.as_ref());
    let launchers: Vec<DiskPath> = signs
        .launchers
        .iter()
        .filter_map(|path| {
            let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
            let path = find(computer, &names)?;
            let node = computer.node(&path).ok()??;
            // A folder that a command names is not what it starts.
            (!matches!(node.kind, cleaning::NodeKind::Folder)).then_some(path)
        })
        .collect();
    let launcher_folders = launcher_folders(computer, &launchers);
    let swallowed = signs
        .swallowed_by
        .and_then(|index| top.join(&names.get(index)?.name).ok())
        .map(|folder| attributed(computer, &folder).unwrap_or_default())
        .unwrap_or_default();
    let pairs = |names: &[Named]| -> Vec<(Vec<u8>, Option<u32>)> {
        names.iter().map(|it| (it.name.clone(), it.attributes)).collect()
    };
    let mut plan = plan_stick(&StickFacts {
        top: &top,
        entries: &pairs(&names),
        signs: &signs,
        launchers: &launchers,
        launcher_folders: &launcher_folders,
        autorun: autorun_path.as_ref(),
        swallowed: &pairs(&swallowed),
    });
    keep_protected(computer, None, &mut Signatures::default(), &mut plan);
    let plan = PlanFile::of(plan, Some(root), at, is_complete);
    PlanFile { is_stick: true, ..plan.settled() }
}

/// Folders below the top in which nothing but launchers lies, innermost first.
fn launcher_folders(computer: &mut Computer, launchers: &[DiskPath]) -> Vec<DiskPath> {
    let mut gone: BTreeSet<DiskPath> = launchers.iter().cloned().collect();
    let mut folders = Vec::new();
    for launcher in launchers {
        let mut at = launcher.parent();
        while let Some(folder) = at.filter(|folder| *folder != DiskPath::top()) {
            let Ok(names) = Disk::list(computer, &folder) else { break };
            let is_gone = |name: &Vec<u8>| folder.join(name).is_ok_and(|path| gone.contains(&path));
            if gone.contains(&folder) || !names.iter().all(|(name, _)| is_gone(name)) {
                break;
            }
            gone.insert(folder.clone());
            at = folder.parent();
            folders.push(folder);
        }
    }
    folders
}

struct Named {
    name: Vec<u8>,
    kind: EntryKind,
    attributes: Option<u32>,
}

/// Names in a folder with their attributes, in order; `None` when it cannot be read.
fn attributed(computer: &mut Computer, folder: &DiskPath) -> Option<Vec<Named>> {
    let mut names = Disk::list(computer, folder).ok()?;
    names.sort_by(|a, b| a.0.cmp(&b.0));
    let mut attributed = Vec::new();
    for (name, kind) in names {
        let path = folder.join(&name).ok();
        let node = path.and_then(|path| computer.node(&path).ok().flatten());
        attributed.push(Named { name, kind, attributes: node.and_then(|node| node.attributes) });
    }
    Some(attributed)
}
