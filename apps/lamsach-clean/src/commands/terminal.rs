//! `lamsach-clean terminal`: the same as the window, question by question, where there is no browser.
//! Lines alone, so that it works over any line and is read aloud as it stands.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use clean_up::{RunFacts, sticks};
use command_line::bilingual::failure;
use command_line::printable;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use language::{Language, Value, text, text_with};

use super::desk::{self, Changed, Desk, Found, Phase, Target};
use super::{report, result, words};

/// How often what goes on is looked at.
const BEAT: Duration = Duration::from_millis(200);
/// Findings that are shown; all are counted.
const MOST_SHOWN: usize = 100;
/// Earlier runs that can be chosen from.
const MOST_RUNS: usize = 20;

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    desk: desk::Args,
}

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    if !io::stdin().is_terminal() {
        return Err(failure("clean-terminal-none", &[]));
    }
    let desk = args.desk.desk()?;
    let answers = answers();
    let terminal = Terminal { desk, language, answers };
    while terminal.begins()? {}
    say(&terminal.text("clean-terminal-ended"))?;
    Ok(ExitCode::SUCCESS)
}

/// Lines that the person types, until there are no more.
fn answers() -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

struct Terminal {
    desk: Arc<Desk>,
    language: Language,
    answers: Receiver<String>,
}

/// What can be chosen, in the order of its numbers.
type Choices<T> = Vec<(String, T)>;

#[derive(Clone)]
enum Wish {
    Scan(Target),
    ScanFolder,
    Runs,
}

#[derive(Clone, Copy)]
enum Next {
    Clean,
    Save,
    Send,
    Undo,
}

impl Terminal {
    fn text(&self, key: &str) -> String {
        text(self.language, key)
    }

    /// Asks for one of some numbers until it gets one; `None` for 0, and when nobody answers any more.
    fn choose<T: Clone>(&self, choices: &Choices<T>, none: &str) -> anyhow::Result<Option<T>> {
        let mut shown = String::new();
        for (number, (words, _)) in (1..).zip(choices) {
            write!(shown, "\n  {number}  {words}")?;
        }
        write!(shown, "\n  0  {}", self.text(none))?;
        say(&shown)?;
        loop {
            let Some(answer) = self.ask("clean-terminal-choose")? else { return Ok(None) };
            match answer.parse::<usize>() {
                Ok(0) => return Ok(None),
                Ok(number) if number <= choices.len() => {
                    return Ok(choices.get(number - 1).map(|it| it.1.clone()));
                }
                _ => say(&text_with(
                    self.language,
                    "clean-terminal-no-choice",
                    &[("most", words::counted(self.language, choices.len()).into())],
                ))?,
            }
        }
    }

    /// A line that the person types; `None` when there are no more.
    fn ask(&self, question: &str) -> anyhow::Result<Option<String>> {
        words::write_out(|out| write!(out, "{} ", self.text(question)))?;
        Ok(self.answers.recv().ok().map(|it| it.trim().to_owned()))
    }

    /// The beginning; `false` when the person goes.
    fn begins(&self) -> anyhow::Result<bool> {
        let mut shown = format!("\n{}", self.text("clean-window-start"));
        let device = report::this_computer().map(|it| format!(" · {it}")).unwrap_or_default();
        write!(shown, "{device}\n{}", self.text("clean-window-lead"))?;
        for source in self.desk.sources() {
            write!(shown, "\n  - {}", printable(&source))?;
        }
        let mut wishes: Choices<Wish> = Vec::new();
        if self.desk.looks_for_something() {
            let named = |key: &str, what: &str| format!("{}. {}", self.text(key), self.text(what));
            wishes.extend([
                (named("clean-window-quick", "clean-window-quick-what"), Wish::Scan(Target::Quick)),
                (named("clean-window-whole", "clean-window-whole-what"), Wish::Scan(Target::Whole)),
                (self.text("clean-window-folder"), Wish::ScanFolder),
            ]);
            wishes.extend(sticks().into_iter().map(|stick| {
                let name = printable(&stick.display().to_string());
                (
                    format!("{} {name}", self.text("clean-window-usb")),
                    Wish::Scan(Target::Stick(stick)),
                )
            }));
        } else {
            let lines = ["clean-window-nothing-to-look-for", "clean-window-get-rules"];
            for line in lines {
                write!(shown, "\n{}", self.text(line))?;
            }
        }
        wishes.push((self.text("clean-window-runs"), Wish::Runs));
        say(&shown)?;
        match self.choose(&wishes, "clean-window-close")? {
            None => return Ok(false),
            Some(Wish::Scan(target)) => self.scan(target)?,
            Some(Wish::ScanFolder) => {
                let place = self.ask("clean-terminal-folder")?.unwrap_or_default();
                if place.is_empty() {
                    say(&self.text("clean-window-no-place-more"))?;
                } else {
                    self.scan(Target::Folder(PathBuf::from(place)))?;
                }
            }
            Some(Wish::Runs) => self.runs()?,
        }
        self.desk.start_over();
        Ok(true)
    }

