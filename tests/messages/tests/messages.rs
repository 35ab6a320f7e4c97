//! Every sentence that pages and commands ask for exists, in both languages, with the variables
//! that the code sets in.

#![allow(clippy::unwrap_used, clippy::string_slice, reason = "test helpers may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use campaigns::tree_import::Column;
use campaigns::{CampaignState, CaseState, CaseStep, ReceiptStage, ReceiverRole, Role, UnitKind};
use language::{Language, Value};
use reports::{ReportState, ReportStep};
use unicode_normalization::UnicodeNormalization;

/// A message: the variables it sets in.
type Variables = BTreeSet<String>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Files below a folder with one of these endings.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| endings.contains(&it.to_str().unwrap())) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The messages of a language by key; a key that stands twice ends the test.
fn messages(language: Language) -> BTreeMap<String, Variables> {
    let folder = root().join("domain/language/messages").join(language.tag());
    let mut messages: BTreeMap<String, Variables> = BTreeMap::new();
    for file in files(&folder, &["ftl"]) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.nfc().eq(text.chars()), "{} is not in NFC", file.display());
        let mut current = None;
        for line in text.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let (key, _) = line.split_once(" =").unwrap_or_else(|| panic!("{line}"));
                let known = messages.insert(key.to_owned(), Variables::new());
                assert!(known.is_none(), "`{key}` stands twice in {}", language.tag());
                current = Some(key.to_owned());
            } else if line.is_empty() || line.starts_with('#') {
                current = None;
            }
            if let Some(key) = &current {
                messages.get_mut(key).unwrap().extend(variables(line));
            }
        }
    }
    messages
}

/// The names behind `$` in a line.
fn variables(line: &str) -> impl Iterator<Item = String> {
    line.split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect())
}

/// What code asks for: a key, and what it sets in as far as the source says so.
struct Use {
    file: String,
    key: String,
    /// Names set in, where the call shows all of them.
    sets: Option<Variables>,
}

/// The sources that ask for messages.
fn sources() -> Vec<(String, String)> {
    ["domain", "application", "adapters", "apps"]
        .into_iter()
        .flat_map(|folder| files(&root().join(folder), &["rs", "html"]))
        .filter(|file| !file.components().any(|it| it.as_os_str() == "tests"))
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
            // Within the repository, wherever that lies.
            let file = file.strip_prefix(root()).unwrap();
            (file.display().to_string(), text)
        })
        .collect()
}

/// The string literals that follow one another, with only a few plain tokens between them.
fn literals(rest: &str) -> Vec<&str> {
    let call = rest.split([';', '}']).next().unwrap();
    call.split('"').skip(1).step_by(2).collect()
}

fn is_key(text: &str) -> bool {
    text.contains('-')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn set(names: &[&str]) -> Variables {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Every key that is asked for by name.
fn uses() -> Vec<Use> {
    let mut uses = Vec::new();
    for (file, text) in sources() {
        let mut add = |key: &str, sets: Option<Variables>| {
            uses.push(Use { file: file.clone(), key: key.to_owned(), sets });
        };
        for (call, arity) in [(".t(", 0), (".t1(", 1), (".tn(", 1), (".t2(", 2)] {
            for (at, _) in text.match_indices(call) {
                let found = literals(&text[at + call.len()..]);
                let starts_with_literal = text[at + call.len()..].trim_start().starts_with('"');
                match (found.as_slice(), arity) {
                    ([key, ..], 0) if starts_with_literal => add(key, Some(set(&[]))),
                    ([key, name, ..], 1) if starts_with_literal => add(key, Some(set(&[name]))),
                    ([key, ..], _) if starts_with_literal => add(key, None),
                    _ => {}
                }
            }
        }
        for (at, call) in text.match_indices("Problem::new(") {
            let rest = &text[at + call.len()..];
            let rest = rest.split("Problem::new(").next().unwrap();
            let Some(key) = literals(rest).into_iter().find(|it| it.starts_with("problem-")) else {
                continue;
            };
            let names: Vec<_> =
                rest.split(".with(").skip(1).filter_map(|it| it.split('"').nth(1)).collect();
            add(key, Some(set(&names)));
        }
        for call in ["text(", "text_with("] {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start();
                let names_a_language = rest
                    .to_ascii_lowercase()
                    .split(',')
                    .next()
                    .is_some_and(|it| it.contains("language"));
                if let Some(key) =
                    literals(rest).first().filter(|it| names_a_language && is_key(it))
                {
                    add(key, None);
                }
            }
        }
        for literal in text.split('"').skip(1).step_by(2).filter(|it| is_key(it)) {
            let areas = ["problem-", "error-", "notice-", "nav-"];
            if areas.iter().any(|area| literal.starts_with(area) && literal.len() > area.len()) {
                add(literal, None);
            }
        }
        for (at, mark) in text.match_indices("label: \"") {
            if let Some(key) = text[at + mark.len()..].split('"').next().filter(|it| is_key(it)) {
                add(key, Some(set(&[])));
            }
        }
        for (at, mark) in text.match_indices("?notice=") {
            let code: String = text[at + mark.len()..]
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '-')
                .collect();
            if !code.is_empty() {
                add(&format!("notice-{code}"), Some(set(&[])));
            }
        }
    }
    uses
}

