//! The text of rules, cut into rules that can be compiled one by one.

use std::ops::Range;

use boreal_parser::expression::{
    Expression, ExpressionKind, ForIterator, ForSelection, Identifier, IdentifierOperationType,
};
use boreal_parser::file::YaraFileComponent;
use boreal_parser::rule::{MetadataValue, Rule};
use rustc_hash::{FxHashMap, FxHashSet};

use super::literals::{Literal, SHORTEST, literals_of};
use super::need::{Names, Need, StringId};
use crate::{Category, RuleText};

/// What is defined for every rule besides its modules.
pub(super) const EXTERNALS: [&str; 5] = ["filename", "filepath", "extension", "filetype", "owner"];
/// How deep files may include one another.
const DEEPEST_INCLUDE: usize = 16;
/// A string that may stand in more ways, each of few bytes, is not looked for.
const MOST_SHORT_FORMS: usize = 8;

/// A file of rules, read.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// As people know it.
    pub(super) name: String,
    /// The file, and what it includes.
    texts: Vec<String>,
    pub(super) rules: Vec<SourceRule>,
}

/// One rule of a file.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a rule")]
pub(super) struct SourceRule {
    pub(super) name: String,
    text: usize,
    range: Range<usize>,
    /// Rules above it that it needs, and the global ones, by place and in order.
    needs_rules: Vec<usize>,
    modules: Vec<String>,
    pub(super) need: Need,
    pub(super) is_private: bool,
    is_global: bool,
    pub(super) uses_externals: bool,
    pub(super) has_strings: bool,
    pub(super) category: Category,
    pub(super) description: Option<String>,
}

/// All strings of all rules, each with its literals once.
#[derive(Debug, Default)]
pub(super) struct Strings {
    numbers: FxHashMap<Vec<Literal>, StringId>,
}

impl Strings {
    fn need(&mut self, literals: Option<Vec<Literal>>) -> Need {
        let Some(literals) = literals else { return Need::Maybe };
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let is_short = literals.iter().any(|it| it.bytes.len() < SHORTEST);
        // All forms of a short string are looked for at once, so there must be few.
        if is_short && literals.len() > MOST_SHORT_FORMS {
            return Need::Maybe;
        }
        let number = *self.numbers.entry(literals).or_insert(next);
        if is_short { Need::Short(number) } else { Need::String(number) }
    }

    /// The literals of each string by its number.
    pub(super) fn into_literals(self) -> Vec<Vec<Literal>> {
        let mut all: Vec<_> = self.numbers.into_iter().collect();
        all.sort_unstable_by_key(|(_, number)| *number);
        all.into_iter().map(|(literals, _)| literals).collect()
    }
}

/// Gives the file of rules that another one includes: from the name of that one and the path as
/// written there.
pub type Include<'i> = &'i (dyn Fn(&str, &str) -> Result<RuleText, String> + Sync);

impl Source {
    /// Reads a file of rules; an error says what is wrong and where.
    pub(super) fn read(
        name: &str,
        text: &str,
        include: Include<'_>,
        strings: &mut Strings,
    ) -> Result<Self, String> {
        let mut source = Self { name: name.to_owned(), ..Self::default() };
        let mut seen = Seen::default();
        source.add(name, text, include, strings, &mut seen, 0)?;
        source.hold_to_globals();
        Ok(source)
    }

    /// A global rule holds for every rule of the file, those above it too.
    fn hold_to_globals(&mut self) {
        let mut globals = Vec::new();
        let mut need = Need::Maybe;
        for (place, rule) in self.rules.iter().enumerate().filter(|(_, it)| it.is_global) {
            globals.extend(&rule.needs_rules);
            globals.push(place);
            need = Need::all([need, rule.need.clone()]);
        }
        if globals.is_empty() {
            return;
        }
        let uses_externals =
            globals.iter().any(|it| self.rules.get(*it).is_some_and(|it| it.uses_externals));
        let modules: Vec<String> = globals
            .iter()
            .filter_map(|it| self.rules.get(*it))
            .flat_map(|it| it.modules.clone())
            .collect();
        for (place, rule) in self.rules.iter_mut().enumerate() {
            rule.needs_rules.extend(globals.iter().filter(|it| **it != place));
            rule.needs_rules.sort_unstable();
            rule.needs_rules.dedup();
            rule.need = Need::all([need.clone(), std::mem::replace(&mut rule.need, Need::Maybe)]);
            rule.uses_externals |= uses_externals;
            rule.modules.extend(modules.iter().cloned());
            rule.modules.sort_unstable();
            rule.modules.dedup();
        }
    }