    fn scan(&self, target: Target) -> anyhow::Result<()> {
        say(&format!("\n{}", self.text("clean-terminal-scanning")))?;
        self.desk.scan(target);
        self.watch_scan()?;
        loop {
            match self.desk.phase() {
                Phase::Found(found) => {
                    self.show_found(&found)?;
                    let mut wishes: Choices<Next> = Vec::new();
                    if found.plan.as_ref().is_some_and(|it| !it.steps.is_empty()) {
                        wishes.push((self.text("clean-window-clean"), Next::Clean));
                    }
                    wishes.push((self.text("clean-window-save"), Next::Save));
                    wishes.push((self.text("clean-window-send"), Next::Send));
                    match self.choose(&wishes, "clean-window-back")? {
                        Some(Next::Clean) => {
                            if self.is_sure("clean-apply-question")? {
                                self.desk.clean(&found.number.to_string());
                                self.wait()?;
                            }
                        }
                        Some(Next::Send) => self.send()?,
                        Some(Next::Save | Next::Undo) => self.save()?,
                        None => return Ok(()),
                    }
                }
                Phase::Changed(changed) => return self.changed(&changed),
                Phase::Failed(why) => return say(&self.failed(&why)),
                _ => return Ok(()),
            }
        }
    }

    /// What was changed, as long as the person looks at it.
    fn changed(&self, changed: &Changed) -> anyhow::Result<()> {
        self.show_changed(changed)?;
        loop {
            let mut wishes: Choices<Next> = vec![(self.text("clean-window-save"), Next::Save)];
            if changed.run.can_undo {
                wishes.push((self.text("clean-window-undo"), Next::Undo));
            }
            match self.choose(&wishes, "clean-window-back")? {
                Some(Next::Undo) => return self.undo(&changed.run),
                Some(Next::Save | Next::Clean | Next::Send) => self.save()?,
                None => return Ok(()),
            }
        }
    }

    fn runs(&self) -> anyhow::Result<()> {
        let runs = self.desk.runs()?;
        if runs.is_empty() {
            return say(&self.text("clean-window-no-runs"));
        }
        let row = |run: &RunFacts| {
            let at = report::moment(self.language, run.at);
            let state = self.text(words::state_of(run));
            let changes = words::changes_of(self.language, run).unwrap_or_default();
            (format!("{at} · {state} · {changes} · {}", printable(&run.name)), run.clone())
        };
        let wishes: Choices<RunFacts> =
            runs.iter().filter(|it| it.can_undo).take(MOST_RUNS).map(row).collect();
        say(&format!("\n{}", self.text("clean-terminal-runs")))?;
        match self.choose(&wishes, "clean-window-back")? {
            Some(run) => self.undo(&run),
            None => Ok(()),
        }
    }

    fn undo(&self, run: &RunFacts) -> anyhow::Result<()> {
        say(&self.text("clean-window-undo-what"))?;
        if !self.is_sure("clean-undo-question")? {
            return Ok(());
        }
        self.desk.undo(run.name.clone());
        self.wait()?;
        match self.desk.phase() {
            Phase::Changed(changed) => self.show_changed(&changed),
            Phase::Failed(why) => say(&self.failed(&why)),
            _ => Ok(()),
        }
    }

    fn is_sure(&self, question: &str) -> anyhow::Result<bool> {
        let is_sure = self.ask(question)?.is_some_and(|it| words::is_yes(&it));
        if !is_sure {
            say(&self.text("clean-not-done"))?;
        }
        Ok(is_sure)
    }

    fn save(&self) -> anyhow::Result<()> {
        let Some(page) = self.desk.result_page(self.language)? else { return Ok(()) };
        let Some(name) = self.ask("clean-terminal-save")? else { return Ok(()) };
        let name = if name.is_empty() { "lamsach-clean.html".to_owned() } else { name };
        let path = std::path::absolute(&name).unwrap_or_else(|_| PathBuf::from(&name));
        let shown = printable(&path.display().to_string());
        match files::write_whole(&path, page.as_bytes()) {
            Ok(()) => {
                let values = [("file", Value::from(shown))];
                say(&text_with(self.language, "clean-terminal-saved", &values))
            }
            Err(error) => {
                let values = [("why", command_line::why(&error))];
                let why = text_with(self.language, "clean-not-written", &values);
                say(&format!("{shown}: {why}"))
            }
        }
    }

    fn send(&self) -> anyhow::Result<()> {
        say(&self.text("clean-window-send-what"))?;
        let question = |key: &str| format!("{}:", self.text(key));
        let ask = |key: &str| -> anyhow::Result<String> {
            words::write_out(|out| write!(out, "{} ", question(key)))?;
            Ok(self.answers.recv().unwrap_or_default().trim().to_owned())
        };
        let portal = ask("clean-window-send-portal")?;
        if portal.is_empty() {
            return say(&self.text("clean-not-done"));
        }
        if result::has_code() {
            say(&self.text("clean-window-send-has-code"))?;
        }
        let code = ask("clean-window-send-code")?;
        match self.desk.send(self.language, &portal, &code) {
            Ok(told) => say(&told),
            Err(error) => {
                let why: Vec<String> = format!("{error:#}").lines().map(printable).collect();
                say(&format!("{}\n{}", self.text("clean-window-not-sent"), why.join("\n")))
            }
        }
    }

