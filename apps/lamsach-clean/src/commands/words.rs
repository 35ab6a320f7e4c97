//! Plans and what became of them, for people.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use clean_up::{
    Bytes, Change, HostError, NotVerified, Outcome, PlanFile, PlannedSignature, PlannedStay,
    PlannedStep, Report, RunFacts, Signature,
};
use command_line::bilingual::failure;
use command_line::printable;
use file_check::{Finding, LiveCounts, Summary, What};
use language::{Language, Value, decimal, number, text, text_with};
use serde::Serialize;

use super::desk::Progress;
use super::store::reason;

/// Lines of a file that a change takes out are shown so often at most.
const MOST_LINES: usize = 20;
/// What people type to say yes, in both languages and with or without marks.
const YES: [&str; 6] = ["y", "yes", "c", "co", "có", "đồng ý"];

/// Codes of the verdicts of a scan.
pub(super) const VERDICTS: [&str; 5] = ["clean", "incomplete", "risky", "suspicious", "infected"];

/// Reasons that lie in what is looked for.
const INPUT_REASONS: [&str; 4] =
    ["rules-refused", "indicators-refused", "pack-expired", "pack-part-unknown"];

/// Whether a reason for which something was not scanned is known here.
fn is_reason(code: &str) -> bool {
    file_check::REASONS.contains(&code)
        || unpacking::NotOpened::CODES.contains(&code)
        || INPUT_REASONS.contains(&code)
}

/// The reason for which something was not scanned, in words.
pub(super) fn not_scanned(language: Language, code: &str) -> String {
    if is_reason(code) { text(language, &format!("clean-reason-{code}")) } else { printable(code) }
}

/// A path for people: a name in it that shows nothing, as USB worms give it, is told in words.
pub(super) fn shown_path(language: Language, path: &str) -> String {
    let is_blank = |it: &char| {
        it.is_whitespace() || matches!(it, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
    };
    let mut shown = String::new();
    for part in path.split_inclusive(['/', '\\']) {
        let name = part.trim_end_matches(['/', '\\']);
        if !name.is_empty() && name.chars().all(|it| is_blank(&it)) {
            shown.push_str(&text(language, "clean-no-name"));
            shown.push_str(part.get(name.len()..).unwrap_or_default());
        } else {
            shown.push_str(&printable(part));
        }
    }
    shown
}

/// Writes to standard output; a reader that has seen enough is no error.
pub(super) fn write_out(
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(failure("clean-not-written", &[("why", command_line::why(&error))])),
        Ok(()) => Ok(()),
    }
}

/// A plan: what changes, why, and what stays.
pub(super) fn plan(out: &mut dyn Write, language: Language, plan: &PlanFile) -> io::Result<()> {
    if plan.steps.is_empty() {
        writeln!(out, "{}", text(language, "clean-plan-empty"))?;
    } else {
        let values = [("count", counted(language, plan.steps.len()).into())];
        writeln!(out, "{}", text_with(language, "clean-plan-title", &values))?;
    }
    for (index, step) in plan.steps.iter().enumerate() {
        writeln!(out, "{:>3}. {}", index + 1, change(language, &step.change))?;
        for line in why_changed(language, step) {
            writeln!(out, "     {line}")?;
        }
        if let Change::RemoveLines { lines: removed, .. } = &step.change {
            lines(out, removed)?;
        }
    }
    if !plan.stays.is_empty() {
        writeln!(out, "\n{}", text(language, "clean-stays-title"))?;
    }
    for stay in &plan.stays {
        writeln!(out, "   - {}", shown_path(language, &stay.at))?;
        for line in why_kept(language, stay) {
            writeln!(out, "     {line}")?;
        }
    }
    if !plan.is_complete {
        writeln!(out, "\n{}", text(language, "clean-plan-incomplete"))?;
    }
    Ok(())
}