    fn add(
        &mut self,
        name: &str,
        text: &str,
        include: Include<'_>,
        strings: &mut Strings,
        seen: &mut Seen,
        depth: usize,
    ) -> Result<(), String> {
        if depth > DEEPEST_INCLUDE {
            return Err("files include one another without an end".to_owned());
        }
        let parsed = boreal_parser::parse(text).map_err(|error| {
            let diagnostic = error.to_diagnostic();
            let at = diagnostic.labels.first().map_or(0, |it| it.range.start);
            format!("line {}: {}", line_of(text, at), diagnostic.message)
        })?;
        let at = self.texts.len();
        self.texts.push(text.to_owned());
        let mut end = 0;
        for component in parsed.components {
            match component {
                YaraFileComponent::Import(import) => {
                    end = import.span.end;
                    seen.modules.insert(import.name);
                }
                YaraFileComponent::Include(included) => {
                    end = included.span.end;
                    let RuleText { name, text } = include(name, &included.path)
                        .map_err(|error| format!("include `{}`: {error}", included.path))?;
                    self.add(&name, &text, include, strings, seen, depth + 1)?;
                }
                YaraFileComponent::Rule(rule) => {
                    let close = closing_brace(text, rule.condition.span.end)
                        .ok_or_else(|| format!("the end of rule `{}` is not found", rule.name))?;
                    self.add_rule(&rule, at, end..close, strings, seen);
                    end = close;
                }
            }
        }
        Ok(())
    }

    fn add_rule(
        &mut self,
        rule: &Rule,
        text: usize,
        range: Range<usize>,
        strings: &mut Strings,
        seen: &mut Seen,
    ) {
        let own: Vec<(String, Need)> = rule
            .variables
            .iter()
            .map(|it| (it.name.clone(), strings.need(literals_of(it))))
            .collect();
        let names = Names { strings: &own, rules: &seen.needs };
        let need = names.need(&rule.condition);

        let mut used = Used::default();
        used.walk(&rule.condition);
        let mut needs_rules = Vec::new();
        for (place, other) in self.rules.iter().enumerate() {
            let is_used = used.names.contains(&other.name)
                || used.prefixes.iter().any(|it| other.name.starts_with(it));
            if is_used {
                needs_rules.extend(&other.needs_rules);
                needs_rules.push(place);
            }
        }
        needs_rules.sort_unstable();
        needs_rules.dedup();
        let mut modules: Vec<String> =
            seen.modules.iter().filter(|it| used.names.contains(*it)).cloned().collect();
        let mut uses_externals = EXTERNALS.iter().any(|it| used.names.contains(*it));
        for place in &needs_rules {
            if let Some(other) = self.rules.get(*place) {
                modules.extend(other.modules.iter().cloned());
                uses_externals |= other.uses_externals;
            }
        }
        modules.sort_unstable();
        modules.dedup();
        seen.needs.insert(rule.name.clone(), need.clone());
        self.rules.push(SourceRule {
            name: rule.name.clone(),
            text,
            range,
            needs_rules,
            modules,
            need,
            is_private: rule.is_private,
            is_global: rule.is_global,
            uses_externals,
            has_strings: !rule.variables.is_empty(),
            category: category(rule),
            description: words(rule, "description"),
        });
    }

    /// The text of the file, and of what it includes.
    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// One rule with everything that it needs, as text to compile.
    pub(super) fn text_of(&self, place: usize) -> String {
        let mut text = String::new();
        let Some(rule) = self.rules.get(place) else { return text };
        for module in &rule.modules {
            push_import(&mut text, module);
        }
        // In the order of the file, in which rules know those above them.
        let mut places = rule.needs_rules.clone();
        places.push(place);
        places.sort_unstable();
        for place in places {
            text.push_str(self.own_text(place));
            text.push('\n');
        }
        text
    }

    /// All rules as one text to compile.
    pub(super) fn whole_text(&self) -> String {
        let modules: FxHashSet<&String> = self.rules.iter().flat_map(|it| &it.modules).collect();
        let mut text = String::new();
        for module in modules {
            push_import(&mut text, module);
        }
        for place in 0..self.rules.len() {
            text.push_str(self.own_text(place));
            text.push('\n');
        }
        text
    }

    fn own_text(&self, place: usize) -> &str {
        let text = self.rules.get(place).and_then(|rule| {
            self.texts.get(rule.text).and_then(|text| text.get(rule.range.clone()))
        });
        text.unwrap_or_default()
    }
}

/// What stands above a rule.
#[derive(Default)]
struct Seen {
    modules: FxHashSet<String>,
    needs: FxHashMap<String, Need>,
}

fn push_import(text: &mut String, module: &str) {
    text.push_str("import \"");
    text.push_str(module);
    text.push_str("\"\n");
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Where a rule ends: behind the brace that follows its condition.
fn closing_brace(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        let skipped = rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        at += skipped;
        if rest.starts_with("//") {
            at += rest.find('\n')?;
        } else if rest.starts_with("/*") {
            at += rest.find("*/")? + 2;
        } else {
            // A parenthesis may stand behind the span of what is in it.
            let first = rest.chars().next()?;
            at += first.len_utf8();
            match first {
                '}' => return Some(at),
                ')' => {}
                _ => return None,
            }
        }
    }
}

