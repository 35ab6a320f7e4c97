//! Rules and lists from files.

use std::fs::{self, File};
use std::io::Read;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::bail;
use command_line::bilingual::failure;
use file_check::{
    Detection, ListOutcome, LoadedPack, PackedRules, RefusedRules, RuleText, Rules, Summary,
    Verdict, compiled_before, include_packed, keep_compiled, sha256_of,
};
use files::{Walk, Walked};
use live_check::{Addresses, ListReport};

use super::super::packs::{self, today};
use super::args::Choices;

/// What is looked for, and what of it could not be used.
#[derive(Debug, Default)]
pub(in super::super) struct Inputs {
    pub(in super::super) detection: Detection,
    pub(super) refused: Vec<RefusedRules>,
    pub(super) lists: Vec<(String, ListOutcome)>,
    pub(in super::super) packs: Vec<LoadedPack>,
    /// What is looked for in what runs; nothing where that is not looked at.
    pub(super) addresses: Addresses,
    /// What became of the addresses of each list.
    pub(super) address_lists: Vec<(String, ListReport)>,
}

impl Inputs {
    /// Reads everything that is looked for. Without anything usable nothing is scanned.
    pub(in super::super) fn load(choices: &Choices) -> anyhow::Result<Self> {
        let mut refused = Vec::new();
        let mut detection = Detection::default();
        let mut packed = PackedRules::new();
        let trust = choices.trust.as_deref();
        let packs = packs::load(&choices.packs, trust, &mut detection, &mut packed)?;
        let text =
            |(name, text): (&String, &String)| RuleText { name: name.clone(), text: text.clone() };
        let mut texts: Vec<RuleText> = packed.iter().map(text).collect();
        let own = Mutex::new(Vec::new());
        let note = |name: &str, bytes: &[u8]| {
            let mut own = own.lock().unwrap_or_else(PoisonError::into_inner);
            own.push((name.to_owned(), sha256_of(bytes)));
        };
        for path in &choices.rules {
            for file in rule_files(path)? {
                let name = file.display().to_string();
                match fs::read(&file) {
                    Ok(bytes) => {
                        note(&name, &bytes);
                        let text = String::from_utf8_lossy(&bytes).into_owned();
                        texts.push(RuleText { name, text });
                    }
                    Err(error) => refused.push(RefusedRules { name, reason: error.to_string() }),
                }
            }
        }
        let include = |from: &str, path: &str| {
            include_packed(&packed, from, path).unwrap_or_else(|| include(from, path, &note))
        };
        let mut compiled = choices.memory.as_deref().map(compiled_before).unwrap_or_default();
        let known = compiled.clone();
        let (rules, refused_rules) =
            Rules::read_again(texts, &include, choices.threads, &mut compiled);
        if let Some(memory) = choices.memory.as_deref().filter(|_| compiled != known) {
            // Where it cannot be kept, the next start takes longer, nothing else.
            keep_compiled(memory, &compiled).unwrap_or_default();
        }
        refused.extend(refused_rules);
        detection.rules = rules;
        // What is no file of rules is not left out because it lies among them.
        let mut own = own.into_inner().unwrap_or_else(PoisonError::into_inner);
        own.retain(|(name, _)| !refused.iter().any(|it| it.name == *name));
        detection.rule_files = own.into_iter().map(|it| it.1).collect();
        detection.rule_files.sort_unstable();
        let mut inputs = Self { detection, refused, packs, ..Self::default() };
        for path in &choices.indicators {
            let name = path.display().to_string();
            let outcome = inputs.detection.add_list(open_list(path)?);
            inputs.lists.push((name, outcome));
        }
        inputs.load_addresses(choices)?;
        if inputs.is_for_files_not() && inputs.addresses.is_empty() {
            let reasons = inputs.refused.iter().take(5);
            let reasons: Vec<String> =
                reasons.map(|it| format!("\n  {}: {}", it.name, it.reason)).collect();
            bail!("{}{}", failure("clean-nothing-usable", &[]), reasons.concat());
        }
        Ok(inputs)
    }

    /// Whether there is nothing to look for in files.
    pub(super) fn is_for_files_not(&self) -> bool {
        self.detection.rules.is_empty() && self.detection.known.is_empty()
    }

    /// Takes the addresses of lists and packs where what runs is looked at.
    fn load_addresses(&mut self, choices: &Choices) -> anyhow::Result<()> {
        let packed = mem::take(&mut self.detection.packed_addresses);
        if !choices.looks_at_running() {
            return Ok(());
        }
        let mut lists: Vec<(String, Box<dyn Read + Send>)> = Vec::new();
        for (path, (name, outcome)) in choices.indicators.iter().zip(&self.lists) {
            if outcome.not_of_files > 0 {
                lists.push((name.clone(), Box::new(open_list(path)?)));
            }
        }
        let loaded = Addresses::load(lists, packed, today());
        let (addresses, reports) = loaded.map_err(|error| {
            failure("clean-addresses-unusable", &[("why", command_line::why(&error))])
        })?;
        (self.addresses, self.address_lists) = (addresses, reports);
        Ok(())
    }

    /// What is not looked for makes a run incomplete.
    pub(super) fn add_to(&self, summary: &mut Summary) {
        let refused = self.refused.len() as u64;
        let lines = self.lists.iter().map(|(_, it)| it.refused + u64::from(it.problem.is_some()));
        let lines: u64 = lines.sum();
        let expired = self.packs.iter().filter(|it| it.is_expired).count() as u64;
        let unknown = self.packs.iter().map(|it| it.unknown.len() as u64).sum();
        let addresses = self.address_lists.iter().filter(|(_, it)| it.problem.is_some()).count();
        let lines = lines + addresses as u64;
        let not_used = [
            ("rules-refused", refused),
            ("indicators-refused", lines),
            ("pack-expired", expired),
            ("pack-part-unknown", unknown),
        ];
        for (reason, count) in not_used {
            if count > 0 {
                summary.not_scanned.insert(reason.to_owned(), count);
                summary.complete = false;
                if summary.verdict == Some(Verdict::Clean) {
                    summary.verdict = Some(Verdict::Incomplete);
                }
            }
        }
    }
}

fn open_list(path: &Path) -> anyhow::Result<File> {
    File::open(path).map_err(|error| {
        let values =
            [("name", path.display().to_string().into()), ("why", command_line::why(&error))];
        failure("clean-list-unreadable", &values)
    })
}

/// A file of rules; of a folder every one in it.
fn rule_files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = |error: &std::io::Error| {
        let name = path.display().to_string();
        failure(
            "clean-rules-unreadable",
            &[("name", name.into()), ("why", command_line::why(error))],
        )
    };
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for walked in Walk::of(path) {
        match walked {
            Walked::File(file, _) => {
                let ending = file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
                if ending.is_some_and(|it| it == "yar" || it == "yara") {
                    files.push(file);
                }
            }
            Walked::Failed(_, error) => return Err(unreadable(&error)),
            Walked::NoFile(_) | Walked::NotOnDisk(_) => {}
        }
    }
    files.sort();
    Ok(files)
}

/// A file of rules that another one names, by its place beside that one.
fn include(from: &str, path: &str, note: &dyn Fn(&str, &[u8])) -> Result<RuleText, String> {
    let file = Path::new(from).parent().unwrap_or(Path::new("")).join(path);
    let bytes = fs::read(&file).map_err(|error| error.to_string())?;
    let name = file.display().to_string();
    note(&name, &bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(RuleText { name, text })
}
