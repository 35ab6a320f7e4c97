//! `clean`: `lamsach-clean scan` beside `yara` and `clamscan` on files of this machine and on a
//! harmless file with a planted mark for each type of file.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::Files;
use super::match_logs::as_double;
use crate::data::tree::{self, MARK};
use crate::measure::Measure;
use crate::measured_run::{MeasuredRun, best_of, run as run_once};
use crate::say;

/// Made-up SHA-256 of a list.
const HASHES: u32 = 1_000_000;
/// External variables that rules of signature-base use; yara wants a value for each.
const EXTERNALS: [&str; 5] = ["filename", "filepath", "extension", "filetype", "owner"];
/// Statuses of `lamsach-clean scan` that tell of a scan that went to its end.
const SCANNED: [i32; 3] = [0, 1, 3];

pub(crate) fn run(context: &Files) -> anyhow::Result<Vec<Measure>> {
    let data = tree::prepare(context)?;
    let rules = usable_rules(&data.rules)?;
    let bench = Bench {
        context,
        data,
        rules,
        program: std::env::current_exe()?.with_file_name("lamsach-clean"),
    };
    let mut measures = vec![
        Measure::new("clean/tree", as_double(bench.data.drawn_bytes) / 1e9, "GB"),
        Measure::new("clean/files", as_double(bench.data.files), "files"),
        Measure::new("clean/rule-files", as_double(bench.rules.len() as u64), "files"),
    ];
    measures.extend(bench.limits()?);
    measures.extend(bench.beside_yara()?);
    measures.extend(bench.beside_clamscan()?);
    measures.extend(bench.twice()?);
    measures.extend(bench.start_and_memory()?);
    measures.extend(bench.gently()?);
    measures.extend(bench.clean_files()?);
    Ok(measures)
}

struct Bench<'c> {
    context: &'c Files,
    data: tree::Tree,
    /// Files of rules that both programs take.
    rules: Vec<PathBuf>,
    program: PathBuf,
}