/// Every deed that the portal writes down: the code behind `audit::record`.
fn audit_actions() -> Vec<String> {
    let is_deed = |text: &&str| {
        text.split_once('.').is_some_and(|(noun, deed)| {
            let is_word = |it: &str| it.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            !noun.is_empty() && !deed.is_empty() && is_word(noun) && is_word(deed)
        })
    };
    let nouns = [
        "campaign", "case", "device", "letter", "log", "person", "portal", "report", "token",
        "unit",
    ];
    let mut found = BTreeSet::new();
    for (file, text) in sources() {
        if file.contains("portal") {
            let literals = text.split('"').skip(1).step_by(2).filter(is_deed);
            let deeds = literals.filter(|it| nouns.iter().any(|noun| it.starts_with(noun)));
            found.extend(deeds.map(|it| it.replace('.', "-")));
        }
    }
    assert!(found.len() > 20, "the deeds are not where this test looks: {found:?}");
    found.into_iter().collect()
}

/// Closed sets of words: `page.tk(prefix, code)` finds `prefix-code` for every code.
fn word_sets() -> BTreeMap<&'static str, Vec<String>> {
    fn codes<T: ToString>(all: impl IntoIterator<Item = T>) -> Vec<String> {
        all.into_iter().map(|it| it.to_string()).collect()
    }
    let stages = codes(ReceiptStage::ALL.map(ReceiptStage::code));
    let case_steps = codes(CaseStep::ALL);
    let case_events = [
        case_steps.clone(),
        codes([
            "opened",
            "seen-again",
            "verified",
            "described",
            "kind-changed",
            "stands-as-changed",
            "merged",
            "scan-clean",
            "scan-found",
            "split",
            "log-taken-back",
            "verification-withdrawn",
            "seen-again-withdrawn",
        ]),
    ]
    .concat();
    let verdicts = [
        matching::Verdict::MentionOnly,
        matching::Verdict::InboundScan,
        matching::Verdict::DnsBlocked,
        matching::Verdict::DnsQueried,
        matching::Verdict::DnsResolved,
        matching::Verdict::Attempted,
        matching::Verdict::Connected,
    ];
    let verdicts =
        verdicts.map(|it| serde_json::to_value(it).unwrap().as_str().unwrap().to_owned());
    let campaign_states = [CampaignState::Draft, CampaignState::Launched, CampaignState::Closed]
        .map(CampaignState::code);
    let report_states = codes(ReportState::ALL.map(ReportState::code));
    BTreeMap::from([
        ("audit-action", audit_actions()),
        (
            "audit-detail",
            codes([
                "role",
                "code",
                "parent",
                "line",
                "from",
                "to",
                "receivers",
                "reminded",
                "units",
                "count",
                "accepted",
                "added",
                "changed",
                "refused",
                "lines",
                "findings",
                "name",
                "sightings",
                "cases-gone",
                "cases-kept",
                "cases-declared",
            ]),
        ),
        ("campaign-state", codes(campaign_states)),
        ("case-advice", codes(CaseState::ALL)),
        ("case-event", case_events),
        ("case-state", codes(CaseState::ALL)),
        ("case-step", case_steps),
        ("deadline", codes(["before", "at-latest"])),
        ("device-kind", codes(portal::cases::DEVICE_KINDS)),
        ("scan-scope", codes(["computer", "quick", "places", "unknown"])),
        ("scan-verdict", codes(["clean", "incomplete", "risky", "suspicious", "infected"])),
        ("scan-source", {
            let tools = other_scanners::Tool::ALL.map(other_scanners::Tool::code);
            [codes(["lamsach-clean"]), codes(tools)].concat()
        }),
        ("tools-get", codes(["windows", "linux"])),
        ("scan-action", codes(other_scanners::Action::ALL.map(other_scanners::Action::code))),
        ("report-refused", codes(other_scanners::Reason::ALL.map(other_scanners::Reason::code))),
        ("device-stands-as", codes(portal::cases::STANDS_AS)),
        ("home-next", stages.iter().take(4).cloned().collect()),
        ("home-report", report_states.clone()),
        ("home-task", codes(["approval", "cases", "submission", "supplement", "notes"])),
        ("letter-deadline", codes(["before", "at-latest"])),
        ("intermediary", codes(naming::Intermediary::ALL.map(naming::Intermediary::code))),
        ("intermediary-ask", codes(naming::Intermediary::ALL.map(naming::Intermediary::code))),
        ("told-by", codes(naming::ToldBy::ALL.map(naming::ToldBy::code))),
        ("line", codes([portal::units::TERRITORIAL])),
        ("person-state", codes(["pending", "active", "locked"])),
        ("lists-refused", codes(indicators::Reason::ALL)),
        ("log-check-problem", codes(log_check::Problem::CODES)),
        ("match-names", codes(log_check::NamesProblem::ALL.map(log_check::NamesProblem::code))),
        ("name-confidence", codes(naming::Confidence::ALL.map(naming::Confidence::code))),
        ("name-source", codes(naming::Source::ALL.map(naming::Source::code))),
        ("names-refused", codes(naming::Reason::ALL.map(naming::Reason::code))),
        ("packet-reason", {
            let packets = codes(log_check::PacketReason::ALL.map(log_check::PacketReason::code));
            let flows = codes(log_check::FlowReason::ALL.map(log_check::FlowReason::code));
            let events = codes(log_check::EventReason::ALL.map(log_check::EventReason::code));
            [packets, flows, events].concat()
        }),
        ("receipt", stages),
        ("receiver", codes(ReceiverRole::ALL)),
        ("report", codes(["assessment", "proposals"])),
        ("report-advice", report_states.clone()),
        ("report-state", [report_states, codes(["missing"])].concat()),
        ("report-step", codes(ReportStep::ALL.map(ReportStep::code))),
        ("role", codes(Role::ALL)),
        ("unit-kind", codes(UnitKind::ALL)),
        ("units-column", codes(Column::ALL.map(Column::code))),
        ("units-column-hint", codes(Column::ALL.map(Column::code))),
        ("verdict", verdicts.to_vec()),
    ])
}

