//! YARA rules. What they say is decided by the engine `boreal`; which rules the engine is asked
//! about a file is decided here, by what each rule needs at least ([`need`]) and by one pass over
//! the file for the strings of all rules ([`prefilter`]).

mod compiled_before;
mod literals;
mod need;
mod prefilter;
mod source;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use boreal::Compiler;
use boreal::compiler::CompilerParams;
use boreal::scanner::{ScanParams, Scanner};
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use need::{Need, Start, StringId, Subject};
use prefilter::{Occurring, Prefilter};
use source::{EXTERNALS, Source, Strings};

pub use compiled_before::CompiledBefore;
pub use source::Include;

use crate::{Category, FileFacts};

/// YARA counts at most so many matches of a string.
const MOST_MATCHES: u32 = 1_000_000;
/// A rule that takes longer over one file is given up, and the file is not scanned whole.
const LONGEST_SCAN: Duration = Duration::from_mins(1);
/// Rules kept compiled, about 20 KiB each.
const MOST_COMPILED: usize = 1_500;
/// From so many rules on and in files from so large on, one engine for all of them is built for
/// the one file: that costs less than a pass over the file for each.
const MANY_RULES: usize = 12;
const LARGE_FILE: usize = 256 << 10;

/// A file of rules.
#[derive(Clone, Debug)]
pub struct RuleText {
    /// As people know it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A file of rules that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRules {
    /// As people know it.
    pub name: String,
    /// What is wrong with it, by the words of the engine.
    pub reason: String,
}

/// A rule that matches a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleHit<'r> {
    /// Name of the rule.
    pub rule: &'r str,
    /// The file it stands in.
    pub source: &'r str,
    /// What the rule says it is.
    pub category: Category,
    /// What the rule says of itself.
    pub description: Option<&'r str>,
}

/// Why it is not known whether some rules match a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulesUndecided;

/// Rules, ready to be asked.
#[derive(Debug, Default)]
pub struct Rules {
    sources: Vec<Source>,
    units: Vec<Unit>,
    prefilter: Prefilter,
    /// By string: the rules that cannot match without it or another string.
    triggers: Vec<Vec<u32>>,
    /// Rules that may match without any of these strings, and are asked one by one.
    always: Vec<u32>,
    /// Those of them that are asked together.
    bundles: Vec<Bundle>,
    compiled: AtomicUsize,
    digest: [u8; 32],
}

/// A rule that is reported.
#[derive(Debug)]
struct Unit {
    source: usize,
    rule: usize,
    engine: OnceLock<Option<Scanner>>,
}

/// Rules that are asked together: those that look at the same part of the same kind of file.
#[derive(Debug, Default)]
struct Bundle {
    units: Vec<u32>,
    engine: OnceLock<Option<Scanner>>,
}

impl Rules {
    /// Reads and compiles files of rules, by several threads. What cannot be used is refused whole,
    /// as YARA does, with its reason.
    pub fn read(
        texts: Vec<RuleText>,
        include: Include<'_>,
        threads: usize,
    ) -> (Self, Vec<RefusedRules>) {
        Self::read_again(texts, include, threads, &mut CompiledBefore::default())
    }

    /// The same, where files of rules that compiled before are not compiled again to find that out.
    pub fn read_again(
        texts: Vec<RuleText>,
        include: Include<'_>,
        threads: usize,
        before: &mut CompiledBefore,
    ) -> (Self, Vec<RefusedRules>) {
        let mut hash = Sha256::new();
        for RuleText { name, text } in &texts {
            for part in [name, text] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        let digest = hash.finalize().into();
        let mut strings = Strings::default();
        let (mut sources, mut refused) = (Vec::new(), Vec::new());
        for RuleText { name, text } in texts {
            match Source::read(&name, &text, include, &mut strings) {
                Ok(source) => sources.push(source),
                Err(reason) => refused.push(RefusedRules { name, reason }),
            }
        }
        let digests: Vec<_> = sources.iter().map(CompiledBefore::digest).collect();
        let is_new: Vec<bool> = digests.iter().map(|it| !before.has(it)).collect();
        let reasons = compile_errors(&sources, &is_new, threads);
        let compiled = digests.iter().zip(&reasons).filter(|(_, reason)| reason.is_none());
        before.replace(compiled.map(|(digest, _)| *digest));
        let sources: Vec<Source> = sources
            .into_iter()
            .zip(reasons)
            .filter_map(|(source, reason)| match reason {
                None => Some(source),
                Some(reason) => {
                    refused.push(RefusedRules { name: source.name, reason });
                    None
                }
            })
            .collect();
        let prefilter = Prefilter::new(&strings.into_literals());
        let mut rules = Self { sources, prefilter, digest, ..Self::default() };
        rules.arrange();
        (rules, refused)
    }

    /// How many rules there are; those that only serve others are not counted.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Names of the rules that are reported.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let named = |unit: &Unit| Some(&self.sources.get(unit.source)?.rules.get(unit.rule)?.name);
        self.units.iter().filter_map(move |unit| named(unit).map(String::as_str))
    }

