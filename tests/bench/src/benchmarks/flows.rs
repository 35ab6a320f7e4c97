//! `flows`: files of flow records against 1.5 million indicators, beside nfdump with the same list.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use jiff::SignedDuration;
use simulation::{FlowFile, LogSettings, Targets, TrueSighting, Truth, write_flows};

use super::Context;
use super::match_logs::{as_double, best_check, judged};
use crate::data::log_settings;
use crate::measure::Measure;
use crate::{measured_run, say};

/// Records of each file.
const FLOWS: u64 = 5_000_000;

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for (file, name) in [(FlowFile::Nfdump, "nfdump"), (FlowFile::Ipfix, "ipfix")] {
        let path = context.data.folder.join(format!("flows.{name}"));
        let (flows, truth) = prepare(file, &path)?;
        let (run, checked) = best_check(context, 1, &[path.as_path()])?;
        ensure!(checked.lines_read == flows, "not every record was read");
        let rate = as_double(flows) / checked.match_cpu_seconds;
        let named = |what: &str| format!("flows/{name}/{what}");
        measures.extend([
            Measure::new(named("rate"), rate, "flows/CPU s"),
            Measure::new(named("peak-memory"), run.peak_bytes / 1e6, "MB"),
            Measure::new(named("not-parsed"), as_double(checked.lines_not_parsed), "flows"),
        ]);
        measures.extend(judged(&format!("flows/{name}"), &truth, checked.sightings)?);
        if file == FlowFile::Nfdump {
            match nfdump(context, &path, flows, &truth) {
                Ok(theirs) => {
                    let ours = Measure::new(named("rate"), rate, "flows/CPU s");
                    measures.push(ours.beside("nfdump", theirs.rate));
                    let of = |what: &str, count| Measure::new(what, as_double(count), "pairs");
                    measures
                        .push(of("flows/nfdump-itself/false-positives", theirs.false_positives));
                    measures
                        .push(of("flows/nfdump-itself/false-negatives", theirs.false_negatives));
                }
                Err(error) => say(&format!("skipped: nfdump (apt install nfdump): {error:#}")),
            }
        }
    }
    Ok(measures)
}

/// Finds a file, or makes it; gives its records and what must be found in it.
fn prepare(file: FlowFile, path: &Path) -> anyhow::Result<(u64, Vec<TrueSighting>)> {
    let kept = path.with_extension(format!("{file:?}.truth.json").to_lowercase());
    if let Ok(text) = fs::read(&kept) {
        return serde_json::from_slice(&text).context("read the kept truth");
    }
    say(&path.display().to_string());
    // The targets of the lists of all benchmarks.
    let targets = Targets::new(1, 500);
    let settings = LogSettings {
        span: SignedDuration::from_hours(24),
        planted_per_100k: 25,
        ..log_settings(FLOWS)
    };
    let mut truth = Truth::default();
    let mut out = BufWriter::new(File::create(path)?);
    write_flows(file, &settings, &targets, &mut truth, &mut out)?;
    out.flush()?;
    let all = (truth.lines(), truth.sightings());
    fs::write(kept, serde_json::to_vec(&all)?)?;
    Ok(all)
}

/// What nfdump did.
struct Theirs {
    rate: f64,
    /// Pairs of addresses, of a device and another one, that are no findings.
    false_positives: u64,
    /// Findings of which no pair was given.
    false_negatives: u64,
}

/// nfdump with every address and network of the lists, less what it takes to read the list.
fn nfdump(
    context: &Context,
    flows: &Path,
    count: u64,
    truth: &[TrueSighting],
) -> anyhow::Result<Theirs> {
    let folder = &context.data.folder;
    let filter = folder.join("nfdump.filter");
    write_filter(&context.data.lists, &filter)?;
    let empty = folder.join("empty.nfdump");
    let start = fs::read(flows)?;
    let mut header = start.get(..40).context("the file has no header")?.to_vec();
    header.splice(36..40, [0; 4]);
    fs::write(&empty, header)?;
    let output = folder.join("nfdump.txt");
    let run = |file: &Path| {
        let mut command = vec!["nfdump".to_owned(), "-r".to_owned(), file.display().to_string()];
        command.extend(["-q", "-N", "-6", "-o", "fmt:%sa %da", "-f"].map(str::to_owned));
        command.push(filter.display().to_string());
        measured_run::best_of(context.runs, &command, &output, &[0, 255])
    };
    let set_up = run(&empty)?;
    let all = run(flows)?;
    let given = fs::read_to_string(&output)?;
    let mut pairs: Vec<(String, IpAddr)> = Vec::new();
    for line in given.lines() {
        let mut addresses = line.split_whitespace().filter_map(|it| it.parse::<IpAddr>().ok());
        let (Some(source), Some(target)) = (addresses.next(), addresses.next()) else { continue };
        let (source, target) = (source.to_canonical(), target.to_canonical());
        let is_own = |address: IpAddr| match address {
            IpAddr::V4(address) => address.is_private(),
            IpAddr::V6(address) => truth.iter().any(|it| it.device == address.to_string()),
        };
        let (device, other) = if is_own(source) { (source, target) } else { (target, source) };
        pairs.push((device.to_string(), other));
    }
    pairs.sort();
    pairs.dedup();
    ensure!(!pairs.is_empty(), "nfdump gave nothing");
    let findings: Vec<&TrueSighting> = truth.iter().filter(|it| it.verdict.is_finding()).collect();
    let is_of = |sighting: &TrueSighting, (device, address): &(String, IpAddr)| {
        sighting.device == *device && covers(&sighting.indicator, *address)
    };
    let wrong = pairs.iter().filter(|pair| !findings.iter().any(|it| is_of(it, pair)));
    let missed = findings.iter().filter(|it| !pairs.iter().any(|pair| is_of(it, pair)));
    Ok(Theirs {
        rate: as_double(count) / (all.cpu_seconds - set_up.cpu_seconds),
        false_positives: wrong.count() as u64,
        false_negatives: missed.count() as u64,
    })
}

/// Whether an indicator names an address, whatever the port.
fn covers(indicator: &str, address: IpAddr) -> bool {
    let host = indicator.parse::<std::net::SocketAddr>().map(|it| it.ip());
    if let Ok(own) = host.or_else(|_| indicator.parse::<IpAddr>()) {
        return own == address;
    }
    let Some((network, length)) = indicator.split_once('/') else { return false };
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            (network.to_bits() ^ address.to_bits()).checked_shr(32 - length).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            (network.to_bits() ^ address.to_bits()).checked_shr(128 - length).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// Every address of the lists as a set, ports left out; networks as far as nfdump's sets take them.
fn write_filter(lists: &[PathBuf], to: &Path) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(to)?);
    writeln!(out, "ip in [")?;
    for list in lists {
        for line in BufReader::new(File::open(list)?).lines().skip(1) {
            let line = line?;
            let value = line.split(',').next().unwrap_or_default();
            let host = value.parse::<std::net::SocketAddr>().map(|it| it.ip());
            if let Ok(address) = host.or_else(|_| value.parse::<IpAddr>()) {
                writeln!(out, "{address}")?;
            } else if is_network(value) {
                writeln!(out, "{value}")?;
            }
        }
    }
    writeln!(out, "]")?;
    out.flush()?;
    Ok(())
}

fn is_network(value: &str) -> bool {
    value.split_once('/').is_some_and(|(address, length)| {
        address.parse::<IpAddr>().is_ok() && length.parse::<u8>().is_ok()
    })
}
