//! Lists and logs, generated once and kept.

pub(crate) mod tree;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, IntoInnerError, Read, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use indicators::{ReadOptions, read_list};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use simulation::{Fillers, LogKind, LogSettings, Targets, TrueSighting, Truth, write_log};

use crate::say;

/// Raised when the same settings give other data than before.
const VERSION: u32 = 5;

const DOMAINS: u64 = 1_000_000;
const ADDRESSES: u64 = 498_000;

/// 1 November 2026, 00:00 in Vietnam.
const START: i64 = 1_793_466_000;
const DAYS: i64 = 14;

/// What the benchmarks work on.
pub(crate) struct Data {
    pub(crate) folder: PathBuf,
    /// Lists of indicators, CSV.
    pub(crate) lists: Vec<PathBuf>,
    /// Logs, each with its kind.
    pub(crate) logs: Vec<(LogKind, PathBuf)>,
    /// Lines of all logs.
    pub(crate) lines: u64,
    /// What must be found in all logs together.
    pub(crate) truth: Vec<TrueSighting>,
}

impl Data {
    /// An empty log.
    pub(crate) fn nothing(&self) -> anyhow::Result<PathBuf> {
        let path = self.folder.join("nothing.log");
        fs::write(&path, "")?;
        Ok(path)
    }
}

/// Finds the data of these settings, or makes it.
pub(crate) fn prepare(cache: &Path, lines: u64, real: Option<&Path>) -> anyhow::Result<Data> {
    let kind = if real.is_some() { "real" } else { "generated" };
    let folder = cache.join(format!("v{VERSION}-{lines}-{kind}"));
    let names = ["targets.csv", "real.csv", "fillers.csv"];
    let data = |truth, lines| Data {
        lists: names.map(|name| folder.join(name)).to_vec(),
        logs: LogKind::ALL.map(|kind| (kind, folder.join(kind.file_name()))).to_vec(),
        folder: folder.clone(),
        lines,
        truth,
    };
    // The truth is written last: with it, everything is there.
    let truth_file = folder.join("truth.json");
    if let Ok(text) = fs::read(&truth_file) {
        let (lines, truth) = serde_json::from_slice(&text).context("read the kept truth")?;
        return Ok(data(truth, lines));
    }
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    say(&format!("making data in {}", folder.display()));
    let targets = Targets::new(1, 500);
    let create = |name: &str| -> anyhow::Result<BufWriter<File>> {
        let path = folder.join(name);
        let file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
        Ok(BufWriter::new(file))
    };
    let mut list = create("targets.csv")?;
    targets.write_csv(&mut list)?;
    list.flush()?;
    let mut list = create("real.csv")?;
    let (domains, addresses) = copy_real(real, &mut list)?;
    list.flush()?;
    say(&format!("{domains} real names, {addresses} real addresses"));
    let fillers = Fillers {
        domains: DOMAINS - domains,
        addresses: ADDRESSES - addresses,
        networks: 2000,
        v6: 2000,
        urls: 20_000,
    };
    let mut list = create("fillers.csv")?;
    fillers.write_csv(&mut list)?;
    list.flush()?;

    let settings = log_settings(lines / LogKind::ALL.len() as u64);
    let mut truth = Truth::default();
    for kind in LogKind::ALL {
        say(&kind.file_name());
        let mut log = create(&kind.file_name())?;
        write_log(kind, &settings, &targets, &mut truth, &mut log)?;
        let log = log.into_inner().map_err(IntoInnerError::into_error)?;
        // Gives the year to logs without one.
        let since_epoch = Duration::from_secs(written().as_second().unsigned_abs());
        log.set_modified(SystemTime::UNIX_EPOCH + since_epoch)?;
    }
    let (lines, sightings) = (truth.lines(), truth.sightings());
    fs::write(&truth_file, serde_json::to_vec(&(lines, &sightings))?)?;
    Ok(data(sightings, lines))
}

/// How a log of so many lines is generated.
pub(crate) fn log_settings(lines: u64) -> LogSettings {
    LogSettings {
        seed: 2026,
        start: Timestamp::from_second(START).unwrap_or_default(),
        span: SignedDuration::from_hours(24 * DAYS),
        offset: Offset::constant(7),
        devices: 10_000,
        infected_devices: 300,
        lines,
        planted_per_100k: 50,
    }
}