/// Why something is changed, and who signed it where that says something.
pub(super) fn why_changed(language: Language, step: &PlannedStep) -> Vec<String> {
    let why = known(language, "clean-because", &step.reason, &clean_up::REASONS);
    // Nearly nothing that is taken away is signed.
    let signature = step.signature.as_ref().filter(|it| it.is != Signature::Unsigned.code());
    let signature = signature.map(|it| signed(language, it));
    std::iter::once(with_what(language, &why, &step.what)).chain(signature).collect()
}

/// Why something stays, and who signed it where that was asked.
pub(super) fn why_kept(language: Language, stay: &PlannedStay) -> Vec<String> {
    let why = known(language, "clean-stays", &stay.why, &clean_up::STAYS);
    let signature = stay.signature.as_ref().map(|it| signed(language, it));
    std::iter::once(with_what(language, &why, &stay.what)).chain(signature).collect()
}

/// Who signed a file.
fn signed(language: Language, signature: &PlannedSignature) -> String {
    if !Signature::CODES.contains(&signature.is.as_str()) {
        return printable(&signature.is);
    }
    let by = match &signature.by {
        Some(by) => printable(by),
        None => text(language, "clean-signature-nobody"),
    };
    let number = signature.number.as_deref().map(printable).unwrap_or_default();
    let why = match signature.why.as_deref() {
        Some(why) if NotVerified::CODES.contains(&why) => {
            let values = [("number", number.into())];
            text_with(language, &format!("clean-signature-why-{why}"), &values)
        }
        other => printable(other.unwrap_or_default()),
    };
    let values = [("by", by.into()), ("why", why.into())];
    text_with(language, &format!("clean-signature-{}", signature.is), &values)
}

/// What became of each change.
pub(super) fn report(out: &mut dyn Write, language: Language, report: &Report) -> io::Result<()> {
    for (_, made, outcome) in &report.outcomes {
        let values = [("change", Value::from(change(language, made)))];
        let (key, why) = match outcome {
            Outcome::Done => ("done", None),
            Outcome::AtNextStart => ("at-next-start", None),
            Outcome::Skipped(why) => ("skipped", Some(why)),
            Outcome::Undone => ("undone", None),
            Outcome::Final => ("final", None),
            Outcome::Kept(why) if is_in_quarantine(made, why) => ("kept", Some(why)),
            Outcome::Kept(why) => ("not-undone", Some(why)),
        };
        writeln!(out, "{}", text_with(language, &format!("clean-outcome-{key}"), &values))?;
        if let Some(why) = why {
            writeln!(out, "    {}", printable(&why_not(language, outcome, why)))?;
        }
        if let (Change::RemoveLines { lines: removed, .. }, Outcome::Kept(_)) = (made, outcome) {
            writeln!(out, "    {}", text(language, "clean-lines-by-hand"))?;
            lines(out, removed)?;
        }
    }
    if report.is_journal_damaged {
        writeln!(out, "{}", text(language, "clean-journal-damaged"))?;
    }
    Ok(())
}

/// Lines of a file, by their numbers.
fn lines(out: &mut dyn Write, lines: &[(u32, Bytes)]) -> io::Result<()> {
    for (line, bytes) in lines.iter().take(MOST_LINES) {
        let bytes = String::from_utf8_lossy(&bytes.0);
        writeln!(out, "     - {line}: {}", printable(bytes.trim_end()))?;
    }
    Ok(())
}

/// Whether what was not put back lies in quarantine.
fn is_in_quarantine(change: &Change, why: &HostError) -> bool {
    matches!(change, Change::Quarantine { .. }) && why.code() != HostError::Purged.code()
}

/// Why a change was not made, or not undone, in words.
pub(super) fn why_not(language: Language, outcome: &Outcome, why: &HostError) -> String {
    let code = if let HostError::Other(code) = why { code } else { why.code() };
    // Scanning again, which helps a plan, does not help an undo.
    if matches!(outcome, Outcome::Kept(_)) && code == HostError::Changed.code() {
        return text(language, "clean-why-changed-since");
    }
    reason(language, why)
}

