//! `hunt`: 10,000 new indicators against side-cars of many gigabytes of logs.
//!
//! The logs are generated, matched and forgotten one after the other: only their side-cars are kept.
//! URLs are left out, for which logs are read again.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{bail, ensure};
use files::MappedFile;
use indicators::ReadOptions;
use jiff::tz::{Offset, TimeZone};
use log_check::{
    About, Archive, Guarding, IndicatorInput, ListInput, LogInput, Logs, Settings, SideCarBuilder,
    SideCarInput, Wanted, check_logs, hunt, load_lists, load_wanted,
};
use simulation::{LogKind, LogSettings, Targets, Truth, ZeekLog, ZeekWriter, write_log};

use super::Context;
use super::match_logs::{Silent, as_double};
use crate::data::{self, log_settings};
use crate::measure::Measure;
use crate::measured_run::own_cpu_seconds;
use crate::say;

const KINDS: [LogKind; 7] = [
    LogKind::Bind,
    LogKind::Dnsmasq,
    LogKind::Fortigate,
    LogKind::Zeek(ZeekLog::Conn, ZeekWriter::Tsv),
    LogKind::Zeek(ZeekLog::Dns, ZeekWriter::Tsv),
    LogKind::Zeek(ZeekLog::Ssl, ZeekWriter::Tsv),
    LogKind::Squid,
];
/// Lines of each log: 80 to 500 MB.
const LINES: u64 = 800_000;
/// How many indicators are new.
const WANTED: usize = 10_000;

/// Side-cars in a folder, and how large they are by kind of log.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    bytes: Mutex<Vec<(String, u64)>>,
}

impl Archive for Folder {
    fn store(&self, name: &str, about: About, side_car: SideCarBuilder) -> io::Result<()> {
        let bytes = side_car.finish(&about);
        let mut sizes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.push((about.log.clone(), bytes.len() as u64));
        fs::write(self.path.join(name), bytes)
    }