impl Bench<'_> {
    fn output(&self, name: &str) -> PathBuf {
        self.context.cache.join(format!("clean-{name}.out"))
    }

    /// A command of ours: what it takes at best, and what it said last.
    fn scan(
        &self,
        name: &str,
        arguments: &[&str],
        places: &[&Path],
    ) -> anyhow::Result<(MeasuredRun, Vec<Value>)> {
        let mut command = vec![text(&self.program)?, "scan".to_owned(), "--json".to_owned()];
        command.extend(["--rules".to_owned(), text(&self.data.rules)?]);
        command.extend(arguments.iter().map(|it| (*it).to_owned()));
        for place in places {
            command.push(text(place)?);
        }
        let output = self.output(name);
        let best = best_of(self.context.runs, &command, &output, &SCANNED)?;
        let lines = fs::read_to_string(&output)?;
        let lines: Result<Vec<Value>, _> = lines.lines().map(serde_json::from_str).collect();
        Ok((best, lines.context("what the scan said")?))
    }

    /// What reading alone takes.
    fn limits(&self) -> anyhow::Result<Vec<Measure>> {
        let mut measures = Vec::new();
        for tool in ["cat", "sha256sum"] {
            let script =
                format!("find {} -type f -print0 | xargs -0 {tool}", text(&self.data.drawn)?);
            let command = ["sh".to_owned(), "-c".to_owned(), script];
            let run = best_of(self.context.runs, &command, Path::new("/dev/null"), &[0])?;
            measures.push(Measure::new(format!("clean/{tool}"), run.cpu_seconds, "CPU s"));
        }
        Ok(measures)
    }

    /// The same rules on the same files, and whether they find the same.
    fn beside_yara(&self) -> anyhow::Result<Vec<Measure>> {
        let single = ["--no-memory", "--no-unpack", "--threads", "1"];
        let (ours, said) = self.scan("ours", &single, &[&self.data.drawn, &self.data.planted])?;
        let found = pairs(&said);
        if !is_here("yara") {
            say("skipped: yara is not installed (apt install yara)");
            return Ok(vec![Measure::new("clean/rules", ours.cpu_seconds, "CPU s")]);
        }
        let mut command = yara_command();
        for (number, rules) in self.rules.iter().enumerate() {
            command.push(format!("n{number}:{}", text(rules)?));
        }
        // It takes one place; both lie in one folder.
        command.push(text(&self.data.compared)?);
        let output = self.output("yara");
        let theirs = best_of(self.context.runs, &command, &output, &[0])?;
        let listed = fs::read(&output)?;
        let their_pairs: BTreeSet<(String, String)> = String::from_utf8_lossy(&listed)
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(rule, path)| (rule.to_owned(), path.to_owned()))
            .collect();
        let (more, fewer) = (found.difference(&their_pairs), their_pairs.difference(&found));
        for (rule, path) in more.clone() {
            say(&format!("only ours: {rule} {path}"));
        }
        for (rule, path) in fewer.clone() {
            say(&format!("only yara's: {rule} {path}"));
        }
        let planted = types(&found);
        Ok(vec![
            Measure::new("clean/rules", ours.cpu_seconds, "CPU s")
                .beside("yara", theirs.cpu_seconds),
            Measure::new("clean/rules/peak-memory", ours.peak_bytes / 1e6, "MB")
                .beside("yara", theirs.peak_bytes / 1e6),
            Measure::new("clean/findings", as_double(found.len() as u64), "findings")
                .beside("yara", as_double(their_pairs.len() as u64)),
            Measure::new("clean/types-found", as_double(planted), "types")
                .beside("planted", as_double(self.data.types)),
            Measure::new("clean/findings/only-ours", as_double(more.count() as u64), "findings"),
            Measure::new("clean/findings/only-yara", as_double(fewer.count() as u64), "findings"),
        ])
    }

    /// Archives opened on both sides. clamscan gets the planted mark and the hashes: it does not
    /// know the modules that the rules use.
    fn beside_clamscan(&self) -> anyhow::Result<Vec<Measure>> {
        let places = [self.data.drawn.as_path(), self.data.planted.as_path()];
        let (ours, said) = self.scan("opened", &["--no-memory", "--threads", "1"], &places)?;
        let planted = types(&pairs(&said));
        let measure = Measure::new("clean/opened", ours.cpu_seconds, "CPU s");
        if !is_here("clamscan") {
            say("skipped: clamscan is not installed (apt install clamav)");
            return Ok(vec![measure]);
        }
        let database = self.context.cache.join("clean-clamav");
        fs::create_dir_all(&database)?;
        let mark = tree::hex(MARK.as_bytes());
        fs::write(database.join("planted.ndb"), format!("Planted:0:*:{mark}\n"))?;
        let mut hashes = BufWriter::new(File::create(database.join("made.hsb"))?);
        for hash in tree::made_hashes(HASHES) {
            writeln!(hashes, "{hash}:*:Made:73")?;
        }
        hashes.flush()?;
        let command = [
            "clamscan",
            "--recursive",
            "--infected",
            "--no-summary",
            "--database",
            &text(&database)?,
            &text(&self.data.compared)?,
        ]
        .map(str::to_owned);
        let output = self.output("clamscan");
        let theirs = run_once(&command, &output)?;
        ensure!(matches!(theirs.status, Some(0 | 1)), "clamscan ended with {:?}", theirs.status);
        let listed = fs::read(&output)?;
        let listed = String::from_utf8_lossy(&listed);
        let their_planted = listed.lines().filter(|it| it.ends_with(" FOUND")).count();
        Ok(vec![
            measure.beside("clamscan, hashes and one mark", theirs.cpu_seconds),
            Measure::new("clean/opened/peak-memory", ours.peak_bytes / 1e6, "MB")
                .beside("clamscan", theirs.peak_bytes / 1e6),
            Measure::new("clean/opened/types-found", as_double(planted), "types")
                .beside("clamscan", as_double(their_planted as u64)),
        ])
    }

    /// A second scan of what has not changed.
    fn twice(&self) -> anyhow::Result<Vec<Measure>> {
        let memory = self.context.cache.join("clean-memory");
        let mut runs = Vec::new();
        for _ in 0..self.context.runs {
            if memory.exists() {
                fs::remove_file(&memory)?;
            }
            let mut command = vec![text(&self.program)?, "scan".into(), "--json".into()];
            command.extend(["--rules".to_owned(), text(&self.data.rules)?]);
            command.extend(["--memory".to_owned(), text(&memory)?, "--threads".into(), "1".into()]);
            command.push(text(&self.data.drawn)?);
            let output = self.output("twice");
            let (first, second) = (run_once(&command, &output)?, run_once(&command, &output)?);
            runs.push((first.cpu_seconds, second.cpu_seconds));
        }
        let least = |of: fn(&(f64, f64)) -> f64| runs.iter().map(of).fold(f64::INFINITY, f64::min);
        let (first, second) = (least(|it| it.0), least(|it| it.1));
        Ok(vec![
            Measure::new("clean/second", second, "CPU s").beside("first", first),
            Measure::new("clean/second/share", 100.0 * second / first, "% of the first (must 5)"),
        ])
    }

    fn start_and_memory(&self) -> anyhow::Result<Vec<Measure>> {
        let list = self.context.cache.join("clean-hashes.txt");
        let mut lines = BufWriter::new(File::create(&list)?);
        for hash in tree::made_hashes(HASHES) {
            writeln!(lines, "{hash}")?;
        }
        lines.flush()?;
        let list = text(&list)?;
        let nothing = self.context.cache.join("clean-nothing");
        fs::create_dir_all(&nothing)?;
        let (ready, _) = self.scan("ready", &["--no-memory"], &[&nothing])?;
        let memory = text(&self.context.cache.join("clean-start"))?;
        let remembering = ["--memory", &memory];
        self.scan("ready-first", &remembering, &[&nothing])?;
        let (again, _) = self.scan("ready-again", &remembering, &[&nothing])?;
        let with_hashes = ["--no-memory", "--indicators", &list];
        let (ready_all, _) = self.scan("ready-all", &with_hashes, &[&nothing])?;
        let (all, _) = self.scan("all", &with_hashes, &[&self.data.drawn])?;
        Ok(vec![
            Measure::new("clean/ready", ready.wall_seconds, "s (must 2)"),
            Measure::new("clean/ready/cpu", ready.cpu_seconds, "CPU s"),
            Measure::new("clean/ready/again", again.wall_seconds, "s"),
            Measure::new("clean/ready/again/cpu", again.cpu_seconds, "CPU s"),
            Measure::new("clean/ready/with-hashes", ready_all.wall_seconds, "s"),
            Measure::new("clean/peak-memory", all.peak_bytes / 1e6, "MB (must 200)"),
        ])
    }

    fn gently(&self) -> anyhow::Result<Vec<Measure>> {
        let part = self.data.drawn.join("0");
        let (gentle, _) = self.scan("gentle", &["--no-memory", "--gentle"], &[&part])?;
        Ok(vec![
            Measure::new(
                "clean/gentle",
                100.0 * gentle.cpu_seconds / gentle.wall_seconds,
                "% of a core (must 30)",
            ),
            Measure::new("clean/gentle/length", gentle.wall_seconds, "s"),
        ])
    }

    /// Files that nothing is wrong with.
    fn clean_files(&self) -> anyhow::Result<Vec<Measure>> {
        let places = [self.data.drawn.as_path(), self.data.small.as_path()];
        let (_, said) = self.scan("clean", &["--no-memory"], &places)?;
        let of = |category: &str| {
            as_double(said.iter().filter(|it| it["category"] == category).count() as u64)
        };
        for finding in said.iter().filter(|it| it.get("category").is_some()) {
            say(&format!("found: {} {}", finding["rule"], finding["path"]));
        }
        let summary = said.last().map(|it| &it["summary"]).context("a summary")?;
        let number = |field: &str| summary[field].as_f64().unwrap_or(f64::NAN);
        Ok(vec![
            Measure::new("clean/files-scanned", number("scanned"), "files (must 100,000)"),
            Measure::new("clean/parts-scanned", number("parts"), "parts"),
            Measure::new("clean/called-malware", of("malware"), "findings (must 0)"),
            Measure::new("clean/called-suspicious", of("suspicious"), "findings"),
        ])
    }
}

