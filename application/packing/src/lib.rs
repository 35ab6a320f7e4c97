//! Making a pack: everything that goes into it is read as the tool will read it, and what would not
//! work there is refused here.
//!
//! [`make_pack`] gives an unsigned pack; [`packs::sign`] adds the signature of one person after the
//! other. What it deliberately does not do: open files, keep keys, decide what is malicious.

mod families;

use std::collections::BTreeSet;
use std::io::{BufReader, Read};

use detection::{
    Known, KnownCounts, ListOutcome, RefusedRules, RuleText, Rules, WithoutFiles, read_known,
};
use file_check::{PackedRules, include_packed};
use jiff::Timestamp;
use jiff::civil::Date;
pub use log_check::Guarding;
use log_check::{IndicatorInput, ListInput, ListReport, ReadOptions, compile_indicators};
pub use packs::{
    Draft, Family, KeyFileError, LedgerError, MOST_BYTES, NamedKey, Pack, PackError, PublicKey,
    RuleFile, SecretKey, TrustedKeys, VERSION, sign,
};
use unpacking::{Limits, Unpacker};

pub use families::{FamilyProblem, FamilyRefused, REMOVERS};

/// What goes into a pack.
#[derive(Debug)]
pub struct PackRequest {
    /// Its name: packs of one name follow one another.
    pub name: String,
    /// Its number among these.
    pub serial: u64,
    /// Now.
    pub issued: Timestamp,
    /// The last day on which it is current.
    pub expires: Date,
    /// What makes it.
    pub program: String,
    /// Files of rules, by their names below one folder.
    pub rules: Vec<RuleFile>,
    /// Lists of addresses, hashes and file names.
    pub lists: Vec<List>,
    /// Lists of SHA-256 of good files.
    pub good: Vec<List>,
    /// The table of families, CSV or XLSX.
    pub families: Option<Vec<u8>>,
    /// Whether addresses that would do harm are left out.
    pub guarding: Guarding,
    /// Threads that read the rules.
    pub threads: usize,
}

