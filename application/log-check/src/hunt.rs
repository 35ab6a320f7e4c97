//! Looking back: new indicators against side-cars of logs matched before.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;

use hunting::{About, Questions, SideCar, SideCarError, Trace};
use indicators::Indicator;
use matching::{Evidence, IndexBuilder, IndexFull, Origin, Sighting, Verdict};
use naming::{Confidence, Holder, Intermediary, Names, Source, ToldBy, Who};
use observables::Observable;
use rustc_hash::FxHashMap;

use crate::evidence::evidence_of;
use crate::{
    CheckReport, FileSummary, LogInput, Problem, Progress, Settings, Summary, Unit, check_logs,
};

/// A side-car to look into.
pub struct SideCarInput {
    /// Name shown to people.
    pub name: String,
    /// Its bytes, or why it cannot be opened.
    pub bytes: io::Result<Box<dyn AsRef<[u8]>>>,
}

/// An indicator with the name of its list.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What is looked for.
    pub indicator: Indicator,
    /// Name of the list it came from.
    pub list: String,
    /// The warning list that names it too.
    pub warning: Option<String>,
}

/// The logs that side-cars are of, as far as they are still there.
pub trait Logs {
    /// A log, to be read again.
    fn open(&self, log: &About) -> LogInput;
}

/// A device and an indicator.
type Key = (String, usize);

/// What all side-cars say of a device and an indicator.
struct Held {
    trace: Trace,
    log: About,
}

/// Why nothing was looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HuntError {
    /// The indicators found at several sites, where the same private address is another device. The
    /// sites, `-` for logs of none.
    #[error("the indicators were contacted at several sites: {}", .0.join(", "))]
    SeveralSites(Vec<String>),
    /// No side-car is of the site. Those that there are, `-` for logs of none.
    #[error("nothing is kept of that site, but of: {}", .0.join(", "))]
    NoSuchSite(Vec<String>),
    /// Too many URLs to read logs again for.
    #[error(transparent)]
    TooMany(#[from] IndexFull),
}

