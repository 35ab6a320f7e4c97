//! The pages.

use std::path::PathBuf;

use askama::Template;
use clean_up::{PlanFile, RunFacts};
use command_line::printable;
use language::{Language, text, text_with};

use super::super::desk::{self, Changed, Desk, Found, Progress};
use super::super::report::{self, ChangeRow, Texts};
use super::super::result;
use super::super::words::{self, HowFar};

pub(super) const STYLE: &str = include_str!("../../../assets/window.css");
pub(super) const SCRIPT: &str = include_str!("../../../assets/window.js");

/// Findings, and changes, that are shown; all are counted.
const MOST_SHOWN: usize = 300;

/// What every page has.
struct Frame {
    t: Texts,
    tag: &'static str,
    /// The other language: its tag and its own name.
    other: (&'static str, &'static str),
    device: Option<String>,
    version: &'static str,
}

impl Frame {
    fn new(language: Language) -> Self {
        let other = match language {
            Language::Vi => ("en", "English"),
            Language::En => ("vi", "Tiếng Việt"),
        };
        let (t, tag, device) = (Texts(language), language.tag(), report::this_computer());
        Self { t, tag, other, device, version: env!("CARGO_PKG_VERSION") }
    }
}

#[derive(Template)]
#[template(path = "window/start.html")]
struct Start {
    frame: Frame,
    is_ready: bool,
    sources: Vec<String>,
    sticks: Vec<String>,
}

pub(super) fn start(language: Language, desk: &Desk, sticks: &[PathBuf]) -> anyhow::Result<String> {
    let page = Start {
        frame: Frame::new(language),
        is_ready: desk.looks_for_something(),
        sources: desk.sources().iter().map(|it| printable(it)).collect(),
        sticks: sticks.iter().map(|it| it.display().to_string()).collect(),
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "window/scanning.html")]
struct Scanning {
    frame: Frame,
    now: HowFar,
}

pub(super) fn scanning(language: Language, progress: &Progress) -> anyhow::Result<String> {
    let now = words::how_far(language, progress, false);
    Ok(Scanning { frame: Frame::new(language), now }.render()?)
}

/// The same for the page's own script.
pub(super) fn progress(language: Language, desk: &Desk) -> String {
    let is_over = !desk.is_at_work();
    serde_json::to_string(&words::how_far(language, &desk.progress(), is_over)).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "window/changing.html")]
struct Changing {
    frame: Frame,
}

pub(super) fn changing(language: Language) -> anyhow::Result<String> {
    Ok(Changing { frame: Frame::new(language) }.render()?)
}

#[derive(Template)]
#[template(path = "window/found.html")]
struct FoundPage {
    frame: Frame,
    verdict: String,
    number: u64,
    tone: &'static str,
    scanned: String,
    live: Vec<String>,
    packs: Vec<(String, bool)>,
    findings: Vec<FindingRow>,
    more: Option<String>,
    has_risk: bool,
    has_contact: bool,
    can_change: bool,
    steps: Vec<StepRow>,
    stays: Vec<(String, Vec<String>)>,
    not_scanned: Vec<(String, String)>,
    /// What is said where the code stands in the name of the program's file.
    code_known: Option<String>,
}

struct FindingRow {
    category: &'static str,
    word: String,
    sure: String,
    path: String,
    inside: Vec<String>,
    told: String,
    more: Option<String>,
}

struct StepRow {
    change: String,
    why: Vec<String>,
}

pub(super) fn found(language: Language, found: &Found) -> anyhow::Result<String> {
    let verdict = desk::verdict(&found.summary);
    let row = |it: &file_check::Finding| FindingRow {
        category: it.category.code(),
        word: text(language, &format!("clean-category-{}", it.category.code())),
        sure: text(language, &format!("clean-window-sure-{}", desk::sureness(it))),
        path: printable(&words::place(it)),
        inside: it.inside.iter().map(|it| printable(it)).collect(),
        told: words::told(language, it),
        more: words::more(language, it).map(|it| printable(&it)),
    };
    let hidden = found.findings.len().saturating_sub(MOST_SHOWN);
    let more = (hidden > 0).then(|| {
        let values = [("count", words::counted(language, hidden).into())];
        text_with(language, "clean-report-more", &values)
    });
    let page = FoundPage {
        frame: Frame::new(language),
        verdict: text(language, &format!("clean-verdict-{verdict}")),
        number: found.number,
        tone: match verdict {
            "clean" => "good",
            "incomplete" | "risky" => "open",
            _ => "alarm",
        },
        scanned: words::scanned(language, &found.summary),
        live: found.summary.live.iter().flat_map(|it| words::live(language, it)).collect(),
        packs: report::packs(language, &found.as_read()),
        has_contact: found.findings.iter().any(words::is_contact),
        has_risk: found.findings.iter().any(|it| it.category.code() == "risk"),
        findings: found.findings.iter().take(MOST_SHOWN).map(row).collect(),
        more,
        can_change: found.plan.is_some(),
        steps: found.plan.as_ref().map(|it| steps(language, it)).unwrap_or_default(),
        stays: found.plan.as_ref().map(|it| stays(language, it)).unwrap_or_default(),
        not_scanned: report::not_scanned(language, &found.as_read()),
        code_known: result::has_code().then(|| text(language, "clean-window-send-has-code")),
    };
    Ok(page.render()?)
}