    fn drop_shorter(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// The logs were forgotten.
struct Gone;

impl Logs for Gone {
    fn open(&self, about: &About) -> LogInput {
        let bytes = Err(io::ErrorKind::NotFound.into());
        LogInput { name: about.log.clone(), modified: None, size_bytes: None, bytes }
    }
}

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let folder = context.data.folder.join("side-cars");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let archive = Arc::new(Folder { path: folder.clone(), bytes: Mutex::default() });
    let targets = Targets::new(1, 500);
    let [_, _, fillers] = context.data.lists.as_slice() else { bail!("lists are missing") };
    // The index knows none of what comes later.
    let before = [ListInput { name: "fillers".to_owned(), bytes: open(fillers) }];
    let index = load_lists(before.into(), ReadOptions::default())?.index;
    let zone = TimeZone::fixed(Offset::constant(7));
    let settings = Settings { archive: Some(archive.clone()), ..Settings::new(zone.clone()) };

    let mut truth = Truth::default();
    let (mut bytes, mut by_kind) = (0, Vec::new());
    let mut cpu_seconds = 0.0;
    for round in 0.. {
        if as_double(bytes) >= context.gigabytes * 1e9 {
            break;
        }
        for kind in KINDS {
            let settings_of_log =
                LogSettings { seed: 100 + round, planted_per_100k: 1, ..log_settings(LINES) };
            let mut log = Vec::new();
            write_log(kind, &settings_of_log, &targets, &mut truth, &mut log)?;
            let name = format!("{round}-{}", kind.file_name());
            bytes += log.len() as u64;
            by_kind.push((kind.file_name(), name.clone(), log.len() as u64));
            let input = LogInput {
                name,
                modified: Some(data::written()),
                size_bytes: None,
                bytes: Ok(Box::new(Cursor::new(log))),
            };
            let started_at = own_cpu_seconds()?;
            let report = check_logs(&index, vec![input], &settings, &Silent);
            cpu_seconds += own_cpu_seconds()? - started_at;
            ensure!(report.summary.complete, "{:?}", report.summary.files);
        }
        say(&format!("{:.1} GB of logs", as_double(bytes) / 1e9));
    }
    let sizes = archive.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let size: u64 = sizes.iter().map(|(_, size)| size).sum();
    let mut measures = vec![
        Measure::new("hunt/logs", as_double(bytes) / 1e9, "GB"),
        Measure::new("hunt/archiving", as_double(bytes) / 1e6 / cpu_seconds, "MB/CPU s"),
        Measure::new("hunt/side-cars", 100.0 * as_double(size) / as_double(bytes), "% of the logs"),
    ];
    for kind in KINDS.map(LogKind::file_name) {
        let of_kind = || by_kind.iter().filter(|it| it.0 == kind);
        let names: BTreeSet<_> = of_kind().map(|it| it.1.as_str()).collect();
        let logs: u64 = of_kind().map(|it| it.2).sum();
        let cars: u64 =
            sizes.iter().filter(|it| names.contains(it.0.as_str())).map(|it| it.1).sum();
        let share = 100.0 * as_double(cars) / as_double(logs);
        measures.push(Measure::new(format!("hunt/side-cars/{kind}"), share, "% of the logs"));
    }
    measures.extend(look_back(context, &folder, bytes, &truth)?);
    fs::remove_dir_all(&folder)?;
    Ok(measures)
}

/// Looks for new indicators in all side-cars.
fn look_back(
    context: &Context,
    folder: &Path,
    bytes: u64,
    truth: &Truth,
) -> anyhow::Result<Vec<Measure>> {
    let wanted = wanted(context)?;
    let zone = TimeZone::fixed(Offset::constant(7));
    let mut best = (f64::INFINITY, f64::INFINITY, Vec::new());
    for _ in 0..context.runs {
        let side_cars = fs::read_dir(folder)?.filter_map(Result::ok).map(|it| SideCarInput {
            name: it.path().display().to_string(),
            bytes: MappedFile::open(&it.path()).map(|it| Box::new(it) as _),
        });
        let (cpu_before, started) = (own_cpu_seconds()?, Instant::now());
        let report = hunt(&wanted, side_cars, &Gone, &Settings::new(zone.clone()), &Silent)?;
        let wall = started.elapsed().as_secs_f64();
        let cpu = own_cpu_seconds()? - cpu_before;
        if cpu < best.0 {
            best = (cpu, wall, report.sightings);
        }
    }
    let names: BTreeSet<String> =
        wanted.iter().map(|it| it.indicator.observable.to_string()).collect();
    let truth: BTreeSet<_> = truth
        .sightings()
        .into_iter()
        // A side-car keeps who contacted what, not who knocked or was only mentioned.
        .filter(|it| it.verdict.is_finding() && names.contains(&it.indicator))
        .map(|it| (it.device, it.indicator, it.count))
        .collect();
    let found: BTreeSet<_> =
        best.2.into_iter().map(|it| (it.device, it.indicator, it.count)).collect();
    let count = |count: usize| as_double(count as u64);
    let to_terabyte = 1e12 / as_double(bytes);
    Ok(vec![
        Measure::new("hunt/indicators", count(wanted.len()), "indicators"),
        Measure::new("hunt/cpu", best.0, "CPU s"),
        Measure::new("hunt/wall", best.1, "s"),
        Measure::new("hunt/cpu-of-a-terabyte", best.0 * to_terabyte, "CPU s, extrapolated"),
        Measure::new("hunt/planted", count(truth.len()), "sightings"),
        Measure::new("hunt/false-positives", count(found.difference(&truth).count()), "sightings"),
        Measure::new("hunt/false-negatives", count(truth.difference(&found).count()), "sightings"),
    ])
}

/// The targets, URLs left out, and fillers up to the wanted number.
fn wanted(context: &Context) -> anyhow::Result<Vec<Wanted>> {
    let head = |path: &Path, rows: usize| -> anyhow::Result<Vec<String>> {
        let lines = BufReader::new(File::open(path)?).lines();
        let is_url = |line: &io::Result<String>| line.as_ref().is_ok_and(|it| it.contains("://"));
        // The first row names the columns.
        Ok(lines.filter(|line| !is_url(line)).take(rows + 1).collect::<Result<_, _>>()?)
    };
    let [targets, _, fillers] = context.data.lists.as_slice() else { bail!("lists are missing") };
    let targets = head(targets, WANTED)?;
    let fillers = head(fillers, (WANTED + 1).saturating_sub(targets.len()))?;
    let list = |name: &str, rows: &[String]| {
        let bytes: Box<dyn Read + Send> = Box::new(Cursor::new(rows.join("\n").into_bytes()));
        IndicatorInput::List(ListInput { name: name.to_owned(), bytes: Ok(bytes) })
    };
    let lists = vec![list("targets", &targets), list("fillers", &fillers)];
    let (wanted, _) = load_wanted(lists, ReadOptions::default(), Guarding::Off);
    Ok(wanted)
}

fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(File::open(path)?))
}
