//! Runs of a keeper: gone on with where they were stopped, told apart, and one program at a time.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use clean_up::{CleanUpError, Computer, HostError, Keeper, Outcome, PlanFile, Purge, Purged};

const PLAN: &str = r#"{ "lamsach_plan": 1, "made_at": "2026-11-27T00:00:00Z", "root": "/disk",
    "is_complete": true, "stays": [], "steps": [
    { "reason": "found", "what": "x", "change": "quarantine", "path": "/a", "sha256": null },
    { "reason": "found", "what": "x", "change": "quarantine", "path": "/b", "sha256": null },
    { "reason": "found", "what": "x", "change": "quarantine", "path": "/c", "sha256": null } ] }"#;

fn world() -> (tempfile::TempDir, PathBuf, PlanFile) {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    for name in ["a", "b", "c"] {
        fs::write(disk.join(name), name).unwrap();
    }
    (folder, disk, PlanFile::read(PLAN.as_bytes()).unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A journal that ends behind each of its lines, and in the middle of each, as a stop leaves it.
#[test]
fn the_same_plan_goes_on_with_the_run_that_was_stopped() {
    for cut in 1..9 {
        for is_torn in [false, true] {
            let (folder, disk, plan) = world();
            let store = folder.path().join("store");
            let mut computer = Computer::open(Some(&disk)).unwrap();
            let mut keeper = Keeper::open(&store).unwrap();
            let first = keeper.apply(&mut computer, &plan, 1_000).unwrap();
            assert!(names(&disk).is_empty());
            let journal = store.join(format!("journals/{}.journal", first.run));
            let whole = fs::read(&journal).unwrap();
            let mut lines = whole.split_inclusive(|byte| *byte == b'\n');
            let mut kept: Vec<u8> = lines.by_ref().take(cut).flatten().copied().collect();
            let Some(next) = lines.next() else { break };
            if is_torn {
                kept.extend(&next[..next.len() / 2]);
            }
            fs::write(&journal, kept).unwrap();
            // With what was not yet written down not yet done.
            let done = (cut - 1) / 2;
            for name in ["a", "b", "c"].iter().skip(done + 1 - cut % 2) {
                fs::write(disk.join(name), name).unwrap();
            }
            assert!(!keeper.run(&first.run).unwrap().is_ended);
            let again = keeper.apply(&mut computer, &plan, 2_000).unwrap();
            assert_eq!(again.run, first.run, "cut behind {cut}");
            assert!(again.outcomes.iter().all(|it| it.2 == Outcome::Done), "{cut}: {again:?}");
            assert!(names(&disk).is_empty(), "{cut}");
            assert_eq!(keeper.runs().unwrap().0.len(), 1);
            keeper.undo(&mut computer, &first.run).unwrap();
            assert_eq!(names(&disk), ["a", "b", "c"], "{cut}");
        }
    }
}

#[test]
fn another_run_has_another_name_and_the_last_one_is_undone_first() {
    let (folder, disk, plan) = world();
    let mut computer = Computer::open(Some(&disk)).unwrap();
    let mut keeper = Keeper::open(&folder.path().join("store")).unwrap();
    let first = keeper.apply(&mut computer, &plan, 1_000).unwrap();
    fs::write(disk.join("b"), "again").unwrap();
    let second = keeper.apply(&mut computer, &plan, 1_000).unwrap();
    assert_ne!(first.run, second.run);
    assert_eq!(second.outcomes[0].2, Outcome::Skipped(HostError::Absent));
    assert_eq!(keeper.last_run().unwrap().name, second.run);
    keeper.undo(&mut computer, &second.run).unwrap();
    assert_eq!(fs::read(disk.join("b")).unwrap(), b"again");
    assert_eq!(keeper.last_run().unwrap().name, first.run);
    let report = keeper.undo(&mut computer, &first.run).unwrap();
    let kept = report.outcomes.iter().filter(|it| it.2 == Outcome::Kept(HostError::Exists));
    assert_eq!(kept.count(), 1, "what is there by now was overwritten");
    // A run whose file still waits is offered again; one that is undone is not.
    assert_eq!(keeper.last_run().unwrap().name, first.run);
    fs::remove_file(disk.join("b")).unwrap();
    keeper.undo(&mut computer, &first.run).unwrap();
    assert!(matches!(keeper.last_run(), Err(CleanUpError::NothingToUndo)));
}

#[test]
fn old_runs_are_purged_and_one_program_is_at_work() {
    let (folder, disk, plan) = world();
    let store = folder.path().join("store");
    let mut computer = Computer::open(Some(&disk)).unwrap();
    let mut keeper = Keeper::open(&store).unwrap();
    assert!(matches!(Keeper::open(&store), Err(CleanUpError::Busy)));
    keeper.apply(&mut computer, &plan, 1_000).unwrap();
    fs::write(disk.join("a"), "later").unwrap();
    keeper.apply(&mut computer, &plan, 5_000).unwrap();
    let purged = keeper.purge(&Purge::Before(2_000)).unwrap();
    assert_eq!((purged.items.len(), purged.runs.len()), (3, 1));
    let kept = keeper.kept().unwrap();
    let there: Vec<_> = kept.iter().map(|it| (it.path.as_str(), it.is_there)).collect();
    assert_eq!(there, [("/a", true)]);
    assert!(matches!(keeper.purge(&Purge::Items(vec!["x".into()])), Err(CleanUpError::NoItem(_))));
    let purged = keeper.purge(&Purge::All).unwrap();
    assert_eq!((purged.items.len(), purged.runs.len()), (1, 1));
    assert!(keeper.runs().unwrap().0.is_empty());
    assert_eq!(keeper.purge(&Purge::All).unwrap(), Purged::default());
}

#[test]
fn a_journal_stays_as_long_as_something_can_be_undone_by_it() {
    let (folder, disk, mut plan) = world();
    // The last change is a move, which needs nothing that is kept.
    fs::create_dir(disk.join("d")).unwrap();
    let moved =
        r#"{ "reason": "swallowed", "what": "x", "change": "move", "from": "/c", "to": "/d/c" }"#;
    plan.steps[2] = serde_json::from_str(moved).unwrap();
    let mut computer = Computer::open(Some(&disk)).unwrap();
    let mut keeper = Keeper::open(&folder.path().join("store")).unwrap();
    let run = keeper.apply(&mut computer, &plan, 1_000).unwrap().run;
    let items: Vec<String> = keeper.kept().unwrap().into_iter().map(|it| it.item).collect();
    let purged = keeper.purge(&Purge::Items(items[..1].to_vec())).unwrap();
    assert_eq!((purged.items.len(), purged.runs.len()), (1, 0));
    // What remains is undone; what was deleted for good is told.
    let report = keeper.undo(&mut computer, &run).unwrap();
    let outcomes: Vec<&Outcome> = report.outcomes.iter().map(|it| &it.2).collect();
    assert_eq!(outcomes, [&Outcome::Undone, &Outcome::Undone, &Outcome::Kept(HostError::Purged)]);
    // What was deleted for good is no reason to offer it again.
    assert!(matches!(keeper.last_run(), Err(CleanUpError::NothingToUndo)));
    assert_eq!(names(&disk), ["b", "c", "d"]);
    let purged = keeper.purge(&Purge::Items(items[1..].to_vec())).unwrap();
    assert_eq!((purged.items.len(), purged.runs), (1, vec![run]));

    // With everything deleted but the move, the journal stays, and undoes it.
    fs::write(disk.join("a"), "a").unwrap();
    let run = keeper.apply(&mut computer, &plan, 2_000).unwrap().run;
    assert_eq!(names(&disk), ["d"]);
    let purged = keeper.purge(&Purge::All).unwrap();
    assert_eq!((purged.items.len(), purged.runs.len()), (2, 0));
    keeper.undo(&mut computer, &run).unwrap();
    assert_eq!(names(&disk), ["c", "d"]);
    assert_eq!(keeper.purge(&Purge::All).unwrap().runs, [run]);
}

#[test]
fn the_journal_of_a_run_that_was_stopped_is_never_purged() {
    let (folder, disk, plan) = world();
    let store = folder.path().join("store");
    let mut computer = Computer::open(Some(&disk)).unwrap();
    let mut keeper = Keeper::open(&store).unwrap();
    let run = keeper.apply(&mut computer, &plan, 1_000).unwrap().run;
    let journal = store.join(format!("journals/{run}.journal"));
    let whole = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    fs::write(&journal, lines[..lines.len() - 1].concat()).unwrap();
    assert!(keeper.purge(&Purge::All).unwrap().runs.is_empty());
    assert_eq!(keeper.runs().unwrap().0.len(), 1);
}

#[test]
fn each_purge_takes_the_journals_of_runs_that_are_over() {
    let (folder, disk, plan) = world();
    let mut computer = Computer::open(Some(&disk)).unwrap();
    let mut keeper = Keeper::open(&folder.path().join("store")).unwrap();
    let undone = keeper.apply(&mut computer, &plan, 1_000).unwrap().run;
    keeper.undo(&mut computer, &undone).unwrap();
    let facts = keeper.run(&undone).unwrap();
    assert_eq!((facts.changed, facts.undone, facts.is_undone), (3, 3, true));
    let last = keeper.apply(&mut computer, &plan, 2_000).unwrap().run;
    // Nothing is there any more, twice; and of a file that is no longer the one that was scanned a
    // copy is left.
    let nothing = keeper.apply(&mut computer, &plan, 3_000).unwrap().run;
    let mut other = plan.clone();
    other.steps.truncate(1);
    let changed = r#"{ "reason": "found", "what": "x", "change": "quarantine", "path": "/d",
        "sha256": "0000000000000000000000000000000000000000000000000000000000000000" }"#;
    other.steps[0] = serde_json::from_str(changed).unwrap();
    fs::write(disk.join("d"), "d").unwrap();
    let copied = keeper.apply(&mut computer, &other, 4_000).unwrap();
    assert_eq!(copied.outcomes[0].2, Outcome::Skipped(HostError::Changed));
    assert_eq!(keeper.last_run().unwrap().name, last, "a run without changes was chosen");
    assert!(!keeper.run(&nothing).unwrap().is_undone);

    let purged = keeper.purge(&Purge::Items(vec![format!("{last}-00000")])).unwrap();
    assert_eq!(purged.items, [format!("{last}-00000")]);
    assert_eq!(purged.copies, [format!("{}-00000", copied.run)]);
    assert_eq!(purged.runs, [nothing, copied.run]);
    // What was put back and is still in the list is not taken along.
    assert!(keeper.kept().unwrap().iter().any(|it| it.run == undone && it.is_there));
    assert_eq!(keeper.purge(&Purge::Before(1_500)).unwrap().runs, [undone]);
    keeper.undo(&mut computer, &last).unwrap();
    assert_eq!(names(&disk), ["b", "c", "d"]);
    let all = keeper.purge(&Purge::All).unwrap();
    assert_eq!((all.items.len(), all.copies.len(), all.runs), (2, 0, vec![last]));
}