/// Looks for indicators in side-cars, those of the site in `settings` when it names one.
///
/// A URL is known by its host only: the log is read again where its host was contacted. The summary
/// lists each log with what was read of it; one that is gone or damaged makes it incomplete.
pub fn hunt(
    wanted: &[Wanted],
    side_cars: impl Iterator<Item = SideCarInput>,
    logs: &dyn Logs,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<CheckReport, HuntError> {
    let indicators: Vec<Indicator> = wanted.iter().map(|it| it.indicator.clone()).collect();
    let questions = Questions::new(&indicators);
    let mut summary = Summary { complete: true, ..Summary::default() };
    let mut held: FxHashMap<Key, Held> = FxHashMap::default();
    let mut files: BTreeMap<String, FileSummary> = BTreeMap::new();
    let mut again: BTreeMap<String, About> = BTreeMap::new();
    let mut urls = BTreeSet::new();
    let (mut sites, mut others) = (BTreeSet::new(), BTreeSet::new());
    let site_of = |about: &About| about.site.clone().unwrap_or_else(|| "-".to_owned());
    for input in side_cars {
        if progress.is_cancelled() {
            summary.complete = false;
            break;
        }
        match traces(&questions, input.bytes) {
            Ok((about, _)) if settings.site.is_some() && about.site != settings.site => {
                others.insert(site_of(&about));
            }
            Ok((about, traces)) => {
                if !traces.is_empty() {
                    sites.insert(site_of(&about));
                }
                progress.advanced(about.bytes, about.lines);
                let file = files.entry(about.log.clone()).or_default();
                file.file.clone_from(&about.log);
                file.format.clone_from(&about.format);
                file.unit = about.format.as_deref().map(Unit::of_format).unwrap_or_default();
                file.lines_read += about.lines;
                file.lines_not_parsed += about.lines_not_parsed;
                if about.is_cut {
                    file.problem = Some(Problem::SideCarCut);
                }
                for trace in traces {
                    if trace.is_host_only {
                        urls.insert(trace.indicator);
                        again.entry(about.log.clone()).or_insert_with(|| about.clone());
                    } else {
                        file.lines_matched += trace.count;
                        take(&mut held, trace, &about);
                    }
                }
            }
            Err(problem) => {
                let file = files.entry(input.name.clone()).or_default();
                file.file = input.name;
                file.problem = Some(problem);
            }
        }
    }
    if files.is_empty() && !others.is_empty() && summary.complete {
        return Err(HuntError::NoSuchSite(others.into_iter().collect()));
    }
    if sites.len() > 1 {
        return Err(HuntError::SeveralSites(sites.into_iter().collect()));
    }
    let mut sightings = sightings(wanted, held, logs, &settings.names);
    if !again.is_empty() {
        let inputs = again.values().map(|about| logs.open(about)).collect();
        let read = read_again(wanted, &urls, inputs, settings, progress)?;
        sightings.extend(read.sightings);
        for (log, read) in again.into_keys().zip(read.summary.files) {
            let file = files.entry(log).or_default();
            file.lines_matched += read.lines_matched;
            file.problem = file.problem.take().or(read.problem);
        }
    }
    sightings.sort_by(|left, right| {
        let verdicts = right.verdict.cmp(&left.verdict);
        let key = |it: &Sighting| (it.device.clone(), it.indicator.clone());
        verdicts.then_with(|| key(left).cmp(&key(right)))
    });
    for file in files.into_values() {
        summary.lines_read += file.lines_read;
        summary.lines_matched += file.lines_matched;
        summary.lines_not_parsed += file.lines_not_parsed;
        summary.complete &= file.problem.is_none() && file.lines_not_parsed == 0;
        summary.files.push(file);
    }
    Ok(CheckReport { sightings, summary })
}

fn traces(
    questions: &Questions,
    bytes: io::Result<Box<dyn AsRef<[u8]>>>,
) -> Result<(About, Vec<Trace>), Problem> {
    let bytes = bytes.map_err(|error| Problem::of(&error, 0))?;
    let damaged = |error: SideCarError| Problem::SideCar { detail: error.to_string() };
    let side_car = SideCar::open((*bytes).as_ref()).map_err(damaged)?;
    let traces = side_car.find(questions).map_err(damaged)?;
    Ok((side_car.about().clone(), traces))
}

fn take(held: &mut FxHashMap<Key, Held>, trace: Trace, log: &About) {
    let key = (trace.device.clone(), trace.indicator);
    let Some(known) = held.get_mut(&key) else {
        held.insert(key, Held { trace, log: log.clone() });
        return;
    };
    let count = known.trace.count.saturating_add(trace.count);
    let first_seen = match (known.trace.first_seen, trace.first_seen) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    };
    let last_seen = known.trace.last_seen.max(trace.last_seen);
    // The strongest outcome; of equals, the earliest in the logs' order.
    let place = |log: &About, trace: &Trace| (log.log.clone(), trace.offset);
    if trace.outcome > known.trace.outcome
        || (trace.outcome == known.trace.outcome
            && place(log, &trace) < place(&known.log, &known.trace))
    {
        (known.trace, known.log) = (trace, log.clone());
    }
    (known.trace.count, known.trace.first_seen, known.trace.last_seen) =
        (count, first_seen, last_seen);
}

