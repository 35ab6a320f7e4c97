//! `lamsach-clean report`: a page to print of what was found and what was done.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use askama::Template;
use clean_up::{
    Change, FindingsRead, Outcome, PackRead, RunFacts, RunOutcome, native_spelling, still_there,
};
use command_line::bilingual::failure;
use command_line::printable;
use file_check::{Category, Finding};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::{Language, date, date_time, number, text, text_with};

use super::store::{Store, now, said};
use super::{plan, words};

/// Findings that are printed; all are counted.
const MOST_FINDINGS: usize = 1_000;

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(id = "clean_report_findings", long = "findings", short = 'f', value_name = "FILE")]
    findings: Option<PathBuf>,
    #[arg(id = "clean_report_name", long = "name", value_name = "NAME")]
    name: Option<String>,
    #[arg(id = "clean_report_output", long = "output", short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    store: Store,
    #[arg(id = "clean_report_run", value_name = "RUN")]
    run: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, language: Language) -> anyhow::Result<ExitCode> {
    let found = match &args.findings {
        Some(file) => Some(plan::read_file(file, language)?),
        None => None,
    };
    let mut keeper = args.store.open()?;
    let name = match &args.run {
        Some(run) => Some(run.clone()),
        None => keeper.runs().map_err(|error| said(&error))?.0.pop().map(|run| run.name),
    };
    let cleaned = match name {
        Some(name) => Some(keeper.outcomes(&name).map_err(|error| said(&error))?),
        None => None,
    };
    if found.is_none() && cleaned.is_none() {
        return Err(failure("clean-report-nothing", &[]));
    }
    let page = page(language, args.name.as_deref(), found.as_ref(), cleaned.as_ref())?;
    match &args.output {
        Some(path) => files::write_whole(path, page.as_bytes())
            .map_err(|error| failure("clean-not-written", &[("why", command_line::why(&error))]))?,
        None => words::write_out(|out| out.write_all(page.as_bytes()))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The page to print.
pub(super) fn page(
    language: Language,
    name: Option<&str>,
    found: Option<&FindingsRead>,
    cleaned: Option<&(RunFacts, Vec<RunOutcome>)>,
) -> anyhow::Result<String> {
    let left = left(found, cleaned);
    let row = |(it, left): (&Finding, &Option<String>)| FindingRow {
        is_left: left.is_some(),
        ..finding(language, it)
    };
    let rows: Vec<FindingRow> =
        found.map(|found| found.findings.iter().zip(&left).map(row).collect()).unwrap_or_default();
    let left = left.iter().flatten().collect::<BTreeSet<_>>().len();
    let changes: Vec<ChangeRow> = cleaned
        .map(|(_, outcomes)| outcomes.iter().map(|it| change(language, it)).collect())
        .unwrap_or_default();
    let is_complete = found.is_none_or(|found| found.is_complete == Some(true));
    let verdict = found.map(|found| found.verdict.as_deref().unwrap_or("incomplete"));
    let verdict = verdict.map(|code| Verdict {
        is_clear: code == "clean",
        is_open: ["incomplete", "risky"].contains(&code),
        text: words::known(language, "clean-verdict", code, &words::VERDICTS),
    });
    let cleaned = cleaned.map(|(run, _)| Cleaned {
        text: headline(language, run, &changes),
        is_whole: run.is_ended && left == 0 && changes.iter().all(|it| it.is_made),
        run: run.name.clone(),
        at: moment(language, run.at),
        is_undone: run.is_undoing,
        can_undo: run.can_undo,
    });
    let page = Page {
        t: Texts(language),
        tag: language.tag(),
        name: name.map(printable).or_else(this_computer),
        at: moment(language, now()),
        version: env!("CARGO_PKG_VERSION"),
        more: rows.len().checked_sub(MOST_FINDINGS).filter(|more| *more > 0).map(|more| {
            let values = [("count", words::counted(language, more).into())];
            text_with(language, "clean-report-more", &values)
        }),
        has_contact: found.is_some_and(|it| it.findings.iter().any(words::is_contact)),
        has_risk: rows.iter().any(|it| it.category == "risk"),
        findings: rows.into_iter().take(MOST_FINDINGS).collect(),
        not_scanned: found.map(|found| not_scanned(language, found)).unwrap_or_default(),
        packs: found.map(|found| packs(language, found)).unwrap_or_default(),
        scanned: found.and_then(|found| {
            let values = [
                ("scanned", number(language, i64::try_from(found.scanned?).ok()?).into()),
                ("seen", number(language, i64::try_from(found.seen?).ok()?).into()),
            ];
            Some(text_with(language, "clean-report-scanned", &values))
        }),
        left: (left > 0).then(|| {
            text_with(
                language,
                "clean-report-left",
                &[("count", words::counted(language, left).into())],
            )
        }),
        verdict,
        is_complete,
        cleaned,
        changes,
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    t: Texts,
    tag: &'static str,
    name: Option<String>,
    at: String,
    version: &'static str,
    verdict: Option<Verdict>,
    is_complete: bool,
    scanned: Option<String>,
    findings: Vec<FindingRow>,
    more: Option<String>,
    has_risk: bool,
    has_contact: bool,
    cleaned: Option<Cleaned>,
    /// How many files that were found the run did not take away.
    left: Option<String>,
    changes: Vec<ChangeRow>,
    not_scanned: Vec<(String, String)>,
    /// Each pack that was used, and whether it had expired.
    packs: Vec<(String, bool)>,
}

/// Sentences for a page.
pub(super) struct Texts(pub(super) Language);

impl Texts {
    pub(super) fn t(&self, key: &str) -> String {
        text(self.0, key)
    }
}

struct Verdict {
    is_clear: bool,
    is_open: bool,
    text: String,
}

struct Cleaned {
    run: String,
    at: String,
    text: String,
    is_whole: bool,
    is_undone: bool,
    can_undo: bool,
}

struct FindingRow {
    category: &'static str,
    word: String,
    path: String,
    inside: Vec<String>,
    told: String,
    description: Option<String>,
    sha256: String,
    /// Whether the run that is told of did not take it away.
    is_left: bool,
}

pub(super) struct ChangeRow {
    pub(super) change: String,
    pub(super) outcome: String,
    pub(super) why: Option<String>,
    pub(super) is_made: bool,
    /// Or never can be, so that undoing is done with it.
    is_undone: bool,
}

/// Where the malware lies that a run left where it was, in the order of the findings.
fn left(
    found: Option<&FindingsRead>,
    cleaned: Option<&(RunFacts, Vec<RunOutcome>)>,
) -> Vec<Option<String>> {
    let Some(found) = found else { return Vec::new() };
    // Where a run was undone, everything is there again.
    let Some((run, outcomes)) = cleaned.filter(|(run, _)| !run.is_undone) else {
        return vec![None; found.findings.len()];
    };
    let goes = outcomes.iter().filter_map(|it| match (&it.change, &it.outcome) {
        (Change::Quarantine { path, .. }, Some(Outcome::AtNextStart)) => {
            Some(native_spelling(&path.0))
        }
        _ => None,
    });
    let goes: BTreeSet<String> = goes.collect();
    let base = std::env::current_dir().unwrap_or_default();
    let there = still_there(&found.findings, run.root.as_deref().map(Path::new), &base);
    let is_malware = |it: &Finding| it.category == Category::Malware;
    let pairs = found.findings.iter().zip(there);
    pairs.map(|(it, at)| at.filter(|at| is_malware(it) && !goes.contains(at))).collect()
}

fn finding(language: Language, finding: &Finding) -> FindingRow {
    FindingRow {
        category: finding.category.code(),
        word: text(language, &format!("clean-category-{}", finding.category.code())),
        path: printable(&words::place(finding)),
        inside: finding.inside.iter().map(|it| printable(it)).collect(),
        told: words::told(language, finding),
        description: words::more(language, finding).map(|it| printable(&it)),
        sha256: printable(&finding.sha256),
        is_left: false,
    }
}

pub(super) fn change(language: Language, made: &RunOutcome) -> ChangeRow {
    let (key, why) = match &made.outcome {
        None => ("open", None),
        Some(Outcome::Done) => ("done", None),
        Some(Outcome::AtNextStart) => ("at-next-start", None),
        Some(Outcome::Undone) => ("undone", None),
        Some(Outcome::Final) => ("final", None),
        Some(Outcome::Skipped(why)) => ("skipped", Some(why)),
        Some(Outcome::Kept(why)) => ("kept", Some(why)),
    };
    ChangeRow {
        change: words::change(language, &made.change),
        outcome: text(language, &format!("clean-report-{key}")),
        why: match (&made.outcome, why) {
            (Some(outcome), Some(why)) => Some(printable(&words::why_not(language, outcome, why))),
            _ => None,
        },
        is_made: ["done", "undone", "final"].contains(&key),
        is_undone: ["undone", "final"].contains(&key),
    }
}

pub(super) fn headline(language: Language, run: &RunFacts, changes: &[ChangeRow]) -> String {
    // Of what was not made nothing is undone.
    let (key, made, all) = if run.is_undoing {
        let undone = changes.iter().filter(|it| it.is_undone).count();
        let key = if run.is_undone { "clean-report-run-undone" } else { "clean-report-run-partly" };
        (key, undone, run.changed)
    } else {
        let made = changes.iter().filter(|it| it.is_made).count();
        ("clean-report-run", made, changes.len())
    };
    let values = [
        ("made", words::counted(language, made).into()),
        ("all", words::counted(language, all).into()),
    ];
    text_with(language, key, &values)
}

pub(super) fn not_scanned(language: Language, found: &FindingsRead) -> Vec<(String, String)> {
    let reason = |(code, count): (&String, &u64)| {
        let count = number(language, i64::try_from(*count).unwrap_or(i64::MAX));
        (count, words::not_scanned(language, code))
    };
    found.not_scanned.iter().map(reason).collect()
}

/// The packs that a scan used, in words, and whether they had expired.
pub(super) fn packs(language: Language, found: &FindingsRead) -> Vec<(String, bool)> {
    let told = |pack: &PackRead| {
        let expires = match pack.expires.parse() {
            Ok(day) => date(language, day),
            Err(_) => printable(&pack.expires),
        };
        let values = [
            ("name", printable(&pack.pack).into()),
            ("serial", pack.serial.to_string().into()),
            ("expires", expires.into()),
        ];
        let key = if pack.expired { "clean-pack-expired" } else { "clean-pack" };
        (text_with(language, key, &values), pack.expired)
    };
    found.packs.iter().map(told).collect()
}

/// A moment as this computer's clock shows it.
pub(super) fn moment(language: Language, at: i64) -> String {
    let at = Timestamp::from_second(at).unwrap_or_default();
    date_time(language, at, &TimeZone::system())
}

/// What this computer is called; nothing about the person at it.
pub(super) fn this_computer() -> Option<String> {
    let name = if cfg!(windows) {
        std::env::var("COMPUTERNAME").ok()?
    } else {
        fs::read_to_string("/proc/sys/kernel/hostname").ok()?
    };
    Some(printable(name.trim())).filter(|name| !name.is_empty())
}