    /// Shows how far the scan is, and does what the person types meanwhile.
    fn watch_scan(&self) -> anyhow::Result<()> {
        let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template("{bar:20} {percent:>3} % {msg}")?);
        let waiting = ProgressStyle::with_template("{spinner} {msg}")?;
        let counted = bar.style();
        while self.desk.is_at_work() {
            let how_far = words::how_far(self.language, &self.desk.progress(), false);
            match how_far.percent {
                Some(percent) => {
                    bar.set_style(counted.clone());
                    bar.set_position(percent);
                }
                None => bar.set_style(waiting.clone()),
            }
            let words::HowFar { files, rate, left, is_held, .. } = how_far;
            bar.set_message(format!("{files} · {rate} {left}"));
            bar.tick();
            match self.answers.recv_timeout(BEAT) {
                Ok(answer) if is_of(&answer, &self.text("clean-terminal-key-hold")) => {
                    self.desk.hold(!is_held);
                }
                Ok(answer) if is_of(&answer, &self.text("clean-terminal-key-stop")) => {
                    self.desk.cancel();
                }
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                // Nobody is there any more: what goes on unseen is ended.
                Err(RecvTimeoutError::Disconnected) => {
                    self.desk.cancel();
                    thread::sleep(BEAT);
                }
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn wait(&self) -> anyhow::Result<()> {
        say(&self.text("clean-window-changing-lead"))?;
        while self.desk.is_at_work() {
            thread::sleep(BEAT);
        }
        Ok(())
    }

    fn failed(&self, why: &str) -> String {
        let why: Vec<String> = why.lines().map(printable).collect();
        format!("{}\n{}", self.text("clean-window-failed"), why.join("\n"))
    }

    fn show_found(&self, found: &Found) -> anyhow::Result<()> {
        let language = self.language;
        words::write_out(|out| {
            writeln!(out)?;
            for (number, finding) in (1..).zip(found.findings.iter().take(MOST_SHOWN)) {
                let category = self.text(&format!("clean-category-{}", finding.category.code()));
                writeln!(out, "{number:>3}. {category}: {}", words::way(finding))?;
                let sure = self.text(&format!("clean-window-sure-{}", desk::sureness(finding)));
                writeln!(out, "     {}\n     {sure}", words::told_with_more(language, finding))?;
            }
            let hidden = found.findings.len().saturating_sub(MOST_SHOWN);
            if hidden > 0 {
                let values = [("count", words::counted(language, hidden).into())];
                writeln!(out, "{}", text_with(language, "clean-report-more", &values))?;
            }
            if found.findings.iter().any(words::is_contact) {
                writeln!(out, "\n{}", self.text("clean-live-advice"))?;
            }
            let verdict = desk::verdict(&found.summary);
            writeln!(out, "\n{}", self.text(&format!("clean-verdict-{verdict}")))?;
            let summary = &found.summary;
            writeln!(out, "{}", words::scanned(language, summary))?;
            for line in summary.live.iter().flat_map(|it| words::live(language, it)) {
                writeln!(out, "{line}")?;
            }
            let read = found.as_read();
            for (pack, _) in report::packs(language, &read) {
                writeln!(out, "{pack}")?;
            }
            if read.packs.is_empty() {
                writeln!(out, "{}", self.text("clean-no-pack"))?;
            }
            for (count, why) in report::not_scanned(language, &read) {
                writeln!(out, "  {count}: {why}")?;
            }
            match &found.plan {
                Some(plan) => {
                    writeln!(out)?;
                    words::plan(out, language, plan)?;
                    writeln!(out, "{}", self.text("clean-window-undoable"))
                }
                None => writeln!(out, "{}", self.text("clean-window-cannot-change")),
            }
        })
    }

    fn show_changed(&self, changed: &Changed) -> anyhow::Result<()> {
        let rows: Vec<report::ChangeRow> =
            changed.outcomes.iter().map(|it| report::change(self.language, it)).collect();
        words::write_out(|out| {
            writeln!(out, "\n{}", report::headline(self.language, &changed.run, &rows))?;
            for row in &rows {
                writeln!(out, "  {}: {}", row.outcome, row.change)?;
                if let Some(why) = &row.why {
                    writeln!(out, "    {why}")?;
                }
            }
            if changed.is_journal_damaged {
                writeln!(out, "{}", self.text("clean-journal-damaged"))?;
            }
            Ok(())
        })
    }
}

fn say(lines: &str) -> anyhow::Result<()> {
    words::write_out(|out| writeln!(out, "{lines}"))
}

fn is_of(answer: &str, key: &str) -> bool {
    answer.trim().eq_ignore_ascii_case(key)
}