    /// Tells these rules from any others.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Asks the rules about one file after the other.
    pub fn examiner(&self) -> RuleExaminer<'_> {
        RuleExaminer {
            rules: self,
            occurring: Occurring::default(),
            short: FxHashMap::default(),
            is_triggered: vec![false; self.units.len()],
            triggered: Vec::new(),
        }
    }

    /// Sorts the rules by what makes them worth asking.
    fn arrange(&mut self) {
        let mut bundles: FxHashMap<bool, Vec<u32>> = FxHashMap::default();
        for (source_at, source) in self.sources.iter().enumerate() {
            for (rule_at, rule) in source.rules.iter().enumerate() {
                if rule.is_private {
                    continue;
                }
                let number = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
                self.units.push(Unit { source: source_at, rule: rule_at, engine: OnceLock::new() });
                if rule.need == Need::Never {
                    continue;
                }
                if rule.need.may_be_met_without_strings() {
                    let is_of_programs = rule.need.start() == Some(Start::Mz);
                    if is_of_programs {
                        bundles.entry(rule.has_strings).or_default().push(number);
                    } else {
                        self.always.push(number);
                    }
                    continue;
                }
                rule.need.each_string(&mut |string: StringId| {
                    let at = string as usize;
                    if self.triggers.len() <= at {
                        self.triggers.resize(at + 1, Vec::new());
                    }
                    if let Some(of_string) = self.triggers.get_mut(at)
                        && of_string.last() != Some(&number)
                    {
                        of_string.push(number);
                    }
                });
            }
        }
        self.bundles =
            bundles.into_values().map(|units| Bundle { units, engine: OnceLock::new() }).collect();
        self.bundles.sort_by(|one, other| one.units.cmp(&other.units));
    }

    fn rule(&self, unit: u32) -> Option<(&Source, &source::SourceRule)> {
        let unit = self.units.get(unit as usize)?;
        let source = self.sources.get(unit.source)?;
        Some((source, source.rules.get(unit.rule)?))
    }

    /// An engine for some rules, each in a namespace named by its number; nothing when one of them
    /// does not compile, which is possible only where it was wrongly said to have compiled before.
    fn engine(&self, units: &[u32]) -> Option<Scanner> {
        let mut compiler = compiler();
        for number in units {
            let text = self.units.get(*number as usize).and_then(|unit| {
                self.sources.get(unit.source).map(|source| source.text_of(unit.rule))
            });
            let text = text.unwrap_or_default();
            compiler.add_rules_str_in_namespace(text, number.to_string()).ok()?;
        }
        let mut scanner = compiler.finalize();
        scanner.set_scan_params(
            ScanParams::default()
                .string_max_nb_matches(MOST_MATCHES)
                .timeout_duration(Some(LONGEST_SCAN)),
        );
        Some(scanner)
    }
}

fn compiler() -> Compiler {
    let mut compiler = Compiler::new();
    compiler.set_params(CompilerParams::default().disable_includes(true));
    for name in EXTERNALS {
        compiler.define_symbol(name, "");
    }
    compiler
}

/// What the engine says against each file of rules.
fn compile_errors(sources: &[Source], is_new: &[bool], threads: usize) -> Vec<Option<String>> {
    let error_of = |(source, is_new): (&Source, &bool)| {
        if !is_new {
            return None;
        }
        compiler().add_rules_str(source.whole_text()).err().map(|error| {
            let text = error.to_string();
            text.lines().next().unwrap_or_default().to_owned()
        })
    };
    let size = sources.len().div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = sources
            .chunks(size)
            .zip(is_new.chunks(size))
            .map(|(part, is_new)| {
                scope.spawn(move || part.iter().zip(is_new).map(error_of).collect::<Vec<_>>())
            })
            .collect();
        let ended = parts
            .into_iter()
            .map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        ended.flatten().collect()
    })
}

/// Asks the rules about one file after the other; one for each thread.
#[derive(Debug)]
pub struct RuleExaminer<'r> {
    rules: &'r Rules,
    occurring: Occurring,
    /// The short strings that were looked for in this file, and whether they occur.
    short: FxHashMap<StringId, bool>,
    is_triggered: Vec<bool>,
    triggered: Vec<u32>,
}