/// The sightings of what is held, with their lines where the logs still are.
fn sightings(
    wanted: &[Wanted],
    held: FxHashMap<Key, Held>,
    logs: &dyn Logs,
    names: &Names,
) -> Vec<Sighting> {
    let mut of_logs: BTreeMap<String, (About, Vec<(usize, Trace)>)> = BTreeMap::new();
    for ((_, indicator), Held { trace, log }) in held {
        let of_log = of_logs.entry(log.log.clone()).or_insert_with(|| (log, Vec::new()));
        of_log.1.push((indicator, trace));
    }
    let mut sightings = Vec::new();
    for (log, (about, mut traces)) in of_logs {
        traces.sort_by_key(|(_, trace)| trace.offset);
        let of_traces: Vec<&Trace> = traces.iter().map(|(_, trace)| trace).collect();
        let lines = evidence_of(logs.open(&about), &of_traces);
        for ((indicator, trace), line) in traces.into_iter().zip(lines) {
            let Some(wanted) = wanted.get(indicator) else { continue };
            let (line_number, line) = line.unwrap_or_default();
            let verdict = Verdict::from(trace.outcome);
            let told = told(names, &trace, verdict);
            sightings.push(Sighting {
                device: trace.device,
                device_name: told.name,
                device_mac: told.mac,
                name_source: told.said.map(|it| it.0),
                name_confidence: told.said.map(|it| it.1),
                intermediary: told.role.map(|it| it.0),
                intermediary_source: told.role.map(|it| it.1),
                indicator: wanted.indicator.observable.to_string(),
                indicator_type: wanted.indicator.observable.kind().code().to_owned(),
                family: wanted.indicator.family.clone(),
                list: wanted.list.clone(),
                warning: wanted.warning.clone(),
                destination: trace.destination,
                verdict,
                count: trace.count,
                first_seen: trace.first_seen,
                last_seen: trace.last_seen,
                evidence: Evidence { file: log.clone(), offset: trace.offset, line_number, line },
            });
        }
    }
    sightings
}

/// What is known of the device of a trace.
#[derive(Default)]
struct Told {
    name: Option<String>,
    mac: Option<String>,
    said: Option<(Source, Confidence)>,
    role: Option<(Intermediary, ToldBy)>,
}

/// A side-car keeps one record a device address: other sources than the log name the device only where
/// one and the same held the address from the first contact to the last.
fn told(names: &Names, trace: &Trace, verdict: Verdict) -> Told {
    let address: Option<IpAddr> = trace.device.parse().ok();
    let own = trace.device_name.as_deref();
    let span = trace.first_seen.zip(trace.last_seen);
    let holder = match (own, address, span) {
        (Some(own), _, _) => names.holder_by_name(own.as_bytes()),
        (None, Some(address), Some((from, to))) => {
            let claim = names.resolve_span(address, from, to);
            let who = claim.map_or(Who::Unknown, |it| Who::Device(it.device));
            let source = claim.map(|it| (it.source, it.confidence));
            Holder { who, source, behind: None }
        }
        (None, Some(address), None) => names.holder(Some(address), b"", None),
        (None, None, _) => names.holder_by_name(trace.device.as_bytes()),
    };
    let mut told = Told { name: own.map(str::to_owned), said: holder.source, ..Told::default() };
    if let Who::Device(device) = holder.who {
        let facts = names.describe(device);
        told.name = told.name.or_else(|| facts.name.map(str::to_owned));
        told.mac = facts.mac.map(|it| it.to_string());
        told.said = holder.source.map(|it| names.said_of(device, it));
    }
    told.name = told.name.filter(|it| *it != trace.device);
    told.said = told.said.filter(|_| told.name.is_some() || told.mac.is_some());
    let roles = names.roles(address, &holder.who, trace.last_seen);
    told.role = roles.in_contact(verdict.is_question()).filter(|_| verdict.is_finding());
    told
}

/// Matches logs against the URLs whose hosts they name.
fn read_again(
    wanted: &[Wanted],
    numbers: &BTreeSet<usize>,
    logs: Vec<LogInput>,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<CheckReport, IndexFull> {
    let mut builder = IndexBuilder::default();
    for wanted in numbers.iter().filter_map(|number| wanted.get(*number)) {
        if matches!(wanted.indicator.observable, Observable::Url(_)) {
            let origin = Origin { list: &wanted.list, warning: wanted.warning.as_deref() };
            builder.push_from(&wanted.indicator, origin)?;
        }
    }
    let settings = Settings { archive: None, ..settings.clone() };
    Ok(check_logs(&builder.build(), logs, &settings, progress))
}