/// Which rule found which file itself.
fn pairs(said: &[Value]) -> BTreeSet<(String, String)> {
    let pair =
        |it: &Value| Some((it["rule"].as_str()?.to_owned(), it["path"].as_str()?.to_owned()));
    said.iter().filter_map(pair).collect()
}

/// How many types of planted files were found.
fn types(pairs: &BTreeSet<(String, String)>) -> u64 {
    let planted = pairs.iter().filter(|(rule, _)| rule.starts_with("planted_"));
    planted.map(|(_, path)| path).collect::<BTreeSet<_>>().len() as u64
}

fn text(path: &Path) -> anyhow::Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("{} is no text", path.display()))
}

fn is_here(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|it| it.success())
}

fn yara_command() -> Vec<String> {
    let mut command = ["yara", "-r", "-w", "-p", "1"].map(str::to_owned).to_vec();
    for name in EXTERNALS {
        command.extend(["-d".to_owned(), format!("{name}=")]);
    }
    command
}

/// The files of rules that yara takes; the others are taken away from both.
fn usable_rules(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut usable = Vec::new();
    let is_yara_here = is_here("yara");
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if is_yara_here {
            let mut command = yara_command();
            command.extend([text(&path)?, "/dev/null".to_owned()]);
            let (program, arguments) = command.split_first().context("a command")?;
            let mut checking = Command::new(program);
            checking.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
            if !checking.status()?.success() {
                say(&format!("left out, as yara refuses it: {}", path.display()));
                fs::remove_file(&path)?;
                continue;
            }
        }
        usable.push(path);
    }
    usable.sort();
    Ok(usable)
}