/// A list, plain or packed.
#[derive(Debug)]
pub struct List {
    /// As people know it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A pack that was made, and what is in it.
#[derive(Debug)]
pub struct MadePack {
    /// The pack, not signed yet.
    pub bytes: Vec<u8>,
    /// What became of each list that was looked through for addresses; hashes and file names are
    /// not counted among what was refused.
    pub addresses: Vec<(String, ListReport)>,
    /// What became of each list that was looked through for hashes and file names.
    pub hashes: Vec<(String, ListOutcome)>,
}

/// Why no pack was made.
#[derive(Debug, thiserror::Error)]
pub enum PackingError {
    /// Files of rules that do not compile: the tool could not use them either.
    #[error("{} files of rules do not compile", .0.len())]
    Rules(Vec<RefusedRules>),
    /// There is nothing in it.
    #[error("there is nothing to put into the pack")]
    Empty,
    /// A list cannot be read to its end.
    #[error("{name}: {why}")]
    List {
        /// Which.
        name: String,
        /// Why.
        why: String,
    },
    /// Nothing of a list can be used.
    #[error("no line of {0} can be used")]
    NothingOf(String),
    /// A line of a list of good files that is no SHA-256.
    #[error("{name}, line {line} is no SHA-256: {text}")]
    NotGood {
        /// The list.
        name: String,
        /// Its line.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// The same file is called good and malicious.
    #[error("a file is called good and malicious: {0}")]
    GoodAndBad(String),
    /// The lists are larger than an index can be.
    #[error("the addresses are more than an index can hold: {0}")]
    TooManyAddresses(String),
    /// The table of families cannot be read.
    #[error("the table of families: {0}")]
    Table(String),
    /// Rows of the table of families that are wrong.
    #[error("{} rows of the table of families are wrong", .0.len())]
    Families(Vec<FamilyRefused>),
    /// The pack itself.
    #[error(transparent)]
    Pack(#[from] PackError),
}

/// What is in a pack that was deciphered.
#[derive(Debug)]
pub struct PackFacts {
    /// Files of rules.
    pub rule_files: usize,
    /// Hashes and names of malicious files.
    pub known: KnownCounts,
    /// Good files.
    pub good: usize,
    /// Bytes of the index of addresses.
    pub addresses: Vec<u8>,
    /// Families.
    pub families: Vec<Family>,
}

impl PackFacts {
    /// Of a pack; its signatures were looked at by [`Pack::read`], and whether they are trusted is
    /// another question.
    pub fn of(pack: &Pack<'_>) -> Result<Self, PackError> {
        let contents = pack.contents()?;
        let mut known = Known::default();
        if !contents.hashes.is_empty() {
            let damaged = |_| PackError::Section { kind: "hashes".to_owned() };
            known.add_bytes(&contents.hashes).map_err(damaged)?;
        }
        Ok(Self {
            rule_files: contents.rules.len(),
            known: known.counts(),
            good: contents.good.len(),
            addresses: contents.addresses,
            families: contents.families,
        })
    }
}

/// Checks what goes into a pack, and makes it.
pub fn make_pack(request: PackRequest) -> Result<MadePack, PackingError> {
    let PackRequest { name, serial, issued, expires, program, .. } = &request;
    let mut draft = Draft::new(name, *serial, *issued, *expires, program);
    let rule_names = check_rules(&request)?;
    let (known, hashes) = read_hashes(&request.lists)?;
    let good = read_good(&request.good)?;
    if let Some(both) = known.first_of(&good) {
        let digits = both.iter().map(|it| format!("{it:02x}"));
        return Err(PackingError::GoodAndBad(digits.collect()));
    }
    let options = ReadOptions {
        format: None,
        today: Some(issued.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()),
    };
    let inputs = request.lists.iter().map(|list| {
        let whole = Unpacker::new(std::io::Cursor::new(list.bytes.clone()), Limits::default());
        let bytes: Box<dyn Read + Send> = Box::new(WithoutFiles::of(BufReader::new(whole)));
        IndicatorInput::List(ListInput { name: list.name.clone(), bytes: Ok(bytes) })
    });
    let compiled =
        compile_indicators(inputs.collect(), options, request.guarding, *issued, program)
            .map_err(|error| PackingError::TooManyAddresses(error.to_string()))?;
    let addresses = compiled.reports;
    for ((name, report), (_, outcome)) in addresses.iter().zip(&hashes) {
        if report.accepted_total() == 0 && outcome.hashes + outcome.names == 0 {
            return Err(PackingError::NothingOf(name.clone()));
        }
    }
    let families = match &request.families {
        None => Vec::new(),
        Some(table) => {
            let listed: BTreeSet<&str> = compiled.index.families().into_iter().collect();
            families::read(table, &rule_names, &known, &listed)?
        }
    };
    let contents = &mut draft.contents;
    if known.counts() != KnownCounts::default() {
        contents.hashes = known.to_bytes();
    }
    if !compiled.index.is_empty() {
        contents.addresses = compiled.index.as_bytes().to_vec();
    }
    contents.rules = request.rules;
    contents.good = good;
    contents.families = families;
    if contents.rules.is_empty() && contents.hashes.is_empty() && contents.addresses.is_empty() {
        return Err(PackingError::Empty);
    }
    Ok(MadePack { bytes: draft.build()?, addresses, hashes })
}

/// Compiles the rules as the tool will do it; gives their names.
fn check_rules(request: &PackRequest) -> Result<BTreeSet<String>, PackingError> {
    let named = |it: &RuleFile| format!("{}/{}", request.name, it.name);
    let packed: PackedRules = request.rules.iter().map(|it| (named(it), it.text.clone())).collect();
    let texts = request.rules.iter().map(|it| RuleText { name: named(it), text: it.text.clone() });
    let include = |from: &str, path: &str| {
        include_packed(&packed, from, path).unwrap_or_else(|| Err("is not in the pack".to_owned()))
    };
    let (rules, refused) = Rules::read(texts.collect(), &include, request.threads);
    if !refused.is_empty() {
        return Err(PackingError::Rules(refused));
    }
    Ok(rules.names().map(str::to_owned).collect())
}

fn read_hashes(lists: &[List]) -> Result<(Known, Vec<(String, ListOutcome)>), PackingError> {
    let mut known = Known::default();
    let mut outcomes = Vec::new();
    for list in lists {
        let outcome = read_into(list, &mut known);
        if let Some(why) = outcome.problem {
            return Err(PackingError::List { name: list.name.clone(), why });
        }
        outcomes.push((list.name.clone(), outcome));
    }
    Ok((known, outcomes))
}

fn read_good(lists: &[List]) -> Result<Vec<[u8; 32]>, PackingError> {
    let mut good = BTreeSet::new();
    for list in lists {
        let mut text = String::new();
        let unpacker = Unpacker::new(list.bytes.as_slice(), Limits::default());
        let read = unpacker.take(MOST_BYTES as u64).read_to_string(&mut text);
        read.map_err(|error| {
            let why = error.to_string();
            PackingError::List { name: list.name.clone(), why }
        })?;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim_start_matches('\u{feff}').trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let first = line.split([' ', ',', ';', '\t']).next().unwrap_or_default();
            let hash = decoded(first.trim_matches('"'));
            good.insert(hash.ok_or_else(|| PackingError::NotGood {
                name: list.name.clone(),
                line: number,
                text: line.chars().take(80).collect(),
            })?);
        }
    }
    Ok(good.into_iter().collect())
}

fn decoded(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    bytes.try_into().ok().filter(|_| rest.is_empty())
}

fn read_into(list: &List, known: &mut Known) -> ListOutcome {
    let unpacker = Unpacker::new(list.bytes.as_slice(), Limits::default());
    read_known(&mut BufReader::new(unpacker), known)
}