/// A log of one kind by itself, and the texts of its lines that show a finding.
pub(crate) struct OneLog {
    pub(crate) path: PathBuf,
    pub(crate) lines: u64,
    pub(crate) findings: HashSet<Vec<u8>>,
}

/// Writes a log of one kind, with ten times as many planted lines as in the large ones.
pub(crate) fn write_one(folder: &Path, kind: LogKind, lines: u64) -> anyhow::Result<OneLog> {
    let path = folder.join(format!("one-{}", kind.file_name()));
    let settings = LogSettings { planted_per_100k: 500, ..log_settings(lines) };
    let (mut truth, mut out) = (Truth::default(), Vec::new());
    write_log(kind, &settings, &Targets::new(1, 500), &mut truth, &mut out)?;
    fs::write(&path, &out).with_context(|| format!("write {}", path.display()))?;
    let all: Vec<&[u8]> = out.split(|byte| *byte == b'\n').collect();
    let line = |number: &u64| all.get(usize::try_from(*number).ok()?.checked_sub(1)?);
    let findings = truth.finding_lines().iter().filter_map(line).map(|it| it.to_vec()).collect();
    Ok(OneLog { path, lines: truth.lines(), findings })
}

/// When the logs were written to the end.
pub(crate) fn written() -> Timestamp {
    Timestamp::from_second(START + DAYS * 24 * 3600).unwrap_or_default()
}

/// Copies names and addresses of real lists in their normal form, each once, up to the wanted
/// numbers.
fn copy_real(folder: Option<&Path>, out: &mut impl std::io::Write) -> anyhow::Result<(u64, u64)> {
    writeln!(out, "indicator,type,family,scope")?;
    let Some(folder) = folder else { return Ok((0, 0)) };
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let mut paths = entries.map(|it| it.map(|it| it.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    let (mut domains, mut addresses) = (0, 0);
    let mut seen = HashSet::new();
    let mut failed = Ok(());
    for path in paths {
        let Some(list) = open_list(&path)? else { continue };
        let report = read_list(&mut BufReader::new(list), ReadOptions::default(), |indicator| {
            let text = indicator.observable.to_string();
            let count = match indicator.observable.kind().code() {
                "domain" if domains < DOMAINS && !text.ends_with("example") => &mut domains,
                "ip" | "ip-port" if addresses < ADDRESSES && !is_invented(&text) => &mut addresses,
                _ => return,
            };
            if seen.insert(text.clone()) && failed.is_ok() {
                *count += 1;
                failed = writeln!(out, "{text},,,");
            }
        });
        let (taken, refused) = (report.accepted_total(), report.refused_total());
        say(&format!("{}: {taken} read, {refused} refused", path.display()));
    }
    failed?;
    Ok((domains, addresses))
}

/// Whether an address is in a range that the generator uses.
fn is_invented(text: &str) -> bool {
    let host = text.parse::<std::net::SocketAddr>().map_or_else(|_| text.parse(), |it| Ok(it.ip()));
    match host {
        Ok(IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            first == 0
                || first >= 240
                || (first == 198 && second & 0xfe == 18)
                || address.is_private()
        }
        _ => true,
    }
}

/// A list's text; `None` for a file that is no list.
fn open_list(path: &Path) -> anyhow::Result<Option<Box<dyn Read>>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_list = |name: &str| [".csv", ".tsv", ".txt"].iter().any(|end| name.ends_with(end));
    if name.starts_with("LICENSE") || name.starts_with("README") {
        return Ok(None);
    }
    if let Some(inner) = name.strip_suffix(".zst") {
        if !is_list(inner) {
            return Ok(None);
        }
        let mut zstd = Command::new("zstd");
        let output = zstd.args(["-dcq"]).arg(path).stderr(Stdio::inherit()).output();
        let output = output.context("run zstd")?;
        ensure!(output.status.success(), "zstd could not read {}", path.display());
        return Ok(Some(Box::new(std::io::Cursor::new(output.stdout))));
    }
    if is_list(&name) { Ok(Some(Box::new(File::open(path)?))) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_generator_are_not_taken_from_real_lists() {
        let check = |text: &str, expected| assert_eq!(is_invented(text), expected, "{text}");
        check("241.0.0.3", true);
        check("198.19.255.1", true);
        check("10.1.2.4", true);
        check("240.0.0.1:80", true);
        check("192.0.2.1", false);
        check("203.0.113.9:8443", false);
    }
}