impl<'r> RuleExaminer<'r> {
    /// Calls `hit` with every rule that matches, in the order in which rules stand in their files.
    pub fn examine(
        &mut self,
        facts: &FileFacts<'_>,
        bytes: &[u8],
        mut hit: impl FnMut(RuleHit<'r>),
    ) -> Result<(), RulesUndecided> {
        let rules = self.rules;
        rules.prefilter.search(bytes, &mut self.occurring);
        self.note_triggered();
        self.short.clear();
        let subject = Asked {
            rules,
            facts,
            bytes,
            occurring: &self.occurring,
            short: RefCell::new(&mut self.short),
        };
        let may_match =
            |unit: &u32| rules.rule(*unit).is_some_and(|(_, rule)| rule.need.may_be_met(&subject));
        let mut hits = Vec::new();
        let mut is_decided = true;
        for bundle in &rules.bundles {
            if bundle.units.iter().any(may_match) {
                let engine = bundle.engine.get_or_init(|| rules.engine(&bundle.units));
                is_decided &= ask(rules, engine.clone(), true, facts, bytes, &mut hits);
            }
        }
        self.triggered.retain(may_match);
        if self.triggered.len() >= MANY_RULES && bytes.len() >= LARGE_FILE {
            let engine = rules.engine(&self.triggered);
            is_decided &= ask(rules, engine, true, facts, bytes, &mut hits);
        } else {
            for number in &self.triggered {
                let Some(unit) = rules.units.get(*number as usize) else { continue };
                let uses_externals =
                    rules.rule(*number).is_some_and(|(_, rule)| rule.uses_externals);
                let engine = match unit.engine.get() {
                    Some(engine) => engine.clone(),
                    None if rules.compiled.load(Ordering::Relaxed) < MOST_COMPILED => {
                        rules.compiled.fetch_add(1, Ordering::Relaxed);
                        unit.engine.get_or_init(|| rules.engine(&[*number])).clone()
                    }
                    None => rules.engine(&[*number]),
                };
                is_decided &= ask(rules, engine, uses_externals, facts, bytes, &mut hits);
            }
        }
        hits.sort_unstable();
        hits.dedup();
        for number in hits {
            if let Some((source, rule)) = rules.rule(number) {
                hit(RuleHit {
                    rule: &rule.name,
                    source: &source.name,
                    category: rule.category,
                    description: rule.description.as_deref(),
                });
            }
        }
        if is_decided { Ok(()) } else { Err(RulesUndecided) }
    }

    /// The rules of which a string occurs.
    fn note_triggered(&mut self) {
        self.triggered.clear();
        self.is_triggered.fill(false);
        for string in &self.occurring.strings {
            let Some(units) = self.rules.triggers.get(*string as usize) else { continue };
            for unit in units {
                if let Some(it @ false) = self.is_triggered.get_mut(*unit as usize) {
                    *it = true;
                    self.triggered.push(*unit);
                }
            }
        }
        self.triggered.extend(&self.rules.always);
        self.triggered.sort_unstable();
    }
}

/// The file that rules are asked about.
struct Asked<'a, 'r> {
    rules: &'r Rules,
    facts: &'a FileFacts<'a>,
    bytes: &'a [u8],
    occurring: &'a Occurring,
    short: RefCell<&'a mut FxHashMap<StringId, bool>>,
}

impl Subject for Asked<'_, '_> {
    fn bytes(&self) -> &[u8] {
        self.bytes
    }

    fn facts(&self) -> &FileFacts<'_> {
        self.facts
    }

    fn occurs(&self, string: StringId) -> bool {
        self.occurring.has(string)
    }

    fn occurs_short(&self, string: StringId) -> bool {
        let mut known = self.short.borrow_mut();
        *known.entry(string).or_insert_with(|| self.rules.prefilter.has_short(string, self.bytes))
    }
}

/// Runs an engine, and notes the rules that match by their numbers; whether it came to an end.
fn ask(
    rules: &Rules,
    engine: Option<Scanner>,
    uses_externals: bool,
    facts: &FileFacts<'_>,
    bytes: &[u8],
    hits: &mut Vec<u32>,
) -> bool {
    let Some(mut engine) = engine else { return false };
    if uses_externals {
        let values = [facts.name, facts.folder, facts.extension, facts.kind.code(), facts.owner];
        for (name, value) in EXTERNALS.into_iter().zip(values) {
            let defined = engine.define_symbol(name, value);
            debug_assert!(defined.is_ok(), "{defined:?}");
        }
    }
    let (result, is_decided) = match engine.scan_mem(bytes) {
        Ok(result) => (result, true),
        Err((_, result)) => (result, false),
    };
    for matched in result.rules {
        let Ok(number) = matched.namespace.parse() else { continue };
        // What the rule needs is reported by itself, and private rules never.
        if rules.rule(number).is_some_and(|(_, rule)| rule.name == matched.name) {
            hits.push(number);
        }
    }
    is_decided
}