/// Where a finding is: its place, and the way through what it is packed in.
pub(super) fn way(finding: &Finding) -> String {
    let mut way = vec![printable(&place(finding))];
    way.extend(finding.inside.iter().map(|it| printable(it)));
    way.join(" → ")
}

/// How much a scan went through.
pub(super) fn scanned(language: Language, summary: &Summary) -> String {
    let count = |it: u64| Value::from(number(language, i64::try_from(it).unwrap_or(i64::MAX)));
    let values = [
        ("scanned", count(summary.scanned)),
        ("seen", count(summary.seen)),
        ("parts", count(summary.parts)),
        ("remembered", count(summary.remembered)),
    ];
    text_with(language, "clean-scanned", &values)
}

/// What told a finding, in words.
pub(super) fn told(language: Language, finding: &Finding) -> String {
    let what = text(language, &format!("clean-what-{}", finding.what.code()));
    let told = finding.rule.as_ref().or(finding.indicator.as_ref());
    let told = match (finding.what, told) {
        (_, None) => return what,
        (What::Risk, Some(code)) => known(language, "clean-risk", code, &clean_up::RISKS),
        (_, Some(told)) => printable(told),
    };
    format!("{what} {told}")
}

/// What more is known of a finding: what rule or list say, how far a connection was, or what stands in a
/// place.
pub(super) fn more(language: Language, finding: &Finding) -> Option<String> {
    let place = finding.place.as_ref();
    let Some(live) = finding.live.as_ref().filter(|_| is_contact(finding)) else {
        return finding.description.clone().or_else(|| place.map(|it| it.command.clone()));
    };
    let state = live.state.as_deref();
    let state = state.map(|it| known(language, "clean-connection", it, &CONNECTIONS));
    let warning = live
        .warning
        .as_ref()
        .map(|name| text_with(language, "clean-live-warning", &[("name", printable(name).into())]));
    let known = [state, live.family.clone(), live.list.clone(), warning];
    let known: Vec<String> = known.into_iter().flatten().collect();
    Some(known.join("; ")).filter(|it| !it.is_empty())
}

/// How far connections are that are findings.
const CONNECTIONS: [&str; 3] = ["asking", "connected", "ending"];

/// Whether it is about somebody who talked to an address, and not about a file.
pub(super) fn is_contact(finding: &Finding) -> bool {
    matches!(finding.what, What::Connection | What::DnsCache)
}

/// Where a finding is: a file, a running program, or who talks to whom.
pub(super) fn place(finding: &Finding) -> String {
    let pid = finding.live.as_ref().and_then(|it| it.pid);
    match (finding.what, pid) {
        (What::Connection | What::DnsCache, _) => clean_up::who_talks(finding),
        (What::Process, Some(pid)) => format!("{} ({pid})", finding.path),
        _ => finding.path.clone(),
    }
}

/// How much of what runs was looked at.
pub(super) fn live(language: Language, counts: &LiveCounts) -> Vec<String> {
    let count = |it: u64| Value::from(number(language, i64::try_from(it).unwrap_or(i64::MAX)));
    let say = |key: &str| {
        let values = [
            ("processes", count(counts.processes)),
            ("sockets", count(counts.sockets)),
            ("addresses", count(counts.addresses)),
            ("names", count(counts.names.unwrap_or_default())),
            ("inbound", count(counts.inbound)),
            ("refused", count(counts.refused)),
            ("hosts", count(counts.in_hosts)),
        ];
        text_with(language, key, &values)
    };
    if counts.addresses == 0 {
        return vec![say("clean-live-no-addresses")];
    }
    let mut lines = vec![say("clean-live")];
    match counts.names {
        Some(_) => lines.push(say("clean-live-names")),
        // Windows keeps them; that it did not tell stands among what was not looked at.
        None if cfg!(windows) => {}
        None => lines.push(say("clean-live-no-names")),
    }
    if counts.in_hosts > 0 {
        lines.push(say("clean-live-hosts"));
    }
    if counts.inbound > 0 {
        lines.push(say("clean-live-inbound"));
    }
    if counts.refused > 0 {
        lines.push(say("clean-live-refused"));
    }
    lines
}