/// Prefixes that `page.tk` and `page.word` are called with.
fn prefixes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in sources() {
        for call in [".tk(", ".word("] {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start();
                if rest.starts_with('"') {
                    found.insert(literals(rest).first().unwrap().to_string());
                }
            }
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    let (vi, en) = (messages(Language::Vi), messages(Language::En));
    let keys = |of: &BTreeMap<String, Variables>| of.keys().cloned().collect::<BTreeSet<_>>();
    let only_in_one: Vec<_> = keys(&vi).symmetric_difference(&keys(&en)).cloned().collect();
    assert!(only_in_one.is_empty(), "in one language only: {only_in_one:?}");
    let differ: Vec<_> =
        vi.iter().filter(|(key, of)| en[*key] != **of).map(|(key, _)| key).collect();
    assert!(differ.is_empty(), "variables differ between the languages: {differ:?}");
}

#[test]
fn every_message_can_be_written() {
    for language in Language::ALL {
        for (key, variables) in messages(language) {
            let values: Vec<(&'static str, Value<'_>)> = variables
                .into_iter()
                .map(|name| (&*Box::leak(name.into_boxed_str()), Value::Count(2)))
                .collect();
            let sentence = language::text_with(language, &key, &values);
            let is_whole = !sentence.contains(['⟦', '{']) && !sentence.trim().is_empty();
            assert!(is_whole, "{} {key}: {sentence}", language.tag());
        }
    }
}

#[test]
fn every_message_that_is_asked_for_exists_and_takes_what_is_set_in() {
    let known = messages(Language::Vi);
    let mut wrong = BTreeSet::new();
    for Use { file, key, sets } in uses() {
        match (known.get(&key), sets) {
            (None, _) => {
                wrong.insert(format!("`{key}` is missing ({file})"));
            }
            (Some(takes), Some(sets)) if *takes != sets => {
                wrong.insert(format!("`{key}` takes {takes:?}, but {file} sets in {sets:?}"));
            }
            _ => {}
        }
    }
    assert!(uses().len() > 300, "the sources are not where this test looks");
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_word_of_a_closed_set_exists() {
    let known = messages(Language::Vi);
    let sets = word_sets();
    let unknown: Vec<_> =
        prefixes().into_iter().filter(|it| !sets.contains_key(it.as_str())).collect();
    assert!(unknown.is_empty(), "sets of words that this test does not know: {unknown:?}");
    let missing: Vec<_> = sets
        .iter()
        .flat_map(|(prefix, codes)| codes.iter().map(move |code| format!("{prefix}-{code}")))
        .filter(|key| !known.contains_key(key))
        .collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}