/// What a rule says of itself.
fn category(rule: &Rule) -> Category {
    if let Some(named) = words(rule, "category") {
        match named.to_ascii_lowercase().as_str() {
            "risk" | "riskware" | "pua" | "pup" => return Category::Risk,
            "suspicious" => return Category::Suspicious,
            "malware" => return Category::Malware,
            _ => {}
        }
    }
    let score = rule.metadatas.iter().find(|it| it.name == "score").map(|it| &it.value);
    match score {
        Some(MetadataValue::Integer(score)) if *score < 70 => Category::Suspicious,
        _ => Category::Malware,
    }
}

fn words(rule: &Rule, name: &str) -> Option<String> {
    rule.metadatas.iter().find_map(|it| match &it.value {
        MetadataValue::Bytes(bytes) if it.name == name => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        _ => None,
    })
}

/// The names that a condition uses.
#[derive(Default)]
struct Used {
    names: FxHashSet<String>,
    prefixes: Vec<String>,
}

impl Used {
    fn walk(&mut self, expression: &Expression) {
        use ExpressionKind as Kind;
        match &expression.expr {
            Kind::ReadInteger { addr: inner, .. }
            | Kind::Neg(inner)
            | Kind::BitwiseNot(inner)
            | Kind::Not(inner)
            | Kind::Defined(inner)
            | Kind::Matches(inner, _)
            | Kind::VariableAt { offset: inner, .. }
            | Kind::Offset { occurence_number: inner, .. }
            | Kind::Length { occurence_number: inner, .. } => self.walk(inner),
            Kind::CountInRange { from: left, to: right, .. }
            | Kind::VariableIn { from: left, to: right, .. }
            | Kind::Add(left, right)
            | Kind::Sub(left, right)
            | Kind::Mul(left, right)
            | Kind::Div(left, right)
            | Kind::Mod(left, right)
            | Kind::BitwiseXor(left, right)
            | Kind::BitwiseAnd(left, right)
            | Kind::BitwiseOr(left, right)
            | Kind::ShiftLeft(left, right)
            | Kind::ShiftRight(left, right)
            | Kind::Cmp { left, right, .. }
            | Kind::Eq(left, right)
            | Kind::NotEq(left, right)
            | Kind::Contains { haystack: left, needle: right, .. }
            | Kind::StartsWith { expr: left, prefix: right, .. }
            | Kind::EndsWith { expr: left, suffix: right, .. }
            | Kind::IEquals(left, right) => {
                self.walk(left);
                self.walk(right);
            }
            Kind::And(parts) | Kind::Or(parts) => {
                for it in parts {
                    self.walk(it);
                }
            }
            Kind::For { selection, body, .. } => {
                self.selection(selection);
                if let Some(body) = body {
                    self.walk(body);
                }
            }
            Kind::ForIn { selection, from, to, .. } => {
                self.selection(selection);
                self.walk(from);
                self.walk(to);
            }
            Kind::ForAt { selection, offset, .. } => {
                self.selection(selection);
                self.walk(offset);
            }
            Kind::ForIdentifiers { selection, iterator, body, .. } => {
                self.selection(selection);
                match iterator {
                    ForIterator::Identifier(identifier) => self.identifier(identifier),
                    ForIterator::Range { from, to } => {
                        self.walk(from);
                        self.walk(to);
                    }
                    ForIterator::List(values) => {
                        for it in values {
                            self.walk(it);
                        }
                    }
                }
                self.walk(body);
            }
            Kind::ForRules { selection, set } => {
                self.selection(selection);
                for element in &set.elements {
                    if element.is_wildcard {
                        self.prefixes.push(element.name.clone());
                    } else {
                        self.names.insert(element.name.clone());
                    }
                }
            }
            Kind::Identifier(identifier) => self.identifier(identifier),
            Kind::Filesize
            | Kind::Entrypoint
            | Kind::Integer(_)
            | Kind::Double(_)
            | Kind::Count(_)
            | Kind::Boolean(_)
            | Kind::Variable(_)
            | Kind::Bytes(_)
            | Kind::Regex(_) => {}
        }
    }

    fn selection(&mut self, selection: &ForSelection) {
        if let ForSelection::Expr { expr, .. } = selection {
            self.walk(expr);
        }
    }

    fn identifier(&mut self, identifier: &Identifier) {
        self.names.insert(identifier.name.clone());
        for operation in &identifier.operations {
            match &operation.op {
                IdentifierOperationType::Subscript(inner) => self.walk(inner),
                IdentifierOperationType::FunctionCall(arguments) => {
                    for it in arguments {
                        self.walk(it);
                    }
                }
                IdentifierOperationType::Subfield(_) => {}
            }
        }
    }
}
