//! Real lists, where a folder with some is at hand: `LAMSACH_REAL_LISTS=FOLDER script/test --full`.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use indicators::{Indicator, ListReport, ReadOptions, read_list};
use jiff::tz::TimeZone;
use log_check::{ListInput, LogInput, Progress, Settings, check_logs, load_lists};
use observables::Observable;
use unpacking::{Limits, Unpacker};

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// The lists of the folder that the environment names; none without it.
#[expect(clippy::print_stderr, reason = "says that nothing was tested")]
fn lists() -> Vec<PathBuf> {
    let folder = std::env::var_os("LAMSACH_REAL_LISTS");
    let (Some(folder), Some(_)) = (folder, std::env::var_os("LAMSACH_FULL")) else {
        eprintln!("skipped: needs --full and LAMSACH_REAL_LISTS");
        return Vec::new();
    };
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut lists: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|it| it == "zst")).collect();
    lists.sort();
    assert!(!lists.is_empty(), "no *.zst in LAMSACH_REAL_LISTS");
    lists
}

fn open(path: &Path) -> impl Read + Send + use<> {
    Unpacker::new(File::open(path).unwrap(), Limits::default())
}

fn read(path: &Path) -> (Vec<Indicator>, ListReport) {
    let mut taken = Vec::new();
    let mut bytes = BufReader::new(open(path));
    let report = read_list(&mut bytes, ReadOptions::default(), |it| taken.push(it));
    (taken, report)
}

#[test]
fn every_line_of_a_real_list_is_taken_or_named() {
    for path in lists() {
        let (taken, report) = read(&path);
        assert_eq!(report.problem, None, "{}", path.display());
        let accepted: u64 = report.accepted.values().sum();
        let refused: u64 = report.refused_counts.values().sum();
        assert_eq!(accepted, taken.len() as u64, "{}", path.display());
        let mut text = String::new();
        open(&path).read_to_string(&mut text).unwrap();
        let is_value = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
        let values = text.lines().filter(is_value).count() as u64;
        let header = u64::from(report.format == Some("csv"));
        let counts = &report.refused_counts;
        assert_eq!(accepted + refused + header, values, "{}: {counts:?}", path.display());
        assert_eq!(report.lines, text.lines().count() as u64, "{}", path.display());
    }
}

/// The longest listed name that a name is or lies below: slow and plain.
fn most_specific<'n>(name: &'n str, listed: &HashSet<String>) -> Option<&'n str> {
    let parents = name.match_indices('.').filter_map(|(at, _)| name.get(at + 1..));
    std::iter::once(name).chain(parents).find(|it| listed.contains(*it))
}

#[test]
fn every_name_of_a_real_list_is_found_in_a_log_and_nothing_else() {
    for path in lists() {
        let (taken, _) = read(&path);
        let listed: HashSet<String> = taken
            .into_iter()
            .filter_map(|indicator| match indicator.observable {
                Observable::Domain(name) => Some(name.as_str().to_owned()),
                _ => None,
            })
            .collect();
        let mut asked = Vec::new();
        for name in listed.iter().step_by(37) {
            // Near misses too: the name within another, and one that only ends like it.
            asked.extend([
                name.clone(),
                format!("www.{name}"),
                format!("{name}.good.example"),
                format!("not{name}"),
            ]);
        }
        let mut log = String::new();
        for name in &asked {
            let client = "24-Nov-2026 08:00:01.123 client @0x7f 192.0.2.7#51511";
            writeln!(log, "{client} ({name}): query: {name} IN A +E(0)K (192.0.2.53)").unwrap();
        }
        let expected: BTreeSet<&str> =
            asked.iter().filter_map(|name| most_specific(name, &listed)).collect();
        if expected.is_empty() {
            continue;
        }
        let list = ListInput { name: "list".into(), bytes: Ok(Box::new(open(&path))) };
        let index = load_lists(vec![list], ReadOptions::default()).unwrap().index;
        let input = LogInput {
            name: "log".into(),
            modified: None,
            size_bytes: None,
            bytes: Ok(Box::new(Cursor::new(log.clone()))),
        };
        let settings = Settings { threads: 2, ..Settings::new(TimeZone::UTC) };
        let report = check_logs(&index, vec![input], &settings, &Silent);
        let found: BTreeSet<&str> =
            report.sightings.iter().map(|it| it.indicator.as_str()).collect();
        let missed: Vec<_> = expected.difference(&found).take(20).collect();
        let invented: Vec<_> = found.difference(&expected).take(20).collect();
        assert!(missed.is_empty() && invented.is_empty(), "{missed:?} {invented:?}");
    }
}
