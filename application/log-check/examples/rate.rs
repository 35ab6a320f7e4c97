//! Lines a second of a run: `rate LIST LOG...`, one thread; measure CPU with `time`.

use std::{env, fs::File, io::Read};

use indicators::ReadOptions;
use jiff::tz::TimeZone;
use log_check::{ListInput, LogInput, Progress, Settings, check_logs, load_lists};

struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

fn open(path: &str) -> std::io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(File::open(path)?))
}

#[expect(clippy::print_stdout, reason = "an example's output")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths = env::args().skip(1);
    let name = paths.next().ok_or("give a list and logs")?;
    let list = ListInput { bytes: open(&name), name };
    let started = std::time::Instant::now();
    let loaded = load_lists(vec![list], ReadOptions::default())?;
    let (count, size) = (loaded.index.len(), loaded.index.size_bytes());
    println!("{count} indicators, {size} bytes, {:?}", started.elapsed());
    let log =
        |name: String| LogInput { bytes: open(&name), name, modified: None, size_bytes: None };
    let settings = Settings { format: None, zone: TimeZone::UTC, threads: 1, hash_logs: false };
    let started = std::time::Instant::now();
    let report = check_logs(&loaded.index, paths.map(log).collect(), &settings, &Silent);
    let (lines, found) = (report.summary.lines_read, report.sightings.len());
    println!("{lines} lines, {found} sightings, {:?}", started.elapsed());
    Ok(())
}