fn steps(language: Language, plan: &PlanFile) -> Vec<StepRow> {
    let row = |it: &clean_up::PlannedStep| StepRow {
        change: words::change(language, &it.change),
        why: words::why_changed(language, it),
    };
    plan.steps.iter().map(row).collect()
}

fn stays(language: Language, plan: &PlanFile) -> Vec<(String, Vec<String>)> {
    let row = |it: &clean_up::PlannedStay| (printable(&it.at), words::why_kept(language, it));
    plan.stays.iter().take(MOST_SHOWN).map(row).collect()
}

#[derive(Template)]
#[template(path = "window/changed.html")]
struct ChangedPage {
    frame: Frame,
    run: String,
    headline: String,
    tone: &'static str,
    can_undo: bool,
    is_undoing: bool,
    is_journal_damaged: bool,
    changes: Vec<ChangeRow>,
}

pub(super) fn changed(language: Language, changed: &Changed) -> anyhow::Result<String> {
    let changes: Vec<ChangeRow> =
        changed.outcomes.iter().map(|it| report::change(language, it)).collect();
    let is_whole = changes.iter().all(|it| it.is_made) && !changed.is_journal_damaged;
    let page = ChangedPage {
        frame: Frame::new(language),
        run: changed.run.name.clone(),
        headline: report::headline(language, &changed.run, &changes),
        tone: if is_whole && !changed.run.is_undoing { "good" } else { "open" },
        can_undo: changed.run.can_undo,
        is_undoing: changed.run.is_undoing,
        is_journal_damaged: changed.is_journal_damaged,
        changes,
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "window/runs.html")]
struct Runs {
    frame: Frame,
    runs: Vec<RunRow>,
}

struct RunRow {
    name: String,
    at: String,
    state: String,
    changes: Option<String>,
    can_undo: bool,
}

pub(super) fn runs(language: Language, runs: &[RunFacts]) -> anyhow::Result<String> {
    let row = |run: &RunFacts| RunRow {
        name: run.name.clone(),
        at: report::moment(language, run.at),
        state: text(language, words::state_of(run)),
        changes: words::changes_of(language, run),
        can_undo: run.can_undo,
    };
    Ok(Runs { frame: Frame::new(language), runs: runs.iter().map(row).collect() }.render()?)
}

#[derive(Template)]
#[template(path = "window/message.html")]
struct Message {
    frame: Frame,
    title: String,
    lines: Vec<String>,
    goes_on: bool,
    /// The result is still there to go back to.
    has_result: bool,
}

/// A page that says one thing.
pub(super) fn message(language: Language, key: &str, more: &str) -> String {
    let lines = if more.is_empty() {
        vec![text(language, &format!("{key}-more"))]
    } else {
        more.lines().map(printable).collect()
    };
    let page = Message {
        frame: Frame::new(language),
        title: text(language, key),
        lines,
        goes_on: !["clean-window-closed", "clean-window-ended"].contains(&key),
        has_result: ["clean-window-sent", "clean-window-not-sent"].contains(&key),
    };
    // Its template is checked when the program is built.
    page.render().unwrap_or_default()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use clean_up::{Computer, Keeper};

    use super::*;

    #[test]
    fn an_undo_in_part_is_told_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("disk");
        std::fs::create_dir(&disk).unwrap();
        let mut steps = Vec::new();
        for name in ["a", "b"] {
            std::fs::write(disk.join(name), name).unwrap();
            steps.push(serde_json::json!({ "reason": "found", "what": "x", "change": "quarantine",
                "path": format!("/{name}"), "sha256": null }));
        }
        let plan = serde_json::json!({ "lamsach_plan": 1, "made_at": "2026-11-27T00:00:00Z",
            "root": "/disk", "is_complete": true, "stays": [], "steps": steps });
        let plan = PlanFile::read(plan.to_string().as_bytes()).unwrap();
        let mut computer = Computer::open(Some(&disk)).unwrap();
        let mut keeper = Keeper::open(&folder.path().join("store")).unwrap();
        let run = keeper.apply(&mut computer, &plan, 1_000).unwrap().run;
        keeper.apply(&mut computer, &plan, 2_000).unwrap();
        let list = |keeper: &mut Keeper| runs(Language::En, &keeper.runs().unwrap().0).unwrap();
        let page = list(&mut keeper);
        assert!(page.contains("2 changes, the first: Quarantine /a"), "{page}");
        assert!(page.contains("changed nothing"), "{page}");
        assert_eq!(page.matches("action=\"undo\"").count(), 1, "{page}");

        std::fs::write(disk.join("a"), "mine").unwrap();
        keeper.undo(&mut computer, &run).unwrap();
        let (run, outcomes) = keeper.outcomes(&run).unwrap();
        let page = changed(Language::En, &Changed { run, outcomes, is_journal_damaged: false });
        let page = page.unwrap();
        assert!(page.contains("Undone: 1 of 2 changes; the rest is NOT undone."), "{page}");
        assert!(page.contains("something else is there already"), "{page}");
        assert!(!page.contains("Restart the computer"), "{page}");
        assert!(page.contains("class=\"result open\""), "{page}");
        assert!(list(&mut keeper).contains("undone in part"));
    }
}