/// What told a finding, with what more is known of it.
pub(super) fn told_with_more(language: Language, finding: &Finding) -> String {
    let told = told(language, finding);
    match more(language, finding) {
        Some(more) => format!("{told}: {}", printable(&more)),
        None => told,
    }
}

/// A change in words.
pub(super) fn change(language: Language, change: &Change) -> String {
    let path = |path: &clean_up::Path| {
        Value::from(shown_path(language, &clean_up::native_spelling(&path.0)))
    };
    let t = |key: &str, values: &[(&'static str, Value<'_>)]| text_with(language, key, values);
    match change {
        Change::StopProcess { process } => {
            let values = [("path", path(&process.path)), ("pid", process.pid.to_string().into())];
            t("clean-change-stop-process", &values)
        }
        Change::Quarantine { path: at, .. } => t("clean-change-quarantine", &[("path", path(at))]),
        Change::RemoveLines { path: at, lines } => {
            let values = [("path", path(at)), ("count", counted(language, lines.len()).into())];
            t("clean-change-remove-lines", &values)
        }
        Change::SetAttributes { path: at, .. } => {
            t("clean-change-set-attributes", &[("path", path(at))])
        }
        Change::Move { from, to } => {
            t("clean-change-move", &[("path", path(from)), ("to", path(to))])
        }
        Change::SetValue { key, name, value, .. } => {
            let values = [("path", printable(&format!("{key}\\{name}")).into())];
            let does = if value.is_some() { "set" } else { "delete" };
            t(&format!("clean-change-{does}-value"), &values)
        }
        Change::DeleteKey { key } => {
            t("clean-change-delete-key", &[("path", printable(key).into())])
        }
    }
}

/// The word for a code, or the code itself where a later program wrote it.
pub(super) fn known(language: Language, prefix: &str, code: &str, codes: &[&str]) -> String {
    if codes.contains(&code) {
        text(language, &format!("{prefix}-{code}"))
    } else {
        printable(code)
    }
}

/// Whether a text can be the name of an account at all.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().count() >= 2
}

/// A reason with what it is about.
fn with_what(language: Language, why: &str, what: &str) -> String {
    if what.is_empty() { why.to_owned() } else { format!("{why}: {}", shown_path(language, what)) }
}

pub(super) fn counted(language: Language, count: usize) -> String {
    number(language, i64::try_from(count).unwrap_or(i64::MAX))
}

/// Asks the person; without a terminal nobody is there to answer.
pub(super) fn confirmed(language: Language, question: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(failure("clean-needs-yes", &[]));
    }
    {
        // Not held while the person thinks: the answer to Ctrl-C is written there too.
        let mut err = io::stderr().lock();
        write!(err, "{} ", text(language, question)).and_then(|()| err.flush())?;
    }
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(is_yes(&answer))
}

/// Whether an answer says yes.
pub(super) fn is_yes(answer: &str) -> bool {
    YES.contains(&answer.trim().to_lowercase().as_str())
}

/// What became of a run: the key of its words.
pub(super) fn state_of(run: &RunFacts) -> &'static str {
    match run {
        RunFacts { is_undone: true, .. } => "clean-window-run-undone",
        RunFacts { is_undoing: true, .. } => "clean-window-run-partly",
        RunFacts { is_ended: false, .. } => "clean-window-run-stopped",
        RunFacts { changed: 0, .. } => "clean-window-run-nothing",
        _ => "clean-window-run-made",
    }
}

/// How many changes a run made, and the first of them: what tells it from another of the same minute.
pub(super) fn changes_of(language: Language, run: &RunFacts) -> Option<String> {
    let first = change(language, run.first.as_ref()?);
    let values = [("count", counted(language, run.changed).into()), ("first", first.into())];
    let key = if run.changed == 1 { "clean-run-change" } else { "clean-run-changes" };
    Some(text_with(language, key, &values))
}

/// How far it is, in words.
#[derive(Serialize)]
pub(super) struct HowFar {
    /// `None` as long as nobody knows how much there is.
    pub(super) percent: Option<u64>,
    pub(super) files: String,
    pub(super) rate: String,
    pub(super) left: String,
    pub(super) is_held: bool,
    pub(super) is_over: bool,
}

/// How far a scan is, in words.
pub(super) fn how_far(language: Language, progress: &Progress, is_over: bool) -> HowFar {
    let seconds = progress.worked.as_secs_f64();
    let rate = if seconds > 0.0 { as_double(progress.bytes) / seconds } else { 0.0 };
    let all = progress.all_bytes.max(progress.bytes);
    let percent = (progress.is_counted && all > 0)
        .then(|| progress.bytes.saturating_mul(100).checked_div(all).unwrap_or_default());
    let count = |it: u64| number(language, i64::try_from(it).unwrap_or(i64::MAX));
    let values = [
        ("files", count(progress.files).into()),
        ("done", megabytes(language, as_double(progress.bytes)).into()),
        ("all", megabytes(language, as_double(all)).into()),
    ];
    let key = if progress.is_counted { "clean-window-files" } else { "clean-window-files-so-far" };
    let files = text_with(language, key, &values);
    let rate_text = if progress.is_held {
        text(language, "clean-window-held")
    } else {
        let values = [("rate", megabytes(language, rate).into())];
        text_with(language, "clean-window-rate", &values)
    };
    let left = if progress.is_counted && rate > 0.0 && !progress.is_held {
        time_left(language, as_double(all - progress.bytes) / rate)
    } else {
        String::new()
    };
    HowFar { percent, files, rate: rate_text, left, is_held: progress.is_held, is_over }
}

fn time_left(language: Language, seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let seconds = seconds.ceil() as i64;
    let (key, count) = if seconds < 60 {
        ("clean-window-left-seconds", seconds.max(1))
    } else {
        ("clean-window-left-minutes", (seconds + 59) / 60)
    };
    text_with(language, key, &[("count", number(language, count).into())])
}

fn megabytes(language: Language, bytes: f64) -> String {
    decimal(language, (bytes / 1e5).round() / 10.0)
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn as_double(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_a_plan_has_its_words() {
        for language in [Language::Vi, Language::En] {
            let sets = [
                ("clean-because", &clean_up::REASONS[..]),
                ("clean-stays", &clean_up::STAYS),
                ("clean-why", &clean_up::HOST_CODES),
                ("clean-signature", &Signature::CODES),
                ("clean-signature-why", &NotVerified::CODES),
            ];
            for (prefix, codes) in sets {
                for code in codes {
                    let key = format!("{prefix}-{code}");
                    let words = text_with(
                        language,
                        &key,
                        &[("by", "x".into()), ("why", "x".into()), ("number", "x".into())],
                    );
                    assert!(!words.contains(&key), "{words}");
                }
            }
        }
    }

    #[test]
    fn a_signature_is_told_with_its_signer_and_why() {
        let check = |is: &str, by: Option<&str>, why: Option<&str>, expected: &str| {
            let signature = PlannedSignature {
                is: is.to_owned(),
                by: by.map(str::to_owned),
                why: why.map(str::to_owned),
                number: (why == Some("failed")).then(|| "0x80070005".to_owned()),
            };
            assert_eq!(signed(Language::En, &signature), expected);
        };
        check(
            "vendor",
            Some("Microsoft Windows"),
            None,
            "Signed by Microsoft Windows; the file is what was signed",
        );
        check("unsigned", None, None, "Not signed");
        check(
            "not-verified",
            Some("An\u{1b}[31m"),
            Some("failed"),
            "The signature cannot be verified (An\u{fffd}[31m): the operating system reports an error 0x80070005",
        );
        // Of a later program.
        check("notarised", None, Some("x"), "notarised");
    }
}
